//! `engines.csv`: which table prices which engine.

use super::cell_ref::{self, CellRef, Duplicates};
use super::list::Lists;
use super::tables::Tables;
use crate::diagnostic::Diagnostic;
use crate::escape::{describe, escape};
use crate::model::Engine;
use crate::read::folder::Folder;
use crate::schema::ENGINES;

pub(super) fn check(lists: &Lists<'_>, tables: &Tables<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<Engine>> {
    let sheet = lists.sheet(&ENGINES, diagnostics)?;
    let (mut ids, mut engines) = (Duplicates::default(), Vec::new());
    for [engine, table] in cell_ref::rows(&sheet) {
        if engine.text().is_empty() {
            diagnostics.push(engine.error("the engine is empty").with_help("write its id, or delete the row"));
        } else {
            ids.check(engine.text(), "engine", engine, diagnostics);
        }
        if let Some(c) = engine.text().chars().find(|&c| !is_allowed(c)) {
            let message = format!("the engine `{}` has {} in it", escape(engine.text()), describe(c));
            diagnostics.push(engine.error(message).with_help("an id has only A-Z, a-z, 0-9 and - _ . / :"));
        }
        if tables.by_name.iter().any(|(name, _)| name.text == engine.text()) {
            let message = format!("the engine `{}` is the name of a table", escape(engine.text()));
            diagnostics.push(engine.error(message).with_help("write the engine's id in this column"));
        }
        if let Some((name, _)) = tables.named(table, diagnostics) {
            engines.push(Engine { id: engine.text().to_owned(), table: name.clone() });
        }
    }
    Some(engines)
}

/// Returns whether an id may have the character. Ids are shown in Markdown, in HTML and in shell completions, where
/// other characters have a meaning.
fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':')
}

/// Reports each engine of `engines.csv` for which `mistake` returns a message and optional help.
///
/// It reports nothing else: [`check`](crate::check) has the rules of the file.
pub fn check_engines(
    folder: &Folder,
    mut mistake: impl FnMut(&str) -> Option<(String, Option<String>)>,
) -> Vec<Diagnostic> {
    let lists = Lists::of(folder);
    let Some(sheet) = lists.sheet(&ENGINES, &mut Vec::new()) else { return Vec::new() };
    let report = |[engine, _]: [CellRef<'_>; 2]| {
        let (message, help) = mistake(engine.text())?;
        Some(engine.error(message).with_help_if_any(help))
    };
    cell_ref::rows(&sheet).filter_map(report).collect()
}
