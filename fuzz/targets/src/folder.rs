//! Folders of tables: if the generator accepts one, it and its code must agree with the independent parser.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use dreamstudio_pricing_codegen::{Folder, Prices, check, emit};

use crate::code;
use crate::edits;
use crate::facts::{Files, facts_of_files, facts_of_prices};

/// The tables of the repository.
pub(crate) static TABLES: LazyLock<Files> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tables");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())).collect()
});

/// The facts in these tables.
static FACTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| facts_of_files(&TABLES));

/// The byte that ends a name and a file in the input of [`folder`].
const END: char = '\0';

/// Takes an input as edits of the tables of the repository, each of which makes a folder to check. Code is only generated
/// from the last one, because parsing it takes most of the time.
///
/// # Panics
///
/// Panics if the code panics, or if its result differs from that of the independent parser.
pub fn tables(input: &[u8]) {
    let mut files = TABLES.clone();
    edits::apply(&mut files, input, b',', |files| read(files).is_some());
    generate(&files);
}

/// Takes an input as a folder: names and files in turn, each ended by a zero byte.
///
/// # Panics
///
/// Panics if the code panics, or if its result differs from that of the independent parser.
pub fn folder(input: &[u8]) {
    let mut parts = input.split(|byte| char::from(*byte) == END);
    let mut files = Files::new();
    while let (Some(name), Some(bytes)) = (parts.next(), parts.next()) {
        files.insert(String::from_utf8_lossy(name).into_owned(), bytes.to_vec());
    }
    generate(&files);
}

/// Returns what the generator reads from the files, if it accepts them, and the same from the independent parser.
/// Panics unless the two read the same.
fn read(files: &Files) -> Option<(Prices, BTreeSet<String>)> {
    let prices = match check(&Folder::from_files("tables", files.clone())) {
        Ok(prices) => prices,
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty());
            assert!(diagnostics.iter().all(|diagnostic| !diagnostic.to_string().is_empty()));
            return None;
        }
    };
    let is_read = |name: &str| name.strip_suffix(".csv").is_some() && !name.starts_with('.') && !name.starts_with("~$");
    let mut read = files.clone();
    read.retain(|name, _| is_read(name));
    let facts = facts_of_files(&read);
    assert_eq!(facts_of_prices(&prices), facts);
    Some((prices, facts))
}

/// If the generator accepts the files, panics unless their code has the facts that the independent parser reads.
fn generate(files: &Files) {
    // The same facts give the same code, which `.ci/exhaust` checks.
    if let Some((prices, facts)) = read(files).filter(|(_, facts)| *facts != *FACTS) {
        code::compare(&emit(&prices).to_string(), &prices, &facts);
    }
}
