//! `dreamprice quote`: the price of a request.

use std::error::Error;
use std::fmt;

use clap::Args;
use dreamstudio_pricing::{Credits, Table, Usd};
use serde::Serialize;

use crate::Outcome;

/// Print the price of images, per image and in total
#[derive(Args)]
#[command(after_help = "Exit codes: 0, a price; 1, there is no price for the request; 2, the arguments are wrong.")]
pub(crate) struct Arguments {
    /// A price table, such as sdxl, or the id of an engine
    #[arg(value_name = "TABLE|ENGINE")]
    what: String,
    /// Width and height in pixels, such as 512x768
    #[arg(value_name = "WIDTHxHEIGHT", value_parser = size)]
    size: (u32, u32),
    /// Step count
    steps: u32,
    /// How many images
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    images: u64,
    /// Print JSON, with amounts as decimal strings
    #[arg(long)]
    json: bool,
}

fn size(text: &str) -> Result<(u32, u32), String> {
    // `parse` would take a sign.
    let side = |text: &str| text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let sides = text.split_once('x').and_then(|(width, height)| Some((side(width)?, side(height)?)));
    sides.ok_or_else(|| "a size is width, x, and height in pixels, such as 512x768".to_owned())
}

/// What is asked and what it costs, in the order in which it is printed.
#[derive(Serialize)]
struct Quote {
    table: Table,
    size: String,
    steps: u32,
    images: u64,
    per_image: Amount,
    total: Amount,
}

#[derive(Serialize)]
struct Amount {
    credits: Credits,
    usd: Usd,
}

impl From<Credits> for Amount {
    fn from(credits: Credits) -> Self {
        Self { credits, usd: credits.usd() }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match quote(arguments) {
        Ok(quote) if arguments.json => Outcome::json(&quote, 0),
        Ok(quote) => Outcome::said(quote.to_string(), 0),
        Err(error) => Outcome::failed(error, 1),
    }
}

fn quote(arguments: &Arguments) -> Result<Quote, Box<dyn Error>> {
    let &Arguments { ref what, size: (width, height), steps, images, .. } = arguments;
    let table = match what.parse() {
        Ok(table) => table,
        Err(no_table) => Table::for_engine(what).map_err(|no_engine| format!("{no_engine}; {no_table}"))?,
    };
    let price = table.price(width, height, steps)?;
    let total = price
        .checked_mul(images)
        .ok_or_else(|| format!("{images} images at {price} credits each are more than {} credits", Credits::MAX))?;
    let size = format!("{width}x{height}");
    Ok(Quote { table, size, steps, images, per_image: price.into(), total: total.into() })
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, size, steps, images, per_image, total } = self;
        let count = format!("{images} {}", if *images == 1 { "image" } else { "images" });
        let lines = [("per image", per_image), (&*count, total)];
        let lines = lines.map(|(what, amount)| (what, amount.credits.to_string(), dollars(amount.usd)));
        let width = |of: fn(&(&str, String, String)) -> usize| lines.iter().map(of).max().unwrap_or_default();
        let (first, second) = (width(|line| line.0.len()), width(|line| line.1.len()));
        let third = width(|line| line.2.len());
        writeln!(f, "{size} at {steps} steps, by the {table} table")?;
        lines.iter().try_for_each(|(what, credits, usd)| {
            writeln!(f, "{what:first$}  {credits:>second$} credits  {usd:>third$}")
        })
    }
}

/// Dollars with their cents, and all digits of less than a cent.
fn dollars(usd: Usd) -> String {
    let (all, cents) = (format!("${usd}"), format!("${usd:.2}"));
    if all.len() > cents.len() { all } else { cents }
}
