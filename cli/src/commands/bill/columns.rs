//! The columns of a log: those that a price depends on, and those that rows are grouped by.

use std::fmt::Write as _;

use dreamstudio_pricing_codegen::{escape_hidden, nearest};

use super::fast::Record;

/// How many columns of a header a message lists.
const LISTED: usize = 12;

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
}

impl LogColumn {
    pub(super) const ALL: [Self; 5] = [Self::Engine, Self::Width, Self::Height, Self::Steps, Self::Images];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Width => "width",
            Self::Height => "height",
            Self::Steps => "steps",
            Self::Images => "images",
        }
    }
}

/// What the columns are called in the logs.
pub(super) struct ColumnNames {
    /// By [`LogColumn`].
    pub(super) priced: [String; 5],
    /// What rows are grouped by.
    pub(super) by: Vec<String>,
    /// Whether the arguments name the column of images, which is then required.
    pub(super) requires_images: bool,
}

impl ColumnNames {
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.priced.iter().chain(&self.by).map(|name| &**name)
    }

    /// Returns those of [`all`](Self::all) that a log must have, with their indices.
    pub(super) fn required(&self) -> impl Iterator<Item = (usize, &str)> {
        self.all().enumerate().filter(|(at, _)| *at != LogColumn::Images as usize || self.requires_images)
    }

    /// Returns whether rows are grouped only by their engine.
    #[inline]
    pub(super) fn is_by_engine(&self) -> bool {
        self.by == [&*self.priced[LogColumn::Engine as usize]]
    }

    /// Says what to do about a name that a log does not have.
    fn hint(&self, name: &str) -> String {
        let named = |column: &LogColumn| &self.priced[*column as usize];
        if let Some(column) = LogColumn::ALL.iter().find(|column| named(column) == name) {
            return format!("--column {}=NAME reads a column of another name", column.name());
        }
        match LogColumn::ALL.iter().find(|column| column.name() == name) {
            Some(column) => {
                let other = excerpt(named(column).as_bytes());
                format!("--by has the names of the log, so write --by {other}, the name in --column {name}={other}")
            }
            None => "--by groups by columns of the log".to_owned(),
        }
    }
}

/// Where the columns of a CSV file are.
pub(super) struct LogColumns {
    /// All names, in order.
    pub(super) header: Vec<Vec<u8>>,
    /// The byte-order mark, if the file has one.
    pub(super) mark: &'static [u8],
    /// The line of the header as it is.
    pub(super) raw: Vec<u8>,
    /// The end of the line.
    pub(super) terminator: Vec<u8>,
    /// By [`LogColumn`]. The column of images may be [`MISSING`](Self::MISSING).
    pub(super) priced: [usize; 5],
    pub(super) by: Vec<usize>,
}

impl LogColumns {
    /// An index at which no record has a cell.
    const MISSING: usize = usize::MAX;

    /// Finds the columns in a header.
    ///
    /// # Errors
    ///
    /// Returns a message if a column is missing or a duplicate, or has the name of a column that will be added.
    pub(super) fn new(
        record: &Record,
        mark: &'static [u8],
        names: &ColumnNames,
        added: &[&str],
    ) -> Result<Self, String> {
        let header: Vec<Vec<u8>> = (0..record.count()).filter_map(|at| record.get(at)).map(<[u8]>::to_vec).collect();
        if record.is_open {
            return Err("unclosed quote in the header".to_owned());
        }
        let find = |name: &str| {
            let mut found = header.iter().enumerate().filter(|(_, cell)| *cell == name.as_bytes());
            match (found.next(), found.next()) {
                (Some(_), Some(_)) => Err(format!("the header has two columns `{name}`: rename one of them")),
                (first, _) => Ok(first.map(|(at, _)| at)),
            }
        };
        let mut priced = [Self::MISSING; 5];
        for column in LogColumn::ALL {
            let name = &names.priced[column as usize];
            match find(name)? {
                Some(at) => priced[column as usize] = at,
                None if column == LogColumn::Images && !names.requires_images => {}
                None => return Err(look_alike(&header).unwrap_or_else(|| no_column(name, &header, names))),
            }
        }
        let mut by = Vec::new();
        for name in &names.by {
            by.push(find(name)?.ok_or_else(|| no_column(name, &header, names))?);
        }
        if let Some(name) = added.iter().find(|name| header.iter().any(|cell| cell == name.as_bytes())) {
            return Err(format!(
                "the log has a column `{name}` already, and the output adds one of this name: rename it"
            ));
        }
        Ok(Self { header, mark, raw: record.raw.to_vec(), terminator: record.terminator.to_vec(), priced, by })
    }
}

fn no_column(name: &str, header: &[Vec<u8>], names: &ColumnNames) -> String {
    missing(&format!("the header has no column `{}`: its columns are", excerpt(name.as_bytes())), name, header, names)
}

/// Lists the names that a log has instead of a missing one, and says what to do.
pub(super) fn missing(start: &str, name: &str, header: &[Vec<u8>], names: &ColumnNames) -> String {
    let header: Vec<String> = header.iter().map(|name| excerpt(name)).collect();
    let listed = header.iter().take(LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut message = format!("{start} {listed}");
    if header.len() > LISTED {
        let _ = write!(message, " and {} more", header.len() - LISTED);
    }
    let hint = names.hint(name);
    match nearest(name, header.iter().map(|name| &**name)).first() {
        Some(near) => message + &format!("; did you mean `{near}`? {hint}"),
        None => message + &format!("; {hint}"),
    }
}

/// Says what a header that is not CSV looks like.
fn look_alike(header: &[Vec<u8>]) -> Option<String> {
    if header.first().is_some_and(|cell| cell.starts_with(b"{")) {
        return Some("the log looks like JSON Lines: --input jsonl reads it".to_owned());
    }
    let [cell] = header else { return None };
    let separators = [(b';', "semicolons"), (b'\t', "tabs"), (b'|', "vertical bars")];
    let (_, separator) = separators.into_iter().find(|(separator, _)| cell.contains(separator))?;
    Some(format!("the header looks separated by {separator}: write the log with commas"))
}

/// Returns the start of a cell or a name, as a message shows it.
pub(super) fn excerpt(cell: &[u8]) -> String {
    // A character has at most four bytes.
    let text = String::from_utf8_lossy(&cell[..cell.len().min(4 * (SHOWN + 1))]);
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(SHOWN).collect();
    escape_hidden(&start) + if chars.next().is_some() { "…" } else { "" }
}
