//! Untrusted input: texts in tables that would be code, markup, a path or a control sequence elsewhere.

use std::env;
use std::process::Command;

use dreamstudio_pricing_codegen::{Folder, Name, check};
use support::TableFiles;

use super::compiled::{Library, succeeded};
use super::generator::{TextFiles, code, tables};

/// Texts that the tables accept as a page or a heading. Each ends, escapes or opens something in some language.
const TEXTS: [&str; 14] = [
    "\"]; compile_error!(\"x\"); #[doc = \"",
    "\"##; fn main() { std::process::abort() } r##\"",
    "*/ compile_error!(\"x\"); /*",
    "\\\"); panic!(\"x\"); (\\\"",
    "\\u{22}); panic!(); //",
    "{} {0} {:?} {{ #tokens $crate",
    "``` fn main() { panic!() }",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</style></title>--><!-- ]]> &quot;&#34;",
    "[x](javascript:alert(1)) ![x](//x) <//x>",
    "'; DROP TABLE prices; --",
    "=HYPERLINK(\"//x\";\"x\")",
    "$(touch x) `touch x` ${IFS} %PATH% %0A::error::x",
    "../../../etc/passwd",
];

/// Returns the tables of the fixture, with `text` as the page and the heading of each.
fn with_sources(text: &str) -> TextFiles {
    let files = TableFiles::from_iter(tables()).without("sources.csv");
    let sourced = |files: TableFiles, table| files.source(table, text, text, "2024-02-29");
    ["classic-2", "metered", "stepped", "turbo"].into_iter().fold(files, sourced).into_iter().collect()
}

#[test]
fn a_heading_in_code_stays_text() {
    // All at once, since each library takes a second to compile.
    let text = TEXTS.join(" ");
    let program = "
        fn main() {
            for &table in dreamstudio_pricing::Table::ALL {
                let source = table.source().unwrap();
                assert_eq!(source.page, source.heading);
                println!(\"{}\", source.page);
            }
        }
    ";
    let library = Library::new(&code(with_sources(&text)), &[]);
    assert_eq!(library.run(program, &[]), format!("{text}\n").repeat(4));
}

#[test]
fn a_heading_in_the_documentation_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("generated.rs"), code(with_sources(&TEXTS.join(" ")))).unwrap();
    let mut rustdoc = Command::new(env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into()));
    rustdoc.args(["--edition", "2024", "--crate-name", "dreamstudio_pricing", "--cfg", "feature=\"codegen\""]);
    rustdoc.args(["src/lib.rs", "--out-dir"]).arg(folder.path()).env("OUT_DIR", folder.path());
    succeeded(rustdoc.output().unwrap());
    let html = std::fs::read_to_string(folder.path().join("dreamstudio_pricing/turbo/index.html")).unwrap();
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
    let paragraph = html.split("<p>").find(|paragraph| paragraph.contains("DROP TABLE")).unwrap();
    let paragraph = paragraph.split_once("</p>").unwrap().0;
    assert!(!paragraph.contains('<'), "{paragraph}");
}

#[test]
fn a_name_has_only_ascii_letters_digits_hyphens_and_underscores() {
    for c in '\0'..='\u{ffff}' {
        let is_plain = c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert_eq!(Name::of_table(&format!("a{c}b")).is_ok(), is_plain, "{c:?}");
    }
}

#[test]
fn no_text_can_be_the_name_of_a_table_an_engine_or_a_client() {
    for text in TEXTS.into_iter().chain(["../turbo", "/turbo", "C:turbo", "turbo\0", "turbo.csv", "", ".", ".."]) {
        assert!(Name::of_table(text).is_err(), "{text}");
    }
    // An engine's id may have a slash and dots.
    for text in TEXTS.iter().filter(|text| !text.starts_with("../")) {
        for (name, files) in [
            ("engines.csv", TableFiles::from_iter(tables()).engine(text, "turbo")),
            ("clients.csv", TableFiles::from_iter(tables()).client(text, "turbo", [512, 512, 1], None)),
        ] {
            let line = files.text(name).lines().count();
            let mistakes = check(&Folder::from_files("tables", files)).unwrap_err();
            assert!(mistakes[0].to_string().starts_with(&format!("tables/{name}:{line}:1: ")), "{}", mistakes[0]);
        }
    }
}

/// Control characters, and characters that hide the text around them or change its direction.
const HIDDEN: [char; 12] = [
    '\u{1}', '\u{7}', '\u{8}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{200b}', '\u{202e}', '\u{2028}', '\u{2066}',
    '\u{feff}',
];

#[test]
fn a_hidden_character_in_any_cell_is_a_mistake_and_is_not_printed() {
    for (name, text) in tables() {
        // Between the first two characters of each cell: no byte-order mark, and no space around the cell.
        let is_inside = |at: &usize| {
            let is_start = *at == 0 || text[..*at].ends_with([',', '\n']);
            is_start && text[*at..].chars().take(2).all(|c| c.is_ascii_alphanumeric() || c == '.')
        };
        for at in (0..text.len()).filter(is_inside) {
            for hidden in HIDDEN {
                let mut files = tables();
                files.get_mut(&name).unwrap().insert(at + 1, hidden);
                let mistakes = check(&Folder::from_files("tables", files)).unwrap_err();
                let report: String = mistakes.iter().map(ToString::to_string).collect();
                assert!(!report.contains(HIDDEN), "{report:?}");
            }
        }
    }
}
