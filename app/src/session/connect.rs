//! From two ends to a connector: the kind that suits them, or the reason why none does.

use graph_core::{
    check::{self, Sheet, WireVerdict},
    document::{Connector, End},
};

/// The connector that a wire between these ends becomes.
pub(super) fn connector_for(sheet: &Sheet, from: End, to: End) -> Result<Connector, String> {
    match check::wire(sheet, &from, &to) {
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
