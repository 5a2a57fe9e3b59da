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
    /// What is added to the product before the division.
    pub rounding: u128,
    /// What the sum is divided by.
    pub divisor: u128,
    /// How many units of `Credits` one of the quotient is.
    pub unit: u128,
}

/// Whole numbers from the least to the greatest that fit. Empty if none does.
pub(crate) type Fitting = RangeInclusive<u128>;

impl Formula {
    /// Creates a formula from its numbers, by the rules of the fields.
    #[must_use]
    pub fn new(free_pixels: u64, rate: Decimal, nearest: u32, up: u32) -> Self {
        Self { free_pixels, rate, nearest, up }
    }

    /// The formula in integers.
    #[must_use]
    pub fn in_integers(&self) -> IntegerFormula {
        let rate = self.rate.normalize();
        // The last place of `nearest`, in units of the product; and that of `up`, in units of that.
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

    /// The step counts at which an image of `pixels` costs `units`.
    pub(crate) fn fitting_steps(&self, pixels: u64, units: u64) -> Fitting {
        self.fitting(units, self.rate.scale(), self.paid(pixels) * self.rate_mantissa())
    }

    /// The numbers of pixels that cost `units` at `steps`.
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

/// The numbers of `all` that fit everywhere.
pub(crate) fn intersection(all: Fitting, mut others: impl Iterator<Item = Fitting>) -> Fitting {
    let both = |a: Fitting, b: Fitting| *a.start().max(b.start())..=*a.end().min(b.end());
    // Most often few of them show that no number fits.
    let fitting = others.try_fold(all, |fitting, other| Some(both(fitting, other)).filter(|both| !both.is_empty()));
    fitting.unwrap_or(EMPTY)
}

/// The least numbers in a row that fit in the most places.
pub(crate) fn most_fitting(fittings: impl Iterator<Item = Fitting>) -> Option<Fitting> {
    let bounds = fittings.filter(|fitting| !fitting.is_empty()).flat_map(|it| [(*it.start(), 1), (it.end() + 1, -1)]);
    let mut bounds: Vec<(u128, i64)> = bounds.collect();
    bounds.sort_unstable();
    let (mut fit, mut most, mut fitting) = (0, 0, None);
    for pair in bounds.windows(2) {
        let [(first, change), (next, _)] = [pair[0], pair[1]];
        fit += change;
        // Of several that begin at one number the last has the most.
        if fit > most {
            (most, fitting) = (fit, Some(first..=next - 1));
        }
    }
    fitting
}

/// The number with the fewest digits of those that fit, without zeros at its end, and of these the nearest to `present`.
pub(crate) fn simplest(fitting: &Fitting, present: u64) -> Option<u64> {
    let most = (*fitting.end()).min(u64::MAX.into());
    // A multiple of a greater power of ten has fewer digits.
    (0..=19).rev().map(|zeros| 10_u128.pow(zeros)).find_map(|power| {
        let (first, last) = (fitting.start().div_ceil(power) * power, most / power * power);
        let nearest = [first, last].into_iter().min_by_key(|number| number.abs_diff(present.into()))?;
        (first <= last).then(|| u64::try_from(nearest).ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn a_half_fits_the_greater_price() {
        let halves = formula(0, "1000", 0, 0);
        assert_eq!(halves.fitting_pixels(1, 10_000), 500_000..=1_499_999);
    }

    #[test]
    fn no_number_fits_a_price_with_more_decimal_places() {
        let formula = formula(0, "100", 3, 1);
        assert!(formula.fitting_steps(1_000_000, 1_100).is_empty());
        assert!(formula.fitting_pixels(1, 1_100).is_empty());
        assert!(formula.fitting_rates(1_000_000, 1, 1_100).is_empty());
        assert!(formula.fitting_free_pixels(1_000_000, 1, 1_100).is_empty());
        assert!(formula.fitting_steps(0, 1_000).is_empty());
    }

    #[test]
    fn the_simplest_number_has_the_fewest_digits_and_is_the_nearest() {
        for (fitting, present, simplest) in [
            (179..=181, 72, Some(180)),
            (95..=105, 72, Some(100)),
            (110..=149, 72, Some(110)),
            (110..=149, 200, Some(140)),
            (101..=109, 0, Some(101)),
            (101..=109, 180, Some(109)),
            (7..=7, 7, Some(7)),
            (EMPTY, 7, None),
            (99..=u128::MAX, 7, Some(10_000_000_000_000_000_000)),
        ] {
            assert_eq!(super::simplest(&fitting, present), simplest, "{fitting:?}");
        }
    }

    #[test]
    fn the_most_fitting_numbers_are_in_the_most_ranges() {
        for (fittings, most) in [
            (&[1..=9][..], Some(1..=9)),
            (&[1..=4, 6..=9, 8..=12, 9..=9], Some(9..=9)),
            (&[1..=4, 4..=9], Some(4..=4)),
            (&[1..=4, 5..=9], Some(1..=4)),
            (&[1..=3, 1..=3, 4..=9, 5..=9], Some(1..=3)),
            (&[EMPTY, EMPTY, 2..=3], Some(2..=3)),
            (&[EMPTY], None),
        ] {
            assert_eq!(most_fitting(fittings.iter().cloned()), most, "{fittings:?}");
        }
    }

    /// Whether a function that never falls gives `value` from the least to the greatest number, and at none beyond.
    fn is_exact(fitting: &Fitting, value: u64, price: impl Fn(u128) -> Option<u64>) -> bool {
        let (least, most) = (*fitting.start(), *fitting.end());
        price(least) == Some(value)
            && price(most) == Some(value)
            && least.checked_sub(1).is_none_or(|less| price(less) < Some(value))
            && price(most + 1).is_none_or(|more| more > value)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_fitting_numbers_are_those_that_give_the_price(
            free in 0_u64..300_000,
            rate in 1_u64..500_000_000_000,
            nearest in 0..=CREDITS_DECIMALS,
            up in 0..=CREDITS_DECIMALS,
            pixels in 1_u64..2_000_000,
            steps in 1_u32..1_000,
        ) {
            let rate = figure::of_units(rate, RATE_DECIMALS);
            let formula = Formula { free_pixels: free, rate, nearest, up: up.min(nearest) };
            let units = formula.units(pixels, steps).unwrap();
            let integers = formula.in_integers();
            let product = u128::from(pixels.saturating_sub(free)) * u128::from(steps) * integers.rate;
            prop_assert_eq!(u128::from(units), (product + integers.rounding) / integers.divisor * integers.unit);
            prop_assume!(units > 0);
            let fitting = formula.fitting_steps(pixels, units);
            prop_assert!(is_exact(&fitting, units, |steps| formula.units(pixels, steps.try_into().ok()?)));
            let fitting = formula.fitting_pixels(steps, units);
            prop_assert!(is_exact(&fitting, units, |pixels| formula.units(pixels.try_into().ok()?, steps)));
            let fitting = formula.fitting_rates(pixels, steps, units);
            let price = |rate: u128| {
                let rate = figure::of_units(rate.try_into().ok()?, RATE_DECIMALS);
                Formula { rate, ..formula.clone() }.units(pixels, steps)
            };
            prop_assert!(is_exact(&fitting, units, price));
            // More free pixels cost less, and fewer than none are none.
            let fitting = formula.fitting_free_pixels(pixels, steps, units);
            let price = |free_pixels: u128| Formula { free_pixels: free_pixels.try_into().unwrap(), ..formula.clone() }.units(pixels, steps);
            prop_assert_eq!([*fitting.start(), *fitting.end()].map(price), [Some(units); 2]);
            prop_assert!(price(fitting.end() + 1) < Some(units));
            prop_assert!(fitting.start().checked_sub(1).is_none_or(|fewer| price(fewer) > Some(units)));
        }
    }
}
