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
//! `cells` are `const`, and none of them panics. [`Cell::all`] iterates over the cells of all tables.
//!
//! A user's text becomes an [`ImageSize`] or [`Settings`] with `parse`. With the feature `serde`, a [`Request`] can be
//! deserialized. In a [`PartialRequest`], something may be missing:
//!
//! ```
//! use dreamstudio_pricing::{Client, PartialRequest};
//!
//! let size = "512x768".parse()?;
//! let request = PartialRequest::new().engine("stable-diffusion-v1-5").size(size);
//! match request.complete() {
//!     Ok(request) => println!("{:?}", request.quote()),
//!     Err(error) => println!("{error}"),
//! }
//! let quote = request.or_defaults_of(Client::Api).quote();
//! # Ok::<(), dreamstudio_pricing::MalformedSize>(())
//! ```
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
//! formula that gives every price of its table exactly; the build checks that. A table can have
//! [exceptions](Table::exceptions): cells that the vendor prices out of line with the others. No estimate but that of the cell
//! itself follows from them. The vendor published the formula two
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
//! let settings = Settings::size(576, 512).steps(40);
//! let request = Request::new("stable-diffusion-xl-beta-v2-2-2", settings);
//! // First, because it says more than "no price" about a request that must not be sent.
//! match (request.accepts(), request.estimate()) {
//!     (Ok(()), Ok(estimate)) => println!("reserve {} credits", estimate.total.at_most()),
//!     (Err(error), _) => println!("{error}"),
//!     (_, Err(error)) => println!("{error}"),
//! }
//! ```
//!
//! # Amounts
//!
//! [`Credits`] and [`Usd`] are integer counts of a small unit: four decimal places of a credit, nine of a dollar. No
//! arithmetic uses floats, and nothing is rounded unless the documentation says so. [`checked_add`](Amount::checked_add),
//! [`checked_sub`](Amount::checked_sub), [`checked_mul`](Amount::checked_mul), [`checked_div`](Amount::checked_div) and
//! [`checked_split`](Amount::checked_split) are `const` and return `None` if there is no result, such as one below zero. The
//! operators panic instead. [`Amount`] lists all methods of both types.
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
//! # Invoices
//!
//! Most prices are not whole cents, so an invoice must round. Sum the exact amounts, and round the sum once, with
//! [`Usd::round_to_cents`] or [`Usd::ceil_to_cents`]. If each line is rounded, the differences add up:
//!
//! ```
//! use dreamstudio_pricing::Usd;
//!
//! let mut lines = Vec::new();
//! for price in ["0.3577", "0.3577", "0.3576"] {
//!     lines.push(Usd::parse(price)?);
//! }
//! let total = lines.iter().sum::<Usd>().round_to_cents();
//! assert_eq!(format!("${total}"), "$1.07");
//!
//! let rounded = lines.iter().map(|line| line.round_to_cents());
//! assert_eq!(rounded.sum::<Usd>(), Usd::cents(108), "a cent too much");
//!
//! // A payment service takes an integer.
//! assert_eq!(total.checked_div(Usd::cents(1)), Some(107));
//! # Ok::<(), dreamstudio_pricing::AmountError>(())
//! ```
//!
//! So show the lines of an invoice with all their digits, as `{}` does, or add the difference as a line of its own.
//! `{:.2}` shows what `round_to_cents` returns, half a cent rounded up, but the amount keeps its digits. A `Decimal` of
//! `rust_decimal` does not round: with `{:.2}` it shows 0.005 as `0.00`. Round before the conversion.
//!
//! # Storing amounts
//!
//! A database can hold amounts exactly:
//!
//! - As integers of 64 bits: [`signed_units`](Amount::signed_units) fit `BIGINT`, or `INTEGER` in `SQLite`, whatever the
//!   amount. [`from_signed_units`](Amount::from_signed_units) reads them back. Name the unit in the column, such as
//!   `usd_units`, which are billionths of a dollar; `credits_units` are ten-thousandths of a credit.
//! - As decimals: `DECIMAL(19, 4)` for credits, `DECIMAL(19, 9)` for dollars. The feature `rust_decimal` converts them.
//!   Without it, write the text of `{:#}`, and parse what the database returns.
//!
//! `REAL` and other floats are not exact.
//!
//! An amount is never negative. A ledger has refunds as entries of their own, either with a positive amount in a column
//! of refunds, or with a sign that only the stored integer has. Then the sum of the column is the balance:
//!
//! ```
//! use dreamstudio_pricing::Usd;
//!
//! enum Entry {
//!     Charge(Usd),
//!     Refund(Usd),
//! }
//!
//! impl Entry {
//!     /// Returns what the column `usd_units` holds.
//!     fn usd_units(&self) -> i64 {
//!         match self {
//!             Entry::Charge(usd) => usd.signed_units(),
//!             Entry::Refund(usd) => -usd.signed_units(),
//!         }
//!     }
//! }
//!
//! let ledger = [Entry::Charge(Usd::cents(500)), Entry::Refund(Usd::cents(125))];
//! // SELECT COALESCE(SUM(usd_units), 0) FROM ledger
//! let balance = ledger.iter().map(Entry::usd_units).sum();
//! assert_eq!(Usd::from_signed_units(balance), Some(Usd::cents(375)));
//!
//! // After a refund of more than was charged, the balance is a credit note.
//! let balance: i64 = -75_000_000;
//! assert_eq!(Usd::from_signed_units(balance), None);
//! let owed = Usd::from_units(balance.unsigned_abs());
//! assert_eq!(owed.map(Usd::round_to_cents), Some(Usd::cents(8)));
//! ```
//!
//! # Errors
//!
//! Each error has a `code` for programs, which never changes: a service can map it to a status or to a translated message. If
//! `dreamprice bill` leaves a row without a price for one of these reasons, it reports the same word.
//!
//! An error that serde returns has the message of this crate, but no code. To answer a request with a code, read its values as
//! text and numbers, and call `parse`, [`Request::new`] or [`PartialRequest`] with them.
//!
//! ```
//! use dreamstudio_pricing::{Client, Request};
//!
//! let request = Request::new("esrgan-v1-x2plus", Client::Api.defaults());
//! if let Err(error) = request.quote() {
//!     let status = match error.code() {
//!         "unknown-engine" => 404,
//!         "size" | "steps" | "size-and-steps" => 422,
//!         _ => 400,
//!     };
//!     println!("{status}: {error}");
//! }
//! ```
//!
//! | code | error | meaning |
//! |---|---|---|
//! | `unknown-engine` | [`UnknownEngine`] | no table prices an engine with this id |
//! | `size` | [`NotPriced`], [`UnknownSize`] | the table does not have the size |
//! | `steps` | [`NotPriced`], [`UnknownSteps`] | the table does not have the step count |
//! | `size-and-steps` | [`NotPriced`] | the table has neither |
//! | `too-many-pixels` | [`NotEstimated`] | the size has more pixels than each size of the table |
//! | `too-many-steps` | [`NotEstimated`] | the step count is above each one of the table |
//! | `only-exceptions` | [`NotEstimated`] | each cell with at least as many pixels and steps is an [exception](Table::exceptions) |
//! | `zero-setting` | [`NotEstimated`] | width, height or steps are zero |
//! | `not-accepted` | [`NotAccepted`] | the API rejects the request, because it is outside a limit |
//! | `no-images` | [`QuoteError`], [`EstimateError`], [`AcceptError`] | the number of images is zero |
//! | `too-large` | [`QuoteError`], [`EstimateError`] | a total is above [`Credits::MAX`] |
//! | `incomplete-request` | [`IncompleteRequest`] | something is missing in a [`PartialRequest`] |
//! | `malformed-size` | [`MalformedSize`] | a text is not a size |
//! | `malformed-settings` | [`MalformedSettings`] | a text is not a size and a step count |
//! | `unknown-table` | [`UnknownTable`] | no table has this name |
//! | `unknown-client` | [`UnknownClient`] | no client has this name |
//! | `malformed-amount` | [`AmountError`] | a text is not an amount |
//! | `amount-too-precise` | [`AmountError`] | the number has too many decimal places |
//! | `amount-too-large` | [`AmountError`] | the number is above the largest amount |
//! | `negative-amount` | [`AmountError`] | the number is below zero |
//! | `purchase-too-small` | [`PurchaseError`](billing::PurchaseError) | the amount is less than [`billing::MINIMUM_PURCHASE`] |
//! | `purchase-too-large` | [`PurchaseError`](billing::PurchaseError) | the amount buys more than [`Credits::MAX`] |
//!
//! Names, ids and texts must match exactly. If one differs only in the case of letters, the message and the method
//! `suggestion` of the error propose the right one.
//!
//! # New prices
//!
//! `cargo update` never changes a price. A release has a new incompatible version, such as 0.2 after 0.1, if it changes a price in
//! credits or in dollars, the sign-up grant, the smallest purchase, a client's defaults, an engine's table, a formula or an
//! exception from it, or a limit of the API, or if it removes anything.
//!
//! A compatible release may add sizes, step counts, tables, engines and clients. So the enums are `#[non_exhaustive]`. A cast
//! such as `size as u8` does not compile, because a new column would change the number. What such a release can change:
//!
//! - answers that were errors, such as an unknown engine;
//! - the lengths of lists, such as [`Table::ALL`];
//! - estimates, if a table has a new row or column: bounds come closer together, and never move apart;
//! - what a balance buys: [`Table::affordable`] returns new cells too;
//! - [`EDITION`], which names the tables of a release. Store it with an invoice, to find the prices again later.
//!
//! To compare two editions, depend on both, under two names. Their types differ, so amounts cross over as
//! [units](Amount::units) or as text, and tables by their names. A `path` can replace the version.
//!
//! ```toml
//! [dependencies]
//! prices_before = { package = "dreamstudio-pricing", version = "0.1" }
//! prices_after = { package = "dreamstudio-pricing", version = "0.2" }
//! ```
//!
//! # Your own prices
//!
//! A company with negotiated prices can build this crate from its own folder of tables, without a fork. Turn on the feature
//! `codegen`, and name the folder in the variable `DREAMSTUDIO_PRICING_TABLES`, as an absolute path. In the file
//! `.cargo/config.toml` beside your `Cargo.toml`, Cargo makes it absolute:
//!
//! ```toml
//! [env]
//! DREAMSTUDIO_PRICING_TABLES = { value = "our-tables", relative = true }
//! ```
//!
//! Cargo looks for that file in the current folder and in those above it, not beside the manifest: from another folder,
//! `cargo run --manifest-path app/Cargo.toml` builds the public prices. So assert a price that only your tables have, such as 0.4321
//! credits. This does not compile with the public prices:
//!
//! ```compile_fail,E0080
//! use dreamstudio_pricing::Table;
//!
//! const _: () = assert!(
//!     matches!(Table::Sdxl.price(512, 512, 30), Ok(price) if price.units() == 4_321),
//!     "these are not our prices: is DREAMSTUDIO_PRICING_TABLES set?"
//! );
//! ```
//!
//! The folder has the format of `tables/`, whose README describes it: a copy of `tables/` is a good start. Edit or delete the
//! rows of `sources.csv`: they say that your prices were published on the page and the day of the public ones. The cells
//! `granted_images` in `clients.csv` can be empty. The build checks the folder by the same rules, reports mistakes with its paths, and generates the same items from it: a module and a variant of [`Table`]
//! for each file. When you edit the folder, the next build generates them again.
//!
//! An empty variable counts as unset. A relative path is an error, and so is the variable without the feature. It applies to each
//! version of this crate in a build, so it also replaces the prices of other crates that use this one. Such a crate does
//! not compile if it names a table that your folder does not have, such as `sdxl`. [`EDITION`] names your tables.
//!
//! # Features
//!
//! No feature is on by default. Without features the crate has no dependencies. It is `no_std` and has no `unsafe` code; only
//! `rust_decimal` needs an allocator.
//!
//! - `rust_decimal` converts [`Credits`] and [`Usd`] to and from `Decimal`, exactly, and re-exports the crate.
//! - `serde` writes amounts, names and sizes as strings, and steps as numbers. The documentation of each type describes its format.
//!   It reads requests too, without an allocator.
//!   What a type writes, it reads back: from JSON, TOML, YAML, `MessagePack`, postcard and query strings, and from CSV with the
//!   limit of [`Amount`](Amount#serde). [`Settings`], [`Request`] and [`PartialRequest`] can also be read with
//!   `#[serde(flatten)]`, beside the fields of your own struct. The csv crate writes them only by themselves: write their fields
//!   as columns. Types with a price beside settings, such as [`Quote`], are only written. Of these, CSV can hold a [`Cell`], but
//!   not the nested values of a [`Quote`], an [`Estimate`] or a [`RequestEstimate`].
//! - `codegen` generates the code from `tables/` during the build, instead of compiling the copy in `src/generated.rs`. It is
//!   for work on the tables, and for [your own](#your-own-prices). The build needs more crates.

#![no_std]
// docs.rs labels what depends on a feature. The tables do not: `codegen` only chooses between two copies.
#![cfg_attr(docsrs, feature(doc_cfg), doc(auto_cfg(hide(feature = "codegen"))))]
// An `#[inline]` function is compiled where it is called, so a dependent that prints no errors does not compile the
// messages.
#![warn(clippy::missing_inline_in_public_items)]

#[cfg(feature = "__book")]
extern crate alloc;

mod amount;
pub mod billing;
#[cfg(feature = "__book")]
#[doc(hidden)]
pub mod book;
mod client;
mod edition;
mod engine;
mod error;
mod estimate;
mod limits;
mod lookup;
mod module;
mod partial_request;
mod request;
#[cfg(feature = "serde")]
mod serde;
mod settings;
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
pub use edition::EDITION;
pub use error::{NotEstimated, NotPriced, UnknownClient, UnknownEngine, UnknownSize, UnknownSteps, UnknownTable};
pub use estimate::{Estimate, Formula};
pub use generated::*;
pub use limits::{AcceptError, Limit, Limits, NotAccepted};
pub use partial_request::{IncompleteRequest, PartialRequest};
pub use request::{EstimateError, Quote, QuoteError, Request, RequestEstimate};
#[cfg(feature = "rust_decimal")]
#[cfg_attr(docsrs, doc(cfg(feature = "rust_decimal")))]
pub use rust_decimal;
pub use settings::{ImageSize, MalformedSettings, MalformedSize, Settings};
pub use table::{Affordable, Cell, Cells, Source};
