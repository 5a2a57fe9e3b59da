//! Generates the code from `tables/`.

use std::path::Path;
use std::{env, fs};

use dreamstudio_pricing_codegen::{Diagnostic, Generated, generate};

/// Writes the code to `OUT_DIR`, or returns what is wrong with the tables.
pub(crate) fn prepare() -> Result<(), String> {
    let report =
        |diagnostics: &[Diagnostic]| diagnostics.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n");
    let Generated { code, warnings, .. } = generate("tables".as_ref(), "tables").map_err(|errors| report(&errors))?;
    report(&warnings).lines().for_each(|line| println!("cargo::warning={line}"));
    let folder = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: run this build script by cargo")?;
    let path = Path::new(&folder).join("generated.rs");
    fs::write(&path, code).map_err(|error| format!("{}: {error}", path.display()))
}
