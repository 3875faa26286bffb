//! Properties of buffered connectors as the generator takes them: values packed, defaults filled.
//! Knows nothing of where the connector leads.

use super::ComposeError;
use crate::document::{Buffering, Conversion};
use autosar_wit::{types::ValueType, value};
use rte::Sink;

/// Bound of lists and strings where the connector has none.
pub(super) const DEFAULT_BOUND: u32 = 256;

/// Packs the values of a connector to `place`, whose value has this type (`None`: a signal, which
/// takes its initial value from the DBC).
pub(super) fn pack(
    place: &str,
    buffering: &Buffering,
    value: Option<&ValueType>,
) -> Result<rte::Buffering, ComposeError> {
    let pack = |text: &Option<String>, what: &'static str| match (text, value) {
        (Some(text), Some(value)) => {
            packed(value, text)
                .map(Some)
                .map_err(|reason| ComposeError::BadValue {
                    what,
                    end: place.to_owned(),
                    text: text.clone(),
                    reason,
                })
        }
        _ => Ok(None),
    };
    Ok(rte::Buffering {
        initial: pack(&buffering.initial, "initial value")?,
        alive_timeout_ns: buffering.alive_timeout_ns,
        substitute: pack(&buffering.substitute, "substitute")?,
        queue: buffering.queue,
        bound: buffering.bound.unwrap_or(DEFAULT_BOUND),
        conversion: match buffering.conversion {
            // The layout of the signal has the scale of the units in it.
            Conversion::Physical | Conversion::Unit => rte::Conversion::Physical,
            Conversion::Raw => rte::Conversion::Raw,
        },
        scale: None,
    })
}

fn packed(value_type: &ValueType, text: &str) -> Result<Vec<u8>, String> {
    value::parse(value_type, text)
        .and_then(|parsed| value::encode(value_type, &parsed))
        .map_err(|error| error.to_string())
}

/// Whether two senders would write the same: one place, or a record and a field of it.
pub(super) fn overlap(a: &Sink, b: &Sink) -> bool {
    match (a, b) {
        (
            Sink::Parameter {
                runnable,
                parameter,
                fields,
            },
            Sink::Parameter {
                runnable: other_runnable,
                parameter: other,
                fields: other_fields,
            },
        ) => {
            runnable == other_runnable
                && parameter == other
                && (fields.starts_with(other_fields) || other_fields.starts_with(fields))
        }
        (
            Sink::Signal { pdu, layout },
            Sink::Signal {
                pdu: other,
                layout: other_layout,
            },
        ) => pdu == other && layout == other_layout,
        (Sink::Port(a), Sink::Port(b)) => a == b,
        _ => false,
    }
}
