//! A price table before its rules are checked: the valid numbers, and their cells.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::cell_ref::CellRef;
use crate::model::{Exception, Size};
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
    /// The cells that no rule of prices applies to.
    pub(super) exceptions: BTreeSet<Exception>,
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

impl ParsedPrice<'_> {
    /// Returns the exception that this cell would be.
    pub(super) fn exception(&self) -> Exception {
        Exception { size: self.size, steps: self.steps }
    }
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

    /// Returns the exceptions, row by row.
    pub(super) fn exceptions_by_row(&self) -> impl Iterator<Item = Exception> {
        let cells = self
            .steps
            .iter()
            .flatten()
            .flat_map(|&steps| self.sizes.iter().flatten().map(move |&size| Exception { size, steps }));
        cells.filter(|cell| self.exceptions.contains(cell))
    }

    fn cell(&self, row: &'a Row, column: usize) -> Option<CellRef<'a>> {
        Some(CellRef { sheet: self.sheet, row, cell: row.cells.get(column)? })
    }

    /// Returns the prices of a row whose sizes are known, without exceptions, or none if its step count is unknown.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = ParsedPrice<'a>> {
        (0..self.sizes.len()).filter_map(move |column| self.price(row, column))
    }

    /// Returns the prices of a column whose step counts are known, without exceptions, or none if its size is unknown.
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = ParsedPrice<'a>> {
        (0..self.steps.len()).filter_map(move |row| self.price(row, column))
    }

    fn price(&self, row: usize, column: usize) -> Option<ParsedPrice<'a>> {
        let cell = self.cell(self.sheet.rows.get(row)?, column + 1)?;
        let (size, steps) = ((*self.sizes.get(column)?)?, (*self.steps.get(row)?)?);
        let price = (*self.prices.get(row)?.get(column)?)?;
        let is_exception = self.exceptions.contains(&Exception { size, steps });
        (!is_exception).then_some(ParsedPrice { cell, row, column, size, steps, price })
    }
}
