//! The data of the HTML page's script: the prices, and the request that the calculator starts with.

use dreamstudio_pricing::{Credits, Formula, Limits, Settings, Usd};
use serde::Serialize;

use crate::book::{Book, BookClient};
use crate::price_table::PriceTable;

#[derive(Serialize)]
pub(super) struct Calculator<'a> {
    credits: CurrencyUnit,
    usd: CurrencyUnit,
    /// The dollars that one unit of credits costs.
    #[serde(rename = "usdPerUnit")]
    usd_per_unit: Usd,
    /// `None` if there is no client: then the fields are empty.
    start: Option<FirstRequest>,
    tables: Vec<CalculatorTable<'a>>,
}

/// A currency, as the script counts it.
#[derive(Serialize)]
struct CurrencyUnit {
    plural: &'static str,
    /// What stands before an amount.
    sign: &'static str,
    decimals: u32,
    /// As text: it may be more than a number of JavaScript holds.
    max: String,
}

/// The request that the calculator starts with: the defaults of a client, and the grant as the budget.
#[derive(Serialize)]
struct FirstRequest {
    engine: &'static str,
    width: u32,
    height: u32,
    steps: u32,
    images: u64,
    budget: Credits,
    currency: &'static str,
}

#[derive(Serialize)]
struct CalculatorTable<'a> {
    name: &'a str,
    heading: &'a str,
    engines: &'a [&'a str],
    sizes: &'a [(u32, u32)],
    steps: &'a [u32],
    /// Row by row: the prices of all sizes at a step count, and then at the next.
    prices: Vec<Credits>,
    formula: Option<Formula>,
    exceptions: &'a [Settings],
    limits: Option<Limits>,
}

impl<'a> Calculator<'a> {
    pub(super) fn new(book: &'a Book, tables: &'a [PriceTable]) -> Self {
        const UNIT: Credits = Credits::from_units(1).unwrap();
        Self {
            credits: CurrencyUnit {
                plural: "credits",
                sign: "",
                decimals: Credits::DECIMALS,
                max: Credits::MAX.units().to_string(),
            },
            usd: CurrencyUnit {
                plural: "dollars",
                sign: "$",
                decimals: Usd::DECIMALS,
                max: Usd::MAX.units().to_string(),
            },
            usd_per_unit: book.billing.usd(UNIT),
            start: book.clients.first().map(|client| FirstRequest::new(book, client)),
            tables: tables.iter().map(Into::into).collect(),
        }
    }
}

impl FirstRequest {
    fn new(book: &Book, client: &BookClient) -> Self {
        let &BookClient { table: engine, defaults: Settings { width, height, steps, .. }, .. } = client;
        let budget = book.billing.sign_up_grant;
        Self { engine, width, height, steps, images: 1, budget, currency: "credits" }
    }
}

impl<'a> From<&'a PriceTable<'a>> for CalculatorTable<'a> {
    fn from(table: &'a PriceTable<'a>) -> Self {
        Self {
            name: table.name,
            heading: table.heading(),
            engines: &table.engines,
            sizes: table.sizes,
            steps: table.steps,
            prices: table.cells.iter().map(|cell| cell.price).collect(),
            formula: table.formula,
            exceptions: table.exceptions,
            limits: table.limits,
        }
    }
}
