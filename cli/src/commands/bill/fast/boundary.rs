//! Finds where the last whole record in some bytes ends.

use std::iter;

use memchr::{memchr, memrchr2_iter};

use super::marks::{CHUNK, Marks, Scanner};

/// Finds the end of the last whole record in bytes that start with a record. It can go on when there are more bytes.
///
/// Whether a line feed is in a quoted cell does not depend on the number of quotes before it, because some quotes are
/// text. So bytes with quotes are scanned from the start, and what is found there is kept for the
/// [`Splitter`](super::Splitter).
pub struct Boundary {
    pub(super) scanner: Scanner,
    /// Of whole chunks, if there are quotes.
    pub(super) marks: Vec<Marks>,
    /// How many of the first bytes have no quote.
    without_quotes: usize,
}

impl Default for Boundary {
    fn default() -> Self {
        Self::new(b',')
    }
}

impl Boundary {
    /// Finds records whose cells a byte separates.
    #[must_use]
    pub fn new(separator: u8) -> Self {
        Self { scanner: Scanner::new(separator), marks: Vec::new(), without_quotes: 0 }
    }

    /// Forgets the bytes, and keeps the memory.
    pub fn restart(&mut self, separator: u8) {
        self.marks.clear();
        (self.scanner, self.without_quotes) = (Scanner::new(separator), 0);
    }

    /// Returns whether the bytes that have been scanned end in a quoted cell.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.scanner.is_inside()
    }

    /// Scans what has been added to the bytes, and returns where the last record that has an end of its line ends, or
    /// 0. A carriage return at the end of the bytes may have a line feed after it, so it is not the end of a line yet.
    pub fn scan(&mut self, bytes: &[u8]) -> usize {
        let is_end = |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1).is_some_and(|next| *next != b'\n');
        if self.marks.is_empty() && memchr(b'"', &bytes[self.without_quotes..]).is_none() {
            self.without_quotes = bytes.len();
            return memrchr2_iter(b'\n', b'\r', bytes).find(is_end).map_or(0, |at| at + 1);
        }
        let (chunks, rest) = bytes.split_at(bytes.len() / CHUNK * CHUNK);
        self.scanner.scan(&chunks[self.marks.len() * CHUNK..], &mut self.marks);
        let whole = self.marks.len();
        // More bytes may complete this chunk.
        self.scanner.clone().scan(rest, &mut self.marks);
        let ends = self.marks.iter().enumerate().rev();
        let end =
            ends.flat_map(|(chunk, marks)| downwards(marks.lines).map(move |bit| chunk * CHUNK + bit)).find(is_end);
        self.marks.truncate(whole);
        end.map_or(0, |at| at + 1)
    }
}

/// Returns the bits that are set, the highest first.
fn downwards(mut mask: u64) -> impl Iterator<Item = usize> {
    iter::from_fn(move || {
        let bit = mask.checked_ilog2()?;
        mask ^= 1 << bit;
        Some(bit as usize)
    })
}
