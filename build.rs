//! Writes what `src/lib.rs` includes: code made from `tables/`, or the accepted copy of it.

use std::path::Path;
use std::{env, fs};

fn main() {
    if let Err(report) = write() {
        // Cargo shows each line as an error, and fails; an exit code of our own would make it show all output again.
        report.lines().for_each(|line| println!("cargo::error={line}"));
    }
}

fn write() -> Result<(), String> {
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR, and nobody did")?;
    let path = Path::new(&folder).join("generated.rs");
    fs::write(&path, code()?).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(feature = "codegen")]
fn code() -> Result<String, String> {
    use dreamstudio_pricing_codegen::{Diagnostic, generate};

    println!("cargo::rerun-if-changed=tables");
    generate("tables".as_ref(), "tables")
        .map(|generated| generated.code)
        .map_err(|problems| problems.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n"))
}

/// The copy that was accepted as a snapshot, without the snapshot's own header between two lines of dashes.
#[cfg(not(feature = "codegen"))]
fn code() -> Result<&'static str, String> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut rest = include_str!("src/generated.snap").strip_prefix("---\n").unwrap_or_default();
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        if line == "---" {
            return Ok(rest);
        }
    }
    Err("src/generated.snap has no header, which every snapshot has".to_owned())
}
