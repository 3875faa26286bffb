//! Time to check a document, and to judge all wires from one port.
//! `cargo bench -p graph-core --bench check`

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use graph_core::{
    check::{self, Sheet},
    file, layout,
    resolve::Side,
    synthetic,
};
use std::hint::black_box;

fn sizes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    for count in [10, 90, 1000] {
        let (document, library) = synthetic::system(count);
        group.bench_with_input(BenchmarkId::new("check", count), &count, |bencher, _| {
            bencher.iter(|| check::check(black_box(&document), black_box(&library)));
        });
        let start = document
            .connectors
            .values()
            .next()
            .map(|connector| connector.from.clone());
        if let Some(start) = start {
            group.bench_with_input(
                BenchmarkId::new("candidates", count),
                &count,
                |bencher, _| {
                    bencher.iter(|| {
                        let sheet = Sheet::new(black_box(&document), black_box(&library));
                        check::candidates(&sheet, black_box(&start), Side::Source)
                    });
                },
            );
        }
        group.bench_with_input(BenchmarkId::new("write", count), &count, |bencher, _| {
            bencher.iter(|| file::write(black_box(&document)));
        });
        let text = file::write(&document);
        group.bench_with_input(BenchmarkId::new("read", count), &count, |bencher, _| {
            bencher.iter(|| file::read(black_box(&text), "synthetic.wireloom"));
        });
        group.bench_with_input(BenchmarkId::new("arrange", count), &count, |bencher, _| {
            let shapes = layout::Shapes::estimated(&document, &library);
            bencher.iter(|| layout::arrange(black_box(&document), black_box(&shapes)));
        });
    }
    group.finish();
}

criterion_group!(benches, sizes);
criterion_main!(benches);
