//! A stub stands in for a component that does not exist yet: it has the type's ports, and every
//! function that it exports gives the default of its type: zero, empty, none, the first case.
//! Knows nothing of what the component will do; whoever shows it must say that it is a stub.

use crate::{
    code::{Body, Module, lower},
    layout::{flat, handle, size},
    plan::{FunctionRef, GenerateError, PortPlan},
    store::functions,
    synthesis::World,
};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem, PortKind},
    types::{Function, FunctionKind},
};
use wasm_encoder::{Instruction, ValType};

const FLAT_PARAMETERS: usize = 16;

/// A component of that type, except that what the platform would serve is not imported.
///
/// # Errors
/// Where the type exports resources or asynchronous functions.
pub fn stub(component: &ComponentType) -> Result<Vec<u8>, GenerateError> {
    let (mut module, mut world) = (Module::new(), World::default());
    for port in &component.ports {
        let plan = PortPlan {
            name: port.name.clone(),
            item: port.item.clone(),
        };
        match port.direction {
            Direction::Required if is_served_by_platform(port) => {}
            Direction::Required => {
                for (reference, function) in functions("stub", &plan) {
                    declare(&mut module, &reference, function);
                }
                world.import(&port.name, port.item.clone(), &component.name);
            }
            Direction::Provided => {
                for (reference, function) in functions("stub", &plan) {
                    default(&mut module, &reference, function)?;
                }
                world.export(&port.name, port.item.clone(), &component.name);
            }
        }
    }
    module.export_realloc();
    world.component(module.finish())
}

fn is_served_by_platform(port: &Port) -> bool {
    let has_methods = match &port.item {
        PortItem::Interface(interface) => interface
            .functions
            .iter()
            .any(|function| function.kind != FunctionKind::Free),
        PortItem::Function(_) => false,
    };
    has_methods || matches!(port.kind, PortKind::Platform | PortKind::Types)
}

/// Core parameters and results as the Canonical ABI gives them, and whether the result goes
/// through memory.
pub(crate) fn signature(function: &Function) -> (Vec<ValType>, Vec<ValType>, bool) {
    let mut parameters: Vec<ValType> = function
        .parameters
        .iter()
        .flat_map(|(_, value)| flat(value))
        .collect();
    if parameters.len() > FLAT_PARAMETERS {
        parameters = vec![ValType::I32];
    }
    let results = function.result.as_ref().map(flat).unwrap_or_default();
    match results.len() {
        0 | 1 => (parameters, results, false),
        _ => (parameters, Vec::new(), true),
    }
}

/// Importing a function keeps it in the component's type.
fn declare(module: &mut Module, reference: &FunctionRef, function: &Function) {
    let (mut parameters, results, by_memory) = signature(function);
    if by_memory {
        parameters.push(ValType::I32);
    }
    match &reference.function {
        Some(name) => module.import(&reference.port, name, &parameters, &results),
        None => module.import("$root", &reference.port, &parameters, &results),
    };
}

fn default(
    module: &mut Module,
    reference: &FunctionRef,
    function: &Function,
) -> Result<(), GenerateError> {
    let place = reference.to_string();
    if function.is_async {
        return Err(GenerateError::Asynchronous { place });
    }
    if function.kind != FunctionKind::Free {
        return Err(GenerateError::StubMethod { place });
    }
    let (parameters, mut results, by_memory) = signature(function);
    if by_memory {
        results = vec![ValType::I32];
    }
    let mut body = Body::new(parameters.len());
    if let Some(result) = &function.result {
        let image = module.place(size(result), 8);
        let base = body.local(ValType::I32);
        body.i32(image);
        match (handle(result), by_memory) {
            // There is no default handle.
            (Some(_), _) => {
                body.op(Instruction::Unreachable);
            }
            (None, true) => {}
            (None, false) => {
                body.set(base);
                lower(&mut body, result, base, 0);
            }
        }
    }
    let callee = module.declare(&parameters, &results);
    module.define(callee, body);
    match &reference.function {
        Some(name) => module.export(format!("{}#{name}", reference.port), callee),
        None => module.export(&reference.port, callee),
    }
    Ok(())
}
