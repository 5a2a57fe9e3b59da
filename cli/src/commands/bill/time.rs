//! The times of rows: the day of each, and the periods that bills are for.

use std::str;

use clap::ValueEnum;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;

use super::columns::excerpt;

/// The first second of the year 2000. Numbers from it on are seconds up to the year 9999, or else milliseconds: no number
/// can be both.
const FIRST_SECOND: i64 = 946_684_800;

/// Reads the times of rows.
pub(super) struct Clock {
    pub(super) format: Option<TimeFormat>,
    pub(super) zone: TimeZone,
}

/// The form of all times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TimeFormat {
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// As for `strptime`.
    Pattern(String),
}

impl TimeFormat {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "seconds" => Ok(Self::Seconds),
            "milliseconds" => Ok(Self::Milliseconds),
            _ if text.contains('%') => Ok(Self::Pattern(text.to_owned())),
            _ => Err("the forms are seconds, milliseconds, and patterns such as '%d.%m.%Y %H:%M'".to_owned()),
        }
    }
}

impl Clock {
    /// Returns the day of a time: as it is written, if it has no offset, or else the day in the time zone.
    #[inline]
    pub(super) fn day(&self, cell: &[u8]) -> Option<Date> {
        let cell = cell.trim_ascii();
        match &self.format {
            None if is_number(cell) => self.day_of(seconds_of_either(cell)?),
            None => self.day_of_text(cell),
            Some(TimeFormat::Seconds) => self.day_of(seconds(cell)?),
            Some(TimeFormat::Milliseconds) => self.day_of(seconds(cell)?.div_euclid(1000)),
            Some(TimeFormat::Pattern(pattern)) => self.day_of_pattern(pattern, cell),
        }
    }

    /// Returns the day of a number of seconds since 1970.
    fn day_of(&self, seconds: i64) -> Option<Date> {
        Some(self.day_of_timestamp(Timestamp::from_second(seconds).ok()?))
    }

    #[inline]
    fn day_of_timestamp(&self, timestamp: Timestamp) -> Date {
        self.zone.to_datetime(timestamp).date()
    }

    /// Reads RFC 3339, and the forms of databases that differ from it in the separator and the offset.
    #[inline]
    fn day_of_text(&self, text: &[u8]) -> Option<Date> {
        let (text, is_utc) = text.strip_suffix(b" UTC").map_or((text, false), |text| (text, true));
        let pieces = Pieces::parse(text).ok()?;
        match (pieces.to_numeric_offset(), pieces.time()) {
            (Some(offset), Some(time)) if !is_utc => {
                Some(self.day_of_timestamp(offset.to_timestamp(pieces.date().to_datetime(time)).ok()?))
            }
            (None, Some(time)) if is_utc => {
                Some(self.day_of_timestamp(TimeZone::UTC.to_timestamp(pieces.date().to_datetime(time)).ok()?))
            }
            (None, _) if !is_utc && pieces.time_zone_annotation().is_none() => Some(pieces.date()),
            _ => None,
        }
    }

    #[cold]
    fn day_of_pattern(&self, pattern: &str, text: &[u8]) -> Option<Date> {
        let time = BrokenDownTime::parse(pattern, text).ok()?;
        match time.to_timestamp().or_else(|_| time.to_zoned().map(|time| time.timestamp())) {
            Ok(timestamp) => Some(self.day_of_timestamp(timestamp)),
            Err(_) if time.offset().is_none() && time.iana_time_zone().is_none() => time.to_date().ok(),
            Err(_) => None,
        }
    }

    /// Says what is wrong with a time that has no day.
    pub(super) fn flaw(&self, name: &str, cell: Option<&[u8]>) -> String {
        let Some(cell) = cell else { return format!("the row has no `{name}`") };
        let cell = excerpt(cell.trim_ascii());
        let wanted = match &self.format {
            _ if cell.is_empty() => return format!("`{name}` is empty"),
            None if is_number(cell.as_bytes()) => {
                "as seconds and as milliseconds since 1970 it is before the year 2000 or after 9999; --time-format says what it \
                 is"
                .to_owned()
            }
            None => "it must be a time such as 2023-07-01T12:00:00Z, a date, or seconds or milliseconds since 1970; \
                     --time-format reads other forms, such as '%d.%m.%Y %H:%M'"
                .to_owned(),
            Some(TimeFormat::Seconds) => "it must be seconds since 1970".to_owned(),
            Some(TimeFormat::Milliseconds) => "it must be milliseconds since 1970".to_owned(),
            Some(TimeFormat::Pattern(pattern)) => format!("it must have the form `{pattern}`, with a day"),
        };
        format!("`{name}` is `{cell}`: {wanted}")
    }
}

/// Returns whether a text can only be a number of seconds or milliseconds.
#[inline]
fn is_number(text: &[u8]) -> bool {
    let is_point = |byte: &&u8| **byte == b'.';
    text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') && text.iter().filter(is_point).count() < 2
}

/// Parses a number, and rounds it down.
fn seconds(text: &[u8]) -> Option<i64> {
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

/// Parses seconds or milliseconds, whichever is possible, and returns seconds.
fn seconds_of_either(text: &[u8]) -> Option<i64> {
    let number = seconds(text).filter(|number| *number >= FIRST_SECOND)?;
    if number <= Timestamp::MAX.as_second() {
        return Some(number);
    }
    Some(number / 1000).filter(|seconds| (FIRST_SECOND..=Timestamp::MAX.as_second()).contains(seconds))
}

/// The periods that a bill is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Period {
    Day,
    /// From Monday to Sunday, by the year that has its Thursday, as in ISO 8601: 2023-W26
    Week,
    Month,
    Year,
}

impl Period {
    /// Returns what the column of the periods is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Returns the period of a day.
    pub(super) fn of(self, day: Date) -> String {
        match self {
            Self::Day => day.to_string(),
            Self::Week => {
                let week = day.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{:04}-{:02}", day.year(), day.month()),
            Self::Year => format!("{:04}", day.year()),
        }
    }
}

/// The text of the last period: most rows have the same one as the row before.
#[derive(Default)]
pub(super) struct PeriodText {
    last: Option<Date>,
    text: String,
}

impl PeriodText {
    /// Returns the period of a row, if it has a day.
    #[inline]
    pub(super) fn of(&mut self, period: Period, day: Option<Date>) -> Option<&[u8]> {
        let day = day?;
        if self.last != Some(day) {
            *self = Self { last: Some(day), text: period.of(day) };
        }
        Some(self.text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(format: Option<&str>, zone: &str, cell: &str) -> Option<String> {
        let format = format.map(|format| TimeFormat::parse(format).unwrap());
        let clock = Clock { format, zone: TimeZone::get(zone).unwrap() };
        clock.day(cell.as_bytes()).map(|day| day.to_string())
    }

    #[track_caller]
    fn is_day(format: Option<&str>, zone: &str, cell: &str, wanted: &str) {
        let wanted = (!wanted.is_empty()).then(|| wanted.to_owned());
        assert_eq!(day(format, zone, cell), wanted, "{format:?} {zone} {cell}");
    }

    #[test]
    fn a_time_with_an_offset_is_of_the_day_in_the_zone() {
        for (cell, utc, new_york) in [
            ("2023-07-01T00:00:00Z", "2023-07-01", "2023-06-30"),
            ("2023-07-01t03:59:59.999z", "2023-07-01", "2023-06-30"),
            ("2023-07-01T04:00:00+00:00", "2023-07-01", "2023-07-01"),
            ("2023-07-01 01:00:00.123456+02:00", "2023-06-30", "2023-06-30"),
            ("2023-06-30T23:00:00-05:30", "2023-07-01", "2023-07-01"),
            ("2023-07-01 02:00:00+00", "2023-07-01", "2023-06-30"),
            ("2023-07-01 02:00:00 UTC", "2023-07-01", "2023-06-30"),
            ("2023-07-01T02:00+02:00[Europe/Berlin]", "2023-07-01", "2023-06-30"),
            (" 2023-07-01T00:00:00Z ", "2023-07-01", "2023-06-30"),
            ("1688184000", "2023-07-01", "2023-07-01"),
            ("1688183999.9", "2023-07-01", "2023-06-30"),
            ("1688183999999", "2023-07-01", "2023-06-30"),
        ] {
            is_day(None, "UTC", cell, utc);
            is_day(None, "America/New_York", cell, new_york);
        }
    }

    #[test]
    fn a_time_without_an_offset_is_of_the_day_that_it_names() {
        for zone in ["UTC", "Pacific/Kiritimati", "America/New_York"] {
            for cell in ["2023-07-01", "2023-07-01T00:00:00", "2023-07-01 23:59:59.999999", "2023-07-01T12:00"] {
                is_day(None, zone, cell, "2023-07-01");
            }
        }
    }

    #[test]
    fn a_leap_second_is_of_the_day_that_it_ends() {
        is_day(None, "UTC", "2016-12-31T23:59:60Z", "2016-12-31");
        is_day(None, "UTC", "2016-12-31T23:59:60", "2016-12-31");
        is_day(None, "UTC", "2016-12-31T23:59:61Z", "");
    }

    /// In Beirut, the clock went from 2022-03-26 24:00 to 01:00. In St. John's, it went from 2010-11-07 00:01 to 23:01 of the
    /// day before. Samoa had no 2011-12-30.
    #[test]
    fn in_gaps_and_folds_of_a_zone_the_day_is_that_of_the_clock() {
        for (zone, cell, wanted) in [
            ("Asia/Beirut", "2022-03-26T21:59:59Z", "2022-03-26"),
            ("Asia/Beirut", "2022-03-26T22:00:00Z", "2022-03-27"),
            ("Asia/Beirut", "2022-03-27T00:30:00", "2022-03-27"),
            ("America/St_Johns", "2010-11-07T02:30:59Z", "2010-11-07"),
            ("America/St_Johns", "2010-11-07T02:31:00Z", "2010-11-06"),
            ("America/St_Johns", "2010-11-07T03:30:00Z", "2010-11-07"),
            ("America/St_Johns", "2010-11-06T23:30:00", "2010-11-06"),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
            ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30"),
        ] {
            is_day(None, zone, cell, wanted);
        }
    }

    #[test]
    fn a_number_is_seconds_or_milliseconds_if_only_one_is_possible() {
        for (cell, wanted) in [
            ("946684800", "2000-01-01"),
            ("946684799", ""),
            ("253402207200", "9999-12-30"),
            ("946684800000", "2000-01-01"),
            ("946684799999", ""),
            ("1688169600000000", ""),
            ("20230701", ""),
            ("0", ""),
            ("-1", ""),
            (".5", ""),
            ("1688169600.", ""),
            ("1688169600e0", ""),
            ("1,688,169,600", ""),
            ("99999999999999999999", ""),
        ] {
            is_day(None, "UTC", cell, wanted);
        }
    }

    #[test]
    fn a_given_form_is_the_only_one() {
        for (format, cell, wanted) in [
            ("seconds", "0", "1970-01-01"),
            ("seconds", "-0.5", "1969-12-31"),
            ("seconds", "1688169600000", ""),
            ("seconds", "2023-07-01", ""),
            ("milliseconds", "1688169600", "1970-01-20"),
            ("milliseconds", "-1", "1969-12-31"),
            ("milliseconds", "2023-07-01", ""),
            ("%d.%m.%Y %H:%M", "01.07.2023 12:00", "2023-07-01"),
            ("%d.%m.%Y %H:%M", "01.07.2023", ""),
            ("%m/%d/%Y", "07/01/2023", "2023-07-01"),
            ("%Y-%m-%d %H:%M:%S %z", "2023-06-30 23:00:00 -0500", "2023-07-01"),
            ("%s", "1688169600", "2023-07-01"),
            ("%H:%M", "12:00", ""),
        ] {
            is_day(Some(format), "UTC", cell, wanted);
        }
        is_day(Some("%s"), "America/New_York", "1688169600", "2023-06-30");
        assert!(TimeFormat::parse("iso").is_err());
    }

    #[test]
    fn what_is_no_time_has_no_day() {
        for cell in [
            "",
            "yesterday",
            "2023-02-29",
            "2023-07-01T24:00:00Z",
            "2023-07-01T12:00:00+25:00x",
            "2023-07-01Z",
            "2023-07-01T12:00[Europe/Berlin]",
            "2023-07-01T12:00:00Z UTC",
            "2023-07-01T12:00:00+02:00 UTC",
            "07/01/2023",
            "2023-07",
            "12:00",
        ] {
            is_day(None, "UTC", cell, "");
        }
        assert_eq!(Clock { format: None, zone: TimeZone::UTC }.day(b"2023-07-01\xff"), None);
    }

    #[test]
    fn a_week_is_of_the_year_that_has_its_thursday() {
        for (day, week) in [
            ("2023-01-01", "2022-W52"),
            ("2023-01-02", "2023-W01"),
            ("2020-12-31", "2020-W53"),
            ("2021-01-03", "2020-W53"),
            ("2024-12-30", "2025-W01"),
        ] {
            assert_eq!(Period::Week.of(day.parse().unwrap()), week);
        }
        let day = "2023-07-01".parse().unwrap();
        assert_eq!(
            [Period::Day, Period::Month, Period::Year].map(|period| period.of(day)),
            ["2023-07-01", "2023-07", "2023"]
        );
    }
}
