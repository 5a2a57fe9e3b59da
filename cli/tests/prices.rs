//! Everything in the repository that follows from `tables/`: the snapshot of the prices, the tables in `README.md`, and
//! `src/generated.rs`. The test compares all of it with the tables, and `INSTA_UPDATE=always` accepts all of it.
//!
//! It is a binary of its own, so that accepting prices accepts nothing else.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use dreamstudio_pricing::{Client, billing};
use dreamstudio_pricing_codegen::{Folder, Prices, check, emit};
use similar::TextDiff;
use temporary::{Replacement, Written};

#[path = "../../build/accepted.rs"]
mod accepted;
#[path = "prices/built.rs"]
mod built;
#[path = "prices/coverage.rs"]
mod coverage;
#[path = "../src/temporary.rs"]
mod temporary;

const ACCEPT: &str = "INSTA_UPDATE=always cargo test --test prices";

const README: &str = "README.md";
const CODE: &str = "src/generated.rs";
const SNAPSHOT: &str = "cli/tests/snapshots/prices__prices.snap";

/// The lines of a difference that a failure prints: enough to see what it is about.
const MAX_LINES: usize = 40;

#[test]
fn the_accepted_prices_are_those_of_the_tables() {
    let tables = checked_tables();
    assert!(
        built::is_built_from(&tables),
        "the build is older than tables/: save the files there once more, or touch them, and run the command again"
    );
    let (readme, code) = (readme(), code(&tables));
    compare_snapshot();
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        write(README, &readme);
        write(CODE, &code);
        // Accepting leaves a pending snapshot behind; a comparison that passes removes it.
        compare_snapshot();
    }
    let files = [(SNAPSHOT, snapshot_text(), prices()), (README, read(README), readme), (CODE, read(CODE), code)];
    let stale: Vec<_> = files.iter().filter(|(_, accepted, text)| accepted != text).collect();
    if stale.is_empty() {
        return;
    }
    let names: Vec<&str> = stale.iter().map(|(name, ..)| *name).collect();
    let message = format!("{} must be updated: to accept the tables, run `{ACCEPT}`", names.join(", "));
    let changes = changes();
    let differences = stale.iter().map(|(name, accepted, text)| difference(name, accepted, text));
    eprintln!("{message}\n\n{}", if changes.is_empty() { differences.collect() } else { changes });
    panic!("{message}");
}

/// Reads the folder as the build does.
fn checked_tables() -> Prices {
    let tables = Folder::read(&path("tables"), "tables").and_then(|folder| check(&folder));
    tables.unwrap_or_else(|mistakes| panic!("{}", mistakes[0]))
}

/// The snapshot for `cargo insta review`; [`compare_snapshot`] runs this test.
#[test]
#[ignore = "`compare_snapshot` runs it, with INSTA_OUTPUT set"]
fn snapshot() {
    insta::assert_snapshot!("prices", prices());
}

/// Lets insta compare the snapshot, and write it or a pending one, as `INSTA_UPDATE` says.
///
/// It runs in a process of its own, because insta would print advice to accept all snapshots of the repository, and only an
/// environment variable turns that off.
fn compare_snapshot() {
    let test = ["--exact", "snapshot", "--ignored"];
    let output = Command::new(env::current_exe().unwrap()).args(test).env("INSTA_OUTPUT", "none").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("running 1 test\n"), "{output:?}");
}

/// Returns the text of the snapshot, which follows the lines about it.
fn snapshot_text() -> String {
    read(SNAPSHOT).splitn(3, "---\n").nth(2).unwrap_or_default().to_owned()
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// Reads a file of the repository, with the line ends of Unix.
fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_default().replace("\r\n", "\n")
}

/// Replaces a file of the repository at once, unless it has this text.
fn write(name: &str, text: &str) {
    if read(name) != text {
        let mut file = Replacement::of(&path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.sync().and_then(Written::put).unwrap();
    }
}

/// Returns what `dreamprice diff` prints of the accepted tables and those that are there, if they differ.
fn changes() -> String {
    let code = read(CODE);
    if code.lines().any(|line| line.starts_with("<<<<<<< ")) {
        return format!("{CODE} has a merge conflict; the accept command rewrites it\n");
    }
    let old = tempfile::tempdir().unwrap();
    let mut files: Vec<(String, String)> = Vec::new();
    for line in accepted::in_code(&code) {
        match (line.strip_prefix(accepted::INDENT), files.last_mut()) {
            (Some(row), Some((_, text))) => text.extend([row, "\n"]),
            _ => files.push((line, String::new())),
        }
    }
    for (name, text) in files {
        fs::write(old.path().join(name), text).unwrap();
    }
    let output = dreamprice().arg("diff").arg(old.path()).arg(path("tables")).output().unwrap();
    match output.status.code() {
        Some(1) => String::from_utf8(output.stdout).unwrap(),
        // No difference; or the accepted tables break a rule that is newer than they are.
        _ => String::new(),
    }
}

fn dreamprice() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dreamprice"));
    // No colours, whatever the shell is set to.
    command.env_remove("CLICOLOR_FORCE");
    command
}

/// Returns all tables as `dreamprice table` prints them.
fn tables(format: &str) -> String {
    let output = dreamprice().args(["table", "--format", format]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the lines in which a file differs from `text`.
fn difference(name: &str, accepted: &str, text: &str) -> String {
    let diff =
        TextDiff::from_lines(accepted, text).unified_diff().context_radius(0).header(name, "tables/").to_string();
    let mut lines: Vec<&str> = diff.lines().take(MAX_LINES).collect();
    if diff.lines().nth(MAX_LINES).is_some() {
        lines.push("…");
    }
    lines.into_iter().flat_map(|line| [line, "\n"]).collect()
}

/// Returns the prices and the lists as a reviewer reads them.
fn prices() -> String {
    let mut text = tables("text") + "\n";
    for client in Client::ALL {
        writeln!(text, "client {client}: {}, by {}", client.defaults(), client.table()).unwrap();
    }
    let bought = billing::purchase(billing::MINIMUM_PURCHASE).unwrap();
    writeln!(text, "sign-up grant: {} credits", billing::SIGN_UP_GRANT).unwrap();
    writeln!(text, "minimum purchase: ${} for {bought} credits", billing::MINIMUM_PURCHASE).unwrap();
    text
}

/// Returns `README.md` with the tables that it should have.
fn readme() -> String {
    let text = with_section(&read(README), "prices", &tables("markdown"));
    with_section(&text, "coverage", &coverage::markdown())
}

/// Replaces what is between the comments that start and end a section.
fn with_section(text: &str, name: &str, section: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let parts = text.split_once(&start).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.unwrap_or_else(|| {
        panic!("README.md must have the line `<!-- {name} -->`, and below it the line `<!-- /{name} -->`")
    });
    format!("{before}{start}\n{section}\n{end}{after}")
}

/// Returns `src/generated.rs` as it should be: a comment with the tables, and the code that the generator makes of them.
fn code(tables: &Prices) -> String {
    let mut text = format!(
        "// @generated from tables/ by dreamstudio-pricing-codegen. Edit the tables instead, and run\n\
         // `{ACCEPT}`.\n//\n\
         // The tables that this was generated from. The build compares them with tables/.\n//\n"
    );
    for line in accepted::read(&path("tables")).unwrap() {
        let colon = if line.starts_with(accepted::INDENT) { "" } else { ":" };
        writeln!(text, "// {line}{colon}").unwrap();
    }
    let code = prettyplease::unparse(&syn::parse2(emit(tables)).unwrap());
    // A blank line before an item that follows another one.
    let ends_item = |line: &str| line.ends_with(['}', ';']) && !line.starts_with("//");
    let starts_item =
        |line: &str| ["//", "#[", "pub ", "impl ", "const _", "crate::"].iter().any(|start| line.starts_with(start));
    let mut last = "}";
    for line in code.lines() {
        if ends_item(last) && starts_item(line.trim_start()) {
            text.push('\n');
        }
        writeln!(text, "{line}").unwrap();
        last = line.trim_start();
    }
    text
}
