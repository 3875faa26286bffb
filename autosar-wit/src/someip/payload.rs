//! What the payload of a message about a function carries: arguments, answer, error, or the sample
//! of an event, as ara::com's interfaces lie in WIT (`subscribe-x` gives a stream of samples).

use super::MessageType;
use crate::types::{Function, ValueType};
use crate::value::resolved;

/// The content of a payload.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Payload<'a> {
    Arguments(&'a Function),
    Value(&'a ValueType),
    /// Nothing: a method without a result has answered.
    Empty,
}

/// What a message of that type about that function carries; `None`: there is no such message, since
/// the function is no event, or cannot fail.
pub fn payload(function: &Function, message_type: MessageType) -> Option<Payload<'_>> {
    let result = function.result.as_ref();
    match message_type {
        MessageType::Request | MessageType::RequestNoReturn => Some(Payload::Arguments(function)),
        MessageType::Notification => sample(result?).map(Payload::Value),
        MessageType::Response => Some(match result.map(resolved) {
            Some(ValueType::Result { ok, .. }) => {
                ok.as_deref().map_or(Payload::Empty, Payload::Value)
            }
            Some(value) => Payload::Value(value),
            None => Payload::Empty,
        }),
        MessageType::Error => match resolved(result?) {
            ValueType::Result { err, .. } => {
                Some(err.as_deref().map_or(Payload::Empty, Payload::Value))
            }
            _ => None,
        },
    }
}

/// What a stream carries that a function gives, at once or as the good outcome.
pub fn sample(result: &ValueType) -> Option<&ValueType> {
    match resolved(result) {
        ValueType::Stream(Some(sample)) => Some(sample),
        ValueType::Result { ok: Some(ok), .. } => sample(ok),
        _ => None,
    }
}
