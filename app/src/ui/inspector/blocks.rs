//! Non-volatile blocks of a partition: name, size, and what is read before the first write.

use super::{
    InspectorView,
    project::{card_ui, number_ui, removable_ui},
};
use crate::{session::platform, ui::widgets::property_of_ui};
use egui::{DragValue, RichText, Ui};
use graph_core::{
    document::{Block, Partition},
    file,
};

pub(super) fn blocks_ui(
    ui: &mut Ui,
    view: &mut InspectorView,
    owner: &str,
    partition: &mut Partition,
) -> bool {
    let mut is_changed = false;
    let (mut removed, mut renamed) = (None, None);
    for (name, block) in &mut partition.blocks {
        card_ui(ui, |ui| {
            let text = RichText::new(name).monospace();
            if removable_ui(ui, text, &format!("Remove block {name}")) {
                removed = Some(name.clone());
            }
            let key = format!("block {owner} {name}");
            let typed = property_of_ui(ui, name, "Name", |ui| view.text_ui(ui, &key, name, ""));
            renamed = renamed.take().or(typed.map(|typed| (name.clone(), typed)));
            is_changed |= block_ui(ui, view, name, &key, block);
        });
    }
    if let Some(name) = removed {
        is_changed |= partition.blocks.remove(&name).is_some();
    }
    if let Some((name, typed)) = renamed
        && !partition.blocks.contains_key(&typed)
        && let Some(block) = partition.blocks.remove(&name)
    {
        partition.blocks.insert(typed, block);
        is_changed = true;
    }
    is_changed | add_ui(ui, owner, partition)
}

fn block_ui(
    ui: &mut Ui,
    view: &mut InspectorView,
    name: &str,
    key: &str,
    block: &mut Block,
) -> bool {
    let mut size_bytes = block.size_bytes;
    let is_sized = property_of_ui(ui, name, "Size", |ui| {
        number_ui(ui, &mut size_bytes, |ui, size| {
            let value = DragValue::new(size).suffix(" B").range(1..=4096);
            ui.add(value.speed(1.0))
        })
    });
    if is_sized {
        block.size_bytes = size_bytes;
    }
    let digits = block
        .initial
        .as_deref()
        .map(file::digits)
        .unwrap_or_default();
    let typed = property_of_ui(ui, name, "Initially", |ui| {
        let (key, label) = (format!("{key} initial"), format!("{name} Initially"));
        let typed = view.hinted_text_ui(ui, &label, (&key, &digits), "never written");
        ui.response().on_hover_text("Bytes in hexadecimal digits");
        typed
    });
    match typed {
        Some(text) if text.is_empty() => {
            block.initial = None;
            true
        }
        // What is no content stays as it was.
        Some(text) => match file::bytes(&text) {
            Some(bytes) => {
                block.initial = Some(bytes);
                true
            }
            None => is_sized,
        },
        None => is_sized,
    }
}

fn add_ui(ui: &mut Ui, owner: &str, partition: &mut Partition) -> bool {
    let added = ui.small_button("Add block");
    added.widget_info(|| {
        let name = format!("Add block to {owner}");
        egui::WidgetInfo::labeled(egui::Role::Button, true, name)
    });
    if !added.clicked() {
        return false;
    }
    let names: Vec<&str> = partition.blocks.keys().map(String::as_str).collect();
    let name = platform::free_name("block", &names);
    partition.blocks.insert(name, platform::new_block());
    true
}
