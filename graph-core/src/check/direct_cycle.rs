//! Direct connectors form no circle: a component cannot be instantiated before itself.

use crate::{
    context::{Context, Wire},
    diagnostic::Diagnostic,
    document::ConnectorId,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .topology
        .direct_cycles()
        .iter()
        .filter_map(|cycle| found(context, cycle))
        .collect()
}

fn found(context: &Context, cycle: &[ConnectorId]) -> Option<Diagnostic> {
    let wires = cycle
        .iter()
        .filter_map(|id| wire(context, *id))
        .collect::<Vec<_>>();
    let first = wires.first()?;
    let name = |wire: &Wire| {
        wire.connector
            .from
            .instance()
            .map_or("?", |id| context.instance_name(id))
    };
    let mut path = wires
        .iter()
        .map(|wire| format!("`{}`", name(wire)))
        .collect::<Vec<_>>();
    path.push(format!("`{}`", name(first)));
    let message = format!("direct connectors form a circle: {}", path.join(" → "));
    let diagnostic = first.finding("direct-cycle", message);
    let mendable = wires
        .iter()
        .filter(|wire| wire.can_be_buffered())
        .collect::<Vec<_>>();
    let diagnostic = match mendable.is_empty() {
        true => diagnostic
            .help("these ports take calls, which cannot be buffered; remove one connector"),
        false => diagnostic.help(
            "make one of them buffered; its receiver then reads the value of the last activation",
        ),
    };
    Some(mendable.into_iter().fold(diagnostic, |diagnostic, wire| {
        diagnostic.fix(
            format!(
                "Make the connector {} buffered",
                context.ends(wire.connector)
            ),
            wire.made_buffered(),
        )
    }))
}

fn wire<'a, 'b>(context: &'b Context<'a>, id: ConnectorId) -> Option<&'b Wire<'a>> {
    let index = context
        .wires
        .binary_search_by_key(&id, |wire| wire.id)
        .ok()?;
    context.wires.get(index)
}
