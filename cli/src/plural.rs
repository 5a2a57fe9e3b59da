//! A number with its noun, in the singular or in the plural.

use std::fmt::Display;

/// Returns a number with its noun, such as `1 price`, `2 prices` or `0.5 credits`.
pub(crate) fn count(number: impl Display, one: &str, many: &str) -> String {
    let number = number.to_string();
    let word = if number == "1" { one } else { many };
    format!("{number} {word}")
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
}
