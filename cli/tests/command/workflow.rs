//! The scripts of `.github/scripts`, with this command, in repositories of the tests.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::TableFiles;
use tempfile::TempDir;

use super::{git, mistaken, tables};

/// Exit code, standard output and standard error.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/scripts").join(name)
}

fn run<K: AsRef<OsStr>, V: AsRef<OsStr>>(name: &str, root: &Path, variables: impl IntoIterator<Item = (K, V)>) -> Run {
    let mut command = Command::new(script(name));
    command.current_dir(root).env("DREAMPRICE", env!("CARGO_BIN_EXE_dreamprice")).env("REPORT", root.join("report.md"));
    let output = command.env_remove("CLICOLOR_FORCE").envs(variables).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Run {
    /// The annotations of a level, without their messages.
    fn annotations(&self, level: &str) -> Vec<&str> {
        let prefix = format!("::{level} file=");
        let lines = self.stdout.lines().filter_map(|line| line.strip_prefix(prefix.as_str()));
        lines.filter_map(|line| line.split(",col=").next()).collect()
    }
}

fn report(root: &Path) -> String {
    fs::read_to_string(root.join("report.md")).unwrap()
}

fn commit(root: &Path, files: &TableFiles) {
    files.write(&root.join("tables")).unwrap();
    git(root, &["init", "--quiet", "--initial-branch", "change"]);
    git(root, &["add", "tables"]);
    git(root, &["commit", "--quiet", "--allow-empty", "--message", "tables"]);
}

/// A repository whose base has some tables, with a commit on top of it that adds or replaces files.
fn pull_request(base: &TableFiles, change: &TableFiles) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    commit(root.path(), base);
    commit(root.path(), change);
    root
}

fn prices(root: &Path, approved: &str) -> Run {
    run("prices", root, [("BASE", "HEAD~"), ("LIMIT", "20%"), ("APPROVED", approved)])
}

#[test]
fn a_small_change_passes_with_notices() {
    let sdxl = "steps,512x512,512x640,640x512\n15,0.25,0.41,0.41\n30,0.5,0.8,0.8\n";
    let root = pull_request(&tables(), &tables().with("sdxl.csv", sdxl));
    let run = prices(root.path(), "false");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.annotations("notice"), ["tables/sdxl.csv,line=2"]);
    assert_eq!(run.annotations("warning"), ["tables/sources.csv,line=2"]);
    let report = report(root.path());
    assert!(report.starts_with("no change exceeds 20 %\n\n| table |") && report.contains("| +2.50 % |"), "{report}");
    let compared = report.lines().last().unwrap();
    assert!(compared.starts_with("Compared all of `") && compared.contains(" with all of `tables` ("), "{report}");
}

#[test]
fn a_change_beyond_the_limit_needs_approval() {
    let engine = tables().without("engines.csv").engine("xl-1", "sdxl").engine("v1", "sdxl").engine("v2", "old");
    let row = tables().with("old.csv", "steps,512x512\n15,1\n30,2\n");
    for (change, place) in [(engine, "tables/engines.csv,line=3"), (row, "tables/old.csv,line=3")] {
        let root = pull_request(&tables(), &change);
        let run = prices(root.path(), "false");
        assert_eq!((run.code, run.annotations("error")), (1, vec![place]));
        assert!(report(root.path()).starts_with("needs approval: 1 "));
        let run = prices(root.path(), "true");
        assert_eq!((run.code, run.annotations("error"), run.annotations("notice")), (0, vec![], vec![place]));
        assert!(report(root.path()).ends_with("\nThe change is approved.\n"));
    }
}

#[test]
fn a_mistake_is_reported_even_if_the_change_is_approved() {
    let root = pull_request(&tables(), &mistaken());
    for approved in ["false", "true"] {
        let run = prices(root.path(), approved);
        assert_eq!((run.code, run.annotations("error")), (1, vec!["tables/sdxl.csv,line=2"]));
        assert!(run.stderr.contains("2 | 15,$1\n"), "{}", run.stderr);
        assert!(report(root.path()).contains("\n```\nerror: tables/sdxl.csv:2:4: "));
    }
}

#[test]
fn a_mistake_in_the_base_does_not_fail_the_change_that_fixes_it() {
    let root = pull_request(&mistaken(), &tables());
    let run = prices(root.path(), "false");
    assert_eq!((run.code, run.annotations("error")), (0, vec![]));
    let text = report(root.path());
    assert!(
        text.contains("\nThe old tables have mistakes: only their prices are compared, but not those of `sdxl`.\n")
    );
    assert!(run.stderr.contains("tables/sdxl.csv:2:4: "), "{}", run.stderr);
    // A mistake in the grant, and a price that was far off.
    let base = tables().with("old.csv", "steps,512x512\n15,9\n").without("clients.csv");
    let root = pull_request(&base.client("API", "old", [512, 512, 15], Some(1)), &tables());
    assert_eq!(prices(root.path(), "false").code, 0);
    assert!(report(root.path()).contains("| 9 → 1 |"));
}

#[test]
fn a_change_elsewhere_compares_nothing() {
    // Mistakes in the base do not matter.
    let root = pull_request(&mistaken(), &TableFiles::default());
    assert_eq!(prices(root.path(), "false").code, 0);
    assert_eq!(report(root.path()), "No table changes.\n");
}

#[test]
fn a_new_table_that_is_not_added_yet_is_compared() {
    let root = pull_request(&tables(), &TableFiles::default());
    fs::write(root.path().join(".gitignore"), "tables/turbo.csv\n").unwrap();
    tables()
        .with("turbo.csv", "steps,512x512\n15,1\n")
        .engine("v3", "turbo")
        .write(&root.path().join("tables"))
        .unwrap();
    git(root.path(), &["checkout", "--quiet", "tables/engines.csv"]);
    let run = prices(root.path(), "false");
    assert!(!run.stdout.contains("No table changes") && run.code == 1, "{}", run.stdout);
    // A table that no engine has is only a warning.
    assert_eq!(run.annotations("error"), ["tables/turbo.csv,line=1"]);
}

#[test]
fn a_change_behind_a_link_is_compared() {
    let root = tempfile::tempdir().unwrap();
    tables().write(&root.path().join("data")).unwrap();
    std::os::unix::fs::symlink("data", root.path().join("tables")).unwrap();
    let commit_all = || {
        git(root.path(), &["add", "data", "tables"]);
        git(root.path(), &["commit", "--quiet", "--message", "tables"]);
    };
    git(root.path(), &["init", "--quiet"]);
    commit_all();
    tables().with("old.csv", "steps,512x512\n15,2\n").write(&root.path().join("data")).unwrap();
    commit_all();
    let run = prices(root.path(), "false");
    assert_eq!((run.code, run.annotations("error")), (1, vec!["data/old.csv,line=2"]), "{}", run.stderr);
}

#[test]
fn a_base_that_a_shallow_clone_does_not_have_is_an_error() {
    let root = pull_request(&tables(), &tables());
    let clone = root.path().join("clone");
    let source = format!("file://{}", root.path().display());
    git(root.path(), &["clone", "--quiet", "--depth", "1", &source, "clone"]);
    for approved in ["false", "true"] {
        let run = prices(&clone, approved);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains("this clone is shallow: get the other commits with `git fetch --unshallow`"));
        assert!(!clone.join("report.md").exists(), "{}", run.stderr);
    }
}

#[test]
fn a_comparison_that_is_not_possible_fails_without_a_report() {
    let root = pull_request(&tables(), &TableFiles::default());
    git(root.path(), &["mv", "tables", "others"]);
    commit(root.path(), &TableFiles::default());
    commit(root.path(), &tables());
    let run = prices(root.path(), "true");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("has no folder tables") && !root.path().join("report.md").exists(), "{}", run.stderr);
}

#[test]
fn tables_that_differ_from_the_published_page_fail() {
    let root = tempfile::tempdir().unwrap();
    tables().write(&root.path().join("tables")).unwrap();
    let page = |price: &str| {
        format!(
            "## XL\n\n| Steps | 512 x 512 | 512 x 640 | 640 x 512 |\n|-|-|-|-|\n| 15 | 0.25 | 0.4 | 0.4 |\n\
             | 30 | 0.5 | {price} | {price} |\n\n## Old\n\n| Steps | 512 x 512 |\n|-|-|\n| 15 | 1 |\n"
        )
    };
    let file = root.path().join("page.md");
    let published = || run("published", root.path(), [("PRICE_PAGE_URL", format!("file://{}", file.display()))]);
    fs::write(&file, page("0.8")).unwrap();
    assert_eq!(published().code, 0);
    fs::write(&file, page("0.9")).unwrap();
    let run = published();
    assert_eq!((run.code, run.annotations("notice")), (1, vec!["tables/sdxl.csv,line=3"]));
    assert!(report(root.path()).contains("| 0.8 → 0.9 |"));
    fs::write(&file, "## Moved\n").unwrap();
    let run = published();
    assert!(run.code == 1 && run.stderr.matches("the page has no heading").count() == 2, "{}", run.stderr);
    fs::write(&file, b"\xff").unwrap();
    assert!(published().code == 2 && !root.path().join("report.md").exists());
    fs::remove_file(&file).unwrap();
    assert!(published().stderr.starts_with("curl: "));
}

#[test]
fn a_new_table_or_another_grant_on_the_published_page_fails() {
    let root = tempfile::tempdir().unwrap();
    tables().write(&root.path().join("tables")).unwrap();
    let page = "New users get `100` free credits.\n\n## XL\n\n| Steps | 512 x 512 | 512 x 640 | 640 x 512 |\n|-|-|-|-|\n\
        | 15 | 0.25 | 0.4 | 0.4 |\n| 30 | 0.5 | 0.8 | 0.8 |\n\n## Old\n\n| Steps | 512 x 512 |\n|-|-|\n| 15 | 1 |\n\n\
        ## New\n\n| Steps | 1024 x 1024 |\n|-|-|\n| 15 | 1 |\n";
    let file = root.path().join("page.md");
    fs::write(&file, page).unwrap();
    let run = run("published", root.path(), [("PRICE_PAGE_URL", format!("file://{}", file.display()))]);
    assert_eq!(
        (run.code, run.annotations("error")),
        (1, vec!["tables/billing.csv,line=2", "tables/sources.csv,line=1"])
    );
    let report = report(root.path());
    assert!(
        report.contains("\n- new table: line 18 below `New`, ") && report.contains(", 100 credits on line 1\n"),
        "{report}"
    );
}

#[test]
fn a_mistake_on_the_published_page_has_the_address_of_the_page() {
    let root = tempfile::tempdir().unwrap();
    tables().write(&root.path().join("tables")).unwrap();
    let page = "## XL\n\n| Steps | 512 x 512 | 512 x 640 | 640 x 512 |\n|-|-|-|-|\n| 15 | 0.3 | 0.4 | 0.4 |\n\
        | 30 | 0.5 ($0.05) | 0.8 | 0.8 |\n\n## Old\n\n| Steps | 512 x 512 |\n|-|-|\n| 15 | 2 |\n";
    let file = root.path().join("page.md");
    fs::write(&file, page).unwrap();
    let address = format!("file://{}", file.display());
    let run = run("published", root.path(), [("PRICE_PAGE_URL", &address)]);
    assert_eq!((run.code, run.annotations("notice")), (1, vec!["tables/old.csv,line=2", "tables/sdxl.csv,line=2"]));
    assert!(run.stderr.starts_with(&format!("error: {address}:6:14: 0.5 credits cost $0.005")), "{}", run.stderr);
    let report = report(root.path());
    assert!(report.contains(&format!("\nerror: {address}:6:14: ")) && report.contains("| 0.25 → 0.3 |"), "{report}");
    let compared = format!(
        "\nCompared the prices of `tables` (6 prices in 2 tables) with those of `{address}` (6 prices in 2 tables), "
    );
    assert!(report.contains(&compared), "{report}");
}

/// Runs the script of the comment with a `gh` that also runs these shell commands, and returns its requests.
fn comment(text: &str, gh: &str) -> (Run, String) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("report.md"), text).unwrap();
    let bin = root.path().join("gh");
    fs::write(&bin, format!("#!/bin/sh\necho \"$@\" >> requests\n{gh}\n")).unwrap();
    fs::set_permissions(&bin, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", root.path().display(), std::env::var("PATH").unwrap());
    let variables = [("PATH", path.as_str()), ("GITHUB_REPOSITORY", "owner/name"), ("PULL_REQUEST", "7")];
    let run = run("comment", root.path(), variables);
    (run, fs::read_to_string(root.path().join("requests")).unwrap())
}

#[test]
fn the_first_report_is_a_new_comment() {
    let (run, requests) = comment("| table |\n", "");
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    let expected = "api --silent --method POST repos/owner/name/issues/7/comments \
        --raw-field body=<!-- dreamprice diff -->\n### Prices\n\n| table |\n";
    assert!(requests.ends_with(expected), "{requests}");
}

#[test]
fn a_later_report_replaces_the_comment() {
    for text in ["| table |\n", "No table changes.\n"] {
        let (run, requests) = comment(text, "case \"$*\" in *--jq*) printf '41\\n42\\n';; esac");
        assert_eq!((run.code, run.stdout.as_str()), (0, ""));
        assert!(
            requests.contains("--method PATCH repos/owner/name/issues/comments/41 --raw-field body="),
            "{requests}"
        );
    }
}

#[test]
fn a_pull_request_without_a_change_of_prices_gets_no_comment() {
    let (run, requests) = comment("No table changes.\n", "");
    assert_eq!((run.code, requests.lines().count()), (0, 1), "{requests}");
}

#[test]
fn a_token_that_may_not_write_fails_nothing() {
    for gh in ["exit 1", "case \"$*\" in *--jq*) ;; *) exit 1;; esac"] {
        let (run, _) = comment("| table |\n", gh);
        assert!(run.code == 0 && run.stdout.starts_with("::notice title=No comment::"), "{}", run.stdout);
    }
}

#[test]
fn a_long_report_is_cut_after_a_line() {
    let (_, requests) = comment(&"| é |\n".repeat(20_000), "");
    assert!(requests.chars().count() < 65_536 && requests.len() > 50_000, "{}", requests.len());
    assert!(requests.ends_with("| é |\n\nThe rest is in the summary of the job.\n"), "{}", &requests[50_000..]);
}

#[test]
fn each_script_of_a_workflow_exists() {
    let workflows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows");
    let mut count = 0;
    for entry in fs::read_dir(workflows).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines().filter_map(|line| line.split("run: ").nth(1)).filter(|line| line.starts_with('.')) {
            let script = line.split(' ').next().unwrap();
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(script);
            let mode = fs::metadata(&path).unwrap_or_else(|error| panic!("{line}: {error}")).permissions().mode();
            assert!(mode & 0o111 != 0, "{line} can be run");
            count += 1;
        }
    }
    assert!(count > 3);
}
