//! Without the feature `codegen`, the build script rejects tables that differ from those the code was generated from.

use std::fs;
use std::path::Path;
use std::process::Command;

use dreamstudio_pricing_codegen::hash;
use tempfile::TempDir;

use super::compiled::{rustc, succeeded};

const ENGINES: &str = "engine,table\nturbo-v1,turbo\n";
const TURBO: &str = "steps,512x512,512x768\n15,0.5,1\n30,1,2.25\n";

/// A package with a compiled build script.
struct Package(TempDir);

impl Package {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        succeeded(rustc(Path::new("build.rs"), folder.path(), &["--crate-name", "build"]));
        fs::create_dir_all(folder.path().join("src")).unwrap();
        fs::create_dir_all(folder.path().join("tables")).unwrap();
        let package = Self(folder);
        package.accept(&[("engines.csv", ENGINES), ("turbo.csv", TURBO)]);
        package.write("tables/engines.csv", ENGINES);
        package.write("tables/turbo.csv", TURBO);
        package
    }

    /// Writes a `src/generated.rs` that comes from these files.
    fn accept(&self, files: &[(&str, &str)]) {
        let lines = files.iter().map(|(name, text)| format!("    (\"{name}\", {}),\n", hash(text.as_bytes())));
        let list = lines.collect::<String>();
        self.write(
            "src/generated.rs",
            format!("// @generated\npub mod turbo {{}}\n\npub const FILES: &[(&str, u64)] = &[\n{list}];\n"),
        );
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    /// Returns the errors that the build script reports to cargo. It fails exactly if there are any.
    fn errors(&self) -> String {
        let output = Command::new(self.0.path().join("build")).current_dir(&self.0).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let errors: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("cargo::error=")).collect();
        assert_eq!(output.status.success(), errors.is_empty(), "{text}");
        errors.join("\n")
    }
}

#[test]
fn accepted_tables_give_no_error() {
    assert_eq!(Package::new().errors(), "");
}

#[test]
fn the_error_names_each_file_that_differs_and_both_ways_out() {
    let package = Package::new();
    package.write("tables/turbo.csv", TURBO.replace("2.25", "2.5"));
    package.write("tables/sdxl.csv", TURBO);
    fs::remove_file(package.0.path().join("tables/engines.csv")).unwrap();
    insta::assert_snapshot!(package.errors());
}

#[test]
fn each_changed_byte_is_an_error() {
    let package = Package::new();
    for (name, text) in [("engines.csv", ENGINES), ("turbo.csv", TURBO)] {
        let path = format!("tables/{name}");
        for at in 0..text.len() {
            package.write(&path, format!("{}7{}", &text[..at], &text[at..]));
            assert!(package.errors().starts_with(&format!("{path} has changed")), "{at}: {}", package.errors());
            package.write(&path, [&text.as_bytes()[..at], b"\xff", &text.as_bytes()[at + 1..]].concat());
            assert!(package.errors().starts_with(&format!("{path} has changed")), "{at}: {}", package.errors());
        }
        package.write(&path, text);
    }
}

/// The build script compares hashes that ignore such changes.
#[test]
fn what_an_editor_or_git_changes_on_saving_gives_no_error() {
    let package = Package::new();
    for text in [
        TURBO.replace('\n', "\r\n"),
        TURBO.replace('\n', "\r"),
        TURBO.trim_end().to_owned(),
        format!("\u{feff}{TURBO}"),
        format!("\u{feff}{}", TURBO.trim_end().replace('\n', "\r\n")),
    ] {
        package.write("tables/turbo.csv", &text);
        assert_eq!(package.errors(), "", "{text:?}");
    }
    package.write("tables/turbo.csv", TURBO);
    package.write("tables/README.md", "");
    package.write("tables/.turbo.csv.swp", "");
    package.write("tables/.hidden.csv", "");
    package.write("tables/~$turbo.csv", "");
    package.write("tables/.~lock.turbo.csv#", "");
    assert_eq!(package.errors(), "");
    let code = fs::read_to_string(package.0.path().join("src/generated.rs")).unwrap();
    package.write("src/generated.rs", code.replace('\n', "\r\n"));
    assert_eq!(package.errors(), "");
}

/// The build script and the generator have the same hash for each text, even one that is not a table.
#[test]
fn the_hash_is_that_of_the_generator() {
    let package = Package::new();
    for text in [
        "",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\r\r\n",
        "\n\r",
        "a\r\nb\rc\n",
        "\u{feff}",
        "\u{feff}\u{feff}a",
        "a\u{feff}",
        "ä\r",
    ] {
        package.accept(&[("engines.csv", ENGINES), ("turbo.csv", text)]);
        package.write("tables/turbo.csv", text);
        assert_eq!(package.errors(), "", "{text:?}");
    }
}

#[test]
fn an_edit_that_changes_no_price_is_an_error_too() {
    let package = Package::new();
    package.write("tables/turbo.csv", TURBO.replace("0.5", "0.50"));
    assert!(package.errors().starts_with("tables/turbo.csv has changed"));
    package.write("tables/turbo.csv", format!("{TURBO}\n"));
    assert!(package.errors().starts_with("tables/turbo.csv has changed"));
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_among_the_tables_is_an_error() {
    let package = Package::new();
    let table = package.0.path().join("tables/turbo.csv");
    fs::remove_file(&table).unwrap();
    std::os::unix::fs::symlink("/dev/null", &table).unwrap();
    assert!(package.errors().starts_with("tables/turbo.csv has changed"));
    fs::remove_file(&table).unwrap();
    succeeded(Command::new("mkfifo").arg(&table).output().unwrap());
    assert!(package.errors().starts_with("tables/turbo.csv has changed"));
}

#[test]
fn a_folder_or_code_that_is_missing_is_an_error() {
    let package = Package::new();
    package.write("src/generated.rs", "pub mod turbo {}");
    assert!(package.errors().starts_with("tables/engines.csv is new"));
    fs::remove_file(package.0.path().join("src/generated.rs")).unwrap();
    assert!(package.errors().starts_with("src/generated.rs: "));
    let package = Package::new();
    fs::remove_dir_all(package.0.path().join("tables")).unwrap();
    assert!(package.errors().starts_with("tables: "));
}
