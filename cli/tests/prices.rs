//! Whatever follows from `tables/` and is in the repository: the snapshot of the prices, `README.md` and
//! `src/generated.rs`. This test compares all of it with the tables, and `INSTA_UPDATE=always` accepts all of it.
//!
//! It is a binary of its own, so that accepting prices accepts nothing else.

use std::fmt::Write as _;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use dreamstudio_pricing::{Client, billing};
use dreamstudio_pricing_codegen::generate;
use similar::TextDiff;

#[path = "../../build/accepted.rs"]
mod accepted;

const ACCEPT: &str = "INSTA_UPDATE=always cargo test --test prices";

/// The lines of a difference that a failure prints: enough to see what it is about.
const MAX_LINES: usize = 40;

#[test]
fn the_accepted_prices_are_those_of_the_tables() {
    let code = code();
    let readme = readme();
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        insta::assert_snapshot!("prices", prices());
        write("README.md", &readme);
        write("src/generated.rs", &code);
        return;
    }
    eprint!("{}", changes());
    let is_snapshot_accepted = catch_unwind(|| insta::assert_snapshot!("prices", prices())).is_ok();
    let differences = [difference("README.md", &readme), difference("src/generated.rs", &code)];
    eprint!("{}", differences.concat());
    assert!(
        is_snapshot_accepted && differences.iter().all(String::is_empty),
        "the tables have changed since they were accepted: to accept them, run `{ACCEPT}`"
    );
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// Reads a file of the repository, with the line ends of Unix.
fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_default().replace("\r\n", "\n")
}

/// Writes a file of the repository, unless it has this text.
fn write(name: &str, text: &str) {
    if read(name) != text {
        fs::write(path(name), text).unwrap();
    }
}

/// Returns what `dreamprice diff` prints of the accepted tables and those that are there, if they differ.
fn changes() -> String {
    let old = tempfile::tempdir().unwrap();
    for (name, rows) in accepted::in_code(&read("src/generated.rs")) {
        fs::write(old.path().join(name), rows.join("\n")).unwrap();
    }
    let output = dreamprice().arg("diff").arg(old.path()).arg(path("tables")).output().unwrap();
    match output.status.code() {
        Some(0) => String::new(),
        _ => String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned() + "\n",
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

/// Returns the lines of a file that are not those of `text`, if they differ.
fn difference(name: &str, text: &str) -> String {
    let file = read(name);
    let diff = TextDiff::from_lines(&*file, text).unified_diff().context_radius(0).header(name, "tables/").to_string();
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

/// Returns `README.md` with the price tables that it should have.
fn readme() -> String {
    const START: &str = "<!-- prices -->\n";
    const END: &str = "<!-- /prices -->";
    let text = read("README.md");
    let (before, rest) = text.split_once(START).expect("README.md has a comment where the prices start");
    let (_, after) = rest.split_once(END).expect("README.md has a comment where the prices end");
    format!("{before}{START}\n{}\n{END}{after}", tables("markdown"))
}

/// Returns `src/generated.rs` as it should be: a comment with the tables, and the code that the generator makes of them.
fn code() -> String {
    let folder = path("tables");
    let mut text = format!(
        "// @generated from tables/ by dreamstudio-pricing-codegen. Edit the tables instead, and run\n\
         // `{ACCEPT}`.\n//\n\
         // The tables that this was generated from. The build compares them with tables/.\n//\n"
    );
    for (name, rows) in accepted::read(&folder).unwrap() {
        writeln!(text, "// {name}:").unwrap();
        for row in rows {
            writeln!(text, "//     {row}").unwrap();
        }
    }
    let generated = generate(&folder, "tables").expect("the build has checked the tables");
    let code = prettyplease::unparse(&syn::parse_file(&generated.code).unwrap());
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
