//! The formula of a table, and which numbers would agree with it. All of it in integers, so that every answer is exact.

use std::ops::RangeInclusive;

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

/// Whole numbers from the least to the greatest that fit. Empty if none does.
pub(crate) type Fitting = RangeInclusive<u128>;

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

    /// The step counts at which so many pixels cost `units`.
    pub(crate) fn fitting_steps(&self, pixels: u64, units: u64) -> Fitting {
        self.fitting(units, self.rate.scale(), self.paid(pixels) * self.rate_mantissa())
    }

    /// The pixels that cost `units` at so many steps.
    pub(crate) fn fitting_pixels(&self, steps: u32, units: u64) -> Fitting {
        let paid = self.fitting(units, self.rate.scale(), u128::from(steps) * self.rate_mantissa());
        let free = u128::from(self.free_pixels);
        paid.start() + free..=paid.end() + free
    }

    /// The numbers of free pixels at which an image costs `units`.
    pub(crate) fn fitting_free_pixels(&self, pixels: u64, steps: u32, units: u64) -> Fitting {
        let fitting = self.fitting_pixels(steps, units);
        let sum = u128::from(pixels) + u128::from(self.free_pixels);
        match sum.checked_sub(*fitting.start()) {
            Some(most) => sum.saturating_sub(*fitting.end())..=most,
            None => EMPTY,
        }
    }

    /// The rates, in units of their last possible decimal place, at which an image costs `units`.
    pub(crate) fn fitting_rates(&self, pixels: u64, steps: u32, units: u64) -> Fitting {
        self.fitting(units, RATE_DECIMALS, self.paid(pixels) * u128::from(steps))
    }

    /// The factors that multiply `factor` to a price of `units`, where the product counts 10 to the power of `-GIGA - scale`.
    fn fitting(&self, units: u64, scale: u32, factor: u128) -> Fitting {
        let up = u128::from(units);
        if factor == 0 || up == 0 || up % self.units_of_last_place() != 0 {
            return EMPTY;
        }
        // The second rounding gives the price for the nearest figures `least..=most`, and the first gives these for the exact
        // ones from `least - 1/2` to less than `most + 1/2`.
        let places = 10_u128.pow(self.nearest - self.up);
        let most = up / self.units_of_last_place() * places;
        let least = most - places + 1;
        let half = 5 * 10_u128.pow(GIGA - 1 - self.nearest + scale);
        let (least, above) = ((2 * least - 1) * half, (2 * most + 1) * half);
        least.div_ceil(factor)..=above.div_ceil(factor) - 1
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

#[expect(clippy::reversed_empty_ranges, reason = "an empty range is what is meant")]
const EMPTY: Fitting = 1..=0;

/// The numbers that are in both.
pub(crate) fn intersection(a: &Fitting, b: &Fitting) -> Fitting {
    *a.start().max(b.start())..=*a.end().min(b.end())
}

/// The number with the fewest digits of those that fit, without zeros at its end, and of these the nearest to `present`.
pub(crate) fn simplest(fitting: &Fitting, present: u64) -> Option<u64> {
    let most = (*fitting.end()).min(u64::MAX.into());
    // A multiple of a greater power of ten has fewer digits.
    (0..=19).rev().map(|zeros| 10_u128.pow(zeros)).find_map(|power| {
        let (first, last) = (fitting.start().div_ceil(power) * power, most / power * power);
        let nearest = if u128::from(present) < *fitting.start() { first } else { last };
        (first <= last).then(|| u64::try_from(nearest).ok()).flatten()
    })
}
