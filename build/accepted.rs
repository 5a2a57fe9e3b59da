//! Tables cell by cell: those of a folder, and those that `src/generated.rs` was generated from, which are in its first
//! comment.
//!
//! Both are normalised, because an editor or git may change them in saving: quotes, spaces around a cell, zeros at the end of
//! a figure, line ends and a byte-order mark are removed. The test `prices`, which writes the comment, includes this file
//! too.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// The rows of each CSV file, by the file's name.
pub(crate) type Tables = BTreeMap<String, Vec<String>>;

/// Reads each CSV file of a folder, as the generator does: without hidden files and the lock files of an office program.
pub(crate) fn read(folder: &Path) -> io::Result<Tables> {
    let mut tables = Tables::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_csv = name.to_ascii_lowercase().ends_with(".csv");
        if is_csv && !name.starts_with('.') && !name.starts_with("~$") {
            let bytes = fs::read(entry.path()).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
            tables.insert(name, rows(&String::from_utf8_lossy(&bytes)));
        }
    }
    Ok(tables)
}

/// Returns the tables in the first comment of the code: `// NAME.csv:`, and the rows below it, indented.
pub(crate) fn in_code(code: &str) -> Tables {
    let mut tables = Tables::new();
    let mut file = String::new();
    for line in code.lines().map_while(|line| line.strip_prefix("//")) {
        if let Some(row) = line.strip_prefix("     ") {
            tables.entry(file.clone()).or_default().push(row.to_owned());
        } else if let Some(name) = line.trim().strip_suffix(':') {
            name.clone_into(&mut file);
        }
    }
    tables
}

/// Returns the rows of a file in canonical form, without those that are blank.
fn rows(text: &str) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let rows: Vec<Vec<String>> = text.lines().filter(|line| !line.trim().is_empty()).map(cells).collect();
    let header = rows.first().cloned().unwrap_or_default();
    // `1.0` and `1.00` are equal as numbers, and different as text.
    let is_text = |column: usize| matches!(header.get(column).map(String::as_str), Some("engine" | "page" | "heading"));
    let canonical = |(column, cell): (usize, String)| quoted(if is_text(column) { cell } else { figure(cell) });
    rows.into_iter().map(|row| row.into_iter().enumerate().map(canonical).collect::<Vec<_>>().join(",")).collect()
}

/// Splits a line at the commas outside of quotes, and leaves the quotes and the spaces around each cell out.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut characters = line.trim().chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if is_quoted || cell.trim().is_empty() => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Returns a figure without zeros at the end of its fraction, and any other cell as it is.
fn figure(cell: String) -> String {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match cell.split_once('.') {
        Some((whole, fraction)) if is_digits(whole) && is_digits(fraction) => {
            cell.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => cell,
    }
}

/// Returns a cell in quotes if it needs them.
fn quoted(cell: String) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
