//! Exhaustive tests: every lookup of plausible numbers, and every change of one byte in each file.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use dreamstudio_pricing::Table;
use dreamstudio_pricing_codegen::{Folder, check};

use super::generator::code_of;
use super::oracle::cells;
use support::facts::{BILLIONTHS_IN_A_UNIT, Files, facts_of_files, facts_of_prices};

const MAX_STEPS: u32 = 1000;

/// Returns each multiple of 8 up to 4,096, each listed side with its neighbours, and numbers that share their low bits
/// with a listed side, which a hash could mistake for it.
fn sides() -> BTreeSet<u32> {
    let listed = Table::ALL.iter().flat_map(|table| table.sizes()).flat_map(|&(width, height)| [width, height]);
    let near = listed.flat_map(|side| [side - 1, side, side + 1, side + (1 << 16), side | 1 << 31]);
    (0..=4096).step_by(8).chain(near).chain([u32::MAX]).collect()
}

#[test]
#[ignore = "long without optimisation; .ci/exhaust runs it"]
fn only_the_cells_answer() {
    let sides = sides();
    let mut lookups = 0_u64;
    for &table in Table::ALL {
        let cells = cells(&format!("{table}.csv"));
        let mut found = 0;
        for &width in &sides {
            for &height in &sides {
                for steps in (0..=MAX_STEPS).chain([u32::MAX]) {
                    lookups += 1;
                    let Ok(price) = table.price(width, height, steps) else { continue };
                    let cell = cells.get(&(width, height, steps)).map(|price| price / BILLIONTHS_IN_A_UNIT);
                    assert_eq!(Some(u128::from(price.units())), cell, "{table} {width}x{height} {steps}");
                    found += 1;
                }
            }
        }
        // No two lookups find the same cell, so every cell is found.
        let reachable = cells
            .keys()
            .filter(|(width, height, steps)| sides.contains(width) && sides.contains(height) && *steps <= MAX_STEPS);
        assert_eq!(found, reachable.count(), "{table}");
    }
    println!("{lookups} lookups");
}

fn files() -> Files {
    let files = fs::read_dir("tables").unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())).collect()
}

/// Returns each prefix of a string, and the string with each byte left out, or replaced by each other.
fn changes(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let prefixes = (0..bytes.len()).map(|end| bytes[..end].to_vec());
    let removals = (0..bytes.len()).map(|at| [&bytes[..at], &bytes[at + 1..]].concat());
    let replacements = (0..bytes.len()).flat_map(move |at| {
        (0..=u8::MAX).filter(move |&byte| byte != bytes[at]).map(move |byte| {
            let mut changed = bytes.to_vec();
            changed[at] = byte;
            changed
        })
    });
    prefixes.chain(removals).chain(replacements)
}

/// Each change is reported, or the generator reads the same as the independent parser. Then the code changes exactly if
/// the facts change, so that the comparison with `src/generated.rs` shows the change.
#[test]
#[ignore = "long without optimisation; .ci/exhaust runs it"]
fn each_change_of_a_byte_is_reported_or_read_as_it_is() {
    let files = files();
    let accepted = check(&Folder::from_files("tables", files.clone())).unwrap();
    let (facts, code) = (facts_of_files(&files), code_of(&accepted));
    assert_eq!(facts_of_prices(&accepted), facts);
    let [reported, equal, shown] = [const { AtomicUsize::new(0) }; 3];
    let try_out = |name: &str, change: Vec<u8>| {
        let mut files = files.clone();
        files.insert(name.to_owned(), change);
        let text = || format!("{name}:\n{}", String::from_utf8_lossy(&files[name]));
        let prices = match check(&Folder::from_files("tables", files.clone())) {
            Ok(prices) => prices,
            Err(diagnostics) => {
                assert!(!diagnostics.is_empty(), "{}", text());
                reported.fetch_add(1, Ordering::Relaxed);
                return;
            }
        };
        let changed_facts = facts_of_files(&files);
        assert_eq!(facts_of_prices(&prices), changed_facts, "{}", text());
        let differs = changed_facts != facts;
        assert_eq!(code_of(&prices) != code, differs, "{}", text());
        if differs { &shown } else { &equal }.fetch_add(1, Ordering::Relaxed);
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for worker in 0..workers {
            let (files, try_out) = (&files, &try_out);
            scope.spawn(move || {
                for (name, bytes) in files {
                    changes(bytes).skip(worker).step_by(workers).for_each(|change| try_out(name, change));
                }
            });
        }
    });
    println!("{reported:?} changes are reported, {equal:?} change nothing, and {shown:?} change the code");
}
