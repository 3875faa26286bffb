//! What the canvas remembers between two frames: the view, the gesture in hand, folded ports, the
//! verdicts on the wire in hand. Nothing of it belongs to the project.
//! Knows nothing of egui and of the session.

use super::{
    action::{Placeable, Verdict, Verdicts, WireStart},
    annotation::{Cargo, Edges},
    geometry::{Point, Rect, Transform},
    scene::{Hit, Scene, Toggled},
};
use graph_core::document::{ConnectorId, End, InstanceId, Subject};
use std::collections::BTreeSet;

/// The canvas between two frames.
#[derive(Debug, Clone)]
pub struct CanvasState {
    /// Where one looks.
    pub view: Transform,
    /// What the pointer is doing.
    pub gesture: Gesture,
    /// Ports that the user folded or unfolded.
    pub toggled: Toggled,
    /// What lies under the pointer.
    pub hover: Hit,
    /// Where the pointer is, on the screen.
    pub pointer: Point,
    /// Where the wire in hand may go.
    pub verdicts: Verdicts,
    /// The reroute point that was clicked: its wire and its number.
    pub picked: Option<(ConnectorId, usize)>,
}

impl Default for CanvasState {
    fn default() -> Self {
        CanvasState {
            view: Transform::default(),
            gesture: Gesture::Idle,
            toggled: Toggled::new(),
            hover: Hit::Nothing,
            pointer: Point::default(),
            verdicts: Verdicts::new(),
            picked: None,
        }
    }
}

/// What the pointer is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum Gesture {
    /// Nothing.
    Idle,
    /// A button is down, nothing has moved yet.
    Pressed {
        /// On the screen.
        at: Point,
        /// What lay there.
        hit: Hit,
        /// Ctrl or Shift was down: what is hit joins the selection.
        adds: bool,
    },
    /// The view moves with the pointer.
    Panning,
    /// A rectangle selects; in the world.
    Marquee {
        /// Where it began.
        from: Point,
        /// Where it ends.
        to: Point,
        /// What is in it joins the selection.
        adds: bool,
    },
    /// Instances move with the pointer.
    Moving {
        /// Which.
        instances: BTreeSet<InstanceId>,
        /// Where it began, in the world.
        from: Point,
        /// By how much so far, snapped.
        by: Point,
    },
    /// A reroute point moves with the pointer.
    Rerouting {
        /// Whose it is.
        wire: ConnectorId,
        /// All points of the wire, this one where it is now.
        through: Vec<Point>,
        /// Which of them.
        number: usize,
    },
    /// Instances, frames and notes move with the pointer.
    Carrying {
        /// Which.
        cargo: Cargo,
        /// Where it began, in the world.
        from: Point,
        /// By how much so far, snapped.
        by: Point,
    },
    /// Edges of a frame or note move with the pointer.
    Resizing {
        /// Whose they are.
        subject: Subject,
        /// Which.
        edges: Edges,
        /// Where it began, in the world.
        from: Point,
        /// The box at the beginning.
        before: Rect,
        /// The box now.
        rect: Rect,
    },
    /// A wire is in hand.
    Wiring {
        /// Where it began.
        start: WireStart,
        /// How it ends.
        mode: WiringMode,
    },
    /// Something from the library is over the canvas.
    Placing(Placeable, Point),
}

/// How a wire in hand ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WiringMode {
    /// When the button is let go.
    Dragged,
    /// With the next click, Enter or C.
    TwoSteps,
}

impl CanvasState {
    /// Looks at everything, or at some instances.
    pub fn fit(&mut self, scene: &Scene, screen: Rect, instances: Option<&BTreeSet<InstanceId>>) {
        if let Some(bounds) = scene.bounds(instances) {
            self.view = Transform::fitting(bounds, screen, 72.0);
        }
    }

    /// Looks at one instance without changing the zoom, unless it is too small to read.
    pub fn reveal(&mut self, scene: &Scene, screen: Rect, instance: InstanceId) {
        if let Some(node) = scene.node(instance) {
            self.center_on(node.rect.center(), screen);
        }
    }

    /// The same for a place in the world.
    pub fn center_on(&mut self, at: Point, screen: Rect) {
        let zoom = self.view.zoom.clamp(0.8, 1.5);
        self.view = Transform {
            zoom,
            offset: screen.center() - at * zoom,
        };
    }

    /// The verdict on an end for the wire in hand.
    pub fn verdict(&self, end: &End) -> Option<&Verdict> {
        match self.gesture {
            Gesture::Wiring { .. } => self.verdicts.get(end),
            _ => None,
        }
    }

    /// The verdict on what the pointer is over, while a wire is in hand.
    pub fn hover_verdict(&self, scene: &Scene) -> Option<&Verdict> {
        let Hit::Pin(node, pin) = self.hover else {
            return None;
        };
        self.verdict(&scene.pin(node, pin)?.1.end)
    }
}
