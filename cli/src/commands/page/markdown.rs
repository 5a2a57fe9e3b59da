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

/// Markdown that shows a text as it is in a heading: no markup, no HTML, no link, no id.
///
/// It has references and not backslashes, because a parser that looks for an id, such as `{#id}`, may not mind a backslash.
fn escape(text: &str) -> String {
    let is_plain = |c: char| !c.is_ascii_punctuation() || matches!(c, '+' | ',' | '-' | '(' | ')' | '/' | '?' | '%');
    text.chars().map(|c| if is_plain(c) { c.to_string() } else { format!("&#{};", u32::from(c)) }).collect()
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;
    use crate::page_out::test_page;

    #[test]
    fn a_reader_finds_each_heading_as_it_is() {
        assert_eq!(escape("Credits + Billing (2023/24), 100 %?"), "Credits + Billing (2023/24), 100 %?");
        let punctuation: String = ('!'..='~').filter(char::is_ascii_punctuation).collect();
        for heading in
            ["<b>*x* {#id}", "- a `b` | c", "1. a #", "[a](b) ![c][d] &amp; e\\", "{.a}", "Größe ×", &punctuation]
        {
            let text = format!("## {}\n", escape(heading));
            let events: Vec<Event> =
                Parser::new_ext(&text, Options::all() - Options::ENABLE_SMART_PUNCTUATION).collect();
            let Some(Event::Start(Tag::Heading { id: None, classes, .. })) = events.first() else {
                panic!("{events:?}")
            };
            let texts = events[1..events.len() - 1].iter().map(|event| match event {
                Event::Text(text) => &**text,
                other => panic!("{other:?} in {heading}"),
            });
            assert_eq!((texts.collect::<String>().as_str(), classes.len()), (heading, 0));
        }
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
