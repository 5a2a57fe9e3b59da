//! `dreamprice diff`: what changes between two folders of tables, as prices.

mod compare;
mod git;

use std::fmt::Display;
use std::path::{Path, PathBuf};

use clap::Args;
use dreamstudio_pricing_codegen::{Diagnostic, Folder, check};

use crate::arguments::TableFormat;
use crate::grid::{Align, Grid};
use crate::outcome::{EXIT_CODES, Exit, Outcome, escape};
use crate::page::{self, Page, PageTable, Selection, Wanted};
use crate::words::count;
use compare::{Change, Entry, Price, Summary};

pub(crate) use compare::Diff;

/// Print each price that changed between two folders of tables
///
/// One side may be a published page in Markdown: then the prices of its tables are compared, and nothing else.
///
/// Percentages are of the dollars, rounded to two decimal places, halves away from zero.
#[derive(Args)]
#[command(
    override_usage = "dreamprice diff [OPTIONS] <OLD> <NEW>\n       dreamprice diff [OPTIONS] --base <REV> [NEW]",
    after_help = EXIT_CODES
)]
pub(crate) struct Arguments {
    /// The old folder or page; with --base, the new folder, which defaults to tables
    #[arg(value_name = "OLD", required_unless_present = "base")]
    first: Option<PathBuf>,
    /// The new folder or page; - is a page on standard input
    #[arg(value_name = "NEW", required_unless_present = "base", conflicts_with = "base")]
    second: Option<PathBuf>,
    /// Read the old folder from this git revision of the repository that contains the new one
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    #[command(flatten)]
    selection: Selection,
    /// The format of the output; json has amounts as decimal strings
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match diff(arguments) {
        Ok(diff) => outcome(&diff, arguments.format, if diff.is_empty() { Exit::Done } else { Exit::No }),
        Err(error) => error,
    }
}

/// The differences in a format.
pub(crate) fn outcome(diff: &Diff, format: TableFormat, exit: Exit) -> Outcome {
    match format {
        TableFormat::Text => Outcome::text(text(diff), exit),
        TableFormat::Markdown => Outcome::text(markdown(diff), exit),
        TableFormat::Json => Outcome::json(diff, exit),
    }
}

fn diff(Arguments { first, second, base, selection, .. }: &Arguments) -> Result<Diff, Outcome> {
    let error = |message| Err(Outcome::error(message, Exit::Error));
    // clap requires both, unless there is a revision.
    let first = first.as_deref().unwrap_or(Path::new("tables"));
    let second = second.as_deref().unwrap_or(first);
    match (base, page::is_page(first), page::is_page(second)) {
        (_, false, false) if !selection.is_empty() => {
            error("--heading and --page choose tables of a page: both sides are folders")
        }
        (None, false, false) => diff_folders(&read(first)?, &read(second)?),
        (Some(revision), false, false) => {
            let new = read(second)?;
            diff_folders(&git::read(revision, second)?, &new)
        }
        (Some(_), ..) => error("--base compares folders: a page has no revisions"),
        (None, true, true) => {
            error("one of the two must be a folder of tables, which says what the headings of a page are")
        }
        (None, true, false) => {
            let (wanted, page) = read_page(first, second, selection)?;
            Ok(Diff::of_tables(page.iter().map(|page| &page.table), wanted.accepted(), &wanted.billing))
        }
        (None, false, true) => {
            let (wanted, page) = read_page(second, first, selection)?;
            Ok(Diff::of_tables(wanted.accepted(), page.iter().map(|page| &page.table), &wanted.billing))
        }
    }
}

/// The tables of a folder that a page should have, and those of the page.
fn read_page(page: &Path, folder: &Path, selection: &Selection) -> Result<(Wanted, Vec<PageTable>), Outcome> {
    let wanted = Wanted::new(selection, &read(folder)?)?;
    let tables = Page::read(page)?.tables(&wanted);
    let tables = tables.map_err(|mistakes| Outcome::mistakes(&mistakes, Exit::Error))?;
    Ok((wanted, tables))
}

fn diff_folders(old: &Folder, new: &Folder) -> Result<Diff, Outcome> {
    match (check(old), check(new)) {
        (Ok(old), Ok(new)) => Ok(Diff::new(&old, &new)),
        (old, new) => {
            let mistakes: Vec<Diagnostic> = [old, new].into_iter().filter_map(Result::err).flatten().collect();
            Err(Outcome::mistakes(&mistakes, Exit::Error))
        }
    }
}

pub(crate) fn read(folder: &Path) -> Result<Folder, Outcome> {
    let label = escape(&folder.display().to_string());
    Folder::read(folder, &label).map_err(|mistakes| Outcome::mistakes(&mistakes, Exit::Error))
}

fn text(diff: &Diff) -> String {
    let entries = entries(&diff.entries, ["+", "-", "~"], str::to_owned);
    page(&grid(&diff.prices), Grid::text, &entries, &diff.summary)
}

fn markdown(diff: &Diff) -> String {
    let entries = entries(&diff.entries, ["- added:", "- removed:", "- changed:"], code_span);
    page(&grid(&diff.prices), Grid::markdown, &entries, &diff.summary)
}

/// The parts that are not empty, with a blank line between them.
fn page(grid: &Grid, print: fn(&Grid) -> String, entries: &str, summary: &Summary) -> String {
    let grid = if grid.is_empty() { String::new() } else { print(grid) };
    let parts = [&grid, entries, &format!("{summary}\n")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn grid(prices: &[Price]) -> Grid {
    let mut grid = Grid::new([
        ("table", Align::Left),
        ("size", Align::Left),
        ("steps", Align::Right),
        ("credits", Align::Left),
        ("dollars", Align::Left),
        ("change", Align::Right),
    ]);
    for Price { table, width, height, steps, old, new, percent } in prices {
        grid.push([
            table.clone(),
            format!("{width}x{height}"),
            steps.to_string(),
            arrow(old.map(|old| old.credits), new.map(|new| new.credits)),
            arrow(old.map(|old| format!("${}", old.usd)), new.map(|new| format!("${}", new.usd))),
            match (new, percent) {
                (Some(_), Some(percent)) => format!("{percent:+.2} %"),
                (Some(_), None) => "new".to_owned(),
                (None, _) => "gone".to_owned(),
            },
        ]);
    }
    grid
}

fn arrow<T: Display>(old: Option<T>, new: Option<T>) -> String {
    let text = |side: Option<T>| side.map_or("–".to_owned(), |side| side.to_string());
    format!("{} → {}", text(old), text(new))
}

/// A line for each entry, which begins with the sign of its change. `quote` writes what comes from the tables.
fn entries(entries: &[Entry], [added, removed, changed]: [&str; 3], quote: fn(&str) -> String) -> String {
    let quote = |value: &dyn Display| quote(&escape(&value.to_string()));
    let line = |Entry { subject, change, old, new }: &Entry| {
        let sign = match change {
            Change::Added => added,
            Change::Removed => removed,
            Change::Changed => changed,
        };
        let values = match (old, new) {
            (Some(old), Some(new)) => format!(": {} → {}", quote(old), quote(new)),
            (Some(value), None) | (None, Some(value)) => format!(": {}", quote(value)),
            (None, None) => String::new(),
        };
        format!("{sign} {}{values}\n", quote(subject))
    };
    entries.iter().map(line).collect()
}

/// Markdown that shows a text as it is: no markup, no HTML, no link, no mention. The text may have backticks in it, so the
/// span has more of them on each side.
fn code_span(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

impl Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { rose, fell, added, removed, other } = self;
        let changed = count(rose + fell, "price", "prices");
        let other = count(other, "other change", "other changes");
        write!(f, "{changed} changed ({rose} up, {fell} down), {added} new, {removed} gone; {other}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_ends_where_its_text_does() {
        for (text, span) in [("v1", "`v1`"), ("a`b", "``a`b``"), ("`a``", "``` `a`` ```"), ("<b>*@x*", "`<b>*@x*`")] {
            assert_eq!(code_span(text), span);
        }
    }
}
