//! Numbers as text shows them.

use std::fmt::Display;

/// Separates the thousands of a number that has nothing but a currency sign before its digits: `$1,234.5`.
pub(crate) fn thousands(number: impl Display) -> String {
    let number = number.to_string();
    let start = number.find(|c: char| c.is_ascii_digit()).unwrap_or(number.len());
    let end = number.find('.').unwrap_or(number.len());
    let mut separated = String::new();
    for (at, c) in number.char_indices() {
        if at > start && at < end && (end - at) % 3 == 0 {
            separated.push(',');
        }
        separated.push(c);
    }
    separated
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
}
