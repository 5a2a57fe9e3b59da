//! The files with a fixed header.

use super::cell_ref::CellRef;
use super::names;
use crate::diagnostic::Diagnostic;
use crate::read::folder::Folder;
use crate::read::sheet::Sheet;
use crate::schema::{List, STEPS};

/// The files of a folder that are lists.
pub(super) struct Lists<'a> {
    pub(super) folder: &'a Folder,
    /// The lists whose files have wrong names, which are already reported.
    pub(super) misnamed: Vec<&'static List>,
}

impl<'a> Lists<'a> {
    /// Returns the lists of a folder whose file names are not checked.
    pub(super) fn of(folder: &'a Folder) -> Self {
        Self { folder, misnamed: Vec::new() }
    }

    /// Returns the sheet of a list. A required file that is missing is reported.
    pub(super) fn sheet(&self, list: &List, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
        let header = list.header();
        if !self.folder.has(list.file) {
            if let Some(other) = self.folder.other_format_of(list.stem()) {
                diagnostics.push(names::unread(self.folder, other));
            } else if !self.misnamed.contains(&list) {
                let help = format!("create the file; its first line is {header}");
                let path = self.folder.path(list.file);
                diagnostics.push(Diagnostic::of_file(path, "there is no such file").with_help(help));
            }
            return None;
        }
        let sheet = Sheet::read(self.folder, list.file, list.columns[0], diagnostics)?;
        let cells = &sheet.header.cells;
        let differs = (0..cells.len()).find(|&column| list.columns.get(column) != Some(&&*cells[column].text));
        let wrong = differs.or_else(|| (cells.len() < list.columns.len()).then(|| cells.len() - 1));
        if let Some(cell) = wrong.and_then(|column| cells.get(column)) {
            let cell = CellRef { sheet: &sheet, row: &sheet.header, cell };
            let diagnostic = if cells[0].text == STEPS {
                let help = format!("restore {}, whose first line is {header}", list.file);
                cell.error("this is a price table").with_help(help)
            } else if let Some(other) = with_header_of(&sheet) {
                let help = format!("restore {}, whose first line is {header}", list.file);
                cell.error(format!("this is the header of {}", other.file)).with_help(help)
            } else {
                cell.error("this is not the header of this file").with_help(format!("write {header}"))
            };
            diagnostics.push(diagnostic);
            return None;
        }
        if !list.is_optional {
            has_rows(&sheet, diagnostics)?;
        }
        Some(sheet)
    }
}

/// Returns the list that has the header of this sheet.
pub(super) fn with_header_of(sheet: &Sheet) -> Option<&'static List> {
    List::with_header(&sheet.header.cells.iter().map(|cell| &*cell.text).collect::<Vec<_>>())
}

/// Reports a file without rows.
pub(super) fn has_rows(sheet: &Sheet, diagnostics: &mut Vec<Diagnostic>) -> Option<()> {
    if sheet.has_no_rows {
        diagnostics.push(Diagnostic::of_file(&sheet.path, "the file has a header and no rows"));
        return None;
    }
    Some(())
}
