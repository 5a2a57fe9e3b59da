//! `dreamprice table`: the price tables, with their engines.

use clap::Args;
use dreamstudio_pricing::Source;
use dreamstudio_pricing::book::{BookTable, TableLists};
use serde::Serialize;

use dreamstudio_pricing_codegen::escape_hidden;

use crate::amounts::Places;
use crate::arguments::{NameParser, TableFormat};
use crate::book::{Book, BookCell};
use crate::editions::BookArguments;
use crate::names;
use crate::outcome::{EXIT_CODES, Exit, Outcome, terminal_width};
use crate::price_grid::{self, credits_and_dollars, legend};
use crate::text_table::TextTable;

/// Print the price tables and their engines
///
/// In a colour terminal, cells are shaded by price; in a narrow one, tables are split.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// A price table, or the id of an engine that it prices [default: all tables]
    #[arg(value_name = "TABLE|ENGINE", value_parser = NameParser, hide_possible_values = true)]
    name: Option<String>,
    #[command(flatten)]
    book: BookArguments,
    /// The format of the output; json has amounts as decimal strings
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
}

/// A table as `--format json` prints it.
#[derive(Serialize)]
struct TableReport {
    table: &'static str,
    edition: &'static str,
    source: Option<Source>,
    engines: &'static [&'static str],
    prices: Vec<BookCell>,
}

impl TableReport {
    fn new(book: &'static Book, table: &BookTable) -> Self {
        let TableLists { name, source, engines, .. } = table.lists;
        Self { table: name, edition: &book.edition, source, engines, prices: book.cells(table) }
    }
}

pub(crate) fn run(Arguments { name, book, format }: &Arguments) -> Outcome {
    let edition = match book.edition() {
        Ok(edition) => edition,
        Err(error) => return error,
    };
    let book = edition.book;
    let tables: Vec<&BookTable> = match name.as_deref().map(|name| names::find(book, name)) {
        None => book.tables.iter().collect(),
        Some(Ok(named)) => vec![named.table],
        Some(Err(message)) => return Outcome::error(message, Exit::No),
    };
    let tables = tables.into_iter();
    let texts: Vec<String> = match format {
        TableFormat::Text => tables.map(|table| text(book, table, terminal_width())).chain(edition.line()).collect(),
        TableFormat::Markdown => tables.map(|table| markdown(book, table)).collect(),
        TableFormat::Json => {
            let reports: Vec<TableReport> = tables.map(|table| TableReport::new(book, table)).collect();
            return Outcome::json(&reports, Exit::Done);
        }
    };
    Outcome::text(texts.join("\n"), Exit::Done)
}

/// Returns the table in parts that are at most `width` wide, if there is a width to keep to.
fn text(book: &Book, table: &BookTable, width: Option<usize>) -> String {
    let TableLists { name, source, engines, .. } = table.lists;
    let source = source.map_or_else(String::new, |Source { page, heading, published, .. }| {
        escape_hidden(&format!("published {published}, {heading} in {page}")) + "\n"
    });
    let engines = match engines {
        [] => "no engine".to_owned(),
        engines => format!("engines\n  {}", engines.join("\n  ")),
    };
    format!(
        "{name}, credits and dollars per image\n{source}\n{}{}\n{engines}\n",
        grid(book, table).text_within(width),
        legend(table.lists.exceptions)
    )
}

fn markdown(book: &Book, table: &BookTable) -> String {
    let TableLists { name, source, exceptions, .. } = table.lists;
    let day = source.map_or_else(String::new, |source| format!("Prices of {}.\n\n", source.published));
    format!("### {name}\n\n{day}{}{}", grid(book, table).markdown(), legend(exceptions))
}

fn grid(book: &Book, table: &BookTable) -> TextTable {
    let cells = book.cells(table);
    let places = Places::of(&cells);
    let texts = cells.into_iter().map(|cell| (cell, credits_and_dollars(places, &cell, table.lists.exceptions)));
    price_grid::grid(&table.lists, &texts.collect::<Vec<_>>())
}
