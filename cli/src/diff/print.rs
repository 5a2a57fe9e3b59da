//! Differences for a reader: text for a terminal, and Markdown for a pull request.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use super::compare::{Amount, CellChange, Change, Counts, Diff, Entry, Move, NotCompared, Price, PriceChange, Summary};
use super::limit::Beyond;
use crate::grid::{Align, Grid};
use crate::outcome::{escape, terminal_width};
use crate::words::count;

/// How a format writes the parts of a diff.
struct Style {
    grid: fn(&Grid) -> String,
    /// A grid that has a column for each size.
    wide_grid: fn(&Grid) -> String,
    /// What comes from the tables.
    quote: fn(&str) -> String,
    added: &'static str,
    removed: &'static str,
    changed: &'static str,
}

const TEXT: Style = Style {
    grid: Grid::text,
    wide_grid: |grid| grid.text_within(terminal_width()),
    quote: str::to_owned,
    added: "+",
    removed: "-",
    changed: "~",
};

const MARKDOWN: Style = Style {
    grid: Grid::markdown,
    wide_grid: |grid| format!("\n{}", grid.markdown()),
    quote: code_span,
    added: "- added:",
    removed: "- removed:",
    changed: "- changed:",
};

pub(super) fn text(diff: &Diff, beyond: Option<&Beyond>) -> String {
    TEXT.page(diff, beyond)
}

pub(super) fn markdown(diff: &Diff, beyond: Option<&Beyond>) -> String {
    MARKDOWN.page(diff, beyond)
}

/// An entry in one line of text.
pub(super) fn entry(entry: &Entry) -> String {
    TEXT.entry(entry)
}

impl Style {
    /// The parts that are not empty, with a blank line between them.
    fn page(&self, diff: &Diff, beyond: Option<&Beyond>) -> String {
        let mut parts = vec![diff.not_compared.as_ref().map(|it| self.not_compared(it)).unwrap_or_default()];
        if !diff.prices.is_empty() {
            parts.push((self.grid)(&prices(&diff.prices)));
        }
        parts.extend(diff.moves.iter().map(|group| self.group(group)));
        parts.push(diff.entries.iter().map(|entry| self.entry(entry) + "\n").collect());
        parts.push(format!("{}\n", diff.summary));
        parts.push(beyond.map(|beyond| format!("{beyond}\n")).unwrap_or_default());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn not_compared(&self, NotCompared { tables }: &NotCompared) -> String {
        let tables: Vec<String> = tables.iter().map(|table| (self.quote)(table)).collect();
        let without =
            if tables.is_empty() { String::new() } else { format!(", but not those of {}", tables.join(", ")) };
        format!("The old tables have mistakes: only their prices are compared{without}.\n")
    }

    /// A line for engines that moved, and a grid of the prices that changed for them.
    fn group(&self, group: &Move) -> String {
        let engines: Vec<String> = group.engines.iter().map(|engine| (self.quote)(engine)).collect();
        let noun = if engines.len() == 1 { "engine" } else { "engines" };
        let (old, new) = ((self.quote)(&group.old), (self.quote)(&group.new));
        let (sign, counts) = (self.changed, Counts::of(&group.prices));
        let grid = cells(&group.prices);
        let grid = if grid.is_empty() { String::new() } else { (self.wide_grid)(&grid) };
        format!("{sign} {noun} {}: {old} → {new}; {counts}\n{grid}", engines.join(", "))
    }

    fn entry(&self, Entry { subject, change, old, new, price }: &Entry) -> String {
        let sign = match change {
            Change::Added => self.added,
            Change::Removed => self.removed,
            Change::Changed => self.changed,
        };
        let quote = |value: &dyn Display| (self.quote)(&escape(&value.to_string()));
        let values = match (old, new) {
            (Some(old), Some(new)) => format!(": {} → {}", quote(old), quote(new)),
            (Some(value), None) | (None, Some(value)) => format!(": {}", quote(value)),
            (None, None) => String::new(),
        };
        let price = price.map(|price| format!(": {price}")).unwrap_or_default();
        format!("{sign} {}{values}{price}", quote(subject))
    }
}

/// A row for each price.
fn prices(prices: &[Price]) -> Grid {
    let mut grid = Grid::new([
        ("table", Align::Left),
        ("size", Align::Left),
        ("steps", Align::Right),
        ("credits", Align::Left),
        ("dollars", Align::Left),
        ("change", Align::Right),
    ]);
    for Price { table, cell: CellChange { width, height, steps, price } } in prices {
        grid.push([
            table.clone(),
            format!("{width}x{height}"),
            steps.to_string(),
            price.credits(),
            price.dollars(),
            price.change(),
        ]);
    }
    grid
}

/// A row for each step count and a column for each size that had a price, without those where nothing changed.
fn cells(cells: &[CellChange]) -> Grid {
    let old: Vec<&CellChange> = cells.iter().filter(|cell| cell.price.old.is_some()).collect();
    let sizes: BTreeSet<(u32, u32)> = old.iter().map(|cell| (cell.width, cell.height)).collect();
    let headers = sizes.iter().map(|(width, height)| (format!("{width}x{height}"), Align::Left));
    let mut grid = Grid::new([("steps".to_owned(), Align::Right)].into_iter().chain(headers));
    for row in old.chunk_by(|a, b| a.steps == b.steps) {
        let steps = row.first().map(|cell| cell.steps.to_string());
        let prices = sizes.iter().map(|size| match row.iter().find(|cell| (cell.width, cell.height) == *size) {
            Some(CellChange { price, .. }) if price.new.is_some() => {
                format!("{} ({})", price.credits(), price.change())
            }
            Some(CellChange { price, .. }) => price.credits(),
            None => "equal".to_owned(),
        });
        grid.push(steps.into_iter().chain(prices));
    }
    grid
}

impl PriceChange {
    fn credits(&self) -> String {
        arrow(self.old.map(|Amount { credits, .. }| credits), self.new.map(|Amount { credits, .. }| credits))
    }

    fn dollars(&self) -> String {
        let dollars = |amount: Option<Amount>| amount.map(|Amount { usd, .. }| format!("${usd}"));
        arrow(dollars(self.old), dollars(self.new))
    }

    fn change(&self) -> String {
        match (self.old, self.new, self.percent) {
            (_, _, Some(percent)) => format!("{percent:+.2} %"),
            (None, ..) => "new".to_owned(),
            (Some(_), ..) => "gone".to_owned(),
        }
    }
}

/// In one line.
impl Display for PriceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = |Amount { credits, usd }| format!("{}, ${usd}", count(credits, "credit", "credits"));
        match (self.old, self.new) {
            (None, Some(new)) => write!(f, "new, {}", amount(new)),
            (Some(old), None) => write!(f, "gone, was {}", amount(old)),
            _ => write!(f, "{} credits, {}, {}", self.credits(), self.dollars(), self.change()),
        }
    }
}

fn arrow<T: Display>(old: Option<T>, new: Option<T>) -> String {
    let text = |side: Option<T>| side.map_or("–".to_owned(), |side| side.to_string());
    format!("{} → {}", text(old), text(new))
}

impl Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rose, fell, added, removed } = self;
        let changed = count(rose + fell, "price", "prices");
        write!(f, "{changed} changed ({rose} up, {fell} down), {added} new, {removed} gone")
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prices, moved, other } = self;
        write!(f, "{prices}; ")?;
        if *moved > 0 {
            write!(f, "{} moved; ", count(moved, "engine", "engines"))?;
        }
        f.write_str(&count(other, "other change", "other changes"))
    }
}

/// Markdown that shows a text as it is: no markup, no HTML, no link, no mention. The text may have backticks in it, so the
/// span has more of them on each side.
fn code_span(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_ends_where_its_text_does() {
        for (text, span) in
            [("v1", "`v1`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("a``", "``` a`` ```"), ("<b>*@x*", "`<b>*@x*`")]
        {
            assert_eq!(code_span(text), span);
        }
    }
}
