//! What to do about a log without a header.

use std::borrow::Cow;
use std::path::Path;

use super::columns::{ColumnNames, LogColumn, excerpt};
use super::compression::Compression;
use super::fast::{Record, number};
use super::matching::fit;
use super::pasted::{filtered, with_first_line};
use super::separator::separator_option;
use crate::shell::option;

/// The program that writes the table in a dump of `PostgreSQL`, with the names of its columns in the first line.
const TABLE_OF_DUMP: &str = r#"awk '/^COPY .* FROM stdin;$/ { gsub(/^[^(]*\(|\) FROM stdin;$/, ""); gsub(/, /, "\t"); rows = 1 } /^\\\.$/ { rows = 0 } rows'"#;

/// Says that the first record of a log, which has none of the columns, is no header, and what reads the log.
pub(super) fn message(first: &Record, bytes: &[u8], path: &Path, separator: u8, names: &ColumnNames) -> Option<String> {
    let compression = Compression::of_name(path);
    if is_dump(bytes) {
        let options = format!(" --separator tab {}", option("--null", "\\N"));
        let command = filtered(path, compression, TABLE_OF_DUMP, &options);
        return Some(format!("the log is a dump of PostgreSQL: {command} reads a table in it"));
    }
    let cells = || (0..first.count()).filter_map(|at| first.get(at));
    if cells().any(|cell| names.all().any(|(_, name)| fit(cell, name).is_some())) {
        return None;
    }
    let number = excerpt(cells().find(|cell| number(cell).is_some())?);
    let columns = LogColumn::ALL.into_iter().filter(|column| names.priced[*column as usize].is_some());
    let columns: Vec<&str> =
        columns.filter(|column| names.constant(*column).is_none()).map(|column| names.name(column)).collect();
    let own = char::from(separator).to_string();
    let (program, between, end) = if separator == b'\t' { ("printf", "\\t", "\\n") } else { ("echo", &*own, "") };
    let header = columns.join(between) + end;
    let header = format!("{program} {}", shlex::try_quote(&header).unwrap_or(Cow::Borrowed(&header)));
    let options = if separator == b',' { String::new() } else { format!(" {}", separator_option(separator)) };
    let command = with_first_line(path, compression, &header, &options);
    Some(format!(
        "the first line has the number `{number}` where a header has a name: if the log has no header, {command} adds one; \
         write the names of all columns of the log in their order"
    ))
}

/// Returns whether a file begins as `pg_dump` writes it.
fn is_dump(start: &[u8]) -> bool {
    start.starts_with(b"COPY ") || start.trim_ascii_start().starts_with(b"--\n-- PostgreSQL database dump")
}
