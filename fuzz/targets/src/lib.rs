//! The fuzz targets. Each runs code of the repository on an input, and compares the result with a second
//! implementation. A difference is a panic, and so is a panic of the code.
//!
//! `fuzz/fuzz_targets/` passes them to libFuzzer. The tests run them on each file of `fuzz/corpus/`.

mod amounts;
mod arguments;
mod bill;
mod code;
mod edits;
mod folder;
mod page;
mod scratch;

use support::{facts, independent_parser};

pub use amounts::amounts;
pub use arguments::arguments;
pub use bill::bill;
pub use folder::{folder, tables};
pub use page::page;
