//! Without the feature `codegen`, the build script rejects tables that the code was not generated from.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::compiled::{rustc, succeeded};

/// The comment of a `src/generated.rs`, and the tables that it repeats.
const CODE: &str = "\
// @generated from tables/.
//
// The tables that this was generated from.
//
// engines.csv:
//     engine,table
//     v1.50,turbo
//     \"a,\"\"b\",turbo
// turbo.csv:
//     steps,512x512,512x768
//     15,0.5,1
//     30,1,2.25

pub mod turbo {}
// 30,3,4
";
const ENGINES: &str = "engine,table\nv1.50,turbo\n\"a,\"\"b\",turbo\n";
const TURBO: &str = "steps,512x512,512x768\n15,0.5,1\n30,1,2.25\n";

/// A package with a compiled build script.
struct Package(TempDir);

impl Package {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        succeeded(rustc(Path::new("build/main.rs"), folder.path(), &["--crate-name", "build"]));
        fs::create_dir_all(folder.path().join("src")).unwrap();
        fs::create_dir_all(folder.path().join("tables")).unwrap();
        let package = Self(folder);
        package.write("src/generated.rs", CODE);
        package.write("tables/engines.csv", ENGINES);
        package.write("tables/turbo.csv", TURBO);
        package
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    /// Returns the errors that the build script reports to cargo.
    fn errors(&self) -> String {
        let script = self.0.path().join("build");
        let output = succeeded(Command::new(script).current_dir(&self.0).output().unwrap());
        let errors = output.lines().filter_map(|line| line.strip_prefix("cargo::error="));
        errors.collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn the_tables_that_were_accepted_are_no_error() {
    assert_eq!(Package::new().errors(), "");
}

#[test]
fn a_change_is_an_error_that_names_the_file_and_both_ways_out() {
    let package = Package::new();
    package.write("tables/turbo.csv", &TURBO.replace("2.25", "2.5"));
    insta::assert_snapshot!(package.errors());
}

#[test]
fn a_row_that_was_added_or_removed_is_shown_as_such() {
    let package = Package::new();
    let lines = |text: &str| {
        package.write("tables/turbo.csv", text);
        package.errors().lines().skip(1).take_while(|line| !line.contains("help")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(lines(&TURBO.replace("15,0.5,1\n", "")), "  = removed: 15,0.5,1");
    assert_eq!(lines(&TURBO.replace("30,1,2.25\n", "")), "  = removed: 30,1,2.25");
    assert_eq!(lines(&TURBO.replace("30,", "20,0.75,1.5\n30,")), "  = added: 20,0.75,1.5");
    assert_eq!(lines(&format!("{TURBO}50,3,4\n")), "  = added: 50,3,4");
    assert_eq!(lines(&TURBO.replace("15,0.5,1", "15,0.5,2")), "  = was: 15,0.5,1\n  = now: 15,0.5,2");
    assert_eq!(lines(&TURBO.replace("30,", "31,")), "  = was: 30,1,2.25\n  = now: 31,1,2.25");
}

#[test]
fn each_changed_cell_is_an_error() {
    let package = Package::new();
    for (name, text) in [("engines.csv", ENGINES), ("turbo.csv", TURBO)] {
        let path = format!("tables/{name}");
        for at in (0..text.len()).filter(|&at| text.as_bytes()[at].is_ascii_alphanumeric()) {
            package.write(&path, &format!("{}7{}", &text[..at], &text[at..]));
            assert!(package.errors().starts_with(&format!("{path} has changed")), "{at}: {}", package.errors());
        }
        package.write(&path, text);
    }
}

#[test]
fn rows_columns_and_files_that_come_or_go_are_errors() {
    let package = Package::new();
    let turbo = |text: &str| {
        package.write("tables/turbo.csv", text);
        package.errors()
    };
    for text in [
        &TURBO.replace("15,0.5,1\n", ""),
        &format!("{TURBO}50,2,3\n"),
        "steps,512x512\n15,0.5\n30,1\n",
        "steps,512x768,512x512\n15,1,0.5\n30,2.25,1\n",
        "",
    ] {
        assert!(turbo(text).starts_with("tables/turbo.csv has changed"), "{text}");
    }
    assert_eq!(turbo(TURBO), "");
    package.write("tables/sdxl.csv", TURBO);
    assert!(package.errors().starts_with("tables/sdxl.csv is new"));
    fs::remove_file(package.0.path().join("tables/sdxl.csv")).unwrap();
    fs::remove_file(package.0.path().join("tables/turbo.csv")).unwrap();
    assert!(package.errors().starts_with("tables/turbo.csv does not exist"));
    fs::remove_dir_all(package.0.path().join("tables")).unwrap();
    assert!(package.errors().starts_with("tables: "));
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_among_the_tables_is_an_error() {
    let package = Package::new();
    let table = package.0.path().join("tables/turbo.csv");
    fs::remove_file(&table).unwrap();
    std::os::unix::fs::symlink("/dev/null", &table).unwrap();
    assert_eq!(package.errors(), "tables: turbo.csv: this is not an ordinary file");
    fs::remove_file(&table).unwrap();
    succeeded(Command::new("mkfifo").arg(&table).output().unwrap());
    assert_eq!(package.errors(), "tables: turbo.csv: this is not an ordinary file");
}

/// An id is a text: `v1.5` is another engine than `v1.50`.
#[test]
fn a_zero_at_the_end_of_a_text_counts() {
    let package = Package::new();
    for (id, other) in [("v1.50", "v1.5"), ("1.50", "1.5")] {
        package.write("src/generated.rs", &CODE.replace("v1.50", id));
        package.write("tables/engines.csv", &ENGINES.replace("v1.50", id));
        assert_eq!(package.errors(), "");
        package.write("tables/engines.csv", &ENGINES.replace("v1.50", other));
        assert!(package.errors().starts_with("tables/engines.csv has changed"));
    }
}

#[test]
fn what_an_editor_or_git_may_change_in_saving_is_no_error() {
    let package = Package::new();
    let quoted = TURBO.lines().map(|line| format!(" \"{}\" ", line.replace(',', " \" , \"")));
    for text in [
        TURBO.replace('\n', "\r\n"),
        TURBO.replace('\n', "\r"),
        TURBO.trim_end().to_owned(),
        format!("\u{feff}{TURBO}\n\n"),
        TURBO.replace("0.5", "0.500").replace("2.25", "2.250").replace(",1", ",1.0"),
        quoted.collect::<Vec<_>>().join("\n"),
        TURBO.replace("\n\n", "\n \n"),
    ] {
        package.write("tables/turbo.csv", &text);
        assert_eq!(package.errors(), "", "{text:?}");
    }
    package.write("tables/turbo.csv", TURBO);
    package.write("src/generated.rs", &CODE.replace('\n', "\r\n"));
    package.write("tables/README.md", "");
    package.write("tables/.turbo.csv.swp", "");
    package.write("tables/~$turbo.csv", "");
    package.write("tables/.~lock.turbo.csv#", "");
    assert_eq!(package.errors(), "");
}

#[test]
fn code_without_its_tables_is_an_error() {
    let package = Package::new();
    package.write("src/generated.rs", "pub mod turbo {}");
    assert!(package.errors().starts_with("tables/engines.csv is new"));
    fs::remove_file(package.0.path().join("src/generated.rs")).unwrap();
    assert!(package.errors().starts_with("src/generated.rs: "));
}
