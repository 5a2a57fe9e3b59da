//! Warnings: probable mistakes that break no rule.

use crate::diagnostic::{Diagnostic, summarise};
use crate::files::ENGINES;
use crate::folder::Folder;
use crate::model::{Engine, Table};

pub(super) fn check(folder: &Folder, tables: &[Table], engines: &[Engine]) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for file in folder.other_formats() {
        let help = "save the table as CSV, and move this file out of the folder";
        warnings.push(Diagnostic::of_file(folder.path(file), "the file is not read").with_help(help));
    }
    for (index, table) in tables.iter().enumerate() {
        let name = &table.name.text;
        let warning = |message| Diagnostic::of_file(folder.path(&format!("{name}.csv")), message);
        if !engines.iter().any(|engine| engine.table == table.name) {
            let help = format!("add an engine to {}, or delete the file", ENGINES.file);
            warnings.push(warning("no engine uses this table".to_owned()).with_help(help));
        }
        let same = |other: &&Table| (&other.sizes, &other.rows) == (&table.sizes, &table.rows);
        if let Some(other) = tables[..index].iter().find(same) {
            let message = format!("same prices as {}.csv", other.name.text);
            let help = "if one is a copy of the other, delete it; its engines can share a table";
            warnings.push(warning(message).with_help(help));
        }
    }
    summarise(warnings.into_iter().map(Diagnostic::into_warning).collect())
}
