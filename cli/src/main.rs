//! `dreamprice`: what a DreamStudio image costs, on the command line.

use std::env;
use std::process::ExitCode;

use dreamprice::Arguments;

fn main() -> ExitCode {
    Arguments::new(env::args_os()).map_or_else(|outcome| outcome, |arguments| arguments.run()).print()
}
