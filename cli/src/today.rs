//! The current day.

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns tomorrow in UTC, as `YYYY-MM-DD`: nowhere on Earth is it a later day. Returns `None` if the clock is before 1970.
pub(crate) fn tomorrow() -> Option<String> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(day(seconds / (24 * 60 * 60) + 1))
}

/// Returns the day that is `since_1970` days after 1970-01-01. It counts years from March, so that a leap day is the last of its year.
fn day(since_1970: u64) -> String {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    // From 0000-03-01.
    let days = since_1970 + 719_468;
    let (cycle, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    format!("{:04}-{month:02}-{day:02}", 400 * cycle + year)
}

#[cfg(test)]
mod tests {
    use dreamstudio_pricing_codegen::Source;

    use super::*;

    #[test]
    fn days_follow_each_other_in_the_calendar() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(19_530), "2023-06-22");
        assert_eq!([day(11_015), day(11_016), day(11_017)], ["2000-02-28", "2000-02-29", "2000-03-01"]);
        let days: Vec<String> = (0..200_000).map(day).collect();
        assert!(days.iter().all(|day| Source::is_day(day)));
        assert!(days.is_sorted_by(|a, b| a < b));
        assert_eq!(days[200_000 - 1], "2517-07-31");
    }
}
