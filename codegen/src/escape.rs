//! Escapes text of the tables that messages quote.

use std::fmt::Write as _;

/// The number of characters after which quoted text is cut.
const MAX_LENGTH: usize = 100;

/// Cuts long text, and writes hidden characters as `<U+000A>`.
///
/// The notation is Unicode's own: most readers of a table do not know Rust's `\u{a}`.
pub(crate) fn escape(text: &str) -> String {
    match text.char_indices().nth(MAX_LENGTH) {
        Some((end, _)) => escape_hidden(&text[..end]) + "…",
        None => escape_hidden(text),
    }
}

/// Writes each [hidden](is_hidden) character as its number, such as `<U+000A>`, so that it cannot change how a message reads.
#[must_use]
pub fn escape_hidden(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a `String` never fails.
            let _ = write!(escaped, "<U+{:04X}>", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Describes a character in the words of a message.
pub(crate) fn describe(c: char) -> String {
    if c == ' ' { "a space".to_owned() } else { format!("`{}`", escape(c.encode_utf8(&mut [0; 4]))) }
}

/// Returns whether the character is invisible, or changes how the text around it looks.
///
/// These are the controls (Cc), the format characters (Cf), the separators (Z) but not the space, and what Unicode calls
/// default-ignorable, such as variation selectors, tags and fillers; also the blank Braille pattern. The characters that set
/// the direction of text are among them.
///
/// Diagnostics, and the messages and the JSON of the command, escape these characters in all text that they quote. The
/// library has a copy of the list, because it does not depend on this crate; a test compares the two.
#[must_use]
pub const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{a0}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{1680}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3000}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_as_their_numbers() {
        for (text, escaped) in [
            ("0.25\n", "0.25<U+000A>"),
            ("0.25\u{2060}", "0.25<U+2060>"),
            ("\u{202a}sd\u{202e}xl", "<U+202A>sd<U+202E>xl"),
            ("\u{2066}\u{2069}", "<U+2066><U+2069>"),
            ("1\u{a0}000", "1<U+00A0>000"),
            ("tag\u{e0041}", "tag<U+E0041>"),
            ("plain täxt 値", "plain täxt 値"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(escape(&"é".repeat(MAX_LENGTH)), "é".repeat(MAX_LENGTH));
        assert_eq!(escape(&"é".repeat(MAX_LENGTH + 1)), "é".repeat(MAX_LENGTH) + "…");
    }
}
