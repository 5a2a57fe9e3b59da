//! Numbers as text shows them.

use std::fmt::Display;

use dreamstudio_pricing::{Credits, Usd};

use crate::book::BookCell;

/// Separates the thousands of a number that has nothing but a currency sign before its digits: `$1,234.5`.
pub(crate) fn thousands(number: impl Display) -> String {
    let number = number.to_string();
    let start = number.find(|c: char| c.is_ascii_digit()).unwrap_or(number.len());
    let end = number.find('.').unwrap_or(number.len());
    let mut separated = String::new();
    for (at, c) in number.char_indices() {
        if at > start && at < end && (end - at).is_multiple_of(3) {
            separated.push(',');
        }
        separated.push(c);
    }
    separated
}

/// The decimal places that the amounts of a table or a column need. With as many in each cell, the points line up.
#[derive(Clone, Copy, Default)]
pub(crate) struct Places {
    credits: usize,
    usd: usize,
}

impl Places {
    pub(crate) fn of(cells: &[BookCell]) -> Self {
        Self::of_amounts(cells.iter().map(|cell| (cell.price, cell.usd)))
    }

    pub(crate) fn of_amounts(amounts: impl Iterator<Item = (Credits, Usd)>) -> Self {
        let mut places = Self::default();
        amounts.for_each(|(credits, usd)| places.fit(credits, usd));
        places
    }

    /// Makes room for an amount.
    pub(crate) fn fit(&mut self, credits: Credits, usd: Usd) {
        let places = |amount: String| amount.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        self.credits = self.credits.max(places(credits.to_string()));
        self.usd = self.usd.max(places(usd.to_string()));
    }

    /// Returns a price in credits: `0.50`.
    pub(crate) fn credits(self, price: Credits) -> String {
        format!("{price:.0$}", self.credits)
    }

    /// Returns dollars: `$0.0050`.
    pub(crate) fn usd(self, usd: Usd) -> String {
        format!("${usd:.0$}", self.usd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_only_separated_before_the_point() {
        for (number, text) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("1234567", "1,234,567"),
            ("1234.5678", "1,234.5678"),
            ("$123456.50", "$123,456.50"),
            ("$0.0001", "$0.0001"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn prices_have_as_many_decimal_places_as_one_of_them_needs() {
        for (prices, credits) in [
            (["0.5", "0.83", "2.6"].as_slice(), ["0.50", "0.83", "2.60"].as_slice()),
            (&["1", "9.5", "10"], &["1.0", "9.5", "10.0"]),
            (&["1", "20"], &["1", "20"]),
        ] {
            let prices: Vec<Credits> = prices.iter().map(|price| price.parse().unwrap()).collect();
            let places = Places::of_amounts(prices.iter().map(|price| (*price, price.usd())));
            assert!(prices.iter().map(|&price| places.credits(price)).eq(credits.iter().copied()));
            let usd: Vec<String> = prices.iter().map(|&price| places.usd(price.usd())).collect();
            assert!(usd.iter().zip(&prices).all(|(usd, price)| usd[1..].parse() == Ok(price.usd())), "{usd:?}");
            let fraction = |usd: &String| usd.split_once('.').map(|(_, fraction)| fraction.len());
            assert!(usd.iter().all(|text| fraction(text) == fraction(&usd[0])), "{usd:?}");
        }
    }
}
