//! Prices never fall while steps or pixels grow, and a size costs as much as the transposed size.

use rust_decimal::Decimal;

use super::Place;
use crate::diagnostic::Diagnostic;
use crate::model::Size;
use crate::read::Sheet;

/// Reports each pair of cells that breaks a rule; returns whether there is none.
pub(super) fn check(grid: &Grid<'_>, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let before = diagnostics.len();
    grid.grows_with_steps(diagnostics);
    grid.grows_with_pixels(diagnostics);
    grid.is_the_same_transposed(diagnostics);
    diagnostics.len() == before
}

/// A price table with its mistakes: message is wrong by itself is `None`, and compared with nothing.
pub(super) struct Grid<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) columns: Vec<Option<Size>>,
    pub(super) counts: Vec<Option<u32>>,
    pub(super) prices: Vec<Vec<Option<Decimal>>>,
}

/// One cell of the grid.
#[derive(Clone, Copy)]
struct Priced<'a> {
    place: Place<'a>,
    size: Size,
    steps: u32,
    price: Decimal,
}

impl Grid<'_> {
    fn cell(&self, row: usize, column: usize) -> Option<Priced<'_>> {
        let (size, steps) = (*self.columns.get(column)?, *self.counts.get(row)?);
        let price = *self.prices.get(row)?.get(column)?;
        let row = self.sheet.rows.get(row)?;
        let place = Place { sheet: self.sheet, row, cell: row.cells.get(column + 1)? };
        Some(Priced { place, size: size?, steps: steps?, price: price? })
    }

    fn column(&self, column: usize) -> impl Iterator<Item = Priced<'_>> {
        (0..self.counts.len()).filter_map(move |row| self.cell(row, column))
    }

    /// The columns, by a number that is made of their size.
    fn columns_by(&self, number: fn(Size) -> u64) -> Vec<(u64, usize)> {
        let columns = self.columns.iter().enumerate();
        let mut columns: Vec<_> = columns.filter_map(|(column, size)| Some((number((*size)?), column))).collect();
        columns.sort_unstable();
        columns
    }

    /// The cells of a row in each group of columns with the same number.
    fn groups<'a>(&'a self, row: usize, columns: &'a [(u64, usize)]) -> impl Iterator<Item = Vec<Priced<'a>>> {
        let groups = columns.chunk_by(|a, b| a.0 == b.0);
        groups.map(move |group| group.iter().filter_map(|&(_, column)| self.cell(row, column)).collect())
    }

    fn grows_with_steps(&self, diagnostics: &mut Vec<Diagnostic>) {
        for column in 0..self.columns.len() {
            for (fewer, more) in self.column(column).zip(self.column(column).skip(1)) {
                if fewer.steps < more.steps && fewer.price > more.price {
                    diagnostics.push(falls(more, fewer, &format!("steps grow from {} to {}", fewer.steps, more.steps)));
                }
            }
        }
    }

    /// Compares each number of pixels with the next larger one, wherever the columns stand.
    fn grows_with_pixels(&self, diagnostics: &mut Vec<Diagnostic>) {
        let columns = self.columns_by(Size::pixels);
        for row in 0..self.counts.len() {
            let mut dearest: Option<Priced> = None;
            for group in self.groups(row, &columns) {
                let cheapest = group.iter().min_by_key(|cell| cell.price);
                if let (Some(dearest), Some(cheapest)) = (dearest, cheapest) {
                    if dearest.price > cheapest.price {
                        let grow = format!("the size grows from {} to {}", dearest.size, cheapest.size);
                        diagnostics.push(falls(*cheapest, dearest, &grow));
                    }
                }
                dearest = group.into_iter().rev().max_by_key(|cell| cell.price).or(dearest);
            }
        }
    }

    fn is_the_same_transposed(&self, diagnostics: &mut Vec<Diagnostic>) {
        let columns = self.columns_by(|size| size.key().min(size.transposed().key()));
        for row in 0..self.counts.len() {
            for group in self.groups(row, &columns) {
                let Some((other, cells)) = group.split_first() else { continue };
                for cell in cells.iter().filter(|cell| cell.size != other.size && cell.price != other.price) {
                    let message = format!(
                        "{} costs {}, and the transposed size, {}, costs {}",
                        cell.size, cell.price, other.size, other.price,
                    );
                    diagnostics.push(cell.place.error(message).with_secondary(other.place.span()));
                }
            }
        }
    }
}

fn falls(cell: Priced<'_>, other: Priced<'_>, while_growing: &str) -> Diagnostic {
    let message = format!("the price falls from {} to {} while {while_growing}", other.price, cell.price);
    let help = "more steps or more pixels never cost less: one of the two is wrong";
    cell.place.error(message).with_secondary(other.place.span()).with_help(help)
}
