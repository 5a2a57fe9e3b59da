//! Marks the bytes of CSV that matter.

#![expect(clippy::inline_always, reason = "only what `dispatch` inlines is compiled for newer processors")]

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x64};

use super::quotes::Quotes;

/// How many bytes are read at once.
pub(super) const CHUNK: usize = u64::BITS as usize;

/// The bytes of a chunk that matter, with a bit for each byte, the first byte lowest.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    /// Where cells end: separators, and ends of lines.
    pub(super) cells: u64,
    /// Where lines end: carriage returns and line feeds outside of quoted cells.
    pub(super) lines: u64,
    /// Bytes because of which a quoted cell is not the text between two quotes, and ends of lines in quoted cells.
    pub(super) unusual: u64,
}

/// Marks bytes, chunk by chunk, with what the processor has for that.
#[derive(Clone)]
pub(super) struct Scanner {
    pub(super) level: Level,
    separator: u8,
    quotes: Quotes,
}

impl Scanner {
    pub(super) fn new(separator: u8) -> Self {
        Self { level: Level::new(), separator, quotes: Quotes::default() }
    }

    /// Returns whether the last byte is in a quoted cell.
    pub(super) fn is_inside(&self) -> bool {
        self.quotes.is_inside()
    }

    /// Adds the marks of the next chunks. Only the last one of all may have fewer than [`CHUNK`] bytes.
    pub(super) fn scan(&mut self, bytes: &[u8], marks: &mut Vec<Marks>) {
        dispatch!(self.level, simd => self.scan_with(simd, bytes, marks));
    }

    #[inline(always)]
    fn scan_with<S: Simd>(&mut self, simd: S, bytes: &[u8], marks: &mut Vec<Marks>) {
        let chunks = bytes.chunks_exact(CHUNK);
        let rest = chunks.remainder();
        marks.reserve(chunks.len() + 1);
        for chunk in chunks {
            if let Some(chunk) = chunk.first_chunk() {
                marks.push(self.scan_chunk(simd, chunk));
            }
        }
        if !rest.is_empty() {
            let mut padded = [0; CHUNK];
            padded[..rest.len()].copy_from_slice(rest);
            marks.push(self.scan_chunk(simd, &padded));
        }
    }

    #[inline(always)]
    fn scan_chunk<S: Simd>(&mut self, simd: S, chunk: &[u8; CHUNK]) -> Marks {
        let [separators, ends, quotes] = masks(simd, chunk, self.separator);
        let (inside, unusual) = self.quotes.scan(quotes, separators | ends);
        Marks { cells: (separators | ends) & !inside, lines: ends & !inside, unusual: unusual | ends & inside }
    }
}

/// Returns masks of the separators, the ends of lines and the quotes in a chunk.
#[inline(always)]
pub(super) fn masks<S: Simd>(simd: S, chunk: &[u8; CHUNK], separator: u8) -> [u64; 3] {
    let lanes = u8x64::simd_from(simd, *chunk);
    let equal = |byte: u8| lanes.simd_eq(byte).to_bitmask();
    [equal(separator), equal(b'\n') | equal(b'\r'), equal(b'"')]
}
