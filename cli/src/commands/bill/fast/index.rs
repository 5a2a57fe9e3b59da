//! The offsets of the bytes of CSV that matter.

#![expect(clippy::inline_always, reason = "only what `dispatch` inlines is compiled for newer processors")]

use std::mem;

use fearless_simd::dispatch;

use super::Boundary;
use super::marks::{CHUNK, Marks, Scanner};

/// The offsets of the bytes that matter.
///
/// It is built from a few kilobytes at a time, almost without branches that depend on the bytes, which a processor
/// could not predict. A search for the next byte that matters, such as `memchr3`, takes longer, because cells are
/// short.
pub(super) struct ByteIndex {
    scanner: Scanner,
    /// The marks of the first chunks, of which a [`Boundary`] may have found some already.
    marks: Vec<Marks>,
    /// Where cells end.
    cells: Offsets,
    /// Where lines end: the last cell of each.
    lines: Offsets,
    /// Bytes because of which a quoted cell is not the text between two quotes, and ends of lines in quoted cells.
    unusual: Offsets,
    /// How many bytes have been read.
    read: usize,
    /// Whether these are all, and end in a quoted cell.
    ends_inside: bool,
    /// The index of the last cell of the line before. The next line usually has as many.
    last: usize,
}

/// A line outside of quoted cells.
pub(super) struct Line<'a> {
    pub(super) end: usize,
    /// Where its cells end.
    pub(super) cells: &'a [usize],
    /// Whether the bytes end in a quoted cell of this line.
    pub(super) is_open: bool,
    /// Whether a quoted cell is not only the text between two quotes.
    pub(super) is_unusual: bool,
}

/// How many chunks are read before a record is returned.
pub(super) const CHUNKS: usize = 64;

impl ByteIndex {
    pub(super) fn new(separator: u8) -> Self {
        Self {
            scanner: Scanner::new(separator),
            marks: Vec::new(),
            cells: Offsets::default(),
            lines: Offsets::default(),
            unusual: Offsets::default(),
            read: 0,
            ends_inside: false,
            last: 0,
        }
    }

    pub(super) fn restart(&mut self, boundary: &mut Boundary) {
        for offsets in [&mut self.cells, &mut self.lines, &mut self.unusual] {
            offsets.passed = offsets.count;
        }
        mem::swap(&mut self.marks, &mut boundary.marks);
        (self.scanner, self.read, self.ends_inside) = (boundary.scanner.clone(), 0, false);
    }

    /// Passes the offsets before a position, which must not be before that of an earlier call, and returns the line
    /// there, or `None` if the position is behind the bytes.
    #[inline]
    pub(super) fn line(&mut self, bytes: &[u8], position: usize) -> Option<Line<'_>> {
        self.pass(position);
        while self.lines.rest().is_empty() && self.read < bytes.len() {
            self.read(bytes);
            // Blank lines may have been passed before they were read.
            self.pass(position);
        }
        let end = *self.lines.rest().first()?;
        let cells = self.cells.rest();
        if cells.get(self.last) != Some(&end) {
            self.last = cells.partition_point(|cell| *cell < end);
        }
        let is_open = self.ends_inside && end == bytes.len();
        let is_unusual = is_open || self.unusual.rest().first().is_some_and(|at| *at < end);
        Some(Line { end, cells: self.cells.take(self.last + 1), is_open, is_unusual })
    }

    #[inline]
    fn pass(&mut self, position: usize) {
        self.cells.pass(position);
        self.lines.pass(position);
        self.unusual.pass(position);
    }

    /// Adds the offsets of all chunks before an end. Those behind it, of bytes that only the boundary has scanned, come after
    /// all lines.
    #[inline(always)]
    fn add_until(&mut self, end: usize) {
        for marks in &self.marks[self.read / CHUNK..end.div_ceil(CHUNK)] {
            self.cells.add::<8>(self.read, marks.cells);
            self.lines.add::<2>(self.read, marks.lines);
            self.unusual.add::<1>(self.read, marks.unusual);
            self.read += CHUNK;
        }
        self.read = end;
    }

    #[cold]
    fn read(&mut self, bytes: &[u8]) {
        for offsets in [&mut self.cells, &mut self.lines, &mut self.unusual] {
            offsets.forget();
        }
        let end = bytes.len().min(self.read + CHUNKS * CHUNK);
        let marked = self.marks.len() * CHUNK;
        if marked < end {
            self.scanner.scan(&bytes[marked..end], &mut self.marks);
        }
        dispatch!(self.scanner.level, _ => self.add_until(end));
        if self.read == bytes.len() {
            self.ends_inside = self.scanner.is_inside();
            // The last line may have no end.
            self.cells.push(bytes.len());
            self.lines.push(bytes.len());
        }
    }
}

/// Offsets in ascending order.
#[derive(Default)]
pub(super) struct Offsets {
    /// The offsets, and slots that are not in use.
    slots: Vec<usize>,
    count: usize,
    /// How many have been passed.
    passed: usize,
}

impl Offsets {
    #[inline]
    pub(super) fn rest(&self) -> &[usize] {
        &self.slots[self.passed..self.count]
    }

    /// Passes the offsets before a position.
    #[inline]
    fn pass(&mut self, position: usize) {
        while self.rest().first().is_some_and(|offset| *offset < position) {
            self.passed += 1;
        }
    }

    /// Passes the next offsets, and returns them.
    #[inline]
    pub(super) fn take(&mut self, count: usize) -> &[usize] {
        let rest = &self.slots[self.passed..][..count];
        self.passed += count;
        rest
    }

    /// Removes the offsets that have been passed, and makes room for those of one read, and for unused slots behind them.
    fn forget(&mut self) {
        self.slots.copy_within(self.passed..self.count, 0);
        (self.count, self.passed) = (self.count - self.passed, 0);
        let needed = self.count + (CHUNKS + 1) * CHUNK;
        self.slots.resize(needed.max(self.slots.len()), 0);
    }

    fn push(&mut self, offset: usize) {
        self.slots[self.count] = offset;
        self.count += 1;
    }

    /// Adds the offsets of the bits of a mask. It always writes `BATCH` slots at a time, and most often once, so that it has
    /// no branch for each bit.
    #[inline(always)]
    fn add<const BATCH: usize>(&mut self, start: usize, mut mask: u64) {
        let mut next = self.count;
        self.count += mask.count_ones() as usize;
        loop {
            for slot in &mut self.slots[next..][..BATCH] {
                // The highest bit is set because the zeros of an empty mask take longer to count.
                *slot = start + (mask | 1 << (CHUNK - 1)).trailing_zeros() as usize;
                mask &= mask.wrapping_sub(1);
            }
            next += BATCH;
            if next >= self.count {
                return;
            }
        }
    }
}
