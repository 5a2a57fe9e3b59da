// @generated from tables/ by dreamstudio-pricing-codegen. Edit the tables instead, and run
// `INSTA_UPDATE=always cargo test --test prices`.
//
// The macros of src/module.rs add the traits and the lookups.

/// The `sdxl` table: credits per image, and the same in dollars.
///
/// | steps | 512x512 | 640x512 | 768x512 | 896x512 | 512x640 | 512x768 | 512x896 |
/// |---:|---:|---:|---:|---:|---:|---:|---:|
/// | 15 | 0.25 ($0.0025) | 0.43 ($0.0043) | 0.60 ($0.0060) | 0.78 ($0.0078) | 0.43 ($0.0043) | 0.60 ($0.0060) | 0.78 ($0.0078) |
/// | 30 | 0.50 ($0.0050) | 0.85 ($0.0085) | 1.21 ($0.0121) | 1.56 ($0.0156) | 0.85 ($0.0085) | 1.21 ($0.0121) | 1.56 ($0.0156) |
/// | 50 | 0.83 ($0.0083) | 1.42 ($0.0142) | 2.01 ($0.0201) | 2.60 ($0.0260) | 1.42 ($0.0142) | 2.01 ($0.0201) | 2.60 ($0.0260) |
/// | 100 | 1.67 ($0.0167) | 2.85 ($0.0285) | 4.03 ($0.0403) | 5.21 ($0.0521) | 2.85 ($0.0285) | 4.03 ($0.0403) | 5.21 ($0.0521) |
/// | 150 | 2.50 ($0.0250) | 4.27 ($0.0427) | 6.04 ($0.0604) | 7.81 ($0.0781) | 4.27 ($0.0427) | 6.04 ($0.0604) | 7.81 ($0.0781) |
///
/// The engines with these prices:
///
/// - `stable-diffusion-xl-beta-v2-2-2`
///
/// [`Table::price`](crate::Table::price) takes plain numbers, as a request has them. For a size or a step count that is not
/// in the table, [`Request::estimate`](crate::Request::estimate) returns bounds, and often an expected price.
///
/// What the API accepts:
///
/// - sides that are multiples of 64 pixels
/// - 262144 to 1048576 pixels
/// - a longer side of at most 896 pixels
/// - a shorter side of at most 512 pixels
/// - 10 to 150 steps
/// - at most 10 images in one request
///
/// Published on 2023-06-22, on the page “Credits + Billing” under “SDXL Pricing Table”.
///
/// Generated from `sdxl.csv`.
pub mod sdxl {
    use crate::Credits;

    /// A size that the `sdxl` table prices: width by height, in pixels.
    ///
    /// It cannot be cast to an integer, because [new prices](crate#new-prices) would change the number.
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

        /// Returns width and height, in pixels.
        #[inline]
        const fn sides(self) -> (u32, u32) {
            match self {
                Self::S512x512 => (512, 512),
                Self::S640x512 => (640, 512),
                Self::S768x512 => (768, 512),
                Self::S896x512 => (896, 512),
                Self::S512x640 => (512, 640),
                Self::S512x768 => (512, 768),
                Self::S512x896 => (512, 896),
            }
        }
    }

    /// A step count that the `sdxl` table prices.
    ///
    /// It cannot be cast to an integer, because [new prices](crate#new-prices) would change the number.
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

        /// Returns the number of steps.
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
    }

    /// Returns the price of one image, in credits. Each arm is a cell, in ten-thousandths of a credit.
    #[inline]
    #[must_use]
    pub const fn price(size: Size, steps: Steps) -> Credits {
        let units = match (size, steps) {
            (Size::S512x512, Steps::N15) => 2500,
            (Size::S512x512, Steps::N30) => 5000,
            (Size::S512x512, Steps::N50) => 8300,
            (Size::S512x512, Steps::N100) => 16700,
            (Size::S512x512, Steps::N150) => 25000,
            (Size::S640x512, Steps::N15) => 4300,
            (Size::S640x512, Steps::N30) => 8500,
            (Size::S640x512, Steps::N50) => 14200,
            (Size::S640x512, Steps::N100) => 28500,
            (Size::S640x512, Steps::N150) => 42700,
            (Size::S768x512, Steps::N15) => 6000,
            (Size::S768x512, Steps::N30) => 12100,
            (Size::S768x512, Steps::N50) => 20100,
            (Size::S768x512, Steps::N100) => 40300,
            (Size::S768x512, Steps::N150) => 60400,
            (Size::S896x512, Steps::N15) => 7800,
            (Size::S896x512, Steps::N30) => 15600,
            (Size::S896x512, Steps::N50) => 26000,
            (Size::S896x512, Steps::N100) => 52100,
            (Size::S896x512, Steps::N150) => 78100,
            (Size::S512x640, Steps::N15) => 4300,
            (Size::S512x640, Steps::N30) => 8500,
            (Size::S512x640, Steps::N50) => 14200,
            (Size::S512x640, Steps::N100) => 28500,
            (Size::S512x640, Steps::N150) => 42700,
            (Size::S512x768, Steps::N15) => 6000,
            (Size::S512x768, Steps::N30) => 12100,
            (Size::S512x768, Steps::N50) => 20100,
            (Size::S512x768, Steps::N100) => 40300,
            (Size::S512x768, Steps::N150) => 60400,
            (Size::S512x896, Steps::N15) => 7800,
            (Size::S512x896, Steps::N30) => 15600,
            (Size::S512x896, Steps::N50) => 26000,
            (Size::S512x896, Steps::N100) => 52100,
            (Size::S512x896, Steps::N150) => 78100,
        };
        Credits::new(units)
    }

    crate::module::table_module!(sdxl, Sdxl);
}

/// The `standard` table: credits per image, and the same in dollars.
///
/// | steps | 512x512 | 512x768 | 512x1024 | 768x768 | 768x1024 | 1024x1024 |
/// |---:|---:|---:|---:|---:|---:|---:|
/// | 15 | 0.1 ($0.001) | 0.3 ($0.003) | 0.4 ($0.004) | 0.5 ($0.005) | 0.7 ($0.007) | 1.0 ($0.010) |
/// | 30 | 0.2 ($0.002) | 0.5 ($0.005) | 0.8 ($0.008) | 1.0 ($0.010) | 1.4 ($0.014) | 1.9 ($0.019) |
/// | 50 | 0.4 ($0.004) | 0.9 ($0.009) | 1.3 ($0.013) | 1.6 ($0.016) | 2.3 ($0.023) | 3.2 ($0.032) |
/// | 100 | 0.7 ($0.007) | 1.7 ($0.017) | 2.6 ($0.026) | 3.1 ($0.031) | 4.5 ($0.045) | 6.4 ($0.064) |
/// | 150 | 1.0 ($0.010) | 2.5 ($0.025) | 3.9 ($0.039) | 4.6 ($0.046) | 6.7 ($0.067) | 9.5 ($0.095) |
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
/// [`Table::price`](crate::Table::price) takes plain numbers, as a request has them. For a size or a step count that is not
/// in the table, [`Request::estimate`](crate::Request::estimate) returns bounds, and often an expected price.
///
/// What the API accepts:
///
/// - sides that are multiples of 64 pixels
/// - 262144 to 1048576 pixels
/// - 10 to 150 steps
/// - at most 10 images in one request
///
/// Published on 2023-06-22, on the page “Credits + Billing” under “Pricing Table”.
///
/// Generated from `standard.csv`.
pub mod standard {
    use crate::Credits;

    /// A size that the `standard` table prices: width by height, in pixels.
    ///
    /// It cannot be cast to an integer, because [new prices](crate#new-prices) would change the number.
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

        /// Returns width and height, in pixels.
        #[inline]
        const fn sides(self) -> (u32, u32) {
            match self {
                Self::S512x512 => (512, 512),
                Self::S512x768 => (512, 768),
                Self::S512x1024 => (512, 1024),
                Self::S768x768 => (768, 768),
                Self::S768x1024 => (768, 1024),
                Self::S1024x1024 => (1024, 1024),
            }
        }
    }

    /// A step count that the `standard` table prices.
    ///
    /// It cannot be cast to an integer, because [new prices](crate#new-prices) would change the number.
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

        /// Returns the number of steps.
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
    }

    /// Returns the price of one image, in credits. Each arm is a cell, in ten-thousandths of a credit.
    #[inline]
    #[must_use]
    pub const fn price(size: Size, steps: Steps) -> Credits {
        let units = match (size, steps) {
            (Size::S512x512, Steps::N15) => 1000,
            (Size::S512x512, Steps::N30) => 2000,
            (Size::S512x512, Steps::N50) => 4000,
            (Size::S512x512, Steps::N100) => 7000,
            (Size::S512x512, Steps::N150) => 10000,
            (Size::S512x768, Steps::N15) => 3000,
            (Size::S512x768, Steps::N30) => 5000,
            (Size::S512x768, Steps::N50) => 9000,
            (Size::S512x768, Steps::N100) => 17000,
            (Size::S512x768, Steps::N150) => 25000,
            (Size::S512x1024, Steps::N15) => 4000,
            (Size::S512x1024, Steps::N30) => 8000,
            (Size::S512x1024, Steps::N50) => 13000,
            (Size::S512x1024, Steps::N100) => 26000,
            (Size::S512x1024, Steps::N150) => 39000,
            (Size::S768x768, Steps::N15) => 5000,
            (Size::S768x768, Steps::N30) => 10000,
            (Size::S768x768, Steps::N50) => 16000,
            (Size::S768x768, Steps::N100) => 31000,
            (Size::S768x768, Steps::N150) => 46000,
            (Size::S768x1024, Steps::N15) => 7000,
            (Size::S768x1024, Steps::N30) => 14000,
            (Size::S768x1024, Steps::N50) => 23000,
            (Size::S768x1024, Steps::N100) => 45000,
            (Size::S768x1024, Steps::N150) => 67000,
            (Size::S1024x1024, Steps::N15) => 10000,
            (Size::S1024x1024, Steps::N30) => 19000,
            (Size::S1024x1024, Steps::N50) => 32000,
            (Size::S1024x1024, Steps::N100) => 64000,
            (Size::S1024x1024, Steps::N150) => 95000,
        };
        Credits::new(units)
    }

    crate::module::table_module!(standard, Standard);
}

/// One of the price tables.
///
/// It cannot be cast to an integer, because [new prices](crate#new-prices) would change the number.
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
    /// Each table, sorted by name.
    pub const ALL: &'static [Self] = &[Self::Sdxl, Self::Standard];

    /// Returns the name, which is that of the table's file without `.csv`.
    #[inline]
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sdxl => "sdxl",
            Self::Standard => "standard",
        }
    }

    /// Returns the ids of the engines that the table prices, in the order of `tables/engines.csv`.
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

    /// Returns where the table was published, if `tables/sources.csv` has it.
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

    /// Returns the formula that gives the price of every cell but the exceptions, if `tables/formulas.csv` has one.
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

    /// Returns the cells of `tables/exceptions.csv`, row by row. Their prices are out of line with the others, so estimates do not
    /// follow from them.
    #[inline]
    #[must_use]
    pub const fn exceptions(self) -> &'static [crate::Settings] {
        match self {
            Self::Sdxl => &[],
            Self::Standard => &[],
        }
    }

    /// Returns what the API accepts, if `tables/limits.csv` says so. [`accepts`](Self::accepts) applies it.
    #[inline]
    #[must_use]
    pub const fn limits(self) -> Option<crate::Limits> {
        match self {
            Self::Sdxl => {
                Some(crate::Limits {
                    side_multiple: Some(64),
                    min_pixels: Some(262144),
                    max_pixels: Some(1048576),
                    max_long_side: Some(896),
                    max_short_side: Some(512),
                    min_steps: Some(10),
                    max_steps: Some(150),
                    max_images: Some(10),
                })
            }
            Self::Standard => {
                Some(crate::Limits {
                    side_multiple: Some(64),
                    min_pixels: Some(262144),
                    max_pixels: Some(1048576),
                    max_long_side: None,
                    max_short_side: None,
                    min_steps: Some(10),
                    max_steps: Some(150),
                    max_images: Some(10),
                })
            }
        }
    }
}

crate::module::table_methods!(Sdxl : sdxl, Standard : standard,);

/// A client of the API, with its own default settings.
///
/// It cannot be cast to an integer, because [new prices](crate#new-prices) would change the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Client {
    /// DreamStudio: 512x512 at 50 steps, from the `sdxl` table.
    ///
    /// The sign-up grant pays for 30 images at these settings.
    DreamStudio,
    /// API: 512x512 at 30 steps, from the `sdxl` table.
    ///
    /// The sign-up grant pays for 50 images at these settings.
    Api,
    #[doc(hidden)]
    __NoCast(::core::convert::Infallible),
}

impl Client {
    /// Each client, in the order of `tables/clients.csv`.
    pub const ALL: &'static [Self] = &[Self::DreamStudio, Self::Api];

    /// Returns the name, as it is in `tables/clients.csv`.
    #[inline]
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DreamStudio => "DreamStudio",
            Self::Api => "API",
        }
    }

    /// Returns the settings that the client uses if a user chooses none.
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

/// The amounts of `tables/billing.csv`.
pub(crate) mod constants {
    use crate::{Credits, Usd};

    /// The credits that a new account gets: 25.
    pub const SIGN_UP_GRANT: Credits = Credits::new(250000);

    /// The smallest purchase: $10.00.
    pub const MINIMUM_PURCHASE: Usd = Usd::new(10000000000);

    /// The number of units of `Usd` that one unit of `Credits` costs.
    pub(crate) const USD_UNITS_PER_CREDITS_UNIT: u64 = 1000;

    const _: () = assert!(Credits::DECIMALS == 4 && Usd::DECIMALS == 9);

    const _: () = assert!(
        Credits::MAX.units() == 9223372036850 && Usd::MAX.units() == 9223372036850000000
    );
}

/// The files in `tables/` that this code comes from, each with a hash of its lines.
#[doc(hidden)]
pub const FILES: &[(&str, u64)] = &[
    ("billing.csv", 16238842610579520097),
    ("clients.csv", 15867164663147544255),
    ("engines.csv", 11807340927679461170),
    ("formulas.csv", 1350709384659809718),
    ("limits.csv", 10352800938277155783),
    ("sdxl.csv", 9327453337038485461),
    ("sources.csv", 14256819946963179255),
    ("standard.csv", 16886547173702035738),
];
