#!/usr/bin/env python3
"""Prints the cost of building a dependent: CPU seconds of a cold build, in debug and in release, and the number of crates.

Each dependent is a crate with one dependency and an empty target folder. CPU seconds, unlike wall time, do not depend on the
number of cores. Reports the fastest of several runs, because other processes can only slow a run down.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATH = f'{{ path = "{ROOT}"'
DEPENDENTS = [
    ("this crate", f"dreamstudio-pricing = {PATH} }}"),
    ("this crate, with `serde`", f'dreamstudio-pricing = {PATH}, features = ["serde"] }}'),
    ("this crate, with `codegen`", f'dreamstudio-pricing = {PATH}, features = ["codegen"] }}'),
    ("chrono-tz", 'chrono-tz = "0.10"'),
    ("phf with macros", 'phf = { version = "0.14", features = ["macros"] }'),
    ("`iso_currency`", 'iso_currency = "0.5"'),
    ("nothing", ""),
]


def cpu_seconds(command: list[str], folder: pathlib.Path, environment: dict[str, str]) -> float:
    """Returns the CPU seconds of a command and of all processes that it starts."""
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(errors)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="number of cold builds of each kind (default: 3)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        crates = []
        for number, (label, dependency) in enumerate(DEPENDENTS):
            crate = scratch / f"dependent-{number}"
            (crate / "src").mkdir(parents=True)
            (crate / "src/lib.rs").write_text("")
            (crate / "Cargo.toml").write_text(
                f'[package]\nname = "dependent"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n{dependency}\n'
            )
            subprocess.run(["cargo", "fetch", "--quiet"], cwd=crate, check=True)
            tree = ["cargo", "tree", "--prefix", "none", "--edges", "normal,build", "--no-dedupe"]
            lines = subprocess.run(tree, cwd=crate, check=True, capture_output=True, text=True).stdout.splitlines()
            crates.append((label, crate, len({line.split(" (")[0] for line in lines if line}) - 1))

        print("| a dependent of | crates | debug, CPU s | release, CPU s |")
        print("|---|---:|---:|---:|")
        for label, crate, count in crates:
            least = {}
            for profile in ["debug", "release"]:
                command = ["cargo", "build", "--quiet", "--offline"] + ["--release"] * (profile == "release")
                times = []
                for _ in range(runs):
                    shutil.rmtree(crate / "target", ignore_errors=True)
                    # Cargo builds a dependency by path incrementally, but never one from a registry.
                    environment = {**os.environ, "CARGO_TARGET_DIR": str(crate / "target"), "CARGO_INCREMENTAL": "0"}
                    times.append(cpu_seconds(command, crate, environment))
                least[profile] = min(times)
            print(f"| {label} | {count} | {least['debug']:.2f} | {least['release']:.2f} |", flush=True)


if __name__ == "__main__":
    main()
