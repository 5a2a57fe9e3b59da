//! Text of the tables as messages quote it.

use std::fmt::Write as _;

/// The number of characters after which a quoted text is cut.
const MAX_LENGTH: usize = 100;

/// Cuts a long text, and writes characters that would not show as `<U+000A>`.
///
/// The notation is Unicode's own: most readers of a table do not know Rust's `\u{a}`.
pub(crate) fn escape(text: &str) -> String {
    match text.char_indices().nth(MAX_LENGTH) {
        Some((end, _)) => escape_hidden(&text[..end]) + "…",
        None => escape_hidden(text),
    }
}

/// Writes characters that would not show as `<U+000A>`.
pub(crate) fn escape_hidden(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if is_hidden(c) {
            // A `String` accepts everything.
            let _ = write!(escaped, "<U+{:04X}>", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// One character, in the words of a message.
pub(crate) fn describe(c: char) -> String {
    if c == ' ' { "a space".to_owned() } else { format!("`{}`", escape(c.encode_utf8(&mut [0; 4]))) }
}

/// Whether a reader would not see the character, or see others in its place: controls, spaces other than the common
/// one, and characters that are invisible or set the direction of the text.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
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
