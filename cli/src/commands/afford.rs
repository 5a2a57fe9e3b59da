//! `dreamprice afford`: how many images a balance pays for.

use std::fmt;

use clap::Args;
use dreamstudio_pricing::{AmountError, Cell, Credits, Table, Usd};
use serde::Serialize;

use crate::arguments::{AnswerFormat, NameParser, SizeParser, images, steps};
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

    /// Returns the highest price that the balance pays for: the balance in credits, rounded down to the last decimal
    /// place of an amount.
    fn highest_price(self) -> Credits {
        const UNIT: Credits = Credits::from_units(1).unwrap();
        match self {
            Self::Credits(credits) => credits,
            // More dollars than the largest amount of credits costs pay for every price.
            Self::Usd(usd) => usd.checked_div(UNIT.usd()).and_then(Credits::from_units).unwrap_or(Credits::MAX),
        }
    }

    /// Returns how many images of this price the balance pays for, or `None` for a price of zero, which no table has.
    fn images(self, price: Credits) -> Option<u64> {
        match self {
            Self::Credits(credits) => credits.checked_div(price),
            Self::Usd(usd) => usd.checked_div(price.usd()),
        }
    }

    /// Returns a price in the currency of the balance.
    fn price(self, credits: Credits) -> Self {
        match self {
            Self::Credits(_) => Self::Credits(credits),
            Self::Usd(_) => Self::Usd(credits.usd()),
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
    tables: Vec<AffordableTable>,
}

#[derive(Serialize)]
struct BalanceAmounts {
    /// `None` if no amount of credits costs exactly the dollars.
    credits: Option<Credits>,
    usd: Usd,
}

impl From<Balance> for BalanceAmounts {
    fn from(balance: Balance) -> Self {
        match balance {
            Balance::Credits(credits) => Self { credits: Some(credits), usd: credits.usd() },
            Balance::Usd(usd) => Self { credits: usd.try_into().ok(), usd },
        }
    }
}

#[derive(Serialize)]
struct AffordableTable {
    table: Table,
    /// Empty if the table does not have the size or the step count that the user asked for.
    cells: Vec<AffordableCell>,
    /// The largest size whose images the balance pays for, if the user asked only for a step count.
    largest_size: Option<AffordableCell>,
    /// The most steps at which the balance pays for the images, if the user asked only for a size.
    most_steps: Option<AffordableCell>,
}

/// A cell, and how many of its images the balance pays for.
#[derive(Serialize)]
struct AffordableCell {
    #[serde(flatten)]
    cell: Cell,
    images: u64,
}

impl AffordableCell {
    fn new(cell: Cell, balance: Balance) -> Option<Self> {
        Some(Self { cell, images: balance.images(cell.price)? })
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let balance = match Balance::parse(arguments.balance.trim(), arguments.usd) {
        Ok(balance) => balance,
        Err(error) => return Outcome::error(error, Exit::Error),
    };
    match (report(arguments, balance), arguments.format) {
        (Ok(report), AnswerFormat::Text) => Outcome::text(text(arguments, balance, &report.tables), Exit::Done),
        (Ok(report), AnswerFormat::Json) => Outcome::json(&report, Exit::Done),
        (Err(message), _) => Outcome::error(message, Exit::No),
    }
}

fn report(arguments: &Arguments, balance: Balance) -> Result<AffordReport<'_>, String> {
    let &Arguments { ref table, size, steps, images, .. } = arguments;
    let (tables, engine) = match table.as_deref().map(names::find).transpose()? {
        Some(Named { table, engine }) => (vec![table], engine),
        None => (Table::ALL.to_vec(), None),
    };
    let is_selected = |cell: &Cell| {
        let is_size = size.is_none_or(|size| size == (cell.width, cell.height));
        is_size && steps.is_none_or(|steps| steps == cell.steps)
    };
    let cells = tables.iter().flat_map(|table| table.cells()).filter(is_selected);
    let Some(cheapest) = cells.min_by_key(|cell| cell.price) else {
        return Err(tables.iter().map(|&table| no_cell(table, size, steps)).collect::<Vec<_>>().join("; "));
    };
    let credits = balance.highest_price();
    if balance.images(cheapest.price).is_none_or(|count| count < images) {
        let (table, settings, price) = (cheapest.table, cheapest.settings(), balance.price(cheapest.price));
        let (no_images, each) = match images {
            1 => ("pays for no image".to_owned(), ""),
            _ => (format!("does not pay for {images} images"), " each"),
        };
        return Err(format!(
            "a balance of {balance} {no_images}: the cheapest, {settings} from the {table} table, costs {price}{each}"
        ));
    }
    let report_of = |cell: Cell| AffordableCell::new(cell, balance);
    let reports = tables.iter().map(|&table| {
        let cells = table.cells().filter(is_selected).filter_map(report_of).collect();
        let (largest_size, most_steps) = match (size, steps) {
            (None, Some(steps)) => (table.largest_size_for_images(images, steps, credits), None),
            (Some((width, height)), None) => (None, table.most_steps_for_images(images, width, height, credits)),
            _ => (None, None),
        };
        let (largest_size, most_steps) = (largest_size.and_then(report_of), most_steps.and_then(report_of));
        AffordableTable { table, cells, largest_size, most_steps }
    });
    Ok(AffordReport { engine, balance: balance.into(), tables: reports.collect() })
}

/// Says why a table has no cell of this size and this step count.
fn no_cell(table: Table, size: Option<(u32, u32)>, steps: Option<u32>) -> String {
    let sizes: Vec<String> = table.sizes().iter().map(|(width, height)| format!("{width}x{height}")).collect();
    let counts: Vec<String> = table.steps().iter().map(u32::to_string).collect();
    let size = size.map(|(width, height)| format!("{width}x{height}"));
    let steps = steps.map(|steps| steps.to_string());
    let mut missing = Vec::new();
    if let Some(size) = size.filter(|size| !sizes.contains(size)) {
        missing.push(format!("no size {size}: its sizes are {}", sizes.join(", ")));
    }
    if let Some(steps) = steps.filter(|steps| !counts.contains(steps)) {
        missing.push(format!("no step count {steps}: its step counts are {}", counts.join(", ")));
    }
    format!("the {table} table has {}", missing.join("; and "))
}

fn text(arguments: &Arguments, balance: Balance, reports: &[AffordableTable]) -> String {
    reports.iter().map(|report| table_text(arguments, balance, report)).collect::<Vec<_>>().join("\n")
}

fn table_text(arguments: &Arguments, balance: Balance, report: &AffordableTable) -> String {
    let AffordableTable { table, cells, largest_size, most_steps } = report;
    let title = format!("{table}, images for {balance}\n\n");
    if cells.is_empty() {
        return title + &no_cell(*table, arguments.size, arguments.steps) + "\n";
    }
    let cells: Vec<(Cell, String)> = cells.iter().map(|report| (report.cell, report.images.to_string())).collect();
    let text = title + &price_grid::grid(*table, &cells).text_within(terminal_width());
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
                format: AnswerFormat::Text,
            };
            let table = Table::ALL[0];
            let report = AffordableTable { table, cells: Vec::new(), largest_size: None, most_steps: None };
            let text = table_text(&arguments, Balance::Credits("1".parse().unwrap()), &report);
            let title = format!("{table}, images for 1 credit\n\nthe {table} table has ");
            text.strip_prefix(&title).unwrap_or_else(|| panic!("{text}")).to_owned()
        };
        assert!(text(Some((1, 1)), None).starts_with("no size 1x1: its sizes are "));
        assert!(text(None, Some(u32::MAX)).starts_with("no step count 4294967295: its step counts are "));
    }
}
