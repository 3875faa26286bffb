//! Warning: what a connector brings is meant in another unit than its receiver takes it. Types do not
//! show it; the metadata of components do.

use super::{adapter::with, type_mismatch};
use crate::{
    adapter::{self, Ports},
    context::{Context, Wire},
    diagnostic::{Diagnostic, Severity},
};
use autosar_wit::mapping::{Mapping, MappingProblem, Problem};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let wires = context.wires.iter();
    wires.filter_map(|wire| found(context, wire)).collect()
}

fn found(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    let (ports, problems) = problems(context, wire)?;
    let list: Vec<String> = problems.iter().map(words).collect();
    let message = format!(
        "the connector {} carries other units than its receiver takes: {}",
        context.ends(wire.connector),
        list.join("; ")
    );
    let mut diagnostic = wire.finding("unit-mismatch", message);
    diagnostic.severity = Severity::Warning;
    Some(match ports.propose(&Mapping::default()) {
        Ok(mapping) => diagnostic
            .help("insert an adapter that converts the units")
            .fix("Insert an adapter", with(wire, mapping)),
        Err(_) => diagnostic.help("connect what means the same"),
    })
}

/// Elements of fitting ports whose units differ; none where an adapter stands.
pub(crate) fn problems<'a>(
    context: &Context<'a>,
    wire: &Wire<'a>,
) -> Option<(Ports<'a>, Vec<MappingProblem>)> {
    if wire.connector.adapter.is_some() || !type_mismatch::problems(wire).is_empty() {
        return None;
    }
    let ports = adapter::ports(context.document, context.library, wire.connector)?;
    let problems = ports.units();
    (!problems.is_empty()).then_some((ports, problems))
}

/// ``  `get` in `m/s`, needed in `km/h` ``
pub(crate) fn words(problem: &MappingProblem) -> String {
    match &problem.problem {
        Problem::Units { given, needs } | Problem::Dimensions { given, needs } => {
            format!("`{}` in `{given}`, needed in `{needs}`", problem.place)
        }
        _ => problem.to_string(),
    }
}
