//! The price page as one HTML file, which loads no other file.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dreamstudio_pricing::Credits;
use sha2::{Digest as _, Sha256};

use super::calculator::Calculator;
use crate::amounts::Places;
use crate::book::{Book, BookCell};
use crate::plural::count;
use crate::price_grid::{LEGEND, mark};
use crate::price_table::{PriceTable, TableSource};
use crate::version::PROGRAM;

/// The number of classes `shade-0`, `shade-1`, … in the style.
const SHADES: usize = 7;

/// How many step counts fit the screen of a phone, whatever the prices are.
const MAX_STEPS: usize = 4;

/// How many characters of the dollars fit it for each of more step counts, as in `$0.0083`.
const MAX_DOLLARS: usize = 7;

/// # Errors
///
/// Returns why the data cannot be written as JSON.
pub(super) fn of(book: &Book, tables: &[PriceTable]) -> serde_json::Result<String> {
    let (style, script) = (unix(include_str!("style.css")), unix(include_str!("script.js")));
    Ok(format!(
        include_str!("template.html"),
        style_hash = hash(&style),
        script_hash = hash(&script),
        credit = format_args!("${}", book.billing.usd(Credits::whole(1))),
        grant = count(book.billing.sign_up_grant, "credit", "credits"),
        engines = tables.iter().map(options).collect::<String>(),
        tables = sections(tables),
        edition = book.edition,
        program = PROGRAM,
        style = style,
        data = data(book, tables)?,
        script = script,
    ))
}

/// Replaces the line ends of Windows, because a browser hashes those of Unix.
fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Returns the source expression by which a content security policy allows an inline style or script.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Returns the data as JSON that cannot end the script element or start a comment in it.
fn data(book: &Book, tables: &[PriceTable]) -> serde_json::Result<String> {
    let json = serde_json::to_string(&Calculator::new(book, tables))?;
    Ok(json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"))
}

/// Escapes text, so that HTML shows it unchanged, also between quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            c => escaped.push(c),
        }
    }
    escaped
}

fn options(table: &PriceTable) -> String {
    let (name, heading) = (escape(table.name), escape(table.heading()));
    let engines = table.engines.iter().map(|engine| format!("<option>{}</option>", escape(engine)));
    format!(
        "<optgroup label=\"{heading}\"><option value=\"{name}\">Any engine of the table “{heading}”</option>{}</optgroup>\n",
        engines.collect::<String>()
    )
}

/// Returns a section for each table. It begins with a link to what follows its prices, for the keyboard.
fn sections(tables: &[PriceTable]) -> String {
    let next = tables.iter().skip(1).map(|table| format!("{}-title", escape(table.name)));
    tables.iter().zip(next.chain(["end".to_owned()])).map(|(table, next)| section(table, &next)).collect()
}

fn section(table: &PriceTable, next: &str) -> String {
    let (name, heading) = (escape(table.name), escape(table.heading()));
    let published = table.source.map_or_else(String::new, |TableSource { page, published, .. }| {
        format!("<p>Published on <time>{published}</time>, on the page “{}”.</p>\n", escape(page))
    });
    let engines = match &table.engines[..] {
        [] => "<p>No engine has these prices.</p>\n".to_owned(),
        engines => {
            let engines: Vec<String> =
                engines.iter().map(|engine| format!("<code>{}</code>", escape(engine))).collect();
            format!("<p>Engines: {}</p>\n", engines.join(", "))
        }
    };
    let class = if is_wide(table) { " class=\"long\"" } else { "" };
    let legend = if table.exceptions.is_empty() { String::new() } else { format!(" {LEGEND}") };
    let steps = table.steps.iter().map(|steps| format!("<th scope=\"col\">{steps} <small>steps</small></th>"));
    format!(
        "<section aria-labelledby=\"{name}-title\">\n\
         <h2 id=\"{name}-title\" tabindex=\"-1\">{heading}</h2>\n\
         {published}{engines}\
         <p class=\"about\" id=\"{name}-about\">Credits and dollars per image, by size in pixels. \
         The stronger the colour, the higher the price. A price is a link that fills in the calculator.{legend}</p>\n\
         <p class=\"skip\"><a href=\"#{next}\">Skip the prices of this table</a></p>\n\
         <div class=\"scroll\">\n<table{class} aria-labelledby=\"{name}-title\" aria-describedby=\"{name}-about\">\n\
         <thead><tr><th scope=\"col\">Size</th>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n</section>\n",
        steps.collect::<String>(),
        rows(table)
    )
}

/// Returns whether the prices of a table fit the screen of a phone only in smaller letters.
fn is_wide(table: &PriceTable) -> bool {
    let (places, highest) = (Places::of(&table.cells), table.cells.iter().map(|cell| cell.usd).max());
    table.steps.len() > MAX_STEPS && highest.is_some_and(|usd| places.usd(usd).len() > MAX_DOLLARS)
}

/// Returns a row for each size, and not for each step count, so that the table fits the screen of a phone.
fn rows(table: &PriceTable) -> String {
    let prices: Vec<Credits> = table.cells.iter().map(|cell| cell.price).collect::<BTreeSet<_>>().into_iter().collect();
    let places = Places::of(&table.cells);
    let row = |(column, &(width, height)): (usize, &(u32, u32))| {
        let cells = table.rows().filter_map(|(steps, row)| {
            let cell = row.get(column)?;
            let &BookCell { price, usd, .. } = cell;
            let rank = prices.partition_point(|other| *other < price);
            let shade = (rank * SHADES).checked_div(prices.len())?;
            let name = escape(table.name);
            Some(format!(
                "<td class=\"shade-{shade}\">\
                 <a href=\"#engine={name}&amp;width={width}&amp;height={height}&amp;steps={steps}\">\
                 {}{}<small>{}</small></a></td>",
                places.credits(price),
                mark(cell, table.exceptions),
                places.usd(usd)
            ))
        });
        // A label in two lines has the width in the first.
        format!("<tr><th scope=\"row\">{width}&nbsp;x {height}</th>{}</tr>\n", cells.collect::<String>())
    };
    table.sizes.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::page::{test_exception, test_tables};

    const UNTRUSTED: &str = "</script><!--<script>\"'&\u{2028}";

    fn page(heading: &str) -> String {
        of(Book::built_in(), &test_tables(heading)).unwrap()
    }

    #[test]
    fn no_text_of_the_tables_becomes_markup() {
        let (untrusted, plain) = (page(UNTRUSTED), page("plain"));
        for markup in ["<script", "</script", "<!--", "<"] {
            assert_eq!(untrusted.matches(markup).count(), plain.matches(markup).count(), "{markup}");
        }
        assert!(untrusted.contains(
            "<h2 id=\"b-title\" tabindex=\"-1\">&lt;/script&gt;&lt;!--&lt;script&gt;&quot;&#39;&amp;\u{2028}</h2>"
        ));
        assert!(untrusted.contains("label=\"&lt;/script&gt;&lt;!--&lt;script&gt;&quot;&#39;&amp;\u{2028}\""));
    }

    #[test]
    fn the_script_reads_each_text_of_the_tables_as_it_is() {
        let data = data(Book::built_in(), &test_tables(UNTRUSTED)).unwrap();
        assert!(!data.contains(['<', '\u{2028}']), "{data}");
        let json: serde_json::Value = serde_json::from_str(&data).unwrap();
        assert_eq!(json["tables"][1]["heading"], UNTRUSTED);
    }

    #[test]
    fn a_table_without_engines_and_source_has_a_section_of_its_own() {
        let html = page("plain");
        let (_, section) = html.split_once("<h2 id=\"a-title\" tabindex=\"-1\">").unwrap();
        let (section, _) = section.split_once("<section").unwrap();
        assert!(section.contains("No engine has these prices") && !section.contains("Published"), "{section}");
    }

    #[test]
    fn an_exception_is_marked() {
        let exceptions = [test_exception()];
        let table = PriceTable { exceptions: &exceptions, ..test_tables("B").remove(1) };
        let section = section(&table, "end");
        assert!(section.contains(">1.21*<small>$0.0121</small></a>"), "{section}");
        assert!(
            section.contains(" A price with * is out of line with the others: estimates do not follow from it.</p>")
        );
        assert_eq!(section.matches('*').count(), 2);
    }

    #[test]
    fn letters_are_smaller_only_if_there_are_many_long_prices() {
        let class = |steps: &'static [u32], usd: &str| {
            let mut table = test_tables("B").remove(1);
            table.cells[0].usd = usd.parse().unwrap();
            section(&PriceTable { steps, ..table }, "end").contains("<table class=\"long\" ")
        };
        assert!(class(&[1, 2, 3, 4, 5], "0.12345"));
        assert!(!class(&[1, 2, 3, 4, 5], "0.0075") && !class(&[1, 2, 3, 4], "0.12345"));
    }

    #[test]
    fn shades_go_from_the_lowest_price_to_the_highest() {
        let rows = rows(&test_tables("plain")[1]);
        let shades: Vec<&str> = rows.split("shade-").skip(1).filter_map(|cell| cell.get(..1)).collect();
        assert_eq!(shades, ["0", "3", "1", "5"]);
        let style = include_str!("style.css");
        assert!((0..SHADES).all(|shade| style.contains(&format!(".shade-{shade} "))));
        assert!(!style.contains(&format!(".shade-{SHADES} ")));
    }

    #[test]
    fn the_line_ends_of_windows_change_no_hash() {
        assert_eq!(hash(&unix("a\r\nb\n")), hash("a\nb\n"));
        // As `printf 'a\nb\n' | openssl dgst -sha256 -binary | base64` prints it.
        assert_eq!(hash("a\nb\n"), "sha256-kRFp3arxRq/1OfWMJsSJrzuJLf8P4oPBwmTGWuWqWaI=");
    }
}
