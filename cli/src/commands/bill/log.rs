//! The logs, in blocks of whole records that any thread can price.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Take};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use memchr::memchr_iter;

use super::columns::{ColumnNames, LogColumns};
use super::failure::Failure;
use super::fast::{Boundary, Position, Splitter};
use super::progress::Progress;
use crate::input::is_stdin;

/// How many bytes a block has, unless a record has more. Larger blocks do not fit the caches of a core.
pub(super) const BLOCK: usize = 1 << 20;

/// The size of the largest record. It bounds the memory that an unclosed quote can take.
pub(super) const MAX_RECORD: usize = 1 << 26;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How many bytes at the start of a file show its format.
const START: u64 = 16;

/// The first bytes of files that are neither CSV nor JSON Lines, and what to do with these files.
const FOREIGN: [(&[u8], &str); 8] = [
    (b"\x1f\x8b", "the file is compressed with gzip: `gzip -dc FILE | dreamprice bill -` reads it"),
    (b"\x28\xb5\x2f\xfd", "the file is compressed with zstd: `zstd -dc FILE | dreamprice bill -` reads it"),
    (b"\xfd7zXZ\0", "the file is compressed with xz: `xz -dc FILE | dreamprice bill -` reads it"),
    (b"BZh91AY&SY", "the file is compressed with bzip2: `bzip2 -dc FILE | dreamprice bill -` reads it"),
    (b"PK\x03\x04", "the file is a ZIP archive, or a spreadsheet: unpack it, or save it as CSV"),
    (b"PAR1", "the file is Parquet: write it as CSV or as JSON Lines"),
    (b"\xff\xfe", "the file is UTF-16: `iconv -f UTF-16 -t UTF-8 FILE | dreamprice bill -` reads it"),
    (b"\xfe\xff", "the file is UTF-16: `iconv -f UTF-16 -t UTF-8 FILE | dreamprice bill -` reads it"),
];

/// The format of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InputFormat {
    /// CSV with a header
    Csv,
    /// JSON Lines: an object in each line
    Jsonl,
}

impl InputFormat {
    /// Returns the given format of a log, or else the format that the ending of its name says.
    pub(super) fn of(path: &Path, given: Option<Self>) -> Self {
        if let Some(given) = given {
            return given;
        }
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if matches!(&*extension, "jsonl" | "ndjson" | "json") { Self::Jsonl } else { Self::Csv }
    }
}

/// Whole records of one file. A worker reuses its block.
#[derive(Default)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// The number of the block, from 0.
    pub(super) number: u64,
    /// The index of the file.
    pub(super) file: usize,
    /// The line that the bytes start in.
    pub(super) line: u64,
    /// The columns of the file, if it is CSV.
    pub(super) columns: Option<Arc<LogColumns>>,
}

/// How logs are read.
#[derive(Clone, Copy)]
pub(super) struct LogOptions<'a> {
    pub(super) files: &'a [PathBuf],
    /// The format of all files, if it does not follow from the endings of their names.
    pub(super) format: Option<InputFormat>,
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
    reader: Take<Box<dyn Read + Send>>,
    /// Whether the limit of the reader is the length of the file. Otherwise it has no limit.
    has_length: bool,
    format: InputFormat,
    columns: Option<Arc<LogColumns>>,
    /// The start of a record whose end is not read yet.
    rest: Vec<u8>,
    line: u64,
    /// Whether it is CSV, or a row has been read.
    has_rows: bool,
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
        block.bytes.clear();
        loop {
            let Some(source) = &mut self.current else { return Ok(false) };
            let is_last = source.fill(&mut block.bytes, self.options.block_size, &mut self.progress)?;
            let lines = memchr_iter(b'\n', &block.bytes).count() as u64;
            (block.number, block.file, block.line) = (self.number, source.file, source.line);
            block.columns.clone_from(&source.columns);
            source.line += lines;
            source.has_rows = source.has_rows || block.bytes.iter().any(|byte| !byte.is_ascii_whitespace());
            if is_last {
                if !source.has_rows {
                    return Err(Failure::in_file(source.file, "the file is empty: it has no rows"));
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
        let failure = |error: &io::Error| Failure::in_file(file, error);
        let (reader, has_length) = open(path).map_err(|error| failure(&error))?;
        let format = InputFormat::of(path, self.options.format);
        let has_rows = format == InputFormat::Csv;
        let mut source =
            LogFile { file, reader, has_length, format, columns: None, rest: Vec::new(), line: 1, has_rows };
        let mut start = Vec::new();
        let read = source.reader.by_ref().take(START).read_to_end(&mut start);
        read.map_err(|error| failure(&error))?;
        if let Some((_, form)) = FOREIGN.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Err(Failure::in_file(file, form));
        }
        let mark = if start.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { b"" };
        source.rest = start.split_off(mark.len());
        if format == InputFormat::Csv {
            source.read_header(mark, &self.options, &mut self.progress)?;
        }
        match &self.first {
            None => self.first = Some((format, source.columns.clone())),
            Some((first, columns)) if !self.options.added.is_empty() => {
                let header = |columns: &Option<Arc<LogColumns>>| columns.as_ref().map(|columns| columns.header.clone());
                if (*first, header(columns)) != (format, header(&source.columns)) {
                    let message = "the columns differ from those of the first file, so the rows do not fit one output: \
                                   bill the files apart";
                    return Err(Failure::in_file(file, message));
                }
            }
            Some(_) => {}
        }
        self.current = Some(source);
        Ok(())
    }
}

/// Opens a log, and returns whether the limit of the reader is the length of the file.
///
/// A file is read only up to its present end, because a program may add rows as fast as they are read. A length of 0 is
/// not a limit, because files that the system creates while they are read, as in `/proc`, have it too.
fn open(path: &Path) -> io::Result<(Take<Box<dyn Read + Send>>, bool)> {
    if is_stdin(path) {
        let stdin: Box<dyn Read + Send> = Box::new(io::stdin());
        return Ok((stdin.take(u64::MAX), false));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type()) && !file.is_terminal() {
        // Some devices never end, and what is read from them is never an error.
        return Err(io::Error::other("this is a device, not a log"));
    }
    let has_length = metadata.is_file() && metadata.len() > 0;
    let limit = if has_length { metadata.len() } else { u64::MAX };
    let file: Box<dyn Read + Send> = Box::new(file);
    Ok((file.take(limit), has_length))
}

impl LogFile {
    /// Fills an empty buffer with whole records, and returns whether they are the last ones.
    fn fill(&mut self, bytes: &mut Vec<u8>, block_size: usize, progress: &mut Progress) -> Result<bool, Failure> {
        std::mem::swap(bytes, &mut self.rest);
        let mut boundary = Boundary::new(b',');
        loop {
            // The first read fills the block; a record that does not fit makes the block grow. With larger reads, bills
            // take 9 % longer.
            let wanted = match block_size.saturating_sub(bytes.len()) {
                0 => block_size,
                room => room,
            };
            bytes.reserve(wanted);
            let read = self.reader.by_ref().take(wanted as u64).read_to_end(bytes);
            let read = read.map_err(|error| Failure::in_file(self.file, error))?;
            progress.add(read);
            if read < wanted {
                if self.has_length && self.reader.limit() > 0 {
                    let message = "the file became shorter while it was read: bill it when nothing writes to it";
                    return Err(Failure::in_file(self.file, message));
                }
                return Ok(true);
            }
            let end = match self.format {
                InputFormat::Csv => boundary.scan(bytes),
                InputFormat::Jsonl => {
                    let unfinished = bytes.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
                    bytes.len() - unfinished.len()
                }
            };
            if end > 0 {
                self.rest.clear();
                self.rest.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
                return Ok(false);
            }
            if bytes.len() > MAX_RECORD {
                let message = format!(
                    "the row that starts here has more than {} MiB: a quote at the end of a cell may be missing",
                    MAX_RECORD >> 20
                );
                return Err(Failure::at(self.file, self.line, message));
            }
        }
    }

    /// Reads the header of a CSV file. What follows it is read again as the first block.
    fn read_header(
        &mut self,
        mark: &'static [u8],
        options: &LogOptions,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        let mut is_last = self.fill(&mut bytes, options.block_size, progress)?;
        // Blank lines before the header can fill a block.
        while !is_last && bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            self.line += memchr_iter(b'\n', &bytes).count() as u64;
            bytes.clear();
            is_last = self.fill(&mut bytes, options.block_size, progress)?;
        }
        let mut splitter = Splitter::new(b',');
        let mut position = Position { at: 0, line: self.line };
        let Some(header) = splitter.next(&bytes, &mut position) else {
            return Err(Failure::in_file(self.file, "the file is empty: a header must name the columns"));
        };
        let columns = LogColumns::new(&header, mark, options.names, options.added);
        self.columns = Some(Arc::new(columns.map_err(|message| Failure::at(self.file, header.line, message))?));
        self.line = position.line;
        bytes.drain(..position.at);
        bytes.append(&mut self.rest);
        self.rest = bytes;
        if is_last {
            self.reader.set_limit(0);
        }
        Ok(())
    }
}
