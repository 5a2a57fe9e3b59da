// @generated from tables/ by dreamstudio-pricing-codegen. Edit the tables instead, and run
// `INSTA_UPDATE=always cargo test --test prices`.
//
// The tables that this was generated from. The build compares them with tables/.
//
// billing.csv:
//     item,credits,usd
//     sign_up_grant,25,0
//     minimum_purchase,1000,10
// clients.csv:
//     client,table,width,height,steps,granted_images
//     DreamStudio,sdxl,512,512,50,30
//     API,sdxl,512,512,30,50
// engines.csv:
//     engine,table
//     stable-diffusion-xl-beta-v2-2-2,sdxl
//     stable-diffusion-v1,standard
//     stable-diffusion-v1-5,standard
//     stable-diffusion-512-v2-0,standard
//     stable-diffusion-768-v2-0,standard
//     stable-diffusion-512-v2-1,standard
//     stable-diffusion-768-v2-1,standard
//     stable-diffusion-depth-v2-0,standard
//     stable-inpainting-v1-0,standard
//     stable-inpainting-512-v2-0,standard
// formulas.csv:
//     table,free_pixels,credits_per_gigapixel_step,nearest,up
//     sdxl,169527,180,2,2
//     standard,169527,72,3,1
// sdxl.csv:
//     steps,512x512,640x512,768x512,896x512,512x640,512x768,512x896
//     15,0.25,0.43,0.6,0.78,0.43,0.6,0.78
//     30,0.5,0.85,1.21,1.56,0.85,1.21,1.56
//     50,0.83,1.42,2.01,2.6,1.42,2.01,2.6
//     100,1.67,2.85,4.03,5.21,2.85,4.03,5.21
//     150,2.5,4.27,6.04,7.81,4.27,6.04,7.81
// sources.csv:
//     table,page,heading,published
//     sdxl,Credits + Billing,SDXL Pricing Table,2023-06-22
//     standard,Credits + Billing,Pricing Table,2023-06-22
// standard.csv:
//     steps,512x512,512x768,512x1024,768x768,768x1024,1024x1024
//     15,0.1,0.3,0.4,0.5,0.7,1
//     30,0.2,0.5,0.8,1,1.4,1.9
//     50,0.4,0.9,1.3,1.6,2.3,3.2
//     100,0.7,1.7,2.6,3.1,4.5,6.4
//     150,1,2.5,3.9,4.6,6.7,9.5

/// The `sdxl` table: credits per image, and the same in dollars.
///
/// | steps | 512x512 | 640x512 | 768x512 | 896x512 | 512x640 | 512x768 | 512x896 |
/// |---:|---:|---:|---:|---:|---:|---:|---:|
/// | 15 | 0.25 ($0.0025) | 0.43 ($0.0043) | 0.6 ($0.006) | 0.78 ($0.0078) | 0.43 ($0.0043) | 0.6 ($0.006) | 0.78 ($0.0078) |
/// | 30 | 0.5 ($0.005) | 0.85 ($0.0085) | 1.21 ($0.0121) | 1.56 ($0.0156) | 0.85 ($0.0085) | 1.21 ($0.0121) | 1.56 ($0.0156) |
/// | 50 | 0.83 ($0.0083) | 1.42 ($0.0142) | 2.01 ($0.0201) | 2.6 ($0.026) | 1.42 ($0.0142) | 2.01 ($0.0201) | 2.6 ($0.026) |
/// | 100 | 1.67 ($0.0167) | 2.85 ($0.0285) | 4.03 ($0.0403) | 5.21 ($0.0521) | 2.85 ($0.0285) | 4.03 ($0.0403) | 5.21 ($0.0521) |
/// | 150 | 2.5 ($0.025) | 4.27 ($0.0427) | 6.04 ($0.0604) | 7.81 ($0.0781) | 4.27 ($0.0427) | 6.04 ($0.0604) | 7.81 ($0.0781) |
///
/// The engines with these prices:
///
/// - `stable-diffusion-xl-beta-v2-2-2`
///
/// Published on 2023-06-22, on the page “Credits + Billing” under “SDXL Pricing Table”.
///
/// Generated from `tables/sdxl.csv`.
pub mod sdxl {
    use crate::Credits;

    /// The `sdxl` table as a value.
    pub const TABLE: crate::Table = crate::Table::Sdxl;

    /// A size that the `sdxl` table prices: width by height, in pixels.
    ///
    /// It cannot be cast to an integer: [new prices](crate#new-prices) would change that.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Size {
        /// 512 pixels wide, 512 pixels high.
        S512x512,
        /// 640 pixels wide, 512 pixels high.
        S640x512,
        /// 768 pixels wide, 512 pixels high.
        S768x512,
        /// 896 pixels wide, 512 pixels high.
        S896x512,
        /// 512 pixels wide, 640 pixels high.
        S512x640,
        /// 512 pixels wide, 768 pixels high.
        S512x768,
        /// 512 pixels wide, 896 pixels high.
        S512x896,
        #[doc(hidden)]
        __NoCast(::core::convert::Infallible),
    }

    impl Size {
        /// Each size, in the order of the columns.
        pub const ALL: &'static [Self] = &[
            Self::S512x512,
            Self::S640x512,
            Self::S768x512,
            Self::S896x512,
            Self::S512x640,
            Self::S512x768,
            Self::S512x896,
        ];

        /// Returns the size of this width and height, in pixels, or `None` if the table has no such column.
        ///
        /// ```
        /// use dreamstudio_pricing::sdxl::Size;
        ///
        /// assert_eq!(Size::new(512, 512), Some(Size::S512x512));
        /// assert_eq!(Size::new(0, 0), None);
        /// ```
        #[inline]
        #[must_use]
        pub const fn new(width: u32, height: u32) -> Option<Self> {
            let (slot, is_found) = Self::slot(width, height);
            if is_found { Some(Self::SLOTS[slot]) } else { None }
        }

        /// Returns the width, in pixels.
        ///
        /// ```
        /// use dreamstudio_pricing::sdxl::Size;
        ///
        /// assert_eq!(Size::S512x512.width(), 512);
        /// ```
        #[inline]
        #[must_use]
        pub const fn width(self) -> u32 {
            match self {
                Self::S512x512 => 512,
                Self::S640x512 => 640,
                Self::S768x512 => 768,
                Self::S896x512 => 896,
                Self::S512x640 => 512,
                Self::S512x768 => 512,
                Self::S512x896 => 512,
            }
        }

        /// Returns the height, in pixels.
        ///
        /// ```
        /// use dreamstudio_pricing::sdxl::Size;
        ///
        /// assert_eq!(Size::S512x512.height(), 512);
        /// ```
        #[inline]
        #[must_use]
        pub const fn height(self) -> u32 {
            match self {
                Self::S512x512 => 512,
                Self::S640x512 => 512,
                Self::S768x512 => 512,
                Self::S896x512 => 512,
                Self::S512x640 => 640,
                Self::S512x768 => 768,
                Self::S512x896 => 896,
            }
        }

        /// Returns the index in `ALL`.
        #[inline]
        const fn index(self) -> usize {
            match self {
                Self::S512x512 => 0,
                Self::S640x512 => 1,
                Self::S768x512 => 2,
                Self::S896x512 => 3,
                Self::S512x640 => 4,
                Self::S512x768 => 5,
                Self::S512x896 => 6,
            }
        }

        /// The value in each slot of a lookup. A free slot repeats the first value.
        const SLOTS: [Self; 8] = [
            Self::S512x640,
            Self::S768x512,
            Self::S512x512,
            Self::S512x896,
            Self::S896x512,
            Self::S512x768,
            Self::S640x512,
            Self::S512x512,
        ];

        /// Returns the only slot that can match, and whether it does.
        #[inline]
        pub(super) const fn slot(width: u32, height: u32) -> (usize, bool) {
            const KEYS: [u64; 8] = [
                crate::hash::size_key(512, 640),
                crate::hash::size_key(768, 512),
                crate::hash::size_key(512, 512),
                crate::hash::size_key(512, 896),
                crate::hash::size_key(896, 512),
                crate::hash::size_key(512, 768),
                crate::hash::size_key(640, 512),
                crate::hash::size_key(512, 512),
            ];
            let key = crate::hash::size_key(width, height);
            let slot = crate::hash::slot(key, 14038607207048404727, 3);
            (slot, KEYS[slot] == key)
        }
    }

    crate::traits::size!(Size, TABLE);

    /// A step count that the `sdxl` table prices.
    ///
    /// It cannot be cast to an integer: [new prices](crate#new-prices) would change that.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Steps {
        /// 15 steps.
        N15,
        /// 30 steps.
        N30,
        /// 50 steps.
        N50,
        /// 100 steps.
        N100,
        /// 150 steps.
        N150,
        #[doc(hidden)]
        __NoCast(::core::convert::Infallible),
    }

    impl Steps {
        /// Each step count, in ascending order.
        pub const ALL: &'static [Self] = &[
            Self::N15,
            Self::N30,
            Self::N50,
            Self::N100,
            Self::N150,
        ];

        /// Returns the step count of this number, or `None` if the table has no such row.
        ///
        /// ```
        /// use dreamstudio_pricing::sdxl::Steps;
        ///
        /// assert_eq!(Steps::new(15), Some(Steps::N15));
        /// assert_eq!(Steps::new(0), None);
        /// ```
        #[inline]
        #[must_use]
        pub const fn new(count: u32) -> Option<Self> {
            let (slot, is_found) = Self::slot(count);
            if is_found { Some(Self::SLOTS[slot]) } else { None }
        }

        /// Returns the number of steps.
        ///
        /// ```
        /// use dreamstudio_pricing::sdxl::Steps;
        ///
        /// assert_eq!(Steps::N15.get(), 15);
        /// ```
        #[inline]
        #[must_use]
        pub const fn get(self) -> u32 {
            match self {
                Self::N15 => 15,
                Self::N30 => 30,
                Self::N50 => 50,
                Self::N100 => 100,
                Self::N150 => 150,
            }
        }

        /// Returns the index in `ALL`.
        #[inline]
        const fn index(self) -> usize {
            match self {
                Self::N15 => 0,
                Self::N30 => 1,
                Self::N50 => 2,
                Self::N100 => 3,
                Self::N150 => 4,
            }
        }

        /// The value in each slot of a lookup. A free slot repeats the first value.
        const SLOTS: [Self; 8] = [
            Self::N15,
            Self::N100,
            Self::N15,
            Self::N15,
            Self::N50,
            Self::N150,
            Self::N15,
            Self::N30,
        ];

        /// Returns the only slot that can match, and whether it does.
        #[inline]
        pub(super) const fn slot(count: u32) -> (usize, bool) {
            const KEYS: [u32; 8] = [15, 100, 15, 15, 50, 150, 15, 30];
            let key = count;
            let slot = crate::hash::slot(key as u64, 7960286522194355701, 3);
            (slot, KEYS[slot] == key)
        }
    }

    crate::traits::steps!(Steps, TABLE);

    /// Returns the price of one image, in credits.
    ///
    /// ```
    /// use dreamstudio_pricing::sdxl::{self, Size, Steps};
    ///
    /// const PRICE: dreamstudio_pricing::Credits = sdxl::price(Size::S512x512, Steps::N15);
    /// assert_eq!(PRICE.to_string(), "0.25");
    /// ```
    #[inline]
    #[must_use]
    pub const fn price(size: Size, steps: Steps) -> Credits {
        PRICES[size.index()][steps.index()]
    }

    /// The prices by size and step count, evaluated from a match that must have an arm for each cell. An arm is a number
    /// of ten-thousandths of a credit.
    const PRICES: [[Credits; 5]; 7] = {
        let mut prices = [[Credits::ZERO; 5]; 7];
        let mut column = 0;
        while column < 7 {
            let mut row = 0;
            while row < 5 {
                let (size, steps) = (Size::ALL[column], Steps::ALL[row]);
                let units = match size {
                    Size::S512x512 => {
                        match steps {
                            Steps::N15 => 2500,
                            Steps::N30 => 5000,
                            Steps::N50 => 8300,
                            Steps::N100 => 16700,
                            Steps::N150 => 25000,
                        }
                    }
                    Size::S640x512 => {
                        match steps {
                            Steps::N15 => 4300,
                            Steps::N30 => 8500,
                            Steps::N50 => 14200,
                            Steps::N100 => 28500,
                            Steps::N150 => 42700,
                        }
                    }
                    Size::S768x512 => {
                        match steps {
                            Steps::N15 => 6000,
                            Steps::N30 => 12100,
                            Steps::N50 => 20100,
                            Steps::N100 => 40300,
                            Steps::N150 => 60400,
                        }
                    }
                    Size::S896x512 => {
                        match steps {
                            Steps::N15 => 7800,
                            Steps::N30 => 15600,
                            Steps::N50 => 26000,
                            Steps::N100 => 52100,
                            Steps::N150 => 78100,
                        }
                    }
                    Size::S512x640 => {
                        match steps {
                            Steps::N15 => 4300,
                            Steps::N30 => 8500,
                            Steps::N50 => 14200,
                            Steps::N100 => 28500,
                            Steps::N150 => 42700,
                        }
                    }
                    Size::S512x768 => {
                        match steps {
                            Steps::N15 => 6000,
                            Steps::N30 => 12100,
                            Steps::N50 => 20100,
                            Steps::N100 => 40300,
                            Steps::N150 => 60400,
                        }
                    }
                    Size::S512x896 => {
                        match steps {
                            Steps::N15 => 7800,
                            Steps::N30 => 15600,
                            Steps::N50 => 26000,
                            Steps::N100 => 52100,
                            Steps::N150 => 78100,
                        }
                    }
                };
                prices[column][row] = Credits::new(units);
                row += 1;
            }
            column += 1;
        }
        prices
    };

    /// Returns the price of one image, if the table has it.
    #[inline]
    pub(super) const fn look_up(width: u32, height: u32, steps: u32) -> Option<Credits> {
        let (size, has_size) = Size::slot(width, height);
        let (steps, has_steps) = Steps::slot(steps);
        let price = Credits::new(MULTIPLES[size][steps] as u64 * UNIT);
        if has_size & has_steps { Some(price) } else { None }
    }

    /// The largest amount of which all prices are multiples, in ten-thousandths of a credit.
    const UNIT: u64 = 100;

    /// The same prices by the slots of size and step count, as multiples of the unit.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the generator has checked that each multiple fits"
    )]
    const MULTIPLES: [[u16; 8]; 8] = {
        let mut multiples = [[0; 8]; 8];
        let mut column = 0;
        while column < 8 {
            let mut row = 0;
            while row < 8 {
                let price = price(Size::SLOTS[column], Steps::SLOTS[row]);
                multiples[column][row] = (price.units() / UNIT) as u16;
                row += 1;
            }
            column += 1;
        }
        multiples
    };

    impl crate::estimate::Priced for Size {
        const GRID: crate::estimate::Grid = crate::estimate::Grid {
            pixels: &[262144, 327680, 393216, 458752],
            steps: &[15, 30, 50, 100, 150],
            narrow: &[
                0, 0, 0, 0, 0, 0, 0, 25, 50, 83, 167, 250, 0, 43, 85, 142, 285, 427, 0,
                60, 121, 201, 403, 604, 0, 78, 156, 260, 521, 781,
            ],
            wide: &[],
            unit: 100,
            formula: Some(
                crate::estimate::UnitsFormula::new(
                    169527,
                    (180, 0),
                    (2, 2),
                    (458752, 150),
                ),
            ),
        };
    }
}

/// The `standard` table: credits per image, and the same in dollars.
///
/// | steps | 512x512 | 512x768 | 512x1024 | 768x768 | 768x1024 | 1024x1024 |
/// |---:|---:|---:|---:|---:|---:|---:|
/// | 15 | 0.1 ($0.001) | 0.3 ($0.003) | 0.4 ($0.004) | 0.5 ($0.005) | 0.7 ($0.007) | 1 ($0.01) |
/// | 30 | 0.2 ($0.002) | 0.5 ($0.005) | 0.8 ($0.008) | 1 ($0.01) | 1.4 ($0.014) | 1.9 ($0.019) |
/// | 50 | 0.4 ($0.004) | 0.9 ($0.009) | 1.3 ($0.013) | 1.6 ($0.016) | 2.3 ($0.023) | 3.2 ($0.032) |
/// | 100 | 0.7 ($0.007) | 1.7 ($0.017) | 2.6 ($0.026) | 3.1 ($0.031) | 4.5 ($0.045) | 6.4 ($0.064) |
/// | 150 | 1 ($0.01) | 2.5 ($0.025) | 3.9 ($0.039) | 4.6 ($0.046) | 6.7 ($0.067) | 9.5 ($0.095) |
///
/// The engines with these prices:
///
/// - `stable-diffusion-v1`
/// - `stable-diffusion-v1-5`
/// - `stable-diffusion-512-v2-0`
/// - `stable-diffusion-768-v2-0`
/// - `stable-diffusion-512-v2-1`
/// - `stable-diffusion-768-v2-1`
/// - `stable-diffusion-depth-v2-0`
/// - `stable-inpainting-v1-0`
/// - `stable-inpainting-512-v2-0`
///
/// Published on 2023-06-22, on the page “Credits + Billing” under “Pricing Table”.
///
/// Generated from `tables/standard.csv`.
pub mod standard {
    use crate::Credits;

    /// The `standard` table as a value.
    pub const TABLE: crate::Table = crate::Table::Standard;

    /// A size that the `standard` table prices: width by height, in pixels.
    ///
    /// It cannot be cast to an integer: [new prices](crate#new-prices) would change that.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Size {
        /// 512 pixels wide, 512 pixels high.
        S512x512,
        /// 512 pixels wide, 768 pixels high.
        S512x768,
        /// 512 pixels wide, 1024 pixels high.
        S512x1024,
        /// 768 pixels wide, 768 pixels high.
        S768x768,
        /// 768 pixels wide, 1024 pixels high.
        S768x1024,
        /// 1024 pixels wide, 1024 pixels high.
        S1024x1024,
        #[doc(hidden)]
        __NoCast(::core::convert::Infallible),
    }

    impl Size {
        /// Each size, in the order of the columns.
        pub const ALL: &'static [Self] = &[
            Self::S512x512,
            Self::S512x768,
            Self::S512x1024,
            Self::S768x768,
            Self::S768x1024,
            Self::S1024x1024,
        ];

        /// Returns the size of this width and height, in pixels, or `None` if the table has no such column.
        ///
        /// ```
        /// use dreamstudio_pricing::standard::Size;
        ///
        /// assert_eq!(Size::new(512, 512), Some(Size::S512x512));
        /// assert_eq!(Size::new(0, 0), None);
        /// ```
        #[inline]
        #[must_use]
        pub const fn new(width: u32, height: u32) -> Option<Self> {
            let (slot, is_found) = Self::slot(width, height);
            if is_found { Some(Self::SLOTS[slot]) } else { None }
        }

        /// Returns the width, in pixels.
        ///
        /// ```
        /// use dreamstudio_pricing::standard::Size;
        ///
        /// assert_eq!(Size::S512x512.width(), 512);
        /// ```
        #[inline]
        #[must_use]
        pub const fn width(self) -> u32 {
            match self {
                Self::S512x512 => 512,
                Self::S512x768 => 512,
                Self::S512x1024 => 512,
                Self::S768x768 => 768,
                Self::S768x1024 => 768,
                Self::S1024x1024 => 1024,
            }
        }

        /// Returns the height, in pixels.
        ///
        /// ```
        /// use dreamstudio_pricing::standard::Size;
        ///
        /// assert_eq!(Size::S512x512.height(), 512);
        /// ```
        #[inline]
        #[must_use]
        pub const fn height(self) -> u32 {
            match self {
                Self::S512x512 => 512,
                Self::S512x768 => 768,
                Self::S512x1024 => 1024,
                Self::S768x768 => 768,
                Self::S768x1024 => 1024,
                Self::S1024x1024 => 1024,
            }
        }

        /// Returns the index in `ALL`.
        #[inline]
        const fn index(self) -> usize {
            match self {
                Self::S512x512 => 0,
                Self::S512x768 => 1,
                Self::S512x1024 => 2,
                Self::S768x768 => 3,
                Self::S768x1024 => 4,
                Self::S1024x1024 => 5,
            }
        }

        /// The value in each slot of a lookup. A free slot repeats the first value.
        const SLOTS: [Self; 8] = [
            Self::S512x512,
            Self::S512x512,
            Self::S512x1024,
            Self::S1024x1024,
            Self::S768x768,
            Self::S512x512,
            Self::S768x1024,
            Self::S512x768,
        ];

        /// Returns the only slot that can match, and whether it does.
        #[inline]
        pub(super) const fn slot(width: u32, height: u32) -> (usize, bool) {
            const KEYS: [u64; 8] = [
                crate::hash::size_key(512, 512),
                crate::hash::size_key(512, 512),
                crate::hash::size_key(512, 1024),
                crate::hash::size_key(1024, 1024),
                crate::hash::size_key(768, 768),
                crate::hash::size_key(512, 512),
                crate::hash::size_key(768, 1024),
                crate::hash::size_key(512, 768),
            ];
            let key = crate::hash::size_key(width, height);
            let slot = crate::hash::slot(key, 17909611376780542445, 3);
            (slot, KEYS[slot] == key)
        }
    }

    crate::traits::size!(Size, TABLE);

    /// A step count that the `standard` table prices.
    ///
    /// It cannot be cast to an integer: [new prices](crate#new-prices) would change that.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Steps {
        /// 15 steps.
        N15,
        /// 30 steps.
        N30,
        /// 50 steps.
        N50,
        /// 100 steps.
        N100,
        /// 150 steps.
        N150,
        #[doc(hidden)]
        __NoCast(::core::convert::Infallible),
    }

    impl Steps {
        /// Each step count, in ascending order.
        pub const ALL: &'static [Self] = &[
            Self::N15,
            Self::N30,
            Self::N50,
            Self::N100,
            Self::N150,
        ];

        /// Returns the step count of this number, or `None` if the table has no such row.
        ///
        /// ```
        /// use dreamstudio_pricing::standard::Steps;
        ///
        /// assert_eq!(Steps::new(15), Some(Steps::N15));
        /// assert_eq!(Steps::new(0), None);
        /// ```
        #[inline]
        #[must_use]
        pub const fn new(count: u32) -> Option<Self> {
            let (slot, is_found) = Self::slot(count);
            if is_found { Some(Self::SLOTS[slot]) } else { None }
        }

        /// Returns the number of steps.
        ///
        /// ```
        /// use dreamstudio_pricing::standard::Steps;
        ///
        /// assert_eq!(Steps::N15.get(), 15);
        /// ```
        #[inline]
        #[must_use]
        pub const fn get(self) -> u32 {
            match self {
                Self::N15 => 15,
                Self::N30 => 30,
                Self::N50 => 50,
                Self::N100 => 100,
                Self::N150 => 150,
            }
        }

        /// Returns the index in `ALL`.
        #[inline]
        const fn index(self) -> usize {
            match self {
                Self::N15 => 0,
                Self::N30 => 1,
                Self::N50 => 2,
                Self::N100 => 3,
                Self::N150 => 4,
            }
        }

        /// The value in each slot of a lookup. A free slot repeats the first value.
        const SLOTS: [Self; 8] = [
            Self::N15,
            Self::N100,
            Self::N15,
            Self::N15,
            Self::N50,
            Self::N150,
            Self::N15,
            Self::N30,
        ];

        /// Returns the only slot that can match, and whether it does.
        #[inline]
        pub(super) const fn slot(count: u32) -> (usize, bool) {
            const KEYS: [u32; 8] = [15, 100, 15, 15, 50, 150, 15, 30];
            let key = count;
            let slot = crate::hash::slot(key as u64, 7960286522194355701, 3);
            (slot, KEYS[slot] == key)
        }
    }

    crate::traits::steps!(Steps, TABLE);

    /// Returns the price of one image, in credits.
    ///
    /// ```
    /// use dreamstudio_pricing::standard::{self, Size, Steps};
    ///
    /// const PRICE: dreamstudio_pricing::Credits = standard::price(Size::S512x512, Steps::N15);
    /// assert_eq!(PRICE.to_string(), "0.1");
    /// ```
    #[inline]
    #[must_use]
    pub const fn price(size: Size, steps: Steps) -> Credits {
        PRICES[size.index()][steps.index()]
    }

    /// The prices by size and step count, evaluated from a match that must have an arm for each cell. An arm is a number
    /// of ten-thousandths of a credit.
    const PRICES: [[Credits; 5]; 6] = {
        let mut prices = [[Credits::ZERO; 5]; 6];
        let mut column = 0;
        while column < 6 {
            let mut row = 0;
            while row < 5 {
                let (size, steps) = (Size::ALL[column], Steps::ALL[row]);
                let units = match size {
                    Size::S512x512 => {
                        match steps {
                            Steps::N15 => 1000,
                            Steps::N30 => 2000,
                            Steps::N50 => 4000,
                            Steps::N100 => 7000,
                            Steps::N150 => 10000,
                        }
                    }
                    Size::S512x768 => {
                        match steps {
                            Steps::N15 => 3000,
                            Steps::N30 => 5000,
                            Steps::N50 => 9000,
                            Steps::N100 => 17000,
                            Steps::N150 => 25000,
                        }
                    }
                    Size::S512x1024 => {
                        match steps {
                            Steps::N15 => 4000,
                            Steps::N30 => 8000,
                            Steps::N50 => 13000,
                            Steps::N100 => 26000,
                            Steps::N150 => 39000,
                        }
                    }
                    Size::S768x768 => {
                        match steps {
                            Steps::N15 => 5000,
                            Steps::N30 => 10000,
                            Steps::N50 => 16000,
                            Steps::N100 => 31000,
                            Steps::N150 => 46000,
                        }
                    }
                    Size::S768x1024 => {
                        match steps {
                            Steps::N15 => 7000,
                            Steps::N30 => 14000,
                            Steps::N50 => 23000,
                            Steps::N100 => 45000,
                            Steps::N150 => 67000,
                        }
                    }
                    Size::S1024x1024 => {
                        match steps {
                            Steps::N15 => 10000,
                            Steps::N30 => 19000,
                            Steps::N50 => 32000,
                            Steps::N100 => 64000,
                            Steps::N150 => 95000,
                        }
                    }
                };
                prices[column][row] = Credits::new(units);
                row += 1;
            }
            column += 1;
        }
        prices
    };

    /// Returns the price of one image, if the table has it.
    #[inline]
    pub(super) const fn look_up(width: u32, height: u32, steps: u32) -> Option<Credits> {
        let (size, has_size) = Size::slot(width, height);
        let (steps, has_steps) = Steps::slot(steps);
        let price = Credits::new(MULTIPLES[size][steps] as u64 * UNIT);
        if has_size & has_steps { Some(price) } else { None }
    }

    /// The largest amount of which all prices are multiples, in ten-thousandths of a credit.
    const UNIT: u64 = 1000;

    /// The same prices by the slots of size and step count, as multiples of the unit.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the generator has checked that each multiple fits"
    )]
    const MULTIPLES: [[u16; 8]; 8] = {
        let mut multiples = [[0; 8]; 8];
        let mut column = 0;
        while column < 8 {
            let mut row = 0;
            while row < 8 {
                let price = price(Size::SLOTS[column], Steps::SLOTS[row]);
                multiples[column][row] = (price.units() / UNIT) as u16;
                row += 1;
            }
            column += 1;
        }
        multiples
    };

    impl crate::estimate::Priced for Size {
        const GRID: crate::estimate::Grid = crate::estimate::Grid {
            pixels: &[262144, 393216, 524288, 589824, 786432, 1048576],
            steps: &[15, 30, 50, 100, 150],
            narrow: &[
                0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 7, 10, 0, 3, 5, 9, 17, 25, 0, 4, 8, 13, 26,
                39, 0, 5, 10, 16, 31, 46, 0, 7, 14, 23, 45, 67, 0, 10, 19, 32, 64, 95,
            ],
            wide: &[],
            unit: 1000,
            formula: Some(
                crate::estimate::UnitsFormula::new(
                    169527,
                    (72, 0),
                    (3, 1),
                    (1048576, 150),
                ),
            ),
        };
    }
}

/// One of the price tables.
///
/// It cannot be cast to an integer: [new prices](crate#new-prices) would change that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Table {
    /// The [`sdxl`](mod@sdxl) table.
    Sdxl,
    /// The [`standard`](mod@standard) table.
    Standard,
    #[doc(hidden)]
    __NoCast(::core::convert::Infallible),
}

impl Table {
    /// Each table, in the order of their names.
    pub const ALL: &'static [Self] = &[Self::Sdxl, Self::Standard];

    /// Returns the name, which is that of the table's file.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!(Table::Sdxl.name(), "sdxl");
    /// assert_eq!(Table::Standard.name(), "standard");
    /// ```
    #[inline]
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sdxl => "sdxl",
            Self::Standard => "standard",
        }
    }

    /// Returns the sizes: width and height in pixels, in the order of the columns.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!(Table::Sdxl.sizes().len(), 7);
    /// assert_eq!(Table::Standard.sizes().len(), 6);
    /// ```
    #[inline]
    #[must_use]
    pub const fn sizes(self) -> &'static [(u32, u32)] {
        match self {
            Self::Sdxl => {
                &[
                    (512, 512),
                    (640, 512),
                    (768, 512),
                    (896, 512),
                    (512, 640),
                    (512, 768),
                    (512, 896),
                ]
            }
            Self::Standard => {
                &[
                    (512, 512),
                    (512, 768),
                    (512, 1024),
                    (768, 768),
                    (768, 1024),
                    (1024, 1024),
                ]
            }
        }
    }

    /// Returns the step counts, in ascending order.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert_eq!(Table::Sdxl.steps(), [15, 30, 50, 100, 150]);
    /// assert_eq!(Table::Standard.steps(), [15, 30, 50, 100, 150]);
    /// ```
    #[inline]
    #[must_use]
    pub const fn steps(self) -> &'static [u32] {
        match self {
            Self::Sdxl => &[15, 30, 50, 100, 150],
            Self::Standard => &[15, 30, 50, 100, 150],
        }
    }

    /// Returns the ids of the engines that the table prices.
    ///
    /// ```
    /// use dreamstudio_pricing::Table;
    ///
    /// assert!(Table::Sdxl.engines().iter().all(|id| Table::for_engine(id) == Ok(Table::Sdxl)));
    /// assert!(Table::Standard.engines().iter().all(|id| Table::for_engine(id) == Ok(Table::Standard)));
    /// ```
    #[inline]
    #[must_use]
    pub const fn engines(self) -> &'static [&'static str] {
        match self {
            Self::Sdxl => &["stable-diffusion-xl-beta-v2-2-2"],
            Self::Standard => {
                &[
                    "stable-diffusion-v1",
                    "stable-diffusion-v1-5",
                    "stable-diffusion-512-v2-0",
                    "stable-diffusion-768-v2-0",
                    "stable-diffusion-512-v2-1",
                    "stable-diffusion-768-v2-1",
                    "stable-diffusion-depth-v2-0",
                    "stable-inpainting-v1-0",
                    "stable-inpainting-512-v2-0",
                ]
            }
        }
    }

    /// Returns where the table was published, if `tables/sources.csv` says so.
    #[inline]
    #[must_use]
    pub const fn source(self) -> Option<crate::Source> {
        match self {
            Self::Sdxl => {
                Some(crate::Source {
                    page: "Credits + Billing",
                    heading: "SDXL Pricing Table",
                    published: "2023-06-22",
                })
            }
            Self::Standard => {
                Some(crate::Source {
                    page: "Credits + Billing",
                    heading: "Pricing Table",
                    published: "2023-06-22",
                })
            }
        }
    }

    /// Returns the formula that gives every price of the table, if `tables/formulas.csv` has one.
    #[inline]
    #[must_use]
    pub const fn formula(self) -> Option<crate::Formula> {
        match self {
            Self::Sdxl => {
                Some(crate::Formula {
                    free_pixels: 169527,
                    rate: "180",
                    nearest: 2,
                    up: 2,
                })
            }
            Self::Standard => {
                Some(crate::Formula {
                    free_pixels: 169527,
                    rate: "72",
                    nearest: 3,
                    up: 1,
                })
            }
        }
    }

    /// Returns the table of an engine's id.
    #[inline]
    pub(crate) const fn of_engine(id: &str) -> Option<Self> {
        const IDS: [&str; 10] = [
            "stable-diffusion-xl-beta-v2-2-2",
            "stable-diffusion-v1",
            "stable-diffusion-v1-5",
            "stable-diffusion-512-v2-0",
            "stable-diffusion-768-v2-0",
            "stable-diffusion-512-v2-1",
            "stable-diffusion-768-v2-1",
            "stable-diffusion-depth-v2-0",
            "stable-inpainting-v1-0",
            "stable-inpainting-512-v2-0",
        ];
        const TABLES: [Table; 10] = [
            Table::Sdxl,
            Table::Standard,
            Table::Standard,
            Table::Standard,
            Table::Standard,
            Table::Standard,
            Table::Standard,
            Table::Standard,
            Table::Standard,
            Table::Standard,
        ];
        const SLOTS: [u8; 16] = [8, 2, 0, 0, 0, 0, 0, 3, 5, 0, 0, 4, 6, 7, 9, 1];
        let key = crate::hash::text_key(id);
        let engine = SLOTS[crate::hash::slot(key, 487617019471545679, 4)] as usize;
        if crate::text::equal(IDS[engine], id) { Some(TABLES[engine]) } else { None }
    }

    /// Returns whether the table has a column for this size.
    #[inline]
    pub(crate) const fn has_size(self, width: u32, height: u32) -> bool {
        match self {
            Self::Sdxl => sdxl::Size::slot(width, height).1,
            Self::Standard => standard::Size::slot(width, height).1,
        }
    }

    /// Returns the figures of an estimate, if the table has a cell with at least as many pixels and steps.
    #[inline]
    pub(crate) const fn figures(
        self,
        pixels: u64,
        steps: u64,
    ) -> Option<crate::estimate::Figures> {
        match self {
            Self::Sdxl => crate::estimate::figures::<sdxl::Size>(pixels, steps),
            Self::Standard => crate::estimate::figures::<standard::Size>(pixels, steps),
        }
    }

    /// Returns the price of one image, if the table has it.
    #[inline]
    pub(crate) const fn look_up(
        self,
        width: u32,
        height: u32,
        steps: u32,
    ) -> Option<crate::Credits> {
        match self {
            Self::Sdxl => sdxl::look_up(width, height, steps),
            Self::Standard => standard::look_up(width, height, steps),
        }
    }
}

/// A client of the API, with default settings of its own.
///
/// It cannot be cast to an integer: [new prices](crate#new-prices) would change that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Client {
    /// DreamStudio: 512x512 at 50 steps, by the `sdxl` table.
    ///
    /// The sign-up grant pays for 30 images at these settings.
    DreamStudio,
    /// API: 512x512 at 30 steps, by the `sdxl` table.
    ///
    /// The sign-up grant pays for 50 images at these settings.
    Api,
    #[doc(hidden)]
    __NoCast(::core::convert::Infallible),
}

impl Client {
    /// Each client, in the order of `tables/clients.csv`.
    pub const ALL: &'static [Self] = &[Self::DreamStudio, Self::Api];

    /// Returns the name.
    ///
    /// ```
    /// use dreamstudio_pricing::Client;
    ///
    /// assert_eq!(Client::DreamStudio.name(), "DreamStudio");
    /// assert_eq!(Client::Api.name(), "API");
    /// ```
    #[inline]
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DreamStudio => "DreamStudio",
            Self::Api => "API",
        }
    }

    /// Returns the settings that the client uses if a user chooses none.
    ///
    /// ```
    /// use dreamstudio_pricing::Client;
    ///
    /// assert_eq!(Client::DreamStudio.defaults().to_string(), "512x512 at 50 steps");
    /// assert_eq!(Client::Api.defaults().to_string(), "512x512 at 30 steps");
    /// ```
    #[inline]
    #[must_use]
    pub const fn defaults(self) -> crate::Settings {
        match self {
            Self::DreamStudio => crate::Settings::size(512, 512).steps(50),
            Self::Api => crate::Settings::size(512, 512).steps(30),
        }
    }

    /// Returns the table of the engine that the client uses if a user chooses none.
    #[inline]
    #[must_use]
    pub const fn table(self) -> Table {
        match self {
            Self::DreamStudio => Table::Sdxl,
            Self::Api => Table::Sdxl,
        }
    }
}

/// The figures of `tables/billing.csv`.
pub(crate) mod constants {
    use crate::{Credits, Usd};

    /// The credits that a new account is granted: 25.
    pub const SIGN_UP_GRANT: Credits = Credits::new(250000);

    /// The smallest purchase: $10.
    pub const MINIMUM_PURCHASE: Usd = Usd::new(10000000000);

    /// The number of units of `Usd` that one unit of `Credits` costs.
    pub(crate) const USD_UNITS_PER_CREDITS_UNIT: u64 = 1000;

    const _: () = assert!(Credits::DECIMALS == 4 && Usd::DECIMALS == 9);
}
