//! Estimates for requests that the tables do not price.

use core::fmt;
use core::num::NonZeroU64;

use crate::error::NotEstimated;
use crate::text::{DisplayCredits, pad_text};
use crate::{Credits, Settings, Table};

impl Table {
    /// Returns an estimate of the price of one image: width and height in pixels, and a step count.
    ///
    /// The bounds follow from the table, because prices never fall as pixels or steps grow, which the build checks. The
    /// upper bound is the lowest price among the cells with at least as many pixels and at least as many steps. The
    /// lower bound is the highest price among the cells with at most as many of both, or zero if there is none. The
    /// expected price comes from the table's formula; [estimates](crate#estimates) says how reliable it is. The
    /// [exceptions](Self::exceptions) of the table are out of line with its other cells, so they bound no other request.
    ///
    /// An estimate does not mean that the API accepts the request; [`accepts`](Self::accepts) says that.
    ///
    /// # Errors
    ///
    /// [`NotEstimated`] if no cell that is not an exception has at least as many pixels and at least as many steps, or if a
    /// number is zero. Estimates are never extrapolated.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let estimate = Table::Sdxl.estimate(576, 512, 40)?;
    /// println!("reserve {} credits", estimate.at_most());
    /// if let Some(expected) = estimate.expected() {
    ///     println!("about {expected} credits");
    /// }
    /// # Ok::<(), dreamstudio_pricing::NotEstimated>(())
    /// ```
    #[inline]
    pub const fn estimate(self, width: u32, height: u32, steps: u32) -> Result<Estimate, NotEstimated> {
        let settings = Settings { width, height, steps };
        if settings.is_in(self.exceptions()) {
            if let Some(price) = self.look_up(width, height, steps) {
                return Ok(Estimate::of_exception(price));
            }
        }
        let bounds = match settings.pixels_and_steps() {
            Some((pixels, steps)) => self.bounds(pixels, steps),
            None => None,
        };
        match bounds {
            // `has_size` is here, so that it is optimised out of a program that does not use it.
            Some(bounds) => Ok(bounds.estimate(self.has_size(width, height))),
            None => Err(NotEstimated { table: self, settings }),
        }
    }

    /// Returns an estimate of the price of one image with these settings; [`estimate`](Self::estimate) takes plain
    /// numbers.
    ///
    /// # Errors
    ///
    /// [`NotEstimated`], as [`estimate`](Self::estimate) does.
    ///
    /// ```
    /// use dreamstudio_pricing::{Settings, Table};
    ///
    /// // The transposed size of a cell has as many pixels, so all three amounts are the
    /// // price of the cell, unless it is an exception.
    /// let is_exception = |settings| Table::Standard.exceptions().contains(&settings);
    /// for cell in Table::Standard.cells().filter(|cell| !is_exception(cell.settings())) {
    ///     let transposed = Settings::size(cell.height, cell.width).steps(cell.steps);
    ///     assert_eq!(Table::Standard.estimate_of(transposed)?.expected(), Some(cell.price));
    /// }
    /// # Ok::<(), dreamstudio_pricing::NotEstimated>(())
    /// ```
    #[inline]
    pub const fn estimate_of(self, settings: Settings) -> Result<Estimate, NotEstimated> {
        self.estimate(settings.width, settings.height, settings.steps)
    }
}

impl Settings {
    /// Returns whether the settings are in a list; `contains` is not `const`.
    #[inline]
    pub(crate) const fn is_in(self, mut list: &[Self]) -> bool {
        while let [first, rest @ ..] = list {
            if first.width == self.width && first.height == self.height && first.steps == self.steps {
                return true;
            }
            list = rest;
        }
        false
    }

    /// Returns the number of pixels and the step count, unless one of them is zero.
    #[inline]
    pub(crate) const fn pixels_and_steps(self) -> Option<(u64, u64)> {
        let (pixels, steps) = (self.image_size().pixels(), self.steps as u64);
        if pixels == 0 || steps == 0 { None } else { Some((pixels, steps)) }
    }
}

/// What an image should cost, with bounds; [`Table::estimate`] returns it.
///
/// An estimate is not a price, and does not convert to [`Credits`]. The caller chooses an amount:
/// [`at_most`](Self::at_most) to reserve, or [`expected`](Self::expected) to show.
///
/// With the feature `serde` it is written as a map of `is_published`, and of `expected`, `at_least` and `at_most`, each with
/// `credits` and `usd`; `expected` may be null. CSV cannot hold it. It does not implement `Deserialize`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub struct Estimate {
    at_least: Credits,
    at_most: Credits,
    /// In units of credits. A price is never zero.
    expected: Option<NonZeroU64>,
    is_published: bool,
}

impl Estimate {
    /// Returns the estimate of an exception, which is its price.
    #[inline]
    pub(crate) const fn of_exception(price: Credits) -> Self {
        Self { at_least: price, at_most: price, expected: NonZeroU64::new(price.units()), is_published: true }
    }

    /// Returns the lower bound, in credits: zero if every cell has more pixels or more steps.
    #[inline]
    #[must_use]
    pub const fn at_least(self) -> Credits {
        self.at_least
    }

    /// Returns the upper bound, in credits.
    #[inline]
    #[must_use]
    pub const fn at_most(self) -> Credits {
        self.at_most
    }

    /// Returns the expected price, in credits, which is between the bounds. Returns `None` if the bounds differ and the
    /// table has no formula, or if the formula gives zero.
    #[inline]
    #[must_use]
    pub const fn expected(self) -> Option<Credits> {
        match self.expected {
            Some(units) => Some(Credits::new(units.get())),
            None => None,
        }
    }

    /// Returns whether the table prices these settings; then all three amounts are that price.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// for cell in Table::Sdxl.cells() {
    ///     let estimate = Table::Sdxl.estimate_of(cell.settings())?;
    ///     assert!(estimate.is_published() && estimate.at_most() == cell.price);
    /// }
    /// # Ok::<(), dreamstudio_pricing::NotEstimated>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_published(self) -> bool {
        self.is_published
    }

    /// Returns the estimate for `count` images, or `None` if `count` is zero or an amount is above [`Credits::MAX`].
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// let one = Table::Sdxl.estimate(576, 512, 40)?;
    /// let four = one.checked_mul(4).expect("four images cost less than all credits");
    /// assert_eq!(four.at_most(), one.at_most() * 4);
    /// # Ok::<(), dreamstudio_pricing::NotEstimated>(())
    /// ```
    #[inline]
    #[must_use = "the estimate for one image does not change"]
    pub const fn checked_mul(self, count: u64) -> Option<Self> {
        let (Some(at_least), Some(at_most)) = (self.at_least.checked_mul(count), self.at_most.checked_mul(count))
        else {
            return None;
        };
        let expected = match self.expected {
            // The expected price is at most the upper bound, so its product fits too.
            Some(units) => NonZeroU64::new(units.get() * count),
            None => None,
        };
        if count == 0 {
            return None;
        }
        Some(Self { at_least, at_most, expected, is_published: self.is_published })
    }
}

impl fmt::Debug for Estimate {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Estimate")
            .field("at_least", &self.at_least)
            .field("at_most", &self.at_most)
            .field("expected", &self.expected())
            .field("is_published", &self.is_published)
            .finish()
    }
}

/// Formats as `about 0.9 credits (0.5 to 1.42)`; without an expected price as `0.5 to 1.42 credits`, or as
/// `up to 0.25 credits` if the lower bound is zero too. A published price is only `0.5 credits`. A precision does nothing.
impl fmt::Display for Estimate {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = DisplayEstimate { estimate: *self, amount: DisplayCredits, bound: |credits| credits };
        pad_text(f, format_args!("{text}"))
    }
}

/// Displays an estimate in one currency. `bound` displays an amount to which another one adds the unit.
pub(crate) struct DisplayEstimate<A, B> {
    pub(crate) estimate: Estimate,
    pub(crate) amount: fn(Credits) -> A,
    pub(crate) bound: fn(Credits) -> B,
}

impl<A: fmt::Display, B: fmt::Display> fmt::Display for DisplayEstimate<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { estimate, amount, bound } = self;
        let Estimate { at_least, at_most, is_published, .. } = estimate;
        match estimate.expected() {
            Some(price) if is_published => amount(price).fmt(f),
            Some(expected) if at_least == at_most => write!(f, "about {}", amount(expected)),
            Some(expected) if at_least == Credits::ZERO => {
                write!(f, "about {} (up to {})", amount(expected), bound(at_most))
            }
            Some(expected) => write!(f, "about {} ({} to {})", amount(expected), bound(at_least), bound(at_most)),
            None if at_least == Credits::ZERO => write!(f, "up to {}", amount(at_most)),
            None => write!(f, "{} to {}", bound(at_least), amount(at_most)),
        }
    }
}

/// The grid of a table, for the generated type that stands for the table.
pub(crate) trait Priced {
    const GRID: PixelGrid<'static>;
}

/// The prices of a table by number of pixels and step count, as an estimate needs them. Each number of pixels has one
/// line, because the build checks that sizes with equally many pixels cost the same, exceptions aside.
pub(crate) struct PixelGrid<'a> {
    /// The numbers of pixels, in ascending order.
    pub(crate) pixels: &'a [u64],
    /// The step counts, in ascending order.
    pub(crate) steps: &'a [u32],
    /// The highest price of the cells with at most as many pixels and steps, exceptions aside: that of the cell, unless it is
    /// one.
    pub(crate) at_least: GridPrices<'a>,
    /// The lowest price of the cells with at least as many pixels and steps, exceptions aside; zero if there is none. `None`
    /// if the table has no exception, because `at_least` has these prices then.
    pub(crate) at_most: Option<GridPrices<'a>>,
    /// A common divisor of the prices, in units of credits.
    pub(crate) unit: u64,
    pub(crate) formula: Option<UnitsFormula>,
}

/// A price for each point of a grid, line by line, as a multiple of the grid's unit. A line and a column of zeros come first.
pub(crate) struct GridPrices<'a> {
    /// Empty if a price does not fit 16 bits.
    pub(crate) narrow: &'a [u16],
    /// The same if `narrow` is empty; else empty.
    pub(crate) wide: &'a [u64],
}

/// Makes the `GridPrices` of a constant array.
macro_rules! grid_prices {
    ($Prices:ident, $length:expr, $is_narrow:expr) => {{
        #[expect(clippy::cast_possible_truncation, reason = "`$is_narrow` says that each fits")]
        const NARROW: [u16; $length] = {
            let wide = &$Prices;
        crate::lookup::array!(0; $length, |at| wide[at] as u16)
        };
        crate::estimate::GridPrices {
            narrow: if $is_narrow { &NARROW } else { &[] },
            wide: if $is_narrow { &[] } else { &$Prices },
        }
    }};
}
pub(crate) use grid_prices;

/// Returns how many numbers of an ascending list are below a limit of 64 bits. This is a macro, because a `const fn`
/// cannot convert values of a type parameter.
macro_rules! count_below {
    ($numbers:expr, $limit:expr) => {{
        // A binary search leaves a few numbers, which are then counted without a branch. For a small table, the
        // compiler removes the first loop.
        const FEW: usize = 8;
        let (mut start, mut length) = (0, $numbers.len());
        while length > FEW {
            let half = length / 2;
            if ($numbers[start + half - 1] as u64) < $limit {
                start += half;
            }
            length -= half;
        }
        let (mut count, mut at) = (start, start);
        while at < start + length {
            count += (($numbers[at] as u64) < $limit) as usize;
            at += 1;
        }
        count
    }};
}

/// The part of an estimate that comes from the grid.
pub(crate) struct Bounds {
    at_least: Credits,
    at_most: Credits,
    expected: Option<NonZeroU64>,
    /// Whether the table has a row for the step count.
    has_steps: bool,
}

impl Bounds {
    /// Returns the estimate of a request, of which it is known whether the table has its size.
    #[inline]
    pub(crate) const fn estimate(self, has_size: bool) -> Estimate {
        let Self { at_least, at_most, expected, has_steps } = self;
        Estimate { at_least, at_most, expected, is_published: has_steps & has_size }
    }
}

/// Returns the bounds of a request from the grid of a type; see [`PixelGrid::bounds`].
///
/// The function is generic, so that the grid is a constant in it, and not inlined, so that a program has it once for each
/// table.
#[inline(never)]
pub(crate) const fn bounds<T: Priced>(pixels: u64, steps: u64) -> Option<Bounds> {
    let grid = &T::GRID;
    grid.bounds(pixels, steps)
}

impl PixelGrid<'_> {
    /// Returns the bounds of a request, or `None` if no cell has at least as many pixels and steps, exceptions aside. Neither
    /// number is zero.
    ///
    /// The code has few branches, because a processor could not predict them. The step count has 64 bits, because LLVM would
    /// compare 32 bits with vector instructions, which take more code.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a constant grid takes a fifth of the instructions")]
    pub(crate) const fn bounds(&self, pixels: u64, steps: u64) -> Option<Bounds> {
        let line = count_below!(self.pixels, pixels);
        let column = count_below!(self.steps, steps);
        if line >= self.pixels.len() || column >= self.steps.len() {
            return None;
        }
        let at_most = match &self.at_most {
            Some(prices) => self.units(prices, line + 1, column + 1),
            None => self.units(&self.at_least, line + 1, column + 1),
        };
        if self.at_most.is_some() && at_most == 0 {
            return None;
        }
        // If the line or column of the upper bound matches exactly, it is that of the lower bound too.
        let (has_pixels, has_steps) = (self.pixels[line] == pixels, self.steps[column] as u64 == steps);
        let at_least = self.units(&self.at_least, line + has_pixels as usize, column + has_steps as usize);
        let expected = match &self.formula {
            Some(formula) => formula.units(pixels, steps),
            None if at_least == at_most => at_most,
            None => 0,
        };
        Some(Bounds {
            at_least: Credits::new(at_least),
            at_most: Credits::new(at_most),
            expected: NonZeroU64::new(expected),
            has_steps,
        })
    }

    /// Returns a price in units of credits. Lines and columns start with the zeros.
    #[inline]
    const fn units(&self, prices: &GridPrices<'_>, line: usize, column: usize) -> u64 {
        let index = line * (self.steps.len() + 1) + column;
        let multiple = match (prices.narrow.split_at_checked(index), prices.wide.split_at_checked(index)) {
            (Some((_, &[multiple, ..])), _) => multiple as u64,
            (_, Some((_, &[multiple, ..]))) => multiple,
            // Never reached, but the compiler cannot see that, and indexing would add a panic to the program.
            _ => 0,
        };
        multiple * self.unit
    }
}

/// The formula of a table; [`Table::formula`] returns it.
///
/// According to the formula, an image costs `(width * height - free_pixels) * steps * rate / 1_000_000_000` credits,
/// first rounded half up to `nearest` decimal places, and then rounded up to `up` decimal places. The build checks that
/// the formula gives the price of each cell of the table, [exceptions](Table::exceptions) aside.
///
/// [`Table::estimate`] applies it. Use the numbers to estimate elsewhere, such as in a database query. With the feature
/// `serde` it is written as a map of its fields.
///
/// ```
/// use dreamstudio_pricing::Table;
///
/// if let Some(formula) = Table::Sdxl.formula() {
///     println!("{} credits for 1,000,000,000 pixel-steps", formula.rate);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Formula {
    /// The number of pixels of each image that cost nothing.
    pub free_pixels: u64,
    /// Credits per gigapixel-step: a decimal number above zero, as text because it may have more decimal places than an
    /// amount.
    pub rate: &'static str,
    /// The decimal places of the first rounding, which is half up.
    pub nearest: u32,
    /// The decimal places of the second rounding, which is up: at most `nearest`.
    pub up: u32,
}

/// A [`Formula`] with its numbers prepared, so that it gives units of [`Credits`] in a few instructions.
///
/// The build checks that the formula gives every price of the table but those of exceptions, and that each fits [`Credits`].
/// So no intermediate result overflows 128 bits, up to such a cell.
pub(crate) struct UnitsFormula {
    free_pixels: u64,
    rate: u128,
    /// Added to the product before its division by `divisor`. This does both roundings at once, because
    /// ⌈⌊(p + h) / n⌋ / u⌉ is ⌊(p + h + (u - 1)n) / (nu)⌋.
    offset: u128,
    divisor: u128,
    /// How many units of [`Credits`] the last decimal place of the result has.
    units: u64,
    /// Whether the dividend fits 64 bits up to the last cell, so that the division takes few instructions.
    is_narrow: bool,
}

impl UnitsFormula {
    /// Prepares the formula of a table whose last cell has this many pixels and steps.
    pub(crate) const fn new(formula: Formula, max_pixels: u64, max_steps: u32) -> Self {
        let Formula { free_pixels, rate, nearest, up } = formula;
        let (rate, rate_decimals) = without_point(rate);
        // The last place of `nearest` in units of the product, and the last place of `up` in units of the former.
        let (nearest_place, up_place) = (10_u128.pow(9 + rate_decimals - nearest), 10_u128.pow(nearest - up));
        let offset = nearest_place / 2 + (up_place - 1) * nearest_place;
        let largest = (max_pixels.saturating_sub(free_pixels) as u128)
            .saturating_mul(max_steps as u128)
            .saturating_mul(rate)
            .saturating_add(offset);
        Self {
            free_pixels,
            rate,
            offset,
            divisor: nearest_place * up_place,
            units: 10_u64.pow(Credits::DECIMALS - up),
            is_narrow: largest <= u64::MAX as u128,
        }
    }

    /// Returns the price that the formula gives, in units of credits. `pixels` and `steps` are at most those of a cell that is
    /// no exception.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the values fit: see `is_narrow`, and `UnitsFormula` for the result"
    )]
    const fn units(&self, pixels: u64, steps: u64) -> u64 {
        let pixels = pixels.saturating_sub(self.free_pixels);
        let places = if self.is_narrow {
            let product = pixels.wrapping_mul(steps).wrapping_mul(self.rate as u64);
            product.wrapping_add(self.offset as u64) / self.divisor as u64
        } else {
            let product = (pixels as u128).wrapping_mul(steps as u128).wrapping_mul(self.rate);
            (product.wrapping_add(self.offset) / self.divisor) as u64
        };
        places.wrapping_mul(self.units)
    }
}

/// Returns a decimal number without its point, and how many decimal places it has.
const fn without_point(number: &str) -> (u128, u32) {
    let number = number.as_bytes();
    let (mut digits, mut decimals, mut has_point, mut at) = (0, 0, false, 0);
    while at < number.len() {
        if number[at] == b'.' {
            has_point = true;
        } else {
            digits = digits * 10 + (number[at] - b'0') as u128;
            decimals += has_point as u32;
        }
        at += 1;
    }
    (digits, decimals)
}

/// Returns the number of lines of a grid, one for each different number of pixels. `order` has their positions in
/// order.
pub(crate) const fn lines<const N: usize>(pixels: &[u64; N], order: &[usize; N]) -> usize {
    let (mut lines, mut at) = (1, 1);
    while at < N {
        lines += (pixels[order[at]] != pixels[order[at - 1]]) as usize;
        at += 1;
    }
    lines
}

/// Returns a column of the table for each line of a grid.
pub(crate) const fn columns<const N: usize, const LINES: usize>(
    pixels: &[u64; N],
    order: &[usize; N],
) -> [usize; LINES] {
    let (mut columns, mut line, mut at) = ([order[0]; LINES], 0, 1);
    while at < N {
        if pixels[order[at]] != pixels[order[at - 1]] {
            line += 1;
            columns[line] = order[at];
        }
        at += 1;
    }
    columns
}

/// Fills a grid of zeros with the prices of a table, as multiples of `unit`. Each point gets the price of its cells that are
/// no exceptions, and stays zero if there is none.
pub(crate) const fn fill(
    grid: &mut [u64],
    prices: &[u64],
    is_exception: &[bool],
    pixels: &[u64],
    order: &[usize],
    unit: u64,
) {
    let (columns, rows) = (pixels.len(), prices.len() / pixels.len());
    let (mut line, mut at) = (0, 0);
    while at < columns {
        let column = order[at];
        line += (at == 0 || pixels[column] != pixels[order[at - 1]]) as usize;
        let mut row = 0;
        while row < rows {
            let cell = row * columns + column;
            if !is_exception[cell] {
                grid[line * (rows + 1) + row + 1] = prices[cell] / unit;
            }
            row += 1;
        }
        at += 1;
    }
}

/// Raises each point of a grid to the highest price at or before it. `width` is the length of a line.
pub(crate) const fn raise_to_highest_before(grid: &mut [u64], width: usize) {
    // After the line and beside the column of zeros.
    let mut at = width + 1;
    while at < grid.len() {
        if at % width > 0 {
            let (left, below) = (grid[at - 1], grid[at - width]);
            let before = if left > below { left } else { below };
            if before > grid[at] {
                grid[at] = before;
            }
        }
        at += 1;
    }
}

/// Lowers each point of a grid to the lowest price at or after it, which is zero if there is none.
pub(crate) const fn lower_to_lowest_after(grid: &mut [u64], width: usize) {
    let mut at = grid.len();
    while at > width {
        at -= 1;
        if at % width > 0 {
            let right = if (at + 1) % width > 0 { grid[at + 1] } else { 0 };
            let above = if at + width < grid.len() { grid[at + width] } else { 0 };
            let after = if right == 0 || above > 0 && above < right { above } else { right };
            if grid[at] == 0 || after > 0 && after < grid[at] {
                grid[at] = after;
            }
        }
    }
}
