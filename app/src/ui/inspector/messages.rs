//! Messages of a CAN bus: how each is sent, from when on it is missed, and how it is protected end to
//! end. Knows nothing of signals.

use super::{
    InspectorView,
    project::{card_ui, number_ui},
};
use crate::{
    command::Command,
    observe::{Checked, last_checks},
    session::Session,
    ui::{
        theme::tokens,
        widgets::{property_of_ui, section_ui, switch_ui},
    },
};
use autosar_wit::dbc;
use egui::{ComboBox, DragValue, RichText, Ui};
use graph_core::{
    document::{BusId, End, Pdu, TransmissionMode},
    message::{self, Communication},
};
use protection::{Configuration, IdMode, Profile};
use std::collections::BTreeSet;

const MODES: [&str; 4] = ["As in the DBC", "Cyclic", "On change", "Cyclic + change"];
const NS_IN_MS: f64 = 1e6;
const PERIOD_NS: u64 = 100_000_000;
const MOST_REPETITIONS: u32 = 100;

/// A card for each message that a connector ends at, or of which the project says something.
pub(super) fn messages_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    bus: BusId,
) -> Vec<Command> {
    let document = session.document();
    let mut used = BTreeSet::new();
    for connector in document.connectors.values() {
        for end in [&connector.from, &connector.to] {
            if let End::Signal {
                bus: at, message, ..
            } = end
                && *at == bus
            {
                used.insert(message.clone());
            }
        }
    }
    let own = document.pdus.values().filter(|pdu| pdu.bus == bus);
    used.extend(own.map(|pdu| pdu.message.clone()));
    let mut commands = Vec::new();
    for name in used {
        let mut pdus = document.pdus.values();
        let pdu = pdus.find(|pdu| pdu.bus == bus && pdu.message == name);
        let mut pdu = pdu.cloned().unwrap_or_else(|| Pdu::new(bus, name.clone()));
        let description = session.library().descriptions.get(&bus);
        let described = description.and_then(|database| database.message_by_name(&name));
        // What is sent is protected, and that may be longer (CAN FD).
        let length_bytes = described.map(|message| {
            let frame_bytes = dbc::frame_bytes(message.length_bytes).map(usize::from);
            frame_bytes.unwrap_or(message.length_bytes as usize)
        });
        let described = described.map(message::described);
        let is_changed = card_ui(ui, |ui| {
            ui.label(RichText::new(&name).monospace());
            let is_timed = mode_ui(ui, &mut pdu)
                | times_ui(ui, &mut pdu, described)
                | repetition_ui(ui, &mut pdu, described);
            let is_protected = protection_ui(ui, view, &mut pdu);
            problem_ui(ui, &pdu, length_bytes);
            checks_ui(ui, session, bus, &name);
            is_timed | is_protected
        });
        if is_changed {
            commands.push(Command::SetMessage(pdu));
        }
    }
    commands
}

/// Nodes of the description, and those that are named though it has them not: whose messages the
/// simulation sends.
pub(super) fn restbus_ui(
    ui: &mut Ui,
    session: &Session,
    bus: BusId,
    restbus: &mut BTreeSet<String>,
) -> bool {
    let description = session.library().descriptions.get(&bus);
    let described = description.map(|database| database.nodes.iter().cloned());
    let mut nodes: BTreeSet<String> = described.into_iter().flatten().collect();
    nodes.extend(restbus.iter().cloned());
    let mut is_changed = false;
    if !nodes.is_empty() {
        section_ui(ui, "RESTBUS NODES");
    }
    for node in nodes {
        let is_on = restbus.contains(&node);
        let switched = property_of_ui(ui, "Restbus", &node, |ui| {
            switch_ui(ui, &format!("Restbus {node}"), is_on)
        });
        match switched {
            Some(true) => drop(restbus.insert(node)),
            Some(false) => drop(restbus.remove(&node)),
            None => continue,
        }
        is_changed = true;
    }
    is_changed
}

fn mode_ui(ui: &mut Ui, pdu: &mut Pdu) -> bool {
    let current = match pdu.mode {
        None => 0,
        Some(TransmissionMode::Cyclic { .. }) => 1,
        Some(TransmissionMode::OnChange) => 2,
        Some(TransmissionMode::Mixed { .. }) => 3,
    };
    let mut chosen = current;
    chosen_ui(ui, &pdu.message, "Sent", &MODES, &mut chosen);
    let mut is_changed = chosen != current;
    if is_changed {
        let (period_ns, offset_ns) = (PERIOD_NS, 0);
        pdu.mode = match chosen {
            0 => None,
            1 => Some(TransmissionMode::Cyclic {
                period_ns,
                offset_ns,
            }),
            2 => Some(TransmissionMode::OnChange),
            _ => Some(TransmissionMode::Mixed {
                period_ns,
                offset_ns,
            }),
        };
    }
    if let Some(
        TransmissionMode::Cyclic { period_ns, .. } | TransmissionMode::Mixed { period_ns, .. },
    ) = &mut pdu.mode
    {
        is_changed |= milliseconds_ui(ui, &pdu.message, "Every", 1.0, period_ns);
    }
    is_changed
}

/// Minimum delay and timeout: what the description has is shown until it is changed; 0 is none.
fn times_ui(ui: &mut Ui, pdu: &mut Pdu, described: Option<Communication>) -> bool {
    let times = [
        (
            "Delay",
            &mut pdu.minimum_delay_ns,
            described.and_then(|one| one.minimum_delay_ns),
        ),
        (
            "Timeout",
            &mut pdu.timeout_ns,
            described.and_then(|one| one.timeout_ns),
        ),
    ];
    let mut is_changed = false;
    for (name, said, described) in times {
        let mut time_ns = said.or(described).unwrap_or_default();
        if milliseconds_ui(ui, &pdu.message, name, 0.0, &mut time_ns) {
            *said = (time_ns != described.unwrap_or_default()).then_some(time_ns);
            is_changed = true;
        }
    }
    is_changed
}

/// How often a change is sent again, and how far apart; 0 is never.
fn repetition_ui(ui: &mut Ui, pdu: &mut Pdu, described: Option<Communication>) -> bool {
    let described = described.and_then(|one| one.repetition);
    let before = described.map_or(0, |one| one.count);
    let mut count = pdu.repetitions.unwrap_or(before);
    let mut is_changed = property_of_ui(ui, &pdu.message, "Repeat", |ui| {
        number_ui(ui, &mut count, |ui, count| {
            let value = DragValue::new(count).range(0..=MOST_REPETITIONS);
            let response = ui.add(value.suffix(" times"));
            response.on_hover_text("The frame of a change is sent so often again")
        })
    });
    if is_changed {
        pdu.repetitions = (count != before).then_some(count);
    }
    if count > 0 {
        let before = described.map_or(0, |one| one.period_ns);
        let mut period_ns = pdu.repetition_period_ns.unwrap_or(before);
        if milliseconds_ui(ui, &pdu.message, "Repeat every", 0.0, &mut period_ns) {
            pdu.repetition_period_ns = (period_ns != before).then_some(period_ns);
            is_changed = true;
        }
    }
    is_changed
}

fn milliseconds_ui(ui: &mut Ui, owner: &str, name: &str, least: f64, time_ns: &mut u64) -> bool {
    property_of_ui(ui, owner, name, |ui| {
        let mut time_ms = *time_ns as f64 / NS_IN_MS;
        let is_changed = number_ui(ui, &mut time_ms, |ui, time_ms| {
            let value = DragValue::new(time_ms).suffix(" ms");
            let response = ui.add(value.range(least..=100_000.0));
            match name {
                "Delay" => response.on_hover_text("At least so long from one frame to the next"),
                "Repeat every" => response.on_hover_text(
                    "From a frame to its repetition; without it as far apart as the delay",
                ),
                "Timeout" => response.on_hover_text(
                    "Without a frame for so long its receivers read that it is missing",
                ),
                _ => response,
            }
        });
        *time_ns = (time_ms * NS_IN_MS).round() as u64;
        is_changed
    })
}

fn protection_ui(ui: &mut Ui, view: &mut InspectorView, pdu: &mut Pdu) -> bool {
    let texts: Vec<String> = std::iter::once("None".to_owned())
        .chain(Profile::ALL.map(|profile| format!("Profile {}", profile.number())))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let of = |one: &Configuration| Profile::ALL.iter().position(|known| *known == one.profile);
    let current = pdu.protection.as_ref().and_then(of).map_or(0, |at| at + 1);
    let mut chosen = current;
    chosen_ui(ui, &pdu.message, "E2E", &texts, &mut chosen);
    let mut is_changed = chosen != current;
    if is_changed {
        let profile = chosen.checked_sub(1).and_then(|at| Profile::ALL.get(at));
        pdu.protection = profile.map(|profile| Configuration::new(*profile));
    }
    let Some(own) = &mut pdu.protection else {
        return is_changed;
    };
    let owner = pdu.message.as_str();
    if own.profile.has_id_list() {
        is_changed |= ids_ui(ui, view, owner, own);
    } else {
        is_changed |= number_of_ui(ui, owner, "Data ID", &mut own.data_id);
    }
    if own.profile.has_bit_offsets() {
        is_changed |= mode_of_id_ui(ui, owner, own);
        is_changed |= number_of_ui(ui, owner, "CRC bit", &mut own.crc_offset_bits);
        is_changed |= number_of_ui(ui, owner, "Counter bit", &mut own.counter_offset_bits);
        if own.id_mode == IdMode::Nibble {
            is_changed |= number_of_ui(ui, owner, "ID bit", &mut own.nibble_offset_bits);
        }
    } else {
        is_changed |= number_of_ui(ui, owner, "Header byte", &mut own.offset_bytes);
    }
    is_changed | number_of_ui(ui, owner, "Largest step", &mut own.max_delta_counter)
}

fn mode_of_id_ui(ui: &mut Ui, owner: &str, own: &mut Configuration) -> bool {
    let texts = ["Both bytes", "Alternating", "Low byte", "Nibble"];
    let position = IdMode::ALL.iter().position(|mode| *mode == own.id_mode);
    let current = position.unwrap_or_default();
    let mut chosen = current;
    chosen_ui(ui, owner, "ID mode", &texts, &mut chosen);
    own.id_mode = IdMode::ALL.get(chosen).copied().unwrap_or_default();
    chosen != current
}

fn ids_ui(ui: &mut Ui, view: &mut InspectorView, owner: &str, own: &mut Configuration) -> bool {
    let digits: String = own.data_ids.iter().map(|id| format!("{id:02x}")).collect();
    let typed = property_of_ui(ui, owner, "Data IDs", |ui| {
        view.text_ui(ui, &format!("{owner} data ids"), &digits, "")
    });
    let Some(ids) = typed.as_deref().and_then(message::data_ids) else {
        return false;
    };
    own.data_ids = ids;
    true
}

fn number_of_ui<N: egui::emath::Numeric>(
    ui: &mut Ui,
    owner: &str,
    name: &str,
    number: &mut N,
) -> bool {
    property_of_ui(ui, owner, name, |ui| {
        number_ui(ui, number, |ui, number| ui.add(DragValue::new(number)))
    })
}

fn chosen_ui(ui: &mut Ui, owner: &str, name: &str, texts: &[&str], chosen: &mut usize) {
    property_of_ui(ui, owner, name, |ui| {
        ComboBox::from_id_salt((owner, name))
            .selected_text(texts.get(*chosen).copied().unwrap_or_default())
            .width(ui.available_width().min(110.0))
            .truncate()
            .show_ui(ui, |ui| {
                for (number, text) in texts.iter().enumerate() {
                    ui.selectable_value(chosen, number, *text);
                }
            });
    });
}

/// What the receivers' checks gave last, while a run is on.
fn checks_ui(ui: &mut Ui, session: &Session, bus: BusId, message: &str) {
    let bus = session.document().buses.get(&bus);
    let place = format!("{}:{message}", bus.map_or("", |bus| &bus.name));
    for checked in last_checks(session.run(), &place) {
        let colour = match checked.state.as_str() {
            "valid" => tokens(ui).text_weak,
            _ => tokens(ui).error,
        };
        let Checked {
            partition,
            status,
            state,
            ..
        } = checked;
        let text = format!("{partition}: {status}, {state}");
        ui.label(RichText::new(text).color(colour)).on_hover_text(
            "What the receiver's last check gave, and the state of its state machine",
        );
    }
}

fn problem_ui(ui: &mut Ui, pdu: &Pdu, length_bytes: Option<usize>) {
    let problem = pdu.protection.zip(length_bytes);
    let Some(problem) = problem.and_then(|(own, length_bytes)| own.problem(length_bytes)) else {
        return;
    };
    ui.label(RichText::new(problem.to_string()).color(tokens(ui).error));
}
