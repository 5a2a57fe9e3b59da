//! Reads one file of a folder at a time, for tools that need no other: mistakes in other files do not matter.

use super::cell_ref::CellRef;
use super::formulas::FormulaUse;
use super::list::Lists;
use super::names::{self, Names};
use super::parsed_table::ParsedTable;
use super::{billing, exceptions, formulas, limits, price_table, sources};
use crate::diagnostic::{Diagnostic, Span, summarise};
use crate::ident::Name;
use crate::model::{Billing, ReadableTable, Source, Table};
use crate::read::folder::Folder;
use crate::read::sheet::Sheet;
use crate::schema::{List, STEPS};

impl Folder {
    /// Returns the sign-up grant and the price of a credit.
    ///
    /// # Errors
    ///
    /// Returns the mistakes of `billing.csv`.
    pub fn billing(&self) -> Result<Billing, Vec<Diagnostic>> {
        self.part(|lists, diagnostics| {
            let sheet = billing::sheet(lists, diagnostics)?;
            billing::check(&sheet, diagnostics).map(|(billing, _)| billing)
        })
    }

    /// Returns each row of `sources.csv`, with the name of the table as it is written there. The folder may have no
    /// such table. The name is empty if the row is about a table of the page that is not priced here.
    ///
    /// # Errors
    ///
    /// Returns the mistakes of `sources.csv`.
    pub fn sources(&self) -> Result<Vec<(String, Source)>, Vec<Diagnostic>> {
        self.part(|lists, diagnostics| sources::rows(lists, |cell, _| Some(cell.text().to_owned()), diagnostics))
    }

    /// Returns the names of the price tables. Invalid ones are left out.
    #[must_use]
    pub fn table_names(&self) -> Vec<Name> {
        // The names are reported where the whole folder is checked.
        let Names { tables, .. } = names::check(self, &mut Vec::new());
        tables.into_iter().map(|(_, name)| name).collect()
    }

    /// Checks one price table by the rules of price tables, and by its valid rows of `limits.csv` and `exceptions.csv`, without
    /// what other files say about it. Its formula need not give its prices; messages only use it to propose an exception.
    ///
    /// # Errors
    ///
    /// Returns every mistake of the file, unsorted; [`summarise`] sorts and shortens the list.
    pub fn table(&self, name: &Name) -> Result<Table, Vec<Diagnostic>> {
        let file = format!("{}.csv", name.text);
        if !self.has(&file) {
            return Err(vec![Diagnostic::of_file(self.path(&file), "there is no such file")]);
        }
        // The mistakes of these lists are reported where the whole folder is checked.
        let lists = Lists::of(self);
        let is_of_table =
            |cell: CellRef<'_>, _: &mut Vec<Diagnostic>| (cell.text() == name.text).then(|| name.text.clone());
        let sheet = formulas::sheet(&lists, &mut Vec::new());
        let formulas = sheet.as_ref().map(|sheet| formulas::check(sheet, is_of_table, &mut Vec::new()));
        let formulas = formulas.unwrap_or_default();
        let sheet = limits::sheet(&lists, &mut Vec::new());
        let limits = sheet.as_ref().map(|sheet| limits::check(sheet, is_of_table, &mut Vec::new())).unwrap_or_default();
        let sheet = exceptions::sheet(&lists, &mut Vec::new());
        let exceptions = sheet.as_ref().map(|sheet| exceptions::check(sheet, is_of_table, &mut Vec::new()));
        let exceptions = exceptions.and_then(|mut rows| rows.remove(&name.text)).unwrap_or_default();
        let mut diagnostics = Vec::new();
        let (formula, limits) = (formulas.get(&name.text).map(FormulaUse::Hint), limits.get(&name.text));
        let table = price_table::check(self, &file, name, formula, limits, &exceptions, &mut diagnostics);
        diagnostics.retain(|diagnostic| diagnostic.path() == self.path(&file));
        match table {
            Some(table) if diagnostics.is_empty() => Ok(table),
            _ => Err(diagnostics),
        }
    }

    /// Returns the numbers of a price table that can be read, or `None` if the file is not a price table.
    ///
    /// No rule is applied that compares cells: sizes may be duplicates, and prices may fall. Rows that do not fit the header
    /// are left out.
    #[must_use]
    pub fn readable_table(&self, name: &Name) -> Option<ReadableTable> {
        // `table` reports the mistakes.
        let sheet = Sheet::read(self, &format!("{}.csv", name.text), STEPS, &mut Vec::new())?;
        let ParsedTable { sizes, steps, prices, .. } = price_table::parse(&sheet, &mut Vec::new())?;
        Some(ReadableTable { sizes, steps, prices })
    }

    /// Returns the text and the span of each cell of a file, row by row, the header first. Rows that cannot be read are
    /// left out.
    ///
    /// ```
    /// use dreamstudio_pricing_codegen::Folder;
    ///
    /// let table = ("turbo.csv", "steps,512x512\n15,\"0.1\"\n");
    /// let folder = Folder::from_files("tables", [table]);
    /// let (text, span) = &folder.cells("turbo.csv")[1][1];
    /// assert_eq!((text.as_str(), span.line(), span.column()), ("0.1", 2, 4));
    /// ```
    #[must_use]
    pub fn cells(&self, file: &str) -> Vec<Vec<(String, Span)>> {
        let first = List::named(file).map_or(STEPS, |list| list.columns[0]);
        // The mistakes are reported where the whole folder is checked.
        let Some(sheet) = Sheet::read(self, file, first, &mut Vec::new()) else { return Vec::new() };
        let rows = [&sheet.header].into_iter().chain(&sheet.rows);
        rows.map(|row| row.cells.iter().map(|cell| (cell.text.clone(), row.span(cell))).collect()).collect()
    }

    fn part<T>(&self, read: impl FnOnce(&Lists<'_>, &mut Vec<Diagnostic>) -> Option<T>) -> Result<T, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        match read(&Lists::of(self), &mut diagnostics) {
            Some(part) if diagnostics.is_empty() => Ok(part),
            _ => Err(summarise(diagnostics)),
        }
    }
}
