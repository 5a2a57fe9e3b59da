//! Reads the files of a folder: as bytes, as text with lines and columns, and as rows of cells.

pub(crate) mod document;
pub(crate) mod folder;
pub(crate) mod sheet;
