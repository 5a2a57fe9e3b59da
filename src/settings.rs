//! The size and the step count of an image.

use core::error::Error;
use core::fmt;
use core::str::FromStr;

use crate::text::{DisplaySuggestion, Excerpt, pad_text, split_whole};

/// The size of an image: width by height, in pixels. It can be any size, whether a table has it or not.
///
/// It is written as the header of a table has it: `512x768`. With the feature `serde` it is that string.
///
/// ```
/// use dreamstudio_pricing::{ImageSize, Settings};
///
/// let size: ImageSize = "512x768".parse()?;
/// assert_eq!((size.width, size.height, size.pixels()), (512, 768, 393_216));
/// assert_eq!(size.steps(30), Settings::size(512, 768).steps(30));
/// # Ok::<(), dreamstudio_pricing::MalformedSize>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ImageSize {
    /// Width of the image, in pixels.
    pub width: u32,
    /// Height of the image, in pixels.
    pub height: u32,
}

impl ImageSize {
    /// Creates a size, width by height in pixels.
    #[inline]
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Parses the form in the header of a table, `512x768`, also in a `const`. `FromStr` does the same.
    ///
    /// # Errors
    ///
    /// [`MalformedSize`] if the text is anything but two whole numbers with an `x` between them, or if a number has a
    /// leading zero or is above [`u32::MAX`].
    ///
    /// ```
    /// use dreamstudio_pricing::ImageSize;
    ///
    /// assert_eq!(ImageSize::parse("512x768"), Ok(ImageSize::new(512, 768)));
    ///
    /// let error = ImageSize::parse("512X768").unwrap_err();
    /// assert_eq!(error.suggestion(), Some(ImageSize::new(512, 768)));
    /// ```
    #[inline]
    pub const fn parse(text: &str) -> Result<Self, MalformedSize> {
        match parse_size(text.as_bytes()) {
            Some(size) => Ok(size),
            None => Err(MalformedSize { text: Excerpt::new(text) }),
        }
    }

    /// Returns the number of pixels: width times height.
    #[inline]
    #[must_use]
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Returns settings with this size and a step count.
    #[inline]
    #[must_use]
    pub const fn steps(self, steps: u32) -> Settings {
        Settings { width: self.width, height: self.height, steps }
    }
}

/// Formats as in the header of a table: `512x768`.
impl fmt::Display for ImageSize {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Excerpt::of(format_args!("{}x{}", self.width, self.height)).as_str())
    }
}

/// Parses the form in the header of a table: `512x768`.
impl FromStr for ImageSize {
    type Err = MalformedSize;

    #[inline]
    fn from_str(text: &str) -> Result<Self, MalformedSize> {
        Self::parse(text)
    }
}

/// Converts from width and height, in pixels.
impl From<(u32, u32)> for ImageSize {
    #[inline]
    fn from((width, height): (u32, u32)) -> Self {
        Self { width, height }
    }
}

/// Converts to width and height, in pixels.
impl From<ImageSize> for (u32, u32) {
    #[inline]
    fn from(size: ImageSize) -> Self {
        (size.width, size.height)
    }
}

crate::traits::ordered!(ImageSize, "Orders by pixels, then by width, then by height.", |size| {
    (size.pixels(), size.width, size.height)
});

crate::traits::text!(ImageSize, "a size as a string, such as \"512x768\"");

/// The size and step count of an image, which determine its price within a table.
///
/// [`Settings::size`] creates them, so that width, height and steps cannot be confused. A literal does not compile outside
/// of this crate, because a release may add fields.
///
/// ```
/// use dreamstudio_pricing::Settings;
///
/// const SETTINGS: Settings = Settings::size(512, 768).steps(30);
/// assert_eq!(SETTINGS.to_string(), "512x768 at 30 steps");
/// assert_eq!("512x768@30".parse(), Ok(SETTINGS));
/// ```
///
/// With the feature `serde` they are a map of `width`, `height` and `steps`. In a human-readable format, each may also be a
/// string of digits, as a query string has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Settings {
    /// Width of the image, in pixels.
    pub width: u32,
    /// Height of the image, in pixels.
    pub height: u32,
    /// Step count.
    pub steps: u32,
}

impl Settings {
    /// Starts settings with a size, width by height in pixels; [`ImageSize::steps`] completes them.
    ///
    /// It accepts any numbers. A table decides whether they have a price.
    #[inline]
    #[must_use = "settings need a step count"]
    pub const fn size(width: u32, height: u32) -> ImageSize {
        ImageSize { width, height }
    }

    /// Returns the size alone.
    ///
    /// ```
    /// use dreamstudio_pricing::{ImageSize, Settings};
    ///
    /// assert_eq!(Settings::size(512, 768).steps(30).image_size(), ImageSize::new(512, 768));
    /// ```
    #[inline]
    #[must_use]
    pub const fn image_size(self) -> ImageSize {
        ImageSize { width: self.width, height: self.height }
    }

    /// Parses `512x768 at 30 steps`, as settings are printed, or `512x768@30`, also in a `const`. `FromStr` does the
    /// same.
    ///
    /// # Errors
    ///
    /// [`MalformedSettings`] if the text is anything else, or if a number has a leading zero or is above [`u32::MAX`].
    ///
    /// ```
    /// use dreamstudio_pricing::Settings;
    ///
    /// let settings = Settings::size(512, 768).steps(30);
    /// assert_eq!(Settings::parse("512x768 at 30 steps"), Ok(settings));
    /// assert_eq!(Settings::parse("512x768@30"), Ok(settings));
    /// assert!(Settings::parse("512x768").is_err());
    /// ```
    #[inline]
    pub const fn parse(text: &str) -> Result<Self, MalformedSettings> {
        match parse_settings(text.as_bytes()) {
            Some(settings) => Ok(settings),
            None => Err(MalformedSettings { text: Excerpt::new(text) }),
        }
    }
}

/// Formats as `512x768 at 30 steps`. A precision does nothing.
impl fmt::Display for Settings {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.steps == 1 { "" } else { "s" };
        pad_text(f, format_args!("{} at {} step{plural}", self.image_size(), self.steps))
    }
}

/// Parses `512x768 at 30 steps`, as settings are printed, or `512x768@30`.
impl FromStr for Settings {
    type Err = MalformedSettings;

    #[inline]
    fn from_str(text: &str) -> Result<Self, MalformedSettings> {
        Self::parse(text)
    }
}

/// Splits a side or a step count off the start of a text.
#[inline]
const fn split_number(text: &[u8]) -> Option<(u32, &[u8])> {
    match split_whole(text) {
        #[expect(clippy::cast_possible_truncation, reason = "the guard says that the number fits")]
        Some((number, rest)) if number <= u32::MAX as u64 => Some((number as u32, rest)),
        _ => None,
    }
}

#[inline]
const fn split_size(text: &[u8]) -> Option<(ImageSize, &[u8])> {
    let Some((width, [b'x', rest @ ..])) = split_number(text) else { return None };
    match split_number(rest) {
        Some((height, rest)) => Some((ImageSize { width, height }, rest)),
        None => None,
    }
}

#[inline]
pub(crate) const fn parse_size(text: &[u8]) -> Option<ImageSize> {
    match split_size(text) {
        Some((size, [])) => Some(size),
        _ => None,
    }
}

#[inline]
const fn parse_settings(text: &[u8]) -> Option<Settings> {
    let Some((size, rest)) = split_size(text) else { return None };
    let (steps, is_short) = match rest {
        [b'@', steps @ ..] => (steps, true),
        [b' ', b'a', b't', b' ', steps @ ..] => (steps, false),
        _ => return None,
    };
    match (split_number(steps), is_short) {
        (Some((steps, b"")), true) => Some(size.steps(steps)),
        (Some((1, b" step")), false) => Some(size.steps(1)),
        (Some((steps, b" steps")), false) if steps != 1 => Some(size.steps(steps)),
        _ => None,
    }
}

/// A text is not a size. The message says how a size is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MalformedSize {
    text: Excerpt,
}

impl MalformedSize {
    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "malformed-size"
    }

    /// Returns the start of the text: its first 62 bytes, or slightly fewer, to avoid splitting a character.
    #[inline]
    #[must_use]
    pub const fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Returns the size that the text is in lower case: `512x768` for `512X768`.
    #[inline]
    #[must_use]
    pub const fn suggestion(&self) -> Option<ImageSize> {
        parse_size(self.text.to_lower_case().as_bytes())
    }
}

impl fmt::Display for MalformedSize {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suggestion = DisplaySuggestion(self.suggestion());
        write!(
            f,
            "{} is not a size: {suggestion}write width and height in pixels, such as 512x768, in whole numbers up to {} without \
             leading zeros",
            self.text,
            u32::MAX
        )
    }
}

impl Error for MalformedSize {}

/// A text is not settings. The message says how settings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MalformedSettings {
    text: Excerpt,
}

impl MalformedSettings {
    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "malformed-settings"
    }

    /// Returns the start of the text: its first 62 bytes, or slightly fewer, to avoid splitting a character.
    #[inline]
    #[must_use]
    pub const fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Returns the settings that the text is in lower case: `512x768@30` for `512X768@30`.
    #[inline]
    #[must_use]
    pub const fn suggestion(&self) -> Option<Settings> {
        parse_settings(self.text.to_lower_case().as_bytes())
    }
}

impl fmt::Display for MalformedSettings {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a size and a step count: ", self.text)?;
        match self.suggestion() {
            Some(settings) if self.text().contains('@') => {
                write!(f, "did you mean `{}@{}`? ", settings.image_size(), settings.steps)?;
            }
            suggestion => DisplaySuggestion(suggestion).fmt(f)?,
        }
        write!(
            f,
            "write them as 512x768 at 30 steps, or as 512x768@30, in whole numbers up to {} without leading zeros",
            u32::MAX
        )
    }
}

impl Error for MalformedSettings {}
