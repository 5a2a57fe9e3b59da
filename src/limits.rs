//! What the API accepts.

use core::error::Error;
use core::fmt;

use crate::error::UnknownEngine;
use crate::{QuoteError, Request, Settings, Table};

/// What the API accepts of the engines of a table; [`Table::limits`] returns it.
///
/// `None` is no limit. The build checks that each cell of the table is within the limits. With the feature `serde` they
/// are written as a map of the fields.
///
/// ```
/// use dreamstudio_pricing::Table;
///
/// if let Some(most) = Table::Sdxl.limits().and_then(|limits| limits.max_steps) {
///     println!("at most {most} steps");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Width and height are multiples of this, in pixels.
    pub side_multiple: Option<u32>,
    /// The smallest number of pixels of an image.
    pub min_pixels: Option<u32>,
    /// The largest number of pixels of an image.
    pub max_pixels: Option<u32>,
    /// The largest length of the longer side, in pixels.
    pub max_long_side: Option<u32>,
    /// The largest length of the shorter side, in pixels.
    pub max_short_side: Option<u32>,
    /// The smallest step count.
    pub min_steps: Option<u32>,
    /// The largest step count.
    pub max_steps: Option<u32>,
    /// The largest number of images of one request.
    pub max_images: Option<u32>,
}

/// One of the [`Limits`], with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Width and height are multiples of this, in pixels.
    SideMultiple(u32),
    /// The smallest number of pixels of an image.
    MinPixels(u32),
    /// The largest number of pixels of an image.
    MaxPixels(u32),
    /// The largest length of the longer side, in pixels.
    MaxLongSide(u32),
    /// The largest length of the shorter side, in pixels.
    MaxShortSide(u32),
    /// The smallest step count.
    MinSteps(u32),
    /// The largest step count.
    MaxSteps(u32),
    /// The largest number of images of one request.
    MaxImages(u32),
}

impl Limit {
    /// Returns whether the API rejects a request because of this limit.
    #[inline]
    const fn rejects(self, settings: Settings, images: u64) -> bool {
        let Settings { width, height, steps } = settings;
        let (long, short) = if width > height { (width, height) } else { (height, width) };
        let pixels = width as u64 * height as u64;
        match self {
            // The build checks that it is not zero, but the compiler cannot see that.
            Self::SideMultiple(of) => !matches!((width.checked_rem(of), height.checked_rem(of)), (Some(0), Some(0))),
            Self::MinPixels(least) => pixels < least as u64,
            Self::MaxPixels(most) => pixels > most as u64,
            Self::MaxLongSide(most) => long > most,
            Self::MaxShortSide(most) => short > most,
            Self::MinSteps(least) => steps < least,
            Self::MaxSteps(most) => steps > most,
            Self::MaxImages(most) => images > most as u64,
        }
    }
}

/// Writes what a request must be, such as `both sides must be multiples of 64`. Width and precision do nothing.
impl fmt::Display for Limit {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SideMultiple(of) => write!(f, "both sides must be multiples of {of}"),
            Self::MinPixels(least) => write!(f, "it must have at least {least} pixels"),
            Self::MaxPixels(most) => write!(f, "it must have at most {most} pixels"),
            Self::MaxLongSide(most) => write!(f, "the longer side must be at most {most}"),
            Self::MaxShortSide(most) => write!(f, "the shorter side must be at most {most}"),
            Self::MinSteps(least) => write!(f, "the step count must be at least {least}"),
            Self::MaxSteps(most) => write!(f, "the step count must be at most {most}"),
            Self::MaxImages(most) => write!(f, "one request is for at most {most} images"),
        }
    }
}

impl Limits {
    /// Returns the limits in the order of the fields.
    #[inline]
    const fn all(self) -> [Option<Limit>; 8] {
        macro_rules! limit {
            ($field:ident, $Limit:ident) => {
                match self.$field {
                    Some(number) => Some(Limit::$Limit(number)),
                    None => None,
                }
            };
        }
        [
            limit!(side_multiple, SideMultiple),
            limit!(min_pixels, MinPixels),
            limit!(max_pixels, MaxPixels),
            limit!(max_long_side, MaxLongSide),
            limit!(max_short_side, MaxShortSide),
            limit!(min_steps, MinSteps),
            limit!(max_steps, MaxSteps),
            limit!(max_images, MaxImages),
        ]
    }

    /// Returns the first limit that rejects a request.
    #[inline]
    pub(crate) const fn first_broken(self, settings: Settings, images: u64) -> Option<Limit> {
        let mut limits: &[Option<Limit>] = &self.all();
        while let [first, rest @ ..] = limits {
            match *first {
                Some(limit) if limit.rejects(settings, images) => return Some(limit),
                _ => limits = rest,
            }
        }
        None
    }
}

impl Table {
    /// Returns whether the API accepts a request for an image with these settings, as far as is known.
    /// [`Request::accepts`] also checks the engine and the number of images.
    ///
    /// A table without [`limits`](Self::limits) has no known limit: the result is always `Ok`, although the API may reject
    /// the request.
    ///
    /// # Errors
    ///
    /// [`NotAccepted`] if the settings are outside a limit.
    ///
    /// ```
    /// use dreamstudio_pricing::{Settings, Table};
    ///
    /// for cell in Table::Sdxl.cells() {
    ///     assert_eq!(Table::Sdxl.accepts(cell.settings()), Ok(()));
    /// }
    /// if let Err(error) = Table::Sdxl.accepts(Settings::size(513, 512).steps(30)) {
    ///     println!("{error}");
    /// }
    /// ```
    #[inline]
    pub const fn accepts(self, settings: Settings) -> Result<(), NotAccepted> {
        self.accepts_images(settings, 1)
    }

    #[inline]
    const fn accepts_images(self, settings: Settings, images: u64) -> Result<(), NotAccepted> {
        let broken = match self.limits() {
            Some(limits) => limits.first_broken(settings, images),
            None => None,
        };
        match broken {
            Some(limit) => Err(NotAccepted { table: self, settings, images, limit }),
            None => Ok(()),
        }
    }
}

impl Request<'_> {
    /// Returns whether the API accepts the request, as far as is known; see [`Table::accepts`].
    ///
    /// [`quote`](Self::quote) and [`estimate`](Self::estimate) do not check this: they also say what several requests cost
    /// together, and each published price is that of a request that the API accepts.
    ///
    /// # Errors
    ///
    /// [`AcceptError`] if no table prices the engine, if the number of images is zero, or if the request is outside a limit
    /// of the API.
    ///
    /// ```
    /// use dreamstudio_pricing::{AcceptError, Request, Settings};
    ///
    /// let settings = Settings::size(500, 500).steps(30);
    /// match Request::new("stable-diffusion-v1-5", settings).images(4).accepts() {
    ///     Ok(()) => println!("send the request"),
    ///     Err(AcceptError::NotAccepted(error)) => println!("not sent: {}", error.limit()),
    ///     Err(error) => println!("{error}"),
    /// }
    /// ```
    #[inline]
    pub const fn accepts(&self) -> Result<(), AcceptError> {
        let table = match self.table() {
            Ok(table) => table,
            Err(error) => return Err(AcceptError::UnknownEngine(error)),
        };
        if self.images == 0 {
            return Err(AcceptError::NoImages);
        }
        match table.accepts_images(self.settings, self.images) {
            Ok(()) => Ok(()),
            Err(error) => Err(AcceptError::NotAccepted(error)),
        }
    }
}

/// The API rejects a request, because it is outside a limit of a table. The message lists each such limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotAccepted {
    table: Table,
    settings: Settings,
    images: u64,
    limit: Limit,
}

impl NotAccepted {
    /// Returns the table.
    #[inline]
    #[must_use]
    pub const fn table(&self) -> Table {
        self.table
    }

    /// Returns the settings of the request.
    #[inline]
    #[must_use]
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Returns the limit that rejects the request. If there are several, it returns the first in the order of [`Limits`].
    ///
    /// ```
    /// use dreamstudio_pricing::{Limit, Settings, Table};
    ///
    /// if let Err(error) = Table::Sdxl.accepts(Settings::size(512, 512).steps(1000)) {
    ///     if let Limit::MaxSteps(most) = error.limit() {
    ///         println!("choose at most {most} steps");
    ///     }
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub const fn limit(&self) -> Limit {
        self.limit
    }

    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "not-accepted"
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for NotAccepted {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { table, settings, images, .. } = self;
        DisplayNotAccepted { name: table.name(), limits: table.limits(), settings, images }.fmt(f)
    }
}

/// Displays why the API rejects a request.
pub(crate) struct DisplayNotAccepted<'a> {
    /// The name of the table.
    pub(crate) name: &'a str,
    pub(crate) limits: Option<Limits>,
    pub(crate) settings: Settings,
    pub(crate) images: u64,
}

impl fmt::Display for DisplayNotAccepted<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { name, limits, settings, images } = self;
        f.write_str("the API rejects ")?;
        if images > 1 {
            write!(f, "{images} images of ")?;
        }
        write!(f, "{settings} with an engine of the {name} table: ")?;
        let limits = limits.into_iter().flat_map(Limits::all).flatten();
        let broken = limits.filter(|limit| limit.rejects(settings, images));
        broken.enumerate().try_for_each(|(at, limit)| write!(f, "{}{limit}", if at > 0 { "; " } else { "" }))
    }
}

impl Error for NotAccepted {}

/// Why the API does not accept a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AcceptError {
    /// No table prices the engine.
    UnknownEngine(UnknownEngine),
    /// The number of images is zero.
    NoImages,
    /// The request is outside a limit.
    NotAccepted(NotAccepted),
}

impl AcceptError {
    /// Returns the stable [code](crate#errors) of the error, which is that of the error in it if there is one.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownEngine(error) => error.code(),
            Self::NoImages => "no-images",
            Self::NotAccepted(error) => error.code(),
        }
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for AcceptError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEngine(error) => error.fmt(f),
            Self::NoImages => QuoteError::NoImages.fmt(f),
            Self::NotAccepted(error) => error.fmt(f),
        }
    }
}

impl Error for AcceptError {}

impl From<UnknownEngine> for AcceptError {
    #[inline]
    fn from(error: UnknownEngine) -> Self {
        Self::UnknownEngine(error)
    }
}

impl From<NotAccepted> for AcceptError {
    #[inline]
    fn from(error: NotAccepted) -> Self {
        Self::NotAccepted(error)
    }
}
