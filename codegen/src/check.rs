//! From rows to prices: every rule of `tables/README.md`. A file here for each kind of table; this one has what they share.

mod billing;
mod clients;
mod engines;
mod formulas;
mod monotonic;
mod names;
mod parts;
mod price_table;
mod proof;
mod sources;
mod warnings;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Span, summarise};
use crate::escape::escape;
use crate::figure::{self, FigureError};
use crate::files::{List, STEPS};
use crate::folder::Folder;
use crate::ident::Name;
use crate::model::{Billing, Prices, Table};
use crate::sheet::{Cell, Row, Sheet};

use names::Names;

pub use engines::check_engines;

/// Checks all files of a folder.
///
/// # Errors
///
/// Returns the mistakes of all files, sorted by file and place. Of many similar ones in a file it returns the first. It adds
/// a warning about each file that is not read, because a correction saved there has no effect.
pub fn check(folder: &Folder) -> Result<Prices, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    match prices(folder, &mut diagnostics) {
        Some(prices) if diagnostics.is_empty() => Ok(prices),
        _ => {
            let unread =
                warnings::unread(folder).filter(|it| diagnostics.iter().all(|other| other.path() != it.path()));
            let unread: Vec<Diagnostic> = unread.collect();
            diagnostics.extend(unread);
            Err(summarise(diagnostics))
        }
    }
}

/// Checks every file, whether or not another one has mistakes.
fn prices(folder: &Folder, diagnostics: &mut Vec<Diagnostic>) -> Option<Prices> {
    let Names { tables: names, skipped, misnamed } = names::check(folder, diagnostics);
    let lists = Lists { folder, misnamed };
    let billing = billing::check(&lists, diagnostics);
    let max_units = billing.as_ref().map_or(u64::MAX, Billing::max_credits_units);
    let (files, by_name): (Vec<&str>, _) = names.into_iter().map(|(file, name)| (file, (name, None))).unzip();
    let mut tables = Tables { folder, by_name, skipped };
    let sheet = formulas::sheet(&lists, diagnostics);
    let formulas = sheet.as_ref().map(|sheet| formulas::check(sheet, &tables, diagnostics)).unwrap_or_default();
    let mut of_another = Vec::new();
    for (file, (name, table)) in files.into_iter().zip(&mut tables.by_name) {
        *table = price_table::check(folder, file, name, max_units, &formulas, &mut of_another, diagnostics);
    }
    proof::report_of_another(&of_another, &formulas, diagnostics);
    let engines = engines::check(&lists, &tables, diagnostics);
    let clients = clients::check(&lists, &tables, billing.as_ref(), diagnostics);
    let sources = sources::check(&lists, &tables, diagnostics);
    let (billing, engines, clients, mut sources) = (billing?, engines?, clients?, sources?);
    let tables: Vec<Table> = (tables.by_name.into_iter())
        .map(|(name, table)| Some(Table { source: sources.remove(&name.text), ..table? }))
        .collect::<Option<_>>()?;
    let warnings = warnings::check(folder, &tables, &engines);
    Some(Prices { tables, engines, clients, billing, warnings })
}

/// The files that are lists.
struct Lists<'a> {
    folder: &'a Folder,
    /// Those whose files have other names, which is reported already.
    misnamed: Vec<&'static List>,
}

impl Lists<'_> {
    /// The sheet of a list. A required file that is missing is reported.
    fn sheet(&self, list: &List, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
        let header = list.header();
        if !self.folder.has(list.file) {
            if let Some(other) = self.folder.other_format_of(list.stem()) {
                diagnostics.push(names::unread(self.folder, other));
            } else if !self.misnamed.contains(&list) {
                let help = format!("create the file; its first line is {header}");
                let path = self.folder.path(list.file);
                diagnostics.push(Diagnostic::of_file(path, "there is no such file").with_help(help));
            }
            return None;
        }
        let sheet = Sheet::read(self.folder, list.file, list.columns[0], diagnostics)?;
        let cells = &sheet.header.cells;
        let differs = (0..cells.len()).find(|&column| list.columns.get(column) != Some(&&*cells[column].text));
        let wrong = differs.or_else(|| (cells.len() < list.columns.len()).then(|| cells.len() - 1));
        if let Some(cell) = wrong.and_then(|column| cells.get(column)) {
            let place = Place { sheet: &sheet, row: &sheet.header, cell };
            let diagnostic = if cells[0].text == STEPS {
                let help = format!("restore {}, whose first line is {header}", list.file);
                place.error("this is a price table").with_help(help)
            } else if let Some(other) = sheet.list() {
                let help = format!("restore {}, whose first line is {header}", list.file);
                place.error(format!("this is the header of {}", other.file)).with_help(help)
            } else {
                place.error("this is not the header of this file").with_help(format!("write {header}"))
            };
            diagnostics.push(diagnostic);
            return None;
        }
        if !list.is_optional {
            has_rows(&sheet, diagnostics)?;
        }
        Some(sheet)
    }
}

fn has_rows(sheet: &Sheet, diagnostics: &mut Vec<Diagnostic>) -> Option<()> {
    if sheet.is_header_alone {
        diagnostics.push(Diagnostic::of_file(&sheet.path, "the file has a header and no rows"));
        return None;
    }
    Some(())
}

/// The price tables of the folder.
struct Tables<'a> {
    folder: &'a Folder,
    /// A table with mistakes is `None`, since its prices are not known.
    by_name: Vec<(Name, Option<Table>)>,
    /// The files whose names are reported.
    skipped: Vec<&'a str>,
}

impl Tables<'_> {
    /// The table that a cell names. Reports a name that no table has, unless it is that of a file that is reported.
    fn named(&self, cell: Place<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<(&Name, Option<&Table>)> {
        let text = cell.text();
        if let Some((name, table)) = self.by_name.iter().find(|(name, _)| name.text == text) {
            return Some((name, table.as_ref()));
        }
        let names = || self.by_name.iter().map(|(name, _)| &*name.text);
        let help = match &names().collect::<Vec<_>>()[..] {
            // A folder without a price table is reported already.
            [] => return None,
            [name] => format!("the only price table is {name}"),
            names => format!("the price tables are {}", names.join(", ")),
        };
        if text.is_empty() {
            diagnostics.push(cell.error("the table is empty").with_help(help));
        } else if let Some(other) = self.folder.other_format_of(text) {
            diagnostics.push(names::unread(self.folder, other));
        } else if !self.skipped.iter().any(|file| file.contains(text)) {
            let message = format!("there is no price table `{}`", escape(text));
            let help = names::meant(text, names()).map_or(help, |name| format!("did you mean {name}?"));
            diagnostics.push(cell.error(message).with_help(help));
        }
        None
    }
}

/// A cell and its place in a sheet.
#[derive(Clone, Copy)]
struct Place<'a> {
    sheet: &'a Sheet,
    row: &'a Row,
    cell: &'a Cell,
}

impl<'a> Place<'a> {
    fn text(self) -> &'a str {
        &self.cell.text
    }

    fn span(self) -> Span {
        self.row.span(self.cell)
    }

    fn error(self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.sheet.path, self.span(), message)
    }

    /// Reports this cell and those after it, up to `last` of the same row.
    fn error_to(self, last: Self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.sheet.path, self.row.span_between(self.cell, last.cell), message)
    }

    /// Reports a cell, called `noun`, that is not the figure that it must be.
    fn figure_error(self, noun: &str, error: FigureError) -> Diagnostic {
        let message = match self.text() {
            "" => format!("the {noun} is empty"),
            text => format!("the {noun} `{}` {}", escape(text), error.message),
        };
        self.error(message).with_help_if_any(error.help.text())
    }

    /// A whole number from 1.
    fn positive(self, noun: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<u32> {
        ok_or_report(figure::positive(self.text()).map_err(|error| self.figure_error(noun, error)), diagnostics)
    }

    fn amount(self, noun: &str, decimals: u32, max_units: u64, diagnostics: &mut Vec<Diagnostic>) -> Option<Decimal> {
        let amount = figure::amount(self.text(), decimals, max_units);
        ok_or_report(amount.map_err(|error| self.figure_error(noun, error)), diagnostics)
    }
}

impl Sheet {
    /// The list that has this header.
    fn list(&self) -> Option<&'static List> {
        List::with_header(&self.header.cells.iter().map(|cell| &*cell.text).collect::<Vec<_>>())
    }

    /// The first `N` cells of each row. A row with fewer is left out; the header of every list has `N` columns.
    fn rows<const N: usize>(&self) -> impl Iterator<Item = [Place<'_>; N]> {
        self.rows.iter().filter_map(move |row| {
            let cells = row.cells.first_chunk()?;
            Some(cells.each_ref().map(|cell| Place { sheet: self, row, cell }))
        })
    }
}

/// Returns the value, or reports the error.
fn ok_or_report<T>(result: Result<T, Diagnostic>, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()
}

/// Finds duplicate keys.
#[derive(Default)]
struct Duplicates<'a>(BTreeMap<String, Place<'a>>);

impl<'a> Duplicates<'a> {
    /// Reports `key` if it has occurred before, and shows the first occurrence. Returns whether it is new.
    fn check(&mut self, key: &str, noun: &str, place: Place<'a>, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let Some(first) = self.first(key, place) else { return true };
        let message = format!("the {noun} `{}` is a duplicate", escape(place.text()));
        diagnostics.push(place.error(message).with_secondary(first.span()).with_help("delete one of the two"));
        false
    }

    /// The first occurrence of `key`, if it has occurred before.
    fn first(&mut self, key: &str, place: Place<'a>) -> Option<Place<'a>> {
        match self.0.entry(key.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(place);
                None
            }
            Entry::Occupied(first) => Some(*first.get()),
        }
    }

    fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}
