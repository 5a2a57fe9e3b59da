//! Finds the bytes of CSV that matter.

use wide::u8x16;

use super::quotes::Quotes;

/// The offsets of the bytes that matter.
///
/// It is built from a few kilobytes at a time, almost without branches that depend on the bytes, which a processor
/// could not predict. A search for the next byte that matters, such as `memchr3`, takes longer, because cells are
/// short.
pub(super) struct ByteIndex {
    separator: u8,
    quotes: Quotes,
    /// Where cells end, except the last of each line.
    pub(super) separators: Offsets,
    /// Where lines end: carriage returns and line feeds outside of quoted cells.
    ends: Offsets,
    /// Bytes because of which a quoted cell is not the text between two quotes, and ends of lines in quoted cells.
    pub(super) unusual: Offsets,
    /// How many bytes have been read.
    read: usize,
    /// Whether these are all, and end in a quoted cell.
    ends_inside: bool,
}

/// How many bytes are read at once, and how often before a record is returned.
pub(super) const CHUNK: usize = u64::BITS as usize;
pub(super) const CHUNKS: usize = 64;

impl ByteIndex {
    pub(super) fn new(separator: u8) -> Self {
        Self {
            separator,
            quotes: Quotes::default(),
            separators: Offsets::default(),
            ends: Offsets::default(),
            unusual: Offsets::default(),
            read: 0,
            ends_inside: false,
        }
    }

    pub(super) fn restart(&mut self, separator: u8) {
        for offsets in [&mut self.separators, &mut self.ends, &mut self.unusual] {
            offsets.passed = offsets.count;
        }
        (self.separator, self.quotes, self.read, self.ends_inside) = (separator, Quotes::default(), 0, false);
    }

    /// Returns whether the bytes end in a quoted cell, if all of them have been read.
    pub(super) fn ends_inside(&self) -> bool {
        self.ends_inside
    }

    /// Passes the offsets before a position, which must not be before that of an earlier call, and returns the end of
    /// its line. All separators and unusual bytes before it are known.
    #[inline]
    pub(super) fn seek(&mut self, bytes: &[u8], position: usize) -> Option<usize> {
        self.pass(position);
        while self.ends.rest().is_empty() && self.read < bytes.len() {
            self.read(bytes);
            // Blank lines may have been passed before they were read.
            self.pass(position);
        }
        self.ends.rest().first().copied()
    }

    #[inline]
    fn pass(&mut self, position: usize) {
        self.separators.pass(position);
        self.ends.pass(position);
        self.unusual.pass(position);
    }

    #[cold]
    fn read(&mut self, bytes: &[u8]) {
        for offsets in [&mut self.separators, &mut self.ends, &mut self.unusual] {
            offsets.forget();
        }
        for chunk in bytes[self.read..].chunks(CHUNK).take(CHUNKS) {
            let [separators, ends, quotes] = masks(chunk, self.separator);
            let (inside, unusual) = self.quotes.scan(quotes, separators | ends, chunk.len());
            self.separators.add::<8>(self.read, separators & !inside);
            self.ends.add::<2>(self.read, ends & !inside);
            self.unusual.add::<1>(self.read, unusual | ends & inside);
            self.read += chunk.len();
        }
        self.ends_inside = self.read == bytes.len() && self.quotes.is_inside();
    }
}

/// Returns masks of the separators, the ends of lines and the quotes in at most [`CHUNK`] bytes.
#[inline]
pub(super) fn masks(chunk: &[u8], separator: u8) -> [u64; 3] {
    let Some(chunk) = chunk.first_chunk::<CHUNK>() else {
        let mut padded = [0; CHUNK];
        padded[..chunk.len()].copy_from_slice(chunk);
        return masks(&padded, separator);
    };
    chunk.rchunks_exact(16).filter_map(<[u8]>::first_chunk).fold([0; 3], |[separators, ends, quotes], lanes| {
        let lanes = u8x16::new(*lanes);
        let equals = |byte| lanes.cmp_eq(u8x16::splat(byte));
        let add = |mask: u64, lanes: u8x16| mask << 16 | u64::from(lanes.move_mask().unsigned_abs());
        [add(separators, equals(separator)), add(ends, equals(b'\n') | equals(b'\r')), add(quotes, equals(b'"'))]
    })
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

    /// Removes the offsets that have been passed, and makes room for those of one read.
    fn forget(&mut self) {
        self.slots.copy_within(self.passed..self.count, 0);
        (self.count, self.passed) = (self.count - self.passed, 0);
        let needed = self.count + CHUNKS * CHUNK;
        self.slots.resize(needed.max(self.slots.len()), 0);
    }

    /// Adds the offsets of the bits of a mask. It always writes `BATCH` slots at a time, so that it has no branch for
    /// each bit.
    #[inline]
    fn add<const BATCH: usize>(&mut self, start: usize, mut mask: u64) {
        let count = mask.count_ones() as usize;
        for slots in self.slots[self.count..].chunks_mut(BATCH).take(count.div_ceil(BATCH)) {
            for slot in slots {
                // The highest bit is set because the zeros of an empty mask take longer to count.
                *slot = start + (mask | 1 << (CHUNK - 1)).trailing_zeros() as usize;
                mask &= mask.wrapping_sub(1);
            }
        }
        self.count += count;
    }
}
