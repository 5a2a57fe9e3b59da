//! The checked prices: [`check`](crate::check) returns them, and [`emit`](crate::emit) writes them as code.

use std::fmt;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, count};
use crate::formula::Formula;
use crate::hash::hash_of_files;
use crate::ident::Name;
use crate::number::{self, CREDITS_DECIMALS, USD_DECIMALS};

/// The contents of a folder of tables. Only [`check`](crate::check) makes it, so every rule of the tables holds.
///
/// The fields are public to be read. After changing a field you must uphold its invariants:
/// [`emit`](crate::emit) panics on invalid identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prices {
    /// The price tables, sorted by the names of their files.
    pub tables: Vec<Table>,
    /// Where tables are published that the vendor has and that are not priced here, in the order of `sources.csv`.
    pub unpriced: Vec<Source>,
    /// The engines, in the order of their file.
    pub engines: Vec<Engine>,
    /// The clients, in the order of their file.
    pub clients: Vec<Client>,
    /// The sign-up grant and the price of a credit.
    pub billing: Billing,
    /// The name of each file, and the [`hash`](crate::hash()) of its contents, which ignores a byte-order mark, line
    /// endings and the final newline. Sorted by name.
    pub files: Vec<(String, u64)>,
    /// Probable mistakes that break no rule.
    pub warnings: Vec<Diagnostic>,
}

/// One price table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Table {
    /// The name, from that of the file.
    pub name: Name,
    /// Where the table was published, if `sources.csv` says so.
    pub source: Option<Source>,
    /// The formula that gives the price of every cell but the exceptions, if `formulas.csv` has one.
    pub formula: Option<Formula>,
    /// The cells that the vendor prices out of line with the others, row by row. The table has each, once.
    pub exceptions: Vec<Exception>,
    /// What the API accepts, if `limits.csv` says so.
    pub limits: Option<Limits>,
    /// The columns, in the order of the file.
    pub sizes: Vec<Size>,
    /// The rows, sorted by their steps.
    pub rows: Vec<StepsRow>,
}

/// The prices of one step count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepsRow {
    /// The step count.
    pub steps: u32,
    /// Credits per image, one price for each size of the table.
    pub prices: Vec<Decimal>,
}

/// What can be read of a price table that may have mistakes. `None` is a cell that is wrong by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadableTable {
    /// The size of each column.
    pub sizes: Vec<Option<Size>>,
    /// The step count of each row.
    pub steps: Vec<Option<u32>>,
    /// Credits per image, row by row: one price for each size.
    pub prices: Vec<Vec<Option<Decimal>>>,
}

/// A cell to which the rules of formula, order and equal pixels do not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Exception {
    /// The size of the cell.
    pub size: Size,
    /// The step count of the cell.
    pub steps: u32,
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

/// What the API accepts of the engines of a table. `None` is no limit; each number is at least 1.
///
/// Each cell of the table is within the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Width and height are multiples of this, in pixels.
    pub side_multiple: Option<u32>,
    /// The smallest number of pixels of an image.
    pub min_pixels: Option<u32>,
    /// The largest number of pixels of an image: at least `min_pixels`.
    pub max_pixels: Option<u32>,
    /// The largest length of the longer side, in pixels.
    pub max_long_side: Option<u32>,
    /// The largest length of the shorter side, in pixels: at most `max_long_side`.
    pub max_short_side: Option<u32>,
    /// The smallest step count.
    pub min_steps: Option<u32>,
    /// The largest step count: at least `min_steps`.
    pub max_steps: Option<u32>,
    /// The largest number of images of one request.
    pub max_images: Option<u32>,
}

/// Where a table was published.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The title of the page.
    pub page: String,
    /// The heading above the table.
    pub heading: String,
    /// The day of publication: a calendar day, as `YYYY-MM-DD`.
    pub published: String,
}

/// An engine's id in the API, and the table that prices it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Engine {
    /// The id, as a request names it.
    pub id: String,
    /// The table's name.
    pub table: Name,
}

/// A client with its default settings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Client {
    /// The client's name.
    pub name: Name,
    /// The table of the engine that it uses by default.
    pub table: Name,
    /// The default size. The table has this column.
    pub size: Size,
    /// The default step count. The table has this row.
    pub steps: u32,
    /// How many images at the defaults the sign-up grant pays for, if a page says so.
    pub granted_images: Option<u64>,
}

/// The sign-up grant and the price of a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Billing {
    /// Credits granted to a new account.
    pub sign_up_grant: Decimal,
    /// The smallest purchase, in dollars.
    pub minimum_purchase: Decimal,
    /// The price of one unit of `Credits`, in units of `Usd`.
    pub usd_units_per_credits_unit: u64,
}

impl Prices {
    /// Returns the edition, as the library's `EDITION` names it: the newest day of publication (`undated` without one), `+`, and
    /// 16 hexadecimal digits, which are a hash of the names and contents of all files.
    #[must_use]
    pub fn edition(&self) -> String {
        let days = self.tables.iter().filter_map(|table| Some(&*table.source.as_ref()?.published));
        format!("{}+{:016x}", days.max().unwrap_or("undated"), hash_of_files(&self.files))
    }
}

impl Table {
    /// Returns the price of one image, if the table has this size and this step count.
    #[must_use]
    pub fn price(&self, size: Size, steps: u32) -> Option<Decimal> {
        let column = self.sizes.iter().position(|&other| other == size)?;
        let row = self.rows.iter().find(|row| row.steps == steps)?;
        row.prices.get(column).copied()
    }

    /// Returns whether the price of a cell is out of line with the others.
    #[must_use]
    pub fn is_exception(&self, size: Size, steps: u32) -> bool {
        self.exceptions.contains(&Exception { size, steps })
    }
}

impl Limits {
    /// Returns each limit with the name of its column, in the order of the file.
    #[must_use]
    pub fn columns(&self) -> [(&'static str, Option<u32>); 8] {
        [
            ("side_multiple", self.side_multiple),
            ("min_pixels", self.min_pixels),
            ("max_pixels", self.max_pixels),
            ("max_long_side", self.max_long_side),
            ("max_short_side", self.max_short_side),
            ("min_steps", self.min_steps),
            ("max_steps", self.max_steps),
            ("max_images", self.max_images),
        ]
    }
}

impl Source {
    /// Returns whether the string is a calendar day, as `YYYY-MM-DD`.
    #[must_use]
    pub fn is_day(text: &str) -> bool {
        let has_form = text.len() == 10
            && text.bytes().enumerate().all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
        let numbers: Vec<u32> = text.split('-').filter_map(|number| number.parse().ok()).collect();
        let (true, [year, month, day]) = (has_form, &numbers[..]) else { return false };
        let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match *month {
            2 if is_leap_year => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        (1..=days).contains(day)
    }
}

impl Size {
    pub(crate) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    pub(crate) fn transposed(self) -> Self {
        Self { width: self.height, height: self.width }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// Writes the settings of the cell, such as `512x768 at 30 steps`.
impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.size, count(self.steps, "step"))
    }
}

impl Billing {
    /// Converts credits to dollars, exactly.
    #[must_use]
    pub fn usd(&self, credits: Decimal) -> Decimal {
        // `check` bounds the price of a credit and every amount of credits, so this never saturates.
        let units = number::units(credits, CREDITS_DECIMALS).saturating_mul(self.usd_units_per_credits_unit);
        number::of_units(units, USD_DECIMALS)
    }

    /// Returns the credits of the smallest purchase. `check` derives the price of a credit from them, exactly.
    #[must_use]
    pub fn minimum_purchase_credits(&self) -> Decimal {
        self.minimum_purchase / self.usd(Decimal::ONE)
    }
}
