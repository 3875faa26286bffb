//! What an instance imports from the platform, bound to what is its own: root functions that give
//! a bus, an SPI device or a pin, and `wasi:cli/environment`.
//! Knows nothing of the instance but the names of these imports.

use crate::{
    code::{Body, Module},
    ecu,
    plan::{EnvironmentPlan, GenerateError},
    synthesis::{World, delay},
};
use autosar_wit::{
    component::PortItem,
    types::{Function, FunctionKind, Interface, InterfaceId, ResourceType, ValueType},
};
use std::collections::BTreeMap;
use wasm_encoder::ValType;

/// A component that exports what the plan names.
///
/// # Errors
/// Where the name of the environment interface is none.
pub fn environment(plan: &EnvironmentPlan) -> Result<Vec<u8>, GenerateError> {
    let (mut module, mut world) = (Module::new(), World::default());
    for (export, (handle, name)) in &plan.handles {
        let text = module.place_data(name.as_bytes(), 1);
        let open = ecu::open(&mut module, *handle);
        let mut body = Body::new(0);
        body.i32(text).i32(name.len() as u32).call(open);
        opener(&mut module, &mut world, export, body, handle.resource());
    }
    for export in &plan.delays {
        let open = ecu::open_delay(&mut module);
        let mut body = Body::new(0);
        body.call(open);
        opener(&mut module, &mut world, export, body, delay());
    }
    if let Some(name) = &plan.environment {
        variables(&mut module, &mut world, name, &plan.variables)?;
    }
    world.glue(module.finish())
}

fn opener(
    module: &mut Module,
    world: &mut World,
    export: &str,
    body: Body,
    resource: ResourceType,
) {
    let function = module.declare(&[], &[ValType::I32]);
    module.define(function, body);
    module.export(export, function);
    let item = getter(export, ValueType::Own(resource));
    world.export(export, PortItem::Function(item), "the environment");
}

fn getter(name: &str, result: ValueType) -> Function {
    Function {
        name: name.to_owned(),
        kind: FunctionKind::Free,
        parameters: Vec::new(),
        result: Some(result),
        is_async: false,
        docs: String::new(),
    }
}

/// `wasi:cli/environment`: the variables, no arguments, no working directory.
fn variables(
    module: &mut Module,
    world: &mut World,
    name: &str,
    variables: &BTreeMap<String, String>,
) -> Result<(), GenerateError> {
    let id: InterfaceId = name.parse().map_err(|_| GenerateError::Missing {
        place: name.to_owned(),
    })?;
    let text = || ValueType::String;
    let list = |value: ValueType| ValueType::List(Box::new(value));
    let functions = vec![
        getter(
            "get-environment",
            list(ValueType::Tuple(vec![text(), text()])),
        ),
        getter("get-arguments", list(text())),
        getter("initial-cwd", ValueType::Option(Box::new(text()))),
    ];
    let mut table = Vec::new();
    for text in variables.iter().flat_map(|(name, value)| [name, value]) {
        let address = module.place_data(text.as_bytes(), 1);
        table.extend(address.to_le_bytes());
        table.extend((text.len() as u32).to_le_bytes());
    }
    let table = module.place_data(&table, 4);
    let mut environment = table.to_le_bytes().to_vec();
    environment.extend((variables.len() as u32).to_le_bytes());
    let environment = module.place_data(&environment, 4);
    // Zeros are an empty list, and an option without a value.
    let nothing = module.place(12, 4);
    for (function, image) in functions.iter().zip([environment, nothing, nothing]) {
        let callee = module.declare(&[], &[ValType::I32]);
        let mut body = Body::new(0);
        body.i32(image);
        module.define(callee, body);
        module.export(format!("{name}#{}", function.name), callee);
    }
    let interface = Interface {
        id: Some(id),
        functions,
        types: Vec::new(),
        docs: String::new(),
    };
    world.export(name, PortItem::Interface(interface), "the environment");
    Ok(())
}
