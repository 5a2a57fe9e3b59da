//! `dreamprice table`: the price tables, with their engines.

use std::collections::BTreeSet;

use clap::Args;
use dreamstudio_pricing::{Credits, Source, Table, Usd};
use serde::Serialize;

use crate::arguments::{NameParser, TableFormat};
use crate::grid::{Align, Cell, Grid, shade};
use crate::names;
use crate::outcome::{EXIT_CODES, Exit, Outcome, escape, terminal_width};

/// Print the price tables and their engines
///
/// A terminal with colours shades the cells by price. A narrow terminal gets each table in parts.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// A price table, or the id of an engine that it prices [default: all tables]
    #[arg(value_name = "TABLE|ENGINE", value_parser = NameParser, hide_possible_values = true)]
    name: Option<String>,
    /// The format of the output
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
}

/// A table with all that `--format json` prints of it.
#[derive(Serialize)]
struct Report {
    table: Table,
    source: Option<SourceReport>,
    engines: &'static [&'static str],
    prices: Vec<Price>,
}

#[derive(Serialize)]
struct SourceReport {
    page: &'static str,
    heading: &'static str,
    published: &'static str,
}

#[derive(Serialize)]
struct Price {
    width: u32,
    height: u32,
    steps: u32,
    credits: Credits,
    usd: Usd,
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
            return Outcome::json(&tables.iter().map(|&table| report(table)).collect::<Vec<_>>(), Exit::Done);
        }
    };
    Outcome::text(texts.join("\n"), Exit::Done)
}

fn report(table: Table) -> Report {
    let source = table.source();
    let prices = table.cells().map(|cell| Price {
        width: cell.width,
        height: cell.height,
        steps: cell.steps,
        credits: cell.price,
        usd: cell.price.usd(),
    });
    Report {
        table,
        source: source.map(|Source { page, heading, published, .. }| SourceReport { page, heading, published }),
        engines: table.engines(),
        prices: prices.collect(),
    }
}

/// The table in parts that are at most `width` wide, if there is a width to keep to.
fn text(table: Table, width: Option<usize>) -> String {
    let grid = grid(table);
    let parts = width.map_or_else(|| vec![grid.text()], |width| grid.split(width).iter().map(Grid::text).collect());
    let source = table.source().map_or_else(String::new, |Source { page, heading, published, .. }| {
        escape(&format!("published {published}, {heading} in {page}")) + "\n"
    });
    let engines = match table.engines() {
        [] => "no engine".to_owned(),
        engines => format!("engines\n  {}", engines.join("\n  ")),
    };
    format!("{table}, credits and dollars per image\n{source}\n{}\n{engines}\n", parts.join("\n"))
}

fn markdown(table: Table) -> String {
    format!("### {table}\n\n{}", grid(table).markdown())
}

fn grid(table: Table) -> Grid {
    let sizes = table.sizes().iter().map(|(width, height)| format!("{width}x{height}"));
    let columns = ["steps".to_owned()].into_iter().chain(sizes);
    let mut grid = Grid::new(columns.map(|header| (header, Align::Right)));
    let prices: Vec<Credits> = table.cells().map(|cell| cell.price).collect::<BTreeSet<_>>().into_iter().collect();
    for &steps in table.steps() {
        let cells = table.cells().filter(|cell| cell.steps == steps).map(|cell| {
            let text = format!("{} (${})", cell.price, cell.price.usd());
            let rank = prices.partition_point(|price| *price < cell.price);
            Cell::styled(text, shade(rank, prices.len()))
        });
        grid.push([steps.to_string().into()].into_iter().chain(cells));
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of prices in the text of a table.
    fn rows(table: Table, width: Option<usize>) -> Vec<String> {
        text(table, width).lines().filter(|line| line.contains('$')).map(str::to_owned).collect()
    }

    #[test]
    fn a_wide_terminal_and_a_pipe_get_a_line_for_each_step_count() {
        for &table in Table::ALL {
            assert_eq!(rows(table, None).len(), table.steps().len());
            assert_eq!(text(table, Some(usize::MAX)), text(table, None));
        }
    }

    #[test]
    fn every_price_has_a_shade() {
        for &table in Table::ALL {
            let style = shade(0, 1).to_string();
            let text_colour = style.split_inclusive('m').next().unwrap();
            assert_eq!(text(table, None).matches(text_colour).count(), table.cells().count());
        }
    }

    #[test]
    fn the_narrowest_terminal_gets_a_line_for_each_price() {
        for &table in Table::ALL {
            assert_eq!(rows(table, Some(1)).len(), table.cells().count());
        }
    }
}
