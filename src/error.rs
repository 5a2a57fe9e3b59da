//! The errors of lookups. Each message names the requested value and lists the valid ones, and each error has a code.

use core::error::Error;
use core::fmt;

use crate::settings::parse_size;
use crate::text::{DisplayList, DisplaySuggestion, Excerpt};
use crate::{Client, ImageSize, Settings, Table};

/// A table has no price for a size and step count. The message lists the sizes or step counts of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotPriced {
    pub(crate) table: Table,
    pub(crate) settings: Settings,
}

impl NotPriced {
    /// Returns the stable [code](crate#errors) of the error: `size`, `steps` or `size-and-steps`, whichever the table
    /// does not have.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match (self.has_size(), self.has_steps()) {
            (true, _) => "steps",
            (false, true) => "size",
            (false, false) => "size-and-steps",
        }
    }

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
        let &Self { table, settings } = self;
        DisplayNotPriced { name: table.name(), sizes: table.sizes(), steps: table.steps(), settings }.fmt(f)
    }
}

/// Displays why a table has no price for settings.
pub(crate) struct DisplayNotPriced<'a> {
    /// The name of the table.
    pub(crate) name: &'a str,
    pub(crate) sizes: &'a [(u32, u32)],
    pub(crate) steps: &'a [u32],
    pub(crate) settings: Settings,
}

impl fmt::Display for DisplayNotPriced<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { name, sizes, steps, settings } = self;
        let Settings { width, height, .. } = settings;
        let has_size = sizes.contains(&(width, height));
        write!(f, "the {name} table has no price for {settings}: ")?;
        if !has_size {
            write!(f, "its sizes are {}", DisplayList(sizes.iter().copied().map(ImageSize::from)))?;
            if sizes.contains(&(height, width)) {
                write!(f, " (the transposed size, {}, is one of them)", ImageSize::new(height, width))?;
            }
        }
        if !steps.contains(&settings.steps) {
            let link = if has_size { "" } else { "; " };
            write!(f, "{link}its step counts are {}", DisplayList(steps))?;
        }
        Ok(())
    }
}

impl Error for NotPriced {}

/// A table has no estimate for a size and step count: the request has more pixels or more steps than every cell, exceptions
/// aside, or a number is zero. The message says how far the table goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotEstimated {
    pub(crate) table: Table,
    pub(crate) settings: Settings,
}

impl NotEstimated {
    /// Returns the stable [code](crate#errors) of the error: `zero-setting`, `too-many-pixels`,
    /// `too-many-steps` or `only-exceptions`.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.reason() {
            NotEstimatedReason::Zero => "zero-setting",
            NotEstimatedReason::Pixels { .. } => "too-many-pixels",
            NotEstimatedReason::Steps { .. } => "too-many-steps",
            NotEstimatedReason::OnlyExceptions => "only-exceptions",
        }
    }

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

    #[inline]
    const fn reason(&self) -> NotEstimatedReason {
        NotEstimatedReason::new(self.table.sizes(), self.table.steps(), self.settings)
    }
}

/// Why a table has no estimate for settings.
enum NotEstimatedReason {
    /// A number is zero.
    Zero,
    /// The settings have more pixels than the largest size of the table.
    Pixels { largest: ImageSize },
    /// The settings have more steps than the table.
    Steps { most: u32 },
    /// Each cell with at least as many pixels and steps is an exception.
    OnlyExceptions,
}

impl NotEstimatedReason {
    #[inline]
    const fn new(mut sizes: &[(u32, u32)], steps: &[u32], settings: Settings) -> Self {
        let Some((pixels, count)) = settings.pixels_and_steps() else { return Self::Zero };
        let mut largest = ImageSize::new(0, 0);
        while let [(width, height), rest @ ..] = sizes {
            let size = ImageSize::new(*width, *height);
            if size.pixels() >= largest.pixels() {
                largest = size;
            }
            sizes = rest;
        }
        // The build rejects a table without a cell.
        let most = if let [.., most] = steps { *most } else { 0 };
        if largest.pixels() < pixels {
            Self::Pixels { largest }
        } else if (most as u64) < count {
            Self::Steps { most }
        } else {
            Self::OnlyExceptions
        }
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for NotEstimated {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { table, settings } = self;
        DisplayNotEstimated { name: table.name(), sizes: table.sizes(), steps: table.steps(), settings }.fmt(f)
    }
}

/// Displays why a table has no estimate for settings.
pub(crate) struct DisplayNotEstimated<'a> {
    /// The name of the table.
    pub(crate) name: &'a str,
    pub(crate) sizes: &'a [(u32, u32)],
    pub(crate) steps: &'a [u32],
    pub(crate) settings: Settings,
}

impl fmt::Display for DisplayNotEstimated<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { name, sizes, steps, settings } = self;
        write!(f, "the {name} table has no estimate for {settings}: ")?;
        match NotEstimatedReason::new(sizes, steps, settings) {
            NotEstimatedReason::Zero => f.write_str("width, height and steps must be at least 1"),
            NotEstimatedReason::Pixels { largest } => {
                let (pixels, most) = (settings.image_size().pixels(), largest.pixels());
                write!(f, "it has {pixels} pixels, and the largest size, {largest}, has {most}")
            }
            NotEstimatedReason::Steps { most } => write!(f, "the table goes up to {most} steps"),
            NotEstimatedReason::OnlyExceptions => {
                f.write_str("each cell with at least as many pixels and steps is an exception")
            }
        }
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
    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "unknown-engine"
    }

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

    /// Returns the id that differs from the requested one only in the case of letters. The API accepts only exact ids.
    ///
    /// There is none for an id that is so long that [`id`](Self::id) does not return all of it.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let error = Table::for_engine("Stable-Diffusion-v1-5").unwrap_err();
    /// if let Some(id) = error.suggestion() {
    ///     println!("did you mean {id}?");
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub const fn suggestion(&self) -> Option<&'static str> {
        let mut tables = Table::ALL;
        while let [table, more_tables @ ..] = tables {
            let mut ids = table.engines();
            while let [id, more_ids @ ..] = ids {
                if self.id.is_in_another_case(id) {
                    return Some(id);
                }
                ids = more_ids;
            }
            tables = more_tables;
        }
        None
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
        write!(f, "unknown engine {}; ", self.id)?;
        write!(f, "{}known engines: {}", DisplaySuggestion(self.suggestion()), DisplayList(engines))
    }
}

impl Error for UnknownEngine {}

/// No table has this name. The message lists the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownTable {
    pub(crate) name: Excerpt,
}

impl UnknownTable {
    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "unknown-table"
    }

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

    /// Returns the table whose name differs from the requested one only in the case of letters.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let error = "SDXL".parse::<Table>().unwrap_err();
    /// if let Some(table) = error.suggestion() {
    ///     println!("did you mean {table}?");
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub const fn suggestion(&self) -> Option<Table> {
        let mut tables = Table::ALL;
        while let [table, rest @ ..] = tables {
            if self.name.is_in_another_case(table.name()) {
                return Some(*table);
            }
            tables = rest;
        }
        None
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for UnknownTable {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (suggestion, names) = (DisplaySuggestion(self.suggestion()), DisplayList(Table::ALL));
        write!(f, "there is no price table {}: {suggestion}the price tables are {names}", self.name)
    }
}

impl Error for UnknownTable {}

/// No client has this name. The message lists the clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownClient {
    pub(crate) name: Excerpt,
}

impl UnknownClient {
    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "unknown-client"
    }

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

    /// Returns the client whose name differs from the requested one only in the case of letters.
    ///
    /// ```
    /// use dreamstudio_pricing::Client;
    ///
    /// let error = "Api".parse::<Client>().unwrap_err();
    /// if let Some(client) = error.suggestion() {
    ///     println!("did you mean {client}?");
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub const fn suggestion(&self) -> Option<Client> {
        let mut clients = Client::ALL;
        while let [client, rest @ ..] = clients {
            if self.name.is_in_another_case(client.name()) {
                return Some(*client);
            }
            clients = rest;
        }
        None
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for UnknownClient {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (suggestion, names) = (DisplaySuggestion(self.suggestion()), DisplayList(Client::ALL));
        write!(f, "there is no client {}: {suggestion}the clients are {names}", self.name)
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
    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "size"
    }

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

    /// Returns the size of the table that the text is in lower case: 512x768 for `512X768`.
    ///
    /// ```
    /// use dreamstudio_pricing::sdxl::Size;
    ///
    /// let error = "512X768".parse::<Size>().unwrap_err();
    /// if let Some(size) = error.suggestion() {
    ///     println!("did you mean {size}?");
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub const fn suggestion(&self) -> Option<ImageSize> {
        match parse_size(self.size.to_lower_case().as_bytes()) {
            Some(size) if self.table.has_size(size.width, size.height) => Some(size),
            _ => None,
        }
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for UnknownSize {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suggestion = DisplaySuggestion(self.suggestion());
        let sizes = DisplayList(self.table.sizes().iter().copied().map(ImageSize::from));
        write!(f, "the {} table has no size {}: {suggestion}its sizes are {sizes}", self.table, self.size)
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
    /// Returns the stable [code](crate#errors) of the error.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "steps"
    }

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
