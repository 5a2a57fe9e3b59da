//! Writes what `src/lib.rs` includes: code made from `tables/`, or the accepted copy of it.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    if let Err(report) = code().and_then(|code| write(&code)) {
        // Cargo shows each line as an error, and fails; an exit code of our own would make it show all output again.
        report.lines().for_each(|line| println!("cargo::error={line}"));
    }
}

fn write(code: &str) -> Result<(), String> {
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR, and nobody did")?;
    let path = PathBuf::from(folder).join("generated.rs");
    fs::write(&path, code).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(feature = "codegen")]
fn code() -> Result<String, String> {
    use dreamstudio_pricing_codegen::{Problem, generate};

    println!("cargo::rerun-if-changed=tables");
    generate("tables".as_ref(), "tables")
        .map_err(|problems| problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))
}

/// The copy that was accepted as a snapshot, without the snapshot's own header.
#[cfg(not(feature = "codegen"))]
fn code() -> Result<String, String> {
    const COPY: &str = "src/generated.snap";
    println!("cargo::rerun-if-changed={COPY}");
    let snapshot = fs::read_to_string(COPY).map_err(|error| format!("{COPY}: {error}"))?;
    let code = snapshot.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    code.map(|(_, code)| code.to_owned()).ok_or_else(|| format!("{COPY} does not start as a snapshot"))
}
