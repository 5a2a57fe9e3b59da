//! Single files of a folder.

use dreamstudio_pricing_codegen::{Diagnostic, Folder, Name, ReadableTable, Source, Table, check_engines};
use support::TableFiles;

/// A table that does not equal its formula, and clients with a mistake.
fn folder() -> Folder {
    let files = lists()
        .with("xl.csv", "steps,512x512,768x512\n15,0.2,0.4\n30,0.5,0.8\n")
        .with("clients.csv", "client\n")
        .engine("xl-1", "xl")
        .engine(" xl-2 ", "xl")
        .formula("xl", 0, "1", [2, 2]);
    Folder::from_files("tables", files)
}

/// `billing.csv`, and `sources.csv` with the table `xl`.
fn lists() -> TableFiles {
    TableFiles::default().billing("25", "1000", "10").source("xl", "Prices, all", "The \"XL\" table", "2023-06-22")
}

fn name(text: &str) -> Name {
    Name::of_table(text).unwrap()
}

fn table() -> Table {
    let folder = folder();
    folder.table(&name("xl")).unwrap()
}

#[test]
fn mistakes_of_other_files_do_not_matter() {
    assert_eq!(folder().table_names(), [name("xl")]);
    assert_eq!(table().rows.len(), 2);
}

#[test]
fn exceptions_are_out_of_line() {
    let files = lists().with("xl.csv", "steps,512x512\n15,0.5\n30,0.4\n");
    assert!(Folder::from_files("tables", files.clone()).table(&name("xl")).is_err());
    let files = files.exception("xl", [512, 512, 30]).exception("other", [512, 512, 30]).exception("xl", [1, 1, 1]);
    let table = Folder::from_files("tables", files).table(&name("xl")).unwrap();
    assert_eq!(table.exceptions.len(), 1);
}

#[test]
fn mistakes_of_the_file_are_returned() {
    let folder = Folder::from_files(
        "tables",
        [("billing.csv", "item,credits,usd\n"), ("xl.csv", "steps,512x512\n15,$1\n"), ("sources.csv", "table,page\n")],
    );
    let mistake = |mistakes: Vec<Diagnostic>| mistakes[0].to_string().lines().next().unwrap().to_owned();
    assert_eq!(mistake(folder.billing().unwrap_err()), "tables/billing.csv: the file has a header and no rows");
    assert_eq!(mistake(folder.sources().unwrap_err()), "tables/sources.csv:1:7: this is not the header of this file");
    let xl = folder.table(&name("xl")).unwrap_err();
    assert_eq!(mistake(xl), "tables/xl.csv:2:4: the price `$1` has a currency sign");
    let none = folder.table(&name("none")).unwrap_err();
    assert_eq!(mistake(none), "tables/none.csv: there is no such file");
}

#[test]
fn what_can_be_read_of_a_table_with_mistakes_is_returned() {
    let readable = |csv: &str| Folder::from_files("tables", [("xl.csv", csv)]).readable_table(&name("xl"));
    let ReadableTable { sizes, steps, prices, .. } = readable("steps,512x512,wide\n15,0.2,x\nmany,0.1,0.4\n").unwrap();
    assert_eq!(sizes.iter().map(|size| size.map(|size| size.width)).collect::<Vec<_>>(), [Some(512), None]);
    assert_eq!(steps, [Some(15), None]);
    let is_price = |row: &Vec<_>| row.iter().map(Option::is_some).collect::<Vec<_>>();
    assert_eq!(prices.iter().map(is_price).collect::<Vec<_>>(), [[true, false], [true, true]]);
    assert_eq!(readable("size,512x512\n15,0.2\n"), None);
}

#[test]
fn a_source_may_be_of_a_table_that_is_not_there_yet() {
    let folder = Folder::from_files("tables", lists());
    let [(table, source)] = &folder.sources().unwrap()[..] else { panic!() };
    assert_eq!((&**table, &*source.page, &*source.heading), ("xl", "Prices, all", "The \"XL\" table"));
    assert_eq!(Folder::from_files("tables", lists().without("sources.csv")).sources(), Ok(Vec::new()));
}

#[test]
fn a_day_is_in_the_calendar() {
    for (text, is_day) in [
        ("2023-06-22", true),
        ("2024-02-29", true),
        ("2023-02-29", false),
        ("2023-00-01", false),
        ("2023-13-01", false),
        ("2023-6-22", false),
        ("22.06.2023", false),
        ("", false),
    ] {
        assert_eq!(Source::is_day(text), is_day, "{text}");
    }
}

#[test]
fn an_engine_is_reported_at_its_cell() {
    let mistake = |id: &str| (id == "xl-2").then(|| ("wrong".to_owned(), Some("write xl-3".to_owned())));
    let [diagnostic] = &check_engines(&folder(), mistake)[..] else { panic!() };
    assert!(diagnostic.to_string().starts_with("tables/engines.csv:3:2: wrong\n"), "{diagnostic}");
}

#[test]
fn a_table_cannot_have_the_name_of_another_file_of_the_folder() {
    for text in ["engines", "Sources", "FORMULAS", "Exceptions"] {
        let reason = format!("is taken by {}.csv", text.to_lowercase());
        assert_eq!(Name::of_table(text), Err(reason));
    }
}
