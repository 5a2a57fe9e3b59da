//! A price table of a page: cells of credits, with dollars beside them or without.
//!
//! The table is checked as a CSV file with the same prices, so that it must follow the rules of the tables. Formulas
//! are left out, because a formula follows the prices of a page, and not the other way round.

use std::collections::BTreeSet;
use std::ops::Range;

use dreamstudio_pricing_codegen::{
    Billing, CREDITS, Diagnostic, Document, Exception, Folder, Name, ReadableTable, Span, Table, USD, dollars,
    escape_hidden, parse_amount,
};

use crate::csv;
use crate::plural::count;
use crate::price_grid::EXCEPTION_MARK;

/// A price table as a page has it, unchecked.
pub(super) struct PublishedTable {
    /// The rows, the header first. Each row is one line of the page, and has at least one cell.
    pub(super) rows: Vec<Vec<PublishedCell>>,
}

/// A cell of a page, and where it is.
#[derive(Clone)]
pub(super) struct PublishedCell {
    /// What the CSV file has: a price, a step count, a size or `steps`.
    pub(super) text: String,
    /// The bytes of the page that the text comes from.
    pub(super) range: Range<usize>,
    /// The dollars beside a price, without their sign, and where they are.
    pub(super) usd: Option<(String, Range<usize>)>,
}

impl PublishedTable {
    /// Removes the marks of prices that are exceptions in the folder, as `dreamprice page` writes them. On any other price, such a
    /// mark may mean something else, and is a mistake.
    pub(super) fn remove_marks(&mut self, accepted: &Table) {
        let Some((header, rows)) = self.rows.split_first_mut() else { return };
        for row in rows {
            let Some((steps, prices)) = row.split_first_mut() else { continue };
            for (size, price) in header.iter().skip(1).zip(prices) {
                let is_exception =
                    |it: &Exception| it.size.to_string() == size.text && it.steps.to_string() == steps.text;
                let unmarked = price.text.strip_suffix(EXCEPTION_MARK);
                if let Some(unmarked) = unmarked.filter(|_| accepted.exceptions.iter().any(is_exception)) {
                    price.text.truncate(unmarked.len());
                    price.range.end -= EXCEPTION_MARK.len();
                }
            }
        }
    }

    /// Returns the text of the CSV file that has the same prices, written as they are here.
    pub(super) fn csv(&self) -> String {
        csv_of(self.rows.iter())
    }

    /// Checks the table as if it were a file of `folder`, and its dollars by the price of a credit. Returns what can be read of
    /// it, and adds its mistakes to `diagnostics`.
    ///
    /// `accepted` is the table as it was before. Where credits and dollars differ, it shows which of the two has
    /// changed.
    pub(super) fn check(
        &self,
        page: &Document,
        name: &Name,
        folder: &Folder,
        billing: &Billing,
        accepted: Option<&Table>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<ReadableTable> {
        let mut rows = self.rows.clone();
        let header = rows.first()?;
        if rows.len() == 1 {
            let label = header.first().map_or(0..0, |label| label.range.clone());
            diagnostics.push(page.error(label, "the table has no rows"));
            return None;
        }
        let columns = header.len();
        let mut reported = check_lengths(&mut rows, columns, page, diagnostics);
        reported.extend(check_dollars(&rows, page, billing, accepted, diagnostics));
        for &(row, column) in reported.iter().filter(|(_, column)| *column > 0) {
            // One report of a wrong price is enough.
            rows[row][column].text.clear();
        }
        let folder = folder.clone().with(&format!("{}.csv", name.text), csv_of(rows.iter()));
        let readable = folder.readable_table(name);
        for mistake in folder.table(name).err().unwrap_or_default() {
            let position = mistake.line().zip(mistake.column());
            let cell = position.and_then(|position| cell_at(&rows, position));
            if cell.is_none_or(|cell| !reported.contains(&cell)) {
                let span = |span: &Span| {
                    let (row, column) = cell_at(&rows, (span.line(), span.column()))?;
                    Some(page.span(rows[row][column].range.clone()))
                };
                let help = cell.and_then(|cell| help_about_form(cell, readable.as_ref()));
                let mistake = mistake.moved(page.path(), span);
                diagnostics.push(help.into_iter().fold(mistake, Diagnostic::with_help));
            }
        }
        readable
    }
}

/// Returns how a page writes a cell that cannot be read, because the help of the check is about CSV files.
fn help_about_form((row, column): (usize, usize), readable: Option<&ReadableTable>) -> Option<&'static str> {
    let Some(ReadableTable { sizes, steps, prices, .. }) = readable else {
        return Some("a table of a page begins with the word Steps and then sizes, such as | Steps | 512 x 512 |");
    };
    match (row.checked_sub(1), column.checked_sub(1)) {
        (None, None) => None,
        (None, Some(column)) => {
            let help = "a size is its width, x, and its height, in pixels, such as 512 x 768";
            sizes.get(column)?.is_none().then_some(help)
        }
        (Some(row), None) => steps.get(row)?.is_none().then_some("a step count is a whole number, such as 30"),
        (Some(row), Some(column)) => {
            let help = "a cell has credits, or credits and dollars, such as 0.25 or 0.25 ($0.0025)";
            prices.get(row)?.get(column)?.is_none().then_some(help)
        }
    }
}

/// Returns the rows as a CSV file. A line break in a cell, which HTML shows as a space, becomes one.
fn csv_of<'a>(rows: impl Iterator<Item = &'a Vec<PublishedCell>>) -> String {
    rows.map(|row| csv::row(row.iter().map(csv_text))).collect()
}

fn csv_text(cell: &PublishedCell) -> String {
    cell.text.replace(['\n', '\r'], " ")
}

/// Returns the row and the column of the cell that has this line and column, from 1, in the CSV file.
fn cell_at(rows: &[Vec<PublishedCell>], (line, column): (usize, usize)) -> Option<(usize, usize)> {
    let row = line.checked_sub(1)?;
    let mut end = 0;
    let ends = rows.get(row)?.iter().map(|cell| {
        end += csv::cell(&csv_text(cell)).chars().count() + 1;
        end
    });
    // The position after the last cell belongs to it.
    let last = rows.get(row)?.len().checked_sub(1)?;
    Some((row, ends.take_while(|end| *end < column).count().min(last)))
}

/// Reports rows with fewer or more cells than the header, and returns the rows and columns of their cells. Empties their prices,
/// because it is not known which column each belongs to.
fn check_lengths(
    rows: &mut [Vec<PublishedCell>],
    columns: usize,
    page: &Document,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeSet<(usize, usize)> {
    let mut reported = BTreeSet::new();
    for (at, row) in rows.iter_mut().enumerate().skip(1) {
        let Some(mistake) = length_mistake(page, row, columns) else { continue };
        diagnostics.push(mistake);
        let end = row.last().map_or(0, |cell| cell.range.end);
        row.truncate(1);
        row.resize(columns, PublishedCell { text: String::new(), range: end..end, usd: None });
        reported.extend((0..columns).map(|column| (at, column)));
    }
    reported
}

/// Reports a row with fewer or more cells than the header.
fn length_mistake(page: &Document, row: &[PublishedCell], wants: usize) -> Option<Diagnostic> {
    let help = "a row has one cell for each column";
    if let Some(extra) = row.get(wants) {
        let message = format!("the row has more cells than the header, which has {wants}");
        return Some(page.error(extra.range.clone(), message).with_help(help));
    }
    let end = row.last().filter(|_| row.len() < wants)?.range.end;
    let message = format!("the row has {} where the header has {wants}", count(row.len(), "cell", "cells"));
    Some(page.error(end..end, message).with_help(help))
}

/// Reports dollars that differ from the credits, and returns the rows and columns of these cells.
fn check_dollars(
    rows: &[Vec<PublishedCell>],
    page: &Document,
    billing: &Billing,
    accepted: Option<&Table>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeSet<(usize, usize)> {
    let mut reported = BTreeSet::new();
    let cells = (0..).zip(rows).skip(1).flat_map(|(row, cells)| (0..).zip(cells).skip(1).map(move |it| (row, it)));
    for (row, (column, cell)) in cells {
        let Some((text, range)) = &cell.usd else { continue };
        let usd = match parse_amount(text, USD) {
            Ok(usd) => usd,
            Err((message, help)) => {
                let message = format!("the amount of dollars `{}` {message}", escape_hidden(text));
                let error = page.error(range.clone(), message);
                diagnostics.push(help.into_iter().fold(error, Diagnostic::with_help));
                continue;
            }
        };
        // The other rules report credits that are not a price.
        let credits = parse_amount(&cell.text, CREDITS).ok();
        let Some(credits) = credits.filter(|credits| !credits.is_zero() && billing.usd(*credits) != usd) else {
            continue;
        };
        let was = accepted.and_then(|table| {
            let column = table.sizes.iter().position(|size| size.to_string() == rows[0][column].text)?;
            let row = table.rows.iter().find(|other| other.steps.to_string() == rows[row][0].text)?;
            row.prices.get(column).copied()
        });
        let (changed, other) = match was {
            Some(was) if billing.usd(was) == usd => (&cell.range, range),
            _ => (range, &cell.range),
        };
        let cost = if credits.to_string() == "1" { "credit costs" } else { "credits cost" };
        let message = format!("{credits} {cost} {}, and not {}", dollars(&billing.usd(credits)), dollars(&usd));
        let help = "check both amounts: one of them is wrong, or billing.csv has another price of a credit";
        let other = page.span(other.clone());
        diagnostics.push(page.error(changed.clone(), message).with_secondary(other).with_help(help));
        reported.insert((row, column));
    }
    reported
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the mistakes of a page with one row on each line, and a vertical bar after each cell but the last. A
    /// cell may have dollars after a space.
    const LIMITS: &str =
        "table,side_multiple,min_pixels,max_pixels,max_long_side,max_short_side,min_steps,max_steps,max_images
xl,64,,,,,,150,
other,wrong,,,,,,,
";

    fn mistakes(text: &str) -> Vec<String> {
        let page = Document::new("page", text.as_bytes(), "Markdown").unwrap();
        let (mut rows, mut start) = (Vec::new(), 0);
        for line in text.lines() {
            let mut row = Vec::new();
            for cell in line.split('|') {
                let (price, usd) = cell.split_once(' ').map_or((cell, None), |(price, usd)| (price, Some(usd)));
                let (middle, end) = (start + price.len(), start + cell.len());
                let usd = usd.map(|usd| (usd.to_owned(), middle + 1..end));
                row.push(PublishedCell { text: price.to_owned(), range: start..middle, usd });
                start = end + 1;
            }
            rows.push(row);
        }
        let folder = Folder::from_files(
            "tables",
            [
                ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n"),
                ("xl.csv", "steps,512x512,768x512\n15,0.2,0.4\n30,0.5,0.8\n"),
                ("limits.csv", LIMITS),
            ],
        );
        let (name, billing) = (Name::of_table("xl").unwrap(), folder.billing().unwrap());
        let accepted = folder.table(&name).unwrap();
        let mut mistakes = Vec::new();
        (PublishedTable { rows }).check(&page, &name, &folder, &billing, Some(&accepted), &mut mistakes);
        mistakes.iter().map(|mistake| mistake.to_string().lines().next().unwrap().to_owned()).collect()
    }

    #[test]
    fn dollars_that_are_the_credits_at_their_price_are_right() {
        assert_eq!(mistakes("steps|512x512|768x512\n15|0.2 0.002|0.4 0.0040\n30|0.5|0.80 0.008"), [""; 0]);
    }

    #[test]
    fn credits_that_have_changed_without_their_dollars_are_reported() {
        assert_eq!(
            mistakes("steps|512x512|768x512\n15|0.3 0.002|0.4"),
            ["page:2:4: 0.3 credits cost $0.003, and not $0.002"]
        );
    }

    #[test]
    fn dollars_that_have_changed_without_their_credits_are_reported() {
        assert_eq!(
            mistakes("steps|512x512|768x512\n15|0.2 0.003|0.4"),
            ["page:2:8: 0.2 credits cost $0.002, and not $0.003"]
        );
        assert_eq!(mistakes("steps|512x512\n15|1 0.02"), ["page:2:6: 1 credit costs $0.01, and not $0.02"]);
    }

    #[test]
    fn a_price_that_its_dollars_contradict_is_reported_once() {
        // 14.2 also falls to the next row.
        assert_eq!(
            mistakes("steps|512x512\n15|14.2 0.002\n30|0.5 0.005"),
            ["page:2:4: 14.2 credits cost $0.142, and not $0.002"]
        );
    }

    #[test]
    fn a_row_with_more_or_fewer_cells_than_the_header_is_reported() {
        assert_eq!(
            mistakes("steps|512x512|768x512\n15|0.2\n30|0.5|0.8|1\n50"),
            [
                "page:2:7: the row has 2 cells where the header has 3",
                "page:3:12: the row has more cells than the header, which has 3",
                "page:4:3: the row has 1 cell where the header has 3",
            ]
        );
    }

    #[test]
    fn the_rules_of_price_tables_hold_on_a_page() {
        for (text, mistake) in [
            ("steps|512x512", "page:1:1: the table has no rows"),
            ("Size|512x512\n15|1", "page:1:1: the first column is `Size`, not `steps`"),
            ("steps|512x512|512x512\n15|1|1", "page:1:15: the size 512x512 is a duplicate"),
            ("steps|512x500\n15|1", "page:1:7: the height 500 is not a multiple of 64"),
            ("steps|512x512\n15|1\n151|2", "page:3:1: the step count is 151, and the API accepts at most 150"),
            ("steps|512x512\n15|1\n15|2", "page:3:1: the step count 15 is a duplicate"),
            ("steps|512x512\n15|n/a", "page:2:4: the price `n/a` is not a plain number"),
            ("steps|512x512\n15|1 ten", "page:2:6: the amount of dollars `ten` is not a plain number"),
            ("steps|512x512\n15|2\n30|1", "page:3:4: "),
        ] {
            let mistakes = mistakes(text);
            assert!(mistakes.len() == 1 && mistakes[0].starts_with(mistake), "{mistakes:?}");
        }
    }

    #[test]
    fn a_mistake_after_cells_in_quotes_is_reported_where_it_is() {
        assert_eq!(
            mistakes("steps|512x512|768x512\n15|1,\"5|0.4x"),
            ["page:2:4: the price `1,\"5` has a decimal comma", "page:2:9: the price `0.4x` is not a plain number",]
        );
    }

    #[test]
    fn an_empty_price_beside_wrong_dollars_is_reported_too() {
        let mistakes = mistakes("steps|512x512|768x512\n15|1 0.5|2 0.5\n30|3 0.5|4 0.5\n50|5 0.5|");
        assert_eq!(mistakes.len(), 6);
        assert_eq!(mistakes[5], "page:4:10: the price is empty");
    }

    #[test]
    fn a_line_break_in_a_cell_is_a_space() {
        let cell = |text: &str| PublishedCell { text: text.to_owned(), range: 0..0, usd: None };
        let table = PublishedTable { rows: vec![vec![cell("steps"), cell("512\r\nx512")]] };
        assert_eq!(table.csv(), "steps,512  x512\n");
    }
}
