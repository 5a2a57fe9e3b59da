//! Lookups by an engine's id and by plain integers.

use core::fmt;
use core::iter::FusedIterator;
use core::ops::Range;
use core::str::FromStr;

use crate::engine::Engine;
use crate::error::{NotPriced, UnknownEngine, UnknownTable};
use crate::text::{DisplayCredits, Excerpt, equal, pad_text};
use crate::{Credits, Settings, Table};

impl Table {
    /// Returns the table that prices an engine, by the engine's id in the API.
    ///
    /// # Errors
    ///
    /// [`UnknownEngine`] if no table prices the engine. Upscalers, and other engines whose price does not depend on size and
    /// steps, are not in the tables.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// for &table in Table::ALL {
    ///     for id in table.engines() {
    ///         assert_eq!(Table::for_engine(id), Ok(table));
    ///     }
    /// }
    /// assert!(Table::for_engine("esrgan-v1-x2plus").is_err());
    /// ```
    #[inline]
    pub const fn for_engine(id: &str) -> Result<Self, UnknownEngine> {
        match Engine::find(id) {
            Ok(engine) => Ok(engine.table),
            Err(error) => Err(error),
        }
    }

    /// Returns the price of one image: width and height in pixels, and a step count.
    ///
    /// # Errors
    ///
    /// [`NotPriced`] if the table has no such size or no such step count. Prices are not interpolated.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// match Table::Sdxl.price(512, 768, 31) {
    ///     Ok(price) => println!("{price} credits"),
    ///     Err(error) if error.has_size() => {
    ///         println!("choose one of {:?} steps", error.table().steps());
    ///     }
    ///     Err(error) => println!("{error}"),
    /// }
    /// ```
    #[inline]
    pub const fn price(self, width: u32, height: u32, steps: u32) -> Result<Credits, NotPriced> {
        match self.look_up(width, height, steps) {
            Some(price) => Ok(price),
            None => Err(NotPriced { table: self, settings: Settings { width, height, steps } }),
        }
    }

    /// Returns the price of one image with these settings; [`price`](Self::price) takes plain numbers.
    ///
    /// # Errors
    ///
    /// [`NotPriced`] if the table has no such size or no such step count.
    ///
    /// ```
    /// use dreamstudio_pricing::{Client, Credits};
    ///
    /// const CLIENT: Client = Client::DreamStudio;
    /// const PRICE: Credits = match CLIENT.table().price_of(CLIENT.defaults()) {
    ///     Ok(price) => price,
    ///     Err(_) => panic!("the defaults have no price"),
    /// };
    /// println!("an image at the defaults costs {PRICE} credits");
    /// ```
    #[inline]
    pub const fn price_of(self, settings: Settings) -> Result<Credits, NotPriced> {
        self.price(settings.width, settings.height, settings.steps)
    }

    /// Returns each cell of the table, row by row. [`Cell::all`] returns those of all tables.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let cheapest = Table::Sdxl.cells().min_by_key(|cell| cell.price);
    /// println!("{}", cheapest.expect("a table has cells"));
    /// ```
    #[inline]
    #[must_use]
    pub fn cells(self) -> Cells {
        Cells { table: self, indices: 0..self.sizes().len() * self.steps().len() }
    }

    /// Returns the cells that a balance pays for, row by row: those whose price is at most the balance.
    /// [`checked_div`](crate::Amount::checked_div) returns the number of images.
    ///
    /// ```
    /// use dreamstudio_pricing::billing::SIGN_UP_GRANT;
    /// use dreamstudio_pricing::Table;
    ///
    /// for cell in Table::Sdxl.affordable(SIGN_UP_GRANT) {
    ///     let images = SIGN_UP_GRANT.checked_div(cell.price).expect("a price is above zero");
    ///     println!("{images} images of {}", cell.settings());
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub fn affordable(self, balance: Credits) -> Affordable {
        Affordable { cells: self.cells(), balance }
    }

    /// Returns the cell with the largest size that a balance pays for at a step count. If several sizes have the most pixels, it
    /// returns the first. Returns `None` if the balance pays for no size, or the table has no such step count.
    ///
    /// ```
    /// use dreamstudio_pricing::{Credits, Table};
    ///
    /// if let Some(cell) = Table::Standard.largest_size(50, Credits::whole(1)) {
    ///     println!("1 credit pays for {}x{}", cell.width, cell.height);
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub fn largest_size(self, steps: u32, balance: Credits) -> Option<Cell> {
        self.largest_size_for_images(1, steps, balance)
    }

    /// Returns the cell with the largest size of which a balance pays for this number of images, as
    /// [`largest_size`](Self::largest_size) does for one. No cell pays for zero images: it returns `None`. It does not check
    /// whether the API accepts that number in one request; [`limits`](Self::limits) says that.
    ///
    /// ```
    /// use dreamstudio_pricing::{Credits, Table};
    ///
    /// if let Some(cell) = Table::Standard.largest_size_for_images(4, 50, Credits::whole(10)) {
    ///     println!("10 credits pay for 4 images of {}x{}", cell.width, cell.height);
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub fn largest_size_for_images(self, images: u64, steps: u32, balance: Credits) -> Option<Cell> {
        let pixels = |cell: &Cell| cell.settings().image_size().pixels();
        // In reverse, because `max_by_key` returns the last of several maxima.
        let affordable = self.affordable(balance.checked_split(images)?.0).rev();
        affordable.filter(|cell| cell.steps == steps).max_by_key(pixels)
    }

    /// Returns the cell with the most steps that a balance pays for at a size. Returns `None` if the balance pays for no step
    /// count, or the table has no such size.
    ///
    /// ```
    /// use dreamstudio_pricing::{Credits, Table};
    ///
    /// if let Some(cell) = Table::Standard.most_steps(512, 512, Credits::whole(1)) {
    ///     println!("1 credit pays for {} steps", cell.steps);
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub fn most_steps(self, width: u32, height: u32, balance: Credits) -> Option<Cell> {
        self.most_steps_for_images(1, width, height, balance)
    }

    /// Returns the cell with the most steps at which a balance pays for this number of images, as
    /// [`most_steps`](Self::most_steps) does for one. No cell pays for zero images: it returns `None`. It does not check
    /// whether the API accepts that number in one request; [`limits`](Self::limits) says that.
    ///
    /// ```
    /// use dreamstudio_pricing::{Credits, Table};
    ///
    /// let balance = Credits::whole(1);
    /// if let Some(cell) = Table::Standard.most_steps_for_images(4, 512, 512, balance) {
    ///     println!("1 credit pays for 4 images of {} steps", cell.steps);
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub fn most_steps_for_images(self, images: u64, width: u32, height: u32, balance: Credits) -> Option<Cell> {
        let affordable = self.affordable(balance.checked_split(images)?.0);
        affordable.rev().find(|cell| (cell.width, cell.height) == (width, height))
    }

    /// Returns the table with this name.
    #[inline]
    pub(crate) const fn named(name: &str) -> Option<Self> {
        let mut at = 0;
        while at < Self::ALL.len() {
            if equal(Self::ALL[at].name(), name) {
                return Some(Self::ALL[at]);
            }
            at += 1;
        }
        None
    }

    pub(crate) const fn has_steps(self, count: u32) -> bool {
        let steps = self.steps();
        let mut at = 0;
        while at < steps.len() {
            if steps[at] == count {
                return true;
            }
            at += 1;
        }
        false
    }

    fn cell(self, index: usize) -> Option<Cell> {
        let columns = self.sizes().len();
        let &steps = self.steps().get(index.checked_div(columns)?)?;
        let &(width, height) = self.sizes().get(index % columns)?;
        let price = self.look_up(width, height, steps)?;
        Some(Cell { table: self, width, height, steps, price })
    }
}

/// Parses the [`name`](Table::name) of a table, which must match exactly.
impl FromStr for Table {
    type Err = UnknownTable;

    #[inline]
    fn from_str(name: &str) -> Result<Self, UnknownTable> {
        Self::named(name).ok_or(UnknownTable { name: Excerpt::new(name) })
    }
}

crate::traits::named!(Table, "the name of a price table");

/// The cells of a table, row by row; [`Table::cells`] returns it.
#[derive(Clone, Debug)]
pub struct Cells {
    table: Table,
    indices: Range<usize>,
}

impl Iterator for Cells {
    type Item = Cell;

    #[inline]
    fn next(&mut self) -> Option<Cell> {
        self.table.cell(self.indices.next()?)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.indices.size_hint()
    }
}

impl DoubleEndedIterator for Cells {
    #[inline]
    fn next_back(&mut self) -> Option<Cell> {
        self.table.cell(self.indices.next_back()?)
    }
}

impl ExactSizeIterator for Cells {}

impl FusedIterator for Cells {}

/// The cells that a balance pays for, row by row; [`Table::affordable`] returns it.
#[derive(Clone, Debug)]
pub struct Affordable {
    cells: Cells,
    balance: Credits,
}

impl Iterator for Affordable {
    type Item = Cell;

    #[inline]
    fn next(&mut self) -> Option<Cell> {
        let balance = self.balance;
        self.cells.find(|cell| cell.price <= balance)
    }
}

impl DoubleEndedIterator for Affordable {
    #[inline]
    fn next_back(&mut self) -> Option<Cell> {
        let balance = self.balance;
        self.cells.rfind(|cell| cell.price <= balance)
    }
}

impl FusedIterator for Affordable {}

/// One price of a table.
///
/// With the feature `serde` it is written as a map of `table`, `width`, `height`, `steps`, `credits` and `usd`, which is also a
/// row of CSV. It does not implement `Deserialize`: every price comes from the tables.
///
/// ```
/// use dreamstudio_pricing::Table;
///
/// for cell in Table::Sdxl.cells() {
///     println!("{cell}, ${}", cell.price.usd());
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Cell {
    /// The table that has the cell.
    pub table: Table,
    /// Width of the image, in pixels.
    pub width: u32,
    /// Height of the image, in pixels.
    pub height: u32,
    /// Step count.
    pub steps: u32,
    /// The price of one image, in credits.
    pub price: Credits,
}

impl Cell {
    /// Returns each cell of all tables, table by table in the order of [`Table::ALL`], and row by row.
    ///
    /// ```
    /// use dreamstudio_pricing::Cell;
    ///
    /// for cell in Cell::all() {
    ///     println!("{}: {cell}", cell.table);
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + FusedIterator + Clone {
        Table::ALL.iter().flat_map(|table| table.cells())
    }

    /// Returns the size and the step count as settings.
    ///
    /// ```
    /// use dreamstudio_pricing::Cell;
    ///
    /// for cell in Cell::all() {
    ///     assert_eq!(cell.table.price_of(cell.settings()), Ok(cell.price));
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub const fn settings(self) -> Settings {
        Settings { width: self.width, height: self.height, steps: self.steps }
    }
}

/// Formats as `512x768 at 30 steps: 0.5 credits`. A precision does nothing.
impl fmt::Display for Cell {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pad_text(f, format_args!("{}: {}", self.settings(), DisplayCredits(self.price)))
    }
}

/// Where a table was published; [`Table::source`] returns it.
///
/// ```
/// use dreamstudio_pricing::Table;
///
/// if let Some(source) = Table::Sdxl.source() {
///     println!("{}, {}, of {}", source.page, source.heading, source.published);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Source {
    /// The title of the page.
    pub page: &'static str,
    /// The heading above the table.
    pub heading: &'static str,
    /// The day of publication, as `YYYY-MM-DD`.
    pub published: &'static str,
}
