//! The other side of a device that is on a CAN bus too: what it asks of its controller there, and
//! what it is told. Knows no device and no bus.

use crate::can::{Attempts, ErrorState, Frame, Mode, SetbackCause};

/// What a device asks of its controller on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeOrder {
    /// From now on it takes part this way.
    Mode(Mode),
    /// It forgets errors and frames.
    Reset,
    /// Of the frames that wait, the one with the lowest token goes first.
    Send {
        token: u64,
        frame: Frame,
        attempts: Attempts,
    },
    /// The frame is taken back; if it is on the bus, it is not tried again.
    GiveUp { token: u64 },
    /// Nothing of the bus: [`CanNode::wake`] is to be called then.
    Wake,
}

/// How its controller stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeStatus {
    /// TEC.
    pub transmit_errors: u32,
    /// REC.
    pub receive_errors: u32,
    pub state: ErrorState,
}

/// A device as its CAN bus sees it. Its times may lie before those of the device's other side: what
/// a driver does later in its activation has happened already.
pub trait CanNode {
    /// It is on a bus of that rate.
    fn join(&mut self, bitrate_bps: u32);

    /// What it has asked for since the last call, each at its instant.
    fn take_orders(&mut self) -> Vec<(u64, NodeOrder)>;

    /// The instant of [`NodeOrder::Wake`].
    fn wake(&mut self, at_ns: u64);

    /// A frame has reached its end.
    fn received(&mut self, at_ns: u64, frame: &Frame);

    /// The frame is out.
    fn sent(&mut self, at_ns: u64, token: u64);

    /// The frame was taken back before it went out.
    fn withdrawn(&mut self, at_ns: u64, token: u64);

    /// The frame has not gone out this time.
    fn set_back(&mut self, at_ns: u64, token: u64, cause: SetbackCause, is_given_up: bool);

    /// An error frame was on the bus.
    fn disturbed(&mut self, at_ns: u64);

    /// After anything that happened on the bus, whoever took part.
    fn observe(&mut self, at_ns: u64, status: NodeStatus);

    /// Whether its interrupt output is active (low).
    fn is_interrupting(&self) -> bool;
}
