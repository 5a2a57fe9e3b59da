//! The byte between two cells of CSV.

use std::path::Path;

use crate::shell::option;

/// What separates the cells of a log.
#[derive(Clone, Copy)]
pub(super) struct Separator {
    pub(super) byte: u8,
    /// Whether an argument says it, so that lines such as `sep=;` do not matter.
    pub(super) is_given: bool,
}

/// The separators that a message proposes, with their names.
const COMMON: [(u8, &str); 4] = [(b';', "semicolons"), (b'\t', "tabs"), (b'|', "vertical bars"), (b',', "commas")];

/// Parses a separator.
pub(super) fn separator(text: &str) -> Result<u8, String> {
    let byte = match text.as_bytes() {
        b"tab" | b"\\t" => b'\t',
        [byte] => *byte,
        _ => return Err("it must be one ASCII character, or tab".to_owned()),
    };
    if is_separator(byte) { Ok(byte) } else { Err("cells can have this character, or lines end with it".to_owned()) }
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\0\"\r\n".contains(&byte)
}

/// Returns the option for a separator.
pub(super) fn separator_option(separator: u8) -> String {
    let value = if separator == b'\t' { "tab".to_owned() } else { char::from(separator).to_string() };
    option("--separator", &value)
}

/// Returns the separator that the ending of a name says.
pub(super) fn of_name(path: &Path) -> u8 {
    let is_tsv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"));
    if is_tsv { b'\t' } else { b',' }
}

impl Separator {
    /// Returns the given separator, or else the one that the ending of a name says.
    pub(super) fn new(given: Option<u8>, name: &Path) -> Self {
        Self { byte: given.unwrap_or_else(|| of_name(name)), is_given: given.is_some() }
    }

    /// Takes the separator that a first line such as `sep=;` says, for spreadsheets, unless one is given. Returns that
    /// line with its end, and whether it is right.
    ///
    /// # Errors
    ///
    /// Returns a message if it must be a separator, and cannot be one.
    pub(super) fn take_first_line<'a>(&mut self, start: &'a [u8]) -> Result<Option<(&'a [u8], bool)>, String> {
        let length = start.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(start.len());
        let Some((line, rest)) = start.split_at_checked(length).filter(|(_, rest)| !rest.is_empty()) else {
            return Ok(None);
        };
        let Some(named) = of_line(line) else { return Ok(None) };
        if !self.is_given {
            if !is_separator(named) {
                return Err(
                    "the first line names a separator that cannot be one: --separator with that of the cells reads \
                            the log"
                        .to_owned(),
                );
            }
            self.byte = named;
        }
        let end = if rest.starts_with(b"\r\n") { 2 } else { 1 };
        Ok(Some((&start[..length + end], named == self.byte)))
    }
}

/// Returns the separator that a line such as `sep=;` says, for spreadsheets.
pub(super) fn of_line(line: &[u8]) -> Option<u8> {
    let quoted = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\""));
    match quoted.unwrap_or(line) {
        [name @ .., separator] if name.eq_ignore_ascii_case(b"sep=") => Some(*separator),
        _ => None,
    }
}

/// Proposes another separator for a header of which no column is known: one at which it splits into known names, or one
/// of the common ones if it does not split at all.
pub(super) fn proposal(raw: &[u8], separator: u8, count: usize, is_known: impl Fn(&[u8]) -> bool) -> Option<String> {
    let unquoted = |cell: &[u8]| {
        let inner = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
        inner.unwrap_or(cell).to_vec()
    };
    let known = |separator: u8| raw.split(|byte| *byte == separator).filter(|cell| is_known(&unquoted(cell))).count();
    if known(separator) > 0 {
        return None;
    }
    let others = || COMMON.into_iter().filter(|(other, _)| *other != separator && raw.contains(other));
    let best = others().max_by_key(|(other, _)| known(*other)).filter(|(other, _)| known(*other) > 0);
    let (other, name) = best.or_else(|| others().next().filter(|_| count == 1))?;
    Some(format!("the header looks separated by {name}: {} reads it", separator_option(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_character_that_separates_is_a_separator() {
        for (text, byte) in
            [("tab", b'\t'), ("\\t", b'\t'), ("\t", b'\t'), (";", b';'), ("|", b'|'), ("\u{1}", 1), (" ", b' ')]
        {
            assert_eq!(separator(text), Ok(byte));
        }
        for text in ["", "\"", "\n", "\r", "\0", "a", "0", ";;", "§", "\u{80}"] {
            assert!(separator(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_first_line_can_name_the_separator() {
        let first_line = |start: &'static str, given: Option<u8>| {
            let mut separator = Separator::new(given, Path::new("log.csv"));
            let line = separator.take_first_line(start.as_bytes())?;
            Ok::<_, String>((separator.byte, line.map(|(line, is_right)| (str::from_utf8(line).unwrap(), is_right))))
        };
        for (start, line) in [("sep=;\r\na;b", "sep=;\r\n"), ("SEP=;\nx", "SEP=;\n"), ("\"sep=;\"\rx", "\"sep=;\"\r")] {
            assert_eq!(first_line(start, None), Ok((b';', Some((line, true)))));
            assert_eq!(first_line(start, Some(b'|')), Ok((b'|', Some((line, false)))));
        }
        for start in ["", "sep=", "sep=;", "sep=;;\n", "sep=\n", "\"sep=;\n", "sep,a\n", "a\nsep=;\n"] {
            assert_eq!(first_line(start, None), Ok((b',', None)), "{start:?}");
        }
        assert!(first_line("sep=a\n", None).is_err());
        assert_eq!(first_line("sep=a\n", Some(b';')), Ok((b';', Some(("sep=a\n", false)))));
    }
}
