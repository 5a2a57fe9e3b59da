//! Reads the files of a folder: as bytes, as text with places in lines, and as rows of cells.

pub(crate) mod document;
pub(crate) mod folder;
pub(crate) mod sheet;
