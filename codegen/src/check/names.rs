//! Classifies files by name: lists and price tables.

use crate::diagnostic::Diagnostic;
use crate::escape::escape;
use crate::files::{LISTS, List};
use crate::folder::Folder;
use crate::ident::{self, Name};

/// What the names of the files say.
pub(super) struct Names<'a> {
    /// The files of the price tables.
    pub(super) tables: Vec<(&'a str, Name)>,
    /// The files of price tables whose names are reported.
    pub(super) skipped: Vec<&'a str>,
    /// The lists whose files have other names, which are reported.
    pub(super) misnamed: Vec<&'static List>,
}

/// Reads the names of the files. Reports and skips invalid ones.
pub(super) fn check<'a>(folder: &'a Folder, diagnostics: &mut Vec<Diagnostic>) -> Names<'a> {
    let mut names = Names { tables: Vec::new(), skipped: Vec::new(), misnamed: Vec::new() };
    for file in folder.names().filter(|file| List::named(file).is_none()) {
        if let Some(list) = intended_list(folder, file) {
            names.misnamed.push(list);
            let help = format!("did you mean {}?", list.file);
            diagnostics
                .push(Diagnostic::of_file(folder.path(file), "no price table can have this name").with_help(help));
            continue;
        }
        match name(folder, file) {
            Ok(name) => {
                // Equal modules have equal variants, but not the other way round: `v1_0` and `v10`.
                if let Some((first, _)) = names.tables.iter().find(|(_, other)| other.variant == name.variant) {
                    let message = format!("this name and {first} become the same Rust name, {}", name.variant);
                    let diagnostic = Diagnostic::of_file(folder.path(file), message);
                    diagnostics.push(diagnostic.with_help("rename one of the two files"));
                }
                names.tables.push((file, name));
            }
            Err((message, help)) => {
                names.skipped.push(file);
                diagnostics.push(Diagnostic::of_file(folder.path(file), message).with_help(help));
            }
        }
    }
    if names.tables.is_empty() {
        let help = "a price table is a file such as sdxl.csv, whose first line is like steps,512x512,512x768";
        diagnostics.push(Diagnostic::of_file(folder.label(), "there is no price table in the folder").with_help(help));
    }
    names
}

/// The name of the table in a file, or a message and what to do.
fn name(folder: &Folder, file: &str) -> Result<Name, (String, String)> {
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    if extension != "csv" {
        return Err((
            format!("the name of the file ends in .{}", escape(extension)),
            format!("name it {}.csv", escape(stem)),
        ));
    }
    Name::of_table(stem).map_err(|reason| match original(folder, stem) {
        Some(original) => (
            format!("the file looks like a copy of {original}"),
            format!("keep the right one of the two under the name {original}, and delete the other"),
        ),
        None => (format!("the table name `{}` {reason}", escape(stem)), ident::help(stem)),
    })
}

/// The list that a file is probably meant to be: its name is nearly that of a list that is missing.
fn intended_list(folder: &Folder, file: &str) -> Option<&'static List> {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_lowercase();
    LISTS.into_iter().find(|list| {
        let name = list.file.trim_end_matches(".csv");
        let is_near =
            is_one_edit_away(&stem, name) || stem.split(|c: char| !c.is_alphanumeric()).any(|word| word == name);
        is_near && !folder.has(list.file) && !is_price_table(folder, file)
    })
}

/// Whether a file begins as a price table does.
fn is_price_table(folder: &Folder, file: &str) -> bool {
    let bytes = folder.bytes(file).and_then(|bytes| bytes.as_ref().ok());
    bytes.is_some_and(|bytes| bytes.starts_with(b"steps"))
}

/// The file that one with an invalid name looks like a copy of: programs add a word or a number, in any language.
fn original<'a>(folder: &'a Folder, stem: &str) -> Option<&'a str> {
    let is_part = |name: &str| {
        let rest = stem.strip_prefix(name).map(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()));
        let before = stem.strip_suffix(name).map(|before| before.ends_with(|c: char| !c.is_alphanumeric()));
        rest == Some(true) || before == Some(true)
    };
    folder.names().find(|file| file.strip_suffix(".csv").is_some_and(is_part))
}

/// Whether two words are equal but for one letter that is added, missing or other.
fn is_one_edit_away(a: &str, b: &str) -> bool {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().skip(same).collect(), b.chars().skip(same).collect());
    let (after_a, after_b) = (a.get(1..).unwrap_or_default(), b.get(1..).unwrap_or_default());
    after_a == after_b || after_a == b || a == after_b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_is_a_letter_added_missing_or_other() {
        for (a, b) in [("engine", "engines"), ("enginess", "engines"), ("engimes", "engines"), ("ngines", "engines")] {
            assert!(is_one_edit_away(a, b), "{a}");
        }
        for (a, b) in [("enginse", "engines"), ("engin", "engines"), ("sdxl", "engines"), ("", "engines")] {
            assert!(!is_one_edit_away(a, b), "{a}");
        }
    }
}
