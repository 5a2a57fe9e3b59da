//! The causes: messages that say why the first rows of each reason have no price.

use std::str;

use dreamstudio_pricing::book::BookTable;
use dreamstudio_pricing::{EstimateError, QuoteError, Settings};
use dreamstudio_pricing_codegen::escape_hidden;
use serde::Serialize;

use super::columns::{ImagesRule, LogColumn, LogColumns, excerpt};
use super::fast::Memo;
use super::fast::Record;
use super::json::{JsonObject, WITHOUT_COMMAS, is_object_before_comma};
use super::other_counts::{self, OtherNumber};
use super::pricing::{Images, LogEngine, Reason, RowNumbers, Rules};
use super::request;
use super::totals::{FIRST_LINES, LogLine};
use crate::book::Book;
use crate::editions::{Edition, before_the_first};
use crate::names::{hidden_in, unknown};
use crate::plural::count;
use crate::shell::option;

/// The causes that the report shows.
pub(super) struct Causes {
    /// By [`Reason`]: the first rows.
    first: [Vec<(LogLine, String)>; Reason::COUNT],
    /// The rows whose last cell has an unclosed quote.
    open: Vec<(LogLine, OpenCell)>,
    /// Messages by edition and engine, because the search for the nearest engines is slow.
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
            // Rows of one line stay in their order.
            first.sort_by_key(|(line, _)| *line);
            first.truncate(FIRST_LINES);
        }
        self.open.extend(other.open);
        self.open.sort_unstable_by_key(|(line, _)| *line);
    }

    /// Returns the cause of one of the first rows with a reason, by its index among them: several rows of an array can be
    /// in one line.
    pub(super) fn of(&self, reason: Reason, index: usize) -> Option<&str> {
        self.first[reason as usize].get(index).map(|(_, cause)| &**cause)
    }

    pub(super) fn open(&self) -> &[(LogLine, OpenCell)] {
        &self.open
    }

    /// Says why a row of CSV has no price.
    pub(super) fn of_record(&mut self, record: &Record, columns: &LogColumns, rules: Rules) -> String {
        // Databases write tabs between cells, and quote none.
        let unquoted = match columns.separator {
            b'\t' => "; if the log has no quoted cells, `tr -d '\"'` deletes all quotes",
            _ => "",
        };
        if let Some(cell) = OpenCell::of(record) {
            return format!("unclosed quote on line {}{unquoted}", cell.line);
        }
        if let Some(line) = record.torn {
            return format!(
                "a quote that begins a cell on line {line} is closed in the middle of the cell, and what is between may be \
                 rows: delete the stray quote, or write a quote in a quoted cell twice{unquoted}"
            );
        }
        if record.count() != columns.header.len() {
            let (found, wanted) = (count(record.count(), "cell", "cells"), columns.header.len());
            return format!("the row has {found}, and the header has {wanted}");
        }
        if let Some(line) = columns.quote_before_rows(record, rules.names) {
            return format!(
                "a quote begins a cell on line {line}, and lines of this cell look like rows: delete the stray quote, or write \
                 a quote in a quoted cell twice{unquoted}"
            );
        }
        let other_number = || {
            let other_number = columns.other_number(record, rules.names)?;
            let has_none = !columns.has_images() && rules.names.images == ImagesRule::IfPresent;
            let message = if has_none { OtherNumber::message_and_options } else { OtherNumber::message };
            Some(message(&other_number, rules.names))
        };
        if !columns.nested.is_empty() {
            return self.of_fields(&columns.object(record, rules.names), other_number, rules);
        }
        self.of_cells(|column| columns.cell(record, column, rules.names), other_number, rules)
    }

    /// Says why a line of JSON has no price.
    pub(super) fn of_object(&mut self, object: &serde_json::Result<&JsonObject>, text: &[u8], rules: Rules) -> String {
        match object {
            Ok(object) => {
                let other_number = || other_counts::in_line(text, object.has_count(), rules.names);
                let other_number = || Some(other_number()?.message(rules.names));
                self.of_fields(object, other_number, rules)
            }
            Err(_) if is_object_before_comma(text) => {
                format!("the line is not a JSON object: a comma follows it, which `{WITHOUT_COMMAS}` removes")
            }
            // Each line is parsed by itself.
            Err(error) => {
                let error = error.to_string().replace(" at line 1 column ", " at column ");
                format!("the line is not a JSON object: {error}")
            }
        }
    }

    fn of_fields(
        &mut self,
        object: &JsonObject,
        other_number: impl FnOnce() -> Option<String>,
        rules: Rules,
    ) -> String {
        let cell = |column| object.cell(column, rules.names);
        let of_cells = || self.of_cells(cell, other_number, rules);
        object.flaw(rules.names).unwrap_or_else(of_cells)
    }

    fn of_cells<'a>(
        &mut self,
        cell: impl Fn(LogColumn) -> Option<&'a [u8]>,
        other_number: impl FnOnce() -> Option<String>,
        rules: Rules,
    ) -> String {
        let Rules { names, aliases, editions, clock, estimates } = rules;
        let engine_name = excerpt(names.name(LogColumn::Engine).as_bytes());
        let Some(engine) = cell(LogColumn::Engine) else { return format!("the row has no `{engine_name}`") };
        let RowNumbers { settings, images } = match request::read(&cell, names) {
            Ok(numbers) => numbers,
            Err(flaw) => return flaw.message(names),
        };
        if let Some(message) = (images == Images::Blank).then(other_number).flatten() {
            return message;
        }
        let time = cell(LogColumn::Time);
        let day = match clock.map(|clock| (clock, time.and_then(|time| clock.day(time)))) {
            Some((clock, None)) => return clock.flaw(&excerpt(names.name(LogColumn::Time).as_bytes()), time),
            day => day.and_then(|(_, day)| day),
        };
        if engine.is_empty() {
            return format!("`{engine_name}` is empty");
        }
        if str::from_utf8(engine).is_err() {
            return format!("`{engine_name}` is not UTF-8: --encoding names another encoding");
        }
        let images = match images {
            Images::Refund(images) => {
                let name = excerpt(names.name(LogColumn::Images).as_bytes());
                return format!("`{name}` is -{images}: a refund is counted, and not priced");
            }
            Images::Given(images) => images,
            Images::Blank => 1,
        };
        let Some(Edition { book, .. }) = rules.edition(day).and_then(|at| editions.all().get(at)) else {
            return day.map(|day| before_the_first(editions.all(), day)).unwrap_or_default();
        };
        let table = match LogEngine::new(engine, book, aliases) {
            LogEngine::Priced(table) => table,
            LogEngine::Unpriced(_) => return self.unknown_engine(book, engine, rules),
        };
        why(table, settings, images, estimates)
    }

    /// Says that an engine is unknown, and writes the option that reads it as the one that its id hides.
    fn unknown_engine(&mut self, book: &'static Book, engine: &[u8], Rules { aliases, editions, .. }: Rules) -> String {
        let has_engine =
            |edition: &&Edition| matches!(LogEngine::new(engine, edition.book, aliases), LogEngine::Priced(_));
        let message = || {
            let id = &String::from_utf8_lossy(engine);
            if let Some(other) = editions.all().iter().find(has_engine) {
                let (id, edition) = (excerpt(engine), &book.edition);
                return format!("unknown engine or table `{id}` in edition {edition}: {other} has it");
            }
            let hidden = hidden_in(book, id).filter(|_| excerpt(engine) == *id);
            match hidden {
                Some(engine) => {
                    let option = option("--engine", &format!("{id}={engine}"));
                    format!("unknown engine or table `{id}`: if it is `{engine}`, add {option}")
                }
                None => escape_hidden(&unknown(book, id)),
            }
        };
        self.unknown.get(&[book.edition.as_bytes(), engine].concat(), message).clone()
    }
}

/// Says why a request has no price, or no estimate.
fn why(table: &BookTable, settings: Settings, images: u64, estimates: bool) -> String {
    let not_priced = match table.price(settings) {
        Ok(per_image) => return QuoteError::TooLarge { per_image, images }.to_string(),
        Err(error) => error.to_string(),
    };
    if !estimates {
        return not_priced;
    }
    match (table.accepts(settings, 1), table.estimate(settings)) {
        (Err(error), _) => error.to_string(),
        (Ok(()), Err(error)) => error.to_string(),
        (Ok(()), Ok(per_image)) => EstimateError::TooLarge { per_image, images }.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_causes_are_kept_than_are_shown() {
        let mut causes = Causes::new();
        let lines = (1..10).map(|line| LogLine { file: 0, line });
        let kept = lines.enumerate().filter(|(at, line)| {
            let is_wanted = causes.wants(Reason::Size);
            causes.keep(Reason::Size, *line, "");
            is_wanted && causes.of(Reason::Size, *at).is_some()
        });
        assert_eq!(kept.count(), FIRST_LINES);
        assert_eq!(causes.first[Reason::Size as usize].len(), FIRST_LINES);
        assert!(causes.wants(Reason::Steps));
    }
}
