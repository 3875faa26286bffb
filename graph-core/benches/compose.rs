//! Time to check and to compose systems of 10, 90 and 1,000 instances, in partitions of at most 90.
//! `cargo bench -p graph-core --bench compose`

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use graph_core::{
    check,
    compose::compose,
    library::{Entry, Library},
    synthetic,
};
use std::{hint::black_box, sync::Arc};

fn with_code(library: &mut Library) {
    let Ok(code) = wat::parse_str(synthetic::CODE) else {
        unreachable!("its text is a component: this is a bug");
    };
    for entry in library.components.values_mut() {
        if let Entry::Loaded { bytes, .. } = entry {
            *bytes = Arc::from(code.as_slice());
        }
    }
}

fn sizes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compose");
    group.sample_size(10);
    for count in [10, 90, 1000] {
        let (document, mut library) = synthetic::system(count);
        with_code(&mut library);
        let composed = compose(&document, &library);
        assert!(
            composed.is_ok(),
            "{count} instances do not compose: {:?}",
            composed.err()
        );
        group.bench_with_input(
            BenchmarkId::new("check and compose", count),
            &count,
            |bencher, _| {
                bencher.iter(|| {
                    let found = check::check(black_box(&document), black_box(&library));
                    (found, compose(black_box(&document), black_box(&library)))
                });
            },
        );
    }
    group.finish();
}

criterion_group!(benches, sizes);
criterion_main!(benches);
