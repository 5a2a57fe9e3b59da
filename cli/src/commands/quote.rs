//! `dreamprice quote`: the price of a request.

use std::fmt::Display;

use clap::Args;
use dreamstudio_pricing::book::BookTable;
use dreamstudio_pricing::{Credits, EstimateError, QuoteError, Settings};
use serde::Serialize;

use crate::arguments::{AnswerFormat, NameParser, SizeParser, images, steps};
use crate::book::{Book, EstimatedMoney, Money};
use crate::editions::BookArguments;
use crate::names::{self, Named};
use crate::outcome::{EXIT_CODES, Exit, Outcome};
use crate::plural::count;
use crate::text_table::{Alignment, TextTable};
use crate::version::PROGRAM;

/// Print what images cost, each and in total
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The id of an engine, or a price table; `dreamprice table` lists both
    #[arg(value_name = "TABLE|ENGINE", value_parser = NameParser, hide_possible_values = true)]
    name: String,
    /// Width and height in pixels, such as 512x768
    #[arg(value_name = "WIDTHxHEIGHT", value_parser = SizeParser, allow_hyphen_values = true)]
    size: (u32, u32),
    /// The step count
    #[arg(value_parser = steps, allow_negative_numbers = true)]
    steps: u32,
    /// The number of images
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = images, allow_negative_numbers = true)]
    images: u64,
    /// Estimate what the table does not price
    #[arg(long)]
    estimate: bool,
    #[command(flatten)]
    book: BookArguments,
    /// The format of the output; json has amounts as decimal strings
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    format: AnswerFormat,
}

/// The answer as `--format json` prints it.
#[derive(Serialize)]
struct QuoteReport<'a> {
    /// `None` if the user named a table.
    engine: Option<&'a str>,
    table: &'a str,
    #[serde(flatten)]
    settings: Settings,
    images: u64,
    #[serde(flatten)]
    cost: Cost,
    edition: &'a str,
    version: &'static str,
}

/// An estimate is in a field of its own, so that nothing takes it for a price.
#[derive(Serialize)]
#[serde(untagged)]
enum Cost {
    Price(OfImages<Money>),
    Estimate { estimate: OfImages<EstimatedMoney> },
}

#[derive(Serialize)]
struct OfImages<T> {
    per_image: T,
    total: T,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let edition = match arguments.book.edition() {
        Ok(edition) => edition,
        Err(error) => return error,
    };
    match (report(arguments, edition.book), arguments.format) {
        (Ok(report), AnswerFormat::Text) => {
            Outcome::text(text(&report) + &edition.line().unwrap_or_default(), Exit::Done)
        }
        (Ok(report), AnswerFormat::Json) => Outcome::json(&report, Exit::Done),
        (Err(message), _) => Outcome::error(message, Exit::No),
    }
}

fn report<'a>(arguments: &'a Arguments, book: &'a Book) -> Result<QuoteReport<'a>, String> {
    let &Arguments { ref name, size: (width, height), steps, images, .. } = arguments;
    let Named { table, engine } = names::find(book, name)?;
    let settings = Settings::size(width, height).steps(steps);
    let cost = match table.price(settings) {
        Ok(per_image) => {
            let total = per_image.checked_mul(images);
            let total = total.ok_or_else(|| QuoteError::TooLarge { per_image, images }.to_string())?;
            Cost::Price(OfImages { per_image: book.billing.money(per_image), total: book.billing.money(total) })
        }
        Err(error) => estimate(arguments, book, table, settings, &error)?,
    };
    let (table, edition) = (table.lists.name, &*book.edition);
    Ok(QuoteReport { engine, table, settings, images, cost, edition, version: PROGRAM })
}

/// Returns the cost of settings that have no price, or why it is not asked for or not known.
fn estimate(
    &Arguments { images, estimate: is_wanted, .. }: &Arguments,
    book: &Book,
    table: &BookTable,
    settings: Settings,
    not_priced: &impl Display,
) -> Result<Cost, String> {
    if let Err(rejection) = table.accepts(settings, 1) {
        return Err(if is_wanted { rejection.to_string() } else { format!("{not_priced}; {rejection}") });
    }
    let per_image = match table.estimate(settings) {
        Ok(_) if !is_wanted => return Err(format!("{not_priced}; use `--estimate` for an estimate")),
        Ok(per_image) => per_image,
        Err(error) if is_wanted => return Err(error.to_string()),
        Err(_) => return Err(not_priced.to_string()),
    };
    let total = per_image.checked_mul(images);
    let total = total.ok_or_else(|| EstimateError::TooLarge { per_image, images }.to_string())?;
    let billing = &book.billing;
    let (per_image, total) = (billing.estimated_money(per_image), billing.estimated_money(total));
    Ok(Cost::Estimate { estimate: OfImages { per_image, total } })
}

fn text(&QuoteReport { table, settings, images, ref cost, .. }: &QuoteReport) -> String {
    match cost {
        Cost::Price(OfImages { per_image, total }) => {
            format!("{settings}, from the {table} table\n{}", rows(images, price_texts(per_image), price_texts(total)))
        }
        Cost::Estimate { estimate: OfImages { per_image, total } } => {
            let rows = rows(images, estimate_texts(per_image), estimate_texts(total));
            format!("{settings}, from the {table} table: an estimate, not a published price\n{rows}")
        }
    }
}

/// Aligns the amounts of one image and of all.
fn rows(images: u64, per_image: Vec<String>, total: Vec<String>) -> String {
    let amounts = per_image.iter().map(|_| ("", Alignment::Right));
    let mut grid = TextTable::new([("", Alignment::Left)].into_iter().chain(amounts));
    for (label, amounts) in [("per image".to_owned(), per_image), (count(images, "image", "images"), total)] {
        grid.push([label].into_iter().chain(amounts));
    }
    grid.text()
}

fn price_texts(&Money { credits: price, usd }: &Money) -> Vec<String> {
    vec![credits(price), format!("${usd}")]
}

/// Returns the expected price if there is one, then the bounds if they differ from it.
fn estimate_texts(&EstimatedMoney { at_least, at_most, expected, .. }: &EstimatedMoney) -> Vec<String> {
    let mut amounts = Vec::new();
    if let Some(expected) = expected {
        amounts.extend([format!("about {}", credits(expected.credits)), format!("${}", expected.usd)]);
    }
    if at_least.credits == Credits::ZERO {
        amounts.extend([format!("up to {}", credits(at_most.credits)), format!("up to ${}", at_most.usd)]);
    } else if at_least.credits != at_most.credits {
        let usd = format!("${} to ${}", at_least.usd, at_most.usd);
        amounts.extend([format!("{} to {}", at_least.credits, credits(at_most.credits)), usd]);
    }
    amounts
}

/// Returns credits with their unit. Both words are of one length, so that the amounts end in one column.
fn credits(credits: Credits) -> String {
    count(credits, "credit ", "credits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(per_image: &str, images: u64) -> String {
        let per_image: Credits = per_image.parse().unwrap();
        let texts = |credits: Credits| price_texts(&Money { credits, usd: credits.usd() });
        rows(images, texts(per_image), texts(per_image * images))
    }

    /// Returns the dollars as the command prints them, whatever a credit costs.
    fn usd(credits: &str) -> String {
        format!("${}", credits.parse::<Credits>().unwrap().usd())
    }

    #[test]
    fn amounts_end_in_one_column() {
        let (one, all) = (usd("0.25"), usd("30"));
        let width = one.len().max(all.len());
        assert_eq!(
            amounts("0.25", 120),
            format!("per image   0.25 credits  {one:>width$}\n120 images    30 credits  {all:>width$}\n")
        );
    }

    #[test]
    fn one_is_singular() {
        let one = usd("1");
        assert_eq!(amounts("1", 1), format!("per image  1 credit   {one}\n1 image    1 credit   {one}\n"));
    }
}
