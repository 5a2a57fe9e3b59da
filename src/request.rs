//! Settings and requests, and what a request costs.

use core::error::Error;
use core::fmt;

use crate::error::{NotEstimated, NotPriced, UnknownEngine};
use crate::text::{DisplayCredits, DisplaySize};
use crate::{Credits, Estimate, Table};

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
/// ```
///
/// With the feature `serde` they are a map of `width`, `height` and `steps`.
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
    /// Starts settings with a size, width by height in pixels; [`SettingsBuilder::steps`] completes them.
    ///
    /// It accepts any numbers. A table decides whether they have a price.
    #[inline]
    pub const fn size(width: u32, height: u32) -> SettingsBuilder {
        SettingsBuilder { width, height }
    }
}

/// Formats as `512x768 at 30 steps`.
impl fmt::Display for Settings {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, steps } = self;
        let plural = if *steps == 1 { "" } else { "s" };
        write!(f, "{} at {steps} step{plural}", DisplaySize(*width, *height))
    }
}

/// [`Settings`] without a step count; [`Settings::size`] returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "settings need a step count"]
pub struct SettingsBuilder {
    width: u32,
    height: u32,
}

impl SettingsBuilder {
    /// Completes the settings with a step count.
    #[inline]
    #[must_use]
    pub const fn steps(self, steps: u32) -> Settings {
        Settings { width: self.width, height: self.height, steps }
    }
}

/// A request for images, as a user of the API sends it.
///
/// ```
/// use dreamstudio_pricing::{Request, Settings};
///
/// let settings = Settings::size(512, 768).steps(30);
/// let quote = Request::new("stable-diffusion-v1-5", settings).images(4).quote()?;
/// println!("{} credits for 4 images, ${}", quote.total, quote.total.usd());
/// # Ok::<(), dreamstudio_pricing::QuoteError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Request<'a> {
    priced_by: PricedBy<'a>,
    pub(crate) settings: Settings,
    pub(crate) images: u64,
}

/// What determines the table of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum PricedBy<'a> {
    Engine(&'a str),
    Table(Table),
}

impl<'a> Request<'a> {
    /// Creates a request for one image by an engine, named by its id in the API.
    #[inline]
    pub const fn new(engine: &'a str, settings: Settings) -> Self {
        Self { priced_by: PricedBy::Engine(engine), settings, images: 1 }
    }

    /// Sets the number of images. The default is 1.
    #[inline]
    pub const fn images(self, images: u64) -> Self {
        Self { images, ..self }
    }

    /// Returns what the request costs, at published prices. It never estimates.
    ///
    /// # Errors
    ///
    /// [`QuoteError`] if no table prices the engine, if the table has no price for the settings, if the number of
    /// images is zero, or if the total is above [`Credits::MAX`].
    ///
    /// ```
    /// use dreamstudio_pricing::{Credits, QuoteError, Request, Settings};
    ///
    /// /// Returns what remains of a balance after a request, or why it must not be sent.
    /// fn preflight(balance: Credits, request: Request) -> Result<Credits, Box<dyn std::error::Error>> {
    ///     let quote = match request.quote() {
    ///         Ok(quote) => quote,
    ///         Err(QuoteError::NotPriced(error)) if error.has_size() => {
    ///             return Err(format!("choose one of {:?} steps", error.table().steps()).into());
    ///         }
    ///         Err(error) => return Err(error.into()),
    ///     };
    ///     balance.checked_sub(quote.total).ok_or_else(|| format!("{quote} is more than {balance} credits").into())
    /// }
    ///
    /// let request = Request::new("stable-diffusion-xl-beta-v2-2-2", Settings::size(512, 512).steps(50));
    /// println!("{:?}", preflight(Credits::whole(25), request.images(8)));
    /// ```
    #[inline]
    pub const fn quote(&self) -> Result<Quote, QuoteError> {
        let &Self { settings, images, .. } = self;
        let table = match self.table() {
            Ok(table) => table,
            Err(error) => return Err(QuoteError::UnknownEngine(error)),
        };
        let per_image = match table.price_of(settings) {
            Ok(price) => price,
            Err(error) => return Err(QuoteError::NotPriced(error)),
        };
        if images == 0 {
            return Err(QuoteError::NoImages);
        }
        match per_image.checked_mul(images) {
            Some(total) => Ok(Quote { table, settings, images, per_image, total }),
            None => Err(QuoteError::TooLarge { per_image, images }),
        }
    }

    /// Returns what the request should cost: its price if it has one, else an estimate; see [`Table::estimate`].
    ///
    /// # Errors
    ///
    /// [`EstimateError`] if no table prices the engine, if the table has no estimate for the settings, if the number of
    /// images is zero, or if a total is above [`Credits::MAX`].
    ///
    /// ```
    /// use dreamstudio_pricing::{Credits, EstimateError, Request, Settings};
    ///
    /// /// Returns the credits to reserve for a request.
    /// fn reserve(request: Request) -> Result<Credits, EstimateError> {
    ///     let estimate = request.estimate()?;
    ///     if !estimate.total.is_published() {
    ///         println!("not a published price: {}", estimate.total);
    ///     }
    ///     Ok(estimate.total.at_most())
    /// }
    ///
    /// let settings = Settings::size(576, 512).steps(40);
    /// println!("{:?}", reserve(Request::new("stable-diffusion-v1-5", settings).images(4)));
    /// ```
    #[inline]
    pub const fn estimate(&self) -> Result<RequestEstimate, EstimateError> {
        let &Self { settings, images, .. } = self;
        let table = match self.table() {
            Ok(table) => table,
            Err(error) => return Err(EstimateError::UnknownEngine(error)),
        };
        let per_image = match table.estimate_of(settings) {
            Ok(estimate) => estimate,
            Err(error) => return Err(EstimateError::NotEstimated(error)),
        };
        if images == 0 {
            return Err(EstimateError::NoImages);
        }
        match per_image.checked_mul(images) {
            Some(total) => Ok(RequestEstimate { table, settings, images, per_image, total }),
            None => Err(EstimateError::TooLarge { per_image, images }),
        }
    }

    pub(crate) const fn table(&self) -> Result<Table, UnknownEngine> {
        match self.priced_by {
            PricedBy::Table(table) => Ok(table),
            PricedBy::Engine(id) => Table::for_engine(id),
        }
    }
}

impl Request<'static> {
    /// Creates a request for one image at the prices of a table.
    ///
    /// ```
    /// use dreamstudio_pricing::{Client, Request, sdxl};
    ///
    /// let request = Request::for_table(sdxl::TABLE, Client::DreamStudio.defaults());
    /// println!("{}", request.quote()?);
    /// # Ok::<(), dreamstudio_pricing::QuoteError>(())
    /// ```
    #[inline]
    pub const fn for_table(table: Table, settings: Settings) -> Self {
        Self { priced_by: PricedBy::Table(table), settings, images: 1 }
    }
}

/// What a request costs, at published prices; [`Request::quote`] returns it.
///
/// With the feature `serde` it is written as a map of `table`, `width`, `height`, `steps`, `images`, `per_image` and
/// `total`, the last two with `credits` and `usd` each. It does not implement `Deserialize`: every price comes from the
/// tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Quote {
    /// The table that prices the engine.
    pub table: Table,
    /// The settings of each image.
    pub settings: Settings,
    /// The number of images, at least 1.
    pub images: u64,
    /// The price of one image, in credits.
    pub per_image: Credits,
    /// The price of all images, in credits.
    pub total: Credits,
}

/// Formats as `4 images of 512x768 at 30 steps: 2 credits, $0.02`.
impl fmt::Display for Quote {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { settings, images, total, .. } = self;
        let plural = if *images == 1 { "" } else { "s" };
        write!(f, "{images} image{plural} of {settings}: {}, ${}", DisplayCredits(*total), total.usd())
    }
}

/// What a request should cost; [`Request::estimate`] returns it.
///
/// With the feature `serde` it is written as a map of `table`, `width`, `height`, `steps`, `images` and `is_published`, and
/// with `per_image` and `total` as [`Estimate`]s. It does not implement `Deserialize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RequestEstimate {
    /// The table that prices the engine.
    pub table: Table,
    /// The settings of each image.
    pub settings: Settings,
    /// The number of images, at least 1.
    pub images: u64,
    /// What one image should cost.
    pub per_image: Estimate,
    /// What all images should cost.
    pub total: Estimate,
}

/// Formats as `4 images of 576x512 at 40 steps: about 3.6 credits (2 to 5.68)`.
impl fmt::Display for RequestEstimate {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { settings, images, total, .. } = self;
        let plural = if *images == 1 { "" } else { "s" };
        write!(f, "{images} image{plural} of {settings}: {total}")
    }
}

/// Why a request has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QuoteError {
    /// No table prices the engine.
    UnknownEngine(UnknownEngine),
    /// The table has no price for the settings.
    NotPriced(NotPriced),
    /// The number of images is zero.
    NoImages,
    /// The total is above [`Credits::MAX`].
    TooLarge {
        /// The price of one image, in credits.
        per_image: Credits,
        /// The number of images.
        images: u64,
    },
}

impl fmt::Display for QuoteError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEngine(error) => error.fmt(f),
            Self::NotPriced(error) => error.fmt(f),
            Self::NoImages => f.write_str("the number of images is 0: a request is for at least 1"),
            Self::TooLarge { per_image, images } => {
                let per_image = DisplayCredits(*per_image);
                write!(f, "{images} images at {per_image} each cost more than {} credits", Credits::MAX)
            }
        }
    }
}

impl Error for QuoteError {}

impl From<UnknownEngine> for QuoteError {
    #[inline]
    fn from(error: UnknownEngine) -> Self {
        Self::UnknownEngine(error)
    }
}

impl From<NotPriced> for QuoteError {
    #[inline]
    fn from(error: NotPriced) -> Self {
        Self::NotPriced(error)
    }
}

/// Why a request has no estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EstimateError {
    /// No table prices the engine.
    UnknownEngine(UnknownEngine),
    /// The table has no estimate for the settings.
    NotEstimated(NotEstimated),
    /// The number of images is zero.
    NoImages,
    /// A total is above [`Credits::MAX`].
    TooLarge {
        /// The estimate of one image.
        per_image: Estimate,
        /// The number of images.
        images: u64,
    },
}

impl fmt::Display for EstimateError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEngine(error) => error.fmt(f),
            Self::NotEstimated(error) => error.fmt(f),
            Self::NoImages => QuoteError::NoImages.fmt(f),
            Self::TooLarge { per_image, images } => {
                let at_most = DisplayCredits(per_image.at_most());
                write!(f, "{images} images at up to {at_most} each may cost more than {} credits", Credits::MAX)
            }
        }
    }
}

impl Error for EstimateError {}

impl From<UnknownEngine> for EstimateError {
    #[inline]
    fn from(error: UnknownEngine) -> Self {
        Self::UnknownEngine(error)
    }
}

impl From<NotEstimated> for EstimateError {
    #[inline]
    fn from(error: NotEstimated) -> Self {
        Self::NotEstimated(error)
    }
}
