//! Which functions of a component are runnables, and what starts them by default. A data element's
//! getter is none; a server's function is one only if metadata says so.

use crate::{document::*, end, resolve};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortKind},
    types::{Function, FunctionKind},
};
use rte::Handle;

/// The period of `step` that a new instance gets.
pub const DEFAULT_PERIOD_NS: u64 = 10_000_000;

/// A function that the run-time environment can start.
#[derive(Debug, Clone, PartialEq)]
pub struct Runnable<'a> {
    pub path: FunctionPath,
    pub function: &'a Function,
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Called `initialize` or `init`: once at the start.
    Initialize,
    /// Does the work: `func()`, or inputs to outputs.
    Step,
    /// Called `terminate`: at the end; nothing starts it yet.
    Terminate,
}

/// The runnables of a component in the order of its ports. A function is one if metadata says so,
/// if it takes and gives nothing, if it takes a handle of a bus, device or pin, or if it is called `initialize`,
/// `init`, `step` or `terminate`.
pub fn of(component: &ComponentType) -> Vec<Runnable<'_>> {
    let provided = component
        .ports
        .iter()
        .filter(|port| port.direction == Direction::Provided);
    provided.flat_map(|port| in_port(component, port)).collect()
}

/// What an instance gets when it is new: `initialize` at the start, steps every 10 ms.
pub fn suggested_activations(component: &ComponentType) -> Vec<Activation> {
    of(component).iter().filter_map(suggested).collect()
}

/// The activation that suits a runnable; none for `terminate`.
pub fn suggested(runnable: &Runnable) -> Option<Activation> {
    let event = match runnable.role {
        Role::Initialize => RteEvent::Init,
        Role::Step => RteEvent::Timing {
            period_ns: DEFAULT_PERIOD_NS,
            offset_ns: 0,
        },
        Role::Terminate => return None,
    };
    Some(Activation {
        runnable: runnable.path.clone(),
        event,
        priority: 1,
        task: None,
        disabled_in: Default::default(),
    })
}

/// Parameters through which a function gets a bus, an SPI device or a pin.
pub fn handle_parameters(function: &Function) -> impl Iterator<Item = (&str, Handle)> {
    function
        .parameters
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), Handle::of(value)?)))
}

/// What a required function hands out: `get-i2c-bus: func() -> i2c`.
pub fn gives_handle(function: &Function) -> Option<Handle> {
    let result = function.result.as_ref();
    result
        .filter(|_| function.parameters.is_empty())
        .and_then(Handle::of)
}

/// The key of an instance's bindings for a parameter: `init(bus)` of a root function,
/// `acme:heat/driver@0.1.0#init(bus)` of one in an interface.
pub fn binding_key(path: &FunctionPath, parameter: &str) -> String {
    format!("{}({parameter})", end::function_text(path))
}

/// The same without the interface, which people may write as well: `init(bus)`.
pub fn short_binding_key(path: &FunctionPath, parameter: &str) -> String {
    format!(
        "{}({parameter})",
        path.function.as_ref().unwrap_or(&path.port)
    )
}

fn in_port<'a>(component: &'a ComponentType, port: &'a Port) -> Vec<Runnable<'a>> {
    let data = matches!(
        port.kind,
        PortKind::SenderReceiver
            | PortKind::Platform
            | PortKind::Types
            | PortKind::ModeSwitch
            | PortKind::Service
    );
    let fits = |(path, function): &(FunctionPath, &Function)| {
        let said = component
            .metadata
            .runnables
            .contains_key(&end::function_text(path));
        said || (!data && function.kind == FunctionKind::Free && has_shape(function))
    };
    resolve::functions(port)
        .iter()
        .map(|function| (resolve::path_of(port, function), function))
        .filter(fits)
        .map(|(path, function)| Runnable {
            path,
            function,
            role: role(function),
        })
        .collect()
}

fn has_shape(function: &Function) -> bool {
    let named = matches!(
        function.name.as_str(),
        "initialize" | "init" | "step" | "terminate"
    );
    let plain = function.parameters.is_empty() && function.result.is_none();
    let takes_handles = || handle_parameters(function).next().is_some();
    plain || (!function.is_async && (named || takes_handles()))
}

fn role(function: &Function) -> Role {
    match function.name.as_str() {
        "initialize" | "init" => Role::Initialize,
        "terminate" => Role::Terminate,
        _ => Role::Step,
    }
}
