//! Tables and pages whose texts try to become something else where the command prints or writes them.

use std::fs;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::{TABLES, dreamprice, folder, write};

/// A title that the tables accept. Printed as it is, it would be markup, a command of a workflow, or a second cell.
const TITLE: &str = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) `x` | **x** ::error::x %0A::error::x";

fn sources(title: &str) -> String {
    format!("table,page,heading,published\nsdxl,{title},{title},2023-06-22\nold,Prices,Old,2023-06-22\n")
}

#[test]
fn a_title_in_markdown_is_no_markup() {
    let root = folder(&[("sources.csv", &sources(TITLE))]);
    write(&root.path().join("old"), &TABLES);
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
fn a_title_in_an_annotation_is_no_command() {
    let root = folder(&[("sources.csv", &sources(TITLE))]);
    write(&root.path().join("old"), &TABLES);
    let text =
        String::from_utf8(dreamprice(root.path(), ["diff", "old", "tables", "--format", "github"]).stdout).unwrap();
    // The lines that start with two colons are commands. In these, a percent sign starts an escape.
    let commands: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    let [command] = commands[..] else { panic!("{text}") };
    assert!(command.starts_with("::notice file=tables/sources.csv,"), "{command}");
    assert!(command.contains("%250A::error::x") && !command.contains("%0A::error::x"), "{command}");
}

#[test]
fn no_command_prints_what_a_terminal_obeys() {
    let hidden = ['\u{1b}', '\u{7}', '\u{8}', '\u{7f}', '\u{9b}', '\u{202e}', '\u{200b}', '\u{2066}', '\r'];
    let title: String = hidden.into_iter().filter(|c| *c != '\r').collect();
    let root = folder(&[("sources.csv", &sources(&title)), ("engines.csv", &format!("engine,table\n{title},sdxl\n"))]);
    write(&root.path().join("old"), &TABLES);
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
fn an_import_writes_to_its_folder_alone() {
    let page = "## X\n\n| steps | 512x512 |\n|---|---|\n| 15 | 1 |\n";
    for name in ["../outside", "/tmp/outside", "a/b", "..", "C:outside"] {
        let root = folder(&[("sources.csv", &format!("table,page,heading,published\n{name},Prices,X,2023-06-22\n"))]);
        fs::write(root.path().join("page.md"), page).unwrap();
        let heading = format!("{name}=X");
        for arguments in [vec!["import", "page.md"], vec!["import", "page.md", "--heading", &heading]] {
            let output = dreamprice(root.path(), &arguments);
            assert_ne!(output.status.code(), Some(0), "{output:?}");
        }
        let mut names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["page.md", "tables"], "{name}");
        assert_eq!(fs::read_dir(root.path().join("tables")).unwrap().count(), TABLES.len(), "{name}");
    }
}
