//! Modes on which the start of runnables depends: mode switch events, and mode disabling
//! dependencies of any event.

use super::KnownPort;
use crate::{
    interface::mode_label,
    model::{Event, ModeChange, ModeRef},
    reader::Reader,
    tree::{children, text},
};
use autosar_data::{Element, ElementName};
use autosar_wit::component::{Direction, PortKind};

/// What an SWC-MODE-SWITCH-EVENT waits for; what is wrong with it is told.
pub(super) fn mode_switch(
    reader: &mut Reader,
    event: &Element,
    ports: &[KnownPort],
) -> Option<Event> {
    let irefs = children(event, ElementName::ModeIrefs);
    let mut found = Vec::new();
    for iref in &irefs {
        found.push(mode_ref(reader, iref, event, ports)?);
    }
    let activation = text(event, ElementName::Activation).unwrap_or_default();
    let mut modes = found.into_iter();
    let change = match (activation.as_str(), modes.next(), modes.next()) {
        ("ON-ENTRY", Some(mode), None) => (mode.port, ModeChange::Entry(mode.mode)),
        ("ON-EXIT", Some(mode), None) => (mode.port, ModeChange::Exit(mode.mode)),
        ("ON-TRANSITION", Some(from), Some(to)) if from.port == to.port => {
            let change = ModeChange::Transition {
                from: from.mode,
                to: to.mode,
            };
            (from.port, change)
        }
        _ => {
            reader.wrong(
                event,
                "a mode switch event needs an ACTIVATION with one mode, or ON-TRANSITION with two of one port; correct it",
            );
            return None;
        }
    };
    let (port, change) = change;
    Some(Event::ModeSwitch { port, change })
}

/// The modes in which an event starts nothing; those without a counterpart are told.
pub(super) fn disabled_in(
    reader: &mut Reader,
    event: &Element,
    ports: &[KnownPort],
) -> Vec<ModeRef> {
    let irefs = children(event, ElementName::DisabledModeIrefs);
    irefs
        .iter()
        .filter_map(|iref| mode_ref(reader, iref, event, ports))
        .collect()
}

/// A mode of a required port. A manager's own port carries its mode outwards only.
fn mode_ref(
    reader: &mut Reader,
    iref: &Element,
    event: &Element,
    ports: &[KnownPort],
) -> Option<ModeRef> {
    let port = text(iref, ElementName::ContextPortRef);
    let known = ports.iter().find(|known| {
        known.port.direction == Direction::Required
            && known.port.kind == PortKind::ModeSwitch
            && Some(&known.port.path) == port.as_ref()
    });
    let Some(known) = known else {
        reader.unmapped(
            event,
            "depends on a mode of a port that the component does not require; give it a required port that gets the mode",
        );
        return None;
    };
    let declaration = reader.target(iref, ElementName::TargetModeDeclarationRef)?;
    Some(ModeRef {
        port: known.port.name.clone(),
        mode: mode_label(&declaration)?,
    })
}
