//! Everything about what is selected: WIT, properties, activations; of nothing, the project.

mod activations;
mod annotation;
mod blocks;
mod bus;
mod can_fd;
mod composition;
mod connector;
mod ecu;
mod instance;
pub(super) mod mapping;
mod messages;
mod modes;
mod pins;
mod port;
mod project;
mod spi;

use super::{
    icons::icon_ui,
    theme,
    widgets::{empty_ui, name_field, panel_ui, pill_ui, section_ui, severity_look},
};
use crate::{command::Command, session::Session};
use egui::{RichText, Ui};
use graph_core::document::Subject;

/// Texts that are being typed: they count when the field is left.
#[derive(Debug, Default)]
pub(super) struct InspectorView {
    subject: Option<Subject>,
    revision: u64,
    texts: std::collections::BTreeMap<String, String>,
}

impl InspectorView {
    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let selection: Vec<&Subject> = session.selection().iter().collect();
        let subject = match selection.as_slice() {
            [one] => Some((*one).clone()),
            _ => None,
        };
        if self.subject != subject || self.revision != session.revision() {
            *self = InspectorView {
                subject: subject.clone(),
                revision: session.revision(),
                texts: Default::default(),
            };
        }
        let mut commands = Vec::new();
        panel_ui(ui, |ui| {
            commands = match (&subject, selection.len()) {
                (Some(subject), _) => self.subject_ui(ui, session, subject),
                (None, 0) => project::project_ui(ui, session, self),
                (None, count) => {
                    empty_ui(
                        ui,
                        &format!("{count} items selected"),
                        "Move, delete or fit them together",
                    );
                    Vec::new()
                }
            };
        });
        commands
    }

    fn subject_ui(&mut self, ui: &mut Ui, session: &Session, subject: &Subject) -> Vec<Command> {
        let mut commands = match subject {
            Subject::Instance(id) => instance::instance_ui(ui, session, self, *id),
            Subject::Port {
                instance,
                direction,
                port,
            } => port::port_ui(ui, session, *instance, *direction, port),
            Subject::Connector(id) => connector::connector_ui(ui, session, self, *id),
            Subject::Component(id) => instance::component_ui(ui, session, *id),
            Subject::Frame(id) => annotation::frame_ui(ui, session, self, *id),
            Subject::Note(id) => annotation::note_ui(ui, session, self, *id),
            Subject::Project
            | Subject::Bus(_)
            | Subject::Ecu(_)
            | Subject::Partition(_)
            | Subject::Pdu(_) => project::project_ui(ui, session, self),
        };
        commands.extend(problems_of_ui(ui, session, subject));
        commands
    }

    /// A text that counts when its field is left or Enter is pressed.
    fn text_ui(&mut self, ui: &mut Ui, key: &str, value: &str, hint: &str) -> Option<String> {
        self.field_ui(ui, (key, value), hint).1
    }

    /// The same for a field with a hint: its accessible name is this one, not the hint.
    fn hinted_text_ui(
        &mut self,
        ui: &mut Ui,
        name: &str,
        text: (&str, &str),
        hint: &str,
    ) -> Option<String> {
        let (field, typed) = self.field_ui(ui, text, hint);
        name_field(&field, name);
        typed
    }

    fn field_ui(
        &mut self,
        ui: &mut Ui,
        (key, value): (&str, &str),
        hint: &str,
    ) -> (egui::Response, Option<String>) {
        let text = self
            .texts
            .entry(key.to_owned())
            .or_insert_with(|| value.to_owned());
        let mut edit = egui::TextEdit::singleline(text).desired_width(f32::INFINITY);
        // A hint would be the field's accessible name, even an empty one.
        if !hint.is_empty() {
            edit = edit.hint_text(hint);
        }
        let field = ui.add(edit);
        let is_changed = field.lost_focus() && text.as_str() != value;
        let typed = is_changed.then(|| text.trim().to_owned());
        (field, typed)
    }
}

/// What is selected, in large letters.
fn title_ui(ui: &mut Ui, kind: &str, name: &str) {
    let tokens = theme::tokens(ui);
    pill_ui(ui, kind, tokens.text_weak, tokens.surface);
    let text = RichText::new(name).size(theme::TEXT_HEADING).strong();
    ui.add(egui::Label::new(text).truncate())
        .on_hover_text(name);
    ui.add_space(theme::GAP_SMALL);
}

/// What the checks say about it.
fn problems_of_ui(ui: &mut Ui, session: &Session, subject: &Subject) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut found = session
        .diagnostics()
        .iter()
        .enumerate()
        .filter(|(_, diagnostic)| diagnostic.subject == *subject)
        .peekable();
    if found.peek().is_some() {
        section_ui(ui, "PROBLEMS");
    }
    for (position, diagnostic) in found {
        let (sign, ink, _) = severity_look(theme::tokens(ui), diagnostic.severity);
        ui.horizontal_top(|ui| {
            icon_ui(ui, sign, ink);
            ui.label(&diagnostic.message);
        });
        for (fix, offered) in diagnostic.fixes.iter().enumerate() {
            if ui.button(&offered.title).clicked() {
                commands.push(Command::ApplyFix {
                    diagnostic: position,
                    fix,
                });
            }
        }
    }
    commands
}
