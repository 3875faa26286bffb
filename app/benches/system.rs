//! How fast the samples are composed and simulated: `cargo bench -p wireloom --bench system`.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark fails by panics"
)]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use simulator::{Options, Programs, Simulation};
use std::{path::PathBuf, sync::Arc};
use wireloom::{files, observe};

const SECOND_NS: u64 = 1_000_000_000;

fn samples(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("samples");
    for name in ["thermal", "antipinch"] {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../samples")
            .join(name);
        let project = files::open_project(&folder).unwrap();
        let (document, library) = (&project.document, &project.library);
        group.bench_function(BenchmarkId::new("check", name), |bencher| {
            bencher.iter(|| graph_core::check::check(document, library));
        });
        group.bench_function(BenchmarkId::new("compose", name), |bencher| {
            bencher.iter(|| graph_core::compose::compose(document, library).unwrap());
        });
        let composed = graph_core::compose::compose(document, library).unwrap();
        let files = Arc::new(observe::system_files(&composed));
        let programs = Programs::new().unwrap();
        let make =
            || Simulation::with_programs(files.clone(), Options::default(), &programs).unwrap();
        group.bench_function(
            BenchmarkId::new("start, compiled before", name),
            |bencher| bencher.iter(make),
        );
        // One element is one virtual second: the throughput is virtual seconds per second.
        group.throughput(Throughput::Elements(10));
        group.bench_function(BenchmarkId::new("ten virtual seconds", name), |bencher| {
            let run = |mut simulation: Simulation| {
                simulation.run_until(10 * SECOND_NS, &mut |_| true);
                simulation
            };
            bencher.iter_batched(make, run, BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, samples);
criterion_main!(benches);
