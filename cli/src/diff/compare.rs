//! What differs between two sets of tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dreamstudio_pricing_codegen::{Billing, Formula, Prices, Size, Table};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::words::count;

/// All differences, each list in a fixed order.
#[derive(Serialize)]
pub(crate) struct Diff {
    pub(super) prices: Vec<Price>,
    pub(super) entries: Vec<Entry>,
    pub(super) summary: Summary,
}

/// A price that was added, removed or changed.
#[derive(Serialize)]
pub(super) struct Price {
    pub(super) table: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) steps: u32,
    pub(super) old: Option<Amount>,
    pub(super) new: Option<Amount>,
    /// The change of the dollars, rounded to two decimal places.
    pub(super) percent: Option<Decimal>,
}

/// The price of one image.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Amount {
    pub(super) credits: Decimal,
    pub(super) usd: Decimal,
}

/// Anything but a price that was added, removed or changed.
#[derive(Serialize)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) subject: Subject,
    pub(super) change: Change,
    pub(super) old: Option<Value>,
    pub(super) new: Option<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Change {
    Added,
    Removed,
    Changed,
}

/// What an entry is about. Entries are sorted by it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub(super) enum Subject {
    Table { table: String },
    Size { table: String, width: u32, height: u32 },
    Steps { table: String, steps: u32 },
    Source { table: String },
    Formula { table: String },
    Engine { engine: String },
    Client { client: String },
    Billing { item: Item },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Item {
    SignUpGrant,
    MinimumPurchase,
    /// What one credit costs.
    Credit,
}

/// What the tables say about a subject.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Value {
    Source { page: String, heading: String, published: String },
    Formula { free_pixels: u64, credits_per_gigapixel_step: Decimal, nearest: u32, up: u32 },
    Engine { table: String },
    Client { table: String, width: u32, height: u32, steps: u32, granted_images: Option<u64> },
    Credits { credits: Decimal },
    Usd { usd: Decimal },
}

/// How many prices went which way, and how many entries there are.
#[derive(Default, Serialize)]
pub(super) struct Summary {
    pub(super) rose: usize,
    pub(super) fell: usize,
    pub(super) added: usize,
    pub(super) removed: usize,
    pub(super) other: usize,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { table } => write!(f, "table {table}"),
            Self::Size { table, width, height } => write!(f, "size {table} {width}x{height}"),
            Self::Steps { table, steps } => write!(f, "steps {table} {steps}"),
            Self::Source { table } => write!(f, "source {table}"),
            Self::Formula { table } => write!(f, "formula {table}"),
            Self::Engine { engine } => write!(f, "engine {engine}"),
            Self::Client { client } => write!(f, "client {client}"),
            Self::Billing { item: Item::SignUpGrant } => f.write_str("billing sign-up grant"),
            Self::Billing { item: Item::MinimumPurchase } => f.write_str("billing minimum purchase"),
            Self::Billing { item: Item::Credit } => f.write_str("billing one credit"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source { page, heading, published } => write!(f, "{published}, {heading} in {page}"),
            Self::Formula { free_pixels, credits_per_gigapixel_step, nearest, up } => {
                write!(f, "{}, ", count(free_pixels, "free pixel", "free pixels"))?;
                write!(f, "{} per gigapixel-step, ", count(credits_per_gigapixel_step, "credit", "credits"))?;
                write!(f, "rounded to {nearest} and up to {}", count(up, "decimal place", "decimal places"))
            }
            Self::Engine { table } => f.write_str(table),
            Self::Client { table, width, height, steps, granted_images } => {
                write!(f, "{table} {width}x{height} at {}", count(steps, "step", "steps"))?;
                match granted_images {
                    Some(images) => write!(f, ", {}", count(images, "granted image", "granted images")),
                    None => Ok(()),
                }
            }
            Self::Credits { credits } => f.write_str(&count(credits, "credit", "credits")),
            Self::Usd { usd } => write!(f, "${usd}"),
        }
    }
}

impl Diff {
    pub(super) fn new(old: &Prices, new: &Prices) -> Self {
        Self::of(prices(cells(&old.tables, &old.billing), cells(&new.tables, &new.billing)), entries(old, new))
    }

    /// The differences of prices, at one price of a credit, and nothing else.
    pub(crate) fn of_tables<'a>(
        old: impl IntoIterator<Item = &'a Table>,
        new: impl IntoIterator<Item = &'a Table>,
        billing: &Billing,
    ) -> Self {
        Self::of(prices(cells(old, billing), cells(new, billing)), Vec::new())
    }

    fn of(prices: Vec<Price>, entries: Vec<Entry>) -> Self {
        let mut summary = Summary { other: entries.len(), ..Summary::default() };
        for price in &prices {
            let count = match (&price.old, &price.new) {
                (None, _) => &mut summary.added,
                (_, None) => &mut summary.removed,
                // If the dollars are equal, the credits differ.
                (Some(old), Some(new)) if (new.usd, new.credits) > (old.usd, old.credits) => &mut summary.rose,
                (Some(_), Some(_)) => &mut summary.fell,
            };
            *count += 1;
        }
        Self { prices, entries, summary }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.prices.is_empty() && self.entries.is_empty()
    }
}

/// Each key whose values in the two maps differ, with both.
fn differences<K: Clone + Ord, V: PartialEq>(
    mut old: BTreeMap<K, V>,
    mut new: BTreeMap<K, V>,
) -> impl Iterator<Item = (K, Option<V>, Option<V>)> {
    let keys: BTreeSet<K> = old.keys().chain(new.keys()).cloned().collect();
    let both = keys.into_iter().map(move |key| (old.remove(&key), new.remove(&key), key));
    both.filter(|(old, new, _)| old != new).map(|(old, new, key)| (key, old, new))
}

fn prices(old: Cells, new: Cells) -> Vec<Price> {
    differences(old, new)
        .map(|((table, steps, size), old, new)| Price {
            table,
            width: size.width,
            height: size.height,
            steps,
            percent: old.zip(new).map(|(old, new)| percent(old.usd, new.usd)),
            old,
            new,
        })
        .collect()
}

/// Prices, row by row.
type Cells = BTreeMap<(String, u32, Size), Amount>;

fn cells<'a>(tables: impl IntoIterator<Item = &'a Table>, billing: &Billing) -> Cells {
    let mut cells = Cells::new();
    for table in tables {
        for row in &table.rows {
            for (size, &credits) in table.sizes.iter().zip(&row.prices) {
                let amount = Amount { credits, usd: billing.usd(credits) };
                cells.insert((table.name.text.clone(), row.steps, *size), amount);
            }
        }
    }
    cells
}

/// No price is zero, so `old` can divide.
fn percent(old: Decimal, new: Decimal) -> Decimal {
    let percent = (new - old) * Decimal::ONE_HUNDRED / old;
    let mut rounded = percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

fn entries(old: &Prices, new: &Prices) -> Vec<Entry> {
    let names = |prices: &Prices| prices.tables.iter().map(|table| table.name.text.clone()).collect::<BTreeSet<_>>();
    let in_both = &names(old) & &names(new);
    differences(subjects(old, &in_both), subjects(new, &in_both))
        .map(|(subject, old, new)| Entry {
            subject,
            change: match (&old, &new) {
                (None, _) => Change::Added,
                (_, None) => Change::Removed,
                (Some(_), Some(_)) => Change::Changed,
            },
            old: old.flatten(),
            new: new.flatten(),
        })
        .collect()
}

/// Everything but the prices, with what the tables say about it; nothing if its presence says it all.
fn subjects(prices: &Prices, in_both: &BTreeSet<String>) -> BTreeMap<Subject, Option<Value>> {
    let mut subjects = BTreeMap::new();
    let mut add = |subject, value| subjects.insert(subject, value);
    for table in &prices.tables {
        let name = || table.name.text.clone();
        add(Subject::Table { table: name() }, None);
        // A table that was added or removed as a whole is one entry, not one for each size and step count.
        if in_both.contains(&table.name.text) {
            for size in &table.sizes {
                add(Subject::Size { table: name(), width: size.width, height: size.height }, None);
            }
            for row in &table.rows {
                add(Subject::Steps { table: name(), steps: row.steps }, None);
            }
        }
        if let Some(source) = &table.source {
            let (page, heading, published) = (source.page.clone(), source.heading.clone(), source.published.clone());
            add(Subject::Source { table: name() }, Some(Value::Source { page, heading, published }));
        }
        if let Some(&Formula { free_pixels, rate, nearest, up, .. }) = table.formula.as_ref() {
            let value = Value::Formula { free_pixels, credits_per_gigapixel_step: rate, nearest, up };
            add(Subject::Formula { table: name() }, Some(value));
        }
    }
    for engine in &prices.engines {
        let table = engine.table.text.clone();
        add(Subject::Engine { engine: engine.id.clone() }, Some(Value::Engine { table }));
    }
    for client in &prices.clients {
        let value = Value::Client {
            table: client.table.text.clone(),
            width: client.size.width,
            height: client.size.height,
            steps: client.steps,
            granted_images: client.granted_images,
        };
        add(Subject::Client { client: client.name.text.clone() }, Some(value));
    }
    let billing = &prices.billing;
    for (item, value) in [
        (Item::SignUpGrant, Value::Credits { credits: billing.sign_up_grant }),
        (Item::MinimumPurchase, Value::Usd { usd: billing.minimum_purchase }),
        (Item::Credit, Value::Usd { usd: billing.usd(Decimal::ONE) }),
    ] {
        add(Subject::Billing { item }, Some(value));
    }
    subjects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_rounded_half_away_from_zero_and_have_two_places() {
        for (old, new, text) in [
            ("2", "3", "50.00"),
            ("3", "2", "-33.33"),
            ("16", "16.0008", "0.01"),
            ("16", "15.9992", "-0.01"),
            ("16", "16.0007", "0.00"),
        ] {
            assert_eq!(percent(old.parse().unwrap(), new.parse().unwrap()).to_string(), text, "{old} → {new}");
        }
    }
}
