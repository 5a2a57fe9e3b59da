//! Each mistake that the tables can have, and its report. A file in `bad/` is named for its mistake; it replaces the
//! file of `good/` that its folder is named for. A `table-with-formula` is a price table that has a formula.

#![expect(clippy::disallowed_methods, reason = "a test makes the folders that are read")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dreamstudio_pricing_codegen::{Diagnostic, Folder, Prices, Severity, check};

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

fn check_files(files: Files) -> Result<Prices, Vec<Diagnostic>> {
    check(&Folder::from_files("tables", files))
}

/// The report of the mistakes in the files.
fn report(files: Files) -> String {
    lines(&check_files(files).expect_err("no mistake is reported"))
}

fn lines(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_good_tables_have_no_mistake() {
    let prices = check_files(good()).unwrap();
    assert_eq!(prices.warnings, []);
    assert_eq!(prices.clients[0].granted_images, Some(50));
    assert_eq!(prices.tables[0].source.as_ref().unwrap().published, "2023-06-22");
}

#[test]
fn equal_prices_are_no_mistake() {
    // Sorted by pixels, the columns are 1024x128, 512x512, 512x768.
    let flat = "steps,512x512,1024x128,512x768\n15,0.3,0.1,0.3\n30,0.3,0.1,0.3\n";
    assert_eq!(check_files(with("flat.csv", flat)).map(|prices| prices.tables.len()), Ok(2));
}

#[test]
fn quotes_and_spaces_around_a_cell_are_no_mistake() {
    let spaced = "steps , \"512x512\" ,\" 640x512 \", 512x640\n 15, \"0.25\" ,0.43,\"0.43\"\n30,0.50,0.85,0.85\n";
    let tables = |files| check_files(files).map(|prices| prices.tables);
    assert_eq!(tables(with("sdxl.csv", spaced)), tables(good()));
}

#[test]
fn a_quoted_cell_may_have_commas_and_quotes() {
    let sources = "table,page,heading,published\nsdxl, \"Credits, \"\"Billing\"\"\" ,SDXL,2023-06-22\n";
    let prices = check_files(with("sources.csv", sources)).unwrap();
    assert_eq!(prices.tables[0].source.as_ref().unwrap().page, "Credits, \"Billing\"");
}

#[test]
fn granted_images_and_sources_are_optional() {
    let clients = String::from_utf8(good()["clients.csv"].clone()).unwrap();
    let mut files = with("clients.csv", clients.replace(",50\n", ",\n"));
    files.remove("sources.csv");
    let prices = check_files(files).unwrap();
    assert_eq!((prices.clients[0].granted_images, &prices.tables[0].source), (None, &None));
    let only_header = "table,page,heading,published\n";
    assert!(check_files(with("sources.csv", only_header)).is_ok());
}

#[test]
fn a_table_may_have_a_formula() {
    assert_eq!(check_files(good()).unwrap().tables[0].formula, None);
    let header = "table,free_pixels,credits_per_gigapixel_step,nearest,up\n";
    assert_eq!(check_files(with("formulas.csv", header)).unwrap().tables[0].formula, None);
    let prices = check_files(with("formulas.csv", format!("{header}sdxl,169527,180.0,2,2\n"))).unwrap();
    let formula = prices.tables[0].formula.as_ref().unwrap();
    assert_eq!(
        (formula.free_pixels, formula.rate.to_string(), formula.nearest, formula.up),
        (169527, "180".into(), 2, 2)
    );
    assert_eq!(formula.credits(512 * 512, 100).unwrap().to_string(), "1.67");
}

#[test]
fn a_table_whose_formula_has_a_mistake_is_checked_by_the_other_rules() {
    let mut files = with("sdxl.csv", "steps,512x512\n15,0.25\n30,0.20\n");
    let formulas = "table,free_pixels,credits_per_gigapixel_step,nearest,up\nsdxl,169527,180,2,3\n";
    files.insert("formulas.csv".to_owned(), formulas.into());
    insta::assert_snapshot!(report(files));
}

/// The positions of the diagnostics of `sdxl.csv` with this text and with the published formula.
fn positions_with_formula(table: &str) -> Vec<String> {
    let mut files = with("sdxl.csv", table);
    let formulas = "table,free_pixels,credits_per_gigapixel_step,nearest,up\nsdxl,169527,180,2,2\n";
    files.insert("formulas.csv".to_owned(), formulas.into());
    positions(&check_files(files).unwrap_err())
}

fn positions(diagnostics: &[Diagnostic]) -> Vec<String> {
    let position = |it: &Diagnostic| format!("{}:{}:{}", it.path(), it.line().unwrap(), it.column().unwrap());
    diagnostics.iter().map(|it| position(it).replace("tables/", "")).collect()
}

/// The formula says which of two duplicates, or of two step counts out of order, is wrong.
#[test]
fn a_size_or_step_count_that_breaks_two_rules_is_reported_once() {
    for (table, position) in [
        ("steps,512x512,640x512\n80,0.25,0.43\n30,0.50,0.85\n50,0.83,1.42\n", "sdxl.csv:2:1"),
        ("steps,512x512,640x512\n15,0.25,0.43\n15,0.50,0.85\n50,0.83,1.42\n", "sdxl.csv:3:1"),
        ("steps,640x512,640x512,512x640\n30,0.50,0.85,0.85\n50,0.83,1.42,1.42\n", "sdxl.csv:1:7"),
    ] {
        assert_eq!(positions_with_formula(table), [position], "{table}");
    }
}

#[test]
fn a_price_that_is_the_only_one_of_its_row_or_column_is_reported_at_its_cell() {
    assert_eq!(positions_with_formula("steps,512x512\n30,0.55\n"), ["sdxl.csv:2:4"]);
    assert_eq!(positions_with_formula("steps,512x512,640x512\n30,0.55,0.85\n"), ["sdxl.csv:2:4"]);
    assert_eq!(positions_with_formula("steps,512x512\n30,0.55\n50,0.83\n"), ["sdxl.csv:2:4"]);
}

#[test]
fn a_size_or_step_count_is_reported_only_if_all_its_prices_differ() {
    let all = "steps,512x512,640x512,768x512\n30,0.55,0.88,1.12\n50,0.83,1.42,2.01\n";
    assert_eq!(positions_with_formula(all), ["sdxl.csv:2:1"]);
    let but_one = "steps,512x512,640x512,768x512\n30,0.55,0.88,1.21\n50,0.83,1.42,2.01\n";
    assert_eq!(positions_with_formula(but_one), ["sdxl.csv:2:4", "sdxl.csv:2:9"]);
    let column = "steps,512x512,640x512,768x512\n30,0.55,0.85,1.21\n50,0.88,1.42,2.01\n";
    assert_eq!(positions_with_formula(column), ["sdxl.csv:1:7"]);
}

#[test]
fn the_formula_is_reported_only_if_more_than_half_of_the_prices_differ() {
    let half = "steps,512x512,640x512\n30,0.55,0.85\n50,0.83,1.24\n";
    assert_eq!(positions_with_formula(half), ["sdxl.csv:2:4", "sdxl.csv:3:9"]);
    let more = "steps,512x512,640x512\n30,0.55,0.85\n50,0.38,1.24\n";
    assert_eq!(positions_with_formula(more), ["formulas.csv:2:1"]);
}

/// The greatest rates would give more than a price can be.
#[test]
fn a_rate_is_found_for_prices_of_huge_images() {
    let mut files = with("sdxl.csv", "steps,1048576x1048576,1048576x2097152\n1000,219902291.65,439804617.21\n");
    let formulas = "table,free_pixels,credits_per_gigapixel_step,nearest,up\nsdxl,169527,180,2,2\n";
    files.insert("formulas.csv".to_owned(), formulas.into());
    let diagnostics = check_files(files).unwrap_err();
    let of_formula: Vec<_> = diagnostics.iter().filter(|it| it.path() == "tables/formulas.csv").collect();
    assert_eq!(of_formula.len(), 1, "{diagnostics:#?}");
    assert!(of_formula[0].help().unwrap().starts_with("if the prices are right, write 200, "), "{}", of_formula[0]);
}

/// The published tables with their formulas.
fn published() -> Files {
    let mut files = good();
    for (name, text) in [
        ("sdxl.csv", include_str!("published/sdxl.csv")),
        ("standard.csv", include_str!("published/standard.csv")),
        ("formulas.csv", include_str!("published/formulas.csv")),
    ] {
        files.insert(name.to_owned(), text.into());
    }
    files
}

#[test]
fn two_tables_that_are_exchanged_are_reported() {
    let (mut files, original) = (published(), published());
    files.insert("sdxl.csv".to_owned(), original["standard.csv"].clone());
    files.insert("standard.csv".to_owned(), original["sdxl.csv"].clone());
    insta::assert_snapshot!(report(files));
}

#[test]
fn a_leap_day_is_a_calendar_day() {
    for (day, is_day) in
        [("2024-02-29", true), ("2000-02-29", true), ("1900-02-29", false), ("2023-12-31", true), ("2023-06-2", false)]
    {
        let sources = format!("table,page,heading,published\nsdxl,Credits,SDXL,{day}\n");
        assert_eq!(check_files(with("sources.csv", sources)).is_ok(), is_day, "{day}");
    }
}

#[test]
fn each_mistake_is_reported() {
    insta::glob!("bad/*/*.[cC][sS][vV]", |path| {
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let name = match folder {
            "names" => path.file_name().unwrap().to_str().unwrap().to_owned(),
            "price-table" | "table-with-formula" => "sdxl.csv".to_owned(),
            list => format!("{list}.csv"),
        };
        let mut files = with(&name, fs::read(path).unwrap());
        if folder == "table-with-formula" {
            files.insert("standard.csv".to_owned(), include_bytes!("published/standard.csv").to_vec());
            files.insert("formulas.csv".to_owned(), include_bytes!("published/formulas.csv").to_vec());
        }
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(report(files));
        });
    });
}

/// Names that some systems cannot check out.
#[test]
fn a_file_name_with_odd_characters_is_reported() {
    insta::assert_snapshot!(report(with("CON.old.csv", &good()["sdxl.csv"][..])));
    insta::assert_snapshot!(report(with("sd\u{202e}xl.csv", &good()["sdxl.csv"][..])));
}

#[test]
fn a_missing_list_is_reported() {
    let mut files = good();
    files.retain(|name, _| name == "sdxl.csv");
    insta::assert_snapshot!(report(files));
}

#[test]
fn a_list_with_almost_its_name_is_reported_once() {
    for (file, names) in [
        ("engines.csv", &["engine.csv", "Engines.csv", "engines (1).csv", "engines-copy.csv"][..]),
        ("sources.csv", &["source.csv", "SOURCES.CSV"]),
    ] {
        for name in names {
            let mut files = good();
            let list = files.remove(file).unwrap();
            files.insert((*name).to_owned(), list);
            let report = report(files);
            let expected = format!("tables/{name}: the file must be named {file}\n  = help: rename it");
            assert_eq!(report, expected);
        }
    }
}

#[test]
fn a_copy_of_a_list_with_almost_its_name_is_reported() {
    insta::assert_snapshot!(report(with("client.csv", &good()["clients.csv"][..])));
}

/// A file that is saved over another one.
#[test]
fn a_price_table_in_place_of_a_list_is_reported() {
    insta::assert_snapshot!(report(with("clients.csv", &good()["sdxl.csv"][..])));
}

#[test]
fn a_list_in_place_of_another_file_is_reported() {
    insta::assert_snapshot!(report(with("sdxl.csv", &good()["clients.csv"][..])));
    insta::assert_snapshot!(report(with("engines.csv", &good()["clients.csv"][..])));
}

#[test]
fn a_file_in_another_format_is_reported_once_in_place_of_the_missing_file() {
    for (file, other) in [("sdxl.csv", "sdxl.csv.txt"), ("sdxl.csv", "sdxl.xlsx"), ("engines.csv", "engines.ods")] {
        let mut files = with("turbo.csv", &good()["sdxl.csv"][..]);
        let bytes = files.remove(file).unwrap();
        files.insert(other.to_owned(), bytes);
        let extension = other.rsplit_once('.').unwrap().1;
        let expected = format!(
            "tables/{other}: the file is not read, because its name ends in .{extension}\n  \
             = help: save it as CSV in {file}"
        );
        assert_eq!(report(files), expected);
    }
}

#[test]
fn a_file_in_another_format_is_a_warning_beside_mistakes() {
    let mut files = with("sdxl.csv", "steps,512x512\n15,0,25\n30,0.50\n");
    files.insert("sdxl.ods".to_owned(), Vec::new());
    let diagnostics = check_files(files).unwrap_err();
    let severities: Vec<_> = diagnostics.iter().map(|it| (it.path(), it.severity())).collect();
    assert_eq!(severities, [("tables/sdxl.csv", Severity::Error), ("tables/sdxl.ods", Severity::Warning)]);
}

#[test]
fn a_lock_file_is_skipped_and_a_backup_is_reported() {
    for name in [".sdxl.csv", ".~lock.sdxl.csv#", "~$sdxl.csv"] {
        assert!(check_files(with(name, "")).is_ok(), "{name}");
    }
    let report = report(with("~sdxl.csv", &good()["sdxl.csv"][..]));
    assert!(report.starts_with("tables/~sdxl.csv: the file looks like a copy of sdxl.csv\n"), "{report}");
}

#[test]
fn a_price_table_may_have_almost_the_name_of_a_list() {
    let mut files = with("sourced.csv", &good()["sdxl.csv"][..]);
    files.remove("sources.csv");
    assert!(check_files(files).is_ok());
}

#[test]
fn a_missing_price_table_is_reported() {
    let mut files = good();
    files.remove("sdxl.csv");
    files.insert("turbo.csv".to_owned(), good()["sdxl.csv"].clone());
    insta::assert_snapshot!(report(files));
}

#[test]
fn a_table_with_an_invalid_name_is_reported_once() {
    let mut files = good();
    let table = files.remove("sdxl.csv").unwrap();
    files.insert("sdxl (1).csv".to_owned(), table.clone());
    files.insert("turbo.csv".to_owned(), table);
    insta::assert_snapshot!(report(files));
}

#[test]
fn a_folder_without_a_price_table_is_reported() {
    let mut files = good();
    files.remove("sdxl.csv");
    insta::assert_snapshot!(report(files));
}

#[test]
fn two_files_with_one_name_are_reported() {
    let mut files = good();
    for name in ["turbo-2.csv", "turbo_2.csv", "turbo2.csv"] {
        files.insert(name.to_owned(), good()["sdxl.csv"].clone());
    }
    insta::assert_snapshot!(report(files));
}

#[test]
fn a_file_of_absurd_size_is_reported() {
    let too_large = "the file is larger than";
    assert!(!report(with("sdxl.csv", vec![b'1'; 1 << 20])).contains(too_large));
    insta::assert_snapshot!(report(with("sdxl.csv", vec![b'1'; (1 << 20) + 1])));
}

#[test]
fn a_line_of_absurd_length_is_reported() {
    let line = format!("15,{}\n", "0.25,".repeat(2000));
    let report = report(with("sdxl.csv", format!("steps,512x512,640x512\n{line}")));
    assert!(report.contains("the row has 2002 cells where the header has 3"), "{report}");
    assert!(report.lines().all(|line| line.chars().count() < 120), "{report}");
}

#[test]
fn mistakes_are_sorted_by_file_and_place() {
    let mut files = with("sdxl.csv", "steps,512x512\n15,$1\n30,$2\n");
    files.insert("engines.csv".to_owned(), b"engine,table\n,turbo\n".to_vec());
    files.insert("billing.csv".to_owned(), b"item,credits,usd\nminimum_purchase,x,y\n".to_vec());
    files.insert("clients.csv".to_owned(), Vec::new());
    insta::assert_snapshot!(report(files));
}

#[test]
fn probable_mistakes_are_warnings() {
    let mut files = with("turbo.csv", &good()["sdxl.csv"][..]);
    // A copy that comes before the original, in the order of the names.
    files.insert("copy.csv".to_owned(), good()["sdxl.csv"].clone());
    files.insert("cheap.csv".to_owned(), b"steps,512x512,640x512,512x640\n15,0.1,0.2,0.2\n30,0.3,0.4,0.4\n".to_vec());
    for name in ["notes.txt", "sdxl.ods", "sdxl.tsv", "sdxl.XLSX", "old.xls"] {
        files.insert(name.to_owned(), Vec::new());
    }
    for name in ["~$sdxl.csv", "~$sdxl.xlsx", ".~lock.sdxl.csv#", ".sdxl.csv", "README.md"] {
        files.insert(name.to_owned(), Vec::new());
    }
    let warnings = check_files(files).unwrap().warnings;
    assert!(warnings.iter().all(|warning| warning.severity() == Severity::Warning));
    insta::assert_snapshot!(lines(&warnings));
}

#[test]
fn tables_in_use_with_the_same_prices_are_a_warning() {
    let mut files = with("turbo.csv", &good()["sdxl.csv"][..]);
    files.get_mut("engines.csv").unwrap().extend_from_slice(b"turbo-v1,turbo\n");
    let warnings = lines(&check_files(files).unwrap().warnings);
    assert!(warnings.starts_with("tables/turbo.csv: same prices as sdxl.csv\n"), "{warnings}");
}

/// Those mistakes that need a folder on disk.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in good() {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::remove_file(folder.path().join("clients.csv")).unwrap();
    fs::create_dir(folder.path().join("clients.csv")).unwrap();
    fs::write(folder.path().join("large.csv"), vec![b'1'; 2 << 20]).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("unreadable.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.path().join("device.csv")).unwrap();
    insta::assert_snapshot!(lines(&Folder::read(folder.path(), "tables").and_then(|it| check(&it)).unwrap_err()));
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_a_link_to_itself_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let tables = folder.path().join("tables");
    std::os::unix::fs::symlink("tables", &tables).unwrap();
    let report = lines(&Folder::read(&tables, "tables").unwrap_err());
    assert!(report.starts_with("tables: the folder cannot be read: "), "{report}");
}

#[test]
fn a_folder_that_cannot_be_listed_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let missing = Folder::read(&folder.path().join("tables"), "tables").unwrap_err();
    let file = Folder::read(&file, "tables").unwrap_err();
    insta::assert_snapshot!(lines(&[missing, file].concat()));
}
