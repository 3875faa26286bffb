//! Each device on an SPI bus has a chip select of its own: two that are selected at once would both
//! drive the line.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
};
use std::collections::BTreeMap;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, bus) in &context.document.buses {
        let BusKind::Spi { devices, .. } = &bus.kind else {
            continue;
        };
        let mut first: BTreeMap<u8, &SpiDevice> = BTreeMap::new();
        for (position, device) in devices.iter().enumerate() {
            let known = *first.entry(device.chip_select).or_insert(device);
            if known.name != device.name {
                found.push(judge(*id, bus, known, (position, device)));
            }
        }
    }
    found
}

fn judge(
    id: BusId,
    bus: &Bus,
    known: &SpiDevice,
    (position, device): (usize, &SpiDevice),
) -> Diagnostic {
    let message = format!(
        "`{}` and `{}` on `{}` have the same chip select {}",
        known.name, device.name, bus.name, device.chip_select
    );
    let diagnostic = Diagnostic::new("chip-select", Severity::Error, Subject::Bus(id), message)
        .help("give each device a chip select line of its own");
    let mut changed = bus.clone();
    let BusKind::Spi { devices, .. } = &mut changed.kind else {
        return diagnostic;
    };
    let is_free = |line: &u8| devices.iter().all(|device| device.chip_select != *line);
    let free = (0..=u8::MAX).find(is_free);
    let (Some(free), Some(entry)) = (free, devices.get_mut(position)) else {
        return diagnostic;
    };
    entry.chip_select = free;
    let title = format!("Give `{}` chip select {free}", device.name);
    diagnostic.fix(title, vec![Edit::ChangeBus(id, changed)])
}
