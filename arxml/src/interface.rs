//! Port interfaces as WIT: one kind a file. Knows types; knows nothing of who has a port of it.

mod client_server;
mod mode_switch;
mod nv_data;
mod parameter;
mod sender_receiver;
mod trigger;

pub(crate) use mode_switch::mode_label;

use crate::{
    reader::Reader,
    scope::Scope,
    tree::{docs, path, short_name},
    types::DataType,
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    component::PortKind,
    metadata::ElementMetadata,
    types::{Function, FunctionKind, Interface, InterfaceId, TypeDefinition, ValueType},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// A port interface (AUTOSAR: PortInterface).
#[derive(Debug, Clone)]
pub(crate) struct PortInterface {
    pub(crate) id: InterfaceId,
    pub(crate) kind: PortKind,
    pub(crate) interface: Interface,
    /// Functions by path of the data element, operation or trigger.
    pub(crate) functions: BTreeMap<String, String>,
    /// What is known of the elements, by path in the interface.
    pub(crate) meanings: BTreeMap<String, ElementMetadata>,
    /// Longest list or string, by function.
    pub(crate) longest: BTreeMap<String, u32>,
}

/// The kind that an element is.
pub(crate) fn kind(name: ElementName) -> Option<PortKind> {
    Some(match name {
        ElementName::SenderReceiverInterface => PortKind::SenderReceiver,
        ElementName::ClientServerInterface => PortKind::ClientServer,
        ElementName::ModeSwitchInterface => PortKind::ModeSwitch,
        ElementName::ParameterInterface => PortKind::Parameter,
        ElementName::NvDataInterface => PortKind::NvData,
        ElementName::TriggerInterface => PortKind::Trigger,
        _ => return None,
    })
}

pub(crate) fn read(reader: &mut Reader, element: &Element) -> Option<PortInterface> {
    let kind = kind(element.element_name())?;
    let id = reader.packages.interface(element, &short_name(element));
    let mut draft = Draft::new(id);
    match kind {
        PortKind::SenderReceiver => sender_receiver::fill(reader, element, &mut draft),
        PortKind::ClientServer => client_server::fill(reader, element, &mut draft),
        PortKind::ModeSwitch => mode_switch::fill(reader, element, &mut draft),
        PortKind::Parameter => parameter::fill(reader, element, &mut draft),
        PortKind::NvData => nv_data::fill(reader, element, &mut draft),
        PortKind::Trigger => trigger::fill(reader, element, &mut draft),
        // Services are of the adaptive platform, whose descriptions are others.
        PortKind::Service | PortKind::Types | PortKind::Platform => return None,
    }
    Some(draft.finished(element, kind))
}

/// An interface in the making.
struct Draft {
    scope: Scope,
    functions: Vec<Function>,
    by_path: BTreeMap<String, String>,
    meanings: BTreeMap<String, ElementMetadata>,
    longest: BTreeMap<String, u32>,
}

impl Draft {
    fn new(id: InterfaceId) -> Draft {
        Draft {
            scope: Scope::new(id),
            functions: Vec::new(),
            by_path: BTreeMap::new(),
            meanings: BTreeMap::new(),
            longest: BTreeMap::new(),
        }
    }

    /// The label of an element's function. Given before types are taken over: what people call is
    /// to keep its name.
    fn name(&mut self, element: &Element) -> String {
        let label = self.scope.label(&short_name(element));
        self.by_path.insert(path(element), label.clone());
        label
    }

    fn function(
        &mut self,
        name: String,
        parameters: Vec<(String, ValueType)>,
        result: Option<ValueType>,
        docs: Vec<String>,
    ) {
        self.functions.push(Function {
            name,
            kind: FunctionKind::Free,
            parameters,
            result,
            is_async: false,
            docs: docs.join("\n"),
        });
    }

    /// What is known of a value at a place of the interface: `speed`, `step(input)`.
    fn meaning(&mut self, function: &str, place: Place<'_>, data: DataType, autosar_name: &str) {
        let longest = self.longest.entry(function.to_owned()).or_default();
        *longest = data.longest.max(*longest);
        for (path, meaning) in data.called(autosar_name) {
            let key = match place {
                Place::Result => format!("{function}{path}"),
                Place::Field(field) => format!("{function}.{field}{path}"),
                Place::Parameter(parameter) => format!("{function}({parameter}{path})"),
            };
            self.meanings.insert(key, meaning);
        }
    }

    fn finished(self, element: &Element, kind: PortKind) -> PortInterface {
        let mut lines = docs(element);
        lines.push(format!("AUTOSAR: `{}`", path(element)));
        PortInterface {
            id: self.scope.id.clone(),
            kind,
            interface: Interface {
                id: Some(self.scope.id),
                functions: self.functions,
                types: self.scope.types,
                docs: lines.join("\n"),
            },
            functions: self.by_path,
            meanings: self.meanings,
            longest: self.longest,
        }
    }
}

#[derive(Clone, Copy)]
enum Place<'a> {
    Result,
    Field(&'a str),
    Parameter(&'a str),
}

/// Elements with the functions that stand for them: a function each, its types taken over later.
fn data_elements(
    reader: &mut Reader,
    draft: &mut Draft,
    elements: &[Element],
) -> Vec<(Element, String, DataType)> {
    let named: Vec<(Element, String)> = elements
        .iter()
        .map(|element| (element.clone(), draft.name(element)))
        .collect();
    let mut found = Vec::new();
    for (element, name) in named {
        match crate::types::referred(reader, &element, ElementName::TypeTref) {
            Some(data) => found.push((element, name, data)),
            None => {
                draft.by_path.remove(&path(&element));
                reader.unmapped(
                    &element,
                    "left out, since its type has no counterpart in WIT",
                );
            }
        }
    }
    found
}

/// `autosar:rte/types.{rx-error}`: what a receiver learns instead of a value.
fn rx_error(scope: &mut Scope) -> ValueType {
    static RX_ERROR: LazyLock<Option<Arc<TypeDefinition>>> = LazyLock::new(|| {
        let package = autosar_wit::packages::AUTOSAR_RTE;
        let packages = autosar_wit::read::wit_packages(&[(package.path, package.text)]).ok()?;
        let mut types = packages
            .iter()
            .flat_map(|package| &package.interfaces)
            .flat_map(|interface| &interface.types);
        types.find(|found| found.name == "rx-error").cloned()
    });
    match RX_ERROR.as_ref() {
        Some(definition) => scope.take(&ValueType::Named(definition.clone())),
        // The text is part of the program: a test reads it.
        None => ValueType::U8,
    }
}

fn result(ok: Option<ValueType>, err: ValueType) -> ValueType {
    ValueType::Result {
        ok: ok.map(Box::new),
        err: Some(Box::new(err)),
    }
}
