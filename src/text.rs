//! Texts inside errors.

use core::fmt::{self, Write as _};

/// How many bytes are kept: more than any id or figure of use has.
const KEPT: usize = 62;

/// The start of a text, so that an error that tells of it needs neither `alloc` nor a lifetime, and `?` passes it on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Excerpt {
    bytes: [u8; KEPT],
    length: u8,
    cut: bool,
}

impl Excerpt {
    pub(crate) const EMPTY: Self = Self { bytes: [0; KEPT], length: 0, cut: false };

    pub(crate) const fn new(text: &str) -> Self {
        Self::EMPTY.and(text)
    }

    pub(crate) fn of(value: impl fmt::Display) -> Self {
        let mut excerpt = Self::EMPTY;
        // An excerpt takes any text, and cuts it; an error would be that of the value.
        let _ = write!(excerpt, "{value}");
        excerpt
    }

    /// The excerpt with more text after it.
    #[expect(clippy::cast_possible_truncation, reason = "the length is at most KEPT")]
    const fn and(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let start = self.length as usize;
        let mut end = if self.cut { 0 } else { text.len() };
        if end > KEPT - start {
            end = KEPT - start;
            self.cut = true;
            // Back to where a character starts.
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

    pub(crate) fn as_str(&self) -> &str {
        // Only whole characters were put in, so that the text is always there.
        self.bytes.get(..self.length.into()).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Write for Excerpt {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        *self = self.and(text);
        Ok(())
    }
}

/// Quoted, with control characters escaped.
impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('`')?;
        for c in self.as_str().chars() {
            if c.is_control() { write!(f, "\\u{{{:x}}}", u32::from(c))? } else { f.write_char(c)? }
        }
        f.write_str(if self.cut { "…`" } else { "`" })
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.cut { "…" } else { "" };
        write!(f, "{:?}{more}", self.as_str())
    }
}

/// Whether a value is written as `text`.
#[cfg(feature = "serde")]
pub(crate) fn is_written(value: impl fmt::Display, text: &str) -> bool {
    /// What is still to be written.
    struct Rest<'a>(&'a str);

    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, written: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(written).ok_or(fmt::Error)?;
            Ok(())
        }
    }

    let mut rest = Rest(text);
    write!(rest, "{value}").is_ok() && rest.0.is_empty()
}

/// A list as a person writes it.
pub(crate) struct List<I>(pub(crate) I);

impl<I: Clone + IntoIterator<Item: fmt::Display>> fmt::Display for List<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.clone().into_iter().enumerate().try_for_each(|(at, item)| {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{item}")
        })
    }
}

/// A size in pixels, width by height, as the header of a table has it.
pub(crate) struct Pixels(pub(crate) u32, pub(crate) u32);

impl fmt::Display for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.0, self.1)
    }
}
