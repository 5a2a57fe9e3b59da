//! The formula of a table, computed in integers, so that every price is exact.

use rust_decimal::Decimal;

use crate::number::{self, CREDITS_DECIMALS};

/// A rate is in credits per 10 to this power pixel-steps.
const GIGA: u32 = 9;

/// The decimal places that a rate may have.
pub(crate) const RATE_DECIMALS: u32 = 9;

/// The formula that gives each price of a table, and estimates what is between its cells.
///
/// An image costs `(pixels - free_pixels) * steps * rate / 1,000,000,000` credits, rounded to the nearest `nearest` decimal
/// places, halves up, and then up to `up` decimal places.
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

impl Formula {
    /// The price of one image: zero if all its pixels are free, and `None` if it is more than `Credits` holds.
    #[must_use]
    pub fn credits(&self, pixels: u64, steps: u32) -> Option<Decimal> {
        self.units(pixels, steps).map(|units| number::of_units(units, CREDITS_DECIMALS))
    }

    /// The price of one image, in units of `Credits`.
    fn units(&self, pixels: u64, steps: u32) -> Option<u64> {
        let paid = u128::from(pixels.saturating_sub(self.free_pixels));
        let place = 10_u128.pow(GIGA + self.rate.scale() - self.nearest);
        let exact = (paid * u128::from(steps)).checked_mul(self.rate.mantissa().unsigned_abs())?;
        let nearest = exact.checked_add(place / 2)? / place;
        let up = nearest.div_ceil(10_u128.pow(self.nearest - self.up));
        u64::try_from(up.checked_mul(self.units_of_last_place())?).ok()
    }

    /// How many units of `Credits` one unit of the last decimal place of a price is.
    fn units_of_last_place(&self) -> u128 {
        10_u128.pow(CREDITS_DECIMALS - self.up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(free_pixels: u64, rate: &str, nearest: u32, up: u32) -> Formula {
        Formula { free_pixels, rate: rate.parse().unwrap(), nearest, up }
    }

    #[test]
    fn a_price_is_rounded_to_the_nearest_and_then_up() {
        for (pixels, price) in [(1_000_000, "0.1"), (1_000_499, "0.1"), (1_000_500, "0.11"), (1_100_499, "0.11")] {
            // A tenth of a credit for a megapixel.
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
}
