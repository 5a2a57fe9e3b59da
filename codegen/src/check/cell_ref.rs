//! A cell and where it is, so that a rule can report it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, Span};
use crate::escape::escape;
use crate::number::{self, NumberError, Unit};
use crate::read::sheet::{RawCell, Row, Sheet};

/// A cell, with its row and its sheet.
#[derive(Clone, Copy)]
pub(super) struct CellRef<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) row: &'a Row,
    pub(super) cell: &'a RawCell,
}

impl<'a> CellRef<'a> {
    pub(super) fn text(self) -> &'a str {
        &self.cell.text
    }

    pub(super) fn span(self) -> Span {
        self.row.span(self.cell)
    }

    pub(super) fn error(self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.sheet.path, self.span(), message)
    }

    /// Reports this cell and those after it, up to `last` of the same row.
    pub(super) fn error_to(self, last: Self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.sheet.path, self.row.span_between(self.cell, last.cell), message)
    }

    /// Reports a cell, called `noun`, that is not a valid number.
    pub(super) fn number_error(self, noun: &str, error: NumberError) -> Diagnostic {
        let message = match self.text() {
            "" => format!("the {noun} is empty"),
            text => format!("the {noun} `{}` {}", escape(text), error.message),
        };
        self.error(message).with_help_if_any(error.help.text())
    }

    /// Parses a whole number from 1.
    pub(super) fn positive(self, noun: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<u32> {
        ok_or_report(number::positive(self.text()).map_err(|error| self.number_error(noun, error)), diagnostics)
    }

    pub(super) fn amount(self, noun: &str, unit: Unit, diagnostics: &mut Vec<Diagnostic>) -> Option<Decimal> {
        let amount = number::amount(self.text(), unit);
        ok_or_report(amount.map_err(|error| self.number_error(noun, error)), diagnostics)
    }
}

/// Returns the first `N` cells of each row. A row with fewer is left out; the header of every list has `N` columns.
pub(super) fn rows<const N: usize>(sheet: &Sheet) -> impl Iterator<Item = [CellRef<'_>; N]> {
    sheet.rows.iter().filter_map(move |row| {
        let cells = row.cells.first_chunk()?;
        Some(cells.each_ref().map(|cell| CellRef { sheet, row, cell }))
    })
}

/// Returns the value, or reports the error.
pub(super) fn ok_or_report<T>(result: Result<T, Diagnostic>, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()
}

/// Finds duplicate keys.
#[derive(Default)]
pub(super) struct Duplicates<'a>(BTreeMap<String, CellRef<'a>>);

impl<'a> Duplicates<'a> {
    /// Reports `key` if it has occurred before, and shows the first occurrence. Returns whether it is new.
    pub(super) fn check(
        &mut self,
        key: &str,
        noun: &str,
        cell: CellRef<'a>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        let Some(first) = self.first(key, cell) else { return true };
        let message = format!("the {noun} `{}` is a duplicate", escape(cell.text()));
        diagnostics.push(cell.error(message).with_secondary(first.span()).with_help("delete one of the two"));
        false
    }

    /// Returns the first occurrence of `key`, if it has occurred before.
    pub(super) fn first(&mut self, key: &str, cell: CellRef<'a>) -> Option<CellRef<'a>> {
        match self.0.entry(key.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(cell);
                None
            }
            Entry::Occupied(first) => Some(*first.get()),
        }
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}
