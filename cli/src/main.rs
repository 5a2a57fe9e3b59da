//! `dreamprice`: what a DreamStudio image costs, on the command line.

mod check;
mod diff;
mod quote;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use dreamstudio_pricing_codegen::Diagnostic;
use serde::Serialize;

/// What a DreamStudio image costs.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Quote(quote::Arguments),
    Check(check::Arguments),
    Diff(diff::Arguments),
}

/// What a command has to say, and its exit code.
struct Outcome {
    output: String,
    errors: Vec<String>,
    code: u8,
}

impl Outcome {
    fn said(output: String, code: u8) -> Self {
        Self { output, errors: Vec::new(), code }
    }

    fn json(value: &impl Serialize, code: u8) -> Self {
        match serde_json::to_string_pretty(value) {
            Ok(json) => Self::said(json + "\n", code),
            Err(error) => Self::failed(error, 2),
        }
    }

    fn failed(error: impl Display, code: u8) -> Self {
        Self { output: String::new(), errors: vec![error.to_string()], code }
    }

    /// The problems of tables, in the words of the build.
    fn mistaken(problems: &[Diagnostic], code: u8) -> Self {
        Self { output: String::new(), errors: problems.iter().map(Diagnostic::to_string).collect(), code }
    }
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Quote(arguments) => quote::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
    };
    for error in &outcome.errors {
        eprintln!("error: {error}");
    }
    match io::stdout().write_all(outcome.output.as_bytes()) {
        // Whoever closes the pipe early has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        _ => ExitCode::from(outcome.code),
    }
}
