//! What a connector brings is meant in another unit than its receiver takes it: a warning where the
//! units are of one dimension, an error where they are not. Types do not show it; the metadata of
//! components and the descriptions of buses do.

use super::{adapter::with, type_mismatch};
use crate::{
    adapter,
    context::{Context, Wire},
    diagnostic::{Diagnostic, Severity},
    document::{Buffering, ConnectorKind, Conversion, End},
    edit::Edit,
    fit, physical, resolve,
};
use autosar_wit::{
    mapping::{Mapping, MappingProblem, Problem, scale_words},
    metadata::ElementMetadata,
    types::ValueType,
    units::{Relation, relation},
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let wires = context.wires.iter();
    wires.filter_map(|wire| found(context, wire)).collect()
}

fn found(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    let found = problems(context, wire)?;
    let ends = context.ends(wire.connector);
    let list = found.words.join("; ");
    Some(match found.remedy {
        Remedy::None => {
            let message =
                format!("the connector {ends} brings what its receiver does not measure: {list}");
            wire.finding("unit-mismatch", message)
                .help("these are of different physical dimensions; connect what means the same")
        }
        remedy => {
            let message =
                format!("the connector {ends} carries other units than its receiver takes: {list}");
            let mut diagnostic = wire.finding("unit-mismatch", message);
            diagnostic.severity = Severity::Warning;
            match remedy {
                Remedy::Adapter(Some(mapping)) => diagnostic
                    .help("insert an adapter that converts the units")
                    .fix("Insert an adapter", with(wire, mapping)),
                Remedy::Converted { scale } => diagnostic
                    .help("have the value converted into the unit of the element")
                    .fix(format!("Convert the unit ({scale})"), converted(wire)),
                _ => diagnostic.help(
                    "connect what means the same, or whole ports, between which an adapter converts",
                ),
            }
        }
    })
}

/// The connector with the conversion of the units.
fn converted(wire: &Wire) -> Vec<Edit> {
    match &wire.connector.kind {
        ConnectorKind::Buffered(buffering) => wire.with_kind(ConnectorKind::Buffered(Buffering {
            conversion: Conversion::Unit,
            ..buffering.clone()
        })),
        ConnectorKind::Direct => Vec::new(),
    }
}

/// Units that differ, and what can be done.
pub(crate) struct Found {
    /// ``  `get` in `m/s`, needed in `km/h` ``
    pub(crate) words: Vec<String>,
    pub(crate) remedy: Remedy,
}

pub(crate) enum Remedy {
    /// The dimensions differ.
    None,
    /// Between whole ports; without a mapping where none leads from one to the other.
    Adapter(Option<Mapping>),
    /// The connector converts the value.
    Converted { scale: String },
    /// Values that are no numbers, or units that are not known.
    Other,
}

/// Ends whose types fit and whose units do not; none where something converts them.
pub(crate) fn problems(context: &Context, wire: &Wire) -> Option<Found> {
    let connector = wire.connector;
    if connector.adapter.is_some() || !type_mismatch::problems(wire).is_empty() {
        return None;
    }
    match adapter::ports(context.document, context.library, connector) {
        Some(ports) => {
            let problems = ports.units();
            let words: Vec<String> = problems.iter().map(words).collect();
            let is_unlike =
                |problem: &MappingProblem| matches!(problem.problem, Problem::Dimensions { .. });
            let remedy = match problems.iter().any(is_unlike) {
                true => Remedy::None,
                false => Remedy::Adapter(ports.propose(&Mapping::default()).ok()),
            };
            (!words.is_empty()).then_some(Found { words, remedy })
        }
        None => single(context, wire),
    }
}

/// Between single values, of which one may be a signal.
fn single(context: &Context, wire: &Wire) -> Option<Found> {
    let connector = wire.connector;
    let conversion = match &connector.kind {
        ConnectorKind::Buffered(buffering) => buffering.conversion,
        ConnectorKind::Direct => return None,
    };
    let has_signal = [&connector.from, &connector.to]
        .iter()
        .any(|end| matches!(end, End::Signal { .. }));
    // Of raw values nobody says a unit.
    if has_signal && conversion == Conversion::Raw {
        return None;
    }
    let (given, needed) = (
        unit(context, &connector.from, has_signal)?,
        unit(context, &connector.to, has_signal)?,
    );
    let remedy = match relation(Some(&needed), Some(&given)) {
        Relation::Alike => return None,
        Relation::Unlike => Remedy::None,
        Relation::Scale { .. } if conversion == Conversion::Unit => return None,
        Relation::Scale { factor, offset } if has_signal || is_number(wire) => Remedy::Converted {
            scale: scale_words(factor, offset),
        },
        Relation::Scale { .. } | Relation::Unknown => Remedy::Other,
    };
    let words = |element: &ElementMetadata| element.unit.clone().unwrap_or_default();
    Some(Found {
        words: vec![format!(
            "in `{}`, needed in `{}`",
            words(&given),
            words(&needed)
        )],
        remedy,
    })
}

/// Whether what is brought can be multiplied.
fn is_number(wire: &Wire) -> bool {
    let value = wire
        .from
        .as_ref()
        .ok()
        .and_then(|from| fit::value_of(*from));
    let inside = value.map(|value| rte::element_value(value).unwrap_or(value));
    inside.is_some_and(|value| {
        matches!(
            resolve::behind_aliases(value),
            ValueType::U8
                | ValueType::S8
                | ValueType::U16
                | ValueType::S16
                | ValueType::U32
                | ValueType::S32
                | ValueType::U64
                | ValueType::S64
                | ValueType::F32
                | ValueType::F64
        )
    })
}

/// With a signal the unit alone: whether its value is scaled, the connector says.
fn unit(context: &Context, end: &End, has_signal: bool) -> Option<ElementMetadata> {
    let found = match end {
        End::Signal { .. } => physical::signal(context.library, end),
        _ => physical::element(context.document, context.library, end).cloned(),
    }?;
    found.unit.as_ref()?;
    Some(ElementMetadata {
        compu_method: found.compu_method.clone().filter(|_| !has_signal),
        ..found
    })
}

/// ``  `get` in `m/s`, needed in `km/h` ``
fn words(problem: &MappingProblem) -> String {
    match &problem.problem {
        Problem::Units { given, needs } | Problem::Dimensions { given, needs } => {
            format!("`{}` in `{given}`, needed in `{needs}`", problem.place)
        }
        _ => problem.to_string(),
    }
}
