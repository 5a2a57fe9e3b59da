//! An edition as every format has it: its tables in order, and the days on which it is in force.

use serde::Serialize;

use crate::book::Book;
use crate::editions::Editions;
use crate::price_table::PriceTable;

/// An edition with its tables.
pub(super) struct ExportedEdition<'a> {
    pub(super) book: &'a Book,
    /// None if it is in force on all days.
    pub(super) days: Option<Days>,
    /// By name, with their engines and cells in an order that does not depend on that of the files.
    pub(super) tables: Vec<PriceTable<'a>>,
}

/// The days on which an edition is in force.
#[derive(Serialize)]
pub(super) struct Days {
    /// The first one.
    pub(super) valid_from: String,
    /// The first one of the next edition, if there is one.
    pub(super) valid_to: Option<String>,
}

impl ExportedEdition<'static> {
    /// Returns all editions, in ascending order of their days.
    pub(super) fn all(editions: &Editions) -> Vec<Self> {
        let ends = editions.all().iter().skip(1).map(|next| next.from).chain([None]);
        let exported = editions.all().iter().zip(ends).map(|(edition, end)| Self {
            book: edition.book,
            days: edition
                .from
                .map(|from| Days { valid_from: from.to_string(), valid_to: end.map(|end| end.to_string()) }),
            tables: tables(edition.book),
        });
        exported.collect()
    }
}

impl ExportedEdition<'_> {
    /// Says which edition an error is about.
    pub(super) fn error(&self, message: &str) -> String {
        format!("edition {}: {message}", self.book.edition)
    }
}

fn tables(book: &Book) -> Vec<PriceTable<'static>> {
    let mut tables = PriceTable::all(book);
    tables.sort_unstable_by_key(|table| table.name);
    for table in &mut tables {
        table.engines.sort_unstable();
        table.cells.sort_unstable();
    }
    tables
}
