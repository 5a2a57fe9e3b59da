//! A diff as text for a terminal, as Markdown for a pull request, and as JSON.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use dreamstudio_pricing_codegen::{dollars, escape_hidden};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    CellChange, ChangeKind, Compared, ComparedParts, ComparedSide, Dated, DayKind, DayNote, DecimalPrice, Diff,
    DiffSummary, EngineMove, FactChange, NotCompared, PriceChange, PriceCounts, SideCount, TableCellChange,
};
use crate::arguments::TableFormat;
use crate::outcome::{Exit, Outcome, terminal_width};
use crate::plural::count;
use crate::published::PageReport;
use crate::text_table::{Alignment, TextTable};

/// How text or Markdown writes the parts of a diff.
struct Form {
    grid: fn(&TextTable) -> String,
    /// A grid that has a column for each size.
    wide_grid: fn(&TextTable) -> String,
    /// Quotes text from the tables.
    quote: fn(&str) -> String,
    /// What a line of a list begins with.
    bullet: &'static str,
    /// What a line or a row that exceeds the limit begins with.
    mark: &'static str,
    added: &'static str,
    removed: &'static str,
    changed: &'static str,
    page_report: fn(&PageReport) -> String,
}

const TEXT: Form = Form {
    grid: TextTable::text,
    wide_grid: |grid| grid.text_within(terminal_width()),
    quote: str::to_owned,
    bullet: "",
    mark: "!",
    added: "+",
    removed: "-",
    changed: "~",
    page_report: PageReport::text,
};

const MARKDOWN: Form = Form {
    grid: TextTable::markdown,
    wide_grid: |grid| format!("\n{}", grid.markdown()),
    quote: code_span,
    bullet: "- ",
    mark: "**!**",
    added: "added:",
    removed: "removed:",
    changed: "changed:",
    page_report: PageReport::markdown,
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

    /// Returns JSON, which begins with what is beyond a limit if there is one.
    pub(crate) fn json(&self, beyond: Option<impl Serialize>, exit: Exit) -> Outcome {
        #[derive(Serialize)]
        struct DiffReport<'a, B> {
            beyond: Option<B>,
            #[serde(flatten)]
            diff: &'a Diff,
        }
        Outcome::json(&DiffReport { beyond, diff: self }, exit)
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

impl DayNote {
    /// Returns one line of text.
    pub(crate) fn text(&self) -> String {
        TEXT.day(self)
    }
}

impl Form {
    /// Returns the parts that are not empty, with a blank line between them. What exceeds the limit comes first.
    fn page(&self, diff: &Diff) -> String {
        let mut parts = vec![
            diff.verdict.as_ref().map(|verdict| format!("{verdict}\n")).unwrap_or_default(),
            diff.not_compared.as_ref().map(|it| self.not_compared(it)).unwrap_or_default(),
        ];
        for is_beyond in [true, false] {
            let prices = || diff.prices.iter().filter(move |price| price.beyond == is_beyond);
            parts.push(self.prices(&prices().filter(|price| price.cell.price.has_other_credits()).collect::<Vec<_>>()));
            let shared = prices().find(|price| !price.cell.price.has_other_credits());
            parts.push(shared.map(|price| self.shared(diff, price)).unwrap_or_default());
            let moves = diff.moves.iter().filter(|group| group.beyond == is_beyond);
            parts.extend(moves.map(|group| self.group(group)));
            let entries = diff.entries.iter().filter(|entry| entry.beyond == is_beyond);
            parts.push(entries.map(|entry| self.line(is_beyond, &self.entry(entry))).collect());
        }
        parts.push(diff.days.iter().map(|note| self.line(false, &format!("note: {}", self.day(note)))).collect());
        parts.extend(diff.page.iter().map(self.page_report));
        parts.push(format!("{}\n", diff.summary));
        parts.push(diff.compared.as_ref().map(|compared| self.compared(compared)).unwrap_or_default());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Returns a line of a list.
    fn line(&self, is_beyond: bool, text: &str) -> String {
        let Self { bullet, mark, .. } = self;
        if is_beyond { format!("{bullet}{mark} {text}\n") } else { format!("{bullet}{text}\n") }
    }

    /// Returns a row for each price, all of which exceed the limit or none.
    fn prices(&self, prices: &[&TableCellChange]) -> String {
        let Some(first) = prices.first() else { return String::new() };
        let mark = first.beyond.then_some(self.mark);
        let columns = [
            ("table", Alignment::Left),
            ("size", Alignment::Left),
            ("steps", Alignment::Right),
            ("credits", Alignment::Left),
            ("dollars", Alignment::Left),
            ("change", Alignment::Right),
        ];
        let mut grid = TextTable::new(mark.map(|_| ("", Alignment::Left)).into_iter().chain(columns));
        for TableCellChange { table, cell: CellChange { width, height, steps, price }, .. } in prices {
            let row = [
                table.clone(),
                format!("{width}x{height}"),
                steps.to_string(),
                price.credits(),
                price.dollars(),
                price.change(),
            ];
            grid.push(mark.map(str::to_owned).into_iter().chain(row));
        }
        (self.grid)(&grid)
    }

    /// Returns one line for all prices that changed only because a credit has another price, such as `price`.
    fn shared(&self, diff: &Diff, price: &TableCellChange) -> String {
        let PriceChange { old, new, .. } = price.cell.price;
        let others = diff.prices.iter().any(|price| price.cell.price.has_other_credits());
        let all = if others { "all other prices" } else { "all prices" };
        let costs = if new.map(|new| new.usd) > old.map(|old| old.usd) { "more" } else { "less" };
        let change = price.cell.price.change();
        self.line(price.beyond, &format!("{all}: {change} in dollars, because a credit costs {costs}"))
    }

    /// Returns what is unusual about the day of a table.
    fn day(&self, DayNote { of, day, old, new }: &DayNote) -> String {
        // Only a day in the future needs no day before it.
        let table = match of {
            Dated::Table { table } => (self.quote)(table),
            Dated::Unpriced { heading, .. } => (self.quote)(&escape_hidden(heading)),
        };
        let old = old.as_deref().unwrap_or("none");
        match day {
            DayKind::Kept => format!("prices of {table} changed, but its day of publication is still {old}"),
            DayKind::Back => format!("the day of publication of {table} goes back from {old} to {new}"),
            DayKind::Only => format!("no price of {table} changed, only the day of publication, from {old} to {new}"),
            DayKind::Future => format!("the day of publication of {table} is in the future: {new}"),
        }
    }

    fn compared(&self, Compared { old, new, what }: &Compared) -> String {
        let side = |ComparedSide { name, count: SideCount { tables, prices } }: &ComparedSide| {
            let (prices, tables) = (count(prices, "price", "prices"), count(tables, "table", "tables"));
            format!("{} ({prices} in {tables})", (self.quote)(&escape_hidden(name)))
        };
        let (old, new) = (side(old), side(new));
        match what {
            ComparedParts::All => format!("Compared all of {old} with all of {new}.\n"),
            ComparedParts::Prices => format!("Compared only the prices of {old} with those of {new}.\n"),
            ComparedParts::Page => format!(
                "Compared the prices of {old} with those of {new}, and which tables there are, the grant, its images and the \
                 smallest purchase; not the defaults of clients, engines, limits or formulas.\n"
            ),
        }
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
        let line = self.line(group.beyond, &format!("{sign} {noun} {}: {old} → {new}; {counts}", engines.join(", ")));
        line + &grid
    }

    fn entry(&self, FactChange { subject, change, old, new, price, .. }: &FactChange) -> String {
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
            (Some(old), Some(new)) if old == new => write!(f, "still {}", amount(new)),
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
pub(crate) fn code_span(text: &str) -> String {
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
