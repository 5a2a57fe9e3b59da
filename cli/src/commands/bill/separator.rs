//! The byte between two cells of CSV.

use std::path::Path;

use crate::shell::option;

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

/// Returns a separator as `--separator` takes it.
fn value(separator: u8) -> String {
    if separator == b'\t' { "tab".to_owned() } else { char::from(separator).to_string() }
}

/// Returns the separator that the ending of a name says.
pub(super) fn of_name(path: &Path) -> u8 {
    let is_tsv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"));
    if is_tsv { b'\t' } else { b',' }
}

/// Returns the separator that a first line such as `sep=;` says, for spreadsheets, and that line with its end.
///
/// # Errors
///
/// Returns a message if it cannot be a separator, or is not the given one.
pub(super) fn of_first_line(start: &[u8], given: Option<u8>) -> Result<Option<(u8, &[u8])>, String> {
    let Some((line, separator)) = first_line(start) else { return Ok(None) };
    if !is_separator(separator) {
        return Err("the first line names a separator that cannot be one: delete the line".to_owned());
    }
    match given.filter(|given| *given != separator) {
        Some(given) => {
            let [given, separator] = [given, separator].map(|separator| option("--separator", &value(separator)));
            Err(format!("the first line says {separator}, and not {given}: leave out this option"))
        }
        None => Ok(Some((separator, line))),
    }
}

fn first_line(start: &[u8]) -> Option<(&[u8], u8)> {
    let is_quoted = start.starts_with(b"\"");
    let rest = start.strip_prefix(b"\"").unwrap_or(start);
    let (name, rest) = rest.split_first_chunk::<4>()?;
    let (separator, rest) = rest.split_first().filter(|_| name.eq_ignore_ascii_case(b"sep="))?;
    let rest = if is_quoted { rest.strip_prefix(b"\"")? } else { rest };
    let ([b'\r', b'\n', rest @ ..] | [b'\r' | b'\n', rest @ ..]) = rest else { return None };
    Some((&start[..start.len() - rest.len()], *separator))
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
    Some(format!("the header looks separated by {name}: {} reads it", option("--separator", &value(other))))
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
        for (start, line) in [("sep=;\r\na;b", "sep=;\r\n"), ("SEP=;\nx", "SEP=;\n"), ("\"sep=;\"\rx", "\"sep=;\"\r")] {
            assert_eq!(of_first_line(start.as_bytes(), None), Ok(Some((b';', line.as_bytes()))));
            assert!(of_first_line(start.as_bytes(), Some(b',')).is_err());
        }
        for start in ["", "sep=", "sep=;", "sep=;;\n", "sep=\n", "\"sep=;\n", "sep,a\n"] {
            assert_eq!(of_first_line(start.as_bytes(), None), Ok(None), "{start:?}");
        }
        assert!(of_first_line(b"sep=a\n", None).is_err());
    }
}
