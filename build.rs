//! With the feature `codegen`, generates the library's code from `tables/`, or from the folder that a variable names.
//! Without it, the library compiles the accepted code, `src/generated.rs`, and this script rejects tables that differ from
//! those it was generated from.

use std::process::ExitCode;

/// Names a folder of tables that replaces `tables/`. Empty means unset.
const TABLES: &str = "DREAMSTUDIO_PRICING_TABLES";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=tables");
    println!("cargo::rerun-if-env-changed={TABLES}");
    run(&std::env::var_os(TABLES).unwrap_or_default().to_string_lossy())
}

#[cfg(feature = "codegen")]
fn run(other_tables: &str) -> ExitCode {
    use dreamstudio_pricing_codegen::{Severity, generate};

    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR") + "/generated.rs";
    // Code generated from other tables must not remain. There may be none.
    std::fs::remove_file(&out).unwrap_or_default();
    if !other_tables.is_empty() && !std::path::Path::new(other_tables).is_absolute() {
        println!("cargo::error={TABLES} is `{other_tables}`, which is not an absolute path");
        println!("cargo::error=  = help: `relative = true` in `[env]` of .cargo/config.toml makes a path absolute");
        return ExitCode::SUCCESS;
    }
    let tables = if other_tables.is_empty() { "tables" } else { other_tables };
    println!("cargo::rerun-if-changed={tables}");
    let (code, diagnostics) = match generate(tables.as_ref(), tables) {
        Ok(generated) => (Some(generated.code), generated.warnings),
        Err(diagnostics) => (None, diagnostics),
    };
    for diagnostic in diagnostics {
        let level = if diagnostic.severity() == Severity::Warning { "warning" } else { "error" };
        diagnostic.to_string().lines().for_each(|line| println!("cargo::{level}={line}"));
    }
    if let Some(code) = code {
        std::fs::write(out, code).expect("cargo creates OUT_DIR");
    }
    // `cargo::error` fails the build. A failing exit code would make cargo print the errors twice.
    ExitCode::SUCCESS
}

#[cfg(not(feature = "codegen"))]
fn run(other_tables: &str) -> ExitCode {
    println!("cargo::rerun-if-changed=src/generated.rs");
    if !other_tables.is_empty() {
        println!("cargo::error={TABLES} is `{other_tables}`, but only the feature `codegen` builds from other tables");
        println!("cargo::error=  = help: enable the feature, or unset the variable");
        return ExitCode::FAILURE;
    }
    let differences = differences().unwrap_or_else(|error| vec![error]);
    if differences.is_empty() {
        return ExitCode::SUCCESS;
    }
    for difference in differences {
        println!("cargo::error={difference}");
    }
    println!("cargo::error=  = help: to accept the tables, run this command in the folder of the library:");
    println!("cargo::error=          INSTA_UPDATE=always cargo test --test prices");
    println!("cargo::error=  = help: to build from the tables as they are, enable the feature `codegen`");
    // Some build tools look only at the exit code, and none must compile a stale price.
    ExitCode::FAILURE
}

/// Compares `tables/` with the list in `src/generated.rs`, which has a line such as `("sdxl.csv", 42),` for each file.
#[cfg(not(feature = "codegen"))]
fn differences() -> Result<Vec<String>, String> {
    let code = std::fs::read_to_string("src/generated.rs").map_err(|error| format!("src/generated.rs: {error}"))?;
    let mut differences = Vec::new();
    for file in std::fs::read_dir("tables").map_err(|error| format!("tables: {error}"))? {
        let path = file.map_err(|error| format!("tables: {error}"))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || name.starts_with("~$") || !name.to_ascii_lowercase().ends_with(".csv") {
            continue;
        }
        // Reading a pipe or a device could block forever.
        let text = if path.is_file() { std::fs::read_to_string(path).unwrap_or_default() } else { String::new() };
        let hash = hash(&text);
        if !code.contains(&format!("(\"{name}\", ")) {
            differences.push(format!("tables/{name} is new: src/generated.rs was generated without it"));
        } else if !code.contains(&format!("(\"{name}\", {hash}),")) {
            differences.push(format!("tables/{name} has changed since src/generated.rs was generated from it"));
        }
    }
    for (name, _) in code.lines().filter_map(|line| line.trim().strip_prefix("(\"")?.split_once(".csv\", ")) {
        if !std::path::Path::new(&format!("tables/{name}.csv")).exists() {
            differences.push(format!("tables/{name}.csv is gone: src/generated.rs was generated from it"));
        }
    }
    differences.sort();
    Ok(differences)
}

/// The FNV-1a hash of a file, as `dreamstudio_pricing_codegen::hash` defines it.
#[cfg(not(feature = "codegen"))]
fn hash(text: &str) -> u64 {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let text = text.strip_suffix('\n').unwrap_or(&text).bytes();
    text.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
