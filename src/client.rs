//! The traits of [`Client`].

use core::str::FromStr;

use crate::Client;
use crate::error::UnknownClient;
use crate::text::Excerpt;

/// Parses the [`name`](Client::name) of a client, which must match exactly.
impl FromStr for Client {
    type Err = UnknownClient;

    #[inline]
    fn from_str(name: &str) -> Result<Self, UnknownClient> {
        let found = Self::ALL.iter().find(|client| client.name() == name);
        found.copied().ok_or(UnknownClient { name: Excerpt::new(name) })
    }
}

crate::traits::named!(Client, "the name of a client");
