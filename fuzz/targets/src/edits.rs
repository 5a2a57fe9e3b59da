//! Edits a folder of tables as the bytes of an input say.

use std::mem;

use arbitrary::{Result, Unstructured};

use crate::facts::Files;

/// The largest number of edits of a folder. More would take too long.
const MAX_EDITS: usize = 6;

/// The largest number of bytes in a string that does not come from the tables.
const MAX_TEXT: usize = 12;

/// Words with a meaning in some file, and texts that a spreadsheet or an editor may put into a cell.
const WORDS: &[&str] = &[
    "",
    "0",
    "1",
    "steps",
    "table",
    "engine",
    "sdxl",
    "standard",
    "all",
    "ALL",
    "type",
    "core",
    "billing",
    "sign_up_grant",
    "minimum_purchase",
    "API",
    "2024-02-29",
    "0.00001",
    "922337203685477.5807",
    "1844674407370955161.6",
    "4294967295",
    "18446744073709551616",
    "64x64",
    "512x512",
    "1e3",
    "$1",
    "\"",
    "\"\"",
    " ",
    "\t",
    "\r\n",
    "\n",
    ",",
    "\u{feff}",
    "\u{202e}",
    "=1+1",
    "</b>",
    "`",
    "\\",
    "é",
];

/// Names of files, including ones with a special meaning.
const NAMES: &[&str] = &[
    "a.csv",
    "b-2.csv",
    "b_2.csv",
    "b2.csv",
    "turbo.csv",
    "sdxl.csv",
    "standard.csv",
    "engines.csv",
    "clients.csv",
    "billing.csv",
    "exceptions.csv",
    "formulas.csv",
    "limits.csv",
    "sources.csv",
    "SDXL.csv",
    "a.CSV",
    "a.csv.txt",
    "engines (1).csv",
    ".a.csv",
    "~$a.csv",
    "table.csv",
    "type.csv",
    "a b.csv",
    "é.csv",
    "csv",
    "",
];

/// Applies edits to the files until the input ends. A delimiter separates two cells.
///
/// The input decides whether an edit that makes the files invalid is undone, so that the next one edits valid files, or
/// kept, because two edits together may be valid.
pub(crate) fn apply(files: &mut Files, input: &[u8], delimiter: u8, is_valid: impl Fn(&Files) -> bool) {
    let mut input = Unstructured::new(input);
    for _ in 0..MAX_EDITS {
        let before = files.clone();
        // The edits end where the input ends.
        if input.is_empty() || edit(files, &mut input, delimiter).is_err() {
            return;
        }
        if !is_valid(files) && input.ratio(3, 4).unwrap_or_default() {
            *files = before;
        }
    }
}

fn edit(files: &mut Files, input: &mut Unstructured, delimiter: u8) -> Result<()> {
    let name = file(files, input)?;
    match input.int_in_range(0..=5)? {
        0 => {
            files.remove(&name);
        }
        1 => {
            let bytes = files.remove(&name).unwrap_or_default();
            files.insert(new_name(input)?, bytes);
        }
        2 => {
            let bytes = files.get(&name).cloned().unwrap_or_default();
            files.insert(new_name(input)?, bytes);
        }
        3 => {
            let offset = input.arbitrary::<u16>()?;
            let count = input.int_in_range(0..=MAX_TEXT)?;
            let text = text(files, input, delimiter)?;
            let bytes = files.entry(name).or_default();
            let start = usize::from(offset) % (bytes.len() + 1);
            let end = (start + count).min(bytes.len());
            bytes.splice(start..end, text);
        }
        // Most edits change cells, because they have the meaning.
        _ => {
            let text = text(files, input, delimiter)?;
            let bytes = files.entry(name).or_default();
            let mut table = RawTable::read(bytes, delimiter);
            table.edit(text, input)?;
            *bytes = table.write();
        }
    }
    Ok(())
}

fn file(files: &Files, input: &mut Unstructured) -> Result<String> {
    if files.is_empty() {
        return new_name(input);
    }
    let at = input.choose_index(files.len())?;
    Ok(files.keys().nth(at).cloned().unwrap_or_default())
}

fn new_name(input: &mut Unstructured) -> Result<String> {
    Ok((*input.choose(NAMES)?).to_owned())
}

/// Returns a string that has a meaning in the tables, or any other.
fn text(files: &Files, input: &mut Unstructured, delimiter: u8) -> Result<Vec<u8>> {
    Ok(match input.int_in_range(0..=5)? {
        0 => input.choose(WORDS)?.as_bytes().to_vec(),
        1 => input.arbitrary::<u16>()?.to_string().into_bytes(),
        2 => format!("{}.{}", input.arbitrary::<u8>()?, input.arbitrary::<u8>()?).into_bytes(),
        3 => format!("{}x{}", u32::from(input.arbitrary::<u8>()?) * 64, u32::from(input.arbitrary::<u8>()?) * 64)
            .into_bytes(),
        4 => {
            let name = file(files, input)?;
            let table = RawTable::read(files.get(&name).map(Vec::as_slice).unwrap_or_default(), delimiter);
            let row = input.choose(&table.rows)?;
            input.choose(row)?.clone()
        }
        _ => {
            let length = input.int_in_range(0..=MAX_TEXT)?;
            input.bytes(length.min(input.len()))?.to_vec()
        }
    })
}

/// The cells of a file. Quotes mean nothing here.
struct RawTable {
    delimiter: u8,
    rows: Vec<Vec<Vec<u8>>>,
}

impl RawTable {
    /// Splits a file, which gives at least one row with one cell.
    fn read(bytes: &[u8], delimiter: u8) -> Self {
        let cells = |row: &[u8]| row.split(|byte| *byte == delimiter).map(<[u8]>::to_vec).collect();
        Self { delimiter, rows: bytes.split(|byte| *byte == b'\n').map(cells).collect() }
    }

    fn write(&self) -> Vec<u8> {
        self.rows.iter().map(|row| row.join(&self.delimiter)).collect::<Vec<_>>().join(&b'\n')
    }

    fn edit(&mut self, text: Vec<u8>, input: &mut Unstructured) -> Result<()> {
        let row = input.choose_index(self.rows.len())?;
        let column = input.choose_index(self.rows[row].len())?;
        match input.int_in_range(0..=8)? {
            0 => drop(self.rows.remove(row)),
            // A new row or column copies the cells of another, so that it may be valid.
            1 => {
                let mut new = self.rows[row].clone();
                new[0] = text;
                self.rows.insert(row + 1, new);
            }
            2 => {
                for (at, cells) in self.rows.iter_mut().enumerate() {
                    if let Some(cell) = cells.get(column) {
                        let new = if at == 0 { text.clone() } else { cell.clone() };
                        cells.insert(column + 1, new);
                    }
                }
            }
            3 => {
                for cells in self.rows.iter_mut().filter(|cells| column < cells.len()) {
                    cells.remove(column);
                }
            }
            4 => {
                let other = input.choose_index(self.rows.len())?;
                self.rows.swap(row, other);
            }
            5 => {
                let other = input.choose_index(self.rows[row].len())?;
                for cells in self.rows.iter_mut().filter(|cells| column.max(other) < cells.len()) {
                    cells.swap(column, other);
                }
            }
            // The cell in quotes, as another program may write it.
            6 => {
                let cell = mem::take(&mut self.rows[row][column]);
                self.rows[row][column] = [b"\"", &cell[..], b"\""].concat();
            }
            // Each price of a column, since those of a row must not fall.
            7 => self.rows[1..]
                .iter_mut()
                .filter_map(|cells| cells.get_mut(column))
                .for_each(|cell| cell.clone_from(&text)),
            _ => self.rows[row][column] = text,
        }
        Ok(())
    }
}
