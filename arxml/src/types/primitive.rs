//! Numbers, truth values, words and strings.

use super::{DataType, Place, named};
use crate::{
    compu::{self, Conversion, Row},
    props::{self, Props},
    reader::Reader,
    scalar::Scalar,
    tree::{docs, path, short_name, text},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    metadata::ElementMetadata,
    names,
    types::{Case, TypeKind, ValueType},
};
use std::collections::BTreeSet;

/// What the case of a variant says that stands for all values without a word.
pub(crate) const NUMBERS: &str = "Any other value, raw.";

/// ApplicationPrimitiveDataType.
pub(super) fn application(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
) -> Option<DataType> {
    let category = text(element, ElementName::Category).unwrap_or_default();
    let own = props::of(reader, element);
    match category.as_str() {
        "STRING" => return Some(string(reader, element, place, &own)),
        "VALUE" | "BOOLEAN" | "" => {}
        other => {
            reader.unmapped(
                element,
                format!("category `{other}` has no counterpart in WIT"),
            );
            return None;
        }
    }
    let implementation = reader.implementations.get(&path(element)).cloned();
    let props = match &implementation {
        Some(implementation) => own.or(props::of(reader, implementation)),
        None => own,
    };
    let scalar = match category.as_str() {
        "BOOLEAN" => Some(Scalar::Bool),
        _ => scalar(reader, &props),
    };
    valued(reader, element, place, &props, scalar)
}

/// ImplementationDataType of one value, or an element of one.
pub(super) fn implementation(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
) -> Option<DataType> {
    let props = props::of(reader, element);
    let is_reference = text(element, ElementName::Category).as_deref() == Some("TYPE_REFERENCE");
    if let Some(target) = props.implementation.clone()
        && (props.is_plain() || (is_reference && !is_scalar(&target)))
    {
        return super::data_type(reader, &target);
    }
    let scalar = scalar(reader, &props);
    if props.is_plain() && docs(element).is_empty() {
        // A bare number keeps no name of its own: what it is called tells nothing about it.
        if let Some(scalar) = scalar {
            return Some(DataType::of(scalar.value()));
        }
    }
    valued(reader, element, place, &props, scalar)
}

fn is_scalar(element: &Element) -> bool {
    matches!(
        text(element, ElementName::Category).as_deref(),
        Some("VALUE" | "TYPE_REFERENCE" | "BOOLEAN") | None
    )
}

/// The number behind: by base type, by the type that is referred to, by what the values need.
fn scalar(reader: &mut Reader, props: &Props) -> Option<Scalar> {
    let mut props = props.clone();
    // References that lead in a circle end here; `data_type` tells them.
    for _ in 0..super::DEEPEST {
        if let Some(base) = &props.base {
            return Scalar::of_base(base);
        }
        let Some(next) = props.implementation.take() else {
            break;
        };
        props = props.or(props::of(reader, &next));
    }
    let by_name = props.base_name.as_deref().and_then(Scalar::of_platform);
    by_name.or_else(|| of_range(&props))
}

fn of_range(props: &Props) -> Option<Scalar> {
    if let Some(constraint) = &props.constraint
        && let Some((from, to)) = props::limits(constraint).raw
    {
        return Scalar::of_range(from, to);
    }
    match compu::read(props.compu.as_ref()?) {
        Conversion::Words {
            rows,
            numbers: false,
        } => {
            let from = rows.iter().map(|row| row.from).min()?;
            let to = rows.iter().map(|row| row.to).max()?;
            Scalar::of_range(from as f64, to as f64)
        }
        _ => None,
    }
}

fn valued(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
    props: &Props,
    scalar: Option<Scalar>,
) -> Option<DataType> {
    let Some(scalar) = scalar else {
        reader.unmapped(
            element,
            "neither base type, nor mapped implementation type, nor raw limits say how large it is; add a DATA-TYPE-MAP",
        );
        return None;
    };
    let conversion = props.compu.as_ref().map(compu::read);
    let mut meaning = props::unit(reader, props);
    meaning.compu_method = conversion.as_ref().and_then(Conversion::metadata);
    meaning.autosar_name = Some(short_name(element));
    if let (Some(Conversion::Other(category)), Some(compu)) = (&conversion, &props.compu) {
        let why = format!("a conversion of category `{category}` is not carried; the raw value is");
        reader.unmapped(compu, why);
    }
    let lines = description(props, scalar, conversion.as_ref(), &meaning);
    let kind = kind(scalar, conversion.as_ref());
    Some(DataType {
        value: named(reader, element, place, kind, lines),
        meanings: vec![(String::new(), meaning)],
        longest: 0,
    })
}

fn kind(scalar: Scalar, conversion: Option<&Conversion>) -> TypeKind {
    match conversion {
        _ if scalar == Scalar::Bool => TypeKind::Alias(ValueType::Bool),
        Some(Conversion::Words { rows, numbers }) => worded(scalar, rows, *numbers),
        Some(Conversion::Bits(bits)) => TypeKind::Flags(flags(bits)),
        _ => TypeKind::Alias(scalar.value()),
    }
}

/// An enum, or a variant where a word stands for several values or other values are numbers.
fn worded(scalar: Scalar, rows: &[Row], numbers: bool) -> TypeKind {
    let mut taken = BTreeSet::new();
    let mut label = |name: &str| {
        let label = names::unique(&names::to_label(name), |label| taken.contains(label));
        taken.insert(label.clone());
        label
    };
    let labels: Vec<String> = rows.iter().map(|row| label(&row.name)).collect();
    if !numbers && rows.iter().all(|row| row.from == row.to) {
        return TypeKind::Enum(labels);
    }
    let cases = rows.iter().zip(labels).map(|(row, name)| Case {
        name,
        value: (row.from != row.to).then(|| scalar.value()),
        docs: match row.from == row.to {
            true => format!("{}: {}", row.from, row.text),
            false => format!("{} to {}: {}", row.from, row.to, row.text),
        },
    });
    let mut cases: Vec<Case> = cases.collect();
    if numbers {
        cases.push(Case {
            name: label("value"),
            value: Some(scalar.value()),
            docs: NUMBERS.to_owned(),
        });
    }
    TypeKind::Variant(cases)
}

/// A flag for each bit up to the highest with a name, so that the numbers of bits stay.
fn flags(bits: &[(u32, String)]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let highest = bits.last().map_or(0, |(bit, _)| *bit);
    let name = |bit: u32| {
        let named = bits.iter().find(|(known, _)| *known == bit);
        let label = named.map_or(format!("bit{bit}"), |(_, name)| names::to_label(name));
        let label = names::unique(&label, |label| taken.contains(label));
        taken.insert(label.clone());
        label
    };
    (0..=highest).map(name).collect()
}

/// Unit, range and conversion in words.
fn description(
    props: &Props,
    scalar: Scalar,
    conversion: Option<&Conversion>,
    meaning: &ElementMetadata,
) -> Vec<String> {
    let (factor, offset) = match conversion {
        Some(Conversion::Linear { factor, offset }) => (*factor, *offset),
        _ => (1.0, 0.0),
    };
    let limits = props
        .constraint
        .as_ref()
        .map(props::limits)
        .unwrap_or_default();
    let of_raw = |(from, to): (f64, f64)| {
        let (a, b) = (tidy(from * factor + offset), tidy(to * factor + offset));
        (a.min(b), a.max(b))
    };
    let limits = limits.physical.or(limits.raw.map(of_raw));
    let limits = limits.filter(|_| scalar != Scalar::Bool);
    let unit = meaning.unit.as_deref();
    let mut lines: Vec<String> = sentence_of(unit, limits, factor, offset)
        .into_iter()
        .collect();
    if let Some(Conversion::Words {
        rows,
        numbers: false,
    }) = conversion
        && rows.iter().all(|row| row.from == row.to)
    {
        let rows = rows.iter().map(|row| (row.from, row.text.as_str()));
        lines.push(raw_values(rows));
    }
    lines
}

/// Unit, range and conversion in words; `None` where there is nothing to say.
pub(crate) fn sentence_of(
    unit: Option<&str>,
    limits: Option<(f64, f64)>,
    factor: f64,
    offset: f64,
) -> Option<String> {
    let mut words = Vec::new();
    words.extend(unit.map(|unit| format!("In {unit}")));
    words.extend(limits.map(|(from, to)| format!("from {from} to {to}")));
    if (factor, offset) != (1.0, 0.0) {
        words.push(format!("raw × {factor}{}", signed(offset)));
    }
    (!words.is_empty()).then(|| sentence(&words.join(", ")))
}

/// Unit, range, factor and offset.
type Said = (Option<String>, Option<(f64, f64)>, (f64, f64));

/// What such a sentence says; `None`: it is none.
pub(crate) fn said_in(line: &str) -> Option<Said> {
    let whole = line.strip_suffix('.')?;
    let (mut unit, mut limits, mut line_of) = (None, None, (1.0, 0.0));
    for part in whole.split(", ") {
        let lower = part.strip_prefix('F').map(|rest| format!("f{rest}"));
        let part = lower.as_deref().unwrap_or(part);
        if let Some(named) = part.strip_prefix("In ") {
            unit = Some(named.to_owned());
        } else if let Some(range) = part.strip_prefix("from ") {
            let (from, to) = range.split_once(" to ")?;
            limits = Some((from.parse().ok()?, to.parse().ok()?));
        } else {
            let words = part
                .strip_prefix("raw × ")
                .or(part.strip_prefix("Raw × "))?;
            let mut words = words.split(' ');
            let factor = words.next()?.parse().ok()?;
            let sign = words.next().unwrap_or("+");
            let offset: f64 = words.next().unwrap_or("0").parse().ok()?;
            let sign = if sign == "-" { -1.0 } else { 1.0 };
            line_of = (factor, offset * sign);
        }
    }
    let again = sentence_of(unit.as_deref(), limits, line_of.0, line_of.1)?;
    (again == line).then_some((unit, limits, line_of))
}

/// The words of an enum with their raw values, if that is what a line says.
pub(crate) fn raw_values_in(line: &str) -> Option<Vec<(i64, String)>> {
    let rows = line.strip_prefix("Raw values: ")?.strip_suffix('.')?;
    rows.split(", ")
        .map(|row| {
            let (raw, text) = row.split_once(' ')?;
            Some((raw.parse().ok()?, text.to_owned()))
        })
        .collect()
}

/// The words of an enum with their raw values.
pub(crate) fn raw_values<'a>(rows: impl Iterator<Item = (i64, &'a str)>) -> String {
    let rows: Vec<String> = rows.map(|(raw, text)| format!("{raw} {text}")).collect();
    format!("Raw values: {}.", rows.join(", "))
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn signed(offset: f64) -> String {
    match offset {
        0.0 => String::new(),
        _ if offset < 0.0 => format!(" - {}", -offset),
        _ => format!(" + {offset}"),
    }
}

/// Without the last bits that a multiplication has cost: 655.3500000000001 means 655.35.
fn tidy(number: f64) -> f64 {
    format!("{number:.12e}").parse().unwrap_or(number)
}

fn string(reader: &mut Reader, element: &Element, place: &Place, props: &Props) -> DataType {
    let longest = props.text_size.and_then(|size| u32::try_from(size).ok());
    let lines = longest.map(|longest| format!("At most {longest} characters."));
    let kind = TypeKind::Alias(ValueType::String);
    let meaning = ElementMetadata {
        autosar_name: Some(short_name(element)),
        ..ElementMetadata::default()
    };
    DataType {
        value: named(reader, element, place, kind, lines.into_iter().collect()),
        meanings: vec![(String::new(), meaning)],
        // A character of UTF-8 takes up to four bytes, and bounds count bytes.
        longest: longest.unwrap_or_default().saturating_mul(4),
    }
}
