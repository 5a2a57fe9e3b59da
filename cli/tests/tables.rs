//! `dreamprice diff` and `dreamprice check`, on folders of tables made for the purpose.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const OLD: [(&str, &str); 5] = [
    ("sdxl.csv", "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.5,0.8,0.8\n"),
    ("old.csv", "steps,512x512\n15,1\n"),
    ("engines.csv", "engine,table\nxl-1,sdxl\nv1,old\nv2,old\n"),
    ("clients.csv", "client,table,width,height,steps,granted_images\nAPI,sdxl,512,512,30,50\n"),
    ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n"),
];

/// Of everything a change: a price up and one down, and what comes and goes.
const NEW: [(&str, &str); 5] = [
    ("sdxl.csv", "steps,512x512,768x768,512x640\n15,0.3,1,0.4\n50,0.7,2,0.9\n"),
    ("new.csv", "steps,512x512\n15,1\n"),
    ("engines.csv", "engine,table\nxl-1,sdxl\nv2,new\nv3,new\n"),
    (
        "clients.csv",
        "client,table,width,height,steps,granted_images\nAPI,sdxl,512,512,15,\nDreamStudio,sdxl,512,512,50,\n",
    ),
    ("billing.csv", "item,credits,usd\nsign_up_grant,20,0\nminimum_purchase,1000,10\n"),
];

fn write(folder: &Path, files: &[(&str, &str)]) {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// A folder with the tables `old` and `new`.
fn folders() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("old"), &OLD);
    write(&root.path().join("new"), &NEW);
    root
}

fn dreamprice(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dreamprice")).current_dir(root).args(arguments).output().unwrap()
}

/// Exit code, standard output and standard error, as a snapshot shows them.
fn shown(root: &Path, arguments: &[&str]) -> String {
    let output = dreamprice(root, arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (printed, errors) = (text(output.stdout), text(output.stderr));
    format!("exit code {}\n{printed}{errors}", output.status.code().unwrap())
}

#[test]
fn a_diff_tells_each_price_and_whatever_came_or_went() {
    insta::assert_snapshot!(shown(folders().path(), &["diff", "old", "new"]));
}

#[test]
fn a_diff_fits_a_pull_request() {
    insta::assert_snapshot!(shown(folders().path(), &["diff", "old", "new", "--format", "markdown"]));
}

#[test]
fn a_diff_is_json_for_programs() {
    insta::assert_snapshot!(shown(folders().path(), &["diff", "old", "new", "--format", "json"]));
}

#[test]
fn the_way_back_is_the_same_with_its_sides_changed() {
    let root = folders();
    let count = |old, new| {
        let json = dreamprice(root.path(), &["diff", old, new, "--format", "json"]).stdout;
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        ["rose", "fell", "came", "went"].map(|key| json["summary"][key].as_u64().unwrap())
    };
    let [rose, fell, came, went] = count("old", "new");
    assert_eq!(count("new", "old"), [fell, rose, went, came]);
}

#[test]
fn equal_tables_have_no_diff_however_they_are_written() {
    let root = folders();
    let text = "\u{feff}steps, 640x512 ,512x640,512x512\r\n15,0.40,0.4,\"0.25\"\r\n30,0.8,0.80,0.5";
    fs::write(root.path().join("new/sdxl.csv"), text).unwrap();
    write(&root.path().join("new"), &OLD[1..]);
    fs::remove_file(root.path().join("new/new.csv")).unwrap();
    insta::assert_snapshot!(shown(root.path(), &["diff", "old", "new"]), @r"
    exit code 0
    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes
    ");
}

#[test]
fn another_price_of_a_credit_changes_every_price() {
    let root = folders();
    write(&root.path().join("new"), &OLD);
    fs::remove_file(root.path().join("new/new.csv")).unwrap();
    let text = OLD[4].1.replace("1000,10", "1000,8");
    fs::write(root.path().join("new/billing.csv"), text).unwrap();
    insta::assert_snapshot!(shown(root.path(), &["diff", "old", "new"]));
}

#[test]
fn the_old_tables_can_come_from_git() {
    let root = folders();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(root.path()).args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "--quiet"]);
    write(&root.path().join("tables"), &OLD);
    git(&["add", "tables"]);
    git(&["commit", "--quiet", "--message", "old"]);
    fs::remove_dir_all(root.path().join("tables")).unwrap();
    write(&root.path().join("tables"), &NEW);

    let told = shown(root.path(), &["diff", "old", "new"]);
    assert_eq!(shown(root.path(), &["diff", "--base", "HEAD"]), told);
    assert_eq!(shown(root.path(), &["diff", "--base", "HEAD", "tables"]), told);
    // Revisions that are none, and a folder that was not there.
    insta::assert_snapshot!(
        [["--base", "nowhere", "tables"], ["--base", "HEAD", "new"], ["--base=--all", "tables", "--"]]
            .map(|arguments| shown(root.path(), &[&["diff"][..], &arguments].concat()))
            .join("\n")
    );
}

#[test]
fn trouble_is_told_of_both_folders() {
    let root = folders();
    fs::write(root.path().join("old/sdxl.csv"), "steps,512x512\n15,$1\n").unwrap();
    fs::remove_file(root.path().join("new/new.csv")).unwrap();
    insta::assert_snapshot!(shown(root.path(), &["diff", "old", "new"]));
}

#[test]
fn a_diff_needs_two_sides() {
    let root = folders();
    for arguments in [&["old"][..], &[], &["old", "new", "--base", "HEAD"], &["old", "new", "old"]] {
        let output = dreamprice(root.path(), &[&["diff"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn right_tables_pass_the_check() {
    let root = folders();
    insta::assert_snapshot!(shown(root.path(), &["check", "old"]), @r"
    exit code 0
    old: 7 prices in old, sdxl, without a mistake
    ");
    fs::rename(root.path().join("old"), root.path().join("tables")).unwrap();
    assert_eq!(dreamprice(root.path(), &["check"]).status.code(), Some(0));
}

#[test]
fn mistakes_are_told_as_the_build_tells_them() {
    let root = folders();
    fs::write(root.path().join("old/sdxl.csv"), "steps,512x512\n15,$1\n").unwrap();
    insta::assert_snapshot!(shown(root.path(), &["check", "old"]));
    insta::assert_snapshot!(shown(root.path(), &["check", "nowhere"]));
}
