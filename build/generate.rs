//! Generates the code from `tables/`.

use std::path::Path;
use std::{env, fs};

use dreamstudio_pricing_codegen::{Diagnostic, Severity, generate};

/// Writes the code to `OUT_DIR`, or returns the mistakes in the tables. Prints the warnings.
pub(crate) fn prepare() -> Result<(), String> {
    let (code, warnings, mistakes) = match generate("tables".as_ref(), "tables") {
        Ok(generated) => (generated.code, generated.warnings, Vec::new()),
        Err(diagnostics) => {
            let is_warning = |diagnostic: &Diagnostic| diagnostic.severity() == Severity::Warning;
            let (warnings, mistakes) = diagnostics.into_iter().partition(is_warning);
            (String::new(), warnings, mistakes)
        }
    };
    report(&warnings).lines().for_each(|line| println!("cargo::warning={line}"));
    if !mistakes.is_empty() {
        return Err(report(&mistakes));
    }
    let folder = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: run this build script by cargo")?;
    let path = Path::new(&folder).join("generated.rs");
    fs::write(&path, code).map_err(|error| format!("{}: {error}", path.display()))
}

fn report(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n")
}
