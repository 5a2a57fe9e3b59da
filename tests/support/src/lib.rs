//! What several packages need for their tests: valid tables, an independent parser of tables, and what tables say in one form.

pub mod facts;
pub mod independent_parser;
mod table_files;

pub use table_files::TableFiles;
