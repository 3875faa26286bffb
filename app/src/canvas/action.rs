//! What goes into the canvas (events, verdicts) and what comes out (actions), as plain data.
//! Knows nothing of who sends and who obeys.

use super::{
    annotation::Cargo,
    geometry::{Point, Rect},
};
use autosar_wit::component::Direction;
use graph_core::document::{ConnectorId, End, InstanceId, Subject};
use std::collections::BTreeMap;

/// Something that the user did; places are on the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum CanvasEvent {
    /// The pointer is here now.
    Move(Point),
    /// A button went down.
    Press(Point, Button, Modifiers),
    /// A button went up.
    Release(Point, Button, Modifiers),
    /// Two clicks of the first button.
    DoubleClick(Point),
    /// The view moves by this.
    Pan(Point),
    /// The view grows by this factor about this place.
    Zoom(Point, f32),
    /// A key.
    Key(CanvasKey),
    /// Enter, C or a screen reader's click on a pin: first or second step of connecting.
    Activate {
        /// Number of the node in the scene.
        node: usize,
        /// Number of the pin in the node.
        pin: usize,
    },
    /// Something from the library is held over the canvas.
    Hold(Placeable, Point),
    /// It was let go over the canvas.
    Drop(Placeable, Point),
    /// What was held left the canvas.
    Leave,
}

/// Buttons of the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// Selects, moves, wires.
    Primary,
    /// Pans.
    Middle,
    /// Opens the menu.
    Secondary,
}

/// Keys that are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modifiers {
    /// Ctrl, on a Mac Command: adds and takes away.
    pub command: bool,
    /// Adds.
    pub shift: bool,
    /// Pans.
    pub space: bool,
}

/// Keys that the canvas itself understands; all others are commands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CanvasKey {
    /// Ends the gesture, then clears the selection.
    Escape,
    /// Takes away the reroute point that was clicked.
    Delete,
    /// Moves what is selected by steps of the grid.
    Nudge {
        /// To the right.
        right: i8,
        /// Downwards.
        down: i8,
    },
}

/// What can be dragged in from the library: a component, by its name there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Placeable(pub String);

/// What the owner of the document shall do. One action is one step of undo.
#[derive(Debug, Clone, PartialEq)]
pub enum CanvasAction {
    /// The selection is now this.
    Select(Vec<Subject>),
    /// These leave the selection if they are in it, and join it otherwise.
    Toggle(Vec<Subject>),
    /// These join the selection.
    Extend(Vec<Subject>),
    /// Moves instances in the world.
    Move {
        /// Which.
        instances: Vec<InstanceId>,
        /// By how much.
        by: Point,
    },
    /// A wire begins: the canvas needs verdicts for it.
    BeginWire(WireStart),
    /// Connects a source with a target.
    Connect {
        /// The source.
        from: End,
        /// The target.
        to: End,
    },
    /// The ends do not fit, and an adapter between them would do: to be looked at.
    Adapt {
        /// The source.
        from: End,
        /// The target.
        to: End,
    },
    /// The user tried something that can not be; the reason is for him.
    Refuse(String),
    /// A new instance with its upper left corner there, in the world.
    Insert(Placeable, Point),
    /// The same, into a wire.
    InsertOnWire(Placeable, Point, ConnectorId),
    /// An instance without wires was let go over one: by how much it was moved, and into which.
    Splice(InstanceId, Point, ConnectorId),
    /// A wire was let go over nothing, there in the world: what could take it?
    Offer(WireStart, Point),
    /// A wire was let go outside the boundary, there in the world: a port of the composition.
    Delegate(WireStart, Point),
    /// A wire goes through these points now.
    Reroute(ConnectorId, Vec<Point>),
    /// Moves instances, frames and notes in the world.
    Carry(Cargo, Point),
    /// A frame or note has these edges now.
    Resize(Subject, Rect),
    /// Shows or hides the elements of a port.
    Fold(InstanceId, Direction, String),
    /// Escape with nothing in hand and nothing selected.
    Leave,
    /// The user wants to see more of this.
    Open(Subject),
}

/// The end that a wire was begun at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireStart {
    /// Which end.
    pub end: End,
    /// Whether it is the wire's source or its target.
    pub role: Role,
}

/// The two ends of a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Gives.
    Source,
    /// Takes.
    Target,
}

/// Whether a wire may go to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may; in words what comes of it, may be empty.
    Fits(String),
    /// It may with an adapter between; how the ends differ.
    Adaptable(String),
    /// It may not, and why.
    Refused(String),
}

/// Verdicts on all ends of the other role.
pub type Verdicts = BTreeMap<End, Verdict>;
