//! The snapshots of the repository: each belongs to a test, so that none is left behind by a test that was renamed.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns every snapshot below a folder.
fn snapshots(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap_or_default();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            found.extend(snapshots(&path));
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            found.push(path);
        }
    }
    found
}

#[test]
fn each_snapshot_belongs_to_a_test() {
    let snapshots = snapshots(Path::new("."));
    assert!(!snapshots.is_empty());
    for path in snapshots {
        let text = fs::read_to_string(&path).unwrap();
        let field = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim_matches(['"', ' ']))
        };
        let source = fs::read_to_string(field("source: ").unwrap()).unwrap_or_default();
        // `module__test@input`, `module__test-2`, or a name that the test gives.
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let name = stem.split('@').next().and_then(|name| name.rsplit("__").next()).unwrap();
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
        let is_named = [format!("fn {name}("), format!("\"{name}\"")].iter().any(|text| source.contains(text));
        assert!(is_named, "{}: no test has this snapshot", path.display());
        if let Some(input) = field("input_file: ") {
            assert!(Path::new(input).exists(), "{}: its input does not exist", path.display());
        }
    }
}
