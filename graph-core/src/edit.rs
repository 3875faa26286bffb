//! The only way to change a document: an edit, whose application returns its inverse.

mod annotations;
mod apply;
mod building;
mod buses;
mod connectors;
mod error;
mod hierarchy;
mod layout;
mod removal;
mod taken;

pub use building::Building;
pub use error::{EditError, Noun};
pub use removal::{change_bus, removal};

use crate::document::*;

/// One change. [`Edit::apply`] gives the edit that takes it back.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    InsertComponent(ComponentId, Component),
    RemoveComponent(ComponentId),
    /// Another name or source.
    ChangeComponent(ComponentId, Component),
    InsertInstance(InstanceId, Instance),
    RemoveInstance(InstanceId),
    /// Replaces the instance's properties.
    ChangeInstance(InstanceId, Instance),
    /// A port of a composition.
    InsertPort(InstanceId, DelegationPort),
    RemovePort(InstanceId),
    /// Another name; the connectors inside go with it.
    ChangePort(InstanceId, DelegationPort),
    Connect(ConnectorId, Connector),
    Disconnect(ConnectorId),
    ChangeConnector(ConnectorId, Connector),
    InsertBus(BusId, Bus),
    RemoveBus(BusId),
    ChangeBus(BusId, Bus),
    InsertEcu(EcuId, Ecu),
    RemoveEcu(EcuId),
    ChangeEcu(EcuId, Ecu),
    /// A new name; the instances of the partition go with it.
    RenamePartition(PartitionKey, String),
    InsertPdu(PduId, Pdu),
    RemovePdu(PduId),
    ChangePdu(PduId, Pdu),
    Rename(String),
    /// Which record of an import counts from now on.
    SetImported(Option<String>),
    /// `None` takes the position away.
    Move(InstanceId, Option<(f32, f32)>),
    /// The points that a wire goes through, from its source on; none: it finds its own way.
    Reroute(ConnectorId, Vec<(f32, f32)>),
    InsertFrame(FrameId, Frame),
    RemoveFrame(FrameId),
    ChangeFrame(FrameId, Frame),
    /// `None` takes the place away.
    PlaceFrame(FrameId, Option<Area>),
    InsertNote(NoteId, Note),
    RemoveNote(NoteId),
    ChangeNote(NoteId, Note),
    /// `None` takes the place away.
    PlaceNote(NoteId, Option<NotePlace>),
}
