//! `dreamprice`: what a DreamStudio image costs, on the command line.
//!
//! A library, so that tests can run the command in their own process. Other programs should use `dreamstudio-pricing`.

mod amounts;
mod arguments;
mod book;
mod commands;
mod csv;
mod editions;
mod git;
mod github;
mod input;
mod interrupt;
mod names;
mod outcome;
mod plural;
mod price_diff;
mod price_grid;
mod price_table;
mod published;
mod shell;
mod temporary;
mod text_table;
mod version;

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand};

use commands::{afford, bill, check, completions, diff, export, import, page, quote, table};
use outcome::EXIT_CODES;
use version::VERSION;

// `benches/` measures how fast usage logs are split.
pub use commands::bill::fast::{Boundary, Position, Record, Splitter};
pub use outcome::Outcome;

/// What a DreamStudio image costs
#[derive(Parser)]
#[command(name = "dreamprice", version = VERSION.as_str(), arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    subcommand: SubcommandArguments,
}

#[derive(Subcommand)]
enum SubcommandArguments {
    Quote(quote::Arguments),
    Afford(afford::Arguments),
    Table(table::Arguments),
    Check(check::Arguments),
    Diff(diff::Arguments),
    Import(import::Arguments),
    Page(page::Arguments),
    Bill(bill::Arguments),
    Export(export::Arguments),
    Completions(completions::Arguments),
}

impl Arguments {
    /// Parses the arguments of a process, of which the first is the name of the command.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with them, or the help or the version with exit code 0.
    pub fn new(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Outcome> {
        arguments::parse(arguments).map_err(|error| Outcome::of_arguments(&error))
    }

    /// Runs the command.
    #[must_use]
    pub fn run(&self) -> Outcome {
        self.run_with(bill::run)
    }

    /// Runs the command. It reads usage logs in blocks of `block_size` bytes, in `workers` threads; a bill depends on
    /// neither.
    #[must_use]
    pub fn run_in_blocks(&self, block_size: usize, workers: usize) -> Outcome {
        self.run_with(|arguments| bill::run_in_blocks(arguments, block_size, workers))
    }

    fn run_with(&self, bill: impl FnOnce(&bill::Arguments) -> Outcome) -> Outcome {
        match &self.subcommand {
            SubcommandArguments::Quote(arguments) => quote::run(arguments),
            SubcommandArguments::Afford(arguments) => afford::run(arguments),
            SubcommandArguments::Table(arguments) => table::run(arguments),
            SubcommandArguments::Check(arguments) => check::run(arguments),
            SubcommandArguments::Diff(arguments) => diff::run(arguments),
            SubcommandArguments::Import(arguments) => import::run(arguments),
            SubcommandArguments::Page(arguments) => page::run(arguments),
            SubcommandArguments::Bill(arguments) => bill(arguments),
            SubcommandArguments::Export(arguments) => export::run(arguments),
            SubcommandArguments::Completions(arguments) => completions::run(arguments, Self::command()),
        }
    }
}
