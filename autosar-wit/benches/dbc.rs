//! Reading DBC files, and decoding frames by them. `scripts/measure-dbc` gives files and frames, and
//! sets what comes out beside cantools.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panic"
)]

use autosar_wit::dbc;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::{collections::HashMap, hint::black_box};

/// A DBC file, and frames of its messages: identifier, extended or not, data.
#[derive(serde::Deserialize)]
struct Work {
    name: String,
    path: String,
    frames: Vec<(u32, bool, Vec<u8>)>,
}

fn benchmarks(criterion: &mut Criterion) {
    let Some(list) = std::env::var_os("WIRELOOM_DBC_WORK") else {
        println!("skipped: `scripts/measure-dbc` says what to read and decode");
        return;
    };
    let work: Vec<Work> = serde_json::from_slice(&std::fs::read(list).unwrap()).unwrap();
    let files: Vec<Vec<u8>> = work
        .iter()
        .map(|work| std::fs::read(&work.path).unwrap())
        .collect();
    let mut parse = criterion.benchmark_group("parse");
    for (work, bytes) in work.iter().zip(&files) {
        parse.throughput(Throughput::Bytes(bytes.len() as u64));
        parse.bench_with_input(
            BenchmarkId::from_parameter(&work.name),
            bytes,
            |bench, bytes| {
                bench.iter(|| dbc::read(black_box(bytes)));
            },
        );
    }
    parse.finish();
    let mut decode = criterion.benchmark_group("decode");
    for (work, bytes) in work.iter().zip(&files) {
        let database = dbc::read(bytes).database;
        let messages: HashMap<(u32, bool), &dbc::Message> = database
            .messages
            .iter()
            .map(|message| ((message.id, message.extended), message))
            .collect();
        let frames: Vec<(&dbc::Message, &[u8])> = work
            .frames
            .iter()
            .map(|(id, extended, data)| (messages[&(*id, *extended)], data.as_slice()))
            .collect();
        decode.throughput(Throughput::Elements(frames.len() as u64));
        decode.bench_with_input(
            BenchmarkId::from_parameter(&work.name),
            &frames,
            |bench, frames| {
                bench.iter(|| {
                    for (message, data) in frames {
                        black_box(message.decode(black_box(data)));
                    }
                });
            },
        );
    }
    decode.finish();
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
