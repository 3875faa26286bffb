//! Calibration parameters as the window shows them, and their values while a system runs.

use autosar_wit::{
    metadata::{Access, ElementMetadata},
    types::ValueType,
};
use graph_core::{
    document::{Document, InstanceId},
    end,
    library::Library,
    parameters::{Parameter, parameters},
};

/// A parameter of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterView {
    pub instance: InstanceId,
    /// `controller.gains.gain`
    pub name: String,
    /// By which the instance's value stands in the project.
    pub key: String,
    /// By which it is set while the system runs.
    pub element: String,
    pub value_type: ValueType,
    pub meaning: Option<ElementMetadata>,
    pub access: Access,
    /// Raw, in WAVE; `None`: the project has none.
    pub text: Option<String>,
}

/// All parameters of a document.
pub fn parameter_views(document: &Document, library: &Library) -> Vec<ParameterView> {
    let all = parameters(document, library);
    let view = |one: &Parameter<'_>| ParameterView {
        instance: one.instance,
        name: parameter_name(document, one),
        key: one.key(),
        element: end::text(document, &one.end()),
        value_type: one.value_type.clone(),
        meaning: one.meaning.cloned(),
        access: one.access(),
        text: one.text.map(str::to_owned),
    };
    all.iter().map(view).collect()
}

/// `controller.gains.gain`
pub fn parameter_name(document: &Document, parameter: &Parameter<'_>) -> String {
    let instance = document.instances.get(&parameter.instance);
    let instance = instance.map_or("?", |instance| &instance.name);
    let port = crate::canvas::names::port_label(&parameter.path.port);
    let function = parameter.path.function.as_deref().unwrap_or(&port);
    format!("{instance}.{port}.{function}")
}
