//! A formula in integers, for programs that have no exact decimals.

use dreamstudio_pricing::{Credits, Formula};
use serde::Serialize;

use super::PriceTable;

/// By the formula an image costs `((pixels - free_pixels) * steps * rate + rounding) / divisor * unit` units of credits: in
/// integers, with a division that rounds down, and zero for a negative difference. `rounding` and `divisor` do both roundings
/// of a [`Formula`] in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct IntegerFormula {
    pub(super) free_pixels: u64,
    pub(super) rate: i64,
    pub(super) rounding: i64,
    pub(super) divisor: i64,
    pub(super) unit: i64,
}

impl IntegerFormula {
    /// Returns the formula of a table that has one.
    ///
    /// # Errors
    ///
    /// Returns a message if a figure up to the last cell does not fit 64 bits with a sign, which is what databases have.
    pub(super) fn of(table: &PriceTable) -> Result<Option<Self>, String> {
        let Some(Formula { free_pixels, rate, nearest, up, .. }) = table.formula else { return Ok(None) };
        let pixels = table.cells.iter().map(|cell| u64::from(cell.width) * u64::from(cell.height)).max().unwrap_or(0);
        let steps = table.cells.iter().map(|cell| cell.steps).max().unwrap_or(0);
        match Self::from_figures((free_pixels, rate, nearest, up), (pixels, steps)) {
            Some(formula) => Ok(Some(formula)),
            None => {
                Err(format!("the formula of {} has figures that do not fit signed integers of 64 bits", table.name))
            }
        }
    }

    fn from_figures(
        (free_pixels, rate, nearest, up): (u64, &str, u32, u32),
        (max_pixels, max_steps): (u64, u32),
    ) -> Option<Self> {
        let (whole, fraction) = rate.split_once('.').unwrap_or((rate, ""));
        let decimals = u32::try_from(fraction.len()).ok()?;
        let rate: i64 = format!("{whole}{fraction}").parse().ok()?;
        // The last place of `nearest`, in units of the product; and that of `up`, in units of that.
        let nearest_place = 10_i64.checked_pow((9 + decimals).checked_sub(nearest)?)?;
        let up_place = 10_i64.checked_pow(nearest.checked_sub(up)?)?;
        let rounding = (up_place - 1).checked_mul(nearest_place)?.checked_add(nearest_place / 2)?;
        let divisor = nearest_place.checked_mul(up_place)?;
        let unit = 10_i64.checked_pow(Credits::DECIMALS.checked_sub(up)?)?;
        i64::try_from(max_pixels).ok()?.checked_mul(max_steps.into())?.checked_mul(rate)?.checked_add(rounding)?;
        i64::try_from(free_pixels).ok()?;
        Some(Self { free_pixels, rate, rounding, divisor, unit })
    }
}

#[cfg(test)]
mod tests {
    use dreamstudio_pricing::Table;

    use super::*;

    #[test]
    fn both_roundings_are_one_division() {
        let formula = IntegerFormula::from_figures((169527, "72", 3, 1), (1 << 20, 150));
        let (rounding, divisor, unit) = (500_000 + 99 * 1_000_000, 100_000_000, 1000);
        assert_eq!(formula, Some(IntegerFormula { free_pixels: 169527, rate: 72, rounding, divisor, unit }));
        let formula = IntegerFormula::from_figures((0, "0.25", 4, 4), (1 << 20, 150));
        let (rounding, divisor, unit) = (5_000_000, 10_000_000, 1);
        assert_eq!(formula, Some(IntegerFormula { free_pixels: 0, rate: 25, rounding, divisor, unit }));
    }

    #[test]
    fn every_cell_has_the_price_of_its_integer_formula() {
        for &table in Table::ALL {
            let Some(formula) = IntegerFormula::of(&table.into()).unwrap() else { continue };
            for cell in table.cells() {
                let pixels = (u64::from(cell.width) * u64::from(cell.height)).saturating_sub(formula.free_pixels);
                let product = i64::try_from(pixels * u64::from(cell.steps)).unwrap() * formula.rate;
                let units = (product + formula.rounding) / formula.divisor * formula.unit;
                assert_eq!(u64::try_from(units), Ok(cell.price.units()), "{cell}");
            }
        }
    }

    #[test]
    fn figures_that_do_not_fit_64_bits_are_rejected() {
        let formula = |rate, last| IntegerFormula::from_figures((0, rate, 2, 2), last);
        assert!(formula("1", (i64::MAX as u64 / 2, 1)).is_some());
        assert!(formula("3", (i64::MAX as u64 / 2, 1)).is_none());
        assert!(formula("1", (u64::MAX, 1)).is_none());
        assert!(formula("99999999999999999999", (1, 1)).is_none());
    }

    #[test]
    fn the_largest_cell_must_fit() {
        for mut table in Table::ALL.iter().map(|&table| PriceTable::from(table)) {
            let mut cell = table.cells[0];
            (cell.width, cell.height) = (u32::MAX, u32::MAX);
            table.cells.push(cell);
            assert_eq!(IntegerFormula::of(&table).is_err(), table.formula.is_some());
        }
    }
}
