//! Checks that `src/generated.rs` was generated from `tables/`.
//!
//! The cells are compared, and not a hash of them, so that the message can show what differs.

use std::fs;

use crate::accepted::{Tables, in_code, read};

const CODE: &str = "src/generated.rs";
const FOLDER: &str = "tables";

/// Returns an error if the code was generated from other tables.
pub(crate) fn prepare() -> Result<(), String> {
    println!("cargo::rerun-if-changed={CODE}");
    let code = fs::read_to_string(CODE).map_err(|error| format!("{CODE}: {error}"))?;
    let tables = read(FOLDER.as_ref()).map_err(|error| format!("{FOLDER}: {error}"))?;
    let Some(difference) = difference(&in_code(&code), &tables) else { return Ok(()) };
    Err(format!(
        "{difference}\n  \
         = help: to accept the tables as they are, run `INSTA_UPDATE=always cargo test --test prices`\n  \
         = help: to build from the tables without accepting them, enable the feature `codegen`"
    ))
}

/// Describes the first difference between the accepted tables and those that are there.
fn difference(accepted: &Tables, tables: &Tables) -> Option<String> {
    let mut names: Vec<&String> = accepted.keys().chain(tables.keys()).collect();
    names.sort_unstable();
    names.into_iter().find_map(|name| {
        let path = format!("{FOLDER}/{name}");
        let (old, new) = match (accepted.get(name), tables.get(name)) {
            (Some(_), None) => return Some(format!("{path} does not exist, and {CODE} was generated from it")),
            (None, Some(_)) => return Some(format!("{path} is new, and {CODE} was generated without it")),
            (old, new) => (old?, new?),
        };
        let at = (0..old.len().max(new.len())).find(|&at| old.get(at) != new.get(at))?;
        let (was, now) = (old.get(at), new.get(at));
        let is_alone = |row: Option<&String>, rows: &[String]| row.is_some_and(|row| !has_row(rows, row));
        let lines = match (is_alone(was, new), is_alone(now, old)) {
            (true, false) => vec![("removed", was)],
            (false, true) => vec![("added", now)],
            _ => vec![("was", was), ("now", now)],
        };
        let lines = lines.iter().filter_map(|(word, row)| Some(format!("\n  = {word}: {}", row.as_ref()?)));
        Some(format!("{path} has changed since {CODE} was generated from it{}", lines.collect::<String>()))
    })
}

/// Whether one of the rows starts with the same cell as `row`.
fn has_row(rows: &[String], row: &str) -> bool {
    rows.iter().any(|other| other.split(',').next() == row.split(',').next())
}
