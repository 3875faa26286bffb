//! Time to make compositions flat, to check them and to show one of them, at 1,008 leaves in 12 times
//! a composition of compositions of compositions; and to group 80 of 1,000 instances.
//! `cargo bench -p graph-core --bench hierarchy`

use criterion::{Criterion, criterion_group, criterion_main};
use graph_core::{check, document::InstanceId, hierarchy, synthetic};
use std::{collections::BTreeSet, hint::black_box};

fn thousand(criterion: &mut Criterion) {
    let (document, library) = synthetic::hierarchy(12, 84);
    let mut group = criterion.benchmark_group("hierarchy");
    group.bench_function("flatten 1008", |bencher| {
        bencher.iter(|| hierarchy::flattened(black_box(&document)));
    });
    group.bench_function("check 1008", |bencher| {
        bencher.iter(|| check::check(black_box(&document), black_box(&library)));
    });
    let composition = document.compositions().next();
    group.bench_function("view", |bencher| {
        bencher.iter(|| hierarchy::view(black_box(&document), composition));
    });
    group.bench_function("types", |bencher| {
        bencher.iter(|| hierarchy::types(black_box(&document), black_box(&library)));
    });
    let (flat, _) = synthetic::system(1000);
    let some: BTreeSet<InstanceId> = flat.instances.keys().take(80).copied().collect();
    group.bench_function("group 80 of 1000", |bencher| {
        bencher.iter(|| hierarchy::group(black_box(&flat), &some, "front"));
    });
    group.finish();
}

criterion_group!(benches, thousand);
criterion_main!(benches);
