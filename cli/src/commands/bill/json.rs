//! The objects of JSON Lines.

use std::borrow::Cow;
use std::{fmt, str};

use memchr::memchr;
use serde::Deserialize;
use serde::de::{Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::columns::{ColumnNames, LogColumn, excerpt, ignored};
use super::fast::{Cycle, members};
use super::matching::{Fit, fit, fit_column, last, looks_like_count};

/// How many objects deep a message looks for fields.
pub(super) const MAX_DEPTH: usize = 8;

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
    pub(super) path: String,
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
        if !self.has_flaw() {
            return None;
        }
        let is_ambiguous = |at: usize| self.flaw_of(at) == Some(FieldFlaw::TwoPaths);
        let (_, name) = names.all().find(|(at, _)| is_ambiguous(*at))?;
        Some(two_paths(&excerpt(name.as_bytes())))
    }

    /// Returns whether it has a field that looks like the number of images and is not read.
    pub(super) fn has_count(&self) -> bool {
        !self.counts.is_empty()
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

    fn flaw_of(&self, at: usize) -> Option<FieldFlaw> {
        self.fields.get(at)?.as_ref()?.flaw
    }
}

impl<'a> JsonObject<'a> {
    #[expect(clippy::inline_always, reason = "passing a field through memory takes 10 % of the time of a row")]
    #[inline(always)]
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

/// Reads the objects of a log, or the objects in one of their fields.
pub(super) struct JsonReader<'n> {
    names: Vec<(usize, &'n str)>,
    added: &'n [&'static str],
    /// How many objects a field is in.
    depth: usize,
    /// What keys are for, as objects have them that [`members`] reads.
    plain: Cycle<Option<Key<'n>>>,
    /// What keys are for, by their names.
    others: Cycle<Option<Key<'n>>>,
}

/// What a key of an object is for.
struct Key<'n> {
    name: String,
    taken: Option<&'static str>,
    is_count: bool,
    /// The columns whose value is that of the key.
    columns: Vec<(usize, Fit)>,
    inner: Option<Box<Inner<'n>>>,
}

/// The columns whose values are in objects.
struct Inner<'n> {
    columns: Vec<(usize, Fit)>,
    reader: JsonReader<'n>,
}

impl<'n> JsonReader<'n> {
    pub(super) fn new(names: &'n ColumnNames, added: &'n [&'static str]) -> Self {
        Self::at_depth(1, names.all().collect(), added)
    }

    fn at_depth(depth: usize, names: Vec<(usize, &'n str)>, added: &'n [&'static str]) -> Self {
        Self { names, added, depth, plain: Cycle::new(), others: Cycle::new() }
    }

    /// Parses one line into an object, of which nothing is kept.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not an object.
    pub(super) fn parse<'a>(&mut self, line: &'a [u8], object: &mut JsonObject<'a>) -> serde_json::Result<()> {
        // Not from bytes, because `serde_json` does not check the bytes that it skips.
        self.parse_text(str::from_utf8(line).map_err(serde_json::Error::custom)?, object)
    }

    fn parse_text<'a>(&mut self, text: &'a str, object: &mut JsonObject<'a>) -> serde_json::Result<()> {
        let Self { names, added, depth, plain, others } = self;
        let new = |name: &str| Key::new(name, names, added, *depth);
        let add = |object: &mut JsonObject<'a>, key: &mut Option<Key>, value| {
            if let Some(key) = key {
                object.add(key, value, *depth);
            }
        };
        object.clear();
        if members(text, plain, new, |key, value| add(object, key, value)).is_some() {
            return Ok(());
        }
        object.clear();
        all_members(text, |name, value| add(object, others.get(name, || new(name)), value))
    }
}

/// Returns whether only a comma at its end makes a line something else than an object.
pub(super) fn is_object_before_comma(line: &[u8]) -> bool {
    let object = line.strip_suffix(b",").filter(|object| object.starts_with(b"{") && object.ends_with(b"}"));
    object.is_some_and(|object| serde_json::from_slice::<IgnoredAny>(object).is_ok())
}

impl<'n> Key<'n> {
    /// Finds out what a key is for, and returns nothing if that is nothing.
    fn new(key: &str, names: &[(usize, &'n str)], added: &[&'static str], depth: usize) -> Option<Self> {
        let fits = |&(at, name): &(usize, &str)| Some((at, fit_column(at, key.as_bytes(), name)?));
        let columns: Vec<(usize, Fit)> = names.iter().filter_map(fits).collect();
        let is_priced = columns.iter().any(|(at, _)| *at < LogColumn::COUNT);
        let is_count = !is_priced && looks_like_count(key.as_bytes());
        let taken = added.iter().copied().find(|name| *name == key);
        let inner: Vec<(usize, Fit, &str)> = names.iter().flat_map(|(at, name)| rests(*at, name, key)).collect();
        let inner = (!inner.is_empty()).then(|| Box::new(Inner::new(inner.into_iter(), depth + 1)));
        let is_used = taken.is_some() || is_count || !columns.is_empty() || inner.is_some();
        is_used.then(|| Self { name: key.to_owned(), taken, is_count, columns, inner })
    }
}

/// Returns what is left of a path behind a key that it begins with. There can be several, because names may have dots.
fn rests<'n>(at: usize, path: &'n str, key: &str) -> impl Iterator<Item = (usize, Fit, &'n str)> {
    path.match_indices('.').filter_map(move |(point, _)| {
        let (start, rest) = (&path[..point], &path[point + 1..]);
        let fit = fit(key.as_bytes(), start).filter(|_| !rest.is_empty())?;
        Some((at, fit, rest))
    })
}

impl<'n> Inner<'n> {
    fn new(rests: impl Iterator<Item = (usize, Fit, &'n str)> + Clone, depth: usize) -> Self {
        let names = rests.clone().map(|(at, _, rest)| (at, rest)).collect();
        let columns = rests.map(|(at, fit, _)| (at, fit)).collect();
        Self { columns, reader: JsonReader::at_depth(depth, names, &[]) }
    }

    fn parse<'a>(&mut self, text: &'a str, count: usize) -> serde_json::Result<JsonObject<'a>> {
        let mut object = JsonObject::new(count);
        self.reader.parse_text(text, &mut object).map(|()| object)
    }
}

/// Calls `add` for each key of an object and its value as it is written, as [`members`] does, but for any object.
pub(super) fn all_members<'a>(object: &'a str, add: impl FnMut(&str, &'a str)) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    deserializer.deserialize_map(MemberVisitor(add))?;
    deserializer.end()
}

struct MemberVisitor<F>(F);

/// A string, which is borrowed if nothing in it is escaped.
#[derive(Deserialize)]
struct JsonText<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de, F: FnMut(&str, &'de str)> Visitor<'de> for MemberVisitor<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some((JsonText(name), value)) = map.next_entry::<_, &RawValue>()? {
            (self.0)(&name, value.get());
        }
        Ok(())
    }
}

/// A column of CSV with objects in its cells.
pub(super) struct NestedColumn {
    pub(super) column: usize,
    name: String,
    /// By the indices in [`ColumnNames::all`]: the paths in its objects.
    rests: Vec<(usize, Fit, String)>,
}

impl NestedColumn {
    /// Finds out which of these paths begin with the name of a column.
    pub(super) fn new(column: usize, name: &[u8], paths: &[(usize, &str)]) -> Option<Self> {
        let name = str::from_utf8(name).ok()?;
        let rests = paths.iter().flat_map(|(at, path)| rests(*at, path, name));
        let rests: Vec<_> = rests.map(|(at, fit, rest)| (at, fit, rest.to_owned())).collect();
        (!rests.is_empty()).then(|| Self { column, name: name.to_owned(), rests })
    }

    /// Returns the columns whose values are in the cells, by their indices in [`ColumnNames::all`].
    pub(super) fn targets(&self) -> impl Iterator<Item = usize> {
        self.rests.iter().map(|(at, ..)| *at)
    }

    fn inner(&self) -> Inner<'_> {
        Inner::new(self.rests.iter().map(|(at, fit, rest)| (*at, *fit, &**rest)), 2)
    }
}

impl<'a> JsonObject<'a> {
    /// Returns an object without fields. There can be as many as [`ColumnNames::count`] says.
    pub(super) fn new(count: usize) -> Self {
        Self { fields: vec![None; count], counts: Vec::new(), taken: None }
    }

    fn clear(&mut self) {
        self.fields.iter_mut().for_each(|field| *field = None);
        self.counts.clear();
        self.taken = None;
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
        for (column, cell) in nested {
            object.take_text(&column.name, &mut column.inner(), &String::from_utf8_lossy(cell));
        }
        let path = |name| String::from_utf8_lossy(name).into_owned();
        let count = |(name, cell)| OtherCount { path: path(name), value: String::from_utf8_lossy(cell) };
        object.counts.extend(counts.map(count));
        object
    }

    /// Adds a key and its value.
    fn add(&mut self, key: &mut Key, value: &'a str, depth: usize) {
        let Key { name, taken, is_count, columns, inner } = key;
        self.taken = self.taken.or(*taken);
        for &(at, fit) in &*columns {
            let (value, flaw) = text(value).map_or((None, Some(FieldFlaw::HalfPair)), |value| (value, None));
            self.set(at, Field { value, fit, depth, flaw });
        }
        match (inner, value.as_bytes()) {
            (Some(inner), [b'{', ..]) => {
                let object = inner.parse(value, self.fields.len());
                self.take_object(name, inner, object);
            }
            (Some(inner), [b'"', ..]) => self.take_text(name, inner, &text(value).ok().flatten().unwrap_or_default()),
            _ => {}
        }
        if *is_count {
            let value = text(value).ok().flatten().unwrap_or_default();
            self.counts.push(OtherCount { path: name.clone(), value });
        }
    }

    /// Adds the fields of an object in a text.
    fn take_text(&mut self, name: &str, inner: &mut Inner, text: &str) {
        if text.trim_start().starts_with('{') {
            let object = inner.parse(text, self.fields.len()).map(JsonObject::into_owned);
            self.take_object(name, inner, object);
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
    fn take_object(&mut self, name: &str, Inner { columns, reader }: &Inner, mut object: serde_json::Result<Self>) {
        for &(at, fit) in columns {
            let flaw = Some(FieldFlaw::NotObject);
            let field = match &mut object {
                Ok(object) => object.fields.get_mut(at).and_then(Option::take),
                Err(_) => Some(Field { value: None, fit, depth: reader.depth - 1, flaw }),
            };
            if let Some(field) = field {
                self.set(at, Field { fit: field.fit.min(fit), ..field });
            }
        }
        let counts = object.map(|object| object.counts).unwrap_or_default();
        let path = |path| format!("{name}.{path}");
        self.counts.extend(counts.into_iter().map(|count| OtherCount { path: path(count.path), ..count }));
    }

    fn into_owned(self) -> JsonObject<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let field = |Field { value, fit, depth, flaw }| Field { value: value.map(owned), fit, depth, flaw };
        let count = |OtherCount { path, value }| OtherCount { path, value: owned(value) };
        JsonObject {
            fields: self.fields.into_iter().map(|inner| inner.map(field)).collect(),
            counts: self.counts.into_iter().map(count).collect(),
            taken: self.taken,
        }
    }
}

/// Returns the text of a value, and nothing for `null`.
///
/// # Errors
///
/// Returns an error if a string has an escaped surrogate without its other half.
#[expect(clippy::inline_always, reason = "a call takes 5 % of the time of a row")]
#[inline(always)]
pub(super) fn text(value: &str) -> serde_json::Result<Option<Cow<'_, str>>> {
    match value.as_bytes() {
        b"null" => Ok(None),
        [b'"', content @ .., b'"'] if memchr(b'\\', content).is_none() => Ok(Some(value[1..=content.len()].into())),
        [b'"', ..] => serde_json::from_str(value).map(|JsonText(text)| Some(text)),
        _ => Ok(Some(value.into())),
    }
}

/// Returns the names of the fields of an object, and of those of objects in it, which are paths.
pub(super) fn paths_of(line: &[u8]) -> Vec<Vec<u8>> {
    let paths = paths_in(serde_json::from_slice(line).unwrap_or_default());
    paths.into_iter().map(String::into_bytes).collect()
}

/// Returns the name of a cell of CSV, or those of the fields of an object in it.
pub(super) fn paths_of_cell(name: &[u8], cell: &[u8]) -> Vec<Vec<u8>> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let paths = paths_in(Map::from_iter([(text(name), Value::from(text(cell)))]));
    paths.into_iter().map(String::into_bytes).collect()
}

/// Returns the same as text.
pub(super) fn paths_in(object: Map<String, Value>) -> Vec<String> {
    let mut paths = Vec::new();
    push_paths("", object, MAX_DEPTH, &mut paths);
    paths
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

#[cfg(test)]
mod tests {
    use super::*;

    type Found = Vec<(String, String)>;

    /// Returns the keys and values that the fast reader finds, which keeps what it knows of other objects.
    fn fast(object: &str, keys: &mut Cycle<String>) -> Option<Found> {
        let mut found = Vec::new();
        members(object, keys, str::to_owned, |key, value| found.push((key.clone(), value.to_owned())))?;
        Some(found)
    }

    fn by_serde(object: &str) -> Option<Found> {
        let mut found = Vec::new();
        all_members(object, |key, value| found.push((key.to_owned(), value.to_owned()))).ok()?;
        Some(found)
    }

    /// Every text of at most three parts stands where a key, a value, a part of one, or something else can be, also
    /// where the bytes are read several at a time.
    #[test]
    fn what_is_read_fast_is_what_serde_json_reads() {
        let parts = [
            "\"",
            "\\",
            "a",
            "u00e9",
            "\\ud800",
            "0",
            "1",
            "1.5",
            ".",
            "e",
            "-",
            "null",
            "[]",
            "{\"b\": 1}",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            " ",
            "\t",
            "\u{1}",
            "\u{c}",
            "\u{7f}",
            "é",
        ];
        let with_part = |text: &String| parts.map(|part| text.clone() + part);
        let one: Vec<String> = with_part(&String::new()).into();
        let two: Vec<String> = one.iter().flat_map(with_part).collect();
        let three: Vec<String> = two.iter().flat_map(with_part).collect();
        let long = "x".repeat(14);
        let mut keys = Cycle::new();
        let mut read = 0;
        for text in [String::new()].iter().chain(&one).chain(&two).chain(&three) {
            for object in [
                text.clone(),
                format!("{{{text}\"a\":1}}"),
                format!("{{\"a{text}\":1}}"),
                format!("{{\"a\"{text}1}}"),
                format!("{{\"a\":{text}}}"),
                format!("{{\"a\":{text},\"b\":1}}"),
                format!("{{\"a\": \"{long}{text}\", \"{long}{text}\": 1}}"),
                format!("{{\"a\":1{text}"),
                format!("{{\"a\":12345{text}"),
                format!("{{\"a\":1{text}\"b\":1}}"),
                format!("{{\"a\":1}}{text}"),
            ] {
                if let Some(found) = fast(&object, &mut keys) {
                    assert_eq!(Some(found), by_serde(&object), "{object:?}");
                    read += 1;
                }
            }
        }
        assert!(read > 1000, "{read}");
    }

    #[test]
    fn the_objects_of_most_logs_are_read_fast() {
        let mut keys = Cycle::new();
        for object in [
            r#"{"engine":"a","steps":50,"note":"","more":{"a":[1,{}]},"cost":-1.5e3,"rate":1.5,"most":1E3,"is_new":true,"user":null}"#,
            r#"{ "engine" : "a\n\"b\" \u00e9" , "steps" : 0 }"#,
            "{\t\"engine\": \"é\",\r\n  \"steps\": 123456789012345678901234567890}",
            r#"{"steps":1,"steps":2}"#,
        ] {
            let found = fast(object, &mut keys);
            assert!(found.is_some(), "{object}");
            assert_eq!(found, by_serde(object), "{object}");
        }
    }
}
