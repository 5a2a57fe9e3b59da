//! Text of the tables as messages quote it.

use std::fmt::Write as _;

/// The number of characters after which a quoted text is cut.
const MAX_LENGTH: usize = 100;

/// Cuts a long text, and writes characters that would not show as `<U+000A>`.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars().take(MAX_LENGTH) {
        if is_hidden(c) {
            let _ = write!(escaped, "<U+{:04X}>", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    if text.chars().nth(MAX_LENGTH).is_some() {
        escaped.push('…');
    }
    escaped
}

/// One character, in the words of a message.
pub(crate) fn describe(c: char) -> String {
    if c == ' ' { "a space".to_owned() } else { format!("`{}`", escape(c.encode_utf8(&mut [0; 4]))) }
}

/// Whether a reader would not see the character, or would see other characters in its place: controls, spaces other than
/// the common one, and what is invisible or changes the direction of the text.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
