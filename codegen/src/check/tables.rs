//! The price tables of a folder, by the names that other files use.

use super::cell_ref::CellRef;
use super::names;
use crate::diagnostic::Diagnostic;
use crate::escape::escape;
use crate::ident::Name;
use crate::model::Table;
use crate::read::folder::Folder;

/// The price tables of the folder.
pub(super) struct Tables<'a> {
    pub(super) folder: &'a Folder,
    /// A table with mistakes is `None`, since its prices are not known.
    pub(super) by_name: Vec<(Name, Option<Table>)>,
    /// The files with invalid names, which are already reported.
    pub(super) skipped: Vec<&'a str>,
}

impl Tables<'_> {
    /// Returns the table that a cell names. Reports a name that no table has, unless its file is already reported.
    pub(super) fn named(
        &self,
        cell: CellRef<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<(&Name, Option<&Table>)> {
        let text = cell.text();
        if let Some((name, table)) = self.by_name.iter().find(|(name, _)| name.text == text) {
            return Some((name, table.as_ref()));
        }
        let names = || self.by_name.iter().map(|(name, _)| &*name.text);
        let help = match &names().collect::<Vec<_>>()[..] {
            // A folder without a price table is reported already.
            [] => return None,
            [name] => format!("the only price table is {name}"),
            names => format!("the price tables are {}", names.join(", ")),
        };
        if text.is_empty() {
            diagnostics.push(cell.error("the table is empty").with_help(help));
        } else if let Some(other) = self.folder.other_format_of(text) {
            diagnostics.push(names::unread(self.folder, other));
        } else if !self.skipped.iter().any(|file| file.contains(text)) {
            let message = format!("there is no price table `{}`", escape(text));
            let help = names::meant(text, names()).map_or(help, |name| format!("did you mean {name}?"));
            diagnostics.push(cell.error(message).with_help(help));
        }
        None
    }
}
