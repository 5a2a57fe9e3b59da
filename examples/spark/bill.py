"""Prices usage logs with Spark, with the same result as `dreamprice bill --estimate`.

    pip install 'pyspark==4.3.*'
    dreamprice export --format json > prices.json
    spark-submit --master 'local[*]' examples/spark/bill.py prices.json usage.csv --by user --output totals

If the price list has editions with days, such as `--tables 2023-06-22=v0.1.0:tables --tables 2023-07-01=tables`, each row is
priced by the edition in force on its day, as `bill` does with `--time`.

Needs Java 17 or later. With `--master spark://HOST:7077`, a cluster runs it.
Logs are CSV with a header, or Parquet. Reads each cell as text, so that a cell that is not a number is counted, and neither
guessed nor dropped. A row with too few or too many cells is malformed. Amounts are decimals, and an overflow is an error.
Spark splits large CSV files if no cell has a line feed; see --multi-line.
"""

import argparse
import json
from decimal import Decimal
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

# What the logs call their columns. In a log without a column of images, each row is one image. The time is needed only for
# editions with days.
COLUMNS = {"engine": "engine", "width": "width", "height": "height", "steps": "steps", "images": "images", "time": "time"}
# The time zone whose days count.
ZONE = "UTC"

NUMBERS = ["width", "height", "steps"]
# Names of a column that must not be overlooked, because each row would then be one image.
LOOKS_LIKE_IMAGES = ["n", "samples", "num_images", "count", "quantity"]
CORRUPT = "_corrupt_record"
IS_WHOLE = "_is_whole"
EDITION = "_edition"
CREDITS = "decimal(19, 4)"
USD = "decimal(19, 9)"
# The largest amount that a row can cost.
LARGEST = Decimal("922337203.685")
# A whole number may have spaces around it, and a fraction of zeros behind a point or a comma, because data frames write it so. Three
# zeros may be thousands.
SPACES = r"[ \t\n\f\r]*"
NUMBER = rf"\A{SPACES}(-?(?:0|[1-9][0-9]{{0,19}}))(?:[.,](?:00?|0{{4,}}))?{SPACES}\z"
# A date, or a time as in RFC 3339.
TIME = (
    rf"\A{SPACES}(\d{{4}}-\d\d-\d\d)(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?::(?:[0-5]\d|60)(?:\.\d{{1,9}})?)?"
    rf"([Zz]| UTC|[+-][01]\d(?::?[0-5]\d)?)?)?{SPACES}\z"
)
# The fields of an edition, as `dreamprice export --format json` has it, that a price depends on.
TABLES = """tables: array<struct<`table`: string, engines: array<string>,
    integer_formula: struct<free_pixels: bigint, rate: bigint, rounding: bigint, divisor: bigint, unit: bigint>,
    exceptions: array<struct<width: bigint, height: bigint, steps: bigint>>,
    limits: struct<side_multiple: bigint, min_pixels: bigint, max_pixels: bigint, max_long_side: bigint, max_short_side: bigint,
        min_steps: bigint, max_steps: bigint>,
    prices: array<struct<width: bigint, height: bigint, steps: bigint, credits: string, usd: string>>>>"""


def read(spark: SparkSession, paths: list[str], multi_line: bool) -> DataFrame:
    """Reads the rows as text. A column says whether a row has the right number of cells; if not, its cells are null."""
    if paths[0].endswith(".parquet"):
        log = spark.read.parquet(*paths)
        return log.select(*(F.col(name).cast("string") for name in log.columns), F.lit(True).alias(IS_WHOLE))
    # Spark reads columns by position, so it must compare the header of each file with that of the first.
    options: dict[str, Any] = {"header": True, "quote": '"', "escape": '"', "multiLine": multi_line, "enforceSchema": False}
    names = spark.read.options(**options).csv(paths[0]).columns
    schema = StructType([StructField(name, StringType()) for name in [*names, CORRUPT]])
    log = spark.read.options(**options, columnNameOfCorruptRecord=CORRUPT).schema(schema).csv(paths)
    is_whole = F.col(CORRUPT).isNull()
    # In a row that is not whole, it is unknown which cell belongs to which column.
    return log.select(*(F.when(is_whole, F.col(name)).alias(name) for name in names), is_whole.alias(IS_WHOLE))


def with_editions(log: DataFrame, editions: list[dict[str, Any]]) -> DataFrame:
    """Adds the number of the edition of each row: -1 before the first one, and null if the time is none."""
    # Without days, there is one, which is in force on all days.
    if "valid_from" not in editions[0]:
        return log.withColumn(EDITION, F.lit(0))
    number = F.when(F.col("_day").isNotNull(), F.lit(-1))
    for at, edition in enumerate(editions):
        number = F.when(F.col("_day") >= F.lit(edition["valid_from"]).cast("date"), F.lit(at)).otherwise(number)
    return log.withColumn("_day", day_of(F.col(COLUMNS["time"]))).withColumn(EDITION, number).drop("_day")


def day_of(time: Column) -> Column:
    """Returns the day of a time. A time without an offset is of the time zone already."""
    day, minute, offset = (F.regexp_extract(time, TIME, group) for group in [1, 2, 3])
    in_zone = F.to_date(F.try_to_timestamp(F.concat(day, F.lit(" "), minute, F.lit(":00"), F.upper(offset))))
    return F.when(offset == "", day.try_cast("date")).otherwise(in_zone)


def engines(spark: SparkSession, editions: list[dict[str, Any]]) -> DataFrame:
    """Returns a row for each engine of each edition, with all cells of its table. A log may name a table instead of an engine."""
    # The JVM parses them, because rows from Python would need a Python worker in each executor.
    arguments = {"editions": json.dumps(editions), "schema": f"array<struct<{TABLES}>>"}
    tables = spark.sql("SELECT pos AS edition, inline(col.tables) FROM (SELECT posexplode(from_json(:editions, :schema)))", arguments)
    cells = F.expr(f"""transform(prices, cell -> named_struct(
        "width", cell.width, "height", cell.height, "pixels", cell.width * cell.height, "steps", cell.steps,
        "credits", CAST(cell.credits AS {CREDITS}), "usd", CAST(cell.usd AS {USD}), "is_exception",
        array_contains(exceptions, named_struct("width", cell.width, "height", cell.height, "steps", cell.steps))))""")
    engine = F.explode(F.array_append("engines", F.col("table"))).alias("engine")
    return tables.select("edition", engine, cells.alias("cells"), F.col("integer_formula").alias("formula"), "limits")


def price_list(engines: DataFrame) -> DataFrame:
    cells = engines.select("edition", "engine", F.inline("cells"))
    return cells.withColumnsRenamed({"credits": "price", "usd": "usd_price"}).drop("pixels", "is_exception")


def number(cell: Column, least: int, most: int, kind: str) -> Column:
    """Parses a whole number. Anything else is null."""
    digits = F.nullif(F.regexp_extract(cell, NUMBER, 1), F.lit("")).cast("decimal(20, 0)")
    return F.when(digits.between(F.lit(Decimal(least)), F.lit(Decimal(most))), digits).cast(kind)


def images_column(log: DataFrame) -> list[str]:
    """Returns the name of the column of images, if the log has one."""
    if COLUMNS["images"] in log.columns:
        return [COLUMNS["images"]]
    for name in log.columns:
        if COLUMNS["images"] and name.lower() in LOOKS_LIKE_IMAGES:
            raise SystemExit(f'no column `{COLUMNS["images"]}`: write "images": "{name}" in COLUMNS, or None for one image a row')
    return []


def requests(log: DataFrame) -> DataFrame:
    """Adds columns with the numbers of the log."""
    sides = [number(F.col(COLUMNS[name]), 1, 2**32 - 1, "bigint").alias(f"_{name}") for name in NUMBERS]
    images = F.lit(Decimal(1)).cast("decimal(20, 0)")
    for name in images_column(log):
        is_blank = F.coalesce(F.col(name), F.lit("")).rlike(rf"\A{SPACES}\z")
        images = F.when(is_blank, images).otherwise(number(F.col(name), 1 - 2**64, 2**64 - 1, "decimal(20, 0)"))
    return log.select("*", F.coalesce(COLUMNS["engine"], F.lit("")).alias("_engine"), *sides, images.alias("_images"))


# The prices of the cells that bound a row, from the table of its engine.
PRICES_BELOW = "transform(filter(cells, c -> NOT c.is_exception AND c.pixels <= _pixels AND c.steps <= _steps), c -> c.credits)"
PRICES_ABOVE = "transform(filter(cells, c -> NOT c.is_exception AND c.pixels >= _pixels AND c.steps >= _steps), c -> c.credits)"
# Up to the last cell no number overflows 64 bits; `dreamprice export` has checked that.
BY_FORMULA = f"""CAST(
    (greatest(CAST(_pixels AS BIGINT) - formula.free_pixels, 0L) * _steps * formula.rate + formula.rounding)
    DIV formula.divisor * formula.unit * 0.0001 AS {CREDITS})"""

# Whether the API accepts one image with the settings of a row. A limit that is null rejects nothing.
IS_ACCEPTED = """NOT (coalesce(_width % limits.side_multiple != 0 OR _height % limits.side_multiple != 0, false)
    OR coalesce(_pixels < limits.min_pixels, false) OR coalesce(_pixels > limits.max_pixels, false)
    OR coalesce(greatest(_width, _height) > limits.max_long_side, false)
    OR coalesce(least(_width, _height) > limits.max_short_side, false)
    OR coalesce(_steps < limits.min_steps, false) OR coalesce(_steps > limits.max_steps, false))"""


def priced(log: DataFrame, editions: list[dict[str, Any]]) -> DataFrame:
    """Adds columns to the log: the basis, the number of images, and the credits and dollars for one image."""
    known = engines(log.sparkSession, editions)
    on = lambda table, names: [F.col(f"_{name}") == F.col(f"{table}.{name}") for name in names]
    joined = (
        requests(log)
        .join(F.broadcast(price_list(known)).alias("list"), on("list", ["edition", "engine", *NUMBERS]), "left")
        .join(F.broadcast(known).alias("engines"), on("engines", ["edition", "engine"]), "left")
        .withColumn("_pixels", F.col("_width").cast("decimal(10, 0)") * F.col("_height").cast("decimal(10, 0)"))
    )
    is_malformed = ~F.col(IS_WHOLE) | F.greatest(*(F.col(f"_{name}").isNull() for name in ["edition", *NUMBERS, "images"]))
    has_size = F.expr("exists(cells, c -> c.width = _width AND c.height = _height)")
    has_steps = F.expr("exists(cells, c -> c.steps = _steps)")
    is_unlisted = ~is_malformed & F.col("cells").isNotNull() & F.col("price").isNull()
    is_accepted = F.expr(IS_ACCEPTED)
    bounded = joined.withColumn("_at_most", F.when(is_unlisted & is_accepted, F.expr(f"array_min({PRICES_ABOVE})")))
    is_too_large = lambda amount: F.col(amount) * F.col("_images") > F.lit(LARGEST)
    basis = (
        F.when(is_malformed, "malformed").when(F.col("_images") < 0, "refund").when(F.col(EDITION) < 0, "no-edition")
        .when(F.col("cells").isNull(), "unknown-engine")
        .when(is_too_large("price"), "too-large").when(F.col("price").isNotNull(), "price")
        .when(~is_accepted, "not-accepted").when(is_too_large("_at_most"), "too-large")
        .when(F.col("_at_most").isNotNull(), "estimate").when(~has_size & ~has_steps, "size-and-steps").when(~has_size, "size")
        .otherwise("steps")
    )
    is_estimate = F.col("_basis") == "estimate"
    at_least = F.coalesce(F.expr(f"array_max({PRICES_BELOW})"), F.lit(Decimal(0)))
    by_formula = F.expr(f"nullif({BY_FORMULA}, 0)")
    is_exact = F.col("formula").isNull() & (at_least == F.col("_at_most"))
    expected = F.when(F.col("formula").isNotNull(), by_formula).when(is_exact, F.col("_at_most"))
    return bounded.withColumn("_basis", basis).select(
        *(log[name] for name in log.columns), "_basis",
        # The number of images of a malformed row is unknown.
        F.when(is_malformed, F.lit(Decimal(0))).otherwise(F.abs("_images")).cast("decimal(20, 0)").alias("_images"),
        F.when(F.col("_basis") == "price", F.col("price")).alias("_credits"),
        F.when(F.col("_basis") == "price", F.col("usd_price")).alias("_usd"),
        F.when(is_estimate & (F.col("_images") == 0), F.lit(Decimal(0))).when(is_estimate, expected).alias("_expected"),
        F.when(is_estimate, F.col("_at_most")).alias("_at_most"),
    )


def totals(log: DataFrame, by: list[str], editions: list[dict[str, Any]]) -> DataFrame:
    """Returns the totals of each group and basis."""
    # A log has far fewer requests than rows. Counting first leaves few rows to join, and few bytes to move.
    needed = [*(COLUMNS[name] for name in ["engine", *NUMBERS]), *images_column(log)]
    counted = log.groupBy(*dict.fromkeys([*by, *needed, IS_WHOLE, EDITION])).agg(F.count("*").alias("_rows"))
    costs = priced(counted, editions)
    count = F.col("_rows").cast("decimal(19, 0)")
    total = lambda name: F.sum(F.col(name) * F.col("_images") * count)
    # If a row has no expected price, the sum has none.
    is_whole = F.count("_expected") == F.count("*")
    sums = costs.groupBy(*by, F.col("_basis").alias("basis")).agg(
        F.sum("_rows").alias("rows"), F.sum(F.col("_images") * count).alias("images"), total("_credits").alias("credits"),
        total("_usd").alias("usd"), F.when(is_whole, total("_expected")).alias("expected"),
        total("_at_most").alias("at_most"),
    )
    return sums.orderBy(*by, "basis")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prices", help="the output of dreamprice export --format json")
    parser.add_argument("logs", nargs="+", help="files or folders; Parquet if the first name ends in .parquet, else CSV")
    parser.add_argument("--by", default="engine", help="group by these columns (default: engine)")
    parser.add_argument("--output", required=True, help="the folder of the totals, as CSV")
    parser.add_argument("--unpriced", help="a folder for the rows that have neither a price nor an estimate, as Parquet")
    parser.add_argument("--multi-line", action="store_true", help="cells have line feeds; each CSV file is then one task")
    options = parser.parse_args()
    with open(options.prices) as file:
        prices = json.load(file)
    editions = prices.get("editions", [prices])
    settings = {
        # An amount that does not fit is an error, and not null or a wrapped number.
        "spark.sql.ansi.enabled": "true",
        # Dollars keep their nine decimal places.
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
        "spark.sql.session.timeZone": ZONE,
        # Parse all cells of a row, to find rows with too few or too many.
        "spark.sql.csv.parser.columnPruning.enabled": "false",
    }
    spark = SparkSession.builder.appName("dreamprice bill").config(map=settings).getOrCreate()
    log = with_editions(read(spark, options.logs, options.multi_line), editions)
    output = totals(log, options.by.split(","), editions).coalesce(1).write
    # Spark would write a quote in a cell with a backslash, which other programs do not read.
    output.csv(options.output, header=True, escape='"', mode="overwrite")
    if options.unpriced:
        rows = priced(log, editions).where(~F.col("_basis").isin("price", "estimate"))
        columns = [name for name in log.columns if name not in [IS_WHOLE, EDITION]]
        rows.select(*columns, F.col("_basis").alias("reason")).write.parquet(options.unpriced, mode="overwrite")
    spark.stop()


if __name__ == "__main__":
    main()
