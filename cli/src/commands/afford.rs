//! `dreamprice afford`: how many images a balance pays for.

use std::fmt;

use clap::Args;
use dreamstudio_pricing::book::{BookTable, TableLists};
use dreamstudio_pricing::{AmountError, Credits, Usd};
use serde::Serialize;

use crate::arguments::{AnswerFormat, NameParser, SizeParser, images, steps};
use crate::book::{Book, BookBilling, BookCell};
use crate::editions::{BookArguments, Edition};
use crate::names::{self, Named};
use crate::outcome::{EXIT_CODES, Exit, Outcome, terminal_width};
use crate::plural::count;
use crate::price_grid;

/// Print how many images of each size and step count a balance pays for
///
/// In a colour terminal, cells are shaded by price; in a narrow one, tables are split.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The balance in credits, such as 25 or 0.5; with --usd, in dollars
    #[arg(allow_negative_numbers = true)]
    balance: String,
    /// The balance is in dollars
    #[arg(long)]
    usd: bool,
    /// A price table, or the id of an engine that it prices [default: all tables]
    #[arg(long, value_name = "TABLE|ENGINE", value_parser = NameParser, hide_possible_values = true)]
    table: Option<String>,
    /// Only this step count, and the largest size at it
    #[arg(long, value_parser = steps, allow_negative_numbers = true)]
    steps: Option<u32>,
    /// Only this size, and the most steps at it
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = SizeParser, allow_hyphen_values = true)]
    size: Option<(u32, u32)>,
    /// The number of images that the balance must pay for
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = images, allow_negative_numbers = true)]
    images: u64,
    #[command(flatten)]
    book: BookArguments,
    /// The format of the output; json has amounts as decimal strings
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    format: AnswerFormat,
}

#[derive(Clone, Copy)]
enum Balance {
    Credits(Credits),
    Usd(Usd),
}

impl Balance {
    fn parse(text: &str, is_usd: bool) -> Result<Self, AmountError> {
        if is_usd { text.parse().map(Self::Usd) } else { text.parse().map(Self::Credits) }
    }

    /// Returns how many images the balance pays for, or `None` for a price of zero, which no table has.
    fn images(self, cell: &BookCell) -> Option<u64> {
        match self {
            Self::Credits(credits) => credits.checked_div(cell.price),
            Self::Usd(usd) => usd.checked_div(cell.usd),
        }
    }

    /// Returns a price in the currency of the balance.
    fn price(self, cell: &BookCell) -> Self {
        match self {
            Self::Credits(_) => Self::Credits(cell.price),
            Self::Usd(_) => Self::Usd(cell.usd),
        }
    }

    fn amounts(self, billing: &BookBilling) -> BalanceAmounts {
        match self {
            Self::Credits(credits) => BalanceAmounts { credits: Some(credits), usd: billing.usd(credits) },
            Self::Usd(usd) => {
                let credits = billing.credits(usd).filter(|&credits| billing.usd(credits) == usd);
                BalanceAmounts { credits, usd }
            }
        }
    }
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credits(credits) => f.write_str(&count(credits, "credit", "credits")),
            Self::Usd(usd) => write!(f, "${usd}"),
        }
    }
}

/// The answer as `--format json` prints it.
#[derive(Serialize)]
struct AffordReport<'a> {
    /// The engine id from the arguments; `None` if the user named a table or nothing.
    engine: Option<&'a str>,
    balance: BalanceAmounts,
    edition: &'a str,
    tables: Vec<AffordableTable<'a>>,
}

#[derive(Serialize)]
struct BalanceAmounts {
    /// `None` if no amount of credits costs exactly the dollars.
    credits: Option<Credits>,
    usd: Usd,
}

#[derive(Serialize)]
struct AffordableTable<'a> {
    table: &'a str,
    #[serde(skip)]
    lists: &'a TableLists,
    /// Empty if the table does not have the size or the step count that the user asked for.
    cells: Vec<AffordableCell>,
    /// The largest size whose images the balance pays for, if the user asked only for a step count.
    largest_size: Option<AffordableCell>,
    /// The most steps at which the balance pays for the images, if the user asked only for a size.
    most_steps: Option<AffordableCell>,
}

/// A cell, and how many of its images the balance pays for.
#[derive(Clone, Copy, Serialize)]
struct AffordableCell {
    #[serde(flatten)]
    cell: BookCell,
    images: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let balance = match Balance::parse(arguments.balance.trim(), arguments.usd) {
        Ok(balance) => balance,
        Err(error) => return Outcome::error(error, Exit::Error),
    };
    let edition = match arguments.book.edition() {
        Ok(edition) => edition,
        Err(error) => return error,
    };
    match (report(arguments, edition.book, balance), arguments.format) {
        (Ok(report), AnswerFormat::Text) => {
            Outcome::text(text(arguments, balance, edition, &report.tables), Exit::Done)
        }
        (Ok(report), AnswerFormat::Json) => Outcome::json(&report, Exit::Done),
        (Err(message), _) => Outcome::error(message, Exit::No),
    }
}

fn report<'a>(arguments: &'a Arguments, book: &'a Book, balance: Balance) -> Result<AffordReport<'a>, String> {
    let &Arguments { ref table, size, steps, images, .. } = arguments;
    let (tables, engine) = match table.as_deref().map(|name| names::find(book, name)).transpose()? {
        Some(Named { table, engine }) => (vec![table], engine),
        None => (book.tables.iter().collect(), None),
    };
    let is_selected = |cell: &BookCell| {
        let is_size = size.is_none_or(|size| size == (cell.width, cell.height));
        is_size && steps.is_none_or(|steps| steps == cell.steps)
    };
    let cells = tables.iter().flat_map(|table| book.cells(table)).filter(is_selected);
    let Some(cheapest) = cells.min_by_key(|cell| cell.price) else {
        return Err(tables.iter().map(|table| no_cell(&table.lists, size, steps)).collect::<Vec<_>>().join("; "));
    };
    if balance.images(&cheapest).is_none_or(|count| count < images) {
        let (table, settings, price) = (cheapest.table, cheapest.settings(), balance.price(&cheapest));
        let (no_images, each) = match images {
            1 => ("pays for no image".to_owned(), ""),
            _ => (format!("does not pay for {images} images"), " each"),
        };
        return Err(format!(
            "a balance of {balance} {no_images}: the cheapest, {settings} from the {table} table, costs {price}{each}"
        ));
    }
    let report_of = |cell: BookCell| Some(AffordableCell { cell, images: balance.images(&cell)? });
    let reports = tables.into_iter().map(|table: &BookTable| {
        let cells: Vec<AffordableCell> =
            book.cells(table).into_iter().filter(is_selected).filter_map(report_of).collect();
        let mut affordable = cells.iter().filter(|cell| cell.images >= images);
        let (largest_size, most_steps) = match (size, steps) {
            // In reverse, because `max_by_key` returns the last of several maxima.
            (None, Some(_)) => (affordable.rev().max_by_key(|report| report.cell.pixels()).copied(), None),
            (Some(_), None) => (None, affordable.next_back().copied()),
            _ => (None, None),
        };
        AffordableTable { table: table.lists.name, lists: &table.lists, cells, largest_size, most_steps }
    });
    let (balance, edition) = (balance.amounts(&book.billing), &*book.edition);
    Ok(AffordReport { engine, balance, edition, tables: reports.collect() })
}

/// Says why a table has no cell of this size and this step count.
fn no_cell(table: &TableLists, size: Option<(u32, u32)>, steps: Option<u32>) -> String {
    let sizes: Vec<String> = table.sizes.iter().map(|(width, height)| format!("{width}x{height}")).collect();
    let counts: Vec<String> = table.steps.iter().map(u32::to_string).collect();
    let size = size.map(|(width, height)| format!("{width}x{height}"));
    let steps = steps.map(|steps| steps.to_string());
    let mut missing = Vec::new();
    if let Some(size) = size.filter(|size| !sizes.contains(size)) {
        missing.push(format!("no size {size}: its sizes are {}", sizes.join(", ")));
    }
    if let Some(steps) = steps.filter(|steps| !counts.contains(steps)) {
        missing.push(format!("no step count {steps}: its step counts are {}", counts.join(", ")));
    }
    format!("the {} table has {}", table.name, missing.join("; and "))
}

fn text(arguments: &Arguments, balance: Balance, edition: Edition, reports: &[AffordableTable]) -> String {
    let tables = reports.iter().map(|report| table_text(arguments, balance, report));
    tables.chain(edition.line()).collect::<Vec<_>>().join("\n")
}

fn table_text(arguments: &Arguments, balance: Balance, report: &AffordableTable) -> String {
    let AffordableTable { table, lists, cells, largest_size, most_steps } = report;
    let title = format!("{table}, images for {balance}\n\n");
    if cells.is_empty() {
        return title + &no_cell(lists, arguments.size, arguments.steps) + "\n";
    }
    let cells: Vec<(BookCell, String)> = cells.iter().map(|report| (report.cell, report.images.to_string())).collect();
    let text = title + &price_grid::grid(lists, &cells).text_within(terminal_width());
    let images = match arguments.images {
        1 => String::new(),
        images => format!(" for {images} images"),
    };
    let (what, best) = match (arguments.size, arguments.steps) {
        (None, Some(steps)) => {
            let size =
                largest_size.as_ref().map(|AffordableCell { cell, .. }| format!("{}x{}", cell.width, cell.height));
            (format!("largest size at {}{images}", count(steps, "step", "steps")), size)
        }
        (Some((width, height)), None) => {
            let steps = most_steps.as_ref().map(|AffordableCell { cell, .. }| cell.steps.to_string());
            (format!("most steps at {width}x{height}{images}"), steps)
        }
        _ => return text,
    };
    format!("{text}\n{what}: {}\n", best.as_deref().unwrap_or("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_without_the_size_or_the_step_count_says_so() {
        let text = |size, steps| {
            let arguments = Arguments {
                balance: "1".to_owned(),
                usd: false,
                table: None,
                steps,
                size,
                images: 1,
                book: BookArguments::default(),
                format: AnswerFormat::Text,
            };
            let lists = &Book::built_in().tables[0].lists;
            let table = lists.name;
            let report = AffordableTable { table, lists, cells: Vec::new(), largest_size: None, most_steps: None };
            let text = table_text(&arguments, Balance::Credits("1".parse().unwrap()), &report);
            let title = format!("{table}, images for 1 credit\n\nthe {table} table has ");
            text.strip_prefix(&title).unwrap_or_else(|| panic!("{text}")).to_owned()
        };
        assert!(text(Some((1, 1)), None).starts_with("no size 1x1: its sizes are "));
        assert!(text(None, Some(u32::MAX)).starts_with("no step count 4294967295: its step counts are "));
    }
}
