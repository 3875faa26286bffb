//! The adapter between two ports that differ: imports the provided one, exports the required one,
//! and converts arguments and results as a mapping says. It keeps nothing from call to call: what it
//! takes of its memory it gives back when the call has ended.
//! Knows nothing of connectors and of how the mapping came about.
//!
//! Source: AUTOSAR, Software Component Template ("Port Interface Mapping").

mod convert;
mod number;

use crate::{
    cell,
    code::{Body, Callee, Module, check, lift, lower},
    layout::{Scalar, discriminant_size, flat, heap_size, payload_offset, points, shape, size},
    plan::GenerateError,
    synthesis::World,
};
use autosar_wit::{
    component::PortItem,
    mapping::{Adaptation, AdaptedFunction, Conversion},
    types::{Function, FunctionKind, ValueType},
};
use convert::converter;
use wasm_encoder::{Instruction, ValType};

/// The import that takes the provider's port.
pub const ADAPTER_INNER: &str = "inner";
/// The export that is the requirer's argument.
pub const ADAPTER_OUTER: &str = "outer";

const FLAT_PARAMETERS: usize = 16;
/// What is on the way through an adapter at once, at most.
const MAXIMUM_BYTES: u64 = 1 << 20;

/// A component that imports the inner port as [`ADAPTER_INNER`] and exports the outer one as
/// [`ADAPTER_OUTER`]. Plain names: both ports may bear one id in two forms.
///
/// # Errors
/// Where a function passes handles or streams, is asynchronous or a method, or takes more than a
/// mebibyte with lists and strings at their bound.
pub fn adapter(adaptation: &Adaptation) -> Result<Vec<u8>, GenerateError> {
    let (mut module, mut world) = (Module::new(), World::default());
    let mut arena_bytes = 0;
    for function in &adaptation.functions {
        let place = function.outer.name.clone();
        check_function(&function.outer, &place)?;
        check_function(&function.inner, &place)?;
        let bytes = arena(function, adaptation.bound);
        if bytes > MAXIMUM_BYTES {
            return Err(GenerateError::TooLarge { place, bytes });
        }
        arena_bytes = bytes.max(arena_bytes);
        forward(&mut module, function, adaptation)?;
    }
    module.export_realloc();
    module.reserve(arena_bytes);
    world.import(ADAPTER_INNER, adaptation.inner.clone(), "the provider");
    world.export(ADAPTER_OUTER, adaptation.outer.clone(), "the receiver");
    // Without the mark of glue: a composition that is opened by its wires alone keeps the adapter
    // as a part, since a connector past it would not fit.
    world.component(module.finish())
}

fn check_function(function: &Function, place: &str) -> Result<(), GenerateError> {
    let place = place.to_owned();
    if function.is_async {
        return Err(GenerateError::Asynchronous { place });
    }
    if function.kind != FunctionKind::Free {
        return Err(GenerateError::AdapterMethod { place });
    }
    let parameters = function.parameters.iter().map(|(_, value)| value);
    parameters
        .chain(&function.result)
        .try_for_each(|value| cell::refuse(value, &place))
}

/// The most that lists and strings take during a call: as they come, and converted.
fn arena(function: &AdaptedFunction, bound: u32) -> u64 {
    let sides = [&function.outer, &function.inner];
    let values = sides.into_iter().flat_map(|side| {
        let parameters = side.parameters.iter().map(|(_, value)| value);
        parameters.chain(&side.result)
    });
    values
        .map(|value| heap_size(value, bound).saturating_add(8))
        .fold(256, u64::saturating_add)
}

fn forward(
    module: &mut Module,
    function: &AdaptedFunction,
    adaptation: &Adaptation,
) -> Result<(), GenerateError> {
    let forward = Forward::new(module, function, adaptation);
    let outer = module.declare(&forward.outer.parameters, &forward.outer.results);
    let mut body = Body::new(forward.outer.parameters.len());
    forward.arguments(module, &mut body)?;
    forward.call(module, &mut body);
    forward.result(module, &mut body)?;
    forward.give(&mut body);
    module.define(outer, body);
    module.export(forward.export(), outer);
    forward.free_after(module);
    Ok(())
}

/// A function by its core signature, which is the same for an import but for where results go.
struct Signature {
    arguments: ValueType,
    /// As an export has them.
    parameters: Vec<ValType>,
    results: Vec<ValType>,
    /// Whether the one parameter points to all of them.
    is_spilled: bool,
    /// Whether the result goes through memory.
    by_memory: bool,
}

impl Signature {
    fn new(function: &Function) -> Self {
        let types: Vec<ValueType> = function
            .parameters
            .iter()
            .map(|(_, value)| value.clone())
            .collect();
        let mut parameters: Vec<ValType> = types.iter().flat_map(flat).collect();
        let is_spilled = parameters.len() > FLAT_PARAMETERS;
        if is_spilled {
            parameters = vec![ValType::I32];
        }
        let results = function.result.as_ref().map(flat).unwrap_or_default();
        let by_memory = results.len() > 1;
        Self {
            arguments: ValueType::Tuple(types),
            parameters,
            results: if by_memory {
                vec![ValType::I32]
            } else {
                results
            },
            is_spilled,
            by_memory,
        }
    }
}

struct Forward<'a> {
    function: &'a AdaptedFunction,
    outer: Signature,
    inner: Signature,
    /// Name of an export of an interface; `None`: the port is a function.
    in_interface: bool,
    bound: u32,
    /// Where the provider's arguments lie.
    arguments: u32,
    /// Where the provider's result lies, and the requirer's.
    given: u32,
    needed: u32,
}

impl<'a> Forward<'a> {
    fn new(module: &mut Module, function: &'a AdaptedFunction, adaptation: &Adaptation) -> Self {
        let (outer, inner) = (
            Signature::new(&function.outer),
            Signature::new(&function.inner),
        );
        let result = |function: &Function| function.result.as_ref().map_or(0, size);
        Self {
            arguments: module.place(size(&inner.arguments), 8),
            given: module.place(result(&function.inner), 8),
            needed: module.place(result(&function.outer), 8),
            in_interface: matches!(adaptation.outer, PortItem::Interface(_)),
            bound: adaptation.bound,
            function,
            outer,
            inner,
        }
    }

    fn export(&self) -> String {
        match self.in_interface {
            true => format!("{ADAPTER_OUTER}#{}", self.function.outer.name),
            false => ADAPTER_OUTER.to_owned(),
        }
    }

    /// The requirer's arguments become the provider's.
    fn arguments(&self, module: &mut Module, body: &mut Body) -> Result<(), GenerateError> {
        let given = body.local(ValType::I32);
        if self.outer.is_spilled {
            body.get(0).set(given);
        } else {
            let place = module.place(size(&self.outer.arguments), 8);
            let locals: Vec<u32> = (0..self.outer.parameters.len() as u32).collect();
            body.i32(place).set(given);
            lift(body, &self.outer.arguments, &locals, given, 0);
        }
        self.bounded(module, body, &self.outer.arguments, given);
        let conversion = Conversion::Members(self.function.arguments.clone());
        let convert = converter(
            module,
            &conversion,
            &self.inner.arguments,
            &self.outer.arguments,
        )?;
        body.get(given).i32(self.arguments).call(convert);
        self.or_invalid(body);
        Ok(())
    }

    /// Calls the provider; its result lies in its place afterwards.
    fn call(&self, module: &mut Module, body: &mut Body) {
        let mut parameters = self.inner.parameters.clone();
        let results = match self.inner.by_memory {
            true => {
                parameters.push(ValType::I32);
                Vec::new()
            }
            false => self.inner.results.clone(),
        };
        let callee: Callee = match self.in_interface {
            true => module.import(
                ADAPTER_INNER,
                &self.function.inner.name,
                &parameters,
                &results,
            ),
            false => module.import("$root", ADAPTER_INNER, &parameters, &results),
        };
        let base = body.local(ValType::I32);
        body.i32(self.arguments).set(base);
        match self.inner.is_spilled {
            true => {
                body.get(base);
            }
            false => lower(body, &self.inner.arguments, base, 0),
        }
        if self.inner.by_memory {
            body.i32(self.given).call(callee);
            return;
        }
        body.call(callee);
        if let (Some(one), Some(result)) = (results.first(), &self.function.inner.result) {
            let value = body.local(*one);
            body.set(value).i32(self.given).set(base);
            lift(body, result, &[value], base, 0);
        }
    }

    /// The provider's result becomes the requirer's.
    fn result(&self, module: &mut Module, body: &mut Body) -> Result<(), GenerateError> {
        let (Some(conversion), Some(needs)) = (&self.function.result, &self.function.outer.result)
        else {
            return Ok(());
        };
        // A constant stands for a result that is not given.
        let nothing = ValueType::Tuple(Vec::new());
        let gives = self.function.inner.result.as_ref().unwrap_or(&nothing);
        let given = body.local(ValType::I32);
        body.i32(self.given).set(given);
        self.bounded(module, body, gives, given);
        let convert = converter(module, conversion, needs, gives)?;
        body.get(given).i32(self.needed).call(convert);
        self.or_invalid(body);
        Ok(())
    }

    /// Refuses lists and strings above the bound in the image that the local points to.
    fn bounded(&self, module: &mut Module, body: &mut Body, value: &ValueType, image: u32) {
        if points(value) {
            let check = check(module, value, self.bound);
            body.get(image).call(check);
            self.or_invalid(body);
        }
    }

    /// Gives `invalid` if zero is on the stack, or traps where the function cannot say so.
    fn or_invalid(&self, body: &mut Body) {
        body.op(Instruction::I32Eqz).begin_if();
        match (self.function.invalid, &self.function.outer.result) {
            (Some(case), Some(result)) => {
                self.mark_invalid(body, result, case);
                self.give(body);
                body.op(Instruction::Return);
            }
            _ => {
                body.op(Instruction::Unreachable);
            }
        }
        body.end();
    }

    fn mark_invalid(&self, body: &mut Body, result: &ValueType, case: u32) {
        use crate::layout::Shape;
        let Shape::Sum(sides) = shape(result) else {
            return;
        };
        let cases = match sides.get(1) {
            Some(Some(err)) => match shape(err) {
                Shape::Sum(cases) => cases.len(),
                _ => return,
            },
            _ => return,
        };
        let scalar = match discriminant_size(cases) {
            1 => Scalar::U8,
            2 => Scalar::U16,
            _ => Scalar::U32,
        };
        body.i32(self.needed).i32(1).store(Scalar::U8, 0);
        body.i32(self.needed)
            .i32(case)
            .store(scalar, payload_offset(&sides));
    }

    /// Pushes the result, and gives memory back unless the result still points into it.
    fn give(&self, body: &mut Body) {
        let result = self.function.outer.result.as_ref();
        if !result.is_some_and(points) {
            body.reset_heap();
        }
        let base = body.local(ValType::I32);
        match (result, self.outer.by_memory) {
            (None, _) => {}
            (Some(_), true) => {
                body.i32(self.needed);
            }
            (Some(result), false) => {
                body.i32(self.needed).set(base);
                lower(body, result, base, 0);
            }
        }
    }

    /// Memory goes back when the requirer has read a result that points into it.
    fn free_after(&self, module: &mut Module) {
        if !self.function.outer.result.as_ref().is_some_and(points) {
            return;
        }
        let post = module.declare(&[ValType::I32], &[]);
        let mut after = Body::new(1);
        after.reset_heap();
        module.define(post, after);
        module.export(format!("cabi_post_{}", self.export()), post);
    }
}
