//! Calling functions of instances: runnables with their parameters, and getters.

use super::{Tasks, mode::Decided};
use crate::{
    cell,
    code::{Body, Callee, lift, lower},
    ecu,
    handle::Handle,
    layout::{self, Scalar, flat, offsets, product_align, product_size, size},
    plan::{FunctionRef, GenerateError, RunnablePlan, Source},
    store::{element, functions},
    synthesis::delay,
};
use autosar_wit::{
    component::PortItem,
    types::{Function, FunctionKind, ResourceType, ValueType},
};
use std::collections::BTreeMap;
use wasm_encoder::ValType;

/// Core signatures end there: more parameters go through memory.
const FLAT_PARAMETERS: usize = 16;

/// A function of an instance with fixed places for what goes in and what comes out.
#[derive(Debug, Clone)]
pub(super) struct Call {
    callee: Callee,
    parameters: Vec<(String, ValueType)>,
    /// All parameters, laid out as a record.
    pub(super) parameters_image: u32,
    pub(super) result: Option<ValueType>,
    pub(super) result_image: u32,
    /// Who calls it may be left waiting.
    pub(super) is_async: bool,
}

impl Call {
    /// Where a parameter lies.
    pub(super) fn parameter(&self, name: &str) -> Option<(u32, &ValueType)> {
        let position = self.parameters.iter().position(|(own, _)| own == name)?;
        let offset = offsets(&self.types()).get(position).copied()?;
        let (_, value) = self.parameters.get(position)?;
        Some((self.parameters_image + offset, value))
    }

    fn types(&self) -> Vec<ValueType> {
        self.parameters
            .iter()
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// Calls with the parameters as they lie; the result lies in its place afterwards.
    fn emit(&self, body: &mut Body) {
        let base = body.local(ValType::I32);
        let types = self.types();
        body.i32(self.parameters_image).set(base);
        match types.iter().flat_map(flat).count() > FLAT_PARAMETERS {
            true => {
                body.get(base);
            }
            false => {
                for (value, offset) in types.iter().zip(offsets(&types)) {
                    lower(body, value, base, offset);
                }
            }
        }
        let Some(result) = &self.result else {
            body.call(self.callee);
            return;
        };
        match flat(result).as_slice() {
            [one] => {
                let (value, base) = (body.local(*one), body.local(ValType::I32));
                body.call(self.callee)
                    .set(value)
                    .i32(self.result_image)
                    .set(base);
                lift(body, result, &[value], base, 0);
            }
            _ => {
                body.i32(self.result_image).call(self.callee);
            }
        }
    }
}

impl<'a> Tasks<'a> {
    /// Makes room for every function that some task calls.
    pub(super) fn place_calls(&mut self) -> Result<(), GenerateError> {
        for runnable in &self.plan.runnables {
            let function = self.find(&runnable.function)?;
            self.place_call(&runnable.function, function)?;
        }
        for link in &self.plan.links {
            if let Source::Getter(reference) = &link.source {
                let function = self.find(reference)?;
                element(reference, function)?;
                self.place_call(reference, function)?;
            }
        }
        Ok(())
    }

    fn find(&self, reference: &FunctionRef) -> Result<&'a Function, GenerateError> {
        let instance = self
            .plan
            .instances
            .iter()
            .find(|instance| instance.name == reference.instance);
        instance
            .and_then(|instance| {
                instance
                    .provides
                    .iter()
                    .find(|port| port.name == reference.port)
            })
            .and_then(|port| {
                functions(&reference.instance, port)
                    .into_iter()
                    .find(|(own, _)| own == reference)
            })
            .map(|(_, function)| function)
            .ok_or_else(|| GenerateError::Missing {
                place: reference.to_string(),
            })
    }

    fn place_call(
        &mut self,
        reference: &FunctionRef,
        function: &Function,
    ) -> Result<(), GenerateError> {
        if self.calls.contains_key(reference) {
            return Ok(());
        }
        let place = reference.to_string();
        if function.is_async && !is_plain(function) {
            return Err(GenerateError::Asynchronous { place });
        }
        if function.kind != FunctionKind::Free {
            return Err(GenerateError::Missing { place });
        }
        if let Some(result) = &function.result {
            cell::refuse(result, &place)?;
        }
        let key = (reference.instance.clone(), reference.port.clone());
        let next = format!("call-{}", self.labels.len());
        let label = self.labels.entry(key).or_insert(next).clone();
        let types: Vec<ValueType> = function
            .parameters
            .iter()
            .map(|(_, value)| value.clone())
            .collect();
        let mut core: Vec<ValType> = types.iter().flat_map(flat).collect();
        if core.len() > FLAT_PARAMETERS {
            core = vec![ValType::I32];
        }
        let mut results = function.result.as_ref().map(flat).unwrap_or_default();
        if results.len() > 1 {
            core.push(ValType::I32);
            results.clear();
        }
        let callee = match &reference.function {
            Some(name) => self.module.import(&label, name, &core, &results),
            None => self.module.import("$root", &label, &core, &results),
        };
        let parameters_image = self
            .module
            .place(product_size(&types), product_align(&types).max(8));
        let result_image = self
            .module
            .place(function.result.as_ref().map_or(0, size), 8);
        self.calls.insert(
            reference.clone(),
            Call {
                callee,
                parameters: function.parameters.clone(),
                parameters_image,
                result: function.result.clone(),
                result_image,
                is_async: function.is_async,
            },
        );
        Ok(())
    }

    /// Imports of each port what is called of it.
    pub(super) fn import_called(&mut self) -> Result<(), GenerateError> {
        let mut used: BTreeMap<(String, String), Vec<&FunctionRef>> = BTreeMap::new();
        for reference in self.calls.keys() {
            let key = (reference.instance.clone(), reference.port.clone());
            used.entry(key).or_default().push(reference);
        }
        for ((instance, port), references) in used {
            let Some(label) = self.labels.get(&(instance.clone(), port.clone())) else {
                continue;
            };
            let plan = self.plan.instances.iter().find(|one| one.name == instance);
            let Some(port) =
                plan.and_then(|plan| plan.provides.iter().find(|one| one.name == port))
            else {
                continue;
            };
            let mut item = port.item.clone();
            if let PortItem::Interface(interface) = &mut item {
                interface.functions.retain(|function| {
                    references
                        .iter()
                        .any(|used| used.function.as_ref() == Some(&function.name))
                });
            }
            self.world.import(label, item, &instance);
        }
        Ok(())
    }

    /// Calls the runnables in order, each metered, as far as the modes let them run.
    pub(super) fn call_runnables(
        &mut self,
        body: &mut Body,
        runnables: &[(usize, &RunnablePlan)],
        decided: &Decided,
    ) -> Result<(), GenerateError> {
        for (at, (number, runnable)) in runnables.iter().enumerate() {
            let call = self.call(&runnable.function)?;
            let guard = decided.guard([at]);
            guard.begin(body);
            for (name, value) in &call.parameters {
                self.open_handle(body, runnable, &call, name, value)?;
            }
            self.metered(body, *number, &call);
            guard.end(body);
        }
        Ok(())
    }

    pub(super) fn call(&self, reference: &FunctionRef) -> Result<Call, GenerateError> {
        let missing = || GenerateError::Missing {
            place: reference.to_string(),
        };
        self.calls.get(reference).cloned().ok_or_else(missing)
    }

    /// The call is the cost, and a trap in it the fault, of that runnable.
    pub(super) fn metered(&mut self, body: &mut Body, runnable: usize, call: &Call) {
        let (enter, leave) = (ecu::enter(&mut self.module), ecu::leave(&mut self.module));
        body.i32(runnable as u32).call(enter);
        call.emit(body);
        body.call(leave);
    }

    fn open_handle(
        &mut self,
        body: &mut Body,
        runnable: &RunnablePlan,
        call: &Call,
        name: &str,
        value: &ValueType,
    ) -> Result<(), GenerateError> {
        let place = runnable.function.to_string();
        if layout::handle(value).is_none() {
            return Ok(());
        }
        let Some((image, _)) = call.parameter(name) else {
            return Ok(());
        };
        if is_own(value, &delay()) {
            let open = ecu::open_delay(&mut self.module);
            body.i32(image).call(open).store(Scalar::U32, 0);
            return Ok(());
        }
        let Some(handle) = Handle::of(value) else {
            return cell::refuse(value, &format!("{place}({name})"));
        };
        let Some(opened) = runnable.handles.get(name) else {
            return Err(GenerateError::Unbound {
                place,
                parameter: name.to_owned(),
                needed: handle.described(),
            });
        };
        let text = self.module.place_data(opened.as_bytes(), 1);
        let open = ecu::open(&mut self.module, handle);
        body.i32(image)
            .i32(text)
            .i32(opened.len() as u32)
            .call(open)
            .store(Scalar::U32, 0);
        Ok(())
    }
}

/// Neither takes nor gives anything.
pub(crate) fn is_plain(function: &Function) -> bool {
    function.parameters.is_empty() && function.result.is_none()
}

/// Whether it is an own handle of that resource, of any version.
fn is_own(value: &ValueType, resource: &ResourceType) -> bool {
    let path = |resource: &ResourceType| {
        let owner = resource.owner.as_ref();
        owner.map(|id| {
            (
                id.namespace.clone(),
                id.package.clone(),
                id.interface.clone(),
            )
        })
    };
    match layout::strip(value) {
        ValueType::Own(own) => own.name == resource.name && path(own) == path(resource),
        _ => false,
    }
}
