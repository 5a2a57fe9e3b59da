//! Everything in the tables, as JSON.

use dreamstudio_pricing::{Credits, Formula, Limits, Settings, Usd};
use serde::Serialize;

use super::edition::{Days, ExportedEdition};
use super::formula::DatabaseFormula;
use crate::book::{BookCell, BookClient};
use crate::price_table::{PriceTable, TableSource};
use crate::version::PROGRAM;

/// The number of the schema. It changes if a field is renamed or removed, or changes its meaning.
pub(super) const SCHEMA: u32 = 1;

/// Several editions, each as it is exported alone, with its days.
#[derive(Serialize)]
pub(super) struct ExportedEditions<'a> {
    schema: u32,
    editions: Vec<ExportedPrices<'a>>,
}

#[derive(Serialize)]
pub(super) struct ExportedPrices<'a> {
    #[serde(flatten)]
    days: Option<&'a Days>,
    schema: u32,
    edition: &'a str,
    version: &'static str,
    units: ExportedUnits,
    billing: ExportedBilling,
    clients: Vec<ClientDefaults<'a>>,
    tables: Vec<ExportedTable<'a>>,
}

/// What the numbers count.
#[derive(Serialize)]
struct ExportedUnits {
    width: &'static str,
    height: &'static str,
    steps: &'static str,
    free_pixels: &'static str,
    credits: ExportedCurrency,
    usd: ExportedCurrency,
    rate: &'static str,
    integer_formula: &'static str,
}

#[derive(Serialize)]
struct ExportedCurrency {
    name: &'static str,
    decimals: u32,
}

#[derive(Serialize)]
struct ExportedBilling {
    usd_per_credit: Usd,
    sign_up_grant_credits: Credits,
    minimum_purchase_usd: Usd,
}

#[derive(Serialize)]
struct ClientDefaults<'a> {
    client: &'a str,
    table: &'a str,
    #[serde(flatten)]
    defaults: Settings,
}

#[derive(Serialize)]
struct ExportedTable<'a> {
    table: &'a str,
    source: Option<TableSource<'a>>,
    engines: &'a [&'a str],
    formula: Option<Formula>,
    integer_formula: Option<DatabaseFormula>,
    exceptions: &'a [Settings],
    limits: Option<Limits>,
    prices: &'a [BookCell],
}

impl<'a> ExportedEditions<'a> {
    /// # Errors
    ///
    /// Returns a message if the numbers of a formula do not fit 64 bits.
    pub(super) fn new(editions: &'a [ExportedEdition]) -> Result<Self, String> {
        Ok(Self { schema: SCHEMA, editions: editions.iter().map(ExportedPrices::new).collect::<Result<_, _>>()? })
    }
}

impl<'a> ExportedPrices<'a> {
    /// # Errors
    ///
    /// Returns a message if the numbers of a formula do not fit 64 bits.
    pub(super) fn new(edition: &'a ExportedEdition) -> Result<Self, String> {
        let ExportedEdition { book, days, tables } = edition;
        let tables: Result<_, _> = tables.iter().map(ExportedTable::new).collect();
        let mut clients: Vec<ClientDefaults> = book.clients.iter().map(Into::into).collect();
        clients.sort_unstable_by_key(|client| client.client);
        Ok(Self {
            days: days.as_ref(),
            schema: SCHEMA,
            edition: &book.edition,
            version: PROGRAM,
            units: UNITS,
            billing: ExportedBilling {
                usd_per_credit: book.billing.usd(Credits::whole(1)),
                sign_up_grant_credits: book.billing.sign_up_grant,
                minimum_purchase_usd: book.billing.minimum_purchase,
            },
            clients,
            tables: tables.map_err(|message| edition.error(&message))?,
        })
    }
}

const UNITS: ExportedUnits = ExportedUnits {
    width: "pixels",
    height: "pixels",
    steps: "steps",
    free_pixels: "pixels",
    credits: ExportedCurrency { name: "credits", decimals: Credits::DECIMALS },
    usd: ExportedCurrency { name: "US dollars", decimals: Usd::DECIMALS },
    rate: "credits per 1,000,000,000 pixel-steps",
    integer_formula: "units of the last decimal of credits",
};

impl<'a> From<&'a BookClient> for ClientDefaults<'a> {
    fn from(&BookClient { name: client, table, defaults }: &'a BookClient) -> Self {
        Self { client, table, defaults }
    }
}

impl<'a> ExportedTable<'a> {
    fn new(table: &'a PriceTable) -> Result<Self, String> {
        Ok(Self {
            table: table.name,
            source: table.source,
            engines: &table.engines,
            formula: table.formula,
            integer_formula: DatabaseFormula::of(table)?,
            exceptions: table.exceptions,
            limits: table.limits,
            prices: &table.cells,
        })
    }
}
