//! What is added to each generated table module: lookups by plain numbers, and the methods of `Table` that call them.
//!
//! The compiler computes the constants once, from the generated lists and from `price`. They are in a macro, because a
//! trait or a generic function cannot have arrays of these lengths.

/// Completes the generated module `$module` of `Table::$Table`.
macro_rules! table_module {
    ($module:ident, $Table:ident) => {
        #[doc = concat!("The `", stringify!($module), "` table as a value.")]
        pub const TABLE: crate::Table = crate::Table::$Table;

        crate::traits::size!($module);
        crate::traits::steps!($module);
        crate::lookup::index!(Size);
        crate::lookup::index!(Steps);

        /// Width and height of each column.
        pub(super) const SIZES: [(u32, u32); Size::COUNT] = crate::lookup::array!(
            (0, 0); Size::COUNT,
            |column| Size::ALL[column].sides()
        );

        /// The step count of each row.
        pub(super) const STEPS: [u32; Steps::COUNT] = crate::lookup::array!(
            0; Steps::COUNT,
            |row| Steps::ALL[row].get()
        );

        const CELLS: usize = Size::COUNT * Steps::COUNT;

        /// The price of each cell, row by row, in units of credits. This calls `price` once for each cell: at compile time, a
        /// call takes longer the more cells the table has.
        const PRICES: [u64; CELLS] = crate::lookup::array!(
            0; CELLS,
            |cell| price(Size::ALL[cell % Size::COUNT], Steps::ALL[cell / Size::COUNT]).units()
        );

        /// The greatest common divisor of the prices.
        const DIVISOR: u64 = crate::lookup::common_divisor(&PRICES);

        /// Whether the quotient of each price fits 16 bits.
        const IS_NARROW: bool = crate::lookup::maximum(&PRICES) / DIVISOR <= u16::MAX as u64;

        /// Whether there are prices by slot. In a large table, the free slots could take too much room.
        const HAS_PRICES_BY_SLOT: bool = IS_NARROW && {
            let slots = Size::SLOTS * Steps::SLOTS;
            slots <= 1024 || slots <= 4 * CELLS
        };
        const SIZE_SLOTS: usize = if HAS_PRICES_BY_SLOT { Size::SLOTS } else { 0 };
        const STEPS_SLOTS: usize = if HAS_PRICES_BY_SLOT { Steps::SLOTS } else { 0 };

        /// The price at the slots of size and step count, divided by `DIVISOR`.
        #[expect(clippy::cast_possible_truncation, reason = "`IS_NARROW` says that each fits")]
        const PRICES_BY_SLOT: [[u16; STEPS_SLOTS]; SIZE_SLOTS] = {
            // References: at compile time, each use of a constant copies it.
            let (prices, columns, rows) = (&PRICES, &Size::POSITIONS, &Steps::POSITIONS);
            crate::lookup::array!(
                [0; STEPS_SLOTS]; SIZE_SLOTS,
                |size| crate::lookup::array!(
                    0; STEPS_SLOTS,
                    |steps| (prices[rows[steps] * Size::COUNT + columns[size]] / DIVISOR) as u16
                )
            )
        };

        /// Returns the price of one image, if the table has it.
        #[inline]
        pub(super) const fn look_up(width: u32, height: u32, steps: u32) -> Option<Credits> {
            let (size, has_size) = Size::INDEX.slot(crate::lookup::size_key(width, height));
            let (steps, has_steps) = Steps::INDEX.slot(steps as u64);
            // Read before the only branch, so that the processor looks up size, steps and price at the same time.
            let price = if HAS_PRICES_BY_SLOT {
                Credits::new(PRICES_BY_SLOT[size][steps] as u64 * DIVISOR)
            } else {
                price(Size::BY_SLOT[size], Steps::BY_SLOT[steps])
            };
            if has_size & has_steps { Some(price) } else { None }
        }

        /// Whether each cell is an exception, row by row.
        const IS_EXCEPTION: [bool; CELLS] = {
            let (sizes, steps) = (&Size::INDEX, &Steps::INDEX);
            let (mut is_exception, mut exceptions) = ([false; CELLS], TABLE.exceptions());
            while let [crate::Settings { width, height, steps: count }, rest @ ..] = exceptions {
                let column = Size::POSITIONS[sizes.slot(crate::lookup::size_key(*width, *height)).0];
                let row = Steps::POSITIONS[steps.slot(*count as u64).0];
                is_exception[row * Size::COUNT + column] = true;
                exceptions = rest;
            }
            is_exception
        };

        impl crate::estimate::Priced for Size {
            const GRID: crate::estimate::PixelGrid<'static> = {
                const PIXELS: [u64; Size::COUNT] =
                    crate::lookup::array!(0; Size::COUNT, |column| Size::ALL[column].pixels());
                const ORDER: [usize; Size::COUNT] = crate::lookup::order(&PIXELS);
                const LINES: usize = crate::estimate::lines(&PIXELS, &ORDER);
                const COLUMNS: [usize; LINES] = crate::estimate::columns(&PIXELS, &ORDER);
                const WIDTH: usize = Steps::COUNT + 1;
                const LENGTH: usize = (LINES + 1) * WIDTH;
                const HAS_EXCEPTIONS: bool = !TABLE.exceptions().is_empty();
                const POINTS: [u64; LENGTH] = {
                    let mut grid = [0; LENGTH];
                    crate::estimate::fill(&mut grid, &PRICES, &IS_EXCEPTION, &PIXELS, &ORDER, DIVISOR);
                    grid
                };
                const AT_LEAST: [u64; LENGTH] = {
                    let mut grid = POINTS;
                    if HAS_EXCEPTIONS {
                        crate::estimate::raise_to_highest_before(&mut grid, WIDTH);
                    }
                    grid
                };
                crate::estimate::PixelGrid {
                    pixels: &crate::lookup::pick(&PIXELS, &COLUMNS),
                    steps: &STEPS,
                    at_least: crate::estimate::grid_prices!(AT_LEAST, LENGTH, IS_NARROW),
                    at_most: if HAS_EXCEPTIONS {
                        const AT_MOST: [u64; LENGTH] = {
                            let mut grid = POINTS;
                            crate::estimate::lower_to_lowest_after(&mut grid, WIDTH);
                            grid
                        };
                        Some(crate::estimate::grid_prices!(AT_MOST, LENGTH, IS_NARROW))
                    } else {
                        None
                    },
                    unit: DIVISOR,
                    formula: match TABLE.formula() {
                        Some(formula) => Some(crate::estimate::UnitsFormula::new(
                            formula,
                            PIXELS[COLUMNS[LINES - 1]],
                            STEPS[Steps::COUNT - 1],
                        )),
                        None => None,
                    },
                }
            };
        }
    };
}
pub(crate) use table_module;

/// Implements the methods of `Table` that need the module of each table.
macro_rules! table_methods {
    ($($Table:ident: $module:ident,)*) => {
        impl Table {
            /// Returns the sizes: width and height in pixels, in the order of the columns.
            ///
            /// ```
            /// use dreamstudio_pricing::Table;
            ///
            /// for &(width, height) in Table::Sdxl.sizes() {
            ///     println!("{width}x{height}");
            /// }
            /// ```
            #[inline]
            #[must_use]
            pub const fn sizes(self) -> &'static [(u32, u32)] {
                match self {
                    $(Self::$Table => &$module::SIZES,)*
                }
            }

            /// Returns the step counts, in ascending order.
            ///
            /// ```
            /// use dreamstudio_pricing::Table;
            ///
            /// assert!(Table::Sdxl.steps().is_sorted());
            /// ```
            #[inline]
            #[must_use]
            pub const fn steps(self) -> &'static [u32] {
                match self {
                    $(Self::$Table => &$module::STEPS,)*
                }
            }

            /// Returns the price of one image, if the table has it.
            #[inline]
            pub(crate) const fn look_up(self, width: u32, height: u32, steps: u32) -> Option<$crate::Credits> {
                match self {
                    $(Self::$Table => $module::look_up(width, height, steps),)*
                }
            }

            /// Returns whether the table has a column for this size.
            #[inline]
            pub(crate) const fn has_size(self, width: u32, height: u32) -> bool {
                match self {
                    $(Self::$Table => $module::Size::INDEX.slot($crate::lookup::size_key(width, height)).1,)*
                }
            }

            /// Returns the bounds of an estimate, if the table has a cell with at least as many pixels and steps.
            #[inline]
            pub(crate) const fn bounds(self, pixels: u64, steps: u64) -> Option<$crate::estimate::Bounds> {
                match self {
                    $(Self::$Table => $crate::estimate::bounds::<$module::Size>(pixels, steps),)*
                }
            }
        }
    };
}
pub(crate) use table_methods;
