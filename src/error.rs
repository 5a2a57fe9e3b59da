//! The errors of lookups. Each message names the requested value and lists the valid ones.

use core::error::Error;
use core::fmt;

use crate::text::{DisplayList, DisplaySize, Excerpt};
use crate::{Client, Settings, Table};

/// A table has no price for a size and step count. The message lists the sizes or step counts of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotPriced {
    pub(crate) table: Table,
    pub(crate) settings: Settings,
}

impl NotPriced {
    /// Returns the table.
    #[inline]
    #[must_use]
    pub const fn table(&self) -> Table {
        self.table
    }

    /// Returns the settings that have no price.
    ///
    /// ```
    /// use dreamstudio_pricing::{Settings, Table};
    ///
    /// let error = Table::Sdxl.price(3, 2, 1).unwrap_err();
    /// assert_eq!(error.settings(), Settings::size(3, 2).steps(1));
    /// ```
    #[inline]
    #[must_use]
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Returns whether the table has the size, so that only the step count has no price.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let cell = Table::Sdxl.cells().next().expect("a table has cells");
    /// let error = Table::Sdxl.price(cell.width, cell.height, 0).unwrap_err();
    /// assert!(error.has_size() && !error.has_steps());
    /// ```
    #[inline]
    #[must_use]
    pub const fn has_size(&self) -> bool {
        self.table.has_size(self.settings.width, self.settings.height)
    }

    /// Returns whether the table has the step count, so that only the size has no price.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let cell = Table::Sdxl.cells().next().expect("a table has cells");
    /// let error = Table::Sdxl.price(0, 0, cell.steps).unwrap_err();
    /// assert!(error.has_steps() && !error.has_size());
    /// ```
    #[inline]
    #[must_use]
    pub const fn has_steps(&self) -> bool {
        self.table.has_steps(self.settings.steps)
    }

    /// Returns the transposed size, with width and height swapped, if the table has it but not the size itself.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let table = Table::Standard;
    /// if let Err(error) = table.price(768, 512, 30) {
    ///     if let Some((width, height)) = error.transposed() {
    ///         assert!(table.sizes().contains(&(width, height)));
    ///     }
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub const fn transposed(&self) -> Option<(u32, u32)> {
        let Settings { width, height, .. } = self.settings;
        if !self.has_size() && self.table.has_size(height, width) { Some((height, width)) } else { None }
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for NotPriced {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, settings } = self;
        write!(f, "the {table} table has no price for {settings}: ")?;
        if !self.has_size() {
            let sizes = table.sizes().iter().map(|&(width, height)| DisplaySize(width, height));
            write!(f, "its sizes are {}", DisplayList(sizes))?;
            if let Some((width, height)) = self.transposed() {
                write!(f, " (the transposed size, {}, is one of them)", DisplaySize(width, height))?;
            }
        }
        if !self.has_steps() {
            let link = if self.has_size() { "" } else { "; " };
            write!(f, "{link}its step counts are {}", DisplayList(table.steps()))?;
        }
        Ok(())
    }
}

impl Error for NotPriced {}

/// A table has no estimate for a size and step count: the request has more pixels or more steps than every cell, or a number
/// is zero. The message says how far the table goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotEstimated {
    pub(crate) table: Table,
    pub(crate) settings: Settings,
}

impl NotEstimated {
    /// Returns the table.
    #[inline]
    #[must_use]
    pub const fn table(&self) -> Table {
        self.table
    }

    /// Returns the settings that have no estimate.
    ///
    /// ```
    /// use dreamstudio_pricing::{Settings, Table};
    ///
    /// let error = Table::Sdxl.estimate(0, 2, 1).unwrap_err();
    /// assert_eq!(error.settings(), Settings::size(0, 2).steps(1));
    /// ```
    #[inline]
    #[must_use]
    pub const fn settings(&self) -> Settings {
        self.settings
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for NotEstimated {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, settings } = self;
        write!(f, "the {table} table has no estimate for {settings}: ")?;
        if [settings.width, settings.height, settings.steps].contains(&0) {
            return f.write_str("width, height and steps must be at least 1");
        }
        let pixels = |width: u32, height: u32| u64::from(width) * u64::from(height);
        let requested = pixels(settings.width, settings.height);
        let largest = table.sizes().iter().max_by_key(|(width, height)| pixels(*width, *height));
        if let Some(&(width, height)) = largest.filter(|(width, height)| pixels(*width, *height) < requested) {
            let size = DisplaySize(width, height);
            return write!(f, "it has {requested} pixels, and the largest size, {size}, has {}", pixels(width, height));
        }
        // Then there are too many steps. The build rejects a table without a cell.
        let most = table.steps().last().copied().unwrap_or_default();
        write!(f, "the table goes up to {most} steps")
    }
}

impl Error for NotEstimated {}

/// No table prices an engine with this id. The message lists the known engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownEngine {
    pub(crate) id: Excerpt,
    pub(crate) table: Option<Table>,
}

impl UnknownEngine {
    /// Returns the start of the id: its first 62 bytes, or slightly fewer, to avoid splitting a character.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!(Table::for_engine("no-such-engine").unwrap_err().id(), "no-such-engine");
    /// ```
    #[inline]
    #[must_use]
    pub const fn id(&self) -> &str {
        self.id.as_str()
    }

    /// Returns the table of this name, if the id is the name of a table instead of an engine.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// for table in Table::ALL {
    ///     assert_eq!(Table::for_engine(table.name()).unwrap_err().table(), Some(*table));
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub const fn table(&self) -> Option<Table> {
        self.table
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for UnknownEngine {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(table) = self.table {
            return match table.engines() {
                [] => write!(f, "{} is a price table and not an engine; no engine has its prices", self.id),
                ids => {
                    write!(f, "{} is a price table and not an engine; its engines are {}", self.id, DisplayList(ids))
                }
            };
        }
        let engines = Table::ALL.iter().flat_map(|table| table.engines());
        write!(f, "unknown engine {}; known engines: {}", self.id, DisplayList(engines))
    }
}

impl Error for UnknownEngine {}

/// No table has this name. The message lists the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownTable {
    pub(crate) name: Excerpt,
}

impl UnknownTable {
    /// Returns the start of the name: its first 62 bytes, or slightly fewer, to avoid splitting a character.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!("no table".parse::<Table>().unwrap_err().name(), "no table");
    /// ```
    #[inline]
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for UnknownTable {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no price table {}: the price tables are {}", self.name, DisplayList(Table::ALL))
    }
}

impl Error for UnknownTable {}

/// No client has this name. The message lists the clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownClient {
    pub(crate) name: Excerpt,
}

impl UnknownClient {
    /// Returns the start of the name: its first 62 bytes, or slightly fewer, to avoid splitting a character.
    ///
    /// ```
    /// use dreamstudio_pricing::Client;
    ///
    /// assert_eq!("no client".parse::<Client>().unwrap_err().name(), "no client");
    /// ```
    #[inline]
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for UnknownClient {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no client {}: the clients are {}", self.name, DisplayList(Client::ALL))
    }
}

impl Error for UnknownClient {}

/// The size is not in the table. The message lists its sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownSize {
    pub(crate) table: Table,
    pub(crate) size: Excerpt,
}

impl UnknownSize {
    /// Returns the table.
    #[inline]
    #[must_use]
    pub const fn table(&self) -> Table {
        self.table
    }

    /// Returns the start of the size as text: its first 62 bytes, or slightly fewer, to avoid splitting a character.
    ///
    /// ```
    /// use dreamstudio_pricing::sdxl::Size;
    ///
    /// assert_eq!(Size::try_from((0, 1)).unwrap_err().size(), "0x1");
    /// ```
    #[inline]
    #[must_use]
    pub const fn size(&self) -> &str {
        self.size.as_str()
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for UnknownSize {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = self.table.sizes().iter().map(|&(width, height)| DisplaySize(width, height));
        write!(f, "the {} table has no size {}: its sizes are {}", self.table, self.size, DisplayList(sizes))
    }
}

impl Error for UnknownSize {}

/// The step count is not in the table. The message lists its step counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownSteps {
    pub(crate) table: Table,
    pub(crate) steps: Excerpt,
}

impl UnknownSteps {
    /// Returns the table.
    #[inline]
    #[must_use]
    pub const fn table(&self) -> Table {
        self.table
    }

    /// Returns the start of the step count as text: its first 62 bytes, or slightly fewer, to avoid splitting a character.
    ///
    /// ```
    /// use dreamstudio_pricing::sdxl::Steps;
    ///
    /// assert_eq!(Steps::try_from(0).unwrap_err().steps(), "0");
    /// ```
    #[inline]
    #[must_use]
    pub const fn steps(&self) -> &str {
        self.steps.as_str()
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for UnknownSteps {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = DisplayList(self.table.steps());
        write!(f, "the {} table has no step count {}: its step counts are {counts}", self.table, self.steps)
    }
}

impl Error for UnknownSteps {}
