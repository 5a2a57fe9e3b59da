//! Properties of any two usage logs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use dreamprice::Arguments;
use dreamstudio_pricing::Table;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use super::HEADER;

/// A row that has a price, an estimate or neither.
fn rows() -> impl Strategy<Value = String> {
    let cells: Vec<_> = Table::ALL.iter().flat_map(|table| table.cells().map(|cell| (table.name(), cell))).collect();
    let engine = prop_oneof![4 => Just(None), 1 => Just(Some("no-engine"))];
    let more = || prop_oneof![6 => Just(0), 2 => 1..200_u32, 1 => Just(u32::MAX)];
    let images =
        prop_oneof![Just(String::new()), Just("x".to_owned()), (1..1000_u32).prop_map(|count| count.to_string())];
    // The last cell is one too many.
    let user = prop::sample::select(vec!["", "a", "\"b\nb\"", "c,c"]);
    (prop::sample::select(cells), engine, more(), more(), images, user).prop_map(
        |((table, cell), engine, wider, longer, images, user)| {
            let (width, steps) = (cell.width.saturating_add(wider), cell.steps.saturating_add(longer));
            format!("{},{width},{},{steps},{images},{user}\n", engine.unwrap_or(table), cell.height)
        },
    )
}

/// Each number of a report by its path; `None` is an unknown number.
type Numbers = BTreeMap<String, Option<Decimal>>;

/// Returns the numbers of the bill of some logs.
fn numbers(folder: &Path, logs: &[&[String]], options: &[&str], blocks: (usize, usize)) -> Numbers {
    let mut arguments: Vec<OsString> = ["dreamprice", "bill", "--format", "json"].map(OsString::from).to_vec();
    arguments.extend(options.iter().map(OsString::from));
    for (number, rows) in logs.iter().enumerate() {
        let path = folder.join(number.to_string());
        fs::write(&path, HEADER.to_owned() + &rows.concat()).unwrap();
        arguments.push(path.into());
    }
    let outcome = Arguments::new(arguments).unwrap().run_in_blocks(blocks.0, blocks.1);
    let report = serde_json::from_str(&outcome.stdout()).unwrap_or_else(|_| panic!("{outcome:?}"));
    let mut numbers = Numbers::new();
    collect("", &report, &mut numbers);
    numbers
}

fn collect(path: &str, value: &Value, numbers: &mut Numbers) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                // All groups are there, so that there are no others. The rest are lines of files, names, and no number.
                let left_out = [
                    "first_lines",
                    "open_quotes",
                    "others",
                    "by",
                    "reason",
                    "engine",
                    "suggestion",
                    "one_image_each",
                    "not_utf_8",
                    "edition",
                    "from",
                    "version",
                ];
                if !left_out.contains(&&**name) {
                    collect(&format!("{path} {name}"), value, numbers);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                let name = ["by", "reason", "engine", "edition"].into_iter().find_map(|name| item.get(name)).unwrap();
                collect(&format!("{path} {name}"), item, numbers);
            }
        }
        // The path of an amount.
        Value::Null => numbers.extend(["credits", "usd"].map(|unit| (format!("{path} {unit}"), None))),
        value => {
            let number = value.as_str().map_or_else(|| value.to_string(), str::to_owned).parse().unwrap();
            assert_eq!(numbers.insert(path.to_owned(), Some(number)), None);
        }
    }
}

proptest! {
    // A case runs the command five times.
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.div_ceil(4),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_bill_of_two_logs_is_the_sum_of_their_bills_in_any_order(
        (rows, shuffled) in prop::collection::vec(rows(), 0..20)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        at in any::<prop::sample::Index>(),
        options in prop::sample::select(vec![&[] as &[&str], &["--estimate"], &["--by", "user,engine", "--estimate"]]),
        blocks in (1..300_usize, 1..4_usize),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let bill = |logs: &[&[String]], blocks| numbers(folder.path(), logs, options, blocks);
        let (first, second) = rows.split_at(at.index(rows.len() + 1));
        let mut sum = bill(&[first], (1 << 16, 1));
        for (path, number) in bill(&[second], (1 << 16, 1)) {
            let sum = sum.entry(path).or_insert(Some(Decimal::ZERO));
            *sum = sum.zip(number).map(|(a, b)| a + b);
        }
        prop_assert_eq!(&bill(&[first, second], blocks), &sum);
        prop_assert_eq!(&bill(&[second, first], blocks), &sum);
        prop_assert_eq!(&bill(&[&*shuffled], blocks), &sum);
    }
}
