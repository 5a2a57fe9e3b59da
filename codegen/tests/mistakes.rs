//! Each mistake that the tables can have, and how it is told: a file each in `bad/`, named for its mistake, which stands
//! in for the file of `good/` that its folder is named for.

#![expect(clippy::disallowed_methods, reason = "a test makes the folders that are read")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dreamstudio_pricing_codegen::{Diagnostic, Folder, check};

type Files = BTreeMap<String, Vec<u8>>;

fn good() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect()
}

fn with(name: &str, bytes: impl Into<Vec<u8>>) -> Files {
    let mut files = good();
    files.insert(name.to_owned(), bytes.into());
    files
}

/// What is told of the files.
fn report(files: Files) -> String {
    told(check(&Folder::from_files("tables", files)))
}

fn told<T: std::fmt::Debug>(result: Result<T, Vec<Diagnostic>>) -> String {
    let problems = result.expect_err("the mistake is not noticed");
    problems.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_good_tables_are_good() {
    assert!(check(&Folder::from_files("tables", good())).is_ok());
}

#[test]
fn a_price_that_stays_is_no_mistake() {
    // By their pixels the columns stand in the order 1024x128, 512x512, 512x768.
    let flat = "steps,512x512,1024x128,512x768\n15,0.3,0.1,0.3\n30,0.3,0.1,0.3\n";
    assert_eq!(check(&Folder::from_files("tables", with("flat.csv", flat))).map(|prices| prices.tables.len()), Ok(2));
}

#[test]
fn each_mistake_is_told() {
    insta::glob!("bad/*/*.[cC][sS][vV]", |path| {
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let name = match folder {
            "names" => path.file_name().unwrap().to_str().unwrap().to_owned(),
            "price-table" => "sdxl.csv".to_owned(),
            list => format!("{list}.csv"),
        };
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(report(with(&name, fs::read(path).unwrap())));
        });
    });
}

#[test]
fn a_missing_list_is_told() {
    let mut files = good();
    files.retain(|name, _| name == "sdxl.csv");
    insta::assert_snapshot!(report(files));
}

#[test]
fn a_missing_price_table_is_told() {
    let mut files = good();
    files.remove("sdxl.csv");
    files.insert("turbo.csv".to_owned(), good()["sdxl.csv"].clone());
    insta::assert_snapshot!(report(files));
}

#[test]
fn tables_without_a_price_table_are_told() {
    let mut files = good();
    files.remove("sdxl.csv");
    insta::assert_snapshot!(report(files));
}

#[test]
fn two_files_with_one_name_are_told() {
    let mut files = good();
    for name in ["turbo-2.csv", "turbo_2.csv", "turbo2.csv"] {
        files.insert(name.to_owned(), good()["sdxl.csv"].clone());
    }
    insta::assert_snapshot!(report(files));
}

#[test]
fn a_file_of_absurd_size_is_told() {
    let too_large = "no table needs more than";
    assert!(!report(with("sdxl.csv", vec![b'1'; 1 << 20])).contains(too_large));
    insta::assert_snapshot!(report(with("sdxl.csv", vec![b'1'; (1 << 20) + 1])));
}

#[test]
fn a_line_of_absurd_length_is_told() {
    let line = format!("15,{}\n", "0.25,".repeat(2000));
    let report = report(with("sdxl.csv", format!("steps,512x512,640x512\n{line}")));
    assert!(report.contains("the row has 2002 cells where the header has 3"), "{report}");
    assert!(report.lines().all(|line| line.chars().count() < 120), "{report}");
}

#[test]
fn mistakes_of_all_files_are_told_in_the_order_of_the_files() {
    let mut files = with("sdxl.csv", "steps,512x512\n15,$1\n30,$2\n");
    files.insert("engines.csv".to_owned(), b"engine,table\n,turbo\n".to_vec());
    files.insert("billing.csv".to_owned(), b"item,credits,usd\nminimum_purchase,x,y\n".to_vec());
    files.insert("clients.csv".to_owned(), Vec::new());
    insta::assert_snapshot!(report(files));
}

/// What cannot be read, as far as a folder on disk is needed for it.
#[test]
fn what_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in good() {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::remove_file(folder.path().join("clients.csv")).unwrap();
    fs::create_dir(folder.path().join("clients.csv")).unwrap();
    fs::write(folder.path().join("large.csv"), vec![b'1'; 2 << 20]).unwrap();
    // Nobody has to be told of these.
    fs::write(folder.path().join(".sdxl.csv"), "of an editor").unwrap();
    fs::write(folder.path().join("README.md"), "of the folder").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", folder.path().join("unreadable.csv")).unwrap();
    #[cfg(unix)]
    insta::assert_snapshot!(told(Folder::read(folder.path(), "tables").and_then(|folder| check(&folder))));
}

#[test]
fn a_folder_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let missing = told(Folder::read(&folder.path().join("tables"), "tables"));
    let file = told(Folder::read(&file, "tables"));
    insta::assert_snapshot!(format!("{missing}\n\n{file}"));
}
