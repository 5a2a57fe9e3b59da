//! `--tables`: answers from a folder in place of the built-in tables.

use std::fs;

use dreamstudio_pricing::{EDITION, Table};
use serde_json::Value;
use support::TableFiles;

use super::{diagnostics, dreamprice, folder, git, mistaken, printed, report, tables, unlisted};

/// An answer of each subcommand that has `--tables`, in each of its formats, for tables with this name.
fn answers(name: &str, size: &str, steps: &str) -> Vec<Vec<String>> {
    let quote = ["quote", name, size, steps, "--estimate", "--format"];
    let afford = ["afford", "100000", "--images", "2", "--size", size, "--format"];
    let mut answers = Vec::new();
    for (subcommand, formats) in [
        (&quote[..], &[&["text"][..], &["json"]][..]),
        (&afford, &[&["text"], &["json"]]),
        (&["table", "--format"], &[&["text"], &["markdown"], &["json"]]),
        (&["page", "--format"], &[&["markdown"], &["html"]]),
        (&["export", "--format"], &[&["csv"], &["json"], &["sql", "--dialect", "postgres"]]),
    ] {
        let answer = |format: &&[&str]| [subcommand, format].concat().into_iter().map(str::to_owned).collect();
        answers.extend(formats.iter().map(answer));
    }
    answers
}

#[test]
fn the_folder_of_the_built_in_tables_gives_the_same_answers() {
    let tables = concat!(env!("CARGO_MANIFEST_DIR"), "/../tables");
    for &table in Table::ALL {
        let (settings, (width, height)) = (unlisted(table), table.sizes()[0]);
        for steps in [table.steps()[0], settings.steps] {
            for answer in answers(table.name(), &format!("{width}x{height}"), &steps.to_string()) {
                let answer: Vec<&str> = answer.iter().map(|argument| &**argument).collect();
                assert_eq!(printed(&[&answer[..], &["--tables", tables]].concat()), printed(&answer), "{answer:?}");
            }
        }
    }
}

#[test]
fn prices_dollars_and_limits_are_those_of_the_folder() {
    let files = tables().billing("25", "1000", "20");
    let root = folder(&files);
    let quote = |arguments: &[&str]| report(root.path(), &[&["quote", "--tables", "tables"], arguments].concat());
    insta::assert_snapshot!(quote(&["xl-1", "512x640", "30", "--images", "4"]), @r"
    exit code 0
    512x640 at 30 steps, from the sdxl table
    per image  0.8 credits  $0.016
    4 images   3.2 credits  $0.064
    ");
    insta::assert_snapshot!(quote(&["v1", "512x512", "30"]), @r"
    exit code 1
    error: the old table has no price for 512x512 at 30 steps: its step counts are 15
    ");
    insta::assert_snapshot!(quote(&["sdxl", "600x600", "20"]), @r"
    exit code 1
    error: the sdxl table has no price for 600x600 at 20 steps: its sizes are 512x512, 512x640, 640x512; its step counts are 15, 30; the API rejects 600x600 at 20 steps with an engine of the sdxl table: both sides must be multiples of 64
    ");
    insta::assert_snapshot!(quote(&["xl-2", "512x640", "30"]), @r"
    exit code 1
    error: unknown engine or table `xl-2`: did you mean `xl-1`?
    ");
    insta::assert_snapshot!(quote(&["no-engine", "512x640", "30"]), @"
    exit code 1
    error: unknown engine or table `no-engine`: `dreamprice table --tables tables` lists both
    ");
    let afford = |balance: &str| {
        report(root.path(), &["afford", balance, "--usd", "--table", "xl-1", "--steps", "30", "--tables", "tables"])
    };
    insta::assert_snapshot!(afford("0.02"), @r"
    exit code 0
    sdxl, images for $0.02

    steps  512x512  512x640  640x512
       30        2        1        1

    largest size at 30 steps: 512x640
    ");
    insta::assert_snapshot!(afford("0.0099"), @r"
    exit code 1
    error: a balance of $0.0099 pays for no image: the cheapest, 512x512 at 30 steps from the sdxl table, costs $0.01
    ");
}

#[test]
fn each_answer_for_programs_and_each_page_names_its_edition() {
    let root = folder(&tables());
    let version = env!("CARGO_PKG_VERSION");
    let of_folder = report(root.path(), &["check", "tables"]);
    let of_folder = of_folder.lines().find_map(|line| line.strip_prefix("tables: edition ")).unwrap();
    for (tables, edition, name) in
        [(&["--tables", "tables"][..], of_folder, "sdxl"), (&[], EDITION, Table::ALL[0].name())]
    {
        let text = |arguments: &[&str]| {
            let output = dreamprice(root.path(), [arguments, tables].concat());
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let (width, height) = Table::ALL[0].sizes()[0];
        let (size, steps) = match tables {
            [] => (format!("{width}x{height}"), Table::ALL[0].steps()[0].to_string()),
            _ => ("512x512".to_owned(), "15".to_owned()),
        };
        for arguments in [&["quote", name, &size, &steps, "--format", "json"][..], &["export", "--format", "json"]] {
            let json: Value = serde_json::from_str(&text(arguments)).unwrap();
            assert_eq!((&json["edition"], &json["version"]), (&edition.into(), &version.into()), "{arguments:?}");
        }
        let page = text(&["page", "--format", "markdown"]);
        assert!(
            page.ends_with(&format!("\n\nPrices of edition `{edition}`, printed by dreamprice {version}.\n")),
            "{page}"
        );
        let page = text(&["page", "--format", "html"]);
        let line = format!("<p>Prices of edition <code>{edition}</code>, printed by dreamprice {version}.</p>");
        assert!(page.contains(&line), "{page}");
        let sql = text(&["export", "--format", "sql", "--dialect", "duckdb"]);
        assert!(
            sql.starts_with(&format!("-- Prices of DreamStudio: dreamprice {version} (edition {edition})")),
            "{sql}"
        );
    }
}

#[test]
fn an_answer_by_the_day_names_its_edition() {
    let root = folder(&tables());
    let edition = report(root.path(), &["check", "tables"]);
    let edition = edition.lines().find_map(|line| line.strip_prefix("tables: edition ")).unwrap();
    let last = format!("edition {edition} from 2023-06-22 on");
    for answer in [&["quote", "sdxl", "512x512", "15"][..], &["afford", "9"], &["table"], &["table", "sdxl"]] {
        let text = |options: &[&str]| report(root.path(), &[answer, options].concat());
        let dated = text(&["--tables", "2023-06-22=tables", "--at", "2023-07-01"]);
        assert_eq!(dated.lines().last(), Some(&*last), "{dated}");
        let undated = text(&["--tables", "tables"]);
        assert_eq!(dated.replace(&last, "").trim_end(), undated.trim_end());
    }
    let json = |arguments: &[&str]| -> Value {
        let output = dreamprice(root.path(), [arguments, &["--tables", "tables", "--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(
        (&json(&["afford", "9"])["edition"], &json(&["table"])[0]["edition"]),
        (&edition.into(), &edition.into())
    );
}

#[test]
fn folders_of_older_editions_are_read() {
    let files = tables().without("limits.csv").without("sources.csv");
    let root = folder(&files);
    for answer in answers("xl-1", "512x512", "20") {
        let output = dreamprice(root.path(), answer.iter().map(|argument| &**argument).chain(["--tables", "tables"]));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn a_folder_with_a_mistake_gives_no_answer() {
    let root = folder(&mistaken());
    let mistakes = diagnostics(root.path(), "tables");
    let mistakes: Vec<String> = mistakes.iter().map(|mistake| format!("error: {mistake}\n")).collect();
    for answer in answers("xl-1", "512x512", "20") {
        let arguments: Vec<&str> = answer.iter().map(|argument| &**argument).chain(["--tables", "tables"]).collect();
        assert_eq!(report(root.path(), &arguments), format!("exit code 2\n{}", mistakes.concat()), "{arguments:?}");
    }
}

#[test]
fn a_day_needs_editions_with_days() {
    let root = folder(&tables());
    let error = |options: &[&str]| {
        let quote = ["quote", "sdxl", "512x512", "15"];
        report(root.path(), &[&quote[..], options].concat()).lines().nth(1).unwrap().to_owned()
    };
    let errors = [
        error(&["--at", "2023-07-01"]),
        error(&["--tables", "tables", "--at", "2023-07-01"]),
        error(&["--tables", "2023-06-22=tables"]),
        error(&["--tables", "2023-06-22=tables", "--at", "2023-06-21"]),
        error(&["--tables", "2023-6-22=tables"]),
        error(&["--tables", "2023-06-31=tables"]),
    ];
    insta::assert_snapshot!(errors.join("\n"), @"
    error: --at chooses between editions by their first days: write --tables DAY=DIR
    error: --at chooses between editions by their first days: write --tables DAY=tables
    error: which edition is in force depends on the day: add --at DAY
    error: no edition is in force on 2023-06-21: the first one is from 2023-06-22 on
    error: --tables 2023-6-22=tables: `2023-6-22` is not written as a day: year, month and day, as in 2023-07-01
    error: --tables 2023-06-31=tables: the calendar has no day 2023-06-31
    ");
}

/// A repository whose last commit has other prices than its working tree: of `xl-1`, 0.25 and 0.2.
fn repository() -> tempfile::TempDir {
    let root = folder(&tables());
    git(root.path(), &["init", "--quiet", "--initial-branch", "main"]);
    git(root.path(), &["add", "."]);
    git(root.path(), &["commit", "--quiet", "--message", "prices"]);
    git(root.path(), &["branch", "c"]);
    write_cheaper(&root.path().join("tables"));
    root
}

fn write_cheaper(folder: &std::path::Path) {
    let files: TableFiles = tables().client("cheap", "sdxl", [512, 512, 30], None);
    fs::create_dir_all(folder).unwrap();
    files.with("sdxl.csv", "steps,512x512,512x640,640x512\n15,0.2,0.4,0.4\n30,0.5,0.8,0.8\n").write(folder).unwrap();
}

#[test]
fn a_folder_at_a_revision_is_read() {
    let root = repository();
    let price = |folder: &str| report(root.path(), &["quote", "xl-1", "512x512", "15", "--tables", folder]);
    assert!(price("tables").contains("per image  0.2 credits"), "{}", price("tables"));
    for folder in ["HEAD:tables", "main:tables", "c^{commit}:./tables"] {
        assert!(price(folder).contains("per image  0.25 credits"), "{}", price(folder));
    }
    insta::assert_snapshot!(price("v9:tables"), @"
    exit code 2
    error: git knows no revision `v9`
      = git: fatal: Needed a single revision
      = help: get it with `git fetch`, or correct its name
    ");
    insta::assert_snapshot!(price("HEAD:table"), @"
    exit code 2
    error: revision HEAD has no folder table
    ");
    // A letter is a drive of Windows, also if there is a branch with this name.
    insta::assert_snapshot!(price("c:tables"), @"
    exit code 2
    error: c:tables: there is no such folder
      = help: the tables are a folder of CSV files: billing.csv, clients.csv, engines.csv, and one for each price table
    ");
    insta::assert_snapshot!(price(":tables"), @"
    exit code 2
    error: :tables: there is no such folder
      = help: the tables are a folder of CSV files: billing.csv, clients.csv, engines.csv, and one for each price table
    ");
    insta::assert_snapshot!(price("HEAD:"), @"
    exit code 2
    error: HEAD:: there is no such folder
      = help: the tables are a folder of CSV files: billing.csv, clients.csv, engines.csv, and one for each price table
    ");
}

/// The edition of a tag is in a report.
#[test]
fn a_folder_at_a_revision_is_checked_and_compared() {
    let root = repository();
    let tables = folder(&tables());
    let [at_revision, wanted] = [(&root, "HEAD:tables"), (&tables, "tables")]
        .map(|(root, tables)| report(root.path(), &["check", tables]).replace("HEAD:tables", "tables"));
    assert_eq!(at_revision, wanted);
    assert_ne!(report(root.path(), &["check", "tables"]), wanted);
    let diff = |sides: &[&str]| report(root.path(), &[&["diff"], sides].concat());
    assert_eq!(diff(&["HEAD:tables", "tables"]), diff(&["--base", "HEAD", "tables"]));
    assert!(diff(&["tables", "HEAD:tables"]).starts_with("exit code 1\n"));
    // An annotation is at a line of the working tree.
    let annotated = report(root.path(), &["check", "HEAD:tables", "--format", "github"]);
    assert!(annotated.starts_with("exit code 2\n"), "{annotated}");
}

#[test]
fn mistakes_at_a_revision_are_at_its_files() {
    let root = folder(&mistaken());
    git(root.path(), &["init", "--quiet"]);
    git(root.path(), &["add", "."]);
    git(root.path(), &["commit", "--quiet", "--message", "prices"]);
    write_cheaper(&root.path().join("tables"));
    let text = report(root.path(), &["table", "--tables", "HEAD:tables"]);
    assert!(text.starts_with("exit code 2\nerror: HEAD:tables/sdxl.csv:2:4: "), "{text}");
}

#[test]
fn a_folder_that_only_the_revision_has_is_read() {
    let root = repository();
    fs::create_dir(root.path().join("old")).unwrap();
    git(root.path(), &["mv", "tables", "old/tables"]);
    git(root.path(), &["commit", "--quiet", "--message", "move"]);
    let price = |folder: &str| report(root.path(), &["quote", "xl-1", "512x512", "15", "--tables", folder]);
    assert!(price("HEAD^:tables").contains("per image  0.25 credits"), "{}", price("HEAD^:tables"));
    fs::remove_dir_all(root.path().join("old")).unwrap();
    assert!(price("HEAD:old/tables").contains("per image  0.25 credits"), "{}", price("HEAD:old/tables"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_exists_wins_over_a_revision() {
    let root = repository();
    write_cheaper(&root.path().join("HEAD:tables"));
    let text = report(root.path(), &["quote", "xl-1", "512x512", "15", "--tables", "HEAD:tables"]);
    assert!(text.contains("per image  0.2 credits"), "{text}");
}

#[test]
fn a_folder_in_no_repository_has_no_revision() {
    let root = folder(&tables());
    let text = report(root.path(), &["page", "--format", "html", "--tables", "HEAD:tables"]);
    assert!(text.starts_with("exit code 2\nerror: tables: git cannot find the repository of this folder\n"), "{text}");
    let help = "leave the revision out to read a folder as it is, or write the path of a folder in a clone, such as HEAD:path/to/clone/tables";
    assert!(text.ends_with(&format!("\n  = help: {help}\n")), "{text}");
}
