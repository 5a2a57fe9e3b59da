"""Prices a usage log with polars, with the same result as `dreamprice bill --estimate`.

    pip install 'polars==2.1.*'
    dreamprice export --format json > prices.json
    python examples/polars/bill.py prices.json usage.csv --by user

Reads each cell as text, so that a cell that is not a number is counted, and neither guessed nor dropped. polars rejects a row
with too many cells, and fills a row with too few. Amounts are 128-bit integers.
"""

import argparse
import csv
import json
import sys
from decimal import Decimal
from typing import Any

import polars as pl

# What the log calls its columns. In a log without a column of images, each row is one image.
COLUMNS = {"engine": "engine", "width": "width", "height": "height", "steps": "steps", "images": "images"}

KEYS = ["engine", "width", "height", "steps"]
# Names of a column that must not be overlooked, because each row would then be one image.
LOOKS_LIKE_IMAGES = ["n", "samples", "num_images", "count", "quantity"]
LIMITS = ["side_multiple", "min_pixels", "max_pixels", "max_long_side", "max_short_side", "min_steps", "max_steps"]
DECIMALS = 4
# The largest amount that a row can cost: 922,337,203.685 credits.
LARGEST = 9_223_372_036_850
# A whole number may have spaces around it, and a fraction of zeros, because data frames write it so. Three zeros may be thousands.
SPACES = " \t\n\f\r"
NUMBER = rf"^[{SPACES}]*(-?(?:0|[1-9][0-9]{{0,19}}))(?:\.(?:00?|0{{4,}}))?[{SPACES}]*$"
WHOLE = pl.Int128


def cells(prices: dict[str, Any]) -> pl.LazyFrame:
    """Returns a row for each cell of each engine. A log may name a table instead of an engine."""
    settings = lambda cell: {name: cell[name] for name in KEYS[1:]}
    rows = [
        {
            "engine": engine, "price": int(Decimal(cell["credits"]).scaleb(DECIMALS)), **settings(cell),
            "is_exception": settings(cell) in table["exceptions"],
        }
        for table in prices["tables"] for engine in [table["table"], *table["engines"]] for cell in table["prices"]
    ]
    return pl.LazyFrame(rows).with_columns(pl.col("width", "height", "steps", "price").cast(WHOLE))


def formulas(prices: dict[str, Any]) -> pl.LazyFrame:
    rows = [
        {"engine": engine, **table["integer_formula"]}
        for table in prices["tables"] if table["formula"] for engine in [table["table"], *table["engines"]]
    ]
    names = ["free_pixels", "rate", "rounding", "divisor", "unit"]
    return pl.LazyFrame(rows, schema={"engine": pl.String, **dict.fromkeys(names, WHOLE)})


def number(name: str, least: int, most: int) -> pl.Expr:
    """Parses a whole number. Anything else is null."""
    digits = pl.col(name).str.extract(NUMBER).cast(WHOLE)
    return pl.when(digits.is_between(least, most)).then(digits).alias(name)


def estimates(requests: pl.LazyFrame, list_: pl.LazyFrame, prices: dict[str, Any]) -> pl.LazyFrame:
    """Returns the upper bound and the expected price of each request, from the cells and the formula of its engine."""
    pixels, cell_pixels = pl.col("width") * pl.col("height"), pl.col("width_right") * pl.col("height_right")
    in_line = ~pl.col("is_exception")
    below = in_line & (cell_pixels <= pixels) & (pl.col("steps_right") <= pl.col("steps"))
    above = in_line & (cell_pixels >= pixels) & (pl.col("steps_right") >= pl.col("steps"))
    bounds = requests.select(KEYS).drop_nulls().unique().join(list_, on="engine").group_by(KEYS).agg(
        at_least=pl.col("price").filter(below).max().fill_null(0), at_most=pl.col("price").filter(above).min()
    ).drop_nulls("at_most")
    billed = pl.max_horizontal(pixels - pl.col("free_pixels"), pl.lit(0, WHOLE)) * pl.col("steps")
    by_formula = (billed * pl.col("rate") + pl.col("rounding")) // pl.col("divisor") * pl.col("unit")
    has_formula, has_no_range = pl.col("unit").is_not_null(), pl.col("at_least") == pl.col("at_most")
    expected = (
        pl.when(has_formula & (by_formula > 0)).then(by_formula).when(~has_formula & has_no_range).then(pl.col("at_most"))
    )
    return bounds.join(formulas(prices), on="engine", how="left").select(*KEYS, "at_most", expected=expected)


def limits(prices: dict[str, Any]) -> pl.LazyFrame:
    """Returns what the API accepts of each engine. A table without limits has no row."""
    rows = [
        {"engine": engine, **table["limits"]}
        for table in prices["tables"] if table["limits"] for engine in [table["table"], *table["engines"]]
    ]
    return pl.LazyFrame(rows, schema={"engine": pl.String, **dict.fromkeys(LIMITS, WHOLE)})


def is_accepted() -> pl.Expr:
    """Returns whether the API accepts one image with the settings of the row. A limit that is null rejects nothing."""
    width, height, steps = (pl.col(name) for name in KEYS[1:])
    multiple, min_pixels, max_pixels, long, short, min_steps, max_steps = (pl.col(name) for name in LIMITS)
    pixels, longer, shorter = width * height, pl.max_horizontal(width, height), pl.min_horizontal(width, height)
    rejected = [
        (width % multiple != 0) | (height % multiple != 0), pixels < min_pixels, pixels > max_pixels,
        longer > long, shorter > short, steps < min_steps, steps > max_steps,
    ]
    return ~pl.any_horizontal(limit.fill_null(False) for limit in rejected)


def known(list_: pl.LazyFrame, on: list[str], name: str) -> pl.LazyFrame:
    return list_.select(on).unique().with_columns(pl.lit(True).alias(name))


def columns(log: pl.LazyFrame) -> list[pl.Expr]:
    """Returns the columns of the log, with the names that this program uses."""
    names = log.collect_schema().names()
    found = [pl.col(theirs).alias(name) for name, theirs in COLUMNS.items() if name in KEYS or theirs in names]
    if len(found) == len(COLUMNS):
        return found
    for name in names:
        if COLUMNS["images"] and name.lower() in LOOKS_LIKE_IMAGES:
            raise SystemExit(f'no column `{COLUMNS["images"]}`: write "images": "{name}" in COLUMNS, or None for one image a row')
    return [*found, pl.lit("1").alias("images")]


def bill(prices: dict[str, Any], log: pl.LazyFrame, by: list[str]) -> pl.DataFrame:
    """Returns the totals of each group and basis, in units of 0.0001 credits."""
    list_ = cells(prices)
    groups = [f"by {name}" for name in by]
    # A log has far fewer requests than rows. Counting first makes every join small.
    read = log.select(*columns(log), *(pl.col(name).alias(group) for name, group in zip(by, groups)))
    counted = read.group_by(pl.all()).agg(rows=pl.len()).collect(engine="streaming").lazy()
    one_image = pl.col("images").fill_null("").str.strip_chars(SPACES) == ""
    requests = counted.select(
        *groups,
        pl.col("rows").cast(WHOLE),
        pl.col("engine").fill_null(""),
        *(number(name, 1, 2**32 - 1) for name in KEYS[1:]),
        images=pl.when(one_image).then(pl.lit(1, WHOLE)).otherwise(number("images", 1 - 2**64, 2**64 - 1)),
    )
    joined = (
        requests.join(list_, on=KEYS, how="left")
        .join(estimates(requests, list_, prices), on=KEYS, how="left")
        .join(limits(prices), on="engine", how="left")
        .join(known(list_, KEYS[:1], "has_engine"), on=KEYS[:1], how="left")
        .join(known(list_, KEYS[:3], "has_size"), on=KEYS[:3], how="left")
        .join(known(list_, ["engine", "steps"], "has_steps"), on=["engine", "steps"], how="left")
    )
    numbers = pl.any_horizontal(pl.col(*KEYS[1:], "images").is_null())
    basis = (
        pl.when(numbers).then(pl.lit("malformed"))
        .when(pl.col("images") < 0).then(pl.lit("refund"))
        .when(pl.col("has_engine").is_null()).then(pl.lit("unknown-engine"))
        .when(pl.col("price") * pl.col("images") > LARGEST).then(pl.lit("too-large"))
        .when(pl.col("price").is_not_null()).then(pl.lit("price"))
        .when(~is_accepted()).then(pl.lit("not-accepted"))
        .when(pl.col("at_most") * pl.col("images") > LARGEST).then(pl.lit("too-large"))
        .when(pl.col("at_most").is_not_null()).then(pl.lit("estimate"))
        .when(pl.col("has_size").is_null() & pl.col("has_steps").is_null()).then(pl.lit("size-and-steps"))
        .when(pl.col("has_size").is_null()).then(pl.lit("size"))
        .otherwise(pl.lit("steps"))
    )
    images = pl.col("images") * pl.col("rows")
    is_estimate = pl.col("basis") == "estimate"
    costs = joined.with_columns(basis=basis).select(
        *groups, "basis", "rows",
        # The number of images of a malformed row is unknown.
        images=pl.when(pl.col("basis") == "malformed").then(pl.lit(0, WHOLE)).otherwise(images.abs()),
        credits=pl.when(pl.col("basis") == "price").then(pl.col("price") * images),
        expected=pl.when(is_estimate & (images == 0)).then(pl.lit(0, WHOLE)).when(is_estimate).then(pl.col("expected") * images),
        at_most=pl.when(is_estimate).then(pl.col("at_most") * images),
    )
    # If a row has no expected price, the sum has none.
    total = lambda name: pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)
    sums = costs.group_by(*groups, "basis").agg(pl.col("rows", "images").sum(), *map(total, ["credits", "expected", "at_most"]))
    return sums.sort(*groups, "basis", nulls_last=False).rename(dict(zip(groups, by))).collect()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prices", help="the output of dreamprice export --format json")
    parser.add_argument("log", help="a CSV file with a header, or Parquet")
    parser.add_argument("--by", default="engine", help="group by these columns (default: engine)")
    options = parser.parse_args()
    with open(options.prices) as file:
        prices = json.load(file)
    if options.log.endswith(".parquet"):
        log = pl.scan_parquet(options.log).cast(pl.String)
    else:
        log = pl.scan_csv(options.log, infer_schema=False)
    totals = bill(prices, log, options.by.split(","))
    usd_per_credit = Decimal(prices["billing"]["usd_per_credit"])
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*totals.columns, "usd"])
    for row in totals.iter_rows(named=True):
        for name in ["credits", "expected", "at_most"]:
            row[name] = None if row[name] is None else Decimal(row[name]).scaleb(-DECIMALS)
        usd = None if row["credits"] is None else row["credits"] * usd_per_credit
        writer.writerow([*row.values(), usd])


if __name__ == "__main__":
    main()
