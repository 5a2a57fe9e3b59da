//! Shared by the tests of several packages: valid tables, an independent parser of tables, and the facts in tables.

pub mod facts;
pub mod independent_parser;
mod table_files;

pub use table_files::TableFiles;
