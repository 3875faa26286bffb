//! What one picture of the canvas is made from, and the little helpers that all its painters use.
//! Knows nothing of input.

use crate::{
    canvas::{
        geometry::{Point, Rect},
        pins::Pin,
        scene::{Node, Scene},
        state::{CanvasState, Gesture},
    },
    session::Spotlight,
    ui::theme::{Tokens, canvas_font},
};
use egui::{
    Align2, Color32, Painter, Pos2, pos2,
    text::{LayoutJob, TextFormat, TextWrapping},
};
use graph_core::{
    diagnostic::{Diagnostic, Severity},
    document::{ConnectorId, InstanceId, Subject},
};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is drawn, read only.
pub(super) struct Look<'a> {
    pub(super) scene: &'a Scene,
    pub(super) state: &'a CanvasState,
    pub(super) selection: &'a BTreeSet<Subject>,
    pub(super) badges: &'a Badges,
    /// What a wire carries now.
    pub(super) values: &'a BTreeMap<ConnectorId, String>,
    /// What is lit while the rest is dimmed.
    pub(super) spotlight: Option<&'a Spotlight>,
    pub(super) tokens: &'static Tokens,
    /// So many instances are in sight that each is small: boxes without round corners, square
    /// pins, wires from corner to corner.
    pub(super) is_crowded: bool,
}

/// More instances than this in sight are a crowd.
const CROWD: usize = 120;
/// The same where pins have no text: round ones say no more than square ones, and cost more.
const CROWD_WITHOUT_TEXT: usize = 40;

/// Whether a crowd is in sight: details would cost more than they show.
pub(super) fn is_crowded(scene: &Scene, seen: Rect, zoom: f32) -> bool {
    let most = match zoom < crate::ui::theme::ZOOM_PORT_TEXT {
        true => CROWD_WITHOUT_TEXT,
        false => CROWD,
    };
    let in_sight = scene.nodes.iter().filter(|node| node.rect.intersects(seen));
    in_sight.take(most + 1).count() > most
}

/// What the checks say, counted.
#[derive(Debug, Clone, Default)]
pub struct Badges {
    /// Errors and warnings by instance.
    pub instances: BTreeMap<InstanceId, (usize, usize)>,
    /// Errors and warnings by connector.
    pub connectors: BTreeMap<ConnectorId, (usize, usize)>,
}

/// Light on a part of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Light {
    /// Nothing is singled out.
    Even,
    On,
    Off,
}

/// Which parts are drawn at the zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// Boxes and straight lines.
    Plain,
    /// Titles and pins without text.
    Titles,
    /// Everything.
    Full,
}

impl Look<'_> {
    pub(super) fn zoom(&self) -> f32 {
        self.state.view.zoom
    }

    pub(super) fn detail(&self) -> Detail {
        match self.zoom() {
            zoom if zoom < crate::ui::theme::ZOOM_PLAIN => Detail::Plain,
            zoom if zoom < crate::ui::theme::ZOOM_PORT_TEXT => Detail::Titles,
            _ => Detail::Full,
        }
    }

    pub(super) fn at(&self, world: Point) -> Pos2 {
        let p = self.state.view.to_screen(world);
        pos2(p.x, p.y)
    }

    pub(super) fn rect(&self, world: Rect) -> egui::Rect {
        egui::Rect::from_min_max(self.at(world.min), self.at(world.max))
    }

    /// The part of the world that is seen.
    pub(super) fn seen(&self, clip: egui::Rect) -> Rect {
        let corner = |p: Pos2| Point { x: p.x, y: p.y };
        self.state.view.rect_to_world(Rect {
            min: corner(clip.min),
            max: corner(clip.max),
        })
    }

    /// How an instance stands in the light.
    pub(super) fn light_on(&self, instance: InstanceId) -> Light {
        self.light(|spotlight| spotlight.instances.contains(&instance))
    }

    /// How a wire does.
    pub(super) fn light_along(&self, connector: ConnectorId) -> Light {
        self.light(|spotlight| spotlight.connectors.contains(&connector))
    }

    fn light(&self, is_in: impl Fn(&Spotlight) -> bool) -> Light {
        match self.spotlight.map(is_in) {
            None => Light::Even,
            Some(true) => Light::On,
            Some(false) => Light::Off,
        }
    }

    pub(super) fn is_wiring(&self) -> bool {
        matches!(self.state.gesture, Gesture::Wiring { .. })
    }

    pub(super) fn is_selected(&self, node: &Node, pin: &Pin) -> bool {
        self.selection.contains(&Subject::Port {
            instance: node.instance,
            direction: pin.direction,
            port: pin.port.clone(),
        })
    }
}

/// Text that ends in "…" where it has no room; gives the width that it took.
pub(super) fn elided(
    painter: &Painter,
    at: Pos2,
    anchor: Align2,
    text: &str,
    (size, zoom): (f32, f32),
    color: Color32,
    width: f32,
) -> f32 {
    let format = TextFormat {
        font_id: canvas_font(size, zoom),
        color,
        ..TextFormat::default()
    };
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
    let galley = painter.layout_job(job);
    let rect = anchor.anchor_size(at, galley.size());
    painter.galley(rect.min, galley, color);
    rect.width()
}

impl Badges {
    /// Counts what the checks found in that place; what is inside an instance there is the instance's.
    pub fn of(diagnostics: &[Diagnostic], place: &[InstanceId]) -> Badges {
        let mut badges = Badges::default();
        for diagnostic in diagnostics {
            let Some(inside) = diagnostic.scope.strip_prefix(place) else {
                continue;
            };
            let subject = match inside.first() {
                Some(id) => &Subject::Instance(*id),
                None => &diagnostic.subject,
            };
            let counts = match subject {
                Subject::Instance(id) | Subject::Port { instance: id, .. } => {
                    badges.instances.entry(*id).or_default()
                }
                Subject::Connector(id) => badges.connectors.entry(*id).or_default(),
                _ => continue,
            };
            match diagnostic.severity {
                Severity::Error => counts.0 += 1,
                Severity::Warning => counts.1 += 1,
                Severity::Information => {}
            }
        }
        badges
    }
}
