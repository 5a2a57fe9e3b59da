//! One wrong price in the published tables, without their formulas, is reported once, with a price that it contradicts. The exception
//! that the report proposes makes the tables right.

use std::collections::{BTreeMap, BTreeSet};

use dreamstudio_pricing_codegen::{Diagnostic, Folder, check};
use support::TableFiles;

/// A table as text: the header first.
type TextRows = Vec<Vec<String>>;

/// A cell by row and column.
type CellIndex = (usize, usize);

/// The tables as published, without their formulas, by file name.
fn tables() -> BTreeMap<String, String> {
    let files = TableFiles::of("sdxl", include_str!("published/sdxl.csv"))
        .with("standard.csv", include_str!("published/standard.csv"))
        .engine("standard-v1", "standard");
    files.into_iter().collect()
}

/// The price tables among the files, by file name.
fn price_tables(tables: &BTreeMap<String, String>) -> BTreeMap<&str, TextRows> {
    let cells = tables.iter().map(|(name, text)| (&**name, cells(text)));
    cells.filter(|(_, cells)| cells[0][0] == "steps").collect()
}

fn cells(text: &str) -> TextRows {
    let cell = |cell: &str| cell.trim().trim_matches('"').trim().to_owned();
    text.trim_start_matches('\u{feff}').lines().map(|line| line.split(',').map(cell).collect()).collect()
}

/// The diagnostics of the tables after the file `name` has these cells.
fn diagnostics(tables: &BTreeMap<String, String>, name: &str, cells: &TextRows) -> Vec<Diagnostic> {
    let mut tables = tables.clone();
    tables.insert(name.to_owned(), cells.iter().map(|row| row.join(",") + "\n").collect());
    check(&Folder::from_files("tables", tables)).err().unwrap_or_default()
}

/// A price in ten-thousandths, without the code under test.
fn units(price: &str) -> u64 {
    let (whole, fraction) = price.split_once('.').unwrap_or((price, ""));
    format!("{whole}{fraction:0<4}").parse().unwrap()
}

/// The cells with prices.
fn positions(cells: &TextRows) -> Vec<CellIndex> {
    (1..cells.len()).flat_map(|row| (1..cells[row].len()).map(move |column| (row, column))).collect()
}

/// Each pair of prices that breaks a rule, by brute force.
fn conflicts(cells: &TextRows) -> Vec<[CellIndex; 2]> {
    let facts = positions(cells).into_iter().map(|(row, column)| {
        let (width, height) = cells[0][column].split_once('x').unwrap();
        let number = |text: &str| text.parse::<u64>().unwrap();
        ((row, column), number(&cells[row][0]), number(width), number(height), units(&cells[row][column]))
    });
    let facts: Vec<_> = facts.collect();
    let mut conflicts = Vec::new();
    for &(position, steps, width, height, price) in &facts {
        for &(other, other_steps, other_width, other_height, other_price) in &facts {
            // Of two sizes with the same number of pixels, each is not smaller than the other.
            let is_not_smaller = other_width * other_height >= width * height;
            if other_steps >= steps && is_not_smaller && other_price < price {
                conflicts.push([position, other]);
            }
        }
    }
    conflicts
}

/// What people mistype: a digit replaced, doubled, dropped, exchanged with the next; the point moved.
fn typos(price: &str) -> BTreeSet<String> {
    let mut typos = BTreeSet::new();
    let digits: Vec<char> = price.chars().filter(|c| *c != '.').collect();
    let point = price.find('.').unwrap_or(price.len());
    let mut add = |digits: &[char], point: usize| {
        let mut text: String = digits.iter().collect();
        if point < text.len() {
            text.insert(point, '.');
        }
        let whole = text.split('.').next().unwrap();
        if !whole.is_empty() && (whole == "0" || !whole.starts_with('0')) && units(&text) > 0 {
            typos.insert(text);
        }
    };
    for at in 0..digits.len() {
        let mut edited = digits.clone();
        for digit in '0'..='9' {
            edited[at] = digit;
            add(&edited, point);
        }
        let mut edited = digits.clone();
        edited.insert(at, digits[at]);
        add(&edited, point);
        let mut edited = digits.clone();
        edited.remove(at);
        add(&edited, point);
        if at + 1 < digits.len() {
            let mut edited = digits.clone();
            edited.swap(at, at + 1);
            add(&edited, point);
        }
    }
    for point in 1..=digits.len() {
        add(&digits, point);
    }
    typos.remove(price);
    typos
}

/// The cells that a report underlines.
fn underlined(report: &str, cells: &TextRows) -> BTreeSet<CellIndex> {
    let lines: Vec<&str> = report.lines().collect();
    let mut positions = BTreeSet::new();
    for pair in lines.windows(2) {
        let [Some((number, line)), Some((_, marks))] = [pair[0], pair[1]].map(|line| line.split_once(" | ")) else {
            continue;
        };
        let Ok(number) = number.trim().parse::<usize>() else { continue };
        let starts = line.char_indices().filter(|&(at, _)| at == 0 || line[..at].ends_with(','));
        let is_marked = |at: usize| marks.get(at..=at).is_some_and(|mark| mark != " ");
        let columns = starts.enumerate().filter(|&(_, (at, _))| is_marked(at)).map(|(column, _)| column);
        positions.extend(columns.map(|column| (number - 1, column)));
    }
    assert!(positions.iter().all(|&(row, column)| column < cells[row].len()), "{report}");
    positions
}

/// The row of `exceptions.csv` for a cell.
fn exception(name: &str, cells: &TextRows, (row, column): CellIndex) -> String {
    let (table, size, steps) = (name.strip_suffix(".csv").unwrap(), &cells[0][column], &cells[row][0]);
    format!("{table},{},{steps}", size.replace('x', ","))
}

/// The rows of `exceptions.csv` of which a report proposes one.
fn proposed_exceptions(diagnostic: &Diagnostic) -> Vec<String> {
    let help = diagnostic.help().unwrap();
    let (rule, way_out) = help.split_once("; if the vendor really prices ").unwrap_or_else(|| panic!("{help}"));
    assert!(rule.ends_with(": one of the two prices is wrong"), "{help}");
    let rows = way_out.split_once(" out of line, add ").unwrap().1.strip_suffix(" to exceptions.csv").unwrap();
    rows.split(" or ").map(str::to_owned).collect()
}

#[test]
fn one_wrong_price_is_reported_once_with_one_that_it_contradicts() {
    let (mut edits, mut reported) = (0, 0);
    let tables = tables();
    for (name, cells) in price_tables(&tables) {
        for (row, column) in positions(&cells) {
            let neighbours = [(row + 1, column), (row, column + 1)].into_iter();
            let copies = neighbours.filter_map(|(row, column)| cells.get(row)?.get(column).cloned());
            for price in typos(&cells[row][column]).into_iter().chain(copies) {
                let mut edited = cells.clone();
                edited[row][column] = price;
                edits += 1;
                let conflicts = conflicts(&edited);
                let diagnostics = diagnostics(&tables, name, &edited);
                let context = format!("{name}: {} for {}\n", edited[row][column], cells[row][column]);
                if conflicts.is_empty() {
                    assert!(diagnostics.is_empty(), "{context}{diagnostics:#?}");
                    continue;
                }
                let [diagnostic] = &diagnostics[..] else { panic!("{context}{diagnostics:#?}") };
                let named = underlined(&diagnostic.to_string(), &edited);
                assert!(named.contains(&(row, column)), "{context}{diagnostic}");
                let is_conflict = |conflict: &[CellIndex; 2]| BTreeSet::from(*conflict) == named;
                assert!(conflicts.iter().any(is_conflict), "{context}{diagnostic}");
                let exceptions = proposed_exceptions(diagnostic);
                let edited_cell = exception(name, &cells, (row, column));
                assert!(exceptions.contains(&edited_cell), "{context}{diagnostic}");
                for exception in exceptions {
                    let mut tables = tables.clone();
                    tables.insert("exceptions.csv".to_owned(), format!("table,width,height,steps\n{exception}\n"));
                    let diagnostics = self::diagnostics(&tables, name, &edited);
                    assert!(diagnostics.is_empty(), "{context}{exception}: {diagnostics:#?}");
                }
                reported += 1;
            }
        }
    }
    println!("of {edits} wrong prices {reported} are reported");
}

#[test]
fn the_same_wrong_price_in_both_orientations_is_reported_once() {
    let tables = tables();
    for (name, cells) in price_tables(&tables) {
        let transposed = |column: usize| {
            let (width, height) = cells[0][column].split_once('x')?;
            cells[0].iter().position(|size| *size == format!("{height}x{width}")).filter(|&other| other > column)
        };
        for (row, column) in positions(&cells) {
            let Some(other) = transposed(column) else { continue };
            for price in typos(&cells[row][column]) {
                let mut edited = cells.clone();
                edited[row][column].clone_from(&price);
                edited[row][other].clone_from(&price);
                let context = format!("{name}: {price} for {}\n", cells[row][column]);
                let diagnostics = diagnostics(&tables, name, &edited);
                assert!(diagnostics.len() == usize::from(!conflicts(&edited).is_empty()), "{context}{diagnostics:#?}");
            }
        }
    }
}

#[test]
fn exchanged_rows_and_columns_are_reported_in_a_few_diagnostics() {
    let tables = tables();
    for (name, cells) in price_tables(&tables) {
        let rows = (1..cells.len()).flat_map(|row| (row + 1..cells.len()).map(move |other| (row, other)));
        let exchanged_rows = rows.map(|(row, other)| {
            let mut edited = cells.clone();
            edited[row][1..].clone_from_slice(&cells[other][1..]);
            edited[other][1..].clone_from_slice(&cells[row][1..]);
            edited
        });
        let width = cells[0].len();
        let columns = (1..width).flat_map(|column| (column + 1..width).map(move |other| (column, other)));
        let exchanged_columns = columns.map(|(column, other)| {
            let mut edited = cells.clone();
            edited[0].swap(column, other);
            edited
        });
        for edited in exchanged_rows.chain(exchanged_columns) {
            let diagnostics = diagnostics(&tables, name, &edited);
            assert_eq!(diagnostics.is_empty(), conflicts(&edited).is_empty(), "{edited:?}");
            assert!(diagnostics.len() <= 6, "{diagnostics:#?}");
        }
    }
}
