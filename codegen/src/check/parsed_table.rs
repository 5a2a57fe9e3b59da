//! A price table before its rules are checked: the valid numbers, and their cells.

use rust_decimal::Decimal;

use super::cell_ref::CellRef;
use crate::model::Size;
use crate::read::sheet::{Row, Sheet};

/// A price table that may have mistakes. A number that is already reported is `None`, and no other rule checks it.
pub(super) struct ParsedTable<'a> {
    pub(super) sheet: &'a Sheet,
    /// The size of each column after the first.
    pub(super) sizes: Vec<Option<Size>>,
    /// The step count of each row.
    pub(super) steps: Vec<Option<u32>>,
    /// The prices of each row.
    pub(super) prices: Vec<Vec<Option<Decimal>>>,
}

/// A price whose size and step count are known.
#[derive(Clone, Copy)]
pub(super) struct ParsedPrice<'a> {
    pub(super) cell: CellRef<'a>,
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) size: Size,
    pub(super) steps: u32,
    pub(super) price: Decimal,
}

impl<'a> ParsedTable<'a> {
    /// Returns the cell of a size.
    pub(super) fn size_cell(&self, column: usize) -> Option<CellRef<'a>> {
        self.cell(&self.sheet.header, column + 1)
    }

    /// Returns the cell of a step count.
    pub(super) fn steps_cell(&self, row: usize) -> Option<CellRef<'a>> {
        self.cell(self.sheet.rows.get(row)?, 0)
    }

    fn cell(&self, row: &'a Row, column: usize) -> Option<CellRef<'a>> {
        Some(CellRef { sheet: self.sheet, row, cell: row.cells.get(column)? })
    }

    /// Returns the prices of a row whose sizes are known, or none if its step count is unknown.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = ParsedPrice<'a>> {
        let steps = self.steps.get(row).copied().flatten();
        let prices = self.prices.get(row).into_iter().flatten();
        prices.zip(&self.sizes).enumerate().filter_map(move |(column, (price, size))| {
            let cell = self.cell(self.sheet.rows.get(row)?, column + 1)?;
            Some(ParsedPrice { cell, row, column, size: (*size)?, steps: steps?, price: (*price)? })
        })
    }
}
