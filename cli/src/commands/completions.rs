//! `dreamprice completions`: scripts that let a shell complete the arguments.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::outcome::{EXIT_CODES, Exit, Outcome};

/// Print a script that completes arguments in a shell
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script for `command`, which is the whole command.
pub(crate) fn run(Arguments { shell }: &Arguments, mut command: Command) -> Outcome {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(*shell, &mut command, name, &mut script);
    Outcome::text(String::from_utf8_lossy(&script), Exit::Done)
}
