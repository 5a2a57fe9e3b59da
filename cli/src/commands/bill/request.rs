//! Reads the cells of a row as logs write them: the numbers of data frames, spaces, both sides in one cell.
//!
//! Most rows have plain numbers, which the workers read themselves, because this takes longer.

use std::fmt::Display;
use std::str::{self, FromStr};

use dreamstudio_pricing::Settings;

use super::columns::{ColumnNames, LogColumn, excerpt};
use super::fast::number;
use super::pricing::{Images, RowNumbers};
use crate::arguments;
use crate::shell::option;

/// What databases and data frames write in an empty cell.
const NULLS: [&str; 7] = ["\\N", "NULL", "None", "NaN", "NA", "N/A", "<NA>"];

/// Why the cells of a row are not those of a request.
pub(super) struct Flaw<'a> {
    column: LogColumn,
    /// `None` if the row does not have it.
    cell: Option<&'a [u8]>,
}

/// Reads the numbers of a row.
///
/// # Errors
///
/// Returns the first cell that is missing or not valid.
pub(super) fn read<'a>(
    cell: impl Fn(LogColumn) -> Option<&'a [u8]>,
    names: &ColumnNames,
) -> Result<RowNumbers, Flaw<'a>> {
    let flaw = |column| Flaw { column, cell: cell(column) };
    let side = |column| cell(column).and_then(side).ok_or(flaw(column));
    let (width, height) = if names.has_size() {
        cell(LogColumn::Size).and_then(size).ok_or(flaw(LogColumn::Size))?
    } else {
        (side(LogColumn::Width)?, side(LogColumn::Height)?)
    };
    let steps = side(LogColumn::Steps)?;
    let images = images(cell(LogColumn::Images)).ok_or(flaw(LogColumn::Images))?;
    Ok(RowNumbers { settings: Settings::size(width, height).steps(steps), images })
}

/// Parses a whole number, and returns whether it is negative, and its absolute value.
///
/// It may have spaces around it, and a fraction of zeros behind a point or a comma, because data frames write a column with an
/// empty cell so. A fraction of three zeros may be thousands, as in `1.000`.
fn whole(cell: &[u8]) -> Option<(bool, u64)> {
    let text = cell.trim_ascii();
    let (is_negative, text) = text.strip_prefix(b"-").map_or((false, text), |text| (true, text));
    let is_zeros = |text: &[u8]| !matches!(text.len(), 0 | 3) && text.iter().all(|byte| *byte == b'0');
    let mut parts = text.splitn(2, |byte| b".,".contains(byte));
    let digits = parts.next()?;
    if !parts.next().is_none_or(is_zeros) {
        return None;
    }
    let number = if digits == b"0" { 0 } else { number(digits)?.get() };
    Some((is_negative && number > 0, number))
}

fn side(cell: &[u8]) -> Option<u32> {
    let (_, number) = whole(cell).filter(|(is_negative, number)| !is_negative && *number > 0)?;
    u32::try_from(number).ok()
}

fn size(cell: &[u8]) -> Option<(u32, u32)> {
    arguments::size(str::from_utf8(cell).ok()?.trim()).ok().filter(|(width, height)| *width > 0 && *height > 0)
}

/// Reads the number of images: one if there is no cell, or an empty one.
fn images(cell: Option<&[u8]>) -> Option<Images> {
    let cell = cell.unwrap_or_default();
    if cell.trim_ascii().is_empty() {
        return Some(Images::Blank);
    }
    let (is_negative, number) = whole(cell)?;
    Some(if is_negative { Images::Refund(number) } else { Images::Given(number) })
}

/// Returns whether a cell has another number of images than the one that an empty cell counts as.
pub(super) fn has_other_number(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    let starts_as_number = cell.first().is_some_and(|byte| *byte == b'-' || byte.is_ascii_digit());
    starts_as_number && whole(cell) != Some((false, 1))
}

impl Flaw<'_> {
    pub(super) fn message(&self, names: &ColumnNames) -> String {
        let name = format!("`{}`", excerpt(names.name(self.column).as_bytes()));
        let Some(cell) = self.cell else { return format!("the row has no {name}") };
        let text = String::from_utf8_lossy(cell);
        let text = text.trim();
        if text.is_empty() {
            return format!("{name} is empty");
        }
        let message = match self.column {
            LogColumn::Size => arguments::size(text).err().map(|message| format!("{name}: {message}")),
            LogColumn::Images => wrong_number(&name, text.strip_prefix('-').unwrap_or(text), u64::MAX),
            _ => wrong_number(&name, text, u32::MAX),
        };
        let message = message.unwrap_or_else(|| format!("{name} must be a whole number"));
        let message = format!("{message}; it is `{}`", excerpt(cell));
        if NULLS.iter().any(|null| text.eq_ignore_ascii_case(null)) {
            return format!(
                "{message}, which {} reads as an empty cell",
                option("--null", &String::from_utf8_lossy(cell))
            );
        }
        message
    }
}

/// Says what is wrong with a number, as the command does about its arguments, and about three forms that only logs have.
fn wrong_number<T: Copy + Display + FromStr>(name: &str, text: &str, max: T) -> Option<String> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() > 1 && text.bytes().all(|byte| byte == b'0') {
        return Some(format!("{name} must not begin with 0"));
    }
    if !is_digits(text) && text.split([',', '\'', '_', ' ', '\u{a0}', '\u{202f}']).all(is_digits) {
        return Some(format!("{name} must have no separators between its digits"));
    }
    if let Some(number) = text.strip_suffix(".000").filter(|number| is_digits(number)) {
        return Some(format!("{name} can mean {number}000 or {number}: write one of these"));
    }
    arguments::number(name, text, max).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_may_have_a_fraction_of_zeros_and_spaces_around() {
        for (cell, wanted) in [
            ("512", (false, 512)),
            ("512.0", (false, 512)),
            (" 512.00\t", (false, 512)),
            ("512.0000", (false, 512)),
            ("512,0", (false, 512)),
            (" 512,00\t", (false, 512)),
            ("0", (false, 0)),
            ("0.0", (false, 0)),
            ("-0.0", (false, 0)),
            ("-2", (true, 2)),
            ("-2.0", (true, 2)),
            ("18446744073709551615.0", (false, u64::MAX)),
        ] {
            assert_eq!(whole(cell.as_bytes()), Some(wanted), "{cell}");
        }
        for cell in [
            "",
            " ",
            "-",
            ".",
            "-.",
            ".0",
            "512.",
            "512.5",
            "512.0.0",
            "1.000",
            "-1.000",
            "1,000",
            "512,",
            ",0",
            "512,5",
            "1.0,0",
            "1,0.0",
            "512.0 0",
            "512. 0",
            "5 12",
            "1,024",
            "+512",
            "--1",
            "- 1",
            "007",
            "00",
            "00.0",
            "1e3",
            "5.12e2",
            "0x200",
            "\u{a0}512",
            "٣٠",
            "18446744073709551616",
            "NaN",
            "1.0\0",
        ] {
            assert_eq!(whole(cell.as_bytes()), None, "{cell:?}");
        }
    }
}
