//! The serde implementations of types with several fields.

use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde_core::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::{Cell, Credits, Estimate, Formula, Limits, Quote, RequestEstimate, Settings, Source};

/// Parses a value from a string.
pub(crate) struct Text<T> {
    expected: &'static str,
    value: PhantomData<T>,
}

impl<T> Text<T> {
    /// Creates a visitor. Its error for a non-string says what is `expected`.
    pub(crate) const fn new(expected: &'static str) -> Self {
        Self { expected, value: PhantomData }
    }
}

impl<T: FromStr<Err: Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// A price, in credits and in dollars.
struct Price(Credits);

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut price = serializer.serialize_struct("Price", 2)?;
        price.serialize_field("credits", &self.0)?;
        price.serialize_field("usd", &self.0.usd())?;
        price.end()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Cell {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut cell = serializer.serialize_struct("Cell", 5)?;
        cell.serialize_field("width", &self.width)?;
        cell.serialize_field("height", &self.height)?;
        cell.serialize_field("steps", &self.steps)?;
        cell.serialize_field("credits", &self.price)?;
        cell.serialize_field("usd", &self.price.usd())?;
        cell.end()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Quote {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut quote = serializer.serialize_struct("Quote", 7)?;
        quote.serialize_field("table", &self.table)?;
        quote.serialize_field("width", &self.settings.width)?;
        quote.serialize_field("height", &self.settings.height)?;
        quote.serialize_field("steps", &self.settings.steps)?;
        quote.serialize_field("images", &self.images)?;
        quote.serialize_field("per_image", &Price(self.per_image))?;
        quote.serialize_field("total", &Price(self.total))?;
        quote.end()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Estimate {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut estimate = serializer.serialize_struct("Estimate", 3)?;
        estimate.serialize_field("expected", &self.expected().map(Price))?;
        estimate.serialize_field("at_least", &Price(self.at_least()))?;
        estimate.serialize_field("at_most", &Price(self.at_most()))?;
        estimate.end()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for RequestEstimate {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut estimate = serializer.serialize_struct("RequestEstimate", 8)?;
        estimate.serialize_field("table", &self.table)?;
        estimate.serialize_field("width", &self.settings.width)?;
        estimate.serialize_field("height", &self.settings.height)?;
        estimate.serialize_field("steps", &self.settings.steps)?;
        estimate.serialize_field("images", &self.images)?;
        estimate.serialize_field("is_published", &self.total.is_published())?;
        estimate.serialize_field("per_image", &self.per_image)?;
        estimate.serialize_field("total", &self.total)?;
        estimate.end()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Source {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut source = serializer.serialize_struct("Source", 3)?;
        source.serialize_field("page", self.page)?;
        source.serialize_field("heading", self.heading)?;
        source.serialize_field("published", self.published)?;
        source.end()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Formula {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut formula = serializer.serialize_struct("Formula", 4)?;
        formula.serialize_field("free_pixels", &self.free_pixels)?;
        formula.serialize_field("rate", self.rate)?;
        formula.serialize_field("nearest", &self.nearest)?;
        formula.serialize_field("up", &self.up)?;
        formula.end()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Limits {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut limits = serializer.serialize_struct("Limits", 8)?;
        limits.serialize_field("side_multiple", &self.side_multiple)?;
        limits.serialize_field("min_pixels", &self.min_pixels)?;
        limits.serialize_field("max_pixels", &self.max_pixels)?;
        limits.serialize_field("max_long_side", &self.max_long_side)?;
        limits.serialize_field("max_short_side", &self.max_short_side)?;
        limits.serialize_field("min_steps", &self.min_steps)?;
        limits.serialize_field("max_steps", &self.max_steps)?;
        limits.serialize_field("max_images", &self.max_images)?;
        limits.end()
    }
}

/// The fields of [`Settings`], in the order in which they are written.
const FIELDS: &[&str] = &["width", "height", "steps"];

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Settings {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut settings = serializer.serialize_struct("Settings", FIELDS.len())?;
        settings.serialize_field("width", &self.width)?;
        settings.serialize_field("height", &self.height)?;
        settings.serialize_field("steps", &self.steps)?;
        settings.end()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> Deserialize<'de> for Settings {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Settings", FIELDS, SettingsVisitor)
    }
}

struct SettingsVisitor;

impl<'de> Visitor<'de> for SettingsVisitor {
    type Value = Settings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings: width, height and steps")
    }

    /// For formats that write no field names.
    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Settings, A::Error> {
        let mut next = |at| fields.next_element()?.ok_or_else(|| A::Error::invalid_length(at, &self));
        let (width, height, steps) = (next(0)?, next(1)?, next(2)?);
        Ok(Settings { width, height, steps })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Settings, A::Error> {
        let (mut width, mut height, mut steps) = (None, None, None);
        while let Some(field) = fields.next_key::<Field>()? {
            let (name, slot) = match field {
                Field::Width => ("width", &mut width),
                Field::Height => ("height", &mut height),
                Field::Steps => ("steps", &mut steps),
                // Ignored, as serde does by default, because a request also has other fields.
                Field::Other => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if slot.replace(fields.next_value()?).is_some() {
                return Err(A::Error::duplicate_field(name));
            }
        }
        let required = |value: Option<u32>, name| value.ok_or_else(|| A::Error::missing_field(name));
        let (width, height) = (required(width, "width")?, required(height, "height")?);
        Ok(Settings { width, height, steps: required(steps, "steps")? })
    }
}

/// The name of a field of [`Settings`].
enum Field {
    Width,
    Height,
    Steps,
    Other,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldVisitor;

        impl Visitor<'_> for FieldVisitor {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Field, E> {
                Ok(match name {
                    "width" => Field::Width,
                    "height" => Field::Height,
                    "steps" => Field::Steps,
                    _ => Field::Other,
                })
            }
        }

        deserializer.deserialize_identifier(FieldVisitor)
    }
}
