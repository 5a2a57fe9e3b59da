//! With the feature `codegen`, generates the library's code from `tables/`. Without it, checks that `src/generated.rs`
//! was generated from the tables that are there: a stale price does not compile.

#[cfg(not(feature = "codegen"))]
mod accepted;
#[cfg(not(feature = "codegen"))]
mod check;
#[cfg(feature = "codegen")]
mod generate;

#[cfg(not(feature = "codegen"))]
use check::prepare;
#[cfg(feature = "codegen")]
use generate::prepare;

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=tables");
    if let Err(report) = prepare() {
        // Cargo shows each line as an error, and fails. With an exit code of our own it would dump all output again.
        report.lines().for_each(|line| println!("cargo::error={line}"));
    }
}
