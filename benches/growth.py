#!/usr/bin/env python3
"""Prints how the times of the generator, of rustc and of a lookup grow with the size of a table.

Measures a folder with one price table of each size. The generator is not optimised, as in a build script. rustc compiles the
library with only that table. Lookups pass over a million keys, in an order that no branch predictor learns. Reports the fastest
of several runs.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHAPES = {100: (10, 10), 1_000: (40, 25), 10_000: (100, 100), 40_000: (200, 200)}

PROGRAM = """
use dreamstudio_pricing::{Table, grown};
use std::hint::black_box;

fn nanoseconds(mut pass: impl FnMut() -> u64) -> f64 {
    let time = |_| { let start = std::time::Instant::now(); black_box(pass()); start.elapsed().as_nanos() };
    (0..10).map(time).min().unwrap() as f64 / 1e6
}

fn main() {
    let mut state = 1_u64;
    let mut random = |length: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % length
    };
    let keys: Vec<_> = (0..1_000_000).map(|_| {
        (grown::Size::ALL[random(grown::Size::ALL.len())], grown::Steps::ALL[random(grown::Steps::ALL.len())])
    }).collect();
    let plain: Vec<_> = keys.iter().map(|(size, steps)| (size.width(), size.height(), steps.get())).collect();
    let typed = nanoseconds(|| black_box(&keys).iter().map(|&(size, steps)| grown::price(size, steps).units()).sum());
    let look_up = |&(width, height, steps): &_| Table::Grown.price(width, height, steps).unwrap().units();
    let plain = nanoseconds(|| black_box(&plain).iter().map(look_up).sum());
    println!("{typed:.2} | {plain:.2}");
}
"""


def write_tables(folder: pathlib.Path, columns: int, rows: int) -> None:
    folder.mkdir()
    sizes = [(64 * (column // 2 + 1), 64 * (column % 2 + 1)) for column in range(columns)]
    lines = ["steps," + ",".join(f"{width}x{height}" for width, height in sizes)]
    for steps in range(1, rows + 1):
        lines.append(f"{steps}," + ",".join(f"{width * height * steps / 10_000:.4f}" for width, height in sizes))
    (folder / "grown.csv").write_text("\n".join(lines) + "\n")
    (folder / "engines.csv").write_text("engine,table\ngrown-1,grown\n")
    (folder / "clients.csv").write_text("client,table,width,height,steps,granted_images\nAPI,grown,64,64,1,\n")
    (folder / "billing.csv").write_text("item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n")


def seconds(command: list, **options) -> float:
    start = time.monotonic()
    subprocess.run(command, check=True, **options)
    return time.monotonic() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="number of runs of each (default: 3)")
    runs = parser.parse_args().runs
    build = ["cargo", "build", "--quiet", "--package", "dreamstudio-pricing-codegen", "--example", "generate"]
    subprocess.run(build, cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    print("| cells | generator, s | rustc debug, s | rustc release, s | variants, ns | plain integers, ns |")
    print("|---:|---:|---:|---:|---:|---:|")
    for cells, (columns, rows) in SHAPES.items():
        with tempfile.TemporaryDirectory() as name:
            out = pathlib.Path(name)
            write_tables(out / "tables", columns, rows)
            environment = {**os.environ, "OUT_DIR": name}
            with open(out / "generated.rs", "w") as code:
                generate = [target / "debug/examples/generate", out / "tables"]
                generator = min(seconds(generate, stdout=code) for _ in range(runs) if code.seek(0) == 0)
            rustc = ["rustc", "--edition", "2024", "--out-dir", out, "-L", out]
            options = ["--crate-name", "dreamstudio_pricing", "--crate-type", "lib", "--cfg", 'feature="codegen"']
            library = rustc + options + [ROOT / "src/lib.rs"]
            debug = min(seconds(library, env=environment) for _ in range(runs))
            release = min(seconds(library + ["-O"], env=environment) for _ in range(runs))
            (out / "program.rs").write_text(PROGRAM)
            subprocess.run(rustc + ["-O", "--extern", "dreamstudio_pricing", out / "program.rs"], check=True)
            looked_up = subprocess.run([out / "program"], check=True, capture_output=True, text=True).stdout.strip()
            print(f"| {cells:,} | {generator:.2f} | {debug:.2f} | {release:.2f} | {looked_up} |", flush=True)


if __name__ == "__main__":
    main()
