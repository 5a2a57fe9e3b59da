//! `dreamprice quote`, run as a person or a program runs it.

use std::process::{Command, Output};

use dreamstudio_pricing::{Credits, Table, Usd};
use serde_json::Value;

fn quote(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dreamprice")).arg("quote").args(arguments).output().unwrap()
}

/// What was printed, where it went well.
fn printed(arguments: &[&str]) -> String {
    let output = quote(arguments);
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The message, where there is no price: that alone, and nothing that a program would take for a price.
fn refused(arguments: &[&str]) -> String {
    let output = quote(arguments);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_person_reads_price_and_total() {
    let price = Table::Sdxl.price(512, 768, 30).unwrap();
    let text = printed(&["sdxl", "512x768", "30", "--images", "4"]);
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let amounts = |credits: Credits| [credits.to_string(), "credits".to_owned(), format!("${}", credits.usd())];
    assert_eq!(lines[0].join(" "), "512x768 at 30 steps, by the sdxl table");
    assert_eq!(
        (lines[1][..2].join(" "), &lines[1][2..]),
        ("per image".into(), &amounts(price).each_ref().map(|s| &**s)[..])
    );
    assert_eq!(
        (lines[2][..2].join(" "), &lines[2][2..]),
        ("4 images".into(), &amounts(price * 4).each_ref().map(|s| &**s)[..])
    );
}

#[test]
fn a_program_reads_json() {
    let price = Table::Sdxl.price(512, 768, 30).unwrap();
    let json: Value = serde_json::from_str(&printed(&["sdxl", "512x768", "30", "--images", "4", "--json"])).unwrap();
    let read = |amount: &Value| -> (Credits, Usd) {
        (amount["credits"].as_str().unwrap().parse().unwrap(), amount["usd"].as_str().unwrap().parse().unwrap())
    };
    assert_eq!(read(&json["per_image"]), (price, price.usd()));
    assert_eq!(read(&json["total"]), (price * 4, (price * 4).usd()));
    let asked = ["table", "size", "steps", "images"].map(|key| json[key].to_string());
    assert_eq!(asked, ["\"sdxl\"", "\"512x768\"", "30", "4"]);
}

#[test]
fn an_engine_stands_for_its_table() {
    for &table in Table::ALL {
        let cell = table.cells().next().unwrap();
        let (size, steps) = (format!("{}x{}", cell.width, cell.height), cell.steps.to_string());
        for engine in table.engines() {
            assert_eq!(printed(&[engine, &size, &steps]), printed(&[table.name(), &size, &steps]));
        }
    }
}

#[test]
fn what_is_not_priced_is_an_error_in_the_words_of_the_library() {
    let error = Table::Standard.price(1, 1, 30).unwrap_err();
    assert_eq!(refused(&["standard", "1x1", "30"]), format!("error: {error}\n"));
    let error = Table::for_engine("esrgan-v1-x2plus").unwrap_err();
    assert!(refused(&["esrgan-v1-x2plus", "512x512", "30"]).starts_with(&format!("error: {error}")));
    refused(&["sdxl", "512x512", "30", "--images", "18446744073709551615"]);
}

#[test]
fn wrong_arguments_are_told_apart_from_what_has_no_price() {
    for arguments in [
        &["sdxl", "512*512", "30"][..],
        &["sdxl", "512x512x3", "30"],
        &["sdxl", "+512x512", "30"],
        &["sdxl", "512x512", "-30"],
        &["sdxl", "512x512", "30", "--images", "0"],
        &["sdxl"],
    ] {
        let output = quote(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output.stdout.is_empty());
    }
}
