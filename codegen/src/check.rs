//! From rows to prices: every rule of `tables/README.md`, each problem told at its place.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use rust_decimal::Decimal;

use crate::figure::{self, CREDITS_DECIMALS, Fault, USD_DECIMALS};
use crate::ident::{self, Name};
use crate::problem::{Mark, Problem, shown};
use crate::read::{Cell, Folder, Row, Sheet};

/// The files that are no price tables.
const ENGINES: &str = "engines.csv";
const CLIENTS: &str = "clients.csv";
const BILLING: &str = "billing.csv";

/// Everything that the tables say, and known to be right: [`check`] alone makes it.
///
/// The fields are there to be read. Whoever changes one afterwards vouches for it: [`emit`](crate::emit) writes what it
/// is given, and panics on a name that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prices {
    /// The price tables, by the names of their modules.
    pub tables: Vec<Table>,
    /// The engines, as listed.
    pub engines: Vec<Engine>,
    /// The clients, as listed.
    pub clients: Vec<Client>,
    /// What credits are bought and granted for.
    pub billing: Billing,
}

/// One price table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Table {
    /// Its name, from that of its file.
    pub name: Name,
    /// Its columns, as listed.
    pub sizes: Vec<Size>,
    /// Its rows, from the fewest steps to the most.
    pub rows: Vec<StepsRow>,
}

/// The prices of one step count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepsRow {
    /// The step count.
    pub steps: u32,
    /// Credits per image, one for each of the table's sizes.
    pub prices: Vec<Decimal>,
}

/// Width and height of an image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Size {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A model's API id, and the table that prices it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Engine {
    /// The id, as a request names it.
    pub id: String,
    /// The table's name.
    pub table: Name,
}

/// A client and the settings that it uses where a user chooses none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Client {
    /// Its name.
    pub name: Name,
    /// Size of the image.
    pub size: Size,
    /// Step count.
    pub steps: u32,
}

/// What credits cost, and how many are given away.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Billing {
    /// Credits granted to a new account.
    pub sign_up_grant: Decimal,
    /// The smallest purchase, in dollars.
    pub minimum_purchase: Decimal,
    /// How many of the units that `Usd` counts make one unit of `Credits`.
    pub usd_units_per_credits_unit: u64,
}

impl Billing {
    /// What an amount of credits costs in dollars, exactly.
    #[must_use]
    pub fn usd(&self, credits: Decimal) -> Decimal {
        // Every amount of credits was checked to be small enough for this.
        let units = figure::units(credits, CREDITS_DECIMALS).saturating_mul(self.usd_units_per_credits_unit);
        figure::of_units(units, USD_DECIMALS)
    }

    /// The largest amount of credits that has a price in dollars.
    fn most_credits_units(&self) -> u64 {
        u64::MAX / self.usd_units_per_credits_unit
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl Size {
    fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Both sides in one number, as the library has it.
    pub(crate) fn key(self) -> u64 {
        u64::from(self.height) << 32 | u64::from(self.width)
    }

    fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }
}

/// Checks a folder of tables whole.
///
/// # Errors
///
/// Every problem of every file, in the order of the files and of the places in them.
pub fn check(folder: &Folder) -> Result<Prices, Vec<Problem>> {
    let mut problems = Vec::new();
    let found = &mut problems;
    let billing = billing(folder, found);
    let most = billing.as_ref().map_or(u64::MAX, Billing::most_credits_units);
    let names = table_names(folder, found);
    let tables: Vec<Option<Table>> = names.iter().map(|(file, name)| table(folder, file, name, most, found)).collect();
    let engines = engines(folder, &names, found);
    // As long as a table has mistakes, what it prices is not known; no table at all has been told of.
    let tables: Option<Vec<Table>> = tables.into_iter().collect();
    let tables = tables.filter(|tables| !tables.is_empty());
    let clients = clients(folder, tables.as_deref(), found);
    match (billing, tables, engines, clients) {
        (Some(billing), Some(tables), Some(engines), Some(clients)) if problems.is_empty() => {
            Ok(Prices { tables, engines, clients, billing })
        }
        _ => {
            problems.sort_by(|a, b| a.order().cmp(&b.order()));
            Err(problems)
        }
    }
}

/// A cell at its place in a sheet, to tell of.
#[derive(Clone, Copy)]
struct At<'a> {
    sheet: &'a Sheet,
    row: &'a Row,
    cell: &'a Cell,
}

impl<'a> At<'a> {
    fn text(self) -> &'a str {
        &self.cell.text
    }

    fn mark(self) -> Mark {
        self.row.mark(self.cell)
    }

    fn problem(self, what: impl Into<String>) -> Problem {
        Problem::at(&self.sheet.path, self.mark(), what)
    }

    /// The problem of a cell, called `word`, whose text is at fault.
    fn faulty(self, word: &str, fault: Fault) -> Problem {
        let what = match self.text() {
            "" => format!("the {word} is empty"),
            text => format!("the {word} `{}` {}", shown(text), fault.what),
        };
        self.problem(what).help(fault.help)
    }

    fn whole(self, word: &str, found: &mut Vec<Problem>) -> Option<u32> {
        keep(figure::whole(self.text()).map_err(|fault| self.faulty(word, fault)), found)
    }

    fn amount(self, word: &str, decimals: u32, most: u64, found: &mut Vec<Problem>) -> Option<Decimal> {
        let amount = figure::amount(self.text(), decimals, most);
        keep(amount.map_err(|fault| self.faulty(word, fault)), found)
    }
}

impl Sheet {
    /// The cells of each row, of which there are as many as the header has.
    fn rows<const N: usize>(&self) -> impl Iterator<Item = [At<'_>; N]> {
        self.rows.iter().filter_map(move |row| {
            let cells = row.cells.first_chunk()?;
            Some(cells.each_ref().map(|cell| At { sheet: self, row, cell }))
        })
    }
}

/// Keeps what is right, and tells of what is not.
fn keep<T>(result: Result<T, Problem>, found: &mut Vec<Problem>) -> Option<T> {
    result.map_err(|problem| found.push(problem)).ok()
}

/// What has stood where, so that each stands once.
#[derive(Default)]
struct Once<'a>(BTreeMap<String, At<'a>>);

impl<'a> Once<'a> {
    /// Tells of a second place of `key`, and shows the first.
    fn check(&mut self, key: &str, word: &str, at: At<'a>, found: &mut Vec<Problem>) {
        match self.0.entry(key.to_owned()) {
            Entry::Vacant(place) => {
                place.insert(at);
            }
            Entry::Occupied(first) => {
                let what = format!("the {word} `{}` stands here a second time", shown(at.text()));
                found.push(at.problem(what).against(first.get().mark()));
            }
        }
    }
}

/// The sheet of one of the files that are lists, and no price tables.
fn list(folder: &Folder, file: &str, header: &[&str], found: &mut Vec<Problem>) -> Option<Sheet> {
    let line = header.join(",");
    if !folder.names().any(|name| name == file) {
        let help = format!("write the file; its first line is {line}");
        found.push(Problem::of_file(folder.path(file), "there is no such file").help(help));
        return None;
    }
    let sheet = folder.sheet(file, header.first().copied().unwrap_or_default(), found)?;
    let cells = &sheet.header.cells;
    let differs = (0..cells.len()).find(|&at| header.get(at) != Some(&&*cells[at].text));
    let wrong = differs.or_else(|| (cells.len() < header.len()).then(|| cells.len() - 1));
    if let Some(cell) = wrong.and_then(|at| cells.get(at)) {
        let at = At { sheet: &sheet, row: &sheet.header, cell };
        found.push(at.problem("this is not the header of this file").help(format!("write {line}")));
        return None;
    }
    has_rows(&sheet, found)?;
    Some(sheet)
}

fn has_rows(sheet: &Sheet, found: &mut Vec<Problem>) -> Option<()> {
    if sheet.is_header_alone {
        found.push(Problem::of_file(&sheet.path, "the file has a header and no rows"));
        return None;
    }
    Some(())
}

fn billing(folder: &Folder, found: &mut Vec<Problem>) -> Option<Billing> {
    const GRANT: &str = "sign_up_grant";
    const MINIMUM: &str = "minimum_purchase";
    let sheet = list(folder, BILLING, &["item", "credits", "usd"], found)?;
    let (mut once, mut grant, mut minimum) = (Once::default(), None, None);
    for [item, credits, usd] in sheet.rows() {
        once.check(item.text(), "item", item, found);
        let granted = match item.text() {
            GRANT => true,
            MINIMUM => false,
            other => {
                let what = format!("`{}` is no item of billing", shown(other));
                found.push(item.problem(what).help(format!("the items are {GRANT} and {MINIMUM}")));
                continue;
            }
        };
        let credits_amount = credits.amount("amount of credits", CREDITS_DECIMALS, u64::MAX, found);
        let usd_amount = usd.amount("amount of dollars", USD_DECIMALS, u64::MAX, found);
        let (Some(credits_amount), Some(usd_amount)) = (credits_amount, usd_amount) else { continue };
        if granted {
            if !usd_amount.is_zero() {
                found.push(usd.problem("a grant costs nothing").help("write 0".to_owned()));
            }
            grant = Some((credits, credits_amount));
        } else {
            let rate = rate(credits, credits_amount, usd, usd_amount);
            minimum = keep(rate, found).map(|rate| (usd_amount, rate));
        }
    }
    for item in [GRANT, MINIMUM] {
        // It may be the row that has been told of.
        if sheet.is_whole && !once.0.contains_key(item) {
            found.push(Problem::of_file(&sheet.path, format!("there is no row for {item}")));
        }
    }
    let ((granted, sign_up_grant), (minimum_purchase, usd_units_per_credits_unit)) = (grant?, minimum?);
    let billing = Billing { sign_up_grant, minimum_purchase, usd_units_per_credits_unit };
    granted.amount("amount of credits", CREDITS_DECIMALS, billing.most_credits_units(), found)?;
    Some(billing)
}

/// How many units of dollars make one unit of credits, by the smallest purchase.
fn rate(credits: At<'_>, credits_amount: Decimal, usd: At<'_>, usd_amount: Decimal) -> Result<u64, Problem> {
    for (at, amount) in [(credits, credits_amount), (usd, usd_amount)] {
        if amount.is_zero() {
            return Err(at.problem("a purchase of nothing gives no price of a credit"));
        }
    }
    let credits_units = figure::units(credits_amount, CREDITS_DECIMALS);
    let usd_units = figure::units(usd_amount, USD_DECIMALS);
    if usd_units % credits_units == 0 {
        return Ok(usd_units / credits_units);
    }
    let what = format!("{credits_amount} credits for ${usd_amount} give no exact price of one credit");
    let places = USD_DECIMALS - CREDITS_DECIMALS;
    let help = format!("the dollars of one credit are held exactly, in at most {places} decimal places");
    Err(usd.problem(what).against(credits.mark()).help(help))
}

/// The names of the price tables, by their files. A name that cannot be one is told of, and is none.
fn table_names<'a>(folder: &'a Folder, found: &mut Vec<Problem>) -> Vec<(&'a str, Name)> {
    let mut names: Vec<(&str, Name)> = Vec::new();
    for file in folder.names().filter(|file| ![ENGINES, CLIENTS, BILLING].contains(file)) {
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        let problem = |what| Problem::of_file(folder.path(file), what);
        if extension != "csv" {
            found.push(
                problem(format!("the name of the file ends in .{extension}")).help(format!("name it {stem}.csv")),
            );
            continue;
        }
        match Name::of_table(stem) {
            Err(what) => {
                let what = format!("the file names a table, and `{}` {what}", shown(stem));
                found.push(problem(what).help(ident::help(stem)));
            }
            Ok(name) => {
                // Equal modules have equal variants, but not the other way round: `v1_0` and `v10`.
                if let Some((first, _)) = names.iter().find(|(_, other)| other.variant == name.variant) {
                    let what =
                        format!("the table would have the same name in code as that of {first}: {}", name.variant);
                    found.push(problem(what).help("rename one of the two files".to_owned()));
                }
                names.push((file, name));
            }
        }
    }
    if names.is_empty() {
        let help = "a price table is a file such as sdxl.csv, whose first line is like steps,512x512,512x768";
        found.push(Problem::of_file(folder.label(), "there is no price table in the folder").help(help.to_owned()));
    }
    names
}

fn engines(folder: &Folder, tables: &[(&str, Name)], found: &mut Vec<Problem>) -> Option<Vec<Engine>> {
    let sheet = list(folder, ENGINES, &["engine", "table"], found)?;
    let (mut once, mut engines) = (Once::default(), Vec::new());
    for [engine, table] in sheet.rows() {
        once.check(engine.text(), "engine", engine, found);
        if engine.text().is_empty() {
            found.push(engine.problem("the engine is empty").help("write its id, or delete the row".to_owned()));
        } else if let Some(c) = engine.text().chars().find(|c| !c.is_ascii_graphic()) {
            let what = format!("the engine `{}` has {} in it", shown(engine.text()), ident::of_char(c));
            found.push(engine.problem(what).help("an id has letters, digits and signs, without spaces".to_owned()));
        }
        if tables.iter().any(|(_, name)| name.text == engine.text()) {
            let help = "where either may stand, nobody could tell which is meant: rename the table".to_owned();
            found.push(
                engine.problem(format!("the engine `{}` is the name of a table", shown(engine.text()))).help(help),
            );
        }
        if let Some((_, name)) = tables.iter().find(|(_, name)| name.text == table.text()) {
            engines.push(Engine { id: engine.text().to_owned(), table: name.clone() });
            continue;
        }
        let names: Vec<&str> = tables.iter().map(|(_, name)| &*name.text).collect();
        let what = match table.text() {
            "" => "the table is empty".to_owned(),
            text => format!("there is no price table `{0}`: no file {0}.csv", shown(text)),
        };
        let help = (!names.is_empty()).then(|| format!("the price tables are {}", names.join(", ")));
        found.push(table.problem(what).help(help));
    }
    Some(engines)
}

/// The clients; their settings are looked for in `tables` where all of these are right.
fn clients(folder: &Folder, tables: Option<&[Table]>, found: &mut Vec<Problem>) -> Option<Vec<Client>> {
    let sheet = list(folder, CLIENTS, &["client", "width", "height", "steps"], found)?;
    let (mut once, mut clients) = (Once::default(), Vec::new());
    for [client, width, height, steps] in sheet.rows() {
        let name = Name::new(client.text()).map_err(|what| {
            if client.text().is_empty() {
                return client.problem("the client is empty").help("write its name, or delete the row".to_owned());
            }
            let what = format!("the client `{}` {what}", shown(client.text()));
            client.problem(what).help(ident::help(client.text()))
        });
        let name = keep(name, found);
        if let Some(name) = &name {
            once.check(&name.variant, "client", client, found);
        }
        let numbers = (width.whole("width", found), height.whole("height", found), steps.whole("step count", found));
        let (Some(name), (Some(width), Some(height), Some(count))) = (name, numbers) else { continue };
        let size = Size { width, height };
        if !tables.is_none_or(|tables| tables.iter().any(|table| table.prices(size, count))) {
            let what = format!("no table has a price for {size} at {count} steps");
            let help = "the settings of a client are those of a cell in at least one price table".to_owned();
            found.push(client.problem(what).against(steps.mark()).help(help));
        }
        clients.push(Client { name, size, steps: count });
    }
    Some(clients)
}

impl Table {
    fn prices(&self, size: Size, steps: u32) -> bool {
        self.sizes.contains(&size) && self.rows.iter().any(|row| row.steps == steps)
    }
}

fn table(folder: &Folder, file: &str, name: &Name, most: u64, found: &mut Vec<Problem>) -> Option<Table> {
    let sheet = folder.sheet(file, "steps", found)?;
    let columns = columns(&sheet, found)?;
    has_rows(&sheet, found)?;
    let counts = counts(&sheet, found);
    let mut grid = Grid { sheet: &sheet, columns, counts, prices: Vec::new() };
    for row in &sheet.rows {
        let price = |(title, cell): (&Cell, &Cell)| {
            // A column without a title has been told of; where it is empty, that is the same mistake.
            if title.text.is_empty() && cell.text.is_empty() {
                return None;
            }
            price(At { sheet: &sheet, row, cell }, most, found)
        };
        grid.prices.push(sheet.header.cells.iter().zip(&row.cells).skip(1).map(price).collect());
    }
    grid.grows_with_steps(found);
    grid.grows_with_pixels(found);
    grid.is_the_same_turned(found);
    // What the rows price that were left out is not known.
    if !sheet.is_whole {
        return None;
    }
    let rows =
        grid.counts.into_iter().zip(grid.prices).map(|(steps, prices)| {
            Some(StepsRow { steps: steps?, prices: prices.into_iter().collect::<Option<_>>()? })
        });
    Some(Table {
        name: name.clone(),
        sizes: grid.columns.into_iter().collect::<Option<_>>()?,
        rows: rows.collect::<Option<_>>()?,
    })
}

/// The sizes of the columns after the first; `None` where there is no use in looking further.
fn columns(sheet: &Sheet, found: &mut Vec<Problem>) -> Option<Vec<Option<Size>>> {
    let mut cells = sheet.header.cells.iter().map(|cell| At { sheet, row: &sheet.header, cell });
    let steps = cells.next()?;
    if steps.text() != "steps" {
        let what = match cells.clone().find(|cell| cell.text() == "steps") {
            Some(other) => steps.problem("the column `steps` is not the first").against(other.mark()),
            None => steps.problem(format!("the first column is `{}` and not `steps`", shown(steps.text()))),
        };
        let help = "the first line is the word steps and then the sizes, such as steps,512x512,512x768";
        found.push(what.help(help.to_owned()));
        return None;
    }
    if cells.len() == 0 {
        found.push(steps.problem("there is no size after `steps`").help("write steps,512x512,512x768".to_owned()));
        return None;
    }
    let mut once = Once::default();
    let mut columns = Vec::new();
    for cell in cells {
        let size = keep(size(cell), found);
        if let Some(size) = size {
            once.check(&size.to_string(), "size", cell, found);
        }
        columns.push(size);
    }
    Some(columns)
}

fn size(cell: At<'_>) -> Result<Size, Problem> {
    let text = cell.text();
    if text.is_empty() {
        let what = "the column has no size";
        return Err(cell.problem(what).help("write its size, such as 512x768, or delete the column".to_owned()));
    }
    let sides = |text: &str| {
        let (width, height) = text.split_once('x')?;
        Some((figure::whole(width), figure::whole(height)))
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let has_form = text.split_once('x').is_some_and(|(width, height)| {
        [width, height].iter().all(|side| !side.is_empty() && side.chars().all(is_digit))
    });
    let quoted = shown(text);
    let what = match sides(text) {
        Some((Ok(width), Ok(height))) => return Ok(Size { width, height }),
        Some((Err(fault), _) | (_, Err(fault))) if has_form => format!("a side of the size `{quoted}` {}", fault.what),
        _ => format!("`{quoted}` is not a size"),
    };
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.to_lowercase().replace(['*', '×', '/', ':'], "x");
    let plain: Vec<&str> = plain.split('x').map(|side| side.trim_start_matches('0')).collect();
    let help = match sides(&plain.join("x")) {
        Some((Ok(width), Ok(height))) => format!("write {}", Size { width, height }),
        _ => "a size is its width, x, and its height, in pixels, such as 512x768".to_owned(),
    };
    Err(cell.problem(what).help(help))
}

/// The step counts of the rows.
fn counts(sheet: &Sheet, found: &mut Vec<Problem>) -> Vec<Option<u32>> {
    let mut once = Once::default();
    let mut last: Option<(u32, At<'_>)> = None;
    let mut counts = Vec::new();
    for [cell] in sheet.rows() {
        let count = cell.whole("step count", found);
        if let Some(count) = count {
            once.check(&count.to_string(), "step count", cell, found);
            match last {
                Some((before, place)) if count < before => {
                    let what = format!("the step count {count} stands after {before}");
                    let help = "rows stand in the order of their steps, the fewest first".to_owned();
                    found.push(cell.problem(what).against(place.mark()).help(help));
                }
                _ => last = Some((count, cell)),
            }
        }
        counts.push(count);
    }
    counts
}

fn price(cell: At<'_>, most: u64, found: &mut Vec<Problem>) -> Option<Decimal> {
    let price = cell.amount("price", CREDITS_DECIMALS, most, found)?;
    if price.is_zero() {
        let help = "a price is more than 0; delete the row or the column of what is not on offer".to_owned();
        found.push(cell.problem("the price is zero").help(help));
        return None;
    }
    Some(price)
}

/// A price table with its mistakes: what is wrong by itself is `None`, and compared with nothing.
struct Grid<'a> {
    sheet: &'a Sheet,
    columns: Vec<Option<Size>>,
    counts: Vec<Option<u32>>,
    prices: Vec<Vec<Option<Decimal>>>,
}

/// One cell of the grid.
#[derive(Clone, Copy)]
struct Priced<'a> {
    at: At<'a>,
    size: Size,
    steps: u32,
    price: Decimal,
}

impl Grid<'_> {
    fn cell(&self, row: usize, column: usize) -> Option<Priced<'_>> {
        let (size, steps) = (*self.columns.get(column)?, *self.counts.get(row)?);
        let price = *self.prices.get(row)?.get(column)?;
        let row = self.sheet.rows.get(row)?;
        let at = At { sheet: self.sheet, row, cell: row.cells.get(column + 1)? };
        Some(Priced { at, size: size?, steps: steps?, price: price? })
    }

    fn column(&self, column: usize) -> impl Iterator<Item = Priced<'_>> {
        (0..self.counts.len()).filter_map(move |row| self.cell(row, column))
    }

    /// The columns, by a number that is made of their size.
    fn columns_by(&self, number: fn(Size) -> u64) -> Vec<(u64, usize)> {
        let columns = self.columns.iter().enumerate();
        let mut columns: Vec<_> = columns.filter_map(|(column, size)| Some((number((*size)?), column))).collect();
        columns.sort_unstable();
        columns
    }

    /// The cells of a row in each group of columns with the same number.
    fn groups<'a>(&'a self, row: usize, columns: &'a [(u64, usize)]) -> impl Iterator<Item = Vec<Priced<'a>>> {
        let groups = columns.chunk_by(|a, b| a.0 == b.0);
        groups.map(move |group| group.iter().filter_map(|&(_, column)| self.cell(row, column)).collect())
    }

    fn grows_with_steps(&self, found: &mut Vec<Problem>) {
        for column in 0..self.columns.len() {
            for (fewer, more) in self.column(column).zip(self.column(column).skip(1)) {
                if fewer.steps < more.steps && fewer.price > more.price {
                    found.push(falls(more, fewer, &format!("steps grow from {} to {}", fewer.steps, more.steps)));
                }
            }
        }
    }

    /// Compares each number of pixels with the next larger one, wherever the columns stand.
    fn grows_with_pixels(&self, found: &mut Vec<Problem>) {
        let columns = self.columns_by(Size::pixels);
        for row in 0..self.counts.len() {
            let mut dearest: Option<Priced> = None;
            for group in self.groups(row, &columns) {
                let cheapest = group.iter().min_by_key(|cell| cell.price);
                if let (Some(dearest), Some(cheapest)) = (dearest, cheapest) {
                    if dearest.price > cheapest.price {
                        let grow = format!("the size grows from {} to {}", dearest.size, cheapest.size);
                        found.push(falls(*cheapest, dearest, &grow));
                    }
                }
                dearest = group.into_iter().rev().max_by_key(|cell| cell.price).or(dearest);
            }
        }
    }

    fn is_the_same_turned(&self, found: &mut Vec<Problem>) {
        let columns = self.columns_by(|size| size.key().min(size.turned().key()));
        for row in 0..self.counts.len() {
            for group in self.groups(row, &columns) {
                let Some((other, cells)) = group.split_first() else { continue };
                for cell in cells.iter().filter(|cell| cell.size != other.size && cell.price != other.price) {
                    let what = format!(
                        "{} costs {}, and the same size turned round, {}, costs {}",
                        cell.size, cell.price, other.size, other.price,
                    );
                    found.push(cell.at.problem(what).against(other.at.mark()));
                }
            }
        }
    }
}

fn falls(cell: Priced<'_>, other: Priced<'_>, while_growing: &str) -> Problem {
    let what = format!("the price falls from {} to {} while {while_growing}", other.price, cell.price);
    let help = "more steps or more pixels never cost less: one of the two is wrong".to_owned();
    cell.at.problem(what).against(other.at.mark()).help(help)
}
