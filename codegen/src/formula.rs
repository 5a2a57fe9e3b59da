//! The formula of a table, computed in integers, so that every price is exact.

use rust_decimal::Decimal;

use crate::figure::{self, CREDITS_DECIMALS};

/// A rate is in credits per 10 to this power pixel-steps.
const GIGA: u32 = 9;

/// The decimal places that a rate may have.
pub(crate) const RATE_DECIMALS: u32 = 9;

/// The formula that each cell of a table equals, and that prices what lies between the cells.
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
        self.units(pixels, steps).map(|units| figure::of_units(units, CREDITS_DECIMALS))
    }

    /// The price of one image, in units of `Credits`.
    pub(crate) fn units(&self, pixels: u64, steps: u32) -> Option<u64> {
        let place = 10_u128.pow(GIGA + self.rate.scale() - self.nearest);
        let exact = (self.paid(pixels) * u128::from(steps)).checked_mul(self.rate_mantissa())?;
        let nearest = exact.checked_add(place / 2)? / place;
        let up = nearest.div_ceil(10_u128.pow(self.nearest - self.up));
        u64::try_from(up.checked_mul(self.units_of_last_place())?).ok()
    }

    fn paid(&self, pixels: u64) -> u128 {
        pixels.saturating_sub(self.free_pixels).into()
    }

    fn rate_mantissa(&self) -> u128 {
        self.rate.mantissa().unsigned_abs()
    }

    /// How many units of `Credits` one unit of the last decimal place of a price is.
    fn units_of_last_place(&self) -> u128 {
        10_u128.pow(CREDITS_DECIMALS - self.up)
    }
}
