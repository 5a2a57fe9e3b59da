//! The records of CSV, by the rules of the csv crate.

use csv_core::ReadRecordResult;
use memchr::{memchr, memrchr};

/// Splits bytes into records.
///
/// It splits records without a quote itself, in a third of the time that `csv_core` takes, and gives the others to
/// `csv_core`. simd-csv takes as long as the loop here on short cells, and treats a quote in the middle of a cell, such as
/// `12" print`, as the start of a quoted one, which may hide the rows that follow.
pub(super) struct Splitter {
    core: csv_core::Reader,
    /// The cells of the last record without their quotes, if it had any.
    unquoted: Vec<u8>,
    /// Where each cell of the last record ends: in its bytes, or in `unquoted`.
    ends: Vec<usize>,
}

/// One record.
pub(super) struct Record<'a> {
    /// The line that it starts in.
    pub(super) line: u64,
    /// Its bytes as they are, without the end of the line.
    pub(super) raw: &'a [u8],
    /// The end of the line; the last record of a file may have none.
    pub(super) terminator: &'a [u8],
    /// Whether its last cell is quoted and the file ends in it.
    pub(super) is_open: bool,
    text: &'a [u8],
    ends: &'a [usize],
    /// How many bytes of the text separate two cells.
    gap: usize,
}

impl<'a> Record<'a> {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns a cell, without its quotes.
    #[inline]
    pub(super) fn get(&self, column: usize) -> Option<&'a [u8]> {
        let &end = self.ends.get(column)?;
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before] + self.gap);
        self.text.get(start..end)
    }
}

/// A place between two records.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The index of the next byte.
    pub(super) at: usize,
    /// The line of that byte, from 1.
    pub(super) line: u64,
}

impl Splitter {
    pub(super) fn new() -> Self {
        Self { core: core(), unquoted: vec![0; 1 << 10], ends: Vec::new() }
    }

    /// Returns the record at a place and moves the place behind it, or returns `None` at the end. Blank lines are no records.
    #[inline]
    pub(super) fn next<'a>(&'a mut self, bytes: &'a [u8], place: &mut Place) -> Option<Record<'a>> {
        while let Some(byte @ (b'\n' | b'\r')) = bytes.get(place.at) {
            place.at += 1;
            place.line += u64::from(*byte == b'\n');
        }
        let (start, line) = (place.at, place.line);
        let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
        self.ends.clear();
        let mut end = rest.len();
        let mut terminator = 0;
        for (at, &byte) in rest.iter().enumerate() {
            // Few cells have a byte below the comma that is none of these.
            if byte > b',' {
                continue;
            }
            match byte {
                b',' => self.ends.push(at),
                b'\n' => (end, terminator) = (at, 1),
                b'\r' if matches!(rest.get(at + 1), Some(b'\n') | None) => (end, terminator) = (at, 2),
                b'\r' | b'"' => return Some(self.next_quoted(rest, place)),
                _ => {}
            }
            if terminator > 0 {
                break;
            }
        }
        self.ends.push(end);
        let after = rest.len().min(end + terminator);
        *place = Place { at: start + after, line: line + u64::from(terminator > 0 && rest[after - 1] == b'\n') };
        let (raw, terminator) = (&rest[..end], &rest[end..after]);
        Some(Record { line, raw, terminator, is_open: false, text: raw, ends: &self.ends, gap: 1 })
    }

    /// Splits a record that has a quote, or a carriage return which does not precede a line feed.
    #[cold]
    fn next_quoted<'a>(&'a mut self, rest: &'a [u8], place: &mut Place) -> Record<'a> {
        let (mut read, mut written, mut count) = (0, 0, 0);
        self.ends.resize(self.ends.capacity().max(1), 0);
        let has_end = loop {
            let (result, input, output, ends) =
                self.core.read_record(&rest[read..], &mut self.unquoted[written..], &mut self.ends[count..]);
            read += input;
            written += output;
            count += ends;
            match result {
                ReadRecordResult::OutputFull => self.unquoted.resize(2 * self.unquoted.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                // `csv_core` sees the end of its input where it gets no more bytes.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => break read > 0 && is_end(rest[read - 1]),
            }
        };
        let mut is_open = false;
        if read == rest.len() {
            // At the end of a file.
            is_open = Boundary::default().leaves_open(rest);
            self.core = core();
        }
        let end = if has_end && !is_open { read - 1 } else { read };
        let after = if rest.get(end..).is_some_and(|rest| rest.starts_with(b"\r\n")) { end + 2 } else { read };
        self.ends.truncate(count);
        let line = place.line;
        let lines = memchr::memchr_iter(b'\n', &rest[..after]).count();
        *place = Place { at: place.at + after, line: line + lines as u64 };
        let (raw, terminator) = (&rest[..end], &rest[end..after]);
        Record { line, raw, terminator, is_open, text: &self.unquoted, ends: &self.ends, gap: 0 }
    }
}

fn is_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// A parser between two records. A new one would skip a byte-order mark at the start of the next record; after a blank line
/// it does not.
fn core() -> csv_core::Reader {
    let mut core = csv_core::Reader::new();
    let (_, read, ..) = core.read_record(b"\n", &mut [0], &mut [0]);
    debug_assert_eq!(read, 1);
    core
}

/// Finds the end of the last whole record in bytes that start with a record. It can go on when there are more bytes.
#[derive(Default)]
pub(super) struct Boundary {
    scanned: usize,
    is_quoted: bool,
    end: usize,
}

impl Boundary {
    /// Scans what has been added to the bytes, and returns where the last record that has a line feed ends, or 0.
    ///
    /// A quote starts a quoted cell at the start of a cell alone; anywhere else it is text. So the count of quotes says
    /// nothing about whether a line feed is in a cell, but the byte before each quote outside of a quoted cell does.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> usize {
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

    fn split(bytes: &[u8]) -> (Records, Vec<u64>) {
        let (mut splitter, mut place) = (Splitter::new(), Place { at: 0, line: 1 });
        let (mut records, mut lines) = (Vec::new(), Vec::new());
        while let Some(record) = splitter.next(bytes, &mut place) {
            assert!(bytes[..place.at].ends_with(&[record.raw, record.terminator].concat()));
            assert!(record.get(record.len()).is_none());
            records.push((0..record.len()).map(|column| record.get(column).unwrap().to_vec()).collect());
            lines.push(record.line);
        }
        assert_eq!(place.at, bytes.len());
        (records, lines)
    }

    /// The records by the csv crate, and where each of them starts and ends.
    fn split_by_csv(bytes: &[u8]) -> (Records, Vec<(usize, usize)>) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let (mut record, mut records, mut places) = (csv::ByteRecord::new(), Vec::new(), Vec::new());
        let position = |position: u64| usize::try_from(position).unwrap();
        while reader.read_byte_record(&mut record).unwrap() {
            let start = position(record.position().unwrap().byte());
            let blank = bytes[start..].iter().take_while(|byte| is_end(**byte)).count();
            places.push((start + blank, position(reader.position().byte())));
            records.push(record.iter().map(<[u8]>::to_vec).collect());
        }
        (records, places)
    }

    #[test]
    fn records_are_those_of_the_csv_crate() {
        for text in texts(&["a", ",", "\"", "\n", "\r"], 6) {
            let (records, lines) = split(text.as_bytes());
            let (wanted, places) = split_by_csv(text.as_bytes());
            assert_eq!(records, wanted, "{text:?}");
            let line = |&(start, _): &(usize, usize)| 1 + text[..start].matches('\n').count() as u64;
            assert_eq!(lines, places.iter().map(line).collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_part_of_a_cell_after_the_start_of_a_file() {
        let bytes = "\u{feff}a,\"b\"\n\u{feff}c\n\"\u{feff}\"\n".as_bytes();
        let wanted = [vec!["\u{feff}a", "b"], vec!["\u{feff}c"], vec!["\u{feff}"]];
        assert_eq!(
            split(bytes).0,
            wanted.map(|cells| cells.iter().map(|cell| cell.as_bytes().to_vec()).collect::<Vec<_>>())
        );
    }

    #[test]
    fn long_cells_and_many_cells_are_whole() {
        for count in [1, 31, 32, 33] {
            let cells: Vec<String> = (0..count).map(|at| "x\"\n,".repeat(at)).collect();
            let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            let (records, _) = split(format!("{}\na\n", quoted.join(",")).as_bytes());
            let cells: Vec<Vec<u8>> = cells.into_iter().map(String::into_bytes).collect();
            assert_eq!(records, [cells, vec![b"a".to_vec()]]);
        }
        let (records, _) = split(format!("{}\n", "\"x\",".repeat(5000)).as_bytes());
        assert_eq!(records[0].len(), 5001);
    }

    #[test]
    fn the_last_record_is_open_if_its_last_quote_has_no_end() {
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
            let (mut splitter, mut place) = (Splitter::new(), Place { at: 0, line: 1 });
            let record = splitter.next(text.as_bytes(), &mut place).unwrap();
            assert_eq!(record.is_open, is_open, "{text:?}");
        }
    }

    #[test]
    fn a_boundary_is_the_last_line_feed_between_records() {
        for text in texts(&["a", ",", "\"", "\n", "\r"], 6) {
            // A quote ends a cell that is open, and else begins one.
            let longer = format!("{text}\"\n");
            let whole = split(longer.as_bytes()).0;
            let is_between = |end: &usize| {
                [split(&longer.as_bytes()[..*end]).0, split(&longer.as_bytes()[*end..]).0].concat() == whole
            };
            let line_feeds = text.match_indices('\n').map(|(at, _)| at + 1);
            let last = line_feeds.filter(is_between).last().unwrap_or(0);
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
