//! Files of a folder on their own, and price tables of a page.

use dreamstudio_pricing_codegen::{
    Diagnostic, Document, Folder, Name, Published, PublishedCell, Source, Table, check_engines, sources_csv,
};

const BILLING: (&str, &str) = ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n");
const SOURCES: &str = "table,page,heading,published\nxl,\"Prices, all\",\"The \"\"XL\"\" table\",2023-06-22\n";

/// A table that does not equal its formula, and clients with a mistake.
fn folder() -> Folder {
    Folder::from_files(
        "tables",
        [
            BILLING,
            ("xl.csv", "steps,512x512,768x512\n15,0.2,0.4\n30,0.5,0.8\n"),
            ("clients.csv", "client\n"),
            ("engines.csv", "engine,table\nxl-1,xl\n xl-2 ,xl\n"),
            ("formulas.csv", "table,free_pixels,credits_per_gigapixel_step,nearest,up\nxl,0,1,2,2\n"),
            ("sources.csv", SOURCES),
        ],
    )
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
fn a_source_may_be_of_a_table_that_is_not_there_yet() {
    let folder = Folder::from_files("tables", [("sources.csv", SOURCES)]);
    let [(table, source)] = &folder.sources().unwrap()[..] else { panic!() };
    assert_eq!((&**table, &*source.page, &*source.heading), ("xl", "Prices, all", "The \"XL\" table"));
    assert_eq!(Folder::from_files("tables", [BILLING]).sources(), Ok(Vec::new()));
}

#[test]
fn sources_are_written_as_they_are_read() {
    assert_eq!(sources_csv(&folder().sources().unwrap()), SOURCES);
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
    for text in ["engines", "Sources", "FORMULAS"] {
        let reason = format!("is taken by {}.csv", text.to_lowercase());
        assert_eq!(Name::of_table(text), Err(reason));
    }
}

/// The mistakes of a page with one row on each line, and a vertical bar after each cell but the last. A cell may have
/// dollars after a space.
fn mistakes(text: &str) -> Vec<String> {
    let page = Document::new("page", text.as_bytes(), "Markdown").unwrap();
    let (mut rows, mut start) = (Vec::new(), 0);
    for line in text.lines() {
        let mut row = Vec::new();
        for cell in line.split('|') {
            let (credits, usd) = cell.split_once(' ').map_or((cell, None), |(credits, usd)| (credits, Some(usd)));
            let (middle, end) = (start + credits.len(), start + cell.len());
            let usd = usd.map(|usd| (usd.to_owned(), middle + 1..end));
            row.push(PublishedCell { text: credits.to_owned(), range: start..middle, usd });
            start = end + 1;
        }
        rows.push(row);
    }
    let published = Published { rows };
    match published.check(&page, &name("xl"), &folder().billing().unwrap(), Some(&table())) {
        Ok(_) => Vec::new(),
        Err(mistakes) => {
            mistakes.iter().map(|mistake| mistake.to_string().lines().next().unwrap().to_owned()).collect()
        }
    }
}

#[test]
fn dollars_that_are_the_credits_at_their_price_are_right() {
    assert_eq!(mistakes("steps|512x512|768x512\n15|0.2 0.002|0.4 0.0040\n30|0.5|0.80 0.008"), [""; 0]);
}

#[test]
fn credits_that_have_changed_without_their_dollars_are_reported() {
    assert_eq!(
        mistakes("steps|512x512|768x512\n15|0.3 0.002|0.4"),
        ["page:2:4: 0.3 credits cost $0.003, and not $0.002"]
    );
}

#[test]
fn dollars_that_have_changed_without_their_credits_are_reported() {
    assert_eq!(
        mistakes("steps|512x512|768x512\n15|0.2 0.003|0.4"),
        ["page:2:8: 0.2 credits cost $0.002, and not $0.003"]
    );
    assert_eq!(mistakes("steps|512x512\n15|1 0.02"), ["page:2:6: 1 credit costs $0.01, and not $0.02"]);
}

#[test]
fn a_price_that_its_dollars_contradict_is_reported_once() {
    // 14.2 also falls to the next row.
    assert_eq!(
        mistakes("steps|512x512\n15|14.2 0.002\n30|0.5 0.005"),
        ["page:2:4: 14.2 credits cost $0.142, and not $0.002"]
    );
}

#[test]
fn a_row_with_more_or_fewer_cells_than_the_header_is_reported() {
    assert_eq!(
        mistakes("steps|512x512|768x512\n15|0.2\n30|0.5|0.8|1\n50"),
        [
            "page:2:7: the row has 2 cells where the header has 3",
            "page:3:12: the row has more cells than the header, which has 3",
            "page:4:3: the row has 1 cell where the header has 3",
        ]
    );
}

#[test]
fn the_rules_of_price_tables_hold_on_a_page() {
    for (text, mistake) in [
        ("steps|512x512", "page:1:1: the table has no rows"),
        ("Size|512x512\n15|1", "page:1:1: the first column is `Size`, not `steps`"),
        ("steps|512x512|512x512\n15|1|1", "page:1:15: the size 512x512 is a duplicate"),
        ("steps|512x500\n15|1", "page:1:7: the height 500 is not a multiple of 64"),
        ("steps|512x512\n15|1\n15|2", "page:3:1: the step count 15 is a duplicate"),
        ("steps|512x512\n15|n/a", "page:2:4: the price `n/a` is not a plain number"),
        ("steps|512x512\n15|1 ten", "page:2:6: the amount of dollars `ten` is not a plain number"),
        ("steps|512x512\n15|2\n30|1", "page:3:4: "),
    ] {
        let mistakes = mistakes(text);
        assert!(mistakes.len() == 1 && mistakes[0].starts_with(mistake), "{mistakes:?}");
    }
}
