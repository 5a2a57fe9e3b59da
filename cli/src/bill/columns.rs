//! The columns of a log: those that a price depends on, and those that rows are grouped by.

use std::fmt::Write as _;

use super::records::Record;
use crate::names::nearest;

/// How many columns of a header a message lists.
const LISTED: usize = 12;

/// A column that a price depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Engine,
    Width,
    Height,
    Steps,
    Images,
}

impl Column {
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
pub(super) struct Names {
    /// By [`Column`].
    pub(super) priced: [String; 5],
    /// What rows are grouped by.
    pub(super) by: Vec<String>,
    /// Whether the arguments name the column of images, so that it must be there.
    pub(super) requires_images: bool,
}

impl Names {
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.priced.iter().chain(&self.by).map(|name| &**name)
    }
}

/// Where the columns of a CSV file are.
pub(super) struct Columns {
    /// All names, in order.
    pub(super) header: Vec<Vec<u8>>,
    /// The byte-order mark, if the file has one.
    pub(super) mark: &'static [u8],
    /// The line of the header as it is.
    pub(super) raw: Vec<u8>,
    /// The end of the line.
    pub(super) terminator: Vec<u8>,
    /// By [`Column`]; the column of images may be missing.
    pub(super) priced: [Option<usize>; 5],
    pub(super) by: Vec<usize>,
}

impl Columns {
    /// Finds the columns in a header.
    ///
    /// # Errors
    ///
    /// A message if a column is missing or there twice, or if one has the name of a column that will be added.
    pub(super) fn new(record: &Record, mark: &'static [u8], names: &Names, added: &[&str]) -> Result<Self, String> {
        let header: Vec<Vec<u8>> = (0..record.len()).filter_map(|at| record.get(at)).map(<[u8]>::to_vec).collect();
        if record.is_open {
            return Err("a quoted cell of the header has no end".to_owned());
        }
        let find = |name: &str| {
            let mut found = header.iter().enumerate().filter(|(_, cell)| *cell == name.as_bytes());
            match (found.next(), found.next()) {
                (Some(_), Some(_)) => Err(format!("the header has two columns `{name}`: rename one of them")),
                (first, _) => Ok(first.map(|(at, _)| at)),
            }
        };
        let mut priced = [None; 5];
        for column in Column::ALL {
            let name = &names.priced[column as usize];
            priced[column as usize] = find(name)?;
            if priced[column as usize].is_none() && (column != Column::Images || names.requires_images) {
                let option = format!("--column {}=NAME", column.name());
                return Err(missing(name, &header, &format!("{option} reads a column of another name")));
            }
        }
        let mut by = Vec::new();
        for name in &names.by {
            by.push(find(name)?.ok_or_else(|| missing(name, &header, "--by groups by columns of the log"))?);
        }
        if let Some(name) = added.iter().find(|name| header.iter().any(|cell| cell == name.as_bytes())) {
            return Err(format!(
                "the log has a column `{name}` already, and the output adds one of this name: rename it"
            ));
        }
        Ok(Self { header, mark, raw: record.raw.to_vec(), terminator: record.terminator.to_vec(), priced, by })
    }
}

fn missing(name: &str, header: &[Vec<u8>], hint: &str) -> String {
    let header: Vec<String> =
        header.iter().map(|cell| String::from_utf8_lossy(cell).chars().take(60).collect()).collect();
    let names: Vec<&str> = header.iter().map(|name| &**name).collect();
    let listed = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut message = format!("the header has no column `{name}`: its columns are {listed}");
    if names.len() > LISTED {
        let _ = write!(message, " and {} more", names.len() - LISTED);
    }
    match nearest(name, &names).first() {
        Some(near) => message + &format!("; did you mean `{near}`? {hint}"),
        None => message + &format!("; {hint}"),
    }
}
