//! What differs between two sets of tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dreamstudio_pricing_codegen::{Prices, Size};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

/// All that differs, each part in a fixed order.
#[derive(Serialize)]
pub(super) struct Diff {
    pub(super) prices: Vec<Price>,
    pub(super) entries: Vec<Entry>,
    pub(super) summary: Summary,
}

/// A price that changed, came or went.
#[derive(Serialize)]
pub(super) struct Price {
    pub(super) table: String,
    pub(super) size: String,
    pub(super) steps: u32,
    pub(super) old: Option<Amount>,
    pub(super) new: Option<Amount>,
    /// By how much the dollars changed, rounded to two decimal places.
    pub(super) percent: Option<Decimal>,
}

/// What an image costs.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Amount {
    pub(super) credits: Decimal,
    pub(super) usd: Decimal,
}

/// Something else than a price that changed, came or went.
#[derive(Serialize)]
pub(super) struct Entry {
    pub(super) what: Kind,
    pub(super) name: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

/// What an entry is about, in the order in which the kinds are told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Table,
    Size,
    Steps,
    Engine,
    Client,
    Billing,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::Size => "size",
            Self::Steps => "steps",
            Self::Engine => "engine",
            Self::Client => "client",
            Self::Billing => "billing",
        })
    }
}

#[derive(Default, Serialize)]
pub(super) struct Summary {
    pub(super) rose: usize,
    pub(super) fell: usize,
    pub(super) came: usize,
    pub(super) went: usize,
    pub(super) other: usize,
}

impl Diff {
    pub(super) fn new(old: &Prices, new: &Prices) -> Self {
        let prices = prices(old, new);
        let entries = entries(old, new);
        let mut summary = Summary { other: entries.len(), ..Summary::default() };
        for price in &prices {
            let count = match (&price.old, &price.new) {
                (None, _) => &mut summary.came,
                (_, None) => &mut summary.went,
                // Where the dollars are the same, the credits are not.
                (Some(old), Some(new)) if (new.usd, new.credits) > (old.usd, old.credits) => &mut summary.rose,
                (Some(_), Some(_)) => &mut summary.fell,
            };
            *count += 1;
        }
        Self { prices, entries, summary }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.prices.is_empty() && self.entries.is_empty()
    }
}

/// Each key of either map, with what it has in the one and in the other, where that differs.
fn differences<K: Clone + Ord, V: PartialEq>(
    mut old: BTreeMap<K, V>,
    mut new: BTreeMap<K, V>,
) -> impl Iterator<Item = (K, Option<V>, Option<V>)> {
    let keys: BTreeSet<K> = old.keys().chain(new.keys()).cloned().collect();
    let both = keys.into_iter().map(move |key| (old.remove(&key), new.remove(&key), key));
    both.filter(|(old, new, _)| old != new).map(|(old, new, key)| (key, old, new))
}

fn prices(old: &Prices, new: &Prices) -> Vec<Price> {
    differences(cells(old), cells(new))
        .map(|((table, steps, size), old, new)| Price {
            table,
            size: size.to_string(),
            steps,
            percent: old.zip(new).map(|(old, new)| percent(old.usd, new.usd)),
            old,
            new,
        })
        .collect()
}

/// Every price, row by row.
fn cells(prices: &Prices) -> BTreeMap<(String, u32, Size), Amount> {
    let mut cells = BTreeMap::new();
    for table in &prices.tables {
        for row in &table.rows {
            for (size, &credits) in table.sizes.iter().zip(&row.prices) {
                let amount = Amount { credits, usd: prices.billing.usd(credits) };
                cells.insert((table.name.text.clone(), row.steps, *size), amount);
            }
        }
    }
    cells
}

/// No price is zero.
fn percent(old: Decimal, new: Decimal) -> Decimal {
    let percent = (new - old) * Decimal::ONE_HUNDRED / old;
    let mut rounded = percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

/// What there is apart from prices, by its kind and name, and what is said of it.
fn lists(prices: &Prices, of_tables: &BTreeSet<&str>) -> BTreeMap<(Kind, String), String> {
    let mut lists = BTreeMap::new();
    let mut add = |what, name: String, text: String| lists.insert((what, name), text);
    for table in &prices.tables {
        let name = &table.name.text;
        add(Kind::Table, name.clone(), String::new());
        // Where the whole table came or went, that says enough.
        if of_tables.contains(&**name) {
            for size in &table.sizes {
                add(Kind::Size, format!("{name} {size}"), String::new());
            }
            for row in &table.rows {
                add(Kind::Steps, format!("{name} {}", row.steps), String::new());
            }
        }
    }
    for engine in &prices.engines {
        add(Kind::Engine, engine.id.clone(), engine.table.text.clone());
    }
    for client in &prices.clients {
        add(Kind::Client, client.name.text.clone(), format!("{} at {} steps", client.size, client.steps));
    }
    let billing = &prices.billing;
    add(Kind::Billing, "sign-up grant".to_owned(), format!("{} credits", billing.sign_up_grant));
    add(Kind::Billing, "minimum purchase".to_owned(), format!("${}", billing.minimum_purchase));
    add(Kind::Billing, "one credit".to_owned(), format!("${}", billing.usd(Decimal::ONE)));
    lists
}

fn entries(old: &Prices, new: &Prices) -> Vec<Entry> {
    let names = |prices: &Prices| prices.tables.iter().map(|table| table.name.text.clone()).collect::<BTreeSet<_>>();
    let (old_names, new_names) = (names(old), names(new));
    let both = old_names.intersection(&new_names).map(String::as_str).collect();
    differences(lists(old, &both), lists(new, &both))
        .map(|((what, name), old, new)| Entry { what, name, old, new })
        .collect()
}
