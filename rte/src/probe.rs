//! The probe on a direct connector: forwards every call, and reports arguments and result packed.
//! What it spends itself is between `pause` and `resume`; what remains is the engine's adapter between
//! caller and probe, which counts for the caller: the same few dozen fuel at each call of a function.

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
    world.glue(module.finish())
}

fn check(function: &Function) -> Result<(), GenerateError> {
    let place = function.name.clone();
    if function.is_async {
        return Err(GenerateError::Asynchronous { place });
    }
    if function.kind != FunctionKind::Free {
        return Err(GenerateError::ProbeMethod { place });
    }
    let parameters = function.parameters.iter().map(|(_, value)| value);
    parameters
        .chain(&function.result)
        .try_for_each(|value| cell::refuse(value, &place))
}

fn forward(module: &mut Module, probe: u32, number: u32, function: &Function) {
    let forward = Forward::new(module, function);
    let outer = module.declare(&forward.parameters, &forward.results);
    let mut body = Body::new(forward.parameters.len());
    let image = body.local(ValType::I32);
    let report = Report {
        probe,
        number,
        image,
    };
    forward.arguments(module, &mut body, &report);
    forward.call(module, &mut body, &function.name, &report);
    module.define(outer, body);
    module.export(format!("{PROBE_OUTER}#{}", function.name), outer);
}

/// A function by its core signature as an export.
struct Forward<'a> {
    parameters: Vec<ValType>,
    /// Whether the one parameter points to all of them.
    is_spilled: bool,
    arguments: ValueType,
    results: Vec<ValType>,
    result: Option<&'a ValueType>,
    /// Where the result lies.
    place: u32,
}

impl<'a> Forward<'a> {
    fn new(module: &mut Module, function: &'a Function) -> Self {
        let types: Vec<ValueType> = function
            .parameters
            .iter()
            .map(|(_, value)| value.clone())
            .collect();
        let flat_parameters: Vec<ValType> = types.iter().flat_map(flat).collect();
        let is_spilled = flat_parameters.len() > FLAT_PARAMETERS;
        let flat_result = function.result.as_ref().map(flat).unwrap_or_default();
        Self {
            parameters: if is_spilled {
                vec![ValType::I32]
            } else {
                flat_parameters
            },
            is_spilled,
            arguments: ValueType::Tuple(types),
            results: if flat_result.len() > 1 {
                vec![ValType::I32]
            } else {
                flat_result
            },
            result: function.result.as_ref(),
            place: module.place(function.result.as_ref().map_or(0, size), 8),
        }
    }

    fn by_memory(&self) -> bool {
        self.result.is_some_and(|result| flat(result).len() > 1)
    }

    /// Reports the arguments, which stay in the parameters.
    fn arguments(&self, module: &mut Module, body: &mut Body, report: &Report) {
        let locals: Vec<u32> = (0..self.parameters.len() as u32).collect();
        body.call(ecu::pause(module));
        match (self.is_spilled, locals.first()) {
            (true, Some(pointer)) => {
                body.get(*pointer).set(report.image);
            }
            _ => {
                let place = module.place(size(&self.arguments), 8);
                body.i32(place).set(report.image);
                lift(body, &self.arguments, &locals, report.image, 0);
            }
        }
        let called = ecu::called(module);
        report.emit(
            module,
            body,
            (!locals.is_empty()).then_some(&self.arguments),
            called,
        );
        body.call(ecu::resume(module));
    }

    /// Calls the provider, reports the result and returns it.
    fn call(&self, module: &mut Module, body: &mut Body, name: &str, report: &Report) {
        let by_memory = self.by_memory();
        let (mut lowered, mut results) = (self.parameters.clone(), self.results.clone());
        if by_memory {
            lowered.append(&mut results);
        }
        let inner = module.import(PROBE_INNER, name, &lowered, &results);
        for local in 0..self.parameters.len() as u32 {
            body.get(local);
        }
        if by_memory {
            body.i32(self.place);
        }
        body.call(inner);
        let value = results.first().map(|ty| body.local(*ty));
        if let Some(value) = value {
            body.set(value);
        }
        body.call(ecu::pause(module))
            .i32(self.place)
            .set(report.image);
        if let (Some(value), Some(result)) = (value, self.result) {
            lift(body, result, &[value], report.image, 0);
        }
        let returned = ecu::returned(module);
        report.emit(module, body, self.result, returned);
        body.call(ecu::resume(module));
        self.free(module, body, name);
        match value {
            Some(value) => {
                body.get(value);
            }
            None if by_memory => {
                body.i32(self.place);
            }
            None => {}
        }
    }

    /// Frees the arena: at once, or when the caller has read a result that points into it.
    fn free(&self, module: &mut Module, body: &mut Body, name: &str) {
        if !self.result.is_some_and(points) {
            body.reset_heap();
            return;
        }
        let post = module.declare(&[ValType::I32], &[]);
        let mut after = Body::new(1);
        after.reset_heap();
        module.define(post, after);
        module.export(format!("cabi_post_{PROBE_OUTER}#{name}"), post);
    }
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
