//! A price table with everything that its folder says about it, for the subcommands that write all tables.

use dreamstudio_pricing::book::BookTable;
use dreamstudio_pricing::{Formula, Limits, Settings};
use serde::Serialize;

use crate::book::{Book, BookCell};

/// A price table. It borrows texts, so that tests can have other tables than those of a book.
#[derive(Clone)]
pub(crate) struct PriceTable<'a> {
    pub(crate) name: &'a str,
    pub(crate) source: Option<TableSource<'a>>,
    pub(crate) engines: Vec<&'a str>,
    pub(crate) sizes: &'a [(u32, u32)],
    pub(crate) steps: &'a [u32],
    /// Row by row: the cells of all sizes at a step count, and then at the next.
    pub(crate) cells: Vec<BookCell>,
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
    /// Returns all tables, sorted by name.
    pub(crate) fn all(book: &Book) -> Vec<Self> {
        book.tables.iter().map(|table| Self::of(book, table)).collect()
    }

    fn of(book: &Book, table: &BookTable) -> Self {
        let lists = &table.lists;
        let source = lists.source.map(|source| TableSource {
            page: source.page,
            heading: source.heading,
            published: source.published,
        });
        Self {
            name: lists.name,
            source,
            engines: lists.engines.to_vec(),
            sizes: lists.sizes,
            steps: lists.steps,
            cells: book.cells(table),
            formula: lists.formula,
            exceptions: lists.exceptions,
            limits: lists.limits,
        }
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
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u32, &[BookCell])> {
        self.steps.iter().copied().zip(self.cells.chunks(self.sizes.len().max(1)))
    }
}
