//! A diff as text for a terminal, as Markdown for a pull request, and as JSON.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use dreamstudio_pricing_codegen::{dollars, escape_hidden};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    CellChange, ChangeKind, DecimalPrice, Diff, DiffSummary, EngineMove, FactChange, NotCompared, PriceChange,
    PriceCounts, TableCellChange,
};
use crate::arguments::TableFormat;
use crate::outcome::{Exit, Outcome, terminal_width};
use crate::plural::count;
use crate::text_table::{Alignment, TextTable};

/// How text or Markdown writes the parts of a diff.
struct Form {
    grid: fn(&TextTable) -> String,
    /// A grid that has a column for each size.
    wide_grid: fn(&TextTable) -> String,
    /// Quotes text from the tables.
    quote: fn(&str) -> String,
    added: &'static str,
    removed: &'static str,
    changed: &'static str,
}

const TEXT: Form = Form {
    grid: TextTable::text,
    wide_grid: |grid| grid.text_within(terminal_width()),
    quote: str::to_owned,
    added: "+",
    removed: "-",
    changed: "~",
};

const MARKDOWN: Form = Form {
    grid: TextTable::markdown,
    wide_grid: |grid| format!("\n{}", grid.markdown()),
    quote: code_span,
    added: "- added:",
    removed: "- removed:",
    changed: "- changed:",
};

impl Diff {
    /// Returns text for a terminal.
    pub(crate) fn text(&self) -> String {
        TEXT.page(self)
    }

    /// Returns Markdown for a pull request.
    pub(crate) fn markdown(&self) -> String {
        MARKDOWN.page(self)
    }

    /// Returns JSON, with what is beyond a limit if there is one.
    pub(crate) fn json(&self, beyond: Option<impl Serialize>, exit: Exit) -> Outcome {
        #[derive(Serialize)]
        struct DiffReport<'a, B> {
            #[serde(flatten)]
            diff: &'a Diff,
            beyond: Option<B>,
        }
        Outcome::json(&DiffReport { diff: self, beyond }, exit)
    }

    /// Returns the diff in a format.
    pub(crate) fn outcome(&self, format: TableFormat, exit: Exit) -> Outcome {
        match format {
            TableFormat::Text => Outcome::text(self.text(), exit),
            TableFormat::Markdown => Outcome::text(self.markdown(), exit),
            TableFormat::Json => self.json(None::<()>, exit),
        }
    }
}

impl FactChange {
    /// Returns one line of text.
    pub(crate) fn text(&self) -> String {
        TEXT.entry(self)
    }
}

impl Form {
    /// Returns the parts that are not empty, with a blank line between them.
    fn page(&self, diff: &Diff) -> String {
        let mut parts = vec![diff.not_compared.as_ref().map(|it| self.not_compared(it)).unwrap_or_default()];
        if !diff.prices.is_empty() {
            parts.push((self.grid)(&prices(&diff.prices)));
        }
        parts.extend(diff.moves.iter().map(|group| self.group(group)));
        parts.push(diff.entries.iter().map(|entry| self.entry(entry) + "\n").collect());
        parts.push(format!("{}\n", diff.summary));
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn not_compared(&self, NotCompared { tables }: &NotCompared) -> String {
        let tables: Vec<String> = tables.iter().map(|table| (self.quote)(table)).collect();
        let without =
            if tables.is_empty() { String::new() } else { format!(", but not those of {}", tables.join(", ")) };
        format!("The old tables have mistakes: only their prices are compared{without}.\n")
    }

    /// Returns a line for engines that moved, and a grid of the prices that changed for them.
    fn group(&self, group: &EngineMove) -> String {
        let engines: Vec<String> = group.engines.iter().map(|engine| (self.quote)(engine)).collect();
        let noun = if engines.len() == 1 { "engine" } else { "engines" };
        let (old, new) = ((self.quote)(&group.old), (self.quote)(&group.new));
        let (sign, counts) = (self.changed, PriceCounts::of(&group.prices));
        let grid = cells(&group.prices);
        let grid = if grid.is_empty() { String::new() } else { (self.wide_grid)(&grid) };
        format!("{sign} {noun} {}: {old} → {new}; {counts}\n{grid}", engines.join(", "))
    }

    fn entry(&self, FactChange { subject, change, old, new, price }: &FactChange) -> String {
        let sign = match change {
            ChangeKind::Added => self.added,
            ChangeKind::Removed => self.removed,
            ChangeKind::Changed => self.changed,
        };
        let quote = |value: &dyn Display| (self.quote)(&escape_hidden(&value.to_string()));
        let values = match (old, new) {
            (Some(old), Some(new)) => format!(": {} → {}", quote(old), quote(new)),
            (Some(value), None) | (None, Some(value)) => format!(": {}", quote(value)),
            (None, None) => String::new(),
        };
        let price = price.map(|price| format!(": {price}")).unwrap_or_default();
        format!("{sign} {}{values}{price}", quote(subject))
    }
}

/// Returns a row for each price.
fn prices(prices: &[TableCellChange]) -> TextTable {
    let mut grid = TextTable::new([
        ("table", Alignment::Left),
        ("size", Alignment::Left),
        ("steps", Alignment::Right),
        ("credits", Alignment::Left),
        ("dollars", Alignment::Left),
        ("change", Alignment::Right),
    ]);
    for TableCellChange { table, cell: CellChange { width, height, steps, price } } in prices {
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

/// Returns a row for each step count and a column for each size that had a price, without those where nothing changed.
fn cells(cells: &[CellChange]) -> TextTable {
    let old: Vec<&CellChange> = cells.iter().filter(|cell| cell.price.old.is_some()).collect();
    let sizes: BTreeSet<(u32, u32)> = old.iter().map(|cell| (cell.width, cell.height)).collect();
    let headers = sizes.iter().map(|(width, height)| (format!("{width}x{height}"), Alignment::Left));
    let mut grid = TextTable::new([("steps".to_owned(), Alignment::Right)].into_iter().chain(headers));
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
        arrow(
            self.old.map(|DecimalPrice { credits, .. }| credits),
            self.new.map(|DecimalPrice { credits, .. }| credits),
        )
    }

    fn dollars(&self) -> String {
        let side = |amount: Option<DecimalPrice>| amount.map(|DecimalPrice { usd, .. }| dollars(&usd));
        arrow(side(self.old), side(self.new))
    }

    fn change(&self) -> String {
        match (self.old, self.new, self.percent) {
            (_, _, Some(percent)) => format!("{percent:+.2} %"),
            (None, ..) => "new".to_owned(),
            (Some(_), ..) => "gone".to_owned(),
        }
    }
}

/// One line of text.
impl Display for PriceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount =
            |DecimalPrice { credits, usd }| format!("{}, {}", count(credits, "credit", "credits"), dollars(&usd));
        match (self.old, self.new) {
            (None, Some(new)) => write!(f, "new, {}", amount(new)),
            (Some(old), None) => write!(f, "gone, was {}", amount(old)),
            (_, new) => {
                let is_one = new.is_some_and(|DecimalPrice { credits, .. }| credits == Decimal::ONE);
                let unit = if is_one { "credit" } else { "credits" };
                write!(f, "{} {unit}, {}, {}", self.credits(), self.dollars(), self.change())
            }
        }
    }
}

fn arrow<T: Display>(old: Option<T>, new: Option<T>) -> String {
    let text = |side: Option<T>| side.map_or("–".to_owned(), |side| side.to_string());
    format!("{} → {}", text(old), text(new))
}

impl Display for PriceCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rose, fell, added, removed } = self;
        let changed = count(rose + fell, "price", "prices");
        write!(f, "{changed} changed ({rose} up, {fell} down), {added} new, {removed} gone")
    }
}

impl Display for DiffSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prices, moved, other } = self;
        write!(f, "{prices}; ")?;
        if *moved > 0 {
            write!(f, "{} moved; ", count(moved, "engine", "engines"))?;
        }
        f.write_str(&count(other, "other change", "other changes"))
    }
}

/// Returns Markdown that shows text unchanged: no markup, HTML, link or mention. The span has more backticks on each
/// side than the text has in a row.
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
