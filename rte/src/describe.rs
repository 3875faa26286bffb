//! Types as people read them in messages. Knows nothing of layouts.

use autosar_wit::types::ValueType;

/// The type in WIT syntax, named types by their names.
pub(crate) fn describe(value: &ValueType) -> String {
    let payload = |value: &Option<Box<ValueType>>| value.as_deref().map(describe);
    match value {
        ValueType::List(element) => format!("list<{}>", describe(element)),
        ValueType::FixedList(element, length) => format!("list<{}, {length}>", describe(element)),
        ValueType::Map(key, entry) => format!("map<{}, {}>", describe(key), describe(entry)),
        ValueType::Option(some) => format!("option<{}>", describe(some)),
        ValueType::Result { ok, err } => match (payload(ok), payload(err)) {
            (None, None) => "result".to_owned(),
            (Some(ok), None) => format!("result<{ok}>"),
            (ok, Some(err)) => format!("result<{}, {err}>", ok.as_deref().unwrap_or("_")),
        },
        ValueType::Tuple(values) => {
            let values: Vec<_> = values.iter().map(describe).collect();
            format!("tuple<{}>", values.join(", "))
        }
        ValueType::Named(definition) => definition.name.clone(),
        ValueType::Own(resource) => format!("own<{}>", resource.name),
        ValueType::Borrow(resource) => format!("borrow<{}>", resource.name),
        ValueType::Stream(_) => "stream".to_owned(),
        ValueType::Future(_) => "future".to_owned(),
        ValueType::ErrorContext => "error-context".to_owned(),
        primitive => format!("{primitive:?}").to_lowercase(),
    }
}
