//! The formula of a table, computed in integers, so that every price is exact.

use rust_decimal::Decimal;

use crate::number::{self, CREDITS_DECIMALS, Unit};

/// A rate is in credits per 10 to this power pixel-steps.
const GIGA: u32 = 9;

/// A rate of a formula.
pub(crate) const RATE: Unit = Unit { decimals: 9, max_units: u64::MAX, show: Decimal::to_string };

/// The formula that gives each price of a table but those of exceptions, and estimates for requests between its cells.
///
/// An image costs `(pixels - free_pixels) * steps * rate / 1,000,000,000` credits, first rounded half up to `nearest`
/// decimal places, and then rounded up to `up` decimal places.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Formula {
    /// The pixels of each image that cost nothing.
    pub free_pixels: u64,
    /// Credits per gigapixel-step: more than 0, with at most 9 decimal places.
    pub rate: Decimal,
    /// The decimal places of the first rounding: at most [`CREDITS_DECIMALS`].
    pub nearest: u32,
    /// The decimal places of the second rounding: at most `nearest`.
    pub up: u32,
}

/// A [`Formula`] in integers, for programs without exact decimals.
///
/// An image costs `((pixels - free_pixels) * steps * rate + rounding) / divisor * unit` units of `Credits`, with a division
/// that rounds down, and zero for a negative difference. `rounding` and `divisor` do both roundings of the formula in one:
/// ⌈⌊(p + h) / n⌋ / u⌉ is ⌊(p + h + (u - 1)n) / (nu)⌋.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IntegerFormula {
    /// The pixels of each image that cost nothing.
    pub free_pixels: u64,
    /// What one pixel-step costs, in units of the last decimal place of the formula's rate.
    pub rate: u128,
    /// Added to the product before the division.
    pub rounding: u128,
    /// What the sum is divided by.
    pub divisor: u128,
    /// How many units of `Credits` one unit of the quotient is.
    pub unit: u128,
}

impl Formula {
    /// Creates a formula from its numbers, which must follow the rules of the fields.
    #[must_use]
    pub fn new(free_pixels: u64, rate: Decimal, nearest: u32, up: u32) -> Self {
        Self { free_pixels, rate, nearest, up }
    }

    /// Returns the formula in integers.
    #[must_use]
    pub fn in_integers(&self) -> IntegerFormula {
        let rate = self.rate.normalize();
        // The last place of `nearest` in units of the product, and the last place of `up` in units of the former.
        let nearest_place = 10_u128.pow(GIGA + rate.scale() - self.nearest);
        let up_place = 10_u128.pow(self.nearest - self.up);
        IntegerFormula {
            free_pixels: self.free_pixels,
            rate: rate.mantissa().unsigned_abs(),
            rounding: (up_place - 1) * nearest_place + nearest_place / 2,
            divisor: nearest_place * up_place,
            unit: self.units_of_last_place(),
        }
    }

    /// Returns the price of one image: zero if all its pixels are free, and `None` if it is more than `Credits` holds.
    #[must_use]
    pub fn credits(&self, pixels: u64, steps: u32) -> Option<Decimal> {
        self.units(pixels, steps).map(|units| number::of_units(units, CREDITS_DECIMALS))
    }

    /// Returns the price of one image, in units of `Credits`.
    fn units(&self, pixels: u64, steps: u32) -> Option<u64> {
        let paid = u128::from(pixels.saturating_sub(self.free_pixels));
        let place = 10_u128.pow(GIGA + self.rate.scale() - self.nearest);
        let exact = (paid * u128::from(steps)).checked_mul(self.rate.mantissa().unsigned_abs())?;
        let nearest = exact.checked_add(place / 2)? / place;
        let up = nearest.div_ceil(10_u128.pow(self.nearest - self.up));
        u64::try_from(up.checked_mul(self.units_of_last_place())?).ok()
    }

    /// Returns how many units of `Credits` one unit of the last decimal place of a price is.
    fn units_of_last_place(&self) -> u128 {
        10_u128.pow(CREDITS_DECIMALS - self.up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::CREDITS_DECIMALS;
    use proptest::prelude::*;

    fn formula(free_pixels: u64, rate: &str, nearest: u32, up: u32) -> Formula {
        Formula { free_pixels, rate: rate.parse().unwrap(), nearest, up }
    }

    #[test]
    fn a_price_is_rounded_to_the_nearest_and_then_up() {
        for (pixels, price) in [(1_000_000, "0.1"), (1_000_499, "0.1"), (1_000_500, "0.11"), (1_100_499, "0.11")] {
            // 0.1 credits for a megapixel.
            let credits = formula(0, "100", 4, 2).credits(pixels, 1).unwrap();
            assert_eq!(credits.to_string(), price, "{pixels}");
        }
        let halves = formula(0, "1000", 0, 0);
        assert_eq!(
            [499_999, 500_000, 1_499_999].map(|pixels| halves.credits(pixels, 1)),
            [0, 1, 1].map(|n| Some(n.into()))
        );
    }

    #[test]
    fn one_division_does_both_roundings() {
        let (rounding, divisor, unit) = (500_000 + 99 * 1_000_000, 100_000_000, 1000);
        let integers = IntegerFormula { free_pixels: 169527, rate: 72, rounding, divisor, unit };
        assert_eq!(formula(169527, "72", 3, 1).in_integers(), integers);
        let (rounding, divisor, unit) = (5_000_000, 10_000_000, 1);
        let integers = IntegerFormula { free_pixels: 0, rate: 25, rounding, divisor, unit };
        assert_eq!(formula(0, "0.250", 4, 4).in_integers(), integers);
    }

    #[test]
    fn free_pixels_cost_nothing() {
        let formula = formula(169527, "180", 2, 2);
        for pixels in [0, 169526, 169527] {
            assert_eq!(formula.credits(pixels, u32::MAX), Some(Decimal::ZERO));
        }
        assert_ne!(formula.credits(169528, u32::MAX), Some(Decimal::ZERO));
    }

    #[test]
    fn a_price_that_credits_do_not_hold_is_none() {
        for rate in ["1", "18446744073.709551615"] {
            assert_eq!(formula(0, rate, 4, 4).credits(u64::MAX, u32::MAX), None);
        }
        assert_eq!(formula(0, "0.000000001", 0, 0).credits(u64::MAX, 1).unwrap().to_string(), "18");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_formula_in_integers_gives_the_same_price(
            free in 0_u64..300_000,
            rate in 1_u64..500_000_000_000,
            nearest in 0..=CREDITS_DECIMALS,
            up in 0..=CREDITS_DECIMALS,
            pixels in 1_u64..2_000_000,
            steps in 1_u32..1_000,
        ) {
            let rate = number::of_units(rate, RATE.decimals);
            let formula = Formula { free_pixels: free, rate, nearest, up: up.min(nearest) };
            let integers = formula.in_integers();
            let product = u128::from(pixels.saturating_sub(free)) * u128::from(steps) * integers.rate;
            let units = (product + integers.rounding) / integers.divisor * integers.unit;
            prop_assert_eq!(formula.units(pixels, steps).map(u128::from), Some(units));
        }
    }
}
