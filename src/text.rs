//! Text of values and error messages.

use core::fmt::{self, Alignment, Write as _};

use crate::{Credits, Usd};

/// The number of bytes that an excerpt keeps: more than any sensible id or number has.
const CAPACITY: usize = 62;

/// The start of a string. An error that holds an excerpt needs neither `alloc` nor a lifetime, so `?` can return it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Excerpt {
    bytes: [u8; CAPACITY],
    length: u8,
    is_cut: bool,
}

impl Excerpt {
    pub(crate) const EMPTY: Self = Self { bytes: [0; CAPACITY], length: 0, is_cut: false };

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the length is at most CAPACITY")]
    pub(crate) const fn new(text: &str) -> Self {
        let text = text.as_bytes();
        let mut end = if text.len() < CAPACITY { text.len() } else { CAPACITY };
        // Back to the start of a character.
        while end > 0 && end < text.len() && text[end] & 0b1100_0000 == 0b1000_0000 {
            end -= 1;
        }
        let (mut bytes, mut at) = ([0; CAPACITY], 0);
        // From the last two conditions, the compiler can prove that no index panics.
        while at < end && at < CAPACITY && at < text.len() {
            bytes[at] = text[at];
            at += 1;
        }
        Self { bytes, length: end as u8, is_cut: end < text.len() }
    }

    /// Writes a value that has few characters: a number or a size.
    pub(crate) fn of(value: impl fmt::Display) -> Self {
        // Each value that is written here fits.
        Self::try_of(value).unwrap_or(Self::EMPTY)
    }

    /// Writes a value, or fails if there is no room for it.
    pub(crate) fn try_of(value: impl fmt::Display) -> Result<Self, fmt::Error> {
        let mut excerpt = Self::EMPTY;
        write!(excerpt, "{value}")?;
        Ok(excerpt)
    }

    /// Returns the excerpt in lower case.
    #[inline]
    pub(crate) const fn to_lower_case(mut self) -> Self {
        self.bytes.make_ascii_lowercase();
        self
    }

    /// Returns whether the whole text is this name in another case.
    #[inline]
    pub(crate) const fn is_in_another_case(&self, name: &str) -> bool {
        let (mut text, mut name) = (self.as_bytes(), name.as_bytes());
        while let ([first, rest @ ..], [first_of_name, rest_of_name @ ..]) = (text, name) {
            if !first.eq_ignore_ascii_case(first_of_name) {
                return false;
            }
            (text, name) = (rest, rest_of_name);
        }
        text.is_empty() && name.is_empty() && !self.is_cut
    }

    #[inline]
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        // The length is at most CAPACITY, but the compiler cannot see that, and `split_at` would add a panic to the program.
        match self.bytes.split_at_checked(self.length as usize) {
            Some((text, _)) => text,
            None => &self.bytes,
        }
    }

    pub(crate) const fn as_str(&self) -> &str {
        // An excerpt has only whole characters, so this never fails.
        match core::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// Appends a string, or fails if there is no room for it.
impl fmt::Write for Excerpt {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let start = usize::from(self.length);
        let end = start + text.len();
        self.bytes.get_mut(start..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = u8::try_from(end).map_err(|_| fmt::Error)?;
        Ok(())
    }
}

/// Formats the text between backticks, and escapes hidden characters.
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

/// Returns whether the character is invisible, or changes how the text around it looks. `codegen/src/escape.rs`
/// explains the list; a test compares the two.
const fn is_hidden(c: char) -> bool {
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

/// Returns whether two strings are equal; `==` is not `const`.
#[inline]
pub(crate) const fn equal(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    // Compares the last 16 bytes, and then 16 at a time from the start. Most ids take one step, so their length decides
    // no branch.
    if let (Some(&a_end), Some(&b_end)) = (a.last_chunk(), b.last_chunk()) {
        let mut difference = u128::from_le_bytes(a_end) ^ u128::from_le_bytes(b_end);
        while let (Some((&a_start, a_rest)), Some((&b_start, b_rest))) = (a.split_first_chunk(), b.split_first_chunk())
        {
            difference |= u128::from_le_bytes(a_start) ^ u128::from_le_bytes(b_start);
            (a, b) = (a_rest, b_rest);
        }
        return difference == 0;
    }
    while let ([a_first, a_rest @ ..], [b_first, b_rest @ ..]) = (a, b) {
        if *a_first != *b_first {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    true
}

/// Splits a whole number off the start of a text, in the form that the tables have: only digits, without a leading zero.
#[inline]
pub(crate) const fn split_whole(text: &[u8]) -> Option<(u64, &[u8])> {
    if let [b'0', b'0'..=b'9', ..] = text {
        return None;
    }
    let (mut number, mut rest) = (0_u64, text);
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        let Some(tens) = number.checked_mul(10) else { return None };
        let Some(sum) = tens.checked_add((*digit - b'0') as u64) else { return None };
        (number, rest) = (sum, after);
    }
    if rest.len() < text.len() { Some((number, rest)) } else { None }
}

/// Parses a whole number in the form that the tables have.
pub(crate) fn parse_whole(text: &str) -> Option<u64> {
    split_whole(text.as_bytes()).and_then(|(number, rest)| rest.is_empty().then_some(number))
}

/// Writes text of `length` characters with the formatter's width, fill and alignment, or else with `alignment`.
pub(crate) fn pad(
    f: &mut fmt::Formatter<'_>,
    length: usize,
    alignment: Alignment,
    text: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    let gap = f.width().unwrap_or(0).saturating_sub(length);
    let before = match f.align().unwrap_or(alignment) {
        Alignment::Left => 0,
        Alignment::Center => gap / 2,
        Alignment::Right => gap,
    };
    let fill = f.fill();
    repeat(f, fill, before)?;
    text(f)?;
    repeat(f, fill, gap - before)
}

pub(crate) fn repeat(f: &mut fmt::Formatter<'_>, c: char, count: usize) -> fmt::Result {
    (0..count).try_for_each(|_| f.write_char(c))
}

/// Writes text as [`pad`] does, to the left. A precision does nothing.
pub(crate) fn pad_text(f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>) -> fmt::Result {
    /// Counts the characters that are written to it.
    struct Length(usize);

    impl fmt::Write for Length {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.chars().count();
            Ok(())
        }
    }

    let mut length = Length(0);
    if f.width().is_some() {
        length.write_fmt(text)?;
    }
    pad(f, length.0, Alignment::Left, |f| f.write_fmt(text))
}

/// Displays items separated by commas.
pub(crate) struct DisplayList<I>(pub(crate) I);

impl<I: Clone + IntoIterator<Item: fmt::Display>> fmt::Display for DisplayList<I> {
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

/// Displays dollars with their sign.
pub(crate) struct DisplayUsd(pub(crate) Usd);

impl fmt::Display for DisplayUsd {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.0)
    }
}

/// Displays the question whether a name was meant, if there is one, and a space.
pub(crate) struct DisplaySuggestion<T>(pub(crate) Option<T>);

impl<T: fmt::Display> fmt::Display for DisplaySuggestion<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => write!(f, "did you mean `{name}`? "),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_cut_is_not_the_name_that_it_starts_with() {
        let text = ["X"; CAPACITY + 1].concat();
        let name = "x".repeat(CAPACITY);
        assert!(Excerpt::new(&text[1..]).is_in_another_case(&name));
        assert!(!Excerpt::new(&text).is_in_another_case(&name));
    }
}
