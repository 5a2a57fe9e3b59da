//! The cells of a table in Markdown, rewritten as a CSV file has them.

use std::ops::Range;

use dreamstudio_pricing_codegen::{Diagnostic, Document, escape_hidden};

use super::markdown::{MarkdownTable, SourcedText, trimmed};
use super::table::{PublishedCell, PublishedTable};

/// Rewrites the cells that a page writes in its own way. Other cells stay as they are: the check of the table reports
/// them if they are wrong.
pub(super) fn published(page: &Document, table: &MarkdownTable, diagnostics: &mut Vec<Diagnostic>) -> PublishedTable {
    let mut rows = Vec::new();
    for (row, cells) in table.rows.iter().enumerate() {
        let cells = cells.iter().enumerate().map(|(column, cell)| match (row, column) {
            (0, 0) => label(cell),
            (0, _) => size(cell),
            (_, 0) => whole(cell),
            _ => price(page, cell, diagnostics),
        });
        rows.push(cells.collect());
    }
    PublishedTable { rows }
}

/// Returns the label of the step counts, which may have capitals.
fn label(cell: &SourcedText) -> PublishedCell {
    let cell = whole(cell);
    if cell.text.eq_ignore_ascii_case("steps") { PublishedCell { text: "steps".to_owned(), ..cell } } else { cell }
}

/// Returns a size, which may have spaces and another sign in the middle: `512 x 512`, `512×512`.
fn size(cell: &SourcedText) -> PublishedCell {
    let cell = whole(cell);
    let sides: Vec<&str> = cell.text.split(['x', 'X', '×']).map(str::trim).collect();
    PublishedCell { text: sides.join("x"), ..cell }
}

/// Returns credits, which may have their dollars after them in parentheses: `0.25 ($0.0025)`.
fn price(page: &Document, cell: &SourcedText, diagnostics: &mut Vec<Diagnostic>) -> PublishedCell {
    let text = cell.as_str();
    let Some(open) = text.find('(') else { return whole(cell) };
    let credits = part(cell, 0..open);
    let rest = trimmed(text, open..text.len());
    let dollars = text[rest.clone()].strip_prefix('(').and_then(|rest| rest.trim_start().strip_prefix('$'));
    let Some(dollars) = dollars.and_then(|dollars| dollars.strip_suffix(')')) else {
        let message = format!("`{}` is not an amount of dollars", escape_hidden(&text[rest.clone()]));
        let help = "dollars are written as in 0.25 ($0.0025), or left out";
        diagnostics.push(page.error(cell.source(rest), message).with_help(help));
        return credits;
    };
    let end = rest.end - ")".len();
    let dollars = part(cell, end - dollars.len()..end);
    PublishedCell { usd: Some((dollars.text, dollars.range)), ..credits }
}

fn whole(cell: &SourcedText) -> PublishedCell {
    part(cell, 0..cell.as_str().len())
}

/// Returns a part of a cell, without the spaces at both ends.
fn part(cell: &SourcedText, range: Range<usize>) -> PublishedCell {
    let range = trimmed(cell.as_str(), range);
    PublishedCell { text: cell.as_str()[range.clone()].to_owned(), range: cell.source(range), usd: None }
}
