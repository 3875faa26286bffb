//! How fast frames pass a virtual CAN bus: `cargo bench -p simulator`. A whole system is timed by
//! `cargo bench -p wireloom --bench system`.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark fails by panics"
)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use simulator::can::{
    Attempts, BitRates, Bus, ControllerSettings, Frame, Id, Mode, QueueOrder, bits,
};

/// Frames of one round; all asked for at once, so that each start is an arbitration of four.
const FRAMES: u64 = 1_000;

fn loaded_bus() -> Bus {
    let mut bus = Bus::new(500_000);
    let node = |number: u32| ControllerSettings {
        name: format!("node{number}"),
        order: QueueOrder::Fifo,
        capacity: FRAMES as usize,
        mode: Mode::Normal,
        is_flexible: false,
    };
    let nodes: Vec<_> = (0..4).map(|number| bus.attach(node(number))).collect();
    for (number, node) in (0..FRAMES as u32).zip(nodes.iter().cycle()) {
        let frame =
            Frame::data(Id::standard(number & 0x7ff).unwrap(), &number.to_le_bytes()).unwrap();
        bus.request(0, *node, frame, 0, Attempts::UntilSent)
            .unwrap();
    }
    bus
}

fn can(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("can");
    group.throughput(Throughput::Elements(FRAMES));
    group.bench_function("frames over a bus of four", |bencher| {
        let drain = |mut bus: Bus| {
            let mut events = Vec::new();
            while bus.advance(u64::MAX, &mut events) {}
            events
        };
        bencher.iter_batched(loaded_bus, drain, BatchSize::SmallInput);
    });
    group.throughput(Throughput::Elements(1));
    let frame: Frame = "18DAF110#0210030000000000".parse().unwrap();
    let rates = BitRates::classic(500_000);
    group.bench_function("bits of a frame", |bencher| {
        bencher.iter(|| bits::report_of(&frame, &rates))
    });
    group.finish();
}

criterion_group!(benches, can);
criterion_main!(benches);
