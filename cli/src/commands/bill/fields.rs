//! What is only known after all rows: whether any row of JSON Lines, which have no header, has the fields that a bill
//! needs, and whether all logs have a number of images.

use std::str;

use super::columns::{ColumnNames, ImagesRule, LogColumn, excerpt};
use super::failure::Failure;
use super::json::{JsonObject, OtherCount};
use super::matching::{Looked, can_be_pasted, counts, enumeration, missing};
use super::totals::LogLine;
use crate::shell::option;

/// How many bytes of a line a hint looks at.
const START: usize = 64;

/// What the rows have in common.
#[derive(Default)]
pub(super) struct SeenFields {
    /// In the order of [`ColumnNames::all`]: whether any object has the field.
    present: Vec<bool>,
    /// The first object that has a field, and the names of its fields; if none has a field, the first object.
    object: Option<(LogLine, Vec<Vec<u8>>)>,
    /// The start of the first line that is not an object.
    other: Option<(LogLine, Vec<u8>)>,
    /// By file: the first row.
    images: Vec<Option<FileImages>>,
    /// The first object without the number of images, and the fields that look like it.
    counts: Option<(LogLine, Vec<String>)>,
}

/// Whether any row of a file has the number of images.
#[derive(Clone, Copy)]
struct FileImages {
    first: LogLine,
    is_present: bool,
}

impl SeenFields {
    /// Adds a line that is not an object.
    pub(super) fn add_other(&mut self, line: LogLine, text: &[u8]) {
        self.other.get_or_insert_with(|| (line, text[..text.len().min(START)].to_vec()));
    }

    /// Adds the fields of a row, with their names and paths. It may be left out of the bill.
    pub(super) fn add_object(
        &mut self,
        line: LogLine,
        object: &JsonObject,
        count: usize,
        paths: impl FnOnce() -> Vec<Vec<u8>>,
    ) {
        if self.object.as_ref().is_none_or(|(_, names)| names.is_empty()) {
            let names = paths();
            if self.object.is_none() || !names.is_empty() {
                self.object = Some((line, names));
            }
        }
        self.present.resize(count, false);
        self.present.iter_mut().enumerate().for_each(|(at, any)| *any |= object.has(at));
    }

    /// Adds a header, which has all columns that a log must have.
    pub(super) fn add_header(&mut self, count: usize) {
        self.present = vec![true; count];
    }

    /// Adds the number of images of a line that is billed.
    pub(super) fn add_images_of(&mut self, line: LogLine, object: &JsonObject) {
        let has_images = object.has(LogColumn::Images as usize);
        self.add_images(line, has_images);
        if !has_images && !object.counts.is_empty() && self.counts.is_none() {
            self.counts = Some((line, object.counts.iter().flat_map(OtherCount::paths).collect()));
        }
    }

    /// Adds one or more rows of a file, by the first of them.
    pub(super) fn add_images(&mut self, line: LogLine, is_present: bool) {
        if self.images.len() <= line.file {
            self.images.resize(line.file + 1, None);
        }
        if let Some(images) = self.images.get_mut(line.file) {
            images.get_or_insert(FileImages { first: line, is_present }).is_present |= is_present;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        let objects = [self.object.take(), other.object].into_iter().flatten();
        self.object = objects.min_by_key(|(line, names)| (names.is_empty(), *line));
        self.other = [self.other.take(), other.other].into_iter().flatten().min_by_key(|(line, _)| *line);
        self.counts = [self.counts.take(), other.counts].into_iter().flatten().min_by_key(|(line, _)| *line);
        self.present.resize(self.present.len().max(other.present.len()), false);
        self.present.iter_mut().zip(other.present).for_each(|(any, present)| *any |= present);
        self.images.resize(self.images.len().max(other.images.len()), None);
        for (images, other) in self.images.iter_mut().zip(other.images) {
            *images = [*images, other]
                .into_iter()
                .flatten()
                .reduce(|a, b| FileImages { first: a.first.min(b.first), is_present: a.is_present || b.is_present });
        }
    }

    /// Returns whether the rows have a number of images, or `None` if there are no rows.
    pub(super) fn has_images(&self) -> Option<bool> {
        self.images.iter().flatten().map(|file| file.is_present).reduce(|a, b| a || b)
    }

    /// Rejects logs without an object, logs without a field that the header of a CSV file would have to name, and logs
    /// whose number of images may be in another field.
    ///
    /// Logs in which one row has the field can be used: the other rows are counted under their reasons.
    pub(super) fn check(&self, names: &ColumnNames) -> Result<(), Failure> {
        if let (None, Some((line, start))) = (&self.object, &self.other) {
            return Err(Failure::at(line.file, line.line, not_an_object(start)));
        }
        let has_images = self.has_images() == Some(true);
        let nested = || self.nested_counts(names).filter(|_| names.images == ImagesRule::IfPresent && !has_images);
        let counts = self.counts.clone().filter(|_| names.images != ImagesRule::OneEach).or_else(nested);
        if let Some((line, fields)) = &self.object {
            let is_missing = |at: usize| !self.present.get(at).is_some_and(|present| *present);
            let required = names.all().map(|(at, _)| at).filter(|at| names.is_required(*at));
            let mut lacking: Vec<usize> = required.filter(|at| is_missing(*at)).collect();
            if !lacking.is_empty() {
                let mut fields = fields.clone();
                if let Some((_, counts)) =
                    counts.as_ref().filter(|_| names.images == ImagesRule::IfPresent && !has_images)
                {
                    lacking.push(LogColumn::Images as usize);
                    fields.extend(counts.iter().map(|count| count.clone().into_bytes()));
                    fields.sort_unstable();
                    fields.dedup();
                }
                return Err(Failure::at(line.file, line.line, missing(Looked::Rows, &lacking, &fields, names)));
            }
        }
        match counts {
            Some((line, counts)) => Err(Failure::at(line.file, line.line, other_counts(&counts, has_images, names))),
            None => self.check_files(names),
        }
    }

    /// Returns the fields of the first object that look like the number of images, also in objects that are not read.
    fn nested_counts(&self, names: &ColumnNames) -> Option<(LogLine, Vec<String>)> {
        let (line, fields) = self.object.as_ref()?;
        let fields: Vec<String> = fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
        let counts: Vec<String> = counts(&fields, names).into_iter().map(str::to_owned).collect();
        (!counts.is_empty()).then_some((*line, counts))
    }

    /// Rejects logs of which some have a number of images, and others do not.
    fn check_files(&self, names: &ColumnNames) -> Result<(), Failure> {
        let mut files = self.images.iter().flatten();
        let has_images = self.has_images() == Some(true);
        match files.find(|file| !file.is_present).filter(|_| has_images) {
            Some(FileImages { first, .. }) => {
                let name = excerpt(names.name(LogColumn::Images).as_bytes());
                let message = format!(
                    "this log has no `{name}`, and another one has it: bill the logs apart, \
                     this one with --one-image-each if each of its rows is 1 image"
                );
                Err(Failure::in_file(first.file, message))
            }
            None => Ok(()),
        }
    }
}

/// Says that a row has other fields instead of the number of images.
fn other_counts(counts: &[String], has_images: bool, names: &ColumnNames) -> String {
    let name = excerpt(names.name(LogColumn::Images).as_bytes());
    let shown: Vec<&str> = counts.iter().map(|count| &**count).collect();
    let fields = enumeration(&shown, "and");
    let fields = if let [_] = shown[..] { format!("field {fields} looks") } else { format!("fields {fields} look") };
    let option = match shown[..] {
        [field] if can_be_pasted(field) => option("--column", &format!("images={field}")),
        [_] => "--column images=NAME, where NAME is that of the field".to_owned(),
        _ => "--column images=NAME, where NAME is the right one of these".to_owned(),
    };
    let start = format!("the row has no `{name}`, and its {fields} like the number of images");
    if has_images {
        return format!("{start}, while other rows have `{name}`: give all rows one of these fields");
    }
    format!("{start}: add {option}, or --one-image-each if each row is 1 image")
}

/// Says what the first line of a log without objects looks like, and what to do.
fn not_an_object(start: &[u8]) -> &'static str {
    let is_other_encoding = str::from_utf8(start).is_err_and(|error| error.error_len().is_some());
    match start {
        _ if is_other_encoding => {
            "no line is a JSON object, and this one is not UTF-8: --encoding windows-1252 reads it, or --encoding with the \
             encoding of the log"
        }
        [b'[', ..] => "no row is a JSON object: an array is none; `jq -c '.[][]'` writes what is in the arrays",
        [b'{', ..] => "no line is a JSON object: an object must be in one line; `jq -c .` writes it so",
        _ if start.contains(&b',') => "no line is a JSON object: the log looks like CSV; --input csv reads it",
        _ => "no line is a JSON object",
    }
}
