//! `dreamprice export`: the prices for other programs.

mod edition;
mod formula;
mod json;
mod sql;

use clap::{Args, ValueEnum};

use crate::book::BookCell;
use crate::csv;
use crate::editions::EditionArguments;
use crate::outcome::{EXIT_CODES, Exit, Outcome};
use crate::price_table::PriceTable;
use edition::{Days, ExportedEdition};
use json::{ExportedEditions, ExportedPrices};
use sql::{Dialect, Transaction};

/// Print the prices for other programs: a spreadsheet, a data frame, a database
///
/// CSV is the price list, a row for each cell of each engine. JSON has all of the tables. SQL creates and fills tables,
/// with a view that estimates what the price list does not have; running it again updates them. Editions with days are
/// exported together: `valid_from` is the first day of each, and `valid_to` the first day of the next one.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The format of the output; csv and json have amounts as decimal strings
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// The database that reads the SQL
    #[arg(long, value_enum)]
    dialect: Option<Dialect>,
    /// Leave out BEGIN and COMMIT, to run the SQL in a transaction of your own
    #[arg(long)]
    no_transaction: bool,
    #[command(flatten)]
    editions: EditionArguments,
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

pub(crate) fn run(Arguments { format, dialect, no_transaction, editions }: &Arguments) -> Outcome {
    let editions = match editions.editions() {
        Ok(editions) => ExportedEdition::all(&editions),
        Err(error) => return error,
    };
    let transaction = if *no_transaction { Transaction::OfTheCaller } else { Transaction::Own };
    let output = match (format, dialect) {
        (ExportFormat::Sql, Some(dialect)) => sql::script(&editions, *dialect, transaction).map(text),
        (ExportFormat::Sql, None) => Err("--format sql requires --dialect: sqlite, postgres or duckdb".to_owned()),
        (_, Some(_)) => Err("--dialect requires --format sql".to_owned()),
        (_, None) if *no_transaction => Err("--no-transaction requires --format sql".to_owned()),
        (ExportFormat::Csv, None) => Ok(text(csv(&editions))),
        (ExportFormat::Json, None) => json(&editions),
    };
    output.unwrap_or_else(|message| Outcome::error(message, Exit::Error))
}

fn text(text: String) -> Outcome {
    Outcome::text(text, Exit::Done)
}

/// Returns the price list. The rows of a price are next to each other, in ascending order of their days.
fn csv(editions: &[ExportedEdition]) -> String {
    let mut rows = Vec::new();
    for edition in editions {
        for (engine, table) in PriceTable::by_engine(&edition.tables) {
            rows.extend(table.cells.iter().map(|cell| (engine, cell, edition)));
        }
    }
    rows.sort_by_key(|(engine, cell, _)| (*engine, cell.width, cell.height, cell.steps));
    let days = if editions.iter().any(|edition| edition.days.is_some()) { ",valid_from,valid_to,edition" } else { "" };
    let rows = rows.into_iter().map(|(engine, cell, edition)| csv_row(engine, cell, edition));
    format!("engine,table,width,height,steps,credits,usd{days}\n{}", rows.collect::<String>())
}

fn csv_row(engine: &str, cell: &BookCell, ExportedEdition { book, days, .. }: &ExportedEdition) -> String {
    let BookCell { table, width, height, steps, price, usd } = cell;
    let mut cells = vec![engine.to_owned(), (*table).to_owned()];
    cells.extend([width, height, steps].map(u32::to_string));
    cells.extend([price.to_string(), format!("{usd:#}")]);
    if let Some(Days { valid_from, valid_to }) = days {
        cells.extend([valid_from.clone(), valid_to.clone().unwrap_or_default(), book.edition.clone()]);
    }
    csv::row(cells)
}

/// Returns what one edition has, or a list of editions with their days.
fn json(editions: &[ExportedEdition]) -> Result<Outcome, String> {
    match editions {
        [edition @ ExportedEdition { days: None, .. }] => Ok(Outcome::json(&ExportedPrices::new(edition)?, Exit::Done)),
        _ => Ok(Outcome::json(&ExportedEditions::new(editions)?, Exit::Done)),
    }
}
