//! What makes a CAN bus one of CAN FD: its data bit rate and the sample points.

use super::project::number_ui;
use crate::ui::widgets::{property_of_ui, switch_ui};
use egui::{DragValue, Ui};
use graph_core::document::FlexibleDataRate;

const PERMILLE_IN_PERCENT: f64 = 10.0;
/// ISO 11898-2: what transceivers of CAN FD are made for at most.
const DATA_BITRATE_BPS_MAX: u32 = 8_000_000;

pub(super) fn flexible_ui(
    ui: &mut Ui,
    bus: &str,
    bitrate_bps: u32,
    flexible: &mut Option<FlexibleDataRate>,
) -> bool {
    let is_on = flexible.is_some();
    let switched = property_of_ui(ui, bus, "CAN FD", |ui| {
        switch_ui(ui, &format!("{bus} CAN FD"), is_on)
    });
    if let Some(is_on) = switched {
        let usual = FlexibleDataRate::default();
        *flexible = is_on.then(|| FlexibleDataRate {
            data_bitrate_bps: usual.data_bitrate_bps.max(bitrate_bps),
            ..usual
        });
        return true;
    }
    let Some(flexible) = flexible else {
        return false;
    };
    let mut is_changed = property_of_ui(ui, bus, "Data bit rate", |ui| {
        let rates = bitrate_bps..=DATA_BITRATE_BPS_MAX.max(bitrate_bps);
        number_ui(ui, &mut flexible.data_bitrate_bps, |ui, speed| {
            ui.add(
                DragValue::new(speed)
                    .suffix(" bit/s")
                    .range(rates)
                    .speed(1000),
            )
        })
    });
    is_changed |= sample_ui(ui, bus, "Sample point", &mut flexible.sample_point_permille);
    is_changed |= sample_ui(
        ui,
        bus,
        "Data sample",
        &mut flexible.data_sample_point_permille,
    );
    is_changed
}

fn sample_ui(ui: &mut Ui, bus: &str, name: &str, permille: &mut u16) -> bool {
    property_of_ui(ui, bus, name, |ui| {
        let mut percent = f64::from(*permille) / PERMILLE_IN_PERCENT;
        let is_changed = number_ui(ui, &mut percent, |ui, percent| {
            let value = DragValue::new(percent).suffix(" %").speed(0.1);
            let response = ui.add(value.range(0.1..=99.9).max_decimals(1));
            response.on_hover_text("Where in a bit its level counts and the bit rate is switched")
        });
        if is_changed {
            *permille = (percent * PERMILLE_IN_PERCENT).round() as u16;
        }
        is_changed
    })
}
