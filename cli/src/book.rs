//! The tables that a subcommand answers from: those that are built in, or a folder that it reads.

use std::path::Path;
use std::sync::LazyLock;

use dreamstudio_pricing::book::{self, BookTable, EngineIds, TableLists};
use dreamstudio_pricing::{
    AmountError, Client, Credits, EDITION, Estimate, Formula, ImageSize, Limits, Settings, Source, Table, Usd, billing,
};
use dreamstudio_pricing_codegen::{self as codegen, Prices, check};
use serde::Serialize;

use crate::input;
use crate::outcome::{Exit, Outcome};
use crate::shell;

/// All tables of a folder: an edition. A run uses it to its end.
pub(crate) struct Book {
    /// The name of the edition, as the library's `EDITION` has it.
    pub(crate) edition: String,
    /// Sorted by name.
    pub(crate) tables: Vec<BookTable>,
    /// In the order of their file.
    pub(crate) clients: Vec<BookClient>,
    pub(crate) billing: BookBilling,
    /// What follows a subcommand that answers from the same tables: nothing if they are built in.
    pub(crate) option: String,
    engine_ids: EngineIds,
    /// The position in `tables` of the table of each engine.
    engine_tables: Vec<usize>,
}

/// A client with its default settings.
pub(crate) struct BookClient {
    pub(crate) name: &'static str,
    /// The name of the table.
    pub(crate) table: &'static str,
    pub(crate) defaults: Settings,
}

/// The sign-up grant and the price of credits.
pub(crate) struct BookBilling {
    pub(crate) sign_up_grant: Credits,
    pub(crate) minimum_purchase: Usd,
    usd_units_per_credits_unit: u64,
}

/// One price of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct BookCell {
    /// The name of the table.
    pub(crate) table: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) steps: u32,
    #[serde(rename = "credits")]
    pub(crate) price: Credits,
    pub(crate) usd: Usd,
}

impl BookCell {
    pub(crate) fn settings(&self) -> Settings {
        Settings::size(self.width, self.height).steps(self.steps)
    }

    pub(crate) fn pixels(&self) -> u64 {
        ImageSize::new(self.width, self.height).pixels()
    }
}

/// An amount in both currencies.
#[derive(Clone, Copy, Default, Serialize)]
pub(crate) struct Money {
    pub(crate) credits: Credits,
    pub(crate) usd: Usd,
}

/// An estimate in both currencies.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct EstimatedMoney {
    is_published: bool,
    pub(crate) expected: Option<Money>,
    pub(crate) at_least: Money,
    pub(crate) at_most: Money,
}

impl Book {
    /// Returns the tables of the library.
    pub(crate) fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Book> = LazyLock::new(|| {
            const UNIT: Credits = Credits::from_units(1).unwrap();
            let clients = Client::ALL.iter().map(|client| BookClient {
                name: client.name(),
                table: client.table().name(),
                defaults: client.defaults(),
            });
            let billing = BookBilling {
                sign_up_grant: billing::SIGN_UP_GRANT,
                minimum_purchase: billing::MINIMUM_PURCHASE,
                usd_units_per_credits_unit: UNIT.usd().units(),
            };
            let tables = Table::ALL.iter().map(|&table| lists_of_library(table));
            Book::new(EDITION.to_owned(), tables.collect(), clients.collect(), billing)
        });
        &BUILT_IN
    }

    /// Reads the tables of a folder, or of a folder at a git revision: `REV:DIR`.
    ///
    /// # Errors
    ///
    /// Returns why the folder cannot be read, or its mistakes.
    pub(crate) fn read(folder: &Path) -> Result<&'static Self, Outcome> {
        let prices = check(&input::tables(folder)?).map_err(|mistakes| Outcome::mistakes(&mistakes, Exit::Error))?;
        let book = Self::try_from(&prices).map_err(|error| Outcome::error(error, Exit::Error))?;
        let option = shell::option(" --tables", &folder.to_string_lossy());
        Ok(Box::leak(Box::new(Self { option, ..book })))
    }

    fn new(edition: String, lists: Vec<TableLists>, clients: Vec<BookClient>, billing: BookBilling) -> Self {
        let (mut ids, mut engine_tables) = (Vec::new(), Vec::new());
        for (at, table) in lists.iter().enumerate() {
            ids.extend(table.engines);
            engine_tables.resize(ids.len(), at);
        }
        let tables = lists.into_iter().map(BookTable::new).collect();
        Self {
            edition,
            tables,
            clients,
            billing,
            option: String::new(),
            engine_ids: EngineIds::new(&ids),
            engine_tables,
        }
    }

    /// Returns the table that prices an engine, by the exact id of the engine.
    pub(crate) fn for_engine(&self, id: &str) -> Option<&BookTable> {
        let &table = self.engine_tables.get(self.engine_ids.find(id)?)?;
        self.tables.get(table)
    }

    /// Returns the table that prices an engine, or has this name itself, both exactly.
    pub(crate) fn for_name(&self, name: &str) -> Option<&BookTable> {
        self.for_engine(name).or_else(|| self.tables.iter().find(|table| table.lists.name == name))
    }

    /// Returns the cells of a table, row by row.
    pub(crate) fn cells(&self, table: &BookTable) -> Vec<BookCell> {
        let TableLists { name: table, sizes, steps, prices, .. } = table.lists;
        let settings = steps.iter().flat_map(|&steps| sizes.iter().map(move |&size| (size, steps)));
        let cell = |(((width, height), steps), &price)| BookCell {
            table,
            width,
            height,
            steps,
            price,
            usd: self.billing.usd(price),
        };
        settings.zip(prices).map(cell).collect()
    }
}

impl BookBilling {
    /// Returns what credits cost, exactly.
    pub(crate) fn usd(&self, credits: Credits) -> Usd {
        book::usd(credits, self.usd_units_per_credits_unit)
    }

    /// Returns the credits that dollars are worth, rounded down to the last decimal place of an amount, or `None` if that is
    /// more than the largest amount of credits.
    pub(crate) fn credits(&self, usd: Usd) -> Option<Credits> {
        usd.units().checked_div(self.usd_units_per_credits_unit).and_then(Credits::from_units)
    }

    pub(crate) fn money(&self, credits: Credits) -> Money {
        Money { credits, usd: self.usd(credits) }
    }

    pub(crate) fn estimated_money(&self, estimate: Estimate) -> EstimatedMoney {
        EstimatedMoney {
            is_published: estimate.is_published(),
            expected: estimate.expected().map(|credits| self.money(credits)),
            at_least: self.money(estimate.at_least()),
            at_most: self.money(estimate.at_most()),
        }
    }
}

fn lists_of_library(table: Table) -> TableLists {
    TableLists {
        name: table.name(),
        sizes: table.sizes(),
        steps: table.steps(),
        prices: list(table.cells().map(|cell| cell.price)),
        engines: table.engines(),
        source: table.source(),
        formula: table.formula(),
        exceptions: table.exceptions(),
        limits: table.limits(),
    }
}

/// The tables of a folder that passed the checks. An amount that does not fit is an error, although the checks exclude it.
impl TryFrom<&Prices> for Book {
    type Error = AmountError;

    fn try_from(prices: &Prices) -> Result<Self, AmountError> {
        let clients = prices.clients.iter().map(|client| BookClient {
            name: text(&client.name.text),
            table: text(&client.table.text),
            defaults: settings(client.size, client.steps),
        });
        let codegen::Billing { sign_up_grant, minimum_purchase, usd_units_per_credits_unit, .. } = prices.billing;
        let billing = BookBilling {
            sign_up_grant: sign_up_grant.try_into()?,
            minimum_purchase: minimum_purchase.try_into()?,
            usd_units_per_credits_unit,
        };
        let tables = prices.tables.iter().map(|table| lists_of_folder(table, prices)).collect::<Result<_, _>>()?;
        Ok(Self::new(prices.edition(), tables, clients.collect(), billing))
    }
}

fn lists_of_folder(table: &codegen::Table, prices: &Prices) -> Result<TableLists, AmountError> {
    let engines = prices.engines.iter().filter(|engine| engine.table == table.name);
    let cells = table.rows.iter().flat_map(|row| &row.prices);
    Ok(TableLists {
        name: text(&table.name.text),
        sizes: list(table.sizes.iter().map(|size| (size.width, size.height))),
        steps: list(table.rows.iter().map(|row| row.steps)),
        prices: list(cells.map(|&price| price.try_into()).collect::<Result<Vec<Credits>, _>>()?),
        engines: list(engines.map(|engine| text(&engine.id))),
        source: table.source.as_ref().map(source),
        formula: table.formula.as_ref().map(formula),
        exceptions: list(table.exceptions.iter().map(|cell| settings(cell.size, cell.steps))),
        limits: table.limits.map(limits),
    })
}

fn settings(size: codegen::Size, steps: u32) -> Settings {
    Settings::size(size.width, size.height).steps(steps)
}

fn source(codegen::Source { page, heading, published, .. }: &codegen::Source) -> Source {
    book::source(text(page), text(heading), text(published))
}

fn formula(codegen::Formula { free_pixels, rate, nearest, up, .. }: &codegen::Formula) -> Formula {
    book::formula(*free_pixels, text(&rate.normalize().to_string()), *nearest, *up)
}

fn limits(of: codegen::Limits) -> Limits {
    let mut limits = book::NO_LIMITS;
    limits.side_multiple = of.side_multiple;
    limits.min_pixels = of.min_pixels;
    limits.max_pixels = of.max_pixels;
    limits.max_long_side = of.max_long_side;
    limits.max_short_side = of.max_short_side;
    limits.min_steps = of.min_steps;
    limits.max_steps = of.max_steps;
    limits.max_images = of.max_images;
    limits
}

/// Returns a text for the rest of the run.
fn text(text: &str) -> &'static str {
    Box::leak(text.into())
}

/// Returns a list for the rest of the run.
fn list<T>(values: impl IntoIterator<Item = T>) -> &'static [T] {
    values.into_iter().collect::<Vec<_>>().leak()
}

#[cfg(test)]
mod tests;
