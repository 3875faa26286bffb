//! Stands in for parts of graph-core that are still being built; goes with them.

pub(super) mod check {
    use graph_core::{diagnostic::Diagnostic, document::*, library::Library};
    pub(crate) enum WireVerdict {
        Fits { kind: ConnectorKind },
        Refused { reasons: Vec<String> },
    }
    pub(crate) fn check(_: &Document, _: &Library) -> Vec<Diagnostic> {
        Vec::new()
    }
    pub(crate) fn wire(_: &Document, _: &Library, _: &End, _: &End) -> WireVerdict {
        match true {
            true => WireVerdict::Fits {
                kind: ConnectorKind::Direct,
            },
            false => WireVerdict::Refused {
                reasons: Vec::new(),
            },
        }
    }
}
pub(super) mod layout {
    use graph_core::{document::*, library::Library};
    pub(crate) fn arrange(_: &Document, _: &Library) -> Vec<(InstanceId, (f32, f32))> {
        Vec::new()
    }
}
pub(super) mod runnable {
    use autosar_wit::component::ComponentType;
    use graph_core::document::Activation;
    pub(crate) fn suggested_activations(_: &ComponentType) -> Vec<Activation> {
        Vec::new()
    }
}
