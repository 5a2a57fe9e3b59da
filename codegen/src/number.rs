//! Parses numbers as people type them: accepts one canonical form, and diagnoses common others, with a fix if it is
//! unambiguous.

use rust_decimal::Decimal;

use crate::escape::is_hidden;

/// The decimal places that `Credits` holds: it counts ten-thousandths of a credit.
pub const CREDITS_DECIMALS: u32 = 4;
/// The decimal places that `Usd` holds: it counts billionths of a dollar.
pub const USD_DECIMALS: u32 = 9;
/// The highest price of a credit, $10, in units of `Usd` for one unit of `Credits`.
pub(crate) const MAX_USD_UNITS_PER_CREDITS_UNIT: u64 = 1_000_000;

/// An amount of `Credits`. At the highest price of a credit, the largest one fits `Usd`.
pub const CREDITS: Unit = Unit {
    decimals: CREDITS_DECIMALS,
    max_units: USD.max_units / MAX_USD_UNITS_PER_CREDITS_UNIT,
    show: Decimal::to_string,
};
/// An amount of `Usd`. The largest one is of whole cents, and its units fit a signed integer of 64 bits.
pub const USD: Unit =
    Unit { decimals: USD_DECIMALS, max_units: i64::MAX as u64 / UNITS_PER_CENT * UNITS_PER_CENT, show: dollars };
const UNITS_PER_CENT: u64 = 10_u64.pow(USD_DECIMALS - 2);

/// What an amount counts.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    /// The decimal places that an amount may have.
    pub(crate) decimals: u32,
    /// The largest amount, as a count of its last decimal place.
    pub(crate) max_units: u64,
    /// Writes an amount in a message.
    pub(crate) show: fn(&Decimal) -> String,
}

/// Writes dollars for people: with their sign, and with at least two decimal places.
#[must_use]
pub fn dollars(usd: &Decimal) -> String {
    let mut usd = usd.normalize();
    usd.rescale(usd.scale().max(2));
    format!("${usd}")
}

/// Why a string is not an acceptable number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NumberError {
    /// What is wrong, as the end of a sentence that begins with the number.
    pub(crate) message: String,
    pub(crate) help: Help,
}

/// How to fix a number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Help {
    None,
    /// Replace it with this number.
    Write(String),
    Advice(String),
}

impl Help {
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Write(number) => Some(format!("write {number}")),
            Self::Advice(advice) => Some(advice),
        }
    }
}

/// Parses an exact amount.
pub(crate) fn amount(text: &str, unit: Unit) -> Result<Decimal, NumberError> {
    let Unit { decimals, max_units, show } = unit;
    if !is_plain(text) {
        return Err(not_plain(text));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals as usize {
        return Err(NumberError {
            message: format!("has {} decimal places", fraction.len()),
            help: Help::Advice(format!("an amount has at most {decimals} decimal places")),
        });
    }
    let max = of_units(max_units, decimals);
    // `from_str` would round a number with too many digits.
    match Decimal::from_str_exact(&format!("{whole}.{fraction}0")) {
        Ok(exact) if exact <= max => Ok(exact.normalize()),
        _ => Err(NumberError { message: format!("is larger than {}", show(&max)), help: Help::None }),
    }
}

/// Parses an amount in the form of the tables, exactly.
///
/// # Errors
///
/// Returns what is wrong, as the end of a sentence that begins with the amount, and how to fix it if that is known.
pub fn parse_amount(text: &str, unit: Unit) -> Result<Decimal, (String, Option<String>)> {
    amount(text, unit).map_err(|error| (error.message, error.help.text()))
}

/// Converts a count of units, of `decimals` decimal places, to an amount.
pub(crate) fn of_units(units: u64, decimals: u32) -> Decimal {
    Decimal::from_i128_with_scale(units.into(), decimals).normalize()
}

/// Converts an [`amount`] to a count of units, of the same `decimals` decimal places.
pub(crate) fn units(amount: Decimal, decimals: u32) -> u64 {
    let mut amount = amount;
    amount.rescale(decimals);
    // `amount` bounds the units, so this never saturates.
    u64::try_from(amount.mantissa()).unwrap_or(u64::MAX)
}

/// Parses a whole number from 0.
pub(crate) fn whole(text: &str) -> Result<u64, NumberError> {
    integer(text, 0, u64::MAX)
}

/// Parses a whole number from 1.
pub(crate) fn positive(text: &str) -> Result<u32, NumberError> {
    // The bound makes the conversion exact.
    integer(text, 1, u32::MAX.into()).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

fn integer(text: &str, min: u64, max: u64) -> Result<u64, NumberError> {
    let NumberError { message, help } = match text.parse::<u64>() {
        _ if !is_plain(text) => not_plain(text),
        Ok(number) if number < min => NumberError { message: "is zero".to_owned(), help: Help::None },
        Ok(number) if number <= max => return Ok(number),
        _ => match text.split_once('.') {
            None => NumberError { message: format!("is larger than {max}"), help: Help::None },
            Some((whole, fraction)) => NumberError {
                message: "is not a whole number".to_owned(),
                help: if fraction.bytes().all(|b| b == b'0') { Help::Write(whole.to_owned()) } else { Help::None },
            },
        },
    };
    // The fix of an amount may not be a whole number in the range.
    let help = match help {
        Help::Write(text) if text.parse().is_ok_and(|number| (min..=max).contains(&number)) => Help::Write(text),
        _ => Help::Advice(format!("write a whole number from {min}")),
    };
    Err(NumberError { message, help })
}

/// Returns whether a number has the canonical form: digits, and for a fraction a point and digits; no sign, no leading
/// zero.
fn is_plain(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// Diagnoses a number that is not plain.
fn not_plain(text: &str) -> NumberError {
    let (message, help) = recognise(text);
    let is_fix = |number: &str| is_plain(number) && number.bytes().any(|b| matches!(b, b'1'..=b'9'));
    let help = match help {
        Help::Write(number) if !is_fix(&number) => Help::None,
        help => help,
    };
    NumberError { message: message.to_owned(), help }
}

/// Recognises common wrong forms of a number and suggests the right one. The number of `Help::Write` may itself not
/// be plain.
fn recognise(text: &str) -> (&'static str, Help) {
    let advice = |advice: &str| Help::Advice(advice.to_owned());
    let form = advice("write digits, with a point before decimal places, such as 0.25");
    let lower = text.to_ascii_lowercase();
    let in_ascii: String = text.chars().map(to_ascii).collect();
    if text.is_empty() {
        return ("is empty", advice("fill it in, or delete the row or the column"));
    }
    if text.contains(is_hidden) {
        return ("has an invisible character", Help::Write(text.replace(is_hidden, "")));
    }
    if in_ascii != text && in_ascii.chars().any(|c| c.is_ascii_digit()) {
        let help = if is_plain(&in_ascii) { Help::Write(in_ascii) } else { recognise(&in_ascii).1 };
        return ("has digits or a point other than 0 to 9 and `.`", help);
    }
    if text.ends_with('%') {
        return ("is a percentage", advice("write the number itself, such as 0.25"));
    }
    if text.starts_with('=') {
        return ("is a formula of a spreadsheet, not its result", advice("replace it by the result"));
    }
    let (number, rest) = text.split_at(text.find(|c| !matches!(c, '0'..='9' | '.')).unwrap_or(text.len()));
    let unit = rest.trim_start().to_ascii_lowercase();
    if is_plain(number) && ["(", "credit", "step", "pixel", "px"].iter().any(|start| unit.starts_with(start)) {
        return ("has more than a number in it", Help::Write(number.to_owned()));
    }
    if lower.contains(['$', '€', '£', '¥']) || lower.contains("usd") {
        return (
            "has a currency sign",
            advice("write only the number: in dollars in the column usd of billing.csv, in credits everywhere else"),
        );
    }
    if text.starts_with(['-', '−']) && text.contains(|c: char| c.is_ascii_digit()) {
        return ("is negative", advice("write a number that is not negative"));
    }
    if let Some(unsigned) = text.strip_prefix('+') {
        return ("has a plus sign", Help::Write(unsigned.to_owned()));
    }
    if text.contains('_') {
        return ("has underscores between its digits", Help::Write(text.replace('_', "")));
    }
    if text.contains(',') {
        return match text.split_once(',') {
            // `1,000` may be either; `0,250` and `1,25` can only be fractions.
            Some((whole, fraction)) if fraction.len() == 3 && whole != "0" => (
                "has a comma, which may separate thousands or decimal places",
                advice("write thousands without a comma, and decimal places after a point"),
            ),
            _ => ("has a decimal comma", Help::Write(text.replace(',', "."))),
        };
    }
    if let Ok(value) = Decimal::from_scientific(&lower) {
        return ("is in scientific notation", Help::Write(value.normalize().to_string()));
    }
    if let Some(fraction) = text.strip_prefix('.') {
        return ("has no digit before the point", Help::Write(format!("0.{fraction}")));
    }
    if let Some(whole) = text.strip_suffix('.') {
        return ("has no digit after the point", Help::Write(whole.to_owned()));
    }
    let in_digits = text.replace(['O', 'o'], "0").replace(['l', 'I'], "1");
    if is_plain(&in_digits) && in_digits != text && text.contains(|c: char| c.is_ascii_digit()) {
        return ("has a letter in place of a digit", Help::Write(in_digits));
    }
    let trimmed = text.trim_start_matches('0');
    if is_plain(trimmed) {
        return ("has a leading zero", Help::Write(trimmed.to_owned()));
    }
    let padded = format!("0{trimmed}");
    if is_plain(&padded) {
        return ("has a leading zero", Help::Write(padded));
    }
    ("is not a plain number", form)
}

/// Returns the ASCII form of a digit or a decimal point of another script.
fn to_ascii(c: char) -> char {
    // The zeros of scripts with digits of their own: Arabic, Persian, Devanagari, Bengali, full width.
    const ZEROS: [char; 5] = ['٠', '۰', '०', '০', '０'];
    let digit = ZEROS.iter().find_map(|&zero| char::from_digit(u32::from(c).checked_sub(u32::from(zero))?, 10));
    match c {
        '．' | '٫' => '.',
        '，' | '٬' => ',',
        c => digit.unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A unit of the last of `decimals` decimal places, with all amounts that 64 bits hold.
    fn unit(decimals: u32) -> Unit {
        Unit { decimals, max_units: u64::MAX, show: Decimal::to_string }
    }

    #[test]
    fn the_plain_form_is_accepted() {
        for text in ["0.5", "0.50", "1", "1.0", "0.250000", "1000", "184467440737095.5161"] {
            assert_eq!(amount(text, unit(4)), Ok(text.parse::<Decimal>().unwrap()), "{text}");
        }
    }

    #[test]
    fn every_other_form_is_recognised() {
        let forms = [
            "",
            "$0.25",
            "0.25$",
            "0,25",
            "1,000",
            "1,25",
            "0,250",
            "0.25 credits",
            "0.25credits",
            "0.25 ($0.0025)",
            "0.25($0.0025)",
            "1e-3",
            "1E3",
            "1e400",
            "1_000",
            "+1",
            "+",
            ".5",
            "5.",
            ".",
            "NaN",
            "inf",
            "=1+1",
            "０.２５",
            "٣",
            "١٬٥",
            "١٬٠٠٠",
            "０．２５％",
            "-0.25",
            "−1",
            "00.25",
            "007",
            "00",
            "0.25.1",
            "0x10",
            "1OO",
            "O.50",
            "l5",
            "lO",
            "25%",
            "0.12345",
            "0.00000000000000000000000000000000001",
            "1844674407370955.1616",
            "99999999999999999999999999999999",
        ];
        let reports = forms.map(|text| match amount(text, unit(4)) {
            Ok(value) => format!("`{text}` is accepted as {value}"),
            Err(NumberError { message, help }) => match help.text() {
                None => format!("`{text}` {message}"),
                Some(help) => format!("`{text}` {message}: {help}"),
            },
        });
        insta::assert_snapshot!(reports.join("\n"));
    }

    #[test]
    fn whole_numbers_start_at_one() {
        assert_eq!(positive("1"), Ok(1));
        assert_eq!(positive("4294967295"), Ok(u32::MAX));
        for text in ["", "0", "-1", "+1", "1.5", "15.0", "4294967296", "1e2", "fifteen", "015", "１５", "1_000"] {
            assert!(positive(text).is_err(), "{text}");
        }
        assert_eq!(positive("15.0").unwrap_err().help, Help::Write("15".to_owned()));
        assert_eq!(positive("0.0").unwrap_err().help.text().unwrap(), "write a whole number from 1");
    }

    #[test]
    fn whole_numbers_may_start_at_zero() {
        assert_eq!(whole("0"), Ok(0));
        assert_eq!(whole("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(whole("18446744073709551616").unwrap_err().message, "is larger than 18446744073709551615");
        assert_eq!(whole("3.0").unwrap_err().help, Help::Write("3".to_owned()));
        assert_eq!(whole("+0").unwrap_err().help.text().unwrap(), "write a whole number from 0");
    }

    #[test]
    fn dollars_have_their_sign_and_at_least_two_decimal_places() {
        let shown = ["0", "10", "3.7", "3.70", "0.050", "0.0121"].map(|usd| dollars(&usd.parse().unwrap()));
        assert_eq!(shown, ["$0.00", "$10.00", "$3.70", "$3.70", "$0.05", "$0.0121"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn units_and_amounts_are_the_same_number(count: u64, decimals in 0_u32..=9) {
            let text = of_units(count, decimals).to_string();
            prop_assert_eq!(amount(&text, unit(decimals)).map(|amount| units(amount, decimals)), Ok(count));
        }

        #[test]
        fn no_text_causes_a_panic(text: String) {
            let _ = (amount(&text, unit(4)), positive(&text));
        }

        #[test]
        fn a_number_that_help_suggests_is_accepted(text in "[-+=$ 0-9.,_eEa-z０-９()]{0,8}|[0-9]{9,11}\\.0?") {
            if let Err(NumberError { help: Help::Write(number), .. }) = amount(&text, unit(9)) {
                prop_assert!(is_plain(&number), "{}", number);
            }
            if let Err(NumberError { help: Help::Write(number), .. }) = positive(&text) {
                prop_assert!(positive(&number).is_ok(), "{}", number);
            }
        }
    }
}
