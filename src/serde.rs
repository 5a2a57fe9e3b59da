//! What serde reads: each refusal says what would have been taken.

use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde_core::de::{Error, Visitor};

use crate::text::{Excerpt, List, is_written};

/// Reads an amount from a string; a number would have been a float on its way.
pub(crate) struct Amount<A> {
    pub(crate) unit: &'static str,
    pub(crate) amount: PhantomData<A>,
}

impl<A: FromStr<Err: Display>> Visitor<'_> for Amount<A> {
    type Value = A;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number of {} as a string, such as \"0.25\"", self.unit)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<A, E> {
        text.parse().map_err(E::custom)
    }
}

/// Reads one of a list by its text.
pub(crate) struct OneOf<T: 'static>(pub(crate) &'static [T]);

impl<T: Copy + Display> Visitor<'_> for OneOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {}", List(self.0))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let found = self.0.iter().find(|&item| is_written(item, text));
        found.copied().ok_or_else(|| unlisted(Excerpt::new(text), self.0))
    }
}

/// The error for what is not in a list.
pub(crate) fn unlisted<E: Error>(asked: impl Display, list: &[impl Display]) -> E {
    E::custom(format_args!("{asked} is not one of {}", List(list)))
}
