//! A formula in integers, for databases.

use dreamstudio_pricing::Formula;
use dreamstudio_pricing_codegen::{self as codegen, IntegerFormula};
use serde::Serialize;

use crate::price_table::PriceTable;

/// An [`IntegerFormula`] in signed integers of 64 bits, which is what databases have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct DatabaseFormula {
    pub(super) free_pixels: i64,
    pub(super) rate: i64,
    pub(super) rounding: i64,
    pub(super) divisor: i64,
    pub(super) unit: i64,
}

impl DatabaseFormula {
    /// Returns the formula of a table, if it has one.
    ///
    /// # Errors
    ///
    /// Returns a message if a number up to the last cell does not fit a signed 64-bit integer.
    pub(super) fn of(table: &PriceTable) -> Result<Option<Self>, String> {
        let Some(formula) = table.formula else { return Ok(None) };
        let pixels = table.cells.iter().map(|cell| u64::from(cell.width) * u64::from(cell.height)).max().unwrap_or(0);
        let steps = table.cells.iter().map(|cell| cell.steps).max().unwrap_or(0);
        match Self::new(formula, (pixels, steps)) {
            Some(formula) => Ok(Some(formula)),
            None => {
                Err(format!("the formula of {} has numbers that do not fit signed integers of 64 bits", table.name))
            }
        }
    }

    fn new(
        Formula { free_pixels, rate, nearest, up, .. }: Formula,
        (max_pixels, max_steps): (u64, u32),
    ) -> Option<Self> {
        let formula = codegen::Formula::new(free_pixels, rate.parse().ok()?, nearest, up).in_integers();
        let IntegerFormula { free_pixels, rate, rounding, divisor, unit, .. } = formula;
        let formula = Self {
            free_pixels: free_pixels.try_into().ok()?,
            rate: rate.try_into().ok()?,
            rounding: rounding.try_into().ok()?,
            divisor: divisor.try_into().ok()?,
            unit: unit.try_into().ok()?,
        };
        let pixels = i64::try_from(max_pixels).ok()?;
        pixels.checked_mul(max_steps.into())?.checked_mul(formula.rate)?.checked_add(formula.rounding)?;
        Some(formula)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Book;

    #[test]
    fn every_cell_has_the_price_of_its_integer_formula() {
        for table in PriceTable::all(Book::built_in()) {
            let Some(formula) = DatabaseFormula::of(&table).unwrap() else { continue };
            for cell in &table.cells {
                if table.exceptions.contains(&cell.settings()) {
                    continue;
                }
                let pixels = i64::from(cell.width) * i64::from(cell.height) - formula.free_pixels;
                let product = pixels.max(0) * i64::from(cell.steps) * formula.rate;
                let units = (product + formula.rounding) / formula.divisor * formula.unit;
                assert_eq!(u64::try_from(units), Ok(cell.price.units()), "{cell:?}");
            }
        }
    }

    #[test]
    fn numbers_that_do_not_fit_64_bits_are_rejected() {
        let Some(mut formula) = PriceTable::all(Book::built_in()).iter().find_map(|table| table.formula) else {
            return;
        };
        (formula.free_pixels, formula.nearest, formula.up) = (0, 2, 2);
        let mut formula = |rate, last| {
            formula.rate = rate;
            DatabaseFormula::new(formula, last)
        };
        assert!(formula("1", (i64::MAX as u64 / 2, 1)).is_some());
        assert!(formula("3", (i64::MAX as u64 / 2, 1)).is_none());
        assert!(formula("1", (u64::MAX, 1)).is_none());
        assert!(formula("99999999999999999999", (1, 1)).is_none());
    }

    #[test]
    fn the_largest_cell_must_fit() {
        for mut table in PriceTable::all(Book::built_in()) {
            let mut cell = table.cells[0];
            (cell.width, cell.height) = (u32::MAX, u32::MAX);
            table.cells.push(cell);
            assert_eq!(DatabaseFormula::of(&table).is_err(), table.formula.is_some());
        }
    }
}
