//! Finds quoted cells.

#![expect(clippy::inline_always, reason = "only what `dispatch` inlines is compiled for newer processors")]

use super::marks::CHUNK;

/// Which bytes are in quoted cells, chunk by chunk. A chunk is a mask with a bit for each of its bytes, the first byte
/// lowest.
///
/// A quote starts a quoted cell only at the start of a cell; anywhere else outside of a quoted cell it is text. In a
/// quoted cell, two quotes are one, and any other quote ends the quoted part.
#[derive(Clone)]
pub(super) struct Quotes {
    /// 1 if the last byte is in a quoted cell, as a bit for the next chunk to start with.
    inside: u64,
    /// 1 if a cell starts after the last byte.
    after_break: u64,
    /// 1 if the last byte is a quote that ends a quoted part.
    after_close: u64,
}

impl Default for Quotes {
    fn default() -> Self {
        Self { inside: 0, after_break: 1, after_close: 0 }
    }
}

impl Quotes {
    /// Returns whether the last byte is in a quoted cell.
    pub(super) fn is_inside(&self) -> bool {
        self.inside != 0
    }

    /// Takes the quotes, and the separators and ends of lines, of the next chunk. After a chunk with fewer bytes, only
    /// [`is_inside`](Self::is_inside) is right.
    ///
    /// Returns which bytes are in quoted cells, from their first quote on and without their last one, and because of
    /// which a quoted cell is not only the text between its first and its last quote: two quotes that are one, and text
    /// after the last quote.
    #[inline(always)]
    pub(super) fn scan(&mut self, quotes: u64, breaks: u64) -> (u64, u64) {
        let inside = self.inside(quotes, breaks);
        let closes = quotes & !inside & (inside << 1 | self.inside);
        // A quote after one that ends a quoted part reopens it.
        let unusual = (closes << 1 | self.after_close) & !breaks;
        let last = |mask: u64| mask >> (CHUNK - 1);
        *self = Self { inside: last(inside), after_break: last(breaks & !inside), after_close: last(closes) };
        (inside, unusual)
    }

    /// Returns the mask of a chunk without quotes.
    fn start(&self) -> u64 {
        0_u64.wrapping_sub(self.inside)
    }

    #[inline(always)]
    fn inside(&self, quotes: u64, breaks: u64) -> u64 {
        // Right if no quote is text. Each bit is the parity of the quotes up to its byte.
        let parity = (0..CHUNK.ilog2()).fold(quotes, |mask, step| mask ^ mask << (1 << step)) ^ self.start();
        let may_open = (breaks | quotes) & !parity;
        let may_open = may_open << 1 | self.after_break | self.after_close;
        if quotes & parity & !may_open == 0 { parity } else { self.inside_by_steps(quotes, breaks) }
    }

    /// Returns the mask of any chunk.
    #[cold]
    fn inside_by_steps(&self, quotes: u64, breaks: u64) -> u64 {
        let (mut inside, mut mask) = (self.is_inside(), self.start());
        // The bit where a quote would start a quoted cell, or continue one.
        let mut opening = self.after_break | self.after_close;
        let mut rest = quotes | breaks;
        while rest != 0 {
            let bit = rest & rest.wrapping_neg();
            rest ^= bit;
            match (inside, quotes & bit != 0) {
                // Text of a quoted cell, and a quote that is text.
                (true, false) => {}
                (false, false) => opening = bit << 1,
                (false, true) if bit != opening => {}
                (_, true) => {
                    // This inverts the bit and those above it.
                    mask ^= bit.wrapping_neg();
                    inside = !inside;
                    opening = if inside { 0 } else { bit << 1 };
                }
            }
        }
        mask
    }
}
