//! Records are those of the csv crate, wherever chunks and blocks end.

use fearless_simd::{Level, dispatch};

use super::index::CHUNKS;
use super::marks::{CHUNK, masks};
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

/// Returns the records and their lines.
fn split(splitter: &mut Splitter, bytes: &[u8]) -> (Records, Vec<u64>) {
    split_at(splitter, bytes, b',')
}

fn split_at(splitter: &mut Splitter, bytes: &[u8], separator: u8) -> (Records, Vec<u64>) {
    splitter.restart(&mut Boundary::new(separator));
    rest(splitter, bytes)
}

/// Splits bytes, of which the splitter may know something.
fn rest(splitter: &mut Splitter, bytes: &[u8]) -> (Records, Vec<u64>) {
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
fn split_by_csv(bytes: &[u8], separator: u8) -> (Records, Vec<(usize, usize)>) {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(separator).has_headers(false).flexible(true).from_reader(bytes);
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

/// The text stands in a chunk with a quote that is text, in one without, and across the ends of two chunks.
#[test]
fn records_are_those_of_the_csv_crate() {
    let across = (CHUNK - 3..CHUNK).flat_map(|length| ["x".repeat(length), "x".repeat(length - 1) + ","]);
    let starts: Vec<String> = ["6\" x\n".to_owned()].into_iter().chain(across).collect();
    for text in texts(&["a", ",", "\"", "\n", "\r"], 5) {
        is_split_as_by_csv(&text, b',');
        if text.len() < 5 {
            for start in &starts {
                is_split_as_by_csv(&format!("{start}{text}"), b',');
            }
        }
    }
}

#[test]
fn any_byte_can_separate_cells() {
    for separator in [b';', b'\t', b'|', b' ', 1, b'\''] {
        let character = char::from(separator).to_string();
        for text in texts(&["a", ",", &character, "\"", "\n"], 3) {
            is_split_as_by_csv(&text, separator);
        }
    }
}

fn is_split_as_by_csv(text: &str, separator: u8) {
    let (records, lines) = split_at(&mut Splitter::new(b','), text.as_bytes(), separator);
    let (wanted, places) = split_by_csv(text.as_bytes(), separator);
    assert_eq!(records, wanted, "{text:?}");
    let line = |&(start, _): &(usize, usize)| 1 + text[..start].matches('\n').count() as u64;
    assert_eq!(lines, places.iter().map(line).collect::<Vec<_>>(), "{text:?}");
}

#[test]
fn the_bytes_that_matter_are_found_wherever_they_are() {
    for at in 0..CHUNK {
        for byte in 0..=u8::MAX {
            for others in [b'a', 0, b'-', 0x80 | b';', u8::MAX] {
                let mut chunk = [others; CHUNK];
                chunk[at] = byte;
                let bit = |is_wanted| u64::from(is_wanted) << at;
                let wanted = [bit(byte == b';'), bit(matches!(byte, b'\n' | b'\r')), bit(byte == b'"')];
                // With what this processor has, and with what all of its kind have.
                for level in [Level::new(), Level::baseline()] {
                    let found = dispatch!(level, simd => masks(simd, &chunk, b';'));
                    assert_eq!(found, wanted, "{byte} at {at} among {others}");
                }
            }
        }
    }
    assert_eq!(dispatch!(Level::new(), simd => masks(simd, &[b','; CHUNK], b',')), [u64::MAX, 0, 0]);
}

/// Records of every length put each byte that matters at every offset in a chunk, and across the ends of chunks.
#[test]
fn records_are_whole_wherever_a_chunk_ends() {
    let mut splitter = Splitter::new(b',');
    for length in (0..2 * CHUNK).chain(CHUNK * CHUNKS - 3..CHUNK * CHUNKS + 3) {
        let cell = "x".repeat(length);
        for end in ["\n", "\r\n", "\r", "\"\n", ",\"\n,\"\"\"\n", ",,,\n"] {
            let text = format!("{cell}{end}{cell},{cell}{end}a,1{end}");
            let (records, _) = split(&mut splitter, text.as_bytes());
            assert_eq!(records, split_by_csv(text.as_bytes(), b',').0, "{length} {end:?}");
        }
    }
}

#[test]
fn a_byte_order_mark_is_part_of_a_cell_after_the_start_of_a_file() {
    let bytes = "\u{feff}a,\"b\"\n\u{feff}c\n\"\u{feff}\"\n".as_bytes();
    let wanted = [vec!["\u{feff}a", "b"], vec!["\u{feff}c"], vec!["\u{feff}"]];
    assert_eq!(
        split(&mut Splitter::new(b','), bytes).0,
        wanted.map(|cells| cells.iter().map(|cell| cell.as_bytes().to_vec()).collect::<Vec<_>>())
    );
}

#[test]
fn long_cells_and_many_cells_are_whole() {
    for count in [1, 31, 32, 33] {
        let cells: Vec<String> = (0..count).map(|at| "x\"\n,".repeat(at)).collect();
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let (records, _) = split(&mut Splitter::new(b','), format!("{}\na\n", quoted.join(",")).as_bytes());
        let cells: Vec<Vec<u8>> = cells.into_iter().map(String::into_bytes).collect();
        assert_eq!(records, [cells, vec![b"a".to_vec()]]);
    }
    let (records, _) = split(&mut Splitter::new(b','), format!("{}\n", "\"x\",".repeat(5000)).as_bytes());
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
        let (mut splitter, mut position) = (Splitter::new(b','), Position { at: 0, line: 1 });
        let record = splitter.next(text.as_bytes(), &mut position).unwrap();
        assert_eq!(record.is_open, is_open, "{text:?}");
    }
}

#[test]
fn a_boundary_is_the_last_end_of_a_line_between_records() {
    let splitter = &mut Splitter::new(b',');
    for text in texts(&["a", ",", "\"", "\n", "\r"], 6) {
        // A quote ends an open cell, or begins one.
        let longer = format!("{text}\"\n");
        let whole = split(splitter, longer.as_bytes()).0;
        let mut is_between = |end: &usize| {
            [split(splitter, &longer.as_bytes()[..*end]).0, split(splitter, &longer.as_bytes()[*end..]).0].concat()
                == whole
        };
        // A line feed may follow a carriage return at the end.
        let known = text.strip_suffix('\r').unwrap_or(&text);
        let ends =
            known.match_indices(['\n', '\r']).map(|(at, _)| at + 1).filter(|end| !text[*end..].starts_with('\n'));
        let last = ends.filter(|end| is_between(end)).last().unwrap_or(0);
        assert_eq!(Boundary::new(b',').scan(text.as_bytes()), last, "{text:?}");
    }
}

/// The boundary has scanned the bytes at once, or in two parts, of which the first ends near the end of a chunk.
#[test]
fn records_are_the_same_after_a_boundary_has_scanned_them() {
    let splitter = &mut Splitter::new(b',');
    for text in texts(&["a", ",", "\"", "\n", "\r"], 4) {
        for length in [0, CHUNK - 3, CHUNK - 1, 2 * CHUNK - 2] {
            let text = format!("{}{text}a,\"b\n\"\n\"\n", "x,\"\",\n".repeat(CHUNK)[..length].trim_start_matches('\n'));
            for first in [0, length, length + 2, text.len()] {
                let mut boundary = Boundary::new(b',');
                boundary.scan(&text.as_bytes()[..first.min(text.len())]);
                let bytes = &text.as_bytes()[..boundary.scan(text.as_bytes())];
                let wanted = split(splitter, bytes).0;
                splitter.restart(&mut boundary);
                assert_eq!(rest(splitter, bytes).0, wanted, "{text:?} {first}");
            }
        }
    }
}

#[test]
fn a_boundary_is_the_same_however_many_bytes_come_at_once() {
    for text in texts(&["a", ",", "\"", "\n", "\r"], 6) {
        let mut boundary = Boundary::new(b',');
        for end in 0..=text.len() {
            let scanned = boundary.scan(&text.as_bytes()[..end]);
            assert_eq!(scanned, Boundary::new(b',').scan(&text.as_bytes()[..end]), "{text:?} {end}");
        }
    }
}
