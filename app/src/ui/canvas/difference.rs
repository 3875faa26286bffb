//! Another version on the canvas: what is new and what has changed is outlined and has a sign, what is
//! gone is a ghost in its old place. Colour, sign and line all say the same.

use super::look::{Detail, Look, elided};
use crate::{
    canvas::{
        geometry::{Point, Rect},
        scene::{Course, Node, Scene, Toggled, Wire},
    },
    command::Command,
    session::{Mark, Session},
    ui::{
        differences::{mark_look, words},
        icons, theme,
    },
};
use egui::{
    Align2, Color32, Id, Painter, Pos2, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    vec2,
};
use graph_core::{
    difference::Difference,
    document::{ComponentId, Document, Subject},
    end, hierarchy,
};
use std::collections::BTreeMap;

/// What is drawn of a comparison.
#[derive(Debug, Default)]
pub(super) struct DifferenceView {
    /// The picture and the comparison that it was made from.
    made_from: Option<(u64, u64)>,
    marks: BTreeMap<(Mark, Subject), usize>,
    /// The other version, with everything that is here too in the place where it is here.
    ghosts: Scene,
    /// The difference that was gone to.
    at: Option<usize>,
}

impl DifferenceView {
    /// Keeps up with the comparison and with the picture below.
    pub(super) fn follow(&mut self, session: &Session, scene: &Scene, picture: u64) {
        let Some(comparison) = session.comparison() else {
            if self.made_from.is_some() {
                *self = DifferenceView::default();
            }
            return;
        };
        self.at = comparison.at;
        if self.made_from == Some((picture, comparison.stamp)) {
            return;
        }
        self.made_from = Some((picture, comparison.stamp));
        self.marks = comparison.marks(session.document());
        let there = shown(session, &comparison.there);
        let there = in_place(&there, session.document(), session.scope(), scene);
        let mut library = comparison.library.clone();
        let types = hierarchy::types(&comparison.there, &library);
        library.components.extend(types);
        let (metrics, toggled) = (&theme::METRICS, Toggled::new());
        self.ghosts = Scene::new(&there, &library, metrics, &toggled);
    }

    /// Where something is that only the other version has.
    pub(super) fn place(&self, item: &Subject) -> Option<Point> {
        match item {
            Subject::Instance(id) => self.ghosts.node(*id).map(|node| node.rect.center()),
            Subject::Connector(id) => self.ghosts.wire_of(*id).and_then(middle),
            item => self.ghosts.annotation_rect(item).map(Rect::center),
        }
    }

    fn gone(&self) -> impl Iterator<Item = (&Subject, usize)> {
        let gone = self.marks.iter();
        gone.filter(|((mark, _), _)| *mark == Mark::Removed)
            .map(|((_, item), number)| (item, *number))
    }

    fn here(&self) -> impl Iterator<Item = (Mark, &Subject, usize)> {
        let here = self.marks.iter();
        here.filter(|((mark, _), _)| *mark != Mark::Removed)
            .map(|((mark, item), number)| (*mark, item, *number))
    }
}

/// Of the other version what this window shows: the system, or the composition of that name.
fn shown(session: &Session, there: &Document) -> Document {
    let Some(scope) = session.scope() else {
        return hierarchy::view(there, None);
    };
    let composition = session.project().components.get(&scope);
    match composition.and_then(|one| there.component_named(&one.name)) {
        Some(twin) => hierarchy::view(there, Some(twin)),
        None => Document::default(),
    }
}

/// The other version with the places of this one.
fn in_place(
    there: &Document,
    here: &Document,
    scope: Option<ComponentId>,
    scene: &Scene,
) -> Document {
    let mut there = there.clone();
    for (id, instance) in &there.instances {
        let twin = here.part_named(scope, &instance.name);
        if let Some(node) = twin.and_then(|twin| scene.node(twin)) {
            let at = (node.rect.min.x, node.rect.min.y);
            there.layout.positions.insert(*id, at);
        }
    }
    // A wire that is in both is drawn once.
    let text = |document: &Document, end| end::text(document, end);
    let known: std::collections::BTreeSet<(String, String)> = here
        .connectors
        .values()
        .map(|one| (text(here, &one.from), text(here, &one.to)))
        .collect();
    let gone: BTreeMap<_, _> = there
        .connectors
        .iter()
        .filter(|(_, one)| !known.contains(&(text(&there, &one.from), text(&there, &one.to))))
        .map(|(id, one)| (*id, one.clone()))
        .collect();
    there.connectors = gone;
    there
}

/// Below everything: ghosts, and a band along each wire that differs.
pub(super) fn under(painter: &Painter, look: &Look<'_>, view: &DifferenceView) {
    let seen = look.seen(painter.clip_rect());
    for (mark, item, _) in view.here() {
        if let Subject::Connector(id) = item
            && let Some(wire) = look.scene.wire_of(*id)
            && wire.bounds().is_some_and(|bounds| bounds.intersects(seen))
        {
            let (_, ink, _) = mark_look(look.tokens, mark);
            band(painter, look, wire, ink.gamma_multiply(0.45));
        }
    }
    let (_, ink, ground) = mark_look(look.tokens, Mark::Removed);
    for (item, _) in view.gone() {
        match item {
            Subject::Instance(id) => {
                let node = view.ghosts.node(*id);
                let seen = node.filter(|node| node.rect.intersects(seen));
                seen.into_iter()
                    .for_each(|node| ghost(painter, look, node, (ink, ground)));
            }
            Subject::Connector(id) => {
                let wire = view.ghosts.wire_of(*id);
                let is_seen = |wire: &&Wire| wire.bounds().is_some_and(|one| one.intersects(seen));
                if let Some(wire) = wire.filter(is_seen) {
                    dashed(painter, look, wire, ink);
                }
            }
            item => {
                let place = view.ghosts.annotation_rect(item);
                let seen = place.filter(|place| place.intersects(seen));
                seen.into_iter()
                    .for_each(|place| ghost_edge(painter, look.rect(place), ink));
            }
        }
    }
}

/// Above everything: outlines of instances that differ, and all signs.
pub(super) fn over(painter: &Painter, look: &Look<'_>, view: &DifferenceView) {
    let seen = look.seen(painter.clip_rect()).expanded(40.0);
    for (mark, item, _) in view.here() {
        let place = match item {
            Subject::Instance(id) => look.scene.node(*id).map(|node| node.rect),
            item => look.scene.annotation_rect(item),
        };
        if let Some(place) = place.filter(|place| place.intersects(seen)) {
            let (_, ink, _) = mark_look(look.tokens, mark);
            let stroke = Stroke::new(2.0, ink);
            let rect = look.rect(place).expand(4.0);
            painter.rect_stroke(rect, theme::NODE_RADIUS as u8, stroke, StrokeKind::Outside);
        }
    }
    for (mark, at, number) in places(look, view) {
        let clip = painter.clip_rect().expand(theme::DIFFERENCE_SIGN);
        if clip.contains(at) {
            sign(painter, look, (mark, at), view.at == Some(number));
        }
    }
}

/// Each sign is a button that goes to its difference; its name says what differs.
pub(super) fn signs(
    ui: &Ui,
    session: &Session,
    look: &Look<'_>,
    view: &DifferenceView,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let Some(comparison) = session.comparison() else {
        return commands;
    };
    let clip = ui.max_rect();
    for (place, (_, at, number)) in places(look, view).into_iter().enumerate() {
        let Some(difference) = comparison.differences.get(number) else {
            continue;
        };
        if !clip.contains(at) {
            continue;
        }
        let size = vec2(theme::DIFFERENCE_SIGN, theme::DIFFERENCE_SIGN);
        let target = egui::Rect::from_center_size(at, size);
        let response = ui.interact(target, Id::unique(("difference", place)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name(difference)));
        if response.clicked() {
            commands.push(Command::GoToDifference(number));
        }
    }
    commands
}

/// `difference: added instance fan`
fn name(difference: &Difference) -> String {
    let changes: Vec<String> = difference.changes.iter().map(words).collect();
    format!("difference: {}", changes.join("; "))
}

/// Where the signs are, on the screen.
fn places(look: &Look<'_>, view: &DifferenceView) -> Vec<(Mark, Pos2, usize)> {
    let at = |scene: &Scene, item: &Subject| match item {
        Subject::Instance(id) => scene.node(*id).map(|node| corner(node.rect)),
        Subject::Connector(id) => scene.wire_of(*id).and_then(middle),
        item => scene.annotation_rect(item).map(corner),
    };
    let here = view
        .here()
        .map(|(mark, item, number)| (mark, at(look.scene, item), number));
    let gone = view
        .gone()
        .map(|(item, number)| (Mark::Removed, at(&view.ghosts, item), number));
    here.chain(gone)
        .filter_map(|(mark, at, number)| Some((mark, look.at(at?), number)))
        .collect()
}

fn corner(rect: Rect) -> Point {
    rect.min
}

fn middle(wire: &Wire) -> Option<Point> {
    match &wire.course {
        Course::Curve(curve) => Some(curve.middle()),
        Course::Flag { rect, .. } => Some(Point {
            x: rect.center().x,
            y: rect.min.y,
        }),
        Course::Nowhere => None,
    }
}

fn sign(painter: &Painter, look: &Look<'_>, (mark, at): (Mark, Pos2), is_current: bool) {
    let (icon, ink, ground) = mark_look(look.tokens, mark);
    let side = theme::DIFFERENCE_SIGN;
    let plate = egui::Rect::from_center_size(at, vec2(side, side));
    let edge = match is_current {
        true => Stroke::new(2.5, look.tokens.accent),
        false => Stroke::new(1.0, ink),
    };
    painter.rect(plate, 5, ground, edge, StrokeKind::Outside);
    icons::paint(painter, icon, plate.shrink(side * 0.16), ink);
}

/// The box of what is gone: dashed, with its name.
fn ghost(painter: &Painter, look: &Look<'_>, node: &Node, (ink, ground): (Color32, Color32)) {
    let rect = look.rect(node.rect);
    painter.rect_filled(rect, theme::NODE_RADIUS as u8, ground.gamma_multiply(0.35));
    ghost_edge(painter, rect, ink);
    if look.detail() == Detail::Plain {
        return;
    }
    let zoom = look.zoom();
    let at = rect.min + vec2(18.0, 14.0) * zoom;
    let size = (theme::NODE_TITLE, zoom);
    let width = rect.width() - 28.0 * zoom;
    elided(
        painter,
        at,
        Align2::LEFT_CENTER,
        &node.title,
        size,
        look.tokens.text_weak,
        width,
    );
    if look.detail() == Detail::Full {
        let at = rect.min + vec2(18.0, 31.0) * zoom;
        let text = format!("{} · removed", node.subtitle);
        let size = (theme::NODE_SUBTITLE, zoom);
        elided(painter, at, Align2::LEFT_CENTER, &text, size, ink, width);
    }
}

fn ghost_edge(painter: &Painter, rect: egui::Rect, ink: Color32) {
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    painter.extend(Shape::dashed_line(
        &corners,
        Stroke::new(1.5, ink),
        7.0,
        5.0,
    ));
}

fn line_of(look: &Look<'_>, wire: &Wire) -> Vec<Pos2> {
    match &wire.course {
        Course::Curve(curve) => {
            let points = curve.flattened(look.zoom()).into_iter();
            points.map(|at| look.at(at)).collect()
        }
        Course::Flag { pin, rect, .. } => vec![look.at(*pin), look.at(rect.center())],
        Course::Nowhere => Vec::new(),
    }
}

fn band(painter: &Painter, look: &Look<'_>, wire: &Wire, ink: Color32) {
    let width = (theme::WIRE_WIDTH * 4.0 * look.zoom()).max(4.0);
    painter.add(Shape::line(line_of(look, wire), Stroke::new(width, ink)));
    if let Course::Flag { rect, .. } = &wire.course {
        painter.rect_filled(look.rect(*rect).expand(3.0), 4, ink);
    }
}

fn dashed(painter: &Painter, look: &Look<'_>, wire: &Wire, ink: Color32) {
    let stroke = Stroke::new((theme::WIRE_WIDTH * look.zoom()).max(1.2), ink);
    painter.extend(Shape::dashed_line(&line_of(look, wire), stroke, 7.0, 5.0));
    if let Course::Flag { rect, .. } = &wire.course {
        let rect = look.rect(*rect);
        painter.rect_stroke(rect, 4, stroke, StrokeKind::Inside);
        if look.detail() == Detail::Full {
            let size = (theme::NODE_TYPE, look.zoom());
            let (at, width) = (rect.center(), rect.width() - 8.0);
            elided(
                painter,
                at,
                Align2::CENTER_CENTER,
                &wire.flag,
                size,
                ink,
                width,
            );
        }
    }
}
