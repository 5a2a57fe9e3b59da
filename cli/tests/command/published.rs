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
const COMPARED: &str = "\nCompared the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables), and which tables there \
        are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.\n";

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

    Compared the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    ");
    // The grant is stated twice, and only one of the two was changed.
    let page = PAGE.to_owned() + "\nThe initial `100` free credits are for you.\n";
    insta::assert_snapshot!(diff(&page, &tables()), @"
    exit code 1
    On the page page.md:
      different: sign-up grant: 25 credits in billing.csv, 25 credits on line 3 and 100 credits on line 20

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    ");
    let prices = &PAGE[PAGE.find("## XL").unwrap()..];
    insta::assert_snapshot!(diff(prices, &tables()), @"
    exit code 0
    On the page page.md:
      not found: the title Prices, which sources.csv has in `page`; if the page has another title now, correct it there
      not found: sign-up grant, images of the grant for API, smallest purchase in dollars, smallest purchase in credits

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
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
fn a_client_that_is_called_like_a_word_of_the_page_hides_no_fact() {
    let page = PAGE.replace("the API's", "the **API**'s");
    for name in ["Default", "settings", "images", "credits", "free", "users", "at", "which", "are", "the"] {
        let files = tables().client(name, "sdxl", [512, 512, 15], None);
        assert_eq!(diff(&page, &files), format!("exit code 0\n{UNCHANGED}{COMPARED}"), "{name}");
        let report = diff(&page.replace("`50` images", "`51` images"), &files);
        let line = "  different: images of the grant for API: 50 images in clients.csv, 51 images on line 3\n";
        assert!(report.contains(line), "{name}: {report}");
    }
}

#[test]
fn a_number_that_is_not_marked_and_differs_is_not_certain() {
    let page = PAGE.replace("`25` free credits", "25 free credits") + "\nYour `25` initial free credits are for you.\n";
    assert_eq!(diff(&page, &tables()), format!("exit code 0\n{UNCHANGED}{COMPARED}"));
    let report = diff(&page.replace("get 25", "get 50"), &tables());
    let line = "  not certain: sign-up grant: 25 credits in billing.csv, 25 credits on line 20 and 50 credits on line 3, not in a code \
        span\n";
    assert!(report.starts_with("exit code 1\n") && report.contains(line), "{report}");
    let root = with_page(&page.replace("get 25", "get 50"), &tables());
    let report = report_of(&root, "github");
    assert!(
        report.contains("::error file=tables/billing.csv,line=2,col=15,title=sign-up grant::25 credits"),
        "{report}"
    );
    assert!(report_of(&root, "json").contains("\"verdict\": \"not_certain\""));
}

#[test]
fn another_grant_in_a_sentence_of_another_form_is_not_certain() {
    for sentence in [
        "New users are granted 30 (thirty) free credits.",
        "New users are granted <b>30</b> free credits.",
        "New users are granted `30`+ free credits.",
        "New users are granted `30` bonus credits.",
        "Every new account comes with `30` credits.",
        "Upon signing up, `30` credits are granted.",
    ] {
        let doubt =
            if sentence.contains('`') { "in a sentence that may mean something else" } else { "not in a code span" };
        let report = diff(&format!("{PAGE}\n{sentence}\n"), &tables());
        let sides = "25 credits in billing.csv, 25 credits on line 3 and 30 credits on line 20";
        let line = format!("  not certain: sign-up grant: {sides}, {doubt}\n");
        assert!(report.starts_with("exit code 1\n") && report.contains(&line), "{sentence}: {report}");
        let same = diff(&format!("{PAGE}\n{}\n", sentence.replace("30", "25")), &tables());
        assert_eq!(same, format!("exit code 0\n{UNCHANGED}{COMPARED}"), "{sentence}");
    }
}

/// The report of `diff` on a page in a format.
fn report_of(root: &TempDir, format: &str) -> String {
    report(root.path(), &["diff", "tables", "page.md", "--format", format])
}

#[test]
fn a_title_that_no_heading_has_is_listed() {
    let line = "  not found: the title Prices, which sources.csv has in `page`; if the page has another title now, correct it there\n";
    let page = PAGE.replace("# Prices", "# Pricing");
    let report = diff(&page, &tables());
    assert!(report.starts_with("exit code 0\n") && report.contains(line), "{report}");
    assert!(!diff(&PAGE.replace("# Prices", "# 🎩 Prices"), &tables()).contains("not found"));
    // If only some tables are read, the page may be another one.
    let report =
        super::report(with_page(&page, &tables()).path(), &["diff", "tables", "page.md", "--heading", "sdxl=XL"]);
    assert!(!report.contains("not found"), "{report}");
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
    insta::assert_snapshot!(report(root.path(), &arguments), @"
    exit code 1
    table  size     steps  credits  dollars           change
    old    512x512     15  1 → 2    $0.01 → $0.02  +100.00 %

    ~ source old: 2023-06-22, Old in Prices → 2023-07-26, Old in Prices
    ~ source sdxl: 2023-06-22, XL in Prices → 2023-07-26, XL in Prices

    note: no price of sdxl changed, only the day of publication, from 2023-06-22 to 2023-07-26

    On the page page.md:
      new table: line 22 below XL 1.0, in no row of sources.csv; add a row with the name of a price table, or without one if it is not priced here: ,Prices,XL 1.0,YYYY-MM-DD
      different: sign-up grant: 25 credits in billing.csv, 100 credits on line 3

    1 price changed (1 up, 0 down), 0 new, 0 gone; 2 other changes
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

    Compared the prices of `page.md` (7 prices in 2 tables) with those of `tables` (7 prices in 2 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
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

    Compared the prices of page.md (7 prices in 2 tables) with those of tables (7 prices in 2 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    ");
}

#[test]
fn json_has_what_the_page_says() {
    let json = diff_of_other_page("json");
    insta::assert_snapshot!(&json[json.find("  \"page\"").unwrap()..], @r#"
      "page": {
        "path": "page.md",
        "title": "Prices",
        "missing_title": null,
        "mistakes": [],
        "new_tables": [
          {
            "heading": "XL 1.0",
            "line": 22,
            "may_be": []
          }
        ],
        "unpriced": [],
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
            "unmarked": [],
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
            "unmarked": [],
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
            "unmarked": [],
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
            "unmarked": [],
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
        "what": "page"
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
    assert!(report.starts_with("exit code 0\n") && report.ends_with("2 other changes\nwrote tables/sources.csv\n"));
    let sources = fs::read_to_string(root.path().join("tables/sources.csv")).unwrap();
    assert_eq!(sources, files.text("sources.csv").replace("2023-06-22", "2023-08-01"));
    // Another table, and the same heading of another page.
    assert!(diff(&page.replace("XL 1.0", "XL 1.1"), &files).contains("new table: line 22 below XL 1.1"));
    let root = with_page(&page, &tables().source("", "Others", "XL 1.0", "2023-07-26"));
    let report = super::report(root.path(), &["diff", "tables", "page.md", "--page", "Prices"]);
    assert!(report.starts_with("exit code 1\n") && report.contains("new table: line 22 below XL 1.0"), "{report}");
}

/// A page with a table that [`tables`] do not price, and the tables with a row for it.
fn acknowledged() -> (String, TableFiles) {
    (PAGE.to_owned() + NEW, tables().source("", "Prices", "XL 1.0", "2023-07-26"))
}

#[test]
fn a_row_without_a_table_acknowledges_only_one_table() {
    let (page, files) = acknowledged();
    insta::assert_snapshot!(diff(&format!("{page}\nText.\n\n| Steps | 64 x 64 |\n|-|-|\n| 1 | 1 |\n"), &files), @"
    exit code 1
    On the page page.md:
      new table: 2 tables of steps and sizes are below XL 1.0, at lines 22 and 28, and the row of sources.csv without a table is about one of them: compare a copy of the page in which each has a heading of its own

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    ");
    // The second table lacks its dashes.
    let loose = diff(&format!("{page}\nText.\n\n| Steps | 64 x 64 |\n| 1 | 1 |\n"), &files);
    assert!(
        loose.starts_with("exit code 1\n") && loose.contains("2 tables of steps and sizes are below XL 1.0"),
        "{loose}"
    );
    // The other table has no steps.
    let report = diff(&format!("{page}\nText.\n\n| Key | Value |\n|-|-|\n| 1 | 1 |\n"), &files);
    assert_eq!(report, format!("exit code 0\n{UNCHANGED}{COMPARED}"));
}

#[test]
fn a_row_without_a_table_whose_table_is_gone_is_listed() {
    let (_, files) = acknowledged();
    for page in [PAGE.to_owned(), format!("{PAGE}\n## XL 1.0\n\nText.\n")] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(diff(&page, &files), @"
            exit code 0
            On the page page.md:
              not found: a table of steps and sizes below XL 1.0, which sources.csv has a row without a table for; delete the row, or it hides the next table below that heading

            0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

            Compared the prices of tables (7 prices in 2 tables) with those of page.md (7 prices in 2 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
            ");
        }
    }
    // If only some tables are read, the page may be another one.
    let root = with_page(PAGE, &files);
    let report = report(root.path(), &["diff", "tables", "page.md", "--heading", "sdxl=XL"]);
    assert!(report.starts_with("exit code 0\n") && !report.contains("not found"), "{report}");
}

#[test]
fn annotations_are_at_the_row_that_hides_a_table() {
    let (page, files) = acknowledged();
    for (page, message) in [
        (
            format!("{page}\nText.\n\n| Steps | 64 x 64 |\n|-|-|\n| 1 | 1 |\n"),
            "::error file=tables/sources.csv,line=4,",
        ),
        (PAGE.to_owned(), "::warning file=tables/sources.csv,line=4,"),
    ] {
        let report = report(with_page(&page, &files).path(), &["diff", "tables", "page.md", "--format", "github"]);
        assert!(report.contains(message), "{report}");
    }
}

#[test]
fn the_id_of_a_heading_is_proposed_if_its_text_is_not_unique() {
    let (xl, new) = ("## XL {#xl}", NEW.replace("XL 1.0", "XL"));
    let page = PAGE.replace("## XL", xl) + &new;
    let proposal =
        "only the table at line 9 is like sdxl: write `{#xl}` as the heading of sdxl in sources.csv, or try it with";
    let report = diff(&page, &tables());
    assert!(report.contains(proposal), "{report}");
    // With the id, the other table is new, and its heading is not its own.
    let files = tables().without("sources.csv").source("old", "Prices", "Old", "2023-06-22");
    let report = diff(&page, &files.source("sdxl", "Prices", "{#xl}", "2023-06-22"));
    assert!(report.contains("new table: line 22 below XL, in no row of sources.csv, which needs a heading of its own"));
    // Without an id, sources.csv cannot tell the tables apart.
    let report = diff(&(PAGE.to_owned() + &new), &tables());
    let proposal = "only the table at line 9 is like sdxl: sources.csv cannot name it, because it has no heading of its own: read \
        it for this run with --heading sdxl=\"line 9\"\n";
    assert!(report.contains(proposal), "{report}");
}

#[test]
fn a_table_without_a_heading_or_transposed_is_new_too() {
    let page = format!("| Size | 15 steps |\n|-|-|\n| 512×512 | 1 |\n\n{PAGE}");
    let report = diff(&page, &tables());
    let new = "  new table: line 1, in no row of sources.csv, which needs a heading of its own for each table: compare a copy of \
        the page in which it has one\n";
    assert!(report.contains(new), "{report}");
    // In the next edition, another table can be at this line.
    let report = diff(&page, &tables().source("", "Prices", "line 1", "2023-06-22"));
    assert!(report.starts_with("exit code 1\n") && report.contains(new), "{report}");
}

#[test]
fn a_new_table_that_is_not_well_formed_is_reported() {
    let page = PAGE.to_owned() + &NEW.replace("|-|-|", "|-|");
    assert!(diff(&page, &tables()).contains("  new table: line 22 below XL 1.0, in no row of sources.csv;"));
    let files = tables().source("", "Prices", "XL 1.0", "2023-07-26");
    assert_eq!(diff(&page, &files), format!("exit code 0\n{UNCHANGED}{COMPARED}"));
}

#[test]
fn labels_of_sizes_and_whole_numbers_are_a_table_of_steps_and_sizes() {
    for (table, is_new) in [
        ("| Size | 30 | 50 |\n|-|-|-|\n| 512 x 512 | 1 | 2 |\n| 640×512 | 1 | 2 |", true),
        ("| | 30 steps | 50 steps |\n|-|-|-|\n| 512 x 512 | 1 | 2 |", true),
        ("| Samples | 512 x 512 |\n|-|-|\n| 30 | 1 |", true),
        ("| Steps | Size | Credits |\n|-|-|-|\n| 15 | 512 x 512 | 0.5 |\n| 30 | 512 x 512 | 1 ($0.01) |", true),
        ("| Price | Steps | Size |\n|-|-|-|\n| $0.005 | 15 | 512 x 512 |", true),
        ("| Steps | 512px x 512px |\n|-|-|\n| 30 | 1 |", true),
        ("| Steps | 512 by 512 pixels |\n|-|-|\n| 30 | 1 |", true),
        ("| Steps | 512 / 512 |\n|-|-|\n| 30 | 1 |", true),
        ("| Steps | 10/2023 | 30/50 |\n|-|-|-|\n| 30 | 1 | 2 |", false),
        ("| Client | Steps | Size |\n|-|-|-|\n| API | 30 | 512 x 512 |", false),
        ("| Size | 30 | most |\n|-|-|-|\n| 512 x 512 | 1 | 2 |", false),
        ("| Size | 30 |\n|-|-|\n| 512 x 512 | 1 |\n| others | 1 |", false),
        ("| Size |\n|-|\n| 512 x 512 |", false),
    ] {
        let report = diff(&format!("{PAGE}\n## Other\n\n{table}\n"), &tables());
        assert_eq!(report.contains("new table: line 22 below Other, in no row of sources.csv;"), is_new, "{report}");
    }
}

#[test]
fn a_transposed_table_is_called_so() {
    let page = PAGE.replace(
        "| Steps | 512 x 512 |\n|-------|-----------|\n| 15    | 1         |",
        "| Size | 15 |\n|-|-|\n| 512 x 512 | 1 |",
    );
    insta::assert_snapshot!(diff(&page, &tables()), @"
    exit code 1
    On the page page.md:
      not compared, because of mistakes: 1 price of old

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (6 prices in 1 table) with those of page.md (6 prices in 1 table), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    error: page.md:16:3: the table of old is transposed: its rows are sizes, and its columns are step counts
       |
    16 | | Size | 15 |
       |   ^^^^
       = help: write one row for each step count and one column for each size in a copy of the page, and use the copy instead
    ");
}

#[test]
fn a_heading_that_changed_is_proposed_only_if_the_table_is_like_the_other() {
    insta::assert_snapshot!(diff(&PAGE.replace("## XL", "## A").replace("## Old", "## B"), &tables()), @r#"
    exit code 1
    On the page page.md:
      new table: line 9 below A, in no row of sources.csv; it may be sdxl, which is not found
      new table: line 16 below B, in no row of sources.csv; it may be old, which is not found
      not compared, because of mistakes: 1 price of old
      not compared, because of mistakes: 6 prices of sdxl

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (0 prices in 0 tables) with those of page.md (0 prices in 0 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    error: page.md: the page has no heading `Old`, which is that of old
      = help: the page has 2 tables: `A` (line 9, 3 rows x 4 columns), `B` (line 16, 2 rows x 2 columns); only the table at line 16 is like old: write `B` as the heading of old in sources.csv, or try it with --heading old="line 16"
    error: page.md: the page has no heading `XL`, which is that of sdxl
      = help: the page has 2 tables: `A` (line 9, 3 rows x 4 columns), `B` (line 16, 2 rows x 2 columns); only the table at line 9 is like sdxl: write `A` as the heading of sdxl in sources.csv, or try it with --heading sdxl="line 9"
    "#);
    // The sizes and step counts are the same.
    let other = PAGE.replace("## XL", "## A").replace("0.25", "0.30").replace("0.8 ", "0.9 ") + NEW;
    assert!(
        diff(&other, &tables()).contains("; only the table at line 9 is like sdxl: write `A` as the heading of sdxl")
    );
    // Neither table is like it.
    let other = PAGE.replace("## XL", "## A").replace("512 x 640", "640 x 640").replace("640 x 512", "768 x 768") + NEW;
    let report = diff(&other, &tables());
    assert_eq!(report.matches("it may be sdxl, which is not found\n").count(), 2, "{report}");
    assert!(
        report.contains("; if one of them is sdxl, write its heading as the heading of sdxl in sources.csv"),
        "{report}"
    );
    // While sdxl is found, a new table is only new.
    let report = diff(&(PAGE.replace("## XL", "## A") + NEW), &tables());
    assert_eq!(report.matches("or without one if it is not priced here").count(), 1, "{report}");
    // Without a row, there is no heading to correct.
    let files = tables().without("sources.csv").source("old", "Prices", "Old", "2023-06-22");
    let row = ": add a row of sdxl with `XL` to sources.csv, or try it with --heading sdxl=\"line 9\"\n";
    assert!(diff(PAGE, &files).contains(row));
    let root = with_page(PAGE, &tables());
    let report = super::report(root.path(), &["diff", "tables", "page.md", "--heading", "sdxl=Nothing"]);
    assert!(report.contains("; only the table at line 9 is like sdxl: write --heading sdxl=\"line 9\"\n"), "{report}");
}

/// [`PAGE`] with the headings of both tables exchanged.
fn exchanged() -> String {
    PAGE.replace("## XL", "## ?").replace("## Old", "## XL").replace("## ?", "## Old")
}

#[test]
fn exchanged_headings_are_reported_as_such() {
    insta::assert_snapshot!(diff(&exchanged(), &tables()), @r#"
    exit code 1
    On the page page.md:
      not compared, because of mistakes: 1 price of old
      not compared, because of mistakes: 6 prices of sdxl

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (0 prices in 0 tables) with those of page.md (0 prices in 0 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    error: page.md:9:1: the table below the heading `Old` of old is like sdxl and not like old: headings may be exchanged
      |
    9 | | Steps | 512 x 512 | 512 x 640 | 640 x 512 |
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = help: the page has 2 tables: `Old` (line 9, 3 rows x 4 columns), `XL` (line 16, 2 rows x 2 columns); only the table at line 16 is like old: write `XL` as the heading of old in sources.csv, or try it with --heading old="line 16"; if old has become like this, read it for this run with --heading old="Old"
    error: page.md:16:1: the table below the heading `XL` of sdxl is like old and not like sdxl: headings may be exchanged
       |
    16 | | Steps | 512 x 512 |
       | ^^^^^^^^^^^^^^^^^^^^^
       = help: the page has 2 tables: `Old` (line 9, 3 rows x 4 columns), `XL` (line 16, 2 rows x 2 columns); only the table at line 9 is like sdxl: write `Old` as the heading of sdxl in sources.csv, or try it with --heading sdxl="line 9"; if sdxl has become like this, read it for this run with --heading sdxl="XL"
    "#);
    // One heading is that of the other table, and the other heading is gone.
    insta::assert_snapshot!(diff(&PAGE.replace("## XL", "## XL 2").replace("## Old", "## XL"), &tables()), @r#"
    exit code 1
    On the page page.md:
      new table: line 9 below XL 2, in no row of sources.csv; it may be sdxl, which is not found
      not compared, because of mistakes: 1 price of old
      not compared, because of mistakes: 6 prices of sdxl

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (0 prices in 0 tables) with those of page.md (0 prices in 0 tables), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    error: page.md: the page has no heading `Old`, which is that of old
      = help: the page has 2 tables: `XL 2` (line 9, 3 rows x 4 columns), `XL` (line 16, 2 rows x 2 columns); only the table at line 16 is like old: write `XL` as the heading of old in sources.csv, or try it with --heading old="line 16"
    error: page.md:16:1: the table below the heading `XL` of sdxl is like old and not like sdxl: headings may be exchanged
       |
    16 | | Steps | 512 x 512 |
       | ^^^^^^^^^^^^^^^^^^^^^
       = help: the page has 2 tables: `XL 2` (line 9, 3 rows x 4 columns), `XL` (line 16, 2 rows x 2 columns); only the table at line 9 is like sdxl: write `XL 2` as the heading of sdxl in sources.csv, or try it with --heading sdxl="line 9"; if sdxl has become like this, read it for this run with --heading sdxl="XL"
    "#);
}

#[test]
fn exchanged_headings_change_no_file() {
    let root = with_page(&exchanged(), &tables());
    let report = report(root.path(), &["import", "page.md"]);
    assert!(report.starts_with("exit code 1\nerror: page.md:9:1: the table below the heading `Old`"), "{report}");
    for name in ["sdxl.csv", "old.csv"] {
        assert_eq!(fs::read_to_string(root.path().join("tables").join(name)).unwrap(), tables().text(name));
    }
}

#[test]
fn tables_of_the_same_sizes_are_exchanged_if_both_have_the_prices_of_the_other() {
    let files = tables().with("old.csv", "steps,512x512,512x640,640x512\n15,1,2,2\n30,3,4,4\n");
    let (xl, old) = (
        "| 15    | 0.25      | 0.4       | 0.4       |\n| 30    | 0.5       | 0.8       | 0.8       |\n",
        "| 15 | 1 | 2 | 2 |\n| 30 | 3 | 4 | 4 |\n",
    );
    let page = |sdxl: &str, others: &str| {
        let header = "| Steps | 512 x 512 | 512 x 640 | 640 x 512 |\n|-|-|-|-|\n";
        format!("# Prices\n\n## XL\n\n{header}{sdxl}\n## Old\n\n{header}{others}")
    };
    assert!(diff(&page(xl, old), &files).contains("\n0 prices changed"));
    assert_eq!(diff(&page(old, xl), &files).matches("headings may be exchanged").count(), 2);
    // The vendor made one as expensive as the other.
    let report = diff(&page(old, old), &files);
    assert!(report.contains("\n6 prices changed (6 up") && !report.contains("exchanged"), "{report}");
}

#[test]
fn a_table_that_became_like_another_can_be_read_with_its_heading() {
    let files = tables().without("limits.csv");
    let root = with_page(&exchanged(), &files);
    let report = report(root.path(), &["diff", "tables", "page.md", "--heading", "sdxl=XL"]);
    assert!(
        report.contains("1 price changed (1 up, 0 down), 0 new, 5 gone") && !report.contains("exchanged"),
        "{report}"
    );
    // Both have the sizes and step counts of one table, which the other has had.
    let old = &PAGE[PAGE.find("\n## Old").unwrap()..].replace("## Old", "## XL");
    let page = PAGE[..PAGE.find("## XL").unwrap()].to_owned() + &PAGE[PAGE.find("## Old").unwrap()..] + old;
    assert!(diff(&page, &files).contains("5 gone"));
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
    assert_eq!(lines(&PAGE.replace("## XL", "## A").replace("## Old", "## B")), ["old=\"line 16\"", "sdxl=\"line 9\""]);
    assert_eq!(lines(&PAGE.replace("## XL", "## Old")), ["sdxl=\"line 9\"", "old=\"line 16\""]);
    // Two tables with the same sizes and step counts, one of which has the old prices, and then neither.
    let two = PAGE.replace("## XL", "## A") + &PAGE[PAGE.find("\n## XL").unwrap()..PAGE.find("\n## Old").unwrap()];
    let two = two.replacen("## XL", "## B", 1).replacen("0.8 ", "0.9 ", 2);
    assert_eq!(lines(&two), ["sdxl=\"line 22\""]);
    assert_eq!(lines(&two.replace("0.5 ", "0.7 ")), ["sdxl=HEADING"]);
    let without = &PAGE[..PAGE.find("## Old").unwrap()];
    assert_eq!(lines(without), ["old=HEADING"]);
}
