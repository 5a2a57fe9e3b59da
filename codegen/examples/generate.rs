//! Prints the code of a folder of tables, as the build script of `dreamstudio-pricing` writes it.
//!
//!     cargo run --package dreamstudio-pricing-codegen --example generate -- tables

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use dreamstudio_pricing_codegen::generate;

fn main() -> ExitCode {
    let folder = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "tables".into()));
    match generate(&folder, &folder.display().to_string()) {
        Ok(generated) => {
            for warning in generated.warnings {
                eprintln!("warning: {warning}");
            }
            println!("{}", generated.code);
            ExitCode::SUCCESS
        }
        Err(diagnostics) => {
            for diagnostic in diagnostics {
                eprintln!("error: {diagnostic}");
            }
            ExitCode::FAILURE
        }
    }
}
