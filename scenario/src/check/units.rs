//! Numbers from the unit that is written into the one that is needed.

use autosar_wit::{
    metadata::ElementMetadata,
    units::{Relation, relation},
};

/// Factor and offset from one unit into another: needed = given × factor + offset.
pub(super) fn factors(name: &str, given: &str, needed: &str) -> Result<(f64, f64), String> {
    if given == needed {
        return Ok((1.0, 0.0));
    }
    if needed.is_empty() {
        return Err(format!("`{name}` has no unit, so leave out `{given}`"));
    }
    if given.is_empty() {
        return Err(format!(
            "`{name}` is in {needed}; write the unit behind the number"
        ));
    }
    let of = |unit: &str| ElementMetadata {
        unit: Some(unit.to_owned()),
        ..ElementMetadata::default()
    };
    match relation(Some(&of(needed)), Some(&of(given))) {
        Relation::Alike => Ok((1.0, 0.0)),
        Relation::Scale { factor, offset } => Ok((factor, offset)),
        Relation::Unknown => Err(format!(
            "`{name}` is in {needed}, and how `{given}` converts into that is not known"
        )),
        Relation::Unlike => Err(format!(
            "`{name}` is in {needed}, which `{given}` is no unit of"
        )),
    }
}

pub(super) fn converted(name: &str, value: f64, given: &str, needed: &str) -> Result<f64, String> {
    match factors(name, given, needed)? {
        (1.0, 0.0) => Ok(value),
        (factor, offset) => Ok(tidy(value * factor + offset)),
    }
}

/// Without the last bits that a way over factors has cost.
pub(super) fn tidy(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

/// The unit as it stands behind a number.
pub(super) fn behind(unit: &str) -> String {
    match unit {
        "" => String::new(),
        unit => format!(" {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_converted_or_refused_with_words() {
        assert_eq!(converted("t", 25.0, "°C", "°C"), Ok(25.0));
        assert_eq!(converted("t", 300.0, "K", "°C"), Ok(26.85));
        assert_eq!(converted("t", 25.0, "degC", "°C"), Ok(25.0));
        assert_eq!(converted("x", 3.0, "", ""), Ok(3.0));
        let refusals = [
            ("", "°C", "`t` is in °C; write the unit behind the number"),
            ("°C", "", "`t` has no unit, so leave out `°C`"),
            ("m", "°C", "`t` is in °C, which `m` is no unit of"),
            (
                "°C",
                "beans",
                "`t` is in beans, and how `°C` converts into that is not known",
            ),
        ];
        for (given, needed, expected) in refusals {
            assert_eq!(converted("t", 1.0, given, needed), Err(expected.to_owned()));
        }
    }
}
