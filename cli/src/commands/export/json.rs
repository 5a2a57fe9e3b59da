//! Everything in the tables, as JSON.

use dreamstudio_pricing::{Cell, Client, Credits, Formula, Limits, Settings, Table, Usd, billing};
use serde::Serialize;

use super::formula::DatabaseFormula;
use crate::price_table::{PriceTable, TableSource};

/// The number of the schema. It changes if a field is renamed or removed, or changes its meaning.
pub(super) const SCHEMA: u32 = 1;

#[derive(Serialize)]
pub(super) struct ExportedPrices<'a> {
    schema: u32,
    units: ExportedUnits,
    billing: ExportedBilling,
    clients: Vec<ClientDefaults>,
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
struct ClientDefaults {
    client: Client,
    table: Table,
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
    prices: &'a [Cell],
}

impl<'a> ExportedPrices<'a> {
    /// # Errors
    ///
    /// Returns a message if the numbers of a formula do not fit 64 bits.
    pub(super) fn new(tables: &'a [PriceTable]) -> Result<Self, String> {
        let mut clients: Vec<ClientDefaults> = Client::ALL.iter().map(|&client| client.into()).collect();
        clients.sort_unstable_by_key(|client| client.client.name());
        Ok(Self {
            schema: SCHEMA,
            units: UNITS,
            billing: ExportedBilling {
                usd_per_credit: Credits::whole(1).usd(),
                sign_up_grant_credits: billing::SIGN_UP_GRANT,
                minimum_purchase_usd: billing::MINIMUM_PURCHASE,
            },
            clients,
            tables: tables.iter().map(ExportedTable::new).collect::<Result<_, _>>()?,
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

impl From<Client> for ClientDefaults {
    fn from(client: Client) -> Self {
        Self { client, table: client.table(), defaults: client.defaults() }
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
