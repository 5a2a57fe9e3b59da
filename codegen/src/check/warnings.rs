//! Warnings: probable mistakes that break no rule.

use std::cmp::Reverse;

use super::names;
use crate::diagnostic::{Diagnostic, summarise};
use crate::model::{Engine, Table};
use crate::read::folder::Folder;
use crate::schema::{ENGINES, LIMITS};

pub(super) fn check(folder: &Folder, tables: &[Table], engines: &[Engine]) -> Vec<Diagnostic> {
    let mut warnings: Vec<Diagnostic> = unread(folder).collect();
    // Of two tables with the same prices, the copy is the one that no engine uses, else the second.
    let rank = |index: usize| (is_used(&tables[index], engines), Reverse(index));
    for (index, table) in tables.iter().enumerate() {
        let original =
            (0..tables.len()).filter(|&other| has_prices_of(table, &tables[other])).max_by_key(|&it| rank(it));
        let original = original.filter(|&other| other != index).map(|other| &tables[other].name.text);
        let add = format!("add an engine to {}", ENGINES.file);
        let (message, help) = match (is_used(table, engines), original) {
            (true, None) => continue,
            (true, Some(original)) => (
                format!("same prices as {original}.csv"),
                "if one is a copy of the other, delete it; its engines can share a table".to_owned(),
            ),
            (false, None) => ("no engine uses this table".to_owned(), format!("{add}, or delete the file")),
            (false, Some(original)) => (
                format!("no engine uses this table, and it has the same prices as {original}.csv"),
                format!("if it is a copy, delete the file; else correct the prices and {add}"),
            ),
        };
        let path = folder.path(&format!("{}.csv", table.name.text));
        warnings.push(Diagnostic::of_file(path, message).with_help(help).into_warning());
    }
    if folder.has(LIMITS.file) {
        for table in tables.iter().filter(|table| table.limits.is_none()) {
            let message = format!("{} has no row for this table, so its sizes and steps are not checked", LIMITS.file);
            let path = folder.path(&format!("{}.csv", table.name.text));
            let help = "add a row with what the API accepts; empty cells are no limits";
            warnings.push(Diagnostic::of_file(path, message).with_help(help).into_warning());
        }
    } else {
        let message = "there is no such file, so the sizes and steps of the tables are not checked";
        let help = format!("create it with what the API accepts; its first line is {}", LIMITS.header());
        warnings.push(Diagnostic::of_file(folder.path(LIMITS.file), message).with_help(help).into_warning());
    }
    summarise(warnings)
}

/// Returns a warning about each file in a format that is not read.
pub(super) fn unread(folder: &Folder) -> impl Iterator<Item = Diagnostic> {
    folder.other_formats().iter().map(|file| {
        let diagnostic = names::unread(folder, file).into_warning();
        let help = diagnostic.help().map(|help| format!("{help} if it is a table, and move it out of the folder"));
        diagnostic.with_help_if_any(help)
    })
}

fn is_used(table: &Table, engines: &[Engine]) -> bool {
    engines.iter().any(|engine| engine.table == table.name)
}

fn has_prices_of(table: &Table, other: &Table) -> bool {
    (&other.sizes, &other.rows) == (&table.sizes, &table.rows)
}
