//! Classifies files by name: lists and price tables.

use crate::diagnostic::Diagnostic;
use crate::escape::escape;
use crate::ident::{self, Name};
use crate::nearest::nearest;
use crate::read::folder::{Folder, intended_stem};
use crate::schema::{LISTS, List, STEPS};

/// The files of a folder, classified.
pub(super) struct Names<'a> {
    /// The files of the price tables.
    pub(super) tables: Vec<(&'a str, Name)>,
    /// The files of price tables with invalid names, which are already reported.
    pub(super) skipped: Vec<&'a str>,
    /// The lists whose files have wrong names, which are already reported.
    pub(super) misnamed: Vec<&'static List>,
}

/// Reads the names of the files. Reports and skips invalid ones.
pub(super) fn check<'a>(folder: &'a Folder, diagnostics: &mut Vec<Diagnostic>) -> Names<'a> {
    let mut names = Names { tables: Vec::new(), skipped: Vec::new(), misnamed: Vec::new() };
    for file in folder.names().filter(|file| List::named(file).is_none()) {
        if let Some(list) = intended_list(folder, file) {
            names.misnamed.push(list);
            let (message, help) = if folder.has(list.file) {
                copy_of(list.file)
            } else {
                (format!("the file must be named {}", list.file), "rename it".to_owned())
            };
            diagnostics.push(Diagnostic::of_file(folder.path(file), message).with_help(help));
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

/// Returns the name of the table in a file, or a message and what to do.
fn name(folder: &Folder, file: &str) -> Result<Name, (String, String)> {
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    if extension != "csv" {
        return Err((
            format!("the name of the file ends in .{}", escape(extension)),
            format!("name it {}.csv", escape(stem)),
        ));
    }
    Name::of_table(stem).map_err(|reason| match original(folder, stem) {
        Some(original) => copy_of(original),
        None => (format!("the table name `{}` {reason}", escape(stem)), ident::help(stem)),
    })
}

/// Returns the message about a copy of a file, and what to do.
fn copy_of(original: &str) -> (String, String) {
    (
        format!("the file looks like a copy of {original}"),
        format!("keep the right one of the two under the name {original}, and delete the other"),
    )
}

/// Returns the list that a file is probably meant to be: it has almost the name of the list, and is not a price table.
fn intended_list(folder: &Folder, file: &str) -> Option<&'static List> {
    if is_price_table(folder, file) {
        return None;
    }
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_lowercase();
    let has_word = |name: &str| stem.split(|c: char| !c.is_alphanumeric()).any(|word| word == name);
    let near = meant(&stem, LISTS.iter().map(|list| list.stem()));
    LISTS.into_iter().find(|list| near == Some(list.stem()) || has_word(list.stem()))
}

/// Returns whether a file begins as a price table does, in any case.
fn is_price_table(folder: &Folder, file: &str) -> bool {
    let Some(Ok(bytes)) = folder.bytes(file) else { return false };
    let bytes = bytes.trim_ascii_start();
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let bytes = bytes.strip_prefix(b"\"").unwrap_or(bytes);
    bytes.get(..STEPS.len()).is_some_and(|start| start.eq_ignore_ascii_case(STEPS.as_bytes()))
}

/// Reports a file of a format that is not read.
pub(super) fn unread(folder: &Folder, file: &str) -> Diagnostic {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let message = format!("the file is not read, because its name ends in .{}", escape(extension));
    let help = format!("save it as CSV in {}.csv", escape(intended_stem(file)));
    Diagnostic::of_file(folder.path(file), message).with_help(help)
}

/// Returns the file that a file with an invalid name looks like a copy of. Programs add a number, or a word in any
/// language.
fn original<'a>(folder: &'a Folder, stem: &str) -> Option<&'a str> {
    let is_part = |name: &str| {
        let rest = stem.strip_prefix(name).map(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()));
        let before = stem.strip_suffix(name).map(|before| before.ends_with(|c: char| !c.is_alphanumeric()));
        rest == Some(true) || before == Some(true)
    };
    folder.names().find(|file| file.strip_suffix(".csv").is_some_and(is_part))
}

/// Returns the name that `text` is probably meant to be.
pub(super) fn meant<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest(text, names).first().copied()
}
