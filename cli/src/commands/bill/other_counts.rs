//! Fields of a row that have its number of images, although its own is empty or missing.

use std::str;

use memchr::memchr_iter;

use super::columns::{ColumnNames, ImagesRule, LogColumn, excerpt};
use super::json::{MAX_DEPTH, all_members, text};
use super::matching::{can_be_pasted, fit, last, looks_like_count};
use super::request::has_other_number;
use crate::shell::option;

/// A field that looks like the number of images, and has another number than 1.
pub(super) struct OtherNumber {
    /// The name of the field, or the path to it.
    pub(super) path: String,
    pub(super) value: String,
}

impl OtherNumber {
    /// Says why its row is malformed.
    pub(super) fn message(&self, names: &ColumnNames) -> String {
        let [path, value] = [&self.path, &self.value].map(|text| excerpt(text.as_bytes()));
        let name = excerpt(names.name(LogColumn::Images).as_bytes());
        format!("the row has no number in `{name}`, and `{path}`, which looks like the number of images, is `{value}`")
    }

    /// Says so of a row of a log in which no row has the number of images itself.
    pub(super) fn message_and_options(&self, names: &ColumnNames) -> String {
        let message = self.message(names);
        if !can_be_pasted(&self.path) {
            return message;
        }
        let column = option("--column", &format!("images={}", self.path));
        format!("{message}: add {column}, or --one-image-each if each row is 1 image")
    }
}

/// Looks for such a field in a line of JSON Lines. `has_count` says whether the object itself has a field that looks like the
/// number of images.
pub(super) fn in_line(line: &[u8], has_count: bool, names: &ColumnNames) -> Option<OtherNumber> {
    let has_objects = || memchr_iter(b'{', line).nth(1).is_some();
    let line = str::from_utf8(line).ok().filter(|_| has_count || has_objects())?;
    let mut search = Search { names, found: None };
    search.look_into("", line, MAX_DEPTH);
    search.found()
}

/// Looks for such a field in columns of CSV that look like the number of images, and in the objects in all cells.
pub(super) fn in_cells<'c>(
    counts: impl Iterator<Item = (&'c [u8], &'c [u8])>,
    cells: impl Iterator<Item = (&'c [u8], &'c [u8])>,
    names: &ColumnNames,
) -> Option<OtherNumber> {
    let text = |name| String::from_utf8_lossy(name).into_owned();
    let mut search = Search { names, found: None };
    counts.for_each(|(name, cell)| search.add(text(name), cell));
    for (name, cell) in cells {
        if let Some(object) = str::from_utf8(cell).ok().filter(|cell| is_object(cell)) {
            search.look_into(&format!("{}.", text(name)), object, MAX_DEPTH - 1);
        }
    }
    search.found()
}

/// A search in a row.
struct Search<'n> {
    names: &'n ColumnNames,
    /// The first field.
    found: Option<OtherNumber>,
}

impl Search<'_> {
    fn found(self) -> Option<OtherNumber> {
        self.found.filter(|_| self.names.images != ImagesRule::OneEach)
    }

    /// Looks at the fields of an object, and into those that are objects.
    fn look_into(&mut self, start: &str, object: &str, depth: usize) {
        // Where the object ends too early, the fields before that are seen.
        let _ = all_members(object, |name, value| {
            // Most fields need neither their text nor their path. Nothing is read from a string with half of a surrogate pair.
            if !may_matter(value) {
                return;
            }
            let Some(value) = text(value).ok().flatten() else { return };
            if depth > 1 && is_object(&value) {
                self.look_into(&format!("{start}{name}."), &value, depth - 1);
            } else if has_other_number(self.names.unless_null(value.as_bytes())) {
                let path = format!("{start}{name}");
                let is_read = self.names.priced.iter().flatten().any(|read| *read == path);
                if !is_read && looks_like_count(last(path.as_bytes())) {
                    self.add(path, value.as_bytes());
                }
            }
        });
    }

    fn add(&mut self, path: String, value: &[u8]) {
        let is_read = || self.names.priced.iter().flatten().any(|name| fit(path.as_bytes(), name).is_some());
        if self.found.is_none() && has_other_number(self.names.unless_null(value)) && !is_read() {
            self.found = Some(OtherNumber { path, value: String::from_utf8_lossy(value).into_owned() });
        }
    }
}

/// Returns whether a value of JSON may be an object or a number, also in a string.
fn may_matter(value: &str) -> bool {
    let content = value.strip_prefix('"').map_or(value, str::trim_start);
    content.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '{' | '-' | '\\'))
}

fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}
