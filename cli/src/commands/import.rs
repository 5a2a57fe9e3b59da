//! `dreamprice import`: price tables from a published page.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use dreamstudio_pricing_codegen::{Diagnostic, Folder, Source, check, escape_hidden};

use crate::arguments::TableFormat;
use crate::csv;
use crate::input;
use crate::outcome::{EXIT_CODES, Exit, Outcome};
use crate::price_diff::Diff;
use crate::published::{PageComparison, PageTable, PublishedPage, Selection, Wanted, WantedTable};
use crate::temporary::{Replacement, Written};

/// Write the price tables of a published page to a folder, and print each price that changed
///
/// The page is in Markdown. All of it is checked before a file is written, and a file whose prices are those of the
/// page is not changed. sources.csv says which table is below which heading.
///
/// What else the page says is only reported: tables of steps and sizes that sources.csv does not have, and facts that
/// differ from billing.csv and clients.csv.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The page; - is standard input
    #[arg(value_name = "PAGE")]
    file: PathBuf,
    /// The folder of tables
    #[arg(long, value_name = "DIR", default_value = "tables")]
    into: PathBuf,
    #[command(flatten)]
    selection: Selection,
    /// The day of publication, such as 2023-06-22, for the rows of sources.csv of the tables that are read
    #[arg(long, value_name = "DATE", value_parser = day)]
    published: Option<String>,
    /// The format of the output
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
}

fn day(text: &str) -> Result<String, String> {
    if Source::is_day(text) {
        Ok(text.to_owned())
    } else {
        Err("write year, month and day, such as 2023-06-22".to_owned())
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    import(arguments).unwrap_or_else(|outcome| outcome)
}

fn import(Arguments { file, into, selection, published, format }: &Arguments) -> Result<Outcome, Outcome> {
    let page = PublishedPage::read(file, selection)?;
    let folder = input::folder(into)?;
    let wanted = Wanted::new(selection, &folder)?;
    let PageComparison { tables, report } = page.compare(&wanted);
    if !report.mistakes.is_empty() {
        return Err(Outcome::mistakes(&report.mistakes, Exit::No));
    }
    let sources = sources(&folder, &wanted, published.as_deref())?;
    let changes = |table: &PageTable| table.accepted != table.published;
    let mut files: Vec<(String, String)> = (tables.iter().filter(|table| changes(table)))
        .map(|PageTable { name, csv, .. }| (format!("{name}.csv"), csv.clone()))
        .collect();
    if let Some(day) = published {
        files.extend(dated(&folder, &wanted, day)?.map(|csv| ("sources.csv".to_owned(), csv)));
    }
    replace(into, &files).map_err(|message| Outcome::error(message, Exit::Error))?;

    let folder = input::folder(into)?.with_promises(report.promises());
    let folder = if report.confirms_grant() { folder.with_certain_grant() } else { folder };
    let sides = tables.iter().map(|table| (&*table.name, &table.accepted, &table.published));
    let diff = Diff::of_cells(sides, &wanted.billing).with_sources(&sources).of_page(report);
    let (diagnostics, exit) = match check(&folder) {
        Ok(prices) => (prices.warnings, if diff.fails() { Exit::No } else { Exit::Done }),
        Err(mistakes) => (with_mistakes_in_clients(mistakes, folder), Exit::No),
    };
    let written =
        files.iter().map(|(name, _)| format!("wrote {}", escape_hidden(&into.join(name).display().to_string())));
    Ok(diff.outcome(*format, exit).with_notes(written).with_diagnostics(&diagnostics))
}

/// Adds the mistakes in `clients.csv` that the check leaves out if a price differs from its formula: it assumes that such a price
/// is wrong, but the prices of a page are right.
fn with_mistakes_in_clients(mut mistakes: Vec<Diagnostic>, folder: Folder) -> Vec<Diagnostic> {
    let clients = folder.path("clients.csv");
    // Mistakes of other files depend on the formulas: without them, an exception looks as if it was not needed.
    let others = check(&folder.without("formulas.csv")).err().unwrap_or_default().into_iter();
    let new: Vec<Diagnostic> = others.filter(|other| other.path() == clients && !mistakes.contains(other)).collect();
    mistakes.extend(new);
    mistakes
}

/// Returns `sources.csv` with this day in the rows of the wanted tables, unless they have it.
fn dated(folder: &Folder, wanted: &Wanted, day: &str) -> Result<Option<String>, Outcome> {
    // The file is checked before it is edited: then each row has the name of a table first, and the day last.
    folder.sources().map_err(|mistakes| Outcome::mistakes(&mistakes, Exit::Error))?;
    let rows = folder.cells("sources.csv").into_iter();
    let mut rows: Vec<Vec<String>> = rows.map(|row| row.into_iter().map(|(text, _)| text).collect()).collect();
    let mut is_changed = false;
    for WantedTable { name, .. } in &wanted.tables {
        let row = rows.iter_mut().skip(1).find(|row| row.first() == Some(&name.text));
        let Some(published) = row.and_then(|row| row.last_mut()) else {
            let message =
                format!("sources.csv has no row for {}, so there is no day to set: add the row first", name.text);
            return Err(Outcome::error(message, Exit::Error));
        };
        is_changed |= published != day;
        day.clone_into(published);
    }
    Ok(is_changed.then(|| rows.into_iter().map(csv::row).collect()))
}

/// Returns the source of each wanted table before the import and after it. A table that is new and keeps its day is left out,
/// because the day was written for its prices.
fn sources(folder: &Folder, wanted: &Wanted, day: Option<&str>) -> Result<Vec<(String, Source, Source)>, Outcome> {
    let sources = folder.sources().map_err(|mistakes| Outcome::mistakes(&mistakes, Exit::Error))?;
    let both = |WantedTable { name, accepted, .. }: &WantedTable| {
        let (name, old) = sources.iter().find(|(table, _)| *table == name.text)?;
        let mut new = old.clone();
        if let Some(day) = day {
            day.clone_into(&mut new.published);
        }
        (accepted.is_some() || *old != new).then(|| (name.clone(), old.clone(), new))
    };
    Ok(wanted.tables.iter().filter_map(both).collect())
}

/// Replaces files of a folder. All are written to the disk before the first one is replaced.
fn replace(folder: &Path, files: &[(String, String)]) -> Result<(), String> {
    let failure = |path: &Path, error: &io::Error| format!("{}: {error}", path.display());
    let mut staged = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        staged.push((stage(&path, text).map_err(|error| failure(&path, &error))?, path));
    }
    for (file, path) in staged {
        file.put().map_err(|error| failure(&path, &error))?;
    }
    Ok(())
}

fn stage(path: &Path, text: &str) -> io::Result<Written> {
    let mut file = Replacement::of(path)?;
    file.write_all(text.as_bytes())?;
    file.sync()
}
