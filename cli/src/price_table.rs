//! A price table with everything that the library knows about it, for the subcommands that write all tables.

use dreamstudio_pricing::{Cell, Formula, Limits, Settings, Table};
use serde::Serialize;

/// A price table. It borrows texts, so that tests can have other tables than those of the library.
#[derive(Clone)]
pub(crate) struct PriceTable<'a> {
    pub(crate) name: &'a str,
    pub(crate) source: Option<TableSource<'a>>,
    pub(crate) engines: Vec<&'a str>,
    pub(crate) sizes: &'a [(u32, u32)],
    pub(crate) steps: &'a [u32],
    /// Row by row: the cells of all sizes at a step count, and then at the next.
    pub(crate) cells: Vec<Cell>,
    pub(crate) formula: Option<Formula>,
    pub(crate) exceptions: &'a [Settings],
    pub(crate) limits: Option<Limits>,
}

/// Where and when a table was published.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct TableSource<'a> {
    pub(crate) page: &'a str,
    pub(crate) heading: &'a str,
    pub(crate) published: &'a str,
}

impl PriceTable<'static> {
    /// Returns all tables, in the order of the library.
    pub(crate) fn all() -> Vec<Self> {
        Table::ALL.iter().map(|&table| table.into()).collect()
    }
}

impl<'a> PriceTable<'a> {
    /// Returns each engine with its table, by the engine's id.
    pub(crate) fn by_engine(tables: &[Self]) -> Vec<(&'a str, &Self)> {
        let mut engines = Vec::new();
        for table in tables {
            engines.extend(table.engines.iter().map(|&engine| (engine, table)));
        }
        engines.sort_unstable_by_key(|(engine, _)| *engine);
        engines
    }

    /// Returns the page that the table was published on.
    pub(crate) fn page(&self) -> Option<&'a str> {
        self.source.map(|source| source.page)
    }

    /// Returns the heading above the table, or its own name if it was not published.
    pub(crate) fn heading(&self) -> &'a str {
        self.source.map_or(self.name, |source| source.heading)
    }

    /// Returns the step counts, each with the cells of all sizes.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u32, &[Cell])> {
        self.steps.iter().copied().zip(self.cells.chunks(self.sizes.len().max(1)))
    }
}

impl From<Table> for PriceTable<'static> {
    fn from(table: Table) -> Self {
        let source = table.source().map(|source| TableSource {
            page: source.page,
            heading: source.heading,
            published: source.published,
        });
        Self {
            name: table.name(),
            source,
            engines: table.engines().to_vec(),
            sizes: table.sizes(),
            steps: table.steps(),
            cells: table.cells().collect(),
            formula: table.formula(),
            exceptions: table.exceptions(),
            limits: table.limits(),
        }
    }
}
