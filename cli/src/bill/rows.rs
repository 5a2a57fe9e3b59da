//! Rows of a log with what they cost, and rows without a price.

use std::fmt::Display;
use std::io::Write as _;

use dreamstudio_pricing::Credits;

use super::columns::Columns;
use super::pricing::Cost;
use super::records::Record;

/// The columns that `--rows` adds.
const ADDED: [&str; 3] = ["credits", "usd", "basis"];
/// Those that `--rows` adds with `--estimate`.
const ESTIMATED: [&str; 2] = ["expected", "at_most"];
/// The columns that `--unpriced` adds, in front.
const REASON: [&str; 3] = ["file", "line", "reason"];

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

/// A cell of CSV, in quotes if it needs them.
pub(super) fn csv_cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
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

/// Writes a row as it is, and what it costs. Cells that are missing before are added, so that the others are below their names.
pub(super) fn csv(out: &mut Vec<u8>, record: &Record, columns: &Columns, cost: Cost, estimates: bool) {
    push_raw(out, record);
    out.extend(std::iter::repeat_n(b',', columns.header.len().saturating_sub(record.len())));
    let ([credits, expected, at_most], basis) = values(cost);
    out.push(b',');
    if let Some(credits) = credits {
        push(out, format_args!("{credits},{}", credits.usd()));
    } else {
        out.push(b',');
    }
    push(out, format_args!(",{basis}"));
    for amount in [expected, at_most].into_iter().filter(|_| estimates) {
        out.push(b',');
        if let Some(amount) = amount {
            push(out, amount);
        }
    }
    push_terminator(out, record.terminator);
}

/// Writes a row as it is, after its place, a file as a cell and a line, and the reason.
pub(super) fn csv_unpriced(out: &mut Vec<u8>, record: &Record, file: &str, reason: &str) {
    push(out, format_args!("{file},{},{reason},", record.line));
    push_raw(out, record);
    push_terminator(out, record.terminator);
}

/// The bytes of a record, with the quote that the last one of a file may lack.
fn push_raw(out: &mut Vec<u8>, record: &Record) {
    out.extend_from_slice(record.raw);
    if record.is_open {
        out.push(b'"');
    }
}

fn push_terminator(out: &mut Vec<u8>, terminator: &[u8]) {
    out.extend_from_slice(if terminator.is_empty() { b"\n" } else { terminator });
}

/// A string of JSON.
pub(super) fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes an object as it is, and what it costs. A line that is no object becomes the field `text` of one.
pub(super) fn json(out: &mut Vec<u8>, line: &[u8], is_object: bool, cost: Cost, estimates: bool) {
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
    match credits {
        Some(credits) => push(out, format_args!("\"credits\":\"{credits}\",\"usd\":\"{}\"", credits.usd())),
        None => push(out, "\"credits\":null,\"usd\":null"),
    }
    push(out, format_args!(",\"basis\":\"{basis}\""));
    for (name, amount) in ESTIMATED.iter().zip([expected, at_most]).filter(|_| estimates) {
        match amount {
            Some(amount) => push(out, format_args!(",\"{name}\":\"{amount}\"")),
            None => push(out, format_args!(",\"{name}\":null")),
        }
    }
    out.extend_from_slice(b"}\n");
}

/// Writes an object as it is, after its place, a file as a string and a line, and the reason.
pub(super) fn json_unpriced(
    out: &mut Vec<u8>,
    line: &[u8],
    is_object: bool,
    (file, number): (&str, u64),
    reason: &str,
) {
    push(out, format_args!("{{\"file\":{file},\"line\":{number},\"reason\":\"{reason}\""));
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
