#!/usr/bin/env python3
"""Prices a usage log with dreamprice, polars and DuckDB in turn, and compares times, memory and totals.

Each program joins the log with the price list and counts the rows without a price by reason, with its fastest plan. All must
give the same totals. Reports medians of several runs, each in its own process. Writes the log, and an environment with the
packages, below the target folder, and the tables into benches/README.md.
"""

import argparse
import csv
import gzip
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from typing import IO, Any, Callable, NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
FOLDER = TARGET / "bill"
VENV = FOLDER / "venv"
PACKAGES = ["polars==2.1.*", "duckdb==2.0.*"]
COMMAND = TARGET / "release" / "dreamprice"
HEADER = "request,time,user,engine,width,height,steps,images,note\n"
COLUMNS = ["3", "4", "5", "6", "7"]
ROWS = 5_000_000
CASE_ROWS = 2_000_000
# The shapes that logs have: the ending of the log, and how many users there are in it.
CASES = {
    "no quotes": (".csv", 1000),
    "a quoted prompt in each row": ("-prompts.csv", 1000),
    "the same, compressed with gzip": ("-prompts.csv.gz", 1000),
    "the same, JSON Lines": ("-prompts.jsonl", 1000),
    "100,000 groups": ("-3600-users.csv", 3600),
    "660,000 groups": ("-40000-users.csv", 40_000),
    "three editions, by the time of each row": ("-times.csv", 1000),
}
# The first days of the editions of the last case, what their prices are multiplied with, and the dollars of 1000 credits.
EDITIONS = {"2023-05-01": (1, "10"), "2023-06-15": (2, "11.80"), "2023-07-01": (2, "9")}
WORDS = "a photo of an astronaut riding a horse on mars, highly detailed, in the style of an old master, soft light, 8k".split()
# In memory if possible, because the comparison is not about the disk.
SCRATCH = pathlib.Path("/dev/shm") if pathlib.Path("/dev/shm").is_dir() else FOLDER


def install() -> None:
    """Runs this script again, in an environment with the packages."""
    if pathlib.Path(sys.prefix).resolve() == VENV.resolve():
        return
    if not (VENV / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        subprocess.run([VENV / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
        (VENV / "installed").touch()
    # Python finds its packages by the path of its own program.
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, *sys.argv])


def prices() -> list[tuple[str, int, int, int, int]]:
    """Returns the price list of the command: engine, width, height, steps, and units of credits."""
    tables = json.loads(subprocess.run([COMMAND, "table", "--format", "json"], check=True, capture_output=True).stdout)
    return [
        (engine, cell["width"], cell["height"], cell["steps"], round(float(cell["credits"]) * 10_000))
        for table in tables for engine in [table["table"], *table["engines"]] for cell in table["prices"]
    ]


def editions() -> list[str]:
    """Writes the tables of the editions, and returns the options that name them."""
    options = []
    for day, (factor, usd) in EDITIONS.items():
        folder = FOLDER / "editions" / day
        shutil.rmtree(folder, ignore_errors=True)
        # Formulas would give the prices that are there now.
        shutil.copytree(ROOT / "tables", folder, ignore=shutil.ignore_patterns("formulas.csv", "exceptions.csv"))
        for table in {row[1] for row in rows_of(folder / "engines.csv")[1:]}:
            header, *rows = rows_of(folder / f"{table}.csv")
            rows = [[steps, *(str(factor * Decimal(price)) for price in cells)] for steps, *cells in rows]
            write_csv(folder / f"{table}.csv", [header, *rows])
        grant, purchase = rows_of(folder / "billing.csv")[1:]
        grant[1], purchase[2] = str(factor * Decimal(grant[1])), usd
        write_csv(folder / "billing.csv", [["item", "credits", "usd"], grant, purchase])
        options += ["--tables", f"{day}={folder}"]
    return options


def rows_of(path: pathlib.Path) -> list[list[str]]:
    with open(path, newline="") as file:
        return list(csv.reader(file))


def write_csv(path: pathlib.Path, rows: list[list[str]]) -> None:
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def prices_of_editions() -> list[tuple[str, int, int, int, int, int, str, str]]:
    """Returns the price lists of the editions: with units of credits and of dollars, and the first and the last day."""
    export = [COMMAND, "export", "--format", "csv", *editions()]
    lines = subprocess.run(export, check=True, capture_output=True, text=True).stdout.splitlines()
    units = lambda amount, places: int(Decimal(amount).scaleb(places))
    # The name of a table is an engine too.
    return sorted({
        (engine, int(row["width"]), int(row["height"]), int(row["steps"]), units(row["credits"], 4),
         units(row["usd"], 9), row["valid_from"], row["valid_to"] or "9999-12-31")
        for row in csv.DictReader(lines) for engine in [row["engine"], row["table"]]
    })


def write_log(rows: int, ending: str = ".csv", users: int = 1000) -> pathlib.Path:
    """Writes a log in a separate process, so that its memory does not count as that of the programs."""
    path = FOLDER / f"usage-{rows}{ending}"
    if not path.exists():
        command = [sys.executable, __file__, "--write", str(rows), "--users", str(users), "--log", path]
        subprocess.run(command, check=True)
    return path


def write_rows(path: str, rows: int, users: int) -> None:
    """Writes rows, 90% of them with a price, and the others with each reason for none. Each million rows is the same."""
    if path.endswith(".gz"):
        with open(write_log(rows, CASES["a quoted prompt in each row"][0]), "rb") as log, gzip.open(path, "wb", 6) as file:
            shutil.copyfileobj(log, file)
        return
    source, cells = random.Random(10), prices()
    is_json, has_prompts, names = path.endswith(".jsonl"), "-prompts" in path, HEADER.strip().split(",")
    lines = []
    for at in range(min(rows, 1_000_000)):
        engine, width, height, steps, _ = source.choice(cells)
        kind, images, note = source.random(), source.randrange(1, 5), "ok"
        if kind < 0.03:
            engine = "esrgan-v1-x2plus"
        elif kind < 0.05:
            width += 64 * 5
        elif kind < 0.08:
            steps += 1
        elif kind < 0.09:
            width, steps = width + 64 * 5, steps + 1
        elif kind < 0.1:
            steps = -1
        elif kind < 0.11 and not has_prompts:
            note = '"a ""quoted"", cell"'
        if has_prompts:
            note = " ".join(source.choices(WORDS, k=source.randrange(5, 25)))
            # A quote in one of ten prompts.
            note = note.replace("mars", '"mars"') if at % 10 == 0 else note
            note = note if is_json else '"' + note.replace('"', '""') + '"'
        time = f"2023-07-{1 + at % 28:02}" + ("" if users != 1000 else f"T12:{at % 60:02}:00Z")
        if path.endswith("-times.csv"):
            # In order, as logs are.
            time = f"2023-{5 + at * 3 // 1_000_000:02}-{1 + at * 84 // 1_000_000 % 28:02}T{at % 24:02}:{at % 60:02}:{at % 59:02}Z"
        fields = [at, time, f"user{source.randrange(users)}", engine, width, height, steps, images, note]
        lines.append(json.dumps(dict(zip(names, fields))) if is_json else ",".join(map(str, fields)))
    part = "".join(line + "\n" for line in lines)
    with open(path, "w") as file:
        file.write("" if is_json else HEADER)
        for _ in range(max(1, rows // 1_000_000)):
            file.write(part)


# The programs. Each function runs in its own process, and returns the totals.

def polars(log: str, rows: str | None) -> dict[str, Any]:
    import polars as pl

    list_ = pl.DataFrame(prices(), schema=["engine", "width", "height", "steps", "units"], orient="row").with_columns(
        pl.col("width", "height", "steps", "units").cast(pl.Int64)
    )
    sizes = list_.select("engine", "width", "height").unique().with_columns(has_size=True)
    counts = list_.select("engine", "steps").unique().with_columns(has_steps=True)
    engines = list_.select("engine").unique().with_columns(has_engine=True)
    scan = pl.scan_ndjson(log) if log.endswith(".jsonl") else pl.scan_csv(log, infer_schema_length=10_000)
    keys = ["engine", "width", "height", "steps"]

    def priced(frame: Any) -> Any:
        joined = frame.join(list_.lazy(), on=keys, how="left", maintain_order="left")
        joined = joined.join(engines.lazy(), on="engine", how="left", maintain_order="left")
        joined = joined.join(sizes.lazy(), on=keys[:3], how="left", maintain_order="left")
        joined = joined.join(counts.lazy(), on=["engine", "steps"], how="left", maintain_order="left")
        size, steps = pl.col("has_size").is_not_null(), pl.col("has_steps").is_not_null()
        return joined.with_columns(
            basis=pl.when(pl.min_horizontal("width", "height", "steps") < 1).then(pl.lit("malformed"))
            .when(pl.col("has_engine").is_null()).then(pl.lit("unknown-engine"))
            .when(pl.col("units").is_not_null()).then(pl.lit("price"))
            .when(~size & ~steps).then(pl.lit("size-and-steps")).when(~size).then(pl.lit("size")).otherwise(pl.lit("steps"))
        )

    if "-times" in log:
        names = ["engine", "width", "height", "steps", "units", "usd", "valid_from", "valid_to"]
        dated = pl.DataFrame(prices_of_editions(), schema=names, orient="row").with_columns(
            pl.col("width", "height", "steps", "units", "usd").cast(pl.Int64), pl.col("valid_from").str.to_date()
        )
        day = pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.date()
        sums = scan.group_by(*keys, day=day).agg(rows=pl.len(), images=pl.col("images").sum()).sort("day")
        joined = sums.join_asof(dated.lazy().sort("valid_from"), left_on="day", right_on="valid_from", by=keys)
        amount = lambda name: (pl.col(name) * pl.col("images")).sum()
        priced_rows = joined.filter(pl.col("units").is_not_null())
        total = priced_rows.select(pl.col("rows").sum(), pl.col("images").sum(), amount("units"), amount("usd"))
        return {"price": [int(number) for number in total.collect(engine="streaming").row(0)]}
    if rows and "-users" in log:
        joined = scan.join(list_.lazy(), on=keys, how="left")
        units = (pl.col("units") * pl.col("images")).sum()
        out = joined.group_by("user", "time").agg(pl.len(), units, pl.col("units").is_null().sum().alias("unpriced"))
        out.sink_csv(rows)
        return {}
    if rows:
        amount = lambda name, units: (pl.col("units") * pl.col("images") / units).alias(name)
        out = priced(scan).with_columns(amount("credits", 10_000), amount("usd", 1_000_000))
        out.select(*HEADER.strip().split(","), "credits", "usd", "basis").sink_csv(rows)
        return {}
    # The log has far fewer requests than rows: summing first makes the join small.
    sums = scan.group_by(keys).agg(rows=pl.len(), images=pl.col("images").sum())
    total = priced(sums).with_columns(units=pl.col("units") * pl.col("images"))
    by = total.group_by("basis").agg(pl.col("rows", "images", "units").sum()).collect(engine="streaming")
    return {basis: [rows, images, units] for basis, rows, images, units in by.iter_rows()}


def duckdb(log: str, rows: str | None) -> dict[str, Any]:
    import duckdb

    base = duckdb.connect()
    base.execute("create table prices (engine varchar, width bigint, height bigint, steps bigint, units bigint)")
    base.executemany("insert into prices values (?, ?, ?, ?, ?)", prices())
    base.execute("create table sizes as select distinct engine, width, height from prices")
    base.execute("create table counts as select distinct engine, steps from prices")
    base.execute("create table engines as select distinct engine from prices")
    joins = """
        left join prices using (engine, width, height, steps) left join engines on engines.engine = log.engine
        left join sizes on sizes.engine = log.engine and sizes.width = log.width and sizes.height = log.height
        left join counts on counts.engine = log.engine and counts.steps = log.steps"""
    basis = """case when least(log.width, log.height, log.steps) < 1 then 'malformed'
        when engines.engine is null then 'unknown-engine' when units is not null then 'price'
        when sizes.engine is null and counts.engine is null then 'size-and-steps'
        when sizes.engine is null then 'size' else 'steps' end"""
    if "-times" in log:
        base.execute("""create table editions (engine varchar, width bigint, height bigint, steps bigint, units bigint, usd bigint,
            valid_from date, valid_to date)""")
        base.executemany("insert into editions values (?, ?, ?, ?, ?, ?, ?, ?)", prices_of_editions())
        base.execute("set timezone = 'UTC'")
        [total] = base.execute(f"""
            with log as (select engine, width, height, steps, time::date as day, count(*) as row_count, sum(images) as images
                         from '{log}' group by all)
            select sum(row_count), sum(images), sum(units * images), sum(usd * images) from log join editions
            using (engine, width, height, steps) where day >= valid_from and day < valid_to""").fetchall()
        return {"price": [int(number) for number in total]}
    if rows and "-users" in log:
        base.execute(f"""copy (select log.user, log.time, count(*) as len, sum(units * images) as units,
            count(*) - count(units) as unpriced from '{log}' log left join prices using (engine, width, height, steps)
            group by all) to '{rows}'""")
        return {}
    if rows:
        columns = ", ".join(f"log.{name}" for name in HEADER.strip().split(","))
        base.execute(f"""copy (select {columns}, (units * images)::decimal(18, 4) / 10000 as credits,
            (units * images)::decimal(18, 4) / 1000000 as usd, {basis} as basis from '{log}' log {joins}) to '{rows}'""")
        return {}
    found = base.execute(f"""
        with log as (select engine, width, height, steps, count(*) as row_count, sum(images) as images
                     from '{log}' group by all)
        select {basis} as basis, sum(row_count), sum(images), sum(units * images) from log {joins} group by basis""")
    return {basis: [int(rows), int(images), int(units or 0)] for basis, rows, images, units in found.fetchall()}


class Cost(NamedTuple):
    """The cost of a run: wall time and CPU time in seconds, and peak memory in bytes."""

    seconds: float
    cpu: float
    memory: int


def measured(command: list[Any]) -> tuple[Cost, bytes]:
    """Returns the cost of a process, and its output. The memory is at least that of this script, some 16 MB, because the kernel
    counts what the process had before it became the program."""
    with tempfile.TemporaryFile() as output:
        cost = measured_to(output, command)
        output.seek(0)
        return cost, output.read()


def measured_to(output: IO[bytes], command: list[Any]) -> Cost:
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=output)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command} failed with {process.returncode}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def totals_of(report: dict[str, Any]) -> dict[str, list[int]]:
    totals = {"price": [report["priced"]["rows"], report["priced"]["images"], round(float(report["priced"]["credits"]) * 10_000)]}
    for reason in report["unpriced"]["reasons"]:
        totals[reason["reason"]] = [reason["rows"], reason["images"], 0]
    return totals


def totals_of_groups(rows: pathlib.Path) -> dict[str, Any]:
    """Returns the number of groups and their sums."""
    groups = count = units = unpriced = 0
    with open(rows) as file:
        # Row by row, because the memory of this script counts as that of the programs.
        for group in csv.DictReader(file):
            groups += 1
            count += int(group.get("len") or group["rows"])
            units += int(group["units"] or 0) if "units" in group else round(float(group["credits"]) * 10_000)
            unpriced += int(group.get("unpriced") or group.get("unpriced_rows") or 0)
    return {"all": [groups, count, units, unpriced]}


def run_groups(program: str, log: pathlib.Path) -> tuple[Cost, dict[str, Any]]:
    """Writes the totals of each user and day."""
    groups = SCRATCH / "dreamprice-groups.csv"
    if program == "dreamprice":
        with open(groups, "wb") as file:
            cost = measured_to(file, [COMMAND, "bill", log, "--by", "user,time", "--format", "csv"])
    else:
        cost, output = measured([sys.executable, __file__, "--program", program, "--log", log, "--output", groups])
        found = json.loads(output)
        cost = cost._replace(seconds=found["seconds"], cpu=found["cpu"])
    totals = totals_of_groups(groups)
    groups.unlink()
    return cost, totals


def run(program: str, log: pathlib.Path, has_rows: bool) -> tuple[Cost, dict[str, Any]]:
    rows = SCRATCH / "dreamprice-rows.csv"
    totals: dict[str, Any] = {}
    if program == "dreamprice":
        outputs = ["--rows", rows] if has_rows else []
        is_timed = "-times" in log.name
        outputs += [*editions(), "--time", "time"] if is_timed else []
        cost, output = measured([COMMAND, "bill", log, "--format", "json", *outputs])
        report = json.loads(output)
        totals = totals_of(report)
        if is_timed:
            totals = {"price": [*totals["price"], int(Decimal(report["priced"]["usd"]).scaleb(9))]}
    elif program == "parse":
        cost, output = measured([TARGET / "release" / "parse_usage", log, *COLUMNS])
    else:
        script = [sys.executable, __file__, "--program", program, "--log", log, *(["--output", rows] if has_rows else [])]
        cost, output = measured(script)
        found = json.loads(output)
        # Leaves out the start of Python and its imports.
        cost, totals = cost._replace(seconds=found["seconds"], cpu=found["cpu"]), found["totals"]
    rows.unlink(missing_ok=True)
    return cost, totals


def median(costs: list[Cost]) -> Cost:
    seconds, cpu, memory = zip(*costs)
    return Cost(statistics.median(seconds), statistics.median(cpu), max(memory))


def write_readme(part: str, lines: list[str]) -> None:
    """Replaces the text in benches/README.md between the comments of a part."""
    readme = ROOT / "benches" / "README.md"
    text = readme.read_text()
    start, end = f"<!-- {part} -->\n", f"<!-- /{part} -->"
    before, rest = text.split(start)
    _, after = rest.split(end)
    tables = "\n".join(lines)
    readme.write_text(f"{before}{start}\n{tables}\n\n{end}{after}")
    print(tables, flush=True)


def compared(log: pathlib.Path, runs: int) -> None:
    programs = {"dreamprice": "**`dreamprice bill`**", "polars": "polars", "duckdb": "DuckDB"}
    costs: dict[tuple[str, bool], list[Cost]] = {}
    wanted = None
    for _ in range(runs):
        # In turn, so that other work of the machine slows all programs alike.
        for program, has_rows in [("parse", False), *((program, rows) for rows in [False, True] for program in programs)]:
            cost, totals = run(program, log, has_rows)
            costs.setdefault((program, has_rows), []).append(cost)
            if totals:
                # The other programs count images of malformed rows, and dreamprice counts none.
                comparable = {basis: row[:1] if basis == "malformed" else row for basis, row in sorted(totals.items())}
                wanted = wanted or comparable
                if comparable != wanted:
                    raise SystemExit(f"{program} has other totals: {comparable}, not {wanted}")
    lines = []
    for has_rows, label in [(False, "totals"), (True, "each row written")]:
        lines += [f"| {label} | s | times | CPU, s | times | memory, MB |", "|---|---:|---:|---:|---:|---:|"]
        least = median(costs["dreamprice", has_rows])
        for program, name in programs.items():
            seconds, cpu, memory = median(costs[program, has_rows])
            times = f"{seconds:.2f} | {seconds / least.seconds:.1f} | {cpu:.2f} | {cpu / least.cpu:.1f}"
            lines.append(f"| {name} | {times} | {memory / 1e6:,.0f} |")
        lines.append("")
    parse, totals = median(costs["parse", False]), median(costs["dreamprice", False])
    share = f"{parse.seconds / totals.seconds:.0%} of that speed by wall time, and at {parse.cpu / totals.cpu:.0%} by CPU time"
    lines.append(f"Parsing the log without pricing it takes {parse.seconds:.2f} s. `bill` runs at {share}.")
    write_readme("bill", lines)


def cases(runs: int) -> None:
    lines = [
        "| 2,000,000 rows | s | polars | DuckDB | CPU, s | polars | DuckDB | memory, MB | polars | DuckDB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    programs = ["dreamprice", "polars", "duckdb"]
    for case, (ending, users) in CASES.items():
        log = write_log(CASE_ROWS, ending, users)
        costs: dict[str, list[Cost]] = {program: [] for program in programs}
        wanted = None
        for _ in range(runs):
            for program in programs:
                cost, totals = run_groups(program, log) if users != 1000 else run(program, log, False)
                comparable = {basis: row[:1] if basis == "malformed" else row for basis, row in sorted(totals.items())}
                wanted = wanted or comparable
                if comparable != wanted:
                    raise SystemExit(f"{program} has other totals of {log}: {comparable}, not {wanted}")
                costs[program].append(cost)
        least, *others = [median(costs[program]) for program in programs]
        times = lambda name: [f"x {getattr(cost, name) / getattr(least, name):.1f}" for cost in others]
        memory = [f"{cost.memory / 1e6:,.0f}" for cost in [least, *others]]
        cells = [case, f"{least.seconds:.2f}", *times("seconds"), f"{least.cpu:.2f}", *times("cpu"), *memory]
        lines.append(f"| {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    write_readme("bill-cases", lines)


def growth(runs: int) -> None:
    lines = [
        "| rows | MB | totals, s | CPU, s | memory, MB | each row written, s | CPU, s | memory, MB |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for rows in [50_000, 500_000, 5_000_000, 50_000_000]:
        log = write_log(rows)
        numbers = []
        for has_rows in [False, True]:
            seconds, cpu, memory = median([run("dreamprice", log, has_rows)[0] for _ in range(runs)])
            numbers += [f"{seconds:.2f}", f"{cpu:.2f}", f"{memory / 1e6:,.0f}"]
        lines.append(f"| {rows:,} | {log.stat().st_size / 1e6:,.0f} | {' | '.join(numbers)} |")
        if rows > ROWS:
            log.unlink()
    write_readme("bill-growth", lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="number of runs of each program (default: 5)")
    parser.add_argument("--no-growth", action="store_true", help="do not measure logs of other lengths")
    parser.add_argument("--cases", action="store_true", help="measure only logs of several shapes")
    parser.add_argument("--program", choices=["polars", "duckdb"], help=argparse.SUPPRESS)
    parser.add_argument("--write", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--users", type=int, default=1000, help=argparse.SUPPRESS)
    parser.add_argument("--log", help=argparse.SUPPRESS)
    parser.add_argument("--output", help=argparse.SUPPRESS)
    options = parser.parse_args()
    install()
    if options.write:
        write_rows(options.log, options.write, options.users)
        return
    if options.program:
        program: Callable[[str, str | None], dict[str, Any]] = {"polars": polars, "duckdb": duckdb}[options.program]
        __import__(options.program)
        start, cpu = time.monotonic(), time.process_time()
        totals = program(options.log, options.output)
        taken = {"seconds": time.monotonic() - start, "cpu": time.process_time() - cpu}
        print(json.dumps({**taken, "totals": totals}))
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    build = ["cargo", "build", "--release", "--quiet", "--package", "dreamprice", "--package", "benches", "--bins"]
    subprocess.run(build, cwd=ROOT, check=True)
    cases(options.runs)
    if options.cases:
        return
    compared(write_log(ROWS), options.runs)
    if not options.no_growth:
        growth(options.runs)


if __name__ == "__main__":
    main()
