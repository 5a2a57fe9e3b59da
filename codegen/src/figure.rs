//! Figures as people type them: one canonical form is taken, and of every other one the reader is told what it is and,
//! where only one reading makes sense, what to write.

use rust_decimal::Decimal;

use crate::escape::is_hidden;

/// Decimal places that `Credits` holds: it counts ten-thousandths of a credit.
pub const CREDITS_DECIMALS: u32 = 4;
/// Decimal places that `Usd` holds: it counts billionths of a dollar.
pub const USD_DECIMALS: u32 = 9;

/// What is wrong with a figure, to follow the figure itself in a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FigureError {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl FigureError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    fn help(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: Some(help.into()) }
    }
}

/// An exact amount of at most `decimals` decimal places, and of at most `max_units` units of the last of them.
pub(crate) fn amount(text: &str, decimals: u32, max_units: u64) -> Result<Decimal, FigureError> {
    if !is_plain(text) {
        return Err(not_plain(text));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals as usize {
        let help = format!("an amount is held exactly, in at most {decimals} decimal places");
        return Err(FigureError::help(format!("has {} decimal places", fraction.len()), help));
    }
    let largest = of_units(max_units, decimals);
    // `from_str` would round what has too many digits.
    match Decimal::from_str_exact(&format!("{whole}.{fraction}0")) {
        Ok(exact) if exact <= largest => Ok(exact.normalize()),
        _ => Err(FigureError::new(format!("is larger than {largest}"))),
    }
}

/// So many units of the last of `decimals` decimal places.
pub(crate) fn of_units(units: u64, decimals: u32) -> Decimal {
    Decimal::from_i128_with_scale(units.into(), decimals).normalize()
}

/// The count of units, of `decimals` decimal places each, that make an [`amount`] of the same `decimals`.
pub(crate) fn units(amount: Decimal, decimals: u32) -> u64 {
    let mut amount = amount;
    amount.rescale(decimals);
    // An amount was checked to have no more units than that.
    u64::try_from(amount.mantissa()).unwrap_or(u64::MAX)
}

/// A whole number from 0.
pub(crate) fn whole(text: &str) -> Result<u64, FigureError> {
    integer(text, 0, u64::MAX)
}

/// A whole number from 1.
pub(crate) fn positive(text: &str) -> Result<u32, FigureError> {
    // The bound makes the conversion exact.
    integer(text, 1, u32::MAX.into()).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

fn integer(text: &str, min: u64, max: u64) -> Result<u64, FigureError> {
    let error = match text.parse::<u64>() {
        _ if !is_plain(text) => not_plain(text),
        Ok(number) if number < min => FigureError::new("is zero"),
        Ok(number) if number <= max => return Ok(number),
        _ => match text.split_once('.') {
            None => FigureError::new(format!("is larger than {max}")),
            Some((whole, fraction)) => FigureError {
                message: "is not a whole number".to_owned(),
                help: (fraction.trim_end_matches('0').is_empty()).then(|| format!("write {whole}")),
            },
        },
    };
    // The advice for an amount may not be a whole number in the range.
    let is_in_range = |help: &String| {
        let figure = help.strip_prefix("write ").and_then(|figure| figure.parse::<u64>().ok());
        figure.is_some_and(|figure| (min..=max).contains(&figure))
    };
    let help = error.help.filter(is_in_range).unwrap_or_else(|| format!("write a whole number from {min}"));
    Err(FigureError { help: Some(help), ..error })
}

/// Whether the text is a day of the calendar, as `YYYY-MM-DD`.
pub(crate) fn is_day(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    if [year, month, day].map(str::len) != [4, 2, 2] {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (digits(year), digits(month), digits(day)) else { return false };
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap_year => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Whether a figure has the one form that is taken: digits, and where there is a fraction a point and digits; no sign,
/// no superfluous zero in front.
fn is_plain(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// What a figure is that does not have the plain form.
fn not_plain(text: &str) -> FigureError {
    let (message, meant) = recognise(text);
    let help = match meant {
        Meant::Figure(figure) if is_plain(&figure) && figure.bytes().any(|b| matches!(b, b'1'..=b'9')) => {
            Some(format!("write {figure}"))
        }
        Meant::Figure(_) => None,
        Meant::Unknown(help) => Some(help.to_owned()),
    };
    FigureError { message: message.to_owned(), help }
}

/// What may have been meant by what is no plain figure.
enum Meant {
    /// This, if it is a plain figure itself.
    Figure(String),
    /// Nobody knows, but for this advice.
    Unknown(&'static str),
}

/// What somebody typed, and what may have been meant by it.
fn recognise(text: &str) -> (&'static str, Meant) {
    const FORM: Meant = Meant::Unknown("a figure is digits, with a point where there is a fraction, such as 0.25");
    let lower = text.to_ascii_lowercase();
    let in_ascii: String = text.chars().map(to_ascii).collect();
    if text.is_empty() {
        return ("is empty", Meant::Unknown("fill it in, or delete the row or the column"));
    }
    if text.contains(is_hidden) {
        return ("has a character that does not show", Meant::Figure(text.replace(is_hidden, "")));
    }
    if in_ascii != text && in_ascii.chars().any(|c| c.is_ascii_digit()) {
        return ("has digits or a point other than 0 to 9 and `.`", Meant::Figure(in_ascii));
    }
    if text.ends_with('%') {
        return ("is a percentage", Meant::Unknown("no figure here is a percentage: write the number alone"));
    }
    if text.starts_with('=') {
        return ("is a formula of a spreadsheet, not its result", Meant::Unknown("replace it by the result"));
    }
    let (number, rest) = text.split_at(text.find(|c| !matches!(c, '0'..='9' | '.')).unwrap_or(text.len()));
    let unit = rest.trim_start().to_ascii_lowercase();
    if is_plain(number) && ["(", "credit", "step", "pixel", "px"].iter().any(|start| unit.starts_with(start)) {
        return ("has more than a number in it", Meant::Figure(number.to_owned()));
    }
    if lower.contains(['$', '€', '£', '¥']) || lower.contains("usd") {
        return (
            "has a currency sign",
            Meant::Unknown("only the column usd is in dollars, and no figure has a sign: write the number alone"),
        );
    }
    if text.starts_with(['-', '−']) && text.contains(|c: char| c.is_ascii_digit()) {
        return ("is negative", Meant::Unknown("no figure here is below 0"));
    }
    if let Some(unsigned) = text.strip_prefix('+') {
        return ("has a plus sign", Meant::Figure(unsigned.to_owned()));
    }
    if text.contains('_') {
        return ("has underscores between its digits", Meant::Figure(text.replace('_', "")));
    }
    if text.contains(',') {
        return match text.split_once(',') {
            // `1,000` may be either; `0,250` and `1,25` are not.
            Some((whole, fraction)) if fraction.len() == 3 && whole != "0" => (
                "has a comma, which may stand for thousands or for the decimal point",
                Meant::Unknown("thousands have no comma, and fractions have a point"),
            ),
            _ => ("has a decimal comma", Meant::Figure(text.replace(',', "."))),
        };
    }
    if let Ok(value) = Decimal::from_scientific(&lower) {
        return ("is in scientific notation", Meant::Figure(value.normalize().to_string()));
    }
    if let Some(fraction) = text.strip_prefix('.') {
        return ("has no digit before the point", Meant::Figure(format!("0.{fraction}")));
    }
    if let Some(whole) = text.strip_suffix('.') {
        return ("has no digit after the point", Meant::Figure(whole.to_owned()));
    }
    let trimmed = text.trim_start_matches('0');
    if is_plain(trimmed) {
        return ("has a superfluous zero in front", Meant::Figure(trimmed.to_owned()));
    }
    let padded = format!("0{trimmed}");
    if is_plain(&padded) {
        return ("has a superfluous zero in front", Meant::Figure(padded));
    }
    ("is not a plain number", FORM)
}

/// The ASCII form of a digit or a decimal point of another script.
fn to_ascii(c: char) -> char {
    // The zeros of scripts whose keyboards type digits of their own: Arabic, Persian, Devanagari, Bengali, full width.
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

    #[test]
    fn the_plain_form_is_taken() {
        for text in ["0.5", "0.50", "1", "1.0", "0.250000", "1000", "184467440737095.5161"] {
            assert_eq!(amount(text, 4, u64::MAX), Ok(text.parse::<Decimal>().unwrap()), "{text}");
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
            "-0.25",
            "−1",
            "00.25",
            "007",
            "00",
            "0.25.1",
            "0x10",
            "25%",
            "0.12345",
            "0.00000000000000000000000000000000001",
            "1844674407370955.1616",
            "99999999999999999999999999999999",
        ];
        let told = forms.map(|text| match amount(text, 4, u64::MAX) {
            Ok(value) => format!("`{text}` is taken as {value}"),
            Err(FigureError { message, help: None }) => format!("`{text}` {message}"),
            Err(FigureError { message, help: Some(help) }) => format!("`{text}` {message}: {help}"),
        });
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn whole_numbers_start_at_one() {
        assert_eq!(positive("1"), Ok(1));
        assert_eq!(positive("4294967295"), Ok(u32::MAX));
        for text in ["", "0", "-1", "+1", "1.5", "15.0", "4294967296", "1e2", "fifteen", "015", "１５", "1_000"] {
            assert!(positive(text).is_err(), "{text}");
        }
        assert_eq!(positive("15.0").unwrap_err().help.as_deref(), Some("write 15"));
        assert_eq!(positive("0.0").unwrap_err().help.as_deref(), Some("write a whole number from 1"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn units_and_amounts_are_the_same_figure(count: u64, decimals in 0_u32..=9) {
            let text = of_units(count, decimals).to_string();
            prop_assert_eq!(amount(&text, decimals, u64::MAX).map(|amount| units(amount, decimals)), Ok(count));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = (amount(&text, 4, u64::MAX), positive(&text));
        }

        #[test]
        fn what_help_says_to_write_is_taken(text in "[-+=$ 0-9.,_eEa-z０-９()]{0,8}|[0-9]{9,11}\\.0?") {
            let written = |error: FigureError| error.help?.strip_prefix("write ").map(str::to_owned);
            if let Some(figure) = amount(&text, 9, u64::MAX).err().and_then(written) {
                prop_assert!(is_plain(&figure), "{}", figure);
            }
            let general = "a whole number from 1";
            if let Some(figure) = positive(&text).err().and_then(written).filter(|help| help != general) {
                prop_assert!(positive(&figure).is_ok(), "{}", figure);
            }
        }
    }
}
