//! WIT packages in the binary form in which registries keep them, there and back.
//! Opens no files and knows no registry.

use crate::read::{ReadError, wit};

/// The one package that these texts define, with what it uses, in binary form. Texts are
/// `(path, text)` as for [`crate::read::wit_files`].
pub fn encode(files: &[(&str, &str)]) -> Result<Vec<u8>, ReadError> {
    let (resolve, ids) = wit::resolved(files)?;
    let package = match ids.as_slice() {
        [] => return Err(ReadError::NoWit),
        [only] => *only,
        several => {
            let named = |id: &wit_parser::PackageId| {
                resolve
                    .packages
                    .get(*id)
                    .map(|known| known.name.to_string())
            };
            return Err(ReadError::WhichPackage {
                packages: several.iter().filter_map(named).collect(),
            });
        }
    };
    wit_component::encode(&resolve, package).map_err(|error| ReadError::Wit {
        message: format!("{error:#}"),
    })
}

/// The text of a package in binary form; what it uses of others follows in nested packages.
pub fn text(bytes: &[u8], name: &str) -> Result<String, ReadError> {
    let invalid = |message: String| ReadError::Wit {
        message: format!("`{name}`: {message}"),
    };
    // The decoder asserts where valid bytes are not laid out as its own encoder does it.
    let decoded = std::panic::catch_unwind(|| wit_parser::decoding::decode(bytes))
        .map_err(|_| invalid("not laid out as tools write WIT packages".to_owned()))?
        .map_err(|error| invalid(format!("{error:#}")))?;
    let resolve = decoded.resolve();
    let main = decoded.package();
    let others: Vec<_> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main)
        .collect();
    let mut printer = wit_component::WitPrinter::default();
    printer
        .print(resolve, main, &others)
        .map_err(|error| invalid(format!("{error:#}")))?;
    Ok(format!("{}\n", printer.output.to_string().trim_end()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panic")]
    use super::*;

    const I2C: &str = include_str!("../wit/deps/i2c.wit");
    const USER: &str =
        "package acme:driver@1.2.0;\n\nworld driver {\n  import wasi:i2c/i2c@0.2.0-draft;\n}\n";

    #[test]
    fn a_package_comes_back_as_it_was_with_what_it_uses() {
        let bytes = encode(&[("driver.wit", USER), ("deps/i2c/i2c.wit", I2C)]).unwrap();
        let text = text(&bytes, "driver.wasm").unwrap();
        assert!(text.starts_with("package acme:driver@1.2.0;"), "{text}");
        assert!(text.contains("package wasi:i2c@0.2.0-draft {"), "{text}");
        assert_eq!(encode(&[("again.wit", &text)]).unwrap(), bytes);
    }

    #[test]
    fn two_packages_are_not_one() {
        let error = encode(&[("a.wit", "package a:a;"), ("b.wit", "package b:b;")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "these WIT files define `a:a`, `b:b`; choose the folder of one package"
        );
        assert_eq!(encode(&[]).unwrap_err(), ReadError::NoWit);
    }

    #[test]
    fn bytes_that_are_no_package() {
        let error = text(b"\0asm", "x.wasm").unwrap_err().to_string();
        assert!(error.starts_with("WIT is not valid: `x.wasm`: "), "{error}");
    }
}
