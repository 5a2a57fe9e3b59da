//! Which tables are read from a page, and below which headings.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use dreamstudio_pricing_codegen::{Billing, Folder, Name, Source, Table, escape_hidden, summarise};

use crate::outcome::{Exit, Outcome};

/// The options of a subcommand that reads a page.
#[derive(Args, Default)]
pub(crate) struct Selection {
    /// Read only this table, from below this heading of the page, its {#id} or a line of the table such as "line 27";
    /// repeat it for other tables [default: as sources.csv says]
    #[arg(long = "heading", value_name = "TABLE=HEADING", value_parser = heading)]
    headings: Vec<(String, String)>,
    /// Which page it is, where sources.csv names several
    #[arg(long, value_name = "NAME", conflicts_with = "headings")]
    page: Option<String>,
    /// What messages call the page, such as its address [default: its path]
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
}

/// The tables to read from a page, and the price of a credit, which their dollars must agree with.
pub(crate) struct Wanted {
    /// The folder that the tables are for.
    pub(crate) folder: Folder,
    pub(crate) billing: Billing,
    pub(crate) tables: Vec<WantedTable>,
    /// The headings of other tables that `sources.csv` has a row for, with the name of a table or without.
    pub(super) other_headings: Vec<String>,
    /// Those of rows without a table.
    pub(super) unpriced_headings: Vec<String>,
    /// The title of the page in `sources.csv`, if it is known.
    pub(super) page: Option<String>,
}

pub(crate) struct WantedTable {
    pub(crate) name: Name,
    /// The heading above the table or its id; if `--heading` names it, also a line of the table.
    pub(crate) heading: String,
    pub(super) origin: HeadingOrigin,
    /// The table as it is in the folder, if it is there.
    pub(crate) accepted: Option<Table>,
}

/// What says which heading a table has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadingOrigin {
    /// `--heading`.
    Option,
    /// The row of the table in `sources.csv`.
    Source,
    /// The name of the table, because it has no row.
    Name,
}

impl Selection {
    /// Returns whether none of the options is given.
    pub(crate) fn is_empty(&self) -> bool {
        self.headings.is_empty() && self.page.is_none() && self.label.is_none()
    }

    /// Returns what messages call the page, if it is not its path.
    pub(crate) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
}

fn heading(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((table, heading)) if !table.is_empty() && !heading.is_empty() => {
            Ok((table.to_owned(), heading.to_owned()))
        }
        _ => Err("write a table, =, and its heading, such as standard=\"Pricing Table\"".to_owned()),
    }
}

impl Wanted {
    /// Reads only the files of the folder that are needed: mistakes in other files do not matter.
    ///
    /// # Errors
    ///
    /// Returns the mistakes of `billing.csv`, of `sources.csv` and of the tables, or what is wrong with the options.
    pub(crate) fn new(selection: &Selection, folder: &Folder) -> Result<Self, Outcome> {
        let report = |mistakes: Vec<_>| Outcome::mistakes(&mistakes, Exit::Error);
        let billing = folder.billing().map_err(report)?;
        let names = folder.table_names();
        let Headings { wanted, others, unpriced, page } =
            headings(selection, &names, &folder.sources().map_err(report)?)
                .map_err(|message| Outcome::error(message, Exit::Error))?;
        let (mut tables, mut mistakes) = (Vec::new(), Vec::new());
        for (table, (heading, origin)) in wanted {
            let name = name(&table, &names).map_err(|message| Outcome::error(message, Exit::Error))?;
            let accepted = names.contains(&name).then(|| folder.table(&name)).transpose();
            match accepted {
                Ok(accepted) => tables.push(WantedTable { name, heading, origin, accepted }),
                Err(found) => mistakes.extend(found),
            }
        }
        if mistakes.is_empty() {
            let folder = folder.clone();
            Ok(Self { folder, billing, tables, other_headings: others, unpriced_headings: unpriced, page })
        } else {
            Err(report(summarise(mistakes)))
        }
    }
}

impl Wanted {
    /// Returns whether all tables of a page are wanted. Otherwise, it may be another page than that of `sources.csv`.
    pub(super) fn is_whole_page(&self) -> bool {
        self.tables.iter().all(|table| table.origin != HeadingOrigin::Option)
    }
}

/// The headings of a page that are known.
struct Headings {
    /// By the names of the tables to read.
    wanted: BTreeMap<String, (String, HeadingOrigin)>,
    /// Those of other rows of `sources.csv`.
    others: Vec<String>,
    /// Those of the rows without a table among them.
    unpriced: Vec<String>,
    page: Option<String>,
}

/// Returns the heading of each table, from the options or from `sources.csv`.
fn headings(
    Selection { headings, page, label: _ }: &Selection,
    names: &[Name],
    sources: &[(String, Source)],
) -> Result<Headings, String> {
    let pages: BTreeSet<&str> = sources.iter().map(|(_, source)| &*source.page).collect();
    let list = || pages.iter().map(|page| format!("`{page}`")).collect::<Vec<_>>().join(", ");
    let only = if pages.len() == 1 { pages.first().copied() } else { None };
    let page = match page.as_deref() {
        Some(page) if !pages.contains(page) => {
            return Err(format!("sources.csv has no page `{page}`: it has {}", list()));
        }
        None if pages.len() > 1 && headings.is_empty() => {
            return Err(format!("sources.csv has several pages, {}: choose one with --page", list()));
        }
        page => page.or(only),
    };
    let on_page = || sources.iter().filter(|(_, source)| page.is_none_or(|page| source.page == page));
    let mut wanted = BTreeMap::new();
    for (table, heading) in headings {
        if wanted.insert(table.clone(), (heading.clone(), HeadingOrigin::Option)).is_some() {
            return Err(format!("--heading is given twice for {table}"));
        }
    }
    if headings.is_empty() {
        let priced = on_page().filter(|(table, _)| !table.is_empty());
        wanted.extend(priced.map(|(table, source)| (table.clone(), (source.heading.clone(), HeadingOrigin::Source))));
        // A table without a row has its own name as its heading.
        let has_no_row = |name: &&Name| !sources.iter().any(|(table, _)| *table == name.text);
        let own = names.iter().filter(has_no_row).map(|name| name.text.clone());
        wanted.extend(own.map(|name| (name.clone(), (name, HeadingOrigin::Name))));
    }
    if wanted.is_empty() {
        return Err("there is no table to read: add rows to sources.csv, or name tables with --heading".to_owned());
    }
    let heading = |(_, source): &(String, Source)| source.heading.clone();
    let others = on_page().filter(|(table, _)| !wanted.contains_key(table)).map(heading).collect();
    let unpriced = on_page().filter(|(table, _)| table.is_empty()).map(heading).collect();
    Ok(Headings { others, unpriced, wanted, page: page.map(str::to_owned) })
}

/// Checks the name of a table, which becomes a file name. A new name must not differ from another only in capitals or
/// punctuation, which some file systems and the generated code ignore.
fn name(table: &str, names: &[Name]) -> Result<Name, String> {
    let name = Name::of_table(table).map_err(|reason| format!("the table `{}` {reason}", escape_hidden(table)))?;
    match names.iter().find(|other| other.variant == name.variant) {
        Some(other) if *other != name => Err(format!(
            "the table `{table}` would have the same name in code as {other}: write {other}",
            other = other.text
        )),
        _ => Ok(name),
    }
}
