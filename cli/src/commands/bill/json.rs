//! The objects of JSON Lines.

use std::borrow::Cow;
use std::{fmt, str};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{ColumnNames, excerpt};

/// The fields of an object that matter.
pub(super) struct JsonObject<'a> {
    /// In the order of [`ColumnNames::all`]: a string as its text, another value as it is written, and nothing for
    /// `null`.
    pub(super) values: Vec<Option<Cow<'a, str>>>,
    /// Whether the object has each of these fields, even if it is `null`.
    pub(super) present: Vec<bool>,
    /// What is wrong with one of these fields: it is a duplicate, or not text.
    pub(super) flaw: Option<String>,
    /// A field that the output adds, if the object has it already.
    pub(super) taken: Option<&'static str>,
}

/// Parses one line.
///
/// # Errors
///
/// Returns an error if it is not an object.
pub(super) fn parse<'a>(
    line: &'a [u8],
    names: &ColumnNames,
    added: &[&'static str],
) -> serde_json::Result<JsonObject<'a>> {
    // Not from bytes, because `serde_json` does not check the bytes that it skips.
    let line = str::from_utf8(line).map_err(serde_json::Error::custom)?;
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let object = ObjectVisitor { names, added }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(object)
}

struct ObjectVisitor<'n> {
    names: &'n ColumnNames,
    added: &'n [&'static str],
}

/// A string, which is borrowed if nothing in it is escaped.
#[derive(Deserialize)]
struct JsonText<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for ObjectVisitor<'_> {
    type Value = JsonObject<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<JsonObject<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = JsonObject<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<JsonObject<'de>, M::Error> {
        let count = self.names.all().count();
        let mut object = JsonObject { values: vec![None; count], present: vec![false; count], flaw: None, taken: None };
        while let Some(JsonText(key)) = map.next_key()? {
            object.taken = object.taken.or_else(|| self.added.iter().copied().find(|name| *name == key));
            if !self.names.all().any(|name| name == key) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = text(map.next_value()?);
            let flaw = |what: &str| Some(format!("the field `{}` {what}", excerpt(key.as_bytes())));
            if value.is_err() {
                object.flaw = flaw("has one half of an escaped surrogate pair");
            }
            let value = value.unwrap_or_default();
            // Rows may be grouped by a column that they are priced by, so a field can be in the list more than once.
            for (at, _) in self.names.all().enumerate().filter(|(_, name)| *name == key) {
                if std::mem::replace(&mut object.present[at], true) {
                    object.flaw = flaw("is there twice");
                }
                object.values[at].clone_from(&value);
            }
        }
        Ok(object)
    }
}

/// # Errors
///
/// Returns an error if a string has an escaped surrogate without its other half.
fn text(value: &RawValue) -> serde_json::Result<Option<Cow<'_, str>>> {
    let value = value.get();
    match value.as_bytes() {
        b"null" => Ok(None),
        [b'"', ..] => serde_json::from_str(value).map(|JsonText(text)| Some(text)),
        _ => Ok(Some(value.into())),
    }
}
