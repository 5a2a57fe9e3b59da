//! Wanted tables that are not where they should be on a page: why, and which table of the page is like them.

use std::collections::{BTreeMap, BTreeSet};

use dreamstudio_pricing_codegen::{Diagnostic, Size, escape_hidden};
use rust_decimal::Decimal;

use super::markdown::{Heading, MarkdownTable};
use super::selection::{HeadingOrigin, Wanted, WantedTable};
use super::{PublishedPage, cells, is_called, line_number, prices_by_cell};
use crate::plural::count;
use crate::price_diff::cells_of;

/// How many tables of a page a message lists.
const MAX_LISTED: usize = 12;

/// A wanted table for which the page has not one table, but none or several.
pub(super) struct MissingTable<'a> {
    pub(super) wanted: &'a WantedTable,
    /// The tables below its heading, by their indices.
    called: Vec<usize>,
    /// The only table of the page that is like it, if that is certain.
    pub(super) proposal: Option<usize>,
}

impl PublishedPage {
    /// Returns the wanted tables that are missing. `unknown` are the tables of the page that no heading is known for.
    pub(super) fn missing<'a>(&self, wanted: &'a Wanted, unknown: &[usize]) -> Vec<MissingTable<'a>> {
        let called = wanted.tables.iter().map(|table| (table, self.found(table)));
        let missing: Vec<_> = called.filter(|(_, called)| called.len() != 1).collect();
        let choice: BTreeSet<usize> =
            unknown.iter().chain(missing.iter().flat_map(|(_, called)| called)).copied().collect();
        let proposals: Vec<Option<usize>> = (missing.iter())
            .map(|(table, called)| {
                let choice: Vec<usize> =
                    if called.is_empty() { choice.iter().copied().collect() } else { called.clone() };
                self.most_like(table, wanted, &choice)
            })
            .collect();
        let is_certain = |at: &usize| proposals.iter().flatten().filter(|other| *other == at).count() == 1;
        (missing.into_iter().zip(&proposals))
            .map(|((wanted, called), proposal)| MissingTable { wanted, called, proposal: proposal.filter(is_certain) })
            .collect()
    }

    /// Returns the only one of these tables that is like the table of the folder: most of their sizes and step counts are the
    /// same, and if that is true of several, all prices that both have.
    fn most_like(&self, table: &WantedTable, wanted: &Wanted, choice: &[usize]) -> Option<usize> {
        let accepted = cells_of(table.accepted.as_ref()?);
        let shared = |cells: &BTreeMap<(u32, Size), Option<Decimal>>| {
            cells.iter().filter_map(|(cell, price)| Some((*accepted.get(cell)?, *price))).collect::<Vec<_>>()
        };
        let mut like: Vec<_> = (choice.iter())
            .map(|&at| (at, self.cells(at, table, wanted)))
            .filter(|(_, cells)| 3 * shared(cells).len() > accepted.len() + cells.len())
            .collect();
        if like.len() > 1 {
            like.retain(|(_, cells)| shared(cells).into_iter().all(|(accepted, price)| price == Some(accepted)));
        }
        if let [(at, _)] = like[..] { Some(at) } else { None }
    }

    /// Returns the prices of a table of the page, as far as they can be read.
    fn cells(
        &self,
        at: usize,
        WantedTable { name, .. }: &WantedTable,
        wanted: &Wanted,
    ) -> BTreeMap<(u32, Size), Option<Decimal>> {
        let csv = cells::published(&self.document, &self.markdown.tables[at], &mut Vec::new()).csv();
        let folder = wanted.folder.clone().with(&format!("{}.csv", name.text), csv);
        folder.readable_table(name).as_ref().map(prices_by_cell).unwrap_or_default()
    }

    /// Returns why there is not one table for a wanted table, and what to do about it.
    pub(super) fn not_found(&self, missing: &MissingTable<'_>) -> Diagnostic {
        let (document, headings, tables) = (&self.document, &self.markdown.headings, &self.markdown.tables);
        let WantedTable { name, heading, .. } = missing.wanted;
        let (name, quoted) = (&name.text, escape_hidden(heading));
        let error = match (&missing.called[..], headings.iter().find(|other| is_called(other, heading))) {
            (&[first, second, ..], _) => {
                let message = format!("{} tables are below the heading `{quoted}` of {name}", missing.called.len());
                let error = document.error(tables[second].range.clone(), message);
                error.with_secondary(document.span(tables[first].range.clone()))
            }
            (_, Some(heading)) => {
                let message = format!("there is no table below the heading `{quoted}` of {name}");
                document.error(heading.range.clone(), message)
            }
            (_, None) => {
                let line = line_number(heading).filter(|_| missing.wanted.origin == HeadingOrigin::Option);
                let message = match line {
                    Some(line) => format!("there is no table at line {line} for {name}"),
                    None => format!("the page has no heading `{quoted}`, which is that of {name}"),
                };
                Diagnostic::of_file(document.path(), message)
            }
        };
        error.with_help(self.choices(missing))
    }

    /// Lists the tables of the page, and says how to choose one of them.
    fn choices(&self, MissingTable { wanted, proposal, .. }: &MissingTable<'_>) -> String {
        let tables = &self.markdown.tables;
        if tables.is_empty() {
            return "a table of a page in Markdown begins with lines such as | Steps | 512 x 512 | and |---|---|"
                .to_owned();
        }
        let mut listed: Vec<String> = tables.iter().take(MAX_LISTED).map(|table| self.describe(table)).collect();
        if tables.len() > MAX_LISTED {
            listed.push(format!("and {} more", tables.len() - MAX_LISTED));
        }
        let name = &wanted.name.text;
        let (which, heading, line) = match *proposal {
            Some(at) => {
                let line = format!("line {}", self.lines(&tables[at]).start());
                let heading = self.own_heading(tables[at].heading).map(|own| format!("`{}`", escape_hidden(&own)));
                (format!("only the table at {line} is like {name}:"), heading, format!("\"{line}\""))
            }
            None => (format!("if one of them is {name},"), Some("its heading".to_owned()), "HEADING".to_owned()),
        };
        let option = format!("--heading {name}={line}");
        let choice = match (wanted.origin, heading) {
            (HeadingOrigin::Option, _) => format!("write {option}"),
            (HeadingOrigin::Source, Some(heading)) => {
                format!("write {heading} as the heading of {name} in sources.csv, or try it with {option}")
            }
            (HeadingOrigin::Name, Some(heading)) => {
                format!("add a row of {name} with {heading} to sources.csv, or try it with {option}")
            }
            (HeadingOrigin::Source | HeadingOrigin::Name, None) => {
                format!(
                    "sources.csv cannot name it, because it has no heading of its own: read it for this run with {option}"
                )
            }
        };
        format!("the page has {}: {}; {which} {choice}", count(tables.len(), "table", "tables"), listed.join(", "))
    }

    fn describe(&self, table: &MarkdownTable) -> String {
        let heading = match table.heading.and_then(|heading| self.markdown.headings.get(heading)) {
            Some(Heading { text, id: Some(id), .. }) => format!("`{text}` {{#{id}}}"),
            Some(Heading { text, id: None, .. }) => format!("`{text}`"),
            None => "no heading".to_owned(),
        };
        let columns = table.rows.first().map_or(0, Vec::len);
        let size = format!("{} x {}", count(table.rows.len(), "row", "rows"), count(columns, "column", "columns"));
        format!("{} (line {}, {size})", escape_hidden(&heading), self.lines(table).start())
    }

    /// Returns what `sources.csv` can call the table below the heading of this index: the heading or its id, if nothing else is
    /// called so.
    pub(super) fn own_heading(&self, heading: Option<usize>) -> Option<String> {
        let Heading { text, id, .. } = self.markdown.headings.get(heading?)?;
        let tables = self.markdown.tables.iter().map(|table| table.heading);
        let below: Vec<_> = tables.chain(self.loose_headers().map(|row| row.heading)).collect();
        let is_own = |name: &String| below.iter().filter(|heading| self.is_below(**heading, name)).count() == 1;
        [text.clone()].into_iter().chain(id.as_ref().map(|id| format!("{{#{id}}}"))).find(is_own)
    }
}
