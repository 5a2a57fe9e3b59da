//! The serde implementations of amounts and of types with several fields, and what those of the generated enums share.

mod request;

use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_core::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::text::{Excerpt, parse_whole};
use crate::{
    Amount, AmountError, AmountErrorKind, Cell, Credits, Currency, Estimate, Formula, Limits, Quote, RequestEstimate,
    Settings, Source,
};

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

/// The key of the map by which `serde_json`, with its feature `arbitrary_precision`, gives a number. Its value is a string.
const JSON_NUMBER: &str = "$serde_json::private::Number";

/// Reads a number of `serde_json` that came as a map, with a visitor of numbers. A number is of the type that it has
/// without `arbitrary_precision`, which another crate of a program may turn on.
fn visit_json_number<'de, A: MapAccess<'de>, V: Visitor<'de>>(mut map: A, visitor: V) -> Result<V::Value, A::Error> {
    struct Number<V>(V);

    impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Number<V> {
        type Value = V::Value;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
            deserializer.deserialize_str(self)
        }
    }

    impl<'de, V: Visitor<'de>> Visitor<'de> for Number<V> {
        type Value = V::Value;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.expecting(f)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
            if let Ok(number) = text.parse() {
                return self.0.visit_u64(number);
            }
            match (text.parse::<i64>(), text.parse()) {
                (Ok(number @ ..0), _) => self.0.visit_i64(number),
                (_, Ok(float)) if f64::is_finite(float) => self.0.visit_f64(float),
                _ => Err(E::invalid_value(Unexpected::Other(text), &self)),
            }
        }
    }

    match map.next_key() {
        Ok(Some(JSON_NUMBER)) => map.next_value_seed(Number(visitor)),
        _ => Err(A::Error::invalid_type(Unexpected::Map, &visitor)),
    }
}

/// Serializes as a string, in the shortest form: `"0.25"`.
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<C: Currency> Serialize for Amount<C> {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self:#}"))
    }
}

/// Deserializes from a string or a number; see [`Amount`](Amount#serde).
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de, C: Currency> Deserialize<'de> for Amount<C> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = AmountVisitor(PhantomData);
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(visitor)
        } else {
            // A format that is not self-describing must know the type of what comes next.
            deserializer.deserialize_str(visitor)
        }
    }
}

struct AmountVisitor<C>(PhantomData<C>);

impl<'de, C: Currency> Visitor<'de> for AmountVisitor<C> {
    type Value = Amount<C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number of {}, such as \"0.25\"", C::UNIT.plural)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount<C>, E> {
        Amount::parse(text).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Amount<C>, E> {
        self.visit_str(Excerpt::of(count).as_str())
    }

    fn visit_i64<E: Error>(self, count: i64) -> Result<Amount<C>, E> {
        self.visit_str(Excerpt::of(count).as_str())
    }

    fn visit_u128<E: Error>(self, count: u128) -> Result<Amount<C>, E> {
        self.visit_str(Excerpt::of(count).as_str())
    }

    fn visit_i128<E: Error>(self, count: i128) -> Result<Amount<C>, E> {
        self.visit_str(Excerpt::of(count).as_str())
    }

    /// Reads the shortest text that stands for the float. Every decimal number of up to [`f64::DIGITS`] digits is that text
    /// of its float; a longer text may only be near the number that was meant.
    fn visit_f64<E: Error>(self, float: f64) -> Result<Amount<C>, E> {
        let Ok(text) = Excerpt::try_of(float) else {
            // Written without an exponent, it is longer than any amount.
            let kind = match float {
                ..0.0 => AmountErrorKind::Negative,
                ..1.0 => AmountErrorKind::TooPrecise,
                _ => AmountErrorKind::TooLarge,
            };
            return Err(E::custom(AmountError::new::<C>(Excerpt::of(format_args!("{float:e}")), kind)));
        };
        let digits = text.as_str().trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
        let amount = Amount::parse(text.as_str());
        let is_number =
            amount.is_ok_and(|_| true) || amount.is_err_and(|error| error.kind() == AmountErrorKind::TooPrecise);
        if is_number && digits > f64::DIGITS as usize {
            let (plural, most) = (C::UNIT.plural, f64::DIGITS);
            return Err(E::custom(format_args!(
                "{text} is not an amount of {plural}: it is a float, of which only {most} digits are exact; write a string, such as \"0.25\""
            )));
        }
        amount.map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Amount<C>, A::Error> {
        visit_json_number(map, self)
    }
}

/// A whole number. It is also read from a string of digits, if the format is human-readable: a query string and the keys of
/// a JSON object have no numbers.
pub(crate) struct Whole<T>(pub(crate) T);

/// The type of a whole number.
pub(crate) trait Integer: TryFrom<u64> {
    const MAX: u64;
}

impl Integer for u32 {
    const MAX: u64 = Self::MAX as u64;
}

impl Integer for u64 {
    const MAX: u64 = Self::MAX;
}

impl<'de, T: Integer + Deserialize<'de>> Deserialize<'de> for Whole<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(WholeVisitor(PhantomData))
        } else {
            T::deserialize(deserializer).map(Self)
        }
    }
}

struct WholeVisitor<T>(PhantomData<T>);

impl<'de, T: Integer> Visitor<'de> for WholeVisitor<T> {
    type Value = Whole<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 0 to {}", T::MAX)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole<T>, E> {
        T::try_from(number).map(Whole).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Whole<T>, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Whole<T>, E> {
        let number = parse_whole(text).and_then(|number| number.try_into().ok());
        number.map(Whole).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Whole<T>, A::Error> {
        visit_json_number(map, self)
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
        let mut cell = serializer.serialize_struct("Cell", 6)?;
        cell.serialize_field("table", &self.table)?;
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
        let mut quote = serializer.serialize_struct("Quote", 8)?;
        quote.serialize_field("engine", &self.engine)?;
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
        let mut estimate = serializer.serialize_struct("Estimate", 4)?;
        estimate.serialize_field("is_published", &self.is_published())?;
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
        estimate.serialize_field("engine", &self.engine)?;
        estimate.serialize_field("table", &self.table)?;
        estimate.serialize_field("width", &self.settings.width)?;
        estimate.serialize_field("height", &self.settings.height)?;
        estimate.serialize_field("steps", &self.settings.steps)?;
        estimate.serialize_field("images", &self.images)?;
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
        let (Whole(width), Whole(height), Whole(steps)) = (next(0)?, next(1)?, next(2)?);
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
            let Whole(number) = fields.next_value()?;
            if slot.replace(number).is_some() {
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

            /// Some formats write the position of a field instead of its name.
            fn visit_u64<E: Error>(self, position: u64) -> Result<Field, E> {
                Ok(match position {
                    0 => Field::Width,
                    1 => Field::Height,
                    2 => Field::Steps,
                    _ => Field::Other,
                })
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Field, E> {
                self.visit_bytes(name.as_bytes())
            }

            /// The header of a CSV file has bytes.
            fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Field, E> {
                Ok(match name {
                    b"width" => Field::Width,
                    b"height" => Field::Height,
                    b"steps" => Field::Steps,
                    _ => Field::Other,
                })
            }
        }

        deserializer.deserialize_identifier(FieldVisitor)
    }
}
