//! The flattened module against the component, in one engine with two hosts that share nothing but
//! the answers: whatever tasks run in whatever order and whatever the host answers, both call the
//! host in the same way.

use super::{
    composed::composed,
    host::{Answers, component_host, core_host},
};
use exporter::{lower::lower, native::flatten};
use graph_core::compose::ComposedPartition;
use wasmtime::{Config, Engine, Module, Store, component::Component};

/// Seeds, and activations of each.
const SEEDS: u64 = 12;
const ACTIVATIONS: usize = 120;

fn engine() -> Engine {
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .wasm_custom_page_sizes(true);
    Engine::new(&config).unwrap()
}

/// Which task runs when: the same for both.
fn order(seed: u64, tasks: usize) -> Vec<usize> {
    let mut state = seed | 1;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % tasks
    };
    std::iter::repeat_with(next).take(ACTIVATIONS).collect()
}

fn agrees(partition: &ComposedPartition) {
    let engine = engine();
    let lowered = lower(&partition.bytes).unwrap().bytes;
    let flattened = flatten(&partition.name, &lowered).unwrap();
    let component = Component::new(&engine, &lowered).unwrap();
    let module = Module::new(&engine, &flattened.module).unwrap();
    let tasks = &flattened.tasks;
    assert!(!tasks.is_empty());
    for seed in 0..SEEDS {
        let answers = || Answers::new(seed, &partition.deployment);
        let mut one = Store::new(&engine, answers());
        let linker = component_host(&engine, &component);
        let instance = linker.instantiate(&mut one, &component).unwrap();
        let mut other = Store::new(&engine, answers());
        let linker = core_host(&engine, &flattened.calls);
        let core = linker.instantiate(&mut other, &module).unwrap();
        for task in order(seed, tasks.len()) {
            let name = &tasks[task];
            let function = instance.get_typed_func::<(), ()>(&mut one, name).unwrap();
            function.call(&mut one, ()).unwrap();
            let function = core
                .get_typed_func::<(), ()>(&mut other, &format!("task{task}"))
                .unwrap();
            function.call(&mut other, ()).unwrap();
            assert_eq!(one.data().log, other.data().log, "{name}, seed {seed}");
        }
        assert!(one.data().log.len() > ACTIVATIONS / 2);
    }
}

#[test]
fn the_samples_call_the_host_as_their_components_do() {
    for sample in ["thermal", "antipinch"] {
        for partition in &composed(sample).partitions {
            agrees(partition);
        }
    }
}
