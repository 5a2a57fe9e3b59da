//! `dreamprice check`, on folders made for the purpose.

use std::fs;

use super::{File, TABLES, folder, report};

const MISTAKE: File<'static> = ("sdxl.csv", "steps,512x512\n15,$1\n");

#[test]
fn tables_without_a_mistake_are_counted() {
    let folder = folder(&[]);
    for arguments in [&["check"][..], &["check", "tables"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(report(folder.path(), arguments), @r"
            exit code 0
            tables: no mistakes in 7 prices of 2 tables: old, sdxl
            ");
        }
    }
}

#[test]
fn one_price_is_counted_in_the_singular() {
    let folder = folder(&[
        ("engines.csv", "engine,table\nv1,old\n"),
        ("clients.csv", "client,table,width,height,steps,granted_images\nAPI,old,512,512,15,25\n"),
        ("sources.csv", "table,page,heading,published\n"),
    ]);
    fs::remove_file(folder.path().join("tables/sdxl.csv")).unwrap();
    insta::assert_snapshot!(report(folder.path(), &["check"]), @r"
    exit code 0
    tables: no mistakes in 1 price of 1 table: old
    ");
}

#[test]
fn mistakes_are_reported_in_the_words_of_the_build() {
    insta::assert_snapshot!(report(folder(&[MISTAKE]).path(), &["check"]), @r"
    exit code 1
    error: tables/sdxl.csv:2:4: the price `$1` has a currency sign
      |
    2 | 15,$1
      |    ^^
      = help: only the column usd is in dollars, and no figure has a sign: write the number alone
    ");
}

#[test]
fn json_lists_the_mistakes() {
    insta::assert_snapshot!(report(folder(&[MISTAKE]).path(), &["check", "--format", "json"]), @r#"
    exit code 1
    [
      {
        "path": "tables/sdxl.csv",
        "line": 2,
        "column": 4,
        "severity": "error",
        "message": "the price `$1` has a currency sign",
        "help": "only the column usd is in dollars, and no figure has a sign: write the number alone"
      }
    ]
    "#);
    insta::assert_snapshot!(report(folder(&[]).path(), &["check", "--format", "json"]), @r"
    exit code 0
    []
    ");
}

#[test]
fn a_folder_that_cannot_be_read_is_trouble() {
    let folder = folder(&[]);
    insta::assert_snapshot!(report(folder.path(), &["check", "nowhere"]), @r"
    exit code 2
    error: nowhere: there is no such folder
      = help: the tables are a folder of CSV files: engines.csv, clients.csv, billing.csv and one for each price table
    ");
    insta::assert_snapshot!(report(folder.path(), &["check", "tables/sdxl.csv", "--format", "json"]), @r"
    exit code 2
    error: tables/sdxl.csv: this is a file, not a folder
      = help: the tables are a folder of CSV files: engines.csv, clients.csv, billing.csv and one for each price table
    ");
}

#[test]
fn hidden_characters_of_a_path_are_escaped() {
    let folder = folder(&[]);
    let name = "new\nline\u{1b}[31m\u{202e}";
    insta::assert_snapshot!(report(folder.path(), &["check", name]), @r"
    exit code 2
    error: new<U+000A>line<U+001B>[31m<U+202E>: there is no such folder
      = help: the tables are a folder of CSV files: engines.csv, clients.csv, billing.csv and one for each price table
    ");
    super::write(&folder.path().join(name), &TABLES);
    insta::assert_snapshot!(report(folder.path(), &["check", name]), @r"
    exit code 0
    new<U+000A>line<U+001B>[31m<U+202E>: no mistakes in 7 prices of 2 tables: old, sdxl
    ");
}
