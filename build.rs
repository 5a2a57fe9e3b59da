//! Writes what `src/lib.rs` includes: code made from `tables/`, or the accepted copy of it.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("generated.rs");
    match code().and_then(|code| fs::write(&out, code).map_err(|error| format!("{}: {error}", out.display()))) {
        Ok(()) => {}
        // Cargo shows each line as an error, and fails; an exit code of our own would make it show all output again.
        Err(report) => report.lines().for_each(|line| println!("cargo::error={line}")),
    }
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
