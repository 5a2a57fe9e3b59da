//! What a page of the documentation can show.

use std::fs;
use std::path::Path;

/// The columns of code that fit beside the sidebar of rustdoc; a longer line is cut off.
const COLUMNS: usize = 88;

#[test]
fn each_line_of_an_example_fits_the_page() {
    let mut folders = vec![Path::new("src").to_owned(), Path::new("codegen/src").to_owned()];
    let mut lines = 0;
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut is_code = false;
            for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
                let line = line.trim_start();
                let Some(docs) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else { continue };
                let docs = docs.strip_prefix(' ').unwrap_or(docs);
                if docs.starts_with("```") {
                    is_code = !is_code;
                } else if is_code && !docs.starts_with("# ") {
                    lines += 1;
                    let columns = docs.chars().count();
                    assert!(columns <= COLUMNS, "{}:{}: {columns} columns of code", path.display(), number + 1);
                }
            }
        }
    }
    assert!(lines > 0);
}
