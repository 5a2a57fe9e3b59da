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

/// The vendor's prices of SDXL 1.0, by steps alone: those at 30 and at 40 steps are below those before them.
///
/// A third table of few cells has a formula, and prices of more than 16 bits: an exception follows from no other cell, also where
/// its whole size, its whole step count or the last cell is one.
#[test]
fn exceptions_keep_their_prices_and_bound_no_other() {
    let sizes =
        ["1024x1024", "1152x896", "896x1152", "1216x832", "832x1216", "1344x768", "768x1344", "1536x640", "640x1536"];
    let price = |steps: u32| match steps {
        30 => 160,
        40 => 180,
        50 => 200,
        // 100 x (0.0122 + 0.000127 s + 0.000000623 s²), to the nearest hundredth.
        _ => (12_200_000 + 127_000 * steps + 623 * steps * steps + 50_000) / 100_000,
    };
    let row = |steps| {
        let price = format!(",{}.{:02}", price(steps) / 100, price(steps) % 100);
        format!("{steps}{}\n", price.repeat(sizes.len()))
    };
    let rows: String = [10, 29, 30, 39, 40, 49, 50].map(row).concat();
    assert!(rows.contains("29,1.64,") && rows.contains("30,1.60,") && rows.contains("39,1.81,"), "{rows}");
    let files = TableFiles::from_iter(tables()).with("sdxl-1-0.csv", &format!("steps,{}\n{rows}", sizes.join(",")));
    assert!(check(&Folder::from_files("tables", files.clone())).is_err());
    let files = sizes.iter().fold(files, |files, size| {
        let (width, height) = size.split_once('x').unwrap();
        let [width, height] = [width, height].map(|side| side.parse().unwrap());
        files.exception("sdxl-1-0", [width, height, 30]).exception("sdxl-1-0", [width, height, 40])
    });
    let files = files
        .with(
            "odd.csv",
            "steps,512x512,768x512,512x768,1024x512,1024x1024\n\
             10,2.6214,3.9322,9,1,10.4858\n20,5.2429,7.8643,7.8643,2,20.9715\n30,1,1,1,1,900000000\n",
        )
        .formula("odd", 0, "1000", [4, 4]);
    let odd = [[512, 768, 10], [1024, 512, 10], [1024, 512, 20], [512, 512, 30], [768, 512, 30], [512, 768, 30]];
    let odd = odd.into_iter().chain([[1024, 512, 30], [1024, 1024, 30]]);
    let files = odd.fold(files, |files, cell| files.exception("odd", cell));
    let program = r#"
        use dreamstudio_pricing::{Credits, Estimate, Settings, Table};

        const AT_30: Estimate = match Table::Sdxl10.estimate(1024, 1024, 30) {
            Ok(estimate) => estimate,
            Err(_) => panic!("the table has no estimate"),
        };

        fn amounts(table: Table, width: u32, height: u32, steps: u32) -> Option<(Credits, Credits)> {
            table.estimate(width, height, steps).ok().map(|estimate| (estimate.at_least(), estimate.at_most()))
        }

        fn check(table: Table, width: u32, height: u32, steps: u32) {
            let pixels = |cell: &Settings| u64::from(cell.width) * u64::from(cell.height);
            let asked = Settings::size(width, height).steps(steps);
            let cells = || table.cells().filter(|cell| !table.exceptions().contains(&cell.settings()));
            let above = cells().filter(|cell| pixels(&cell.settings()) >= pixels(&asked) && cell.steps >= steps);
            let below = cells().filter(|cell| pixels(&cell.settings()) <= pixels(&asked) && cell.steps <= steps);
            let at_least = below.map(|cell| cell.price).max().unwrap_or(Credits::ZERO);
            let bounds = above.map(|cell| cell.price).min().map(|at_most| (at_least, at_most));
            let own = table.price_of(asked).ok();
            assert_eq!(amounts(table, width, height, steps), own.map(|own| (own, own)).or(bounds), "{asked}");
            match table.estimate_of(asked) {
                Ok(estimate) => {
                    assert_eq!(estimate.is_published(), own.is_some(), "{asked}");
                    let expected = estimate.expected().unwrap_or(estimate.at_most());
                    assert!(estimate.at_least() <= expected && expected <= estimate.at_most(), "{asked}");
                    assert!(own.is_none() || own == estimate.expected(), "{asked}");
                }
                Err(error) => assert_eq!(error.code() == "only-exceptions", {
                    let largest = table.sizes().iter().map(|&(width, height)| width * height).max().unwrap();
                    width * height <= largest && Some(&steps) <= table.steps().last()
                }, "{error}"),
            }
        }

        fn main() {
            assert_eq!((Table::Sdxl10.exceptions().len(), Table::Odd.exceptions().len()), (18, 8));
            assert_eq!(AT_30.at_most().to_string(), "1.6");
            for table in [Table::Sdxl10, Table::Odd] {
                let sides: Vec<u32> = (1..=26).map(|side| side * 64).collect();
                for (&width, &height) in sides.iter().flat_map(|width| sides.iter().map(move |height| (width, height))) {
                    (1..=51).for_each(|steps| check(table, width, height, steps));
                }
            }
            for steps in [29, 30, 31, 39, 40, 41, 50] {
                let (at_least, at_most) = amounts(Table::Sdxl10, 1024, 1024, steps).unwrap();
                println!("{steps} {at_least} {at_most}");
            }
            // The transposed size of an exception is priced by the formula.
            println!("{}", Table::Odd.estimate(512, 1024, 10).unwrap());
            println!("{}", Table::Odd.estimate(512, 512, 21).unwrap_err());
        }
    "#;
    let output = "\
29 1.64 1.64
30 1.6 1.6
31 1.64 1.81
39 1.81 1.81
40 1.8 1.8
41 1.81 1.99
50 2 2
about 5.2429 credits (3.9322 to 10.4858)
the odd table has no estimate for 512x512 at 21 steps: each cell with at least as many pixels and steps is an exception
";
    assert_eq!(Library::new(&code(files), &[]).run(program, &[]), output);
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
