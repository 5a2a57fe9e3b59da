"""Prices a usage log with polars, with the same result as `dreamprice bill --estimate`.

    pip install 'polars==2.1.*'
    dreamprice export --format json > prices.json
    python examples/polars/bill.py prices.json usage.csv --by user

If the price list has editions with days, such as `--tables 2023-06-22=v0.1.0:tables --tables 2023-07-01=tables`, each row is
priced by the edition in force on its day, as `bill` does with `--time`.

Reads each cell as text, so that a cell that is not a number is counted, and neither guessed nor dropped. polars rejects a row
with too many cells, and fills a row with too few. Amounts are 128-bit integers.
"""

import argparse
import csv
import json
import sys
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

# What the log calls its columns. In a log without a column of images, each row is one image. The time is needed only for editions
# with days.
COLUMNS = {"engine": "engine", "width": "width", "height": "height", "steps": "steps", "images": "images", "time": "time"}
# The time zone whose days count.
ZONE = "UTC"

ENGINE = ["edition", "engine"]
SIZE = ["width", "height"]
SETTINGS = [*SIZE, "steps"]
KEYS = [*ENGINE, *SETTINGS]
# Names of a column that must not be overlooked, because each row would then be one image.
LOOKS_LIKE_IMAGES = ["n", "samples", "num_images", "count", "quantity"]
LIMITS = ["side_multiple", "min_pixels", "max_pixels", "max_long_side", "max_short_side", "min_steps", "max_steps"]
# The amounts of a total, with their decimal places.
AMOUNTS = {"credits": 4, "usd": 9, "expected": 4, "at_most": 4}
# The largest amount that a row can cost: 922,337,203.685 credits.
LARGEST = 9_223_372_036_850
# A whole number may have spaces around it, and a fraction of zeros behind a point or a comma, because data frames write it so. Three
# zeros may be thousands.
SPACES = " \t\n\f\r"
NUMBER = rf"^[{SPACES}]*(-?(?:0|[1-9][0-9]{{0,19}}))(?:[.,](?:00?|0{{4,}}))?[{SPACES}]*$"
# A date, or a time as in RFC 3339.
TIME = (
    rf"^[{SPACES}]*(\d{{4}}-\d\d-\d\d)(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?::(?:[0-5]\d|60)(?:\.\d{{1,9}})?)?"
    rf"([Zz]| UTC|[+-][01]\d(?::?[0-5]\d)?)?)?[{SPACES}]*$"
)
WHOLE = pl.Int128
# The tables of a price list, each with the number of its edition and an engine. A log may name a table instead of an engine.
Tables = list[tuple[dict[str, Any], dict[str, Any]]]


def tables(editions: list[dict[str, Any]]) -> Tables:
    return [
        ({"edition": number, "engine": engine}, table)
        for number, edition in enumerate(editions) for table in edition["tables"] for engine in [table["table"], *table["engines"]]
    ]


def cells(tables: Tables) -> pl.LazyFrame:
    """Returns a row for each cell of each engine."""
    settings = lambda cell: {name: cell[name] for name in SETTINGS}
    rows = [
        {
            **engine, **settings(cell), "price": int(Decimal(cell["credits"]).scaleb(AMOUNTS["credits"])),
            "usd_price": int(Decimal(cell["usd"]).scaleb(AMOUNTS["usd"])), "is_exception": settings(cell) in table["exceptions"],
        }
        for engine, table in tables for cell in table["prices"]
    ]
    return pl.LazyFrame(rows).with_columns(pl.col("edition", *SETTINGS, "price", "usd_price").cast(WHOLE))


def facts(tables: Tables, fact: str, names: list[str]) -> pl.LazyFrame:
    """Returns the numbers of a fact about the table of each engine. A table without it has no row."""
    rows = [{**engine, **table[fact]} for engine, table in tables if table[fact]]
    return pl.LazyFrame(rows, schema={"edition": WHOLE, "engine": pl.String, **dict.fromkeys(names, WHOLE)})


def edition_number(editions: list[dict[str, Any]]) -> pl.Expr:
    """Returns the number of the edition of a row: -1 before the first one, and null if the time is none."""
    starts = [date.fromisoformat(edition["valid_from"]) for edition in editions]
    is_in_force = [(pl.col("day") >= start).cast(WHOLE) for start in starts]
    return pl.when(pl.col("day").is_not_null()).then(pl.sum_horizontal(is_in_force) - 1)


def day() -> pl.Expr:
    """Returns the day of a time. A time without an offset is of the time zone already."""
    day, minute, offset = (pl.col("time").str.extract_groups(TIME).struct[group] for group in range(3))
    time = (day + " " + minute + offset.str.replace(" UTC", "Z")).str.to_datetime("%Y-%m-%d %H:%M%#z", strict=False)
    return pl.when(offset.is_null()).then(day.str.to_date(strict=False)).otherwise(time.dt.convert_time_zone(ZONE).dt.date())


def number(name: str, least: int, most: int) -> pl.Expr:
    """Parses a whole number. Anything else is null."""
    digits = pl.col(name).str.extract(NUMBER).cast(WHOLE)
    return pl.when(digits.is_between(least, most)).then(digits).alias(name)


def estimates(requests: pl.LazyFrame, list_: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """Returns the upper bound and the expected price of each request, from the cells and the formula of its engine."""
    pixels, cell_pixels = pl.col("width") * pl.col("height"), pl.col("width_right") * pl.col("height_right")
    in_line = ~pl.col("is_exception")
    below = in_line & (cell_pixels <= pixels) & (pl.col("steps_right") <= pl.col("steps"))
    above = in_line & (cell_pixels >= pixels) & (pl.col("steps_right") >= pl.col("steps"))
    bounds = requests.select(KEYS).drop_nulls().unique().join(list_, on=ENGINE).group_by(KEYS).agg(
        at_least=pl.col("price").filter(below).max().fill_null(0), at_most=pl.col("price").filter(above).min()
    ).drop_nulls("at_most")
    billed = pl.max_horizontal(pixels - pl.col("free_pixels"), pl.lit(0, WHOLE)) * pl.col("steps")
    by_formula = (billed * pl.col("rate") + pl.col("rounding")) // pl.col("divisor") * pl.col("unit")
    has_formula, has_no_range = pl.col("unit").is_not_null(), pl.col("at_least") == pl.col("at_most")
    expected = (
        pl.when(has_formula & (by_formula > 0)).then(by_formula).when(~has_formula & has_no_range).then(pl.col("at_most"))
    )
    formulas = facts(tables, "integer_formula", ["free_pixels", "rate", "rounding", "divisor", "unit"])
    return bounds.join(formulas, on=ENGINE, how="left").select(*KEYS, "at_most", expected=expected)


def is_accepted() -> pl.Expr:
    """Returns whether the API accepts one image with the settings of the row. A limit that is null rejects nothing."""
    width, height, steps = (pl.col(name) for name in SETTINGS)
    multiple, min_pixels, max_pixels, long, short, min_steps, max_steps = (pl.col(name) for name in LIMITS)
    pixels, longer, shorter = width * height, pl.max_horizontal(width, height), pl.min_horizontal(width, height)
    rejected = [
        (width % multiple != 0) | (height % multiple != 0), pixels < min_pixels, pixels > max_pixels,
        longer > long, shorter > short, steps < min_steps, steps > max_steps,
    ]
    return ~pl.any_horizontal(limit.fill_null(False) for limit in rejected)


def known(list_: pl.LazyFrame, on: list[str], name: str) -> pl.LazyFrame:
    return list_.select(on).unique().with_columns(pl.lit(True).alias(name))


def columns(log: pl.LazyFrame, has_days: bool) -> list[pl.Expr]:
    """Returns the columns of the log, with the names that this program uses."""
    names = log.collect_schema().names()
    needed = ["engine", *SETTINGS, *(["time"] if has_days else [])]
    found = [pl.col(COLUMNS[name]).alias(name) for name in needed]
    if COLUMNS["images"] in names:
        return [*found, pl.col(COLUMNS["images"]).alias("images")]
    for name in names:
        if COLUMNS["images"] and name.lower() in LOOKS_LIKE_IMAGES:
            raise SystemExit(f'no column `{COLUMNS["images"]}`: write "images": "{name}" in COLUMNS, or None for one image a row')
    return [*found, pl.lit("1").alias("images")]


def bill(prices: dict[str, Any], log: pl.LazyFrame, by: list[str]) -> pl.DataFrame:
    """Returns the totals of each group and basis, in units of 0.0001 credits and of 0.000000001 dollars."""
    has_days = "editions" in prices
    # Without days, the price list is the edition of all rows.
    editions = prices["editions"] if has_days else [prices]
    all_tables = tables(editions)
    list_ = cells(all_tables)
    groups = [f"by {name}" for name in by]
    # A log has far fewer requests than rows. Counting first makes every join small.
    read = log.select(*columns(log, has_days), *(pl.col(name).alias(group) for name, group in zip(by, groups)))
    if has_days:
        read = read.with_columns(day=day()).with_columns(edition=edition_number(editions)).drop("time", "day")
    else:
        read = read.with_columns(edition=pl.lit(0, WHOLE))
    counted = read.group_by(pl.all()).agg(rows=pl.len()).collect(engine="streaming").lazy()
    one_image = pl.col("images").fill_null("").str.strip_chars(SPACES) == ""
    requests = counted.select(
        *groups,
        pl.col("rows").cast(WHOLE),
        "edition",
        pl.col("engine").fill_null(""),
        *(number(name, 1, 2**32 - 1) for name in SETTINGS),
        images=pl.when(one_image).then(pl.lit(1, WHOLE)).otherwise(number("images", 1 - 2**64, 2**64 - 1)),
    )
    joined = (
        requests.join(list_, on=KEYS, how="left")
        .join(estimates(requests, list_, all_tables), on=KEYS, how="left")
        .join(facts(all_tables, "limits", LIMITS), on=ENGINE, how="left")
        .join(known(list_, ENGINE, "has_engine"), on=ENGINE, how="left")
        .join(known(list_, [*ENGINE, *SIZE], "has_size"), on=[*ENGINE, *SIZE], how="left")
        .join(known(list_, [*ENGINE, "steps"], "has_steps"), on=[*ENGINE, "steps"], how="left")
    )
    is_malformed = pl.any_horizontal(pl.col("edition", *SETTINGS, "images").is_null())
    basis = (
        pl.when(is_malformed).then(pl.lit("malformed"))
        .when(pl.col("images") < 0).then(pl.lit("refund"))
        .when(pl.col("edition") < 0).then(pl.lit("no-edition"))
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
    is_price, is_estimate = pl.col("basis") == "price", pl.col("basis") == "estimate"
    costs = joined.with_columns(basis=basis).select(
        *groups, "basis", "rows",
        # The number of images of a malformed row is unknown.
        images=pl.when(pl.col("basis") == "malformed").then(pl.lit(0, WHOLE)).otherwise(images.abs()),
        credits=pl.when(is_price).then(pl.col("price") * images),
        usd=pl.when(is_price).then(pl.col("usd_price") * images),
        expected=pl.when(is_estimate & (images == 0)).then(pl.lit(0, WHOLE)).when(is_estimate).then(pl.col("expected") * images),
        at_most=pl.when(is_estimate).then(pl.col("at_most") * images),
    )
    # If a row has no expected price, the sum has none.
    total = lambda name: pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)
    sums = costs.group_by(*groups, "basis").agg(pl.col("rows", "images").sum(), *map(total, AMOUNTS))
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
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(totals.columns)
    for row in totals.iter_rows(named=True):
        amounts = {name: Decimal(row[name]).scaleb(-decimals) for name, decimals in AMOUNTS.items() if row[name] is not None}
        writer.writerow({**row, **amounts}.values())


if __name__ == "__main__":
    main()
