//! Whether the build is of the tables that are in the folder. Cargo goes by the times of files, so that it builds nothing
//! after a file with an old time was copied in.

use std::collections::BTreeSet;

use dreamstudio_pricing::rust_decimal::Decimal;
use dreamstudio_pricing::{Client, Credits, Settings, Table, billing};
use dreamstudio_pricing_codegen::{Formula, Prices};

pub(crate) fn is_built_from(prices: &Prices) -> bool {
    built() == read(prices) && Table::ALL.iter().all(|&table| has_formula_of(prices, table))
}

/// Returns everything that the build has of the tables but the formulas, which it does not show.
fn built() -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for table in Table::ALL {
        let source = table.source();
        facts.insert(format!("{table}: {:?}", source.map(|source| [source.page, source.heading, source.published])));
        facts.extend(table.engines().iter().map(|engine| format!("engine {engine}: {table}")));
        facts.extend(table.cells().map(|cell| format!("{table} {}: {}", cell.settings(), cell.price)));
    }
    facts.extend(Client::ALL.iter().map(|client| format!("client {client}: {} {}", client.table(), client.defaults())));
    facts.insert(format!("grant: {}", billing::SIGN_UP_GRANT));
    facts.insert(format!("purchase: {}, credit: {}", billing::MINIMUM_PURCHASE, Credits::whole(1).usd()));
    facts
}

/// Returns the same as [`built`], from the folder.
fn read(prices: &Prices) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for table in &prices.tables {
        let (name, source) = (&table.name.text, table.source.as_ref());
        facts.insert(format!("{name}: {:?}", source.map(|source| [&source.page, &source.heading, &source.published])));
        for row in &table.rows {
            facts.extend(table.sizes.iter().zip(&row.prices).map(|(size, price)| {
                format!("{name} {}: {}", Settings::size(size.width, size.height).steps(row.steps), price.normalize())
            }));
        }
    }
    facts.extend(prices.engines.iter().map(|engine| format!("engine {}: {}", engine.id, engine.table.text)));
    facts.extend(prices.clients.iter().map(|client| {
        let defaults = Settings::size(client.size.width, client.size.height).steps(client.steps);
        format!("client {}: {} {defaults}", client.name.text, client.table.text)
    }));
    let billing = &prices.billing;
    facts.insert(format!("grant: {}", billing.sign_up_grant.normalize()));
    let (purchase, credit) = (billing.minimum_purchase.normalize(), billing.usd(1.into()).normalize());
    facts.insert(format!("purchase: {purchase}, credit: {credit}"));
    facts
}

/// Whether the estimates of a table are those of its formula in the folder, at a request beside each cell.
fn has_formula_of(prices: &Prices, table: Table) -> bool {
    let formula =
        prices.tables.iter().find(|read| read.name.text == table.name()).and_then(|read| read.formula.as_ref());
    table.cells().all(|cell| {
        // No table has such a width. Where the bounds are equal, the expected price is theirs without a formula too.
        let (width, pixels) = (cell.width - 1, u64::from(cell.width - 1) * u64::from(cell.height));
        let credits = formula.and_then(|formula| formula.credits(pixels, cell.steps));
        let expected =
            credits.and_then(|credits| Credits::try_from(credits).ok()).filter(|price| *price > Credits::ZERO);
        let estimate = table.estimate(width, cell.height, cell.steps);
        estimate.is_ok_and(|estimate| estimate.at_least() == estimate.at_most() || estimate.expected() == expected)
    })
}

#[test]
fn a_build_of_other_tables_is_noticed() {
    let is_noticed = |change: &dyn Fn(&mut Prices)| {
        let mut prices = crate::checked_tables();
        change(&mut prices);
        !is_built_from(&prices)
    };
    assert!(is_noticed(&|prices| prices.tables[0].rows[0].prices[0] += Decimal::ONE));
    assert!(is_noticed(&|prices| prices.tables[0].rows[0].steps += 1));
    assert!(is_noticed(&|prices| prices.billing.sign_up_grant += Decimal::ONE));
    assert!(is_noticed(&|prices| prices.billing.usd_units_per_credits_unit += 1));
    let tables = crate::checked_tables().tables;
    for at in (0..tables.len()).filter(|&at| tables[at].formula.is_some()) {
        let formula = |prices: &mut Prices, change: &dyn Fn(&mut Formula)| {
            prices.tables[at].formula.as_mut().into_iter().for_each(change);
        };
        assert!(is_noticed(&|prices| prices.tables[at].formula = None));
        assert!(is_noticed(&|prices| formula(prices, &|formula| formula.rate *= Decimal::TWO)));
    }
}
