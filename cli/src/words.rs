//! Numbers with their words, in the singular and in the plural.

use std::fmt::Display;

use dreamstudio_pricing::Usd;

/// `1 price`, `2 prices`, `0.5 credits`.
pub(crate) fn count(number: impl Display, one: &str, many: &str) -> String {
    let number = number.to_string();
    let word = if number == "1" { one } else { many };
    format!("{number} {word}")
}

/// Dollars with cents if these are exact, else with all digits.
pub(crate) fn dollars(usd: Usd) -> String {
    let cents = format!("{usd:.2}");
    if cents.parse() == Ok(usd) { format!("${cents}") } else { format!("${usd}") }
}

#[cfg(test)]
mod tests {
    use dreamstudio_pricing::Credits;

    use super::*;

    #[test]
    fn one_is_singular() {
        let credits = ["0", "1", "1.5", "2"].map(|text| text.parse::<Credits>().unwrap());
        assert_eq!(
            credits.map(|amount| count(amount, "credit", "credits")),
            ["0 credits", "1 credit", "1.5 credits", "2 credits"]
        );
    }

    #[test]
    fn dollars_have_cents_and_all_their_digits() {
        for (usd, text) in [
            ("0", "$0.00"),
            ("25", "$25.00"),
            ("25.5", "$25.50"),
            ("25.05", "$25.05"),
            ("0.005", "$0.005"),
            ("0.0121", "$0.0121"),
            ("1.999", "$1.999"),
        ] {
            assert_eq!(dollars(usd.parse().unwrap()), text);
        }
    }
}
