//! `dreamprice diff`, on folders of the tests.

mod git;

use std::fs;
use std::path::Path;

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

/// The prices of the vendor's SDXL 1.0 fall at 30 steps.
#[test]
fn an_exception_is_listed_and_annotated_at_its_row() {
    let old = tables().with("sdxl.csv", "steps,512x512,512x640\n29,0.3,0.35\n30,0.3,0.35\n50,0.7,0.9\n");
    let old = old.without("clients.csv").client("API", "sdxl", [512, 512, 30], None);
    let new = old.clone().with("sdxl.csv", "steps,512x512,512x640\n29,0.3,0.35\n30,0.2,0.25\n50,0.7,0.9\n");
    let new = new.exception("sdxl", [512, 512, 30]).exception("sdxl", [512, 640, 30]);
    let root = folder(&new);
    old.write(&root.path().join("old")).unwrap();
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables"]));
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--format", "github"]));
    insta::assert_snapshot!(report(root.path(), &["diff", "tables", "old", "--format", "github"]));
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

/// Returns the expected diff in the other direction: each pair exchanged, no percentage, which has another base, and no notes
/// about days, which go back in one direction only.
fn mirrored(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(mirrored).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(key, _)| key != "percent" && key != "days")
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

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
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

    note: prices of sdxl changed, but its day of publication is still 2023-06-22

    2 prices changed (2 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
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

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
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

    Compared all of tables (5 prices in 2 tables) with all of new (8 prices in 3 tables).
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

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
    ");
    // Other defaults can cost the same.
    let old = beside_old(&files.clone().client("API", "sdxl", [640, 512, 15], None));
    files.clone().client("API", "sdxl", [512, 640, 15], None).write(&old.path().join("old")).unwrap();
    let report = report(old.path(), &["diff", "old", "tables"]);
    assert!(report.contains("→ sdxl 640x512 at 15 steps: still 0.4 credits, $0.004\n"), "{report}");
    let without_images = files.client("API", "sdxl", [512, 512, 30], None);
    insta::assert_snapshot!(change(&without_images), @r"
    exit code 1
    ~ client API: sdxl 512x512 at 30 steps, 50 granted images → sdxl 512x512 at 30 steps

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
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

/// Without such a row, a comparison with the page reports the table as new.
#[test]
fn a_table_of_the_page_that_is_acknowledged_is_a_difference() {
    let root = beside_old(&tables().source("", "Prices", "Upscaler", "2023-06-22"));
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--format", "github"]), @"
    exit code 1
    ::notice file=tables/sources.csv,line=4,col=1,title=table Upscaler in Prices%2C not priced here::+ table Upscaler in Prices, not priced here: 2023-06-22
    + table Upscaler in Prices, not priced here: 2023-06-22

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "tables", "old", "--fail-above", "20%"]), @"
    exit code 1
    needs approval: 1 other change

    ! - table Upscaler in Prices, not priced here: 2023-06-22

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change

    Compared all of tables (7 prices in 2 tables) with all of old (7 prices in 2 tables).
    ");
    let entries = json(root.path(), &["old", "tables"])["entries"].clone();
    let day = json!({ "published": "2023-06-22" });
    let subject = json!({
        "what": "unpriced", "page": "Prices", "heading": "Upscaler", "change": "added", "old": null, "new": day,
    });
    assert_eq!(entries, json!([subject]));
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

    Compared all of none (1 price in 1 table) with all of one (1 price in 1 table).
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "one", "other"]), @r"
    exit code 1
    ~ formula old: 0 free pixels, 100 credits per gigapixel-step, rounded to 4 and up to 2 decimal places → 1 free pixel, 104.9 credits per gigapixel-step, rounded to 2 and up to 2 decimal places

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change

    Compared all of one (1 price in 1 table) with all of other (1 price in 1 table).
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

    Compared all of `old` (7 prices in 2 tables) with all of `tables` (7 prices in 2 tables).
    ");
}

/// The exit code, and what the report says about the limit.
fn fail_above(root: &Path, limit: &str, arguments: &[&str]) -> (i32, String) {
    let output = dreamprice(root, [&["diff", "--fail-above", limit], arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text.lines().next().unwrap_or_default().to_owned())
}

/// The same for a change of [`tables`] to these files.
fn fail_above_of(limit: &str, files: &TableFiles) -> (i32, String) {
    fail_above(beside_old(files).path(), limit, &["old", "tables"])
}

#[test]
fn a_price_at_the_limit_passes_and_one_beyond_it_does_not() {
    for (price, code, line) in [
        ("0.48", 0, "no change exceeds 20 %"),
        ("0.4801", 1, "needs approval: 2 prices by more than 20 %"),
        ("0.32", 0, "no change exceeds 20 %"),
        ("0.3199", 1, "needs approval: 2 prices by more than 20 %"),
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
    assert_eq!(
        fail_above_of("20", &files),
        (1, "needs approval: 7 prices by more than 20 %, 2 other changes".to_owned())
    );
    // The same credits at half the price of one.
    let files = tables().billing("25", "2000", "10");
    // No price exceeds the limit, but the purchase buys other credits.
    assert_eq!(fail_above_of("50", &files), (1, "needs approval: 1 other change".to_owned()));
    let line = "needs approval: 7 prices by more than 49.99 %, 2 other changes";
    assert_eq!(fail_above_of("49.99", &files), (1, line.to_owned()));
}

#[test]
fn what_is_new_gone_or_moved_is_beyond_every_limit() {
    let with_v1 = || tables().without("engines.csv").engine("xl-1", "sdxl").engine("v1", "old");
    for (files, line) in [
        (tables().with("old.csv", "steps,512x512\n15,1\n30,2\n"), "1 new price"),
        (tables().with("sdxl.csv", "steps,512x512\n15,0.25\n30,0.5\n"), "4 prices gone"),
        (with_v1().engine("v2", "sdxl"), "1 engine"),
        (tables().engine("v3", "old"), "1 engine"),
        (with_v1(), "1 engine"),
        (tables().without("clients.csv").client("API", "old", [512, 512, 15], Some(25)), "1 client"),
        (tables().without("clients.csv").client("API", "sdxl", [512, 512, 15], Some(100)), "1 client"),
    ] {
        assert_eq!(fail_above_of("99%", &files), (1, format!("needs approval: {line}")), "{files:?}");
    }
}

#[test]
fn a_client_or_a_source_that_is_added_and_a_later_day_pass_every_limit() {
    let old = tables().without("sources.csv").source("sdxl", "Prices", "XL", "2023-06-22");
    let old = old.source("", "Prices", "Upscaler", "2023-06-22");
    let files = tables()
        .without("sources.csv")
        .source("sdxl", "Prices", "XL", "2023-06-23")
        .source("old", "Prices", "Old", "2022-01-01")
        .source("", "Prices", "Upscaler", "2023-06-23")
        .client("Bot", "old", [512, 512, 15], None);
    let root = folder(&files);
    old.write(&root.path().join("old")).unwrap();
    assert_eq!(fail_above(root.path(), "0", &["old", "tables"]), (0, "no change exceeds 0 %".to_owned()));
}

/// Each way to weaken the checks, or to change what users pay without a change of a price.
#[test]
fn what_the_build_checks_and_what_users_pay_do_not_change_below_a_limit() {
    // By the formula, the price is 0.1048576 credits before it is rounded up.
    let old = || TableFiles::of("old", "steps,1024x1024\n1,0.11\n").source("old", "Prices", "Old", "2023-06-22");
    let formula = |files: TableFiles| files.formula("old", 0, "100", [4, 2]);
    let source = |page: &str, heading: &str, day: &str| old().without("sources.csv").source("old", page, heading, day);
    let unpriced = |day: &str| old().source("", "Prices", "Upscaler", day);
    let client = |name: &str| old().without("clients.csv").client(name, "old", [1024, 1024, 1], None);
    let limits = |limits| old().without("limits.csv").limits("old", limits);
    let of_images = |images| client("Bot").client("API", "old", [1024, 1024, 1], images);
    let of_defaults = |table: &str, steps| {
        let files = old().with("sdxl.csv", "steps,1024x1024\n1,0.11\n2,0.11\n").engine("xl", "sdxl");
        files.without("clients.csv").client("API", table, [1024, 1024, steps], None)
    };
    let (other, one_client) = ("1 other change", "1 client");
    for (old, new, line) in [
        (old(), old().billing("26", "1000", "10"), other),
        (old(), old().billing("25", "100", "1"), other),
        (old(), formula(old()), other),
        (formula(old()), old(), other),
        (formula(old()), old().formula("old", 1, "104.9", [2, 2]), other),
        (old(), limits([Some(64), None, None, None, None, None, None, None]), other),
        (limits([Some(64), None, None, None, None, None, None, None]), old(), other),
        (old(), old().without("limits.csv"), other),
        (old(), old().without("sources.csv"), other),
        (old(), source("Pricing", "Old", "2023-06-23"), other),
        (old(), source("Prices", "Older", "2023-06-23"), other),
        (old(), source("Prices", "Older", "2023-06-22"), other),
        (old(), source("Prices", "Old", "2023-06-21"), other),
        (old(), unpriced("2023-06-22"), other),
        (unpriced("2023-06-22"), old(), other),
        (unpriced("2023-06-22"), unpriced("2023-06-21"), other),
        (client("Bot").client("API", "old", [1024, 1024, 1], None), old(), one_client),
        (old(), client("REST"), one_client),
        (of_images(Some(227)), of_images(None), one_client),
        (of_defaults("sdxl", 1), of_defaults("sdxl", 2), one_client),
        (of_defaults("sdxl", 1), of_defaults("old", 1), one_client),
    ] {
        let root = folder(&new);
        old.write(&root.path().join("old")).unwrap();
        let result = fail_above(root.path(), "1000%", &["old", "tables"]);
        assert_eq!(result, (1, format!("needs approval: {line}")), "{old:?} {new:?}");
    }
}

#[test]
fn a_grant_of_a_hundredfold_or_a_deleted_formula_needs_approval() {
    let old = || {
        let files = TableFiles::of("old", "steps,1024x1024\n1,0.11\n").without("clients.csv");
        files.formula("old", 0, "100", [4, 2]).source("old", "Prices", "Old", "2023-06-22")
    };
    let of_images = |files: TableFiles, images| files.client("API", "old", [1024, 1024, 1], Some(images));
    let grant = of_images(old(), 22_727).billing("2500", "100", "1").without("formulas.csv");
    let prices = of_images(old(), 206).with("old.csv", "steps,1024x1024\n1,0.121\n");
    let prices = prices.without("formulas.csv").without("sources.csv");
    for (new, line) in [(grant, "3 other changes"), (prices, "2 other changes")] {
        let root = folder(&new);
        of_images(old(), 227).write(&root.path().join("old")).unwrap();
        let result = fail_above(root.path(), "20%", &["old", "tables"]);
        assert_eq!(result, (1, format!("needs approval: {line}")), "{new:?}");
    }
}

/// A price above the limit and one within it, of each kind, and a credit that costs less.
fn mixed() -> TempDir {
    let sdxl = "steps,512x512,512x640,640x512\n15,0.25,0.6,0.6\n30,0.5,0.81,0.81\n";
    let files = tables().with("sdxl.csv", sdxl).without("sources.csv").source("sdxl", "Prices", "XL", "2023-06-23");
    beside_old(&files.billing("25", "1000", "9").client("Bot", "sdxl", [512, 512, 15], None))
}

#[test]
fn what_exceeds_the_limit_comes_first_and_is_marked() {
    let root = mixed();
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--fail-above", "20%"]), @"
    exit code 1
    needs approval: 2 prices by more than 20 %, 2 other changes

       table  size     steps  credits    dollars             change
    !  sdxl   512x640     15  0.4 → 0.6  $0.004 → $0.0054  +35.00 %
    !  sdxl   640x512     15  0.4 → 0.6  $0.004 → $0.0054  +35.00 %

    ! - source old: 2023-06-22, Old in Prices
    ! ~ billing minimum purchase: 1000 credits for $10.00 → 1000 credits for $9.00

    table  size     steps  credits     dollars             change
    sdxl   512x640     30  0.8 → 0.81  $0.008 → $0.00729  -8.88 %
    sdxl   640x512     30  0.8 → 0.81  $0.008 → $0.00729  -8.88 %

    all other prices: -10.00 % in dollars, because a credit costs less

    ~ source sdxl: 2023-06-22, XL in Prices → 2023-06-23, XL in Prices
    + client Bot: sdxl 512x512 at 15 steps
    ~ billing one credit: $0.01 → $0.009

    7 prices changed (2 up, 5 down), 0 new, 0 gone; 5 other changes

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
    ");
    let arguments = ["diff", "old", "tables", "--fail-above", "20%", "--format", "markdown"];
    insta::assert_snapshot!(report(root.path(), &arguments), @"
    exit code 1
    needs approval: 2 prices by more than 20 %, 2 other changes

    |  | table | size | steps | credits | dollars | change |
    |---|---|---|---:|---|---|---:|
    | **!** | sdxl | 512x640 | 15 | 0.4 → 0.6 | $0.004 → $0.0054 | +35.00 % |
    | **!** | sdxl | 640x512 | 15 | 0.4 → 0.6 | $0.004 → $0.0054 | +35.00 % |

    - **!** removed: `source old`: `2023-06-22, Old in Prices`
    - **!** changed: `billing minimum purchase`: `1000 credits for $10.00` → `1000 credits for $9.00`

    | table | size | steps | credits | dollars | change |
    |---|---|---:|---|---|---:|
    | sdxl | 512x640 | 30 | 0.8 → 0.81 | $0.008 → $0.00729 | -8.88 % |
    | sdxl | 640x512 | 30 | 0.8 → 0.81 | $0.008 → $0.00729 | -8.88 % |

    - all other prices: -10.00 % in dollars, because a credit costs less

    - changed: `source sdxl`: `2023-06-22, XL in Prices` → `2023-06-23, XL in Prices`
    - added: `client Bot`: `sdxl 512x512 at 15 steps`
    - changed: `billing one credit`: `$0.01` → `$0.009`

    7 prices changed (2 up, 5 down), 0 new, 0 gone; 5 other changes

    Compared all of `old` (7 prices in 2 tables) with all of `tables` (7 prices in 2 tables).
    ");
}

#[test]
fn a_change_that_all_prices_share_is_one_line() {
    let root = beside_old(&tables().billing("25", "800", "10"));
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--fail-above", "20%"]), @"
    exit code 1
    needs approval: 7 prices by more than 20 %, 2 other changes

    ! all prices: +25.00 % in dollars, because a credit costs more

    ! ~ billing minimum purchase: 1000 credits for $10.00 → 800 credits for $10.00
    ! ~ billing one credit: $0.01 → $0.0125

    note: prices of old changed, but its day of publication is still 2023-06-22
    note: prices of sdxl changed, but its day of publication is still 2023-06-22

    7 prices changed (7 up, 0 down), 0 new, 0 gone; 2 other changes

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
    ");
}

#[test]
fn prices_that_change_without_their_day_are_noted() {
    let sdxl = "steps,512x512,512x640,640x512\n15,0.25,0.41,0.41\n30,0.5,0.8,0.8\n";
    let root = beside_old(&tables().with("sdxl.csv", sdxl));
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--format", "github"]), @r"
    exit code 1
    ::warning file=tables/sources.csv,line=2,col=1,title=source sdxl::prices of sdxl changed, but its day of publication is still 2023-06-22
    ::notice file=tables/sdxl.csv,line=2,col=9,title=sdxl at 15 steps::512x640 at 15 steps: 0.4 → 0.41 credits, $0.004 → $0.0041, +2.50 %25%0A640x512 at 15 steps: 0.4 → 0.41 credits, $0.004 → $0.0041, +2.50 %25
    table  size     steps  credits     dollars            change
    sdxl   512x640     15  0.4 → 0.41  $0.004 → $0.0041  +2.50 %
    sdxl   640x512     15  0.4 → 0.41  $0.004 → $0.0041  +2.50 %

    note: prices of sdxl changed, but its day of publication is still 2023-06-22

    2 prices changed (2 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
    ");
}

#[test]
fn a_day_that_goes_back_and_a_day_alone_are_noted() {
    let files = tables().without("sources.csv").source("sdxl", "Prices", "XL", "2023-06-21");
    let root = beside_old(&files.source("old", "Prices", "Old", "2023-06-23"));
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "tables", "--fail-above", "20%"]), @"
    exit code 1
    needs approval: 1 other change

    ! ~ source sdxl: 2023-06-22, XL in Prices → 2023-06-21, XL in Prices

    ~ source old: 2023-06-22, Old in Prices → 2023-06-23, Old in Prices

    note: no price of old changed, only the day of publication, from 2023-06-22 to 2023-06-23
    note: the day of publication of sdxl goes back from 2023-06-22 to 2023-06-21

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 2 other changes

    Compared all of old (7 prices in 2 tables) with all of tables (7 prices in 2 tables).
    ");
    let days = json!([
        {"table": "old", "day": "only", "old": "2023-06-22", "new": "2023-06-23"},
        {"table": "sdxl", "day": "back", "old": "2023-06-22", "new": "2023-06-21"},
    ]);
    assert_eq!(json(root.path(), &["old", "tables"])["days"], days);
}

#[test]
fn a_new_day_in_the_future_is_noted_once() {
    let dated = |day: &str| tables().without("sources.csv").source("sdxl", "Prices", "XL", day);
    let root = beside_old(&dated("2999-01-01"));
    let future = |old: Value| json!({"table": "sdxl", "day": "future", "old": old, "new": "2999-01-01"});
    let only = json!({"table": "sdxl", "day": "only", "old": "2023-06-22", "new": "2999-01-01"});
    assert_eq!(json(root.path(), &["old", "tables"])["days"], json!([only, future(json!("2023-06-22"))]));
    tables().without("sources.csv").write(&root.path().join("other")).unwrap();
    assert_eq!(json(root.path(), &["other", "tables"])["days"], json!([future(Value::Null)]));
    assert_eq!(json(root.path(), &["tables", "tables"])["days"], json!([]));
}

#[test]
fn a_new_day_in_the_future_of_a_row_without_a_table_is_noted() {
    let root = beside_old(&tables().source("", "Prices", "XL 1.0", "2999-01-01"));
    tables().write(&root.path().join("other")).unwrap();
    let note = json!({"page": "Prices", "heading": "XL 1.0", "day": "future", "old": null, "new": "2999-01-01"});
    assert_eq!(json(root.path(), &["other", "tables"])["days"], json!([note]));
    assert_eq!(json(root.path(), &["tables", "tables"])["days"], json!([]));
    let text = report(root.path(), &["diff", "other", "tables"]);
    assert!(text.contains("note: the day of publication of XL 1.0 is in the future: 2999-01-01\n"), "{text}");
}

#[test]
fn new_prices_with_a_new_day_are_not_noted() {
    let sdxl = "steps,512x512,512x640,640x512\n15,0.25,0.41,0.41\n30,0.5,0.8,0.8\n";
    let files = tables().with("sdxl.csv", sdxl).without("sources.csv").source("sdxl", "Prices", "XL", "2023-06-23");
    let root = beside_old(&files.source("old", "Prices", "Old", "2023-06-22"));
    assert_eq!(json(root.path(), &["old", "tables"])["days"], json!([]));
}

#[test]
fn old_tables_that_cannot_be_read_are_an_error_and_open_no_gate() {
    let root = folder(&tables());
    let old = root.path().join("old");
    fs::create_dir(&old).unwrap();
    let compare = || report(root.path(), &["diff", "old", "tables", "--fail-above", "20%"]);
    assert!(compare().starts_with("exit code 2\nerror: old: there is no price table in the folder\n"), "{}", compare());
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    tables().with("sdxl.csv", pointer).write(&old).unwrap();
    insta::assert_snapshot!(compare(), @r"
    exit code 2
    error: old/sdxl.csv: this is a pointer to a file in Git LFS: read a checkout in which `git lfs pull` has run
    ");
    fs::remove_file(old.join("sdxl.csv")).unwrap();
    fs::create_dir(old.join("sdxl.csv")).unwrap();
    insta::assert_snapshot!(compare(), @r"
    exit code 2
    error: old/sdxl.csv: this is a folder, not a file
    ");
}

#[test]
fn json_counts_what_is_beyond_the_limit() {
    let root = folders();
    let json = json(root.path(), &["old", "new", "--fail-above", "12.5%"]);
    // 12.5 % of a price is within the limit.
    // A source, three rows of limits, and the grant.
    let expected = json!({
        "limit": "12.5", "applies": true, "prices": 1, "added": 5, "removed": 5, "engines": 3, "clients": 1, "other": 5
    });
    assert_eq!(json["beyond"], expected);
    let marked = |list: &str| {
        let items = json[list].as_array().unwrap().iter();
        items.filter(|item| item["beyond"] == json!(true)).map(|item| item["what"].as_str()).collect::<Vec<_>>()
    };
    assert_eq!((marked("prices").len(), marked("moves").len()), (11, 1));
    let entries = ["source", "limits", "limits", "limits", "engine", "engine", "client", "billing"];
    assert_eq!(marked("entries"), entries.map(Some));
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
    ::warning file=tables/sources.csv,line=3,col=1,title=source old::prices of old changed, but its day of publication is still 2023-06-22
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

    note: prices of old changed, but its day of publication is still 2023-06-22

    0 prices changed (0 up, 0 down), 0 new, 2 gone; 4 other changes

    Compared all of old (10 prices in 2 tables) with all of tables (8 prices in 2 tables).
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
    let annotations: Vec<&str> = text.lines().filter(|line| line.starts_with("::error")).collect();
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
