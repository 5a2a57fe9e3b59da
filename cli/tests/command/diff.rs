//! `dreamprice diff`, on folders of the tests.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::TableFiles;
use tempfile::TempDir;

use super::{OLD, diagnostics, dreamprice, folder, report, tables};

/// Everything in [`tables`] changed: a price up and one down, and of each kind something added, removed and changed.
fn new_tables() -> TableFiles {
    TableFiles::default()
        .with("sdxl.csv", "steps,512x512,768x768,512x640\n15,0.3,1,0.35\n50,0.7,2,0.9\n")
        .with("new.csv", "steps,512x512\n15,1\n")
        .engine("xl-1", "sdxl")
        .engine("v2", "new")
        .engine("v3", "new")
        .client("API", "new", [512, 512, 15], Some(20))
        .client("DreamStudio", "sdxl", [512, 512, 50], None)
        .billing("20", "1000", "10")
        .limits("sdxl", [Some(64), None, None, None, None, None, Some(100), Some(4)])
        .limits("new", [None; 8])
        .source("sdxl", "Prices", "XL", "2023-07-01")
}

/// A folder with [`tables`] in `old`, and these files in `tables`.
fn beside_old(files: &TableFiles) -> TempDir {
    let root = folder(files);
    tables().write(&root.path().join("old")).unwrap();
    root
}

/// A folder with [`tables`] in `old`, and [`new_tables`] in `new`.
fn folders() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    tables().write(&root.path().join("old")).unwrap();
    new_tables().write(&root.path().join("new")).unwrap();
    root
}

/// The report on what differs between [`tables`] and these files.
fn change(files: &TableFiles) -> String {
    report(beside_old(files).path(), &["diff", "old", "tables"])
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

/// The JSON of a diff, after its exit code.
fn json(root: &Path, arguments: &[&str]) -> Value {
    let json = dreamprice(root, [&["diff", "--format", "json"], arguments].concat()).stdout;
    serde_json::from_slice(&json).unwrap()
}

/// Returns the expected diff in the other direction: each pair exchanged, and no percentage, which has another base.
fn mirrored(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(mirrored).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(key, _)| key != "percent")
            .map(|(key, value)| match (key.as_str(), value) {
                ("old", value) => ("new".to_owned(), mirrored(value)),
                ("new", value) => ("old".to_owned(), mirrored(value)),
                ("rose", value) => ("fell".to_owned(), value),
                ("fell", value) => ("rose".to_owned(), value),
                ("added", value) => ("removed".to_owned(), value),
                ("removed", value) => ("added".to_owned(), value),
                ("change", value) if value == "added" => (key, json!("removed")),
                ("change", value) if value == "removed" => (key, json!("added")),
                (_, value) => (key, mirrored(value)),
            })
            .collect(),
        value => value,
    }
}

#[test]
fn tables_do_not_differ_from_themselves_and_the_way_back_exchanges_the_two_sides() {
    // Each set of tables, with any of these files from another set.
    let files = TableFiles::default()
        .with("sdxl.csv", "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.6,0.7,0.7\n")
        .with("old.csv", "steps,512x512\n15,2\n30,3\n")
        .engine("xl-1", "old")
        .engine("v2", "old")
        .engine("v3", "sdxl")
        .client("API", "old", [512, 512, 15], None)
        .client("Bot", "sdxl", [512, 512, 15], None)
        .source("sdxl", "Prices", "XL", "2023-06-30")
        .billing("25", "1000", "20");
    let files: Vec<(String, String)> = files.into_iter().collect();
    let root = folders();
    let mut sets = vec!["new".to_owned()];
    for set in 0..1 << files.len() {
        let chosen = files.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
        let name = format!("set-{set}");
        let files = chosen.fold(tables(), |tables, (_, (name, text))| tables.with(name, text));
        files.write(&root.path().join(&name)).unwrap();
        if diagnostics(root.path(), &name).is_empty() {
            sets.push(name);
        }
    }
    assert!(sets.len() > 10, "{sets:?}");
    for set in sets {
        assert!(report(root.path(), &["diff", &set, &set]).starts_with("exit code 0\n0 prices changed"), "{set}");
        let (there, back) = (json(root.path(), &["old", &set]), json(root.path(), &[&set, "old"]));
        // Mirrored twice, the diff is the same except for the percentages.
        assert_eq!(mirrored(mirrored(there)), mirrored(back), "{set}");
    }
}

#[test]
fn another_way_to_write_the_same_tables_makes_no_difference() {
    let text = "\u{feff}steps, 640x512 ,512x640,512x512\r\n15,0.40,0.4,\"0.25\"\r\n30,0.8,0.80,0.5";
    insta::assert_snapshot!(change(&tables().with("sdxl.csv", text)), @r"
    exit code 0
    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes
    ");
}

#[test]
fn one_changed_price_is_a_difference() {
    let text = "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.5,0.81,0.81\n";
    insta::assert_snapshot!(change(&tables().with("sdxl.csv", text)), @r"
    exit code 1
    table  size     steps  credits     dollars            change
    sdxl   512x640     30  0.8 → 0.81  $0.008 → $0.0081  +1.25 %
    sdxl   640x512     30  0.8 → 0.81  $0.008 → $0.0081  +1.25 %

    2 prices changed (2 up, 0 down), 0 new, 0 gone; 0 other changes
    ");
}

#[test]
fn an_engine_that_moves_is_shown_with_the_prices_that_change_for_it() {
    let files = tables().without("engines.csv").engine("xl-1", "sdxl").engine("v1", "old").engine("v2", "sdxl");
    insta::assert_snapshot!(change(&files), @r"
    exit code 1
    ~ engine v2: old → sdxl; 1 price changed (0 up, 1 down), 5 new, 0 gone
    steps  512x512
       15  1 → 0.25 (-75.00 %)

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 engine moved; 0 other changes
    ");
}

#[test]
fn engines_that_move_in_the_same_way_share_one_table() {
    let prices = tables()
        .with("sdxl.csv", "steps,512x512\n30,0.5\n")
        .with("old.csv", "steps,512x512,768x768\n15,1,2\n30,1.2,2\n");
    let root = folder(&prices.clone().engine("v3", "old"));
    let new = prices
        .with("turbo.csv", "steps,512x512\n15,0.9\n30,1.2\n50,1.5\n")
        .without("engines.csv")
        .engine("xl-1", "sdxl")
        .engine("v1", "turbo")
        .engine("v2", "turbo")
        .engine("v3", "sdxl");
    new.write(&root.path().join("new")).unwrap();
    insta::assert_snapshot!(report(root.path(), &["diff", "tables", "new"]), @r"
    exit code 1
    table  size     steps  credits  dollars     change
    turbo  512x512     15  – → 0.9  – → $0.009     new
    turbo  512x512     30  – → 1.2  – → $0.012     new
    turbo  512x512     50  – → 1.5  – → $0.015     new

    ~ engine v3: old → sdxl; 1 price changed (0 up, 1 down), 0 new, 3 gone
    steps  512x512               768x768
       15  1 → –                 2 → –
       30  1.2 → 0.5 (-58.33 %)  2 → –

    ~ engines v1, v2: old → turbo; 1 price changed (0 up, 1 down), 1 new, 2 gone
    steps  512x512             768x768
       15  1 → 0.9 (-10.00 %)  2 → –
       30  equal               2 → –

    + table turbo

    0 prices changed (0 up, 0 down), 3 new, 0 gone; 3 engines moved; 1 other change
    ");
    let moves = json(root.path(), &["tables", "new"])["moves"].clone();
    let prices = |group: usize| moves[group]["prices"].as_array().unwrap().len();
    assert_eq!((&moves[1]["engines"], prices(0), prices(1)), (&json!(["v1", "v2"]), 4, 4));
}

#[test]
fn the_table_and_the_granted_images_of_a_client_are_compared() {
    let files = tables().without("clients.csv");
    let moved = files.clone().client("API", "old", [512, 512, 15], Some(25));
    insta::assert_snapshot!(change(&moved), @r"
    exit code 1
    ~ client API: sdxl 512x512 at 30 steps, 50 granted images → old 512x512 at 15 steps, 25 granted images: 0.5 → 1 credit, $0.005 → $0.01, +100.00 %

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
    let without_images = files.client("API", "sdxl", [512, 512, 30], None);
    insta::assert_snapshot!(change(&without_images), @r"
    exit code 1
    ~ client API: sdxl 512x512 at 30 steps, 50 granted images → sdxl 512x512 at 30 steps

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
}

#[test]
fn page_heading_and_day_of_a_source_are_compared() {
    for [page, heading, published] in
        [["Pricing", "XL", "2023-06-22"], ["Prices", "XL 1", "2023-06-22"], ["Prices", "XL", "2023-06-23"]]
    {
        let files = tables().without("sources.csv").source("sdxl", page, heading, published);
        let report = change(&files.source("old", "Prices", "Old", "2023-06-22"));
        let entry = format!("~ source sdxl: 2023-06-22, XL in Prices → {published}, {heading} in {page}\n");
        assert!(report.contains(&entry) && report.starts_with("exit code 1\n"), "{report}");
    }
}

#[test]
fn a_formula_that_is_added_changed_or_removed_is_a_difference() {
    // A megapixel costs 0.1 credits for each step.
    let none = TableFiles::of("old", "steps,1024x1024\n1,0.11\n");
    let one = none.clone().formula("old", 0, "100", [4, 2]);
    let other = none.clone().formula("old", 1, "104.9", [2, 2]);
    let root = tempfile::tempdir().unwrap();
    for (name, files) in [("none", none), ("one", one), ("other", other)] {
        files.write(&root.path().join(name)).unwrap();
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
    let json = json(root.path(), &["other", "none"]);
    let old = json!({ "free_pixels": 1, "credits_per_gigapixel_step": "104.9", "nearest": 2, "up": 2 });
    let entry = json!({ "what": "formula", "table": "old", "change": "removed", "old": old, "new": null });
    assert_eq!(json["entries"], json!([entry]));
}

#[test]
fn another_price_of_a_credit_changes_every_price() {
    insta::assert_snapshot!(change(&tables().billing("25", "1000", "8")));
}

#[test]
fn sizes_are_sorted_by_their_numbers() {
    let text = "steps,512x512,512x640,640x512,1024x1024\n15,0.25,0.4,0.4,1\n30,0.5,0.8,0.8,2\n";
    let root = folder(&tables().with("sdxl.csv", text));
    let new = tables().with("sdxl.csv", "steps,512x512\n15,0.25\n30,0.5\n");
    new.write(&root.path().join("new")).unwrap();
    let text = report(root.path(), &["diff", "tables", "new"]);
    let sizes: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("- size sdxl ")).collect();
    assert_eq!(sizes, ["512x640", "640x512", "1024x1024"], "{text}");
}

#[test]
fn hidden_characters_of_the_tables_are_escaped() {
    let text = change(&tables().without("sources.csv").source("sdxl", "Prices", "X\u{202e}L", "2023-06-22"));
    assert!(!text.contains('\u{202e}'), "{text}");
}

#[test]
fn markdown_of_the_tables_is_shown_as_text() {
    let files = tables().without("sources.csv").source("sdxl", "<script>", "*XL* @all [a](b) ``", "2023-06-22");
    let root = beside_old(&files.source("old", "Prices", "Old", "2023-06-22"));
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--format", "markdown"]), @r"
    exit code 1
    - changed: `source sdxl`: `2023-06-22, XL in Prices` → ```2023-06-22, *XL* @all [a](b) `` in <script>```

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    ");
}

/// The exit code, and what the report says about the limit.
fn fail_above(root: &Path, limit: &str, arguments: &[&str]) -> (i32, String) {
    let output = dreamprice(root, [&["diff", "--fail-above", limit], arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text.lines().last().unwrap_or_default().to_owned())
}

/// The same for a change of [`tables`] to these files.
fn fail_above_of(limit: &str, files: &TableFiles) -> (i32, String) {
    fail_above(beside_old(files).path(), limit, &["old", "tables"])
}

#[test]
fn a_price_at_the_limit_passes_and_one_beyond_it_does_not() {
    for (price, code, line) in [
        ("0.48", 0, "no change exceeds 20 %"),
        ("0.4801", 1, "above 20 %: 2 prices"),
        ("0.32", 0, "no change exceeds 20 %"),
        ("0.3199", 1, "above 20 %: 2 prices"),
    ] {
        let text = format!("steps,512x512,512x640,640x512\n15,0.25,{price},{price}\n30,0.5,0.8,0.8\n");
        assert_eq!(fail_above_of("20%", &tables().with("sdxl.csv", &text)), (code, line.to_owned()), "{price}");
    }
}

#[test]
fn the_limit_applies_to_credits_and_to_dollars() {
    // Twice the credits at half the price of one.
    let files = tables()
        .with("old.csv", "steps,512x512\n15,2\n")
        .with("sdxl.csv", "steps,512x512,512x640,640x512\n15,0.5,0.8,0.8\n30,1,1.6,1.6\n")
        .without("clients.csv")
        .client("API", "sdxl", [512, 512, 30], Some(25))
        .billing("25", "2000", "10");
    assert_eq!(fail_above_of("20", &files), (1, "above 20 %: 7 prices".to_owned()));
    // The same credits at half the price of one.
    let files = tables().billing("25", "2000", "10");
    assert_eq!(fail_above_of("50", &files).0, 0);
    assert_eq!(fail_above_of("49.99", &files).0, 1);
}

#[test]
fn what_is_new_gone_or_moved_is_beyond_every_limit() {
    let with_v1 = || tables().without("engines.csv").engine("xl-1", "sdxl").engine("v1", "old");
    for (files, line) in [
        (tables().with("old.csv", "steps,512x512\n15,1\n30,2\n"), "1 new"),
        (tables().with("sdxl.csv", "steps,512x512\n15,0.25\n30,0.5\n"), "4 gone"),
        (with_v1().engine("v2", "sdxl"), "1 engine"),
        (tables().engine("v3", "old"), "1 engine"),
        (with_v1(), "1 engine"),
        (tables().without("clients.csv").client("API", "old", [512, 512, 15], Some(25)), "1 client"),
    ] {
        assert_eq!(fail_above_of("99%", &files), (1, format!("above 99 %: {line}")), "{files:?}");
    }
}

#[test]
fn other_differences_pass_every_limit() {
    let files = tables()
        .without("clients.csv")
        .client("API", "sdxl", [512, 512, 30], None)
        .client("Bot", "old", [512, 512, 15], None)
        .without("sources.csv")
        .source("sdxl", "Prices", "XL", "2023-06-30")
        .billing("30", "2000", "20");
    assert_eq!(fail_above_of("0", &files), (0, "no change exceeds 0 %".to_owned()));
}

#[test]
fn json_counts_what_is_beyond_the_limit() {
    let root = folders();
    let json = json(root.path(), &["old", "new", "--fail-above", "12.5%"]);
    // 12.5 % of a price is within the limit.
    let expected =
        json!({"limit": "12.5", "applies": true, "prices": 1, "added": 5, "removed": 5, "engines": 3, "clients": 1});
    assert_eq!(json["beyond"], expected);
}

#[test]
fn a_limit_that_is_not_a_percentage_is_an_error() {
    let root = folders();
    for limit in ["-5%", "a lot", "12,5%", "--format"] {
        let output = dreamprice(root.path(), ["diff", "old", "new", "--fail-above", limit]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && message.contains("percentage"), "{message}");
    }
}

#[test]
fn old_tables_with_mistakes_are_compared_as_far_as_they_can_be_read() {
    // The number of granted images is wrong, but each price can be read.
    let old = tables().without("clients.csv").client("API", "sdxl", [512, 512, 30], Some(5));
    let root = tempfile::tempdir().unwrap();
    old.with("old.csv", "steps,512x512\n15,$1\n").write(&root.path().join("old")).unwrap();
    new_tables().with("old.csv", OLD).write(&root.path().join("new")).unwrap();
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "new"]));
    assert_eq!(json(root.path(), &["old", "new"])["not_compared"], json!({"tables": ["old"]}));
}

#[test]
fn old_tables_with_mistakes_differ_within_every_limit() {
    let fixed = "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.5,8,8\n";
    let root = folder(&tables().with("sdxl.csv", fixed));
    let old = tables().without("engines.csv").engine("xl-1", "nowhere");
    old.write(&root.path().join("old")).unwrap();
    tables().write(&root.path().join("same")).unwrap();
    for new in ["tables", "same"] {
        let text = report(root.path(), &["diff", "old", new]);
        assert!(
            text.starts_with("exit code 1\nThe old tables have mistakes: only their prices are compared.\n"),
            "{text}"
        );
        let line = "the limit of 20 % does not apply: the old prices may be mistakes".to_owned();
        assert_eq!(fail_above(root.path(), "20%", &["old", new]), (0, line));
    }
    let text = report(root.path(), &["diff", "old", "tables", "--fail-above", "20%", "--format", "github"]);
    assert!(text.contains("::notice file=tables/sdxl.csv,line=3") && !text.contains("::error"), "{text}");
}

#[test]
fn annotations_are_at_the_lines_that_changed() {
    insta::assert_snapshot!(report(folders().path(), &["diff", "old", "new", "--format", "github"]));
}

#[test]
fn annotations_of_what_is_beyond_the_limit_are_errors() {
    let sdxl = "steps,512x512,512x640,640x512\n15,0.25,0.41,0.41\n30,0.5,1,1\n";
    let files = tables().with("sdxl.csv", sdxl).without("engines.csv").engine("xl-1", "sdxl").engine("v1", "sdxl");
    let root = beside_old(&files.engine("v2", "old"));
    let arguments = ["diff", "old", "tables", "--format", "github", "--fail-above", "20%"];
    insta::assert_snapshot!(report(root.path(), &arguments));
}

#[test]
fn what_is_gone_is_annotated_at_the_line_before_it() {
    let old = tables().with("old.csv", "steps,512x512\n15,1\n30,2\n50,3\n100,4\n").without("engines.csv");
    let old = old.engine("v0", "old").engine("xl-1", "sdxl").engine("v1", "old").engine("v2", "old");
    let engines = tables().text("engines.csv").replace("v1,old\nv2,old", "\"v2\", old");
    let new = tables().with("old.csv", "steps,512x512\n15,1\n100,4\n").with("engines.csv", &engines);
    let root = folder(&new);
    old.write(&root.path().join("old")).unwrap();
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--format", "github"]), @r"
    exit code 1
    ::notice file=tables/old.csv,line=2,col=1,title=old at 30 steps%2C old at 50 steps::512x512 at 30 steps: gone, was 2 credits, $0.02%0A512x512 at 50 steps: gone, was 3 credits, $0.03
    ::notice file=tables/engines.csv,line=1,col=1,title=engine v0::- engine v0: old
    ::notice file=tables/engines.csv,line=2,col=1,title=engine v1::- engine v1: old
    table  size     steps  credits  dollars    change
    old    512x512     30  2 → –    $0.02 → –    gone
    old    512x512     50  3 → –    $0.03 → –    gone

    - steps old 30
    - steps old 50
    - engine v0: old
    - engine v1: old

    0 prices changed (0 up, 0 down), 0 new, 2 gone; 4 other changes
    ");
}

#[test]
fn a_whole_table_is_annotated_once() {
    let root = beside_old(&tables().with("turbo.csv", "steps,512x512\n15,1\n30,2\n"));
    for (arguments, place) in [(["old", "tables"], ",line=1,col=1"), (["tables", "old"], "")] {
        let text = report(root.path(), &[&["diff", "--format", "github"], &arguments[..]].concat());
        let annotations: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
        let (folder, sign) =
            if place.is_empty() { ("old", "0 new, 2 gone%0A-") } else { ("tables", "2 new, 0 gone%0A+") };
        let message = format!("0 prices changed (0 up, 0 down), {sign} table turbo");
        assert_eq!(annotations, [format!("::notice file={folder}/turbo.csv{place},title=table turbo::{message}")]);
    }
}

#[test]
fn another_price_of_a_credit_is_annotated_once() {
    let root = beside_old(&tables().billing("25", "1000", "8"));
    let text = report(root.path(), &["diff", "old", "tables", "--format", "github", "--fail-above", "10"]);
    let annotations: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
    let [one] = annotations[..] else { panic!("{text}") };
    assert!(one.starts_with("::error file=tables/billing.csv,line=3,col=23,"), "{one}");
}

#[test]
fn annotations_of_a_page_are_at_the_lines_of_the_folder() {
    let root = folder(&tables());
    let page = "## XL\n\n| Steps | 512 x 512 | 512 x 640 | 640 x 512 |\n|-|-|-|-|\n\
        | 15 | 0.25 | 0.4 | 0.4 |\n| 30 | 0.5 | 0.9 | 0.9 |\n\n## Old\n\n| Steps | 512 x 512 |\n|-|-|\n| 15 | 1 |\n";
    fs::write(root.path().join("page.md"), page).unwrap();
    for arguments in [["tables", "page.md"], ["page.md", "tables"]] {
        let text = report(root.path(), &[&["diff", "--format", "github"], &arguments[..]].concat());
        assert!(
            text.contains("::notice file=tables/sdxl.csv,line=3,col=8,title=sdxl at 30 steps::512x640 at 30 steps: "),
            "{text}"
        );
    }
}

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

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
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

#[test]
fn mistakes_in_the_new_tables_are_annotated_at_their_lines() {
    let root = beside_old(&tables().with("old.csv", "steps,512x512\n15,x\n"));
    let output = dreamprice(root.path(), ["diff", "old", "tables", "--format", "github"]);
    let check = dreamprice(root.path(), ["check", "tables", "--format", "github"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("::error file=tables/old.csv,line=2,col=4,"), "{text}");
    assert_eq!((text.into_bytes(), output.stderr), (check.stdout, check.stderr));
}
