//! Decompresses logs.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::{mem, thread};

use flate2::bufread::GzDecoder;

use super::source::Reader;

/// How many bytes a thread decompresses at once, and how many times that may wait to be read. This bounds the memory,
/// however large a file becomes.
const CHUNK: usize = 1 << 18;
const WAITING: usize = 4;

/// How many bytes say how a member is compressed.
const MAGIC: u64 = 4;

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
        thread::Builder::new().spawn(move || {
            let last = self.decompress(compressed, &sender).map(|()| Vec::new());
            // The reader may be gone.
            drop(sender.send(last));
        })?;
        Ok(Box::new(Decompressed { chunks, chunk: Cursor::default(), has_ended: false }))
    }

    /// Sends all chunks, none of which is empty.
    fn decompress(self, compressed: impl Read, sender: &SyncSender<io::Result<Vec<u8>>>) -> io::Result<()> {
        let mut compressed = BufReader::with_capacity(CHUNK, compressed);
        let send = |chunk| sender.send(Ok(chunk)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe));
        let mut chunk = Vec::with_capacity(CHUNK);
        // A file has one or more members, or frames, one after another.
        while let Some(start) = self.start_of_member(&mut compressed)? {
            let mut member = self.decoder(Cursor::new(start).chain(&mut compressed))?;
            loop {
                let room = CHUNK - chunk.len();
                let read = member.by_ref().take(room as u64).read_to_end(&mut chunk);
                if read.map_err(|error| self.failure(&error))? < room {
                    break;
                }
                send(mem::replace(&mut chunk, Vec::with_capacity(CHUNK)))?;
            }
        }
        if chunk.is_empty() { Ok(()) } else { send(chunk) }
    }

    /// Reads the first bytes of the next member, or returns `None` at the end of the file.
    fn start_of_member(self, compressed: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
        let mut start = Vec::new();
        compressed.by_ref().take(MAGIC).read_to_end(&mut start)?;
        match Self::of(&start) {
            Some(compression) if compression == self => Ok(Some(start)),
            None if start.is_empty() => Ok(None),
            // Tapes and disks pad a file with zeros, which gzip ignores.
            None if self == Self::Gzip && start.iter().all(|byte| *byte == 0) => {
                let other = compressed.bytes().find(|byte| !byte.as_ref().is_ok_and(|byte| *byte == 0));
                other.map_or(Ok(None), |byte| Err(byte.err().unwrap_or_else(|| self.more_bytes())))
            }
            _ => Err(self.more_bytes()),
        }
    }

    fn decoder<'r>(self, member: impl BufRead + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(GzDecoder::new(member)),
            // It rejects those that need more than 128 MiB.
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(member)?.single_frame()),
        })
    }

    fn more_bytes(self) -> io::Error {
        io::Error::other(format!(
            "other bytes follow its {} data: remove them, if they are none of the log",
            self.name()
        ))
    }

    fn failure(self, error: &io::Error) -> io::Error {
        let name = self.name();
        io::Error::other(if error.kind() == io::ErrorKind::UnexpectedEof {
            format!("the file is cut off: its {name} data is not complete")
        } else {
            format!("the {name} data is damaged: {error}")
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
