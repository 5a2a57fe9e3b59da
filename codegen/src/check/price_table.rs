//! A price table: `steps` and sizes as the header, step counts in the first column, prices in the cells.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::cell_ref::{self, CellRef, Duplicates, ok_or_report};
use super::exceptions::{self, ExceptionRow};
use super::formulas::FormulaUse;
use super::limits::{self, LimitsRow};
use super::list::{has_rows, with_header_of};
use super::parsed_table::ParsedTable;
use super::{formula_check, order_check};
use crate::diagnostic::Diagnostic;
use crate::escape::escape;
use crate::ident::Name;
use crate::model::{Size, StepsRow, Table};
use crate::number::{self, CREDITS, Help, NumberError};
use crate::read::folder::Folder;
use crate::read::sheet::{RawCell, Sheet};
use crate::schema::STEPS;

pub(super) fn check(
    folder: &Folder,
    file: &str,
    name: &Name,
    formula: Option<FormulaUse<'_>>,
    limits: Option<&LimitsRow<'_>>,
    exceptions: &[ExceptionRow<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Table> {
    let sheet = Sheet::read(folder, file, STEPS, diagnostics)?;
    let mut table = parse(&sheet, diagnostics)?;
    exceptions::check_table(&mut table, exceptions, diagnostics);
    check_rules(table, name, formula, limits, diagnostics)
}

/// Parses the numbers of a sheet. Returns `None` if it is not a price table.
pub(super) fn parse<'a>(sheet: &'a Sheet, diagnostics: &mut Vec<Diagnostic>) -> Option<ParsedTable<'a>> {
    let sizes = sizes(sheet, diagnostics)?;
    has_rows(sheet, diagnostics)?;
    let steps = cell_ref::rows(sheet).map(|[cell]| steps(cell, diagnostics)).collect();
    let mut table = ParsedTable { sheet, sizes, steps, prices: Vec::new(), exceptions: BTreeSet::new() };
    for row in &sheet.rows {
        let price = |(size, cell): (&RawCell, &RawCell)| {
            // A column without a size is reported already; an empty cell below it is the same mistake.
            if size.text.is_empty() && cell.text.is_empty() {
                return None;
            }
            price(CellRef { sheet, row, cell }, diagnostics)
        };
        table.prices.push(sheet.header.cells.iter().zip(&row.cells).skip(1).map(price).collect());
    }
    Some(table)
}

/// Checks a table by the rules of price tables, and by its formula and its limits if it has them.
pub(super) fn check_rules(
    mut table: ParsedTable<'_>,
    name: &Name,
    formula: Option<FormulaUse<'_>>,
    limits: Option<&LimitsRow<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Table> {
    if let Some(row) = limits {
        limits::check_table(&mut table, row, diagnostics);
    }
    // The formula comes first, because it shows which of two duplicate sizes, or of two step counts out of order, is
    // wrong.
    let (rule, hint) = match formula {
        Some(FormulaUse::Rule(row)) => (Some(row), None),
        Some(FormulaUse::Hint(row)) => (None, Some(&row.formula)),
        None => (None, None),
    };
    let matches_formula = rule.map(|row| formula_check::check(&mut table, row, diagnostics));
    check_duplicate_sizes(&mut table, diagnostics);
    check_steps(&mut table, diagnostics);
    let has_right_prices = match matches_formula {
        // Prices that match a formula are in order, because the formula never falls.
        Some(matches) => matches,
        None => order_check::check(&table, &name.text, hint, diagnostics),
    };
    // Rows that were left out have unknown prices, and prices that break the rules are wrong.
    if !(table.sheet.is_whole && has_right_prices) {
        return None;
    }
    let exceptions = table.exceptions_by_row().collect();
    let rows =
        table.steps.into_iter().zip(table.prices).map(|(steps, prices)| {
            Some(StepsRow { steps: steps?, prices: prices.into_iter().collect::<Option<_>>()? })
        });
    Some(Table {
        name: name.clone(),
        source: None,
        formula: rule.map(|row| row.formula.clone()),
        exceptions,
        limits: limits.map(|row| row.limits),
        sizes: table.sizes.into_iter().collect::<Option<_>>()?,
        rows: rows.collect::<Option<_>>()?,
    })
}

/// Returns the size of each column after the first. Returns `None` if the header is not that of a price table.
fn sizes(sheet: &Sheet, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<Option<Size>>> {
    let mut cells = sheet.header.cells.iter().map(|cell| CellRef { sheet, row: &sheet.header, cell });
    let steps = cells.next()?;
    if is_transposed(sheet) {
        let message = "this table is transposed: its rows are sizes, and its columns are step counts";
        diagnostics
            .push(steps.error(message).with_help("write one row for each step count, and one column for each size"));
        return None;
    }
    if steps.text() != STEPS {
        let diagnostic = match (with_header_of(sheet), cells.clone().find(|cell| cell.text() == STEPS)) {
            (Some(list), _) => steps.error(format!("this is the header of {}", list.file)),
            (None, Some(other)) => steps.error("the column `steps` is not the first").with_secondary(other.span()),
            (None, None) => steps.error(format!("the first column is `{}`, not `steps`", escape(steps.text()))),
        };
        let help = "the first line is the word steps and then the sizes, such as steps,512x512,512x768";
        diagnostics.push(diagnostic.with_help(help));
        return None;
    }
    if cells.len() == 0 {
        diagnostics.push(steps.error("there is no size after `steps`").with_help("write steps,512x512,512x768"));
        return None;
    }
    Some(cells.map(|cell| ok_or_report(size(cell), diagnostics)).collect())
}

/// Returns whether the first column has sizes and the header has step counts.
fn is_transposed(sheet: &Sheet) -> bool {
    let is_size = |text: &str| {
        let sides = text.split_once('x').map(|(width, height)| [width, height].map(number::positive));
        sides.is_some_and(|sides| sides.iter().all(Result::is_ok))
    };
    let mut counts = sheet.header.cells.iter().skip(1).map(|cell| number::positive(&cell.text));
    let mut sizes = cell_ref::rows(sheet).map(|[cell]| is_size(cell.text()));
    sheet.header.cells.len() > 1 && !sheet.rows.is_empty() && counts.all(|count| count.is_ok()) && sizes.all(|is| is)
}

/// Parses the step count of a row. A row without one may be a total or a note.
fn steps(cell: CellRef<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<u32> {
    let count = number::positive(cell.text()).map_err(|error| {
        let help = match error.help {
            Help::Advice(advice) => Help::Advice(format!("{advice}, or delete the row")),
            help => help,
        };
        cell.number_error("step count", NumberError { help, ..error })
    });
    ok_or_report(count, diagnostics)
}

/// Reports duplicate sizes, and removes them from the table.
fn check_duplicate_sizes(table: &mut ParsedTable<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut sizes = Duplicates::default();
    for column in 0..table.sizes.len() {
        let (Some(size), Some(cell)) = (table.sizes[column], table.size_cell(column)) else { continue };
        if let Some(first) = sizes.first(&size.to_string(), cell) {
            let diagnostic = cell.error(format!("the size {size} is a duplicate")).with_secondary(first.span());
            diagnostics.push(diagnostic.with_help(delete_duplicate("column")));
            table.sizes[column] = None;
        }
    }
}

fn size(cell: CellRef<'_>) -> Result<Size, Diagnostic> {
    let text = cell.text();
    if text.is_empty() {
        let message = "the column has no size";
        return Err(cell.error(message).with_help("write its size, such as 512x768, or delete the column"));
    }
    let sides = |text: &str| {
        let (width, height) = text.split_once('x')?;
        Some((number::positive(width), number::positive(height)))
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let has_form = text.split_once('x').is_some_and(|(width, height)| {
        [width, height].iter().all(|side| !side.is_empty() && side.chars().all(is_digit))
    });
    let quoted = escape(text);
    let message = match sides(text) {
        Some((Ok(width), Ok(height))) => return Ok(Size { width, height }),
        Some((Err(error), _) | (_, Err(error))) if has_form => {
            format!("a side of the size `{quoted}` {}", error.message)
        }
        _ => format!("`{quoted}` is not a size"),
    };
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.to_lowercase().replace(['*', '×', '/', ':'], "x");
    let plain: Vec<&str> = plain.split('x').map(|side| side.trim_start_matches('0')).collect();
    let help = match sides(&plain.join("x")) {
        Some((Ok(width), Ok(height))) => format!("write {}", Size { width, height }),
        _ => "a size is its width, x, and its height, in pixels, such as 512x768".to_owned(),
    };
    Err(cell.error(message).with_help(help))
}

/// Returns what to do about a duplicate. Deleting one that replaced another line by mistake would lose that line.
fn delete_duplicate(line: &str) -> String {
    format!("if it was pasted over another {line}, restore that {line}; otherwise delete one of the two")
}

/// Reports step counts that are duplicates or out of order, and removes them from the table.
fn check_steps(table: &mut ParsedTable<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let cells: Vec<CellRef<'_>> = cell_ref::rows(table.sheet).map(|[cell]| cell).collect();
    let counts = &mut table.steps;
    // Keeps as many rows as possible, so that one wrong count is reported at its own row, and not at those that follow.
    let in_order = longest_ascent(counts);
    for (row, &cell) in cells.iter().enumerate() {
        let Err(next) = in_order.binary_search(&row) else { continue };
        let Some(count) = counts[row].take() else { continue };
        let (other, diagnostic) = match in_order.binary_search_by_key(&Some(count), |&other| counts[other]) {
            Ok(at) => {
                let diagnostic = cell.error(format!("the step count {count} is a duplicate"));
                (in_order.get(at), diagnostic.with_help(delete_duplicate("row")))
            }
            Err(at) => {
                let diagnostic = cell.error(format!("the step count {count} is out of order"));
                // It belongs above a row that is above it, or below the next row.
                let (before, after) = in_order.split_at(next);
                let conflict = before.get(at..).and_then(<[_]>::last).or(after.first());
                (conflict, diagnostic.with_help("correct it, or sort the rows by step count in ascending order"))
            }
        };
        diagnostics.push(other.into_iter().fold(diagnostic, |it, &other| it.with_secondary(cells[other].span())));
    }
}

/// Returns the rows of the longest ascending sequence of step counts, by patience sorting.
fn longest_ascent(counts: &[Option<u32>]) -> Vec<usize> {
    // `ends` has, for each length, the row at which a sequence of that length ends with the smallest count. `before`
    // has, for each row, the row before it in its sequence.
    let (mut ends, mut before): (Vec<usize>, _) = (Vec::new(), vec![None; counts.len()]);
    for (row, count) in counts.iter().enumerate().filter(|(_, count)| count.is_some()) {
        let length = ends.partition_point(|&end| counts[end] < *count);
        before[row] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            None => ends.push(row),
            // Of equal counts the first is kept, so that the second is the duplicate.
            Some(end) if counts[*end] == *count => {}
            Some(end) => *end = row,
        }
    }
    let mut rows: Vec<usize> = std::iter::successors(ends.last().copied(), |&row| before[row]).collect();
    rows.reverse();
    rows
}

fn price(cell: CellRef<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Decimal> {
    let price = cell.amount("price", CREDITS, diagnostics)?;
    if price.is_zero() {
        let help = "a price must be more than 0; delete a row or a column that is not for sale";
        diagnostics.push(cell.error("the price is zero").with_help(help));
        return None;
    }
    Some(price)
}
