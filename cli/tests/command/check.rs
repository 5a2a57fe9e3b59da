//! `dreamprice check`, on folders of the tests.

use std::fs;

use dreamstudio_pricing_codegen::MAX_BYTES;
use serde_json::{Value, json};
use support::TableFiles;

use super::{OLD, diagnostics, dreamprice, folder, mistaken, report, tables};

#[test]
fn tables_without_a_mistake_are_counted() {
    let folder = folder(&tables());
    for arguments in [&["check"][..], &["check", "tables"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(report(folder.path(), arguments), @"
            exit code 0
            tables: no mistakes in 7 prices of 2 tables: old, sdxl
            tables: edition 2023-06-22+fd3ff78c59097945
            ");
        }
    }
}

#[test]
fn the_edition_is_that_of_the_folder() {
    let edition = |files: TableFiles| {
        let report = report(folder(&files).path(), &["check"]);
        report.lines().find_map(|line| line.strip_prefix("tables: edition ")).unwrap().to_owned()
    };
    let of_tables = edition(tables());
    assert!(of_tables.starts_with("2023-06-22+"), "{of_tables}");
    assert_eq!(edition(tables().with("old.csv", &OLD.replace('\n', "\r\n"))), of_tables);
    assert_ne!(edition(tables().with("old.csv", &OLD.replace(",1", ",2"))), of_tables);
    assert!(edition(tables().without("sources.csv")).starts_with("undated+"));
}

#[test]
fn one_price_is_counted_in_the_singular() {
    let folder = folder(&TableFiles::of("old", OLD));
    insta::assert_snapshot!(report(folder.path(), &["check"]), @"
    exit code 0
    tables: no mistakes in 1 price of 1 table: old
    tables: edition undated+314c33119566f9ed
    ");
}

#[test]
fn mistakes_are_reported_as_the_build_reports_them() {
    let folder = folder(&mistaken().with("old.csv", "steps,512x512\n15,\n"));
    let mistakes = diagnostics(folder.path(), "tables");
    assert_eq!(mistakes.len(), 2);
    let errors: Vec<String> = mistakes.iter().map(|mistake| format!("error: {mistake}\n")).collect();
    assert_eq!(report(folder.path(), &["check"]), format!("exit code 1\n{}", errors.concat()));
}

#[test]
fn json_lists_the_mistakes() {
    let folder = folder(&mistaken());
    let [mistake] = &diagnostics(folder.path(), "tables")[..] else { panic!() };
    let output = dreamprice(folder.path(), ["check", "--format", "json"]);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(1), 0));
    let expected = json!([{
        "path": "tables/sdxl.csv",
        "line": 2,
        "column": 4,
        "severity": "error",
        "message": mistake.message(),
        "help": mistake.help(),
    }]);
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), expected);
}

#[test]
fn warnings_are_reported_and_fail_nothing() {
    // No engine has these prices.
    let folder = folder(&tables().with("unused.csv", "steps,512x512\n15,2\n").limits("unused", [None; 8]));
    let [warning] = &diagnostics(folder.path(), "tables")[..] else { panic!() };
    let report = report(folder.path(), &["check"]);
    assert!(
        report.starts_with("exit code 0\ntables: no mistakes in 8 prices of 3 tables: old, sdxl, unused\n"),
        "{report}"
    );
    assert!(report.ends_with(&format!("\nwarning: {warning}\n")), "{report}");
    let json = dreamprice(folder.path(), ["check", "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json[0]["severity"], &json[0]["message"]), (&json!("warning"), &json!(warning.message())));
}

#[test]
fn json_of_tables_without_a_mistake_is_an_empty_list() {
    assert_eq!(report(folder(&tables()).path(), &["check", "--format", "json"]), "exit code 0\n[]\n");
}

#[test]
fn annotations_are_at_the_lines_of_the_mistakes() {
    let with_unused = |files: TableFiles| files.with("unused.csv", "steps,512x512\n15,2\n").limits("unused", [None; 8]);
    let mistakes = with_unused(mistaken()).without("engines.csv").engine("v1", "old").engine("v1", "nowhere");
    insta::assert_snapshot!(report(folder(&mistakes).path(), &["check", "--format", "github"]));
    let warning = with_unused(tables());
    insta::assert_snapshot!(report(folder(&warning).path(), &["check", "--format", "github"]), @"
    exit code 0
    ::warning file=tables/unused.csv,title=Probably a mistake in the tables::no engine uses this table%0Ahelp: add an engine to engines.csv, or delete the file
    tables: no mistakes in 8 prices of 3 tables: old, sdxl, unused
    tables: edition 2023-06-22+b06690628a50822f
    warning: tables/unused.csv: no engine uses this table
      = help: add an engine to engines.csv, or delete the file
    ");
}

#[test]
fn an_annotation_counts_the_mistakes_like_it() {
    let table = (1..=9).fold("steps,512x512\n".to_owned(), |table, steps| table + &format!("{steps},x\n"));
    let folder = folder(&tables().with("sdxl.csv", &table));
    let report = report(folder.path(), &["check", "--format", "github"]);
    let annotations: Vec<&str> =
        report.lines().filter(|line| line.starts_with("::error file=tables/sdxl.csv")).collect();
    let (last, others) = annotations.split_last().unwrap();
    let more = 9 - annotations.len();
    assert!(last.ends_with(&format!("%0Aand {more} more like this")), "{report}");
    assert!(others.iter().all(|annotation| !annotation.contains("more like this")), "{report}");
}

#[test]
fn annotations_without_git_have_paths_from_the_workspace() {
    let root = folder(&mistaken());
    let tables = root.path().join("tables");
    for (workspace, path) in
        [(root.path(), "tables/sdxl.csv"), (&tables, "sdxl.csv"), (&root.path().join("x"), "./sdxl.csv")]
    {
        let mut command = super::command();
        command.current_dir(&tables).env("GITHUB_WORKSPACE", workspace);
        let output = command.args(["check", ".", "--format", "github"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let path = path.trim_start_matches("./");
        assert!(text.starts_with(&format!("::error file={path},line=2,col=4,")), "{text}");
    }
}

#[test]
fn a_folder_that_cannot_be_read_is_an_error() {
    let folder = folder(&tables());
    for name in ["nowhere", "tables/sdxl.csv"] {
        let [mistake] = &diagnostics(folder.path(), name)[..] else { panic!() };
        for format in ["text", "json"] {
            assert_eq!(
                report(folder.path(), &["check", name, "--format", format]),
                format!("exit code 2\nerror: {mistake}\n")
            );
        }
    }
}

// Windows has no such names.
#[cfg(unix)]
#[test]
fn hidden_characters_of_a_path_are_escaped() {
    let folder = folder(&tables());
    let name = "new\nline\u{1b}[31m\u{202e}";
    let escaped = "new<U+000A>line<U+001B>[31m<U+202E>";
    assert!(report(folder.path(), &["check", name]).starts_with(&format!("exit code 2\nerror: {escaped}: ")));
    tables().write(&folder.path().join(name)).unwrap();
    assert!(report(folder.path(), &["check", name]).starts_with(&format!("exit code 0\n{escaped}: no mistakes")));
}

/// The report of `check` with this list of the API's engines.
fn engines(list: &str, arguments: &[&str]) -> String {
    let folder = folder(&tables().without("engines.csv").engine("xl-beta-1", "sdxl").engine("stable-v1", "old"));
    fs::write(folder.path().join("list.json"), list).unwrap();
    report(folder.path(), &[&["check", "--engines", "list.json"], arguments].concat())
}

#[test]
fn engines_that_the_api_has_are_right() {
    let list = r#"[
        {"id": "stable-v1", "type": "PICTURE", "name": "Stable"},
        {"id": "xl-beta-1", "type": "PICTURE", "name": "XL", "description": "new"},
        {"id": "labels-1", "type": "CLASSIFICATION", "name": "Labels"}
    ]"#;
    let report = engines(list, &[]);
    assert!(report.starts_with("exit code 0\ntables: no mistakes in 7 prices of 2 tables: old, sdxl\n"), "{report}");
    assert!(!report.contains("warning"), "{report}");
    assert_eq!(engines(list, &["--format", "json"]), "exit code 0\n[]\n");
}

#[test]
fn a_list_of_engines_may_be_as_large_as_a_file_of_the_tables() {
    let list = r#"[{"id": "xl-beta-1", "type": "PICTURE", "name": "XL"}, {"id": "stable-v1", "type": "PICTURE", "name": "1"}]"#;
    let of_bytes = |count| engines(&(list.to_owned() + &" ".repeat(count - list.len())), &["--format", "json"]);
    assert_eq!(of_bytes(MAX_BYTES), "exit code 0\n[]\n");
    let message = format!("exit code 2\nerror: list.json: the file is larger than {MAX_BYTES} bytes\n");
    assert_eq!(of_bytes(MAX_BYTES + 1), message);
}

#[test]
fn an_engine_that_the_api_does_not_have_is_reported_with_the_nearest_that_it_has() {
    let list = r#"[
        {"id": "satble-v1", "type": "PICTURE", "name": "Stable"},
        {"id": "other", "type": "TEXT", "name": "Other"}
    ]"#;
    insta::assert_snapshot!(engines(list, &[]), @r"
    exit code 1
    error: tables/engines.csv:2:1: the API has no engine `xl-beta-1`
      |
    2 | xl-beta-1,sdxl
      | ^^^^^^^^^
    error: tables/engines.csv:3:1: the API has no engine `stable-v1`
      |
    3 | stable-v1,old
      | ^^^^^^^^^
      = help: did you mean `satble-v1`?
    warning: tables/engines.csv: the API has picture engines that are not in the file: satble-v1 (Stable)
      = help: add each to the file, or leave it out if it is priced in another way
    ");
}

#[test]
fn a_picture_engine_that_the_tables_do_not_have_is_a_warning() {
    let list = r#"[
        {"id": "stable-v1", "type": "PICTURE", "name": "Stable"},
        {"id": "upscaler-1", "type": "PICTURE", "name": "Up\u202escaler"},
        {"id": "xl-beta-1", "type": "PICTURE", "name": "XL"}
    ]"#;
    insta::assert_snapshot!(engines(list, &[]), @"
    exit code 0
    tables: no mistakes in 7 prices of 2 tables: old, sdxl
    tables: edition 2023-06-22+015c49de576af0c9
    warning: tables/engines.csv: the API has picture engines that are not in the file: upscaler-1 (Up<U+202E>scaler)
      = help: add each to the file, or leave it out if it is priced in another way
    ");
    let json: Value = serde_json::from_str(engines(list, &["--format", "json"]).split_once('\n').unwrap().1).unwrap();
    assert_eq!((json.as_array().unwrap().len(), &json[0]["severity"]), (1, &json!("warning")));
}

#[test]
fn mistakes_of_the_tables_are_reported_beside_those_of_the_engines() {
    let folder = folder(&mistaken());
    fs::write(folder.path().join("list.json"), "[]").unwrap();
    let report = report(folder.path(), &["check", "--engines", "list.json"]);
    let places: Vec<&str> = report.lines().filter_map(|line| line.strip_prefix("error: tables/")).collect();
    assert!(
        places.len() == 4 && places[0].starts_with("sdxl.csv:2:4: ") && places[3].starts_with("engines.csv:4:1: "),
        "{report}"
    );
}

#[test]
fn a_list_of_engines_that_cannot_be_read_is_an_error() {
    for list in ["", "{}", "[1]", "[{\"id\": \"a\"}]", "[{\"id\": \"a\", \"type\": 1, \"name\": \"A\"}]", "\u{1b}"] {
        let report = engines(list, &[]);
        let start = "exit code 2\nerror: list.json: this is not the list of engines that the API returns: ";
        assert!(report.starts_with(start) && report.lines().count() == 2, "{report}");
    }
    let report = report(folder(&tables()).path(), &["check", "--engines", "nowhere"]);
    assert!(report.starts_with("exit code 2\nerror: nowhere: "), "{report}");
}
