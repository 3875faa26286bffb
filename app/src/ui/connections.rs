//! Every receiver with its sender, as a table that can be sorted and edited: the same wires as on the
//! canvas, for systems that are too large to look at.

use super::{
    theme::{self, tokens},
    widgets::{empty_ui, name_field},
};
use crate::{
    canvas::names::end_name,
    command::Command,
    session::{Item, Session},
};
use egui::{Button, ComboBox, Frame, Label, RichText, TextEdit, Ui};
use egui_table::{CellInfo, Column, HeaderCellInfo, HeaderRow, Table, TableDelegate};
use graph_core::document::{Buffering, Connector, ConnectorId, ConnectorKind, End};

const COLUMNS: [(&str, f32); 4] = [
    ("Receiver", 180.0),
    ("Sender", 190.0),
    ("Kind", 110.0),
    ("Says", 200.0),
];

/// What the table remembers.
#[derive(Debug, Default)]
pub(super) struct ConnectionsView {
    filter: String,
    sorting: Sorting,
    rows: Vec<Row>,
    /// What the rows were made from.
    made_from: Option<(u64, String, Sorting)>,
    /// Senders that fit the receiver whose list is open, by revision.
    senders: Option<(u64, End, Vec<End>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sorting {
    column: usize,
    is_reversed: bool,
}

/// A wire, or a receiver without one.
#[derive(Debug)]
struct Row {
    connector: Option<ConnectorId>,
    to: End,
    /// By column.
    texts: [String; COLUMNS.len()],
}

impl ConnectionsView {
    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let mut commands = Vec::new();
        Frame::new()
            .fill(tokens(ui).panel)
            .inner_margin(theme::panel_margin())
            .show(ui, |ui| {
                ui.set_min_size(ui.available_size());
                let edit = TextEdit::singleline(&mut self.filter)
                    .hint_text("Filter: fan, duty, not connected …")
                    .desired_width(260.0);
                name_field(&ui.add(edit), "Filter the connections");
                self.follow(session);
                if self.rows.is_empty() {
                    empty_ui(
                        ui,
                        "No connections",
                        "Drag components onto the canvas; receivers show here with their senders",
                    );
                    return;
                }
                let columns: Vec<Column> = COLUMNS
                    .iter()
                    // When it is first shown the table narrows columns to what they hold, and a list
                    // of choices holds nothing by itself.
                    .map(|(_, width)| Column::new(*width).range(*width..=900.0).resizable(true))
                    .collect();
                let mut rows = Rows {
                    session,
                    rows: &self.rows,
                    sorting: &mut self.sorting,
                    senders: &mut self.senders,
                    commands: &mut commands,
                };
                Table::new()
                    .id_salt("connections")
                    .num_rows(rows.rows.len() as u64)
                    .columns(columns)
                    .headers([HeaderRow::new(theme::ROW_HEIGHT + 2.0)])
                    .show(ui, &mut rows);
            });
        commands
    }

    fn follow(&mut self, session: &Session) {
        let wanted = (session.revision(), self.filter.clone(), self.sorting);
        if self.made_from.as_ref() == Some(&wanted) {
            return;
        }
        self.made_from = Some(wanted);
        let words = self.filter.to_lowercase();
        let has = |row: &Row| {
            let text = row.texts.join(" ").to_lowercase();
            words.split_whitespace().all(|word| text.contains(word))
        };
        self.rows = rows(session).into_iter().filter(has).collect();
        let column = self.sorting.column;
        let key = |row: &Row| {
            let first = row.texts.get(column).cloned().unwrap_or_default();
            (first.to_lowercase(), row.texts[0].to_lowercase())
        };
        self.rows.sort_by_key(key);
        if self.sorting.is_reversed {
            self.rows.reverse();
        }
    }
}

fn rows(session: &Session) -> Vec<Row> {
    let document = session.document();
    let says = |item: &Item| {
        let mut of_it = session
            .diagnostics()
            .iter()
            .filter(|one| one.subject == *item);
        of_it
            .next()
            .map_or(String::new(), |one| one.message.clone())
    };
    let wired = document.connectors.iter().map(|(id, wire)| Row {
        connector: Some(*id),
        to: wire.to.clone(),
        texts: [
            end_name(document, &wire.to),
            end_name(document, &wire.from),
            kind_word(&wire.kind).to_owned(),
            says(&Item::Connector(*id)),
        ],
    });
    let open = session.open_receivers().into_iter().map(|to| Row {
        connector: None,
        texts: [
            end_name(document, &to),
            "not connected".to_owned(),
            String::new(),
            String::new(),
        ],
        to,
    });
    wired.chain(open).collect()
}

fn kind_word(kind: &ConnectorKind) -> &'static str {
    match kind {
        ConnectorKind::Direct => "direct",
        ConnectorKind::Buffered(_) => "buffered",
    }
}

/// What the table asks for its cells.
struct Rows<'a> {
    session: &'a Session,
    rows: &'a [Row],
    sorting: &'a mut Sorting,
    senders: &'a mut Option<(u64, End, Vec<End>)>,
    commands: &'a mut Vec<Command>,
}

impl TableDelegate for Rows<'_> {
    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        let column = cell.col_range.start;
        let Some((name, _)) = COLUMNS.get(column) else {
            return;
        };
        let arrow = match (self.sorting.column == column, self.sorting.is_reversed) {
            (true, false) => " ↑",
            (true, true) => " ↓",
            _ => "",
        };
        let text = RichText::new(format!("{name}{arrow}"))
            .size(theme::TEXT_SMALL)
            .color(tokens(ui).text_faint);
        let button = cell_frame().show(ui, |ui| ui.add(Button::new(text).frame(false)));
        let button = button.inner;
        if button
            .on_hover_text(format!("Sort by {}", name.to_lowercase()))
            .clicked()
        {
            let again = self.sorting.column == column;
            *self.sorting = Sorting {
                column,
                is_reversed: again && !self.sorting.is_reversed,
            };
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, row_nr: u64) {
        let row = self.rows.get(row_nr as usize);
        let is_selected = row
            .and_then(|row| row.connector)
            .is_some_and(|id| self.session.selection().contains(&Item::Connector(id)));
        let ground = match (is_selected, row_nr % 2) {
            (true, _) => tokens(ui).accent_soft,
            (false, 1) => tokens(ui).bar,
            _ => return,
        };
        ui.painter().rect_filled(ui.max_rect(), 0, ground);
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        let Some(row) = self.rows.get(cell.row_nr as usize) else {
            return;
        };
        cell_frame().show(ui, |ui| match cell.col_nr {
            1 => self.sender_ui(ui, row),
            2 => self.kind_ui(ui, row),
            column => self.text_ui(ui, row, column),
        });
    }

    fn default_row_height(&self) -> f32 {
        theme::ROW_HEIGHT + 6.0
    }
}

impl Rows<'_> {
    /// A click shows the wire on the canvas.
    fn text_ui(&mut self, ui: &mut Ui, row: &Row, column: usize) {
        let text = row.texts.get(column).map_or("", String::as_str);
        let ink = match column {
            0 => tokens(ui).text,
            _ => tokens(ui).warning,
        };
        let label = Label::new(RichText::new(text).color(ink))
            .truncate()
            .sense(egui::Sense::click());
        if ui.add(label).clicked() {
            let item = match (row.connector, row.to.instance()) {
                (Some(id), _) => Item::Connector(id),
                (None, Some(id)) => Item::Instance(id),
                (None, None) => return,
            };
            self.commands.push(Command::Show(item));
        }
    }

    fn sender_ui(&mut self, ui: &mut Ui, row: &Row) {
        let document = self.session.document();
        let name = format!("Sender of {}", row.texts[0]);
        let wire = row.connector.and_then(|id| document.connectors.get(&id));
        let mut chosen = None;
        ui.name_inputs(name, |ui| {
            ComboBox::from_id_salt(("sender", &row.texts[0], row.connector))
                .selected_text(&row.texts[1])
                .width(ui.available_width())
                .truncate()
                .show_ui(ui, |ui| {
                    let fitting = senders(self.session, self.senders, row);
                    if ui.selectable_label(wire.is_none(), "nothing").clicked() {
                        chosen = Some(None);
                    }
                    for from in fitting {
                        let is_current = wire.is_some_and(|wire| wire.from == *from);
                        let text = end_name(document, from);
                        if ui.selectable_label(is_current, text).clicked() && !is_current {
                            chosen = Some(Some(from.clone()));
                        }
                    }
                });
        });
        match chosen {
            Some(None) if row.connector.is_none() => {}
            Some(from) => self.commands.push(Command::Rewire {
                connector: row.connector,
                from,
                to: row.to.clone(),
            }),
            None => {}
        }
    }

    fn kind_ui(&mut self, ui: &mut Ui, row: &Row) {
        let Some((id, wire)) = row.connector.and_then(|id| {
            let wire = self.session.document().connectors.get(&id)?;
            Some((id, wire))
        }) else {
            return;
        };
        let kinds = [
            ConnectorKind::Direct,
            ConnectorKind::Buffered(Buffering::default()),
        ];
        let name = format!("Kind of {} to {}", row.texts[1], row.texts[0]);
        ui.name_inputs(name, |ui| {
            ComboBox::from_id_salt(("kind", id))
                .selected_text(kind_word(&wire.kind))
                .width(ui.available_width())
                .show_ui(ui, |ui| {
                    for kind in kinds {
                        let is_current = kind.is_direct() == wire.kind.is_direct();
                        let clicked = ui.selectable_label(is_current, kind_word(&kind)).clicked();
                        if clicked && !is_current {
                            let changed = Connector {
                                kind,
                                ..wire.clone()
                            };
                            self.commands.push(Command::ChangeConnector(id, changed));
                        }
                    }
                });
        });
    }
}

/// Lists of choices in rows below each other stay apart.
fn cell_frame() -> Frame {
    Frame::new().inner_margin(egui::Margin::symmetric(4, 3))
}

/// Reckoned once while the list is open.
fn senders<'a>(
    session: &Session,
    known: &'a mut Option<(u64, End, Vec<End>)>,
    row: &Row,
) -> &'a [End] {
    let revision = session.revision();
    let is_known = matches!(known, Some((at, to, _)) if *at == revision && *to == row.to);
    if !is_known {
        let fitting = session.senders(&row.to, row.connector);
        *known = Some((revision, row.to.clone(), fitting));
    }
    known.as_ref().map_or(&[], |(_, _, fitting)| fitting)
}
