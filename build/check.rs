//! Checks that `src/generated.rs` was generated from `tables/`.
//!
//! The cells are compared, and not a hash of them, so that the message can show what differs.

use std::fs;

use crate::accepted::{INDENT, in_code, read};

const CODE: &str = "src/generated.rs";
const FOLDER: &str = "tables";

/// Returns an error if the code was generated from other tables.
pub(crate) fn prepare() -> Result<(), String> {
    println!("cargo::rerun-if-changed={CODE}");
    let code = fs::read_to_string(CODE).map_err(|error| format!("{CODE}: {error}"))?;
    let tables = read(FOLDER.as_ref()).map_err(|error| format!("{FOLDER}: {error}"))?;
    let accepted = in_code(&code);
    if accepted == tables {
        return Ok(());
    }
    Err(format!(
        "{}\n  \
         = help: to accept the tables as they are, run `INSTA_UPDATE=always cargo test --test prices`\n  \
         = help: to build from the tables without accepting them, enable the feature `codegen`",
        difference(&accepted, &tables)
    ))
}

/// Describes the first difference between the accepted tables and those that are there.
fn difference(accepted: &[String], tables: &[String]) -> String {
    let mut at = 0;
    while accepted.get(at) == tables.get(at) {
        at += 1;
    }
    let (was, now) = (accepted.get(at), tables.get(at));
    let (was_row, now_row) = (was.filter(|line| is_row(line)), now.filter(|line| is_row(line)));
    if was_row.is_none() && now_row.is_none() {
        // The next file: only one of the two has it.
        return match now.filter(|file| !accepted.contains(file)) {
            Some(file) => format!("{FOLDER}/{file} is new, and {CODE} was generated without it"),
            None => {
                format!("{FOLDER}/{} does not exist, and {CODE} was generated from it", was.map_or("", |file| file))
            }
        };
    }
    let (old, new) = (file(accepted, at), file(tables, at));
    let mut text = format!("{FOLDER}/{} has changed since {CODE} was generated from it", new[0]);
    let was_alone = was_row.is_some_and(|row| !has_row(new, row));
    let now_alone = now_row.is_some_and(|row| !has_row(old, row));
    let lines = match (was_alone, now_alone) {
        (true, false) => [("removed", was_row), ("", None)],
        (false, true) => [("", None), ("added", now_row)],
        _ => [("was", was_row), ("now", now_row)],
    };
    for (word, row) in lines {
        if let Some(row) = row {
            text = format!("{text}\n  = {word}: {}", row.trim_start());
        }
    }
    text
}

fn is_row(line: &str) -> bool {
    line.starts_with(INDENT)
}

/// Returns the lines of the file that the line `at` belongs to or that ends there: its name and its rows.
fn file(lines: &[String], at: usize) -> &[String] {
    let (mut start, mut end) = (at - 1, at);
    while is_row(&lines[start]) {
        start -= 1;
    }
    while lines.get(end).is_some_and(|line| is_row(line)) {
        end += 1;
    }
    &lines[start..end]
}

/// Whether one of the rows starts with the same cell as `row`.
fn has_row(rows: &[String], row: &str) -> bool {
    rows.iter().any(|other| other.split(',').next() == row.split(',').next())
}
