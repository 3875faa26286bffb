//! How fast whole systems go on a full CAN bus: `cargo bench -p simulator --bench buses`. Eight nodes
//! of one component each fill a bus of 1 Mbit/s; each takes one identifier of the eight. Beside
//! python-can's virtual bus: `scripts/measure-can`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "a benchmark fails by panics; the helpers are those of the tests"
)]

#[path = "../tests/systems/support.rs"]
mod support;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use deployment::{BusKind, Direction, Event};
use simulator::{Simulation, SystemFiles};
use support::*;

const NODES: u32 = 8;
/// Virtual time of a round, in nanoseconds.
const ROUND: u64 = 60 * SECOND;

/// Sends eight bytes a millisecond, which together is more than the bus carries, and publishes what
/// its neighbour has sent.
fn node(number: u32) -> Guest {
    let count = "i32.const 64 i32.const 64 i32.load i32.const 1 i32.add i32.store";
    let (own, next) = (0x100 + number, 0x100 + (number + 1) % NODES);
    let mut node = guest(&format!("node{number}"), "app")
        .pdu("Own", Direction::Out, own)
        .pdu("Next", Direction::In, next)
        .element("seen", Direction::Out)
        .task(
            "send",
            every(MS),
            &format!("{count} i32.const 0 i32.const 64 i32.const 8 call $transmit"),
        )
        .task(
            "receive",
            Event::DataReceived {
                elements: vec![],
                pdus: vec![1],
            },
            "i32.const 1 i32.const 128 call $take_frame
            i32.const 0 i32.const 132 i32.load i32.const 136 i32.load call $publish",
        );
    for pdu in &mut node.table.pdus {
        pdu.length_bytes = 8;
    }
    node
}

fn full_bus() -> SystemFiles {
    let nodes: Vec<Guest> = (0..NODES).map(node).collect();
    let mut files = system(&nodes);
    for bus in &mut files.system.buses {
        if let BusKind::Can { bitrate_bps } = &mut bus.kind {
            *bitrate_bps = 1_000_000;
        }
    }
    files
}

fn buses(criterion: &mut Criterion) {
    let files = full_bus();
    let whole = |mut simulation: Simulation| {
        run(&mut simulation, ROUND);
        simulation
    };
    let done = whole(start(&files));
    assert_eq!(done.incidents(), []);
    let summary = done.summary();
    let load = summary.buses.iter().map(|bus| bus.load).fold(0.0, f64::max);
    println!(
        "{} frames, {} activations, bus load {load:.3}, 60 virtual seconds a round",
        summary.frames, summary.activations
    );
    assert!(load > 0.97, "the bus is full: {load}");
    let mut group = criterion.benchmark_group("buses");
    group.sample_size(10);
    group.throughput(Throughput::Elements(summary.frames));
    group.bench_function("eight nodes on a full bus", |bencher| {
        bencher.iter_batched(|| start(&files), whole, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, buses);
criterion_main!(benches);
