//! The kind of a port by its shape, where no metadata says it.

use crate::component::{Port, PortItem, PortKind};
use crate::metadata::Metadata;
use crate::service::gives_stream;
use crate::types::{Function, Interface, InterfaceId, TypeKind, ValueType};

/// Sets the kind of each port: by metadata, else by shape.
pub(super) fn assign(ports: &mut [Port], metadata: &Metadata) {
    for port in ports {
        let said = metadata
            .ports
            .iter()
            .find(|entry| entry.direction == port.direction && entry.name == port.name)
            .and_then(|entry| entry.kind);
        port.kind = said.unwrap_or_else(|| of(&port.item));
    }
}

/// The kind by shape.
pub(super) fn of(item: &PortItem) -> PortKind {
    match item {
        PortItem::Function(function) => of_functions(&[function]),
        PortItem::Interface(interface) => of_interface(interface),
    }
}

fn of_interface(interface: &Interface) -> PortKind {
    if interface.id.as_ref().is_some_and(is_platform) {
        return PortKind::Platform;
    }
    if interface.functions.is_empty() {
        return PortKind::Types;
    }
    if is_mode_switch(interface) {
        return PortKind::ModeSwitch;
    }
    of_functions(&interface.functions.iter().collect::<Vec<_>>())
}

fn of_functions(functions: &[&Function]) -> PortKind {
    let all = |fits: fn(&Function) -> bool| functions.iter().all(|function| fits(function));
    if all(gives_platform_handle) {
        return PortKind::Platform;
    }
    if all(|function| function.parameters.is_empty() && function.result.is_none()) {
        return PortKind::Trigger;
    }
    if all(is_data_element) {
        return PortKind::SenderReceiver;
    }
    if functions.iter().any(|function| gives_stream(function)) {
        return PortKind::Service;
    }
    if functions
        .iter()
        .any(|function| fails_with(function, "nv-error"))
    {
        return PortKind::NvData;
    }
    PortKind::ClientServer
}

/// Interfaces that every host serves, or whose resources it does.
fn is_platform(id: &InterfaceId) -> bool {
    match id.namespace.as_str() {
        "wasi" => true,
        "autosar" => id.package == "can",
        "wireloom" => id.package == "ecu",
        _ => false,
    }
}

/// `get-i2c-bus: func() -> i2c`: the environment of the instance answers it.
fn gives_platform_handle(function: &Function) -> bool {
    match &function.result {
        Some(ValueType::Own(resource)) => {
            function.parameters.is_empty() && resource.owner.as_ref().is_some_and(is_platform)
        }
        _ => false,
    }
}

/// Takes nothing and gives `T` or `result<T, rx-error>`, at once.
fn is_data_element(function: &Function) -> bool {
    if function.is_async || !function.parameters.is_empty() {
        return false;
    }
    match function.result.as_ref().map(crate::value::resolved) {
        None => false,
        Some(ValueType::Result { ok, .. }) => ok.is_some() && fails_with(function, "rx-error"),
        Some(ValueType::Own(_) | ValueType::Borrow(_) | ValueType::Future(_)) => false,
        Some(_) => true,
    }
}

/// `current` and an enum `mode`.
fn is_mode_switch(interface: &Interface) -> bool {
    let has_mode = interface.types.iter().any(|definition| {
        definition.name == "mode" && matches!(definition.kind, TypeKind::Enum(_))
    });
    let current = interface.function("current");
    has_mode
        && current
            .is_some_and(|function| function.parameters.is_empty() && function.result.is_some())
}

/// Whether the error of its result is a type of that name (or an alias of one).
fn fails_with(function: &Function, name: &str) -> bool {
    let Some(ValueType::Result { err: Some(err), .. }) =
        function.result.as_ref().map(crate::value::resolved)
    else {
        return false;
    };
    let mut err = err.as_ref();
    while let ValueType::Named(definition) = err {
        if definition.name == name {
            return true;
        }
        let TypeKind::Alias(target) = &definition.kind else {
            return false;
        };
        err = target;
    }
    false
}
