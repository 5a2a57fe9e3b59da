//! Imports of published pages.

use std::ffi::OsString;
use std::fs;
use std::sync::LazyLock;

use dreamprice::{Arguments, Outcome};
use dreamstudio_pricing_codegen::{Folder, check};

use crate::edits;
use crate::facts::Files;
use crate::folder::TABLES;
use crate::independent_parser::{cells_of, rows_of};
use crate::scratch;

/// The page of the prices that the command was built with.
static PAGE: LazyLock<Vec<u8>> =
    LazyLock::new(|| run(["page", "--format", "markdown"].map(OsString::from)).stdout().into_bytes());

/// Takes an input as a page, or after a zero byte as edits of a page.
///
/// # Panics
///
/// Panics if the code panics, or if the imported tables have other prices than the page.
pub fn page(input: &[u8]) {
    let page = match input {
        [0, input @ ..] => {
            let mut files = Files::from([("page.md".to_owned(), PAGE.clone())]);
            edits::apply(&mut files, input, b'|', |_| true);
            files.into_values().next().unwrap_or_default()
        }
        page => page.to_vec(),
    };
    let (path, folder) = (scratch::path("page.md"), scratch::path("tables"));
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in &*TABLES {
        fs::write(folder.join(name), bytes).unwrap();
    }
    fs::write(&path, &page).unwrap();
    let import = || run([OsString::from("import"), path.clone().into(), "--into".into(), folder.clone().into()]);
    let read = || -> Files { TABLES.keys().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect() };

    let outcome = import();
    let imported = read();
    if outcome.exit_code() == 2 || imported == *TABLES {
        assert_eq!(imported, *TABLES, "{outcome:?}");
        return;
    }
    // The new prices may conflict with other files, and the page may differ from them in more than prices.
    let is_valid = check(&Folder::from_files("tables", imported.clone())).is_ok();
    assert!(is_valid || outcome.exit_code() == 1, "{outcome:?}");
    assert_eq!(import().exit_code(), outcome.exit_code(), "{outcome:?}");
    assert_eq!(read(), imported, "a second import changes files");
    let diff = run([OsString::from("diff"), path.into(), folder.into()]);
    let unchanged = "0 prices changed (0 up, 0 down), 0 new, 0 gone; 0 other changes";
    assert!(diff.stdout().lines().any(|line| line == unchanged), "{diff:?}");
    compare_prices(&page, &imported);
}

/// Panics if a table has a price that the page does not.
fn compare_prices(page: &[u8], imported: &Files) {
    let page = String::from_utf8_lossy(page);
    // Entities and escapes can write a digit in another form.
    if page.contains(['&', '\\']) {
        return;
    }
    for (name, bytes) in imported.iter().filter(|(name, bytes)| TABLES[*name] != **bytes) {
        let rows = rows_of(&String::from_utf8_lossy(bytes));
        assert!(!cells_of(&rows).is_empty());
        for price in rows[1..].iter().flat_map(|row| &row[1..]) {
            assert!(page.contains(&**price), "{name} has {price}");
        }
    }
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    let arguments = [OsString::from("dreamprice")].into_iter().chain(arguments);
    Arguments::new(arguments).map_or_else(|outcome| outcome, |arguments| arguments.run())
}
