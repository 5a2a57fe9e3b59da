//! The generator as the library depends on it.

use std::collections::BTreeMap;
use std::fs;

use dreamstudio_pricing_codegen::{Diagnostic, Folder, RESERVED, check, emit, generate};

use super::compiled::Library;

pub(crate) type Files = BTreeMap<String, String>;

/// The tables of the project.
pub(crate) fn tables() -> Files {
    let files = fs::read_dir("tables").unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "csv") && file.is_file());
    files
        .map(|file| (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap()))
        .collect()
}

/// What tables without a mistake give; the mistakes otherwise, as a person reads them.
pub(crate) fn right<T>(result: Result<T, Vec<Diagnostic>>) -> T {
    result.unwrap_or_else(|problems| {
        let problems: Vec<String> = problems.iter().map(Diagnostic::to_string).collect();
        panic!("the tables have mistakes:\n{}", problems.join("\n"))
    })
}

pub(crate) fn code(files: Files) -> String {
    emit(&right(check(&Folder::from_files("tables", files)))).to_string()
}

/// A file without all that says nothing, however it was saved: as the tests of what says nothing begin with.
fn plain(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n").replace('"', "");
    let lines = text.trim_end().lines().map(|line| line.split(',').map(str::trim).collect::<Vec<_>>().join(","));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The code of the tables, each of their files changed by `edit`.
fn code_after(edit: impl Fn(&str) -> String) -> String {
    code(tables().into_iter().map(|(name, text)| (name, edit(&plain(&text)))).collect())
}

/// The lines of a file as a spreadsheet writes them: numbers without superfluous zeros, texts in quotes if so set.
fn of_spreadsheet(text: &str, quotes: bool) -> Vec<String> {
    let cell = |cell: &str| match cell.split_once('.') {
        Some((whole, fraction)) => {
            format!("{whole}.{}", fraction.trim_end_matches('0')).trim_end_matches('.').to_owned()
        }
        None if quotes && cell.parse::<u64>().is_err() => format!("\"{cell}\""),
        None => cell.to_owned(),
    };
    text.lines().map(|line| line.split(',').map(cell).collect::<Vec<_>>().join(",")).collect()
}

#[test]
fn a_spreadsheet_that_saves_a_table_changes_nothing() {
    let unchanged = code(tables());
    // LibreOffice, by itself and where it is told to quote texts; Excel, as "CSV UTF-8".
    assert_eq!(code_after(|text| of_spreadsheet(text, false).join("\n") + "\n"), unchanged);
    assert_eq!(code_after(|text| of_spreadsheet(text, true).join("\n") + "\n"), unchanged);
    assert_eq!(code_after(|text| format!("\u{feff}{}\r\n", of_spreadsheet(text, false).join("\r\n"))), unchanged);
}

#[test]
fn what_says_nothing_changes_nothing() {
    let unchanged = code(tables());
    assert_eq!(code_after(|text| format!("\u{feff}{text}")), unchanged);
    assert_eq!(code_after(|text| text.replace('\n', "\r\n")), unchanged);
    assert_eq!(code_after(|text| text.replace('\n', "\r")), unchanged);
    assert_eq!(code_after(|text| text.trim_end().to_owned()), unchanged);
    assert_eq!(code_after(|text| format!("{text}\n\n")), unchanged);
    assert_eq!(code_after(|text| text.replace(',', " , ").replace('\n', "\t\n  ")), unchanged);
    assert_eq!(
        code_after(|text| text
            .lines()
            .map(|line| format!(" \"{}\" \n", line.replace(',', "\" , \" ")))
            .collect::<Vec<_>>()
            .concat()),
        unchanged
    );
}

#[test]
fn another_price_changes_the_code() {
    let of_price = |price: &str| {
        let mut files = tables();
        files.insert("turbo.csv".to_owned(), format!("steps,512x512\n15,{price}\n"));
        code(files)
    };
    assert_eq!(of_price("0.5"), of_price("0.50"));
    assert_ne!(of_price("0.5"), of_price("0.51"));
}

#[test]
fn no_table_can_take_the_name_of_a_module() {
    let files = fs::read_dir("src").unwrap().map(|entry| entry.unwrap().path());
    let modules = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    for module in modules.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()) {
        assert!(module == "lib" || RESERVED.contains(&&*module), "{module} is to be reserved");
    }
}

#[test]
fn a_table_and_an_engine_are_added_by_editing_tables_alone() {
    let mut files = tables();
    files.insert("turbo-2.csv".to_owned(), "steps,512x512,512x768\n1,0.0001,2\n4,1.5,2.5\n".to_owned());
    *files.get_mut("engines.csv").unwrap() += "turbo-v2,turbo-2\n";
    *files.get_mut("clients.csv").unwrap() += "my-bot,turbo-2,512,768,4,10\n";
    let library = Library::new(&code(files), &[]);
    let program = r#"
        use dreamstudio_pricing::turbo_2::{self, Size, Steps};
        use dreamstudio_pricing::{Client, Credits, Table};

        const PRICE: Credits = turbo_2::price(Size::S512x768, Steps::N4);

        fn main() {
            let table = Table::for_engine("turbo-v2").unwrap();
            assert_eq!(table, Table::Turbo2);
            assert_eq!(table.price(512, 768, 4), Ok(PRICE));
            assert_eq!(table.cells().count(), 4);
            assert_eq!(Client::MyBot.defaults().steps, 4);
            println!("{table} {PRICE} {}", table.price(512, 512, 1).unwrap());
            println!("{}", table.price(768, 512, 2).unwrap_err());
        }
    "#;
    let printed = "turbo-2 2.5 0.0001\n\
                   the turbo-2 table has no price for 768x512 at 2 steps: its sizes are 512x512, 512x768, and 512x768, \
                   the size turned round, is one of them; its step counts are 1, 4\n";
    assert_eq!(library.run(program, &[]), printed);
}

#[test]
fn a_table_of_more_sizes_than_have_a_hash_is_looked_up_all_the_same() {
    let mut state = 1_u64;
    let mut side = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 10_000 + 1
    };
    let sizes: BTreeMap<(u64, u64), u64> = (0..3_000).map(|_| (side(), side())).map(|(w, h)| ((w, h), w * h)).collect();
    let header: Vec<String> = sizes.keys().map(|(width, height)| format!("{width}x{height}")).collect();
    let row: Vec<String> = sizes.values().map(|pixels| format!("{}.{:04}", pixels / 10_000, pixels % 10_000)).collect();
    let mut files = tables();
    files.insert("wide.csv".to_owned(), format!("steps,{}\n15,{}\n", header.join(","), row.join(",")));
    let code = code(files);
    assert!(code.contains("middle"), "all of them have a hash");
    let program = r#"
        use dreamstudio_pricing::Table;

        fn main() {
            for &(width, height) in Table::Wide.sizes() {
                let price = Table::Wide.price(width, height, 15).unwrap();
                assert_eq!(price.units(), u64::from(width) * u64::from(height));
                for (width, height) in [(width + 10_000, height), (width, height + 10_000), (0, height), (width, 0)] {
                    assert!(Table::Wide.price(width, height, 15).is_err());
                }
            }
            println!("{}", Table::Wide.cells().count());
        }
    "#;
    assert_eq!(Library::new(&code, &[]).run(program, &[]), format!("{}\n", sizes.len()));
}

#[test]
fn credits_can_have_any_exact_price() {
    let mut files = tables();
    files.insert(
        "billing.csv".to_owned(),
        "item,credits,usd\nsign_up_grant,0,0\nminimum_purchase,800,5.50\n".to_owned(),
    );
    // $5.50 for 800 credits is $0.006875 for one, which is too fine; $6 is $0.0075.
    assert!(check(&Folder::from_files("tables", files.clone())).is_err());
    *files.get_mut("billing.csv").unwrap() = files["billing.csv"].replace("5.50", "6");
    let library = Library::new(&code(files), &[]);
    let program = r#"
        use dreamstudio_pricing::{Credits, Usd, billing};

        fn main() {
            let bought = |usd: &str| billing::purchase(usd.parse().unwrap()).map(|credits| credits.to_string());
            assert_eq!(bought("6").as_deref(), Ok("800"));
            assert_eq!(bought("6.01").as_deref(), Ok("801.3333"));
            assert!(bought("5.99").is_err());
            assert_eq!("0.0001".parse::<Credits>().unwrap().usd(), "0.00000075".parse::<Usd>().unwrap());
            assert_eq!(Credits::from_units(Credits::MAX.units() + 1), None);
            assert!(billing::purchase(Usd::MAX).unwrap() <= Credits::MAX);
            assert!(Credits::MAX.usd() <= Usd::MAX);
        }
    "#;
    library.run(program, &[]);
}

#[test]
fn a_missing_cell_does_not_compile() {
    let code = code(tables());
    let arm = code.find("Steps :: N30 => Credits").unwrap();
    let end = arm + code[arm..].find(',').unwrap() + 1;
    let output = Library::compile(&format!("{}{}", &code[..arm], &code[end..]), &[]).1;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && errors.contains("error[E0004]: non-exhaustive patterns"), "{errors}");
}

#[test]
fn the_same_tables_give_the_same_code() {
    let files = tables();
    let write = || {
        let folder = tempfile::tempdir().unwrap();
        // From the last to the first, since a folder may be listed in the order in which it was filled.
        for (name, text) in files.iter().rev() {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    };
    let (one, other) = (write(), write());
    let of_project = right(generate("tables".as_ref(), "tables")).code;
    assert_eq!(right(generate(one.path(), "one")).code, of_project);
    assert_eq!(right(generate(other.path(), "other")).code, of_project);
    assert_eq!(emit(&right(check(&Folder::from_files("tables", files.into_iter().rev())))).to_string(), of_project);
}

#[test]
fn the_folder_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in tables() {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let listed = || {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        let mut files: Vec<_> = files.map(|file| (file.path(), file.metadata().unwrap().modified().unwrap())).collect();
        files.sort();
        files
    };
    let before = listed();
    right(generate(folder.path(), "tables"));
    assert_eq!(listed(), before);
}

#[test]
fn what_a_dependent_must_not_rely_on_does_not_compile() {
    let library = Library::new(&code(tables()), &[]);
    for (error, statement) in [
        ("E0599", "let _ = dreamstudio_pricing::standard::Size::S0x0;"),
        ("E0605", "let _ = dreamstudio_pricing::Table::Sdxl as u8;"),
        ("E0004", "use dreamstudio_pricing::Table; match Table::Sdxl { Table::Sdxl | Table::Standard => {} }"),
        ("E0308", "let _: dreamstudio_pricing::Usd = dreamstudio_pricing::Credits::ZERO;"),
    ] {
        let errors = library.errors(&format!("fn main() {{ {statement} }}"));
        assert!(errors.contains(&format!("error[{error}]")), "{statement}\n{errors}");
    }
}
