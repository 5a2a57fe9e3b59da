//! Lookups by plain numbers: what the module of each table has beside the generated enums and `price`, and the way there
//! from `Table`.
//!
//! The compiler computes the constants once, from the generated lists and from `price`. They are in a macro, because a
//! trait or a generic function cannot have arrays of these lengths.

/// Completes the generated module `$module` of `Table::$Table`.
macro_rules! module {
    ($module:ident, $Table:ident) => {
        #[doc = concat!("The `", stringify!($module), "` table as a value.")]
        pub const TABLE: crate::Table = crate::Table::$Table;

        crate::traits::size!($module);
        crate::traits::steps!($module);
        crate::lookup::index!(Size);
        crate::lookup::index!(Steps);

        /// Width and height of each column.
        pub(super) const SIZES: [(u32, u32); Size::COUNT] = {
            let (mut sizes, mut column) = ([(0, 0); Size::COUNT], 0);
            while column < Size::COUNT {
                sizes[column] = Size::ALL[column].sides();
                column += 1;
            }
            sizes
        };

        /// The step count of each row.
        pub(super) const STEPS: [u32; Steps::COUNT] = {
            let (mut steps, mut row) = ([0; Steps::COUNT], 0);
            while row < Steps::COUNT {
                steps[row] = Steps::ALL[row].get();
                row += 1;
            }
            steps
        };

        /// The price of each row in each column, in units of credits. `price` is called only once for each cell,
        /// because at compile time a call takes longer the larger the table is.
        const UNITS: [[u64; Steps::COUNT]; Size::COUNT] = {
            let (mut units, mut column) = ([[0; Steps::COUNT]; Size::COUNT], 0);
            while column < Size::COUNT {
                let mut row = 0;
                while row < Steps::COUNT {
                    units[column][row] = price(Size::ALL[column], Steps::ALL[row]).units();
                    row += 1;
                }
                column += 1;
            }
            units
        };

        /// The greatest common divisor of the prices, in units of credits.
        const UNIT: u64 = crate::lookup::common_divisor(&UNITS);

        /// Whether each of these multiples fits 16 bits.
        const IS_NARROW: bool = crate::lookup::maximum(&UNITS) / UNIT <= u16::MAX as u64;

        /// Whether the prices are listed by slot. In a large table, the free slots could take too much room.
        const IS_LISTED: bool = IS_NARROW && {
            let slots = Size::SLOTS * Steps::SLOTS;
            slots <= 1024 || slots <= 4 * Size::COUNT * Steps::COUNT
        };

        /// The prices by the slots of size and step count, as multiples of `UNIT`.
        const LISTED: [[u16; if IS_LISTED { Steps::SLOTS } else { 0 }]; if IS_LISTED { Size::SLOTS } else { 0 }] =
            crate::lookup::multiples(&UNITS, UNIT, &Size::POSITIONS, &Steps::POSITIONS);

        /// Returns the price of one image, if the table has it.
        #[inline]
        pub(super) const fn look_up(width: u32, height: u32, steps: u32) -> Option<Credits> {
            let (size, has_size) = Size::INDEX.slot(crate::lookup::size_key(width, height));
            let (steps, has_steps) = Steps::INDEX.slot(steps as u64);
            // Read before the only branch, so that the processor looks up size, steps and price at the same time.
            let price = if IS_LISTED {
                Credits::new(LISTED[size][steps] as u64 * UNIT)
            } else {
                price(Size::BY_SLOT[size], Steps::BY_SLOT[steps])
            };
            if has_size & has_steps { Some(price) } else { None }
        }

        impl crate::estimate::Priced for Size {
            const GRID: crate::estimate::PixelGrid = {
                const PIXELS: [u64; Size::COUNT] = crate::estimate::pixels(&SIZES);
                const ORDER: [usize; Size::COUNT] = crate::lookup::order(&PIXELS);
                const LINES: usize = crate::estimate::lines(&PIXELS, &ORDER);
                const COLUMNS: [usize; LINES] = crate::estimate::columns(&PIXELS, &ORDER);
                const CELLS: usize = (LINES + 1) * (Steps::COUNT + 1);
                const WIDE: [u64; CELLS] = crate::estimate::multiples(&UNITS, UNIT, &COLUMNS);
                crate::estimate::PixelGrid {
                    pixels: &crate::lookup::pick(&PIXELS, &COLUMNS),
                    steps: &STEPS,
                    narrow: if IS_NARROW { &crate::estimate::narrow(&WIDE) } else { &[] },
                    wide: if IS_NARROW { &[] } else { &WIDE },
                    unit: UNIT,
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
pub(crate) use module;

/// Implements the methods of `Table` that need the module of each table.
macro_rules! modules {
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
pub(crate) use modules;
