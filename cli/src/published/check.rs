//! A price table of a published page: cells of credits, with dollars beside them or without.
//!
//! The rules are those of a price table in CSV. Formulas are left out: they follow the page, and not the page them.

use std::ops::Range;

use super::formulas::Formulas;
use super::monotonic::Grid;
use super::price_table;
use crate::diagnostic::{Diagnostic, count};
use crate::document::Document;
use crate::escape::escape;
use crate::figure::{self, USD_DECIMALS};
use crate::ident::Name;
use crate::model::{Billing, Table};
use crate::sheet::{self, Row, Sheet};

/// A price table as a page has it, unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The rows, the header first. Each row is one line of the page, and has a cell at least.
    pub rows: Vec<Vec<PublishedCell>>,
}

/// A cell of a page, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedCell {
    /// The figure, or what the header of a CSV file would have.
    pub text: String,
    /// The bytes of the page that the text is made of.
    pub range: Range<usize>,
    /// The dollars beside the figure, without their sign, and where they are.
    pub usd: Option<(String, Range<usize>)>,
}

impl Published {
    /// The text of the CSV file that has the same figures, written as they are here.
    #[must_use]
    pub fn csv(&self) -> String {
        sheet::write(self.rows.iter().map(|row| row.iter().map(|cell| &*cell.text).collect()))
    }

    /// Checks a table of the page by the rules of price tables, and its dollars by the price of a credit.
    ///
    /// `accepted` is the table as it was before. Where credits and dollars differ, it tells which of the two has changed.
    ///
    /// # Errors
    ///
    /// Returns every mistake of the table, unsorted.
    pub fn check(
        &self,
        page: &Document,
        name: &Name,
        billing: &Billing,
        accepted: Option<&Table>,
    ) -> Result<Table, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        match self.table(page, name, billing, accepted, &mut diagnostics) {
            Some(table) if diagnostics.is_empty() => Ok(table),
            _ => Err(diagnostics),
        }
    }

    fn table(
        &self,
        page: &Document,
        name: &Name,
        billing: &Billing,
        accepted: Option<&Table>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Table> {
        let [header, rows @ ..] = &self.rows[..] else { return None };
        let title = header.first()?.range.clone();
        if rows.is_empty() {
            diagnostics.push(page.error(title, "the table has no rows"));
            return None;
        }
        let fits = |row: &&Vec<PublishedCell>| {
            let mistake = length_mistake(page, row, header.len());
            let fits = mistake.is_none();
            diagnostics.extend(mistake);
            fits
        };
        let fitting: Vec<&Vec<PublishedCell>> = rows.iter().filter(fits).collect();
        let row = |cells: &Vec<PublishedCell>| {
            Row::of_line(page, cells.iter().map(|cell| (cell.text.clone(), cell.range.clone())))
        };
        let sheet = Sheet {
            path: page.path().to_owned(),
            header: row(header),
            is_header_alone: false,
            is_whole: fitting.len() == rows.len(),
            rows: fitting.iter().map(|cells| row(cells)).collect(),
        };
        let mut grid = price_table::grid(&sheet, billing.max_credits_units(), diagnostics)?;
        check_dollars(&mut grid, &fitting, page, billing, accepted, diagnostics);
        price_table::table(grid, name, &Formulas::new(), &mut Vec::new(), diagnostics)
    }
}

/// Reports a row with fewer or more cells than the header.
fn length_mistake(page: &Document, row: &[PublishedCell], wants: usize) -> Option<Diagnostic> {
    let help = "a row has one cell for each column";
    if let Some(extra) = row.get(wants) {
        let message = format!("the row has more cells than the header, which has {wants}");
        return Some(page.error(extra.range.clone(), message).with_help(help));
    }
    let end = row.last().filter(|_| row.len() < wants)?.range.end;
    let message = format!("the row has {} where the header has {wants}", count(row.len() as u64, "cell"));
    Some(page.error(end..end, message).with_help(help))
}

/// Reports dollars that differ from the credits, and removes these prices from the grid: no other rule needs to tell that
/// they are wrong.
fn check_dollars(
    grid: &mut Grid<'_>,
    rows: &[&Vec<PublishedCell>],
    page: &Document,
    billing: &Billing,
    accepted: Option<&Table>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for ((cells, prices), steps) in rows.iter().zip(&mut grid.prices).zip(&grid.counts) {
        for ((cell, price), size) in cells.iter().skip(1).zip(prices).zip(&grid.columns) {
            let Some((text, range)) = &cell.usd else { continue };
            let usd = match figure::amount(text, USD_DECIMALS, u64::MAX) {
                Ok(usd) => usd,
                Err(error) => {
                    let message = format!("the amount of dollars `{}` {}", escape(text), error.message);
                    diagnostics.push(page.error(range.clone(), message).with_help_if_any(error.help.text()));
                    continue;
                }
            };
            let Some(credits) = price.filter(|credits| billing.usd(*credits) != usd) else { continue };
            let was = accepted.zip(*size).zip(*steps).and_then(|((table, size), steps)| table.price(size, steps));
            let (changed, other) = match was {
                Some(was) if billing.usd(was) == usd => (&cell.range, range),
                _ => (range, &cell.range),
            };
            let cost = if credits.to_string() == "1" { "credit costs" } else { "credits cost" };
            let message = format!("{credits} {cost} ${}, and not ${usd}", billing.usd(credits));
            let help = "check both figures: one of them is wrong, or billing.csv has another price of a credit";
            let other = page.span(other.clone());
            diagnostics.push(page.error(changed.clone(), message).with_secondary(other).with_help(help));
            *price = None;
        }
    }
}
