//! The columns of a log: those that a price depends on, those that rows are grouped by, and those of conditions.

use std::str;

use dreamstudio_pricing_codegen::escape_hidden;
use memchr::memchr;

use super::conditions::Condition;
use super::fast::{Record, number};
use super::json::{JsonObject, NestedColumn, paths_of_cell};
use super::matching::{Fit, Looked, fit, fit_column, looks_like_count, missing};
use super::other_counts::{self, OtherNumber};
use super::separator::{self, Separator};
use super::swallowed;

/// How many characters of a cell a message or a report as text shows.
const SHOWN: usize = 60;

/// A column that a price depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LogColumn {
    Engine,
    Width,
    Height,
    Steps,
    Images,
    /// Width and height in one cell.
    Size,
    /// When the request was.
    Time,
}

impl LogColumn {
    pub(super) const COUNT: usize = 7;

    pub(super) const ALL: [Self; Self::COUNT] =
        [Self::Engine, Self::Width, Self::Height, Self::Steps, Self::Images, Self::Size, Self::Time];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Width => "width",
            Self::Height => "height",
            Self::Steps => "steps",
            Self::Images => "images",
            Self::Size => "size",
            Self::Time => "time",
        }
    }
}

/// Where the number of images of a row comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ImagesRule {
    /// From the column `images`, if a log has it. If no log has a column that looks like it, each row is 1 image.
    IfPresent,
    /// From the column that the arguments name.
    Named,
    /// No log has it, and each row is 1 image.
    OneEach,
}

/// What the columns are called in the logs, and what their cells mean.
pub(super) struct ColumnNames {
    /// By [`LogColumn`]: width and height, or else size, are not read, and the time only if it is wanted.
    pub(super) priced: [Option<String>; LogColumn::COUNT],
    /// By [`LogColumn`]: the number that each row has, although no log has the column.
    pub(super) constants: [Option<String>; LogColumn::COUNT],
    /// What rows are grouped by.
    pub(super) by: Vec<String>,
    /// What must hold for a row.
    pub(super) conditions: Vec<Condition>,
    pub(super) images: ImagesRule,
    /// The texts that stand for an empty cell.
    pub(super) nulls: Vec<String>,
}

/// What a column is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Price(LogColumn),
    Group,
    Condition,
}

impl ColumnNames {
    /// Returns how many columns there can be. The first are those of [`LogColumn`], then come those of groups, then
    /// those of conditions.
    pub(super) fn count(&self) -> usize {
        LogColumn::COUNT + self.by.len() + self.conditions.len()
    }

    /// Returns the columns that are read, with their indices.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &str)> {
        let conditions = self.conditions.iter().map(|condition| &*condition.column);
        let others = self.by.iter().map(|name| &**name).chain(conditions);
        self.priced
            .iter()
            .map(Option::as_deref)
            .chain(others.map(Some))
            .enumerate()
            .filter_map(|(at, name)| Some((at, name?)))
    }

    /// Returns what a log calls a column, or what it is called by default.
    pub(super) fn name(&self, column: LogColumn) -> &str {
        self.priced[column as usize].as_deref().unwrap_or(column.name())
    }

    /// Returns whether a column has both width and height.
    pub(super) fn has_size(&self) -> bool {
        self.priced[LogColumn::Size as usize].is_some()
    }

    pub(super) fn use_of(&self, at: usize) -> Use {
        match LogColumn::ALL.get(at) {
            Some(column) => Use::Price(*column),
            None if at < LogColumn::COUNT + self.by.len() => Use::Group,
            None => Use::Condition,
        }
    }

    /// Returns whether a log must have this one of [`all`](Self::all).
    pub(super) fn is_required(&self, at: usize) -> bool {
        match LogColumn::ALL.get(at) {
            Some(LogColumn::Images) => self.images == ImagesRule::Named,
            Some(column) => self.constant(*column).is_none(),
            None => true,
        }
    }

    /// Returns the number that each row has.
    #[inline]
    pub(super) fn constant(&self, column: LogColumn) -> Option<&[u8]> {
        self.constants[column as usize].as_deref().map(str::as_bytes)
    }

    /// Returns the first column that is there, although an option says what each row has in its place, and that option.
    pub(super) fn ignored(&self, is_there: impl Fn(LogColumn) -> bool) -> Option<(LogColumn, String)> {
        let is_excluded = |column: LogColumn| match column {
            LogColumn::Images => self.images == ImagesRule::OneEach,
            column => self.constant(column).is_some(),
        };
        let column = LogColumn::ALL.into_iter().find(|column| is_excluded(*column) && is_there(*column))?;
        let option = match &self.constants[column as usize] {
            Some(number) => format!("--set {}={number}", column.name()),
            None => "--one-image-each".to_owned(),
        };
        Some((column, option))
    }

    /// Returns whether rows are grouped only by their engine.
    pub(super) fn is_by_engine(&self) -> bool {
        self.by == [self.name(LogColumn::Engine)]
    }

    /// Returns whether a text that stands for an empty cell could be taken for a plain number.
    pub(super) fn has_numeric_null(&self) -> bool {
        self.nulls.iter().any(|null| number(null.as_bytes()).is_some())
    }

    /// Returns a cell, or an empty one if it has one of the texts that stand for that.
    #[inline]
    pub(super) fn unless_null<'a>(&self, cell: &'a [u8]) -> &'a [u8] {
        if self.nulls.iter().any(|null| null.as_bytes() == cell) { b"" } else { cell }
    }
}

/// Where the columns of a CSV file are.
pub(super) struct LogColumns {
    /// All names, in order.
    pub(super) header: Vec<Vec<u8>>,
    /// What is before the header: a byte-order mark, and a line that names the separator, if the file has them.
    pub(super) preamble: Vec<u8>,
    /// What separates cells.
    pub(super) separator: u8,
    /// Whether lines that name a separator do not matter.
    is_separator_given: bool,
    /// The line of the header as it is.
    pub(super) raw: Vec<u8>,
    /// The end of the line.
    pub(super) terminator: Vec<u8>,
    /// By [`LogColumn`]. Those that are not read are [`MISSING`](Self::MISSING), and the column of images may be.
    pub(super) priced: [usize; LogColumn::COUNT],
    pub(super) by: Vec<usize>,
    pub(super) conditions: Vec<usize>,
    /// Those that look like the number of images, and are not read as another column.
    counts: Vec<usize>,
    /// Columns with objects in their cells, in which other columns are.
    pub(super) nested: Vec<NestedColumn>,
}

/// A record that is a header.
pub(super) enum HeaderAgain {
    Same,
    /// Its columns differ from those of the file, and so do those of the rows after it.
    Other,
    /// It names another separator, and the rows after it may have that.
    OtherSeparator,
}

impl LogColumns {
    /// An index at which no record has a cell.
    const MISSING: usize = usize::MAX;

    /// Finds the columns in a header. A message proposes the paths in the first row.
    ///
    /// # Errors
    ///
    /// Returns a message if a column is missing or a duplicate, or has the name of a column that will be added.
    pub(super) fn new(
        record: &Record,
        first: Option<&Record>,
        preamble: Vec<u8>,
        separator: Separator,
        names: &ColumnNames,
        added: &[&str],
    ) -> Result<Self, String> {
        let header: Vec<Vec<u8>> = (0..record.count()).filter_map(|at| record.get(at)).map(<[u8]>::to_vec).collect();
        if record.is_open {
            return Err("unclosed quote in the header".to_owned());
        }
        if record.torn.is_some() {
            return Err("a quote in the header is closed in the middle of a name, on another line".to_owned());
        }
        let mut found = vec![Self::MISSING; names.count()];
        for (at, name) in names.all() {
            if let Some(column) = find(&header, at, name)? {
                found[at] = column;
            }
        }
        // Also those of which there is a column: a row that has both is an error.
        let paths: Vec<(usize, &str)> = names.all().collect();
        let nested = |(column, name): (usize, &Vec<u8>)| NestedColumn::new(column, name, &paths);
        let nested: Vec<NestedColumn> = header.iter().enumerate().filter_map(nested).collect();
        let is_missing = |at: usize| {
            found[at] == Self::MISSING && !nested.iter().flat_map(NestedColumn::targets).any(|target| target == at)
        };
        let count = LogColumn::Images as usize;
        let name_of = |column: LogColumn| header.get(found[column as usize]);
        if let Some((column, option)) = names.ignored(|column| name_of(column).is_some()) {
            return Err(ignored("the header", name_of(column).map_or(b"", |name| name), &option));
        }
        let is_read = |column: usize| found[..LogColumn::COUNT].contains(&column);
        let counts = header.iter().enumerate().filter(|(column, name)| !is_read(*column) && looks_like_count(name));
        let counts: Vec<usize> = counts.map(|(column, _)| column).collect();
        let is_wanted =
            |at: usize| names.is_required(at) || names.images == ImagesRule::IfPresent && !counts.is_empty();
        let lacking: Vec<usize> =
            names.all().map(|(at, _)| at).filter(|at| is_missing(*at) && is_wanted(*at)).collect();
        let may_hide_images = names.images == ImagesRule::IfPresent && is_missing(count);
        let not_utf_8 = header.iter().find(|name| str::from_utf8(name).is_err());
        if let Some(name) = not_utf_8.filter(|_| may_hide_images || !lacking.is_empty()) {
            return Err(not_text(name));
        }
        if !lacking.is_empty() {
            return Err(look_alike(record, &header, separator.byte, names).unwrap_or_else(|| {
                let found = first.map_or_else(|| header.clone(), |first| paths_of_row(&header, first));
                let looked = if found == header { Looked::Header } else { Looked::Cells };
                missing(looked, &lacking, &found, names, None)
            }));
        }
        if let Some(name) = added.iter().find(|name| header.iter().any(|cell| cell == name.as_bytes())) {
            return Err(format!(
                "the log has a column `{name}` already, and the output adds one of this name: rename it"
            ));
        }
        let (raw, terminator) = (record.raw.to_vec(), record.terminator.to_vec());
        let conditions = found.split_off(LogColumn::COUNT + names.by.len());
        let by = found.split_off(LogColumn::COUNT);
        let priced = LogColumn::ALL.map(|column| found[column as usize]);
        let (separator, is_separator_given) = (separator.byte, separator.is_given);
        Ok(Self {
            header,
            preamble,
            separator,
            is_separator_given,
            raw,
            terminator,
            priced,
            by,
            conditions,
            counts,
            nested,
        })
    }

    /// Returns a cell of a record that has as many cells as the header, or what each row has in its place.
    #[inline]
    pub(super) fn cell<'r>(&self, record: &Record<'r>, column: LogColumn, names: &'r ColumnNames) -> Option<&'r [u8]> {
        let cell = record.get(self.priced[column as usize]).map(|cell| names.unless_null(cell));
        cell.or_else(|| names.constant(column))
    }

    /// Returns whether it is known which cell of a record belongs to which column.
    #[inline]
    pub(super) fn fits(&self, record: &Record, names: &ColumnNames) -> bool {
        record.count() == self.header.len()
            && record.is_well_quoted()
            && self.quote_before_rows(record, names).is_none()
    }

    /// Returns the line of the quote that hides rows in a cell of a record, which has as many cells as the header.
    #[inline]
    pub(super) fn quote_before_rows(&self, record: &Record, names: &ColumnNames) -> Option<u64> {
        if record.has_lines { swallowed::quote_before_rows(record, self, names) } else { None }
    }

    pub(super) fn has_images(&self) -> bool {
        self.priced[LogColumn::Images as usize] != Self::MISSING
    }

    /// Returns the fields of a record: its cells, and those in objects in them.
    pub(super) fn object<'r>(&self, record: &Record<'r>, names: &ColumnNames) -> JsonObject<'r> {
        let columns = self.priced.iter().chain(&self.by).chain(&self.conditions);
        let cells = columns.enumerate().filter_map(|(at, column)| Some((at, record.get(*column)?)));
        let nested = self.nested.iter().filter_map(|nested| Some((nested, record.get(nested.column)?)));
        let counts = self.counts.iter().filter_map(|column| Some((self.header.get(*column)?, record.get(*column)?)));
        JsonObject::of_cells(names.count(), cells, nested, counts.map(|(name, cell)| (&**name, cell)))
    }

    /// Returns a column, or a field in an object in a cell, that has the number of images of a record, if its own is empty.
    pub(super) fn other_number(&self, record: &Record, names: &ColumnNames) -> Option<OtherNumber> {
        let cell = |at: usize| Some((&**self.header.get(at)?, record.get(at)?));
        let has_objects = memchr(b'{', record.raw).is_some();
        let cells = (0..record.count()).filter(|_| has_objects).filter_map(cell);
        other_counts::in_cells(self.counts.iter().copied().filter_map(cell), cells, names)
    }

    /// Returns the names of the columns, and the paths into objects in the cells of a record.
    pub(super) fn paths(&self, record: &Record) -> Vec<Vec<u8>> {
        paths_of_row(&self.header, record)
    }

    /// Returns whether a record is a header, as it is where files were joined: it names the separator, or it has no value in
    /// a column that a price depends on, and the names of at least two of these columns.
    pub(super) fn header_again(&self, record: &Record) -> Option<HeaderAgain> {
        if let Some(named) = separator::of_line(unmarked(record.raw)) {
            let is_same = self.is_separator_given || named == self.separator;
            return Some(if is_same { HeaderAgain::Same } else { HeaderAgain::OtherSeparator });
        }
        let priced = || self.priced.iter().chain(self.nested.iter().map(|nested| &nested.column));
        if priced().filter_map(|column| record.get(*column)).any(is_value) {
            return None;
        }
        let cells: Vec<&[u8]> = (0..record.count()).filter_map(|at| record.get(at)).map(unmarked).collect();
        let names: Vec<&Vec<u8>> = priced().filter_map(|column| self.header.get(*column)).collect();
        let found = names.iter().filter(|name| cells.iter().any(|cell| is_same_name(cell, name))).count();
        if found < names.len().min(2) {
            return None;
        }
        let is_same = cells.len() == self.header.len()
            && cells.iter().zip(&self.header).all(|(cell, name)| is_same_name(cell, name));
        Some(if is_same { HeaderAgain::Same } else { HeaderAgain::Other })
    }
}

fn paths_of_row(header: &[Vec<u8>], record: &Record) -> Vec<Vec<u8>> {
    let cells = header.iter().enumerate().map(|(at, name)| (name, record.get(at).unwrap_or_default()));
    cells.flat_map(|(name, cell)| paths_of_cell(name, cell)).collect()
}

/// Returns whether a cell has a number, or an object, and so is none of a header.
fn is_value(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.starts_with(b"{") || cell.first().is_some_and(u8::is_ascii_digit)
}

/// Returns whether two headers have the same name, perhaps in another case.
fn is_same_name(cell: &[u8], name: &[u8]) -> bool {
    cell == name || str::from_utf8(name).is_ok_and(|name| fit(cell, name).is_some())
}

/// Removes a byte-order mark, which a joined file has where it began.
fn unmarked(cell: &[u8]) -> &[u8] {
    cell.strip_prefix(b"\xef\xbb\xbf").unwrap_or(cell)
}

/// Finds the column of a header that fits a name, by its index in [`ColumnNames::all`]: the one of exactly this name, or else the only one that fits loosely.
fn find(header: &[Vec<u8>], at: usize, name: &str) -> Result<Option<usize>, String> {
    let fits = |wanted: Fit| {
        let columns = header.iter().enumerate();
        columns.filter(move |(_, cell)| fit_column(at, cell, name) == Some(wanted)).map(|(at, _)| at)
    };
    let mut exact = fits(Fit::Exact);
    match (exact.next(), exact.next()) {
        (Some(_), Some(_)) => {
            return Err(format!("the header has two columns `{}`: rename one of them", excerpt(name.as_bytes())));
        }
        (Some(at), None) => return Ok(Some(at)),
        (None, _) => {}
    }
    let loose: Vec<usize> = fits(Fit::Loose).collect();
    match loose[..] {
        [] => Ok(None),
        [at] => Ok(Some(at)),
        [first, second, ..] => {
            let [first, second] = [first, second].map(|at| excerpt(&header[at]));
            let name = excerpt(name.as_bytes());
            Err(format!(
                "both columns `{first}` and `{second}` fit `{name}`: write the name of one of them exactly, or rename the other"
            ))
        }
    }
}

/// Returns the message that a column contradicts an option.
pub(super) fn ignored(place: &str, name: &[u8], option: &str) -> String {
    format!("{place} has `{}`, which {option} would ignore: leave out this option", excerpt(name))
}

/// Says that a name of a header cannot be read, although a column is missing that may have it.
fn not_text(name: &[u8]) -> String {
    format!(
        "the name `{}` in the header is not UTF-8: --encoding windows-1252 reads it, or --encoding with the encoding of the log",
        excerpt(name)
    )
}

/// Returns whether the first line of a log begins as an object, or as an array of objects.
fn looks_like_json(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let in_array = line.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    line.starts_with(b"{") || in_array.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"{"))
}

/// Says what a header looks like that is not CSV, or has another separator.
fn look_alike(record: &Record, header: &[Vec<u8>], separator: u8, names: &ColumnNames) -> Option<String> {
    if looks_like_json(record.raw) {
        return Some("the log looks like JSON: --input jsonl reads it".to_owned());
    }
    let is_known = |cell: &[u8]| names.all().any(|(_, name)| fit(cell, name).is_some());
    separator::proposal(record.raw, separator, header.len(), is_known)
}

/// Returns the start of a cell or a name, as a message shows it.
pub(super) fn excerpt(cell: &[u8]) -> String {
    // A character has at most four bytes.
    let text = String::from_utf8_lossy(&cell[..cell.len().min(4 * (SHOWN + 1))]);
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(SHOWN).collect();
    escape_hidden(&start) + if chars.next().is_some() { "…" } else { "" }
}
