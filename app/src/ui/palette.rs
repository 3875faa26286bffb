//! Commands, or things of the project, by name: what is typed finds them, Enter takes the first.

use super::{
    keys::shortcut_text,
    theme::{self, tokens},
    widgets::{dialog_frame, name_field},
};
use crate::{
    command::Command,
    session::{Item, Palette, Session},
};
use autosar_wit::component::Direction;
use egui::{Align2, Button, Id, Key, Modal, RichText, TextEdit, Ui};
use graph_core::{document::PartitionKey, end};

/// So many are shown.
const SHOWN: usize = 12;

/// What the palette remembers.
#[derive(Debug, Default)]
pub(super) struct PaletteView {
    text: String,
    chosen: usize,
    was_open: Option<Palette>,
}

/// One line of the list.
struct Row {
    text: String,
    tooltip: String,
    /// To the right: keys, or what kind of thing it is.
    aside: String,
    enabled: bool,
    commands: Vec<Command>,
}

impl PaletteView {
    pub(super) fn ui(&mut self, ui: &Ui, session: &Session) -> Vec<Command> {
        let open = session.view().palette;
        let opened = std::mem::replace(&mut self.was_open, open) != open;
        let Some(open) = open else {
            return Vec::new();
        };
        if opened {
            (self.text, self.chosen) = (String::new(), 0);
        }
        let mut commands = Vec::new();
        let area =
            Modal::default_area(Id::unique("palette")).anchor(Align2::CENTER_TOP, [0.0, 90.0]);
        let modal = Modal::new(Id::unique("palette"))
            .frame(dialog_frame(ui))
            .area(area)
            .show(ui.ctx(), |ui| {
                ui.set_width(theme::PALETTE_WIDTH);
                let (hint, nothing) = match open {
                    Palette::Commands => ("Type a command", "No command has this name"),
                    Palette::Partitions => (
                        "Type an ECU or a partition",
                        "No ECU or partition has this name; add one in the inspector",
                    ),
                    Palette::Things => (
                        "Find an instance, port, wire, bus or ECU",
                        "Nothing in the project has this name",
                    ),
                };
                let edit = TextEdit::singleline(&mut self.text)
                    .hint_text(hint)
                    .desired_width(f32::INFINITY);
                let field = ui.add(edit);
                name_field(&field, hint);
                field.request_focus();
                let rows = match open {
                    Palette::Commands => entries(&self.text, session),
                    Palette::Things => things(&self.text, session),
                    Palette::Partitions => partitions(&self.text, session),
                };
                self.choose(ui, rows.len());
                ui.add_space(theme::GAP_SMALL);
                for (position, row) in rows.iter().enumerate() {
                    if row_ui(ui, row, position == self.chosen) && row.enabled {
                        commands.extend(row.commands.clone());
                    }
                }
                if rows.is_empty() {
                    ui.label(RichText::new(nothing).color(tokens(ui).text_faint));
                }
                if ui.input(|input| input.key_pressed(Key::Enter))
                    && let Some(row) = rows.get(self.chosen).filter(|row| row.enabled)
                {
                    commands.extend(row.commands.clone());
                }
            });
        if !commands.is_empty() || modal.should_close() {
            commands.push(match open {
                Palette::Commands => Command::Palette,
                Palette::Things => Command::Find,
                Palette::Partitions => Command::MoveToEcu,
            });
        }
        commands
    }

    fn choose(&mut self, ui: &Ui, count: usize) {
        let (down, up) = ui.input(|input| {
            (
                input.key_pressed(Key::ArrowDown),
                input.key_pressed(Key::ArrowUp),
            )
        });
        self.chosen = (self.chosen + usize::from(down))
            .saturating_sub(usize::from(up))
            .min(count.saturating_sub(1));
    }
}

/// Rows with all the words, those that begin with the text first.
fn found(text: &str, mut rows: Vec<Row>) -> Vec<Row> {
    let text = text.to_lowercase();
    let has = |row: &Row| {
        let name = row.text.to_lowercase();
        text.split_whitespace().all(|word| name.contains(word))
    };
    rows.retain(has);
    rows.sort_by_key(|row| !row.text.to_lowercase().starts_with(&text));
    rows.truncate(SHOWN);
    rows
}

fn entries(text: &str, session: &Session) -> Vec<Row> {
    let rows = session
        .commands()
        .into_iter()
        .filter(|entry| entry.command != Command::Palette)
        .map(|entry| Row {
            text: entry.text.to_owned(),
            tooltip: entry.tooltip.to_owned(),
            aside: entry.shortcut.map(shortcut_text).unwrap_or_default(),
            enabled: (entry.enabled)(session),
            commands: vec![entry.command],
        });
    found(text, rows.collect())
}

/// What is chosen is where the selected instances run.
fn partitions(text: &str, session: &Session) -> Vec<Row> {
    let document = session.document();
    let row = |text: String, aside: String, key: Option<PartitionKey>| Row {
        tooltip: "Assigns the selected instances; can be undone".to_owned(),
        text,
        aside,
        enabled: true,
        commands: vec![Command::DeploySelection(key)],
    };
    let mut rows = Vec::new();
    for (key, _) in document.partitions() {
        let Some(ecu) = document.ecus.get(&key.ecu) else {
            continue;
        };
        let board = ecu.target.clone().unwrap_or_else(|| "no board".to_owned());
        rows.push(row(
            format!("{} / {}", ecu.name, key.partition),
            board,
            Some(key),
        ));
    }
    rows.push(row("Not deployed".to_owned(), "no ECU".to_owned(), None));
    found(text, rows)
}

/// What is chosen is selected and shown.
fn things(text: &str, session: &Session) -> Vec<Row> {
    let document = session.document();
    let row = |text: String, aside: &str, item: Item| Row {
        tooltip: format!("Show {aside} {text}"),
        text,
        aside: aside.to_owned(),
        enabled: true,
        commands: vec![Command::Show(item)],
    };
    let mut rows = Vec::new();
    for (id, instance) in &document.instances {
        rows.push(row(instance.name.clone(), "instance", Item::Instance(*id)));
        let Some(component_type) = session.component_type(instance.component) else {
            continue;
        };
        for port in &component_type.ports {
            let aside = match port.direction {
                Direction::Required => "required port",
                Direction::Provided => "provided port",
            };
            let item = Item::Port {
                instance: *id,
                direction: port.direction,
                port: port.name.clone(),
            };
            rows.push(row(format!("{}.{}", instance.name, port.name), aside, item));
        }
    }
    for (id, wire) in &document.connectors {
        let ends = [&wire.from, &wire.to].map(|one| end::text(document, one));
        rows.push(row(ends.join(" to "), "connector", Item::Connector(*id)));
    }
    let frames = document.frames.iter();
    rows.extend(frames.map(|(id, one)| row(one.title.clone(), "frame", Item::Frame(*id))));
    let notes = document.notes.iter();
    let note = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    rows.extend(notes.map(|(id, one)| row(note(&one.text), "note", Item::Note(*id))));
    let buses = document.buses.iter();
    rows.extend(buses.map(|(id, bus)| row(bus.name.clone(), "bus", Item::Bus(*id))));
    let ecus = document.ecus.iter();
    rows.extend(ecus.map(|(id, ecu)| row(ecu.name.clone(), "ECU", Item::Ecu(*id))));
    found(text, rows)
}

fn row_ui(ui: &mut Ui, row: &Row, is_chosen: bool) -> bool {
    let button = Button::new(&row.text)
        .shortcut_text(&row.aside)
        .selected(is_chosen)
        .frame_when_inactive(is_chosen);
    let button = button.min_size(egui::vec2(ui.available_width(), 28.0));
    ui.add_enabled(row.enabled, button)
        .on_hover_text(&row.tooltip)
        .clicked()
}
