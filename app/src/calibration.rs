//! Values given to calibration parameters of a composed system, from names and texts as people
//! write them to packed elements of partitions. Knows the model; knows no window and no simulation
//! but for the change that one takes.

use crate::session::parameter_name;
use autosar_wit::{
    metadata::Access,
    parameter::{self, ParameterError},
    value::{self, Value},
};
use graph_core::{
    compose::Composed,
    document::Document,
    end,
    library::Library,
    parameters::{Parameter, parameters},
};
use simulator::{OptionError, ParameterChange, StimulusChange};
use std::str::FromStr;

/// What `--set` gives: `DEVICE.STIMULUS=VALUE@TIME` or `INSTANCE.PORT.PARAMETER=VALUE@TIME`.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Stimulus(StimulusChange),
    Parameter(GivenParameter),
}

/// A parameter and what it gets: a number in its unit, any other value as WAVE text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenParameter {
    /// `controller.gains.gain`, or the whole end: `controller.acme:tune/gains@1.0.0#gain`.
    pub name: String,
    pub text: String,
    pub at_ns: u64,
}

/// Why a parameter does not get a value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    #[error("there is no parameter `{name}`; there are {known}")]
    Unknown { name: String, known: String },
    #[error("`{name}` may only be read; change its value in the project")]
    ReadOnly { name: String },
    #[error(
        "`{name}` gets its value when the run begins, and keeps it; leave out the time behind `@`, or use `simulate`"
    )]
    NotAtStart { name: String },
    #[error("`{text}` does not do for parameter `{name}`: {reason}")]
    Value {
        name: String,
        text: String,
        reason: String,
    },
}

impl Change {
    pub fn stimulus(&self) -> Option<&StimulusChange> {
        match self {
            Change::Stimulus(change) => Some(change),
            Change::Parameter(_) => None,
        }
    }

    pub fn parameter(&self) -> Option<&GivenParameter> {
        match self {
            Change::Stimulus(_) => None,
            Change::Parameter(given) => Some(given),
        }
    }
}

impl FromStr for Change {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Change, OptionError> {
        let target = text.split_once('=').map_or(text, |(target, _)| target);
        if !target.contains('#') && target.matches('.').count() < 2 {
            return text.parse().map(Change::Stimulus);
        }
        let wrong = || OptionError::Stimulus {
            text: text.to_owned(),
        };
        let (name, setting) = text.split_once('=').ok_or_else(wrong)?;
        let (value, at_ns) = match setting.rsplit_once('@') {
            Some((value, time)) => (value, simulator::parse_duration_ns(time)?),
            None => (setting, 0),
        };
        Ok(Change::Parameter(GivenParameter {
            name: name.to_owned(),
            text: value.to_owned(),
            at_ns,
        }))
    }
}

/// The change of a run that gives a parameter of the flat document its value.
pub fn change(
    document: &Document,
    library: &Library,
    composed: &Composed,
    given: &GivenParameter,
) -> Result<ParameterChange, CalibrationError> {
    let read = |one: &Parameter<'_>| parameter::given(one.value_type, one.meaning, &given.text);
    let mut change = changed(
        (document, library),
        composed,
        (&given.name, &given.text),
        &read,
    )?;
    change.at_ns = given.at_ns;
    Ok(change)
}

/// The same at once, by the raw value in WAVE.
pub fn raw_change(
    (document, library): (&Document, &Library),
    composed: &Composed,
    name: &str,
    text: &str,
) -> Result<ParameterChange, CalibrationError> {
    let read = |one: &Parameter<'_>| parameter::raw(one.value_type, one.meaning, text);
    changed((document, library), composed, (name, text), &read)
}

/// The flat document whose parameters begin with these values: what is composed of it has them on
/// every target.
pub fn at_start<'a>(
    document: &Document,
    library: &Library,
    given: impl Iterator<Item = &'a GivenParameter>,
) -> Result<Document, CalibrationError> {
    let mut begun = document.clone();
    for given in given {
        let read = |one: &Parameter<'_>| parameter::given(one.value_type, one.meaning, &given.text);
        let all = parameters(document, library);
        let (parameter, value) = chosen(document, &all, (&given.name, &given.text), &read)?;
        if given.at_ns > 0 {
            let name = parameter_name(document, parameter);
            return Err(CalibrationError::NotAtStart { name });
        }
        if let Some(instance) = begun.instances.get_mut(&parameter.instance) {
            let text = value::print(&value);
            instance.parameters.insert(parameter.key(), text);
        }
    }
    Ok(begun)
}

/// The parameter that is called so and may change, and the value that a text gives it.
fn chosen<'a>(
    document: &Document,
    all: &'a [Parameter<'a>],
    (called, text): (&str, &str),
    read: &dyn Fn(&Parameter<'_>) -> Result<Value, ParameterError>,
) -> Result<(&'a Parameter<'a>, Value), CalibrationError> {
    let found = all.iter().find(|one| is_called(document, one, called));
    let parameter = found.ok_or_else(|| unknown(document, called, all))?;
    let name = parameter_name(document, parameter);
    if parameter.access() == Access::ReadOnly {
        return Err(CalibrationError::ReadOnly { name });
    }
    let value = read(parameter).map_err(|error| bad(name, text, &error))?;
    Ok((parameter, value))
}

fn unknown(document: &Document, called: &str, all: &[Parameter<'_>]) -> CalibrationError {
    CalibrationError::Unknown {
        name: called.to_owned(),
        known: known(document, all),
    }
}

fn bad(name: String, text: &str, reason: &dyn std::fmt::Display) -> CalibrationError {
    CalibrationError::Value {
        name,
        text: text.to_owned(),
        reason: reason.to_string(),
    }
}

fn changed(
    (document, library): (&Document, &Library),
    composed: &Composed,
    (called, text): (&str, &str),
    read: &dyn Fn(&Parameter<'_>) -> Result<Value, ParameterError>,
) -> Result<ParameterChange, CalibrationError> {
    let all = parameters(document, library);
    let (parameter, value) = chosen(document, &all, (called, text), read)?;
    let value = value::encode(parameter.value_type, &value)
        .map_err(|error| bad(parameter_name(document, parameter), text, &error))?;
    let element = end::text(document, &parameter.end());
    let place = composed.partitions.iter().find_map(|partition| {
        let elements = &partition.deployment.elements;
        let position = elements.iter().position(|one| one.name == element)?;
        Some((partition, u32::try_from(position).ok()?))
    });
    let (partition, element) = place.ok_or_else(|| unknown(document, called, &all))?;
    Ok(ParameterChange {
        ecu: partition.ecu.clone(),
        partition: partition.name.clone(),
        element,
        value,
        at_ns: 0,
    })
}

fn is_called(document: &Document, parameter: &Parameter<'_>, name: &str) -> bool {
    end::text(document, &parameter.end()) == name || parameter_name(document, parameter) == name
}

fn known(document: &Document, all: &[Parameter<'_>]) -> String {
    let names: Vec<String> = all
        .iter()
        .map(|one| format!("`{}`", parameter_name(document, one)))
        .collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_of_a_device_or_of_a_parameter() {
        let change = |text: &str| text.parse::<Change>();
        assert!(matches!(
            change("cabin.temperature=35@10s"),
            Ok(Change::Stimulus(_))
        ));
        let given = |name: &str, text: &str, at_ns| {
            Ok(Change::Parameter(GivenParameter {
                name: name.into(),
                text: text.into(),
                at_ns,
            }))
        };
        assert_eq!(
            change("c.gains.gain=1.5@2s"),
            given("c.gains.gain", "1.5", 2_000_000_000)
        );
        let end = "c.acme:tune/gains@1.0.0#gain";
        assert_eq!(change(&format!("{end}=eco")), given(end, "eco", 0));
        assert!(change("c.gains.gain").is_err());
        assert!(change("c.gains.gain=1@soon").is_err());
    }
}
