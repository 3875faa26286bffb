//! A host for one partition: wasmtime in its default configuration, so that whatever runs here
//! runs in a stock engine; the interfaces of `wireloom:ecu` as plain lists.

use autosar_wit::value;
use graph_core::compose::ComposedPartition;
use std::collections::{BTreeMap, VecDeque};
use wasmtime::{
    Engine, Store,
    component::{Component, Instance, Linker},
};

/// What the partition has done, and what waits for it.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) now_ns: u64,
    pub(crate) published: Vec<(u32, Vec<u8>)>,
    pub(crate) refused: Vec<u32>,
    pub(crate) waiting: BTreeMap<u32, VecDeque<Vec<u8>>>,
    pub(crate) frames: BTreeMap<u32, VecDeque<Vec<u8>>>,
    pub(crate) sent: Vec<(u32, Vec<u8>)>,
    pub(crate) entered: Vec<u32>,
    pub(crate) probed: Vec<String>,
}

pub(crate) struct Host {
    pub(crate) partition: ComposedPartition,
    pub(crate) store: Store<State>,
    instance: Instance,
}

impl Host {
    pub(crate) fn new(partition: &ComposedPartition) -> Self {
        let engine = Engine::default();
        let component = Component::from_binary(&engine, &partition.bytes).unwrap();
        let mut linker = Linker::new(&engine);
        platform(&mut linker).unwrap();
        let mut store = Store::new(&engine, State::default());
        let instance = linker.instantiate(&mut store, &component).unwrap();
        Self {
            partition: partition.clone(),
            store,
            instance,
        }
    }

    /// Runs a task.
    pub(crate) fn run(&mut self, task: &str) {
        let function = self
            .instance
            .get_typed_func::<(), ()>(&mut self.store, task)
            .unwrap();
        function.call(&mut self.store, ()).unwrap();
    }

    /// Runs a task and gives what it published, as `end = value`.
    pub(crate) fn published_by(&mut self, task: &str) -> Vec<String> {
        self.store.data_mut().published.clear();
        self.run(task);
        let published = std::mem::take(&mut self.store.data_mut().published);
        published
            .iter()
            .map(|(element, bytes)| {
                let at = *element as usize;
                let decoded = value::decode(&self.partition.element_types[at], bytes).unwrap();
                format!(
                    "{} = {}",
                    self.partition.deployment.elements[at].name,
                    value::print(&decoded)
                )
            })
            .collect()
    }

    /// Runs a task and gives the frames that it sent, as `message bytes`.
    pub(crate) fn sent_by(&mut self, task: &str) -> Vec<String> {
        self.store.data_mut().sent.clear();
        self.run(task);
        let sent = std::mem::take(&mut self.store.data_mut().sent);
        sent.iter()
            .map(|(pdu, data)| {
                let bytes: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
                format!(
                    "{} {bytes}",
                    self.partition.deployment.pdus[*pdu as usize].name
                )
            })
            .collect()
    }

    /// The position of an element by its end and direction.
    pub(crate) fn element(&self, name: &str, direction: deployment::Direction) -> u32 {
        let elements = &self.partition.deployment.elements;
        let found = elements
            .iter()
            .position(|one| one.name == name && one.direction == direction);
        u32::try_from(found.unwrap()).unwrap()
    }

    /// Lets a packed value wait for an element.
    pub(crate) fn deliver(&mut self, element: u32, value: &[u8]) {
        self.store
            .data_mut()
            .waiting
            .entry(element)
            .or_default()
            .push_back(value.to_vec());
    }
}

fn platform(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut clock = linker.instance("wireloom:ecu/clock@0.1.0")?;
    clock.func_wrap("now", |store, (): ()| Ok((store.data().now_ns,)))?;

    let mut meter = linker.instance("wireloom:ecu/meter@0.1.0")?;
    meter.func_wrap("enter", |mut store, (runnable,): (u32,)| {
        store.data_mut().entered.push(runnable);
        Ok(())
    })?;
    meter.func_wrap("leave", |_, (): ()| Ok(()))?;

    let mut elements = linker.instance("wireloom:ecu/elements@0.1.0")?;
    elements.func_wrap("publish", |mut store, (element, value): (u32, Vec<u8>)| {
        store.data_mut().published.push((element, value));
        Ok(())
    })?;
    elements.func_wrap("refuse", |mut store, (element,): (u32,)| {
        store.data_mut().refused.push(element);
        Ok(())
    })?;
    elements.func_wrap("take", |mut store, (element,): (u32,)| {
        let queue = store.data_mut().waiting.get_mut(&element);
        Ok((queue.and_then(VecDeque::pop_front),))
    })?;

    let mut frames = linker.instance("wireloom:ecu/frames@0.1.0")?;
    frames.func_wrap("transmit", |mut store, (pdu, data): (u32, Vec<u8>)| {
        store.data_mut().sent.push((pdu, data));
        Ok(())
    })?;
    frames.func_wrap("take", |mut store, (pdu,): (u32,)| {
        let queue = store.data_mut().frames.get_mut(&pdu);
        Ok((queue.and_then(VecDeque::pop_front),))
    })?;

    let mut probes = linker.instance("wireloom:ecu/probes@0.1.0")?;
    probes.func_wrap(
        "called",
        |mut store, (probe, function, arguments): (u32, u32, Vec<u8>)| {
            store
                .data_mut()
                .probed
                .push(format!("{probe}.{function} {arguments:?}"));
            Ok(())
        },
    )?;
    probes.func_wrap(
        "returned",
        |mut store, (probe, function, outcome): (u32, u32, Vec<u8>)| {
            store
                .data_mut()
                .probed
                .push(format!("{probe}.{function} -> {outcome:?}"));
            Ok(())
        },
    )?;
    probes.func_wrap("pause", |_, (): ()| Ok(()))?;
    probes.func_wrap("resume", |_, (): ()| Ok(()))?;
    Ok(())
}
