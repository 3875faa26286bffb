//! WAVE, the text of values (`{kmh: 12.5, mode: off}`): printing, and parsing by type. Syntax by
//! the crate `wasm-wave`; a map is written as a list of pairs.

use super::{Problem, Value, ValueError, listed, opaque, resolved};
use crate::print::value_type as wit;
use crate::types::{Case, Field, TypeKind, ValueType};
use std::fmt::Write;
use wasm_wave::{ast::Node, parser::ParserError, untyped::UntypedValue};

/// Deeper brackets than any type may have are refused before they are parsed.
const MOST_BRACKETS: usize = 256;

type Parsed = Result<Value, ValueError>;

/// The WAVE text of a value.
pub fn print(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

/// Reads WAVE text as a value of that type; fields of option types may be left out.
pub fn parse(value_type: &ValueType, text: &str) -> Parsed {
    let depth = deepest(text);
    if depth > MOST_BRACKETS {
        let message = format!("{depth} brackets inside each other");
        return Err(ValueError::new(Problem::Syntax { message }));
    }
    let untyped = UntypedValue::parse(text).map_err(syntax)?;
    read(value_type, untyped.node(), text)
}

/// A text of that sort of type, for error messages.
pub(super) fn example(value_type: &ValueType) -> &'static str {
    match resolved(value_type) {
        ValueType::Bool => "`true` or `false`",
        ValueType::F32 | ValueType::F64 => "`12.5`",
        ValueType::S8 | ValueType::S16 | ValueType::S32 | ValueType::S64 => "`-3`",
        ValueType::U8 | ValueType::U16 | ValueType::U32 | ValueType::U64 => "`3`",
        ValueType::Char => "`'x'`",
        ValueType::String => "`\"text\"`",
        ValueType::List(_) | ValueType::FixedList(..) => "`[…, …]`",
        ValueType::Map(..) => "`[(key, value), …]`",
        ValueType::Option(_) => "`none` or `some(…)`",
        ValueType::Result { .. } => "`ok(…)` or `err(…)`",
        ValueType::Tuple(_) => "`(…, …)`",
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(_) => "`{field: …}`",
            TypeKind::Variant(_) => "`case` or `case(…)`",
            TypeKind::Enum(_) => "one of its cases",
            _ => "`{flag, …}`",
        },
        _ => "nothing: it has no text",
    }
}

fn read(value_type: &ValueType, node: &Node, text: &str) -> Parsed {
    let target = resolved(value_type);
    let wrong = |_: ParserError| mismatch(value_type);
    Ok(match target {
        ValueType::Bool => Value::Bool(node.as_bool().map_err(wrong)?),
        ValueType::U8 => Value::U8(node.as_number(text).map_err(wrong)?),
        ValueType::U16 => Value::U16(node.as_number(text).map_err(wrong)?),
        ValueType::U32 => Value::U32(node.as_number(text).map_err(wrong)?),
        ValueType::U64 => Value::U64(node.as_number(text).map_err(wrong)?),
        ValueType::S8 => Value::S8(node.as_number(text).map_err(wrong)?),
        ValueType::S16 => Value::S16(node.as_number(text).map_err(wrong)?),
        ValueType::S32 => Value::S32(node.as_number(text).map_err(wrong)?),
        ValueType::S64 => Value::S64(node.as_number(text).map_err(wrong)?),
        ValueType::F32 => Value::F32(node.as_number(text).map_err(wrong)?),
        ValueType::F64 => Value::F64(node.as_number(text).map_err(wrong)?),
        ValueType::Char => Value::Char(node.as_char(text).map_err(wrong)?),
        ValueType::String => Value::String(node.as_str(text).map_err(wrong)?.into_owned()),
        ValueType::List(element) => Value::List(read_list(value_type, element, node, text)?),
        ValueType::FixedList(element, expected) => {
            let values = read_list(value_type, element, node, text)?;
            same_count(*expected as usize, values.len())?;
            Value::List(values)
        }
        ValueType::Map(key, value) => read_map(value_type, [key, value], node, text)?,
        ValueType::Option(some) => match node.as_option() {
            Ok(None) => Value::Option(None),
            Ok(Some(inner)) => Value::Option(Some(Box::new(read(some, inner, text)?))),
            // As WAVE has it, `some(…)` may be left away where it is clear.
            Err(_) => Value::Option(Some(Box::new(read(some, node, text)?))),
        },
        ValueType::Result { ok, err } => match node.as_result().map_err(wrong)? {
            Ok(inner) => Value::Result(Ok(read_payload(value_type, ok.as_deref(), inner, text)?)),
            Err(inner) => {
                Value::Result(Err(read_payload(value_type, err.as_deref(), inner, text)?))
            }
        },
        ValueType::Tuple(members) => Value::Tuple(read_tuple(
            value_type,
            &members.iter().collect::<Vec<_>>(),
            node,
            text,
        )?),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => read_record(value_type, fields, node, text)?,
            TypeKind::Variant(cases) => read_variant(value_type, cases, node, text)?,
            TypeKind::Enum(cases) => {
                let case = node.as_enum(text).map_err(wrong)?;
                known(cases.iter().map(String::as_str), case)?;
                Value::Enum(case.to_owned())
            }
            TypeKind::Flags(names) => read_flags(value_type, names, node, text)?,
            TypeKind::Alias(inner) => read(inner, node, text)?,
            TypeKind::Resource => return Err(opaque(target)),
        },
        other => return Err(opaque(other)),
    })
}

fn read_list(
    whole: &ValueType,
    element: &ValueType,
    node: &Node,
    text: &str,
) -> Result<Vec<Value>, ValueError> {
    let nodes = node.as_list().map_err(|_| mismatch(whole))?;
    nodes
        .enumerate()
        .map(|(index, node)| read(element, node, text).map_err(|error| error.in_element(index)))
        .collect()
}

fn read_tuple(
    whole: &ValueType,
    members: &[&ValueType],
    node: &Node,
    text: &str,
) -> Result<Vec<Value>, ValueError> {
    let nodes = node.as_tuple().map_err(|_| mismatch(whole))?;
    same_count(members.len(), nodes.len())?;
    members
        .iter()
        .zip(nodes)
        .enumerate()
        .map(|(index, (member, node))| {
            read(member, node, text).map_err(|error| error.in_element(index))
        })
        .collect()
}

fn read_map(whole: &ValueType, entry: [&ValueType; 2], node: &Node, text: &str) -> Parsed {
    let nodes = node.as_list().map_err(|_| mismatch(whole))?;
    let mut entries = Vec::new();
    for (index, node) in nodes.enumerate() {
        let pair =
            read_tuple(whole, &entry, node, text).map_err(|error| error.in_element(index))?;
        if let Ok([key, value]) = <[Value; 2]>::try_from(pair) {
            entries.push((key, value));
        }
    }
    Ok(Value::Map(entries))
}

fn read_record(whole: &ValueType, fields: &[Field], node: &Node, text: &str) -> Parsed {
    let written: Vec<(&str, &Node)> = node.as_record(text).map_err(|_| mismatch(whole))?.collect();
    for (name, _) in &written {
        known(fields.iter().map(|field| field.name.as_str()), name)?;
    }
    let mut values = Vec::with_capacity(fields.len());
    for field in fields {
        let node = written
            .iter()
            .find(|(name, _)| *name == field.name)
            .map(|(_, node)| *node);
        let value = match (node, resolved(&field.value)) {
            (Some(node), _) => {
                read(&field.value, node, text).map_err(|error| error.in_field(&field.name))?
            }
            (None, ValueType::Option(_)) => Value::Option(None),
            (None, _) => {
                return Err(ValueError::new(Problem::Missing {
                    name: field.name.clone(),
                }));
            }
        };
        values.push((field.name.clone(), value));
    }
    Ok(Value::Record(values))
}

fn read_variant(whole: &ValueType, cases: &[Case], node: &Node, text: &str) -> Parsed {
    let (name, inner) = node.as_variant(text).map_err(|_| mismatch(whole))?;
    let index = known(cases.iter().map(|case| case.name.as_str()), name)?;
    let payload = cases.get(index).and_then(|case| case.value.as_ref());
    let value = read_payload(whole, payload, inner, text).map_err(|error| error.in_field(name))?;
    Ok(Value::Variant {
        case: name.to_owned(),
        value,
    })
}

fn read_payload(
    whole: &ValueType,
    value_type: Option<&ValueType>,
    node: Option<&Node>,
    text: &str,
) -> Result<Option<Box<Value>>, ValueError> {
    match (value_type, node) {
        (None, None) => Ok(None),
        (Some(value_type), Some(node)) => Ok(Some(Box::new(read(value_type, node, text)?))),
        _ => Err(mismatch(whole)),
    }
}

fn read_flags(whole: &ValueType, names: &[String], node: &Node, text: &str) -> Parsed {
    let written: Vec<&str> = node.as_flags(text).map_err(|_| mismatch(whole))?.collect();
    for name in &written {
        known(names.iter().map(String::as_str), name)?;
    }
    let set = names.iter().filter(|name| written.contains(&name.as_str()));
    Ok(Value::Flags(set.cloned().collect()))
}

fn known<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    name: &str,
) -> Result<usize, ValueError> {
    names
        .clone()
        .position(|known| known == name)
        .ok_or_else(|| {
            let known = listed(names);
            ValueError::new(Problem::Unknown {
                name: name.to_owned(),
                known,
            })
        })
}

fn same_count(expected: usize, found: usize) -> Result<(), ValueError> {
    match expected == found {
        true => Ok(()),
        false => Err(ValueError::new(Problem::Count { expected, found })),
    }
}

fn mismatch(value_type: &ValueType) -> ValueError {
    let expected = wit(value_type);
    ValueError::new(Problem::Mismatch {
        expected,
        example: example(value_type),
    })
}

fn syntax(error: ParserError) -> ValueError {
    ValueError::new(Problem::Syntax {
        message: error.to_string(),
    })
}

/// Brackets that are open at once, outside strings.
fn deepest(text: &str) -> usize {
    let (mut depth, mut most, mut quote, mut escaped) = (0_usize, 0, None, false);
    for letter in text.chars() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(end), letter) if letter == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

fn write_value(value: &Value, text: &mut String) {
    // Writing to a string does not fail.
    let _ = match value {
        Value::Bool(flag) => write!(text, "{flag}"),
        Value::U8(number) => write!(text, "{number}"),
        Value::U16(number) => write!(text, "{number}"),
        Value::U32(number) => write!(text, "{number}"),
        Value::U64(number) => write!(text, "{number}"),
        Value::S8(number) => write!(text, "{number}"),
        Value::S16(number) => write!(text, "{number}"),
        Value::S32(number) => write!(text, "{number}"),
        Value::S64(number) => write!(text, "{number}"),
        Value::F32(number) if number.is_nan() => text.write_str("nan"),
        Value::F32(number) => write!(text, "{number}"),
        Value::F64(number) if number.is_nan() => text.write_str("nan"),
        Value::F64(number) => write!(text, "{number}"),
        Value::Char(letter) => {
            text.push('\'');
            write_letter(*letter, text);
            text.write_char('\'')
        }
        Value::String(letters) => {
            text.push('"');
            letters
                .chars()
                .for_each(|letter| write_letter(letter, text));
            text.write_char('"')
        }
        Value::List(values) => return write_sequence('[', values.iter(), ']', text),
        Value::Tuple(values) => return write_sequence('(', values.iter(), ')', text),
        Value::Map(entries) => return write_map(entries, text),
        Value::Record(fields) => return write_record(fields, text),
        Value::Variant { case, value } => return write_case(&label(case), value.as_deref(), text),
        Value::Enum(case) => text.write_str(&label(case)),
        Value::Flags(set) => write!(text, "{{{}}}", set.join(", ")),
        Value::Option(None) => text.write_str("none"),
        Value::Option(Some(value)) => return write_case("some", Some(value), text),
        Value::Result(Ok(value)) => return write_case("ok", value.as_deref(), text),
        Value::Result(Err(value)) => return write_case("err", value.as_deref(), text),
    };
}

fn write_sequence<'a>(
    open: char,
    values: impl Iterator<Item = &'a Value>,
    close: char,
    text: &mut String,
) {
    text.push(open);
    for (index, value) in values.enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        write_value(value, text);
    }
    text.push(close);
}

fn write_map(entries: &[(Value, Value)], text: &mut String) {
    text.push('[');
    for (index, (key, value)) in entries.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        write_sequence('(', [key, value].into_iter(), ')', text);
    }
    text.push(']');
}

fn write_record(fields: &[(String, Value)], text: &mut String) {
    text.push('{');
    let present = fields
        .iter()
        .filter(|(_, value)| *value != Value::Option(None));
    let mut empty = true;
    for (name, value) in present {
        text.push_str(if empty { "" } else { ", " });
        text.push_str(name);
        text.push_str(": ");
        write_value(value, text);
        empty = false;
    }
    text.push_str(if empty { ":}" } else { "}" });
}

fn write_case(case: &str, value: Option<&Value>, text: &mut String) {
    text.push_str(case);
    if let Some(value) = value {
        text.push('(');
        write_value(value, text);
        text.push(')');
    }
}

fn write_letter(letter: char, text: &mut String) {
    match letter {
        '\\' | '"' | '\'' => text.extend(['\\', letter]),
        '\t' => text.push_str("\\t"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        letter if letter.is_control() => text.push_str(&format!("\\u{{{:x}}}", u32::from(letter))),
        letter => text.push(letter),
    }
}

/// Words that WAVE keeps for itself get a `%`.
fn label(name: &str) -> String {
    match name {
        "true" | "false" | "inf" | "nan" | "some" | "none" | "ok" | "err" => format!("%{name}"),
        _ => name.to_owned(),
    }
}
