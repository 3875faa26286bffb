//! Components that can be dragged onto the canvas: the project's own, built-in ones, opened files.
//! Found by name or by an interface that they offer or need.

use super::{
    keys::shortcut_text,
    theme::{self, tokens},
    widgets::{empty_ui, name_field, panel_ui, section_ui},
};
use crate::{
    canvas::action::Placeable,
    command::Command,
    session::{Item, Session},
};
use autosar_wit::component::{ComponentType, Direction, Origin, PortKind};
use egui::{
    Align2, Button, Color32, FontId, Galley, Key, Painter, Role, Sense, StrokeKind, TextEdit, Ui,
    WidgetInfo,
    text::{LayoutJob, TextWrapping},
    vec2,
};
use exporter::lower::{self, Fit};
use graph_core::{document::ComponentId, hierarchy::Place, library::Entry};
use std::{collections::BTreeMap, sync::Arc};

/// What the library remembers.
#[derive(Debug, Default)]
pub(super) struct LibraryView {
    filter: String,
    reference: String,
    fits: Fits,
}

/// Whether components fit microcontrollers: each binary is looked at once.
#[derive(Debug, Default)]
struct Fits {
    by_name: BTreeMap<String, (Arc<[u8]>, Arc<Fit>)>,
}

impl Fits {
    fn of(&mut self, name: &str, bytes: &Arc<[u8]>) -> Arc<Fit> {
        match self.by_name.get(name) {
            Some((known, fit)) if Arc::ptr_eq(known, bytes) => fit.clone(),
            _ => {
                let fit = Arc::new(lower::fit(bytes));
                let entry = (bytes.clone(), fit.clone());
                self.by_name.insert(name.to_owned(), entry);
                fit
            }
        }
    }
}

/// A component as it is listed.
struct Row<'a> {
    component_type: Option<&'a ComponentType>,
    bytes: Option<&'a Arc<[u8]>>,
    in_project: bool,
    /// If it is a composition of the project.
    composition: Option<ComponentId>,
}

impl LibraryView {
    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session) -> Vec<Command> {
        let mut commands = Vec::new();
        panel_ui(ui, |ui| {
            ui.horizontal(|ui| {
                let width = ui.available_width() - 66.0;
                let search = TextEdit::singleline(&mut self.filter)
                    .hint_text("Find")
                    .desired_width(width);
                name_field(&ui.add(search), "Find in the library");
                if let Some(add) = session.command("file.add-components") {
                    let hint = format!(
                        "{} ({})",
                        add.tooltip,
                        add.shortcut.map(shortcut_text).unwrap_or_default()
                    );
                    if ui.button("Add…").on_hover_text(hint).clicked() {
                        commands.push(add.command);
                    }
                }
            });
            commands.extend(self.registry_ui(ui));
            let rows = rows(session);
            if rows.is_empty() {
                empty_ui(
                    ui,
                    "No components yet",
                    "Add component files or WIT packages, or drop them on the window",
                );
                return;
            }
            let wanted = self.filter.to_lowercase();
            let shown: Vec<_> = rows
                .into_iter()
                .filter(|(name, row)| matches(name, row, &wanted))
                .collect();
            if shown.is_empty() {
                empty_ui(
                    ui,
                    "Nothing found",
                    "No component has this name or interface; clear the search, or add its file",
                );
            }
            for (title, in_project) in [("IN THIS PROJECT", true), ("AVAILABLE", false)] {
                let mut part = shown
                    .iter()
                    .filter(|(_, row)| row.in_project == in_project)
                    .peekable();
                if part.peek().is_some() {
                    section_ui(ui, title);
                }
                for (name, row) in part {
                    let fit = row.fit(name, &mut self.fits);
                    commands.extend(row_ui(ui, session, name, row, fit.as_deref()));
                }
            }
        });
        commands
    }

    /// A reference, and the button that fetches it.
    fn registry_ui(&mut self, ui: &mut Ui) -> Option<Command> {
        let reference = &mut self.reference;
        let wanted = ui.horizontal(|ui| {
            let width = ui.available_width() - 66.0;
            let field = TextEdit::singleline(reference)
                .hint_text("From registry")
                .desired_width(width);
            let field = ui.add(field).on_hover_text(
                "Reference of a component or WIT package, as registry.example/team/fan:1.0.0",
            );
            name_field(&field, "Registry reference");
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let is_ready = !reference.trim().is_empty();
            let button = ui.add_enabled(is_ready, Button::new("Pull"));
            let button = button.on_hover_text("Fetch it into the project's folder and the library");
            is_ready && (button.clicked() || entered)
        });
        wanted
            .inner
            .then(|| Command::PullComponent(std::mem::take(reference).trim().to_owned()))
    }
}

fn rows(session: &Session) -> BTreeMap<String, Row<'_>> {
    let mut rows: BTreeMap<String, Row<'_>> = BTreeMap::new();
    for (name, entry) in session.shelf() {
        rows.insert(
            name.clone(),
            Row {
                component_type: Some(&entry.component_type),
                bytes: Some(&entry.bytes),
                in_project: false,
                composition: None,
            },
        );
    }
    for (id, component) in &session.project().components {
        let (component_type, bytes) = match session.library().components.get(id) {
            Some(Entry::Loaded {
                component_type,
                bytes,
            }) => (Some(component_type.as_ref()), Some(bytes)),
            _ => (None, None),
        };
        rows.insert(
            component.name.clone(),
            Row {
                component_type,
                bytes,
                in_project: true,
                composition: session.project().is_composition(*id).then_some(*id),
            },
        );
    }
    rows
}

fn matches(name: &str, row: &Row<'_>, wanted: &str) -> bool {
    let ports = row
        .component_type
        .iter()
        .flat_map(|component| &component.ports);
    name.to_lowercase().contains(wanted)
        || ports
            .into_iter()
            .any(|port| port.name.to_lowercase().contains(wanted))
}

impl Row<'_> {
    /// None for what has no binary of its own.
    fn fit(&self, name: &str, fits: &mut Fits) -> Option<Arc<Fit>> {
        let is_built = self
            .component_type
            .is_some_and(|component| component.origin != Origin::Wit);
        let bytes = self.bytes.filter(|bytes| is_built && !bytes.is_empty())?;
        Some(fits.of(name, bytes))
    }
}

fn row_ui(
    ui: &mut Ui,
    session: &Session,
    name: &str,
    row: &Row<'_>,
    fit: Option<&Fit>,
) -> Vec<Command> {
    let tokens = tokens(ui);
    let size = vec2(ui.available_width(), theme::LIBRARY_ROW_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = ui.interact(
        rect,
        ui.scope_id().with(("component", name)),
        Sense::click_and_drag(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name} component")));
    response.dnd_set_drag_payload(Placeable(name.to_owned()));
    let fill = if response.hovered() || response.has_focus() {
        tokens.hover
    } else {
        tokens.surface
    };
    let painter = ui.painter();
    painter.rect(
        rect,
        theme::RADIUS,
        fill,
        egui::Stroke::new(1.0, tokens.border),
        StrokeKind::Inside,
    );
    let clip = painter.with_clip_rect(rect.shrink2(vec2(8.0, 0.0)));
    let ink = if row.component_type.is_some() {
        tokens.text
    } else {
        tokens.error
    };
    let below = row
        .component_type
        .map_or_else(|| "its file could not be read".to_owned(), summary);
    let below = match row.composition {
        Some(_) => format!("composition · {}", below.trim_end_matches(" · stub")),
        None => below,
    };
    let small = FontId::proportional(theme::TEXT_SMALL - 0.5);
    let right = rect.right_top() + vec2(-12.0, 14.0);
    let end = match fit {
        Some(fit) if fit.findings.is_empty() => {
            let align = Align2::RIGHT_CENTER;
            let tag = clip.text(right, align, "MCU", small.clone(), tokens.text_weak);
            tag.left() - theme::GAP
        }
        _ => right.x,
    };
    let left = rect.left_top() + vec2(12.0, 0.0);
    let font = FontId::proportional(theme::TEXT_SIZE);
    for (middle, end, text, font, ink) in [
        (14.0, end, name, font, ink),
        (32.0, right.x, &*below, small, tokens.text_weak),
    ] {
        let line = elided(&clip, text, font, ink, end - left.x);
        let at = left + vec2(0.0, middle - line.size().y / 2.0);
        clip.galley(at, line, ink);
    }
    let is_inserted = response.double_clicked()
        || (response.clicked() && !ui.input(|input| input.pointer.any_click()));
    let mut commands = Vec::new();
    if is_inserted {
        commands.push(Command::Insert {
            component: name.to_owned(),
            at: free_place(session),
        });
    }
    if let Some(id) = row.composition {
        response.context_menu(|ui| commands.extend(composition_ui(ui, id)));
    }
    let response = response.on_hover_cursor(egui::CursorIcon::Grab);
    response.on_hover_ui(|ui| hover_ui(ui, name, row, fit));
    commands
}

/// A line that ends in `…` where there is no room for it.
fn elided(painter: &Painter, text: &str, font: FontId, ink: Color32, width: f32) -> Arc<Galley> {
    let mut line = LayoutJob::simple_singleline(text.to_owned(), font, ink);
    line.wrap = TextWrapping::truncate_at_width(width);
    painter.layout_job(line)
}

/// What can be done with a composition that may have no instance.
fn composition_ui(ui: &mut Ui, id: ComponentId) -> Option<Command> {
    let shown = ui.button("Show what is inside").clicked();
    let removed = ui.button("Delete with all its instances").clicked();
    let place = || Place {
        root: Some(id),
        path: Vec::new(),
    };
    match (shown, removed) {
        (true, _) => Some(Command::GoTo(place())),
        (_, true) => Some(Command::Remove(Item::Component(id))),
        _ => None,
    }
}

/// `2 provided · 1 required · C`.
fn summary(component: &ComponentType) -> String {
    let count = |direction| {
        let shown = |kind| !matches!(kind, PortKind::Types | PortKind::Platform);
        component
            .ports
            .iter()
            .filter(|port| port.direction == direction && shown(port.kind))
            .count()
    };
    let mut parts = vec![
        format!("{} provided", count(Direction::Provided)),
        format!("{} required", count(Direction::Required)),
    ];
    if component.origin == Origin::Wit {
        parts.push("stub".to_owned());
    }
    parts.extend(language(component));
    parts.join(" · ")
}

/// The language that a component was written in, by its producers.
pub(super) fn language(component: &ComponentType) -> Option<String> {
    let producer = component
        .producers
        .iter()
        .find(|(field, ..)| field == "language")?;
    Some(producer.1.clone())
}

fn hover_ui(ui: &mut Ui, name: &str, row: &Row<'_>, fit: Option<&Fit>) {
    ui.strong(name);
    let Some(component) = row.component_type else {
        return;
    };
    if !component.docs.is_empty() {
        ui.label(&component.docs);
    }
    for port in component
        .ports
        .iter()
        .filter(|port| !matches!(port.kind, PortKind::Types | PortKind::Platform))
    {
        let direction = match port.direction {
            Direction::Provided => "provides",
            Direction::Required => "requires",
        };
        ui.label(format!("{direction} {}", port.name));
    }
    for line in fit.map(Fit::lines).unwrap_or_default() {
        ui.label(line);
    }
    ui.label(
        egui::RichText::new("Drag it onto the canvas, or double-click")
            .color(tokens(ui).text_faint),
    );
}

/// To the right of everything.
fn free_place(session: &Session) -> (f32, f32) {
    let positions = session.document().layout.positions.values();
    let right = positions
        .clone()
        .map(|(x, _)| *x)
        .fold(f32::NEG_INFINITY, f32::max);
    let top = positions.map(|(_, y)| *y).fold(f32::INFINITY, f32::min);
    match right.is_finite() {
        true => (right + theme::METRICS.width_max, top),
        false => (0.0, 0.0),
    }
}
