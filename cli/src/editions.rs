//! The editions that a subcommand answers from: the tables that are built in, a folder, or several folders, each in force from a
//! day on.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use crate::book::Book;
use crate::outcome::{Exit, Outcome};
use crate::shell::option;

/// The argument of each subcommand that can answer from several editions.
#[derive(Args, Default)]
pub(crate) struct EditionArguments {
    /// A folder of tables, or a folder at a git revision, such as v0.1.0:tables; with a day, such as
    /// 2023-06-22=v0.1.0:tables, the edition that is in force from that day on, and then there can be several [default: the
    /// tables that are built in]
    #[arg(long, value_name = "[DAY=][REV:]DIR")]
    tables: Vec<PathBuf>,
}

/// The arguments of each subcommand that answers from one edition.
#[derive(Args, Default)]
pub(crate) struct BookArguments {
    #[command(flatten)]
    editions: EditionArguments,
    /// Answer from the edition that is in force on this day, such as 2023-07-01
    #[arg(long, value_name = "DAY", value_parser = day)]
    at: Option<Date>,
}

/// An edition, and the first day on which it is in force, if it is not for all days.
#[derive(Clone, Copy)]
pub(crate) struct Edition {
    pub(crate) from: Option<Date>,
    pub(crate) book: &'static Book,
}

/// Its name, and the first day on which it is in force.
impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "edition {}", self.book.edition)?;
        self.from.map_or(Ok(()), |from| write!(f, " from {from} on"))
    }
}

impl Edition {
    /// Returns the line that ends a text which the day decides.
    pub(crate) fn line(self) -> Option<String> {
        self.from.map(|_| format!("{self}\n"))
    }
}

/// One edition for all days, or some in ascending order of their days.
pub(crate) struct Editions(Vec<Edition>);

impl Editions {
    pub(crate) fn all(&self) -> &[Edition] {
        &self.0
    }

    /// Returns whether the day decides which edition is in force.
    pub(crate) fn are_dated(&self) -> bool {
        self.0.iter().any(|edition| edition.from.is_some())
    }

    /// Returns the position of the edition that is in force on a day.
    #[inline]
    pub(crate) fn on(&self, day: Date) -> Option<usize> {
        self.0.partition_point(|edition| edition.from.is_none_or(|from| from <= day)).checked_sub(1)
    }
}

impl EditionArguments {
    /// Reads the editions.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the arguments, why a folder cannot be read, or its mistakes.
    pub(crate) fn editions(&self) -> Result<Editions, Outcome> {
        let error = |message: String| Outcome::error(message, Exit::Error);
        let dated = self.tables.iter().map(|tables| dated(tables)).collect::<Result<Vec<_>, _>>();
        let mut folders = dated.map_err(error)?;
        folders.sort_by_key(|(from, _)| *from);
        for pair in folders.windows(2) {
            let [(first_from, first), (from, second)] = pair else { continue };
            match from {
                _ if first_from.is_none() => return Err(error(without_day(first))),
                Some(from) if *first_from == Some(*from) => {
                    let [first, second] = [first, second].map(|folder| folder.display());
                    return Err(error(format!("--tables has two editions from {from} on: `{first}` and `{second}`")));
                }
                _ => {}
            }
        }
        let read = |(from, folder)| Ok(Edition { from, book: Book::read(folder)? });
        let mut editions: Vec<Edition> = folders.into_iter().map(read).collect::<Result<_, _>>()?;
        if editions.is_empty() {
            editions.push(Edition { from: None, book: Book::built_in() });
        }
        Ok(Editions(editions))
    }

    /// Says that there is only one edition, for all days.
    fn no_day(&self) -> String {
        let folder = self.tables.first().map_or(Cow::Borrowed("DIR"), |folder| folder.to_string_lossy());
        let option = option("--tables", &format!("DAY={folder}"));
        format!("--at chooses between editions by their first days: write {option}")
    }
}

impl BookArguments {
    /// Reads the edition.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the arguments, why a folder cannot be read or its mistakes, or that no edition is in force.
    pub(crate) fn edition(&self) -> Result<Edition, Outcome> {
        let editions = self.editions.editions()?;
        let all = editions.all();
        match (self.at, all) {
            (None, [edition @ Edition { from: None, .. }]) => Ok(*edition),
            (None, _) => Err(Outcome::error("which edition is in force depends on the day: add --at DAY", Exit::Error)),
            (Some(_), _) if !editions.are_dated() => Err(Outcome::error(self.editions.no_day(), Exit::Error)),
            (Some(day), _) => match editions.on(day).and_then(|at| all.get(at)) {
                Some(edition) => Ok(*edition),
                None => Err(Outcome::error(before_the_first(all, day), Exit::No)),
            },
        }
    }
}

/// Says that a day is before the first edition.
pub(crate) fn before_the_first(editions: &[Edition], day: Date) -> String {
    let first = editions.iter().find_map(|edition| edition.from).unwrap_or(day);
    format!("no edition is in force on {day}: the first one is from {first} on")
}

/// Splits an argument into a day, if it has one, and a folder. A path that exists is a folder, whatever its name.
fn dated(tables: &Path) -> Result<(Option<Date>, &Path), String> {
    let parts = tables.to_str().and_then(|text| text.split_once('='));
    let Some((from, folder)) = parts.filter(|_| !tables.exists()) else { return Ok((None, tables)) };
    let from = day(from).map_err(|error| format!("--tables {}: {error}", tables.display()))?;
    if folder.is_empty() {
        return Err(format!("--tables {from}= has no folder: write it behind the character ="));
    }
    Ok((Some(from), Path::new(folder)))
}

/// Parses a day of the calendar.
fn day(text: &str) -> Result<Date, String> {
    // The parser also takes other forms, such as 20230701.
    let has_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !has_form {
        return Err(format!("`{text}` is not written as a day: year, month and day, as in 2023-07-01"));
    }
    text.parse().map_err(|_| format!("the calendar has no day {text}"))
}

fn without_day(folder: &Path) -> String {
    let option = option("--tables", &format!("DAY={}", folder.display()));
    format!("each of several editions needs the first day on which it is in force: write {option}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_of_the_calendar_and_has_one_form() {
        for text in ["2023-06-22", "2024-02-29", "1970-01-01"] {
            assert_eq!(day(text).unwrap().to_string(), text);
        }
        for text in
            ["2023-02-29", "2023-6-22", "20230622", "22.06.2023", "2023-06-22T00:00", "2023-13-01", "", "+02023-06-22"]
        {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_folder_can_have_a_day() {
        let from = |day: &str| Some(day.parse::<Date>().unwrap());
        assert_eq!(dated(Path::new("tables")), Ok((None, Path::new("tables"))));
        assert_eq!(dated(Path::new("2023-06-22=v1:a=b")), Ok((from("2023-06-22"), Path::new("v1:a=b"))));
        for text in ["2023-06-31=tables", "June=tables", "=tables", "2023-06-22="] {
            assert!(dated(Path::new(text)).is_err(), "{text}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a=b");
        std::fs::create_dir(&path).unwrap();
        assert_eq!(dated(&path), Ok((None, &*path)));
    }

    #[test]
    fn an_edition_is_in_force_until_the_next_one_begins() {
        let edition =
            |from: Option<&str>| Edition { from: from.map(|from| from.parse().unwrap()), book: Book::built_in() };
        let editions = Editions(["2023-06-22", "2023-07-01"].map(|from| edition(Some(from))).to_vec());
        let on = |day: &str| editions.on(day.parse().unwrap());
        for (day, wanted) in [
            ("2023-06-21", None),
            ("2023-06-22", Some(0)),
            ("2023-06-30", Some(0)),
            ("2023-07-01", Some(1)),
            ("9999-12-31", Some(1)),
        ] {
            assert_eq!(on(day), wanted, "{day}");
        }
        assert_eq!(Editions(vec![edition(None)]).on("0001-01-01".parse().unwrap()), Some(0));
    }
}
