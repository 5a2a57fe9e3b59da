//! What several packages need for their tests: an independent parser of the tables, and what tables say in one form.

pub mod facts;
pub mod independent_parser;
