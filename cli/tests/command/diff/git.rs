//! `dreamprice diff --base`, on repositories of the tests.

use std::fs;

use tempfile::TempDir;

use super::{folders, new_tables};
use crate::{diagnostics, dreamprice, git, report, tables};

#[test]
fn paths_of_annotations_begin_at_the_root_of_the_repository() {
    let root = repository();
    let paths = |folder: &str, arguments: &[&str]| {
        let text =
            report(&root.path().join(folder), &[&["diff", "--format", "github", "--base", "HEAD"], arguments].concat());
        let lines = text.lines().filter(|line| line.contains(" file="));
        lines.map(|line| line[line.find("file=").unwrap()..line.find(".csv").unwrap()].to_owned()).collect::<Vec<_>>()
    };
    let expected = paths("", &[]);
    assert!(expected.iter().all(|path| path.starts_with("file=tables/")) && expected.len() > 5, "{expected:?}");
    assert_eq!(paths("tables", &["."]), expected);
    assert_eq!(paths("new", &["../tables"]), expected);
    fs::rename(root.path().join(".git"), root.path().join("tables/.git")).unwrap();
    let check = dreamprice(&root.path().join("tables"), ["check", ".", "--format", "github"]).stdout;
    assert!(check.starts_with(b".: no mistakes"), "{check:?}");
}

/// A repository whose only commit has [`tables`] in `tables`, where [`new_tables`] are now; `old` and `new` are beside it.
fn repository() -> TempDir {
    let root = folders();
    let folder = root.path().join("tables");
    git(root.path(), &["init", "--quiet"]);
    tables().write(&folder).unwrap();
    // A folder among the tables, which git cannot print as a file.
    new_tables().write(&folder.join("drafts")).unwrap();
    git(root.path(), &["add", "tables"]);
    git(root.path(), &["commit", "--quiet", "--message", "old"]);
    fs::remove_dir_all(&folder).unwrap();
    new_tables().write(&folder).unwrap();
    root
}

#[test]
fn the_old_tables_can_come_from_git() {
    let root = repository();
    let expected = |old: &str, new: &str| {
        let report = report(root.path(), &["diff", "old", "new"]);
        report.replace("all of old ", &format!("all of {old} ")).replace("all of new ", &format!("all of {new} "))
    };
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD"]), expected("HEAD:tables", "tables"));
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD", "tables"]), expected("HEAD:tables", "tables"));
    assert_eq!(report(&root.path().join("tables"), &["diff", "--base", "HEAD", "."]), expected("HEAD:.", "."));
}

#[test]
fn a_file_whose_ending_is_in_capitals_is_read_from_git_as_from_a_folder() {
    let root = repository();
    git(root.path(), &["mv", "--force", "tables/sdxl.csv", "tables/sdxl.CSV"]);
    git(root.path(), &["add", "tables"]);
    git(root.path(), &["commit", "--quiet", "--message", "capitals"]);
    let report = report(root.path(), &["diff", "--base", "HEAD"]);
    for label in ["HEAD:tables", "tables"] {
        assert!(report.contains(&format!("error: {label}/sdxl.CSV: ")), "{report}");
    }
}

#[test]
fn a_folder_that_is_named_as_a_table_is_an_error() {
    let root = repository();
    tables().write(&root.path().join("tables/turbo.csv")).unwrap();
    git(root.path(), &["add", "tables"]);
    git(root.path(), &["commit", "--quiet", "--message", "folder"]);
    fs::remove_dir_all(root.path().join("tables/turbo.csv")).unwrap();
    let report = report(root.path(), &["diff", "--base", "HEAD"]);
    assert!(
        report.starts_with("exit code 2\nerror: git cat-file blob ") && report.contains("tables/turbo.csv"),
        "{report}"
    );
}

#[test]
fn a_revision_or_folder_that_git_does_not_have_is_an_error() {
    let root = repository();
    insta::assert_snapshot!(report(root.path(), &["diff", "--base", "nowhere"]), @r"
    exit code 2
    error: git knows no revision `nowhere`
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "--base", "\u{1b}[31m\u{202e}"]), @r"
    exit code 2
    error: git knows no revision `<U+001B>[31m<U+202E>`
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "--base=--all"]), @r"
    exit code 2
    error: git knows no revision `--all`
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "--base", "HEAD", "new"]), @r"
    exit code 2
    error: revision HEAD has no folder new
    ");
    let [missing] = &diagnostics(root.path(), "missing")[..] else { panic!() };
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD", "missing"]), format!("exit code 2\nerror: {missing}\n"));
    insta::assert_snapshot!(report(folders().path(), &["diff", "--base", "HEAD", "new"]), @r"
    exit code 2
    error: new: this folder is in no git repository
    ");
}
