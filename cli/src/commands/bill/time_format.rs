//! The forms of times that an option names: numbers since 1970, and patterns.

use std::ops::Range;
use std::str;

use jiff::civil::{Date, date};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// The seconds of the years 2000 to 2099. A number of seconds in these years is no number of milliseconds in them.
const YEARS: Range<i64> = 946_684_800..4_102_444_800;

/// The seconds of a day: an offset of RFC 3339 is shorter.
const DAY: i32 = 24 * 60 * 60;

/// The form of all times.
#[derive(Clone, Debug)]
pub(super) enum TimeFormat {
    Number(Unit),
    Pattern(Pattern),
}

/// What a number since 1970 counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// A pattern as of `strptime`.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: String,
    /// Whether the pattern has the name of UTC.
    is_utc: bool,
}

impl TimeFormat {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match Unit::ALL.into_iter().find(|unit| unit.name() == text) {
            Some(unit) => Ok(Self::Number(unit)),
            None if text.contains('%') => Pattern::parse(text).map(Self::Pattern),
            None => {
                let units = Unit::ALL.map(Unit::name).join(", ");
                Err(format!("the forms are {units}, and patterns such as '%d.%m.%Y %H:%M'"))
            }
        }
    }
}

impl Unit {
    const ALL: [Self; 4] = [Self::Seconds, Self::Milliseconds, Self::Microseconds, Self::Nanoseconds];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
        }
    }

    fn per_second(self) -> i64 {
        match self {
            Self::Seconds => 1,
            Self::Milliseconds => 1_000,
            Self::Microseconds => 1_000_000,
            Self::Nanoseconds => 1_000_000_000,
        }
    }

    /// Parses a number of these, and returns seconds, rounded down.
    pub(super) fn seconds(self, text: &[u8]) -> Option<i64> {
        Some(whole(text)?.div_euclid(self.per_second()))
    }

    /// Returns the first of some units in which a number is in the years 2000 to 2099, and the seconds.
    #[inline]
    pub(super) fn of(text: &[u8], units: [Self; 2]) -> Option<(Self, i64)> {
        let number = whole(text)?;
        let seconds = units.into_iter().map(|unit| (unit, number.div_euclid(unit.per_second())));
        seconds.into_iter().find(|(_, seconds)| YEARS.contains(seconds))
    }
}

impl Pattern {
    /// Checks that a time in this pattern can be read, because otherwise each row would be malformed.
    fn parse(text: &str) -> Result<Self, String> {
        if has_offset_as_text(text) {
            return Err(format!("`{text}` has an offset as text, which would be ignored: write %z or %:z for it"));
        }
        let pattern = Self { text: text.to_owned(), is_utc: names_utc(text) };
        let sample = date(2023, 12, 22).at(22, 22, 22, 123_456_789).to_zoned(TimeZone::UTC);
        let written = sample.and_then(|sample: Zoned| strtime::format(text, &sample));
        let time = written.and_then(|written| BrokenDownTime::parse(text, written));
        let time = time.map_err(|error| format!("times cannot be read with `{text}`: {error}"))?;
        match pattern.day_of(&time, &TimeZone::UTC) {
            Some(_) => Ok(pattern),
            None if pattern.is_utc => Err(format!("`{text}` has UTC, and not both a day and a time of day")),
            None => Err(format!("`{text}` has no day")),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the day of a time in this pattern.
    #[cold]
    pub(super) fn day(&self, text: &[u8], zone: &TimeZone) -> Option<Date> {
        self.day_of(&BrokenDownTime::parse(&self.text, text).ok()?, zone)
    }

    fn day_of(&self, time: &BrokenDownTime, zone: &TimeZone) -> Option<Date> {
        let day = |timestamp: Timestamp| zone.to_datetime(timestamp).date();
        if time.offset().is_some_and(|offset| !is_short(offset)) {
            return None;
        }
        match time.to_timestamp().or_else(|_| time.to_zoned().map(|time| time.timestamp())) {
            Ok(timestamp) => Some(day(timestamp)),
            Err(_) if time.offset().is_some() || time.iana_time_zone().is_some() => None,
            Err(_) if self.is_utc => {
                time.hour()?;
                TimeZone::UTC.to_timestamp(time.to_datetime().ok()?).ok().map(day)
            }
            Err(_) => time.to_date().ok(),
        }
    }
}

/// Returns whether a pattern has UTC, GMT or Z as a word, outside of its directives.
fn names_utc(pattern: &str) -> bool {
    let mut words = vec![String::new()];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c == '%' {
            // Flags, a width and colons come before the letter of a directive.
            chars.by_ref().find(|c| c.is_ascii_alphabetic() || *c == '%');
        }
        match words.last_mut() {
            Some(word) if c.is_alphanumeric() => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words.iter().any(|word| matches!(&*word.to_ascii_uppercase(), "UTC" | "GMT" | "Z"))
}

/// Returns whether a pattern has an offset behind the name of UTC, such as `UTC+2`.
fn has_offset_as_text(pattern: &str) -> bool {
    let ends = pattern.to_ascii_uppercase();
    let mut ends =
        ["UTC", "GMT"].into_iter().flat_map(|name| ends.match_indices(name).map(|(at, _)| &ends[at + name.len()..]));
    ends.any(|end| end.strip_prefix(['+', '-']).is_some_and(|end| end.starts_with(|c: char| c.is_ascii_digit())))
}

/// Returns whether RFC 3339 has such an offset.
pub(super) fn is_short(offset: Offset) -> bool {
    offset.seconds().abs() < DAY
}

/// Parses a number, and rounds it down.
fn whole(text: &[u8]) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    let (number, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(number.strip_prefix('-').unwrap_or(number)) || !is_digits(fraction) {
        return None;
    }
    let whole: i64 = number.parse().ok()?;
    let is_below = number.starts_with('-') && fraction.bytes().any(|byte| byte != b'0');
    whole.checked_sub(i64::from(is_below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_utc_by_a_word_of_its_own() {
        for pattern in ["%d.%m.%Y UTC", "%SZ", "%.3f z", "%:zZ", "%Y%%gmt", "(UTC) %F"] {
            assert!(names_utc(pattern), "{pattern}");
        }
        for pattern in ["%Z", "%d.%m.%Y NZ", "%-dUTCx", "%:Z", "%F"] {
            assert!(!names_utc(pattern), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_reads_no_day_is_refused() {
        let messages = [
            "iso",
            "%d.%m.%Y %Z",
            "%d.%m.%Y %",
            "%d.%m.%Y %!",
            "%c",
            "%H:%M",
            "%d.%m. %H:%M",
            "%Y-%m-%dZ",
            "%F %T UTC+2",
        ];
        let messages = messages.map(|format| TimeFormat::parse(format).err().unwrap_or_default());
        insta::assert_snapshot!(messages.join("\n"), @"
        the forms are seconds, milliseconds, microseconds, nanoseconds, and patterns such as '%d.%m.%Y %H:%M'
        times cannot be read with `%d.%m.%Y %Z`: strptime parsing failed: parsing time zone abbreviation is not allowed
        times cannot be read with `%d.%m.%Y %`: strftime formatting failed: invalid format string, expected byte after `%`, but found end of format string
        times cannot be read with `%d.%m.%Y %!`: strftime formatting failed: found unrecognized specifier directive `!`
        times cannot be read with `%c`: strptime parsing failed: parsing locale date and time is not allowed
        `%H:%M` has no day
        `%d.%m. %H:%M` has no day
        `%Y-%m-%dZ` has UTC, and not both a day and a time of day
        `%F %T UTC+2` has an offset as text, which would be ignored: write %z or %:z for it
        ");
        for format in [
            "%F",
            "%D",
            "%s",
            "%G-W%V-%u",
            "%Y-%j",
            "%F %T%.f",
            "%F %T.%N%:z",
            "%F %T %Q",
            "%F %l:%M:%S %P",
            "%A, %-d %B %Y",
            "%C%y%m%d",
            "%Y%%%m%n%d",
            "%F %T,%3f",
        ] {
            assert!(TimeFormat::parse(format).is_ok(), "{format}");
        }
    }
}
