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

/// The script of a release, `.github/scripts/release`, writes all of them.
#[test]
fn each_version_in_the_readme_is_that_of_the_package() {
    let readme = fs::read_to_string("README.md").unwrap();
    let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
    let requirement = if major == "0" { format!("{major}.{minor}") } else { major.to_owned() };
    for (start, version) in [
        ("dreamstudio-pricing = \"", format!("{requirement}\"")),
        ("dreamstudio-pricing@", concat!(env!("CARGO_PKG_VERSION"), ":").to_owned()),
    ] {
        let mut stated = readme.split(start).skip(1).peekable();
        assert!(stated.peek().is_some(), "README.md has no `{start}`");
        assert!(stated.all(|rest| rest.starts_with(&version)), "README.md has `{start}` without `{version}`");
    }
}
