//! Random edits of good tables never cause a panic, and their report stays short.

use std::path::Path;

use dreamstudio_pricing_codegen::{Diagnostic, Folder, check, emit};
use proptest::prelude::*;
use support::TableFiles;

/// The most lines of a report about one file: 21 diagnostics of a dozen lines.
const MAX_LINES: usize = 250;

/// A change of a file. Places are numbers modulo the count of what is there.
#[derive(Clone, Debug)]
enum Edit {
    Insert(usize, String),
    Delete(usize, usize),
    ReplaceCell(usize, String),
    DuplicateLine(usize, usize),
    DeleteLine(usize),
    SwapLines(usize, usize),
    ReplaceAll(char, String),
}

fn edit() -> impl Strategy<Value = Edit> {
    let text = || prop_oneof!["[0-9.,x\"$ -]{1,6}", "\\PC{1,4}", any::<String>(), Just("\r\n".to_owned())];
    prop_oneof![
        (any::<usize>(), text()).prop_map(|(place, text)| Edit::Insert(place, text)),
        (any::<usize>(), 1_usize..8).prop_map(|(place, length)| Edit::Delete(place, length)),
        (any::<usize>(), text()).prop_map(|(cell, text)| Edit::ReplaceCell(cell, text)),
        (any::<usize>(), 1_usize..300).prop_map(|(line, times)| Edit::DuplicateLine(line, times)),
        any::<usize>().prop_map(Edit::DeleteLine),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Edit::SwapLines(a, b)),
        (prop_oneof![Just(','), Just('.'), Just('5'), Just('x')], text())
            .prop_map(|(from, to)| Edit::ReplaceAll(from, to)),
    ]
}

fn apply(edit: Edit, text: &str) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let count = lines.len();
    match edit {
        Edit::Insert(place, inserted) => {
            let place = place % (text.chars().count() + 1);
            let (before, after): (String, String) =
                (text.chars().take(place).collect(), text.chars().skip(place).collect());
            format!("{before}{inserted}{after}")
        }
        Edit::Delete(place, length) => {
            let place = place % (text.chars().count() + 1);
            text.chars().take(place).chain(text.chars().skip(place + length)).collect()
        }
        Edit::ReplaceCell(cell, replacement) => {
            let mut cells: Vec<&str> = text.split(',').collect();
            let count = cells.len();
            cells[cell % count] = &replacement;
            cells.join(",")
        }
        Edit::DuplicateLine(line, times) => {
            let line = line % count;
            lines.splice(line..line, std::iter::repeat_n(lines[line], times).collect::<Vec<_>>());
            lines.join("\n")
        }
        Edit::DeleteLine(line) => {
            lines.remove(line % count);
            lines.join("\n")
        }
        Edit::SwapLines(a, b) => {
            lines.swap(a % count, b % count);
            lines.join("\n")
        }
        Edit::ReplaceAll(from, to) => text.replace(from, &to),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_edits_cause_no_panic_and_a_short_report(
        has_formula: bool,
        edits in prop::collection::vec((any::<prop::sample::Index>(), edit()), 1..5)
    ) {
        let mut files = TableFiles::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good")).unwrap();
        if has_formula {
            files = files.formula("sdxl", 169_527, "180", [2, 2]);
        }
        let mut files: Vec<(String, String)> = files.into_iter().collect();
        for (file, edit) in edits {
            let (_, text) = file.get_mut(&mut files);
            *text = apply(edit, text);
        }
        let names: Vec<String> = files.iter().map(|(name, _)| format!("tables/{name}")).collect();
        match check(&Folder::from_files("tables", files)) {
            Ok(prices) => {
                let _ = emit(&prices);
            }
            Err(diagnostics) => {
                prop_assert!(!diagnostics.is_empty());
                for name in names {
                    let of_file = diagnostics.iter().filter(|diagnostic| diagnostic.path() == name);
                    let report = of_file.map(Diagnostic::to_string).collect::<Vec<_>>().join("\n");
                    prop_assert!(report.lines().count() <= MAX_LINES, "{}", report);
                    prop_assert!(report.lines().all(|line| line.chars().count() <= 2500), "{}", report);
                }
            }
        }
    }
}
