//! `--fail-above`: how far a price may move without approval, and what else needs approval.

use std::fmt::{self, Display};
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::plural::count;
use crate::price_diff::{BillingItem, Diff, Fact, FactChange, PriceChange, Subject};

/// A percentage, as a whole number of hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Percentage(u32);

impl FromStr for Percentage {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.trim();
        let number = number.strip_suffix('%').unwrap_or(number).trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if number.starts_with(['-', '−']) {
            return Err("the percentage must not be negative");
        }
        if !is_digits(whole) || !is_digits(fraction) {
            return Err("write a percentage, such as 20% or 12.5%");
        }
        if fraction.len() > 2 {
            return Err("the percentage must have at most 2 decimal places");
        }
        format!("{whole}{fraction:0<2}").parse().map(Self).map_err(|_| "the percentage must be at most 42949672.95%")
    }
}

impl Percentage {
    /// Returns whether an amount moves by more than this. It compares exact products instead of a rounded quotient.
    ///
    /// An amount has at most 64 bits and the limit 32, so their product fits the 96 bits of a `Decimal`.
    pub(super) fn is_exceeded(self, old: Decimal, new: Decimal) -> bool {
        (new - old).abs() * Decimal::from(10_000) > old * Decimal::from(self.0)
    }

    /// Returns whether a price moves by more than this, in credits or in dollars. New and removed prices count as exceeding
    /// it.
    fn is_exceeded_by(self, price: &PriceChange) -> bool {
        let Some((old, new)) = price.old.zip(price.new) else { return true };
        self.is_exceeded(old.credits, new.credits) || self.is_exceeded(old.usd, new.usd)
    }

    /// Returns whether a change of anything but a price or the table of an engine needs no approval.
    ///
    /// What is not listed here changes what users pay, or what the build checks. So does a kind of change that is added
    /// later, until it is listed.
    fn lets_pass(self, FactChange { subject, old, new, price, .. }: &FactChange) -> bool {
        match (subject, old, new) {
            // Each of their prices is new or gone, which needs approval.
            (Subject::Table { .. } | Subject::Size { .. } | Subject::Steps { .. }, ..) => true,
            (Subject::Source { .. } | Subject::Client { .. }, None, Some(_)) => true,
            (
                Subject::Source { .. },
                Some(Fact::Source { page: old_page, heading: old_heading, published: old_day }),
                Some(Fact::Source { page, heading, published }),
            ) => (old_page, old_heading) == (page, heading) && old_day < published,
            (Subject::Unpriced { .. }, Some(Fact::Day { published: old }), Some(Fact::Day { published })) => {
                old < published
            }
            (
                Subject::Client { .. },
                Some(Fact::Client { granted_images: old_images, .. }),
                Some(Fact::Client { granted_images, .. }),
            ) => {
                // Other defaults have a price. Without a number of images, the build does not compare the grant with the price.
                price.is_none() && !(old_images.is_some() && granted_images.is_none())
            }
            // Each price in dollars moves with the price of a credit.
            (Subject::Billing { item: BillingItem::Credit }, Some(Fact::Usd { usd: old }), Some(Fact::Usd { usd })) => {
                !self.is_exceeded(*old, *usd)
            }
            _ => false,
        }
    }
}

impl Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Decimal::new(self.0.into(), 2).normalize())
    }
}

impl Serialize for Percentage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What needs approval: how much of each kind.
#[derive(Serialize)]
pub(super) struct Beyond {
    limit: Percentage,
    /// Whether the old prices are right. With mistakes in the old tables they could not be released, and the change
    /// that fixes them must pass.
    applies: bool,
    /// Prices in tables that move by more than the limit.
    prices: usize,
    added: usize,
    removed: usize,
    /// Engines that are added, are removed, or move to another table.
    engines: usize,
    /// Clients that are removed, that name no number of granted images any more, or that have another table, size or step count.
    clients: usize,
    /// Any other change that needs approval.
    other: usize,
}

impl Beyond {
    /// Marks the changes that need approval, and counts them.
    pub(super) fn new(diff: &mut Diff, limit: Percentage) -> Self {
        let applies = diff.not_compared.is_none();
        if applies {
            diff.prices.iter_mut().for_each(|price| price.beyond = limit.is_exceeded_by(&price.cell.price));
            diff.moves.iter_mut().for_each(|group| group.beyond = true);
            diff.entries.iter_mut().for_each(|entry| entry.beyond = !limit.lets_pass(entry));
        }
        let mut beyond = Self { limit, applies, prices: 0, added: 0, removed: 0, engines: 0, clients: 0, other: 0 };
        for price in diff.prices.iter().filter(|price| price.beyond) {
            *match (price.cell.price.old, price.cell.price.new) {
                (None, _) => &mut beyond.added,
                (_, None) => &mut beyond.removed,
                (Some(_), Some(_)) => &mut beyond.prices,
            } += 1;
        }
        for entry in diff.entries.iter().filter(|entry| entry.beyond) {
            *match entry.subject {
                Subject::Engine { .. } => &mut beyond.engines,
                Subject::Client { .. } => &mut beyond.clients,
                _ => &mut beyond.other,
            } += 1;
        }
        beyond.engines +=
            diff.moves.iter().filter(|group| group.beyond).map(|group| group.engines.len()).sum::<usize>();
        beyond
    }

    pub(super) fn needs_approval(&self) -> bool {
        let Self { limit: _, applies: _, prices, added, removed, engines, clients, other } = *self;
        [prices, added, removed, engines, clients, other] != [0; 6]
    }
}

impl Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, applies, prices, added, removed, engines, clients, other } = *self;
        if !applies {
            return write!(f, "the limit of {limit} % does not apply: the old prices may be mistakes");
        }
        if !self.needs_approval() {
            return write!(f, "no change exceeds {limit} %");
        }
        let parts = [
            (prices, format!("{} by more than {limit} %", count(prices, "price", "prices"))),
            (added, count(added, "new price", "new prices")),
            (removed, count(removed, "price gone", "prices gone")),
            (engines, count(engines, "engine", "engines")),
            (clients, count(clients, "client", "clients")),
            (other, count(other, "other change", "other changes")),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, part)| part).collect();
        write!(f, "needs approval: {}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_a_number_with_or_without_its_sign() {
        for (text, hundredths) in [
            ("20", 2000),
            ("20%", 2000),
            (" 20 % ", 2000),
            ("12.5%", 1250),
            ("0.25", 25),
            ("0", 0),
            ("42949672.95", u32::MAX),
        ] {
            assert_eq!(text.parse(), Ok(Percentage(hundredths)), "{text}");
        }
    }

    #[test]
    fn any_other_text_is_not_a_percentage() {
        for text in ["", "%", "20%%", "1e3", "+20", ".5", "5.", "12,5%", "1_0", "٢٠", "nan", "20 percent"] {
            assert_eq!(text.parse::<Percentage>(), Err("write a percentage, such as 20% or 12.5%"), "{text}");
        }
        for (text, reason) in [
            ("-1%", "the percentage must not be negative"),
            ("−1", "the percentage must not be negative"),
            ("0.125%", "the percentage must have at most 2 decimal places"),
            ("42949672.96", "the percentage must be at most 42949672.95%"),
            ("99999999999999999999", "the percentage must be at most 42949672.95%"),
        ] {
            assert_eq!(text.parse::<Percentage>(), Err(reason), "{text}");
        }
    }

    #[test]
    fn an_amount_at_the_limit_is_within_it() {
        let exceeds = |limit: &str, old: &str, new: &str| {
            let limit: Percentage = limit.parse().unwrap();
            limit.is_exceeded(old.parse().unwrap(), new.parse().unwrap())
        };
        for (old, within, beyond) in
            [("1", "1.2", "1.2001"), ("1", "0.8", "0.7999"), ("0.000000005", "0.000000006", "0.000000007")]
        {
            assert!(!exceeds("20", old, within) && exceeds("20", old, beyond), "{old}");
        }
        assert!(exceeds("33.33", "3", "4") && !exceeds("33.34", "3", "4"), "a third is between two hundredths");
        assert!(exceeds("0", "1", "1.0001") && !exceeds("0", "1", "1"));
    }

    #[test]
    fn the_largest_amount_and_the_largest_limit_are_compared_exactly() {
        let largest = Decimal::from_i128_with_scale(u64::MAX.into(), 9);
        assert!(!Percentage(u32::MAX).is_exceeded(largest, Decimal::new(1, 9)));
        assert!(Percentage(u32::MAX).is_exceeded(Decimal::new(1, 9), largest));
    }
}
