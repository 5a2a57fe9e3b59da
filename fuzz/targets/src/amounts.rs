//! Texts as amounts, sizes, step counts and settings, compared with decimals and with arithmetic on digits.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::LazyLock;

use fixture::rust_decimal::{Decimal, RoundingStrategy};
use fixture::turbo::{Size, Steps};
use fixture::{Amount, AmountErrorKind, Credits, Currency, Settings, Usd};

use crate::independent_parser::rows_of;

/// The sizes and the step counts of a table, as its file has them.
static TURBO: LazyLock<[BTreeSet<String>; 2]> = LazyLock::new(|| {
    let rows = rows_of(include_str!("../../../tests/fixture/tables/turbo.csv"));
    [rows[0][1..].iter().cloned().collect(), rows[1..].iter().map(|row| row[0].clone()).collect()]
});

/// Takes an input as one text, or as two with a space between them.
///
/// # Panics
///
/// Panics if the code panics, or if its result differs from that of the second implementation.
pub fn amounts(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (first, second) = text.split_once(' ').unwrap_or((text, "1"));
    let second = second.parse().unwrap_or_default();
    if let Some(first) = amount(first) {
        compare_arithmetic(first, Credits::from_units(second).unwrap_or_default());
        assert_eq!(Credits::try_from(first.usd()), Ok(first));
    }
    if let Some(first) = amount(first) {
        compare_arithmetic(first, Usd::from_units(second).unwrap_or_default());
        let credit = Credits::from_units(1).unwrap().usd().units();
        let is_exact = first.units() % credit == 0;
        let credits = is_exact.then(|| Credits::from_units(first.units() / credit)).flatten();
        assert_eq!(Credits::try_from(first).ok(), credits);
    }
    let [sizes, steps] = &*TURBO;
    compare_name(first, first.parse::<Size>(), sizes);
    compare_name(first, first.parse::<Steps>(), steps);
    if let Ok(settings) = text.parse::<Settings>() {
        let short = format!("{}@{}", settings.image_size(), settings.steps);
        assert!(text == settings.to_string() || text == short, "{text:?}");
    }
}

/// Parses an amount, and panics if another way of parsing has another result.
fn amount<C: Currency + Debug>(text: &str) -> Option<Amount<C>> {
    let result = Amount::<C>::parse(text);
    let units = result.map(Amount::units).map_err(|error| error.kind());
    let max = Amount::<C>::MAX.units();
    assert_eq!(units, units_of_digits(text, Amount::<C>::DECIMALS, max), "{text:?}");
    // A text with more digits than a decimal holds is not one, and some decimals have a form that is not an amount.
    if let (Ok(decimal), Ok(_) | Err(AmountErrorKind::TooPrecise | AmountErrorKind::TooLarge)) =
        (Decimal::from_str_exact(text), units)
    {
        assert_eq!(Amount::<C>::try_from(decimal).map_err(|error| error.kind()), result.map_err(|error| error.kind()));
    }
    let amount = match result {
        Ok(amount) => amount,
        Err(error) => {
            assert!(!error.to_string().contains(['\n', '\u{1b}']), "{error}");
            return None;
        }
    };
    let written = format!("{amount:#}");
    assert_eq!([written.parse(), amount.to_string().parse()], [Ok(amount); 2]);
    let decimal = Decimal::from(amount);
    assert_eq!(decimal.to_string(), written);
    let rounded = decimal.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    assert_eq!(format!("{amount:.2}"), format!("{rounded:.2}"));
    let json = serde_json::to_string(&amount).unwrap();
    assert_eq!(json, format!("\"{written}\""));
    assert_eq!(serde_json::from_str::<Amount<C>>(&json).unwrap(), amount);
    if text.len() <= 15 {
        // As a number of JSON, which is a float if it has a fraction.
        assert_eq!(serde_json::from_str::<Amount<C>>(text).unwrap(), amount);
    }
    Some(amount)
}

/// Returns the units of an amount, computed only from its digits.
fn units_of_digits(text: &str, decimals: u32, max: u64) -> Result<u64, AmountErrorKind> {
    let is_number = |text: &str| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        is_digits(whole) && is_digits(fraction) && (whole == "0" || !whole.starts_with('0'))
    };
    if !is_number(text) {
        let is_negative = text.strip_prefix('-').is_some_and(is_number);
        return Err(if is_negative { AmountErrorKind::Negative } else { AmountErrorKind::Malformed });
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (fraction, places) = (fraction.trim_end_matches('0'), decimals as usize);
    if fraction.len() > places {
        return Err(AmountErrorKind::TooPrecise);
    }
    let units: Result<u128, _> = format!("{whole}{fraction:0<places$}").parse();
    let units = units.ok().and_then(|units| u64::try_from(units).ok()).filter(|units| *units <= max);
    units.ok_or(AmountErrorKind::TooLarge)
}

/// Panics unless the arithmetic agrees with that of wider integers.
fn compare_arithmetic<C: Currency + Debug>(a: Amount<C>, b: Amount<C>) {
    let (left, right) = (u128::from(a.units()), u128::from(b.units()));
    let wide = |amount: Option<Amount<C>>| amount.map(|amount| u128::from(amount.units()));
    let fits = |units: u128| (units <= Amount::<C>::MAX.units().into()).then_some(units);
    assert_eq!(wide(a.checked_add(b)), fits(left + right));
    assert_eq!(wide(a.checked_sub(b)), left.checked_sub(right));
    assert_eq!(wide(a.checked_mul(b.units())), fits(left * right));
    assert_eq!(a.checked_div(b).map(u128::from), left.checked_div(right));
    assert_eq!(a.cmp(&b), left.cmp(&right));
}

/// Panics unless exactly the strings that the file has are values.
fn compare_name<T: ToString, E: ToString>(text: &str, value: Result<T, E>, names: &BTreeSet<String>) {
    match value {
        Ok(value) => assert!(value.to_string() == text && names.contains(text)),
        Err(error) => assert!(!names.contains(text), "{}", error.to_string()),
    }
}
