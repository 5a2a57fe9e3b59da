//! Requests in which something may be missing.

use core::error::Error;
use core::fmt;

use crate::request::PricedBy;
use crate::text::DisplayList;
use crate::{Client, ImageSize, Request, Table};

/// A request in which something may be missing, as a user sends it. Nothing is completed unless the caller says so.
///
/// [`or_defaults_of`](Self::or_defaults_of) completes it from the defaults of a client. [`complete`](Self::complete) returns
/// an error that names what is missing.
///
/// ```
/// use dreamstudio_pricing::{Client, PartialRequest, Settings};
///
/// let request = PartialRequest::new().engine("stable-diffusion-v1-5").steps(30);
/// let error = request.complete().unwrap_err();
/// assert_eq!(error.to_string(), "the request has no width, height, images");
///
/// let request = request.or_defaults_of(Client::Api);
/// assert_eq!(request.settings(), Client::Api.defaults().image_size().steps(30));
/// assert_eq!(request.image_count(), 1);
/// ```
///
/// With the feature `serde` it is read from the same map as a [`Request`], with any of the fields. A null and an empty text are
/// as good as no field. Half a size, a width or a height without the other, is an error. Other fields are ignored, so a
/// misspelled one is missing: flatten the request into a struct with `#[serde(deny_unknown_fields)]` to reject it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct PartialRequest<'a> {
    pub(crate) priced_by: Option<PricedBy<'a>>,
    pub(crate) size: Option<ImageSize>,
    pub(crate) steps: Option<u32>,
    pub(crate) images: Option<u64>,
}

impl<'a> PartialRequest<'a> {
    /// Creates a request without anything.
    #[inline]
    pub const fn new() -> Self {
        Self { priced_by: None, size: None, steps: None, images: None }
    }

    /// Sets the engine by its id in the API, which replaces a table.
    #[inline]
    pub const fn engine(self, id: &'a str) -> Self {
        Self { priced_by: Some(PricedBy::Engine(id)), ..self }
    }

    /// Sets the table with the prices, which replaces an engine.
    #[inline]
    pub const fn table(self, table: Table) -> Self {
        Self { priced_by: Some(PricedBy::Table(table)), ..self }
    }

    /// Sets the size.
    #[inline]
    pub const fn size(self, size: ImageSize) -> Self {
        Self { size: Some(size), ..self }
    }

    /// Sets the step count.
    #[inline]
    pub const fn steps(self, steps: u32) -> Self {
        Self { steps: Some(steps), ..self }
    }

    /// Sets the number of images.
    #[inline]
    pub const fn images(self, images: u64) -> Self {
        Self { images: Some(images), ..self }
    }

    /// Completes the request as a client does: with its default size and step count, with one image, and, without an
    /// engine, with the prices of its [table](Client::table). Such a request has a price, but no engine's id that could be sent
    /// to the API.
    #[inline]
    pub const fn or_defaults_of(self, client: Client) -> Request<'a> {
        let defaults = client.defaults();
        let size = match self.size {
            Some(size) => size,
            None => defaults.image_size(),
        };
        let steps = match self.steps {
            Some(steps) => steps,
            None => defaults.steps,
        };
        let images = match self.images {
            Some(images) => images,
            None => 1,
        };
        let priced_by = match self.priced_by {
            Some(priced_by) => priced_by,
            None => PricedBy::Table(client.table()),
        };
        Request { priced_by, settings: size.steps(steps), images }
    }

    /// Returns the request if nothing is missing.
    ///
    /// # Errors
    ///
    /// [`IncompleteRequest`] if the engine (or table), the size, the step count or the number of images is missing.
    #[inline]
    pub const fn complete(self) -> Result<Request<'a>, IncompleteRequest> {
        let Self { priced_by, size, steps, images } = self;
        match (priced_by, size, steps, images) {
            (Some(priced_by), Some(size), Some(steps), Some(images)) => {
                Ok(Request { priced_by, settings: size.steps(steps), images })
            }
            _ => Err(IncompleteRequest {
                is_missing: [priced_by.is_none(), size.is_none(), size.is_none(), steps.is_none(), images.is_none()],
            }),
        }
    }
}

/// Something is missing in a request. The message lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IncompleteRequest {
    /// By [`PARTS`].
    is_missing: [bool; PARTS.len()],
}

/// What a request has, by the names of its fields in serde.
const PARTS: [&str; 5] = ["engine", "width", "height", "steps", "images"];

impl IncompleteRequest {
    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "incomplete-request"
    }

    /// Returns the names of what is missing: `engine`, which a table can replace, `width`, `height`, `steps` or `images`.
    ///
    /// ```
    /// use dreamstudio_pricing::{PartialRequest, sdxl};
    ///
    /// let error = PartialRequest::new().table(sdxl::TABLE).steps(30).complete().unwrap_err();
    /// assert!(error.missing().eq(["width", "height", "images"]));
    /// ```
    #[inline]
    pub fn missing(&self) -> impl Iterator<Item = &'static str> + Clone {
        PARTS.into_iter().zip(self.is_missing).filter(|(_, is_missing)| *is_missing).map(|(part, _)| part)
    }
}

impl fmt::Display for IncompleteRequest {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request has no {}", DisplayList(self.missing()))
    }
}

impl Error for IncompleteRequest {}
