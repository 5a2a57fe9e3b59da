//! Cells and rows of CSV, as the command writes them.

use std::borrow::Cow;

fn needs_quotes(cell: &[u8], separator: u8) -> bool {
    cell.iter().any(|byte| [separator, b'"', b'\n', b'\r'].contains(byte))
}

/// Adds a cell, in quotes if it needs them.
pub(crate) fn push_cell(out: &mut Vec<u8>, cell: &[u8], separator: u8) {
    if !needs_quotes(cell, separator) {
        return out.extend_from_slice(cell);
    }
    out.push(b'"');
    for part in cell.split_inclusive(|byte| *byte == b'"') {
        out.extend_from_slice(part);
        out.extend(part.ends_with(b"\"").then_some(b'"'));
    }
    out.push(b'"');
}

/// Returns a cell, in quotes if it needs them.
pub(crate) fn cell(text: &str) -> Cow<'_, str> {
    if needs_quotes(text.as_bytes(), b',') { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

/// Returns a row with the end of its line.
pub(crate) fn row<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    cells.into_iter().map(|text| cell(text.as_ref()).into_owned()).collect::<Vec<_>>().join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_quotes_only_if_it_needs_them() {
        let cells = ["", "a b", "a,b", "6\" x 4\"", "two\nlines", "\r"];
        assert_eq!(row(cells), ",a b,\"a,b\",\"6\"\" x 4\"\"\",\"two\nlines\",\"\r\"\n");
        let line = row(cells);
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        assert_eq!(reader.records().next().unwrap().unwrap(), cells[..]);
    }
}
