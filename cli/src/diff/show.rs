//! A diff as people read it.

use std::fmt::Display;

use super::compare::{Diff, Entry, Price, Summary};

const HEADER: [&str; 6] = ["table", "size", "steps", "credits", "dollars", "change"];
/// The columns of numbers, which end in one line.
const IS_RIGHT: [bool; 6] = [false, false, true, false, false, true];

pub(super) fn text(diff: &Diff) -> String {
    let rows: Vec<[String; 6]> = [HEADER.map(str::to_owned)].into_iter().chain(diff.prices.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).zip(IS_RIGHT);
        let cells = cells.map(
            |((cell, width), is_right)| {
                if is_right { format!("{cell:>width$}") } else { format!("{cell:width$}") }
            },
        );
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let prices = if diff.prices.is_empty() { Vec::new() } else { rows.iter().map(line).collect() };
    page([prices, entries(diff, ["+", "-", "~"]), vec![summary(&diff.summary)]])
}

pub(super) fn markdown(diff: &Diff) -> String {
    let line = |cells: &[&str]| format!("| {} |", cells.join(" | "));
    let rule = IS_RIGHT.map(|is_right| if is_right { "---:" } else { "---" });
    let rows = diff.prices.iter().map(|price| line(&row(price).each_ref().map(String::as_str)));
    let head = if diff.prices.is_empty() { Vec::new() } else { vec![line(&HEADER), line(&rule)] };
    let prices = head.into_iter().chain(rows).collect();
    page([prices, entries(diff, ["- added:", "- removed:", "- changed:"]), vec![summary(&diff.summary)]])
}

/// The parts that have lines, one below the other.
fn page(parts: [Vec<String>; 3]) -> String {
    let parts = parts.into_iter().filter(|lines| !lines.is_empty());
    parts.map(|lines| lines.join("\n") + "\n").collect::<Vec<_>>().join("\n")
}

/// A line for each entry, which begins with a word for what came, went or changed.
fn entries(diff: &Diff, [came, went, changed]: [&str; 3]) -> Vec<String> {
    let line = |Entry { what, name, old, new }: &Entry| match (old.as_deref(), new.as_deref()) {
        (Some(old), Some(new)) => format!("{changed} {what} {name}: {old} → {new}"),
        (None, Some("") | None) => format!("{came} {what} {name}"),
        (None, Some(new)) => format!("{came} {what} {name}: {new}"),
        (Some(""), None) => format!("{went} {what} {name}"),
        (Some(old), None) => format!("{went} {what} {name}: {old}"),
    };
    diff.entries.iter().map(line).collect()
}

fn row(price: &Price) -> [String; 6] {
    let (old, new) = (price.old.as_ref(), price.new.as_ref());
    let change = match (new, price.percent) {
        (Some(_), Some(percent)) => format!("{percent:+.2} %"),
        (Some(_), None) => "new".to_owned(),
        (None, _) => "gone".to_owned(),
    };
    let credits = arrow(old.map(|amount| amount.credits), new.map(|amount| amount.credits));
    let dollars = arrow(old.map(|amount| format!("${}", amount.usd)), new.map(|amount| format!("${}", amount.usd)));
    [price.table.clone(), price.size.clone(), price.steps.to_string(), credits, dollars, change]
}

fn arrow<T: Display>(old: Option<T>, new: Option<T>) -> String {
    let text = |side: Option<T>| side.map_or("–".to_owned(), |side| side.to_string());
    format!("{} → {}", text(old), text(new))
}

fn summary(Summary { rose, fell, came, went, other }: &Summary) -> String {
    let changed = rose + fell;
    let prices = |count: usize| if count == 1 { "1 price".to_owned() } else { format!("{count} prices") };
    let others = if *other == 1 { "1 other change".to_owned() } else { format!("{other} other changes") };
    format!("{} changed ({rose} up, {fell} down), {came} new, {went} gone; {others}", prices(changed))
}
