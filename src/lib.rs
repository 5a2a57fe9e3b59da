//! The price of a DreamStudio image, in credits and in dollars, exact and known at compile time.
//!
//! Each price table has a module. Where size and step count are known, the price is a constant, and a cell that the
//! table does not have is a compile error:
//!
//! ```
//! use dreamstudio_pricing::Credits;
//! use dreamstudio_pricing::sdxl::{self, Size, Steps};
//!
//! const PRICE: Credits = sdxl::price(Size::S512x768, Steps::N30);
//!
//! println!("{PRICE} credits, ${}", PRICE.usd());
//! ```
//!
//! A [`Request`] takes an engine's id and plain numbers. Its [`Quote`] has the price per image and in total, and its error
//! lists the valid values:
//!
//! ```
//! use dreamstudio_pricing::{Request, Settings};
//!
//! let request = Request::new("stable-diffusion-v1-5", Settings::size(512, 768).steps(30));
//! match request.images(4).quote() {
//!     Ok(quote) => println!("{} credits", quote.total),
//!     Err(error) => println!("{error}"),
//! }
//! ```
//!
//! # Tables and requests
//!
//! A table has a price for each of its sizes at each of its step counts, and for nothing else. It may price 512x768 and
//! not 768x512; [`NotPriced`] then names the transposed size. [`Table::for_engine`] finds the table of an engine,
//! [`Table::price`] and [`Table::price_of`] look a price up, and [`Table::cells`] iterates over all of them. All but
//! `cells` are `const`, and none of them panics.
//!
//! [`Client`] has the settings that DreamStudio and the API use if a user chooses none. [`billing`] has the price of
//! credits. [`Table::source`] says where and when a table was published.
//!
//! # Estimates
//!
//! The API accepts many more requests than the tables price. [`Request::estimate`] and [`Table::estimate`] return an
//! [`Estimate`] for them: bounds, and often an expected price.
//!
//! The bounds follow from the table, because prices never fall as pixels or steps grow. The expected price comes from a
//! formula that gives every price of its table exactly; the build checks that. The vendor published the formula two
//! months after the tables, without its rounding, which is inferred. So an expected price is likely, but not
//! guaranteed.
//!
//! An estimate does not mean that the API accepts the request: [`Request::accepts`] and [`Table::accepts`] say that, as far as
//! it is known, and [`Table::limits`] has the numbers.
//!
#![doc = include_str!("coverage.md")]
//!
//! ```
//! use dreamstudio_pricing::{Request, Settings};
//!
//! let request = Request::new("stable-diffusion-xl-beta-v2-2-2", Settings::size(576, 512).steps(40));
//! match (request.accepts(), request.estimate()) {
//!     (Ok(()), Ok(estimate)) => println!("reserve {} credits", estimate.total.at_most()),
//!     (Err(error), _) => println!("{error}"),
//!     (_, Err(error)) => println!("{error}"),
//! }
//! ```
//!
//! # Amounts
//!
//! [`Credits`] and [`Usd`] are integer counts of a small unit: four decimal places of a credit, nine of a dollar. There
//! is no float, and nothing is rounded unless the documentation says so. `checked_add`, `checked_sub`, `checked_mul`
//! and `checked_div` are `const` and return `None` if there is no result, such as one below zero. The operators panic
//! instead.
//!
//! ```
//! use dreamstudio_pricing::Table;
//! use dreamstudio_pricing::billing::{MINIMUM_PURCHASE, purchase};
//!
//! let balance = purchase(MINIMUM_PURCHASE)?;
//! for cell in Table::Sdxl.affordable(balance) {
//!     let images = balance.checked_div(cell.price).expect("a price is above zero");
//!     println!("${MINIMUM_PURCHASE} buys {images} images of {}", cell.settings());
//! }
//! # Ok::<(), dreamstudio_pricing::billing::PurchaseError>(())
//! ```
//!
//! # New prices
//!
//! A release may add sizes, step counts, tables, engines and clients. So the enums are `#[non_exhaustive]`. A cast such
//! as `size as u8` does not compile, because a new column would change the number.
//!
//! # Features
//!
//! No feature is on by default. Without features the crate has no dependencies. It is `no_std` and has no `unsafe` code; only
//! `rust_decimal` needs an allocator.
//!
//! - `rust_decimal` converts [`Credits`] and [`Usd`] to and from `Decimal`, exactly, and re-exports the crate.
//! - `serde` writes amounts, names and sizes as strings, and steps as numbers. The documentation of each type describes its format.
//! - `codegen` generates the code from `tables/` during the build, instead of compiling the copy in `src/generated.rs`. It is
//!   for work on the tables. The code is the same, but the build needs more crates.

#![no_std]
// docs.rs labels what depends on a feature. The tables do not: `codegen` only chooses between two copies.
#![cfg_attr(docsrs, feature(doc_cfg), doc(auto_cfg(hide(feature = "codegen"))))]
// An `#[inline]` function is compiled where it is called, so a dependent that prints no errors does not compile the
// messages.
#![warn(clippy::missing_inline_in_public_items)]

mod amount;
pub mod billing;
mod client;
mod engine;
mod error;
mod estimate;
mod limits;
mod lookup;
mod module;
mod request;
#[cfg(feature = "serde")]
mod serde;
mod table;
mod text;
mod traits;

#[cfg(not(feature = "codegen"))]
// `tests/prices.rs` formats it; rustfmt would format it differently.
#[rustfmt::skip]
mod generated;
#[cfg(feature = "codegen")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}

/// Tests the examples in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use amount::{Amount, AmountError, AmountErrorKind, Credit, Credits, Currency, Dollar, Usd};
pub use error::{NotEstimated, NotPriced, UnknownClient, UnknownEngine, UnknownSize, UnknownSteps, UnknownTable};
pub use estimate::{Estimate, Formula};
pub use generated::*;
pub use limits::{AcceptError, Limit, Limits, NotAccepted};
pub use request::{EstimateError, Quote, QuoteError, Request, RequestEstimate, Settings, SettingsBuilder};
#[cfg(feature = "rust_decimal")]
#[cfg_attr(docsrs, doc(cfg(feature = "rust_decimal")))]
pub use rust_decimal;
pub use table::{Affordable, Cell, Cells, Source};
