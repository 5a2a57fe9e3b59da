//! The cells of a price table in a grid: a row for each step count, a column for each size.

use std::collections::BTreeSet;

use dreamstudio_pricing::book::TableLists;
use dreamstudio_pricing::{Credits, Settings};

use crate::amounts::Places;
use crate::book::BookCell;
use crate::text_table::{Alignment, StyledText, TextTable, shade};

/// Returns a grid of cells with their texts, shaded by price.
///
/// The cells are all or some rows and columns of the table, row by row. The shades are those of the whole table, so
/// that a price has the same shade in each grid.
pub(crate) fn grid(table: &TableLists, cells: &[(BookCell, String)]) -> TextTable {
    let prices: Vec<Credits> = table.prices.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let rows: Vec<&[(BookCell, String)]> = cells.chunk_by(|(a, _), (b, _)| a.steps == b.steps).collect();
    let first_row = rows.first().copied().unwrap_or_default();
    let sizes = first_row.iter().map(|(cell, _)| format!("{}x{}", cell.width, cell.height));
    let headers = ["steps".to_owned()].into_iter().chain(sizes);
    let mut grid = TextTable::new(headers.map(|header| (header, Alignment::Right)));
    for row in rows {
        let steps = row.first().map(|(cell, _)| StyledText::from(cell.steps.to_string()));
        let cells = row.iter().map(|(cell, text)| {
            let rank = prices.partition_point(|price| *price < cell.price);
            StyledText::styled(text, shade(rank, prices.len()))
        });
        grid.push(steps.into_iter().chain(cells));
    }
    grid
}

/// What follows the credits of an exception.
pub(crate) const EXCEPTION_MARK: &str = "*";

/// What the mark means.
pub(crate) const LEGEND: &str = "A price with * is out of line with the others: estimates do not follow from it.";

/// Returns what follows the credits of a cell of a table with these exceptions.
pub(crate) fn mark(cell: &BookCell, exceptions: &[Settings]) -> &'static str {
    if exceptions.contains(&cell.settings()) { EXCEPTION_MARK } else { "" }
}

/// Returns the price of a cell in both currencies: `0.50 ($0.0050)`, or with a mark after the credits: `0.50* ($0.0050)`.
pub(crate) fn credits_and_dollars(places: Places, cell: &BookCell, exceptions: &[Settings]) -> String {
    format!("{}{} ({})", places.credits(cell.price), mark(cell, exceptions), places.usd(cell.usd))
}

/// Returns the line below a grid of a table with these exceptions: none if it has no exception.
pub(crate) fn legend(exceptions: &[Settings]) -> String {
    if exceptions.is_empty() { String::new() } else { format!("\n{LEGEND}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Book;

    /// Returns each built-in table with its cells.
    fn tables() -> impl Iterator<Item = (&'static TableLists, Vec<BookCell>)> {
        let book = Book::built_in();
        book.tables.iter().map(|table| (&table.lists, book.cells(table)))
    }

    fn grid(table: &TableLists, cells: impl IntoIterator<Item = BookCell>) -> String {
        super::grid(table, &cells.into_iter().map(|cell| (cell, cell.price.to_string())).collect::<Vec<_>>()).text()
    }

    /// Returns the colour code of each shaded cell.
    fn shades(text: &str) -> Vec<&str> {
        text.split("\u{1b}[0m").filter_map(|part| Some(part.split_once('\u{1b}')?.1.rsplit_once('m')?.0)).collect()
    }

    #[test]
    fn there_is_a_line_for_each_step_count_below_the_sizes() {
        for (table, cells) in tables() {
            let text = grid(table, cells);
            assert_eq!(text.lines().count(), 1 + table.steps.len(), "{text}");
            let header = text.lines().next().unwrap();
            assert_eq!(header.split_whitespace().count(), 1 + table.sizes.len(), "{text}");
        }
    }

    #[test]
    fn every_cell_has_a_shade() {
        for (table, cells) in tables() {
            assert_eq!(shades(&grid(table, cells)).len(), table.prices.len());
        }
    }

    #[test]
    fn a_shade_says_how_many_prices_of_the_table_are_lower() {
        for (table, cells) in tables() {
            let prices: BTreeSet<Credits> = table.prices.iter().copied().collect();
            for cell in cells {
                let style = shade(prices.range(..cell.price).count(), prices.len()).to_string();
                let text = grid(table, [cell]);
                assert!(text.contains(&style), "{cell:?}");
            }
        }
    }

    #[test]
    fn a_price_has_the_same_shade_in_each_grid_of_its_table() {
        for (table, cells) in tables() {
            let text = grid(table, cells.iter().copied());
            let &last = table.steps.last().unwrap();
            let row = grid(table, cells.into_iter().filter(|cell| cell.steps == last));
            assert!(shades(&text).ends_with(&shades(&row)), "{text}{row}");
        }
    }
}
