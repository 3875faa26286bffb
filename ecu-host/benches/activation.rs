//! What an activation costs against the bare typed call of the engine.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that can not go on panics"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use deployment::{Event, FORMAT, Limits, Partition, Reaction, Task};
use ecu_host::{
    Ecu, EcuSettings,
    board::{Board, BusTime, CanError, CanFrame, I2cError, I2cOperation, I2cTransfer, Record},
    engine_config,
};
use wasmtime::{
    Engine, Store,
    component::{Component, Linker},
};

const EMPTY_TASK: &str = r#"(component
    (core module $m (func (export "f")))
    (core instance $i (instantiate $m))
    (func (export "t") (canon lift (core func $i "f"))))"#;

struct Nothing;

impl Board for Nothing {
    fn transmit(&mut self, _: u64, _: u64, _: &CanFrame) -> Result<(), CanError> {
        Err(CanError::NoBus)
    }
    fn has_can(&self, _: &str) -> bool {
        false
    }
    fn has_i2c(&self, _: &str) -> bool {
        false
    }
    fn i2c(&mut self, _: u64, _: &str, _: u16, _: &mut [I2cOperation]) -> I2cTransfer {
        I2cTransfer {
            bus_time: BusTime(0),
            result: Err(I2cError::Other),
        }
    }
    fn record(&mut self, _: u64, _: Record<'_>) {}
    fn random(&mut self) -> u64 {
        0
    }
}

fn table() -> Partition {
    let event = Event::Timing {
        period_ns: 1_000_000,
        offset_ns: 0,
    };
    let task = Task {
        name: "t".into(),
        event,
        priority: 0,
        runnables: vec![],
    };
    Partition {
        format: FORMAT,
        ecu: "e".into(),
        name: "p".into(),
        instances: vec![],
        runnables: vec![],
        tasks: vec![task],
        elements: vec![],
        pdus: vec![],
        probes: vec![],
        limits: Limits {
            memory_bytes: 1 << 20,
            fuel: 1_000_000,
        },
        on_trap: Reaction::Stop,
    }
}

fn activation(criterion: &mut Criterion) {
    let engine = Engine::new(&engine_config()).unwrap();
    let component = Component::new(&engine, wat::parse_str(EMPTY_TASK).unwrap()).unwrap();
    let mut ecu = Ecu::new(&engine, EcuSettings::default(), Nothing);
    ecu.add(&component, table()).unwrap();
    criterion.bench_function("activation of an empty task", |bencher| {
        bencher.iter(|| {
            let at_ns = ecu.next_activation().unwrap().at_ns;
            ecu.run(at_ns).unwrap()
        });
    });
    let mut store = Store::new(&engine, ());
    store.set_fuel(u64::MAX).unwrap();
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &component)
        .unwrap();
    let function = instance.get_typed_func::<(), ()>(&mut store, "t").unwrap();
    criterion.bench_function("bare typed call of the same", |bencher| {
        bencher.iter(|| function.call(&mut store, ()).unwrap());
    });
}

criterion_group!(benches, activation);
criterion_main!(benches);
