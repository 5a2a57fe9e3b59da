//! `dreamprice export`: the prices for other programs.

mod formula;
mod json;
mod sql;

use clap::{Args, ValueEnum};

use crate::book::{Book, BookCell};
use crate::csv;
use crate::editions::BookArguments;
use crate::outcome::{EXIT_CODES, Exit, Outcome};
use crate::price_table::PriceTable;
use sql::{Dialect, Transaction};

/// Print the prices for other programs: a spreadsheet, a data frame, a database
///
/// CSV is the price list, a row for each cell of each engine. JSON has all of the tables. SQL creates and fills tables,
/// with a view that estimates what the price list does not have; running it again updates them.
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
    book: BookArguments,
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

pub(crate) fn run(Arguments { format, dialect, no_transaction, book }: &Arguments) -> Outcome {
    let book = match book.book() {
        Ok(book) => book,
        Err(error) => return error,
    };
    let tables = tables(book);
    let transaction = if *no_transaction { Transaction::OfTheCaller } else { Transaction::Own };
    let text = match (format, dialect) {
        (ExportFormat::Sql, Some(dialect)) => sql::script(book, &tables, *dialect, transaction),
        (ExportFormat::Sql, None) => Err("--format sql requires --dialect: sqlite, postgres or duckdb".to_owned()),
        (_, Some(_)) => Err("--dialect requires --format sql".to_owned()),
        (_, None) if *no_transaction => Err("--no-transaction requires --format sql".to_owned()),
        (ExportFormat::Csv, None) => Ok(csv(&tables)),
        (ExportFormat::Json, None) => match json::ExportedPrices::new(book, &tables) {
            Ok(prices) => return Outcome::json(&prices, Exit::Done),
            Err(message) => Err(message),
        },
    };
    match text {
        Ok(text) => Outcome::text(text, Exit::Done),
        Err(message) => Outcome::error(message, Exit::Error),
    }
}

/// Returns all tables by name, with their engines and cells in an order that does not depend on that of the files.
fn tables(book: &Book) -> Vec<PriceTable<'static>> {
    let mut tables = PriceTable::all(book);
    tables.sort_unstable_by_key(|table| table.name);
    for table in &mut tables {
        table.engines.sort_unstable();
        table.cells.sort_unstable();
    }
    tables
}

/// Returns the price list.
fn csv(tables: &[PriceTable]) -> String {
    let row = |engine: &str, table: &str, cell: &BookCell| {
        let BookCell { width, height, steps, price, usd, .. } = cell;
        let numbers = [width, height, steps].map(u32::to_string);
        let amounts = [price.to_string(), format!("{usd:#}")];
        csv::row([engine.to_owned(), table.to_owned()].into_iter().chain(numbers).chain(amounts))
    };
    let engines = PriceTable::by_engine(tables).into_iter();
    let rows = engines.flat_map(|(engine, table)| table.cells.iter().map(move |cell| row(engine, table.name, cell)));
    "engine,table,width,height,steps,credits,usd\n".to_owned() + &rows.collect::<String>()
}
