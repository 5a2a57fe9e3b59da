//! The cells of the tables as lines: those of a folder, and those that `src/generated.rs` was generated from, which are in
//! its first comment.
//!
//! Both are normalised, because an editor or git may change them in saving: quotes, spaces around a cell, zeros at the end of
//! a figure, line ends and a byte-order mark are removed. The test `prices`, which writes the comment, includes this file
//! too. Each dependent compiles it: lists of lines, and few generic collections, keep that short.

use std::path::Path;
use std::{fs, io};

/// What a row is indented by, below the name of its file.
pub(crate) const INDENT: &str = "    ";

/// Returns the lines of each CSV file of a folder, sorted by name: `NAME.csv`, and below it the rows, indented.
///
/// Reads the files that the generator reads: hidden files and the lock files of an office program are none of them.
pub(crate) fn read(folder: &Path) -> io::Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.to_ascii_lowercase().ends_with(".csv") && !name.starts_with('.') && !name.starts_with("~$") {
            let mut at = 0;
            while at < names.len() && names[at] < name {
                at += 1;
            }
            names.insert(at, name);
        }
    }
    let mut lines = Vec::new();
    for name in names {
        let bytes = bytes(&folder.join(&name)).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        lines.push(name);
        push_rows(&String::from_utf8_lossy(&bytes), &mut lines);
    }
    Ok(lines)
}

/// Reads an ordinary file. To read a pipe or a device could block for ever.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_file() { fs::read(path) } else { Err(io::Error::other("this is not an ordinary file")) }
}

/// Returns the same lines from the first comment of the code, where the name of a file ends with a colon.
pub(crate) fn in_code(code: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in code.lines() {
        let Some(line) = line.strip_prefix("//") else { break };
        let line = line.strip_prefix(' ').unwrap_or(line);
        if line.starts_with(INDENT) && !lines.is_empty() {
            lines.push(line.to_owned());
        } else if let Some(name) = line.strip_suffix(':') {
            lines.push(name.to_owned());
        }
    }
    lines
}

/// Adds the rows of a file in canonical form, without those that are blank.
fn push_rows(text: &str, lines: &mut Vec<String>) {
    let text = text.trim_start_matches('\u{feff}').replace('\r', "\n");
    let mut header = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            continue;
        }
        let cells = cells(line);
        let mut row = String::new();
        for (column, cell) in cells.iter().enumerate() {
            row.push_str(if column == 0 { INDENT } else { "," });
            // `1.0` and `1.00` are equal as numbers, and different as text.
            let is_text = matches!(header.get(column).map(String::as_str), Some("engine" | "page" | "heading"));
            push_quoted(if is_text { cell } else { figure(cell) }, &mut row);
        }
        lines.push(row);
        if header.is_empty() {
            header = cells;
        }
    }
}

/// Splits a line at the commas outside of quotes, and leaves the quotes and the spaces around each cell out.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut rest = line.trim().chars();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.as_str().starts_with('"') => {
                rest.next();
                cell.push('"');
            }
            '"' if is_quoted || cell.trim().is_empty() => is_quoted = !is_quoted,
            ',' if !is_quoted => {
                cells.push(cell.trim().to_owned());
                cell.clear();
            }
            c => cell.push(c),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

/// Returns a figure without zeros at the end of its fraction, and any other cell as it is.
fn figure(cell: &str) -> &str {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match cell.split_once('.') {
        Some((whole, fraction)) if is_digits(whole) && is_digits(fraction) => {
            cell.trim_end_matches('0').trim_end_matches('.')
        }
        _ => cell,
    }
}

/// Adds a cell, in quotes if it needs them.
fn push_quoted(cell: &str, row: &mut String) {
    if cell.contains(',') || cell.contains('"') {
        row.push('"');
        row.push_str(&cell.replace('"', "\"\""));
        row.push('"');
    } else {
        row.push_str(cell);
    }
}
