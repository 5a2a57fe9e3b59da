//! An independent parser of the tables, which shares no code with the generator.

use std::collections::BTreeMap;

/// The cells of a table by width, height and steps, in billionths of a credit.
pub type CellPrices = BTreeMap<(u32, u32, u32), u128>;

/// Returns the rows of a file. In a quoted cell, a comma is text, and two quotes are one quote. In any other cell, a
/// quote is text.
#[must_use]
pub fn rows_of(text: &str) -> Vec<Vec<String>> {
    let lines = text.trim_start_matches('\u{feff}').split(['\r', '\n']).filter(|line| !line.trim().is_empty());
    lines.map(row).collect()
}

fn row(line: &str) -> Vec<String> {
    let (mut cells, mut is_open, mut was_open, mut last) = (vec![String::new()], false, false, ',');
    for c in line.chars() {
        let cell = cells.last_mut().unwrap();
        match c {
            '"' if is_open => is_open = false,
            '"' if was_open && last == '"' => {
                cell.push('"');
                is_open = true;
            }
            '"' if cell.trim().is_empty() => (is_open, was_open) = (true, true),
            ',' if !is_open => {
                cells.push(String::new());
                was_open = false;
            }
            _ => cell.push(c),
        }
        last = c;
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Returns a number in billionths, from its digits.
///
/// # Panics
///
/// Panics if the text is not a number.
#[must_use]
pub fn billionths(text: &str) -> u128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{:0<9}", fraction.trim_end_matches('0')).parse().unwrap()
}

/// Returns the cells of a price table.
///
/// # Panics
///
/// Panics if the rows are not those of a price table.
#[must_use]
pub fn cells_of(rows: &[Vec<String>]) -> CellPrices {
    let (header, rows) = rows.split_first().unwrap();
    let mut cells = CellPrices::new();
    for row in rows {
        assert_eq!(row.len(), header.len());
        for (size, price) in header.iter().zip(row).skip(1) {
            let (width, height) = size.split_once('x').unwrap();
            let cell = (width.parse().unwrap(), height.parse().unwrap(), row[0].parse().unwrap());
            assert_eq!(cells.insert(cell, billionths(price)), None);
        }
    }
    cells
}

#[test]
fn a_row_is_read_with_its_quotes() {
    assert_eq!(row("a\"b,\"c\"\"\""), ["a\"b", "c\""]);
    assert_eq!(row(r#"a, b ,"c, d","e & ""f""","""g""",,"""#), ["a", "b", "c, d", "e & \"f\"", "\"g\"", "", ""]);
}
