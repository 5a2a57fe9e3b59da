//! What people approve when a table changes: `cargo insta review` shows it, and `INSTA_UPDATE=always cargo test --test
//! suite` accepts all of it, the README with it.

use std::fmt::Write as _;
use std::{env, fs};

use dreamstudio_pricing::{Client, Table, billing};

#[test]
fn prices() {
    let mut text = String::new();
    for &table in Table::ALL {
        writeln!(text, "{table}, credits and dollars per image\n").unwrap();
        write!(text, "{:>5}", "steps").unwrap();
        for (width, height) in table.sizes() {
            write!(text, "  {:>17}", format!("{width}x{height}")).unwrap();
        }
        for &steps in table.steps() {
            write!(text, "\n{steps:>5}").unwrap();
            for cell in table.cells().filter(|cell| cell.steps == steps) {
                write!(text, "  {:>17}", format!("{} (${})", cell.price, cell.price.usd())).unwrap();
            }
        }
        text += "\n\n";
    }
    insta::assert_snapshot!(text);
}

#[test]
fn lists() {
    let mut text = String::new();
    for &table in Table::ALL {
        let sizes: Vec<String> = table.sizes().iter().map(|(width, height)| format!("{width}x{height}")).collect();
        writeln!(text, "table {table}").unwrap();
        writeln!(text, "  sizes {}", sizes.join(" ")).unwrap();
        writeln!(text, "  steps {:?}", table.steps()).unwrap();
        for engine in table.engines() {
            writeln!(text, "  engine {engine}").unwrap();
        }
    }
    for client in Client::ALL {
        writeln!(text, "client {client}: {:?}", client.defaults()).unwrap();
    }
    let bought = billing::purchase(billing::MINIMUM_PURCHASE).unwrap();
    writeln!(text, "sign-up grant: {} credits", billing::SIGN_UP_GRANT).unwrap();
    writeln!(text, "minimum purchase: ${} for {bought} credits", billing::MINIMUM_PURCHASE).unwrap();
    insta::assert_snapshot!(text);
}

/// The copy of the generated code that is compiled without the feature `codegen`.
#[test]
fn generated() {
    let code = super::generator::right(dreamstudio_pricing_codegen::generate("tables".as_ref(), "tables")).code;
    let code = prettyplease::unparse(&syn::parse_file(&code).unwrap());
    insta::with_settings!({
        snapshot_path => "../../src",
        prepend_module_to_snapshot => false,
        omit_expression => true,
        description => "Compiled where the feature `codegen` is off; build.rs leaves this header out.",
    }, {
        let header = "// @generated from tables/ by dreamstudio-pricing-codegen. Edit the tables, then `cargo insta review`.";
        insta::assert_snapshot!("generated", format!("{header}\n\n{code}"));
    });
}

/// The prices as the README shows them, in Markdown.
fn markdown() -> String {
    let mut text = String::new();
    for &table in Table::ALL {
        let sizes: Vec<String> = table.sizes().iter().map(|(width, height)| format!(" {width}x{height} |")).collect();
        write!(text, "### {table}\n\n| steps |{}\n|---:|{}\n", sizes.concat(), "---:|".repeat(sizes.len())).unwrap();
        for &steps in table.steps() {
            write!(text, "| {steps} |").unwrap();
            for cell in table.cells().filter(|cell| cell.steps == steps) {
                write!(text, " {} (${}) |", cell.price, cell.price.usd()).unwrap();
            }
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

#[test]
fn readme() {
    const MARKS: (&str, &str) = ("<!-- prices -->\n", "<!-- /prices -->");
    let path = "README.md";
    let text = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let (before, rest) = text.split_once(MARKS.0).expect("the README marks where the prices begin");
    let (_, after) = rest.split_once(MARKS.1).expect("the README marks where the prices end");
    let wanted = format!("{before}{}\n{}{}{after}", MARKS.0, markdown(), MARKS.1);
    // As insta does for the snapshots, and never of its own accord.
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(path, wanted).unwrap();
        return;
    }
    let wrong: Vec<&str> = wanted.lines().filter(|line| !text.lines().any(|shown| shown == *line)).collect();
    assert!(
        text == wanted,
        "README.md does not show these prices; `INSTA_UPDATE=always cargo test --test suite` accepts all that changed:\n{}",
        wrong.join("\n")
    );
}
