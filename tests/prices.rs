//! The guard against drift: everything in the repository that follows from `tables/`, compared with the tables.
//!
//! `INSTA_UPDATE=always` accepts all of it. The test is a binary of its own, so that nothing else is accepted with it.

#[path = "prices/coverage.rs"]
mod coverage;

use std::fmt::Write as _;
use std::fs;

use dreamstudio_pricing::{Client, Credits, FILES, Table, billing};
use dreamstudio_pricing_codegen::{Folder, Prices, check, emit, price_table};

const ACCEPT: &str = "INSTA_UPDATE=always cargo test --test prices";

/// A line for each price, and for each other fact of the tables, so that a difference shows what was and what is.
#[test]
fn prices() {
    assert_built_from(&tables());
    insta::assert_snapshot!("prices", lines());
}

#[test]
fn generated_code() {
    compare("src/generated.rs", &code(&tables()));
}

#[test]
fn readme() {
    let tables = tables();
    let (start, end) = ("<!-- prices -->\n", "<!-- /prices -->\n");
    let readme = read("README.md");
    let parts = readme.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    let (before, after) = parts.expect("README.md has the lines `<!-- prices -->` and `<!-- /prices -->`");
    let sections = tables.tables.iter().map(|table| {
        let day =
            table.source.as_ref().map_or_else(String::new, |source| format!("Prices of {}.\n\n", source.published));
        format!("### {}\n\n{day}{}\n", table.name.text, price_table(table, &tables.billing))
    });
    compare("README.md", &format!("{before}{start}\n{}{end}{after}", sections.collect::<String>()));
}

#[test]
fn coverage_of_estimates() {
    assert_built_from(&tables());
    compare("src/coverage.md", &coverage::markdown());
}

/// Reads the folder as the build does.
fn tables() -> Prices {
    let tables = Folder::read("tables".as_ref(), "tables").and_then(|folder| check(&folder));
    tables.unwrap_or_else(|mistakes| panic!("{}", mistakes[0]))
}

/// Cargo goes by the times of files: it builds nothing after a file with an old time was copied in.
fn assert_built_from(tables: &Prices) {
    let built = FILES.iter().map(|&(name, hash)| (name.to_owned(), hash));
    assert!(
        built.eq(tables.files.iter().cloned()),
        "the build is older than tables/: save the files there once more, or touch them, and run the command again"
    );
}

/// Compares a file with what it should be, or writes it if that is accepted.
fn compare(name: &str, text: &str) {
    if read(name) == text {
        return;
    }
    assert!(
        std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always"),
        "{name} is not what the tables give: to accept the tables, run `{ACCEPT}`"
    );
    fs::write(name, text).unwrap();
}

/// Reads a file of the repository, with the line ends of Unix.
fn read(name: &str) -> String {
    fs::read_to_string(name).unwrap_or_default().replace("\r\n", "\n")
}

fn lines() -> String {
    let mut text = String::new();
    for &table in Table::ALL {
        for cell in table.cells() {
            writeln!(text, "{table} {cell}, ${}", cell.price.usd()).unwrap();
        }
        for engine in table.engines() {
            writeln!(text, "{table} prices {engine}").unwrap();
        }
        if let Some(formula) = table.formula() {
            writeln!(text, "{table} follows {formula:?}").unwrap();
        }
        if let Some(source) = table.source() {
            writeln!(text, "{table} was published on {}: {}, {}", source.published, source.page, source.heading)
                .unwrap();
        }
        text.push('\n');
    }
    for client in Client::ALL {
        writeln!(text, "{client} uses {} with {}", client.table(), client.defaults()).unwrap();
    }
    let (grant, purchase) = (billing::SIGN_UP_GRANT, billing::MINIMUM_PURCHASE);
    writeln!(text, "a new account has {grant} credits").unwrap();
    writeln!(text, "the smallest purchase is ${purchase}, a credit costs ${}", Credits::whole(1).usd()).unwrap();
    text
}

/// Returns `src/generated.rs` as it should be: formatted, with a blank line before an item that follows another one.
fn code(tables: &Prices) -> String {
    let mut text = format!(
        "// @generated from tables/ by dreamstudio-pricing-codegen. Edit the tables instead, and run\n\
         // `{ACCEPT}`.\n"
    );
    let code = prettyplease::unparse(&syn::parse2(emit(tables)).unwrap());
    let ends_item = |line: &str| line.ends_with(['}', ';']) && !line.starts_with("//");
    let starts_item =
        |line: &str| ["//", "#[", "pub ", "impl ", "const _", "crate::"].iter().any(|it| line.starts_with(it));
    let mut last = "}";
    for line in code.lines() {
        if ends_item(last) && starts_item(line.trim_start()) {
            text.push('\n');
        }
        writeln!(text, "{line}").unwrap();
        last = line.trim_start();
    }
    text
}
