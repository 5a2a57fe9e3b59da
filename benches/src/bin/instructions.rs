//! Runs the lookups of one rival, so that callgrind can count their instructions: `instructions GROUP RIVAL PASSES`
//! makes PASSES passes over 10,000 keys. `benches/report.py` subtracts one pass from two, which leaves out the
//! preparation.

use std::env;
use std::hint::black_box;
use std::process::ExitCode;

use benches::{Rival, amounts, bills, engine_keys, engines, estimates, keys, plain, typed, typed_keys};

const COUNT: usize = 10_000;

fn run<K>(passes: usize, keys: &[K], rivals: &[Rival<K>], rival: &str) -> bool {
    let Some((_, look_up)) = rivals.iter().find(|(name, _)| *name == rival) else { return false };
    for _ in 0..passes {
        black_box(look_up(black_box(keys)));
    }
    true
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [group, rival, passes] => passes.parse().is_ok_and(|passes| match group {
            "plain integers" => run(passes, &keys(COUNT, 0), &plain(), rival),
            "plain integers, 10% misses" => run(passes, &keys(COUNT, 1), &plain(), rival),
            "variants" => run(passes, &typed_keys(COUNT), &typed(), rival),
            "estimate" => run(passes, &keys(COUNT, 0), &estimates(), rival),
            "engine" => run(passes, &engine_keys(COUNT), &engines(), rival),
            "amounts" => run(passes, &bills(COUNT), &amounts(), rival),
            _ => false,
        }),
        _ => false,
    };
    if !done {
        eprintln!("usage: instructions GROUP RIVAL PASSES");
    }
    ExitCode::from(u8::from(!done))
}
