//! `dreamprice table`: the price tables, with their engines.

use clap::Args;
use dreamstudio_pricing::{Cell, Source, Table};
use serde::Serialize;

use dreamstudio_pricing_codegen::escape_hidden;

use crate::amounts::Places;
use crate::arguments::{NameParser, TableFormat};
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
    /// The format of the output; json has amounts as decimal strings
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
}

/// A table as `--format json` prints it.
#[derive(Serialize)]
struct TableReport {
    table: Table,
    source: Option<Source>,
    engines: &'static [&'static str],
    prices: Vec<Cell>,
}

impl From<Table> for TableReport {
    fn from(table: Table) -> Self {
        Self { table, source: table.source(), engines: table.engines(), prices: table.cells().collect() }
    }
}

pub(crate) fn run(Arguments { name, format }: &Arguments) -> Outcome {
    let tables = match name.as_deref().map(names::find) {
        None => Table::ALL.to_vec(),
        Some(Ok(named)) => vec![named.table],
        Some(Err(message)) => return Outcome::error(message, Exit::No),
    };
    let texts: Vec<String> = match format {
        TableFormat::Text => tables.iter().map(|&table| text(table, terminal_width())).collect(),
        TableFormat::Markdown => tables.iter().map(|&table| markdown(table)).collect(),
        TableFormat::Json => {
            return Outcome::json(&tables.into_iter().map(TableReport::from).collect::<Vec<_>>(), Exit::Done);
        }
    };
    Outcome::text(texts.join("\n"), Exit::Done)
}

/// Returns the table in parts that are at most `width` wide, if there is a width to keep to.
fn text(table: Table, width: Option<usize>) -> String {
    let source = table.source().map_or_else(String::new, |Source { page, heading, published, .. }| {
        escape_hidden(&format!("published {published}, {heading} in {page}")) + "\n"
    });
    let engines = match table.engines() {
        [] => "no engine".to_owned(),
        engines => format!("engines\n  {}", engines.join("\n  ")),
    };
    format!(
        "{table}, credits and dollars per image\n{source}\n{}{}\n{engines}\n",
        grid(table).text_within(width),
        legend(table.exceptions())
    )
}

fn markdown(table: Table) -> String {
    let day = table.source().map_or_else(String::new, |source| format!("Prices of {}.\n\n", source.published));
    format!("### {table}\n\n{day}{}{}", grid(table).markdown(), legend(table.exceptions()))
}

fn grid(table: Table) -> TextTable {
    let cells: Vec<Cell> = table.cells().collect();
    let places = Places::of(&cells);
    let texts = cells.into_iter().map(|cell| (cell, credits_and_dollars(places, &cell, table.exceptions())));
    price_grid::grid(table, &texts.collect::<Vec<_>>())
}
