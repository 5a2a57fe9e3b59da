//! Usage logs: a bill does not depend on the blocks, and its totals are those of a second implementation.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str;
use std::sync::LazyLock;

use dreamprice::{Arguments, Outcome};
use flate2::Compression;
use flate2::read::GzEncoder;
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

/// The header that a log gets if the input asks for the other shape of rows.
const SHAPED_HEADER: &[u8] = b" Engine,Size (px),STEPS,images,note\n";

/// The arguments that read CSV of this shape, and those that read JSON Lines of it.
const SHAPED_CSV: [&str; 8] =
    ["--column", "size=size", "--null", "\\N", "--engine", "x/sdxl=sdxl", "--where", "note!=no"];
const SHAPED_JSON: [&str; 12] = [
    "--column",
    "width=image.width",
    "--column",
    "height=image.height",
    "--column",
    "images=body.n",
    "--null",
    "\\N",
    "--engine",
    "x/sdxl=sdxl",
    "--where",
    "body.note!=no",
];

/// The days from which the two editions are in force. In Samoa, the first did not exist; in Beirut, the second began at one
/// o'clock.
const FIRST_DAYS: [&str; 2] = ["2011-12-30", "2022-03-27"];

/// The prices of 1000 credits in them.
const DOLLARS: [&str; 2] = ["10", "11.8"];

const ZONES: [&str; 4] = ["UTC", "Pacific/Apia", "Asia/Beirut", "America/St_Johns"];
const PERIODS: [&str; 4] = ["day", "week", "month", "year"];
const TIME_FORMATS: [Option<&str>; 4] = [None, Some("seconds"), Some("milliseconds"), Some("%d.%m.%Y %H:%M")];

/// The largest amount, in billionths of a credit.
const LARGEST: u128 = 922_337_203_685_000_000;

/// More bytes than an input has.
const ONE_BLOCK: usize = 1 << 16;

/// How a log is written, besides as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Semicolons,
    /// With a first line that names the separator.
    NamedSeparator,
    Gzip,
    Zstd,
    Utf16,
    Array,
    /// With the first bytes of a compressed file.
    NotGzip,
}

const FORMS: [Form; 8] = [
    Form::Plain,
    Form::Semicolons,
    Form::NamedSeparator,
    Form::Gzip,
    Form::Zstd,
    Form::Utf16,
    Form::Array,
    Form::NotGzip,
];

/// How the times of a log are read, and what they decide.
#[derive(Clone, Copy)]
struct Times {
    zone: &'static str,
    period: &'static str,
    format: Option<&'static str>,
    has_editions: bool,
}

impl Times {
    fn new(byte: u8) -> Self {
        let bits = |at: u32| usize::from(byte >> at & 3);
        let (zone, period, format) = (ZONES[bits(0)], PERIODS[bits(2)], TIME_FORMATS[bits(4)]);
        Self { zone, period, format, has_editions: byte & 1 << 6 != 0 }
    }

    fn arguments(self) -> Vec<String> {
        let mut arguments = ["--time", "time", "--tz", self.zone, "--per", self.period].map(str::to_owned).to_vec();
        arguments.extend(self.format.map(|format| format!("--time-format={format}")));
        let editions = FIRST_DAYS.iter().zip(DOLLARS).filter(|_| self.has_editions);
        arguments.extend(editions.map(|(day, dollars)| format!("--tables={day}={}", edition(dollars).display())));
        arguments
    }
}

/// Writes the tables of the repository with another price of a credit.
fn edition(dollars: &str) -> PathBuf {
    let folder = scratch::path(&format!("tables-{dollars}"));
    if !folder.exists() {
        fs::create_dir(&folder).unwrap();
        let purchase = format!("minimum_purchase,1000,{dollars}");
        let edit = |line| if str::starts_with(line, "minimum_purchase,") { &purchase } else { line };
        for (name, bytes) in &*TABLES {
            let lines: Vec<&str> = str::from_utf8(bytes).unwrap().lines().map(edit).collect();
            fs::write(folder.join(name), lines.join("\n")).unwrap();
        }
    }
    folder
}

/// Takes the first byte of an input as options, the second as the size of a block and the form of the log, with times the third
/// as their options, and the others as the log.
///
/// # Panics
///
/// Panics if the code panics, or if its result differs from that of the second implementation.
pub fn bill(input: &[u8]) {
    let &[options, block_size, ref log @ ..] = input else { return };
    let has = |option: u8| options & 1 << option != 0;
    let (is_json, has_header, estimates, is_shaped) = (has(0), has(1), has(2), has(6));
    let (times, log) = match log {
        [byte, log @ ..] if has(7) => (Some(Times::new(*byte)), log),
        _ => (None, log),
    };
    let form = FORMS[usize::from(block_size >> 5)];
    let block_size = usize::from(block_size % 32) + 1;
    let header = if is_shaped { SHAPED_HEADER } else { HEADER };
    let header = if times.is_some() { [b"time,", header].concat() } else { header.to_vec() };
    let log = if has_header && !is_json { [&header, log].concat() } else { log.to_vec() };
    let log = match form {
        Form::NamedSeparator if !is_json => [b"sep=,\n", &*log].concat(),
        Form::Array if is_json => [b"[", &*log].concat(),
        Form::NotGzip => [b"\x1f\x8b", &*log].concat(),
        _ => log,
    };
    let mut arguments = match (is_shaped, is_json) {
        (false, _) => Vec::new(),
        (true, false) => SHAPED_CSV.to_vec(),
        (true, true) => SHAPED_JSON.to_vec(),
    };
    arguments.extend(estimates.then_some("--estimate").into_iter().chain(has(4).then_some("--top=1")));
    arguments.extend((form == Form::Semicolons && !is_json).then_some("--separator=;"));
    let of_times = times.map(Times::arguments).unwrap_or_default();
    arguments.extend(of_times.iter().map(String::as_str));
    let path = scratch::path(if is_json { "log.jsonl" } else { "log.csv" });
    fs::write(&path, &log).unwrap();

    let whole = run(&path, &arguments, ONE_BLOCK, 1);
    let parts = run(&path, &arguments, block_size, 1 + usize::from(has(3)));
    assert_eq!(whole, parts);
    let outcome = &whole.0;
    if outcome.exit_code() == 2 {
        assert!(outcome.stdout().is_empty() && !outcome.stderr().is_empty(), "{outcome:?}");
        return;
    }
    if let Some(other) = other_form(form, &log) {
        fs::write(&path, other).unwrap();
        arguments.extend((form == Form::Utf16).then_some("--encoding=utf-16"));
        assert_eq!(run(&path, &arguments, block_size, 1), whole);
    }
    let report: Value = serde_json::from_str(&outcome.stdout()).unwrap();
    check_sums(&report);
    if let Some(times) = times {
        check_periods(&report, times);
    }
    if is_json {
        assert_eq!(number(&report["rows"]) + number(&report["left_out"]), rows_of_json(&log));
    } else {
        let sums = sums_of_csv(&log, is_shaped, if form == Form::Semicolons { b';' } else { b',' });
        let priced = &report["priced"];
        let found = Sums {
            rows: number(&priced["rows"]),
            images: number(&priced["images"]),
            credits: billionths(priced["credits"].as_str().unwrap()),
            unpriced: number(&report["unpriced"]["rows"]) + number(&report["estimated"]["rows"]),
            left_out: number(&report["left_out"]),
            headers_again: number(&report["headers_again"]),
        };
        // A row without a time has no price.
        let sums = if times.is_some() { sums.with_fewer_prices(&found) } else { sums };
        assert_eq!(found, sums, "{}", String::from_utf8_lossy(&log));
    }
}

/// Writes the same log otherwise. A byte-order mark would not be repeated in the rows.
fn other_form(form: Form, log: &[u8]) -> Option<Vec<u8>> {
    match form {
        Form::Gzip => {
            let mut bytes = Vec::new();
            // Two members.
            for part in [&log[..log.len() / 2], &log[log.len() / 2..]] {
                GzEncoder::new(part, Compression::fast()).read_to_end(&mut bytes).unwrap();
            }
            Some(bytes)
        }
        Form::Zstd => Some(zstd::encode_all(log, 1).unwrap()),
        Form::Utf16 => {
            let text = std::str::from_utf8(log).ok().filter(|text| !text.starts_with('\u{feff}'))?;
            Some(format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect())
        }
        _ => None,
    }
}

/// Returns the number of elements of an array, or of lines that are not blank.
fn rows_of_json(log: &[u8]) -> u128 {
    let log = log.strip_prefix(b"\xef\xbb\xbf").unwrap_or(log);
    if !log.trim_ascii_start().starts_with(b"[") {
        return log.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count() as u128;
    }
    // Elements that are not JSON are malformed rows, so the command reads arrays that this does not.
    let elements: Option<Vec<Value>> = serde_json::from_slice(log).ok();
    elements.map_or_else(|| elements_of(log), |elements| elements.len() as u128)
}

/// Counts the elements of an array by its commas.
fn elements_of(array: &[u8]) -> u128 {
    let (mut depth, mut commas, mut in_string, mut is_escaped) = (0_u64, 0, false, false);
    for &byte in array.trim_ascii() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = if depth == 1 && byte == b'}' { 1 } else { depth - 1 },
            b',' if depth == 1 => commas += 1,
            _ => {}
        }
    }
    commas + 1
}

/// Returns the outcome, the rows, and the rows without a price.
fn run(path: &Path, options: &[&str], block_size: usize, workers: usize) -> (Outcome, [Option<String>; 2]) {
    let outputs = ["rows", "unpriced"].map(scratch::path);
    let mut arguments: Vec<OsString> = ["dreamprice", "bill", "--format", "json"].map(OsString::from).to_vec();
    arguments.extend([path.into(), "--rows".into(), (&outputs[0]).into(), "--unpriced".into(), (&outputs[1]).into()]);
    arguments.extend(options.iter().map(OsString::from));
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

/// Panics unless a row has an edition, and its price of a credit, exactly from the first day of that on.
fn check_periods(report: &Value, Times { period, has_editions, .. }: Times) {
    for group in report["groups"].as_array().unwrap() {
        let day = group["by"][period].as_str();
        let reasons = group["unpriced"]["reasons"].as_array().unwrap().iter();
        let reasons: BTreeSet<&str> = reasons.map(|reason| reason["reason"].as_str().unwrap()).collect();
        if day.is_none() {
            assert_eq!(reasons, BTreeSet::from(["malformed"]));
        } else if has_editions && period == "day" {
            let edition = FIRST_DAYS.iter().rposition(|first| Some(*first) <= day);
            let is_without = ["priced", "estimated"].iter().all(|part| number(&group[part]["rows"]) == 0);
            assert!(edition.is_some() || is_without && !reasons.contains("unknown-engine"), "{group}");
            assert!(edition.is_none() || !reasons.contains("no-edition"), "{group}");
            let amount = |unit: &str| billionths(group["priced"][unit].as_str().unwrap());
            let usd = edition.map_or(0, |at| amount("credits") / 1000 * billionths(DOLLARS[at]) / 1_000_000_000);
            assert_eq!(amount("usd"), usd, "{group}");
        }
    }
    let editions = report["editions"].as_array().unwrap().iter();
    let rows: u128 = editions.map(|edition| number(&edition["rows"])).sum();
    assert!(if has_editions { rows <= number(&report["rows"]) } else { rows == number(&report["rows"]) });
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
    left_out: u128,
    headers_again: u128,
}

impl Sums {
    /// Returns the sums of a log of which some rows have no price because of their times. Prices can only be missing.
    fn with_fewer_prices(self, found: &Self) -> Self {
        let Self { rows, images, credits, .. } = *found;
        let is_part = rows <= self.rows && images <= self.images && credits <= self.credits;
        let unpriced = self.unpriced + self.rows - rows;
        if is_part { Self { rows, images, credits, unpriced, ..self } } else { self }
    }
}

/// Prices a log in CSV row by row.
fn sums_of_csv(log: &[u8], is_shaped: bool, separator: u8) -> Sums {
    let (log, separator) = without_first_line(log, separator);
    let (records, broken) = records(log, separator);
    let mut by_csv = csv::ReaderBuilder::new();
    let mut by_csv = by_csv.delimiter(separator).has_headers(false).flexible(true).from_reader(log);
    let by_csv: Vec<Vec<Vec<u8>>> =
        by_csv.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
    assert_eq!(records, by_csv);
    let (header, rows) = records.split_first().unwrap();
    let mut sums = Sums::default();
    for (at, row) in rows.iter().enumerate() {
        let is_whole = row.len() == header.len()
            && !broken.contains(&(at + 1))
            && !(0..row.len()).any(|at| has_rows(header, row, at, separator, is_shaped));
        let cell = |name: &str| {
            let cell = row.get(column(header, name)?)?;
            Some(if is_shaped && cell == b"\\N" { &[][..] } else { cell })
        };
        let unmarked = |cell: &'_ Vec<u8>| cell.strip_prefix("\u{feff}".as_bytes()).unwrap_or(cell).to_vec();
        let is_same = |(cell, name): (Vec<u8>, &Vec<u8>)| {
            let plain = str::from_utf8(name).map(|name| name.trim().to_lowercase());
            cell == *name || plain.is_ok_and(|name| column(&[cell], &name).is_some())
        };
        if row.len() == header.len() && row.iter().map(unmarked).zip(header).all(is_same) {
            sums.headers_again += 1;
        } else if is_shaped && is_whole && cell("note").unwrap() == b"no" {
            sums.left_out += 1;
        } else if let Some((images, credits)) = is_whole.then(|| price(cell, is_shaped)).flatten() {
            sums.rows += 1;
            sums.images += images;
            sums.credits += credits;
        } else {
            sums.unpriced += 1;
        }
    }
    sums
}

/// Removes a first line that names the separator, and returns that.
fn without_first_line(log: &[u8], separator: u8) -> (&[u8], u8) {
    let log = log.strip_prefix(b"\xef\xbb\xbf").unwrap_or(log);
    let length = log.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(log.len());
    let (line, rest) = log.split_at(length);
    let name = line.to_ascii_lowercase();
    match (line, &*name) {
        ([.., named], [b's', b'e', b'p', b'=', _]) | ([.., named, b'"'], [b'"', b's', b'e', b'p', b'=', _, b'"']) => {
            (rest, *named)
        }
        _ => (log, separator),
    }
}

/// Returns whether a line in a cell of a row, with the cells before its first line and after its last one, has the numbers of
/// a row, and the cell has one of them.
fn has_rows(header: &[Vec<u8>], row: &[Vec<u8>], at: usize, separator: u8, is_shaped: bool) -> bool {
    let lines: Vec<&[u8]> = row[at].split(|byte| *byte == b'\n').collect();
    let names: &[&str] = if is_shaped { &["size", "steps"] } else { &["width", "height", "steps"] };
    lines.len() > 1
        && lines.iter().enumerate().any(|(number, line)| {
            let before = if number == 0 { &row[..at] } else { &[] };
            let after = if number == lines.len() - 1 { &row[at + 1..] } else { &[] };
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let inside: Vec<Vec<u8>> = line.split(|byte| *byte == separator).map(<[u8]>::to_vec).collect();
            let is_inside = |name: &&str| {
                column(header, name).is_some_and(|at| (before.len()..before.len() + inside.len()).contains(&at))
            };
            let cells = [before, &inside, after].concat();
            let cell = |name: &str| Some(&**cells.get(column(header, name)?)?);
            cells.len() == header.len() && names.iter().any(is_inside) && sides(cell, is_shaped).is_some()
        })
}

/// Returns the images of a row and what they cost in billionths of a credit, or `None` if it has no price.
fn price<'a>(cell: impl Fn(&str) -> Option<&'a [u8]>, is_shaped: bool) -> Option<(u128, u128)> {
    let sides = sides(&cell, is_shaped)?;
    let images = match cell("images").map(<[u8]>::trim_ascii) {
        None | Some([]) => 1,
        Some(cell) => u128::try_from(whole(cell)?).ok()?,
    };
    let engine = str::from_utf8(cell("engine")?).ok()?;
    let engine = if is_shaped && engine == "x/sdxl" { "sdxl" } else { engine };
    let price = CELLS.get(engine)?.get(&sides)? * images;
    (price <= LARGEST).then_some((images, price))
}

/// Returns the width, the height and the steps of a row.
fn sides<'a>(cell: impl Fn(&str) -> Option<&'a [u8]>, is_shaped: bool) -> Option<(u32, u32, u32)> {
    let side = |cell: &[u8]| whole(cell).and_then(|number| u32::try_from(number).ok()).filter(|side| *side > 0);
    let (width, height) = if is_shaped {
        let text = str::from_utf8(cell("size")?).ok()?;
        let sides: Vec<&str> = text.split(['x', 'X', '×', '*']).map(str::trim).collect();
        let [width, height] = sides[..] else { return None };
        let is_digits = |side: &str| side.bytes().all(|byte| byte.is_ascii_digit());
        (is_digits(width) && is_digits(height)).then_some((side(width.as_bytes())?, side(height.as_bytes())?))?
    } else {
        (side(cell("width")?)?, side(cell("height")?)?)
    };
    Some((width, height, side(cell("steps")?)?))
}

/// Returns the column of exactly this name, or else the one whose name differs in case, spaces and a unit.
fn column(header: &[Vec<u8>], name: &str) -> Option<usize> {
    let loose = |cell: &Vec<u8>| {
        let cell = String::from_utf8(cell.clone()).unwrap_or_default().trim().to_lowercase();
        let end = if cell.ends_with(')') { cell.rfind('(') } else { None };
        let end = if cell.ends_with(']') { cell.rfind('[') } else { end };
        cell == name || end.is_some_and(|end| cell[..end].trim_end() == name)
    };
    header.iter().position(|cell| cell == name.as_bytes()).or_else(|| header.iter().position(loose))
}

/// Parses a whole number of at most 64 bits, which may have a sign and a fraction of zeros.
fn whole(cell: &[u8]) -> Option<i128> {
    let text = str::from_utf8(cell.trim_ascii()).ok()?;
    let (digits, zeros) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    let is_canonical = digits == "0" || digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let number = i128::from(digits.parse::<u64>().ok().filter(|_| is_canonical)?);
    let is_whole = !matches!(zeros.len(), 0 | 3) && zeros.bytes().all(|byte| byte == b'0');
    is_whole.then_some(if text.starts_with('-') { -number } else { number })
}

/// Splits CSV into records, byte by byte, and returns which of them have an unclosed quote, or text after the closing quote
/// of several lines.
fn records(log: &[u8], separator: u8) -> (Vec<Vec<Vec<u8>>>, BTreeSet<usize>) {
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
    let mut broken = BTreeSet::new();
    for &byte in log {
        at = match (at, byte) {
            (At::Start, b'"') => At::Quoted,
            (At::Quoted, b'"') => At::Quote,
            (At::Quote, b'"') | (At::Quoted, _) => {
                cell.push(byte);
                At::Quoted
            }
            (_, byte) if byte == separator => {
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
                if at == At::Quote && cell.iter().any(|byte| b"\r\n".contains(byte)) {
                    broken.insert(records.len());
                }
                cell.push(byte);
                At::Plain
            }
        };
    }
    if at != At::Start || !record.is_empty() {
        record.push(cell);
        records.push(record);
    }
    broken.extend((at == At::Quoted).then(|| records.len() - 1));
    (records, broken)
}
