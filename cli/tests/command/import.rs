//! `dreamprice import`, and `dreamprice diff` with a page on one side.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use support::TableFiles;
use tempfile::TempDir;

use super::{OLD, SDXL, command, dreamprice, folder, report, tables};

const UNCHANGED: &str = "exit code 0\n0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes\n";

/// How a page may write a table.
struct Style {
    /// The label of a column, from width and height.
    size: fn(&str, &str) -> String,
    /// A cell, from credits and dollars.
    price: fn(&str, &str) -> String,
    /// A line, from its cells.
    line: fn(&[String]) -> String,
    dashes: &'static str,
}

/// As the vendor writes it.
const PUBLISHED: Style = Style {
    size: |width, height| format!("{width} x {height}"),
    price: |credits, usd| format!("{credits} (${usd})"),
    line: |cells| format!("| {} |", cells.join(" | ")),
    dashes: "---",
};

/// A price table in Markdown.
fn table(csv: &str, style: &Style) -> String {
    let mut lines = Vec::new();
    for (number, line) in csv.lines().enumerate() {
        let cells = line.split(',').map(|cell| match (number, cell.split_once('x')) {
            (0, None) => "Steps".to_owned(),
            (0, Some((width, height))) => (style.size)(width, height),
            _ => cell.to_owned(),
        });
        let mut cells: Vec<String> = cells.collect();
        for cell in cells.iter_mut().skip(1).filter(|_| number > 0) {
            // A credit costs a cent.
            let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
            *cell = (style.price)(cell, format!("0.{whole:0>2}{fraction}").trim_end_matches('0'));
        }
        lines.push((style.line)(&cells));
        if number == 0 {
            lines.push((style.line)(&vec![style.dashes.to_owned(); cells.len()]));
        }
    }
    lines.join("\n")
}

/// A page with both tables, and with the facts of `billing.csv` and `clients.csv`.
fn page(style: &Style) -> String {
    let mut page = "# Prices\n\n\
        New users get `25` free credits, which are `50` images at the API's default settings; the minimum purchase is `$10` for \
        `1000` credits. A table that is none of ours:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
        .to_owned();
    write!(page, "\n### Old {{#old-table}}\n\nNote: text.\n\n{}\n", table(OLD, style)).unwrap();
    write!(page, "\n### XL\n\n{}\n\n## Other\n\nText | with a bar.\n", table(SDXL, style)).unwrap();
    page
}

/// A folder with these files in `tables`, and a page.
fn with_page(page: &str, files: &TableFiles) -> TempDir {
    let root = folder(files);
    fs::write(root.path().join("page.md"), page).unwrap();
    root
}

fn read(root: &TempDir, name: &str) -> String {
    fs::read_to_string(root.path().join("tables").join(name)).unwrap()
}

/// The names and the contents of all files.
fn files(root: &TempDir) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(root.path().join("tables")).unwrap().map(Result::unwrap);
    let mut files: Vec<_> =
        entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect();
    files.sort();
    files
}

fn import(root: &TempDir, arguments: &[&str]) -> String {
    report(root.path(), &[&["import", "page.md"], arguments].concat())
}

/// The report of an import that must write nothing.
fn rejected(page: &str, arguments: &[&str]) -> String {
    let root = with_page(page, &tables());
    let before = files(&root);
    let report = import(&root, arguments);
    assert_eq!(files(&root), before, "{report}");
    report
}

#[test]
fn a_page_with_the_prices_of_the_tables_changes_no_file() {
    // The same prices, written in another way.
    let xl = "\u{feff}steps, 640x512 ,512x640,512x512\r\n15,0.40,0.4,\"0.25\"\r\n30,0.8,0.80,0.5";
    let root = with_page(&page(&PUBLISHED), &tables().with("sdxl.csv", xl));
    let before = files(&root);
    assert_eq!(import(&root, &[]), UNCHANGED);
    assert_eq!(files(&root), before);
}

#[test]
fn tables_that_are_not_there_are_written_as_on_the_page() {
    let root = with_page(&page(&PUBLISHED), &tables());
    for name in ["sdxl.csv", "old.csv"] {
        fs::remove_file(root.path().join("tables").join(name)).unwrap();
    }
    assert!(
        import(&root, &[]).ends_with("7 new, 0 gone; 0 other changes\nwrote tables/old.csv\nwrote tables/sdxl.csv\n")
    );
    for (name, text) in tables() {
        assert_eq!(read(&root, &name), text);
    }
}

#[test]
fn a_changed_price_changes_its_file_and_is_printed() {
    let root = with_page(&page(&PUBLISHED).replace("0.25 ($0.0025)", "0.30 ($0.003)"), &tables());
    insta::assert_snapshot!(import(&root, &[]), @"
    exit code 0
    table  size     steps  credits     dollars             change
    sdxl   512x512     15  0.25 → 0.3  $0.0025 → $0.003  +20.00 %

    note: prices of sdxl changed, but its day of publication is still 2023-06-22

    1 price changed (1 up, 0 down), 0 new, 0 gone; 0 other changes
    wrote tables/sdxl.csv
    ");
    assert_eq!(read(&root, "sdxl.csv"), SDXL.replace("0.25", "0.30"));
    assert_eq!(read(&root, "old.csv"), OLD);
    assert_eq!(import(&root, &[]), UNCHANGED);
}

#[test]
fn every_way_to_write_a_page_gives_the_same_tables() {
    let page_of = |change: fn(Style) -> Style| page(&change(PUBLISHED));
    for (name, page) in [
        ("no dollars", page_of(|style| Style { price: |credits, _| credits.to_owned(), ..style })),
        ("times sign", page_of(|style| Style { size: |width, height| format!("{width}×{height}"), ..style })),
        (
            "spaced times sign",
            page_of(|style| Style { size: |width, height| format!("{width} &times; {height}"), ..style }),
        ),
        ("capital", page_of(|style| Style { size: |width, height| format!("{width}X{height}"), ..style })),
        (
            "hard spaces",
            page_of(|style| Style { size: |width, height| format!("{width}\u{a0}x&nbsp;{height}"), ..style }),
        ),
        ("code", page_of(|style| Style { price: |credits, usd| format!("`{credits}` (`${usd}`)"), ..style })),
        ("all code", page_of(|style| Style { price: |credits, usd| format!("`{credits} (${usd})`"), ..style })),
        ("bold", page_of(|style| Style { price: |credits, usd| format!("**{credits}**(*${usd}*)"), ..style })),
        ("bold size", page_of(|style| Style { size: |width, height| format!("**{width} x {height}**"), ..style })),
        ("escapes", page_of(|style| Style { price: |credits, usd| format!("{credits} \\(\\${usd}\\)"), ..style })),
        ("entities", page_of(|style| Style { price: |credits, usd| format!("{credits} (&#36;{usd})"), ..style })),
        ("line break", page_of(|style| Style { price: |credits, usd| format!("{credits}<br/>(${usd})"), ..style })),
        ("comment", page_of(|style| Style { price: |credits, _| format!("{credits} <!-- note -->"), ..style })),
        ("alignment", page_of(|style| Style { dashes: ":-:", ..style })),
        ("no outer bars", page_of(|style| Style { line: |cells| cells.join("|"), dashes: "--:", ..style })),
        ("tabs", page_of(|style| Style { line: |cells| format!("|\t{}\t|", cells.join("\t|\t")), ..style })),
        ("quotation", page_of(|style| Style { line: |cells| format!("> | {} |", cells.join(" | ")), ..style })),
        ("list", page(&PUBLISHED).replace("\n| ", "\n  | ").replace("\n  | Steps", "\n- | Steps")),
        ("Windows", page(&PUBLISHED).replace('\n', "\r\n")),
        ("old Macintosh", page(&PUBLISHED).replace('\n', "\r")),
        ("byte-order mark", format!("\u{feff}{}", page(&PUBLISHED))),
        ("front matter", format!("---\ntitle: Prices\n---\n\n{}", page(&PUBLISHED))),
        ("underlined headings", page(&PUBLISHED).replace("### XL", "XL\n===")),
        ("marked headings", page(&PUBLISHED).replace("### XL", "### [**X**`L`](#x) <a id=\"x\"></a> ###")),
        ("commented table", format!("<!--\n### XL\n\n| Steps |\n|---|\n-->\n{}", page(&PUBLISHED))),
        ("table in code", format!("```\n### XL\n\n| Steps |\n|---|\n```\n{}", page(&PUBLISHED))),
        (
            "code after a tab",
            page(&PUBLISHED).replace("Note: text.\n", "\t| Steps | 512x512 |\n\t|---|---|\n\t| 15 | 2 |\n"),
        ),
        ("bars in code after a text", page(&PUBLISHED).replace("Note: text.\n", "Note: text.\n\n```\na | b\n```\n")),
    ] {
        let root = with_page(&page, &tables());
        assert_eq!(import(&root, &[]), UNCHANGED, "{name}:\n{page}");
    }
}

/// Returns where each amount in a line starts: credits, then their dollars.
fn amounts(line: &str) -> Vec<usize> {
    let cells = line.match_indices(" | ").map(|(bar, separator)| bar + separator.len());
    cells.flat_map(|cell| [Some(cell), line[cell..].find('$').map(|sign| cell + sign + 1)]).flatten().collect()
}

#[test]
fn an_amount_that_changes_without_the_other_is_reported_where_it_is() {
    let page = page(&PUBLISHED);
    let mut count = 0;
    for (number, line) in (1..).zip(page.lines()).filter(|(_, line)| line.contains('$')) {
        for start in amounts(line) {
            let length = line[start..].find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap();
            let (amount, rest) = line[start..].split_at(length);
            for other in [format!("9{amount}"), format!("{amount}1"), amount.replacen(|c: char| c != '.', "8", 1)] {
                let changed = format!("{}{other}{rest}", &line[..start]);
                let lines = page.lines().map(|other| if other == line { &changed } else { other });
                let report = rejected(&lines.collect::<Vec<_>>().join("\n"), &[]);
                let place = format!("exit code 1\nerror: page.md:{number}:{}: ", start + 1);
                assert!(report.starts_with(&place) && report.matches("error: ").count() == 1, "{changed}\n{report}");
                count += 1;
            }
        }
    }
    assert_eq!(count, 7 * 2 * 3);
}

#[test]
fn every_mistake_of_a_page_is_reported_in_one_run() {
    let page = page(&PUBLISHED)
        .replace("512 x 640", "512 by 640")
        .replace("0.25 ($0.0025)", "0.25 (0.0025)")
        .replace(" | 0.8 ($0.008) |\n", " |\n")
        .replace("1 ($0.01)", "$1");
    insta::assert_snapshot!(rejected(&page, &[]), @r"
    exit code 1
    error: page.md:15:8: the price `$1` has a currency sign
       |
    15 | | 15 | $1 |
       |        ^^
       = help: a cell has credits, or credits and dollars, such as 0.25 or 0.25 ($0.0025)
    error: page.md:19:23: `512 by 640` is not a size
       |
    19 | | Steps | 512 x 512 | 512 by 640 | 640 x 512 |
       |                       ^^^^^^^^^^
       = help: a size is its width, x, and its height, in pixels, such as 512 x 768
    error: page.md:21:13: `(0.0025)` is not an amount of dollars
       |
    21 | | 15 | 0.25 (0.0025) | 0.4 ($0.004) | 0.4 ($0.004) |
       |             ^^^^^^^^
       = help: dollars are written as in 0.25 ($0.0025), or left out
    error: page.md:22:26: the row has 3 cells where the header has 4
       |
    22 | | 30 | 0.5 ($0.005) | 0.8 ($0.008) |
       |                          ^
       = help: a row has one cell for each column
    ");
}

#[test]
fn rows_that_the_parser_adds_to_or_cuts_are_reported() {
    let page = page(&PUBLISHED).replace("| 15 | 1 ($0.01) |", "| 15 | 1 ($0.01) | 2 | 3 |\n| 30 |");
    insta::assert_snapshot!(rejected(&page, &[]), @r#"
    exit code 1
    error: page.md:15:20: the row has more cells than the header, which has 2
       |
    15 | | 15 | 1 ($0.01) | 2 | 3 |
       |                    ^^^^^^^
       = help: a row has one cell for each column
    error: page.md:16:5: the row has 1 cell where the header has 2
       |
    16 | | 30 |
       |     ^
       = help: a row has one cell for each column
    "#);
}

#[test]
fn rows_that_are_in_no_table_are_reported() {
    insta::assert_snapshot!(rejected(&page(&PUBLISHED).replace("\n| 30", "\n\n| 30"), &[]), @r#"
    exit code 1
    error: page.md:23:1: this line has the cells of a row, and is in no table
       |
    23 | | 30 | 0.5 ($0.005) | 0.8 ($0.008) | 0.8 ($0.008) |
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       = help: a table ends at a blank line, and each column needs its dashes in the second line
    "#);
    // The line of dashes has one cell less than the header.
    let page = page(&PUBLISHED).replace("| --- | --- |\n", "| --- |\n");
    insta::assert_snapshot!(rejected(&page, &[]), @"
    exit code 1
    error: page.md:9:1: there is no table below the heading `Old` of old
      |
    9 | ### Old {#old-table}
      | ^^^^^^^^^^^^^^^^^^^^
      = help: the page has 1 table: `Prices` (line 5, 2 rows x 2 columns); if one of them is old, write its heading as the heading of old in sources.csv, or try it with --heading old=HEADING
    error: page.md:13:1: this line has the cells of a row, and is in no table
       |
    13 | | Steps | 512 x 512 |
       | ^^^^^^^^^^^^^^^^^^^^^
       = help: a table ends at a blank line, and each column needs its dashes in the second line
    error: page.md:17:1: there is no table below the heading `XL` of sdxl
       |
    17 | ### XL
       | ^^^^^^
       = help: the page has 1 table: `Prices` (line 5, 2 rows x 2 columns); if one of them is sdxl, write its heading as the heading of sdxl in sources.csv, or try it with --heading sdxl=HEADING
    error: page.md:19:1: this line has the cells of a row, and is in no table
       |
    19 | | Steps | 512 x 512 | 512 x 640 | 640 x 512 |
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       = help: a table ends at a blank line, and each column needs its dashes in the second line
    ");
}

#[test]
fn a_mistake_in_code_is_reported_where_it_is() {
    let report = rejected(&page(&PUBLISHED).replace("1 ($0.01)", "`1` (`$0.02`)"), &[]);
    assert!(report.starts_with("exit code 1\nerror: page.md:15:15: 1 credit costs $0.01, and not $0.02\n"), "{report}");
}

#[test]
fn a_step_count_has_no_dollars() {
    let report = rejected(&page(&PUBLISHED).replace("| 15 | 1 ($0.01)", "| 15 ($0.15) | 1 ($0.01)"), &[]);
    assert!(report.starts_with("exit code 1\nerror: page.md:15:3: "), "{report}");
}

#[test]
fn a_note_in_a_cell_does_not_become_part_of_its_price() {
    for note in ["<sup>1</sup>", "[^1]", "\\*", " ~~0.3~~", "¹"] {
        let cell = format!("0.25{note}");
        let report = rejected(&page(&PUBLISHED).replace("0.25 ($0.0025)", &cell), &[]);
        assert!(report.starts_with("exit code 1\nerror: page.md:"), "{note}: {report}");
    }
}

#[test]
fn a_missing_heading_lists_the_tables_of_the_page() {
    insta::assert_snapshot!(rejected(&page(&PUBLISHED).replace("### XL", "### XL prices"), &[]), @r#"
    exit code 1
    error: page.md: the page has no heading `XL`, which is that of sdxl
      = help: the page has 3 tables: `Prices` (line 5, 2 rows x 2 columns), `Old` {#old-table} (line 13, 2 rows x 2 columns), `XL prices` (line 19, 3 rows x 4 columns); only the table at line 19 is like sdxl: write `XL prices` as the heading of sdxl in sources.csv, or try it with --heading sdxl="line 19"
    "#);
    insta::assert_snapshot!(rejected("# Nothing\n", &["--heading", "old=Old"]), @r#"
    exit code 1
    error: page.md: the page has no heading `Old`, which is that of old
      = help: a table of a page in Markdown begins with lines such as | Steps | 512 x 512 | and |---|---|
    "#);
}

#[test]
fn a_heading_above_two_tables_is_ambiguous() {
    insta::assert_snapshot!(rejected(&page(&PUBLISHED).replace("### XL", "### Old"), &[]), @r#"
    exit code 1
    error: page.md: the page has no heading `XL`, which is that of sdxl
      = help: the page has 3 tables: `Prices` (line 5, 2 rows x 2 columns), `Old` {#old-table} (line 13, 2 rows x 2 columns), `Old` (line 19, 3 rows x 4 columns); only the table at line 19 is like sdxl: sources.csv cannot name it, because it has no heading of its own: read it for this run with --heading sdxl="line 19"
    error: page.md:19:1: 2 tables are below the heading `Old` of old
       |
    13 | | Steps | 512 x 512 |
       | ---------------------
    19 | | Steps | 512 x 512 | 512 x 640 | 640 x 512 |
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       = help: the page has 3 tables: `Prices` (line 5, 2 rows x 2 columns), `Old` {#old-table} (line 13, 2 rows x 2 columns), `Old` (line 19, 3 rows x 4 columns); only the table at line 13 is like old: write `{#old-table}` as the heading of old in sources.csv, or try it with --heading old="line 13"
    "#);
}

#[test]
fn only_the_named_headings_are_read() {
    let page = page(&PUBLISHED).replace("0.25 ($0.0025)", "0.3 ($0.003)").replace("1 ($0.01)", "2 ($0.02)");
    for heading in ["old=Old", "old=old-table", "old=#old-table", "old={#old-table}", "old=line 13", "old=line 15"] {
        let root = with_page(&page, &tables());
        let report = import(&root, &["--heading", heading]);
        assert!(
            report.contains("1 price changed") && report.ends_with("\nwrote tables/old.csv\n"),
            "{heading}: {report}"
        );
        assert_eq!(read(&root, "old.csv"), "steps,512x512\n15,2\n");
    }
    let root = with_page(&page, &tables());
    assert!(import(&root, &["--heading", "old=Old", "--heading", "sdxl=XL"]).contains("2 prices changed"));
    let root = with_page(&page.replace("### XL", "X\nL\n==="), &tables());
    assert!(import(&root, &["--heading", "sdxl=X L"]).contains("1 price changed"));
    for heading in ["old", "=Old", "old="] {
        let report = import(&root, &["--heading", heading]);
        assert!(report.contains("write a table, =, and its heading, such as standard="), "{report}");
    }
}

#[test]
fn a_message_lists_twelve_tables_and_counts_the_others() {
    let table = |page: String, at: u32| page + &format!("## {at}\n\n| a |\n|---|\n\n");
    let pages = [12, 13, 14].map(|count| (1..=count).fold(String::new(), table));
    for (page, rest) in pages.iter().zip(["`12` (line 58, 1 row x 1 column); if", "and 1 more; if", "and 2 more; if"]) {
        let report = rejected(page, &["--heading", "old=Old"]);
        assert!(report.contains(rest), "{report}");
    }
}

#[test]
fn a_new_table_can_be_named() {
    let root = with_page(&page(&PUBLISHED), &tables());
    let report = import(&root, &["--heading", "new=XL"]);
    assert!(report.starts_with("exit code 0\n") && report.contains("\nwrote tables/new.csv\n"), "{report}");
    assert_eq!(read(&root, "new.csv"), SDXL);
}

#[test]
fn a_name_that_no_table_can_have_is_rejected() {
    for (name, reason) in [
        ("../new", "the table `../new` has `.` in it"),
        ("engines", "the table `engines` is taken by engines.csv"),
        ("SDXL", "the table `SDXL` would have the same name in code as sdxl: write sdxl"),
        ("core", "the table `core` is reserved"),
    ] {
        let report = rejected(&page(&PUBLISHED), &["--heading", &format!("{name}=XL")]);
        assert_eq!(report, format!("exit code 2\nerror: {reason}\n"));
    }
}

#[test]
fn a_table_without_a_source_has_its_own_name_as_heading() {
    let page = page(&PUBLISHED).replace("### Old", "### old");
    let files = tables().without("sources.csv");
    let sourced = files.clone().source("sdxl", "Prices", "XL", "2023-06-22");
    assert_eq!(import(&with_page(&page, &sourced), &[]), UNCHANGED);
    let root = with_page(&page.replace("### XL", "### sdxl"), &files);
    assert_eq!(import(&root, &[]), UNCHANGED);
}

/// [`tables`] on these pages.
fn on_pages(sdxl: &str, old: &str) -> TableFiles {
    let files = tables().without("sources.csv").source("sdxl", sdxl, "XL", "2023-06-22");
    files.source("old", old, "Old", "2023-06-22")
}

#[test]
fn of_several_pages_one_must_be_chosen() {
    let files = on_pages("XL prices", "Prices").source("", "XL prices", "Other", "2023-06-22");
    let root = with_page(&page(&PUBLISHED).replace("### Old", "### Other").replace("# Prices", "# XL prices"), &files);
    assert_eq!(import(&root, &["--page", "XL prices"]), UNCHANGED);
    insta::assert_snapshot!(import(&root, &[]), @r#"
    exit code 2
    error: sources.csv has several pages, `Prices`, `XL prices`: choose one with --page
    "#);
    insta::assert_snapshot!(import(&root, &["--page", "XL"]), @r#"
    exit code 2
    error: sources.csv has no page `XL`: it has `Prices`, `XL prices`
    "#);
}

#[test]
fn the_day_of_publication_is_set_for_the_tables_of_the_page() {
    let files = on_pages("Prices, XL", "Prices").source("", "Prices, XL", "Old", "2023-06-22");
    let sources = files.text("sources.csv").replace('\n', "\r\n");
    let page = page(&PUBLISHED).replace("# Prices", "# Prices, XL");
    let root = with_page(&page, &files.clone().with("sources.csv", &sources));
    assert_eq!(import(&root, &["--page", "Prices, XL", "--published", "2023-06-22"]), UNCHANGED);
    assert_eq!(read(&root, "sources.csv"), sources);
    insta::assert_snapshot!(import(&root, &["--page", "Prices, XL", "--published", "2023-07-01"]), @"
    exit code 0
    ~ source sdxl: 2023-06-22, XL in Prices, XL → 2023-07-01, XL in Prices, XL

    note: no price of sdxl changed, only the day of publication, from 2023-06-22 to 2023-07-01

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    wrote tables/sources.csv
    ");
    assert_eq!(read(&root, "sources.csv"), files.text("sources.csv").replacen("2023-06-22", "2023-07-01", 1));
}

#[test]
fn a_day_that_goes_back_or_stays_is_noted() {
    let root = with_page(&page(&PUBLISHED), &tables());
    insta::assert_snapshot!(import(&root, &["--heading", "old=Old", "--published", "2023-06-21"]), @"
    exit code 0
    ~ source old: 2023-06-22, Old in Prices → 2023-06-21, Old in Prices

    note: the day of publication of old goes back from 2023-06-22 to 2023-06-21

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 1 other change
    wrote tables/sources.csv
    ");
    let root = with_page(&page(&PUBLISHED), &tables());
    let report = import(&root, &["--heading", "old=Old", "--published", "2999-01-01"]);
    assert!(report.contains("\nnote: the day of publication of old is in the future: 2999-01-01\n"), "{report}");
    // A new table has no prices before its day.
    let files = tables().without("sources.csv").source("new", "Prices", "XL", "2023-06-22");
    let root = with_page(&page(&PUBLISHED), &files);
    let report = import(&root, &["--heading", "new=XL"]);
    assert!(report.contains("wrote tables/new.csv") && !report.contains("note: "), "{report}");
}

#[test]
fn a_day_that_cannot_be_set_is_reported_before_a_file_is_written() {
    let page = page(&PUBLISHED).replace("1 ($0.01)", "2 ($0.02)");
    let report = rejected(&page, &["--published", "2023-02-30"]);
    assert!(report.starts_with("exit code 2\nerror: invalid value '2023-02-30'"), "{report}");
    insta::assert_snapshot!(rejected(&page, &["--heading", "new=Old", "--published", "2023-07-01"]), @r#"
    exit code 2
    error: sources.csv has no row for new, so there is no day to set: add the row first
    "#);
}

#[test]
fn what_no_longer_agrees_with_the_page_is_listed() {
    let page = page(&PUBLISHED).replace("0.5 ($0.005)", "0.6 ($0.006)");
    let root = with_page(&page, &tables().formula("sdxl", 152_917, "152.5879", [2, 2]));
    insta::assert_snapshot!(import(&root, &[]), @"
    exit code 1
    table  size     steps  credits    dollars            change
    sdxl   512x512     30  0.5 → 0.6  $0.005 → $0.006  +20.00 %

    note: prices of sdxl changed, but its day of publication is still 2023-06-22

    1 price changed (1 up, 0 down), 0 new, 0 gone; 0 other changes
    wrote tables/sdxl.csv
    error: tables/sdxl.csv:3:4: 512x512 at 30 steps costs 0.6, and the formula gives 0.5
      |
    3 | 30,0.6,0.8,0.8
      |    ^^^
      = help: check the price and the row of sdxl in formulas.csv; if the vendor really prices this cell so, add sdxl,512,512,30 to exceptions.csv
    error: tables/clients.csv:2:21: the grant of 25 credits pays for 41 images of 512x512 at 30 steps, at 0.6 credits each, not for 50
      |
    2 | API,sdxl,512,512,30,50
      |                     ^^
      = help: the page states 50 too, on line 3, so it contradicts itself: check the price with the vendor
    ");
    assert_eq!(read(&root, "sdxl.csv"), SDXL.replace("30,0.5", "30,0.6"));
}

#[test]
fn an_exception_that_the_formula_needs_is_not_called_superfluous() {
    // The exception at 30 steps follows the order of prices, but not the formula.
    let sdxl = SDXL.replace("30,0.5", "30,0.55");
    let page = page(&PUBLISHED).replace("0.25 ($0.0025)", "0.3 ($0.003)").replace("0.5 ($0.005)", "0.55 ($0.0055)");
    let files = tables().with("sdxl.csv", &sdxl).without("clients.csv").client("API", "sdxl", [512, 512, 30], Some(45));
    let files = files.formula("sdxl", 152_917, "152.5879", [2, 2]).exception("sdxl", [512, 512, 30]);
    let report = import(&with_page(&page, &files), &[]);
    assert!(report.contains("costs 0.3, and the formula gives 0.25\n"), "{report}");
    assert!(!report.contains("follows the rules without this exception"), "{report}");
    // The price of one of two exceptions now follows the formula.
    let page = page.replace("0.3 ($0.003)", "0.25 ($0.0025)");
    let files = files.with("sdxl.csv", &sdxl.replace("15,0.25", "15,0.3")).exception("sdxl", [512, 512, 15]);
    let report = import(&with_page(&page, &files), &[]);
    assert_eq!(report.matches("follows the rules without this exception").count(), 1, "{report}");
    assert!(report.contains("the price of 512x512 at 15 steps follows"), "{report}");
}

#[test]
fn a_grant_that_the_page_confirms_is_not_blamed() {
    let page = page(&PUBLISHED).replace("0.25 ($0.0025)", "0.3 ($0.003)").replace("0.5 ($0.005)", "0.6 ($0.006)");
    let files = tables().client("DreamStudio", "sdxl", [512, 512, 15], Some(100));
    let report = import(&with_page(&page, &files), &[]);
    assert!(report.contains("  = help: check the price; if it is right, write 83, or leave"), "{report}");
    // No other number is proposed for one that the page confirms.
    let contradiction =
        "  = help: the page states 50 too, on line 3, so it contradicts itself: check the price with the vendor\n";
    assert!(report.contains(contradiction), "{report}");
    assert!(!report.contains("billing.csv:"), "{report}");
    let page = page.replace("New users get `25` free credits, which", "They");
    let report = import(&with_page(&page, &files), &[]);
    assert!(
        report.contains("billing.csv:2:15: ") && report.contains("help: compare the grant with the page; "),
        "{report}"
    );
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay_as_they_are() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let root = with_page(
        &page(&PUBLISHED).replace("0.25 ($0.0025)", "0.3 ($0.003)").replace("1 ($0.01)", "2 ($0.02)"),
        &tables(),
    );
    let path = |name: &str| root.path().join(name);
    fs::rename(path("tables/old.csv"), path("old.csv")).unwrap();
    symlink("../old.csv", path("tables/old.csv")).unwrap();
    fs::set_permissions(path("tables/sdxl.csv"), fs::Permissions::from_mode(0o640)).unwrap();
    import(&root, &[]);
    assert_eq!(fs::metadata(path("tables/sdxl.csv")).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(path("tables/old.csv").is_symlink());
    assert_eq!(fs::read_to_string(path("old.csv")).unwrap(), "steps,512x512\n15,2\n");
    assert_eq!(fs::read_dir(path("tables")).unwrap().count(), tables().into_iter().count());
}

#[test]
fn a_page_can_come_from_standard_input() {
    let root = folder(&tables());
    for arguments in [&["import", "-"][..], &["diff", "-", "tables"], &["diff", "tables", "-"]] {
        let mut child = command();
        let child = child.current_dir(root.path()).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = child.spawn().unwrap();
        child.stdin.take().unwrap().write_all(page(&PUBLISHED).as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let unchanged = UNCHANGED.strip_prefix("exit code 0\n").unwrap();
        assert!(String::from_utf8(output.stdout).unwrap().starts_with(unchanged));
    }
}

#[test]
fn a_file_that_is_not_a_page_is_reported() {
    let root = folder(&tables());
    let write = |name: &str, bytes: &[u8]| fs::write(root.path().join(name), bytes).unwrap();
    write("binary", b"\x7fELF\xff\xfe\x00");
    write("large", "| a | b |\n".repeat(1 << 20).as_bytes());
    write("archive", b"PK\x03\x04\x14\x00");
    write("utf-16", b"\xff\xfe#\x00");
    for (name, start) in [
        ("binary", "binary:1:5: byte 5 of the file, 0xFF, is not UTF-8"),
        ("large", "large: the file is larger than 1048576 bytes"),
        ("archive", "archive: the file is a spreadsheet workbook"),
        ("utf-16", "utf-16: the file is in UTF-16 or UTF-32"),
        ("nowhere", "nowhere: "),
        ("tables", "tables: "),
    ] {
        let report = report(root.path(), &["import", name]);
        assert!(report.starts_with(&format!("exit code 2\nerror: {start}")), "{report}");
    }
}

#[test]
fn deeply_nested_markup_causes_no_panic() {
    for mark in ["> ", "[", "*", "- ", "`", "<", "<!--", "| ", "```\n", "(", "&"] {
        let report = rejected(&mark.repeat(50_000), &[]);
        assert!(report.starts_with("exit code 1\nerror: page.md: the page has no heading `"), "{mark}: {report}");
    }
}

/// Returns the lines of a report of `diff`, without notes about days and what was compared, which a page does not have.
fn differences(report: &str) -> Vec<&str> {
    let is_other = |line: &&str| line.is_empty() || line.starts_with("note: ") || line.starts_with("Compared ");
    report.lines().filter(|line| !is_other(line)).collect()
}

/// Returns the report of `diff` on two folders that differ only in prices.
fn of_folders(new: &TableFiles, reverse: bool) -> String {
    let root = folder(&tables());
    new.write(&root.path().join("new")).unwrap();
    let sides = if reverse { ["new", "tables"] } else { ["tables", "new"] };
    report(root.path(), &["diff", sides[0], sides[1]])
}

#[test]
fn a_page_is_compared_as_a_folder_is() {
    let root = with_page(&page(&PUBLISHED).replace("0.25 ($0.0025)", "0.3 ($0.003)"), &tables());
    let new = tables().with("sdxl.csv", &SDXL.replace("0.25", "0.3"));
    for (sides, reverse) in [(["tables", "page.md"], false), (["page.md", "tables"], true)] {
        let report = report(root.path(), &["diff", sides[0], sides[1]]);
        assert_eq!(differences(&report), differences(&of_folders(&new, reverse)));
    }
    let json = report(root.path(), &["diff", "page.md", "tables", "--format", "json"]);
    assert!(json.starts_with("exit code 1\n{\n") && json.contains("\"credits\": \"0.3\""), "{json}");
}

#[test]
fn only_the_prices_of_the_tables_of_a_page_are_compared() {
    let files = on_pages("Prices", "Others").source("", "Prices", "Old", "2023-06-22").engine("new", "unlisted");
    let root = with_page(&page(&PUBLISHED).replace("1 ($0.01)", "2 ($0.02)"), &files);
    let compared = |old: &str, new: &str| {
        let (old, new) = (format!("{old} (6 prices in 1 table)"), format!("{new} (6 prices in 1 table)"));
        format!(
            "{UNCHANGED}\nCompared the prices of {old} with those of {new}, and which tables there are, the grant, its images and \
             the smallest purchase; not the defaults of clients, engines, limits or formulas.\n"
        )
    };
    let arguments = ["diff", "page.md", "tables", "--page", "Prices"];
    assert_eq!(report(root.path(), &arguments), compared("page.md", "tables"));
    let arguments = ["diff", "tables", "page.md", "--heading", "sdxl=XL"];
    assert_eq!(report(root.path(), &arguments), compared("tables", "page.md"));
}

#[test]
fn a_mistake_of_a_page_hides_only_the_prices_in_its_place() {
    // Wrong dollars, a price that differs from that of the transposed size, and one that has changed.
    let page = page(&PUBLISHED)
        .replace("1 ($0.01)", "2 ($0.01)")
        .replacen("0.4 ($0.004)", "0.45 ($0.0045)", 1)
        .replace("0.5 ($0.005)", "0.6 ($0.006)");
    let root = with_page(&page, &tables());
    insta::assert_snapshot!(report(root.path(), &["diff", "tables", "page.md"]), @"
    exit code 1
    table  size     steps  credits     dollars             change
    sdxl   512x640     15  0.4 → 0.45  $0.004 → $0.0045  +12.50 %
    sdxl   512x512     30  0.5 → 0.6   $0.005 → $0.006   +20.00 %

    On the page page.md:
      not compared, because of mistakes: 1 price of old

    2 prices changed (2 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (6 prices in 1 table) with those of page.md (6 prices in 1 table), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    error: page.md:15:8: 2 credits cost $0.02, and not $0.01
       |
    15 | | 15 | 2 ($0.01) |
       |        ^   ----
       = help: check both amounts: one of them is wrong, or billing.csv has another price of a credit
    error: page.md:21:42: 640x512 costs 0.4, and the transposed size, 512x640, costs 0.45
       |
    21 | | 15 | 0.25 ($0.0025) | 0.45 ($0.0045) | 0.4 ($0.004) |
       |                         ----             ^^^
       = help: a size costs the same as the transposed size: one of the two prices is wrong; if the vendor really prices one of the two out of line, add sdxl,512,640,15 or sdxl,640,512,15 to exceptions.csv
    ");
    let reverse = report(root.path(), &["diff", "page.md", "tables"]);
    assert!(reverse.starts_with("exit code 1\n") && reverse.contains("0.6 → 0.5"), "{reverse}");
    // The limit is about changes, and not about mistakes.
    assert!(report(root.path(), &["diff", "tables", "page.md", "--fail-above", "100"]).starts_with("exit code 1\n"));
    rejected(&page, &[]);
}

/// The formula of the folder shows which of two prices is out of line, and otherwise the other prices of the page do.
#[test]
fn the_proposed_exception_is_the_price_that_is_out_of_line() {
    let page = page(&PUBLISHED).replacen("0.4 ($0.004)", "0.45 ($0.0045)", 1);
    let formula = tables().formula("sdxl", 152_917, "152.5879", [2, 2]);
    let lower = page.replacen("0.45 ($0.0045)", "0.2 ($0.002)", 1);
    for (page, files) in [(&page, &formula), (&lower, &tables())] {
        let report = import(&with_page(page, files), &[]);
        assert!(
            report.ends_with(
                "if the vendor really prices 512x640 at 15 steps out of line, add sdxl,512,640,15 to exceptions.csv\n"
            ),
            "{report}"
        );
        let root = with_page(page, &files.clone().exception("sdxl", [512, 640, 15]));
        let report = import(&root, &["--published", "2023-07-01"]);
        assert!(report.starts_with("exit code 0\n"), "{report}");
    }
}

#[test]
fn the_mark_of_an_exception_is_read_and_any_other_is_a_mistake() {
    let sdxl = SDXL.replacen("0.4,", "0.45,", 1);
    let files = tables().with("sdxl.csv", &sdxl).exception("sdxl", [512, 640, 15]);
    let page = page(&PUBLISHED).replacen("0.4 ($0.004)", "0.45* ($0.0045)", 1);
    let root = with_page(&page, &files);
    assert_eq!(import(&root, &[]), UNCHANGED);
    let report = rejected(&page, &[]);
    assert!(report.starts_with("exit code 1\nerror: page.md:21:25: the price `0.45*`"), "{report}");
}

#[test]
fn prices_that_cannot_be_read_are_not_called_gone() {
    let compare = |page: &str| {
        let root = with_page(page, &tables());
        let report = report(root.path(), &["diff", "tables", "page.md"]);
        let lines = report.lines().filter(|line| line.contains("not compared") || line.contains(" changed ("));
        lines.collect::<Vec<_>>().join("\n")
    };
    let page = page(&PUBLISHED);
    let equal = "0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes";
    for (mistake, not_compared) in [
        (page.replace("512 x 640", "512 by 640"), "2 prices of sdxl"),
        (page.replace("512 x 640", "640 x 512"), "2 prices of sdxl"),
        (page.replace("| 30 | 0.5", "| thirty | 0.5"), "3 prices of sdxl"),
        (page.replace(" | 0.8 ($0.008) |\n", " |\n"), "3 prices of sdxl"),
        (page.replace("\n| 30", "\n\n| 30"), "3 prices of sdxl"),
        (page.replace("0.25 ($0.0025)", "n/a"), "1 price of sdxl"),
        (page.replace("| Steps | 512 x 512 | 512 x 640", "| Size | 512 x 512 | 512 x 640"), "6 prices of sdxl"),
        (page.replace("### XL", "### XL prices"), "6 prices of sdxl"),
        (page.replace("| 15 | 1 ($0.01) |", ""), "1 price of old"),
    ] {
        let expected = format!("  not compared, because of mistakes: {not_compared}\n{equal}");
        assert_eq!(compare(&mistake), expected, "{mistake}");
    }
    // A row that is not on a page without mistakes is gone.
    let row = "| 30 | 0.5 ($0.005) | 0.8 ($0.008) | 0.8 ($0.008) |";
    assert_eq!(compare(&page.replace(row, "")), equal.replace("0 gone", "3 gone"));
}

#[test]
fn each_format_shows_the_mistakes_of_a_page() {
    let root = with_page(&page(&PUBLISHED).replace("1 ($0.01)", "2 ($0.01)"), &tables());
    let run = |format: &str| {
        let arguments = ["diff", "tables", "page.md", "--label", "https://example.com/page.md", "--format", format];
        dreamprice(root.path(), arguments)
    };
    let stdout = |format: &str| String::from_utf8(run(format).stdout).unwrap();
    insta::assert_snapshot!(stdout("markdown"), @"
    The page has mistakes:

    ```
    error: https://example.com/page.md:15:8: 2 credits cost $0.02, and not $0.01
       |
    15 | | 15 | 2 ($0.01) |
       |        ^   ----
       = help: check both amounts: one of them is wrong, or billing.csv has another price of a credit
    ```

    On the page `https://example.com/page.md`:

    - not compared, because of mistakes: 1 price of `old`

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of `tables` (6 prices in 1 table) with those of `https://example.com/page.md` (6 prices in 1 table), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    ");
    let json = stdout("json");
    for field in [
        "\"path\": \"https://example.com/page.md\",\n        \"line\": 15,",
        "\"table\": \"old\",\n        \"prices\": 1\n",
    ] {
        let (text, fields) = (json.replace(' ', ""), field.replace(' ', ""));
        assert!(text.contains(&fields), "{json}");
    }
    insta::assert_snapshot!(stdout("github"), @"
    ::error file=https%3A//example.com/page.md,line=15,col=8,title=Mistake on the page::2 credits cost $0.02, and not $0.01%0Ahelp: check both amounts: one of them is wrong, or billing.csv has another price of a credit
    On the page https://example.com/page.md:
      not compared, because of mistakes: 1 price of old

    0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes

    Compared the prices of tables (6 prices in 1 table) with those of https://example.com/page.md (6 prices in 1 table), and which tables there are, the grant, its images and the smallest purchase; not the defaults of clients, engines, limits or formulas.
    ");
    for format in ["text", "markdown", "json", "github"] {
        let output = run(format);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && stderr.starts_with("error: https://example.com/page.md:15:8: "));
    }
}

#[test]
fn sides_that_cannot_be_compared_are_an_error() {
    let root = with_page(&page(&PUBLISHED), &tables());
    for (arguments, message) in [
        (
            &["page.md", "page.md"][..],
            "one of the two must be a folder of tables, which says what the headings of a page are",
        ),
        (&["page.md", "--base", "HEAD"], "--base compares folders: a page has no revisions"),
        (
            &["tables", "tables", "--page", "Prices"],
            "--heading, --page and --label are about a page: both sides are folders",
        ),
    ] {
        assert_eq!(report(root.path(), &[&["diff"], arguments].concat()), format!("exit code 2\nerror: {message}\n"));
    }
    for name in ["nowhere.md", "nowhere.markdown"] {
        let report = report(root.path(), &["diff", name, "tables"]);
        assert!(report.starts_with(&format!("exit code 2\nerror: {name}: ")), "{report}");
        // The error of a file and not of a folder.
        assert!(report.ends_with(" (os error 2)\n"), "{report}");
    }
}
