//! The command as a shell runs it: output, messages, exit code.

mod afford;
mod bill;
mod books;
mod check;
mod diff;
mod export;
#[cfg(unix)]
mod faults;
mod import;
#[cfg(target_os = "linux")]
mod interactive;
mod page;
mod published;
mod quote;
mod table;
mod terminal;
mod untrusted_input;
#[cfg(unix)]
mod workflow;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use dreamstudio_pricing::{Cell, Settings, Table};
use dreamstudio_pricing_codegen::{Diagnostic, Folder, check};
use support::TableFiles;
use tempfile::TempDir;

/// A price table of [`tables`].
const SDXL: &str = "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.5,0.8,0.8\n";

/// The other price table of [`tables`].
const OLD: &str = "steps,512x512\n15,1\n";

/// Tables without a mistake and without a warning.
fn tables() -> TableFiles {
    TableFiles::default()
        .with("sdxl.csv", SDXL)
        .with("old.csv", OLD)
        .engine("xl-1", "sdxl")
        .engine("v1", "old")
        .engine("v2", "old")
        .client("API", "sdxl", [512, 512, 30], Some(50))
        .billing("25", "1000", "10")
        .limits("sdxl", [Some(64), None, None, None, None, None, None, None])
        .limits("old", [None; 8])
        .source("sdxl", "Prices", "XL", "2023-06-22")
        .source("old", "Prices", "Old", "2023-06-22")
}

/// Returns settings that the API accepts and the table does not price: with a step count between two of the table.
fn unlisted(table: Table) -> Settings {
    let (width, height) = table.sizes()[0];
    let mut between = table.steps()[0]..*table.steps().last().unwrap();
    let steps = between.find(|count| !table.steps().contains(count));
    Settings::size(width, height).steps(steps.expect("a step count is between two of the table"))
}

/// Returns the price of a cell in credits and in dollars, with as many decimal places as any cell of its table needs.
fn with_equal_places(cell: Cell) -> (String, String) {
    let padded = |show: fn(Cell) -> String| {
        let places = |amount: &str| amount.find('.').map_or(0, |point| amount.len() - point - 1);
        let most = cell.table.cells().map(|cell| places(&show(cell))).max().unwrap();
        let amount = show(cell);
        let point = if most > 0 && !amount.contains('.') { "." } else { "" };
        let zeros = "0".repeat(most - places(&amount));
        amount + point + &zeros
    };
    (padded(|cell| cell.price.to_string()), padded(|cell| cell.price.usd().to_string()))
}

/// [`tables`] with a mistake in a price.
fn mistaken() -> TableFiles {
    tables().with("sdxl.csv", "steps,512x512\n15,$1\n")
}

/// A folder with these files in `tables`.
fn folder(files: &TableFiles) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    files.write(&root.path().join("tables")).unwrap();
    root
}

/// Runs git in a folder.
fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// The command, without colours whatever the shell is set to.
fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dreamprice"));
    command.env_remove("CLICOLOR_FORCE");
    command
}

fn dreamprice<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Output {
    command().current_dir(folder).args(arguments).output().unwrap()
}

/// What the build reports about the folder `name` in `root`.
fn diagnostics(root: &Path, name: &str) -> Vec<Diagnostic> {
    match Folder::read(&root.join(name), name).and_then(|folder| check(&folder)) {
        Ok(prices) => prices.warnings,
        Err(mistakes) => mistakes,
    }
}

/// Exit code, standard output and standard error, for a snapshot.
fn report(folder: &Path, arguments: &[&str]) -> String {
    let output = dreamprice(folder, arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    format!("exit code {code}\n{}{}", text(output.stdout), text(output.stderr))
}

/// Standard output of a run that reports nothing else.
fn printed(arguments: &[&str]) -> String {
    let output = dreamprice(Path::new("."), arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Standard error of a run with this exit code, which must print no answer.
fn rejected(code: i32, arguments: &[&str]) -> String {
    let output = dreamprice(Path::new("."), arguments);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}
