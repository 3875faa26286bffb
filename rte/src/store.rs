//! The store: holds the last or queued value of every required port that a buffered connector
//! feeds, and serves it through the receiver's own interface. Imports nothing but types.
//! Knows nothing of time: the tasks tell it what has grown old.

use crate::{
    cell::{self, Cell, Receiver, Status},
    code::{Body, Callee, Module, lower},
    layout::{flat, size},
    plan::{
        Buffering, FunctionRef, GenerateError, Link, Plan, PortPlan, STORE_INPUTS, Served, Sink,
    },
    synthesis::World,
};
use autosar_wit::{
    component::PortItem,
    types::{Function, FunctionKind, Interface, ValueType},
};
use indexmap::IndexMap;
use wasm_encoder::{BlockType, Instruction, ValType};

/// `set(cell, value in transport form)`
pub(crate) const SET: &str = "set";
/// `mark(cell, status)`
pub(crate) const MARK: &str = "mark";

/// What the tasks need to know of a cell in the store.
#[derive(Debug, Clone)]
pub(crate) struct StoreCell {
    pub(crate) number: u32,
    pub(crate) receiver: Receiver,
}

#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) component: Option<Vec<u8>>,
    pub(crate) served: Vec<Served>,
    pub(crate) cells: IndexMap<FunctionRef, StoreCell>,
}

/// The interface by which the tasks hand values on.
pub(crate) fn inputs() -> Interface {
    let function = |name: &str, value: (&str, ValueType)| Function {
        name: name.to_owned(),
        kind: FunctionKind::Free,
        parameters: vec![
            ("cell".to_owned(), ValueType::U32),
            (value.0.to_owned(), value.1),
        ],
        result: None,
        is_async: false,
        docs: String::new(),
    };
    Interface {
        id: None,
        functions: vec![
            function(SET, ("value", ValueType::List(Box::new(ValueType::U8)))),
            function(MARK, ("status", ValueType::U32)),
        ],
        types: Vec::new(),
        docs: String::new(),
    }
}

pub(crate) fn store(plan: &Plan) -> Result<Store, GenerateError> {
    let mut making = Making {
        module: Module::new(),
        world: World::default(),
        init: Body::new(0),
        cells: Vec::new(),
        staging_bytes: 16,
    };
    let mut store = Store {
        component: None,
        served: Vec::new(),
        cells: IndexMap::new(),
    };
    for instance in &plan.instances {
        for port in &instance.requires {
            let export = format!("serve-{}", store.served.len());
            for (reference, function) in functions(&instance.name, port) {
                let link = plan
                    .links
                    .iter()
                    .find(|link| matches!(&link.sink, Sink::Port(sink) if *sink == reference));
                let receiver = making.getter(&export, &reference, function, link)?;
                let number = store.cells.len() as u32;
                store
                    .cells
                    .insert(reference, StoreCell { number, receiver });
            }
            making
                .world
                .export(&export, port.item.clone(), &instance.name);
            store.served.push(Served {
                export,
                instance: instance.name.clone(),
                port: port.name.clone(),
            });
        }
    }
    if !store.served.is_empty() {
        store.component = Some(making.finish()?);
    }
    Ok(store)
}

/// The functions of a port, by their full names.
pub(crate) fn functions<'a>(
    instance: &str,
    port: &'a PortPlan,
) -> Vec<(FunctionRef, &'a Function)> {
    let reference = |function: Option<&str>| FunctionRef {
        instance: instance.to_owned(),
        port: port.name.clone(),
        function: function.map(str::to_owned),
    };
    match &port.item {
        PortItem::Function(function) => vec![(reference(None), function)],
        PortItem::Interface(interface) => interface
            .functions
            .iter()
            .map(|function| (reference(Some(&function.name)), function))
            .collect(),
    }
}

/// The type of a function that is a data element.
pub(crate) fn element<'a>(
    reference: &FunctionRef,
    function: &'a Function,
) -> Result<&'a ValueType, GenerateError> {
    let place = reference.to_string();
    if function.is_async {
        return Err(GenerateError::Asynchronous { place });
    }
    match &function.result {
        Some(result) if function.parameters.is_empty() && function.kind == FunctionKind::Free => {
            cell::refuse(result, &place)?;
            Ok(result)
        }
        _ => Err(GenerateError::NotAnElement { place }),
    }
}

struct Making {
    module: Module,
    world: World,
    init: Body,
    cells: Vec<Cell>,
    staging_bytes: u64,
}

impl Making {
    fn getter(
        &mut self,
        export: &str,
        reference: &FunctionRef,
        function: &Function,
        link: Option<&Link>,
    ) -> Result<Receiver, GenerateError> {
        let place = reference.to_string();
        let whole = element(reference, function)?;
        let receiver = Receiver::new(whole);
        let unconnected = Buffering {
            bound: 0,
            ..Buffering::default()
        };
        let buffering = link.map_or(&unconnected, |link| &link.buffering);
        let image = self.module.place(size(whole), 8);
        let cell = cell::cell(
            &mut self.module,
            &mut self.init,
            &receiver,
            image,
            buffering,
            &place,
        )?;
        if link.is_none() {
            receiver.mark_status(&mut self.init, image, Status::Unconnected);
        }
        let transport = cell::transport_size(&receiver.value, buffering.bound);
        self.staging_bytes = self.staging_bytes.max(transport + 16);
        self.export_getter(export, reference, whole, image, cell.next);
        self.cells.push(cell);
        Ok(receiver)
    }

    fn export_getter(
        &mut self,
        export: &str,
        reference: &FunctionRef,
        whole: &ValueType,
        image: u32,
        next: Option<Callee>,
    ) {
        let flat = flat(whole);
        let by_memory = flat.len() > 1;
        let results = if by_memory { vec![ValType::I32] } else { flat };
        let getter = self.module.declare(&[], &results);
        let mut body = Body::new(0);
        if let Some(next) = next {
            body.call(next);
        }
        if by_memory {
            body.i32(image);
        } else {
            let base = body.local(ValType::I32);
            body.i32(image).set(base);
            lower(&mut body, whole, base, 0);
        }
        self.module.define(getter, body);
        match &reference.function {
            Some(function) => self.module.export(format!("{export}#{function}"), getter),
            None => self.module.export(export, getter),
        }
    }

    fn finish(mut self) -> Result<Vec<u8>, GenerateError> {
        let (set, mark) = (self.set(), self.mark());
        self.module.export(format!("{STORE_INPUTS}#{SET}"), set);
        self.module.export(format!("{STORE_INPUTS}#{MARK}"), mark);
        self.module.export_realloc();
        self.module.reserve(self.staging_bytes);
        let start = self.module.declare(&[], &[]);
        self.module.define(start, self.init);
        self.module.start(start);
        self.world
            .export(STORE_INPUTS, PortItem::Interface(inputs()), "the store");
        self.world.glue(self.module.finish())
    }

    /// The value has been brought to the arena, which is free again afterwards.
    fn set(&mut self) -> Callee {
        let set = self.module.declare(&[ValType::I32; 3], &[]);
        let mut body = Body::new(3);
        let targets: Vec<Callee> = self.cells.iter().map(|cell| cell.set).collect();
        dispatch(&mut body, &targets, &[1, 2]);
        body.reset_heap();
        self.module.define(set, body);
        set
    }

    fn mark(&mut self) -> Callee {
        let mark = self.module.declare(&[ValType::I32; 2], &[]);
        let mut body = Body::new(2);
        let targets: Vec<Callee> = self.cells.iter().map(|cell| cell.mark).collect();
        dispatch(&mut body, &targets, &[1]);
        self.module.define(mark, body);
        mark
    }
}

/// Calls the target whose number is in local 0 with the locals `arguments`.
fn dispatch(body: &mut Body, targets: &[Callee], arguments: &[u32]) {
    let count = targets.len() as u32;
    for _ in 0..=count {
        body.op(Instruction::Block(BlockType::Empty));
    }
    let labels: Vec<u32> = (0..count).collect();
    body.get(0)
        .op(Instruction::BrTable(labels.into(), count))
        .end();
    for (number, target) in targets.iter().enumerate() {
        for argument in arguments {
            body.get(*argument);
        }
        body.call(*target)
            .op(Instruction::Br(count - 1 - number as u32))
            .end();
    }
}
