//! `dreamprice diff`: what changes between two folders of tables, as prices.

mod annotate;
mod approval;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dreamstudio_pricing_codegen::{Diagnostic, Folder, check};

use crate::git;
use crate::github::{self, Annotation};
use crate::input;
use crate::outcome::{EXIT_CODES, Exit, Outcome};
use crate::price_diff::{ComparedParts, Diff, TableCells};
use crate::published::{self, PageComparison, PageTable, PublishedPage, Selection, Wanted};
use annotate::Annotated;
use approval::{Beyond, Percentage};

/// Print each price that changed between two folders of tables
///
/// One side may be a published page in Markdown: then the prices of its tables are compared, and tables of the page that
/// sources.csv does not have are reported, as are facts that differ from billing.csv and clients.csv.
///
/// If the old tables have mistakes, their prices are compared as far as they can be read, and nothing else.
///
/// Percentages are of the dollars, rounded to two decimal places, halves away from zero.
#[derive(Args)]
#[command(
    override_usage = "dreamprice diff [OPTIONS] <OLD> <NEW>\n       dreamprice diff [OPTIONS] --base <REV> [NEW]",
    after_help = EXIT_CODES
)]
pub(crate) struct Arguments {
    /// The old folder, such as v0.1.0:tables at a git revision, or page; with --base, the new folder, which defaults to
    /// tables
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
    /// Exit with 1 only if a change is larger than this, for example 20%
    ///
    /// Every change exceeds the limit except these: a price or the price of a credit that moves by at most this, in credits and
    /// in dollars; the source of a price table or a client that is added;
    /// a later day of publication; another number of granted images. With only these differences, the exit code is 0. There is no limit if
    /// the old tables have mistakes; if they cannot be read, the exit code is 2.
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true)]
    fail_above: Option<Percentage>,
    /// The format of the output; json has amounts as decimal strings
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    format: DiffFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// For a terminal
    Text,
    /// For a pull request or a README
    Markdown,
    /// For programs
    Json,
    /// Annotations at the lines of the CSV files, for a workflow of GitHub Actions
    Github,
}

/// A diff, and the folder whose files it is about.
struct Comparison {
    diff: Diff,
    folders: Annotated,
    /// The mistakes in the old tables, as warnings.
    warnings: Vec<Diagnostic>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let Comparison { mut diff, folders, warnings } = match compare(arguments) {
        Ok(comparison) => comparison,
        Err(error) => return error,
    };
    let beyond = arguments.fail_above.map(|limit| Beyond::new(&mut diff, limit));
    diff.verdict = beyond.as_ref().map(Beyond::to_string);
    let is_no = diff.fails() || beyond.as_ref().map_or(!diff.is_empty(), Beyond::needs_approval);
    let exit = if is_no { Exit::No } else { Exit::Done };
    let mistakes = diff.page.as_ref().map(|page| page.mistakes.clone()).unwrap_or_default();
    let outcome = match arguments.format {
        DiffFormat::Text => Outcome::text(diff.text(), exit),
        DiffFormat::Markdown => Outcome::text(diff.markdown(), exit),
        DiffFormat::Json => diff.json(beyond, exit),
        DiffFormat::Github => {
            let annotations = annotate::annotations(&diff, &folders);
            Outcome::text(github::commands(annotations) + &diff.text(), exit)
        }
    };
    outcome.with_diagnostics(&warnings).with_diagnostics(&mistakes)
}

fn compare(arguments: &Arguments) -> Result<Comparison, Outcome> {
    let Arguments { first, second, base, selection, format, .. } = arguments;
    let error = |message| Err(Outcome::error(message, Exit::Error));
    // clap requires both, unless there is a revision.
    let first = first.as_deref().unwrap_or(Path::new("tables"));
    let second = second.as_deref().unwrap_or(first);
    // Annotations need paths from the root of the repository, and are about files of the working tree.
    let annotated = |folder: &Path| match format {
        DiffFormat::Github => input::folder_as(folder, &github::label(folder)),
        DiffFormat::Text | DiffFormat::Markdown | DiffFormat::Json => input::tables(folder),
    };
    let has_page = published::is_page(first) || published::is_page(second);
    let comparison = match (base, published::is_page(first), published::is_page(second)) {
        (_, false, false) if !selection.is_empty() => {
            error("--heading, --page and --label are about a page: both sides are folders")
        }
        (None, false, false) => of_folders(input::tables(first)?, annotated(second)?, *format),
        (Some(revision), false, false) => {
            let new = annotated(second)?;
            let instead = "compare two folders with `dreamprice diff OLD NEW` instead";
            of_folders(git::read(revision, second, instead)?, new, *format)
        }
        (Some(_), ..) => error("--base compares folders: a page has no revisions"),
        (None, true, true) => {
            error("one of the two must be a folder of tables, which says what the headings of a page are")
        }
        (None, true, false) => {
            of_page(first, annotated(second)?, selection, |table| (&table.published, &table.accepted))
        }
        (None, false, true) => {
            of_page(second, annotated(first)?, selection, |table| (&table.accepted, &table.published))
        }
    };
    let Comparison { diff, folders, warnings } = comparison?;
    let name = |side: &Path| match selection.label().filter(|_| published::is_page(side)) {
        Some(label) => label.to_owned(),
        None => input::label(side),
    };
    let old = base.as_ref().map_or_else(|| name(first), |revision| format!("{revision}:{}", second.display()));
    let what = match diff.not_compared {
        _ if has_page => ComparedParts::Page,
        Some(_) => ComparedParts::Prices,
        None => ComparedParts::All,
    };
    Ok(Comparison { diff: diff.between(old, name(second), what), folders, warnings })
}

/// Compares the tables of a page with those of a folder that the page should have.
fn of_page(
    page: &Path,
    folder: Folder,
    selection: &Selection,
    sides: fn(&PageTable) -> (&TableCells, &TableCells),
) -> Result<Comparison, Outcome> {
    let wanted = Wanted::new(selection, &folder)?;
    let PageComparison { tables, report } = PublishedPage::read(page, selection)?.compare(&wanted);
    let named = tables.iter().map(|table| {
        let (old, new) = sides(table);
        (&*table.name, old, new)
    });
    let diff = Diff::of_cells(named, &wanted.billing).of_page(report);
    Ok(Comparison { diff, folders: Annotated { folder, other: None }, warnings: Vec::new() })
}

/// Compares two folders. Mistakes in the new folder are errors, and those in the old one are warnings: otherwise nobody
/// could review the change that fixes them.
///
/// Old tables that cannot be read are an error too: if they were compared as far as they can be read, no limit would apply.
fn of_folders(old: Folder, new: Folder, format: DiffFormat) -> Result<Comparison, Outcome> {
    let unreadable = old.unreadable();
    if !unreadable.is_empty() {
        return Err(Outcome::mistakes(&unreadable, Exit::Error));
    }
    let (diff, warnings) = match (check(&old), check(&new)) {
        (Ok(old), Ok(new)) => (Diff::new(&old, &new), Vec::new()),
        (Err(mistakes), Ok(_)) if old.table_names().is_empty() => {
            return Err(Outcome::mistakes(&mistakes, Exit::Error));
        }
        (Err(mistakes), Ok(new)) => {
            let warnings = mistakes.into_iter().map(Diagnostic::into_warning).collect();
            (Diff::of_readable(&old, &new), warnings)
        }
        (old, Err(mistakes)) => {
            // A pull request shows the mistakes of the new tables at their lines, as `check` does.
            let commands = match format {
                DiffFormat::Github => github::commands(mistakes.iter().map(Annotation::from).collect()),
                DiffFormat::Text | DiffFormat::Markdown | DiffFormat::Json => String::new(),
            };
            let mistakes = [old.err().unwrap_or_default(), mistakes].concat();
            return Err(Outcome::text(commands, Exit::Error).with_diagnostics(&mistakes));
        }
    };
    Ok(Comparison { diff, folders: Annotated { folder: new, other: Some(old) }, warnings })
}
