//! The logs, in blocks of whole records that any thread can price.

use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use encoding_rs::Encoding;
use memchr::{memchr_iter, memrchr};

use super::array::{ArraySplitter, Element};
use super::buffer::Buffer;
use super::columns::{ColumnNames, LogColumns};
use super::failure::Failure;
use super::fast::{Boundary, Position, Splitter};
use super::headerless;
use super::jq::{self, InnerRows};
use super::matching::has_engine;
use super::progress::Progress;
use super::separator::Separator;
use super::source::{self, AtLine, Reader};

/// How many bytes a block has, unless a record has more. Larger blocks do not fit the caches of a core.
pub(super) const BLOCK: usize = 1 << 20;

/// The size of the largest record. It bounds the memory that an unclosed quote can take.
pub(super) const MAX_RECORD: usize = 1 << 26;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The format of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InputFormat {
    /// CSV with a header
    Csv,
    /// JSON Lines, an object in each line, or a JSON array of objects
    Jsonl,
}

impl InputFormat {
    /// Returns the given format of a log, or else the format that the ending of its name says.
    pub(super) fn of(path: &Path, given: Option<Self>) -> Self {
        if let Some(given) = given {
            return given;
        }
        let extension = unpacked(path).extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if matches!(&*extension, "jsonl" | "ndjson" | "json") { Self::Jsonl } else { Self::Csv }
    }
}

/// Returns the name of a log without the endings that say how it is compressed, or that it is in an archive, also if `bill` can
/// only say what reads it.
fn unpacked(path: &Path) -> &Path {
    const PACKED: [&str; 6] = ["gz", "zst", "xz", "bz2", "tar", "tgz"];
    let extension = path.extension().unwrap_or_default();
    let is_packed = PACKED.iter().any(|packed| extension.eq_ignore_ascii_case(packed));
    let name = path.file_stem().filter(|_| is_packed);
    name.map_or(path, |name| unpacked(Path::new(name)))
}

/// Whole records of one file. A worker reuses its block.
#[derive(Default)]
pub(super) struct Block {
    pub(super) bytes: Buffer,
    /// What is known of the bytes, if they are CSV.
    pub(super) boundary: Boundary,
    /// The number of the block, from 0.
    pub(super) number: u64,
    /// The index of the file.
    pub(super) file: usize,
    /// The line that the bytes start in.
    pub(super) line: u64,
    /// The columns of the file, if it is CSV.
    pub(super) columns: Option<Arc<LogColumns>>,
    /// The elements, if the file is a JSON array.
    elements: Option<Vec<Element>>,
}

impl Block {
    /// Returns the lines that have a row of JSON, with their numbers, or the elements of an array.
    pub(super) fn json(&self) -> Box<dyn Iterator<Item = (u64, &[u8])> + '_> {
        let text = |element: &Element| self.bytes.get(element.start..element.end).unwrap_or_default();
        let rows: Box<dyn Iterator<Item = (u64, &[u8])>> = match &self.elements {
            Some(elements) => Box::new(elements.iter().map(move |element| (element.line, text(element)))),
            None => Box::new((self.line..).zip(lines(&self.bytes))),
        };
        Box::new(rows.map(|(line, text)| (line, text.trim_ascii())).filter(|(_, text)| !text.is_empty()))
    }

    /// Returns the program of `jq` that writes the rows in an array in each row of JSON, from the log, if there is an engine in
    /// the array, and none in the row itself.
    pub(super) fn rows_in(&self, row: &[u8], paths: &[Vec<u8>], names: &ColumnNames) -> Option<String> {
        let paths: Vec<String> = paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
        if has_engine(&paths, names) {
            return None;
        }
        let InnerRows { program, .. } = jq::arrays_in(row).into_iter().find(|rows| has_engine(&rows.fields, names))?;
        Some(if self.elements.is_some() { format!(".[]{program}") } else { program })
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr_iter(b'\n', bytes).chain([bytes.len()]);
    ends.scan(0, |start, end| bytes.get(mem::replace(start, end + 1)..end))
}

/// How logs are read.
#[derive(Clone, Copy)]
pub(super) struct LogOptions<'a> {
    pub(super) files: &'a [PathBuf],
    /// The format of all files, if it does not follow from the endings of their names.
    pub(super) format: Option<InputFormat>,
    /// What separates cells in all files, if that follows neither from their names nor from their first lines.
    pub(super) separator: Option<u8>,
    /// The encoding of all files, if it is not UTF-8.
    pub(super) encoding: Option<&'static Encoding>,
    pub(super) names: &'a ColumnNames,
    /// The columns that will be added to each row; then all files must have the same columns, without these.
    pub(super) added: &'a [&'static str],
    pub(super) block_size: usize,
}

/// All logs, one after the other.
pub(super) struct Log<'a> {
    options: LogOptions<'a>,
    /// The index of the next file.
    next: usize,
    current: Option<LogFile>,
    /// The number of the next block.
    number: u64,
    first: Option<(InputFormat, Option<Arc<LogColumns>>)>,
    progress: Progress,
}

/// The file that is being read.
struct LogFile {
    file: usize,
    reader: Reader,
    records: Records,
    /// What separates cells, if it is CSV.
    separator: Separator,
    columns: Option<Arc<LogColumns>>,
    /// The start of a record whose end is not read yet.
    rest: Buffer,
    line: u64,
    /// Whether it has a header, after which there may be no rows, or a row has been read.
    has_rows: bool,
}

/// How the records of a file follow one another.
enum Records {
    Csv,
    Lines,
    Array(ArraySplitter),
}

impl<'a> Log<'a> {
    /// Opens the first file.
    pub(super) fn open(options: LogOptions<'a>) -> Result<Self, Failure> {
        let progress = Progress::new(options.files);
        let mut log = Self { options, next: 0, current: None, number: 0, first: None, progress };
        log.open_next()?;
        Ok(log)
    }

    /// Returns the columns of the first file, if it is CSV.
    pub(super) fn first_columns(&self) -> Option<Arc<LogColumns>> {
        self.first.clone().and_then(|(_, columns)| columns)
    }

    /// Reads the next block, or returns `false` at the end of the last file.
    pub(super) fn read(&mut self, block: &mut Block) -> Result<bool, Failure> {
        block.bytes.truncate(0);
        loop {
            let Some(source) = &mut self.current else { return Ok(false) };
            (block.number, block.file, block.line) = (self.number, source.file, source.line);
            block.columns.clone_from(&source.columns);
            let is_last =
                source.fill(&mut block.bytes, &mut block.boundary, self.options.block_size, &mut self.progress)?;
            block.elements = source.take_elements(&block.bytes);
            let has_rows = match &block.elements {
                Some(elements) => !elements.is_empty(),
                None => block.bytes.iter().any(|byte| !byte.is_ascii_whitespace()),
            };
            source.has_rows |= has_rows;
            if is_last {
                if !source.has_rows {
                    let what = if block.elements.is_some() { "the JSON array" } else { "the file" };
                    return Err(Failure::in_file(source.file, format!("{what} is empty: it has no rows")));
                }
                self.open_next()?;
            }
            if !block.bytes.is_empty() {
                self.number += 1;
                return Ok(true);
            }
        }
    }

    /// Ends the log: `read` returns no more blocks.
    pub(super) fn close(&mut self) {
        self.current = None;
    }

    fn open_next(&mut self) -> Result<(), Failure> {
        self.current = None;
        let Some(path) = self.options.files.get(self.next) else { return Ok(()) };
        let file = self.next;
        self.next += 1;
        let source = LogFile::open(file, path, &self.options, &mut self.progress)?;
        let format = source.format();
        match &self.first {
            None => self.first = Some((format, source.columns.clone())),
            Some((first, columns)) if !self.options.added.is_empty() => {
                if let Some(what) = difference((*first, columns.as_deref()), (format, source.columns.as_deref())) {
                    let message =
                        format!("{what} of the first file, so the rows do not fit one output: bill the files apart");
                    return Err(Failure::in_file(file, message));
                }
            }
            Some(_) => {}
        }
        self.current = Some(source);
        Ok(())
    }
}

/// Says in what two files differ, so that no output can have the rows of both.
fn difference(
    (first, first_columns): (InputFormat, Option<&LogColumns>),
    (format, columns): (InputFormat, Option<&LogColumns>),
) -> Option<&'static str> {
    let header = |columns: Option<&LogColumns>| columns.map(|columns| columns.header.clone());
    let separator = |columns: Option<&LogColumns>| columns.map(|columns| columns.separator);
    if first != format {
        Some("the format differs from that")
    } else if header(first_columns) != header(columns) {
        Some("the columns differ from those")
    } else {
        (separator(first_columns) != separator(columns)).then_some("the separator differs from that")
    }
}

/// Returns the failure to read a log.
fn failure(file: usize, error: &io::Error) -> Failure {
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(AtLine { line, message }) => Failure::at(file, *line, message),
        None => Failure::in_file(file, error),
    }
}

impl LogFile {
    /// Opens a log and finds its form. If it is CSV, this reads its header.
    fn open(file: usize, path: &Path, options: &LogOptions, progress: &mut Progress) -> Result<Self, Failure> {
        let format = InputFormat::of(path, options.format);
        let mut separator = Separator::new(options.separator, unpacked(path));
        let forwarded = match (format, separator.byte) {
            (InputFormat::Jsonl, _) => " --input jsonl",
            (InputFormat::Csv, b'\t') => " --separator tab",
            (InputFormat::Csv, _) => "",
        };
        let opened = source::open(path, options.encoding, progress, forwarded);
        let (mut start, reader) = opened.map_err(|error| failure(file, &error))?;
        let mark = if start.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { b"" };
        start.drain(..mark.len());
        let mut preamble = mark.to_vec();
        let records = match format {
            InputFormat::Jsonl if start.trim_ascii_start().starts_with(b"[") => {
                Records::Array(ArraySplitter::default())
            }
            InputFormat::Jsonl => Records::Lines,
            InputFormat::Csv => Records::Csv,
        };
        let mut skipped = 0;
        if format == InputFormat::Csv {
            let first = separator.take_first_line(&start);
            if let Some((line, is_right)) = first.map_err(|error| Failure::at(file, 1, error))? {
                skipped = line.len();
                preamble.extend_from_slice(if is_right { line } else { b"" });
            }
        }
        let rest = start.split_off(skipped);
        let line = 1 + memchr_iter(b'\n', &start).count() as u64;
        let has_rows = matches!(records, Records::Csv);
        let mut source = Self { file, reader, records, separator, columns: None, rest: rest.into(), line, has_rows };
        if format == InputFormat::Csv {
            source.read_header(preamble, options, progress)?;
        }
        Ok(source)
    }

    fn format(&self) -> InputFormat {
        match self.records {
            Records::Csv => InputFormat::Csv,
            Records::Lines | Records::Array(_) => InputFormat::Jsonl,
        }
    }

    /// Fills an empty buffer with whole records, and returns whether they are the last ones.
    fn fill(
        &mut self,
        bytes: &mut Buffer,
        boundary: &mut Boundary,
        block_size: usize,
        progress: &mut Progress,
    ) -> Result<bool, Failure> {
        mem::swap(bytes, &mut self.rest);
        boundary.restart(self.separator.byte);
        loop {
            // The first read fills the block; a record that does not fit makes the block grow. With larger reads, bills
            // take 9 % longer.
            let wanted = match block_size.saturating_sub(bytes.len()) {
                0 => block_size,
                room => room,
            };
            let read = bytes.read(&mut self.reader, wanted);
            let read = read.map_err(|error| failure(self.file, &error))?;
            progress.show();
            let is_last = read < wanted;
            let end = match &mut self.records {
                Records::Array(splitter) => {
                    let scanned = splitter.scan(bytes, &mut self.line);
                    scanned.map_err(|message| Failure::at(self.file, self.line, message))?;
                    if is_last && !splitter.has_ended() {
                        return Err(Failure::in_file(self.file, "the file is cut off: its JSON array is not closed"));
                    }
                    splitter.start_of_rest()
                }
                _ if is_last => bytes.len(),
                Records::Csv => boundary.scan(bytes),
                Records::Lines => memrchr(b'\n', bytes).map_or(0, |at| at + 1),
            };
            if is_last {
                return Ok(true);
            }
            if end > 0 {
                self.rest.truncate(0);
                self.rest.push_all(&bytes[end..]);
                bytes.truncate(end);
                return Ok(false);
            }
            if bytes.len() > MAX_RECORD {
                let cause = if boundary.is_quoted() { ": a quote at the end of a cell may be missing" } else { "" };
                let message = format!("the row that starts here has more than {} MiB{cause}", MAX_RECORD >> 20);
                let line = match &self.records {
                    Records::Array(splitter) => splitter.line_of_rest(),
                    Records::Csv | Records::Lines => self.line,
                };
                return Err(Failure::at(self.file, line, message));
            }
        }
    }

    /// Returns the elements of an array in a block, or counts the lines of another block.
    fn take_elements(&mut self, bytes: &[u8]) -> Option<Vec<Element>> {
        if let Records::Array(splitter) = &mut self.records {
            return Some(splitter.take());
        }
        self.line += bytecount::count(bytes, b'\n') as u64;
        None
    }

    /// Reads the header of a CSV file. What follows it is read again as the first block.
    fn read_header(&mut self, preamble: Vec<u8>, options: &LogOptions, progress: &mut Progress) -> Result<(), Failure> {
        let (mut bytes, mut boundary) = (Buffer::default(), Boundary::new(self.separator.byte));
        let mut is_last = self.fill(&mut bytes, &mut boundary, options.block_size, progress)?;
        // Blank lines before the header can fill a block.
        while !is_last && bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            self.line += memchr_iter(b'\n', &bytes).count() as u64;
            bytes.truncate(0);
            is_last = self.fill(&mut bytes, &mut boundary, options.block_size, progress)?;
        }
        let mut splitter = Splitter::new(self.separator.byte);
        let mut position = Position { at: 0, line: self.line };
        let Some(header) = splitter.next(&bytes, &mut position) else {
            return Err(Failure::in_file(self.file, "the file is empty: a header must name the columns"));
        };
        let mut rows = Splitter::new(self.separator.byte);
        let first = rows.next(&bytes, &mut Position { ..position });
        let columns = LogColumns::new(&header, first.as_ref(), preamble, self.separator, options.names, options.added);
        let columns = columns.map_err(|message| {
            let path = options.files.get(self.file).map_or(Path::new("-"), |path| path);
            let headerless = headerless::message(&header, &bytes, path, self.separator.byte, options.names);
            Failure::at(self.file, header.line, headerless.unwrap_or(message))
        });
        self.columns = Some(Arc::new(columns?));
        self.line = position.line;
        self.rest = Buffer::from([&bytes[position.at..], &self.rest].concat());
        if is_last {
            self.reader = Box::new(io::empty());
        }
        Ok(())
    }
}
