//! `engines.csv`: which table prices which engine.

use super::{Duplicates, Lists, Tables};
use crate::diagnostic::Diagnostic;
use crate::escape::{describe, escape};
use crate::files::ENGINES;
use crate::model::Engine;

pub(super) fn check(lists: &Lists<'_>, tables: &Tables<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<Engine>> {
    let sheet = lists.sheet(&ENGINES, diagnostics)?;
    let (mut ids, mut engines) = (Duplicates::default(), Vec::new());
    for [engine, table] in sheet.rows() {
        ids.check(engine.text(), "engine", engine, diagnostics);
        if engine.text().is_empty() {
            diagnostics.push(engine.error("the engine is empty").with_help("write its id, or delete the row"));
        } else if let Some(c) = engine.text().chars().find(|c| !c.is_ascii_graphic()) {
            let message = format!("the engine `{}` has {} in it", escape(engine.text()), describe(c));
            diagnostics.push(engine.error(message).with_help("an id has letters, digits and signs, without spaces"));
        }
        if tables.by_name.iter().any(|(name, _)| name.text == engine.text()) {
            let message = format!("the engine `{}` is the name of a table", escape(engine.text()));
            let help = "an engine id and a table name must differ: rename the table";
            diagnostics.push(engine.error(message).with_help(help));
        }
        if let Some((name, _)) = tables.named(table, diagnostics) {
            engines.push(Engine { id: engine.text().to_owned(), table: name.clone() });
        }
    }
    Some(engines)
}
