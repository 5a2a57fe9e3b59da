//! Whether any row of JSON Lines, which have no header, has the fields that a bill needs.

use serde_json::{Map, Value};

use super::columns::{ColumnNames, excerpt, missing};
use super::failure::Failure;
use super::json::JsonObject;
use super::totals::LogLine;

/// How many bytes of a line a hint looks at.
const START: usize = 64;

/// What the rows of JSON Lines have in common.
#[derive(Default)]
pub(super) struct SeenFields {
    /// In the order of [`ColumnNames::all`]: whether any object has the field.
    present: Vec<bool>,
    /// The first object that has a field, and the names of its fields; if none has a field, the first object.
    object: Option<(LogLine, Vec<Vec<u8>>)>,
    /// The start of the first line that is not an object.
    other: Option<(LogLine, Vec<u8>)>,
}

impl SeenFields {
    pub(super) fn add(&mut self, line: LogLine, text: &[u8], object: Option<&JsonObject>) {
        let Some(object) = object else {
            self.other.get_or_insert_with(|| (line, text[..text.len().min(START)].to_vec()));
            return;
        };
        if self.object.as_ref().is_none_or(|(_, names)| names.is_empty()) {
            let names = names_of(text);
            if self.object.is_none() || !names.is_empty() {
                self.object = Some((line, names));
            }
        }
        self.present.resize(object.present.len(), false);
        self.present.iter_mut().zip(&object.present).for_each(|(any, present)| *any |= present);
    }

    pub(super) fn merge(&mut self, other: Self) {
        let objects = [self.object.take(), other.object].into_iter().flatten();
        self.object = objects.min_by_key(|(line, names)| (names.is_empty(), *line));
        self.other = [self.other.take(), other.other].into_iter().flatten().min_by_key(|(line, _)| *line);
        self.present.resize(self.present.len().max(other.present.len()), false);
        self.present.iter_mut().zip(other.present).for_each(|(any, present)| *any |= present);
    }

    /// Rejects logs without an object, and logs without a field that the header of a CSV file would have to name.
    ///
    /// Logs in which one row has the field can be used: the other rows are counted under their reasons.
    pub(super) fn check(&self, names: &ColumnNames, has_csv: bool) -> Result<(), Failure> {
        let Some((line, fields)) = &self.object else {
            let hint = |(line, start): &(LogLine, Vec<u8>)| Failure::at(line.file, line.line, not_an_object(start));
            return self.other.as_ref().map_or(Ok(()), |other| Err(hint(other)));
        };
        let is_missing = |(at, _): &(usize, &str)| !self.present.get(*at).is_some_and(|present| *present);
        match names.required().find(is_missing).filter(|_| !has_csv) {
            Some((_, name)) => {
                let start = format!("no row has a field `{}`", excerpt(name.as_bytes()));
                let message = match &fields[..] {
                    [] => format!("{start}, nor any other"),
                    fields => missing(&format!("{start}: the fields of this row are"), name, fields, names),
                };
                Err(Failure::at(line.file, line.line, message))
            }
            None => Ok(()),
        }
    }
}

fn names_of(object: &[u8]) -> Vec<Vec<u8>> {
    let fields: Map<String, Value> = serde_json::from_slice(object).unwrap_or_default();
    fields.into_iter().map(|(name, _)| name.into_bytes()).collect()
}

/// Says what the first line of a log without objects looks like, and what to do.
fn not_an_object(start: &[u8]) -> &'static str {
    match start {
        [b'[', ..] => {
            "no line is a JSON object: the log looks like a JSON array; `jq -c '.[]'` writes an object in each line"
        }
        [b'{', ..] => "no line is a JSON object: an object must be in one line; `jq -c .` writes it so",
        _ if start.contains(&b',') => "no line is a JSON object: the log looks like CSV; --input csv reads it",
        _ => "no line is a JSON object",
    }
}
