//! `dreamprice page`: the price page, made from the tables.

mod calculator;
mod html;
mod markdown;

use clap::{Args, ValueEnum};

use crate::book::Book;
use crate::editions::BookArguments;
use crate::outcome::{EXIT_CODES, Exit, Outcome};
use crate::price_table::PriceTable;

/// Print the price page, made from the tables
///
/// The Markdown has the price tables as they are published. The HTML is one file, which loads nothing from elsewhere:
/// the tables, and a calculator for prices, estimates and budgets.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The format of the page
    #[arg(long, value_enum)]
    format: PageFormat,
    #[command(flatten)]
    book: BookArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PageFormat {
    /// For a repository or a wiki
    Markdown,
    /// For a browser
    Html,
}

pub(crate) fn run(Arguments { format, book }: &Arguments) -> Outcome {
    let book = match book.edition() {
        Ok(edition) => edition.book,
        Err(error) => return error,
    };
    let tables = tables(book);
    match format {
        PageFormat::Markdown => Outcome::text(markdown::of(&tables, &book.edition), Exit::Done),
        PageFormat::Html => match html::of(book, &tables) {
            Ok(html) => Outcome::text(html, Exit::Done),
            Err(error) => Outcome::error(error, Exit::Error),
        },
    }
}

/// Returns all tables, grouped by page.
fn tables(book: &Book) -> Vec<PriceTable<'static>> {
    let mut tables = PriceTable::all(book);
    // The sort is stable, so that the tables of a page keep their order.
    tables.sort_by_key(PriceTable::page);
    tables
}

/// The last cell of each table of [`test_tables`].
#[cfg(test)]
fn test_exception() -> dreamstudio_pricing::Settings {
    dreamstudio_pricing::Settings::size(512, 768).steps(30)
}

/// Three tables of a page: `a` is published nowhere, `b` under `heading`, and `c` under its own name on the same page.
#[cfg(test)]
fn test_tables(heading: &str) -> Vec<PriceTable<'_>> {
    use dreamstudio_pricing::Credits;
    use dreamstudio_pricing::book::usd;

    use crate::book::BookCell;
    use crate::price_table::TableSource;

    let table = |name, prices: [&str; 4]| {
        let (sizes, steps) = (&[(512, 512), (512, 768)], &[15, 30]);
        let places = steps.iter().flat_map(|&steps| sizes.iter().map(move |&size| (steps, size)));
        let cells = places.zip(prices).map(|((steps, (width, height)), price)| {
            let price: Credits = price.parse().unwrap();
            BookCell { table: name, width, height, steps, price, usd: usd(price, 1000) }
        });
        PriceTable {
            name,
            source: None,
            engines: Vec::new(),
            sizes,
            steps,
            cells: cells.collect(),
            formula: None,
            exceptions: &[],
            limits: None,
        }
    };
    let source = |heading| Some(TableSource { page: "Prices", heading, published: "2024-02-29" });
    let a = table("a", ["1", "2", "2", "4"]);
    let b = table("b", ["0.25", "0.5", "1", "1.21"]);
    let b = PriceTable { source: source(heading), engines: vec!["b-v1", "b-v2"], ..b };
    let c = PriceTable { source: source("c"), engines: vec!["c-v1"], ..table("c", ["1", "1", "1", "1"]) };
    vec![a, b, c]
}
