//! The causes: messages that say why the first rows of each reason have no price.

use std::fmt::Display;
use std::str::{self, FromStr};

use dreamstudio_pricing::Settings;
use dreamstudio_pricing_codegen::escape_hidden;
use serde::Serialize;

use super::columns::{ColumnNames, LogColumn, LogColumns, excerpt};
use super::fast::Memo;
use super::fast::Record;
use super::json::JsonObject;
use super::pricing::{Reason, table_of};
use super::totals::{FIRST_LINES, LogLine};
use crate::arguments;
use crate::names::unknown;
use crate::plural::count;

/// The causes that the report shows.
pub(super) struct Causes {
    /// By [`Reason`]: the first rows.
    first: [Vec<(LogLine, String)>; Reason::COUNT],
    /// The rows whose last cell has an unclosed quote.
    open: Vec<(LogLine, OpenCell)>,
    /// Messages by engine, because the search for the nearest engines is slow.
    unknown: Memo<String>,
}

/// A cell with an unclosed quote, which hides the rest of its file.
#[derive(Clone, Copy, Serialize)]
pub(super) struct OpenCell {
    /// The line that the cell begins in.
    pub(super) line: u64,
    /// How many lines it has.
    pub(super) lines: u64,
}

impl OpenCell {
    /// Returns the last cell of a record, if its quote is not closed.
    fn of(record: &Record) -> Option<Self> {
        let cell = record.get(record.count().checked_sub(1)?).filter(|_| record.is_open)?;
        let count = |bytes| memchr::memchr_iter(b'\n', bytes).count() as u64;
        let line = record.line + count(record.raw) - count(cell);
        Some(Self { line, lines: count(cell) + u64::from(!cell.ends_with(b"\n")) })
    }

    pub(super) fn message(self) -> String {
        let end = match self.lines {
            0 | 1 => String::new(),
            lines => format!(": {lines} lines to the end of the file are one row"),
        };
        format!("unclosed quote on this line{end}")
    }
}

impl Causes {
    pub(super) fn new() -> Self {
        Self { first: Default::default(), open: Vec::new(), unknown: Memo::new() }
    }

    /// Returns whether the cause of another row with this reason is kept.
    #[inline]
    pub(super) fn wants(&self, reason: Reason) -> bool {
        self.first[reason as usize].len() < FIRST_LINES
    }

    pub(super) fn keep(&mut self, reason: Reason, line: LogLine, cause: &str) {
        if self.wants(reason) {
            self.first[reason as usize].push((line, cause.to_owned()));
        }
    }

    /// Keeps the row if its last cell has an unclosed quote: each file has at most one such row.
    pub(super) fn keep_open(&mut self, line: LogLine, record: &Record) {
        self.open.extend(OpenCell::of(record).map(|cell| (line, cell)));
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (first, other) in self.first.iter_mut().zip(other.first) {
            first.extend(other);
            first.sort_unstable();
            first.truncate(FIRST_LINES);
        }
        self.open.extend(other.open);
        self.open.sort_unstable_by_key(|(line, _)| *line);
    }

    /// Returns the cause of a row, if it is one of the first with this reason.
    pub(super) fn of(&self, reason: Reason, line: LogLine) -> Option<&str> {
        self.first[reason as usize].iter().find(|(first, _)| *first == line).map(|(_, cause)| &**cause)
    }

    pub(super) fn open(&self) -> &[(LogLine, OpenCell)] {
        &self.open
    }

    /// Says why a row of CSV has no price.
    pub(super) fn of_record(
        &mut self,
        record: &Record,
        columns: &LogColumns,
        names: &ColumnNames,
        estimates: bool,
    ) -> String {
        if let Some(cell) = OpenCell::of(record) {
            return format!("unclosed quote on line {}", cell.line);
        }
        if record.count() != columns.header.len() {
            let (found, wanted) = (count(record.count(), "cell", "cells"), columns.header.len());
            return format!("the row has {found}, and the header has {wanted}");
        }
        let cell = |column: LogColumn| record.get(columns.priced[column as usize]);
        let by = columns.by.iter().map(|&column| record.get(column));
        self.of_cells(cell, by, names, estimates)
    }

    /// Says why a line of JSON has no price.
    pub(super) fn of_object(
        &mut self,
        object: &serde_json::Result<JsonObject>,
        names: &ColumnNames,
        estimates: bool,
    ) -> String {
        let object = match object {
            Ok(JsonObject { flaw: Some(flaw), .. }) => return flaw.clone(),
            Ok(object) => object,
            // Each line is parsed by itself.
            Err(error) => {
                let error = error.to_string().replace(" at line 1 column ", " at column ");
                return format!("the line is not a JSON object: {error}");
            }
        };
        let value = |at: usize| object.values.get(at)?.as_ref().map(|value| value.as_bytes());
        let by = (names.priced.len()..object.values.len()).map(value);
        self.of_cells(|column: LogColumn| value(column as usize), by, names, estimates)
    }

    fn of_cells<'a>(
        &mut self,
        cell: impl Fn(LogColumn) -> Option<&'a [u8]>,
        by: impl Iterator<Item = Option<&'a [u8]>>,
        names: &ColumnNames,
        estimates: bool,
    ) -> String {
        let (engine, [width, height, steps]) = match request(cell, by, names) {
            Ok(request) => request,
            Err(message) => return message,
        };
        let Some(table) = table_of(engine) else {
            return self.unknown.get(engine, || escape_hidden(&unknown(&String::from_utf8_lossy(engine)))).clone();
        };
        let error = if estimates {
            let settings = Settings::size(width, height).steps(steps);
            let rejection = table.accepts(settings).err().map(|error| error.to_string());
            rejection.or_else(|| table.estimate_of(settings).err().map(|error| error.to_string()))
        } else {
            table.price(width, height, steps).err().map(|error| error.to_string())
        };
        error.unwrap_or_default()
    }
}

/// Reads engine, width, height and steps of a row, or says why it is malformed.
fn request<'a>(
    cell: impl Fn(LogColumn) -> Option<&'a [u8]>,
    by: impl Iterator<Item = Option<&'a [u8]>>,
    names: &ColumnNames,
) -> Result<(&'a [u8], [u32; 3]), String> {
    let name = |column: LogColumn| &*names.priced[column as usize];
    let present = |column| cell(column).ok_or_else(|| format!("the row has no {}", quote(name(column))));
    let side = |column| number(name(column), present(column)?, u32::MAX);
    let engine = present(LogColumn::Engine)?;
    let sides = [side(LogColumn::Width)?, side(LogColumn::Height)?, side(LogColumn::Steps)?];
    if let Some(images) = cell(LogColumn::Images).filter(|images| !images.is_empty()) {
        number(name(LogColumn::Images), images, u64::MAX)?;
    }
    let mut texts =
        [(name(LogColumn::Engine), Some(engine))].into_iter().chain(names.by.iter().map(|name| &**name).zip(by));
    match texts.find(|(_, cell)| cell.is_some_and(|cell| str::from_utf8(cell).is_err())) {
        Some((name, _)) => Err(format!("{} is not UTF-8", quote(name))),
        None => Ok((engine, sides)),
    }
}

/// Parses a number as the command parses its arguments, which accept the same numbers.
fn number<T: Copy + Display + FromStr>(name: &str, cell: &[u8], max: T) -> Result<T, String> {
    if cell.is_empty() {
        return Err(format!("{} is empty", quote(name)));
    }
    let number = arguments::number(&quote(name), &String::from_utf8_lossy(cell), max);
    number.map_err(|message| format!("{message}; it is `{}`", excerpt(cell)))
}

fn quote(name: &str) -> String {
    format!("`{}`", excerpt(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_causes_are_kept_than_are_shown() {
        let mut causes = Causes::new();
        let lines = (1..10).map(|line| LogLine { file: 0, line });
        let kept = lines.filter(|line| {
            let is_wanted = causes.wants(Reason::Size);
            causes.keep(Reason::Size, *line, "");
            is_wanted && causes.of(Reason::Size, *line).is_some()
        });
        assert_eq!(kept.count(), FIRST_LINES);
        assert_eq!(causes.first[Reason::Size as usize].len(), FIRST_LINES);
        assert!(causes.wants(Reason::Steps));
    }
}
