//! From two ends to a connector: the kind that suits them, or the reason why none does.

use graph_core::{
    check::{self, WireVerdict},
    document::{Connector, Document, End},
    library::Library,
};

/// The connector that a wire between these ends becomes.
pub(super) fn connector_for(
    document: &Document,
    library: &Library,
    from: End,
    to: End,
) -> Result<Connector, String> {
    match check::wire(document, library, &from, &to) {
        WireVerdict::Fits { kind, .. } => Ok(Connector {
            from,
            to,
            kind,
            accept_version: false,
            probe: false,
            adapter: None,
        }),
        WireVerdict::Adaptable { reasons, .. } | WireVerdict::Refused { reasons } => {
            Err(reasons.join("; "))
        }
    }
}
