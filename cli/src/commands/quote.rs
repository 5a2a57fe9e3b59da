//! `dreamprice quote`: the price of a request.

use clap::Args;
use dreamstudio_pricing::{Credits, Estimate, Quote, QuoteError, Request, RequestEstimate, Settings, Table};
use serde::Serialize;

use crate::arguments::{AnswerFormat, NameParser, SizeParser, images, steps};
use crate::names::{self, Named};
use crate::outcome::{EXIT_CODES, Exit, Outcome};
use crate::plural::count;
use crate::text_table::{Alignment, TextTable};

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
    /// The format of the output; json has amounts as decimal strings
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    format: AnswerFormat,
}

/// The answer as `--format json` prints it.
#[derive(Serialize)]
#[serde(untagged)]
enum QuoteReport {
    Price(Quote),
    Estimate(EstimateReport),
}

/// An estimate of the library, whose amounts have other fields than those of a price.
#[derive(Serialize)]
struct EstimateReport {
    /// `None` if the user named a table.
    engine: Option<&'static str>,
    table: Table,
    #[serde(flatten)]
    settings: Settings,
    images: u64,
    estimate: EstimatedAmounts,
}

#[derive(Serialize)]
struct EstimatedAmounts {
    per_image: Estimate,
    total: Estimate,
}

impl From<RequestEstimate> for EstimateReport {
    fn from(RequestEstimate { engine, table, settings, images, per_image, total, .. }: RequestEstimate) -> Self {
        Self { engine, table, settings, images, estimate: EstimatedAmounts { per_image, total } }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match (report(arguments), arguments.format) {
        (Ok(report), AnswerFormat::Text) => Outcome::text(text(&report), Exit::Done),
        (Ok(report), AnswerFormat::Json) => Outcome::json(&report, Exit::Done),
        (Err(message), _) => Outcome::error(message, Exit::No),
    }
}

fn report(arguments: &Arguments) -> Result<QuoteReport, String> {
    let &Arguments { ref name, size: (width, height), steps, images, .. } = arguments;
    let Named { table, engine } = names::find(name)?;
    let settings = Settings::size(width, height).steps(steps);
    let request = match engine {
        Some(id) => Request::new(id, settings),
        None => Request::for_table(table, settings),
    };
    let request = request.images(images);
    match (request.quote(), request.estimate()) {
        (Ok(quote), _) => Ok(QuoteReport::Price(quote)),
        (Err(QuoteError::NotPriced(error)), estimate) => match (table.accepts(settings), estimate) {
            (Err(rejection), _) if arguments.estimate => Err(rejection.to_string()),
            (Err(rejection), _) => Err(format!("{error}; {rejection}")),
            (Ok(()), Ok(estimate)) if arguments.estimate => Ok(QuoteReport::Estimate(estimate.into())),
            (Ok(()), Ok(_)) => Err(format!("{error}; use `--estimate` for an estimate")),
            (Ok(()), Err(error)) if arguments.estimate => Err(error.to_string()),
            (Ok(()), Err(_)) => Err(error.to_string()),
        },
        (Err(error), _) => Err(error.to_string()),
    }
}

fn text(report: &QuoteReport) -> String {
    match *report {
        QuoteReport::Price(Quote { table, settings, images, per_image, total, .. }) => {
            format!("{settings}, from the {table} table\n{}", rows(images, price(per_image), price(total)))
        }
        QuoteReport::Estimate(EstimateReport {
            table,
            settings,
            images,
            estimate: EstimatedAmounts { per_image, total },
            ..
        }) => {
            let rows = rows(images, estimate(per_image), estimate(total));
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

fn price(price: Credits) -> Vec<String> {
    vec![credits(price), format!("${}", price.usd())]
}

/// Returns the expected price if there is one, then the bounds if they differ from it.
fn estimate(estimate: Estimate) -> Vec<String> {
    let (at_least, at_most, expected) = (estimate.at_least(), estimate.at_most(), estimate.expected());
    let mut amounts = Vec::new();
    if let Some(expected) = expected {
        amounts.extend([format!("about {}", credits(expected)), format!("${}", expected.usd())]);
    }
    if at_least == Credits::ZERO {
        amounts.extend([format!("up to {}", credits(at_most)), format!("up to ${}", at_most.usd())]);
    } else if at_least != at_most {
        let usd = format!("${} to ${}", at_least.usd(), at_most.usd());
        amounts.extend([format!("{at_least} to {}", credits(at_most)), usd]);
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
        rows(images, price(per_image), price(per_image * images))
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
