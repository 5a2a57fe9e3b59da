//! Splits CSV into records, by the rules of the csv crate.

use std::num::NonZero;

use memchr::{memchr, memchr_iter, memchr2};

use super::Boundary;
use super::index::{ByteIndex, Line};
use super::number::{number, short_number};

/// Splits bytes into records.
///
/// It takes less than a fifth of the time that `csv_core` takes. simd-csv takes more than twice as long on short cells,
/// and treats a quote in the middle of a cell, such as `12" print`, as the start of a quoted one, which may hide the
/// rows that follow.
pub struct Splitter {
    index: ByteIndex,
    /// The cells of the last unusual record, without their quotes, and where each of them ends.
    unquoted: Vec<u8>,
    ends: Vec<usize>,
}

/// One record.
pub struct Record<'a> {
    /// The line that it starts in.
    pub line: u64,
    /// Its bytes as they are, without the end of the line.
    pub raw: &'a [u8],
    /// The end of the line; the last record of a file may have none.
    pub terminator: &'a [u8],
    /// Whether its last cell is quoted and the file ends in it.
    pub is_open: bool,
    /// The line of the quote that starts a quoted cell with several lines, if its closing quote is in the middle of the
    /// cell: a stray quote may hide the rows between these two.
    pub torn: Option<u64>,
    /// Whether a cell has a line feed.
    pub has_lines: bool,
    /// The text that has the cells, from `start` on.
    text: &'a [u8],
    start: usize,
    /// Where each cell ends.
    ends: &'a [usize],
    /// Whether the text is without separators, and without the quotes around cells. Otherwise it is as in the log, and
    /// a quoted cell has one quote at its start and one at its end.
    is_unquoted: bool,
}

impl<'a> Record<'a> {
    /// Returns how many cells there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Returns a cell, without its quotes.
    #[inline]
    #[must_use]
    pub fn get(&self, column: usize) -> Option<&'a [u8]> {
        let (start, end) = self.bounds(column)?;
        self.text.get(start..end)
    }

    /// Returns the number in a cell, as `number` does, but without a branch for each digit, because a processor cannot
    /// predict how many there are.
    #[expect(clippy::inline_always, reason = "four calls add 7 % to the instructions of a row")]
    #[inline(always)]
    #[must_use]
    pub fn number(&self, column: usize) -> Option<NonZero<u64>> {
        let (start, end) = self.bounds(column)?;
        let length = end - start;
        match self.text.get(..end)?.last_chunk() {
            Some(word) if (1..=word.len()).contains(&length) => short_number(*word, length),
            _ => self.text.get(start..end).and_then(number),
        }
    }

    /// Returns whether each quoted cell has its closing quote, and where it belongs.
    #[inline]
    #[must_use]
    pub fn is_well_quoted(&self) -> bool {
        !self.is_open && self.torn.is_none()
    }

    #[inline]
    fn bounds(&self, column: usize) -> Option<(usize, usize)> {
        let start = match column.checked_sub(1) {
            Some(before) => self.ends.get(before)? + usize::from(!self.is_unquoted),
            None => self.start,
        };
        let end = *self.ends.get(column)?;
        let is_quoted = !self.is_unquoted && end - start > 1 && self.text.get(start) == Some(&b'"');
        let quotes = usize::from(is_quoted);
        Some((start + quotes, end - quotes))
    }
}

/// A position between two records.
#[derive(Clone, Copy)]
pub struct Position {
    /// The index of the next byte.
    pub at: usize,
    /// The line of that byte, from 1.
    pub line: u64,
}

impl Splitter {
    /// Splits records into cells at a byte, which must not be 0, a quote, or a byte that ends a line.
    #[must_use]
    pub fn new(separator: u8) -> Self {
        Self { index: ByteIndex::new(separator), unquoted: Vec::new(), ends: Vec::new() }
    }

    /// Forgets the bytes of the last record, and takes what a boundary knows of the next ones. It must be called before
    /// `next` gets other bytes: those that the boundary has scanned, or the records at their start.
    pub fn restart(&mut self, boundary: &mut Boundary) {
        self.index.restart(boundary);
    }

    /// Returns the record at a position and moves the position behind it, or returns `None` at the end. Blank lines are
    /// skipped.
    #[expect(clippy::inline_always, reason = "returning a record through memory takes 10 % of the time of a row")]
    #[inline(always)]
    pub fn next<'a>(&'a mut self, bytes: &'a [u8], position: &mut Position) -> Option<Record<'a>> {
        while let Some(byte @ (b'\n' | b'\r')) = bytes.get(position.at) {
            position.at += 1;
            position.line += u64::from(*byte == b'\n');
        }
        let Position { at: start, line } = *position;
        if start == bytes.len() {
            return None;
        }
        let Line { end, cells: ends, is_open, is_unusual } = self.index.line(bytes, start)?;
        let after = match &bytes[end..] {
            [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => bytes.len() - rest.len(),
            [] => end,
        };
        let (raw, terminator) = (&bytes[start..end], &bytes[end..after]);
        *position = Position { at: after, line: line + u64::from(terminator.ends_with(b"\n")) };
        let record = Record {
            line,
            raw,
            terminator,
            is_open,
            torn: None,
            has_lines: false,
            text: bytes,
            start,
            ends,
            is_unquoted: false,
        };
        if is_unusual {
            let lines = memchr_iter(b'\n', raw).count() as u64;
            position.line += lines;
            let record = Record { has_lines: lines > 0, ..record };
            return Some(unquote(&record, &mut self.unquoted, &mut self.ends));
        }
        Some(record)
    }
}

/// Removes the quotes of a record that has quoted cells with quotes or line feeds in them, or with text after them.
#[cold]
fn unquote<'a>(record: &Record<'a>, unquoted: &'a mut Vec<u8>, ends: &'a mut Vec<usize>) -> Record<'a> {
    unquoted.clear();
    ends.clear();
    let (mut start, mut line, mut torn) = (record.start, record.line, None);
    for &end in record.ends {
        let cell = &record.text[start..end];
        let after = unquote_cell(cell, unquoted);
        if after > 0 && memchr2(b'\n', b'\r', cell).is_some() {
            torn = torn.or(Some(line));
        }
        if record.has_lines {
            line += memchr_iter(b'\n', cell).count() as u64;
        }
        ends.push(unquoted.len());
        start = end + 1;
    }
    Record { torn, text: unquoted, start: 0, ends, is_unquoted: true, ..*record }
}

/// Removes the quotes of a cell, and returns how many bytes it has after its closing quote.
fn unquote_cell(cell: &[u8], unquoted: &mut Vec<u8>) -> usize {
    let Some(mut rest) = cell.strip_prefix(b"\"") else {
        unquoted.extend_from_slice(cell);
        return 0;
    };
    let mut is_closed = false;
    while let Some((content, after)) = memchr(b'"', rest).map(|at| (&rest[..at], &rest[at + 1..])) {
        unquoted.extend_from_slice(content);
        rest = after;
        let Some(after) = after.strip_prefix(b"\"") else {
            is_closed = true;
            break;
        };
        unquoted.push(b'"');
        rest = after;
    }
    unquoted.extend_from_slice(rest);
    if is_closed { rest.len() } else { 0 }
}
