//! Usage logs: a bill does not depend on the blocks, and its totals are those of a second implementation.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use dreamprice::{Arguments, Outcome};
use serde_json::Value;

use crate::folder::TABLES;
use crate::independent_parser::{CellPrices, billionths, cells_of, rows_of};
use crate::scratch;

/// The tables by the names of their engines, and by their own.
static CELLS: LazyLock<BTreeMap<String, CellPrices>> = LazyLock::new(|| {
    let rows = |name: &str| rows_of(std::str::from_utf8(&TABLES[name]).unwrap());
    let engines = rows("engines.csv").into_iter().skip(1).map(|row| (row[0].clone(), row[1].clone()));
    let engines: Vec<(String, String)> = engines.collect();
    let tables = engines.iter().map(|(_, table)| (table.clone(), table.clone()));
    let names = tables.chain(engines.iter().cloned());
    names.map(|(name, table)| (name, cells_of(&rows(&format!("{table}.csv"))))).collect()
});

/// The header that a log gets if the input asks for one.
const HEADER: &[u8] = b"engine,width,height,steps,images\n";

/// More bytes than an input has.
const ONE_BLOCK: usize = 1 << 16;

/// Takes the first byte of an input as options, the second as the size of a block, and the others as a log.
///
/// # Panics
///
/// Panics if the code panics, or if its result differs from that of the second implementation.
pub fn bill(input: &[u8]) {
    let &[options, block_size, ref log @ ..] = input else { return };
    let has = |option: u8| options & 1 << option != 0;
    let (is_json, has_header, estimates) = (has(0), has(1), has(2));
    let log = if has_header && !is_json { [HEADER, log].concat() } else { log.to_vec() };
    let path = scratch::path(if is_json { "log.jsonl" } else { "log.csv" });
    fs::write(&path, &log).unwrap();

    let kind = (estimates, has(4));
    let whole = run(&path, kind, ONE_BLOCK, 1);
    let parts = run(&path, kind, usize::from(block_size) + 1, 1 + usize::from(has(3)));
    assert_eq!(whole, parts);
    let outcome = &whole.0;
    if outcome.exit_code() == 2 {
        assert!(outcome.stdout().is_empty() && !outcome.stderr().is_empty(), "{outcome:?}");
        return;
    }
    let report: Value = serde_json::from_str(outcome.stdout()).unwrap();
    check_sums(&report);
    if is_json {
        let is_row = |line: &&[u8]| !line.trim_ascii().is_empty();
        let lines = log.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&log).split(|byte| *byte == b'\n');
        assert_eq!(number(&report["rows"]), lines.filter(is_row).count() as u128);
    } else {
        let sums = sums_of_csv(&log);
        let priced = &report["priced"];
        let found = Sums {
            rows: number(&priced["rows"]),
            images: number(&priced["images"]),
            credits: billionths(priced["credits"].as_str().unwrap()),
            unpriced: number(&report["unpriced"]["rows"]) + number(&report["estimated"]["rows"]),
        };
        assert_eq!(found, sums, "{}", String::from_utf8_lossy(&log));
    }
}

/// Returns the outcome, the rows, and the rows without a price.
fn run(
    path: &Path,
    (estimates, has_top): (bool, bool),
    block_size: usize,
    workers: usize,
) -> (Outcome, [Option<String>; 2]) {
    let outputs = ["rows", "unpriced"].map(scratch::path);
    let mut arguments: Vec<OsString> = ["dreamprice", "bill", "--format", "json"].map(OsString::from).to_vec();
    arguments.extend([path.into(), "--rows".into(), (&outputs[0]).into(), "--unpriced".into(), (&outputs[1]).into()]);
    arguments.extend(estimates.then(|| OsString::from("--estimate")));
    arguments.extend(has_top.then(|| OsString::from("--top=1")));
    let arguments = Arguments::new(arguments).unwrap_or_else(|outcome| panic!("{outcome:?}"));
    let outcome = arguments.run_in_blocks(block_size, workers);
    let texts = outputs.map(|path| {
        let text = fs::read(&path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        // The next run must not find it.
        let _ = fs::remove_file(path);
        text
    });
    (outcome, texts)
}

/// Panics unless each number of the total is the sum of its parts.
fn check_sums(report: &Value) {
    let others = Some(&report["others"]).filter(|others| !others.is_null());
    let groups = report["groups"].as_array().unwrap().iter().chain(others);
    let rows = |totals: &Value| {
        let parts = ["priced", "estimated", "unpriced"].map(|part| number(&totals[part]["rows"]));
        let reasons = totals["unpriced"]["reasons"].as_array().unwrap().iter().map(|reason| number(&reason["rows"]));
        assert_eq!(reasons.sum::<u128>(), parts[2]);
        assert_eq!(parts.iter().sum::<u128>(), number(&totals["rows"]));
        number(&totals["rows"])
    };
    assert_eq!(groups.clone().map(rows).sum::<u128>(), rows(report));
    let reasons = report["unpriced"]["reasons"].as_array().unwrap().iter();
    let unknown = reasons.filter(|reason| reason["reason"] == "unknown-engine").map(|reason| number(&reason["rows"]));
    let engines = report["unknown_engines"].as_array().unwrap().iter().map(|engine| number(&engine["rows"]));
    assert_eq!(engines.sum::<u128>(), unknown.sum::<u128>());
    let credits = |totals: &Value| billionths(totals["priced"]["credits"].as_str().unwrap());
    assert_eq!(groups.map(credits).sum::<u128>(), credits(report));
}

fn number(value: &Value) -> u128 {
    value.as_u64().unwrap().into()
}

/// The totals of a log. A row with an estimate has no price.
#[derive(Debug, Default, PartialEq)]
struct Sums {
    rows: u128,
    images: u128,
    /// In billionths.
    credits: u128,
    unpriced: u128,
}

/// Prices a log in CSV row by row.
fn sums_of_csv(log: &[u8]) -> Sums {
    let (records, is_open) = records(log);
    let mut by_csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(log);
    let by_csv: Vec<Vec<Vec<u8>>> =
        by_csv.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
    assert_eq!(records, by_csv);
    let (header, rows) = records.split_first().unwrap();
    let column = |name: &str| header.iter().position(|cell| cell == name.as_bytes());
    let images = column("images");
    let [engine, width, height, steps] = ["engine", "width", "height", "steps"].map(|name| column(name).unwrap());
    let mut sums = Sums::default();
    for (at, row) in rows.iter().enumerate() {
        let price = || {
            let side = |column: usize| whole(&row[column]).and_then(|number| u32::try_from(number).ok());
            let cell = (side(width)?, side(height)?, side(steps)?);
            let images = match images.map(|column| &*row[column]) {
                None | Some([]) => 1,
                Some(cell) => whole(cell)?,
            };
            let price = CELLS.get(std::str::from_utf8(&row[engine]).ok()?)?.get(&cell)?;
            Some((images, price * u128::from(images)))
        };
        let is_whole = row.len() == header.len() && !(is_open && at + 1 == rows.len());
        match is_whole.then(price).flatten() {
            Some((images, credits)) => {
                sums.rows += 1;
                sums.images += u128::from(images);
                sums.credits += credits;
            }
            None => sums.unpriced += 1,
        }
    }
    sums
}

fn whole(cell: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(cell).ok()?;
    let is_number = text.chars().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_number)
}

/// Splits CSV into records, byte by byte, and returns whether the last cell has an unclosed quote.
fn records(log: &[u8]) -> (Vec<Vec<Vec<u8>>>, bool) {
    /// The position of the next byte in a cell.
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Start,
        Plain,
        Quoted,
        /// After a quote in a quoted cell.
        Quote,
    }

    let log = log.strip_prefix(b"\xef\xbb\xbf").unwrap_or(log);
    let (mut records, mut record, mut cell, mut at) = (Vec::new(), Vec::new(), Vec::new(), At::Start);
    for &byte in log {
        at = match (at, byte) {
            (At::Start, b'"') => At::Quoted,
            (At::Quoted, b'"') => At::Quote,
            (At::Quote, b'"') | (At::Quoted, _) => {
                cell.push(byte);
                At::Quoted
            }
            (_, b',') => {
                record.push(std::mem::take(&mut cell));
                At::Start
            }
            // A blank line is not a record.
            (At::Start, b'\r' | b'\n') if record.is_empty() => At::Start,
            (_, b'\r' | b'\n') => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
                At::Start
            }
            (At::Start | At::Plain | At::Quote, _) => {
                cell.push(byte);
                At::Plain
            }
        };
    }
    if at != At::Start || !record.is_empty() {
        record.push(cell);
        records.push(record);
    }
    (records, at == At::Quoted)
}
