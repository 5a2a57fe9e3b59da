//! Measures the time of a lookup: each rival passes over the same million keys, in an order that no branch predictor
//! learns. `benches/report.py` prints the results as tables.

use std::hint::black_box;
use std::time::Duration;

use benches::{Rival, amounts, bills, engine_keys, engines, estimates, keys, plain, typed, typed_keys};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const COUNT: usize = 1_000_000;

fn compare<K>(criterion: &mut Criterion, name: &str, keys: &[K], rivals: Vec<Rival<K>>) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(keys.len() as u64));
    group.sample_size(30).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    let mut sums = Vec::new();
    for (rival, look_up) in rivals {
        sums.push(look_up(keys));
        group.bench_function(rival, |bencher| bencher.iter(|| look_up(black_box(keys))));
    }
    assert!(sums.iter().all(|sum| sum == &sums[0]), "the rivals of {name} do not agree: {sums:?}");
    group.finish();
}

fn all(criterion: &mut Criterion) {
    compare(criterion, "plain integers", &keys(COUNT, 0), plain());
    compare(criterion, "plain integers, 10% misses", &keys(COUNT, 1), plain());
    compare(criterion, "variants", &typed_keys(COUNT), typed());
    compare(criterion, "estimate", &keys(COUNT, 0), estimates());
    compare(criterion, "engine", &engine_keys(COUNT), engines());
    compare(criterion, "amounts", &bills(COUNT), amounts());
}

criterion_group!(benches, all);
criterion_main!(benches);
