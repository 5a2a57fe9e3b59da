//! The files of a folder of tables. Those listed here have a fixed header; every other file is a price table.
//!
//! CONTRIBUTING.md lists the places that a new list touches.

/// The first column of a price table.
pub(crate) const STEPS: &str = "steps";

/// A file with a fixed header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) file: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// Whether a folder without the file is complete.
    pub(crate) is_optional: bool,
}

pub(crate) const ENGINES: List = List { file: "engines.csv", columns: &["engine", "table"], is_optional: false };

pub(crate) const CLIENTS: List = List {
    file: "clients.csv",
    columns: &["client", "table", "width", "height", "steps", "granted_images"],
    is_optional: false,
};

pub(crate) const BILLING: List = List { file: "billing.csv", columns: &["item", "credits", "usd"], is_optional: false };

pub(crate) const EXCEPTIONS: List =
    List { file: "exceptions.csv", columns: &["table", "width", "height", "steps"], is_optional: true };

pub(crate) const SOURCES: List =
    List { file: "sources.csv", columns: &["table", "page", "heading", "published"], is_optional: true };

pub(crate) const FORMULAS: List = List {
    file: "formulas.csv",
    columns: &["table", "free_pixels", "credits_per_gigapixel_step", "nearest", "up"],
    is_optional: true,
};

pub(crate) const LIMITS: List = List {
    file: "limits.csv",
    columns: &[
        "table",
        "side_multiple",
        "min_pixels",
        "max_pixels",
        "max_long_side",
        "max_short_side",
        "min_steps",
        "max_steps",
        "max_images",
    ],
    is_optional: true,
};

pub(crate) const LISTS: [&List; 7] = [&BILLING, &CLIENTS, &ENGINES, &EXCEPTIONS, &FORMULAS, &LIMITS, &SOURCES];

impl List {
    /// Returns the list whose file has this name.
    pub(crate) fn named(file: &str) -> Option<&'static Self> {
        LISTS.into_iter().find(|list| list.file == file)
    }

    /// Returns the list whose header consists of these cells.
    pub(crate) fn with_header(cells: &[&str]) -> Option<&'static Self> {
        LISTS.into_iter().find(|list| list.columns == cells)
    }

    /// Returns the name of the file without its extension.
    pub(crate) fn stem(&self) -> &'static str {
        self.file.trim_end_matches(".csv")
    }

    /// Returns the header as a line of the file.
    pub(crate) fn header(&self) -> String {
        self.columns.join(",")
    }
}
