//! Formats the rows that `--rows` and `--unpriced` write: as in the log, with what they cost or why they have no price.

use std::fmt::Display;
use std::io::Write as _;
use std::ops::Range;

use dreamstudio_pricing::Credits;

use super::columns::LogColumns;
use super::fast::Memo;
use super::fast::Record;
use super::pricing::Cost;
use crate::book::Book;
use crate::csv;

/// The columns that `--rows` adds.
const ADDED: [&str; 3] = ["credits", "usd", "basis"];
/// Those that `--rows` adds with `--estimate`.
const ESTIMATED: [&str; 2] = ["expected", "at_most"];
/// The last column that `--rows` adds.
const EDITION: &str = "edition";
/// The columns that `--unpriced` adds, before those of the log.
const REASON: [&str; 4] = ["file", "line", "reason", "cause"];

/// Returns the columns that are added to a log.
pub(super) fn added(has_rows: bool, has_unpriced: bool, estimates: bool) -> Vec<&'static str> {
    let mut added = Vec::new();
    if has_rows {
        added.extend(ADDED);
        added.extend(ESTIMATED.iter().filter(|_| estimates));
        added.push(EDITION);
    }
    if has_unpriced {
        added.extend(REASON);
    }
    added
}

/// Returns the values of [`ADDED`] and [`ESTIMATED`].
fn values(cost: Cost) -> ([Option<Credits>; 3], &'static str) {
    match cost {
        Cost::Price { credits, .. } => ([Some(credits), None, None], "price"),
        Cost::Estimate { expected, at_most, .. } => ([None, expected, Some(at_most)], "estimate"),
        Cost::Unpriced { reason, .. } => ([None; 3], reason.name()),
    }
}

/// The name of an edition, and amounts as text. A log has few different ones, and formatting one takes longer than
/// everything else that is done for a row.
pub(super) struct EditionTexts {
    book: &'static Book,
    amounts: Memo<[String; 2]>,
}

impl EditionTexts {
    pub(super) fn new(book: &'static Book) -> Self {
        Self { book, amounts: Memo::new() }
    }

    /// Returns credits and dollars.
    fn amounts(&mut self, credits: Credits) -> &[String; 2] {
        let usd = || self.book.billing.usd(credits);
        self.amounts.get(&credits.units().to_le_bytes(), || [credits.to_string(), format!("{:#}", usd())])
    }
}

fn push_all(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Writes to memory, which cannot fail.
fn push(out: &mut Vec<u8>, value: impl Display) {
    let _ = write!(out, "{value}");
}

pub(super) fn csv_header(columns: &LogColumns, estimates: bool) -> Vec<u8> {
    let separator = char::from(columns.separator);
    let mut header = [&*columns.preamble, &columns.raw].concat();
    for name in added(true, false, estimates) {
        push(&mut header, format_args!("{separator}{name}"));
    }
    push_terminator(&mut header, &columns.terminator);
    header
}

pub(super) fn csv_unpriced_header(columns: &LogColumns) -> Vec<u8> {
    let separator = char::from(columns.separator);
    let mut header = columns.preamble.clone();
    for name in REASON {
        push(&mut header, format_args!("{name}{separator}"));
    }
    header.extend_from_slice(&columns.raw);
    push_terminator(&mut header, &columns.terminator);
    header
}

/// A row of a log, as the outputs repeat it: in the format of its log.
#[derive(Clone, Copy)]
pub(super) enum LogRow<'a> {
    Csv {
        record: &'a Record<'a>,
        columns: &'a LogColumns,
    },
    /// A line, which may not be an object.
    Json {
        text: &'a [u8],
        is_object: bool,
    },
}

impl LogRow<'_> {
    /// Writes the row with what it costs.
    #[inline]
    pub(super) fn write_cost(self, out: &mut Vec<u8>, cost: Cost, edition: Option<&mut EditionTexts>, estimates: bool) {
        match self {
            Self::Csv { record, columns } => write_csv(out, record, columns, cost, edition, estimates),
            Self::Json { text, is_object } => write_json(out, text, is_object, cost, edition, estimates),
        }
    }

    /// Writes the row after its file, which for JSON is a string of JSON, its line, the reason and the cause.
    pub(super) fn write_unpriced(self, out: &mut Vec<u8>, (file, line): (&str, u64), (reason, cause): (&str, &str)) {
        match self {
            Self::Csv { record, columns } => {
                let separator = columns.separator;
                for cell in [file, &line.to_string(), reason, cause] {
                    csv::push_cell(out, cell.as_bytes(), separator);
                    out.push(separator);
                }
                push_cells(out, record, columns);
                push_terminator(out, record.terminator);
            }
            Self::Json { text, is_object } => {
                let cause = json_string(cause);
                push(out, format_args!("{{\"file\":{file},\"line\":{line},\"reason\":\"{reason}\",\"cause\":{cause}"));
                push_json_fields(out, text, is_object);
            }
        }
    }
}

fn write_csv(
    out: &mut Vec<u8>,
    record: &Record,
    columns: &LogColumns,
    cost: Cost,
    mut edition: Option<&mut EditionTexts>,
    estimates: bool,
) {
    push_cells(out, record, columns);
    let ([credits, expected, at_most], basis) = values(cost);
    let mut push = |cell: &str| {
        out.push(columns.separator);
        out.extend_from_slice(cell.as_bytes());
    };
    match edition.as_deref_mut().zip(credits).map(|(edition, credits)| edition.amounts(credits)) {
        Some([credits, usd]) => [credits, usd, basis].into_iter().for_each(&mut push),
        None => ["", "", basis].into_iter().for_each(&mut push),
    }
    for amount in [expected, at_most].into_iter().filter(|_| estimates) {
        push(edition.as_deref_mut().zip(amount).map_or("", |(edition, amount)| &edition.amounts(amount)[0]));
    }
    push(edition.map_or("", |edition| &edition.book.edition));
    push_terminator(out, record.terminator);
}

/// Writes the cells of a record unchanged, but as many as the header has, because other programs reject the file
/// otherwise: a short record gets empty cells at its end, and the surplus cells of a long record are joined into its
/// last one.
#[inline]
fn push_cells(out: &mut Vec<u8>, record: &Record, columns: &LogColumns) {
    let count = columns.header.len();
    if record.count() > count {
        return push_joined(out, record, count - 1, columns.separator);
    }
    out.extend_from_slice(record.raw);
    if record.is_open {
        // The missing quote.
        out.push(b'"');
    }
    out.extend(std::iter::repeat_n(columns.separator, count - record.count()));
}

/// Writes the cells from `last` on as one.
#[cold]
fn push_joined(out: &mut Vec<u8>, record: &Record, last: usize, separator: u8) {
    let cells = |range: Range<usize>| range.filter_map(|column| record.get(column)).collect::<Vec<_>>();
    let surplus = cells(last..record.count()).join(&separator);
    for cell in cells(0..last).into_iter().chain([&*surplus]) {
        csv::push_cell(out, cell, separator);
        out.push(separator);
    }
    out.pop();
}

fn push_terminator(out: &mut Vec<u8>, terminator: &[u8]) {
    out.extend_from_slice(if terminator.is_empty() { b"\n" } else { terminator });
}

/// Returns a string of JSON.
pub(super) fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes an object unchanged, and what it costs. A line that is not an object becomes the field `text` of one.
fn write_json(
    out: &mut Vec<u8>,
    line: &[u8],
    is_object: bool,
    cost: Cost,
    mut edition: Option<&mut EditionTexts>,
    estimates: bool,
) {
    match line.strip_suffix(b"}").filter(|_| is_object) {
        Some(fields) => {
            out.extend_from_slice(fields.trim_ascii_end());
            if !fields.trim_ascii_end().ends_with(b"{") {
                out.push(b',');
            }
        }
        None => push(out, format_args!("{{\"text\":{},", json_string(&String::from_utf8_lossy(line)))),
    }
    let ([credits, expected, at_most], basis) = values(cost);
    match edition.as_deref_mut().zip(credits).map(|(edition, credits)| edition.amounts(credits)) {
        Some([credits, usd]) => push_all(out, &["\"credits\":\"", credits, "\",\"usd\":\"", usd, "\""]),
        None => push_all(out, &["\"credits\":null,\"usd\":null"]),
    }
    push_all(out, &[",\"basis\":\"", basis, "\""]);
    for (name, amount) in ESTIMATED.iter().zip([expected, at_most]).filter(|_| estimates) {
        match edition.as_deref_mut().zip(amount) {
            Some((edition, amount)) => push_all(out, &[",\"", name, "\":\"", &edition.amounts(amount)[0], "\""]),
            None => push_all(out, &[",\"", name, "\":null"]),
        }
    }
    match edition {
        Some(edition) => push_all(out, &[",\"", EDITION, "\":\"", &edition.book.edition, "\"}\n"]),
        None => push_all(out, &[",\"", EDITION, "\":null}\n"]),
    }
}

/// Writes the fields of an object unchanged, after other fields, and its end.
fn push_json_fields(out: &mut Vec<u8>, line: &[u8], is_object: bool) {
    match line.strip_prefix(b"{").filter(|_| is_object) {
        Some(fields) => {
            if fields.trim_ascii_start() != b"}" {
                out.push(b',');
            }
            out.extend_from_slice(fields.trim_ascii_start());
        }
        None => push(out, format_args!(",\"text\":{}}}", json_string(&String::from_utf8_lossy(line)))),
    }
    out.push(b'\n');
}
