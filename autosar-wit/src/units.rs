//! Physical units by the names that metadata give them, as factor and offset to the SI unit of their
//! dimension. Knows the units of vehicle data; of others it says so.
//!
//! Source: BIPM, "The International System of Units" (9th edition); conversion factors of the mile,
//! the pound-force per square inch and the degree Fahrenheit as NIST SP 811 has them.

use crate::metadata::{CompuMethod, ElementMetadata};

/// A unit: SI value = value × factor + offset.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Unit {
    names: &'static [&'static str],
    /// Units of one sort convert into each other.
    sort: &'static str,
    factor: f64,
    offset: f64,
}

const fn unit(names: &'static [&'static str], sort: &'static str, factor: f64) -> Unit {
    Unit {
        names,
        sort,
        factor,
        offset: 0.0,
    }
}

const TAU: f64 = std::f64::consts::TAU;

const UNITS: &[Unit] = &[
    unit(&["K"], "temperature", 1.0),
    Unit {
        names: &["°C", "degC", "Celsius"],
        sort: "temperature",
        factor: 1.0,
        offset: 273.15,
    },
    Unit {
        names: &["°F", "degF"],
        sort: "temperature",
        factor: 5.0 / 9.0,
        offset: 459.67 * 5.0 / 9.0,
    },
    unit(&["m/s"], "speed", 1.0),
    unit(&["km/h", "kmh", "kph"], "speed", 1.0 / 3.6),
    unit(&["mph"], "speed", 0.447_04),
    unit(&["mm/s"], "speed", 1e-3),
    unit(&["m"], "length", 1.0),
    unit(&["km"], "length", 1e3),
    unit(&["cm"], "length", 1e-2),
    unit(&["mm"], "length", 1e-3),
    unit(&["µm", "um"], "length", 1e-6),
    unit(&["s"], "time", 1.0),
    unit(&["min"], "time", 60.0),
    unit(&["h"], "time", 3600.0),
    unit(&["ms"], "time", 1e-3),
    unit(&["µs", "us"], "time", 1e-6),
    unit(&["ns"], "time", 1e-9),
    unit(&["rad/s"], "angular speed", 1.0),
    unit(&["°/s", "deg/s"], "angular speed", TAU / 360.0),
    unit(&["rpm", "1/min", "min-1"], "angular speed", TAU / 60.0),
    unit(&["rps"], "angular speed", TAU),
    unit(&["rad"], "angle", 1.0),
    unit(&["°", "deg"], "angle", TAU / 360.0),
    unit(&["V"], "voltage", 1.0),
    unit(&["mV"], "voltage", 1e-3),
    unit(&["kV"], "voltage", 1e3),
    unit(&["A"], "current", 1.0),
    unit(&["mA"], "current", 1e-3),
    unit(&["W"], "power", 1.0),
    unit(&["kW"], "power", 1e3),
    unit(&["Pa"], "pressure", 1.0),
    unit(&["hPa", "mbar"], "pressure", 1e2),
    unit(&["kPa"], "pressure", 1e3),
    unit(&["MPa"], "pressure", 1e6),
    unit(&["bar"], "pressure", 1e5),
    unit(&["psi"], "pressure", 6_894.757_293_168),
    unit(&["N"], "force", 1.0),
    unit(&["kN"], "force", 1e3),
    unit(&["Nm", "N·m"], "torque", 1.0),
    unit(&["kg"], "mass", 1.0),
    unit(&["g"], "mass", 1e-3),
    unit(&["t"], "mass", 1e3),
    unit(&["m/s²", "m/s^2", "m/s2"], "acceleration", 1.0),
    unit(&["g0"], "acceleration", 9.806_65),
    unit(&["Hz"], "frequency", 1.0),
    unit(&["kHz"], "frequency", 1e3),
    unit(&["MHz"], "frequency", 1e6),
    unit(&["1"], "ratio", 1.0),
    unit(&["%"], "ratio", 1e-2),
    unit(&["‰"], "ratio", 1e-3),
    unit(&["ppm"], "ratio", 1e-6),
];

/// How the raw value of one element becomes that of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Relation {
    /// Nothing is to be converted: both are alike, or one side says nothing.
    Alike,
    /// needed = given × factor + offset
    Scale { factor: f64, offset: f64 },
    /// Units that are not known here, by other names.
    Unknown,
    /// Of different dimensions.
    Unlike,
}

/// What the metadata of both sides say.
pub fn relation(needed: Option<&ElementMetadata>, given: Option<&ElementMetadata>) -> Relation {
    let (Some(needed), Some(given)) = (needed, given) else {
        return Relation::Alike;
    };
    if let (Some(a), Some(b)) = (&needed.dimension, &given.dimension)
        && a != b
    {
        return Relation::Unlike;
    }
    let (into, out_of) = (linear(needed), linear(given));
    let units = match (needed.unit.as_deref(), given.unit.as_deref()) {
        (Some(a), Some(b)) if a != b => match (find(a), find(b)) {
            (Some(a), Some(b)) if a.sort == b.sort => {
                (b.factor / a.factor, (b.offset - a.offset) / a.factor)
            }
            (Some(_), Some(_)) => return Relation::Unlike,
            _ => return Relation::Unknown,
        },
        _ => (1.0, 0.0),
    };
    // raw → physical here → physical there → raw there
    let factor = out_of.0 * units.0 / into.0;
    let offset = (out_of.1 * units.0 + units.1 - into.1) / into.0;
    let (factor, offset) = (tidy(factor), tidy(offset));
    match (factor, offset) {
        (1.0, 0.0) => Relation::Alike,
        _ if !factor.is_finite() || !offset.is_finite() || factor == 0.0 => Relation::Unknown,
        _ => Relation::Scale { factor, offset },
    }
}

/// Whether a unit of that name converts into others of its sort.
pub fn is_known(name: &str) -> bool {
    find(name).is_some()
}

fn linear(element: &ElementMetadata) -> (f64, f64) {
    match element.compu_method {
        Some(CompuMethod::Linear { factor, offset }) => (factor, offset),
        _ => (1.0, 0.0),
    }
}

fn find(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.names.contains(&name))
}

/// Without the last bits that the way over SI has cost: 3.5999999999999996 means 3.6.
fn tidy(number: f64) -> f64 {
    let near: f64 = format!("{number:.13e}").parse().unwrap_or(number);
    match (near - number).abs() <= 1e-14 * number.abs() {
        true => near,
        false => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn element(unit: &str) -> ElementMetadata {
        ElementMetadata {
            unit: Some(unit.into()),
            ..Default::default()
        }
    }

    fn scale(needed: &str, given: &str) -> Relation {
        relation(Some(&element(needed)), Some(&element(given)))
    }

    #[test]
    fn every_name_stands_for_one_unit() {
        let names: Vec<&str> = UNITS.iter().flat_map(|unit| unit.names).copied().collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn units_of_one_dimension_convert() {
        let is = |factor, offset| Relation::Scale { factor, offset };
        assert_eq!(scale("km/h", "m/s"), is(3.6, 0.0));
        assert_eq!(scale("°C", "K"), is(1.0, -273.15));
        assert_eq!(scale("K", "°C"), is(1.0, 273.15));
        assert_eq!(scale("°F", "°C"), is(1.8, 32.0));
        assert_eq!(scale("rpm", "rps"), is(60.0, 0.0));
        assert_eq!(scale("mm", "m"), is(1000.0, 0.0));
        assert_eq!(scale("1", "%"), is(0.01, 0.0));
        assert_eq!(scale("bar", "kPa"), is(0.01, 0.0));
    }

    #[test]
    fn raw_values_go_by_the_physical_ones() {
        let raw = |unit, factor, offset| ElementMetadata {
            compu_method: Some(CompuMethod::Linear { factor, offset }),
            ..element(unit)
        };
        // 0.5 K a bit from 200 K on, to 0.1 °C a bit.
        let found = relation(Some(&raw("°C", 0.1, 0.0)), Some(&raw("K", 0.5, 200.0)));
        let expected = Relation::Scale {
            factor: 5.0,
            offset: -731.5,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_alike_unknown_or_unlike_is_told_apart() {
        assert_eq!(scale("m", "m"), Relation::Alike);
        assert_eq!(scale("degC", "°C"), Relation::Alike);
        assert_eq!(scale("furlong", "m"), Relation::Unknown);
        assert_eq!(scale("m", "s"), Relation::Unlike);
        assert_eq!(relation(Some(&element("m")), None), Relation::Alike);
        let mut length = element("x");
        length.dimension = Some(crate::metadata::PhysicalDimension {
            length: 1,
            ..Default::default()
        });
        let mut time = element("x");
        time.dimension = Some(crate::metadata::PhysicalDimension {
            time: 1,
            ..Default::default()
        });
        assert_eq!(relation(Some(&length), Some(&time)), Relation::Unlike);
    }
}
