//! The guard against drift: everything in the repository that follows from `tables/`, compared with the tables.
//!
//! The snapshot shows each price that changed, for a reviewer to approve. The other files follow from the tables without a
//! decision. `INSTA_UPDATE=always` accepts all of it; the test is a binary of its own, so that nothing else is accepted.

#[path = "prices/coverage.rs"]
mod coverage;

use std::fmt::Write as _;
use std::{env, fs};

use dreamstudio_pricing::{Client, Credits, FILES, Formula, Table, billing};
use dreamstudio_pricing_codegen::{Folder, Prices, check, emit, price_table};

const ACCEPT: &str = "INSTA_UPDATE=always cargo test --test prices";

#[test]
fn prices() {
    assert!(
        env::var_os("DREAMSTUDIO_PRICING_TABLES").is_none_or(|folder| folder.is_empty()),
        "the accepted prices are those of tables/: unset DREAMSTUDIO_PRICING_TABLES, which replaces them"
    );
    let tables = tables();
    assert_built_from(&tables);
    insta::with_settings!({ description => format!("Accept all changes with `{ACCEPT}`."), omit_expression => true }, {
        insta::assert_snapshot!("prices", lines(&tables));
    });

    let files = [
        ("src/generated.rs", code(&tables)),
        ("src/coverage.md", coverage::markdown()),
        ("README.md", with_prices(&read("README.md"), &tables)),
    ];
    let stale: Vec<_> = files.iter().filter(|(name, text)| read(name) != *text).collect();
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        for (name, text) in stale {
            fs::write(name, text).unwrap();
        }
    } else {
        let names: Vec<&str> = stale.iter().map(|(name, _)| *name).collect();
        assert!(names.is_empty(), "{} must be updated from tables/: run `{ACCEPT}`", names.join(", "));
    }
}

/// Reads the folder as the build does.
fn tables() -> Prices {
    let tables = Folder::read("tables".as_ref(), "tables").and_then(|folder| check(&folder));
    tables.unwrap_or_else(|mistakes| panic!("{}", mistakes[0]))
}

/// Rejects a stale build. Cargo compares modification times, so it does not rebuild after an older file is copied in.
fn assert_built_from(tables: &Prices) {
    let built = FILES.iter().map(|&(name, hash)| (name.to_owned(), hash));
    assert!(
        built.eq(tables.files.iter().cloned()),
        "the build is older than tables/: save the files there once more, or touch them, and run the command again"
    );
}

/// Reads a file of the repository, with Unix line endings.
fn read(name: &str) -> String {
    fs::read_to_string(name).unwrap_or_default().replace("\r\n", "\n")
}

/// Returns a line for each price, and for most other facts of the tables, so that a diff shows the old and the new one.
fn lines(tables: &Prices) -> String {
    let mut text = String::new();
    for (&table, read) in Table::ALL.iter().zip(&tables.tables) {
        for cell in table.cells() {
            writeln!(text, "{table} {cell}, ${}", cell.price.usd()).unwrap();
        }
        for engine in table.engines() {
            writeln!(text, "{table} prices {engine}").unwrap();
        }
        if let Some(formula) = table.formula() {
            let Formula { free_pixels, rate, nearest, up, .. } = formula;
            writeln!(text, "{table} has a formula: free pixels {free_pixels}, rate {rate}, nearest {nearest}, up {up}")
                .unwrap();
        }
        for exception in table.exceptions() {
            writeln!(text, "{table} has an exception: {exception}").unwrap();
        }
        if let Some(limits) = read.limits {
            let limits = limits.columns().into_iter().filter_map(|(name, limit)| Some(format!("{name} {}", limit?)));
            writeln!(text, "{table} has limits: {}", limits.collect::<Vec<_>>().join(", ")).unwrap();
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
    let unit = if grant == Credits::whole(1) { "credit" } else { "credits" };
    writeln!(text, "a new account has {grant} {unit}").unwrap();
    writeln!(text, "the smallest purchase is ${purchase}, a credit costs ${}", Credits::whole(1).usd()).unwrap();
    text
}

/// Returns the README with the prices of the tables between its two comments.
fn with_prices(readme: &str, tables: &Prices) -> String {
    let (start, end) = ("<!-- prices -->\n", "<!-- /prices -->\n");
    let parts = readme.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    let (before, after) = parts.expect("README.md has the lines `<!-- prices -->` and `<!-- /prices -->`");
    let sections = tables.tables.iter().map(|table| {
        let day =
            table.source.as_ref().map_or_else(String::new, |source| format!("Prices of {}.\n\n", source.published));
        format!("### {}\n\n{day}{}\n", table.name.text, price_table(table, &tables.billing))
    });
    format!("{before}{start}\n{}{end}{after}", sections.collect::<String>())
}

/// Returns `src/generated.rs` as it should be: formatted, with a blank line before an item that follows another one.
fn code(tables: &Prices) -> String {
    let mut text = format!(
        "// @generated from tables/ by dreamstudio-pricing-codegen. Edit the tables instead, and run\n\
         // `{ACCEPT}`.\n\
         //\n\
         // The macros of src/module.rs add the traits and the lookups.\n"
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
