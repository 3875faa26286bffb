//! Calibration parameters: required getters that no connector reaches and the run-time environment
//! serves, each with the value that the project gives it. Knows nothing of how they are served.

use crate::{document::*, end, library::Library, resolve};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortKind},
    metadata::{Access, ElementMetadata},
    parameter::{self, ParameterError},
    types::ValueType,
    value::Value,
};

/// A parameter of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter<'a> {
    pub instance: InstanceId,
    pub path: FunctionPath,
    /// What the getter gives, without a status.
    pub value_type: &'a ValueType,
    pub meaning: Option<&'a ElementMetadata>,
    /// The raw value in WAVE; `None`: the project has none.
    pub text: Option<&'a str>,
}

impl Parameter<'_> {
    /// As the project's instance has it: `acme:drive/gains@1.0.0#gain`.
    pub fn key(&self) -> String {
        end::function_text(&self.path)
    }

    /// The end that it is: `lamp.acme:drive/gains@1.0.0#gain`.
    pub fn end(&self) -> End {
        End::Element {
            instance: self.instance,
            function: self.path.clone(),
        }
    }

    /// Whether it may change while the system runs (AUTOSAR: swCalibrationAccess).
    pub fn access(&self) -> Access {
        let calibration = self
            .meaning
            .and_then(|meaning| meaning.calibration.as_ref());
        calibration.map(|one| one.access).unwrap_or_default()
    }

    /// The value of the project.
    pub fn value(&self) -> Option<Result<Value, ParameterError>> {
        let text = self.text?;
        Some(parameter::raw(self.value_type, self.meaning, text))
    }
}

/// All parameters, by instance and port.
pub fn parameters<'a>(document: &'a Document, library: &'a Library) -> Vec<Parameter<'a>> {
    let mut found = Vec::new();
    for (id, instance) in &document.instances {
        let Some(component) = resolve::component_type(document, library, *id) else {
            continue;
        };
        for port in &component.ports {
            let is_connected = || {
                let mut connectors = document.connectors.values();
                connectors
                    .any(|one| one.to.instance() == Some(*id) && one.to.port() == Some(&port.name))
            };
            if is_served(instance, port) && !is_connected() {
                found.extend(of_port(*id, instance, component, port));
            }
        }
    }
    found
}

/// Whether the run-time environment serves the port, if no connector does: the component says that
/// it has parameters, or the project gives values for it.
pub fn is_served(instance: &Instance, port: &Port) -> bool {
    if port.direction != Direction::Required {
        return false;
    }
    let functions = resolve::functions(port);
    let are_getters = || {
        let mut functions = functions.iter();
        functions.all(|function| resolve::why_no_element(function).is_none())
    };
    // Most instances have no values: this is asked of every port after every edit.
    let has_values = || {
        let path = |function| end::function_text(&resolve::path_of(port, function));
        let given = &instance.parameters;
        !given.is_empty() && functions.iter().any(|one| given.contains_key(&path(one)))
    };
    match port.kind {
        PortKind::Parameter => !functions.is_empty() && are_getters(),
        PortKind::SenderReceiver => has_values() && are_getters(),
        _ => false,
    }
}

fn of_port<'a>(
    id: InstanceId,
    instance: &'a Instance,
    component: &'a ComponentType,
    port: &'a Port,
) -> Vec<Parameter<'a>> {
    let described = component.metadata.ports.iter();
    let mut described =
        described.filter(|known| known.direction == port.direction && known.name == port.name);
    let elements = described.next().map(|known| &known.elements);
    let functions = resolve::functions(port).iter();
    let parameter = |function: &'a autosar_wit::types::Function| {
        let whole = function.result.as_ref()?;
        let path = resolve::path_of(port, function);
        Some(Parameter {
            instance: id,
            value_type: rte::element_value(whole).unwrap_or(whole),
            meaning: elements.and_then(|elements| elements.get(&function.name)),
            text: instance
                .parameters
                .get(&end::function_text(&path))
                .map(String::as_str),
            path,
        })
    };
    functions.filter_map(parameter).collect()
}
