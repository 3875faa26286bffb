//! What a device on an SPI bus is wired to besides is there: a CAN bus, and a digital pin for its
//! interrupt output.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
};

/// What can be wired to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Can,
    Interrupt,
}

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, bus) in &context.document.buses {
        let BusKind::Spi { devices, .. } = &bus.kind else {
            continue;
        };
        for (position, device) in devices.iter().enumerate() {
            for (wire, end) in [
                (Wire::Can, &device.can),
                (Wire::Interrupt, &device.interrupt),
            ] {
                let ends = ends(context.document, wire);
                if let Some(end) = end.as_deref().filter(|end| !ends.contains(end)) {
                    found.push(judge((*id, bus, position), wire, end, &ends));
                }
            }
        }
    }
    found
}

/// Names of what the project has to be wired to.
fn ends(document: &Document, wire: Wire) -> Vec<&str> {
    let buses = document.buses.values();
    match wire {
        Wire::Can => buses
            .filter(|bus| matches!(bus.kind, BusKind::Can { .. }))
            .map(|bus| bus.name.as_str())
            .collect(),
        Wire::Interrupt => {
            let pins = buses.flat_map(|bus| match &bus.kind {
                BusKind::Gpio { pins } => pins.as_slice(),
                _ => &[],
            });
            pins.filter(|pin| pin.signal == deployment::PinSignal::Digital)
                .map(|pin| pin.name.as_str())
                .collect()
        }
    }
}

fn judge(
    (id, bus, position): (BusId, &Bus, usize),
    wire: Wire,
    end: &str,
    ends: &[&str],
) -> Diagnostic {
    let what = match wire {
        Wire::Can => "CAN bus",
        Wire::Interrupt => "digital pin",
    };
    let parts = bus.parts();
    let device = parts.get(position).copied().unwrap_or_default();
    let message = format!("`{device}` is wired to the {what} `{end}`, which is not there");
    let help = format!("wire it to a {what} of the project, or to none");
    let mut diagnostic =
        Diagnostic::new("wiring", Severity::Error, Subject::Bus(id), message).help(help);
    for end in ends.iter().copied().map(Some).chain([None]) {
        let mut changed = bus.clone();
        let BusKind::Spi { devices, .. } = &mut changed.kind else {
            return diagnostic;
        };
        let Some(entry) = devices.get_mut(position) else {
            return diagnostic;
        };
        let wired = end.map(str::to_owned);
        match wire {
            Wire::Can => entry.can = wired,
            Wire::Interrupt => entry.interrupt = wired,
        }
        let title = match end {
            Some(end) => format!("Wire `{device}` to `{end}`"),
            None => format!("Wire `{device}` to no {what}"),
        };
        diagnostic = diagnostic.fix(title, vec![Edit::ChangeBus(id, changed)]);
    }
    diagnostic
}
