//! Compiles and runs the code that the generator makes from tables.

use std::collections::BTreeMap;
use std::fs;

use dreamstudio_pricing_codegen::{Diagnostic, Folder, Prices, check, emit, generate};
use support::TableFiles;

use super::compiled::Library;

pub(crate) type TextFiles = BTreeMap<String, String>;

/// Returns the tables of `tests/fixture/`.
pub(crate) fn tables() -> TextFiles {
    TableFiles::read("tests/fixture/tables".as_ref()).unwrap().into_iter().collect()
}

/// Returns the value, or panics with the diagnostics as the build shows them.
fn valid<T>(result: Result<T, Vec<Diagnostic>>) -> T {
    result.unwrap_or_else(|diagnostics| {
        let diagnostics: Vec<String> = diagnostics.iter().map(Diagnostic::to_string).collect();
        panic!("the tables have mistakes:\n{}", diagnostics.join("\n"))
    })
}

/// Returns the code of the tables.
pub(crate) fn code(files: impl IntoIterator<Item = (String, String)>) -> String {
    code_of(&valid(check(&Folder::from_files("tables", files))))
}

/// Returns the code of prices, without the hashes of the files, which any change in a file changes.
pub(crate) fn code_of(prices: &Prices) -> String {
    let mut prices = prices.clone();
    prices.files.clear();
    emit(&prices).to_string()
}

/// Returns the code of the tables with each file changed by `edit`, which takes cells without quotes.
fn code_after(edit: impl Fn(&str) -> String) -> String {
    let mut files = tables();
    // This file has a comma in a cell, so it keeps its quotes.
    let sources = files.remove("sources.csv").unwrap();
    let mut files: TextFiles = files.into_iter().map(|(name, text)| (name, edit(&text))).collect();
    files.insert("sources.csv".to_owned(), sources);
    code(files)
}

/// Returns the lines of a file as a spreadsheet saves them: numbers without zeros at the end, and, if `quotes` is set,
/// texts in quotes.
fn saved_by_spreadsheet(text: &str, quotes: bool) -> Vec<String> {
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
fn a_spreadsheet_that_saves_a_table_changes_no_code() {
    let code = code(tables());
    // LibreOffice by default, LibreOffice with quoted texts, and Excel as "CSV UTF-8".
    assert_eq!(code_after(|text| saved_by_spreadsheet(text, false).join("\n") + "\n"), code);
    assert_eq!(code_after(|text| saved_by_spreadsheet(text, true).join("\n") + "\n"), code);
    assert_eq!(code_after(|text| format!("\u{feff}{}\r\n", saved_by_spreadsheet(text, false).join("\r\n"))), code);
}

#[test]
fn quotes_spaces_and_line_ends_change_no_code() {
    let code = code(tables());
    assert_eq!(code_after(|text| text.replace('\n', "\r\n")), code);
    assert_eq!(code_after(|text| text.replace('\n', "\r")), code);
    assert_eq!(code_after(|text| format!("\u{feff}{}\n\n", text.trim_end())), code);
    let quoted = |line: &str| format!(" \"{}\" \n", line.replace(',', "\" , \" "));
    assert_eq!(code_after(|text| text.lines().map(quoted).collect::<Vec<_>>().concat()), code);
}

#[test]
fn only_the_value_of_a_price_changes_the_code() {
    let code_of = |price: &str| {
        let mut files = tables();
        files.insert("single.csv".to_owned(), format!("steps,512x512\n15,{price}\n"));
        code(files)
    };
    assert_eq!(code_of("0.5"), code_of("0.50"));
    assert_ne!(code_of("0.5"), code_of("0.51"));
}

/// A maintainer may add such a table: ten sizes by ten step counts, with engines.
#[test]
fn a_table_of_ten_by_ten_is_priced_and_named() {
    let sizes: Vec<(u32, u32)> = (1..=10).map(|side| (64 * side, 64 * side + 128)).collect();
    let header: Vec<String> = sizes.iter().map(|(width, height)| format!(",{width}x{height}")).collect();
    let row = |steps: u32| -> String {
        let prices = (1..=10).map(|column| format!(",{}.{:02}", steps * column / 100, steps * column % 100));
        format!("{steps}{}\n", prices.collect::<String>())
    };
    let rows: Vec<String> = (1..=10).map(|row_number| row(row_number * 10)).collect();
    let files = TableFiles::from_iter(tables())
        .with("ten-by-ten.csv", &format!("steps{}\n{}", header.concat(), rows.concat()))
        .engine("ten-v1", "ten-by-ten")
        .engine("org/ten_v2.0:beta", "ten-by-ten")
        .client("ten", "ten-by-ten", [64, 192, 10], Some(100));
    let program = r#"
        use dreamstudio_pricing::ten_by_ten::{self, Size, Steps};
        use dreamstudio_pricing::{Client, Credits, Table};

        const PRICE: Credits = ten_by_ten::price(Size::S640x768, Steps::N100);

        fn main() {
            for id in ["ten-v1", "org/ten_v2.0:beta"] {
                assert_eq!(Table::for_engine(id), Ok(Table::TenByTen));
            }
            for (at, cell) in Table::TenByTen.cells().enumerate() {
                let (row, column) = (at as u64 / 10 + 1, at as u64 % 10 + 1);
                assert_eq!(cell.price.units(), 1000 * row * column);
                assert_eq!(Table::TenByTen.price(cell.width, cell.height, cell.steps), Ok(cell.price));
            }
            assert_eq!(Client::Ten.table(), Table::TenByTen);
            println!("{} {PRICE}", Table::TenByTen.cells().len());
        }
    "#;
    assert_eq!(Library::new(&code(files), &[]).run(program, &[]), "100 10\n");
}

/// Sizes without a pattern, by their pixels.
fn scattered_sizes(count: usize) -> BTreeMap<u64, String> {
    let side = |number: u64| 64 * (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) + 64;
    let sizes = (0..).map(|at| (side(at), side(at + 5_000)));
    sizes.map(|(width, height)| (width * height, format!("{width}x{height}"))).take(count).collect()
}

/// Tables with and without a hash of their sizes, with few and many free slots, and with prices of 16 bits and of more.
///
/// rustc's lint `long_running_const_eval` is an error here, as every warning is.
#[test]
fn tables_of_any_shape_are_looked_up() {
    let scattered: Vec<String> = scattered_sizes(1_000).into_values().collect();
    let regular: Vec<String> = (1..=700).map(|at| format!("64x{}", 64 * at)).collect();
    let credits = |count: usize| (1..=count).map(|price| price.to_string()).collect::<Vec<_>>();
    let mut files = tables();
    for (name, sizes, prices) in [
        ("scattered-1000", &scattered[..], credits(1_000)),
        ("scattered-300", &scattered[..300], credits(300)),
        ("scattered-20", &scattered[..20], credits(20 * 4)),
        ("regular-700", &regular, credits(700 * 3)),
        ("single", &regular[..1], credits(1)),
        // 16 bits hold all multiples of the smallest price, and then all but one.
        ("narrow", &regular[..2], vec!["0.0001".to_owned(), "6.5535".to_owned()]),
        ("wide", &regular[..2], vec!["0.0001".to_owned(), "6.5536".to_owned()]),
    ] {
        let rows = prices.chunks(sizes.len()).zip(1..).map(|(row, at)| format!("{},{}\n", 15 * at, row.join(",")));
        files.insert(format!("{name}.csv"), format!("steps,{}\n{}", sizes.join(","), rows.collect::<String>()));
    }
    let program = r#"
        use dreamstudio_pricing::{Credits, Table};

        fn main() {
            for name in ["scattered-1000", "scattered-300", "scattered-20", "regular-700", "single"] {
                let table: Table = name.parse().unwrap();
                let mut price = 0;
                for &steps in table.steps() {
                    for &(width, height) in table.sizes() {
                        price += 1;
                        assert_eq!(table.price(width, height, steps), Ok(Credits::whole(price)));
                        assert_eq!(table.estimate(width, height, steps).unwrap().at_most(), Credits::whole(price));
                        for (width, height) in [(width + 1, height), (width, height + 1), (0, height), (width, 0), (height, width + 64)] {
                            assert_eq!(table.price(width, height, steps).is_ok(), table.sizes().contains(&(width, height)));
                        }
                        assert!(table.price(width, height, steps + 1).is_err());
                    }
                }
            }
            for (table, last) in [(Table::Narrow, "6.5535"), (Table::Wide, "6.5536")] {
                let prices = [(64, "0.0001"), (128, last)].map(|(height, price)| (height, price.parse::<Credits>().unwrap()));
                for (height, price) in prices {
                    assert_eq!(table.price(64, height, 15), Ok(price));
                    assert_eq!(table.estimate(64, height, 15).unwrap().at_most(), price);
                }
            }
        }
    "#;
    Library::new(&code(files), &[]).run(program, &[]);
}

/// Looks up each of these engines, and ids near each.
fn find_engines(ids: &[String]) {
    let files = TableFiles::from_iter(tables()).without("engines.csv").engine("classic", "classic-2");
    let tables = ["turbo", "metered"].iter().cycle();
    let files = ids.iter().zip(tables).fold(files, |files, (id, table)| files.engine(id, table));
    let program = r#"
        use dreamstudio_pricing::Table;

        fn main() {
            let ids: Vec<&str> = Table::ALL.iter().flat_map(|table| table.engines()).copied().collect();
            for &table in Table::ALL {
                for &id in table.engines() {
                    assert_eq!(Table::for_engine(id), Ok(table));
                    for at in 0..id.len() {
                        for other in [format!("{}{}", &id[..at], &id[at + 1..]), format!("{}~{}", &id[..at], &id[at + 1..])] {
                            assert!(Table::for_engine(&other).is_err() || ids.contains(&other.as_str()), "{other}");
                        }
                    }
                    assert!(Table::for_engine(&format!("{id}~")).is_err());
                }
            }
            assert!(Table::for_engine("").is_err());
            println!("{}", ids.len());
        }
    "#;
    assert_eq!(Library::new(&code(files), &[]).run(program, &[]), format!("{}\n", ids.len() + 1));
}

#[test]
fn engines_of_any_length_are_found() {
    let ids: Vec<String> = (8..=70).map(|length| "stable-diffusion-".chars().cycle().take(length).collect()).collect();
    find_engines(&ids);
}

#[test]
fn engines_that_differ_only_in_the_middle_are_found() {
    let ids: Vec<String> = (0..300).map(|number| format!("stable-diffusion-{number}-xl-beta")).collect();
    find_engines(&ids);
}

#[test]
fn hundreds_of_engines_are_found() {
    let ids: Vec<String> =
        (0..400_u64).map(|number| format!("{:x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    find_engines(&ids);
}

/// A formula whose product does not fit 64 bits.
#[test]
fn a_formula_of_large_numbers_is_exact() {
    let files = TableFiles::from_iter(tables())
        .with("large.csv", "steps,4294967232x4294967232\n500,922337176.1977\n")
        .formula("large", 0, "0.000100000", [4, 4]);
    let program = r#"
        use dreamstudio_pricing::Table;

        fn main() {
            let price = Table::Large.price(4294967232, 4294967232, 500).unwrap();
            assert_eq!(price.to_string(), "922337176.1977");
            let estimate = Table::Large.estimate(4294967232, 2147483616, 499).unwrap();
            println!("{}", estimate.expected().unwrap());
        }
    "#;
    // 4294967232 x 2147483616 x 499 x 0.0001 / 10^9.
    assert_eq!(Library::new(&code(files), &[]).run(program, &[]), "460246250.9226\n");
}

#[test]
fn a_credit_can_have_any_exact_price() {
    let set = |price: &str| TableFiles::from_iter(tables()).billing("10", "800", price);
    // $5.50 for 800 credits is $0.006875 for one: too fine. $60 is $0.075.
    assert!(check(&Folder::from_files("tables", set("5.50"))).is_err());
    let program = r#"
        use dreamstudio_pricing::{Credits, Usd, billing};

        fn main() {
            let bought = |usd: &str| billing::purchase(usd.parse().unwrap()).map(|credits| credits.to_string());
            assert_eq!(bought("60").as_deref(), Ok("800"));
            assert_eq!(bought("60.10").as_deref(), Ok("801.3333"));
            assert!(bought("59.99").is_err());
            assert_eq!("0.0001".parse::<Credits>().unwrap().usd(), "0.0000075".parse::<Usd>().unwrap());
            assert_eq!(Credits::from_units(Credits::MAX.units() + 1), None);
            assert_eq!(billing::purchase(Credits::MAX.usd()), Ok(Credits::MAX));
            assert_eq!(Credits::try_from(Credits::MAX.usd()), Ok(Credits::MAX));
            assert!(billing::purchase(Usd::MAX).unwrap_err().to_string().contains("more than"));
            assert!(Credits::try_from(Usd::MAX).unwrap_err().to_string().contains("the largest is"));
            assert!(Credits::MAX.usd() <= Usd::MAX);
        }
    "#;
    Library::new(&code(set("60")), &[]).run(program, &[]);
}

#[test]
fn a_missing_cell_does_not_compile() {
    let code = code(tables());
    let arm = code.find("(Size :: S512x512 , Steps :: N30) => 5000").unwrap();
    let end = arm + code[arm..].find("5000 ,").unwrap() + "5000 ,".len();
    let output = Library::compile(&format!("{}{}", &code[..arm], &code[end..]), &[]).1;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && errors.contains("error[E0004]: non-exhaustive patterns"), "{errors}");
}

#[test]
fn what_a_dependent_must_not_rely_on_does_not_compile() {
    let library = Library::new(&code(tables()), &[]);
    for (error, statement) in [
        ("E0599", "let _ = dreamstudio_pricing::turbo::Size::S0x0;"),
        ("E0605", "let _ = dreamstudio_pricing::Table::Turbo as u8;"),
        ("E0004", "use dreamstudio_pricing::Table; match Table::Turbo { Table::Turbo | Table::Classic2 => {} }"),
        ("E0308", "let _: dreamstudio_pricing::Usd = dreamstudio_pricing::Credits::ZERO;"),
        ("E0639", "let _ = dreamstudio_pricing::Settings { width: 512, height: 512, steps: 4 };"),
        ("E0277", "struct Own; impl dreamstudio_pricing::Currency for Own {}"),
    ] {
        let errors = library.errors(&format!("fn main() {{ {statement} }}"));
        assert!(errors.contains(&format!("error[{error}]")), "{statement}\n{errors}");
    }
}

#[test]
fn the_same_tables_give_the_same_code() {
    let files = tables();
    let folder = tempfile::tempdir().unwrap();
    // In reverse, because a folder may be listed in the order in which its files were created.
    for (name, text) in files.iter().rev() {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let code = valid(generate(folder.path(), "here")).code;
    assert_eq!(valid(generate("tests/fixture/tables".as_ref(), "there")).code, code);
    assert_eq!(emit(&valid(check(&Folder::from_files("tables", files.into_iter().rev())))).to_string(), code);
}

#[test]
fn the_generator_leaves_the_folder_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    TableFiles::from_iter(tables()).write(folder.path()).unwrap();
    let listed = || {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        let mut files: Vec<_> = files.map(|file| (file.path(), file.metadata().unwrap().modified().unwrap())).collect();
        files.sort();
        files
    };
    let before = listed();
    valid(generate(folder.path(), "tables"));
    assert_eq!(listed(), before);
}
