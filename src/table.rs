//! Lookups that begin with what a request has: an engine's id and plain integers.

use core::error::Error;
use core::fmt;
use core::str::FromStr;

use crate::text::{Excerpt, List, Pixels};
use crate::{Credits, Table};

impl Table {
    /// The table that prices an engine, by the engine's id in the API.
    ///
    /// # Errors
    ///
    /// [`UnknownEngine`] for an id that no table is known to price; engines that are priced in other ways, upscalers
    /// among them, are unknown here.
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
        match Self::of_engine(id) {
            Some(table) => Ok(table),
            None => Err(UnknownEngine { id: Excerpt::new(id) }),
        }
    }

    /// The price of one image, in credits, from plain integers: width and height in pixels, and a step count.
    ///
    /// # Errors
    ///
    /// [`NotPriced`] where the table has no such column or no such row. There is nothing between two of them: only
    /// what is in the table is priced.
    ///
    /// ```
    /// use dreamstudio_pricing::{NotPriced, Table, sdxl};
    ///
    /// let price = Table::Sdxl.price(512, 768, 30)?;
    /// assert_eq!(price, sdxl::price(sdxl::Size::S512x768, sdxl::Steps::N30));
    /// assert!(Table::Sdxl.price(512, 768, 31).is_err());
    /// # Ok::<(), NotPriced>(())
    /// ```
    #[inline]
    pub const fn price(self, width: u32, height: u32, steps: u32) -> Result<Credits, NotPriced> {
        match self.look_up(width, height, steps) {
            Some(price) => Ok(price),
            None => Err(NotPriced { table: self, width, height, steps }),
        }
    }

    /// Each cell of the table, row by row.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// for cell in Table::Sdxl.cells() {
    ///     println!("{}x{} at {} steps: {}", cell.width, cell.height, cell.steps, cell.price);
    /// }
    /// ```
    #[inline]
    pub fn cells(self) -> impl Iterator<Item = Cell> + Clone + fmt::Debug {
        let row = move |steps: u32| {
            let price = move |&(width, height): &(u32, u32)| {
                let price = self.look_up(width, height, steps)?;
                Some(Cell { width, height, steps, price })
            };
            self.sizes().iter().filter_map(price)
        };
        self.steps().iter().copied().flat_map(row)
    }
}

/// By [`name`](Table::name).
impl FromStr for Table {
    type Err = UnknownTable;

    fn from_str(name: &str) -> Result<Self, UnknownTable> {
        let found = Self::ALL.iter().find(|table| table.name() == name);
        found.copied().ok_or(UnknownTable { name: Excerpt::new(name) })
    }
}

crate::traits::named!(Table);

/// One price of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Cell {
    /// Width of the image, in pixels.
    pub width: u32,
    /// Height of the image, in pixels.
    pub height: u32,
    /// Step count.
    pub steps: u32,
    /// The price of one image, in credits.
    pub price: Credits,
}

/// A table has no price for a request; the message says what it has prices for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotPriced {
    table: Table,
    width: u32,
    height: u32,
    steps: u32,
}

impl NotPriced {
    /// The table that was asked.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!(Table::Sdxl.price(0, 0, 0).unwrap_err().table(), Table::Sdxl);
    /// ```
    #[inline]
    #[must_use]
    pub const fn table(&self) -> Table {
        self.table
    }

    /// The width that was asked for, in pixels.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!(Table::Sdxl.price(3, 2, 1).unwrap_err().width(), 3);
    /// ```
    #[inline]
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// The height that was asked for, in pixels.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!(Table::Sdxl.price(3, 2, 1).unwrap_err().height(), 2);
    /// ```
    #[inline]
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The step count that was asked for.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!(Table::Sdxl.price(3, 2, 1).unwrap_err().steps(), 1);
    /// ```
    #[inline]
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// Whether the table has the size turned round, width for height, and not the size itself.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let error = Table::Standard.price(768, 512, 30).unwrap_err();
    /// assert_eq!(error.has_size_turned(), Table::Standard.sizes().contains(&(512, 768)));
    /// ```
    #[inline]
    #[must_use]
    pub fn has_size_turned(&self) -> bool {
        !self.has_size() && self.table.sizes().contains(&(self.height, self.width))
    }

    fn has_size(&self) -> bool {
        self.table.sizes().contains(&(self.width, self.height))
    }
}

impl fmt::Display for NotPriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, width, height, steps } = self;
        let size = Pixels(*width, *height);
        write!(f, "the {table} table has no price for {size} at {steps} steps: ")?;
        if !self.has_size() {
            let sizes = table.sizes().iter().map(|&(width, height)| Pixels(width, height));
            write!(f, "its sizes are {}", List(sizes))?;
            if self.has_size_turned() {
                write!(f, ", and {}, the size turned round, is one of them", Pixels(*height, *width))?;
            }
        }
        if !table.steps().contains(steps) {
            let link = if self.has_size() { "" } else { "; " };
            write!(f, "{link}its step counts are {}", List(table.steps()))?;
        }
        Ok(())
    }
}

impl Error for NotPriced {}

/// No table is known to price an engine; the message says which engines have prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownEngine {
    id: Excerpt,
}

impl fmt::Display for UnknownEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engines = Table::ALL.iter().flat_map(|table| table.engines());
        write!(f, "no price is known for the engine {}: the engines with prices are {}", self.id, List(engines))
    }
}

impl Error for UnknownEngine {}

/// A text is not the name of a table; the message says what the names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownTable {
    name: Excerpt,
}

impl fmt::Display for UnknownTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no table {}: the tables are {}", self.name, List(Table::ALL))
    }
}

impl Error for UnknownTable {}
