//! The physical meaning of what is at an end of a connector, as the component's metadata say it.
//! Judges no connector.

use crate::{document::*, library::Library, resolve};
use autosar_wit::{
    component::Direction,
    metadata::ElementMetadata,
    units::{Relation, relation},
};

/// Unit, dimension and scaling of a data element, a runnable's result or parameter, or a field of
/// them. `None`: the metadata say nothing; of a whole port and of signals they never do.
pub fn element<'a>(
    document: &Document,
    library: &'a Library,
    end: &End,
) -> Option<&'a ElementMetadata> {
    let (function, path) = match end {
        End::Port { .. } | End::Signal { .. } => return None,
        End::Element { function, .. } => (function, name(function).to_owned()),
        End::Result {
            function, fields, ..
        } => {
            let path: Vec<&str> = std::iter::once(name(function))
                .chain(fields.iter().map(String::as_str))
                .collect();
            (function, path.join("."))
        }
        End::Parameter {
            function,
            parameter,
            fields,
            ..
        } => {
            let path: Vec<&str> = std::iter::once(parameter)
                .chain(fields)
                .map(String::as_str)
                .collect();
            (function, format!("{}({})", name(function), path.join(".")))
        }
    };
    let component = resolve::component_type(document, library, end.instance()?)?;
    // Runnables are provided; a data element is what it is at either side.
    [Direction::Provided, Direction::Required]
        .into_iter()
        .flat_map(|direction| {
            let ports = component.metadata.ports.iter();
            ports.filter(move |port| port.direction == direction && port.name == function.port)
        })
        .find_map(|port| port.elements.get(&path))
}

/// The meaning of a signal, from the description of its bus.
pub(crate) fn signal(library: &Library, end: &End) -> Option<ElementMetadata> {
    let End::Signal {
        bus,
        message,
        signal,
    } = end
    else {
        return None;
    };
    let database = library.descriptions.get(bus)?;
    let signal = database.message_by_name(message)?.signal(signal)?;
    Some(ElementMetadata {
        unit: (!signal.unit.is_empty()).then(|| signal.unit.clone()),
        ..ElementMetadata::default()
    })
}

/// How the physical value of a signal becomes what the element at the other end carries.
pub(crate) fn to_element(
    document: &Document,
    library: &Library,
    signal_end: &End,
    element_end: &End,
) -> Option<Relation> {
    let given = signal(library, signal_end)?;
    let needed = element(document, library, element_end)?;
    Some(relation(Some(needed), Some(&given)))
}

/// A root function is named by its port.
fn name(function: &FunctionPath) -> &str {
    function.function.as_deref().unwrap_or(&function.port)
}
