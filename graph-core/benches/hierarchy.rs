//! Time to make compositions flat, to check them, to show one of them and to judge a dragged wire, at
//! 1,008 leaves in 12 times a composition of compositions of compositions; and to group 80 of 1,000
//! instances.
//! `cargo bench -p graph-core --bench hierarchy`

use criterion::{Criterion, criterion_group, criterion_main};
use graph_core::{
    check::{self, Sheet},
    document::InstanceId,
    hierarchy,
    resolve::Side,
    synthetic,
};
use std::{collections::BTreeSet, hint::black_box};

fn thousand(criterion: &mut Criterion) {
    let (document, mut library) = synthetic::hierarchy(12, 84);
    library
        .components
        .extend(hierarchy::types(&document, &library));
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
    let shown = hierarchy::view(&document, None);
    let sheet = Sheet::within(&document, None, &shown, &library);
    let start = shown.connectors.values().next().map(|one| one.from.clone());
    if let Some(start) = start {
        group.bench_function("verdicts on a wire, 1008", |bencher| {
            bencher.iter(|| check::candidates(&sheet, black_box(&start), Side::Source));
        });
    }
    let (flat, _) = synthetic::system(1000);
    let some: BTreeSet<InstanceId> = flat.instances.keys().take(80).copied().collect();
    group.bench_function("group 80 of 1000", |bencher| {
        bencher.iter(|| hierarchy::group(black_box(&flat), &some, "front"));
    });
    group.finish();
}

criterion_group!(benches, thousand);
criterion_main!(benches);
