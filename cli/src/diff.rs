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
    /// Read the old folder from this git revision of the repository that the new one is in
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
    let sides = match (&arguments.base, &*arguments.folders) {
        (None, [old, new]) => both(read(old), read(new)),
        (Some(base), []) => since(base, Path::new("tables")),
        (Some(base), [new]) => since(base, new),
        (None, _) => Err(Outcome::failed("give two folders, OLD and NEW, or --base REV", TROUBLE)),
        (Some(_), _) => Err(Outcome::failed("with --base, give one folder at the most: the new one", TROUBLE)),
    };
    let diff = match sides {
        Ok((old, new)) => Diff::new(&old, &new),
        Err(outcome) => return outcome,
    };
    let code = u8::from(!diff.is_empty());
    match arguments.format {
        Format::Text => Outcome::said(show::text(&diff), code),
        Format::Markdown => Outcome::said(show::markdown(&diff), code),
        Format::Json => Outcome::json(&diff, code),
    }
}

/// Both sides, or what is wrong with either.
fn both(old: Result<Prices, Outcome>, new: Result<Prices, Outcome>) -> Result<(Prices, Prices), Outcome> {
    match (old, new) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (Err(mut outcome), Err(other)) => {
            outcome.errors.extend(other.errors);
            Err(outcome)
        }
        (Err(outcome), _) | (_, Err(outcome)) => Err(outcome),
    }
}

/// A folder as it was in a revision, and as it is.
fn since(revision: &str, folder: &Path) -> Result<(Prices, Prices), Outcome> {
    let old = git::read(revision, folder)?;
    both(checked(&old), read(folder))
}

fn read(folder: &Path) -> Result<Prices, Outcome> {
    let read = Folder::read(folder, &folder.display().to_string());
    read.map_err(|problems| Outcome::mistaken(&problems, TROUBLE)).and_then(|folder| checked(&folder))
}

fn checked(folder: &Folder) -> Result<Prices, Outcome> {
    check(folder).map_err(|problems| Outcome::mistaken(&problems, TROUBLE))
}
