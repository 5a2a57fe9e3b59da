//! Each mistake that the tables can have, and its report. A file in `bad/` is named for its mistake; it replaces the
//! file of `good/` that its folder is named for. A `table-with-formula` is a price table that has a formula.

#![expect(clippy::disallowed_methods, reason = "a test makes the folders that are read")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dreamstudio_pricing_codegen::{Diagnostic, Folder, Prices, Severity, check};
use support::TableFiles;

fn good() -> TableFiles {
    TableFiles::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good")).unwrap()
}

/// The first line of a file.
fn header<'a>(files: &'a TableFiles, name: &str) -> &'a str {
    files.text(name).split_inclusive('\n').next().unwrap()
}

fn check_files(files: TableFiles) -> Result<Prices, Vec<Diagnostic>> {
    check(&Folder::from_files("tables", files))
}

/// The report of the mistakes in the files.
fn report(files: TableFiles) -> String {
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
fn equal_prices_are_accepted() {
    // Sorted by pixels, the columns are 1024x128, 512x512, 512x768.
    let flat = "steps,512x512,1024x128,512x768\n15,0.3,0.1,0.3\n30,0.3,0.1,0.3\n";
    assert_eq!(check_files(good().with("flat.csv", flat)).map(|prices| prices.tables.len()), Ok(2));
}

#[test]
fn quotes_and_spaces_around_a_cell_are_accepted() {
    let spaced = "steps , \"512x512\" ,\" 640x512 \", 512x640\n 15, \"0.25\" ,0.43,\"0.43\"\n30,0.50,0.85,0.85\n";
    let tables = |files| check_files(files).map(|prices| prices.tables);
    assert_eq!(tables(good().with("sdxl.csv", spaced)), tables(good()));
}

#[test]
fn a_quoted_cell_may_have_commas_and_quotes() {
    let sources = good().text("sources.csv").replace("Credits + Billing", " \"Credits, \"\"Billing\"\"\" ");
    let prices = check_files(good().with("sources.csv", &sources)).unwrap();
    assert_eq!(prices.tables[0].source.as_ref().unwrap().page, "Credits, \"Billing\"");
}

#[test]
fn a_credit_may_cost_up_to_10_dollars() {
    let price = |usd| check_files(good().billing("25", "1000", usd)).map(|prices| prices.billing.usd(2.into()));
    assert_eq!(price("10"), Ok("0.02".parse().unwrap()));
    assert_eq!(price("10000"), Ok(20.into()));
    assert!(price("10000.01").is_err());
}

#[test]
fn granted_images_and_sources_are_optional() {
    let files = good().without("sources.csv").without("clients.csv").client("API", "sdxl", [512, 512, 30], None);
    let prices = check_files(files).unwrap();
    assert_eq!((prices.clients[0].granted_images, &prices.tables[0].source), (None, &None));
    assert!(check_files(good().with("sources.csv", header(&good(), "sources.csv"))).is_ok());
}

/// Two clients with defaults of different prices, and a third that states nothing, with this grant.
fn with_grant(credits: &str) -> TableFiles {
    let files = good().client("DreamStudio", "sdxl", [512, 640, 30], Some(29));
    files.client("Other", "sdxl", [512, 512, 15], None).billing(credits, "1000", "10")
}

#[test]
fn a_grant_that_every_client_contradicts_is_reported_itself() {
    insta::assert_snapshot!([with_grant("52"), with_grant("1")].map(report).join("\n\n"));
}

#[test]
fn a_grant_that_one_client_confirms_is_not_reported() {
    for (grant, clients) in [
        ("25.4999", [].as_slice()),
        ("25.5", &["billing.csv:2:15"]),
        ("24.9999", &["clients.csv:2:21"]),
        ("52", &["billing.csv:2:15"]),
        ("0", &["billing.csv:2:15"]),
    ] {
        let mistakes = check_files(with_grant(grant)).err().unwrap_or_default();
        assert_eq!(positions(&mistakes), clients, "{grant}");
    }
}

/// A typo in the price is as likely, or no grant pays for what both clients state.
#[test]
fn a_grant_that_explains_too_little_is_not_reported() {
    let same_price = good().client("DreamStudio", "sdxl", [512, 512, 30], Some(50)).billing("52", "1000", "10");
    // 50 images for 0.50 are paid by less than 25.5, and 30 for 0.85 by at least 25.5.
    let no_grant = good().client("DreamStudio", "sdxl", [512, 640, 30], Some(30)).billing("52", "1000", "10");
    for files in [good().billing("52", "1000", "10"), same_price, no_grant] {
        let mistakes = check_files(files).unwrap_err();
        assert!(mistakes.iter().all(|mistake| mistake.path() == "tables/clients.csv"), "{mistakes:?}");
    }
}

#[test]
fn a_limit_may_be_equal_to_its_opposite() {
    let header = header(&good(), "limits.csv").to_owned();
    let files = good().with("sdxl.csv", "steps,512x512\n30,0.50\n");
    let limits = check_files(files.with("limits.csv", &(header + "sdxl,64,262144,262144,512,512,30,30,1\n")));
    assert_eq!(limits.unwrap().tables[0].limits.unwrap().max_steps, Some(30));
}

/// A limit is the mistake only if it rejects more than half of the sizes.
#[test]
fn a_limit_that_rejects_half_of_the_sizes_is_not_blamed() {
    let limits = header(&good(), "limits.csv").to_owned() + "sdxl,64,,,576,,,,\n";
    let rejected = |table: &str| {
        let mistakes = check_files(good().with("sdxl.csv", table).with("limits.csv", &limits)).unwrap_err();
        positions(&mistakes)
    };
    let half = "steps,512x512,576x512,640x512,512x640\n30,0.50,0.60,0.85,0.85\n";
    assert_eq!(rejected(half), ["sdxl.csv:1:23", "sdxl.csv:1:31"]);
    let most = "steps,512x512,576x512,640x512,512x640,704x512\n30,0.50,0.60,0.85,0.85,0.90\n";
    assert_eq!(rejected(most), ["limits.csv:2:11"]);
}

/// The other half of the cell is in the table.
#[test]
fn an_exception_needs_both_the_size_and_the_steps() {
    for cell in [[512, 512, 31], [1024, 512, 30]] {
        let mistakes = check_files(good().exception("sdxl", cell)).unwrap_err();
        assert_eq!(positions(&mistakes), ["exceptions.csv:2:1"], "{cell:?}");
    }
    // The size that has a mistake may be that of the exception.
    let table = "steps,5l2x512,640x512,512x640\n15,0.25,0.43,0.43\n30,0.50,0.85,0.85\n";
    let mistakes = check_files(good().with("sdxl.csv", table).exception("sdxl", [512, 512, 30])).unwrap_err();
    assert_eq!(positions(&mistakes), ["sdxl.csv:1:7"]);
}

#[test]
fn a_table_may_have_a_formula() {
    assert_eq!(check_files(good()).unwrap().tables[0].formula, None);
    let files = good().formula("sdxl", 169_527, "180.0", [2, 2]);
    let without_rows = good().with("formulas.csv", header(&files, "formulas.csv"));
    assert_eq!(check_files(without_rows).unwrap().tables[0].formula, None);
    let prices = check_files(files).unwrap();
    let formula = prices.tables[0].formula.as_ref().unwrap();
    assert_eq!(
        (formula.free_pixels, formula.rate.to_string(), formula.nearest, formula.up),
        (169527, "180".into(), 2, 2)
    );
    assert_eq!(formula.credits(512 * 512, 100).unwrap().to_string(), "1.67");
}

/// The prices of the vendor's SDXL 1.0, which fall twice, with these exceptions.
fn falling(exceptions: &[[u32; 3]]) -> TableFiles {
    let table = "steps,1024x1024,1536x640\n29,1.64,1.64\n30,1.60,1.60\n39,1.81,1.81\n40,1.80,1.80\n50,2.0,2.0\n";
    let files = TableFiles::of("xl", table);
    exceptions.iter().fold(files, |files, &cell| files.exception("xl", cell))
}

const FALLING: [[u32; 3]; 4] = [[1536, 640, 30], [1024, 1024, 30], [1024, 1024, 40], [1536, 640, 40]];

#[test]
fn prices_out_of_line_are_accepted_if_they_are_exceptions() {
    let prices = check_files(falling(&FALLING)).unwrap();
    let exceptions: Vec<String> = prices.tables[0].exceptions.iter().map(ToString::to_string).collect();
    assert_eq!(
        exceptions,
        ["1024x1024 at 30 steps", "1536x640 at 30 steps", "1024x1024 at 40 steps", "1536x640 at 40 steps"]
    );
    assert_eq!(prices.warnings, []);
    insta::assert_snapshot!(report(falling(&FALLING[1..])));
    insta::assert_snapshot!(report(falling(&[])));
}

#[test]
fn an_exception_that_no_rule_needs_is_reported() {
    let with = |cell| report(falling(&[&FALLING[..], &[cell]].concat()));
    insta::assert_snapshot!(with([1024, 1024, 50]));
    // Each of these two sizes contradicts only the other, so neither exception is needed beside the other.
    let files = TableFiles::of("xl", "steps,768x512,512x768\n30,1,2\n");
    assert!(check_files(files.clone().exception("xl", [512, 768, 30])).is_ok());
    assert!(check_files(files.clone().exception("xl", [768, 512, 30])).is_ok());
    let both = files.exception("xl", [768, 512, 30]).exception("xl", [512, 768, 30]);
    let superfluous = check_files(both).unwrap_err();
    assert_eq!(positions(&superfluous), ["exceptions.csv:2:1", "exceptions.csv:3:1"]);
}

/// Only exceptions are between the two prices, in their rows and in their columns.
#[test]
fn prices_on_both_sides_of_exceptions_are_in_order() {
    let table = |last| format!("steps,512x512,768x768\n15,2,9\n30,1,{last}\n");
    let files =
        |last| TableFiles::of("xl", &table(last)).exception("xl", [768, 768, 15]).exception("xl", [512, 512, 30]);
    assert!(check_files(files("2")).is_ok());
    insta::assert_snapshot!(report(files("1.9")));
}

#[test]
fn a_formula_does_not_give_the_prices_of_exceptions() {
    let xl = "steps,512x512,640x512,512x640\n15,0.25,0.44,0.43\n30,0.50,0.85,0.85\n";
    let files = good().with("sdxl.csv", xl).formula("sdxl", 169_527, "180", [2, 2]);
    let with = |cell| files.clone().exception("sdxl", cell);
    assert!(check_files(with([640, 512, 15])).is_ok());
    assert_eq!(positions(&check_files(with([512, 640, 15])).unwrap_err()), ["sdxl.csv:2:9"]);
    let superfluous = check_files(with([640, 512, 15]).exception("sdxl", [512, 640, 15])).unwrap_err();
    assert_eq!(positions(&superfluous), ["exceptions.csv:3:1"]);
    // Which exceptions are needed is known only if the formula is.
    let wrong = files.clone().with("formulas.csv", "table\n").exception("sdxl", [640, 512, 30]);
    assert!(check_files(wrong).unwrap_err().iter().all(|it| it.path() != "tables/exceptions.csv"));
}

#[test]
fn a_table_whose_formula_has_a_mistake_is_checked_by_the_other_rules() {
    let files = good().with("sdxl.csv", "steps,512x512\n15,0.25\n30,0.20\n");
    insta::assert_snapshot!(report(files.formula("sdxl", 169_527, "180", [2, 3])));
}

/// The positions of the diagnostics of `sdxl.csv` with this text and with the published formula.
fn positions_with_formula(table: &str) -> Vec<String> {
    let files = good().with("sdxl.csv", table).formula("sdxl", 169_527, "180", [2, 2]);
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
    let files = good().with("sdxl.csv", "steps,1048576x1048576,1048576x2097152\n1000,219902291.65,439804617.21\n");
    let diagnostics = check_files(files.formula("sdxl", 169_527, "180", [2, 2])).unwrap_err();
    let of_formula: Vec<_> = diagnostics.iter().filter(|it| it.path() == "tables/formulas.csv").collect();
    assert_eq!(of_formula.len(), 1, "{diagnostics:#?}");
    assert!(of_formula[0].help().unwrap().starts_with("if the prices are right, write 200, "), "{}", of_formula[0]);
}

/// The rates that give one price end where those of the other begin.
#[test]
fn no_rate_is_suggested_if_none_gives_all_prices() {
    let files = good().with("sdxl.csv", "steps,64x128,128x64\n1,0.0002,0.0001\n").formula("sdxl", 0, "100", [4, 4]);
    let diagnostics = check_files(files).unwrap_err();
    let help = diagnostics.iter().find(|it| it.path() == "tables/formulas.csv").and_then(Diagnostic::help).unwrap();
    assert!(help.starts_with("check the prices; "), "{help}");
}

/// The published tables with their formulas.
fn published() -> TableFiles {
    good()
        .with("sdxl.csv", include_str!("published/sdxl.csv"))
        .with("standard.csv", include_str!("published/standard.csv"))
        .with("formulas.csv", include_str!("published/formulas.csv"))
}

#[test]
fn two_tables_that_are_exchanged_are_reported() {
    let original = published();
    let files = published().with("sdxl.csv", original.text("standard.csv"));
    insta::assert_snapshot!(report(files.with("standard.csv", original.text("sdxl.csv"))));
}

#[test]
fn a_leap_day_is_a_calendar_day() {
    for (day, is_day) in
        [("2024-02-29", true), ("2000-02-29", true), ("1900-02-29", false), ("2023-12-31", true), ("2023-06-2", false)]
    {
        let files = good().without("sources.csv").source("sdxl", "Credits", "SDXL", day);
        assert_eq!(check_files(files).is_ok(), is_day, "{day}");
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
        let files = if folder == "table-with-formula" { published() } else { good() };
        let mut files: BTreeMap<String, Vec<u8>> =
            files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        // Bytes, since the file may not be UTF-8.
        files.insert(name, fs::read(path).unwrap());
        let mistakes = check(&Folder::from_files("tables", files)).expect_err("no mistake is reported");
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(lines(&mistakes));
        });
    });
}

/// Names that some systems cannot check out.
#[test]
fn a_file_name_with_odd_characters_is_reported() {
    insta::assert_snapshot!(report(good().with("CON.old.csv", good().text("sdxl.csv"))));
    insta::assert_snapshot!(report(good().with("sd\u{202e}xl.csv", good().text("sdxl.csv"))));
}

/// The good tables with another name for a file.
fn renamed(file: &str, name: &str) -> TableFiles {
    good().without(file).with(name, good().text(file))
}

#[test]
fn a_missing_list_is_reported() {
    insta::assert_snapshot!(report(TableFiles::default().with("sdxl.csv", good().text("sdxl.csv"))));
}

#[test]
fn a_list_with_almost_its_name_is_reported_once() {
    for (file, names) in [
        ("engines.csv", &["engine.csv", "Engines.csv", "engines (1).csv", "engines-copy.csv"][..]),
        ("sources.csv", &["source.csv", "SOURCES.CSV"]),
    ] {
        for name in names {
            let report = report(renamed(file, name));
            let expected = format!("tables/{name}: the file must be named {file}\n  = help: rename it");
            assert_eq!(report, expected);
        }
    }
}

#[test]
fn a_copy_of_a_list_with_almost_its_name_is_reported() {
    insta::assert_snapshot!(report(good().with("client.csv", good().text("clients.csv"))));
}

/// A file that is saved over another one.
#[test]
fn a_price_table_in_place_of_a_list_is_reported() {
    insta::assert_snapshot!(report(good().with("clients.csv", good().text("sdxl.csv"))));
}

#[test]
fn a_list_in_place_of_another_file_is_reported() {
    insta::assert_snapshot!(report(good().with("sdxl.csv", good().text("clients.csv"))));
    insta::assert_snapshot!(report(good().with("engines.csv", good().text("clients.csv"))));
}

#[test]
fn a_file_in_another_format_is_reported_once_in_place_of_the_missing_file() {
    for (file, other) in [("sdxl.csv", "sdxl.csv.txt"), ("sdxl.csv", "sdxl.xlsx"), ("engines.csv", "engines.ods")] {
        let files = renamed(file, other).with("turbo.csv", good().text("sdxl.csv"));
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
    let files = good().with("sdxl.csv", "steps,512x512\n15,0,25\n30,0.50\n").with("sdxl.ods", "");
    let diagnostics = check_files(files).unwrap_err();
    let severities: Vec<_> = diagnostics.iter().map(|it| (it.path(), it.severity())).collect();
    assert_eq!(severities, [("tables/sdxl.csv", Severity::Error), ("tables/sdxl.ods", Severity::Warning)]);
}

#[test]
fn a_lock_file_is_skipped_and_a_backup_is_reported() {
    for name in [".sdxl.csv", ".~lock.sdxl.csv#", "~$sdxl.csv"] {
        assert!(check_files(good().with(name, "")).is_ok(), "{name}");
    }
    let report = report(good().with("~sdxl.csv", good().text("sdxl.csv")));
    assert!(report.starts_with("tables/~sdxl.csv: the file looks like a copy of sdxl.csv\n"), "{report}");
}

#[test]
fn a_price_table_may_have_almost_the_name_of_a_list() {
    let files = good().with("sourced.csv", good().text("sdxl.csv")).without("sources.csv");
    assert!(check_files(files).is_ok());
}

#[test]
fn a_missing_price_table_is_reported() {
    insta::assert_snapshot!(report(renamed("sdxl.csv", "turbo.csv")));
}

#[test]
fn a_table_with_an_invalid_name_is_reported_once() {
    let files = renamed("sdxl.csv", "sdxl (1).csv");
    insta::assert_snapshot!(report(files.with("turbo.csv", good().text("sdxl.csv"))));
}

#[test]
fn a_folder_without_a_price_table_is_reported() {
    insta::assert_snapshot!(report(good().without("sdxl.csv")));
}

#[test]
fn two_files_with_one_name_are_reported() {
    let mut files = good();
    for name in ["turbo-2.csv", "turbo_2.csv", "turbo2.csv"] {
        files = files.with(name, good().text("sdxl.csv"));
    }
    insta::assert_snapshot!(report(files));
}

#[test]
fn a_file_of_absurd_size_is_reported() {
    let too_large = "the file is larger than";
    assert!(!report(good().with("sdxl.csv", &"1".repeat(1 << 20))).contains(too_large));
    insta::assert_snapshot!(report(good().with("sdxl.csv", &"1".repeat((1 << 20) + 1))));
}

#[test]
fn a_line_of_absurd_length_is_reported() {
    let line = format!("15,{}\n", "0.25,".repeat(2000));
    let report = report(good().with("sdxl.csv", &format!("steps,512x512,640x512\n{line}")));
    assert!(report.contains("the row has 2002 cells where the header has 3"), "{report}");
    assert!(report.lines().all(|line| line.chars().count() < 120), "{report}");
}

#[test]
fn mistakes_are_sorted_by_file_and_place() {
    let files = good().with("sdxl.csv", "steps,512x512\n15,$1\n30,$2\n").with("clients.csv", "");
    let billing = good().text("billing.csv").replace("sign_up_grant,25,0\n", "").replace("1000,10", "x,y");
    let files = files.without("engines.csv").engine("", "turbo").with("billing.csv", &billing);
    insta::assert_snapshot!(report(files));
}

#[test]
fn probable_mistakes_are_warnings() {
    let mut files = good()
        .with("turbo.csv", good().text("sdxl.csv"))
        // A copy that comes before the original, in the order of the names.
        .with("copy.csv", good().text("sdxl.csv"))
        .with("cheap.csv", "steps,512x512,640x512,512x640\n15,0.1,0.2,0.2\n30,0.3,0.4,0.4\n");
    let reported = ["notes.txt", "sdxl.ods", "sdxl.tsv", "sdxl.XLSX", "old.xls"];
    let skipped = ["~$sdxl.csv", "~$sdxl.xlsx", ".~lock.sdxl.csv#", ".sdxl.csv", "README.md"];
    for name in reported.into_iter().chain(skipped) {
        files = files.with(name, "");
    }
    let warnings = check_files(files).unwrap().warnings;
    assert!(warnings.iter().all(|warning| warning.severity() == Severity::Warning));
    insta::assert_snapshot!(lines(&warnings));
}

#[test]
fn tables_in_use_with_the_same_prices_are_a_warning() {
    let files = good().with("turbo.csv", good().text("sdxl.csv")).engine("turbo-v1", "turbo");
    let warnings = lines(&check_files(files).unwrap().warnings);
    assert!(warnings.starts_with("tables/turbo.csv: same prices as sdxl.csv\n"), "{warnings}");
}

/// Mistakes that need a folder on disk.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    good().without("clients.csv").write(folder.path()).unwrap();
    fs::create_dir(folder.path().join("clients.csv")).unwrap();
    fs::write(folder.path().join("large.csv"), vec![b'1'; 2 << 20]).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("unreadable.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.path().join("device.csv")).unwrap();
    insta::assert_snapshot!(lines(&Folder::read(folder.path(), "tables").and_then(|it| check(&it)).unwrap_err()));
}

#[test]
fn a_pointer_of_git_lfs_is_reported_instead_of_read() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    let folder = Folder::from_files("tables", good().with("sdxl.csv", pointer));
    let message = "tables/sdxl.csv: this is a pointer to a file in Git LFS: \
        read a checkout in which `git lfs pull` has run";
    assert_eq!(lines(&folder.unreadable()).trim_end(), message);
    assert!(lines(&check(&folder).unwrap_err()).contains(message));
    assert_eq!(Folder::from_files("tables", good()).unreadable(), []);
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
