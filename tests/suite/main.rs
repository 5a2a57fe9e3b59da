//! The library as its users see it. One binary, so that one run shows everything that an edit of a table moves.

mod amounts;
mod compiled;
mod facts;
mod generator;
mod lookups;
mod oracle;
mod serde;
mod shipping;
mod snapshots;
