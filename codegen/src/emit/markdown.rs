//! The docs of the generated code, which are Markdown.

use std::iter;

use crate::diagnostic::count;
use crate::markdown::{Alignment, markdown_table};
use crate::model::{Billing, Limits, Prices, Size, Source, Table};

/// What follows the credits of an exception.
const MARK: &str = "*";

/// Returns the docs of a table's module: the prices as a table, the engines, and the source.
pub(super) fn of_table(table: &Table, prices: &Prices) -> String {
    let name = &table.name.text;
    let engines: Vec<String> = (prices.engines.iter())
        .filter(|engine| engine.table == table.name)
        .map(|engine| format!("- `{}`\n", engine.id))
        .collect();
    let engines = match &*engines {
        [] => "No engine has these prices.\n".to_owned(),
        engines => format!("The engines with these prices:\n\n{}", engines.concat()),
    };
    let limits = table
        .limits
        .map(accepted)
        .filter(|limits| !limits.is_empty())
        .map(|limits| format!("What the API accepts:\n\n{}\n", limits.concat()));
    let limits = limits.unwrap_or_default();
    let source = match &table.source {
        Some(Source { page, heading, published }) => {
            format!("Published on {published}, on the page “{}” under “{}”.\n\n", text(page), text(heading))
        }
        None => String::new(),
    };
    format!(
        "The `{name}` table: credits per image, and the same in dollars.\n\n\
         {}\n{engines}\n\
         [`Table::price`](crate::Table::price) takes plain numbers, as a request has them. For a size or a step count that is not\n\
         in the table, [`Request::estimate`](crate::Request::estimate) returns bounds, and often an expected price.\n\n\
         {limits}{source}\
         Generated from `{name}.csv`.",
        price_table(table, &prices.billing),
    )
}

/// Returns the prices of a table in Markdown: a row for each step count, credits and dollars in each cell. Exceptions have a
/// mark, and a line below says what it means.
///
/// All credits have the same number of decimal places, as few as the prices need, and so do all dollars.
#[must_use]
pub fn price_table(table: &Table, billing: &Billing) -> String {
    let columns = iter::once("steps".to_owned()).chain(table.sizes.iter().map(Size::to_string));
    let prices = || table.rows.iter().flat_map(|row| &row.prices);
    let credits_places = prices().map(|price| price.scale() as usize).max().unwrap_or_default();
    let usd_places = prices().map(|&price| billing.usd(price).scale() as usize).max().unwrap_or_default().max(2);
    let rows = table.rows.iter().map(|row| {
        let cells = table.sizes.iter().zip(&row.prices).map(|(&size, &price)| {
            let mark = if table.is_exception(size, row.steps) { MARK } else { "" };
            format!("{price:.credits_places$}{mark} (${:.usd_places$})", billing.usd(price))
        });
        iter::once(row.steps.to_string()).chain(cells)
    });
    let grid = markdown_table(columns.map(|label| (label, Alignment::Right)), rows);
    if table.exceptions.is_empty() {
        return grid;
    }
    format!("{grid}\nA price with {MARK} is out of line with the others: estimates do not follow from it.\n")
}

/// Returns an item of a list for each limit.
fn accepted(limits: Limits) -> Vec<String> {
    let Limits {
        side_multiple,
        min_pixels,
        max_pixels,
        max_long_side,
        max_short_side,
        min_steps,
        max_steps,
        max_images,
    } = limits;
    let items = [
        side_multiple.map(|of| format!("sides that are multiples of {of} pixels")),
        range(min_pixels, max_pixels, "pixel"),
        max_long_side.map(|most| format!("a longer side of at most {most} pixels")),
        max_short_side.map(|most| format!("a shorter side of at most {most} pixels")),
        range(min_steps, max_steps, "step"),
        range(None, max_images, "image").map(|images| format!("{images} in one request")),
    ];
    items.into_iter().flatten().map(|item| format!("- {item}\n")).collect()
}

/// Returns the limits of a number in words, or `None` if there are none.
fn range(least: Option<u32>, most: Option<u32>, noun: &str) -> Option<String> {
    match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {}", count(most, noun))),
        (Some(least), None) => Some(format!("at least {}", count(least, noun))),
        (None, Some(most)) => Some(format!("at most {}", count(most, noun))),
        (None, None) => None,
    }
}

/// Escapes a text, so that Markdown shows it unchanged: without markup, HTML, or typographic quotes and dashes.
fn text(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '+' | ',' | '(' | ')' | '/' | '=' | '?' | '%' | '@' | ';') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_no_markup() {
        assert_eq!(text("Credits + Billing"), "Credits + Billing");
        assert_eq!(text("<b>*x*</b> [a](b)"), r"\<b\>\*x\*\</b\> \[a\](b)");
        assert_eq!(text("\"a\" -- b..."), r#"\"a\" \-\- b\.\.\."#);
    }
}
