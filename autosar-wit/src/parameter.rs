//! Values of calibration parameters (AUTOSAR: ParameterDataPrototype): as people give them, in the
//! physical unit, and as they are, raw; held against type and range.
//! Knows nothing of who has the parameter.

use crate::{
    metadata::{CompuMethod, ElementMetadata},
    types::ValueType,
    value::{self, Value, resolved},
};

/// Why a text is no value of a parameter.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParameterError {
    #[error(transparent)]
    Text(#[from] value::ValueError),
    #[error("{physical} is out of range; give {}", range(*minimum, *maximum, unit))]
    Range {
        physical: f64,
        minimum: Option<f64>,
        maximum: Option<f64>,
        unit: String,
    },
    #[error("{physical} has no raw value of its type; give a smaller number")]
    TooLarge { physical: f64 },
}

fn range(minimum: Option<f64>, maximum: Option<f64>, unit: &str) -> String {
    let unit = match unit {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) => format!("{minimum} to {maximum}{unit}"),
        (Some(minimum), None) => format!("at least {minimum}{unit}"),
        (None, Some(maximum)) => format!("at most {maximum}{unit}"),
        (None, None) => "another".to_owned(),
    }
}

/// Reads the raw value from WAVE text and holds it against its range.
pub fn raw(
    value_type: &ValueType,
    meaning: Option<&ElementMetadata>,
    text: &str,
) -> Result<Value, ParameterError> {
    let value = value::parse(value_type, text)?;
    match physical(meaning, &value) {
        Some(physical) => in_range(meaning, physical).map(|()| value),
        None => Ok(value),
    }
}

/// Reads what a person gives: a number in the physical unit, any other value as WAVE text.
pub fn given(
    value_type: &ValueType,
    meaning: Option<&ElementMetadata>,
    text: &str,
) -> Result<Value, ParameterError> {
    match text.trim().parse::<f64>() {
        Ok(physical) if is_number(value_type) && physical.is_finite() => {
            from_physical(value_type, meaning, physical)
        }
        _ => raw(value_type, meaning, text),
    }
}

/// The raw value that is nearest to a physical one.
pub fn from_physical(
    value_type: &ValueType,
    meaning: Option<&ElementMetadata>,
    physical: f64,
) -> Result<Value, ParameterError> {
    in_range(meaning, physical)?;
    let (factor, offset) = scale(meaning);
    let raw = (physical - offset) / factor;
    let whole = raw.round_ties_even();
    let text = match resolved(value_type) {
        ValueType::F32 | ValueType::F64 => format!("{raw}"),
        // `-0` is no whole number.
        _ => format!("{}", whole + 0.0),
    };
    value::parse(value_type, &text).map_err(|_| ParameterError::TooLarge { physical })
}

/// What a number means; none of any other value.
pub fn physical(meaning: Option<&ElementMetadata>, value: &Value) -> Option<f64> {
    let (factor, offset) = scale(meaning);
    Some(number(value)? * factor + offset)
}

/// Whether values of that type are numbers.
pub fn is_number(value_type: &ValueType) -> bool {
    use ValueType::{F32, F64, S8, S16, S32, S64, U8, U16, U32, U64};
    matches!(
        resolved(value_type),
        U8 | U16 | U32 | U64 | S8 | S16 | S32 | S64 | F32 | F64
    )
}

/// The range of the physical value.
pub fn limits(meaning: Option<&ElementMetadata>) -> (Option<f64>, Option<f64>) {
    let calibration = meaning.and_then(|meaning| meaning.calibration.as_ref());
    calibration.map_or((None, None), |one| (one.minimum, one.maximum))
}

fn in_range(meaning: Option<&ElementMetadata>, physical: f64) -> Result<(), ParameterError> {
    let (minimum, maximum) = limits(meaning);
    let is_below = minimum.is_some_and(|minimum| physical < minimum);
    let is_above = maximum.is_some_and(|maximum| physical > maximum);
    if !is_below && !is_above {
        return Ok(());
    }
    let unit = meaning.and_then(|meaning| meaning.unit.clone());
    Err(ParameterError::Range {
        physical,
        minimum,
        maximum,
        unit: unit.unwrap_or_default(),
    })
}

fn scale(meaning: Option<&ElementMetadata>) -> (f64, f64) {
    match meaning.and_then(|meaning| meaning.compu_method.as_ref()) {
        Some(CompuMethod::Linear { factor, offset }) if *factor != 0.0 => (*factor, *offset),
        _ => (1.0, 0.0),
    }
}

fn number(value: &Value) -> Option<f64> {
    Some(match *value {
        Value::U8(value) => value.into(),
        Value::U16(value) => value.into(),
        Value::U32(value) => value.into(),
        Value::U64(value) => value as f64,
        Value::S8(value) => value.into(),
        Value::S16(value) => value.into(),
        Value::S32(value) => value.into(),
        Value::S64(value) => value as f64,
        // As people write it: 0.1, not 0.10000000149.
        Value::F32(value) => value.to_string().parse().unwrap_or(value.into()),
        Value::F64(value) => value,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Calibration;

    fn meaning() -> ElementMetadata {
        ElementMetadata {
            unit: Some("°C".into()),
            compu_method: Some(CompuMethod::Linear {
                factor: 0.5,
                offset: -40.0,
            }),
            calibration: Some(Calibration {
                minimum: Some(-40.0),
                maximum: Some(80.0),
                ..Calibration::default()
            }),
            ..ElementMetadata::default()
        }
    }

    #[test]
    fn a_number_is_given_in_its_unit_and_kept_raw() {
        let meaning = meaning();
        let given = |text: &str| given(&ValueType::U8, Some(&meaning), text);
        assert_eq!(given("20"), Ok(Value::U8(120)));
        assert_eq!(given("20.3"), Ok(Value::U8(121)), "the nearest");
        assert_eq!(given("-40"), Ok(Value::U8(0)));
        assert_eq!(physical(Some(&meaning), &Value::U8(121)), Some(20.5));
        assert_eq!(
            raw(&ValueType::U8, Some(&meaning), "120"),
            Ok(Value::U8(120))
        );
    }

    #[test]
    fn what_is_out_of_range_or_of_type_is_refused_with_what_would_do() {
        let meaning = meaning();
        let refused = |text: &str| given(&ValueType::U8, Some(&meaning), text).unwrap_err();
        insta::assert_snapshot!(refused("80.5"), @"80.5 is out of range; give -40 to 80 °C");
        insta::assert_snapshot!(raw(&ValueType::U8, Some(&meaning), "241").unwrap_err(), @"80.5 is out of range; give -40 to 80 °C");
        let free = given(&ValueType::U8, None, "256").unwrap_err();
        insta::assert_snapshot!(free, @"256 has no raw value of its type; give a smaller number");
        assert!(matches!(refused("warm"), ParameterError::Text(_)));
    }

    #[test]
    fn other_values_are_given_as_they_are() {
        assert_eq!(given(&ValueType::Bool, None, "true"), Ok(Value::Bool(true)));
        assert_eq!(given(&ValueType::F32, None, "0.1"), Ok(Value::F32(0.1)));
        assert_eq!(physical(None, &Value::F32(0.1)), Some(0.1));
        assert_eq!(physical(None, &Value::Bool(true)), None);
    }
}
