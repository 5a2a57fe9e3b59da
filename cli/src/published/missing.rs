//! Wanted tables that are not where they should be on a page: why, and which table of the page is like them.

use std::collections::{BTreeMap, BTreeSet};

use dreamstudio_pricing_codegen::{Diagnostic, Size, escape_hidden};
use rust_decimal::Decimal;

use super::markdown::{Heading, MarkdownTable};
use super::selection::{HeadingOrigin, Wanted, WantedTable};
use super::{PublishedPage, cells, is_called, line_number, prices_by_cell};
use crate::plural::count;
use crate::price_diff::{TableCells, cells_of};

/// The prices of a table of a page: `None` if they cannot be read.
type PageCells = BTreeMap<(u32, Size), Option<Decimal>>;

/// In what a table of a page can be like one of the folder.
#[derive(Clone, Copy)]
enum Likeness {
    /// In its sizes and step counts.
    Cells,
    /// In these, and in its prices.
    Prices,
}

impl Likeness {
    /// Returns whether most of what both tables have is the same.
    fn is_of(self, cells: &PageCells, accepted: &TableCells) -> bool {
        let is_shared = |(cell, price): &(&(u32, Size), &Option<Decimal>)| match self {
            Self::Cells => accepted.contains_key(cell),
            Self::Prices => price.is_some_and(|price| accepted.get(cell) == Some(&price)),
        };
        3 * cells.iter().filter(is_shared).count() > accepted.len() + cells.len()
    }
}

/// How many tables of a page a message lists.
const MAX_LISTED: usize = 12;

/// A wanted table for which the page has not one table, but none or several, or that of another table of the folder.
pub(super) struct MissingTable<'a> {
    pub(super) wanted: &'a WantedTable,
    /// The tables below its heading, by their indices.
    called: Vec<usize>,
    /// The table of the folder that the table below its heading is like, if that is another one.
    other: Option<String>,
    /// The only table of the page that is like it, if that is certain.
    pub(super) proposal: Option<usize>,
}

impl PublishedPage {
    /// Returns the wanted tables that are missing. `unknown` are the tables of the page that no heading is known for.
    pub(super) fn missing<'a>(&self, wanted: &'a Wanted, unknown: &[usize]) -> Vec<MissingTable<'a>> {
        let mut missing: Vec<_> = (wanted.tables.iter())
            .filter_map(|table| {
                let (called, other) = (self.found(table), self.exchanged(table, wanted));
                let is_missing = called.len() != 1 || other.is_some();
                is_missing.then_some(MissingTable { wanted: table, called, other, proposal: None })
            })
            .collect();
        let choice: BTreeSet<usize> =
            unknown.iter().chain(missing.iter().flat_map(|missing| &missing.called)).copied().collect();
        let choice: Vec<usize> = choice.into_iter().collect();
        let proposals: Vec<Option<usize>> = (missing.iter())
            .map(|MissingTable { wanted: table, called, .. }| {
                self.most_like(table, wanted, if called.len() > 1 { called } else { &choice })
            })
            .collect();
        let is_certain = |at: &usize| proposals.iter().flatten().filter(|other| *other == at).count() == 1;
        for (missing, proposal) in missing.iter_mut().zip(&proposals) {
            missing.proposal = proposal.filter(is_certain);
        }
        missing
    }

    /// Returns the other table of the folder that the table below the heading of a wanted table is like, if the heading of that one
    /// has another table or none: somebody may have exchanged headings. With `--heading`, the heading is what its user says.
    fn exchanged(&self, table: &WantedTable, wanted: &Wanted) -> Option<String> {
        let accepted = cells_of(table.accepted.as_ref().filter(|_| table.origin != HeadingOrigin::Option)?);
        let cells_below = |table: &WantedTable| match self.found(table)[..] {
            [at] => Some(self.cells(at, table, wanted)),
            _ => None,
        };
        let cells = cells_below(table)?;
        let is_exchanged = |other: &&WantedTable| {
            let Some(others) = other.accepted.as_ref().map(cells_of) else { return false };
            [Likeness::Cells, Likeness::Prices].into_iter().any(|likeness| {
                likeness.is_of(&cells, &others)
                    && !likeness.is_of(&cells, &accepted)
                    && cells_below(other).is_none_or(|cells| !likeness.is_of(&cells, &others))
            })
        };
        let others = wanted.tables.iter().filter(|other| other.name != table.name);
        others.into_iter().find(is_exchanged).map(|other| other.name.text.clone())
    }

    /// Returns the only one of these tables that is like the table of the folder: most of their sizes and step counts are the
    /// same, and if that is true of several, all prices that both have.
    fn most_like(&self, table: &WantedTable, wanted: &Wanted, choice: &[usize]) -> Option<usize> {
        let accepted = cells_of(table.accepted.as_ref()?);
        let mut like: Vec<_> = (choice.iter())
            .map(|&at| (at, self.cells(at, table, wanted)))
            .filter(|(_, cells)| Likeness::Cells.is_of(cells, &accepted))
            .collect();
        if like.len() > 1 {
            let is_equal = |(cell, price): (&(u32, Size), &Option<Decimal>)| {
                accepted.get(cell).is_none_or(|accepted| *price == Some(*accepted))
            };
            like.retain(|(_, cells)| cells.iter().all(is_equal));
        }
        if let [(at, _)] = like[..] { Some(at) } else { None }
    }

    /// Returns the prices of a table of the page, as far as they can be read.
    fn cells(&self, at: usize, WantedTable { name, .. }: &WantedTable, wanted: &Wanted) -> PageCells {
        let csv = cells::published(&self.document, &self.markdown.tables[at], &mut Vec::new()).csv();
        let folder = wanted.folder.clone().with(&format!("{}.csv", name.text), csv);
        folder.readable_table(name).as_ref().map(prices_by_cell).unwrap_or_default()
    }

    /// Returns why there is not one table for a wanted table, and what to do about it.
    pub(super) fn not_found(&self, missing: &MissingTable<'_>) -> Diagnostic {
        let (document, headings, tables) = (&self.document, &self.markdown.headings, &self.markdown.tables);
        let WantedTable { name, heading, .. } = missing.wanted;
        let (name, quoted) = (&name.text, escape_hidden(heading));
        let section = headings.iter().find(|other| is_called(other, heading));
        let error = match (&missing.other, &missing.called[..], section) {
            (Some(other), &[at], _) => {
                let message = format!(
                    "the table below the heading `{quoted}` of {name} is like {other} and not like {name}: headings may be exchanged"
                );
                document.error(tables[at].range.clone(), message)
            }
            (_, &[first, second, ..], _) => {
                let message = format!("{} tables are below the heading `{quoted}` of {name}", missing.called.len());
                let error = document.error(tables[second].range.clone(), message);
                error.with_secondary(document.span(tables[first].range.clone()))
            }
            (.., Some(heading)) => {
                let message = format!("there is no table below the heading `{quoted}` of {name}");
                document.error(heading.range.clone(), message)
            }
            (.., None) => {
                let line = line_number(heading).filter(|_| missing.wanted.origin == HeadingOrigin::Option);
                let message = match line {
                    Some(line) => format!("there is no table at line {line} for {name}"),
                    None => format!("the page has no heading `{quoted}`, which is that of {name}"),
                };
                Diagnostic::of_file(document.path(), message)
            }
        };
        let choices = self.choices(missing);
        error.with_help(match missing.other {
            Some(_) => {
                format!(
                    "{choices}; if {name} has become like this, read it for this run with --heading {name}=\"{quoted}\""
                )
            }
            None => choices,
        })
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
