//! `dreamprice`: what a DreamStudio image costs, on the command line.

mod quote;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Quote(arguments) => quote::run(&arguments),
    };
    match result {
        // Whoever closes the pipe early has read enough.
        Ok(text) => match io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&error),
            _ => ExitCode::SUCCESS,
        },
        Err(error) => fail(&*error),
    }
}

fn fail(error: &dyn Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}
