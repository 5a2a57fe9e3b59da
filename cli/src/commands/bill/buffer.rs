//! Memory that is filled again and again.

use std::io::{self, ErrorKind, Read};
use std::ops::{Deref, DerefMut};

/// Bytes in memory that is set to zeros once, when it grows. `Read::read_to_end` would do so for each block, because a reader in
/// a box may look at the memory that it fills.
#[derive(Default)]
pub(super) struct Buffer {
    memory: Vec<u8>,
    length: usize,
}

impl Deref for Buffer {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.memory[..self.length]
    }
}

impl DerefMut for Buffer {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.memory[..self.length]
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(memory: Vec<u8>) -> Self {
        Self { length: memory.len(), memory }
    }
}

impl Buffer {
    pub(super) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    pub(super) fn push_all(&mut self, bytes: &[u8]) {
        let end = self.grow(bytes.len());
        self.memory[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }

    /// Makes room for this many more bytes, and returns their end.
    fn grow(&mut self, count: usize) -> usize {
        let end = self.length + count;
        if self.memory.len() < end {
            self.memory.resize(end, 0);
        }
        end
    }

    /// Reads this many more bytes, or as many as there are until the end.
    pub(super) fn read(&mut self, reader: &mut impl Read, count: usize) -> io::Result<usize> {
        let start = self.length;
        let end = self.grow(count);
        while self.length < end {
            match reader.read(&mut self.memory[self.length..end]) {
                Ok(0) => break,
                Ok(read) => self.length += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.length - start)
    }
}
