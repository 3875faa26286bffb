//! The adapter on a connector: its mapping held against the ports at both ends, with what the
//! metadata say of their elements. Judges no connector and generates nothing.

use crate::{
    document::{Connector, ConnectorKind, Document, End},
    library::Library,
    resolve::component_type,
};
use autosar_wit::{
    component::{ComponentType, Direction, Port},
    mapping::{self, Mapping, MappingProblem, Resolution, Side, Way},
};

/// What a mapping would lead between.
#[derive(Debug, Clone)]
pub struct Ports<'a> {
    pub required: Side<'a>,
    pub provided: Side<'a>,
    pub way: Way,
}

/// The ports at the ends of a connector; `None`: an end is no whole port, or means nothing.
pub fn ports<'a>(
    document: &Document,
    library: &'a Library,
    connector: &Connector,
) -> Option<Ports<'a>> {
    let port = |end: &End, direction| {
        let End::Port { instance, port } = end else {
            return None;
        };
        let component = component_type(document, library, *instance)?;
        Some((component, component.port(direction, port)?))
    };
    let (provider, provided) = port(&connector.from, Direction::Provided)?;
    let (requirer, required) = port(&connector.to, Direction::Required)?;
    Some(Ports {
        required: side(requirer, required),
        provided: side(provider, provided),
        way: way(&connector.kind),
    })
}

/// A port with what its component says of it.
pub(crate) fn side<'a>(component: &'a ComponentType, port: &'a Port) -> Side<'a> {
    Side {
        item: &port.item,
        elements: component.elements(port),
    }
}

/// How values go through the adapter.
pub(crate) fn way(kind: &ConnectorKind) -> Way {
    match kind {
        ConnectorKind::Direct => Way::Direct,
        ConnectorKind::Buffered(_) => Way::Buffered,
    }
}

impl Ports<'_> {
    /// What that mapping means for them.
    pub fn resolve(&self, mapping: &Mapping) -> Resolution {
        let mut found = mapping::resolve(&self.required, &self.provided, self.way, mapping);
        if let Ok(adaptation) = &found.adaptation
            && let Err(error) = rte::adapter(adaptation)
        {
            found.adaptation = Err(vec![ungenerable(&error)]);
        }
        found
    }

    /// A mapping that leads from one to the other, with what is kept of that one; what is guessed
    /// in it is to be confirmed.
    ///
    /// # Errors
    /// Where none does: every reason.
    pub fn propose(&self, kept: &Mapping) -> Result<Mapping, Vec<MappingProblem>> {
        let mapping = mapping::propose(&self.required, &self.provided, self.way, kept)?;
        self.resolve(&mapping).adaptation.map(|_| mapping)
    }

    /// Elements whose units differ: ``get is given in `m/s` and needed in `km/h` ``. Differences of
    /// types aside.
    pub fn units(&self) -> Vec<MappingProblem> {
        if self.required.elements.is_empty() || self.provided.elements.is_empty() {
            return Vec::new();
        }
        let problems = self.resolve(&Mapping::default()).adaptation.err();
        let is_of_units = |problem: &MappingProblem| {
            matches!(
                problem.problem,
                mapping::Problem::Units { .. } | mapping::Problem::Dimensions { .. }
            )
        };
        problems.into_iter().flatten().filter(is_of_units).collect()
    }
}

/// Types in two forms, or lists that take too much at their bound.
fn ungenerable(error: &rte::GenerateError) -> MappingProblem {
    MappingProblem {
        place: String::new(),
        problem: mapping::Problem::Glue {
            reason: error.to_string(),
        },
        proposal: None,
    }
}
