//! A text with lines and columns: a CSV file before it is split, or a page.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Span};
use crate::escape::escape_hidden;
use crate::read::folder::MAX_BYTES;

/// Text that diagnostics can point into.
///
/// Lines end in `\n`, whatever they end in on disk, and there is no byte-order mark.
#[derive(Clone, Debug)]
pub struct Document {
    path: String,
    text: String,
    /// The byte at which each line starts.
    starts: Vec<usize>,
}

impl Document {
    /// Decodes text in UTF-8, which diagnostics call `label`, and which should be saved as `format`.
    ///
    /// # Errors
    ///
    /// Returns a diagnostic if the bytes are not text in UTF-8, or are more than [`MAX_BYTES`].
    pub fn new(label: &str, bytes: &[u8], format: &str) -> Result<Self, Diagnostic> {
        let path = escape_hidden(label);
        let text = decode(&path, bytes, format)?;
        let starts = [0].into_iter().chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect();
        Ok(Self { path, text, starts })
    }

    /// Returns the whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the path, as diagnostics show it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the number of the line, from 1, that a byte is in.
    #[must_use]
    pub fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte)
    }

    /// Returns the span of a range of bytes, up to the end of its first line.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        let (start, line) = self.line_at(range.start);
        let end = range.end.saturating_sub(start).min(line.len());
        Span::new(self.line(range.start), line, range.start - start..end)
    }

    /// Creates a mistake at a range of bytes.
    pub fn error(&self, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.path, self.span(range), message)
    }

    /// Returns the line that a byte is in, and the byte at which the line starts.
    pub(crate) fn line_at(&self, byte: usize) -> (usize, &str) {
        // The first line starts at 0, so there is a line before the next one.
        let start = self.starts.get(self.line(byte) - 1).copied().unwrap_or_default();
        let rest = self.text.get(start..).unwrap_or_default();
        (start, rest.split('\n').next().unwrap_or_default())
    }
}

/// Returns the text of a file, without a byte-order mark, with lines that end in `\n`.
pub(crate) fn decode(path: &str, bytes: &[u8], format: &str) -> Result<String, Diagnostic> {
    if bytes.len() > MAX_BYTES {
        return Err(Diagnostic::of_file(path, format!("the file is larger than {MAX_BYTES} bytes")));
    }
    let save = format!("save it as {format} in UTF-8");
    let kind = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => Some("the file is in UTF-16 or UTF-32"),
        [b'P', b'K', 3, 4, ..] => Some("the file is a spreadsheet workbook"),
        _ => None,
    };
    if let Some(kind) = kind {
        return Err(Diagnostic::of_file(path, kind).with_help(save));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (valid, invalid) = bytes.split_at(error.valid_up_to());
        let valid = with_unix_lines(&String::from_utf8_lossy(valid));
        let mut lines: Vec<&str> = valid.split('\n').collect();
        let start = lines.pop().unwrap_or_default();
        let rest = invalid.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let line = format!("{start}{}", String::from_utf8_lossy(rest));
        let byte = invalid.first().copied().unwrap_or_default();
        let message = format!("byte {} of the file, 0x{byte:02X}, is not UTF-8", 1 + error.valid_up_to());
        Diagnostic::at(path, Span::at(1 + lines.len(), &line, start.len()), message).with_help(save)
    })?;
    Ok(with_unix_lines(text.strip_prefix('\u{feff}').unwrap_or(text)))
}

fn with_unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, range: Range<usize>) -> (Option<usize>, Option<usize>) {
        let diagnostic = Document::new("page", text.as_bytes(), "Markdown").unwrap().error(range, "wrong");
        (diagnostic.line(), diagnostic.column())
    }

    #[test]
    fn a_byte_has_a_line_and_a_column() {
        for (start, line, column) in [(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 2, 1), (4, 3, 1), (6, 3, 2), (7, 3, 3)] {
            assert_eq!(position("ab\n\né1", start..start), (Some(line), Some(column)), "{start}");
        }
    }

    #[test]
    fn a_range_beyond_the_text_is_at_its_end() {
        assert_eq!(position("ab", 9..12), (Some(1), Some(3)));
        assert_eq!(position("", 0..1), (Some(1), Some(1)));
    }

    #[test]
    fn a_range_is_shown_in_its_first_line() {
        let document = Document::new("page", b"ab\ncd", "Markdown").unwrap();
        assert!(document.error(1..5, "wrong").to_string().ends_with("\n1 | ab\n  |  ^"));
    }

    #[test]
    fn every_kind_of_line_end_is_read() {
        let document = Document::new("page", b"\xef\xbb\xbfa\r\nb\rc\n", "Markdown").unwrap();
        assert_eq!((document.text(), document.line(4)), ("a\nb\nc\n", 3));
    }
}
