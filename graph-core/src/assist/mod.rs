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
    check::{WireVerdict, wire},
    document::{Connector, Document, End},
    library::Library,
};

/// The connector that a wire becomes, if the rules take it.
fn connector(document: &Document, library: &Library, from: &End, to: &End) -> Option<Connector> {
    match wire(document, library, from, to) {
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
