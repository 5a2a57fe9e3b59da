//! The edition: a name of the tables as a whole.

use std::fs;
use std::path::Path;

use dreamstudio_pricing::EDITION;
use dreamstudio_pricing_codegen::{Folder, Prices, check};
use support::TableFiles;
use support::independent_parser::rows_of;

use super::compiled::Library;
use super::generator::{code, tables};

fn prices(files: TableFiles) -> Prices {
    check(&Folder::from_files("tables", files)).unwrap()
}

/// Returns what a program prints that is compiled with the library of these tables.
fn in_library(prices: &Prices) -> String {
    let program = r#"fn main() { print!("{}", dreamstudio_pricing::EDITION) }"#;
    Library::new(&dreamstudio_pricing_codegen::emit(prices).to_string(), &[]).run(program, &[])
}

#[test]
fn the_edition_is_computed_from_the_files() {
    let fnv_1a = |bytes: &[u8]| {
        let step = |hash: u128, byte: &u8| (hash ^ u128::from(*byte)) * 0x0100_0000_01b3 % (1 << 64);
        bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
    };
    let mut names: Vec<String> =
        fs::read_dir("tables").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.strip_suffix(".csv").is_some_and(|stem| !stem.starts_with(['.', '~'])));
    names.sort();
    let read = |name: &str| fs::read_to_string(Path::new("tables").join(name)).unwrap();
    let mut input = Vec::new();
    for name in &names {
        let text = read(name).replace("\r\n", "\n").replace('\r', "\n");
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let contents = fnv_1a(text.strip_suffix('\n').unwrap_or(text).as_bytes());
        input.extend(name.bytes().chain([0]));
        input.extend((0..8).rev().map(|byte| u8::try_from((contents >> (8 * byte)) % 256).unwrap()));
    }
    let sources = if names.contains(&"sources.csv".to_owned()) { rows_of(&read("sources.csv")) } else { Vec::new() };
    let day = sources.iter().skip(1).map(|row| &*row[3]).max().unwrap_or("undated");
    assert_eq!(EDITION, format!("{day}+{:016x}", fnv_1a(&input)));
}

#[test]
fn the_library_has_the_edition_that_the_generator_computes() {
    let dated = |days: [&str; 2]| {
        TableFiles::of("b", "steps,512x512\n4,0.1\n")
            .with("a.csv", "steps,512x512\n4,0.2\n")
            .source("a", "Prices", "A", days[0])
            .source("b", "Prices", "B", days[1])
    };
    for (files, day) in [
        (tables().into_iter().collect(), "2024-02-29"),
        (dated(["2023-06-22", "2023-07-01"]), "2023-07-01"),
        (dated(["2023-07-01", "2023-06-22"]), "2023-07-01"),
        (dated(["2023-06-30", "2023-06-30"]), "2023-06-30"),
        (TableFiles::valid(), "undated"),
    ] {
        let prices = prices(files);
        let edition = prices.edition();
        assert_eq!(edition.split_once('+').map(|(day, hash)| (day, hash.len())), Some((day, 16)));
        assert_eq!(in_library(&prices), edition);
    }
}

#[test]
fn what_an_editor_or_git_changes_on_saving_leaves_the_edition() {
    let edition = |edit: fn(String) -> String| {
        let files = tables().into_iter().map(|(name, text)| (name, edit(text)));
        prices(files.collect()).edition()
    };
    let unchanged = edition(|text| text);
    assert_eq!(edition(|text| text.replace('\n', "\r\n")), unchanged);
    assert_eq!(edition(|text| format!("\u{feff}{}", text.trim_end())), unchanged);
}

#[test]
fn each_change_of_a_file_or_a_name_is_another_edition() {
    let (csv, other) = ("steps,512x512\n4,0.1\n", "steps,512x512\n4,0.2\n");
    let files = || TableFiles::of("ab", csv);
    let editions = [
        files(),
        TableFiles::of("a", csv),
        files().with("ab.csv", other),
        files().with("ab.csv", "steps,512x512\n4,0.10\n"),
        files().billing("25", "1000", "11"),
        files().source("ab", "Prices", "A", "2023-06-22"),
        files().source("ab", "Prices", "B", "2023-06-22"),
        files().with("cd.csv", other),
        files().with("ef.csv", other),
        // The contents exchanged.
        files().with("ab.csv", other).with("cd.csv", csv),
    ]
    .map(|files| prices(files).edition());
    for (at, edition) in editions.iter().enumerate() {
        assert!(!editions[..at].contains(edition), "{at}: {edition}");
    }
}

/// A release with a new row and a new column is compatible.
#[test]
fn new_cells_change_no_price_and_only_narrow_estimates() {
    let program = r#"
        use dreamstudio_pricing::Table;

        fn main() {
            for &table in Table::ALL {
                for side in (256..=1088_u32).step_by(64) {
                    for steps in 5..=55 {
                        match table.estimate(side, 512, steps) {
                            Ok(estimate) => {
                                let expected = estimate.expected().map_or(String::new(), |price| price.units().to_string());
                                println!("{} {} {expected}", estimate.at_least().units(), estimate.at_most().units());
                            }
                            Err(_) => println!(),
                        }
                    }
                }
            }
        }
    "#;
    let estimates = |of_formula: &str, without: &str| {
        let files = TableFiles::of("formula", of_formula)
            .with("without.csv", without)
            .engine("without-v1", "without")
            .formula("formula", 0, "100", [4, 4]);
        let library = Library::new(&code(files), &[]);
        let line = |line: &str| line.split(' ').map(|amount| amount.parse::<u64>().ok()).collect::<Vec<_>>();
        library.run(program, &[]).lines().map(line).collect::<Vec<_>>()
    };
    let before = estimates(
        "steps,512x512,1024x512\n10,0.2621,0.5243\n50,1.3107,2.6214\n",
        "steps,512x512,1024x512\n10,1,1\n50,1,3\n",
    );
    let after = estimates(
        "steps,512x512,768x512,1024x512\n10,0.2621,0.3932,0.5243\n30,0.7864,1.1796,1.5729\n50,1.3107,1.9661,2.6214\n",
        "steps,512x512,768x512,1024x512\n10,1,1,1\n30,1,1.5,2\n50,1,2,3\n",
    );
    assert_eq!(before.len(), after.len());
    let mut changed = 0;
    for (before, after) in before.iter().zip(&after) {
        let [at_least, at_most, expected] = before[..] else { continue };
        assert!(at_least <= after[0] && after[1] <= at_most, "{before:?} {after:?}");
        assert!(expected.is_none() || expected == after[2], "{before:?} {after:?}");
        changed += u32::from(before != after);
    }
    assert!(changed > 0);
}
