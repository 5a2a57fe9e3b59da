//! `dreamprice diff`: what changes between two folders of tables, as prices.

mod compare;
mod git;
mod show;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dreamstudio_pricing_codegen::{Folder, Prices, check};

use crate::Outcome;
use compare::Diff;

/// Print each price that changed between two folders of tables
#[derive(Args)]
#[command(
    override_usage = "dreamprice diff [OPTIONS] <OLD> <NEW>\n       dreamprice diff [OPTIONS] --base <REV> [NEW]",
    after_help = "Percentages are those of the dollars, rounded to two decimal places, half of a unit away from zero.\n\
                  Exit codes: 0, nothing changed; 1, something did; 2, trouble, told on standard error."
)]
pub(crate) struct Arguments {
    /// Two folders of tables, or one with --base, which is tables/ unless it is given
    #[arg(value_name = "OLD NEW", num_args = 0..=2)]
    folders: Vec<PathBuf>,
    /// Read the old folder from this git revision
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// For a pull request
    Markdown,
    /// For programs
    Json,
}

const TROUBLE: u8 = 2;

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (old, new) = match (&arguments.base, &*arguments.folders) {
        (None, [old, new]) => (read(old), read(new)),
        (Some(base), []) => (at_revision(base, Path::new("tables")), read(Path::new("tables"))),
        (Some(base), [new]) => (at_revision(base, new), read(new)),
        (None, _) => return Outcome::failed("give two folders, OLD and NEW, or --base REV", TROUBLE),
        (Some(_), _) => return Outcome::failed("with --base, give one folder at the most: the new one", TROUBLE),
    };
    let diff = match (old, new) {
        (Ok(old), Ok(new)) => Diff::new(&old, &new),
        (old, new) => {
            let errors = [old.err(), new.err()].into_iter().flatten().flat_map(|outcome| outcome.errors);
            return Outcome { output: String::new(), errors: errors.collect(), code: TROUBLE };
        }
    };
    let code = u8::from(!diff.is_empty());
    match arguments.format {
        Format::Text => Outcome::said(show::text(&diff), code),
        Format::Markdown => Outcome::said(show::markdown(&diff), code),
        Format::Json => Outcome::json(&diff, code),
    }
}

fn read(folder: &Path) -> Result<Prices, Outcome> {
    let read = Folder::read(folder, &folder.display().to_string());
    read.map_err(|problems| Outcome::mistaken(&problems, TROUBLE)).and_then(|folder| checked(&folder))
}

fn at_revision(revision: &str, folder: &Path) -> Result<Prices, Outcome> {
    git::read(revision, folder).and_then(|folder| checked(&folder))
}

fn checked(folder: &Folder) -> Result<Prices, Outcome> {
    check(folder).map_err(|problems| Outcome::mistaken(&problems, TROUBLE))
}
