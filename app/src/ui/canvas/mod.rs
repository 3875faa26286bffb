//! The canvas in the window: turns input into events, asks the gesture machine, draws, and turns its
//! actions into commands. What gestures mean and where things lie stands in `crate::canvas`.

mod access;
mod annotation;
mod difference;
mod hint;
mod input;
mod lanes;
mod look;
mod menu;
mod minimap;
mod offer;
mod paint;
mod paint_annotation;
mod paint_node;
mod paint_wire;
mod scope;
mod subjects;
mod values;
mod verdicts;

pub use look::Badges;
pub(in crate::ui) use values::live_values;

use crate::{
    canvas::{
        action::{CanvasAction, CanvasEvent},
        align::align,
        annotation::Cargo,
        geometry::{Point, Rect, Transform, point},
        gesture::handle,
        lanes::laned,
        route::{Plan, Routes, routes},
        scene::{Hit, Scene},
        state::{CanvasState, Gesture},
    },
    command::Command,
    session::{Session, ViewRequest},
    ui::theme::{self, tokens},
};
use annotation::Editor;
use difference::DifferenceView;
use egui::{Sense, Ui};
use graph_core::{
    document::{ConnectorId, Document, End, InstanceId, Subject},
    library::Library,
};
use look::Look;
use offer::OfferView;
use std::collections::{BTreeMap, BTreeSet};
use subjects::{instances_of, selected_instances};

/// The canvas of one window.
#[derive(Debug, Default)]
pub struct CanvasView {
    /// Zoom, gesture, folded ports.
    pub state: CanvasState,
    scene: Scene,
    badges: Badges,
    /// What could be a port of the composition that is shown.
    ghosts: Vec<End>,
    /// What the scene was made from.
    made_from: Option<u64>,
    /// By how much the instances in hand are drawn away from their place.
    shifted: Point,
    /// Whether a wire is drawn through a point in hand, or a box has an edge in hand.
    is_rerouting: bool,
    /// Why the last gesture came to nothing; until the next one.
    refusal: Option<String>,
    /// What could take the wire that was let go over nothing.
    offer: Option<OfferView>,
    difference: DifferenceView,
    /// A title or text that is edited where it stands.
    editor: Option<Editor>,
    /// What the session asked for and the canvas has not done yet.
    pub requests: Vec<ViewRequest>,
    /// Grows with each new scene.
    picture: u64,
    /// A scene whose wires still have no ways round the boxes.
    unrouted: Option<u64>,
}

/// Shows the canvas in the room that there is.
pub fn canvas_ui(ui: &mut Ui, session: &Session, view: &mut CanvasView) -> Vec<Command> {
    let rect = ui.available_rect_before_wrap();
    let mut background = ui.interact(rect, ui.scope_id().with("canvas"), Sense::click_and_drag());
    background.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Group, true, "Canvas"));
    view.follow(session);
    view.difference.follow(session, &view.scene, view.picture);
    let mut commands = view.answer_requests(session, rect);
    let map = minimap::place(session, view, rect);
    let mut events = input::events(ui, &background, &view.state, map.as_ref());
    events.extend(access::nodes(ui, session, view, &mut background, rect));
    for event in events {
        commands.extend(view.take(&event, session));
    }
    if verdicts::fill(session, view, rect) {
        ui.ctx().request_repaint();
    }
    if !background.contains_pointer() && view.state.gesture == Gesture::Idle {
        view.state.hover = Hit::Nothing;
    }
    view.shift();
    commands.extend(lanes::trial(session, view));
    commands.extend(lanes::nodes(ui, session, view, rect));
    let values = live_values(session);
    let painter = ui.painter_at(rect);
    let look = Look {
        scene: &view.scene,
        state: &view.state,
        selection: session.selection(),
        badges: &view.badges,
        values: &values,
        spotlight: session.spotlight(),
        tokens: tokens(ui),
        is_crowded: view.is_crowded(rect),
    };
    paint::paint(&painter, &look, (&view.difference, Some(session)));
    commands.extend(difference::signs(ui, session, &look, &view.difference));
    if session.document().instances.is_empty() && view.scene.bounds(None).is_none() {
        paint::empty(&painter, look.tokens, session);
    }
    input::cursor(ui, &background, &look);
    if let Some(map) = map {
        minimap::show(ui, view, &map, rect);
    }
    hint::show(ui, session, view, rect);
    commands.extend(annotation::editor_ui(ui, session, view, rect));
    commands.extend(scope::ghosts(ui, session, view, rect));
    commands.extend(scope::way(ui, session, rect));
    commands.extend(menu::show(&background, session, view));
    commands.extend(offer::show(ui, session, &mut view.offer));
    commands
}

/// Draws a document without a session: `wireloom picture`.
pub fn paint_document(ui: &mut Ui, document: &Document, library: &Library, badges: &Badges) {
    let rect = ui.available_rect_before_wrap();
    let mut state = CanvasState::default();
    let mut scene = Scene::new(document, library, &theme::METRICS, &state.toggled);
    scene.take_routes(&routes(&scene.plan()));
    state.fit(&scene, screen(rect), None);
    let (selection, values) = (BTreeSet::new(), BTreeMap::new());
    let look = Look {
        scene: &scene,
        state: &state,
        selection: &selection,
        badges,
        values: &values,
        spotlight: None,
        tokens: tokens(ui),
        is_crowded: false,
    };
    paint::paint(
        &ui.painter_at(rect),
        &look,
        (&DifferenceView::default(), None),
    );
}

impl CanvasView {
    /// The picture of the document as it is now.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// What the ways of the wires are found from, once for each scene, and its number.
    pub fn take_plan(&mut self) -> Option<(Plan, u64)> {
        let picture = self.unrouted.take()?;
        Some((self.scene.plan(), picture))
    }

    /// Leads the wires along their ways, if they are for what is shown; wires at instances in hand
    /// are straight until those are let go.
    pub fn take_routes(&mut self, picture: u64, routes: &Routes) {
        if picture == self.picture && self.shifted == Point::default() && !self.is_rerouting {
            self.scene.take_routes(routes);
        }
    }

    fn is_crowded(&self, rect: egui::Rect) -> bool {
        let seen = self.state.view.rect_to_world(screen(rect));
        look::is_crowded(&self.scene, seen, self.state.view.zoom)
    }

    fn follow(&mut self, session: &Session) {
        let has_lanes = !self.scene.lanes.is_empty();
        if self.made_from == Some(session.revision()) && has_lanes == session.shows_lanes() {
            return;
        }
        self.remake(session);
    }

    fn remake(&mut self, session: &Session) {
        self.made_from = Some(session.revision());
        let scene = |document: &Document| {
            let (library, toggled) = (session.library(), &self.state.toggled);
            Scene::new(document, library, &theme::METRICS, toggled)
        };
        let mut free = scene(session.document());
        if session.shows_lanes() {
            let (lanes, shown) = laned(session.document(), &free);
            free = scene(&shown);
            free.lanes = lanes;
        }
        let scene = free;
        let older = std::mem::replace(&mut self.scene, scene);
        self.scene.keep_routes(&older);
        self.picture += 1;
        self.unrouted = Some(self.picture);
        self.ghosts = session.ghosts();
        self.badges = Badges::of(session.diagnostics(), &session.place().path);
        self.shifted = Point::default();
        self.state.verdicts.clear();
    }

    fn answer_requests(&mut self, session: &Session, rect: egui::Rect) -> Vec<Command> {
        let mut commands = Vec::new();
        let selected = selected_instances(session, &self.scene);
        for request in std::mem::take(&mut self.requests) {
            let center = point(rect.center().x, rect.center().y);
            match request {
                ViewRequest::FitAll => self.state.fit(&self.scene, screen(rect), None),
                ViewRequest::FitSelection => {
                    self.state.fit(&self.scene, screen(rect), Some(&selected))
                }
                ViewRequest::Align(alignment) => {
                    let moves = align(&self.scene, &selected, alignment);
                    if !moves.is_empty() {
                        commands.push(Command::Place(alignment, moves));
                    }
                }
                ViewRequest::FrameSelection => {
                    let cargo = Cargo::of(session.selection(), &self.scene);
                    let area = self.scene.frame_around(&cargo);
                    commands.extend(area.map(Command::InsertFrame));
                }
                ViewRequest::AddNote => self.editor = Some(Editor::draft(session, self, rect)),
                ViewRequest::EditInPlace(item) => self.editor = Editor::of(session, &item),
                // The window's.
                ViewRequest::CopyText(_) | ViewRequest::Paste { .. } => {}
                ViewRequest::ZoomIn => self.state.view = self.state.view.zoomed(center, 1.25),
                ViewRequest::ZoomOut => self.state.view = self.state.view.zoomed(center, 0.8),
                ViewRequest::RevealGhost(item) => {
                    if let Some(at) = self.difference.place(&item) {
                        self.state.center_on(at, screen(rect));
                    }
                }
                ViewRequest::Reveal(item) => {
                    if let Some(place) = self.scene.annotation_rect(&item) {
                        self.state.center_on(place.center(), screen(rect));
                        continue;
                    }
                    if let Some(instance) = instances_of(&item, session.document()).first() {
                        self.state.reveal(&self.scene, screen(rect), *instance);
                    }
                }
            }
        }
        commands
    }

    fn take(&mut self, event: &CanvasEvent, session: &Session) -> Vec<Command> {
        if matches!(
            event,
            CanvasEvent::Press(..) | CanvasEvent::Key(_) | CanvasEvent::Activate { .. }
        ) {
            self.refusal = None;
        }
        let actions = handle(&mut self.state, event, &self.scene, session.selection());
        actions
            .into_iter()
            .flat_map(|action| self.obey(action, session))
            .collect()
    }

    fn obey(&mut self, action: CanvasAction, session: &Session) -> Vec<Command> {
        match action {
            CanvasAction::Select(items) => vec![Command::Select(items)],
            CanvasAction::Toggle(items) => {
                items.into_iter().map(Command::ToggleSelection).collect()
            }
            CanvasAction::Extend(items) => {
                vec![Command::Select(
                    session.selection().iter().cloned().chain(items).collect(),
                )]
            }
            CanvasAction::Move { instances, by } if !self.scene.lanes.is_empty() => {
                let instances = instances.into_iter().collect();
                vec![Command::Assign(lanes::assigned(self, &instances, by))]
            }
            CanvasAction::Carry(cargo, by) if !self.scene.lanes.is_empty() => {
                match cargo.instances.is_empty() {
                    // A note alone: it moves as it would without lanes.
                    true => vec![Command::Carry(cargo.subjects().collect(), (by.x, by.y))],
                    false => {
                        vec![Command::Assign(lanes::assigned(self, &cargo.instances, by))]
                    }
                }
            }
            CanvasAction::Move { instances, by } => {
                let back = self.shifted;
                let place = |id: InstanceId| {
                    let min = self.scene.node(id)?.rect.min - back + by;
                    Some((id, (min.x, min.y)))
                };
                vec![
                    Command::Move(instances.into_iter().filter_map(place).collect()),
                    Command::EndGesture,
                ]
            }
            CanvasAction::BeginWire(_) => Vec::new(),
            CanvasAction::Connect { from, to } => vec![Command::Connect(from, to)],
            CanvasAction::Adapt { from, to } => vec![Command::ProposeAdapter(from, to)],
            CanvasAction::Refuse(reason) => {
                self.refusal = Some(reason);
                Vec::new()
            }
            CanvasAction::Insert(what, at) => match self.scene.band_at(at) {
                Some(band) => {
                    let free = band.to_free(at).snapped(theme::METRICS.snap);
                    let key = band.partition.clone().map(Subject::Partition);
                    let (component, at) = (what.0, (free.x, free.y));
                    vec![
                        Command::Select(key.into_iter().collect()),
                        Command::Insert { component, at },
                    ]
                }
                None => vec![Command::Insert {
                    component: what.0,
                    at: (at.x, at.y),
                }],
            },
            CanvasAction::InsertOnWire(what, at, wire) => vec![Command::InsertOnWire {
                component: what.0,
                at: (at.x, at.y),
                wire,
            }],
            CanvasAction::Splice(instance, by, wire) => {
                let node = self.scene.node(instance);
                let at = node.map(|node| node.rect.min - self.shifted + by);
                let splice = |at: Point| Command::Splice {
                    instance,
                    at: (at.x, at.y),
                    wire,
                };
                at.map(splice).into_iter().collect()
            }
            CanvasAction::Offer(start, at) => {
                self.offer = Some(OfferView::new(session, start, at, self.state.pointer));
                Vec::new()
            }
            CanvasAction::Delegate(start, at) => vec![Command::Delegate {
                side: offer::side(start.role),
                end: start.end,
                at: Some((at.x, at.y)),
            }],
            CanvasAction::Reroute(wire, through) => vec![reroute(wire, &through)],
            CanvasAction::Fold(instance, direction, port) => {
                let key = (instance, direction, port);
                if !self.state.toggled.remove(&key) {
                    self.state.toggled.insert(key);
                }
                self.remake(session);
                Vec::new()
            }
            CanvasAction::Leave => match session.comparison() {
                Some(_) => vec![Command::EndComparison],
                None => Vec::new(),
            },
            CanvasAction::Carry(cargo, by) => {
                vec![Command::Carry(cargo.subjects().collect(), (by.x, by.y))]
            }
            CanvasAction::Resize(subject, rect) => annotation::resized(&subject, rect),
            CanvasAction::Open(item @ (Subject::Frame(_) | Subject::Note(_))) => {
                self.editor = Editor::of(session, &item);
                vec![Command::Select(vec![item])]
            }
            CanvasAction::Open(item) => {
                if let Subject::Instance(id) = item
                    && session.is_composition(id)
                {
                    return vec![Command::Enter(id)];
                }
                self.requests.push(ViewRequest::Reveal(item.clone()));
                vec![Command::Select(vec![item])]
            }
        }
    }

    /// Draws instances in hand where the pointer holds them.
    fn shift(&mut self) {
        if let Gesture::Rerouting { wire, through, .. } = &self.state.gesture {
            self.scene.lead_through(*wire, through);
            self.is_rerouting = true;
            return;
        }
        if let Gesture::Resizing { subject, rect, .. } = &self.state.gesture {
            self.scene.resize(subject, *rect);
            self.is_rerouting = true;
            return;
        }
        if std::mem::take(&mut self.is_rerouting) {
            self.made_from = None;
        }
        let (cargo, by) = match &self.state.gesture {
            Gesture::Carrying { cargo, by, .. } => (cargo.clone(), *by),
            Gesture::Moving { instances, by, .. } => {
                let instances = instances.clone();
                (
                    Cargo {
                        instances,
                        ..Cargo::default()
                    },
                    *by,
                )
            }
            _ if self.shifted != Point::default() => {
                // The gesture has ended: the document says where they are, or the next frame will.
                self.made_from = None;
                return;
            }
            _ => return,
        };
        if by != self.shifted {
            self.scene.carry(&cargo, by - self.shifted);
            self.shifted = by;
        }
    }
}

fn reroute(wire: ConnectorId, through: &[Point]) -> Command {
    let points = through.iter().map(|at| (at.x, at.y));
    Command::Reroute(wire, points.collect())
}

fn screen(rect: egui::Rect) -> Rect {
    Rect {
        min: point(rect.min.x, rect.min.y),
        max: point(rect.max.x, rect.max.y),
    }
}

/// The view that shows the whole scene in a rectangle; for benchmarks and pictures.
pub fn fitted(scene: &Scene, rect: egui::Rect) -> Transform {
    let mut state = CanvasState::default();
    state.fit(scene, screen(rect), None);
    state.view
}
