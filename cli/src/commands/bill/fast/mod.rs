//! Hand-written code that makes a bill fast, because crates take several times as long: [`Splitter`] splits bytes into
//! the records of CSV, [`number`] parses the numbers in their cells, [`members`] splits the objects of JSON,
//! [`KeySet`] finds groups, and [`Memo`] and [`Cycle`] remember recent lookups.
//!
//! Nothing here knows prices or reports, and the rest of `bill` sees only these names.

mod boundary;
mod cycle;
mod index;
mod keys;
mod marks;
mod members;
mod memo;
mod number;
mod quotes;
mod records;
#[cfg(test)]
mod tests;

pub use boundary::Boundary;
pub(super) use cycle::Cycle;
pub(super) use keys::{KeyHasher, KeySet};
pub(super) use members::members;
pub(super) use memo::Memo;
pub(super) use number::number;
pub use records::{Position, Record, Splitter};
