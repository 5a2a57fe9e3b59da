//! Exact sums, by group.

use std::fmt;

use std::borrow::Cow;

use dreamstudio_pricing::{Credits, Usd};

use super::pricing::{Cost, Reason};
use crate::book::BookBilling;

/// How many of the first lines of a reason are kept.
pub(super) const FIRST_LINES: usize = 5;

/// A line of a log: the index of the file, and the line in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogLine {
    pub(super) file: usize,
    pub(super) line: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PricedTotals {
    pub(super) rows: u64,
    pub(super) images: u64,
    pub(super) credits: Credits,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EstimatedTotals {
    pub(super) rows: u64,
    pub(super) images: u64,
    /// The sum of the rows that have an expected amount.
    pub(super) expected: Credits,
    /// How many rows have none.
    pub(super) without_expected: u64,
    pub(super) at_most: Credits,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UnpricedTotals {
    pub(super) rows: u64,
    /// No number of rows makes this overflow, whatever numbers their cells have.
    pub(super) images: u128,
    pub(super) first_lines: Vec<LogLine>,
}

/// The sums of some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) priced: PricedTotals,
    /// `None` if there are no such rows: most groups have none, and there may be millions of groups.
    pub(super) estimated: Option<Box<EstimatedTotals>>,
    /// The reasons that some row has, in order: most groups have none or one.
    unpriced: Vec<(Reason, UnpricedTotals)>,
}

/// A sum that overflows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overflow;

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a total is larger than the largest amount or number: bill parts of the log")
    }
}

impl Totals {
    pub(super) fn rows(&self) -> u64 {
        let estimated = self.estimated.as_ref().map_or(0, |estimated| estimated.rows);
        self.priced.rows + estimated + self.unpriced().map(|(_, unpriced)| unpriced.rows).sum::<u64>()
    }

    pub(super) fn images(&self) -> u128 {
        let estimated = self.estimated.as_ref().map_or(0, |estimated| estimated.images);
        u128::from(self.priced.images) + u128::from(estimated) + self.unpriced_images()
    }

    pub(super) fn unpriced_images(&self) -> u128 {
        self.unpriced().map(|(_, unpriced)| unpriced.images).sum()
    }

    pub(super) fn unpriced_rows(&self) -> u64 {
        self.unpriced().map(|(_, unpriced)| unpriced.rows).sum()
    }

    /// Returns the reasons that some row has.
    pub(super) fn unpriced(&self) -> impl Iterator<Item = (Reason, &UnpricedTotals)> {
        self.unpriced.iter().map(|(reason, unpriced)| (*reason, unpriced))
    }

    fn unpriced_of(&mut self, reason: Reason) -> &mut UnpricedTotals {
        let at = self.unpriced.partition_point(|(other, _)| (*other as u64) < reason as u64);
        if self.unpriced.get(at).is_none_or(|(other, _)| *other != reason) {
            // Not four at first, as a vector has: there may be millions of groups.
            self.unpriced.reserve_exact(1);
            self.unpriced.insert(at, (reason, UnpricedTotals::default()));
        }
        &mut self.unpriced[at].1
    }

    #[expect(clippy::inline_always, reason = "a call takes 4 % of the time of a row")]
    #[inline(always)]
    pub(super) fn add(&mut self, cost: Cost, line: LogLine) -> Result<(), Overflow> {
        match cost {
            Cost::Price { images, credits } => self.priced.merge(&PricedTotals { rows: 1, images, credits }),
            Cost::Estimate { images, expected, at_most } => {
                let without_expected = u64::from(expected.is_none());
                let expected = expected.unwrap_or_default();
                let row = EstimatedTotals { rows: 1, images, expected, without_expected, at_most };
                self.estimated.get_or_insert_default().merge(&row)
            }
            Cost::Unpriced { images, reason } => {
                self.unpriced_of(reason).add(images, line);
                Ok(())
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.priced.merge(&other.priced)?;
        if let Some(estimated) = &other.estimated {
            self.estimated.get_or_insert_default().merge(estimated)?;
        }
        for (reason, unpriced) in &other.unpriced {
            self.unpriced_of(*reason).merge(unpriced);
        }
        Ok(())
    }
}

impl PricedTotals {
    #[inline]
    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.rows += other.rows;
        self.images = add_images(self.images, other.images)?;
        self.credits = add_credits(self.credits, other.credits)?;
        Ok(())
    }
}

impl EstimatedTotals {
    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.rows += other.rows;
        self.images = add_images(self.images, other.images)?;
        self.expected = add_credits(self.expected, other.expected)?;
        self.without_expected += other.without_expected;
        self.at_most = add_credits(self.at_most, other.at_most)?;
        Ok(())
    }
}

impl UnpricedTotals {
    fn add(&mut self, images: u64, line: LogLine) {
        self.rows += 1;
        self.images += u128::from(images);
        // Mostly the lines come in order.
        if self.first_lines.len() < FIRST_LINES || self.first_lines.last().is_some_and(|last| line < *last) {
            self.first_lines.reserve_exact(1);
            self.keep_first(&[line]);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.images += other.images;
        self.keep_first(&other.first_lines);
    }

    fn keep_first(&mut self, lines: &[LogLine]) {
        self.first_lines.extend_from_slice(lines);
        self.first_lines.sort_unstable();
        self.first_lines.truncate(FIRST_LINES);
    }
}

#[inline]
fn add_images(a: u64, b: u64) -> Result<u64, Overflow> {
    a.checked_add(b).ok_or(Overflow)
}

#[inline]
fn add_credits(a: Credits, b: Credits) -> Result<Credits, Overflow> {
    a.checked_add(b).ok_or(Overflow)
}

/// The sums of rows of any editions. Their dollars are sums too, because the price of a credit may differ.
pub(super) struct EditionSums<'t> {
    pub(super) totals: Cow<'t, Totals>,
    pub(super) usd: Usd,
    pub(super) expected_usd: Usd,
    pub(super) at_most_usd: Usd,
}

impl<'t> EditionSums<'t> {
    pub(super) fn none() -> Self {
        let [usd, expected_usd, at_most_usd] = [Usd::ZERO; 3];
        Self { totals: Cow::default(), usd, expected_usd, at_most_usd }
    }

    /// Takes the sums of rows of one edition, or of rows without an edition, which have no amounts.
    pub(super) fn of(totals: &'t Totals, billing: Option<&BookBilling>) -> Self {
        let usd = |credits| billing.map_or(Usd::ZERO, |billing| billing.usd(credits));
        let of_estimated = |credits: fn(&EstimatedTotals) -> Credits| {
            totals.estimated.as_deref().map_or(Usd::ZERO, |estimated| usd(credits(estimated)))
        };
        Self {
            totals: Cow::Borrowed(totals),
            usd: usd(totals.priced.credits),
            expected_usd: of_estimated(|estimated| estimated.expected),
            at_most_usd: of_estimated(|estimated| estimated.at_most),
        }
    }

    pub(super) fn add(mut self, other: &EditionSums) -> Result<Self, Overflow> {
        let add = |a: Usd, b: Usd| a.checked_add(b).ok_or(Overflow);
        self.totals.to_mut().merge(&other.totals)?;
        self.usd = add(self.usd, other.usd)?;
        self.expected_usd = add(self.expected_usd, other.expected_usd)?;
        self.at_most_usd = add(self.at_most_usd, other.at_most_usd)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_keeps_no_more_lines_than_a_report_shows() {
        let mut unpriced = UnpricedTotals::default();
        for line in 1..=10 {
            unpriced.add(1, LogLine { file: 0, line });
        }
        assert_eq!(unpriced.first_lines.len(), FIRST_LINES);
    }

    #[test]
    fn a_sum_that_does_not_fit_is_an_error() {
        let line = LogLine { file: 0, line: 1 };
        let largest = Cost::Price { images: 1, credits: Credits::MAX };
        let most = Cost::Price { images: u64::MAX, credits: Credits::ZERO };
        let bound = Cost::Estimate { images: 1, expected: None, at_most: Credits::MAX };
        let one = Cost::Price { images: 1, credits: Credits::from_units(1).unwrap() };
        let estimate = Cost::Estimate { images: 1, expected: None, at_most: Credits::from_units(1).unwrap() };
        for (first, second) in [(largest, one), (most, one), (bound, estimate)] {
            let mut totals = Totals::default();
            totals.add(first, line).unwrap();
            assert_eq!(totals.add(second, line), Err(Overflow));
        }
    }

    #[test]
    fn images_without_a_price_are_counted_however_many_they_are() {
        let line = LogLine { file: 0, line: 1 };
        let mut totals = Totals::default();
        for images in [u64::MAX, u64::MAX, 1] {
            totals.add(Cost::Unpriced { images, reason: Reason::TooLarge }, line).unwrap();
        }
        assert_eq!(totals.images(), 2 * u128::from(u64::MAX) + 1);
    }
}
