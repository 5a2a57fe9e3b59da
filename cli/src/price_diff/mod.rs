//! What differs between two sets of tables. `dreamprice diff` and `dreamprice import` print it.

mod print;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Not;
use std::time::SystemTime;

use dreamstudio_pricing_codegen::{Billing, Client, Exception, Folder, Formula, Prices, Size, Source, Table, dollars};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::plural::count;
use crate::published::PageReport;

pub(crate) use print::code_span;

/// All differences, each list in a fixed order.
#[derive(Serialize)]
pub(crate) struct Diff {
    pub(crate) prices: Vec<TableCellChange>,
    pub(crate) moves: Vec<EngineMove>,
    pub(crate) entries: Vec<FactChange>,
    pub(crate) days: Vec<DayNote>,
    pub(crate) summary: DiffSummary,
    /// What could not be compared, because the old tables have mistakes.
    pub(crate) not_compared: Option<NotCompared>,
    /// What else there is to say about the page, if a side is one.
    pub(crate) page: Option<PageReport>,
    /// What the report begins with.
    #[serde(skip)]
    pub(crate) verdict: Option<String>,
    /// What the report ends with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) compared: Option<Compared>,
    #[serde(skip)]
    sides: [SideCount; 2],
}

/// What was compared with what.
#[derive(Serialize)]
pub(crate) struct Compared {
    old: ComparedSide,
    new: ComparedSide,
    what: ComparedParts,
}

/// Which parts of the tables were compared.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ComparedParts {
    All,
    /// Prices, and nothing else.
    Prices,
    /// What a page says.
    Page,
}

#[derive(Serialize)]
struct ComparedSide {
    name: String,
    #[serde(flatten)]
    count: SideCount,
}

/// The tables that were compared on one side.
#[derive(Clone, Copy, Serialize)]
struct SideCount {
    tables: usize,
    prices: usize,
}

/// Credits by step count and size.
pub(crate) type TableCells = BTreeMap<(u32, Size), Decimal>;

/// A price of a table that was added, removed or changed.
#[derive(Serialize)]
pub(crate) struct TableCellChange {
    pub(crate) table: String,
    #[serde(flatten)]
    pub(crate) cell: CellChange,
    /// Whether it exceeds the limit.
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) beyond: bool,
}

/// Engines that moved from one table to another, and the prices that changed for their users.
#[derive(Serialize)]
pub(crate) struct EngineMove {
    pub(crate) engines: Vec<String>,
    pub(crate) old: String,
    pub(crate) new: String,
    pub(crate) prices: Vec<CellChange>,
    /// Whether it exceeds the limit.
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) beyond: bool,
}

#[derive(Serialize)]
pub(crate) struct CellChange {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) steps: u32,
    #[serde(flatten)]
    pub(crate) price: PriceChange,
}

/// The price of one image on both sides.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct PriceChange {
    pub(crate) old: Option<DecimalPrice>,
    pub(crate) new: Option<DecimalPrice>,
    /// The change of the dollars, rounded to two decimal places.
    pub(crate) percent: Option<Decimal>,
}

/// The price of one image.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct DecimalPrice {
    pub(crate) credits: Decimal,
    pub(crate) usd: Decimal,
}

/// What was not compared: everything but prices, and all of these tables.
#[derive(Serialize)]
pub(crate) struct NotCompared {
    pub(crate) tables: Vec<String>,
}

/// A change of anything but a price or the table of an engine.
#[derive(Serialize)]
pub(crate) struct FactChange {
    #[serde(flatten)]
    pub(crate) subject: Subject,
    pub(crate) change: ChangeKind,
    pub(crate) old: Option<Fact>,
    pub(crate) new: Option<Fact>,
    /// The price of one image at the defaults of a client, if they changed. It may be the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) price: Option<PriceChange>,
    /// Whether it exceeds the limit.
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) beyond: bool,
}

/// What is unusual about the days on which a table was published.
#[derive(Serialize)]
pub(crate) struct DayNote {
    #[serde(flatten)]
    pub(crate) of: Dated,
    pub(crate) day: DayKind,
    /// `None` if the old tables have no day.
    pub(crate) old: Option<String>,
    pub(crate) new: String,
}

/// What was published on a day.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Dated {
    Table {
        table: String,
    },
    /// A table of a page that is not priced here.
    Unpriced {
        page: String,
        heading: String,
    },
}

impl Dated {
    pub(crate) fn subject(&self) -> Subject {
        match self.clone() {
            Self::Table { table } => Subject::Source { table },
            Self::Unpriced { page, heading } => Subject::Unpriced { page, heading },
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DayKind {
    /// Prices changed, and the day did not.
    Kept,
    /// The new day is before the old one.
    Back,
    /// The new day is later, and no price changed.
    Only,
    /// The new day is after today, wherever that is.
    Future,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChangeKind {
    Added,
    Removed,
    Changed,
}

/// What a change is about. Changes are sorted by it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub(crate) enum Subject {
    Table {
        table: String,
    },
    Size {
        table: String,
        width: u32,
        height: u32,
    },
    Steps {
        table: String,
        steps: u32,
    },
    Source {
        table: String,
    },
    /// A table of a page that is not priced here.
    Unpriced {
        page: String,
        heading: String,
    },
    Formula {
        table: String,
    },
    Exception {
        table: String,
        width: u32,
        height: u32,
        steps: u32,
    },
    Limits {
        table: String,
    },
    Engine {
        engine: String,
    },
    Client {
        client: String,
    },
    Billing {
        item: BillingItem,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BillingItem {
    SignUpGrant,
    MinimumPurchase,
    /// What one credit costs.
    Credit,
}

/// What the tables say about a subject.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Fact {
    Source {
        page: String,
        heading: String,
        published: String,
    },
    /// The day of publication of a table that is not priced here.
    Day {
        published: String,
    },
    Formula {
        free_pixels: u64,
        credits_per_gigapixel_step: Decimal,
        nearest: u32,
        up: u32,
    },
    /// The limits that there are, by the names of their columns.
    Limits(BTreeMap<&'static str, u32>),
    Engine {
        table: String,
    },
    Client {
        table: String,
        width: u32,
        height: u32,
        steps: u32,
        granted_images: Option<u64>,
    },
    Credits {
        credits: Decimal,
    },
    Purchase {
        credits: Decimal,
        usd: Decimal,
    },
    Usd {
        usd: Decimal,
    },
}

/// The number of changes of each kind.
#[derive(Serialize)]
pub(crate) struct DiffSummary {
    #[serde(flatten)]
    pub(crate) prices: PriceCounts,
    /// Engines that moved to another table.
    pub(crate) moved: usize,
    pub(crate) other: usize,
}

/// The number of prices that rose, fell, and so on.
#[derive(Default, Serialize)]
pub(crate) struct PriceCounts {
    pub(crate) rose: usize,
    pub(crate) fell: usize,
    pub(crate) added: usize,
    pub(crate) removed: usize,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { table } => write!(f, "table {table}"),
            Self::Size { table, width, height } => write!(f, "size {table} {width}x{height}"),
            Self::Steps { table, steps } => write!(f, "steps {table} {steps}"),
            Self::Source { table } => write!(f, "source {table}"),
            Self::Unpriced { page, heading } => write!(f, "table {heading} in {page}, not priced here"),
            Self::Formula { table } => write!(f, "formula {table}"),
            Self::Exception { table, width, height, steps } => {
                write!(f, "exception {table} {width}x{height} at {}", count(steps, "step", "steps"))
            }
            Self::Limits { table } => write!(f, "limits {table}"),
            Self::Engine { engine } => write!(f, "engine {engine}"),
            Self::Client { client } => write!(f, "client {client}"),
            Self::Billing { item: BillingItem::SignUpGrant } => f.write_str("billing sign-up grant"),
            Self::Billing { item: BillingItem::MinimumPurchase } => f.write_str("billing minimum purchase"),
            Self::Billing { item: BillingItem::Credit } => f.write_str("billing one credit"),
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source { page, heading, published } => write!(f, "{published}, {heading} in {page}"),
            Self::Day { published } => f.write_str(published),
            Self::Formula { free_pixels, credits_per_gigapixel_step, nearest, up } => {
                write!(f, "{}, ", count(free_pixels, "free pixel", "free pixels"))?;
                write!(f, "{} per gigapixel-step, ", count(credits_per_gigapixel_step, "credit", "credits"))?;
                write!(f, "rounded to {nearest} and up to {}", count(up, "decimal place", "decimal places"))
            }
            Self::Limits(limits) => {
                let limits: Vec<String> = limits.iter().map(|(name, limit)| format!("{name} {limit}")).collect();
                if limits.is_empty() { f.write_str("none") } else { f.write_str(&limits.join(", ")) }
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
            Self::Purchase { credits, usd } => {
                write!(f, "{} for {}", count(credits, "credit", "credits"), dollars(usd))
            }
            Self::Usd { usd } => f.write_str(&dollars(usd)),
        }
    }
}

impl Diff {
    pub(crate) fn new(old: &Prices, new: &Prices) -> Self {
        let (old_tables, new_tables) = (SideTables::of(old), SideTables::of(new));
        let moves = moves(old, new, &old_tables, &new_tables);
        let sides = [old_tables.count(), new_tables.count()];
        let diff = Self::of(prices(&old_tables, &new_tables), sides, moves, entries(old, new));
        let mut days = days(&old_tables, &new_tables, &diff.prices);
        days.extend(new.unpriced.iter().filter_map(|source| {
            let same = |other: &&Source| (&other.page, &other.heading) == (&source.page, &source.heading);
            let of = Dated::Unpriced { page: source.page.clone(), heading: source.heading.clone() };
            DayNote::of_future(of, old.unpriced.iter().find(same), source)
        }));
        Self { days, ..diff }
    }

    /// Compares only the prices of these tables, each with its name and both sides, at one price of a credit.
    pub(crate) fn of_cells<'a>(
        tables: impl IntoIterator<Item = (&'a str, &'a TableCells, &'a TableCells)>,
        billing: &Billing,
    ) -> Self {
        let amounts = |cells: &TableCells| {
            let amount = |&credits: &Decimal| DecimalPrice { credits, usd: billing.usd(credits) };
            cells.iter().map(|(&cell, credits)| (cell, amount(credits))).collect::<BTreeMap<_, _>>()
        };
        let tables: Vec<_> = tables.into_iter().collect();
        let prices = tables.iter().flat_map(|&(name, old, new)| {
            let table = name.to_owned();
            changes(amounts(old), amounts(new)).map(move |cell| TableCellChange {
                table: table.clone(),
                cell,
                beyond: false,
            })
        });
        let sides = [
            SideCount::of(tables.iter().map(|(_, old, _)| old.len())),
            SideCount::of(tables.iter().map(|(_, _, new)| new.len())),
        ];
        Self::of(prices.collect(), sides, Vec::new(), Vec::new())
    }

    /// Compares only the prices of old tables that have mistakes: of each table that can be read by itself.
    pub(crate) fn of_readable(old: &Folder, new: &Prices) -> Self {
        // If the old tables have no price of a credit, the new one is used for both, so that only the credits are
        // compared.
        let billing = old.billing().unwrap_or_else(|_| new.billing.clone());
        let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
        for name in old.table_names() {
            match old.table(&name) {
                Ok(table) => readable.push(table),
                Err(_) => unreadable.push(name.text),
            }
        }
        let comparable = new.tables.iter().filter(|table| !unreadable.contains(&table.name.text));
        let (old, new) = (SideTables::new(&readable, &billing), SideTables::new(comparable, &new.billing));
        let not_compared = Some(NotCompared { tables: unreadable });
        Self { not_compared, ..Self::of(prices(&old, &new), [old.count(), new.count()], Vec::new(), Vec::new()) }
    }

    fn of(
        prices: Vec<TableCellChange>,
        sides: [SideCount; 2],
        moves: Vec<EngineMove>,
        entries: Vec<FactChange>,
    ) -> Self {
        let summary = DiffSummary {
            prices: PriceCounts::of(prices.iter().map(|price| &price.cell)),
            moved: moves.iter().map(|group| group.engines.len()).sum(),
            other: entries.len(),
        };
        Self {
            prices,
            moves,
            entries,
            days: Vec::new(),
            summary,
            not_compared: None,
            page: None,
            verdict: None,
            compared: None,
            sides,
        }
    }

    /// Adds the sources of tables whose prices are compared, each with the name of its table and both sides.
    #[must_use]
    pub(crate) fn with_sources<'a>(mut self, sources: impl IntoIterator<Item = &'a (String, Source, Source)>) -> Self {
        for (table, old, new) in sources {
            self.days.extend(DayNote::all(table, Some(old), new, &self.prices));
            if old != new {
                let (subject, change) = (Subject::Source { table: table.clone() }, ChangeKind::Changed);
                let (old, new) = (Some(old.into()), Some(new.into()));
                self.entries.push(FactChange { subject, change, old, new, price: None, beyond: false });
            }
        }
        self.summary.other = self.entries.len();
        self
    }

    /// Adds what else there is to say about the page that is one of the sides.
    #[must_use]
    pub(crate) fn of_page(self, page: PageReport) -> Self {
        Self { page: Some(page), ..self }
    }

    /// Adds what was compared: the names of both sides, and which parts of them.
    #[must_use]
    pub(crate) fn between(self, old: String, new: String, what: ComparedParts) -> Self {
        let [old_count, new_count] = self.sides;
        let (old, new) = (ComparedSide { name: old, count: old_count }, ComparedSide { name: new, count: new_count });
        Self { compared: Some(Compared { old, new, what }), ..self }
    }

    /// Returns whether both sides are equal. Tables or pages with mistakes are not equal to those without.
    pub(crate) fn is_empty(&self) -> bool {
        self.prices.is_empty()
            && self.moves.is_empty()
            && self.entries.is_empty()
            && self.not_compared.is_none()
            && !self.fails()
    }

    /// Returns whether the page fails the comparison whatever the limit of changes is.
    pub(crate) fn fails(&self) -> bool {
        self.page.as_ref().is_some_and(PageReport::fails)
    }
}

/// Returns all prices of a table.
pub(crate) fn cells_of(table: &Table) -> TableCells {
    let rows = table.rows.iter();
    let cells =
        rows.flat_map(|row| table.sizes.iter().zip(&row.prices).map(|(&size, &price)| ((row.steps, size), price)));
    cells.collect()
}

impl SideCount {
    /// Counts tables by their numbers of prices. A table without one was not compared.
    fn of(tables: impl Iterator<Item = usize>) -> Self {
        let add = |Self { tables, prices }: Self, count| Self { tables: tables + 1, prices: prices + count };
        tables.filter(|prices| *prices > 0).fold(Self { tables: 0, prices: 0 }, add)
    }
}

impl PriceCounts {
    pub(crate) fn of<'a>(cells: impl IntoIterator<Item = &'a CellChange>) -> Self {
        let mut counts = Self::default();
        for CellChange { price, .. } in cells {
            let count = match (&price.old, &price.new) {
                (None, _) => &mut counts.added,
                (_, None) => &mut counts.removed,
                // If the dollars are equal, the credits differ.
                (Some(old), Some(new)) => match (new.usd, new.credits).cmp(&(old.usd, old.credits)) {
                    Ordering::Less => &mut counts.fell,
                    _ => &mut counts.rose,
                },
            };
            *count += 1;
        }
        counts
    }
}

impl PriceChange {
    /// Returns the change from one price to another.
    fn new(old: Option<DecimalPrice>, new: Option<DecimalPrice>) -> Self {
        Self { old, new, percent: old.zip(new).map(|(old, new)| percent(old.usd, new.usd)) }
    }

    pub(crate) fn has_other_credits(&self) -> bool {
        self.old.map(|amount| amount.credits) != self.new.map(|amount| amount.credits)
    }
}

/// Returns each key with different values in the two maps, with both values.
fn differences<K: Clone + Ord, V: PartialEq>(
    mut old: BTreeMap<K, V>,
    mut new: BTreeMap<K, V>,
) -> impl Iterator<Item = (K, Option<V>, Option<V>)> {
    let keys: BTreeSet<K> = old.keys().chain(new.keys()).cloned().collect();
    let both = keys.into_iter().map(move |key| (old.remove(&key), new.remove(&key), key));
    both.filter(|(old, new, _)| old != new).map(|(old, new, key)| (key, old, new))
}

/// The tables of one side, and what a credit costs there.
struct SideTables<'a> {
    by_name: BTreeMap<&'a str, &'a Table>,
    billing: &'a Billing,
}

impl<'a> SideTables<'a> {
    fn new(tables: impl IntoIterator<Item = &'a Table>, billing: &'a Billing) -> Self {
        Self { by_name: tables.into_iter().map(|table| (&*table.name.text, table)).collect(), billing }
    }

    fn of(prices: &'a Prices) -> Self {
        Self::new(&prices.tables, &prices.billing)
    }

    /// Returns the prices of a table, row by row: none if the table does not exist.
    fn cells(&self, name: &str) -> BTreeMap<(u32, Size), DecimalPrice> {
        let cells = self.by_name.get(name).copied().map(cells_of).unwrap_or_default();
        cells.into_iter().map(|(cell, credits)| (cell, self.amount(credits))).collect()
    }

    fn count(&self) -> SideCount {
        SideCount::of(self.by_name.values().map(|table| table.rows.len() * table.sizes.len()))
    }

    fn amount(&self, credits: Decimal) -> DecimalPrice {
        DecimalPrice { credits, usd: self.billing.usd(credits) }
    }

    /// Returns the price of one image at the defaults of a client.
    fn default_price(&self, client: &Client) -> Option<DecimalPrice> {
        let table = self.by_name.get(&*client.table.text)?;
        table.price(client.size, client.steps).map(|credits| self.amount(credits))
    }
}

fn prices(old: &SideTables, new: &SideTables) -> Vec<TableCellChange> {
    let names: BTreeSet<&str> = old.by_name.keys().chain(new.by_name.keys()).copied().collect();
    let of_table = |name: &str| {
        let table = name.to_owned();
        let cells = changes(old.cells(name), new.cells(name));
        cells.map(move |cell| TableCellChange { table: table.clone(), cell, beyond: false })
    };
    names.into_iter().flat_map(of_table).collect()
}

fn changes(
    old: BTreeMap<(u32, Size), DecimalPrice>,
    new: BTreeMap<(u32, Size), DecimalPrice>,
) -> impl Iterator<Item = CellChange> {
    differences(old, new).map(|((steps, size), old, new)| {
        let price = PriceChange::new(old, new);
        CellChange { width: size.width, height: size.height, steps, price }
    })
}

/// Groups the engines that have another table now by their two tables.
fn moves(old: &Prices, new: &Prices, old_tables: &SideTables, new_tables: &SideTables) -> Vec<EngineMove> {
    let tables = |prices: &Prices| -> BTreeMap<String, String> {
        prices.engines.iter().map(|engine| (engine.id.clone(), engine.table.text.clone())).collect()
    };
    let mut groups: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (engine, old, new) in differences(tables(old), tables(new)) {
        if let Some(tables) = old.zip(new) {
            groups.entry(tables).or_default().push(engine);
        }
    }
    let group = |((old, new), engines): ((String, String), _)| {
        let prices = changes(old_tables.cells(&old), new_tables.cells(&new)).collect();
        EngineMove { engines, old, new, prices, beyond: false }
    };
    groups.into_iter().map(group).collect()
}

/// Compares the days of each table that has a source on the new side.
fn days(old: &SideTables, new: &SideTables, prices: &[TableCellChange]) -> Vec<DayNote> {
    let sources = new.by_name.iter().filter_map(|(name, table)| Some((name, table.source.as_ref()?)));
    let notes = sources.flat_map(|(name, source)| {
        let old = old.by_name.get(name).and_then(|table| table.source.as_ref());
        DayNote::all(name, old, source, prices)
    });
    notes.collect()
}

/// Returns tomorrow in UTC, because nowhere on Earth is it a later day. Returns `None` if the clock shows a year that has not four
/// digits.
fn tomorrow() -> Option<Date> {
    Timestamp::try_from(SystemTime::now()).ok()?.to_zoned(TimeZone::UTC).date().tomorrow().ok()
}

impl DayNote {
    /// Returns what is unusual about the days of a table. `prices` has its changed prices, among others.
    fn all(table: &str, old: Option<&Source>, new: &Source, prices: &[TableCellChange]) -> impl Iterator<Item = Self> {
        let order = old.and_then(|old| Self::of_order(table, old, new, prices));
        order.into_iter().chain(Self::of_future(Dated::Table { table: table.to_owned() }, old, new))
    }

    /// Returns a note about a day that is new and in the future.
    fn of_future(of: Dated, old: Option<&Source>, new: &Source) -> Option<Self> {
        let is_new = old.is_none_or(|old| old.published != new.published);
        let is_future = || tomorrow().is_some_and(|tomorrow| new.published > tomorrow.to_string());
        let old = old.map(|old| old.published.clone());
        (is_new && is_future()).then(|| Self { of, day: DayKind::Future, old, new: new.published.clone() })
    }

    /// Returns what is unusual about the old and the new day, if anything is.
    fn of_order(table: &str, old: &Source, new: &Source, prices: &[TableCellChange]) -> Option<Self> {
        let is_changed = prices.iter().any(|price| price.table == table);
        // Days as YYYY-MM-DD are sorted as text.
        let day = match (new.published.cmp(&old.published), is_changed) {
            (Ordering::Less, _) => DayKind::Back,
            (Ordering::Equal, true) => DayKind::Kept,
            (Ordering::Greater, false) => DayKind::Only,
            (Ordering::Equal, false) | (Ordering::Greater, true) => return None,
        };
        let of = Dated::Table { table: table.to_owned() };
        Some(Self { of, day, old: Some(old.published.clone()), new: new.published.clone() })
    }
}

impl From<&Source> for Fact {
    fn from(source: &Source) -> Self {
        let (page, heading, published) = (source.page.clone(), source.heading.clone(), source.published.clone());
        Self::Source { page, heading, published }
    }
}

/// No price is zero, so `old` can divide.
fn percent(old: Decimal, new: Decimal) -> Decimal {
    let percent = (new - old) * Decimal::ONE_HUNDRED / old;
    let mut rounded = percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

fn entries(old: &Prices, new: &Prices) -> Vec<FactChange> {
    let names = |prices: &Prices| prices.tables.iter().map(|table| table.name.text.clone()).collect::<BTreeSet<_>>();
    let in_both = &names(old) & &names(new);
    differences(subjects(old, &in_both), subjects(new, &in_both))
        .map(|(subject, old_value, new_value)| {
            let change = match (&old_value, &new_value) {
                (None, _) => ChangeKind::Added,
                (_, None) => ChangeKind::Removed,
                (Some(_), Some(_)) => ChangeKind::Changed,
            };
            let price = match &subject {
                Subject::Client { client } => default_price(old, new, client),
                _ => None,
            };
            FactChange { subject, change, old: old_value.flatten(), new: new_value.flatten(), price, beyond: false }
        })
        // Engines that moved have a list of their own, with their prices.
        .filter(|entry| entry.change != ChangeKind::Changed || !matches!(entry.subject, Subject::Engine { .. }))
        .collect()
}

/// Returns the prices of one image at the old and the new defaults of a client, or `None` if the defaults do not change.
fn default_price(old: &Prices, new: &Prices, name: &str) -> Option<PriceChange> {
    let of_client = |client: &&Client| client.name.text == name;
    let (old_client, new_client) = (old.clients.iter().find(of_client)?, new.clients.iter().find(of_client)?);
    let settings = |client: &Client| (client.table.clone(), client.size, client.steps);
    if settings(old_client) == settings(new_client) {
        return None;
    }
    let (old, new) = (SideTables::of(old).default_price(old_client), SideTables::of(new).default_price(new_client));
    Some(PriceChange::new(old, new))
}

/// Returns everything but the prices, each with what the tables say about it, or `None` if only its existence matters.
fn subjects(prices: &Prices, in_both: &BTreeSet<String>) -> BTreeMap<Subject, Option<Fact>> {
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
            add(Subject::Source { table: name() }, Some(source.into()));
        }
        if let Some(&Formula { free_pixels, rate, nearest, up, .. }) = table.formula.as_ref() {
            let value = Fact::Formula { free_pixels, credits_per_gigapixel_step: rate, nearest, up };
            add(Subject::Formula { table: name() }, Some(value));
        }
        for &Exception { size, steps, .. } in &table.exceptions {
            add(Subject::Exception { table: name(), width: size.width, height: size.height, steps }, None);
        }
    }
    for (table, limits) in prices.tables.iter().filter_map(|table| Some((table, table.limits?))) {
        let limits = limits.columns().into_iter().filter_map(|(name, limit)| Some((name, limit?)));
        add(Subject::Limits { table: table.name.text.clone() }, Some(Fact::Limits(limits.collect())));
    }
    for Source { page, heading, published, .. } in &prices.unpriced {
        let subject = Subject::Unpriced { page: page.clone(), heading: heading.clone() };
        add(subject, Some(Fact::Day { published: published.clone() }));
    }
    for engine in &prices.engines {
        let table = engine.table.text.clone();
        add(Subject::Engine { engine: engine.id.clone() }, Some(Fact::Engine { table }));
    }
    for client in &prices.clients {
        let value = Fact::Client {
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
        (BillingItem::SignUpGrant, Fact::Credits { credits: billing.sign_up_grant }),
        (
            BillingItem::MinimumPurchase,
            Fact::Purchase { credits: billing.minimum_purchase_credits(), usd: billing.minimum_purchase },
        ),
        (BillingItem::Credit, Fact::Usd { usd: billing.usd(Decimal::ONE) }),
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
