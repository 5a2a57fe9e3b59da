//! Decompresses logs.

use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use flate2::bufread::MultiGzDecoder;

use super::source::Reader;

/// How many bytes a thread decompresses at once, and how many times that may wait to be read. This bounds the memory,
/// however large a file becomes.
const CHUNK: usize = 1 << 18;
const WAITING: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// Returns how a file is compressed, by its first bytes.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A frame of data, or one that is skipped, with which some programs begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Returns how a file is compressed, by the ending of its name.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        [Self::Gzip, Self::Zstd].into_iter().find(|compression| extension.eq_ignore_ascii_case(compression.extension()))
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Zstd => "zst",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Decompresses in a thread of its own. It ends with the data, or when its reader is dropped.
    pub(super) fn reader(self, compressed: impl Read + Send + 'static) -> io::Result<Reader> {
        let (sender, chunks) = sync_channel(WAITING);
        thread::Builder::new().spawn(move || self.send(compressed, &sender))?;
        Ok(Box::new(Decompressed { chunks, chunk: Cursor::default(), has_ended: false }))
    }

    /// Sends all chunks. The last one is empty, or an error.
    fn send(self, compressed: impl Read, sender: &SyncSender<io::Result<Vec<u8>>>) {
        let compressed = BufReader::with_capacity(CHUNK, compressed);
        let decoder = match self {
            // All members of a file, which begin one after another.
            Self::Gzip => Ok(Box::new(MultiGzDecoder::new(compressed)) as Box<dyn Read>),
            // All frames. It rejects those that need more than 128 MiB.
            Self::Zstd => zstd::Decoder::with_buffer(compressed).map(|decoder| Box::new(decoder) as Box<dyn Read>),
        };
        let mut decoder = match decoder {
            Ok(decoder) => decoder,
            Err(error) => return drop(sender.send(Err(error))),
        };
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            let read = decoder.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
            let is_last = !read.as_ref().is_ok_and(|read| *read > 0);
            let sent = sender.send(read.map(|_| chunk).map_err(|error| self.failure(&error)));
            if is_last || sent.is_err() {
                return;
            }
        }
    }

    fn failure(self, error: &io::Error) -> io::Error {
        let name = self.name();
        io::Error::other(if error.kind() == io::ErrorKind::UnexpectedEof {
            format!("the file is cut off: its {name} data is not complete")
        } else {
            format!("the {name} data is damaged, or other bytes follow it: {error}")
        })
    }
}

/// What a thread has decompressed.
struct Decompressed {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Cursor<Vec<u8>>,
    has_ended: bool,
}

impl Read for Decompressed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.chunk.read(buffer)?;
        if read > 0 || buffer.is_empty() || self.has_ended {
            return Ok(read);
        }
        let chunk = self.chunks.recv().unwrap_or_else(|error| Err(io::Error::other(error)))?;
        self.has_ended = chunk.is_empty();
        self.chunk = Cursor::new(chunk);
        self.chunk.read(buffer)
    }
}
