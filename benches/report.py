#!/usr/bin/env python3
"""Prints the tables of lookups in benches/README.md from a run of the benches.

Runs `cargo bench` and reads criterion's estimates: the median time of a pass over a million keys, as nanoseconds per key and as
the ratio to this crate's time. Counts instructions with callgrind if valgrind is installed; other work of the machine does not
change them.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PLAIN, MISSES = "plain integers", "plain integers, 10% misses"
# The names of this crate and its rivals in benches/README.md.
PLAIN_NAMES = {
    "this crate": "**`Table::price`**",
    "FxHashMap": "`FxHashMap`",
    "std HashMap": "`HashMap` of std",
    "phf": "`phf`",
    "one match": "one `match` on the integers",
    "two matches": "two matches and an array",
    "BTreeMap": "`BTreeMap`",
}
OTHERS = {
    "variants": ("`price` of variants", {"indexed array": "array, indexed by hand"}),
    "estimate": ("`Table::estimate`", {"price": "`Table::price` of the same requests"}),
    "engine": (
        "`Table::for_engine`",
        {"FxHashMap": "`FxHashMap` of ids", "std HashMap": "`HashMap` of std of ids", "phf": "`phf` of ids"},
    ),
    "amounts": ("product and sum of `Credits`", {"Decimal": "product and sum of `Decimal`"}),
}
KEYS = 1_000_000


def times() -> dict[str, dict[str, float]]:
    """Returns nanoseconds per key, by group and rival, the fastest rival first."""
    found = {group: {} for group in [PLAIN, MISSES, *OTHERS]}
    for file in (TARGET / "criterion").glob("*/*/new/benchmark.json"):
        names = json.loads(file.read_text())
        estimates = json.loads((file.parent / "estimates.json").read_text())
        if names["group_id"] in found:
            nanoseconds = estimates["median"]["point_estimate"] / KEYS
            found[names["group_id"]][names["function_id"]] = nanoseconds
    return {group: dict(sorted(rivals.items(), key=lambda item: item[1])) for group, rivals in found.items()}


def instructions(group: str, rival: str) -> str:
    """Returns the number of instructions per key, or a dash without valgrind."""
    if not shutil.which("valgrind"):
        return "–"

    def counted(passes: int) -> int:
        program = [TARGET / "release/instructions", group, rival, str(passes)]
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *program]
        errors = subprocess.run(valgrind, check=True, capture_output=True, text=True).stderr
        return int(re.search(r"Collected : (\d+)", errors).group(1))

    return f"{(counted(2) - counted(1)) / 10_000:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-run", action="store_true", help="print the results of the last run of `cargo bench`")
    if not parser.parse_args().no_run:
        shutil.rmtree(TARGET / "criterion", ignore_errors=True)
        subprocess.run(["cargo", "bench", "--quiet", "--package", "benches"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    build = ["cargo", "build", "--quiet", "--release", "--package", "benches", "--bin", "instructions"]
    subprocess.run(build, cwd=ROOT, check=True)
    found = times()

    def cells(group: str, rival: str) -> list[str]:
        nanoseconds = found[group][rival]
        return [f"{nanoseconds:.2f}", f"{nanoseconds / found[group]['this crate']:.1f}"]

    print("| plain integers | ns | times | instructions | 10% misses, ns | times |\n|---|---:|---:|---:|---:|---:|")
    for rival in found[PLAIN]:
        name = PLAIN_NAMES.get(rival, rival)
        print(f"| {' | '.join([name, *cells(PLAIN, rival), instructions(PLAIN, rival), *cells(MISSES, rival)])} |", flush=True)
    print("\n| | ns | times | instructions |\n|---|---:|---:|---:|")
    for group, (this, names) in OTHERS.items():
        for rival in sorted(found[group], key=lambda rival: rival != "this crate"):
            name = f"**{this}**" if rival == "this crate" else names[rival]
            print(f"| {' | '.join([name, *cells(group, rival), instructions(group, rival)])} |", flush=True)


if __name__ == "__main__":
    main()
