//! `sources.csv`: where and when each table was published. The file and every row of it are optional.

use std::collections::BTreeMap;

use super::cell_ref::{self, CellRef, Duplicates, ok_or_report};
use super::list::Lists;
use super::tables::Tables;
use crate::diagnostic::Diagnostic;
use crate::escape::{describe, escape, is_hidden};
use crate::model::Source;
use crate::schema::SOURCES;

/// The sources of a folder.
pub(super) struct Sources {
    /// By the names of their tables.
    pub(super) by_table: BTreeMap<String, Source>,
    /// Those of tables that are not priced here.
    pub(super) unpriced: Vec<Source>,
}

pub(super) fn check(lists: &Lists<'_>, tables: &Tables<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Sources> {
    let name = |cell: CellRef<'_>, diagnostics: &mut Vec<Diagnostic>| {
        tables.named(cell, diagnostics).map(|(name, _)| name.text.clone())
    };
    let (priced, unpriced): (Vec<_>, Vec<_>) =
        rows(lists, name, diagnostics)?.into_iter().partition(|(name, _)| !name.is_empty());
    let unpriced = unpriced.into_iter().map(|(_, source)| source).collect();
    Some(Sources { by_table: priced.into_iter().collect(), unpriced })
}

/// Returns the sources in the order of the file. `name` returns the name of a table, or reports its cell. A row without a table
/// is about a table of the page that is not priced here; its name is empty.
pub(super) fn rows(
    lists: &Lists<'_>,
    name: impl Fn(CellRef<'_>, &mut Vec<Diagnostic>) -> Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<(String, Source)>> {
    let mut sources = Vec::new();
    if !lists.folder.has(SOURCES.file) {
        return Some(sources);
    }
    let sheet = lists.sheet(&SOURCES, diagnostics)?;
    let mut names = Duplicates::default();
    let mut headings: Vec<(bool, CellRef<'_>, CellRef<'_>)> = Vec::new();
    for [table, page, heading, published] in cell_ref::rows(&sheet) {
        let is_priced = !table.text().is_empty();
        let name = if is_priced { name(table, diagnostics) } else { Some(String::new()) };
        if let Some(name) = name.as_ref().filter(|_| is_priced) {
            names.check(name, "table", table, diagnostics);
        }
        // Several price tables may have one heading, but not a table that is priced here and one that is not.
        let is_same = |(other_is_priced, other_page, other): &&(bool, CellRef<'_>, CellRef<'_>)| {
            !(is_priced && *other_is_priced) && other_page.text() == page.text() && other.text() == heading.text()
        };
        if let Some((.., other)) = headings.iter().find(is_same) {
            let message = format!("the heading `{}` of this page is a duplicate", escape(heading.text()));
            let help = "a row without a table is about a table that no other row is about: delete one of the two";
            diagnostics.push(heading.error(message).with_secondary(other.span()).with_help(help));
        }
        headings.push((is_priced, page, heading));
        let page = ok_or_report(shown_text(page, "page", "the title of the page"), diagnostics);
        let heading = ok_or_report(shown_text(heading, "heading", "the heading above the table"), diagnostics);
        let published = ok_or_report(day(published), diagnostics);
        let (Some(name), Some(page), Some(heading), Some(published)) = (name, page, heading, published) else {
            continue;
        };
        sources.push((name, Source { page, heading, published }));
    }
    Some(sources)
}

/// Checks a line of text that is shown in docs.
fn shown_text(cell: CellRef<'_>, noun: &str, description: &str) -> Result<String, Diagnostic> {
    let text = cell.text();
    if text.is_empty() {
        let help = format!("write {description}, or delete the row");
        return Err(cell.error(format!("the {noun} is empty")).with_help(help));
    }
    if let Some(c) = text.chars().find(|&c| is_hidden(c)) {
        let message = format!("the {noun} `{}` has {} in it", escape(text), describe(c));
        return Err(cell.error(message).with_help("delete the character"));
    }
    Ok(text.to_owned())
}

/// Checks a calendar day.
fn day(cell: CellRef<'_>) -> Result<String, Diagnostic> {
    let text = cell.text();
    if Source::is_day(text) {
        return Ok(text.to_owned());
    }
    let message = match text {
        "" => "the day of publication is empty".to_owned(),
        text => format!("`{}` is not a calendar day as YYYY-MM-DD", escape(text)),
    };
    Err(cell.error(message).with_help("write year, month and day, such as 2023-06-22"))
}
