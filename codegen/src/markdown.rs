//! Formats tables in Markdown, for the docs of the generated code and for the command.

/// The side of a column to which its texts are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

/// Formats a table in Markdown. The texts must already be Markdown, without vertical bars and line breaks.
///
/// ```
/// use dreamstudio_pricing_codegen::{Alignment, markdown_table};
///
/// let columns = [("size", Alignment::Left), ("price", Alignment::Right)];
/// let table = markdown_table(columns, [["512x512", "0.25"]]);
/// assert_eq!(table, "| size | price |\n|---|---:|\n| 512x512 | 0.25 |\n");
/// ```
pub fn markdown_table<H: AsRef<str>, C: AsRef<str>>(
    columns: impl IntoIterator<Item = (H, Alignment)>,
    rows: impl IntoIterator<Item: IntoIterator<Item = C>>,
) -> String {
    let (mut header, mut alignment) = ("|".to_owned(), "|".to_owned());
    for (text, side) in columns {
        push_cell(&mut header, text.as_ref());
        alignment += match side {
            Alignment::Left => "---|",
            Alignment::Right => "---:|",
        };
    }
    let mut table = format!("{header}\n{alignment}\n");
    for row in rows {
        table.push('|');
        row.into_iter().for_each(|cell| push_cell(&mut table, cell.as_ref()));
        table.push('\n');
    }
    table
}

fn push_cell(line: &mut String, text: &str) {
    line.extend([" ", text, " |"]);
}
