//! What the studio proposes while a system is wired: components that take a loose wire, an instance
//! spliced into a wire or taken out of it, another component in the place of one, the same built
//! anew, a selection connected at once. Each asks the rules what a wire would be in a document as it would be then.
//! Changes nothing: what is proposed is edits or connectors.

mod auto_connect;
mod impact;
mod offer;
mod splice;
mod swap;

pub use auto_connect::{Ambiguity, AutoConnection, auto_connect, open_ports};
pub use impact::{Impact, Move, PortChange, impact};
pub use offer::{Offer, offers};
pub use splice::{Splice, heal, splice};
pub use swap::{Swap, swap};

use crate::{
    check::{Sheet, Side, WireVerdict, wire},
    document::{Connector, End},
    resolve,
};
use autosar_wit::{
    component::{Direction, PortItem},
    types::InterfaceId,
};

/// Whether the ports at two ends, the first of them on that side of a wire, have one interface. A port
/// of a composition has a name of its own, so what counts is its type.
fn is_same_interface(sheet: &Sheet, start: &End, side: Side, end: &End) -> bool {
    let (here, there) = match side {
        Side::Source => (Direction::Provided, Direction::Required),
        Side::Target => (Direction::Required, Direction::Provided),
    };
    match (interface(sheet, start, here), interface(sheet, end, there)) {
        (Some(here), Some(there)) => here == there,
        _ => start.port().is_some() && start.port() == end.port(),
    }
}

fn interface<'a>(sheet: &Sheet<'a>, end: &End, direction: Direction) -> Option<&'a InterfaceId> {
    let component = resolve::component_type(sheet.document, sheet.library, end.instance()?)?;
    match &component.port(direction, end.port()?)?.item {
        PortItem::Interface(interface) => interface.id.as_ref(),
        PortItem::Function(_) => None,
    }
}

/// The connector that a wire becomes, if the rules take it.
fn connector(sheet: &Sheet, from: &End, to: &End) -> Option<Connector> {
    match wire(sheet, from, to) {
        WireVerdict::Fits { kind, .. } => Some(Connector {
            from: from.clone(),
            to: to.clone(),
            kind,
            accept_version: false,
            probe: false,
            adapter: None,
        }),
        WireVerdict::Adaptable { .. } | WireVerdict::Refused { .. } => None,
    }
}
