//! What two sides have to agree on to understand one packed value: the structure of its type with the
//! names of fields and cases, as text. Names of types, their owners and docs are not in it.

use crate::types::{TypeKind, ValueType};

/// The shape of a type: the same text for two types exactly if their packed values mean the same.
pub fn shape(value: &ValueType) -> String {
    match value {
        ValueType::Bool => "bool".to_owned(),
        ValueType::U8 => "u8".to_owned(),
        ValueType::U16 => "u16".to_owned(),
        ValueType::U32 => "u32".to_owned(),
        ValueType::U64 => "u64".to_owned(),
        ValueType::S8 => "s8".to_owned(),
        ValueType::S16 => "s16".to_owned(),
        ValueType::S32 => "s32".to_owned(),
        ValueType::S64 => "s64".to_owned(),
        ValueType::F32 => "f32".to_owned(),
        ValueType::F64 => "f64".to_owned(),
        ValueType::Char => "char".to_owned(),
        ValueType::String => "string".to_owned(),
        ValueType::List(item) => format!("list<{}>", shape(item)),
        ValueType::FixedList(item, length) => format!("list<{},{length}>", shape(item)),
        ValueType::Map(key, item) => format!("map<{},{}>", shape(key), shape(item)),
        ValueType::Option(inner) => format!("option<{}>", shape(inner)),
        ValueType::Result { ok, err } => {
            format!("result<{},{}>", optional(ok), optional(err))
        }
        ValueType::Tuple(members) => {
            let members: Vec<String> = members.iter().map(shape).collect();
            format!("tuple<{}>", members.join(","))
        }
        ValueType::Named(definition) => named(&definition.kind),
        ValueType::Own(_)
        | ValueType::Borrow(_)
        | ValueType::Stream(_)
        | ValueType::Future(_)
        | ValueType::ErrorContext => "handle".to_owned(),
    }
}

fn named(kind: &TypeKind) -> String {
    let list = |word: &str, parts: Vec<String>| format!("{word}{{{}}}", parts.join(","));
    match kind {
        TypeKind::Record(fields) => {
            let field =
                |field: &crate::types::Field| format!("{}:{}", field.name, shape(&field.value));
            list("record", fields.iter().map(field).collect())
        }
        TypeKind::Variant(cases) => {
            let case = |case: &crate::types::Case| match &case.value {
                Some(value) => format!("{}({})", case.name, shape(value)),
                None => case.name.clone(),
            };
            list("variant", cases.iter().map(case).collect())
        }
        TypeKind::Enum(names) => list("enum", names.clone()),
        TypeKind::Flags(names) => list("flags", names.clone()),
        TypeKind::Alias(target) => shape(target),
        TypeKind::Resource => "handle".to_owned(),
    }
}

fn optional(value: &Option<Box<ValueType>>) -> String {
    value.as_deref().map_or("_".to_owned(), shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Case, Field, TypeDefinition};
    use std::sync::Arc;

    fn define(name: &str, kind: TypeKind) -> ValueType {
        ValueType::Named(Arc::new(TypeDefinition {
            owner: None,
            name: name.to_owned(),
            kind,
            docs: String::new(),
        }))
    }

    fn record(name: &str, field: &str) -> ValueType {
        let fields = vec![Field {
            name: field.to_owned(),
            value: ValueType::List(Box::new(ValueType::F32)),
            docs: String::new(),
        }];
        define(name, TypeKind::Record(fields))
    }

    #[test]
    fn names_of_types_do_not_count_those_of_fields_do() {
        let speed = record("speed", "wheels");
        let alias = define("pace", TypeKind::Alias(speed.clone()));
        assert_eq!(shape(&speed), "record{wheels:list<f32>}");
        assert_eq!(shape(&alias), shape(&speed));
        assert_eq!(shape(&record("other", "wheels")), shape(&speed));
        assert_ne!(shape(&record("speed", "axles")), shape(&speed));
    }

    #[test]
    fn what_packs_alike_and_means_another_thing_differs() {
        let gear =
            |names: [&str; 2]| define("gear", TypeKind::Enum(names.map(str::to_owned).into()));
        assert_ne!(
            shape(&gear(["park", "drive"])),
            shape(&gear(["drive", "park"]))
        );
        let flags = define("gear", TypeKind::Flags(vec!["park".to_owned()]));
        assert_ne!(shape(&flags), shape(&ValueType::U8));
        assert_ne!(shape(&ValueType::U32), shape(&ValueType::S32));
        let case = |value| Case {
            name: "set".to_owned(),
            value,
            docs: String::new(),
        };
        let bare = define("v", TypeKind::Variant(vec![case(None)]));
        let full = define("v", TypeKind::Variant(vec![case(Some(ValueType::Bool))]));
        assert_ne!(shape(&bare), shape(&full));
    }

    #[test]
    fn results_and_options_say_what_is_not_there() {
        let result = ValueType::Result {
            ok: None,
            err: Some(Box::new(ValueType::String)),
        };
        assert_eq!(shape(&result), "result<_,string>");
        let option = ValueType::Option(Box::new(ValueType::Tuple(vec![ValueType::U8])));
        assert_eq!(shape(&option), "option<tuple<u8>>");
        let fixed = ValueType::FixedList(Box::new(ValueType::Char), 3);
        assert_eq!(shape(&fixed), "list<char,3>");
    }
}
