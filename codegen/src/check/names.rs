//! The names of the price tables, from the names of their files.

use crate::diagnostic::Diagnostic;
use crate::escape::escape;
use crate::files::List;
use crate::ident::{self, Name};
use crate::read::Folder;

/// The files of the price tables with their names. Reports and skips invalid names.
pub(super) fn check<'a>(folder: &'a Folder, diagnostics: &mut Vec<Diagnostic>) -> Vec<(&'a str, Name)> {
    let mut names: Vec<(&str, Name)> = Vec::new();
    for file in folder.names().filter(|file| List::named(file).is_none()) {
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        let error = |message| Diagnostic::of_file(folder.path(file), message);
        if extension != "csv" {
            let message = format!("the name of the file ends in .{extension}");
            diagnostics.push(error(message).with_help(format!("name it {stem}.csv")));
            continue;
        }
        match Name::of_table(stem) {
            Err(reason) => {
                let message = format!("the file names a table, and `{}` {reason}", escape(stem));
                diagnostics.push(error(message).with_help(ident::help(stem)));
            }
            Ok(name) => {
                // Equal modules have equal variants, but not the other way round: `v1_0` and `v10`.
                if let Some((first, _)) = names.iter().find(|(_, other)| other.variant == name.variant) {
                    let message =
                        format!("the table would have the same name in code as that of {first}: {}", name.variant);
                    diagnostics.push(error(message).with_help("rename one of the two files"));
                }
                names.push((file, name));
            }
        }
    }
    if names.is_empty() {
        let help = "a price table is a file such as sdxl.csv, whose first line is like steps,512x512,512x768";
        diagnostics.push(Diagnostic::of_file(folder.label(), "there is no price table in the folder").with_help(help));
    }
    names
}
