//! Finds where the last whole record in some bytes ends.

use memchr::{memchr, memrchr2_iter};

use super::index::{CHUNK, masks};
use super::quotes::Quotes;

/// Finds the end of the last whole record in bytes that start with a record. It can go on when there are more bytes.
///
/// Whether a line feed is in a quoted cell does not depend on the number of quotes before it, because some quotes are
/// text.
pub struct Boundary {
    separator: u8,
    quotes: Quotes,
    scanned: usize,
    end: usize,
}

impl Boundary {
    /// Finds records whose cells a byte separates.
    #[must_use]
    pub fn new(separator: u8) -> Self {
        Self { separator, quotes: Quotes::default(), scanned: 0, end: 0 }
    }

    /// Returns whether the bytes that have been scanned end in a quoted cell.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.quotes.is_inside()
    }

    /// Scans what has been added to the bytes, and returns where the last record that has an end of its line ends, or
    /// 0. A carriage return at the end of the bytes may have a line feed after it, so it is not the end of a line yet.
    pub fn scan(&mut self, bytes: &[u8]) -> usize {
        let is_end = |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1).is_some_and(|next| *next != b'\n');
        let known = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let rest = known.get(self.scanned..).unwrap_or_default();
        if !self.is_quoted() && memchr(b'"', rest).is_none() {
            if let Some(last) = rest.last() {
                self.quotes.skip(*last == self.separator || b"\r\n".contains(last));
            }
            let end = memrchr2_iter(b'\n', b'\r', rest).map(|at| self.scanned + at).find(is_end);
            self.end = end.map_or(self.end, |at| at + 1);
            self.scanned += rest.len();
            return self.end;
        }
        for chunk in rest.chunks(CHUNK) {
            let [separators, ends, quotes] = masks(chunk, self.separator);
            let (inside, _) = self.quotes.scan(quotes, separators | ends, chunk.len());
            let mut ends = ends & !inside;
            while let Some(last) = ends.checked_ilog2() {
                let at = self.scanned + last as usize;
                if is_end(&at) {
                    self.end = at + 1;
                    break;
                }
                ends ^= 1 << last;
            }
            self.scanned += chunk.len();
        }
        self.end
    }
}
