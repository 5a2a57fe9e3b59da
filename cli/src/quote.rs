//! `dreamprice quote`: the price of a request.

use clap::Args;
use dreamstudio_pricing::{Credits, Quote, Request, Settings};
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

/// A quote as `--format json` prints it.
#[derive(Serialize)]
struct Report<'a> {
    /// As it was asked for; `None` if a table was.
    engine: Option<&'a str>,
    #[serde(flatten)]
    quote: Quote,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match (report(arguments), arguments.format) {
        (Ok(report), Format::Text) => Outcome::text(text(&report.quote), Exit::Done),
        (Ok(report), Format::Json) => Outcome::json(&report, Exit::Done),
        (Err(message), _) => Outcome::error(message, Exit::No),
    }
}

fn report(arguments: &Arguments) -> Result<Report<'_>, String> {
    let &Arguments { ref name, size: (width, height), steps, images, .. } = arguments;
    let Named { table, engine } = names::find(name)?;
    let request = Request::for_table(table, Settings::size(width, height).steps(steps)).images(images);
    let quote = request.quote().map_err(|error| error.to_string())?;
    Ok(Report { engine, quote })
}

fn text(quote: &Quote) -> String {
    let &Quote { table, settings, images, per_image, total, .. } = quote;
    format!("{settings}, by the {table} table\n{}", amounts(per_image, images, total))
}

fn amounts(per_image: Credits, images: u64, total: Credits) -> String {
    let mut grid = Grid::new([("", Align::Left), ("", Align::Right), ("", Align::Right)]);
    for (label, credits) in [("per image".to_owned(), per_image), (count(images, "image", "images"), total)] {
        // Both words are of one length, so that the figures end in one column.
        grid.push([label, count(credits, "credit ", "credits"), dollars(credits.usd())]);
    }
    grid.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(per_image: &str, images: u64) -> String {
        let per_image: Credits = per_image.parse().unwrap();
        super::amounts(per_image, images, per_image * images)
    }

    /// The dollars as the command prints them, whatever a credit costs.
    fn usd(credits: &str) -> String {
        dollars(credits.parse::<Credits>().unwrap().usd())
    }

    #[test]
    fn figures_end_in_one_column() {
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
