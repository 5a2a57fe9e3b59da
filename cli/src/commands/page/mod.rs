//! `dreamprice page`: the price page, made from the tables.

mod html;
mod markdown;

use clap::{Args, ValueEnum};
use dreamstudio_pricing::{Client, Credits, Formula, Settings, Source, Table, Usd, billing};
use serde::Serialize;

use crate::outcome::{EXIT_CODES, Exit, Outcome};

/// Print the price page, made from the tables
///
/// The Markdown has the price tables as they are published. The HTML is one file, which loads nothing from elsewhere: the
/// tables, and a calculator for prices, estimates and budgets.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The format of the page
    #[arg(long, value_enum)]
    format: PageFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PageFormat {
    /// For a repository or a wiki
    Markdown,
    /// For a browser
    Html,
}

pub(crate) fn run(Arguments { format }: &Arguments) -> Outcome {
    let page = Page::of_library();
    match format {
        PageFormat::Markdown => Outcome::text(markdown::of(&page), Exit::Done),
        PageFormat::Html => match html::of(&page) {
            Ok(html) => Outcome::text(html, Exit::Done),
            Err(error) => Outcome::error(error, Exit::Error),
        },
    }
}

/// What a page is made of. It borrows texts, so that tests can make pages of other tables than those of the library.
#[derive(Serialize)]
struct Page<'a> {
    credits: Unit,
    usd: Unit,
    /// The dollars that one unit of credits costs.
    #[serde(rename = "usdPerUnit")]
    usd_per_unit: Usd,
    /// `None` if there is no client: then the fields are empty.
    start: Option<Start>,
    tables: Vec<PriceTable<'a>>,
}

/// A currency, as the script counts it.
#[derive(Serialize)]
struct Unit {
    plural: &'static str,
    decimals: u32,
    /// As text: it may be more than a number of JavaScript holds.
    max: String,
}

/// The request that the calculator starts with: the defaults of a client, and the grant as the budget.
#[derive(Serialize)]
struct Start {
    engine: &'static str,
    width: u32,
    height: u32,
    steps: u32,
    images: u64,
    budget: Credits,
    currency: &'static str,
}

#[derive(Serialize)]
struct PriceTable<'a> {
    name: &'a str,
    heading: &'a str,
    /// The title of the page, and the day of publication.
    #[serde(skip)]
    published: Option<(&'a str, &'a str)>,
    engines: &'a [&'a str],
    sizes: &'a [(u32, u32)],
    steps: &'a [u32],
    /// Row by row: the prices of all sizes at a step count, and then at the next.
    prices: Vec<Credits>,
    formula: Option<Formula>,
}

impl Page<'static> {
    fn of_library() -> Self {
        const UNIT: Credits = Credits::from_units(1).unwrap();
        let mut tables: Vec<PriceTable> = Table::ALL.iter().map(|&table| table.into()).collect();
        // Tables of a page follow each other. The sort is stable, so that they keep their order within it.
        tables.sort_by_key(|table| table.published.map(|(page, _)| page));
        Self {
            credits: Unit { plural: "credits", decimals: Credits::DECIMALS, max: Credits::MAX.units().to_string() },
            usd: Unit { plural: "dollars", decimals: Usd::DECIMALS, max: Usd::MAX.units().to_string() },
            usd_per_unit: UNIT.usd(),
            start: Client::ALL.first().map(|&client| client.into()),
            tables,
        }
    }
}

impl From<Client> for Start {
    fn from(client: Client) -> Self {
        let Settings { width, height, steps, .. } = client.defaults();
        let (engine, budget) = (client.table().name(), billing::SIGN_UP_GRANT);
        Self { engine, width, height, steps, images: 1, budget, currency: "credits" }
    }
}

impl From<Table> for PriceTable<'static> {
    fn from(table: Table) -> Self {
        let source = table.source();
        Self {
            name: table.name(),
            heading: source.map_or(table.name(), |source| source.heading),
            published: source.map(|Source { page, published, .. }| (page, published)),
            engines: table.engines(),
            sizes: table.sizes(),
            steps: table.steps(),
            prices: table.cells().map(|cell| cell.price).collect(),
            formula: table.formula(),
        }
    }
}

impl PriceTable<'_> {
    /// The step counts, each with the prices of all sizes.
    fn rows(&self) -> impl Iterator<Item = (u32, &[Credits])> {
        self.steps.iter().copied().zip(self.prices.chunks(self.sizes.len().max(1)))
    }
}

/// A page of three tables: `a` is published nowhere, `b` under `heading`, and `c` under its own name on the same page.
#[cfg(test)]
fn test_page(heading: &str) -> Page<'_> {
    let table = |name, prices: [&str; 4]| PriceTable {
        name,
        heading: name,
        published: None,
        engines: &[],
        sizes: &[(512, 512), (512, 768)],
        steps: &[15, 30],
        prices: prices.map(|price| price.parse().unwrap()).into(),
        formula: None,
    };
    let published = Some(("Prices", "2024-02-29"));
    let a = table("a", ["1", "2", "2", "4"]);
    let b = table("b", ["0.25", "0.5", "1", "1.21"]);
    let b = PriceTable { heading, published, engines: &["b-v1", "b-v2"], ..b };
    let c = PriceTable { published, engines: &["c-v1"], ..table("c", ["1", "1", "1", "1"]) };
    Page { tables: vec![a, b, c], ..Page::of_library() }
}
