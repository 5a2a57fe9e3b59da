//! The price page as Markdown: a heading for each page and each table.

use super::{Page, PriceTable};
use crate::grid::{Align, Grid};

pub(super) fn of(page: &Page) -> String {
    let mut last_page = None;
    let sections = page.tables.iter().map(|table| {
        let page = table.published.map(|(page, _)| page);
        let title = match page {
            Some(page) if last_page != Some(page) => format!("# {}\n\n", escape(page)),
            _ => String::new(),
        };
        last_page = page;
        title + &section(table)
    });
    sections.collect::<Vec<_>>().join("\n")
}

fn section(table: &PriceTable) -> String {
    let published = table.published.map_or_else(String::new, |(_, day)| format!(" Published on {day}."));
    let engines = match table.engines {
        [] => String::new(),
        engines => format!(" Engines: `{}`.", engines.join("`, `")),
    };
    let (heading, grid) = (escape(table.heading), grid(table).markdown());
    format!("## {heading}\n\nCredits and dollars per image.{published}{engines}\n\n{grid}")
}

fn grid(table: &PriceTable) -> Grid {
    let sizes = table.sizes.iter().map(|(width, height)| format!("{width} x {height}"));
    let headers = ["Steps".to_owned()].into_iter().chain(sizes);
    let mut grid = Grid::new(headers.map(|header| (header, Align::Right)));
    for (steps, prices) in table.rows() {
        let prices = prices.iter().map(|price| format!("{price} (${})", price.usd()));
        grid.push([steps.to_string()].into_iter().chain(prices));
    }
    grid
}

/// Markdown that shows a text as it is: no markup, no HTML, no link, no id of a heading.
///
/// References and not backslashes: a parser that looks for the id of a heading, `{#id}`, may not mind a backslash.
fn escape(text: &str) -> String {
    let escaped = |c: char| match c {
        '!'..='/' | ':'..='@' | '['..='`' | '{'..='~'
            if !matches!(c, '+' | ',' | '-' | '(' | ')' | '/' | '?' | '%') =>
        {
            format!("&#{};", u32::from(c))
        }
        c => c.to_string(),
    };
    let text: String = text.chars().map(escaped).collect();
    // These are plain unless they begin a line, where they begin a list.
    match text.strip_prefix(['+', '-']) {
        Some(rest) => format!("&#{};{rest}", u32::from(text.as_bytes()[0])),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_out::test_page;

    #[test]
    fn a_heading_has_no_markup() {
        assert_eq!(escape("Credits + Billing (2023/24), 100 %?"), "Credits + Billing (2023/24), 100 %?");
        assert_eq!(escape("<b>*x* {#id}"), "&#60;b&#62;&#42;x&#42; &#123;&#35;id&#125;");
        assert_eq!(escape("- a `b` | c"), "&#45; a &#96;b&#96; &#124; c");
    }

    #[test]
    fn each_page_has_a_title_and_each_table_a_heading() {
        let text = of(&test_page("Table <b>"));
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('|')).collect();
        assert_eq!(
            lines,
            [
                "## a",
                "Credits and dollars per image.",
                "# Prices",
                "## Table &#60;b&#62;",
                "Credits and dollars per image. Published on 2024-02-29. Engines: `b-v1`, `b-v2`.",
                "## c",
                "Credits and dollars per image. Published on 2024-02-29. Engines: `c-v1`.",
            ]
        );
    }
}
