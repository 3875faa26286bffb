//! Another component in the place of an instance's own; wires that fit stay.

use super::connector;
use crate::{
    adapter,
    check::{Sheet, WireVerdict, candidates},
    document::*,
    edit::Edit,
    end,
    library::Library,
    resolve::{self, Side},
    runnable,
};

/// What becomes of an instance that gets another component.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Swap {
    pub edits: Vec<Edit>,
    /// How many wires stay as they are.
    pub kept: usize,
    /// Wires that end at another port now: `sensor.value to filter.in`.
    pub moved: Vec<String>,
    /// Wires that nothing of the new component takes.
    pub lost: Vec<String>,
}

/// `component` is in the library; the document has it, or will have it before the edits are applied.
/// Runnables, bindings and configuration that mean something to it stay; a new one without any runnable
/// gets those that a new instance has.
pub fn swap(sheet: &Sheet, instance: InstanceId, component: ComponentId) -> Swap {
    let (document, library) = (sheet.document, sheet.library);
    let mut swap = Swap::default();
    let Some(old) = document.instances.get(&instance) else {
        return swap;
    };
    let mut changed = old.clone();
    changed.component = component;
    if !document.is_composition(component) {
        changed.prefix = None;
    }
    let mut trial = document.clone();
    trial.instances.insert(instance, changed.clone());
    if document.is_composition(component) {
        changed.activations.clear();
        changed.blocks.clear();
        changed.configuration.clear();
        changed.parameters.clear();
        changed.nv_data.clear();
    } else if let Some(found) = resolve::component_type(&trial, library, instance) {
        let runnables = runnable::of(found);
        let has = |path: &FunctionPath| runnables.iter().any(|one| one.path == *path);
        changed.activations.retain(|one| has(&one.runnable));
        if changed.activations.is_empty() {
            changed.activations = runnable::suggested_activations(found);
        }
    }
    let wires: Vec<ConnectorId> = document.connectors_of(instance).collect();
    for id in &wires {
        trial.connectors.remove(id);
    }
    swap.edits = wires.iter().map(|id| Edit::Disconnect(*id)).collect();
    swap.edits.push(Edit::ChangeInstance(instance, changed));
    let mut again = Vec::new();
    for id in wires {
        let Some(wire) = document.connectors.get(&id) else {
            continue;
        };
        let text = format!(
            "{} to {}",
            end::text(document, &wire.from),
            end::text(document, &wire.to)
        );
        let kept = connector(&sheet.with(&trial), &wire.from, &wire.to)
            .map(|_| wire.clone())
            .or_else(|| adapted(&trial, library, wire));
        let found = match kept {
            Some(kept) => {
                swap.kept += 1;
                Some(kept)
            }
            None => {
                let found = elsewhere(&sheet.with(&trial), wire, instance);
                match &found {
                    Some(_) => swap.moved.push(text),
                    None => swap.lost.push(text),
                }
                found
            }
        };
        if let Some(found) = found {
            trial.connectors.insert(id, found.clone());
            again.push(Edit::Connect(id, found));
        }
    }
    swap.edits.extend(again);
    swap
}

/// The wire with its adapter, where that leads between the ports that are there now.
pub(super) fn adapted(trial: &Document, library: &Library, wire: &Connector) -> Option<Connector> {
    let ports = adapter::ports(trial, library, wire)?;
    let adaptation = ports.resolve(wire.adapter.as_ref()?).adaptation;
    adaptation.is_ok().then(|| wire.clone())
}

/// The one other port that takes the wire.
fn elsewhere(trial: &Sheet, wire: &Connector, instance: InstanceId) -> Option<Connector> {
    let here = |end: &End| end.instance() == Some(instance);
    let (far, side) = match (here(&wire.from), here(&wire.to)) {
        (false, true) => (&wire.from, Side::Source),
        (true, false) => (&wire.to, Side::Target),
        _ => return None,
    };
    let mut fitting = candidates(trial, far, side)
        .into_iter()
        .filter(|found| here(&found.end) && matches!(found.verdict, WireVerdict::Fits { .. }));
    let (one, more) = (fitting.next()?, fitting.next());
    if more.is_some() {
        return None;
    }
    match side {
        Side::Source => connector(trial, far, &one.end),
        Side::Target => connector(trial, &one.end, far),
    }
}
