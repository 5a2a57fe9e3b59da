//! `dreamprice page`, for any tables. A browser tests the calculator: see `.ci/page`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dreamstudio_pricing::Table;
use serde_json::Value;

use super::{dreamprice, printed, with_equal_places};

/// The text between the first `start` and the `end` after it.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} after {start}")).0
}

fn html() -> String {
    printed(&["page", "--format", "html"])
}

#[test]
fn markdown_has_each_heading_and_each_price() {
    let text = printed(&["page", "--format", "markdown"]);
    assert_eq!(text.matches("\n| Steps |").count(), Table::ALL.len());
    for &table in Table::ALL {
        for &steps in table.steps() {
            let prices = table.cells().filter(|cell| cell.steps == steps);
            let cells = prices.map(with_equal_places).map(|(credits, usd)| format!(" {credits} (${usd}) |"));
            let row = format!("\n| {steps} |{}\n", cells.collect::<String>());
            assert!(text.contains(&row), "{row} in {text}");
        }
        let sizes = table.sizes().iter().map(|(width, height)| format!(" {width} x {height} |"));
        assert!(text.contains(&format!("\n| Steps |{}\n", sizes.collect::<String>())), "{text}");
    }
}

#[test]
fn importing_the_markdown_changes_no_table() {
    let read = |folder: &Path| -> BTreeMap<_, _> {
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
        files.map(|file| (file.file_name(), fs::read(file.path()).unwrap())).collect()
    };
    let root = tempfile::tempdir().unwrap();
    let tables = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tables"));
    fs::create_dir(root.path().join("tables")).unwrap();
    for (name, bytes) in &tables {
        fs::write(root.path().join("tables").join(name), bytes).unwrap();
    }
    fs::write(root.path().join("page.md"), printed(&["page", "--format", "markdown"])).unwrap();
    let pages: BTreeSet<&str> =
        Table::ALL.iter().filter_map(|table| table.source()).map(|source| source.page).collect();
    let selections: Vec<Vec<&str>> = match pages.len() {
        0 | 1 => vec![vec![]],
        _ => pages.iter().map(|page| vec!["--page", page]).collect(),
    };
    for selection in selections {
        for command in [["import", "page.md", "--into", "tables"].as_slice(), &["diff", "page.md", "tables"]] {
            let output = dreamprice(root.path(), [command, &selection].concat());
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        }
    }
    assert!(read(&root.path().join("tables")) == tables, "the import changed a file");
}

#[test]
fn html_is_below_60_kib_for_tables_of_this_size() {
    let cells: usize = Table::ALL.iter().map(|table| table.cells().count()).sum();
    // More tables make a larger page: 250 bytes for a cell, and 30 KiB for everything else.
    let limit = if cells <= 120 { 60 * 1024 } else { 30 * 1024 + 250 * cells };
    assert!(html().len() < limit, "{} bytes", html().len());
}

#[test]
fn html_loads_nothing_and_runs_one_script() {
    let html = html();
    let policy = between(&html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let directives: Vec<&str> = policy.split("; ").collect();
    assert_eq!(directives[..3], ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]);
    assert_eq!(directives.len(), 5);
    assert!(directives[3].starts_with("style-src 'sha256-") && directives[4].starts_with("script-src 'sha256-"));
    assert_eq!((html.matches("<style>").count(), html.matches("<script>").count()), (1, 1));
    for loading in ["://", " src=", "url(", "@import", "<link", "<img", " style=", " onclick="] {
        assert!(!html.contains(loading), "{loading} in {html}");
    }
}

#[test]
fn html_has_every_cell_as_a_link_and_in_its_data() {
    let html = html();
    let data: Value = serde_json::from_str(between(&html, "id=\"prices\">", "</script>")).unwrap();
    assert_eq!(data["tables"].as_array().unwrap().len(), Table::ALL.len());
    for &table in Table::ALL {
        let data = data["tables"].as_array().unwrap().iter().find(|data| data["name"] == table.name()).unwrap();
        let prices: Vec<String> = table.cells().map(|cell| cell.price.to_string()).collect();
        assert!(data["prices"].as_array().unwrap().iter().eq(&prices), "{data}");
        assert!(data["engines"].as_array().unwrap().iter().eq(table.engines()), "{data}");
        for cell in table.cells() {
            let (credits, usd) = with_equal_places(cell);
            let link = format!(
                "<a href=\"#engine={table}&amp;width={}&amp;height={}&amp;steps={}\">{credits}<small>${usd}</small></a>",
                cell.width, cell.height, cell.steps,
            );
            assert_eq!(html.matches(&link).count(), 1, "{link}");
        }
    }
}
