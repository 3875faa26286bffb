//! Functions as operations: parameters are arguments in, results arguments out, an enum of errors
//! what can go wrong. Writes nothing.

use super::{
    names,
    types::{self, Meanings, unlike},
};
use autosar_wit::types::{Function, TypeKind, ValueType};
use std::collections::BTreeSet;

/// An operation as AUTOSAR has it.
pub(super) struct Signature {
    pub(super) arguments: Vec<Argument>,
    pub(super) can_fail: bool,
}

pub(super) struct Argument {
    pub(super) name: String,
    pub(super) value: ValueType,
    /// `IN`, `OUT`, `INOUT`.
    pub(super) direction: &'static str,
    pub(super) meanings: Meanings,
}

impl Signature {
    pub(super) fn of(
        function: &Function,
        known: &Meanings,
    ) -> std::result::Result<Signature, String> {
        let (outward, can_fail) = outward(function, known)?;
        let mut arguments: Vec<Argument> = Vec::new();
        for (label, value) in &function.parameters {
            types::form(value).map_err(str::to_owned)?;
            let before = format!("{}({label}", function.name);
            let meanings = parameter(known, &before);
            let name = meanings.get("").and_then(|one| one.autosar_name.as_deref());
            arguments.push(Argument {
                name: names::known_or(name, label),
                value: value.clone(),
                direction: "IN",
                meanings,
            });
        }
        for out in outward {
            match arguments.iter_mut().find(|one| one.name == out.name) {
                Some(both) if both.value == out.value => both.direction = "INOUT",
                _ => arguments.push(out),
            }
        }
        let mut taken = BTreeSet::new();
        for argument in &mut arguments {
            argument.name = unlike(std::mem::take(&mut argument.name), &mut taken);
        }
        Ok(Signature {
            arguments,
            can_fail,
        })
    }
}

fn outward(
    function: &Function,
    known: &Meanings,
) -> std::result::Result<(Vec<Argument>, bool), String> {
    if function.is_async {
        return Err(
            "an asynchronous function has no counterpart in a classic interface".to_owned(),
        );
    }
    let (value, can_fail) = match &function.result {
        None => (None, false),
        Some(ValueType::Result { ok, err }) => match err.as_deref() {
            Some(ValueType::Named(error)) if matches!(error.kind, TypeKind::Enum(_)) => {
                (ok.as_deref(), true)
            }
            _ => return Err("the errors of an operation are an enum".to_owned()),
        },
        Some(value) => (Some(value), false),
    };
    let Some(value) = value else {
        return Ok((Vec::new(), can_fail));
    };
    types::form(value).map_err(str::to_owned)?;
    // The record that stands for several arguments out.
    if let ValueType::Named(definition) = value
        && let TypeKind::Record(fields) = &definition.kind
        && definition.name == format!("{}-output", function.name)
    {
        let arguments = fields.iter().map(|field| {
            types::form(&field.value).map_err(str::to_owned)?;
            let meanings = types::inside(known, &format!("{}.{}", function.name, field.name));
            let name = meanings.get("").and_then(|one| one.autosar_name.as_deref());
            Ok(Argument {
                name: names::known_or(name, &field.name),
                value: field.value.clone(),
                direction: "OUT",
                meanings,
            })
        });
        return Ok((
            arguments.collect::<std::result::Result<_, String>>()?,
            can_fail,
        ));
    }
    let meanings = types::inside(known, &function.name);
    let name = meanings.get("").and_then(|one| one.autosar_name.as_deref());
    let only = Argument {
        name: names::known_or(name, "result"),
        value: value.clone(),
        direction: "OUT",
        meanings,
    };
    Ok((vec![only], can_fail))
}

/// `f(x.y)` → `.y` of what is known.
fn parameter(known: &Meanings, before: &str) -> Meanings {
    let inner = known.iter().filter_map(|(path, meaning)| {
        let rest = path.strip_prefix(before)?.strip_suffix(')')?;
        (rest.is_empty() || rest.starts_with('.')).then(|| (rest.to_owned(), meaning.clone()))
    });
    inner.collect()
}
