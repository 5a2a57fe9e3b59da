//! The price list as SQL: tables, their rows, and a view of estimates.
//!
//! An edition for all days has the same tables as editions with days, so that the same queries read both, and a script of
//! one replaces the rows of the other.
//!
//! All names start with `dreamstudio_`, because the script deletes the rows of its tables before it fills them: the
//! user must have no table with such a name. It drops no table, so that an update of the prices keeps the user's views
//! and grants.

use std::fmt::{Display, Write as _};

use clap::ValueEnum;
use dreamstudio_pricing::{Credits, Limits, Settings, Usd};

use super::edition::{Days, ExportedEdition};
use super::formula::DatabaseFormula;
use super::json::SCHEMA;
use crate::book::BookCell;
use crate::price_table::{PriceTable, TableSource};
use crate::version::with_edition;

/// One of `credits_units`.
const CREDITS_UNIT: Credits = Credits::from_units(1).unwrap();

/// The first day of an edition for all days. It is part of keys, so it cannot be NULL, and it is the first day of Python.
const FIRST_DAY: &str = "0001-01-01";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Dialect {
    /// `SQLite` 3.37 or later
    #[value(name = "sqlite")]
    Sqlite,
    /// `PostgreSQL`
    Postgres,
    /// `DuckDB`
    #[value(name = "duckdb")]
    DuckDb,
}

impl Dialect {
    /// Returns whether it has exact decimals. `SQLite` would store them as floats.
    fn has_decimals(self) -> bool {
        self != Self::Sqlite
    }

    fn integer(self) -> &'static str {
        if self == Self::Sqlite { "INTEGER" } else { "BIGINT" }
    }

    /// Returns the type of a day.
    fn day(self) -> &'static str {
        if self == Self::Sqlite { "TEXT" } else { "DATE" }
    }

    /// Returns what follows the columns of a table. `SQLite` accepts any value in any column of a table that is not
    /// strict.
    fn end_of_table(self) -> &'static str {
        if self == Self::Sqlite { ") STRICT;\n" } else { ");\n" }
    }

    /// Returns the pixels of a request, which may not fit 64 bits. `SQLite` then uses a float, which is also above
    /// every cell.
    fn requested_pixels(self) -> &'static str {
        match self {
            Self::Sqlite => "r.width * r.height",
            Self::Postgres => "CAST(r.width AS NUMERIC) * r.height",
            Self::DuckDb => "CAST(r.width AS HUGEINT) * r.height",
        }
    }

    /// Returns a division of integers that rounds down.
    fn division(self) -> &'static str {
        if self == Self::DuckDb { "//" } else { "/" }
    }

    fn create_view(self, name: &str) -> String {
        match self {
            // The transaction hides the moment without the view.
            Self::Sqlite => format!("DROP VIEW IF EXISTS {name};\nCREATE VIEW {name} AS\n"),
            Self::Postgres | Self::DuckDb => format!("CREATE OR REPLACE VIEW {name} AS\n"),
        }
    }
}

/// Whose transaction the script runs in. Databases do not nest them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Transaction {
    Own,
    OfTheCaller,
}

/// # Errors
///
/// Returns a message if a number does not fit the integers of a database.
pub(super) fn script(
    editions: &[ExportedEdition],
    dialect: Dialect,
    transaction: Transaction,
) -> Result<String, String> {
    let (begin, commit) = match transaction {
        Transaction::Own => ("BEGIN;\n", "\nCOMMIT;\n"),
        Transaction::OfTheCaller => ("", ""),
    };
    let names: Vec<&str> = editions.iter().map(|edition| &*edition.book.edition).collect();
    let mut script = format!(
        "-- Prices of DreamStudio: dreamprice {}, schema {SCHEMA}.\n\
         -- credits_units count {} credits, usd_units {} dollars.\n\
         -- A row is in force from the day valid_from on, until the day before valid_to. NULL is no end.\n\
         {begin}",
        with_edition(&names.join(", ")),
        smallest(Credits::DECIMALS),
        smallest(Usd::DECIMALS),
    );
    script += &editions_table(editions, dialect);
    script += &prices(editions, dialect)?;
    script += &formulas(editions, dialect)?;
    script += &exceptions(editions, dialect);
    script += &limits(editions, dialect);
    script += &sources(editions, dialect);
    script += &requests(dialect);
    script += &estimates(dialect);
    Ok(script + commit)
}

/// Returns one unit of the last decimal place.
fn smallest(decimals: u32) -> String {
    format!("0.{:0>width$}", 1, width = decimals as usize)
}

/// Returns a literal.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Returns the columns of an amount: integer units, and beside them a decimal if the dialect has one.
fn amount_columns(dialect: Dialect) -> String {
    let integer = dialect.integer();
    let mut columns = format!("  credits_units {integer} NOT NULL,\n  usd_units {integer} NOT NULL,\n");
    if dialect.has_decimals() {
        for (name, decimals) in [("credits", Credits::DECIMALS), ("usd", Usd::DECIMALS)] {
            let _ = writeln!(columns, "  {name} DECIMAL(19, {decimals}) NOT NULL,");
        }
    }
    columns
}

/// Returns a statement that inserts rows, or none if there are none.
fn insert(table: &str, rows: impl IntoIterator<Item = String>) -> String {
    let rows: Vec<String> = rows.into_iter().map(|row| format!("\n  ({row})")).collect();
    if rows.is_empty() { String::new() } else { format!("INSERT INTO {table} VALUES{};\n", rows.join(",")) }
}

/// Returns the days of an edition as literals.
fn days(edition: &ExportedEdition) -> String {
    let (from, to) = match &edition.days {
        Some(Days { valid_from, valid_to }) => (&**valid_from, valid_to.as_deref()),
        None => (FIRST_DAY, None),
    };
    format!("{}, {}", text(from), to.map_or_else(|| "NULL".to_owned(), text))
}

/// Returns the tables of all editions, each with the days of its edition as literals.
fn tables<'a>(editions: &'a [ExportedEdition]) -> impl Iterator<Item = (&'a PriceTable<'a>, String)> {
    editions.iter().flat_map(|edition| edition.tables.iter().map(|table| (table, days(edition))))
}

/// Returns the statements that create a table whose rows belong to an edition, and delete what an earlier script filled it
/// with.
fn empty_table(name: &str, columns: &str, key: &str, dialect: Dialect) -> String {
    let (day, end) = (dialect.day(), dialect.end_of_table());
    format!(
        "CREATE TABLE IF NOT EXISTS {name} (
{columns}  valid_from {day} NOT NULL,
  valid_to {day},
  PRIMARY KEY ({key})
{end}DELETE FROM {name};
"
    )
}

fn editions_table(editions: &[ExportedEdition], dialect: Dialect) -> String {
    let name = "dreamstudio_editions";
    let columns = format!("  edition TEXT NOT NULL,\n  usd_units_per_credits_unit {} NOT NULL,\n", dialect.integer());
    let rows = editions.iter().map(|edition| {
        let usd = edition.book.billing.usd(CREDITS_UNIT).units();
        format!("{}, {usd}, {}", text(&edition.book.edition), days(edition))
    });
    format!(
        "\n-- Each edition, with its price of a credit.\n{}{}",
        empty_table(name, &columns, "valid_from", dialect),
        insert(name, rows)
    )
}

fn prices(editions: &[ExportedEdition], dialect: Dialect) -> Result<String, String> {
    let (name, integer) = ("dreamstudio_prices", dialect.integer());
    let columns = format!(
        "  engine TEXT NOT NULL,
  price_table TEXT NOT NULL,
  width {integer} NOT NULL,
  height {integer} NOT NULL,
  steps {integer} NOT NULL,
{}",
        amount_columns(dialect)
    );
    let mut sql = "\n-- What one image costs, a row for each cell of each engine.\n".to_owned();
    sql += &empty_table(name, &columns, "engine, width, height, steps, valid_from", dialect);
    for edition in editions {
        for (engine, table) in PriceTable::by_engine(&edition.tables) {
            let row = |cell| {
                let price = price(cell, dialect).map_err(|message| edition.error(&message))?;
                Ok(format!("{}, {}, {price}, {}", text(engine), text(table.name), days(edition)))
            };
            sql += &insert(name, table.cells.iter().map(row).collect::<Result<Vec<_>, String>>()?);
        }
    }
    Ok(sql)
}

/// Returns the numbers of a cell.
fn price(cell: &BookCell, dialect: Dialect) -> Result<String, String> {
    let BookCell { width, height, steps, price, usd, .. } = *cell;
    // The view multiplies width and height.
    if i64::try_from(u64::from(width) * u64::from(height)).is_err() {
        return Err(format!("the cell {} has numbers that do not fit signed integers of 64 bits", cell.settings()));
    }
    let mut numbers = format!("{width}, {height}, {steps}, {}, {}", price.units(), usd.units());
    if dialect.has_decimals() {
        let _ = write!(numbers, ", {price}, {usd:#}");
    }
    Ok(numbers)
}

fn formulas(editions: &[ExportedEdition], dialect: Dialect) -> Result<String, String> {
    let (name, integer) = ("dreamstudio_formulas", dialect.integer());
    let mut rows = Vec::new();
    for edition in editions {
        for table in &edition.tables {
            let formula = DatabaseFormula::of(table).map_err(|message| edition.error(&message))?;
            let Some(DatabaseFormula { free_pixels, rate, rounding, divisor, unit }) = formula else { continue };
            let numbers = format!("{free_pixels}, {rate}, {rounding}, {divisor}, {unit}");
            rows.push(format!("{}, {numbers}, {}", text(table.name), days(edition)));
        }
    }
    let columns = format!(
        "  price_table TEXT NOT NULL,
  free_pixels {integer} NOT NULL,
  rate {integer} NOT NULL,
  rounding {integer} NOT NULL,
  divisor {integer} NOT NULL,
  unit {integer} NOT NULL,
"
    );
    Ok(format!(
        "
-- What an image costs by the formula of a table, in credits_units and in integers:
-- ((pixels - free_pixels) * steps * rate + rounding) / divisor * unit
{}{}",
        empty_table(name, &columns, "price_table, valid_from", dialect),
        insert(name, rows)
    ))
}

fn exceptions(editions: &[ExportedEdition], dialect: Dialect) -> String {
    let (name, integer) = ("dreamstudio_exceptions", dialect.integer());
    let rows = tables(editions).flat_map(|(table, days)| {
        let row = move |&Settings { width, height, steps, .. }: &Settings| {
            format!("{}, {width}, {height}, {steps}, {days}", text(table.name))
        };
        table.exceptions.iter().map(row)
    });
    let columns = format!(
        "  price_table TEXT NOT NULL,
  width {integer} NOT NULL,
  height {integer} NOT NULL,
  steps {integer} NOT NULL,
"
    );
    format!(
        "
-- The cells whose prices are out of line with the others. They bound no other request.
{}{}",
        empty_table(name, &columns, "price_table, width, height, steps, valid_from", dialect),
        insert(name, rows)
    )
}

fn limits(editions: &[ExportedEdition], dialect: Dialect) -> String {
    let (name, integer) = ("dreamstudio_limits", dialect.integer());
    let number = |limit: Option<u32>| limit.map_or_else(|| "NULL".to_owned(), |limit| limit.to_string());
    let rows = tables(editions).filter_map(|(table, days)| {
        let Limits { side_multiple, min_pixels, max_pixels, max_long_side, max_short_side, .. } = table.limits?;
        let Limits { min_steps, max_steps, max_images, .. } = table.limits?;
        let sizes = [side_multiple, min_pixels, max_pixels, max_long_side, max_short_side];
        let numbers = sizes.into_iter().chain([min_steps, max_steps, max_images]).map(number);
        Some([text(table.name)].into_iter().chain(numbers).chain([days]).collect::<Vec<_>>().join(", "))
    });
    let columns = format!(
        "  price_table TEXT NOT NULL,
  side_multiple {integer},
  min_pixels {integer},
  max_pixels {integer},
  max_long_side {integer},
  max_short_side {integer},
  min_steps {integer},
  max_steps {integer},
  max_images {integer},
"
    );
    format!(
        "
-- What the API accepts, by table. NULL is no limit; a table without a row has no known limits.
{}{}",
        empty_table(name, &columns, "price_table, valid_from", dialect),
        insert(name, rows)
    )
}

fn sources(editions: &[ExportedEdition], dialect: Dialect) -> String {
    let name = "dreamstudio_sources";
    let rows = tables(editions).filter_map(|(table, days)| {
        let TableSource { page, heading, published } = table.source?;
        Some([table.name, page, heading, published].map(text).join(", ") + ", " + &days)
    });
    let columns = format!(
        "  price_table TEXT NOT NULL,
  page TEXT NOT NULL,
  heading TEXT NOT NULL,
  published {} NOT NULL,
",
        dialect.day()
    );
    format!(
        "
-- Where and when a table was published.
{}{}",
        empty_table(name, &columns, "price_table, valid_from", dialect),
        insert(name, rows)
    )
}

fn requests(dialect: Dialect) -> String {
    let (integer, end) = (dialect.integer(), dialect.end_of_table());
    format!(
        "
-- Insert the requests that you want estimates of, each once.
CREATE TABLE IF NOT EXISTS dreamstudio_requests (
  engine TEXT NOT NULL,
  width {integer} NOT NULL CHECK (width > 0),
  height {integer} NOT NULL CHECK (height > 0),
  steps {integer} NOT NULL CHECK (steps > 0),
  PRIMARY KEY (engine, width, height, steps)
{end}"
    )
}

/// Returns a view over a table of requests, with a row for each edition. A view of every possible request would need no table, but would have
/// billions of rows. A function would need no table either, but `SQLite` has none in SQL.
fn estimates(dialect: Dialect) -> String {
    format!(
        "
-- What one image of each request should cost in each edition: bounds, and an expected amount where there is one; and whether
-- the API accepts it. A request of an unknown engine has no row. One with more pixels or more steps than every cell has no
-- amounts. To find the row of a day: day >= valid_from AND (valid_to IS NULL OR day < valid_to)
{}WITH prices AS (
  SELECT p.*, x.steps IS NOT NULL AS is_exception
  FROM dreamstudio_prices AS p
  LEFT JOIN dreamstudio_exceptions AS x
    ON x.price_table = p.price_table AND x.width = p.width AND x.height = p.height AND x.steps = p.steps
      AND x.valid_from = p.valid_from
), bounds AS (
  SELECT
    r.engine, p.price_table, p.valid_from, r.width, r.height, r.steps,
    MAX(CASE WHEN p.is_exception AND p.width = r.width AND p.height = r.height AND p.steps = r.steps
      THEN p.credits_units END) AS exceptional,
    COALESCE(MAX(CASE WHEN NOT p.is_exception AND p.width * p.height <= {pixels} AND p.steps <= r.steps
      THEN p.credits_units END), 0) AS at_least,
    MIN(CASE WHEN NOT p.is_exception AND p.width * p.height >= {pixels} AND p.steps >= r.steps
      THEN p.credits_units END) AS at_most
  FROM dreamstudio_requests AS r
  JOIN prices AS p ON p.engine = r.engine
  GROUP BY r.engine, p.price_table, p.valid_from, r.width, r.height, r.steps
), amounts AS (
  SELECT
    b.engine, b.price_table, b.valid_from, b.width, b.height, b.steps,
    COALESCE(b.exceptional, b.at_least) AS at_least, COALESCE(b.exceptional, b.at_most) AS at_most,
    CASE
      WHEN b.exceptional IS NOT NULL THEN b.exceptional
      WHEN b.at_most IS NULL THEN NULL
      WHEN f.unit IS NOT NULL THEN NULLIF(
        (CASE WHEN b.width * b.height > f.free_pixels THEN b.width * b.height - f.free_pixels ELSE 0 END
          * b.steps * f.rate + f.rounding) {} f.divisor * f.unit, 0)
      WHEN b.at_least = b.at_most THEN b.at_most
    END AS expected
  FROM bounds AS b
  LEFT JOIN dreamstudio_formulas AS f ON f.price_table = b.price_table AND f.valid_from = b.valid_from
)
SELECT
  r.engine, r.price_table, r.width, r.height, r.steps,
{},
  (l.side_multiple IS NULL OR (r.width % l.side_multiple = 0 AND r.height % l.side_multiple = 0))
    AND (l.min_pixels IS NULL OR {pixels} >= l.min_pixels)
    AND (l.max_pixels IS NULL OR {pixels} <= l.max_pixels)
    AND (l.max_long_side IS NULL OR (r.width <= l.max_long_side AND r.height <= l.max_long_side))
    AND (l.max_short_side IS NULL OR r.width <= l.max_short_side OR r.height <= l.max_short_side)
    AND (l.min_steps IS NULL OR r.steps >= l.min_steps)
    AND (l.max_steps IS NULL OR r.steps <= l.max_steps) AS is_accepted,
  d.valid_from, d.valid_to
FROM amounts AS r
JOIN dreamstudio_editions AS d ON d.valid_from = r.valid_from
LEFT JOIN dreamstudio_limits AS l ON l.price_table = r.price_table AND l.valid_from = r.valid_from;
",
        dialect.create_view("dreamstudio_estimates"),
        dialect.division(),
        ["at_least", "at_most", "expected"].map(|amount| amount_columns_of(amount, dialect)).join(",\n"),
        pixels = dialect.requested_pixels(),
    )
}

/// Returns the columns of an amount that the view has as an integer, in credits.
fn amount_columns_of(name: &str, dialect: Dialect) -> String {
    let usd_units = format!("{name} * d.usd_units_per_credits_unit");
    let mut columns = vec![column(name, name, "credits_units"), column(&usd_units, name, "usd_units")];
    if dialect.has_decimals() {
        for (units, decimals, unit) in [(name, Credits::DECIMALS, "credits"), (&*usd_units, Usd::DECIMALS, "usd")] {
            let amount = format!("CAST({units} * {} AS DECIMAL(19, {decimals}))", smallest(decimals));
            columns.push(column(&amount, name, unit));
        }
    }
    columns.join(",\n")
}

fn column(expression: impl Display, name: &str, unit: &str) -> String {
    format!("  {expression} AS {name}_{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Book;

    fn table() -> PriceTable<'static> {
        PriceTable::all(Book::built_in()).remove(0)
    }

    fn edition(table: PriceTable) -> ExportedEdition {
        ExportedEdition { book: Book::built_in(), days: None, tables: vec![table] }
    }

    #[test]
    fn texts_are_quoted() {
        let source = TableSource { page: "It's '); DROP TABLE x; --", heading: "a\\'b\"", published: "2024-02-29" };
        let edition = edition(PriceTable { name: "a", source: Some(source), ..table() });
        for dialect in Dialect::value_variants() {
            let row = "('a', 'It''s ''); DROP TABLE x; --', 'a\\''b\"', '2024-02-29', '0001-01-01', NULL);";
            assert!(sources(std::slice::from_ref(&edition), *dialect).contains(row));
        }
    }

    #[test]
    fn a_table_without_an_engine_or_facts_has_no_statement_without_rows() {
        let table =
            PriceTable { engines: Vec::new(), formula: None, exceptions: &[], limits: None, source: None, ..table() };
        let edition = edition(table);
        for dialect in Dialect::value_variants() {
            let script = script(std::slice::from_ref(&edition), *dialect, Transaction::Own).unwrap();
            let inserts: Vec<&str> = script.lines().filter(|line| line.starts_with("INSERT")).collect();
            assert_eq!(inserts, ["INSERT INTO dreamstudio_editions VALUES"]);
        }
    }

    #[test]
    fn numbers_that_do_not_fit_64_bits_are_rejected() {
        let price_of = |change: fn(&mut BookCell)| {
            let mut cell = table().cells[0];
            change(&mut cell);
            price(&cell, Dialect::Sqlite)
        };
        assert!(price_of(|cell| (cell.width, cell.height) = (u32::MAX, 1 << 31)).is_ok());
        assert!(price_of(|cell| (cell.width, cell.height) = (u32::MAX, u32::MAX)).is_err());
        assert!(price_of(|cell| cell.price = Credits::MAX).is_ok());
    }
}
