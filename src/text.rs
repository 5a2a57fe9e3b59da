//! Text in error messages.

use core::fmt::{self, Write as _};

use crate::Credits;

/// The number of bytes that an excerpt keeps: more than any sensible id or figure has.
const CAPACITY: usize = 62;

/// The start of a text. An error that holds one needs neither `alloc` nor a lifetime, so that `?` passes it on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Excerpt {
    bytes: [u8; CAPACITY],
    length: u8,
    is_cut: bool,
}

impl Excerpt {
    pub(crate) const EMPTY: Self = Self { bytes: [0; CAPACITY], length: 0, is_cut: false };

    pub(crate) const fn new(text: &str) -> Self {
        Self::EMPTY.push_str(text)
    }

    pub(crate) fn of(value: impl fmt::Display) -> Self {
        let mut excerpt = Self::EMPTY;
        // Writing to an excerpt never fails. A `Display` that does would leave what it wrote so far.
        let _ = write!(excerpt, "{value}");
        excerpt
    }

    /// Appends as much of the text as there is room for.
    #[expect(clippy::cast_possible_truncation, reason = "the length is at most CAPACITY")]
    const fn push_str(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let start = self.length as usize;
        let mut end = if self.is_cut { 0 } else { text.len() };
        if end > CAPACITY - start {
            end = CAPACITY - start;
            self.is_cut = true;
            // Back to the start of a character.
            while end > 0 && text[end] & 0b1100_0000 == 0b1000_0000 {
                end -= 1;
            }
        }
        let mut at = 0;
        while at < end {
            self.bytes[start + at] = text[at];
            at += 1;
        }
        self.length = (start + end) as u8;
        self
    }

    pub(crate) const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length as usize);
        // `push_str` keeps whole characters, so that this never fails.
        match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

impl fmt::Write for Excerpt {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        *self = self.push_str(text);
        Ok(())
    }
}

/// Quoted, with characters that would not show, or would reorder the line, escaped.
impl fmt::Display for Excerpt {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('`')?;
        for c in self.as_str().chars() {
            if is_hidden(c) { write!(f, "<U+{:04X}>", u32::from(c))? } else { f.write_char(c)? }
        }
        f.write_str(if self.is_cut { "…`" } else { "`" })
    }
}

impl fmt::Debug for Excerpt {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.is_cut { "…" } else { "" };
        write!(f, "{:?}{more}", self.as_str())
    }
}

/// Whether a character is a control, has no width, or sets the direction of the text after it.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

/// Whether two texts are equal; `==` is not `const`.
pub(crate) const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Parses a whole number in the one form that the tables have: digits, without a superfluous zero in front.
pub(crate) fn parse_whole(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

/// Displays items separated by commas.
pub(crate) struct List<I>(pub(crate) I);

impl<I: Clone + IntoIterator<Item: fmt::Display>> fmt::Display for List<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.clone().into_iter().enumerate().try_for_each(|(at, item)| {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{item}")
        })
    }
}

/// Displays credits with their unit.
pub(crate) struct DisplayCredits(pub(crate) Credits);

impl fmt::Display for DisplayCredits {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == Credits::whole(1) { "credit" } else { "credits" })
    }
}

/// Displays a size as the header of a table has it: `512x768`.
pub(crate) struct DisplaySize(pub(crate) u32, pub(crate) u32);

impl fmt::Display for DisplaySize {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.0, self.1)
    }
}
