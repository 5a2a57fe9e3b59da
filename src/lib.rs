#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod amount;
pub mod billing;
mod client;
mod hash;
#[cfg(feature = "serde")]
mod serde;
mod table;
mod text;
mod traits;

/// What `tables/` says, as code.
///
/// A table can grow without breaking anybody: a `match` elsewhere has to expect more, and there is no discriminant to
/// rely on.
mod generated {
    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}

pub use amount::{AmountError, Credits, Usd};
pub use client::Settings;
pub use generated::*;
pub use table::{Cell, NotPriced, UnknownEngine, UnknownTable};
