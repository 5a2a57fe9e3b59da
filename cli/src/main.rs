//! `dreamprice`: what a DreamStudio image costs, on the command line.

mod afford;
mod arguments;
mod bill;
mod cells;
mod check;
mod completions;
mod diff;
mod export;
mod git;
mod github;
mod grid;
mod import;
mod input;
mod names;
mod outcome;
mod page;
mod page_out;
mod quote;
mod table;
mod temporary;
mod version;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::EXIT_CODES;
use version::VERSION;

/// What a DreamStudio image costs
#[derive(Parser)]
#[command(version = VERSION.as_str(), arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Quote(quote::Arguments),
    Afford(afford::Arguments),
    Table(table::Arguments),
    Check(check::Arguments),
    Diff(diff::Arguments),
    Import(import::Arguments),
    Page(page_out::Arguments),
    Bill(bill::Arguments),
    Export(export::Arguments),
    Completions(completions::Arguments),
}

fn main() -> ExitCode {
    let arguments: Arguments = match arguments::parse() {
        Ok(arguments) => arguments,
        // Help and the version come this way too, with the exit code 0.
        Err(error) => error.exit(),
    };
    let outcome = match &arguments.command {
        Command::Quote(arguments) => quote::run(arguments),
        Command::Afford(arguments) => afford::run(arguments),
        Command::Table(arguments) => table::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Diff(arguments) => diff::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Page(arguments) => page_out::run(arguments),
        Command::Bill(arguments) => bill::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
    };
    outcome.print()
}
