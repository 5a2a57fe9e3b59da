//! Price tables as values, for the command `dreamprice`, which also answers from tables that it reads when it runs.
//!
//! It has no stability: only the command of the same version uses it. Lookups, estimates and messages are those of
//! [`Table`](crate::Table), from lists in place of constants.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{DisplayNotEstimated, DisplayNotPriced};
use crate::estimate::{GridPrices, PixelGrid, UnitsFormula, fill, lower_to_lowest_after, raise_to_highest_before};
use crate::limits::DisplayNotAccepted;
use crate::lookup::{Hash, Index, place, size_key, slots, text_key};
use crate::{Credits, Estimate, Formula, ImageSize, Limits, Settings, Source, Usd};

/// What the files of a folder say about a table. The folder must have passed the checks.
#[derive(Clone, Copy, Debug)]
pub struct TableLists {
    /// The name.
    pub name: &'static str,
    /// Width and height of each column, in pixels.
    pub sizes: &'static [(u32, u32)],
    /// The step count of each row, in ascending order.
    pub steps: &'static [u32],
    /// The price of each cell, row by row.
    pub prices: &'static [Credits],
    /// The ids of the engines.
    pub engines: &'static [&'static str],
    /// Where the table was published.
    pub source: Option<Source>,
    /// The formula, which gives each price but those of exceptions.
    pub formula: Option<Formula>,
    /// The cells that are out of line with the others.
    pub exceptions: &'static [Settings],
    /// What the API accepts.
    pub limits: Option<Limits>,
}

/// A table with what its lookups need.
pub struct BookTable {
    /// What the table says.
    pub lists: TableLists,
    cells: CellPositions,
    grid: PixelGrid<'static>,
}

impl BookTable {
    /// Prepares the lookups of a table. They are never freed, because a program uses the tables that it reads to its end.
    #[inline]
    #[must_use]
    pub fn new(lists: TableLists) -> Self {
        let cells = CellPositions::new(lists.sizes, lists.steps);
        let grid = grid(&lists, &cells);
        Self { lists, cells, grid }
    }

    /// Returns the price of one image; see [`Table::price`](crate::Table::price).
    ///
    /// # Errors
    ///
    /// Returns why the table has no price for the settings.
    #[inline]
    pub fn price(&self, settings: Settings) -> Result<Credits, impl fmt::Display + use<>> {
        let TableLists { name, sizes, steps, .. } = self.lists;
        self.look_up(settings).ok_or(DisplayNotPriced { name, sizes, steps, settings })
    }

    /// Returns an estimate of the price of one image; see [`Table::estimate`](crate::Table::estimate).
    ///
    /// # Errors
    ///
    /// Returns why the table has no estimate for the settings.
    #[inline]
    pub fn estimate(&self, settings: Settings) -> Result<Estimate, impl fmt::Display + use<>> {
        let TableLists { name, sizes, steps, exceptions, .. } = self.lists;
        let exception = if settings.is_in(exceptions) { self.look_up(settings) } else { None };
        let estimate = exception.map(Estimate::of_exception).or_else(|| {
            let (pixels, steps) = settings.pixels_and_steps()?;
            Some(self.grid.bounds(pixels, steps)?.estimate(self.cells.column(settings).is_some()))
        });
        estimate.ok_or(DisplayNotEstimated { name, sizes, steps, settings })
    }

    /// Returns whether the API accepts a request; see [`Table::accepts`](crate::Table::accepts).
    ///
    /// # Errors
    ///
    /// Returns which limits reject the request.
    #[inline]
    pub fn accepts(&self, settings: Settings, images: u64) -> Result<(), impl fmt::Display + use<>> {
        let TableLists { name, limits, .. } = self.lists;
        match limits.and_then(|limits| limits.first_broken(settings, images)) {
            Some(_) => Err(DisplayNotAccepted { name, limits, settings, images }),
            None => Ok(()),
        }
    }

    /// Returns the price of one image, if the table has it: [`price`](Self::price) without the error, which `bill` does not need
    /// for each row.
    #[inline]
    #[must_use]
    pub fn look_up(&self, settings: Settings) -> Option<Credits> {
        self.lists.prices.get(self.cells.find(settings)?).copied()
    }
}

/// Returns the grid of a table, as the macro `table_module` makes that of a compiled one.
fn grid(lists: &TableLists, cells: &CellPositions) -> PixelGrid<'static> {
    let &TableLists { sizes, steps, prices, exceptions, .. } = lists;
    let mut is_exception = vec![false; prices.len()];
    for cell in exceptions.iter().filter_map(|&settings| cells.find(settings)) {
        is_exception[cell] = true;
    }
    let prices: Vec<u64> = prices.iter().map(|price| price.units()).collect();
    let pixels: Vec<u64> = sizes.iter().map(|&size| ImageSize::from(size).pixels()).collect();
    let order = order(&pixels);
    let mut lines: Vec<u64> = order.iter().map(|&column| pixels[column]).collect();
    lines.dedup();
    let width = steps.len() + 1;
    let mut points = vec![0; (lines.len() + 1) * width];
    fill(&mut points, &prices, &is_exception, &pixels, &order, 1);
    let at_most = (!exceptions.is_empty()).then(|| {
        let mut points = points.clone();
        lower_to_lowest_after(&mut points, width);
        GridPrices { narrow: &[], wide: points.leak() }
    });
    if at_most.is_some() {
        raise_to_highest_before(&mut points, width);
    }
    let last = (lines.last().copied().unwrap_or(0), steps.last().copied().unwrap_or(0));
    PixelGrid {
        pixels: lines.leak(),
        steps,
        at_least: GridPrices { narrow: &[], wide: points.leak() },
        at_most,
        unit: 1,
        formula: lists.formula.map(|formula| UnitsFormula::new(formula, last.0, last.1)),
    }
}

/// Finds engines by their ids.
pub struct EngineIds {
    positions: Positions,
    /// By slot.
    ids: Vec<&'static str>,
}

impl EngineIds {
    /// Prepares the lookup of ids, of which there is at least one.
    #[inline]
    #[must_use]
    pub fn new(ids: &[&'static str]) -> Self {
        let positions = Positions::new(ids.iter().map(|id| text_key(id)));
        let by_slot = positions.by_slot.iter().map(|&at| ids[at]).collect();
        Self { positions, ids: by_slot }
    }

    /// Returns the position in the list of an id that matches exactly.
    #[inline]
    #[must_use]
    pub fn find(&self, id: &str) -> Option<usize> {
        self.positions.index.slot_of_text(&self.ids, id).map(|slot| self.positions.by_slot[slot])
    }
}

/// The positions of the cells of a table, row by row.
struct CellPositions {
    columns: Positions,
    rows: Positions,
    row_length: usize,
}

impl CellPositions {
    fn new(sizes: &[(u32, u32)], steps: &[u32]) -> Self {
        let columns = Positions::new(sizes.iter().map(|&(width, height)| size_key(width, height)));
        Self { columns, rows: Positions::new(steps.iter().copied().map(u64::from)), row_length: sizes.len() }
    }

    #[inline]
    fn column(&self, settings: Settings) -> Option<usize> {
        self.columns.find(size_key(settings.width, settings.height))
    }

    #[inline]
    fn find(&self, settings: Settings) -> Option<usize> {
        Some(self.rows.find(settings.steps.into())? * self.row_length + self.column(settings)?)
    }
}

/// The positions of keys in a list that is not empty.
struct Positions {
    index: Index<'static>,
    by_slot: Vec<usize>,
}

impl Positions {
    fn new(keys: impl Iterator<Item = u64>) -> Self {
        let keys: Vec<u64> = keys.collect();
        let order = order(&keys);
        let hash = Hash::find(&keys, &order);
        let mut by_slot = vec![0; slots(hash, keys.len())];
        place(hash, &keys, &order, &mut by_slot);
        let keys: Vec<u64> = by_slot.iter().map(|&at| keys[at]).collect();
        Self { index: Index::new(hash, keys.leak()), by_slot }
    }

    #[inline]
    fn find(&self, key: u64) -> Option<usize> {
        let (slot, is_found) = self.index.slot(key);
        is_found.then(|| self.by_slot[slot])
    }
}

/// Returns the positions of keys in ascending order of the keys.
fn order(keys: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&at| keys[at]);
    order
}

/// Returns the dollars that credits cost, at a price of one unit of credits in units of dollars; see
/// [`Credits::usd`].
#[inline]
#[must_use]
pub const fn usd(credits: Credits, usd_units_per_credits_unit: u64) -> Usd {
    credits.usd_at(usd_units_per_credits_unit)
}

/// Creates a source, which has fields that only this crate can fill.
#[inline]
#[must_use]
pub const fn source(page: &'static str, heading: &'static str, published: &'static str) -> Source {
    Source { page, heading, published }
}

/// Creates a formula from the numbers of its fields.
#[inline]
#[must_use]
pub const fn formula(free_pixels: u64, rate: &'static str, nearest: u32, up: u32) -> Formula {
    Formula { free_pixels, rate, nearest, up }
}

/// No limit, to begin with.
pub const NO_LIMITS: Limits = Limits {
    side_multiple: None,
    min_pixels: None,
    max_pixels: None,
    max_long_side: None,
    max_short_side: None,
    min_steps: None,
    max_steps: None,
    max_images: None,
};
