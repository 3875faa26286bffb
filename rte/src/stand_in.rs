//! What stands in for the platform at an instance that is not to reach it: the same interfaces, whose
//! functions answer with their error, or with something harmless that is the same in every run.
//! Where there is nothing to answer, the call ends the activation in a function whose name says why.
//! Resources of these interfaces are its own, so that nothing of the platform is behind a handle.
//! Knows nothing of who decided so.

mod answer;
mod random;

use crate::{
    code::{Body, Callee, Module, lower},
    layout::{size, strip},
    plan::{Answer, GenerateError, StandInPlan, StoodIn},
    stub::signature,
    synthesis,
};
use answer::{Image, Reply, reply};
use autosar_wit::{
    component::{ComponentType, Direction, Origin, Port, PortItem, PortKind},
    print,
    types::{
        Function, FunctionKind, Interface, InterfaceId, ResourceType, TypeDefinition, TypeKind,
        ValueType,
    },
};
use std::{collections::BTreeSet, sync::Arc};
use wasm_encoder::{Instruction, ValType};

/// The export that holds the functions which the instance imports at its root.
pub const HANDLES: &str = "handles";
/// The state of a handle that stands for nothing.
const NOTHING: u32 = 1;
/// Room for arguments of usual calls; the arena grows for larger ones.
const ARENA_BYTES: u64 = 4096;

/// A component that exports each answered interface by its id, and root functions in [`HANDLES`].
///
/// # Errors
/// Where a function passes a borrowed handle of another interface inside of a value.
pub fn stand_in(plan: &StandInPlan) -> Result<Vec<u8>, GenerateError> {
    let mut maker = Maker {
        module: Module::new(),
        kept: kept(plan),
        next: None,
        plan,
    };
    for (port, stood_in) in answered(plan) {
        for function in functions(port) {
            maker.function(port, stood_in, function)?;
        }
    }
    maker.module.export_realloc();
    maker.module.reserve(ARENA_BYTES);
    let core = maker.module.finish();
    synthesis::component(core, &print::world(&world(plan))).map(synthesis::marked)
}

/// Whether a call of a function has nothing that could be answered and ends the activation, where
/// that stands in for its port; `owners`: the interfaces that are stood in for together with it.
pub fn ends_activation(
    answer: Answer,
    function: &Function,
    owners: &BTreeSet<&InterfaceId>,
) -> bool {
    let is_own = |resource: &ResourceType| {
        let owner = resource.owner.as_ref();
        owner.is_some_and(|owner| owners.contains(owner))
    };
    matches!(reply(answer, function, &is_own), Reply::End)
}

fn answered(plan: &StandInPlan) -> impl Iterator<Item = (&Port, &StoodIn)> {
    let ports = plan.ports.iter();
    ports.filter_map(|port| Some((port, plan.answers.get(&port.name)?)))
}

/// Interfaces whose resources are this component's own.
fn kept(plan: &StandInPlan) -> BTreeSet<InterfaceId> {
    let ids = answered(plan).filter_map(|(port, _)| match &port.item {
        PortItem::Interface(interface) => interface.id.clone(),
        PortItem::Function(_) => None,
    });
    ids.collect()
}

fn functions(port: &Port) -> &[Function] {
    match &port.item {
        PortItem::Interface(interface) => &interface.functions,
        PortItem::Function(function) => std::slice::from_ref(function),
    }
}

/// The world as it is written: what is answered is exported, of the rest only types are used.
fn world(plan: &StandInPlan) -> ComponentType {
    let mut ports: Vec<Port> = plan.ports.clone();
    ports.retain(|port| matches!(port.item, PortItem::Interface(_)));
    for port in &mut ports {
        if plan.answers.contains_key(&port.name) {
            port.direction = Direction::Provided;
        }
    }
    let getters: Vec<Function> = answered(plan)
        .filter_map(|(port, _)| match &port.item {
            PortItem::Function(function) => Some(function.clone()),
            PortItem::Interface(_) => None,
        })
        .collect();
    if !getters.is_empty() {
        ports.push(handles(getters));
    }
    ComponentType {
        name: "glue".to_owned(),
        docs: String::new(),
        ports,
        origin: Origin::Wit,
        producers: Vec::new(),
        metadata: Default::default(),
    }
}

/// Root functions as an interface: a world cannot export a function that names a resource which it
/// exports too.
fn handles(functions: Vec<Function>) -> Port {
    let mut types: Vec<Arc<TypeDefinition>> = Vec::new();
    for function in &functions {
        if let Some(ValueType::Own(resource)) = function.result.as_ref().map(strip)
            && types.iter().all(|known| known.name != resource.name)
        {
            types.push(Arc::new(TypeDefinition {
                owner: resource.owner.clone(),
                name: resource.name.clone(),
                kind: TypeKind::Resource,
                docs: String::new(),
            }));
        }
    }
    Port {
        direction: Direction::Provided,
        name: HANDLES.to_owned(),
        item: PortItem::Interface(Interface {
            id: None,
            functions,
            types,
            docs: String::new(),
        }),
        kind: PortKind::Platform,
    }
}

struct Maker<'a> {
    module: Module,
    kept: BTreeSet<InterfaceId>,
    /// Gives the next random number.
    next: Option<Callee>,
    plan: &'a StandInPlan,
}

impl Maker<'_> {
    fn function(
        &mut self,
        port: &Port,
        stood_in: &StoodIn,
        function: &Function,
    ) -> Result<(), GenerateError> {
        let (parameters, mut results, by_memory) = signature(function);
        if by_memory {
            results = vec![ValType::I32];
        }
        let mut body = Body::new(parameters.len());
        self.give_back(&mut body, port, function)?;
        body.reset_heap();
        let name = match &port.item {
            PortItem::Function(_) => format!("{HANDLES}#{}", port.name),
            PortItem::Interface(_) => format!("{}#{}", port.name, core_name(function)),
        };
        let is_own = |resource: &ResourceType| self.is_own(resource);
        match reply(stood_in.answer, function, &is_own) {
            Reply::Nothing => {}
            Reply::Image(image) => self.image(&mut body, function, image, by_memory),
            Reply::Handle(resource) => self.handle(&mut body, &resource),
            Reply::FreshHandle {
                image,
                at,
                resource,
            } => {
                let place = self.module.place_data(&image, 8);
                let address = body.local(ValType::I32);
                body.i32(place).set(address).get(address);
                self.handle(&mut body, &resource);
                body.store(crate::layout::Scalar::U32, at).get(address);
            }
            Reply::Random => {
                let module = &mut self.module;
                let next = *self.next.get_or_insert_with(|| random::next(module));
                random::answer(module, &mut body, next, &name, function);
            }
            Reply::End => self.end(&mut body, port, stood_in, function),
        }
        let callee = self.module.declare(&parameters, &results);
        self.module.define(callee, body);
        self.module.export(name, callee);
        Ok(())
    }

    fn is_own(&self, resource: &ResourceType) -> bool {
        let owner = resource.owner.as_ref();
        owner.is_some_and(|owner| self.kept.contains(owner))
    }

    fn image(&mut self, body: &mut Body, function: &Function, image: Image, by_memory: bool) {
        let place = self.module.place_data(&image, 8);
        body.i32(place);
        if let (false, Some(result)) = (by_memory, &function.result) {
            let base = body.local(ValType::I32);
            body.set(base);
            lower(body, result, base, 0);
        }
    }

    fn handle(&mut self, body: &mut Body, resource: &ResourceType) {
        let new = self.resource_function("[export]", "[resource-new]", resource, &[ValType::I32]);
        body.i32(NOTHING).call(new);
    }

    fn resource_function(
        &mut self,
        origin: &str,
        word: &str,
        resource: &ResourceType,
        results: &[ValType],
    ) -> Callee {
        let owner = resource.owner.as_ref();
        let owner = owner.map(ToString::to_string).unwrap_or_default();
        let (module, name) = (
            format!("{origin}{owner}"),
            format!("{word}{}", resource.name),
        );
        self.module.import(&module, &name, &[ValType::I32], results)
    }

    /// A borrowed handle of the platform's has to be dropped before its borrower returns.
    fn give_back(
        &mut self,
        body: &mut Body,
        port: &Port,
        function: &Function,
    ) -> Result<(), GenerateError> {
        let mut local = 0;
        for (_, value) in &function.parameters {
            match strip(value) {
                ValueType::Borrow(resource) if !self.is_own(resource) => {
                    let drop = self.resource_function("", "[resource-drop]", resource, &[]);
                    body.get(local).call(drop);
                }
                ValueType::Borrow(_) => {}
                other if answer::borrows(other) => {
                    let place = format!("{}#{}", port.name, function.name);
                    return Err(GenerateError::StandIn { place });
                }
                _ => {}
            }
            local += crate::layout::flat(value).len() as u32;
        }
        Ok(())
    }

    fn end(&mut self, body: &mut Body, port: &Port, stood_in: &StoodIn, function: &Function) {
        let ends = self.module.declare(&[], &[]);
        let mut unreachable = Body::new(0);
        unreachable.op(Instruction::Unreachable);
        self.module.define(ends, unreachable);
        let called = match &port.item {
            PortItem::Function(_) => port.name.clone(),
            PortItem::Interface(_) => format!("{}#{}", port.name, function.name),
        };
        let is = match stood_in.answer {
            Answer::Denied => "denied to",
            _ => "virtual at",
        };
        let (mark, capability, instance) =
            (&self.plan.mark, &stood_in.capability, &self.plan.instance);
        self.module.name(
            ends,
            format!("{mark}`{called}` has no answer without the platform, and {capability} is {is} `{instance}`"),
        );
        body.call(ends).op(Instruction::Unreachable);
    }
}

/// The name by which `wit-component` knows a function of an interface.
fn core_name(function: &Function) -> String {
    let name = &function.name;
    match &function.kind {
        FunctionKind::Free => name.clone(),
        FunctionKind::Method(resource) => format!("[method]{resource}.{name}"),
        FunctionKind::Static(resource) => format!("[static]{resource}.{name}"),
        FunctionKind::Constructor(resource) => format!("[constructor]{resource}"),
    }
}

/// Bytes that a result takes in memory.
fn room(function: &Function) -> usize {
    function.result.as_ref().map_or(0, size) as usize
}
