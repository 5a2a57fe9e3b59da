//! The times of rows: the day of each, and the periods that bills are for.

use clap::ValueEnum;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;

use super::columns::excerpt;
use super::time_format::{TimeFormat, Unit, is_short};
use crate::shell::option;

/// The first year with four digits. A pattern with `%Y` reads `23` as the year 23.
const FIRST_YEAR: i16 = 1000;

/// Reads the times of rows.
pub(super) struct Clock {
    format: Option<TimeFormat>,
    zone: TimeZone,
    is_utc: bool,
}

impl Clock {
    pub(super) fn new(format: Option<TimeFormat>, zone: TimeZone) -> Self {
        Self { is_utc: zone == TimeZone::UTC, format, zone }
    }

    /// Returns the day of a time: as it is written, if it has no offset, or else the day in the time zone.
    #[inline]
    pub(super) fn day(&self, cell: &[u8]) -> Option<Date> {
        let cell = cell.trim_ascii();
        match &self.format {
            None if is_number(cell) => self.day_of(Unit::of(cell, [Unit::Seconds, Unit::Milliseconds])?.1),
            None => self.day_of_plain(cell).or_else(|| self.day_of_text(cell)),
            Some(TimeFormat::Number(unit)) => self.day_of(unit.seconds(cell)?),
            Some(TimeFormat::Pattern(pattern)) => pattern.day(cell, &self.zone).filter(|day| day.year() >= FIRST_YEAR),
        }
    }

    /// Reads what most logs have, such as `2023-07-01T12:00:00Z`, if the day is the one that is written. This takes a tenth of
    /// the time of the parser for all forms, which takes as long as the rest of a row.
    #[inline]
    fn day_of_plain(&self, text: &[u8]) -> Option<Date> {
        let (date, rest) = text.split_first_chunk()?;
        let (time, end) = rest.split_first_chunk()?;
        let [y1, y2, y3, y4, b'-', month1, month2, b'-', day1, day2] = *date else { return None };
        let [b'T' | b' ', hour1, hour2, b':', minute1, minute2, b':', second1, second2] = *time else { return None };
        let number = |tens: u8, ones: u8| {
            let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
            is_number.then(|| 10 * (tens - b'0') + (ones - b'0'))
        };
        let is_time = number(hour1, hour2)? < 24 && number(minute1, minute2)? < 60 && number(second1, second2)? < 60;
        let is_written = end.is_empty() || end == b"Z" && self.is_utc;
        let year = 100 * i16::from(number(y1, y2)?) + i16::from(number(y3, y4)?);
        let [month, day] = [number(month1, month2)?, number(day1, day2)?].map(i8::try_from);
        Date::new(year, month.ok()?, day.ok()?).ok().filter(|_| is_time && is_written)
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
        let utc = [&b" UTC"[..], b" GMT"].into_iter().find_map(|utc| text.strip_suffix(utc));
        match (Pieces::parse(utc.unwrap_or(text)), utc) {
            (Ok(pieces), utc) => self.day_of_pieces(&pieces, utc.is_some()),
            (Err(_), None) => self.day_of_spaced(text),
            (Err(_), Some(_)) => None,
        }
    }

    /// Reads a time with a space before its offset, as in `2023-07-01 12:00:00 +02:00`.
    #[cold]
    fn day_of_spaced(&self, text: &[u8]) -> Option<Date> {
        let space = text.iter().rposition(|byte| *byte == b' ')?;
        let (time, offset) = (&text[..space], &text[space + 1..]);
        let is_offset = matches!(offset.first(), Some(b'+' | b'-')) && time.last().is_some_and(u8::is_ascii_digit);
        let text = is_offset.then(|| [time, offset].concat())?;
        let pieces = Pieces::parse(&text).ok().filter(|pieces| pieces.to_numeric_offset().is_some())?;
        self.day_of_pieces(&pieces, false)
    }

    #[inline]
    fn day_of_pieces(&self, pieces: &Pieces, is_utc: bool) -> Option<Date> {
        match (pieces.to_numeric_offset(), pieces.time()) {
            (Some(offset), Some(time)) if !is_utc && is_short(offset) => {
                Some(self.day_of_timestamp(offset.to_timestamp(pieces.date().to_datetime(time)).ok()?))
            }
            (None, _) if pieces.time_zone_annotation().is_some() => None,
            (None, Some(time)) if is_utc => {
                Some(self.day_of_timestamp(TimeZone::UTC.to_timestamp(pieces.date().to_datetime(time)).ok()?))
            }
            (None, _) if !is_utc => Some(pieces.date()),
            _ => None,
        }
    }

    /// Says what is wrong with a time that has no day.
    pub(super) fn flaw(&self, name: &str, cell: Option<&[u8]>) -> String {
        let Some(cell) = cell.map(<[u8]>::trim_ascii) else { return format!("the row has no `{name}`") };
        let wanted = match &self.format {
            _ if cell.is_empty() => return format!("`{name}` is empty"),
            None if is_number(cell) => number_flaw(cell),
            None => "it must be a time such as 2023-07-01T12:00:00Z, a date, or seconds or milliseconds since 1970; \
                     --time-format reads other forms, such as '%d.%m.%Y %H:%M'"
                .to_owned(),
            Some(TimeFormat::Number(unit)) => format!("it must be {} since 1970", unit.name()),
            Some(TimeFormat::Pattern(pattern)) => match pattern.day(cell, &self.zone) {
                Some(day) => format!("its year is {}: %Y is a year of four digits, and %y one of two", day.year()),
                None => format!("it must have the form `{}`, with a day", pattern.text()),
            },
        };
        format!("`{name}` is `{}`: {wanted}", excerpt(cell))
    }
}

/// Says that a number is no time, and writes the option that reads it, if it looks like another form.
fn number_flaw(cell: &[u8]) -> String {
    let is_of_pattern = |pattern: &&str| {
        let day = BrokenDownTime::parse(pattern, cell).and_then(|time| time.to_date());
        day.is_ok_and(|day| (1900..2100).contains(&day.year()))
    };
    let pattern = || ["%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S"].into_iter().find(is_of_pattern);
    let unit = Unit::of(cell, [Unit::Microseconds, Unit::Nanoseconds]);
    let form = unit.map(|(unit, _)| unit.name()).or_else(pattern);
    let help = match form {
        Some(form) => format!("if it is what it looks like, add {}", option("--time-format", form)),
        None => "--time-format says what it is, such as seconds, which then can be of any year".to_owned(),
    };
    format!("as seconds and as milliseconds since 1970 it is not in the years 2000 to 2099; {help}")
}

/// Returns whether a text can only be a number of seconds or milliseconds.
#[inline]
fn is_number(text: &[u8]) -> bool {
    let is_point = |byte: &&u8| **byte == b'.';
    text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') && text.iter().filter(is_point).count() < 2
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
        let clock = Clock::new(format, TimeZone::get(zone).unwrap());
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
            ("2023-07-01T02:00:00 GMT", "2023-07-01", "2023-06-30"),
            ("2023-07-01 01:30:00 +02:00", "2023-06-30", "2023-06-30"),
            ("2023-07-01 02:00:00 +0000", "2023-07-01", "2023-06-30"),
            ("2023-06-30 23:00:00.5 -05", "2023-07-01", "2023-07-01"),
            ("2023-07-01T00:00:00-23:59", "2023-07-01", "2023-07-01"),
            ("20230701T020000Z", "2023-07-01", "2023-06-30"),
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
            ("4102444799", "2099-12-31"),
            ("4102444800", ""),
            ("4102444799999", "2099-12-31"),
            ("4102444800000", ""),
            ("20230615000000", ""),
            ("202306150000", ""),
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
            ("%d.%m.%Y", "01.07.23", ""),
            ("%d.%m.%y", "01.07.23", "2023-07-01"),
            ("%Y-%m-%d %H:%M:%S %z", "2023-06-30 23:00:00 -2400", ""),
            ("%s", "1688169600", "2023-07-01"),
            ("microseconds", "1688169599999999", "2023-06-30"),
            ("nanoseconds", "1688169600000000000", "2023-07-01"),
        ] {
            is_day(Some(format), "UTC", cell, wanted);
        }
        is_day(Some("%s"), "America/New_York", "1688169600", "2023-06-30");
    }

    #[test]
    fn a_pattern_with_utc_is_of_utc() {
        for (format, cell) in [
            ("%Y-%m-%dT%H:%M:%SZ", "2023-07-01T02:00:00Z"),
            ("%Y%m%dt%H%M%Sz", "20230701t020000z"),
            ("%d.%m.%Y %H:%M UTC", "01.07.2023 02:00 UTC"),
            ("%a, %d %b %Y %T GMT", "Sat, 01 Jul 2023 02:00:00 GMT"),
            ("%a %b %e %H:%M:%S UTC %Y", "Sat Jul  1 02:00:00 UTC 2023"),
            ("%d.%m.%Y %I:%M %p (UTC)", "01.07.2023 02:00 AM (UTC)"),
        ] {
            is_day(Some(format), "UTC", cell, "2023-07-01");
            is_day(Some(format), "America/New_York", cell, "2023-06-30");
        }
        is_day(Some("%d.%m.%Y %H:%M NZ"), "America/New_York", "01.07.2023 02:00 NZ", "2023-07-01");
        is_day(Some("%Y-%m-%d %H:%M UTC%z"), "UTC", "2023-07-01 01:30 UTC+0200", "2023-06-30");
    }

    #[test]
    fn what_is_no_time_has_no_day() {
        for cell in [
            "",
            "yesterday",
            "2023-02-29",
            "2023-07-01T24:00:00Z",
            "2023-07-01T12:00:00+25:00x",
            "2023-07-01T12:00:00+25:00",
            "2023-07-01T12:00:00-24:00",
            "2023-07-01 12:00:00 +24:00",
            "2023-07-01 +02:00",
            "2023-07-01 -05:00",
            "2023-07 -01",
            "2023-07-01 12:00 -",
            "2023-07-01 12:00:00 +02:00 UTC",
            "2023-07-01T12:00[Europe/Berlin] UTC",
            "2023-07-01 GMT",
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
        assert_eq!(Clock::new(None, TimeZone::UTC).day(b"2023-07-01\xff"), None);
    }

    #[test]
    fn plain_times_have_the_days_that_the_parser_finds() {
        let utc = Clock::new(None, TimeZone::UTC);
        let berlin = Clock::new(None, TimeZone::get("Europe/Berlin").unwrap());
        let days = [
            "2023-02-28",
            "2023-02-29",
            "2024-02-29",
            "2023-00-10",
            "2023-13-01",
            "2023-12-31",
            "0000-01-01",
            "202a-01-01",
        ];
        let times =
            ["T00:00:00", " 23:59:59", "T24:00:00", "T23:60:00", "T23:59:60", "T23:59:61", "t12:00:00", "T12:0x:00"];
        let mut plain = 0;
        for day in days {
            for time in times {
                for end in ["", "Z", "z", ".5Z", "+00:00", "Z ", "00"] {
                    let text = [day, time, end].concat();
                    for clock in [&utc, &berlin] {
                        let found = clock.day_of_plain(text.as_bytes());
                        plain += u32::from(found.is_some());
                        assert!(found.is_none() || found == clock.day_of_text(text.as_bytes()), "{text}");
                    }
                }
            }
        }
        // Four days, two times and two ends in UTC, and one end in Berlin.
        assert_eq!(plain, 24);
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
