//! The serde implementations of requests.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, SerializeStruct as _, Serializer};

use super::{Integer, Text, Whole, WholeVisitor};
use crate::engine::Engine;
use crate::request::PricedBy;
use crate::{ImageSize, PartialRequest, Request, Table, UnknownEngine};

/// The names of the fields, in the order in which they are written.
const NAMES: &[&str] = &["engine", "table", "width", "height", "steps", "images"];

/// By their [`NAMES`].
const FIELDS: &[Field] = &[Field::Engine, Field::Table, Field::Width, Field::Height, Field::Steps, Field::Images];

#[derive(Clone, Copy)]
enum Field {
    Engine,
    Table,
    Width,
    Height,
    Steps,
    Images,
}

/// Serializes as a map. One of `engine` and `table` is null.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl Serialize for Request<'_> {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (engine, table) = match self.priced_by {
            PricedBy::Engine(id) => (Some(id), None),
            PricedBy::Table(table) => (None, Some(table)),
        };
        let mut request = serializer.serialize_struct("Request", NAMES.len())?;
        request.serialize_field("engine", &engine)?;
        request.serialize_field("table", &table)?;
        request.serialize_field("width", &self.settings.width)?;
        request.serialize_field("height", &self.settings.height)?;
        request.serialize_field("steps", &self.settings.steps)?;
        request.serialize_field("images", &self.images)?;
        request.end()
    }
}

/// Deserializes from a map with every field, and with an engine or a table that exists.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> Deserialize<'de> for Request<'_> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let request = deserializer.deserialize_struct("Request", NAMES, RequestVisitor { is_partial: false })?;
        request.complete().map_err(D::Error::custom)
    }
}

/// Deserializes from a map with any of the fields of a [`Request`]. A null, and an empty text, is as good as no field.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> Deserialize<'de> for PartialRequest<'_> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("PartialRequest", NAMES, RequestVisitor { is_partial: true })
    }
}

struct RequestVisitor {
    /// Whether a number can be null.
    is_partial: bool,
}

impl<'de> Visitor<'de> for RequestVisitor {
    type Value = PartialRequest<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request: engine or table, width, height, steps and images")
    }

    /// For formats that write no field names.
    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<PartialRequest<'static>, A::Error> {
        let mut request = Fields::default();
        for (at, &field) in FIELDS.iter().enumerate() {
            let value = FieldValue { field, is_partial: self.is_partial, request: &mut request };
            values.next_element_seed(value)?.ok_or_else(|| A::Error::invalid_length(at, &self))?;
        }
        request.finish()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<PartialRequest<'static>, A::Error> {
        let mut request = Fields::default();
        let mut are_read = [false; NAMES.len()];
        while let Some(FieldName(field)) = fields.next_key()? {
            let Some(field) = field else {
                // Ignored, as serde does by default, because a request also has fields that do not change its price.
                fields.next_value::<IgnoredAny>()?;
                continue;
            };
            let (name, is_read) = (NAMES[field as usize], &mut are_read[field as usize]);
            if *is_read {
                return Err(A::Error::duplicate_field(name));
            }
            *is_read = true;
            fields.next_value_seed(FieldValue { field, is_partial: self.is_partial, request: &mut request })?;
        }
        request.finish()
    }
}

/// The name of a field, or `None` for another name.
struct FieldName(Option<Field>);

impl<'de> Deserialize<'de> for FieldName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldNameVisitor;

        impl Visitor<'_> for FieldNameVisitor {
            type Value = FieldName;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }

            /// Some formats write the position of a field instead of its name.
            fn visit_u64<E: Error>(self, position: u64) -> Result<FieldName, E> {
                let position = usize::try_from(position).ok();
                Ok(FieldName(position.and_then(|position| FIELDS.get(position)).copied()))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<FieldName, E> {
                self.visit_bytes(name.as_bytes())
            }

            /// The header of a CSV file has bytes.
            fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<FieldName, E> {
                let mut fields = NAMES.iter().zip(FIELDS);
                Ok(FieldName(fields.find(|(other, _)| other.as_bytes() == name).map(|(_, &field)| field)))
            }
        }

        deserializer.deserialize_identifier(FieldNameVisitor)
    }
}

/// What was read of a request.
#[derive(Default)]
struct Fields {
    engine: Option<EngineId>,
    table: Option<Table>,
    width: Option<u32>,
    height: Option<u32>,
    steps: Option<u32>,
    images: Option<u64>,
}

impl Fields {
    fn finish<E: Error>(self) -> Result<PartialRequest<'static>, E> {
        let Self { engine, table, width, height, steps, images } = self;
        let priced_by = match (engine, table) {
            (Some(_), Some(_)) => return Err(E::custom("the request has both an engine and a table: remove one")),
            (Some(EngineId(id)), None) => Some(PricedBy::Engine(id)),
            (None, table) => table.map(PricedBy::Table),
        };
        let size = match (width, height) {
            (Some(width), Some(height)) => Some(ImageSize::new(width, height)),
            (None, None) => None,
            (Some(_), None) => return Err(E::missing_field("height")),
            (None, Some(_)) => return Err(E::missing_field("width")),
        };
        Ok(PartialRequest { priced_by, size, steps, images })
    }
}

/// Reads the value of a field into a request.
struct FieldValue<'a> {
    field: Field,
    is_partial: bool,
    request: &'a mut Fields,
}

/// Reads a text that can be missing: null, or empty, as a cell of CSV or a field of an HTML form is.
struct OptionalText<T>(Text<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for OptionalText<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        if text.is_empty() { Ok(None) } else { self.0.visit_str(text).map(Some) }
    }
}

/// Reads a number that can be missing: null, or in a human-readable format an empty text.
struct OptionalWhole<T>(PhantomData<T>);

impl<'de, T: Integer + Deserialize<'de>> Visitor<'de> for OptionalWhole<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        WholeVisitor::<T>(PhantomData).expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(self)
        } else {
            T::deserialize(deserializer).map(Some)
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<T>, E> {
        WholeVisitor(PhantomData).visit_u64(number).map(|Whole(number)| Some(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<T>, E> {
        WholeVisitor(PhantomData).visit_i64(number).map(|Whole(number)| Some(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        if text.is_empty() {
            return Ok(None);
        }
        WholeVisitor(PhantomData).visit_str(text).map(|Whole(number)| Some(number))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        WholeVisitor(PhantomData).visit_map(map).map(|Whole(number)| Some(number))
    }
}

impl FieldValue<'_> {
    /// Reads a number, which can be missing only in a partial request: some formats write what is optional in another form.
    fn number<'de, T, D>(is_partial: bool, deserializer: D) -> Result<Option<T>, D::Error>
    where
        T: Integer + Deserialize<'de>,
        D: Deserializer<'de>,
    {
        if is_partial {
            deserializer.deserialize_option(OptionalWhole(PhantomData))
        } else {
            Whole::deserialize(deserializer).map(|Whole(number)| Some(number))
        }
    }
}

impl<'de> DeserializeSeed<'de> for FieldValue<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { field, is_partial, request } = self;
        match field {
            Field::Engine => {
                request.engine = deserializer.deserialize_option(OptionalText(Text::new("the id of an engine")))?;
            }
            Field::Table => {
                request.table =
                    deserializer.deserialize_option(OptionalText(Text::new("the name of a price table")))?;
            }
            Field::Width => request.width = Self::number(is_partial, deserializer)?,
            Field::Height => request.height = Self::number(is_partial, deserializer)?,
            Field::Steps => request.steps = Self::number(is_partial, deserializer)?,
            Field::Images => request.images = Self::number(is_partial, deserializer)?,
        }
        Ok(())
    }
}

/// The id of an engine, as `tables/engines.csv` has it.
struct EngineId(&'static str);

impl FromStr for EngineId {
    type Err = UnknownEngine;

    fn from_str(id: &str) -> Result<Self, UnknownEngine> {
        Engine::find(id).map(|engine| Self(engine.id))
    }
}
