//! The facts in tables, in one form for the independent parser and the generator.

use std::collections::{BTreeMap, BTreeSet};

use dreamstudio_pricing_codegen::Prices;

use super::independent_parser::{billionths, cells_of, rows_of};

/// The number of billionths of a credit, which the independent parser counts, in a unit of `Credits`.
pub const BILLIONTHS_IN_A_UNIT: u128 = 100_000;

/// The bytes of files by their names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Returns the facts that the independent parser reads in the tables.
///
/// # Panics
///
/// Panics if a file is not valid.
#[must_use]
pub fn facts_of_files(files: &Files) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for (name, bytes) in files {
        let rows = rows_of(std::str::from_utf8(bytes).unwrap());
        let stem = name.strip_suffix(".csv").unwrap();
        if rows[0][0] == "steps" {
            facts.extend(cells_of(&rows).iter().map(|(cell, price)| format!("{stem} {cell:?} {price}")));
        } else {
            let numbers: &[usize] = match stem {
                "billing" => &[1, 2],
                "formulas" => &[2],
                _ => &[],
            };
            facts.extend(rows[1..].iter().map(|row| {
                let cells = row.iter().enumerate();
                let cell = |(column, cell): (usize, &String)| {
                    if numbers.contains(&column) { billionths(cell).to_string() } else { cell.clone() }
                };
                format!("{stem} {:?}", cells.map(cell).collect::<Vec<_>>())
            }));
        }
    }
    facts
}

/// Returns the same as [`facts_of_files`], from what the generator has read.
#[must_use]
pub fn facts_of_prices(prices: &Prices) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    let mut row = |list: &str, cells: &[String]| facts.insert(format!("{list} {cells:?}"));
    let in_billionths = |number: String| billionths(&number).to_string();
    for table in &prices.tables {
        let name = table.name.text.clone();
        if let Some(source) = table.source.clone() {
            row("sources", &[name.clone(), source.page, source.heading, source.published]);
        }
        if let Some(formula) = &table.formula {
            let (rate, numbers) = (in_billionths(formula.rate.to_string()), [formula.nearest, formula.up]);
            let [nearest, up] = numbers.map(|number| number.to_string());
            row("formulas", &[name, formula.free_pixels.to_string(), rate, nearest, up]);
        }
    }
    for table in &prices.tables {
        for exception in &table.exceptions {
            let numbers =
                [exception.size.width, exception.size.height, exception.steps].map(|number| number.to_string());
            row("exceptions", &[std::slice::from_ref(&table.name.text), &numbers].concat());
        }
    }
    for (table, limits) in prices.tables.iter().filter_map(|table| Some((table, table.limits?))) {
        let numbers = limits.columns().map(|(_, limit)| limit.map(|limit| limit.to_string()).unwrap_or_default());
        row("limits", &[std::slice::from_ref(&table.name.text), &numbers].concat());
    }
    for engine in &prices.engines {
        row("engines", &[engine.id.clone(), engine.table.text.clone()]);
    }
    for client in &prices.clients {
        let [width, height, steps] =
            [client.size.width, client.size.height, client.steps].map(|number| number.to_string());
        let images = client.granted_images.map(|images| images.to_string()).unwrap_or_default();
        row("clients", &[client.name.text.clone(), client.table.text.clone(), width, height, steps, images]);
    }
    let billing = &prices.billing;
    row("billing", &["sign_up_grant".to_owned(), in_billionths(billing.sign_up_grant.to_string()), "0".to_owned()]);
    let usd = billionths(&billing.minimum_purchase.to_string());
    // As many billionths of a dollar as billionths of a credit cost.
    let credits = usd * BILLIONTHS_IN_A_UNIT / u128::from(billing.usd_units_per_credits_unit);
    row("billing", &["minimum_purchase".to_owned(), credits.to_string(), usd.to_string()]);
    for table in &prices.tables {
        for row in &table.rows {
            facts.extend(table.sizes.iter().zip(&row.prices).map(|(size, price)| {
                let cell = (size.width, size.height, row.steps);
                format!("{} {cell:?} {}", table.name.text, billionths(&price.to_string()))
            }));
        }
    }
    facts
}
