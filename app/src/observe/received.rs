//! What a received signal means: the case of an enum at its receiver, the text of the bus's value
//! table, or the number with its unit. Knows nothing of traces.

use autosar_wit::{
    dbc::{Decoded, Message, Raw},
    types::{TypeKind, ValueType},
};
use graph_core::{
    document::{Document, End},
    library::Library,
    resolve::{Resolved, Side, resolve},
};
use std::collections::BTreeMap;

/// The cases of the enum that each signal is received as, by `bus:Message.Signal`. Where receivers
/// differ, the first connector's counts.
pub(crate) fn cases(document: &Document, library: &Library) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for connector in document.connectors.values() {
        if !matches!(connector.from, End::Signal { .. }) {
            continue;
        }
        if let Ok(Resolved::Value { value, .. }) =
            resolve(document, library, &connector.to, Side::Target)
            && let Some(cases) = enum_cases(value)
        {
            let name = graph_core::end::text(document, &connector.from);
            found.entry(name).or_insert(cases);
        }
    }
    found
}

/// The cases of an enum, also where a result or an option is around it.
fn enum_cases(value: &ValueType) -> Option<Vec<String>> {
    match value {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Enum(cases) => Some(cases.clone()),
            TypeKind::Alias(inner) => enum_cases(inner),
            _ => None,
        },
        ValueType::Option(inner) => enum_cases(inner),
        ValueType::Result {
            ok: Some(inner), ..
        } => enum_cases(inner),
        _ => None,
    }
}

/// The value in words: `running`, `12.5 %`.
pub(super) fn words(
    message: &Message,
    signal: &Decoded<'_>,
    cases: Option<&Vec<String>>,
) -> String {
    let case = || cases?.get(position(signal.raw)?).cloned();
    let label = || signal.label.map(str::to_owned);
    case().or_else(label).unwrap_or_else(|| {
        // More digits than a factor has are the binary's, not the signal's.
        let number = (signal.physical * 1e6).round() / 1e6;
        let known = message.signal(signal.name);
        match known.map(|known| known.unit.as_str()).unwrap_or_default() {
            "" => number.to_string(),
            unit => format!("{number} {unit}"),
        }
    })
}

fn position(raw: Raw) -> Option<usize> {
    match raw {
        Raw::Unsigned(raw) => raw.try_into().ok(),
        Raw::Signed(raw) => raw.try_into().ok(),
        Raw::Float(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autosar_wit::{dbc, types::TypeDefinition};
    use std::sync::Arc;

    const DBC: &str = "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: a b\n\nBO_ 1 Status: 2 a\n \
        SG_ Mode : 0|2@1+ (1,0) [0|3] \"\" b\n SG_ Duty : 8|8@1+ (0.1,0) [0|25] \"%\" b\n\n\
        VAL_ 1 Mode 0 \"aus\" 1 \"an\" 3 \"kaputt\" ;\n";

    fn spoken(data: [u8; 2], cases: Option<&Vec<String>>) -> Vec<String> {
        let database = dbc::read(DBC.as_bytes()).database;
        let message = &database.messages[0];
        let signals = message.decode(&data);
        let words = signals.iter().map(|signal| {
            let cases = cases.filter(|_| signal.name == "Mode");
            words(message, signal, cases)
        });
        words.collect()
    }

    #[test]
    fn the_receivers_case_goes_before_the_text_of_the_table() {
        let cases = vec!["off".to_owned(), "on".to_owned()];
        assert_eq!(spoken([1, 3], Some(&cases)), ["on", "0.3 %"]);
        assert_eq!(spoken([1, 3], None), ["an", "0.3 %"]);
        assert_eq!(spoken([3, 0], Some(&cases)), ["kaputt", "0 %"]);
        assert_eq!(spoken([2, 0], Some(&cases)), ["2", "0 %"]);
    }

    #[test]
    fn cases_are_those_of_the_type_at_the_receiver() {
        let definition = TypeDefinition {
            owner: None,
            name: "mode".into(),
            kind: TypeKind::Enum(vec!["off".into(), "on".into()]),
            docs: String::new(),
        };
        let mode = ValueType::Named(Arc::new(definition));
        let received = ValueType::Result {
            ok: Some(Box::new(mode)),
            err: None,
        };
        assert_eq!(enum_cases(&received).unwrap(), ["off", "on"]);
        assert_eq!(enum_cases(&ValueType::F32), None);
    }
}
