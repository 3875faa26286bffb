//! An ECU: its name, what time costs on it, its partitions, and the instances that run there.

use super::{
    InspectorView,
    blocks::blocks_ui,
    project::{card_ui, heading_ui, number_ui, removable_ui},
};
use crate::{
    command::Command,
    session::{Session, platform},
    ui::widgets::property_of_ui,
};
use deployment::Reaction;
use egui::{ComboBox, DragValue, RichText, Ui};
use exporter::boards;
use graph_core::document::{Ecu, EcuId, Partition, PartitionKey, Subject};

const REACTIONS: [(Reaction, &str); 3] = [
    (Reaction::Restart, "Restart"),
    (Reaction::Stop, "Stop it"),
    (Reaction::StopRun, "Stop all"),
];
const BYTES_IN_KIB: u64 = 1024;
const NO_BOARD: &str = "Not decided";

pub(super) fn ecu_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: EcuId,
    ecu: &Ecu,
) -> Vec<Command> {
    let mut commands = Vec::new();
    if heading_ui(ui, "ECU", &ecu.name) {
        commands.push(Command::Remove(Subject::Ecu(id)));
    }
    let mut changed = ecu.clone();
    let mut is_changed = false;
    let key = format!("ecu {}", id.0);
    let name = property_of_ui(ui, &ecu.name, "Name", |ui| {
        view.text_ui(ui, &key, &ecu.name, "")
    });
    if let Some(name) = name {
        changed.name = name;
        is_changed = true;
    }
    is_changed |= board_ui(ui, &mut changed);
    is_changed |= costs_ui(ui, &mut changed);
    for (name, partition) in &mut changed.partitions {
        let owner = format!("{}/{name}", ecu.name);
        let key = PartitionKey {
            ecu: id,
            partition: name.clone(),
        };
        card_ui(ui, |ui| {
            let text = RichText::new(name).monospace();
            if removable_ui(ui, text, &format!("Remove partition {owner}")) {
                commands.push(Command::Remove(Subject::Partition(key.clone())));
            }
            let typed = property_of_ui(ui, &owner, "Name", |ui| {
                view.text_ui(ui, &format!("partition {} {name}", id.0), name, "")
            });
            commands.extend(typed.map(|typed| Command::RenamePartition(key.clone(), typed)));
            is_changed |= partition_ui(ui, &owner, partition);
            is_changed |= blocks_ui(ui, view, &owner, partition);
        });
        instances_ui(ui, session, &key, &mut commands);
    }
    is_changed |= add_partition_ui(ui, &mut changed);
    if is_changed {
        commands.push(Command::ChangeEcu(id, changed));
    }
    commands
}

/// The board that the ECU is: what verify, export and budget take where none is named.
fn board_ui(ui: &mut Ui, ecu: &mut Ecu) -> bool {
    let owner = ecu.name.clone();
    let before = ecu.target.clone();
    property_of_ui(ui, &owner, "Board", |ui| {
        let shown = before.as_deref().unwrap_or(NO_BOARD);
        ComboBox::from_id_salt(format!("{owner} board"))
            .selected_text(shown)
            .width(ui.available_width().min(180.0))
            .truncate()
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut ecu.target, None, NO_BOARD);
                for id in boards::ids() {
                    ui.selectable_value(&mut ecu.target, Some(id.to_owned()), id);
                }
            });
    });
    ecu.target != before
}

fn costs_ui(ui: &mut Ui, ecu: &mut Ecu) -> bool {
    let owner = ecu.name.clone();
    let fuel = property_of_ui(ui, &owner, "Fuel unit", |ui| {
        number_ui(ui, &mut ecu.fuel_ps, |ui, fuel_ps| {
            let value = DragValue::new(fuel_ps).suffix(" ps");
            let response = ui.add(value.range(1..=1_000_000_000));
            response.on_hover_text("Time that one unit of fuel takes on this processor")
        })
    });
    let cost = property_of_ui(ui, &owner, "Activation", |ui| {
        number_ui(ui, &mut ecu.activation_ns, |ui, activation_ns| {
            let value = DragValue::new(activation_ns).suffix(" ns");
            let response = ui.add(value.range(0..=1_000_000_000));
            response.on_hover_text("Constant cost of starting a task")
        })
    });
    fuel || cost
}

fn partition_ui(ui: &mut Ui, owner: &str, partition: &mut Partition) -> bool {
    let memory = property_of_ui(ui, owner, "Memory", |ui| {
        let mut kib = partition.memory_bytes / BYTES_IN_KIB;
        let is_changed = number_ui(ui, &mut kib, |ui, kib| {
            let value = DragValue::new(kib).suffix(" KiB").range(64..=1 << 22);
            let response = ui.add(value.speed(8));
            response.on_hover_text("All linear memories of the partition together")
        });
        if is_changed {
            partition.memory_bytes = kib * BYTES_IN_KIB;
        }
        is_changed
    });
    let reaction = property_of_ui(ui, owner, "After a trap", |ui| {
        let before = partition.on_trap;
        let mut known = REACTIONS.iter();
        let current = known.find(|(reaction, _)| *reaction == before);
        ComboBox::from_id_salt(owner)
            .selected_text(current.map_or("", |(_, text)| text))
            .width(ui.available_width().min(110.0))
            .truncate()
            .show_ui(ui, |ui| {
                for (reaction, text) in REACTIONS {
                    ui.selectable_value(&mut partition.on_trap, reaction, text);
                }
            });
        partition.on_trap != before
    });
    memory || reaction
}

fn instances_ui(ui: &mut Ui, session: &Session, key: &PartitionKey, commands: &mut Vec<Command>) {
    let document = session.document();
    ui.horizontal_wrapped(|ui| {
        for id in document.instances_in(key) {
            let Some(instance) = document.instances.get(&id) else {
                continue;
            };
            let button = ui.small_button(&instance.name).on_hover_text("Select");
            if button.clicked() {
                commands.push(Command::Select(vec![Subject::Instance(id)]));
            }
        }
    });
}

fn add_partition_ui(ui: &mut Ui, ecu: &mut Ecu) -> bool {
    let added = ui.small_button("Add partition");
    added.widget_info(|| {
        let name = format!("Add partition to {}", ecu.name);
        egui::WidgetInfo::labeled(egui::Role::Button, true, name)
    });
    if !added.clicked() {
        return false;
    }
    let names: Vec<&str> = ecu.partitions.keys().map(String::as_str).collect();
    let name = platform::free_name("partition", &names);
    ecu.partitions.insert(name, platform::new_partition());
    true
}
