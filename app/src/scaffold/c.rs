//! A C or C++ project: bindings by wit-bindgen's C generator, made now; stubs from the functions
//! that its header asks for. Knows nothing of Rust.

use super::{Language, Profile, ScaffoldError, filled, world::World};
use std::collections::BTreeMap;
use std::fmt::Write;
use wit_bindgen_core::Files;

const BUILD: &str = include_str!("templates/c/build");
/// The arena of the samples: one text for both.
const ARENA: (&str, &str) = (
    "runtime/arena.c",
    include_str!("../../../samples/guest-runtime/c/arena.c"),
);
/// The rest of their runtime.
const RUNTIME: [(&str, &str); 4] = [
    ARENA,
    (
        "runtime/stdlib.h",
        include_str!("../../../samples/guest-runtime/c/stdlib.h"),
    ),
    (
        "runtime/string.c",
        include_str!("../../../samples/guest-runtime/c/string.c"),
    ),
    (
        "runtime/string.h",
        include_str!("../../../samples/guest-runtime/c/string.h"),
    ),
];

pub(super) fn files(
    name: &str,
    world: &mut World,
    language: Language,
    profile: Profile,
) -> Result<BTreeMap<String, Vec<u8>>, ScaffoldError> {
    let mut files = bindings(world)?;
    let mut stub = None;
    for (path, contents) in &files {
        if let Some(header) = path
            .strip_prefix("bindings/")
            .filter(|path| path.ends_with(".h"))
        {
            let text = String::from_utf8_lossy(contents);
            stub = Some(source(name, header, &exported(&text), language));
        }
    }
    let stub = stub.ok_or_else(|| ScaffoldError::Bindings("there is no header".to_owned()))?;
    let extension = if language == Language::C { "c" } else { "cpp" };
    files.insert(format!("src/{name}.{extension}"), stub.into_bytes());
    files.insert("build".to_owned(), build(name, language, profile));
    if profile == Profile::Mcu {
        files.extend(RUNTIME.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())));
    }
    Ok(files)
}

/// A project around sources that are there already, in C, with the C library for their headers.
/// For a microcontroller the arena stands before the library's heap, and the memory is fixed.
pub(super) fn around(
    name: &str,
    world: &mut World,
    sources: BTreeMap<String, Vec<u8>>,
    profile: Profile,
) -> Result<BTreeMap<String, Vec<u8>>, ScaffoldError> {
    let mut files = bindings(world)?;
    let sources = sources.into_iter();
    files.extend(sources.map(|(path, contents)| (format!("src/{path}"), contents)));
    let (runtime_sources, includes, link) = match profile {
        // Without the debug information of the C library, which is most of a component.
        Profile::Default => ("", "-I src", "-mexec-model=reactor -Wl,--strip-debug"),
        Profile::Mcu => (
            " runtime/*.c",
            // The arena's `abort` would meet the library's.
            "-DGUEST_ARENA_BYTES=4096 -Dabort=guest_abort -I src",
            "-mexec-model=reactor -Wl,--strip-debug -Wl,--gc-sections -Wl,-z,stack-size=4096 \
             -Wl,--initial-memory=65536 -Wl,--max-memory=65536",
        ),
    };
    let build = filled(
        BUILD,
        &[
            ("name", name),
            (
                "common",
                "--target=wasm32-wasi -fno-exceptions -fno-sanitize=all",
            ),
            ("includes", includes),
            ("runtime_sources", runtime_sources),
            ("extension", "c"),
            ("compiler", "cc"),
            ("standard", "-std=c17"),
            ("link", link),
        ],
    );
    files.insert("build".to_owned(), build);
    if profile == Profile::Mcu {
        let (path, text) = ARENA;
        files.insert(path.to_owned(), text.as_bytes().to_vec());
    }
    Ok(files)
}

/// What wit-bindgen's C generator makes of the world, below `bindings/`.
fn bindings(world: &mut World) -> Result<BTreeMap<String, Vec<u8>>, ScaffoldError> {
    let mut made = Files::default();
    wit_bindgen_c::Opts::default()
        .build()
        .generate(&mut world.resolve, world.id, &mut made)
        .map_err(|error| ScaffoldError::Bindings(format!("{error:#}")))?;
    let files = made.iter();
    Ok(files
        .map(|(path, contents)| (format!("bindings/{path}"), contents.to_vec()))
        .collect())
}

fn build(name: &str, language: Language, profile: Profile) -> Vec<u8> {
    let (compiler, standard, extension) = match language {
        Language::Cpp => ("c++", "-std=c++20", "cpp"),
        _ => ("cc", "-std=c17", "c"),
    };
    let (common, includes, runtime_sources, link) = match profile {
        Profile::Default => (
            "--target=wasm32-wasi -fno-exceptions",
            "",
            "",
            "-mexec-model=reactor",
        ),
        Profile::Mcu => (
            "--target=wasm32-freestanding -ffreestanding -fno-exceptions -fno-sanitize=all",
            "-DGUEST_ARENA_BYTES=4096 -I runtime",
            " runtime/*.c",
            "-nostdlib -Wl,--no-entry -Wl,--gc-sections -Wl,--export=__heap_base \
             -Wl,-z,stack-size=4096 -Wl,--initial-memory=65536 -Wl,--max-memory=65536",
        ),
    };
    filled(
        BUILD,
        &[
            ("name", name),
            ("common", common),
            ("includes", includes),
            ("runtime_sources", runtime_sources),
            ("extension", extension),
            ("compiler", compiler),
            ("standard", standard),
            ("link", link),
        ],
    )
}

/// The declarations that the header asks the component for.
fn exported(header: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut is_exported = false;
    for line in header.lines().map(str::trim) {
        if line.starts_with("// Exported Functions") {
            is_exported = true;
        } else if line.starts_with("// Imported Functions")
            || line.starts_with("// Helper Functions")
        {
            is_exported = false;
        } else if is_exported && !line.starts_with("//") && line.ends_with(");") {
            found.push(line.trim_end_matches(';'));
        }
    }
    found
}

fn source(name: &str, header: &str, declarations: &[&str], language: Language) -> String {
    let mut text = format!(
        "// `{name}`: begun by `wireloom new`. Every function gives zeros until it is filled in.\n\n\
         #include \"{header}\"\n"
    );
    if language == Language::Cpp {
        text += "\nextern \"C\" {\n";
    }
    for declaration in declarations {
        let _ = write!(
            text,
            "\n{declaration} {{\n    // Fill this in.\n{}}}\n",
            body(declaration, language)
        );
    }
    if language == Language::Cpp {
        text += "\n} // extern \"C\"\n";
    }
    text
}

/// Zeros for what the function gives, and a use of each parameter.
fn body(declaration: &str, language: Language) -> String {
    let zero = |ty: &str| match language {
        Language::Cpp => format!("{ty}{{}}"),
        _ => format!("({ty}){{0}}"),
    };
    let (head, parameters) = declaration
        .trim_end_matches(')')
        .split_once('(')
        .unwrap_or((declaration, ""));
    let mut text = String::new();
    let mut has_error = false;
    for parameter in parameters
        .split(',')
        .map(str::trim)
        .filter(|parameter| *parameter != "void")
    {
        let Some((ty, name)) = split_parameter(parameter) else {
            continue;
        };
        has_error |= name == "err";
        let _ = match (name, ty.strip_suffix('*')) {
            ("ret", Some(target)) => writeln!(text, "    *ret = {};", zero(target.trim())),
            _ => writeln!(text, "    (void){name};"),
        };
    }
    match head.rsplit_once(' ').map_or("void", |(ty, _)| ty.trim()) {
        "void" => {}
        // A result: true is `ok`. Without an error it is an option: false is `none`.
        "bool" if has_error => text += "    return true;\n",
        ty => {
            let _ = writeln!(text, "    return {};", zero(ty));
        }
    }
    text
}

/// `float *ret` → `float *`, `ret`.
fn split_parameter(parameter: &str) -> Option<(&str, &str)> {
    let start = parameter.rfind([' ', '*'])? + 1;
    let (ty, name) = parameter.split_at_checked(start)?;
    Some((ty.trim(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_give_zeros() {
        let result = "bool get(float *ret, rx_error_t *err)";
        assert_eq!(
            body(result, Language::C),
            "    *ret = (float){0};\n    (void)err;\n    return true;\n"
        );
        let option = "bool get(float *ret)";
        assert_eq!(
            body(option, Language::Cpp),
            "    *ret = float{};\n    return bool{};\n"
        );
        assert_eq!(body("void run(void)", Language::C), "");
        assert_eq!(
            body("uint8_t f(in_t *input)", Language::C),
            "    (void)input;\n    return (uint8_t){0};\n"
        );
    }

    #[test]
    fn only_exports_are_stubbed() {
        let header = "// Imported Functions from `a`\nextern void a(void);\n// Exported Functions from `b`\n\
                      // Says b.\nvoid b(void);\n// Helper Functions\nvoid c(void);\n";
        assert_eq!(exported(header), ["void b(void)"]);
    }
}
