//! Logs in other encodings than UTF-8.

use std::io::{self, Read};
use std::ops::Range;

use encoding_rs::{Decoder, DecoderResult, Encoding};
use memchr::memchr_iter;

use super::source::AtLine;

/// How many bytes are decoded at once.
const CHUNK: usize = 1 << 16;

/// Finds an encoding by a label of the Encoding Standard, or by one that differs from it in hyphens, such as `latin-1`.
pub(super) fn encoding(label: &str) -> Result<&'static Encoding, String> {
    let labels = [label.to_owned(), label.replace('_', "-"), label.replace('-', "")];
    let found = labels.iter().find_map(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    found
        .ok_or_else(|| "encodings are utf-8, utf-16, latin-1, windows-1252, shift_jis and others of the web".to_owned())
}

/// Decodes to UTF-8. A byte-order mark decides between UTF-8 and the forms of UTF-16, whatever the given encoding is.
pub(super) struct Decoded<R> {
    reader: R,
    decoder: Decoder,
    input: Box<[u8]>,
    /// The input that is not decoded yet.
    rest: Range<usize>,
    output: Box<[u8]>,
    /// The output that is not read yet.
    unread: Range<usize>,
    has_ended: bool,
    /// The line of the next byte.
    line: u64,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(encoding: &'static Encoding, reader: R) -> Self {
        Self {
            reader,
            decoder: encoding.new_decoder(),
            input: vec![0; CHUNK].into(),
            rest: 0..0,
            output: vec![0; CHUNK].into(),
            unread: 0..0,
            has_ended: false,
            line: 1,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        let mut is_last = false;
        if self.rest.is_empty() {
            let read = self.reader.read(&mut self.input)?;
            self.rest = 0..read;
            is_last = read == 0;
        }
        let input = &self.input[self.rest.clone()];
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(input, &mut self.output, is_last);
        self.rest.start += read;
        self.unread = 0..written;
        self.line += memchr_iter(b'\n', &self.output[..written]).count() as u64;
        match result {
            DecoderResult::InputEmpty => self.has_ended = is_last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                let message = format!(
                    "this line is not {}: --encoding must name the encoding of the log",
                    self.decoder.encoding().name()
                );
                return Err(io::Error::other(AtLine { line: self.line, message }));
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.unread.is_empty() && !self.has_ended {
            self.decode()?;
        }
        let read = (&self.output[self.unread.clone()]).read(buffer)?;
        self.unread.start += read;
        Ok(read)
    }
}
