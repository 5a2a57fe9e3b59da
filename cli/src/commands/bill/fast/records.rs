//! Splits CSV into records, by the rules of the csv crate.

use std::num::NonZero;

use csv_core::ReadRecordResult;
use memchr::{memchr, memrchr};
use wide::u8x16;

use super::number::{number, short_number};

/// Splits bytes into records.
///
/// It splits records without a quote itself, in less than a fifth of the time that `csv_core` takes, and passes the
/// others to `csv_core`. simd-csv takes more than twice as long on short cells, and treats a quote in the middle of a
/// cell, such as `12" print`, as the start of a quoted one, which may hide the rows that follow.
pub struct Splitter {
    index: ByteIndex,
    /// How many commas the last record without a quote had. The next one usually has as many.
    commas: usize,
    core: csv_core::Reader,
    /// The cells of the last record with a quote, without their quotes, and where each of them ends.
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
    /// The text that has the cells, from `start` to `end`.
    text: &'a [u8],
    start: usize,
    end: usize,
    /// Where each cell but the last ends.
    ends: &'a [usize],
    /// How many bytes of the text separate two cells.
    gap: usize,
}

impl<'a> Record<'a> {
    /// Returns how many cells there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ends.len() + 1
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

    #[inline]
    fn bounds(&self, column: usize) -> Option<(usize, usize)> {
        let start = match column.checked_sub(1) {
            Some(before) => self.ends.get(before)? + self.gap,
            None => self.start,
        };
        Some((start, *self.ends.get(column).unwrap_or(&self.end)))
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

impl Default for Splitter {
    fn default() -> Self {
        let mut core = csv_core::Reader::new();
        restart(&mut core);
        Self { index: ByteIndex::default(), commas: 0, core, unquoted: vec![0; 1 << 10], ends: Vec::new() }
    }
}

impl Splitter {
    /// Forgets the bytes of the last record. It must be called before `next` gets other bytes.
    pub fn restart(&mut self) {
        self.index.restart();
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
        let other = self.index.seek(bytes, start);
        let (end, after) = match other.map(|at| (at, &bytes[at..])) {
            Some((at, [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..])) => (at, bytes.len() - rest.len()),
            Some(_) => return Some(self.next_quoted(&bytes[start..], position)),
            None => (bytes.len(), bytes.len()),
        };
        let commas = self.index.commas.rest();
        let is_before = |at: usize| commas.get(at).is_some_and(|comma| (..end).contains(comma));
        if is_before(self.commas) || !self.commas.checked_sub(1).is_none_or(is_before) {
            self.commas = commas.partition_point(|comma| (..end).contains(comma));
        }
        let ends = self.index.commas.take(self.commas);
        *position = Position { at: after, line: line + u64::from(end != after) };
        let (raw, terminator) = (&bytes[start..end], &bytes[end..after]);
        Some(Record { line, raw, terminator, is_open: false, text: bytes, start, end, ends, gap: 1 })
    }

    /// Splits a record that has a quote, or a carriage return which does not precede a line feed.
    #[cold]
    fn next_quoted<'a>(&'a mut self, rest: &'a [u8], position: &mut Position) -> Record<'a> {
        let (mut read, mut written, mut count) = (0, 0, 0);
        self.ends.resize(self.ends.capacity().max(1), 0);
        let has_end = loop {
            let (result, input, output, ends) =
                self.core.read_record(&rest[read..], &mut self.unquoted[written..], &mut self.ends[count..]);
            read += input;
            written += output;
            count += ends;
            match result {
                // This doubles the room.
                ReadRecordResult::OutputFull => self.unquoted.extend_from_within(..),
                ReadRecordResult::OutputEndsFull => self.ends.extend_from_within(..),
                // `csv_core` sees the end of its input where it gets no more bytes.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => {
                    break matches!(rest[..read].last(), Some(b'\n' | b'\r'));
                }
            }
        };
        let mut is_open = false;
        if read == rest.len() {
            // At the end of a file.
            is_open = Boundary::default().leaves_open(rest);
            restart(&mut self.core);
        }
        let end = if has_end && !is_open { read - 1 } else { read };
        let after = if rest.get(end..).is_some_and(|rest| rest.starts_with(b"\r\n")) { end + 2 } else { read };
        let line = position.line;
        let lines = memchr::memchr_iter(b'\n', &rest[..after]).count();
        *position = Position { at: position.at + after, line: line + lines as u64 };
        let (raw, terminator) = (&rest[..end], &rest[end..after]);
        let ends = &self.ends[..count.saturating_sub(1)];
        Record { line, raw, terminator, is_open, text: &self.unquoted, start: 0, end: written, ends, gap: 0 }
    }
}

/// The offsets of the bytes that matter: the commas, and the others, which are quotes, carriage returns and line feeds.
///
/// It is built from a few kilobytes at a time, almost without branches that depend on the bytes, which a processor
/// could not predict. A search for the next byte that matters, such as `memchr3`, takes longer, because cells are
/// short.
#[derive(Default)]
struct ByteIndex {
    commas: Offsets,
    others: Offsets,
    /// How many bytes have been read.
    read: usize,
}

/// How many bytes are read at once, and how often before a record is returned.
const CHUNK: usize = u64::BITS as usize;
const CHUNKS: usize = 64;

impl ByteIndex {
    fn restart(&mut self) {
        (self.commas.passed, self.others.passed) = (self.commas.count, self.others.count);
        self.read = 0;
    }

    /// Passes the offsets before a position, which must not be before that of an earlier call, and returns the first of
    /// the other bytes. All commas before it are known.
    #[inline]
    fn seek(&mut self, bytes: &[u8], position: usize) -> Option<usize> {
        self.commas.pass(position);
        self.others.pass(position);
        while self.others.rest().is_empty() && self.read < bytes.len() {
            self.read(bytes, position);
        }
        self.others.rest().first().copied()
    }

    #[cold]
    fn read(&mut self, bytes: &[u8], position: usize) {
        self.commas.forget();
        self.others.forget();
        // A quoted record may end after the bytes that have been read.
        self.read = self.read.max(position);
        for chunk in bytes[self.read..].chunks(CHUNK).take(CHUNKS) {
            let [commas, others] = if let Some(chunk) = chunk.first_chunk() {
                masks(chunk)
            } else {
                let mut padded = [0; CHUNK];
                padded[..chunk.len()].copy_from_slice(chunk);
                masks(&padded)
            };
            self.commas.add::<8>(self.read, commas);
            self.others.add::<2>(self.read, others);
            self.read += chunk.len();
        }
    }
}

/// Returns a bit for each byte, the first byte lowest: the commas, and the others.
#[inline]
fn masks(chunk: &[u8; CHUNK]) -> [u64; 2] {
    chunk.rchunks_exact(16).filter_map(<[u8]>::first_chunk).fold([0, 0], |[commas, others], lanes| {
        let lanes = u8x16::new(*lanes);
        let equals = |byte| lanes.cmp_eq(u8x16::splat(byte));
        let mask = |lanes: u8x16| u64::from(lanes.move_mask().unsigned_abs());
        [commas << 16 | mask(equals(b',')), others << 16 | mask(equals(b'\n') | equals(b'\r') | equals(b'"'))]
    })
}

/// Offsets in ascending order.
#[derive(Default)]
struct Offsets {
    /// The offsets, and slots that are not in use.
    slots: Vec<usize>,
    count: usize,
    /// How many have been passed.
    passed: usize,
}

impl Offsets {
    #[inline]
    fn rest(&self) -> &[usize] {
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
    fn take(&mut self, count: usize) -> &[usize] {
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

/// Moves a parser between two records. It skips a byte-order mark at the start of its input, which may be the start of
/// any record, but not after a blank line.
fn restart(core: &mut csv_core::Reader) {
    core.reset();
    core.read_record(b"\n", &mut [0], &mut [0]);
}

/// Finds the end of the last whole record in bytes that start with a record. It can go on when there are more bytes.
#[derive(Default)]
pub struct Boundary {
    scanned: usize,
    is_quoted: bool,
    end: usize,
}

impl Boundary {
    /// Scans what has been added to the bytes, and returns where the last record that has a line feed ends, or 0.
    ///
    /// A quote only starts a quoted cell at the start of a cell; anywhere else it is text. So whether a line feed is in
    /// a cell does not depend on the number of quotes before it, but on the byte before each quote outside of a quoted
    /// cell.
    pub fn scan(&mut self, bytes: &[u8]) -> usize {
        while let Some(rest) = bytes.get(self.scanned..) {
            let quote = memchr(b'"', rest);
            if self.is_quoted {
                match quote.map(|at| (self.scanned + at, rest.get(at + 1))) {
                    Some((at, Some(b'"'))) => self.scanned = at + 2,
                    Some((at, Some(_))) => (self.scanned, self.is_quoted) = (at + 1, false),
                    // The next byte decides what this quote is.
                    Some((at, None)) => {
                        self.scanned = at;
                        break;
                    }
                    None => {
                        self.scanned = bytes.len();
                        break;
                    }
                }
            } else {
                let outside = &rest[..quote.unwrap_or(rest.len())];
                if let Some(at) = memrchr(b'\n', outside) {
                    self.end = self.scanned + at + 1;
                }
                let at = self.scanned + outside.len();
                if quote.is_none() {
                    self.scanned = at;
                    break;
                }
                self.is_quoted = at.checked_sub(1).is_none_or(|before| b",\n\r".contains(&bytes[before]));
                self.scanned = at + 1;
            }
        }
        self.end
    }

    /// Returns whether the bytes of a file end in a quoted cell.
    fn leaves_open(mut self, bytes: &[u8]) -> bool {
        self.scan(bytes);
        self.is_quoted && self.scanned == bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of at most `length` characters from an alphabet.
    fn texts(alphabet: &[&str], length: usize) -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut start = 0;
        for _ in 0..length {
            let end = texts.len();
            for at in start..end {
                texts.extend(alphabet.iter().map(|c| texts[at].clone() + c).collect::<Vec<_>>());
            }
            start = end;
        }
        texts
    }

    type Records = Vec<Vec<Vec<u8>>>;

    fn split(splitter: &mut Splitter, bytes: &[u8]) -> (Records, Vec<u64>) {
        splitter.restart();
        let mut position = Position { at: 0, line: 1 };
        let (mut records, mut lines) = (Vec::new(), Vec::new());
        while let Some(record) = splitter.next(bytes, &mut position) {
            assert!(bytes[..position.at].ends_with(&[record.raw, record.terminator].concat()));
            assert!(record.get(record.count()).is_none() && record.number(record.count()).is_none());
            let cells = (0..record.count()).map(|column| record.get(column).unwrap());
            assert!(cells.clone().enumerate().all(|(column, cell)| record.number(column) == number(cell)));
            records.push(cells.map(<[u8]>::to_vec).collect());
            lines.push(record.line);
        }
        assert_eq!(position.at, bytes.len());
        (records, lines)
    }

    /// Returns the records of the csv crate, and where each of them starts and ends.
    fn split_by_csv(bytes: &[u8]) -> (Records, Vec<(usize, usize)>) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let (mut record, mut records, mut places) = (csv::ByteRecord::new(), Vec::new(), Vec::new());
        let position = |position: u64| usize::try_from(position).unwrap();
        while reader.read_byte_record(&mut record).unwrap() {
            let start = position(record.position().unwrap().byte());
            let blank = bytes[start..].iter().take_while(|byte| matches!(**byte, b'\n' | b'\r')).count();
            places.push((start + blank, position(reader.position().byte())));
            records.push(record.iter().map(<[u8]>::to_vec).collect());
        }
        (records, places)
    }

    #[test]
    fn records_are_those_of_the_csv_crate() {
        let mut splitter = Splitter::default();
        for text in texts(&["a", ",", "\"", "\n", "\r"], 5) {
            let (records, lines) = split(&mut splitter, text.as_bytes());
            let (wanted, places) = split_by_csv(text.as_bytes());
            assert_eq!(records, wanted, "{text:?}");
            let line = |&(start, _): &(usize, usize)| 1 + text[..start].matches('\n').count() as u64;
            assert_eq!(lines, places.iter().map(line).collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn the_bytes_that_matter_are_found_wherever_they_are() {
        for at in 0..CHUNK {
            for byte in 0..=u8::MAX {
                for others in [b'a', 0, b'-', 0x80 | b',', u8::MAX] {
                    let mut chunk = [others; CHUNK];
                    chunk[at] = byte;
                    let bit = |is_wanted| u64::from(is_wanted) << at;
                    let wanted = [bit(byte == b','), bit(matches!(byte, b'"' | b'\n' | b'\r'))];
                    assert_eq!(masks(&chunk), wanted, "{byte} at {at} among {others}");
                }
            }
        }
        assert_eq!(masks(&[b','; CHUNK]), [u64::MAX, 0]);
        assert_eq!(masks(&[b'"'; CHUNK]), [0, u64::MAX]);
    }

    /// Records of every length put each byte that matters at every offset in a chunk, and across the ends of chunks.
    #[test]
    fn records_are_whole_wherever_a_chunk_ends() {
        let mut splitter = Splitter::default();
        for length in (0..2 * CHUNK).chain(CHUNK * CHUNKS - 3..CHUNK * CHUNKS + 3) {
            let cell = "x".repeat(length);
            for end in ["\n", "\r\n", "\r", "\"\n", ",\"\n,\"\"\"\n", ",,,\n"] {
                let text = format!("{cell}{end}{cell},{cell}{end}a,1{end}");
                let (records, _) = split(&mut splitter, text.as_bytes());
                assert_eq!(records, split_by_csv(text.as_bytes()).0, "{length} {end:?}");
            }
        }
    }

    #[test]
    fn a_byte_order_mark_is_part_of_a_cell_after_the_start_of_a_file() {
        let bytes = "\u{feff}a,\"b\"\n\u{feff}c\n\"\u{feff}\"\n".as_bytes();
        let wanted = [vec!["\u{feff}a", "b"], vec!["\u{feff}c"], vec!["\u{feff}"]];
        assert_eq!(
            split(&mut Splitter::default(), bytes).0,
            wanted.map(|cells| cells.iter().map(|cell| cell.as_bytes().to_vec()).collect::<Vec<_>>())
        );
    }

    #[test]
    fn long_cells_and_many_cells_are_whole() {
        for count in [1, 31, 32, 33] {
            let cells: Vec<String> = (0..count).map(|at| "x\"\n,".repeat(at)).collect();
            let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            let (records, _) = split(&mut Splitter::default(), format!("{}\na\n", quoted.join(",")).as_bytes());
            let cells: Vec<Vec<u8>> = cells.into_iter().map(String::into_bytes).collect();
            assert_eq!(records, [cells, vec![b"a".to_vec()]]);
        }
        let (records, _) = split(&mut Splitter::default(), format!("{}\n", "\"x\",".repeat(5000)).as_bytes());
        assert_eq!(records[0].len(), 5001);
    }

    #[test]
    fn the_last_record_is_open_if_its_last_quote_is_not_closed() {
        for (text, is_open) in [
            ("\"a", true),
            ("a,\"b", true),
            ("\"a\n", true),
            ("\"a\"\"", true),
            ("\"a\"\"\n", true),
            ("\"", true),
            ("\"a\"", false),
            ("\"a\"\n", false),
            ("\"a\"\"\"", false),
            ("a\"", false),
            ("a\"b", false),
            ("\"a\"\"\"\n", false),
        ] {
            let (mut splitter, mut position) = (Splitter::default(), Position { at: 0, line: 1 });
            let record = splitter.next(text.as_bytes(), &mut position).unwrap();
            assert_eq!(record.is_open, is_open, "{text:?}");
        }
    }

    #[test]
    fn a_boundary_is_the_last_line_feed_between_records() {
        let splitter = &mut Splitter::default();
        for text in texts(&["a", ",", "\"", "\n", "\r"], 6) {
            // A quote ends an open cell, or begins one.
            let longer = format!("{text}\"\n");
            let whole = split(splitter, longer.as_bytes()).0;
            let mut is_between = |end: &usize| {
                [split(splitter, &longer.as_bytes()[..*end]).0, split(splitter, &longer.as_bytes()[*end..]).0].concat()
                    == whole
            };
            let line_feeds = text.match_indices('\n').map(|(at, _)| at + 1);
            let last = line_feeds.filter(|end| is_between(end)).last().unwrap_or(0);
            assert_eq!(Boundary::default().scan(text.as_bytes()), last, "{text:?}");
        }
    }

    #[test]
    fn a_boundary_is_the_same_however_many_bytes_come_at_once() {
        for text in texts(&["a", ",", "\"", "\n"], 6) {
            let mut boundary = Boundary::default();
            for end in 0..=text.len() {
                let scanned = boundary.scan(&text.as_bytes()[..end]);
                assert_eq!(scanned, Boundary::default().scan(&text.as_bytes()[..end]), "{text:?} {end}");
            }
        }
    }
}
