//! Turns rows into prices, applying every rule in `tables/README.md`. This file runs the rules in order.
//!
//! - What the rules share: `cell_ref`, a cell and where it is; `list`, a file with a fixed header; `parsed_table`, the numbers
//!   of a price table; `tables`, the price tables by name.
//! - A file for each kind of file: `names` (which file is what), `price_table`, `billing`, `clients`, `engines`, `exceptions`,
//!   `formulas`, `limits`, `sources`.
//! - The rules of prices: `order_check`, and for a table with a formula `formula_check`.
//! - `grant`, what `clients.csv` states about a number of `billing.csv`.
//! - `warnings`; `single_file`, for tools that need one file.

mod billing;
mod cell_ref;
mod clients;
mod engines;
mod exceptions;
mod formula_check;
mod formulas;
mod grant;
mod limits;
mod list;
mod names;
mod order_check;
mod parsed_table;
mod price_table;
mod single_file;
mod sources;
mod tables;
mod warnings;

use crate::diagnostic::{Diagnostic, summarise};
use crate::model::{Prices, Table};
use crate::read::folder::Folder;

use cell_ref::CellRef;
use formulas::FormulaUse;
use list::Lists;
use names::Names;
use tables::Tables;

pub use engines::check_engines;

/// Checks all files of a folder.
///
/// # Errors
///
/// Returns the mistakes of all files, sorted by file and position. If a file has many similar ones, it returns the
/// first few and counts the others. It adds a warning about each file that is not read, because a correction saved there has no effect.
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
    let billing_sheet = billing::sheet(&lists, diagnostics);
    let billing = billing_sheet.as_ref().and_then(|sheet| billing::check(sheet, diagnostics));
    let (files, by_name): (Vec<&str>, _) = names.into_iter().map(|(file, name)| (file, (name, None))).unzip();
    let mut tables = Tables { folder, by_name, skipped };
    let table = |cell: CellRef<'_>, diagnostics: &mut Vec<Diagnostic>| {
        tables.named(cell, diagnostics).map(|(name, _)| name.text.clone())
    };
    let sheet = formulas::sheet(&lists, diagnostics);
    let formulas = sheet.as_ref().map(|sheet| formulas::check(sheet, table, diagnostics)).unwrap_or_default();
    let sheet = limits::sheet(&lists, diagnostics);
    let limits = sheet.as_ref().map(|sheet| limits::check(sheet, table, diagnostics)).unwrap_or_default();
    let sheet = exceptions::sheet(&lists, diagnostics);
    let exceptions = sheet.as_ref().map(|sheet| exceptions::check(sheet, table, diagnostics)).unwrap_or_default();
    for (file, (name, table)) in files.into_iter().zip(&mut tables.by_name) {
        let (formula, limits) = (formulas.get(&name.text).map(FormulaUse::Rule), limits.get(&name.text));
        let exceptions = exceptions.get(&name.text).map(Vec::as_slice).unwrap_or_default();
        *table = price_table::check(folder, file, name, formula, limits, exceptions, diagnostics);
    }
    let engines = engines::check(&lists, &tables, diagnostics);
    let grant = billing.as_ref().map(|(billing, grant)| (billing, *grant));
    let clients = clients::check(&lists, &tables, grant, diagnostics);
    let sources = sources::check(&lists, &tables, diagnostics);
    let ((billing, _), engines, clients, mut sources) = (billing?, engines?, clients?, sources?);
    let tables: Vec<Table> = (tables.by_name.into_iter())
        .map(|(name, table)| Some(Table { source: sources.by_table.remove(&name.text), ..table? }))
        .collect::<Option<_>>()?;
    // With another mistake, such as one in a formula, it is not known which exceptions are needed.
    if diagnostics.is_empty() {
        exceptions::check_needed(&exceptions, &tables, diagnostics);
    }
    let warnings = warnings::check(folder, &tables, &engines);
    let unpriced = sources.unpriced;
    Some(Prices { tables, unpriced, engines, clients, billing, files: folder.hashes(), warnings })
}
