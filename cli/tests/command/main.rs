//! The command as a shell runs it: output, messages, exit code.

mod afford;
mod bill;
mod check;
mod diff;
mod export;
#[cfg(unix)]
mod faults;
mod import;
#[cfg(target_os = "linux")]
mod interactive;
mod page;
mod quote;
mod table;
mod terminal;
mod untrusted_input;
#[cfg(unix)]
mod workflow;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use dreamstudio_pricing_codegen::{Diagnostic, Folder, check};
use tempfile::TempDir;

/// A file of tables: its name and its text.
type File<'a> = (&'a str, &'a str);

/// Tables without a mistake and without a warning.
const TABLES: [File<'static>; 6] = [
    ("sdxl.csv", "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.5,0.8,0.8\n"),
    ("old.csv", "steps,512x512\n15,1\n"),
    ("engines.csv", "engine,table\nxl-1,sdxl\nv1,old\nv2,old\n"),
    ("clients.csv", "client,table,width,height,steps,granted_images\nAPI,sdxl,512,512,30,50\n"),
    ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n"),
    ("sources.csv", "table,page,heading,published\nsdxl,Prices,XL,2023-06-22\nold,Prices,Old,2023-06-22\n"),
];

fn write(folder: &Path, files: &[File]) {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// A folder in which `tables` are [`TABLES`], with some files replaced.
fn folder(replaced: &[File]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("tables"), &TABLES);
    write(&root.path().join("tables"), replaced);
    root
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
