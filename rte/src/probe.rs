//! The probe on a direct connector: forwards every call, and reports arguments and result packed.
//! What it spends itself is between `pause` and `resume`, so that probing costs nobody anything.

use crate::{
    cell,
    code::{Body, Callee, Module, lift, measure, pack},
    ecu,
    layout::{flat, points, size},
    plan::{GenerateError, ProbePlan},
    synthesis::World,
};
use autosar_wit::{
    component::PortItem,
    types::{Function, FunctionKind, ValueType},
};
use wasm_encoder::{Instruction, ValType};

/// The import that takes the provider's port.
pub const PROBE_INNER: &str = "inner";
/// The export that is the requirer's argument.
pub const PROBE_OUTER: &str = "outer";

const FLAT_PARAMETERS: usize = 16;
/// Room for the values of usual calls; the arena grows for larger ones.
const ARENA_BYTES: u64 = 4096;

/// A component that imports the interface as [`PROBE_INNER`] and exports it as [`PROBE_OUTER`].
///
/// # Errors
/// Where a function passes handles or streams, or is asynchronous.
pub fn probe(plan: &ProbePlan) -> Result<Vec<u8>, GenerateError> {
    let (mut module, mut world) = (Module::new(), World::default());
    for (number, function) in plan.interface.functions.iter().enumerate() {
        check(function)?;
        forward(&mut module, plan.probe, number as u32, function);
    }
    module.export_realloc();
    module.reserve(ARENA_BYTES);
    let item = PortItem::Interface(plan.interface.clone());
    world.import(PROBE_INNER, item.clone(), "the probe");
    world.export(PROBE_OUTER, item, "the probe");
    world.component(module.finish())
}

fn check(function: &Function) -> Result<(), GenerateError> {
    let place = function.name.clone();
    if function.is_async {
        return Err(GenerateError::Asynchronous { place });
    }
    if function.kind != FunctionKind::Free {
        let what = "method of a resource".to_owned();
        return Err(GenerateError::Unbufferable { place, what });
    }
    let parameters = function.parameters.iter().map(|(_, value)| value);
    parameters
        .chain(&function.result)
        .try_for_each(|value| cell::refuse(value, &place))
}

fn forward(module: &mut Module, probe: u32, number: u32, function: &Function) {
    let types: Vec<ValueType> = function
        .parameters
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    let mut core: Vec<ValType> = types.iter().flat_map(flat).collect();
    let is_spilled = core.len() > FLAT_PARAMETERS;
    if is_spilled {
        core = vec![ValType::I32];
    }
    let arguments = ValueType::Tuple(types);
    let results = match function.result.as_ref().map(flat).unwrap_or_default() {
        one if one.len() < 2 => one,
        _ => vec![ValType::I32],
    };
    let by_memory = function
        .result
        .as_ref()
        .is_some_and(|result| flat(result).len() > 1);
    let outer = module.declare(&core, &results);
    let mut body = Body::new(core.len());
    let mut lowered = core.clone();
    if by_memory {
        lowered.push(ValType::I32);
    }
    let lowered_results = if by_memory {
        Vec::new()
    } else {
        results.clone()
    };
    let inner = module.import(PROBE_INNER, &function.name, &lowered, &lowered_results);

    let locals: Vec<u32> = (0..core.len() as u32).collect();
    let image = body.local(ValType::I32);
    let report = Report {
        probe,
        number,
        image,
    };
    body.call(ecu::pause(module));
    match (is_spilled, locals.first()) {
        (true, Some(pointer)) => {
            body.get(*pointer).set(image);
        }
        _ => {
            let place = module.place(size(&arguments), 8);
            body.i32(place).set(image);
            lift(&mut body, &arguments, &locals, image, 0);
        }
    }
    let called = ecu::called(module);
    report.emit(
        module,
        &mut body,
        (!core.is_empty()).then_some(&arguments),
        called,
    );
    body.call(ecu::resume(module));
    for local in &locals {
        body.get(*local);
    }
    let place = module.place(function.result.as_ref().map_or(0, size), 8);
    if by_memory {
        body.i32(place);
    }
    body.call(inner);
    let value = results.first().map(|ty| body.local(*ty));
    if let (Some(value), false) = (value, by_memory) {
        body.set(value);
    }
    body.call(ecu::pause(module)).i32(place).set(image);
    if let (Some(value), Some(result), false) = (value, &function.result, by_memory) {
        lift(&mut body, result, &[value], image, 0);
    }
    let returned = ecu::returned(module);
    report.emit(module, &mut body, function.result.as_ref(), returned);
    body.call(ecu::resume(module));
    let name = format!("{PROBE_OUTER}#{}", function.name);
    if function.result.as_ref().is_some_and(points) {
        // The caller still reads the result: the arena is free after it.
        let post = module.declare(&[ValType::I32], &[]);
        let mut after = Body::new(1);
        after.reset_heap();
        module.define(post, after);
        module.export(format!("cabi_post_{name}"), post);
    } else {
        body.reset_heap();
    }
    match (value, by_memory) {
        (_, true) => {
            body.i32(place);
        }
        (Some(value), false) => {
            body.get(value);
        }
        (None, false) => {}
    }
    module.define(outer, body);
    module.export(name, outer);
}

/// A report of the value whose image the local points to.
struct Report {
    probe: u32,
    number: u32,
    image: u32,
}

impl Report {
    fn emit(
        &self,
        module: &mut Module,
        body: &mut Body,
        value: Option<&ValueType>,
        report: Callee,
    ) {
        let Some(value) = value else {
            body.i32(self.probe)
                .i32(self.number)
                .i32(0)
                .i32(0)
                .call(report);
            return;
        };
        let (at, bytes) = (body.local(ValType::I32), body.local(ValType::I32));
        let (measure, pack) = (measure(module, value), pack(module, value));
        let allocate = module.allocate();
        body.get(self.image).call(measure).set(bytes);
        body.i32(1).get(bytes).call(allocate).set(at);
        body.get(self.image)
            .get(at)
            .call(pack)
            .op(Instruction::Drop);
        body.i32(self.probe)
            .i32(self.number)
            .get(at)
            .get(bytes)
            .call(report);
    }
}
