//! Opens logs as bytes of text: decompressed, and in UTF-8.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, IsTerminal as _, Read, Take};
use std::path::Path;

use encoding_rs::Encoding;

use super::compression::Compression;
use super::encoding::Decoded;
use super::pasted::{decompressor, filtered, piped};
use super::progress::Progress;
use crate::input::is_stdin;

pub(super) type Reader = Box<dyn Read + Send>;

/// How many bytes at the start of a file show its form.
const START: u64 = 1 << 12;

/// The first bytes of compressed files, and the programs that decompress them.
const COMPRESSED: [(&[u8], &str); 4] =
    [(b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"\xfd7zXZ\0", "xz"), (b"BZh", "bzip2")];

/// The first bytes of files that are no text, and what to do with them.
const FOREIGN: [(&[u8], &str); 2] = [
    (b"PK\x03\x04", "the file is a ZIP archive, or a spreadsheet: unpack it, or save it as CSV"),
    (b"PAR1", "the file is Parquet: write it as CSV or as JSON Lines"),
];

/// What a tar archive has, and after how many bytes.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// An error on a line of a log.
#[derive(Debug)]
pub(super) struct AtLine {
    pub(super) line: u64,
    pub(super) message: String,
}

impl fmt::Display for AtLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for AtLine {}

/// Returns the first bytes of a log, and a reader of the others. `options` are those that a command needs which reads
/// the log from standard input.
pub(super) fn open(
    path: &Path,
    encoding: Option<&'static Encoding>,
    progress: &Progress,
    options: &str,
) -> io::Result<(Vec<u8>, Reader)> {
    let mut reader: Reader = Box::new(Ended { reader: Some(progress.count(open_file(path)?)) });
    let mut start = start_of(&mut reader)?;
    let compression = Compression::of(&start);
    if let Some(compression) = compression {
        reader = compression.reader(Cursor::new(start).chain(reader))?;
        start = start_of(&mut reader)?;
    } else if let Some(compression) = Compression::of_name(path) {
        let (extension, name) = (compression.extension(), compression.name());
        let message = format!("the name ends in .{extension}, but the file is not compressed with {name}: rename it");
        return Err(io::Error::other(message));
    }
    if let Some(name) = compressed_with(&start) {
        // If it is compressed twice, the command removes the outer layer, and `bill` the inner one.
        let name = compression.map_or(name, Compression::name);
        return Err(io::Error::other(compressed(path, name, options)));
    }
    if start.get(TAR.0..).is_some_and(|magic| magic.starts_with(TAR.1)) {
        return Err(io::Error::other(tar(path, compression, options)));
    }
    if let Some(message) = utf_32(path, &start, compression, options) {
        return Err(io::Error::other(message));
    }
    if let Some(message) = refusal(&start, encoding.is_some()) {
        return Err(io::Error::other(message));
    }
    if let Some(encoding) = encoding {
        reader = Box::new(Decoded::new(encoding, Cursor::new(start).chain(reader)));
        start = start_of(&mut reader)?;
    }
    Ok((start, reader))
}

fn start_of(reader: &mut Reader) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(START).read_to_end(&mut start)?;
    Ok(start)
}

fn compressed_with(start: &[u8]) -> Option<&'static str> {
    COMPRESSED.into_iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, name)| name)
}

/// Says how a file is compressed, and what reads it.
fn compressed(path: &Path, name: &str, options: &str) -> String {
    let command = piped(path, &decompressor(name), options);
    format!("the file is compressed with {name}: {command} reads it")
}

/// Says that a file is an archive, and what reads the files in it.
fn tar(path: &Path, compression: Option<Compression>, options: &str) -> String {
    let program = if compression.is_some() || is_stdin(path) { "tar -xOf -" } else { "tar -xOf" };
    let command = filtered(path, compression, program, options);
    format!("the file is a tar archive: {command} reads the files in it as one log")
}

/// Says that a file is UTF-32, which web pages do not have, and what reads it.
fn utf_32(path: &Path, start: &[u8], compression: Option<Compression>, options: &str) -> Option<String> {
    let label = match start {
        [0xff, 0xfe, 0, 0, ..] | [1..=255, 0, 0, 0, ..] => "UTF-32LE",
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, 1..=255, ..] => "UTF-32BE",
        _ => return None,
    };
    let command = filtered(path, compression, &format!("iconv -f {label} -t UTF-8"), options);
    Some(format!("the file is {label}: {command} reads it"))
}

/// Says why a file cannot be read as text, and what to do.
fn refusal(start: &[u8], has_encoding: bool) -> Option<String> {
    if let Some((_, message)) = FOREIGN.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some((*message).to_owned());
    }
    let is_utf_16 = matches!(start, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..]);
    let label = if start.starts_with(b"\0") { "utf-16be" } else { "utf-16" };
    (is_utf_16 && !has_encoding).then(|| format!("the file is UTF-16: --encoding {label} reads it"))
}

/// A file up to its present end, because a program may add rows as fast as they are read.
struct Whole {
    reader: Take<File>,
}

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if read == 0 && !buffer.is_empty() && self.reader.limit() > 0 {
            let message = "the file became shorter while it was read: bill it when nothing writes to it";
            return Err(io::Error::other(message));
        }
        Ok(read)
    }
}

/// A log up to its first end: a terminal could be typed in again after that.
struct Ended<R> {
    reader: Option<R>,
}

impl<R: Read> Read for Ended<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(reader) = &mut self.reader else { return Ok(0) };
        let read = reader.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            self.reader = None;
        }
        Ok(read)
    }
}

fn open_file(path: &Path) -> io::Result<Reader> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type()) && !file.is_terminal() {
        // Some devices never end, and what is read from them is never an error.
        return Err(io::Error::other("this is a device, not a log"));
    }
    // A length of 0 is not a limit, because files that the system creates while they are read, as in `/proc`, have it
    // too.
    Ok(if metadata.is_file() && metadata.len() > 0 {
        Box::new(Whole { reader: file.take(metadata.len()) })
    } else {
        Box::new(file)
    })
}
