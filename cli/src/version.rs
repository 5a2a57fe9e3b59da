//! What `dreamprice --version` says: the command's version, and the days on which its prices were published.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use dreamstudio_pricing::Table;

/// For example `0.1.0 (prices of 2023-06-22)`.
pub(crate) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let days = Table::ALL.iter().map(|table| table.source().map(|source| source.published));
    env!("CARGO_PKG_VERSION").to_owned() + &days_of_prices(days)
});

/// Returns the first and the last day, and whether some tables have none; an empty text if no table has one.
fn days_of_prices<'a>(days: impl Iterator<Item = Option<&'a str>>) -> String {
    let days: BTreeSet<Option<&str>> = days.collect();
    let mut known = days.iter().flatten();
    let Some(first) = known.next() else { return String::new() };
    let last = known.next_back().map_or_else(String::new, |last| format!(" to {last}"));
    let undated = if days.contains(&None) { ", some undated" } else { "" };
    format!(" (prices of {first}{last}{undated})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_of_the_prices_are_a_day_or_a_range() {
        for (days, text) in [
            (&[Some("2023-06-22"), Some("2023-06-22")][..], " (prices of 2023-06-22)"),
            (&[Some("2023-07-01"), Some("2023-06-22"), Some("2023-06-30")], " (prices of 2023-06-22 to 2023-07-01)"),
            (&[None, Some("2023-06-22")], " (prices of 2023-06-22, some undated)"),
            (&[None, None], ""),
        ] {
            assert_eq!(days_of_prices(days.iter().copied()), text);
        }
    }
}
