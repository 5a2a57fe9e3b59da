//! Tables, pages and logs whose texts would be control sequences, markup or workflow commands where the command writes them.

use std::fs;

use pulldown_cmark::{Event, Options, Parser, Tag};
use support::TableFiles;

use super::{dreamprice, folder, tables};

/// A title that the tables accept. Printed unescaped, it would be markup, a workflow command, or a second cell.
const TITLE: &str = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) `x` | **x** ::error::x %0A::error::x";

/// Tables with a title as a page and a heading.
fn titled(title: &str) -> TableFiles {
    let files = tables().without("sources.csv").source("sdxl", title, title, "2023-06-22");
    files.source("old", "Prices", "Old", "2023-06-22")
}

#[test]
fn a_title_is_plain_text_in_markdown() {
    let root = folder(&titled(TITLE));
    tables().write(&root.path().join("old")).unwrap();
    let text =
        String::from_utf8(dreamprice(root.path(), ["diff", "old", "tables", "--format", "markdown"]).stdout).unwrap();
    let mut is_shown = false;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        is_shown |= matches!(&event, Event::Code(code) if code.contains(TITLE));
        let is_markup = matches!(event, Event::Html(_) | Event::InlineHtml(_))
            || matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strong));
        assert!(!is_markup, "{event:?} in {text}");
    }
    assert!(is_shown, "{text}");
}

#[test]
fn a_title_in_an_annotation_cannot_start_a_command() {
    let root = folder(&titled(TITLE));
    tables().write(&root.path().join("old")).unwrap();
    let text =
        String::from_utf8(dreamprice(root.path(), ["diff", "old", "tables", "--format", "github"]).stdout).unwrap();
    // The lines that start with two colons are commands. In these, a percent sign starts an escape.
    let commands: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    let [command] = commands[..] else { panic!("{text}") };
    assert!(command.starts_with("::notice file=tables/sources.csv,"), "{command}");
    assert!(command.contains("%250A::error::x") && !command.contains("%0A::error::x"), "{command}");
}

#[test]
fn no_subcommand_prints_control_sequences() {
    let hidden = ['\u{1b}', '\u{7}', '\u{8}', '\u{7f}', '\u{9b}', '\u{202e}', '\u{200b}', '\u{2066}', '\r'];
    let title: String = hidden.into_iter().filter(|c| *c != '\r').collect();
    let root = folder(&titled(&title).without("engines.csv").engine(&title, "sdxl"));
    tables().write(&root.path().join("old")).unwrap();
    let page = format!("# {title}\n\n## X{title}L\n\n| steps | 512x512 |\n|---|---|\n| 15 | {title} |\n");
    fs::write(root.path().join("page.md"), page).unwrap();
    for arguments in [
        &["check", "tables"][..],
        &["check", "tables", "--format", "json"],
        &["check", "tables", "--format", "github"],
        &["diff", "tables", "old"],
        &["diff", "tables", "old", "--format", "markdown"],
        &["diff", "tables", "old", "--format", "json"],
        &["diff", "tables", "old", "--format", "github"],
        &["import", "page.md", "--into", "old", "--heading", "old=X"],
    ] {
        let output = dreamprice(root.path(), arguments);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!text.is_empty() && !text.contains(hidden), "{arguments:?}: {text:?}");
    }
}

#[test]
fn an_import_only_writes_to_its_folder() {
    let page = "## X\n\n| steps | 512x512 |\n|---|---|\n| 15 | 1 |\n";
    for name in ["../outside", "/tmp/outside", "a/b", "..", "C:outside"] {
        let files = tables().without("sources.csv").source(name, "Prices", "X", "2023-06-22");
        let root = folder(&files);
        fs::write(root.path().join("page.md"), page).unwrap();
        let heading = format!("{name}=X");
        for arguments in [vec!["import", "page.md"], vec!["import", "page.md", "--heading", &heading]] {
            let output = dreamprice(root.path(), &arguments);
            assert_ne!(output.status.code(), Some(0), "{output:?}");
        }
        let mut names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["page.md", "tables"], "{name}");
        assert_eq!(fs::read_dir(root.path().join("tables")).unwrap().count(), files.into_iter().count(), "{name}");
    }
}

/// Texts that a log can have anywhere, and that must stay text.
const CELLS: [&str; 7] =
    ["=1+1", "+1", "-1", "@x", "\u{1b}[31m\u{7}\u{9b}\u{202e}", "<img src=x onerror=alert(1)>", "'; DROP TABLE x; --"];

/// A log in CSV and in JSON Lines, whose names, engines, numbers and users are such texts.
fn untrusted_logs(text: &str) -> [(String, String); 2] {
    let header = format!("engine,width,height,steps,{text}\n");
    let csv = header + &format!("{text},1,1,1,{text}\nsdxl,{text},1,1,{text}\n{text}\n");
    let row = |engine: &str, width: &str| {
        serde_json::json!({ "engine": engine, "width": width, "height": 1, "steps": 1, text: text }).to_string()
    };
    let json = format!("{}\n{}\n{text}\n", row(text, "1"), row("sdxl", text));
    // Windows has no names with control characters or these.
    let is_excluded = |c: char| c == '/' || cfg!(windows) && (c.is_control() || "<>:\"\\|?*".contains(c));
    let name = text.replace(is_excluded, "");
    [(format!("log{name}.csv"), csv), (format!("log{name}.jsonl"), json)]
}

#[test]
fn no_bill_prints_control_sequences() {
    let hidden = ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}'];
    for text in CELLS {
        for (name, log) in untrusted_logs(text) {
            let root = tempfile::tempdir().unwrap();
            fs::write(root.path().join(&name), log).unwrap();
            let by = format!("--by={text}");
            for arguments in [
                &["bill", &name][..],
                &["bill", &name, &by],
                &["bill", &name, &by, "--estimate"],
                &["bill", &name, &by, "--format", "json"],
                &["bill", &name, "--by", &format!("{text}x")],
                &["bill", &name, "--column", &format!("width={text}x")],
                &["bill", &name, "--rows", &format!("{text}/x/")],
                &["bill", &name, &name],
                &["bill", &format!("{text}no-such-log")],
            ] {
                let output = dreamprice(root.path(), arguments);
                let shown = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
                assert!(!shown.is_empty() && !shown.contains(hidden), "{arguments:?}: {shown:?}");
            }
        }
    }
}

#[test]
fn a_group_is_not_a_formula_for_a_spreadsheet_and_is_whole_in_json() {
    for text in ["=1+1", "+1", "-1", "@x", "\t=1", "=\"a\""] {
        let quoted = format!("\"{}\"", text.replace('"', "\"\""));
        let root = tempfile::tempdir().unwrap();
        let log = format!("engine,width,height,steps,{quoted}\nsdxl,1,1,1,{quoted}\n");
        fs::write(root.path().join("log.csv"), log).unwrap();
        let by = format!("--by={text}");
        let output = dreamprice(root.path(), ["bill", "log.csv", &by, "--format", "csv"]);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*output.stdout);
        let first: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
        assert_eq!(first, [format!("'{text}"), format!("'{text}")]);
        let output = dreamprice(root.path(), ["bill", "log.csv", &by, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["groups"][0]["by"][text], text);
    }
}

#[test]
fn rows_are_copied_unchanged_into_files_that_others_can_read() {
    for text in CELLS {
        for (name, log) in untrusted_logs(text) {
            let root = tempfile::tempdir().unwrap();
            fs::write(root.path().join(&name), log).unwrap();
            dreamprice(root.path(), ["bill", &name, "--rows", "rows", "--unpriced", "unpriced"]);
            for output in ["rows", "unpriced"] {
                let written = fs::read_to_string(root.path().join(output)).unwrap();
                let cells: Vec<String> = if written.starts_with('{') {
                    let objects = written.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
                    objects.take(2).map(|object| object[text].as_str().unwrap().to_owned()).collect()
                } else {
                    let mut reader = csv::Reader::from_reader(written.as_bytes());
                    let at = if output == "rows" { 4 } else { 8 };
                    reader.records().take(2).map(|record| record.unwrap()[at].to_owned()).collect()
                };
                assert_eq!(cells, [text, text], "{written}");
            }
        }
    }
}
