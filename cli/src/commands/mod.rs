//! The subcommands, each with its arguments, its `run` and its output. What several of them share is beside this
//! folder.

pub(crate) mod afford;
pub(crate) mod bill;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod page;
pub(crate) mod quote;
pub(crate) mod table;
