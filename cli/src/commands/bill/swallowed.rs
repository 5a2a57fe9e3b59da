//! Rows in a quoted cell, which a stray quote hides.

use memchr::memchr_iter;

use super::columns::{ColumnNames, LogColumn, LogColumns};
use super::fast::Record;
use super::request;

/// The columns with the numbers that make a line a row.
const NUMBERS: [LogColumn; 4] = [LogColumn::Width, LogColumn::Height, LogColumn::Steps, LogColumn::Size];

/// Returns the line of the quote that begins a cell of several lines, if one of these looks like a row. The record has as many
/// cells as the header.
#[cold]
pub(super) fn quote_before_rows(record: &Record, columns: &LogColumns, names: &ColumnNames) -> Option<u64> {
    let mut line = record.line;
    for (at, cell) in (0..record.count()).filter_map(|at| Some((at, record.get(at)?))) {
        if has_row(at, cell, record, columns, names) {
            return Some(line);
        }
        line += memchr_iter(b'\n', cell).count() as u64;
    }
    None
}

/// Returns whether a line of a cell looks like a row: one with as many cells as the header, and with valid numbers, of which the
/// cell has at least one. The line also has the cells of the record before its first line, and after its last one.
fn has_row(at: usize, cell: &[u8], record: &Record, columns: &LogColumns, names: &ColumnNames) -> bool {
    let last = memchr_iter(b'\n', cell).count();
    let is_row = |(number, line): (usize, &[u8])| {
        let before = if number == 0 { at } else { 0 };
        let after = if number == last { record.count() - at - 1 } else { 0 };
        if before + memchr_iter(columns.separator, line).count() + 1 + after != record.count() {
            return false;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let cells: Vec<&[u8]> = line.split(|byte| *byte == columns.separator).collect();
        let inside = |column: LogColumn| cells.get(columns.priced[column as usize].checked_sub(before)?).copied();
        let cell = |column| match column {
            LogColumn::Images => None,
            column => inside(column).or_else(|| columns.cell(record, column, names)),
        };
        NUMBERS.into_iter().any(|column| inside(column).is_some()) && request::read(cell, names).is_ok()
    };
    last > 0 && cell.split(|byte| *byte == b'\n').enumerate().any(is_row)
}
