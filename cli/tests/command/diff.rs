//! `dreamprice diff`, on folders of the tests.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
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
    let files: [File; 6] = [
        ("sdxl.csv", "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.6,0.7,0.7\n"),
        ("old.csv", "steps,512x512\n15,2\n30,3\n"),
        ("engines.csv", "engine,table\nxl-1,old\nv2,old\nv3,sdxl\n"),
        ("clients.csv", "client,table,width,height,steps,granted_images\nAPI,old,512,512,15,\nBot,sdxl,512,512,15,\n"),
        ("sources.csv", "table,page,heading,published\nsdxl,Prices,XL,2023-06-30\n"),
        ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,20\n"),
    ];
    let root = folders();
    let mut sets = vec!["new".to_owned()];
    for set in 0..1 << files.len() {
        let chosen: Vec<File> = (0..files.len()).filter(|at| set >> at & 1 == 1).map(|at| files[at]).collect();
        let name = format!("set-{set}");
        write(&root.path().join(&name), &TABLES);
        write(&root.path().join(&name), &chosen);
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
fn an_engine_that_moves_is_shown_with_the_prices_that_change_for_it() {
    insta::assert_snapshot!(change(&[("engines.csv", "engine,table\nxl-1,sdxl\nv1,old\nv2,sdxl\n")]), @r"
    exit code 1
    ~ engine v2: old → sdxl; 1 price changed (0 up, 1 down), 5 new, 0 gone
    steps  512x512
       15  1 → 0.25 (-75.00 %)

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 engine moved; 0 other changes
    ");
}

#[test]
fn engines_that_move_in_the_same_way_share_one_table() {
    let root = folder(&[
        ("sdxl.csv", "steps,512x512\n30,0.5\n"),
        ("old.csv", "steps,512x512,768x768\n15,1,2\n30,1.2,2\n"),
        ("engines.csv", "engine,table\nxl-1,sdxl\nv1,old\nv2,old\nv3,old\n"),
    ]);
    write(&root.path().join("new"), &TABLES);
    let new = [
        ("sdxl.csv", "steps,512x512\n30,0.5\n"),
        ("old.csv", "steps,512x512,768x768\n15,1,2\n30,1.2,2\n"),
        ("turbo.csv", "steps,512x512\n15,0.9\n30,1.2\n50,1.5\n"),
        ("engines.csv", "engine,table\nxl-1,sdxl\nv1,turbo\nv2,turbo\nv3,sdxl\n"),
    ];
    write(&root.path().join("new"), &new);
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
    let header = "client,table,width,height,steps,granted_images\n";
    insta::assert_snapshot!(change(&[("clients.csv", &format!("{header}API,old,512,512,15,25\n"))]), @r"
    exit code 1
    ~ client API: sdxl 512x512 at 30 steps, 50 granted images → old 512x512 at 15 steps, 25 granted images: 0.5 → 1 credits, $0.005 → $0.01, +100.00 %

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
    let json = json(root.path(), &["other", "none"]);
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

/// The exit code, and what the report says about the limit.
fn fail_above(root: &Path, limit: &str, arguments: &[&str]) -> (i32, String) {
    let output = dreamprice(root, [&["diff", "--fail-above", limit], arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text.lines().last().unwrap_or_default().to_owned())
}

/// The same for files of [`TABLES`] that are replaced.
fn fail_above_of(limit: &str, replaced: &[File]) -> (i32, String) {
    let root = folder(replaced);
    write(&root.path().join("old"), &TABLES);
    fail_above(root.path(), limit, &["old", "tables"])
}

#[test]
fn a_price_at_the_limit_passes_and_one_beyond_it_does_not() {
    for (price, code, line) in [
        ("0.48", 0, "no change exceeds 20 %"),
        ("0.4801", 1, "beyond 20 %: 2 prices"),
        ("0.32", 0, "no change exceeds 20 %"),
        ("0.3199", 1, "beyond 20 %: 2 prices"),
    ] {
        let text = format!("steps,512x512,512x640,640x512\n15,0.25,{price},{price}\n30,0.5,0.8,0.8\n");
        assert_eq!(fail_above_of("20%", &[("sdxl.csv", &text)]), (code, line.to_owned()), "{price}");
    }
}

#[test]
fn the_limit_is_one_of_credits_and_of_dollars() {
    let billing = |credits| format!("item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,{credits},10\n");
    let old = ("old.csv", "steps,512x512\n15,2\n");
    let sdxl = ("sdxl.csv", "steps,512x512,512x640,640x512\n15,0.5,0.8,0.8\n30,1,1.6,1.6\n");
    let clients = ("clients.csv", "client,table,width,height,steps,granted_images\nAPI,sdxl,512,512,30,25\n");
    // Twice the credits at half the price of one.
    let tables = [old, sdxl, clients, ("billing.csv", &*billing("2000"))];
    assert_eq!(fail_above_of("20", &tables), (1, "beyond 20 %: 7 prices".to_owned()));
    // The same credits at half the price of one.
    assert_eq!(fail_above_of("50", &[("billing.csv", &billing("2000"))]).0, 0);
    assert_eq!(fail_above_of("49.99", &[("billing.csv", &billing("2000"))]).0, 1);
}

#[test]
fn what_is_new_gone_or_moved_is_beyond_every_limit() {
    let engines = |rows: &str| format!("engine,table\nxl-1,sdxl\n{rows}");
    let client = |row: &str| format!("client,table,width,height,steps,granted_images\n{row}");
    for (file, text, line) in [
        ("old.csv", "steps,512x512\n15,1\n30,2\n", "1 new"),
        ("sdxl.csv", "steps,512x512\n15,0.25\n30,0.5\n", "4 gone"),
        ("engines.csv", &engines("v1,old\nv2,sdxl\n"), "1 engine"),
        ("engines.csv", &engines("v1,old\nv2,old\nv3,old\n"), "1 engine"),
        ("engines.csv", &engines("v1,old\n"), "1 engine"),
        ("clients.csv", &client("API,old,512,512,15,25\n"), "1 client"),
    ] {
        assert_eq!(fail_above_of("99%", &[(file, text)]), (1, format!("beyond 99 %: {line}")), "{text}");
    }
}

#[test]
fn other_differences_pass_every_limit() {
    let clients = "client,table,width,height,steps,granted_images\nAPI,sdxl,512,512,30,\nBot,old,512,512,15,\n";
    let sources = "table,page,heading,published\nsdxl,Prices,XL,2023-06-30\n";
    let billing = "item,credits,usd\nsign_up_grant,30,0\nminimum_purchase,2000,20\n";
    let tables = [("clients.csv", clients), ("sources.csv", sources), ("billing.csv", billing)];
    assert_eq!(fail_above_of("0", &tables), (0, "no change exceeds 0 %".to_owned()));
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
    let root = folders();
    // The number of granted images is wrong, but each price can be read.
    fs::write(
        root.path().join("old/clients.csv"),
        "client,table,width,height,steps,granted_images\nAPI,sdxl,512,512,30,5\n",
    )
    .unwrap();
    fs::write(root.path().join("old/old.csv"), "steps,512x512\n15,$1\n").unwrap();
    fs::write(root.path().join("new/old.csv"), "steps,512x512\n15,1\n").unwrap();
    insta::assert_snapshot!(report(root.path(), &["diff", "old", "new"]));
    assert_eq!(json(root.path(), &["old", "new"])["not_compared"], json!({"tables": ["old"]}));
}

#[test]
fn old_tables_with_mistakes_differ_within_every_limit() {
    let fixed = "steps,512x512,512x640,640x512\n15,0.25,0.4,0.4\n30,0.5,8,8\n";
    let root = folder(&[("sdxl.csv", fixed)]);
    write(&root.path().join("old"), &TABLES);
    fs::write(root.path().join("old/engines.csv"), "engine,table\nxl-1,nowhere\n").unwrap();
    for new in ["tables", "same"] {
        write(&root.path().join("same"), &TABLES);
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
    let root = folder(&[("sdxl.csv", sdxl), ("engines.csv", "engine,table\nxl-1,sdxl\nv1,sdxl\nv2,old\n")]);
    write(&root.path().join("old"), &TABLES);
    let arguments = ["diff", "old", "tables", "--format", "github", "--fail-above", "20%"];
    insta::assert_snapshot!(report(root.path(), &arguments));
}

#[test]
fn what_is_gone_is_annotated_at_the_line_before_it() {
    let old = [
        ("old.csv", "steps,512x512\n15,1\n30,2\n50,3\n100,4\n"),
        ("engines.csv", "engine,table\nv0,old\nxl-1,sdxl\nv1,old\nv2,old\n"),
    ];
    let root = folder(&[
        ("old.csv", "steps,512x512\n15,1\n100,4\n"),
        ("engines.csv", "engine,table\nxl-1,sdxl\n\"v2\", old\n"),
    ]);
    write(&root.path().join("old"), &TABLES);
    write(&root.path().join("old"), &old);
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
    let root = folder(&[("turbo.csv", "steps,512x512\n15,1\n30,2\n")]);
    write(&root.path().join("old"), &TABLES);
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
    let root = folder(&[("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,8\n")]);
    write(&root.path().join("old"), &TABLES);
    let text = report(root.path(), &["diff", "old", "tables", "--format", "github", "--fail-above", "10"]);
    let annotations: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
    let [one] = annotations[..] else { panic!("{text}") };
    assert!(one.starts_with("::error file=tables/billing.csv,line=3,col=23,"), "{one}");
}

#[test]
fn annotations_of_a_page_are_at_the_lines_of_the_folder() {
    let root = folder(&[]);
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

#[test]
fn mistakes_in_the_new_tables_are_annotated_at_their_lines() {
    let root = folder(&[("old.csv", "steps,512x512\n15,x\n")]);
    write(&root.path().join("old"), &TABLES);
    let output = dreamprice(root.path(), ["diff", "old", "tables", "--format", "github"]);
    let check = dreamprice(root.path(), ["check", "tables", "--format", "github"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("::error file=tables/old.csv,line=2,col=4,"), "{text}");
    assert_eq!((text.into_bytes(), output.stderr), (check.stdout, check.stderr));
}
