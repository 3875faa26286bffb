//! Which capability of the platform reaches which instance, as a table: what is picked lights up on
//! the canvas with its path; a cell denies, gives virtually, allows.

use super::{
    theme::{self, tokens},
    widgets::empty_ui,
};
use crate::{
    command::Command,
    session::{AuthorityPick, Session},
};
use egui::{Button, Frame, Key, Label, Modifiers, Response, RichText, Sense, Ui};
use egui_table::{CellInfo, Column, HeaderCellInfo, HeaderRow, Table, TableDelegate};
use graph_core::{
    authority::Grant,
    capability::{Capability, Treatment},
    document::InstanceId,
};

const NAME_WIDTH: f32 = 150.0;
const CELL_WIDTH: f32 = 108.0;
/// What a cell gets, by which key.
const TREATMENTS: [(Option<Treatment>, &str, Key); 3] = [
    (None, "Allow", Key::A),
    (Some(Treatment::Deny), "Deny", Key::D),
    (Some(Treatment::Virtual), "Make virtual", Key::V),
];

/// What the table remembers.
#[derive(Debug, Default)]
pub(super) struct AuthorityView {
    capabilities: Vec<Capability>,
    /// Instances by name.
    rows: Vec<(InstanceId, String)>,
    made_from: Option<u64>,
}

impl AuthorityView {
    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        self.follow(session);
        let mut commands = Vec::new();
        Frame::new()
            .fill(tokens(ui).panel)
            .inner_margin(theme::panel_margin())
            .show(ui, |ui| {
                ui.set_min_size(ui.available_size());
                if self.capabilities.is_empty() {
                    let text = "Buses, pins, blocks, clocks and the like show here with the instances that reach them";
                    empty_ui(ui, "Nothing of the platform is taken", text);
                    return;
                }
                commands.extend(head_ui(ui, session));
                self.table_ui(ui, session, &mut commands);
            });
        commands
    }

    fn follow(&mut self, session: &Session) {
        if self.made_from == Some(session.revision()) {
            return;
        }
        self.made_from = Some(session.revision());
        self.capabilities = session.authority().capabilities();
        let instances = session.document().instances.iter();
        self.rows = instances.map(|(id, one)| (*id, one.name.clone())).collect();
        self.rows.sort_by(|a, b| a.1.cmp(&b.1));
    }

    fn table_ui(&self, ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
        let width = |width: f32| Column::new(width).range(width..=400.0).resizable(true);
        let cells = self.capabilities.iter().map(|_| width(CELL_WIDTH));
        let columns: Vec<Column> = std::iter::once(width(NAME_WIDTH)).chain(cells).collect();
        let mut rows = Rows {
            session,
            view: self,
            commands,
        };
        Table::new()
            .id_salt("authority")
            .num_rows(self.rows.len() as u64)
            .num_sticky_cols(1)
            .columns(columns)
            .headers([HeaderRow::new(theme::ROW_HEIGHT)])
            .show(ui, &mut rows);
    }
}

/// What is picked in words, and how to end it.
fn head_ui(ui: &mut Ui, session: &Session) -> Option<Command> {
    let authority = session.authority();
    let mut ended = None;
    ui.horizontal(|ui| {
        let faint = tokens(ui).text_faint;
        let Some(pick) = session.view().authority else {
            let text = "Pick a cell or a heading to see the path; on a cell D denies, V makes virtual, A allows";
            ui.add(Label::new(RichText::new(text).color(faint)).truncate());
            return;
        };
        let end = ui.button("Light up everything");
        if end.on_hover_text("End what dims parts of the canvas").clicked() {
            ended = Some(Command::PickAuthority(None));
        }
        let ways = match pick.instance {
            Some(id) => {
                let ways = authority.ways.get(&(id, pick.capability));
                ways.map(|ways| ways.join("    ")).unwrap_or_default()
            }
            None => {
                let reached = authority.grants.iter().filter(|((_, capability), grant)| {
                    *capability == pick.capability && grant.reaches()
                });
                let title = pick.capability.title();
                let all = session.document().instances.len();
                format!("{title} reaches {} of {all} instances", reached.count())
            }
        };
        let text = match ways.is_empty() {
            true => format!("{} does not reach it", pick.capability.title()),
            false => ways,
        };
        ui.add(Label::new(&text).truncate()).on_hover_text(text);
    });
    ui.add_space(theme::GAP_SMALL);
    ended
}

/// What the table asks for its cells.
struct Rows<'a> {
    session: &'a Session,
    view: &'a AuthorityView,
    commands: &'a mut Vec<Command>,
}

impl TableDelegate for Rows<'_> {
    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        let faint = tokens(ui).text_faint;
        let text = |text: &str| RichText::new(text).size(theme::TEXT_SMALL).color(faint);
        let column = cell.col_range.start;
        let capability = column
            .checked_sub(1)
            .and_then(|at| self.view.capabilities.get(at));
        let Some(capability) = capability else {
            ui.label(text("Instance"));
            return;
        };
        let pick = AuthorityPick {
            capability: *capability,
            instance: None,
        };
        let heading = Button::new(text(capability.title())).frame(false);
        let margin = Frame::new().inner_margin(egui::Margin::symmetric(4, 0));
        let heading = margin.show(ui, |ui| ui.add(heading)).inner;
        let name = format!("{}: light up whom it reaches", capability.title());
        super::widgets::name_field(&heading, &name);
        if heading.on_hover_text(name).clicked() {
            self.pick(pick);
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, row_nr: u64) {
        if row_nr % 2 == 1 {
            ui.painter().rect_filled(ui.max_rect(), 0, tokens(ui).bar);
        }
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        let Some((id, name)) = self.view.rows.get(cell.row_nr as usize) else {
            return;
        };
        let frame = Frame::new().inner_margin(egui::Margin::symmetric(4, 1));
        frame.show(ui, |ui| match cell.col_nr.checked_sub(1) {
            None => self.name_ui(ui, *id, name),
            Some(column) => {
                if let Some(capability) = self.view.capabilities.get(column) {
                    self.grant_ui(ui, (*id, name), *capability);
                }
            }
        });
    }

    fn default_row_height(&self) -> f32 {
        theme::ROW_HEIGHT + 4.0
    }
}

impl Rows<'_> {
    /// A click shows the instance on the canvas.
    fn name_ui(&mut self, ui: &mut Ui, id: InstanceId, name: &str) {
        let label = Label::new(name).truncate().sense(Sense::click());
        if ui.add(label).clicked() {
            let item = crate::session::Item::Instance(id);
            self.commands.push(Command::Show(item));
        }
    }

    fn grant_ui(&mut self, ui: &mut Ui, (id, name): (InstanceId, &str), capability: Capability) {
        let authority = self.session.authority();
        let grant = authority.grants.get(&(id, capability));
        let (word, ink) = match grant {
            None => ("–", tokens(ui).text_faint),
            Some(grant) => (grant.word(), ink(ui, grant)),
        };
        let pick = AuthorityPick {
            capability,
            instance: Some(id),
        };
        let is_picked = self.session.view().authority == Some(pick);
        let button = Button::selectable(is_picked, RichText::new(word).color(ink));
        let response = ui.add(button.min_size(egui::vec2(ui.available_width(), 0.0)));
        let title = capability.title();
        super::widgets::name_field(&response, &format!("{title} of {name}: {word}"));
        if response.clicked() {
            self.pick(pick);
        }
        let Some(grant) = grant else { return };
        let ways = authority.ways.get(&(id, capability));
        let ways = ways.map(|ways| ways.join("\n")).unwrap_or_default();
        let response = response.on_hover_text(ways);
        self.keys(ui, &response, (id, capability));
        let (session, commands) = (self.session, &mut *self.commands);
        response.context_menu(|ui| {
            commands.extend(treatment_ui(ui, session, (id, capability), grant.treatment));
        });
    }

    /// Plain keys on the cell that has the focus.
    fn keys(&mut self, ui: &Ui, cell: &Response, (id, capability): (InstanceId, Capability)) {
        if !cell.has_focus() {
            return;
        }
        for (treatment, _, key) in TREATMENTS {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                let command = Command::Treat(id, capability, treatment);
                self.commands.push(command);
            }
        }
    }

    /// Once more ends it.
    fn pick(&mut self, pick: AuthorityPick) {
        let is_picked = self.session.view().authority == Some(pick);
        let pick = (!is_picked).then_some(pick);
        self.commands.push(Command::PickAuthority(pick));
    }
}

fn ink(ui: &Ui, grant: &Grant) -> egui::Color32 {
    match (grant.treatment, grant.direct.is_empty()) {
        (Some(Treatment::Deny), _) => tokens(ui).error,
        (Some(Treatment::Virtual), _) => tokens(ui).success,
        (None, true) => tokens(ui).text_weak,
        (None, false) => tokens(ui).text,
    }
}

/// What an instance can get of a capability; what cannot be says why.
pub(super) fn treatment_ui(
    ui: &mut Ui,
    session: &Session,
    (id, capability): (InstanceId, Capability),
    current: Option<Treatment>,
) -> Option<Command> {
    let mut chosen = None;
    for (treatment, text, _) in TREATMENTS {
        let reason = treatment.and_then(|one| session.why_not_treated(id, capability, one));
        let button = Button::selectable(treatment == current, text);
        let response = ui.add_enabled(reason.is_none(), button);
        let response = match (treatment, capability.virtual_one()) {
            (Some(Treatment::Virtual), Some(one)) => response.on_hover_text(one),
            _ => response,
        };
        let response = response.on_disabled_hover_text(reason.unwrap_or_default());
        if response.clicked() {
            chosen = Some(Command::Treat(id, capability, treatment));
            ui.close();
        }
    }
    chosen
}
