//! What `dreamprice import` and `dreamprice diff` report about a page besides its prices.

use std::fs;

use support::TableFiles;
use tempfile::TempDir;

use super::{dreamprice, folder, report, tables};

/// A page that says what [`tables`] say.
const PAGE: &str = "\
# Prices

New users get `25` free credits, which are `50` images at the API's default settings.

The minimum purchase is `$10` for `1000` credits.

## XL

| Steps | 512 x 512 | 512 x 640 | 640 x 512 |
|-------|-----------|-----------|-----------|
| 15    | 0.25      | 0.4       | 0.4       |
| 30    | 0.5       | 0.8       | 0.8       |

## Old

| Steps | 512 x 512 |
|-------|-----------|
| 15    | 1         |
";

/// A table of steps and sizes that the tables do not have.
const NEW: &str = "\n## XL 1.0\n\n| Steps | 1024 x 1024 |\n|-|-|\n| 15 | 2 |\n";

const UNCHANGED: &str = "0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes\n";

/// What a comparison of [`tables`] with a page of the same prices ends with.
const COMPARED: &str =
    "\nCompared only the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables).\n";

fn with_page(page: &str, files: &TableFiles) -> TempDir {
    let root = folder(files);
    fs::write(root.path().join("page.md"), page).unwrap();
    root
}

/// The report of `diff` on a page.
fn diff(page: &str, files: &TableFiles) -> String {
    report(with_page(page, files).path(), &["diff", "tables", "page.md"])
}

#[test]
fn a_page_that_says_what_the_tables_say_is_equal() {
    let equal = format!("exit code 0\n{UNCHANGED}{COMPARED}");
    assert_eq!(diff(PAGE, &tables()), equal);
    for table in [
        "| Steps | Images |\n|-|-|\n| 15 | 2 |",
        "| Size | Credits |\n|-|-|\n| 512 x 512 | 2 |",
        "| Default | DreamStudio | API |\n|-|-|-|\n| Steps | 50 | 30 |\n| Size | 512 x 512 | 512 x 512 |",
        "| Steps | Max |\n|-|-|\n| 15 | 512 |",
    ] {
        assert_eq!(diff(&format!("{PAGE}\n## Other\n\n{table}\n"), &tables()), equal, "{table}");
    }
}

#[test]
fn all_that_the_page_says_is_reported() {
    let page = PAGE.replace("`25`", "`100`").replace("`50`", "`99`").replace("`$10`", "`$12`") + NEW;
    insta::assert_snapshot!(diff(&page, &tables()), @"
    exit code 1
    On the page page.md:
      new table: line 22 below XL 1.0, in no row of sources.csv; add a row with the name of a price table, or without one if it is not priced here: ,Prices,XL 1.0,YYYY-MM-DD
      different: sign-up grant: 25 credits in billing.csv, 100 credits on line 3
      different: images of the grant for API: 50 images in clients.csv, 99 images on line 3
      different: smallest purchase in dollars: $10.00 in billing.csv, $12.00 on line 5

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared only the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables).
    ");
    // The grant is stated twice, and only one of the two was changed.
    let page = PAGE.to_owned() + "\nThe initial `100` free credits are for you.\n";
    insta::assert_snapshot!(diff(&page, &tables()), @"
    exit code 0
    On the page page.md:
      not certain: sign-up grant: 25 credits in billing.csv, 25 credits on line 3 and 100 credits on line 20

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared only the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables).
    ");
    let prices = &PAGE[PAGE.find("## XL").unwrap()..];
    insta::assert_snapshot!(diff(prices, &tables()), @"
    exit code 0
    On the page page.md:
      not found: sign-up grant, images of the grant for API, smallest purchase in dollars, smallest purchase in credits

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared only the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables).
    ");
}

#[test]
fn a_number_that_only_the_page_has_is_reported() {
    let files = tables().without("clients.csv").client("API", "sdxl", [512, 512, 30], None);
    assert!(
        diff(PAGE, &files)
            .contains("different: images of the grant for API: no number in clients.csv, 50 images on line 3\n")
    );
    let page = PAGE.replace("`50`", "50");
    assert_eq!(diff(&page, &files), format!("exit code 0\n{UNCHANGED}{COMPARED}"));
}

#[test]
fn mistakes_in_clients_do_not_matter() {
    let files = tables().with("clients.csv", "client,table\nAPI\n");
    assert_eq!(diff(PAGE, &files), format!("exit code 0\n{UNCHANGED}{COMPARED}"));
}

#[test]
fn import_writes_the_prices_and_reports_the_rest() {
    let page = PAGE.replace("`25`", "`100`").replace("| 1  ", "| 2  ") + NEW;
    let root = with_page(&page, &tables());
    let arguments = ["import", "page.md", "--published", "2023-07-26"];
    insta::assert_snapshot!(report(root.path(), &arguments), @r"
    exit code 1
    table  size     steps  credits  dollars           change
    old    512x512     15  1 → 2    $0.01 → $0.02  +100.00 %

    On the page page.md:
      new table: line 22 below XL 1.0, in no row of sources.csv; add a row with the name of a price table, or without one if it is not priced here: ,Prices,XL 1.0,YYYY-MM-DD
      different: sign-up grant: 25 credits in billing.csv, 100 credits on line 3

    1 price changed (1 up, 0 down), 0 new, 0 gone; 0 other changes
    wrote tables/old.csv
    wrote tables/sources.csv
    ");
    let read = |name: &str| fs::read_to_string(root.path().join("tables").join(name)).unwrap();
    assert_eq!(read("old.csv"), "steps,512x512\n15,2\n");
    assert_eq!(read("billing.csv"), tables().text("billing.csv"));
    assert_eq!(read("clients.csv"), tables().text("clients.csv"));
}

/// The output of `diff` with a page that has a new table and other facts.
fn diff_of_other_page(format: &str) -> String {
    let root = with_page(&(PAGE.replace("`25`", "`100`").replace("`50`", "`9`") + NEW), &tables());
    let output = dreamprice(root.path(), ["diff", "page.md", "tables", "--format", format]);
    assert!(output.status.code() == Some(1) && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn markdown_and_annotations_show_what_the_page_says() {
    insta::assert_snapshot!(diff_of_other_page("markdown"), @"
    On the page `page.md`:

    - new table: line 22 below `XL 1.0`, in no row of sources.csv; add a row with the name of a price table, or without one if it is not priced here: `,Prices,XL 1.0,YYYY-MM-DD`
    - different: sign-up grant: 25 credits in billing.csv, 100 credits on line 3
    - different: images of the grant for API: 50 images in clients.csv, 9 images on line 3

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared only the prices of `page.md` (7 prices in 2 tables) with those of `tables` (7 prices in 2 tables).
    ");
    insta::assert_snapshot!(diff_of_other_page("github"), @"
    ::error file=tables/billing.csv,line=2,col=15,title=sign-up grant::25 credits in billing.csv, 100 credits on line 3 of page.md
    ::error file=tables/clients.csv,line=2,col=21,title=images of the grant for API::50 images in clients.csv, 9 images on line 3 of page.md
    ::error file=tables/sources.csv,line=1,col=1,title=new table::line 22 below XL 1.0 of page.md
    On the page page.md:
      new table: line 22 below XL 1.0, in no row of sources.csv; add a row with the name of a price table, or without one if it is not priced here: ,Prices,XL 1.0,YYYY-MM-DD
      different: sign-up grant: 25 credits in billing.csv, 100 credits on line 3
      different: images of the grant for API: 50 images in clients.csv, 9 images on line 3

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared only the prices of page.md (7 prices in 2 tables) with those of tables (7 prices in 2 tables).
    ");
}

#[test]
fn json_has_what_the_page_says() {
    let json = diff_of_other_page("json");
    insta::assert_snapshot!(&json[json.find("  \"page\"").unwrap()..], @r#"
      "page": {
        "path": "page.md",
        "title": "Prices",
        "mistakes": [],
        "new_tables": [
          {
            "heading": "XL 1.0",
            "line": 22
          }
        ],
        "facts": [
          {
            "fact": "sign_up_grant",
            "tables": "25",
            "page": [
              {
                "value": "100",
                "line": 3
              }
            ],
            "verdict": "different"
          },
          {
            "fact": "granted_images",
            "client": "API",
            "tables": "50",
            "page": [
              {
                "value": "9",
                "line": 3
              }
            ],
            "verdict": "different"
          },
          {
            "fact": "minimum_purchase",
            "tables": "10",
            "page": [
              {
                "value": "10",
                "line": 5
              }
            ],
            "verdict": "equal"
          },
          {
            "fact": "minimum_purchase_credits",
            "tables": "1000",
            "page": [
              {
                "value": "1000",
                "line": 5
              }
            ],
            "verdict": "equal"
          }
        ],
        "not_compared": []
      },
      "compared": {
        "old": {
          "name": "page.md",
          "tables": 2,
          "prices": 7
        },
        "new": {
          "name": "tables",
          "tables": 2,
          "prices": 7
        },
        "only_prices": true
      }
    }
    "#);
}

#[test]
fn a_row_without_a_table_acknowledges_a_table_of_the_page() {
    let files = tables().source("", "Prices", "XL 1.0", "2023-07-26");
    let page = PAGE.to_owned() + NEW;
    assert_eq!(diff(&page, &files), format!("exit code 0\n{UNCHANGED}{COMPARED}"));
    let root = with_page(&page, &files);
    assert!(report(root.path(), &["check"]).starts_with("exit code 0\n"));
    // Its day is not that of the prices that are imported.
    let report = report(root.path(), &["import", "page.md", "--published", "2023-08-01"]);
    assert_eq!(report, format!("exit code 0\n{UNCHANGED}wrote tables/sources.csv\n"));
    let sources = fs::read_to_string(root.path().join("tables/sources.csv")).unwrap();
    assert_eq!(sources, files.text("sources.csv").replace("2023-06-22", "2023-08-01"));
    // Another table, and the same heading of another page.
    assert!(diff(&page.replace("XL 1.0", "XL 1.1"), &files).contains("new table: line 22 below XL 1.1"));
    let root = with_page(&page, &tables().source("", "Others", "XL 1.0", "2023-07-26"));
    let report = super::report(root.path(), &["diff", "tables", "page.md", "--page", "Prices"]);
    assert!(report.starts_with("exit code 1\n") && report.contains("new table: line 22 below XL 1.0"), "{report}");
}

#[test]
fn a_table_without_a_heading_or_transposed_is_new_too() {
    let page = format!("| Size | 15 steps |\n|-|-|\n| 512×512 | 1 |\n\n{PAGE}");
    let report = diff(&page, &tables());
    let new = "  new table: line 1, in no row of sources.csv; add a row with the name of a price table, or without one if it is \
        not priced here: ,Prices,line 1,YYYY-MM-DD\n";
    assert!(report.contains(new), "{report}");
    assert_eq!(
        diff(&page, &tables().source("", "Prices", "line 1", "2023-06-22")),
        format!("exit code 0\n{UNCHANGED}{COMPARED}")
    );
}

#[test]
fn a_new_table_that_is_not_well_formed_is_reported() {
    let page = PAGE.to_owned() + &NEW.replace("|-|-|", "|-|");
    assert!(diff(&page, &tables()).contains("  new table: line 22 below XL 1.0, in no row of sources.csv;"));
    let files = tables().source("", "Prices", "XL 1.0", "2023-07-26");
    assert_eq!(diff(&page, &files), format!("exit code 0\n{UNCHANGED}{COMPARED}"));
}

#[test]
fn no_two_proposals_are_the_same_table() {
    let lines = |page: &str| {
        let report = diff(page, &tables());
        let choices = report.lines().filter_map(|line| line.split("--heading ").nth(1));
        choices.map(str::to_owned).collect::<Vec<_>>()
    };
    // A table that is found for another name is not proposed.
    assert_eq!(lines(&PAGE.replace("## XL", "## XL prices")), ["sdxl=\"line 9\""]);
    assert_eq!(lines(&PAGE.replace("## XL", "## A").replace("## Old", "## B")), ["old=\"line 9\"", "sdxl=\"line 16\""]);
    assert_eq!(lines(&PAGE.replace("## XL", "## Old")), ["sdxl=HEADING", "old=\"line 9\""]);
    let without = &PAGE[..PAGE.find("## Old").unwrap()];
    assert_eq!(lines(without), ["old=HEADING"]);
}
