//! Clients, and the settings of a request.

use crate::Client;

/// What the price of an image depends on.
///
/// ```
/// use dreamstudio_pricing::{Client, Settings};
///
/// let Settings { width, height, steps } = Client::Api.defaults();
/// println!("{width}x{height} at {steps} steps");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    /// Width of the image, in pixels.
    pub width: u32,
    /// Height of the image, in pixels.
    pub height: u32,
    /// Step count.
    pub steps: u32,
}

crate::traits::named!(Client);
