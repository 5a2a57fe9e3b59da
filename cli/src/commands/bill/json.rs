//! The objects of JSON Lines.

use std::borrow::Cow;
use std::{fmt, str};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::columns::{ColumnNames, ImagesRule, LogColumn, excerpt, ignored};
use super::fast::Memo;
use super::matching::{Fit, fit, last, looks_like_count};
use super::request::has_other_number;

/// How many objects deep a message looks for fields.
const MAX_DEPTH: usize = 8;

/// The fields of an object that matter.
pub(super) struct JsonObject<'a> {
    /// In the order of [`ColumnNames::all`].
    fields: Vec<Option<Field<'a>>>,
    /// The fields that look like the number of images and are not read, with their paths.
    pub(super) counts: Vec<OtherCount<'a>>,
    /// A field that the output adds, if the object has it already.
    pub(super) taken: Option<&'static str>,
}

/// A field that looks like the number of images.
pub(super) struct OtherCount<'a> {
    pub(super) path: Cow<'a, str>,
    /// Its text, if it is a number or a string.
    value: Cow<'a, str>,
}

/// The value of a column.
#[derive(Clone)]
struct Field<'a> {
    /// A string as its text, another value as it is written, and nothing for `null`.
    value: Option<Cow<'a, str>>,
    fit: Fit,
    /// How many objects it is in.
    depth: usize,
    flaw: Option<FieldFlaw>,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FieldFlaw {
    /// It has one half of an escaped surrogate pair.
    HalfPair,
    Twice,
    /// Several names fit, and none exactly.
    Unclear,
    /// A string that begins as an object does not end as one.
    NotObject,
    /// There is a field of this name, and a field in another one.
    TwoPaths,
    /// A cell of CSV is not UTF-8.
    NotText,
}

/// The command that removes the commas after objects, as they follow those of an array.
pub(super) const WITHOUT_COMMAS: &str = "sed 's/},[[:space:]]*$/}/'";

impl OtherCount<'_> {
    /// Returns its path, or if it is an object, those in it: the ones that look like the number of images, or else all.
    pub(super) fn paths(&self) -> Vec<String> {
        let paths = paths_of_cell(self.path.as_bytes(), self.value.as_bytes());
        let is_any = paths.iter().any(|path| looks_like_count(last(path)));
        let paths = paths.iter().filter(|path| !is_any || looks_like_count(last(path)));
        paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect()
    }
}

impl JsonObject<'_> {
    /// Returns whether there is a field, even if it is `null`.
    pub(super) fn has(&self, at: usize) -> bool {
        self.fields.get(at).is_some_and(Option::is_some)
    }

    /// Returns the text of a field, and nothing for `null`.
    pub(super) fn value(&self, at: usize) -> Option<&[u8]> {
        self.fields.get(at)?.as_ref()?.value.as_deref().map(str::as_bytes)
    }

    /// Returns the text of a column that a price depends on, or what each row has in its place.
    pub(super) fn cell<'s>(&'s self, column: LogColumn, names: &'s ColumnNames) -> Option<&'s [u8]> {
        let cell = self.value(column as usize).map(|cell| names.unless_null(cell));
        cell.or_else(|| names.constant(column))
    }

    /// Says what is wrong with a field, for which the row is malformed.
    pub(super) fn flaw(&self, names: &ColumnNames) -> Option<String> {
        let (name, flaw) = names.all().find_map(|(at, name)| Some((name, self.flaw_of(at)?)))?;
        let name = excerpt(name.as_bytes());
        Some(match flaw {
            FieldFlaw::HalfPair => format!("the field `{name}` has one half of an escaped surrogate pair"),
            FieldFlaw::Twice => format!("the field `{name}` is there twice"),
            FieldFlaw::Unclear => format!("several fields fit `{name}`, and none has exactly this name"),
            FieldFlaw::NotObject => format!("`{name}` is in a string that is not a JSON object"),
            FieldFlaw::TwoPaths => two_paths(&name),
            FieldFlaw::NotText => format!("`{name}` is not UTF-8: --encoding names another encoding"),
        })
    }

    pub(super) fn has_flaw(&self) -> bool {
        (0..self.fields.len()).any(|at| self.flaw_of(at).is_some())
    }

    /// Says why no row of the log can be billed, if this one contradicts the options or itself.
    pub(super) fn refusal(&self, names: &ColumnNames) -> Option<String> {
        if let Some(name) = self.taken {
            return Some(format!(
                "the row has a field `{name}` already, and the output adds one of this name: rename it"
            ));
        }
        if let Some((column, option)) = names.ignored(|column| self.has(column as usize)) {
            return Some(ignored("the row", names.name(column).as_bytes(), &option));
        }
        let is_ambiguous = |at: usize| self.flaw_of(at) == Some(FieldFlaw::TwoPaths);
        let (_, name) = names.all().find(|(at, _)| is_ambiguous(*at))?;
        Some(two_paths(&excerpt(name.as_bytes())))
    }

    /// Returns whether all conditions hold.
    pub(super) fn is_billed(&self, names: &ColumnNames) -> bool {
        let first = LogColumn::COUNT + names.by.len();
        names
            .conditions
            .iter()
            .enumerate()
            .all(|(at, condition)| condition.holds(names.unless_null(self.value(first + at).unwrap_or_default())))
    }

    /// Returns the path and the value of a field that has the number of images, if its own is empty.
    pub(super) fn other_count(&self, names: &ColumnNames) -> Option<(&[u8], &[u8])> {
        let counts = self.counts.iter().filter(|_| names.images != ImagesRule::OneEach);
        let mut counts = counts.map(|OtherCount { path, value }| (path.as_bytes(), value.as_bytes()));
        counts.find(|(_, value)| has_other_number(names.unless_null(value)))
    }

    fn flaw_of(&self, at: usize) -> Option<FieldFlaw> {
        self.fields.get(at)?.as_ref()?.flaw
    }
}

impl<'a> JsonObject<'a> {
    fn set(&mut self, at: usize, new: Field<'a>) {
        let Some(field) = self.fields.get_mut(at) else { return };
        match field {
            Some(old) if old.fit > new.fit => {}
            Some(old) if old.fit == new.fit => {
                old.flaw = Some(match new.fit {
                    Fit::Loose => FieldFlaw::Unclear,
                    Fit::Exact if old.depth == new.depth => FieldFlaw::Twice,
                    Fit::Exact => FieldFlaw::TwoPaths,
                });
                old.value = None;
            }
            _ => *field = Some(new),
        }
    }
}

fn two_paths(name: &str) -> String {
    format!("the row has a field `{name}`, and an object that has it as a path: rename one of them")
}

/// Reads the objects of a log.
pub(super) struct JsonReader<'n> {
    names: Vec<(usize, &'n str)>,
    count: usize,
    added: &'n [&'static str],
    /// What to do with each key, because rows have the same keys.
    keys: Memo<Key>,
}

/// What a key of an object is for.
struct Key {
    taken: Option<&'static str>,
    is_count: bool,
    targets: Vec<Target>,
}

/// A column whose value is that of a key, or is in it.
struct Target {
    at: usize,
    fit: Fit,
    /// The path in the value; if it is empty, the value itself.
    rest: String,
}

impl<'n> JsonReader<'n> {
    pub(super) fn new(names: &'n ColumnNames, added: &'n [&'static str]) -> Self {
        Self { names: names.all().collect(), count: names.count(), added, keys: Memo::new() }
    }

    /// Parses one line.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not an object.
    pub(super) fn parse<'a>(&mut self, line: &'a [u8]) -> serde_json::Result<JsonObject<'a>> {
        // Not from bytes, because `serde_json` does not check the bytes that it skips.
        let line = str::from_utf8(line).map_err(serde_json::Error::custom)?;
        let Self { names, count, added, keys } = self;
        parse_object(line, ObjectVisitor { keys: Keys::Known { keys, names, added }, count: *count, depth: 1 })
    }
}

/// Returns whether only a comma at its end makes a line something else than an object.
pub(super) fn is_object_before_comma(line: &[u8]) -> bool {
    let object = line.strip_suffix(b",").filter(|object| object.starts_with(b"{") && object.ends_with(b"}"));
    object.is_some_and(|object| serde_json::from_slice::<IgnoredAny>(object).is_ok())
}

fn parse_object<'a>(text: &'a str, visitor: ObjectVisitor) -> serde_json::Result<JsonObject<'a>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let object = visitor.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(object)
}

impl Key {
    fn new(key: &str, names: &[(usize, &str)], added: &[&'static str]) -> Self {
        let mut targets: Vec<Target> = Vec::new();
        for (at, name) in names {
            let whole = fit(key.as_bytes(), name).map(|fit| Target { at: *at, fit, rest: String::new() });
            let parts = name.match_indices('.').filter_map(|(point, _)| {
                let (start, rest) = (&name[..point], &name[point + 1..]);
                let fit = fit(key.as_bytes(), start).filter(|_| !rest.is_empty())?;
                Some(Target { at: *at, fit, rest: rest.to_owned() })
            });
            targets.extend(whole.into_iter().chain(parts));
        }
        let is_priced = targets.iter().any(|target| target.at < LogColumn::COUNT && target.rest.is_empty());
        let taken = added.iter().copied().find(|name| *name == key);
        Self { taken, is_count: !is_priced && looks_like_count(key.as_bytes()), targets }
    }
}

/// Where an object finds out what its keys are for.
enum Keys<'k> {
    /// A line.
    Known { keys: &'k mut Memo<Key>, names: &'k [(usize, &'k str)], added: &'k [&'static str] },
    /// An object in a line, whose paths are the ends of others.
    New(Vec<(usize, &'k str)>),
}

struct ObjectVisitor<'k> {
    keys: Keys<'k>,
    /// How many columns there can be.
    count: usize,
    depth: usize,
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

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<JsonObject<'de>, M::Error> {
        let mut object = JsonObject::new(self.count);
        while let Some(JsonText(name)) = map.next_key()? {
            let new;
            let key = match &mut self.keys {
                Keys::Known { keys, names, added } => keys.get(name.as_bytes(), || Key::new(&name, names, added)),
                Keys::New(names) => {
                    new = Key::new(&name, names, &[]);
                    &new
                }
            };
            object.taken = object.taken.or(key.taken);
            if key.targets.is_empty() && !key.is_count {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value()?;
            object.take(key, &name, value, self.depth);
            if key.is_count {
                let value = text(value).ok().flatten().unwrap_or_default();
                object.counts.push(OtherCount { path: name, value });
            }
        }
        Ok(object)
    }
}

/// A column of CSV with objects in its cells.
pub(super) struct NestedColumn {
    pub(super) column: usize,
    name: String,
    key: Key,
}

impl NestedColumn {
    /// Finds out which of these paths begin with the name of a column.
    pub(super) fn new(column: usize, name: &[u8], paths: &[(usize, &str)]) -> Option<Self> {
        let name = str::from_utf8(name).ok()?.to_owned();
        let mut key = Key::new(&name, paths, &[]);
        key.targets.retain(|target| !target.rest.is_empty());
        let is_nested = !key.targets.is_empty();
        is_nested.then_some(Self { column, name, key })
    }

    /// Returns the columns whose values are in the cells, by their indices in [`ColumnNames::all`].
    pub(super) fn targets(&self) -> impl Iterator<Item = usize> {
        self.key.targets.iter().map(|target| target.at)
    }
}

impl<'a> JsonObject<'a> {
    fn new(count: usize) -> Self {
        Self { fields: vec![None; count], counts: Vec::new(), taken: None }
    }

    /// Returns the fields of a row of CSV: those that are cells, by their indices, and those in objects in cells.
    pub(super) fn of_cells<'n>(
        count: usize,
        cells: impl Iterator<Item = (usize, &'a [u8])>,
        nested: impl Iterator<Item = (&'n NestedColumn, &'a [u8])>,
        counts: impl Iterator<Item = (&'n [u8], &'a [u8])>,
    ) -> Self {
        let mut object = Self::new(count);
        cells.for_each(|(at, cell)| object.take_cell(at, cell));
        for (NestedColumn { name, key, .. }, cell) in nested {
            object.take_text(key, name, &String::from_utf8_lossy(cell), 1);
        }
        let path = |name| String::from_utf8_lossy(name).into_owned().into();
        let count = |(name, cell)| OtherCount { path: path(name), value: String::from_utf8_lossy(cell) };
        object.counts.extend(counts.map(count));
        object
    }

    /// Keeps the value of a key, or what is in it.
    fn take(&mut self, key: &Key, name: &str, value: &'a RawValue, depth: usize) {
        let is_whole = |target: &&Target| target.rest.is_empty();
        for &Target { at, fit, .. } in key.targets.iter().filter(is_whole) {
            let (value, flaw) = text(value).map_or((None, Some(FieldFlaw::HalfPair)), |value| (value, None));
            self.set(at, Field { value, fit, depth, flaw });
        }
        if key.targets.iter().all(|target| is_whole(&target)) {
            return;
        }
        match value.get().as_bytes() {
            [b'{', ..] => self.take_object(key, name, parse_inner(value.get(), key, self.fields.len(), depth), depth),
            [b'"', ..] => self.take_text(key, name, &text(value).ok().flatten().unwrap_or_default(), depth),
            _ => {}
        }
    }

    /// Keeps the fields of an object in a text.
    fn take_text(&mut self, key: &Key, name: &str, text: &str, depth: usize) {
        if text.trim_start().starts_with('{') {
            let inner = parse_inner(text, key, self.fields.len(), depth);
            self.take_object(key, name, inner.map(JsonObject::into_owned), depth);
        }
    }

    /// Keeps a cell of CSV, for the column of an index.
    fn take_cell(&mut self, at: usize, cell: &'a [u8]) {
        // Groups and conditions may have cells that are not text.
        let is_flawed = at < LogColumn::COUNT && str::from_utf8(cell).is_err();
        let flaw = is_flawed.then_some(FieldFlaw::NotText);
        self.set(at, Field { value: Some(String::from_utf8_lossy(cell)), fit: Fit::Exact, depth: 1, flaw });
    }

    /// Keeps the fields of an object in this one.
    fn take_object(&mut self, key: &Key, name: &str, inner: serde_json::Result<Self>, depth: usize) {
        let mut inner = inner;
        for &Target { at, fit, .. } in key.targets.iter().filter(|target| !target.rest.is_empty()) {
            let field = match &mut inner {
                Ok(inner) => inner.fields.get_mut(at).and_then(Option::take),
                Err(_) => Some(Field { value: None, fit, depth, flaw: Some(FieldFlaw::NotObject) }),
            };
            if let Some(field) = field {
                self.set(at, Field { fit: field.fit.min(fit), ..field });
            }
        }
        let counts = inner.map(|inner| inner.counts).unwrap_or_default();
        let path = |path| Cow::from(format!("{name}.{path}"));
        self.counts.extend(counts.into_iter().map(|count| OtherCount { path: path(count.path), ..count }));
    }

    fn into_owned(self) -> JsonObject<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let field = |Field { value, fit, depth, flaw }| Field { value: value.map(owned), fit, depth, flaw };
        let count = |OtherCount { path, value }| OtherCount { path: owned(path), value: owned(value) };
        JsonObject {
            fields: self.fields.into_iter().map(|inner| inner.map(field)).collect(),
            counts: self.counts.into_iter().map(count).collect(),
            taken: self.taken,
        }
    }
}

/// Parses an object in another one.
fn parse_inner<'a>(text: &'a str, key: &Key, count: usize, depth: usize) -> serde_json::Result<JsonObject<'a>> {
    let rests = key.targets.iter().filter(|target| !target.rest.is_empty());
    let names = rests.map(|target| (target.at, &*target.rest)).collect();
    parse_object(text, ObjectVisitor { keys: Keys::New(names), count, depth: depth + 1 })
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

/// Returns the names of the fields of an object, and of those of objects in it, which are paths.
pub(super) fn paths_of(line: &[u8]) -> Vec<Vec<u8>> {
    paths_in(serde_json::from_slice(line).unwrap_or_default())
}

/// Returns the name of a cell of CSV, or those of the fields of an object in it.
pub(super) fn paths_of_cell(name: &[u8], cell: &[u8]) -> Vec<Vec<u8>> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    paths_in(Map::from_iter([(text(name), Value::from(text(cell)))]))
}

fn paths_in(object: Map<String, Value>) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    push_paths("", object, MAX_DEPTH, &mut paths);
    paths.into_iter().map(String::into_bytes).collect()
}

fn push_paths(start: &str, object: Map<String, Value>, depth: usize, paths: &mut Vec<String>) {
    for (name, value) in object {
        let path = format!("{start}{name}");
        let inner = match value {
            Value::Object(inner) => Some(inner),
            Value::String(text) if text.trim_start().starts_with('{') => serde_json::from_str(&text).ok(),
            _ => None,
        };
        match inner.filter(|inner: &Map<String, Value>| !inner.is_empty() && depth > 1) {
            Some(inner) => push_paths(&format!("{path}."), inner, depth - 1, paths),
            None => paths.push(path),
        }
    }
}
