//! The trace as a table: frames, values, activations, newest at the end, filtered by text.

use super::{
    controls::seconds,
    theme::{self, tokens},
    widgets::empty_ui,
};
use crate::{
    command::Command,
    session::{Session, TraceKind, TraceRow},
};
use egui::{Color32, Frame, RichText, TextEdit, Ui};
use egui_table::{CellInfo, Column, HeaderCellInfo, HeaderRow, Table, TableDelegate};
use std::collections::VecDeque;

/// What the table remembers: the rows that pass the filter, found once.
#[derive(Debug, Default)]
pub(super) struct TraceView {
    filter: String,
    /// Numbers of passing rows since the start of the run.
    passing: VecDeque<u64>,
    /// Rows that were looked at.
    seen: u64,
    /// Of the run that they are of.
    generation: u64,
}

const COLUMNS: [(&str, f32); 5] = [
    ("Time", 104.0),
    ("Kind", 72.0),
    ("Subject", 26.0),
    ("Content", 96.0),
    ("Decoded", 160.0),
];

impl TraceView {
    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let mut commands = Vec::new();
        Frame::new()
            .fill(tokens(ui).panel)
            .inner_margin(theme::panel_margin())
            .show(ui, |ui| {
                ui.set_min_size(ui.available_size());
                let mut filter = session.view().trace_filter.clone();
                ui.horizontal(|ui| {
                    let edit = TextEdit::singleline(&mut filter)
                        .hint_text("Filter: can0, FanStatus, activation …");
                    if ui.add(edit.desired_width(260.0)).changed() {
                        commands.push(Command::FilterTrace(filter.clone()));
                    }
                    self.follow(session, &filter);
                    let all = session.run().rows_dropped + session.run().rows.len() as u64;
                    ui.label(
                        RichText::new(format!("{} of {all} rows", self.passing.len()))
                            .color(tokens(ui).text_faint),
                    );
                });
                if session.run().rows.is_empty() {
                    empty_ui(
                        ui,
                        "No trace yet",
                        "Press Run: frames, values and activations show here",
                    );
                    return;
                }
                let mut rows = Rows {
                    session,
                    passing: &self.passing,
                    commands: &mut commands,
                };
                let columns: Vec<Column> = COLUMNS
                    .iter()
                    .map(|(_, width)| {
                        Column::new(*width)
                            .range(*width..=*width * 6.0)
                            .resizable(true)
                    })
                    .collect();
                let table = Table::new()
                    .id_salt("trace")
                    .num_rows(self.passing.len() as u64)
                    .columns(columns);
                table
                    .headers([HeaderRow::new(theme::ROW_HEIGHT)])
                    .stick_to_bottom(true)
                    .show(ui, &mut rows);
            });
        commands
    }

    /// Looks at rows that are new, or at all when the filter or the run is another.
    fn follow(&mut self, session: &Session, filter: &str) {
        let run = session.run();
        let end = run.rows_dropped + run.rows.len() as u64;
        if filter != self.filter || run.generation != self.generation {
            *self = TraceView {
                filter: filter.to_owned(),
                seen: run.rows_dropped,
                generation: run.generation,
                ..TraceView::default()
            };
        }
        while self
            .passing
            .front()
            .is_some_and(|row| *row < run.rows_dropped)
        {
            self.passing.pop_front();
        }
        let words: Vec<String> = filter
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        for number in self.seen.max(run.rows_dropped)..end {
            let row = run.rows.get((number - run.rows_dropped) as usize);
            if row.is_some_and(|row| passes(row, &words)) {
                self.passing.push_back(number);
            }
        }
        self.seen = end;
    }
}

fn passes(row: &TraceRow, words: &[String]) -> bool {
    let has = |text: &str, word: &str| text.to_lowercase().contains(word);
    let kind = kind_word(row.kind);
    words.iter().all(|word| {
        has(&row.subject, word)
            || has(&row.text, word)
            || has(&row.decoded, word)
            || kind.contains(word.as_str())
    })
}

fn kind_word(kind: TraceKind) -> &'static str {
    match kind {
        TraceKind::Frame => "frame",
        TraceKind::Value => "value",
        TraceKind::Activation => "activation",
        TraceKind::Call => "call",
        TraceKind::Transfer => "transfer",
        TraceKind::Text => "text",
        TraceKind::Mode => "mode",
        TraceKind::Incident => "incident",
    }
}

/// What the table asks for its cells.
struct Rows<'a> {
    session: &'a Session,
    passing: &'a VecDeque<u64>,
    commands: &'a mut Vec<Command>,
}

impl Rows<'_> {
    fn row(&self, row_nr: u64) -> Option<&TraceRow> {
        let run = self.session.run();
        let number = self.passing.get(row_nr as usize)?;
        run.rows.get(number.checked_sub(run.rows_dropped)? as usize)
    }
}

/// What can be asked about a row: the element that it writes, or the signals of its frame.
fn elements(session: &Session, row: &TraceRow) -> Vec<String> {
    match row.kind {
        TraceKind::Value if session.run().values.contains_key(&row.subject) => {
            vec![row.subject.clone()]
        }
        TraceKind::Frame => {
            let message = row.decoded.split(' ').next().unwrap_or_default();
            let prefix = format!("{}:{message}.", row.subject);
            let names = session.run().values.keys();
            let of_frame = names.filter(|name| name.starts_with(&prefix));
            of_frame.cloned().collect()
        }
        _ => Vec::new(),
    }
}

impl TableDelegate for Rows<'_> {
    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        let name = COLUMNS
            .get(cell.col_range.start)
            .map_or("", |(name, _)| name);
        cell_frame().show(ui, |ui| {
            ui.label(
                RichText::new(name)
                    .size(theme::TEXT_SMALL)
                    .color(tokens(ui).text_faint),
            )
        });
    }

    fn row_ui(&mut self, ui: &mut Ui, row_nr: u64) {
        let cursor_ns = self.session.view().cursor_ns;
        let is_at_cursor =
            cursor_ns.is_some() && self.row(row_nr).map(|row| row.at_ns) == cursor_ns;
        if is_at_cursor {
            ui.painter()
                .rect_filled(ui.max_rect(), 0, tokens(ui).accent_soft);
        } else if row_nr % 2 == 1 {
            ui.painter().rect_filled(ui.max_rect(), 0, tokens(ui).bar);
        }
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        let Some(row) = self.row(cell.row_nr).cloned() else {
            return;
        };
        let row = &row;
        let (text, ink) = cell_text(ui, row, cell.col_nr);
        cell_frame().show(ui, |ui| {
            let text = RichText::new(text)
                .monospace()
                .size(theme::TEXT_SMALL)
                .color(ink);
            // Columns are as wide as what they held when the table was first shown.
            let mode = match ui.is_sizing_pass() {
                true => egui::TextWrapMode::Extend,
                false => egui::TextWrapMode::Truncate,
            };
            let label = egui::Label::new(text).wrap_mode(mode).selectable(false);
            let cell = ui.add(label.sense(egui::Sense::click()));
            if cell.clicked() || cell.secondary_clicked() {
                self.commands.push(Command::SetCursor(Some(row.at_ns)));
            }
            if cell.double_clicked() {
                self.commands.push(Command::GoToInstant(row.at_ns));
            }
            let elements = elements(self.session, row);
            let commands = &mut *self.commands;
            cell.context_menu(|ui| {
                commands.extend(go_there_ui(ui, row.at_ns));
                if let Some(text) = super::breakpoints::of_row(self.session, row)
                    && ui
                        .button("Stop at the next one")
                        .on_hover_text(&text)
                        .clicked()
                {
                    commands.push(Command::AddBreakpoint(text));
                    ui.close();
                }
                commands.extend(why_ui(ui, &elements, row.at_ns));
            });
        });
    }

    fn default_row_height(&self) -> f32 {
        theme::TABLE_ROW_HEIGHT
    }
}

/// The way to an instant.
pub(super) fn go_there_ui(ui: &mut Ui, at_ns: u64) -> Option<Command> {
    let button = ui.button("Go to this instant");
    let is_chosen = button.on_hover_text(seconds(at_ns)).clicked();
    is_chosen.then(|| {
        ui.close();
        Command::GoToInstant(at_ns)
    })
}

/// Questions about values at an instant.
pub(super) fn why_ui(ui: &mut Ui, elements: &[String], at_ns: u64) -> Option<Command> {
    let mut asked = None;
    for element in elements {
        let text = match elements.len() {
            1 => "Why this value?".to_owned(),
            _ => format!("Why {}?", super::plot::short(element)),
        };
        if ui.button(text).clicked() {
            let element = element.clone();
            asked = Some(Command::Why { element, at_ns });
            ui.close();
        }
    }
    asked
}

fn cell_frame() -> Frame {
    Frame::new().inner_margin(egui::Margin::symmetric(6, 2))
}

fn cell_text(ui: &Ui, row: &TraceRow, column: usize) -> (String, Color32) {
    let tokens = tokens(ui);
    match column {
        0 => (seconds(row.at_ns), tokens.text_weak),
        1 => (kind_word(row.kind).to_owned(), kind_color(ui, row.kind)),
        2 => (super::plot::short(&row.subject), tokens.text),
        3 => (row.text.clone(), tokens.text),
        _ => (row.decoded.clone(), tokens.text_weak),
    }
}

fn kind_color(ui: &Ui, kind: TraceKind) -> Color32 {
    let tokens = tokens(ui);
    match kind {
        TraceKind::Frame => tokens.accent,
        TraceKind::Value => tokens.success,
        TraceKind::Activation => tokens.text_faint,
        TraceKind::Call => tokens.information,
        TraceKind::Transfer => tokens.warning,
        TraceKind::Text => tokens.text_weak,
        TraceKind::Incident => tokens.error,
        TraceKind::Mode => tokens.accent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_must_occur_somewhere_in_the_row() {
        let row = TraceRow {
            at_ns: 0,
            kind: TraceKind::Frame,
            subject: "can0".into(),
            text: "120#00FF".into(),
            decoded: "FanStatus Duty=40 %".into(),
        };
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert!(passes(&row, &words("")));
        assert!(passes(&row, &words("can0 duty frame")));
        assert!(!passes(&row, &words("can0 rpm")));
    }
}
