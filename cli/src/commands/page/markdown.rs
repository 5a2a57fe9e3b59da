//! The price page as Markdown: a heading for each page and each table.

use crate::amounts::Places;
use crate::price_grid::{credits_and_dollars, legend};
use crate::price_table::PriceTable;
use crate::text_table::{Alignment, TextTable};
use crate::version::PROGRAM;

pub(super) fn of(tables: &[PriceTable], edition: &str) -> String {
    let mut last_page = None;
    let sections = tables.iter().map(|table| {
        let page = table.page();
        let heading = match page {
            Some(page) if last_page != Some(page) => format!("# {}\n\n", escape(page)),
            _ => String::new(),
        };
        last_page = page;
        heading + &section(table)
    });
    let sections = sections.collect::<Vec<_>>().join("\n");
    format!("{sections}\nPrices of edition `{edition}`, printed by dreamprice {PROGRAM}.\n")
}

fn section(table: &PriceTable) -> String {
    let published = table.source.map_or_else(String::new, |source| format!(" Published on {}.", source.published));
    let engines = match &table.engines[..] {
        [] => String::new(),
        engines => format!(" Engines: `{}`.", engines.join("`, `")),
    };
    let (heading, grid, legend) = (escape(table.heading()), grid(table).markdown(), legend(table.exceptions));
    format!("## {heading}\n\nCredits and dollars per image.{published}{engines}\n\n{grid}{legend}")
}

fn grid(table: &PriceTable) -> TextTable {
    let sizes = table.sizes.iter().map(|(width, height)| format!("{width} x {height}"));
    let headers = ["Steps".to_owned()].into_iter().chain(sizes);
    let mut grid = TextTable::new(headers.map(|header| (header, Alignment::Right)));
    let places = Places::of(&table.cells);
    for (steps, cells) in table.rows() {
        let prices = cells.iter().map(|cell| credits_and_dollars(places, cell, table.exceptions));
        grid.push([steps.to_string()].into_iter().chain(prices));
    }
    grid
}

/// Escapes text, so that a heading in Markdown shows it unchanged: no markup, HTML, link or id.
///
/// It uses references instead of backslashes, because a parser that looks for an id, such as `{#id}`, may ignore a
/// backslash.
fn escape(text: &str) -> String {
    let is_plain = |c: char| !c.is_ascii_punctuation() || matches!(c, '+' | ',' | '-' | '(' | ')' | '/' | '?' | '%');
    text.chars().map(|c| if is_plain(c) { c.to_string() } else { format!("&#{};", u32::from(c)) }).collect()
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;
    use crate::commands::page::{test_exception, test_tables};

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
    fn each_page_and_each_table_has_a_heading() {
        let edition = "2024-02-29+0123456789abcdef";
        let text = of(&test_tables("Table <b>"), edition);
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
                &format!("Prices of edition `{edition}`, printed by dreamprice {PROGRAM}."),
            ]
        );
    }

    #[test]
    fn an_exception_is_marked() {
        let exceptions = [test_exception()];
        let table = PriceTable { exceptions: &exceptions, ..test_tables("B").remove(1) };
        let text = of(&[table], "undated+0123456789abcdef");
        assert!(text.contains("\n| 30 | 1.00 ($0.0100) | 1.21* ($0.0121) |\n"), "{text}");
        let legend =
            "|\n\nA price with * is out of line with the others: estimates do not follow from it.\n\nPrices of";
        assert!(text.contains(legend), "{text}");
        assert_eq!(text.matches('*').count(), 2);
    }
}
