//! Rows of a log with what they cost, and rows without a price.

use std::fmt::Display;
use std::io::Write as _;
use std::ops::Range;

use dreamstudio_pricing::Credits;

use super::columns::Columns;
use super::memo::Memo;
use super::pricing::Cost;
use super::records::Record;

/// The columns that `--rows` adds.
const ADDED: [&str; 3] = ["credits", "usd", "basis"];
/// Those that `--rows` adds with `--estimate`.
const ESTIMATED: [&str; 2] = ["expected", "at_most"];
/// The columns that `--unpriced` adds, in front.
const REASON: [&str; 4] = ["file", "line", "reason", "cause"];

/// The columns that are added to a log.
pub(super) fn added(has_rows: bool, has_unpriced: bool, estimates: bool) -> Vec<&'static str> {
    let mut added = Vec::new();
    if has_rows {
        added.extend(ADDED);
        added.extend(ESTIMATED.iter().filter(|_| estimates));
    }
    if has_unpriced {
        added.extend(REASON);
    }
    added
}

/// The values of [`ADDED`] and [`ESTIMATED`].
fn values(cost: Cost) -> ([Option<Credits>; 3], &'static str) {
    match cost {
        Cost::Price { credits, .. } => ([Some(credits), None, None], "price"),
        Cost::Estimate { expected, at_most, .. } => ([None, expected, Some(at_most)], "estimate"),
        Cost::Unpriced { reason, .. } => ([None; 3], reason.name()),
    }
}

/// Amounts as text. A log has few different ones, and to write one takes longer than all else that is done for a row.
pub(super) struct Amounts(Memo<[String; 2]>);

impl Amounts {
    pub(super) fn new() -> Self {
        Self(Memo::new())
    }

    /// Returns credits and dollars.
    fn text(&mut self, credits: Credits) -> &[String; 2] {
        self.0.get(&credits.units().to_le_bytes(), || [credits.to_string(), credits.usd().to_string()])
    }
}

/// A cell of CSV, in quotes if it needs them.
pub(super) fn csv_cell(text: &str) -> String {
    let mut out = Vec::new();
    push_cell(&mut out, text.as_bytes());
    // Quotes leave UTF-8 as it is.
    String::from_utf8_lossy(&out).into_owned()
}

fn push_all(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Writes to memory, which never fails.
fn push(out: &mut Vec<u8>, value: impl Display) {
    let _ = write!(out, "{value}");
}

pub(super) fn csv_header(columns: &Columns, estimates: bool) -> Vec<u8> {
    let mut header = [columns.mark, &columns.raw].concat();
    for name in added(true, false, estimates) {
        push(&mut header, format_args!(",{name}"));
    }
    push_terminator(&mut header, &columns.terminator);
    header
}

pub(super) fn csv_unpriced_header(columns: &Columns) -> Vec<u8> {
    let mut header = columns.mark.to_vec();
    for name in REASON {
        push(&mut header, format_args!("{name},"));
    }
    header.extend_from_slice(&columns.raw);
    push_terminator(&mut header, &columns.terminator);
    header
}

/// Writes a row with what it costs.
pub(super) fn csv(
    out: &mut Vec<u8>,
    record: &Record,
    columns: &Columns,
    cost: Cost,
    amounts: &mut Amounts,
    estimates: bool,
) {
    push_cells(out, record, columns);
    let ([credits, expected, at_most], basis) = values(cost);
    match credits.map(|credits| amounts.text(credits)) {
        Some([credits, usd]) => push_all(out, &[",", credits, ",", usd, ",", basis]),
        None => push_all(out, &[",,,", basis]),
    }
    for amount in [expected, at_most].into_iter().filter(|_| estimates) {
        push_all(out, &[",", amount.map_or("", |amount| &amounts.text(amount)[0])]);
    }
    push_terminator(out, record.terminator);
}

/// Writes a row after its place, a file as a cell and a line, the reason and the cause.
pub(super) fn csv_unpriced(
    out: &mut Vec<u8>,
    record: &Record,
    columns: &Columns,
    file: &str,
    (reason, cause): (&str, &str),
) {
    push(out, format_args!("{file},{},{reason},{},", record.line, csv_cell(cause)));
    push_cells(out, record, columns);
    push_terminator(out, record.terminator);
}

/// Writes the cells of a record as they are. They become as many as the header has, since other programs reject the file
/// otherwise: a short record gets empty ones at its end, and the last cell of a long record has all that are too many.
#[inline]
fn push_cells(out: &mut Vec<u8>, record: &Record, columns: &Columns) {
    let count = columns.header.len();
    if record.len() > count {
        return push_joined(out, record, count - 1);
    }
    out.extend_from_slice(record.raw);
    if record.is_open {
        // The quote that it lacks.
        out.push(b'"');
    }
    out.extend(std::iter::repeat_n(b',', count - record.len()));
}

/// Writes the cells from `last` on as one.
#[cold]
fn push_joined(out: &mut Vec<u8>, record: &Record, last: usize) {
    let cells = |range: Range<usize>| range.filter_map(|column| record.get(column)).collect::<Vec<_>>();
    let surplus = cells(last..record.len()).join(&b","[..]);
    for cell in cells(0..last).into_iter().chain([&*surplus]) {
        push_cell(out, cell);
        out.push(b',');
    }
    out.pop();
}

/// Writes a cell of CSV, in quotes if it needs them.
fn push_cell(out: &mut Vec<u8>, cell: &[u8]) {
    if !cell.iter().any(|byte| b",\"\n\r".contains(byte)) {
        return out.extend_from_slice(cell);
    }
    out.push(b'"');
    for part in cell.split_inclusive(|byte| *byte == b'"') {
        out.extend_from_slice(part);
        out.extend(part.ends_with(b"\"").then_some(b'"'));
    }
    out.push(b'"');
}

fn push_terminator(out: &mut Vec<u8>, terminator: &[u8]) {
    out.extend_from_slice(if terminator.is_empty() { b"\n" } else { terminator });
}

/// A string of JSON.
pub(super) fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes an object as it is, and what it costs. A line that is no object becomes the field `text` of one.
pub(super) fn json(
    out: &mut Vec<u8>,
    line: &[u8],
    is_object: bool,
    cost: Cost,
    amounts: &mut Amounts,
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
    match credits.map(|credits| amounts.text(credits)) {
        Some([credits, usd]) => push_all(out, &["\"credits\":\"", credits, "\",\"usd\":\"", usd, "\""]),
        None => push_all(out, &["\"credits\":null,\"usd\":null"]),
    }
    push_all(out, &[",\"basis\":\"", basis, "\""]);
    for (name, amount) in ESTIMATED.iter().zip([expected, at_most]).filter(|_| estimates) {
        match amount {
            Some(amount) => push_all(out, &[",\"", name, "\":\"", &amounts.text(amount)[0], "\""]),
            None => push_all(out, &[",\"", name, "\":null"]),
        }
    }
    out.extend_from_slice(b"}\n");
}

/// Writes an object as it is, after its place, a file as a string and a line, the reason and the cause.
pub(super) fn json_unpriced(
    out: &mut Vec<u8>,
    line: &[u8],
    is_object: bool,
    (file, number): (&str, u64),
    (reason, cause): (&str, &str),
) {
    let cause = json_string(cause);
    push(out, format_args!("{{\"file\":{file},\"line\":{number},\"reason\":\"{reason}\",\"cause\":{cause}"));
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
