//! `dreamprice export`: the prices for other programs.

mod formula;
mod json;
mod sql;

use clap::{Args, ValueEnum};
use dreamstudio_pricing::{Cell, Formula, Table};
use serde::Serialize;

use crate::outcome::{EXIT_CODES, Exit, Outcome};
use sql::Dialect;

/// Print the prices for other programs: a spreadsheet, a data frame, a database
///
/// CSV is the price list, a row for each cell of each engine. JSON has all of the tables. SQL creates and fills tables, with a
/// view that estimates what the price list does not have; running it again updates them.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The format of the output; csv and json have amounts as decimal strings
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// The database that reads the SQL
    #[arg(long, value_enum)]
    dialect: Option<Dialect>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// The price list
    Csv,
    /// Tables, engines, clients, formulas, billing and sources
    Json,
    /// The price list, formulas, sources and estimates; requires --dialect
    Sql,
}

pub(crate) fn run(Arguments { format, dialect }: &Arguments) -> Outcome {
    let tables = tables();
    let text = match (format, dialect) {
        (ExportFormat::Csv, None) => Ok(csv(&tables)),
        (ExportFormat::Json, None) => match json::Prices::new(&tables) {
            Ok(prices) => return Outcome::json(&prices, Exit::Done),
            Err(message) => Err(message),
        },
        (ExportFormat::Sql, Some(dialect)) => sql::script(&tables, *dialect),
        (ExportFormat::Sql, None) => Err("--format sql requires --dialect: sqlite, postgres or duckdb".to_owned()),
        (_, Some(_)) => Err("--dialect requires --format sql".to_owned()),
    };
    match text {
        Ok(text) => Outcome::text(text, Exit::Done),
        Err(message) => Outcome::error(message, Exit::Error),
    }
}

/// What is exported of a table, in an order that does not depend on that of the files. It borrows texts, so that tests can
/// export other tables than those of the library.
struct PriceTable<'a> {
    name: &'a str,
    engines: Vec<&'a str>,
    /// By width, height and steps.
    cells: Vec<Cell>,
    formula: Option<Formula>,
    source: Option<Source<'a>>,
}

/// Where and when a table was published.
#[derive(Clone, Copy, Serialize)]
struct Source<'a> {
    page: &'a str,
    heading: &'a str,
    published: &'a str,
}

/// All tables, by name.
fn tables() -> Vec<PriceTable<'static>> {
    let mut tables: Vec<PriceTable> = Table::ALL.iter().map(|&table| table.into()).collect();
    tables.sort_unstable_by_key(|table| table.name);
    tables
}

impl From<Table> for PriceTable<'static> {
    fn from(table: Table) -> Self {
        let (mut engines, mut cells) = (table.engines().to_vec(), table.cells().collect::<Vec<_>>());
        engines.sort_unstable();
        cells.sort_unstable();
        let source = table.source().map(|source| Source {
            page: source.page,
            heading: source.heading,
            published: source.published,
        });
        Self { name: table.name(), engines, cells, formula: table.formula(), source }
    }
}

/// Each engine with its table, by the engine's id.
fn engines<'a>(tables: &'a [PriceTable<'a>]) -> Vec<(&'a str, &'a PriceTable<'a>)> {
    let engine_of = |table: &'a PriceTable| table.engines.iter().map(move |&engine| (engine, table));
    let mut engines: Vec<_> = tables.iter().flat_map(engine_of).collect();
    engines.sort_unstable_by_key(|(engine, _)| *engine);
    engines
}

/// The price list. No cell needs quotes: ids and names have neither commas nor quotes.
fn csv(tables: &[PriceTable]) -> String {
    let row = |(engine, table, cell): (&str, &str, &Cell)| {
        let Cell { width, height, steps, price, .. } = cell;
        format!("{engine},{table},{width},{height},{steps},{price},{}\n", price.usd())
    };
    let rows = engines(tables)
        .into_iter()
        .flat_map(|(engine, table)| table.cells.iter().map(move |cell| row((engine, table.name, cell))));
    "engine,table,width,height,steps,credits,usd\n".to_owned() + &rows.collect::<String>()
}
