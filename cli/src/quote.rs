//! `dreamprice quote`: the price of a request.

use clap::Args;
use dreamstudio_pricing::{Credits, Table, Usd};
use serde::Serialize;

use crate::arguments::{Format, NameParser, SizeParser, images, steps};
use crate::grid::{Align, Grid};
use crate::names::{self, Named};
use crate::outcome::{EXIT_CODES, Exit, Outcome};
use crate::words::{count, dollars};

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
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A request and its price, as `--format json` prints them.
#[derive(Serialize)]
struct Report<'a> {
    /// As it was asked for; `None` if a table was.
    engine: Option<&'a str>,
    table: Table,
    width: u32,
    height: u32,
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
    match (report(arguments), arguments.format) {
        (Ok(report), Format::Text) => Outcome::text(text(&report), Exit::Done),
        (Ok(report), Format::Json) => Outcome::json(&report, Exit::Done),
        (Err(message), _) => Outcome::error(message, Exit::No),
    }
}

fn report(arguments: &Arguments) -> Result<Report<'_>, String> {
    let &Arguments { ref name, size: (width, height), steps, images, .. } = arguments;
    let Named { table, engine } = names::find(name)?;
    let price = table.price(width, height, steps).map_err(|error| error.to_string())?;
    let total = price
        .checked_mul(images)
        .ok_or_else(|| format!("{images} images at {price} credits each are more than {} credits", Credits::MAX))?;
    Ok(Report { engine, table, width, height, steps, images, per_image: price.into(), total: total.into() })
}

fn text(report: &Report) -> String {
    let Report { table, width, height, steps, images, per_image, total, .. } = report;
    let mut grid = Grid::new([("", Align::Left), ("", Align::Right), ("", Align::Right)]);
    for (label, Amount { credits, usd }) in
        [("per image".to_owned(), per_image), (count(*images, "image", "images"), total)]
    {
        // Both words are of one length, so that the figures end in one column.
        grid.push([label, count(credits, "credit ", "credits"), dollars(*usd)]);
    }
    let steps = count(*steps, "step", "steps");
    format!("{width}x{height} at {steps}, by the {table} table\n{}", grid.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines below the first one, at a price of `price`.
    fn lines(price: &str, images: u64) -> String {
        let (table, price) = (Table::ALL[0], price.parse::<Credits>().unwrap());
        let (width, height, steps) = (1, 1, 1);
        let total = (price * images).into();
        let text = text(&Report { engine: None, table, width, height, steps, images, per_image: price.into(), total });
        let (first, rest) = text.split_once('\n').unwrap();
        assert_eq!(first, format!("1x1 at 1 step, by the {table} table"));
        rest.to_owned()
    }

    /// The dollars as the command prints them, at whatever price of a credit.
    fn usd(credits: &str) -> String {
        dollars(credits.parse::<Credits>().unwrap().usd())
    }

    #[test]
    fn figures_end_in_one_column() {
        let (one, all) = (usd("0.25"), usd("30"));
        let width = one.len().max(all.len());
        assert_eq!(
            lines("0.25", 120),
            format!("per image   0.25 credits  {one:>width$}\n120 images    30 credits  {all:>width$}\n")
        );
    }

    #[test]
    fn one_is_singular() {
        let one = usd("1");
        assert_eq!(lines("1", 1), format!("per image  1 credit   {one}\n1 image    1 credit   {one}\n"));
    }
}
