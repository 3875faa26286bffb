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

/// What `synthetic::link` describes, with code: it hands on what it reads.
const LINK: &str = r#"(component
    (import "wireloom:synthetic/value@1.0.0" (instance $before (export "get" (func (result f32)))))
    (core func $before (canon lower (func $before "get")))
    (core module $link
        (import "" "get" (func $before (result f32)))
        (global $value (mut f32) (f32.const 0))
        (func (export "get") (result f32) global.get $value)
        (func (export "initialize"))
        (func (export "step") (global.set $value (call $before))))
    (core instance $link (instantiate $link (with "" (instance (export "get" (func $before))))))
    (func $get (result f32) (canon lift (core func $link "get")))
    (func $initialize (canon lift (core func $link "initialize")))
    (func $step (canon lift (core func $link "step")))
    (instance $value (export "get" (func $get)))
    (instance $run (export "initialize" (func $initialize)) (export "step" (func $step)))
    (export "wireloom:synthetic/value@1.0.0" (instance $value))
    (export "wireloom:synthetic/run@1.0.0" (instance $run)))"#;

fn with_code(library: &mut Library) {
    let Ok(code) = wat::parse_str(LINK) else {
        unreachable!("the text above is a component: this is a bug");
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
