//! What is only known after all rows: whether any row of JSON Lines, which have no header, has the fields that a bill
//! needs, and whether all logs have a number of images.

use std::path::{Path, PathBuf};
use std::str;

use super::columns::{ColumnNames, ImagesRule, LogColumn, excerpt};
use super::compression::Compression;
use super::failure::Failure;
use super::jq;
use super::json::{JsonObject, OtherCount, WITHOUT_COMMAS, is_object_before_comma};
use super::log::{InputFormat, LogOptions};
use super::matching::{Looked, can_be_pasted, counts, enumeration, last, looks_like_count, missing};
use super::pasted::filtered;
use super::totals::LogLine;
use crate::shell::option;

/// How many bytes a hint looks at.
const START: usize = 1 << 12;

/// What the rows have in common.
#[derive(Default)]
pub(super) struct SeenFields {
    /// In the order of [`ColumnNames::all`]: whether any object has the field.
    present: Vec<bool>,
    /// The first object that has a field; if none has a field, the first object.
    object: Option<SeenObject>,
    /// The first line that is not an object.
    other: Option<OtherLine>,
    /// By file: the first row.
    images: Vec<Option<FileImages>>,
    /// The first object without the number of images, and the fields that look like it.
    counts: Option<(LogLine, Vec<String>)>,
}

/// An object, as a message shows it.
struct SeenObject {
    line: LogLine,
    /// Its names and paths.
    fields: Vec<Vec<u8>>,
    /// The program that writes the rows in it, if it has an array of objects.
    rows: Option<String>,
}

/// A line that is not an object.
struct OtherLine {
    line: LogLine,
    /// Its start, and that of the lines after it.
    start: Vec<u8>,
    /// Whether a comma after its object is what makes it none.
    has_comma: bool,
}

/// Whether any row of a file has the number of images.
#[derive(Clone, Copy)]
struct FileImages {
    first: LogLine,
    is_present: bool,
    /// Whether any of them has a value in it.
    is_given: bool,
}

impl SeenFields {
    /// Adds a line that is not an object.
    pub(super) fn add_other(&mut self, line: LogLine, text: &[u8]) {
        let new = || OtherLine { line, start: Vec::new(), has_comma: is_object_before_comma(text) };
        let OtherLine { start, .. } = self.other.get_or_insert_with(new);
        let room = START - start.len();
        start.extend_from_slice(&text[..text.len().min(room)]);
        if text.len() < room {
            start.push(b'\n');
        }
    }

    /// Adds the fields of a row. `seen` returns its names and paths, and the program that writes the rows in it. It may be
    /// left out of the bill.
    pub(super) fn add_object(
        &mut self,
        line: LogLine,
        object: &JsonObject,
        count: usize,
        seen: impl FnOnce() -> (Vec<Vec<u8>>, Option<String>),
    ) {
        if self.object.as_ref().is_none_or(|seen| seen.fields.is_empty()) {
            let (fields, rows) = seen();
            if self.object.is_none() || !fields.is_empty() {
                self.object = Some(SeenObject { line, fields, rows });
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
        let is_given = object.value(LogColumn::Images as usize).is_some_and(|value| !value.is_empty());
        self.add_images(FileImages { first: line, is_present: has_images, is_given });
        if !has_images && !object.counts.is_empty() && self.counts.is_none() {
            self.counts = Some((line, object.counts.iter().flat_map(OtherCount::paths).collect()));
        }
    }

    /// Adds one or more rows of CSV, by the first of them.
    pub(super) fn add_column(&mut self, first: LogLine, has_images: bool) {
        self.add_images(FileImages { first, is_present: has_images, is_given: has_images });
    }

    fn add_images(&mut self, new: FileImages) {
        if self.images.len() <= new.first.file {
            self.images.resize(new.first.file + 1, None);
        }
        if let Some(images) = self.images.get_mut(new.first.file) {
            *images = Some(images.map_or(new, |old| old.merge(new)));
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        let objects = [self.object.take(), other.object].into_iter().flatten();
        self.object = objects.min_by_key(|seen| (seen.fields.is_empty(), seen.line));
        self.other = [self.other.take(), other.other].into_iter().flatten().min_by_key(|other| other.line);
        self.counts = [self.counts.take(), other.counts].into_iter().flatten().min_by_key(|(line, _)| *line);
        self.present.resize(self.present.len().max(other.present.len()), false);
        self.present.iter_mut().zip(other.present).for_each(|(any, present)| *any |= present);
        self.images.resize(self.images.len().max(other.images.len()), None);
        for (images, other) in self.images.iter_mut().zip(other.images) {
            *images = [*images, other].into_iter().flatten().reduce(FileImages::merge);
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
    pub(super) fn check(&self, options: &LogOptions) -> Result<(), Failure> {
        let names = options.names;
        let is_refused = |other: &&OtherLine| match &self.object {
            Some(seen) => other.line < seen.line && other.begins_document(),
            None => true,
        };
        if let Some(other) = self.other.as_ref().filter(is_refused) {
            let OtherLine { line, start, has_comma } = other;
            let start_of_message = match self.object {
                Some(_) => "this object is not in one line",
                None => "no line is a JSON object",
            };
            let command = |program: &str| json_command(options.files, line.file, program, "");
            let hint = not_an_object(start, *has_comma, command);
            return Err(Failure::at(line.file, line.line, format!("{start_of_message}{hint}")));
        }
        let has_images = self.has_images() == Some(true);
        let nested = || self.nested_counts(names).filter(|_| names.images == ImagesRule::IfPresent && !has_images);
        let counts = self.counts.clone().filter(|_| names.images != ImagesRule::OneEach).or_else(nested);
        if let Some(SeenObject { line, fields, rows }) = &self.object {
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
                let command = |program: &String| json_command(options.files, line.file, &jq::command(program), "");
                let inner = rows.as_ref().map(command);
                let message = missing(Looked::Rows, &lacking, &fields, names, inner.as_deref());
                return Err(Failure::at(line.file, line.line, message));
            }
        }
        match counts {
            Some((line, counts)) => Err(Failure::at(line.file, line.line, self.other_counts(line, &counts, options))),
            None => self.check_files(names),
        }
    }

    /// Returns the fields of the first object that look like the number of images, also in objects that are not read.
    fn nested_counts(&self, names: &ColumnNames) -> Option<(LogLine, Vec<String>)> {
        let SeenObject { line, fields, .. } = self.object.as_ref()?;
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

    /// Says that a row has other fields instead of the number of images, and what reads them.
    fn other_counts(&self, line: LogLine, counts: &[String], options: &LogOptions) -> String {
        let shown: Vec<&str> = counts.iter().map(|count| &**count).collect();
        let fields = enumeration(&shown, "and");
        let fields =
            if let [_] = shown[..] { format!("field {fields} looks") } else { format!("fields {fields} look") };
        let name = options.names.name(LogColumn::Images);
        let excerpt = excerpt(name.as_bytes());
        let start = format!("the row has no `{excerpt}`, and its {fields} like the number of images");
        let field = counts.first().filter(|field| counts.len() == 1 && can_be_pasted(field));
        let column = field.map(|field| option("--column", &format!("images={field}")));
        if self.has_images() != Some(true) {
            let column = column.unwrap_or_else(|| {
                let which = if counts.len() == 1 { "that of the field" } else { "the right one of these" };
                format!("--column images=NAME, where NAME is {which}")
            });
            return format!("{start}: add {column}, or --one-image-each if each row is 1 image");
        }
        let is_given = self.images.iter().flatten().any(|file| file.is_given);
        let others = if is_given {
            format!("while other rows have `{excerpt}`")
        } else {
            format!("while the rows that have `{excerpt}` have nothing in it")
        };
        let column = column.filter(|_| !is_given && !looks_like_count(last(name.as_bytes())));
        let column = column.map(|column| format!("add {column}"));
        let command = || Some(format!("{} reads both", both_counts(field?, line.file, options)?));
        let advice = column.or_else(command).unwrap_or_else(|| "give all rows one of these fields".to_owned());
        format!("{start}, {others}: {advice}")
    }
}

impl OtherLine {
    /// Returns whether an object begins in this line that ends in another one, so that the log is no JSON Lines. A line of
    /// JSON Lines that is cut off would hardly end so.
    fn begins_document(&self) -> bool {
        let line = first_line(&self.start);
        line == b"{" || line.starts_with(b"{") && line.ends_with(b"[")
    }
}

impl FileImages {
    fn merge(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            is_present: self.is_present || other.is_present,
            is_given: self.is_given || other.is_given,
        }
    }
}

/// Returns the command that bills rows of which some have a field instead of the number of images.
fn both_counts(field: &str, file: usize, options: &LogOptions) -> Option<String> {
    let LogOptions { files, format, names, .. } = options;
    let is_json = files.get(file).is_some_and(|path| InputFormat::of(path, *format) == InputFormat::Jsonl);
    let name = names.name(LogColumn::Images);
    let column = match names.images {
        ImagesRule::Named => format!(" {}", option("--column", &format!("images={name}"))),
        ImagesRule::IfPresent | ImagesRule::OneEach => String::new(),
    };
    let program = jq::moved(name, field).filter(|_| is_json && can_be_pasted(name))?;
    Some(json_command(files, file, &jq::command(&program), &column))
}

/// Returns the command that bills what a program writes of a log of JSON.
fn json_command(files: &[PathBuf], file: usize, program: &str, options: &str) -> String {
    let path = files.get(file).map_or(Path::new("-"), |path| path);
    filtered(path, Compression::of_name(path), program, &format!(" --input jsonl{options}"))
}

fn first_line(start: &[u8]) -> &[u8] {
    start.split(|byte| *byte == b'\n').next().unwrap_or_default()
}

/// Says what the first line of a log without objects looks like, and what to do. `command` returns that which bills what
/// a program writes of the log.
fn not_an_object(start: &[u8], has_comma: bool, command: impl Fn(&str) -> String) -> String {
    let line = first_line(start);
    let is_other_encoding = str::from_utf8(line).is_err_and(|error| error.error_len().is_some());
    match line {
        _ if is_other_encoding => {
            ", and this one is not UTF-8: --encoding windows-1252 reads it, or --encoding with the encoding of the log"
                .to_owned()
        }
        [b'[', ..] => format!(": an array is none; {} reads what is in the arrays", command(&jq::command(".[][]"))),
        [b'{', ..] if has_comma => format!(": a comma follows the object; {} reads it", command(WITHOUT_COMMAS)),
        [b'{', ..] => {
            // The lines after it do not have those that are objects.
            let rows = jq::rows_in(start).or_else(|| jq::rows_in(&[line, b"{"].concat()));
            let command = command(&jq::command(rows.as_deref().unwrap_or(".")));
            if rows.is_some() {
                format!(": if the rows are in an array in an object, {command} reads them")
            } else {
                format!(": an object must be in one line; {command} reads it")
            }
        }
        _ if line.contains(&b',') => ": the log looks like CSV; --input csv reads it".to_owned(),
        _ => String::new(),
    }
}
