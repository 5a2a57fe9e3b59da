//! `dreamprice diff`, on folders made for the purpose.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use super::{File, TABLES, diagnostics, dreamprice, folder, report, write};

/// Everything in [`TABLES`] changed: a price up and one down, and of each kind something added, removed and changed.
const NEW: [File<'static>; 6] = [
    ("sdxl.csv", "steps,512x512,768x768,512x640\n15,0.3,1,0.35\n50,0.7,2,0.9\n"),
    ("new.csv", "steps,512x512\n15,1\n"),
    ("engines.csv", "engine,table\nxl-1,sdxl\nv2,new\nv3,new\n"),
    (
        "clients.csv",
        "client,table,width,height,steps,granted_images\nAPI,new,512,512,15,20\nDreamStudio,sdxl,512,512,50,\n",
    ),
    ("billing.csv", "item,credits,usd\nsign_up_grant,20,0\nminimum_purchase,1000,10\n"),
    ("sources.csv", "table,page,heading,published\nsdxl,Prices,XL,2023-07-01\n"),
];

/// A folder with the tables `old` and `new`.
fn folders() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("old"), &TABLES);
    write(&root.path().join("new"), &NEW);
    root
}

/// The report on what replacing files of [`TABLES`] changes.
fn change(replaced: &[File]) -> String {
    let root = folder(replaced);
    write(&root.path().join("old"), &TABLES);
    report(root.path(), &["diff", "old", "tables"])
}

#[test]
fn text_lists_prices_then_everything_else_then_a_summary() {
    insta::assert_snapshot!(report(folders().path(), &["diff", "old", "new"]));
}

#[test]
fn markdown_fits_a_pull_request() {
    insta::assert_snapshot!(report(folders().path(), &["diff", "old", "new", "--format", "markdown"]));
}

#[test]
fn json_has_each_fact_in_a_field() {
    insta::assert_snapshot!(report(folders().path(), &["diff", "old", "new", "--format", "json"]));
}

#[test]
fn the_way_back_exchanges_the_two_sides() {
    let root = folders();
    let count = |old, new| {
        let json = dreamprice(root.path(), ["diff", old, new, "--format", "json"]).stdout;
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        ["rose", "fell", "added", "removed", "other"].map(|key| json["summary"][key].as_u64().unwrap())
    };
    let [rose, fell, added, removed, other] = count("old", "new");
    assert_eq!(count("new", "old"), [fell, rose, removed, added, other]);
}

#[test]
fn another_way_to_write_the_same_tables_is_no_difference() {
    let text = "\u{feff}steps, 640x512 ,512x640,512x512\r\n15,0.40,0.4,\"0.25\"\r\n30,0.8,0.80,0.5";
    insta::assert_snapshot!(change(&[("sdxl.csv", text)]), @r"
    exit code 0
    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes
    ");
}

#[test]
fn one_changed_price_is_a_difference() {
    let text = "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.5,0.81,0.81\n";
    insta::assert_snapshot!(change(&[("sdxl.csv", text)]), @r"
    exit code 1
    table  size     steps  credits     dollars            change
    sdxl   512x640     30  0.8 → 0.81  $0.008 → $0.0081  +1.25 %
    sdxl   640x512     30  0.8 → 0.81  $0.008 → $0.0081  +1.25 %

    2 prices changed (2 up, 0 down), 0 new, 0 gone; 0 other changes
    ");
}

#[test]
fn one_moved_engine_is_a_difference() {
    insta::assert_snapshot!(change(&[("engines.csv", "engine,table\nxl-1,sdxl\nv1,old\nv2,sdxl\n")]), @r"
    exit code 1
    ~ engine v2: old → sdxl

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
}

#[test]
fn the_table_and_the_granted_images_of_a_client_are_compared() {
    let header = "client,table,width,height,steps,granted_images\n";
    insta::assert_snapshot!(change(&[("clients.csv", &format!("{header}API,old,512,512,15,25\n"))]), @r"
    exit code 1
    ~ client API: sdxl 512x512 at 30 steps, 50 granted images → old 512x512 at 15 steps, 25 granted images

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
    insta::assert_snapshot!(change(&[("clients.csv", &format!("{header}API,sdxl,512,512,30,\n"))]), @r"
    exit code 1
    ~ client API: sdxl 512x512 at 30 steps, 50 granted images → sdxl 512x512 at 30 steps

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
}

#[test]
fn page_heading_and_day_of_a_source_are_compared() {
    let header = "table,page,heading,published\n";
    let old = "old,Prices,Old,2023-06-22\n";
    for row in ["sdxl,Pricing,XL,2023-06-22", "sdxl,Prices,XL 1,2023-06-22", "sdxl,Prices,XL,2023-06-23"] {
        let report = change(&[("sources.csv", &format!("{header}{row}\n{old}"))]);
        let [page, heading, published] = row.split(',').skip(1).collect::<Vec<_>>()[..] else { panic!() };
        let entry = format!("~ source sdxl: 2023-06-22, XL in Prices → {published}, {heading} in {page}\n");
        assert!(report.contains(&entry) && report.starts_with("exit code 1\n"), "{report}");
    }
}

#[test]
fn a_formula_that_is_added_changed_or_removed_is_a_difference() {
    let header = "table,free_pixels,credits_per_gigapixel_step,nearest,up\n";
    // A megapixel costs 0.1 credits for each step.
    let table = ("old.csv", "steps,1024x1024\n1,0.11\n");
    let lists = [
        ("engines.csv", "engine,table\nv1,old\n"),
        ("clients.csv", "client,table,width,height,steps,granted_images\nAPI,old,1024,1024,1,\n"),
        ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n"),
    ];
    let root = tempfile::tempdir().unwrap();
    for (folder, row) in [("none", ""), ("one", "old,0,100,4,2\n"), ("other", "old,1,104.9,2,2\n")] {
        write(&root.path().join(folder), &lists);
        write(&root.path().join(folder), &[table, ("formulas.csv", &format!("{header}{row}"))]);
    }
    insta::assert_snapshot!(report(root.path(), &["diff", "none", "one"]), @r"
    exit code 1
    + formula old: 0 free pixels, 100 credits per gigapixel-step, rounded to 4 and up to 2 decimal places

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "one", "other"]), @r"
    exit code 1
    ~ formula old: 0 free pixels, 100 credits per gigapixel-step, rounded to 4 and up to 2 decimal places → 1 free pixel, 104.9 credits per gigapixel-step, rounded to 2 and up to 2 decimal places

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
    let json = dreamprice(root.path(), ["diff", "other", "none", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let old = json!({ "free_pixels": 1, "credits_per_gigapixel_step": "104.9", "nearest": 2, "up": 2 });
    let entry = json!({ "what": "formula", "table": "old", "change": "removed", "old": old, "new": null });
    assert_eq!(json["entries"], json!([entry]));
}

#[test]
fn another_price_of_a_credit_changes_every_price() {
    let text = "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,8\n";
    insta::assert_snapshot!(change(&[("billing.csv", text)]));
}

#[test]
fn sizes_are_sorted_by_their_numbers() {
    let text = "steps,512x512,512x640,640x512,1024x1024\n15,0.25,0.4,0.4,1\n30,0.5,0.8,0.8,2\n";
    let old = folder(&[("sdxl.csv", text)]);
    write(&old.path().join("new"), &TABLES);
    fs::write(old.path().join("new/sdxl.csv"), "steps,512x512\n15,0.25\n30,0.5\n").unwrap();
    let text = report(old.path(), &["diff", "tables", "new"]);
    let sizes: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("- size sdxl ")).collect();
    assert_eq!(sizes, ["512x640", "640x512", "1024x1024"], "{text}");
}

#[test]
fn hidden_characters_of_the_tables_are_escaped() {
    let text = "table,page,heading,published\nsdxl,Prices,X\u{202e}L,2023-06-22\nold,Prices,Old,2023-06-22\n";
    let text = change(&[("sources.csv", text)]);
    assert!(!text.contains('\u{202e}'), "{text}");
}

#[test]
fn markdown_of_the_tables_is_shown_as_text() {
    let sources =
        "table,page,heading,published\nsdxl,<script>,*XL* @all [a](b) ``,2023-06-22\nold,Prices,Old,2023-06-22\n";
    let root = folder(&[("sources.csv", sources)]);
    write(&root.path().join("old"), &TABLES);
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--format", "markdown"]), @r"
    exit code 1
    - changed: `source sdxl`: `2023-06-22, XL in Prices` → ```2023-06-22, *XL* @all [a](b) `` in <script>```

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// A repository whose only commit has [`TABLES`] in `tables`, where [`NEW`] are now; `old` and `new` are beside it.
fn repository() -> TempDir {
    let root = folders();
    let tables = root.path().join("tables");
    git(root.path(), &["init", "--quiet"]);
    write(&tables, &TABLES);
    // No table: a folder, which git cannot print as a file.
    write(&tables.join("drafts"), &NEW);
    git(root.path(), &["add", "tables"]);
    git(root.path(), &["commit", "--quiet", "--message", "old"]);
    fs::remove_dir_all(&tables).unwrap();
    write(&tables, &NEW);
    root
}

#[test]
fn the_old_tables_can_come_from_git() {
    let root = repository();
    let expected = report(root.path(), &["diff", "old", "new"]);
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD"]), expected);
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD", "tables"]), expected);
    assert_eq!(report(&root.path().join("tables"), &["diff", "--base", "HEAD", "."]), expected);
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
    write(&root.path().join("tables/turbo.csv"), &TABLES);
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

#[test]
fn mistakes_on_both_sides_are_reported() {
    let root = folders();
    fs::write(root.path().join("old/sdxl.csv"), "steps,512x512\n15,$1\n").unwrap();
    fs::write(root.path().join("new/new.csv"), "steps,512x512\n15,\n").unwrap();
    let mistakes = [diagnostics(root.path(), "old"), diagnostics(root.path(), "new")];
    assert!(mistakes.iter().all(|mistakes| !mistakes.is_empty()));
    let errors: Vec<String> = mistakes.iter().flatten().map(|mistake| format!("error: {mistake}\n")).collect();
    assert_eq!(report(root.path(), &["diff", "old", "new"]), format!("exit code 2\n{}", errors.concat()));
}

#[test]
fn without_two_sides_the_usage_is_shown() {
    let root = folders();
    for arguments in [&["old"][..], &[], &["old", "new", "--base", "HEAD"], &["old", "new", "old"]] {
        let output = dreamprice(root.path(), [&["diff"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let usage =
            "Usage: dreamprice diff [OPTIONS] <OLD> <NEW>\n       dreamprice diff [OPTIONS] --base <REV> [NEW]\n";
        assert!(output.stdout.is_empty() && String::from_utf8(output.stderr).unwrap().contains(usage));
    }
}
