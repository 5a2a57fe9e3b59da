//! Prices never fall as steps or pixels grow, and sizes with the same number of pixels cost the same.

use std::collections::{BTreeMap, BTreeSet};

use super::exceptions;
use super::parsed_table::{ParsedPrice, ParsedTable};
use crate::diagnostic::Diagnostic;
use crate::formula::Formula;

/// Reports each pair of cells whose prices break a rule. Returns whether there are none.
///
/// It compares each price with the next one in its row, by pixels, and in its column: if these are in order, all are. It
/// reports a cell once, because one wrong price is out of order with several others. `formula` only shows which of two prices
/// may be an exception.
pub(super) fn check(
    table: &ParsedTable<'_>,
    name: &str,
    formula: Option<&Formula>,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let mut conflicts = Conflicts { table, name, formula, reported: BTreeSet::new(), diagnostics };
    let mut highest = HighestPrices::default();
    let mut with_fewer_steps: BTreeMap<u64, ParsedPrice<'_>> = BTreeMap::new();
    for row in 0..table.steps.len() {
        let mut prices: Vec<ParsedPrice<'_>> = table.row(row).collect();
        prices.sort_by_key(|price| price.size.pixels());
        let mut smaller: Option<ParsedPrice<'_>> = None;
        for same_pixels in prices.chunk_by(|a, b| a.size.pixels() == b.size.pixels()) {
            let [price, others @ ..] = same_pixels else { continue };
            for other in others.iter().filter(|other| other.price != price.price) {
                conflicts.add(price, other, same_pixels_message(price, other));
            }
            let falls = |before: &ParsedPrice<'_>| before.price > price.price;
            if let Some(before) = smaller.replace(*price).filter(falls) {
                let sizes = format!("while the size grows from {} to {}", before.size, price.size);
                conflicts.add(&before, price, (falls_message(&before, price, &sizes), "more pixels never cost less"));
            }
            if let Some(before) = with_fewer_steps.insert(price.size.pixels(), *price).filter(falls) {
                let steps = format!("while steps grow from {} to {}", before.steps, price.steps);
                conflicts.add(&before, price, (falls_message(&before, price, &steps), "more steps never cost less"));
            }
            // Between two cells there may be only exceptions, in their rows and in their columns.
            if let Some(before) = highest.add(price).filter(|_| !table.exceptions.is_empty()).filter(falls) {
                let growth = format!(
                    "from {} to {}, and steps from {} to {}",
                    before.size, price.size, before.steps, price.steps
                );
                let message = falls_message(&before, price, &format!("while the size grows {growth}"));
                conflicts.add(&before, price, (message, "more pixels and steps never cost less"));
            }
        }
    }
    conflicts.reported.is_empty()
}

/// The prices that are higher than each of a cell with at most as many pixels, by pixels.
#[derive(Default)]
struct HighestPrices<'a>(BTreeMap<u64, ParsedPrice<'a>>);

impl<'a> HighestPrices<'a> {
    /// Adds the price of a cell, and returns the highest one before it of a cell with at most as many pixels.
    fn add(&mut self, price: &ParsedPrice<'a>) -> Option<ParsedPrice<'a>> {
        let pixels = price.size.pixels();
        let before = self.0.range(..=pixels).next_back().map(|(_, before)| *before);
        if before.is_none_or(|before| before.price < price.price) {
            let is_lower = |(_, after): &(&u64, &ParsedPrice<'_>)| after.price <= price.price;
            let lower: Vec<u64> = self.0.range(pixels..).take_while(is_lower).map(|(&pixels, _)| pixels).collect();
            for pixels in lower {
                self.0.remove(&pixels);
            }
            self.0.insert(pixels, *price);
        }
        before
    }
}

struct Conflicts<'d> {
    table: &'d ParsedTable<'d>,
    name: &'d str,
    formula: Option<&'d Formula>,
    /// The cells of the conflicts that are reported, by row and column.
    reported: BTreeSet<(usize, usize)>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Conflicts<'_> {
    /// Reports two prices of which one is wrong, unless one of them is reported already.
    fn add(&mut self, first: &ParsedPrice<'_>, second: &ParsedPrice<'_>, (message, rule): (String, &str)) {
        let cells = [first, second].map(|price| (price.row, price.column));
        if cells.iter().any(|cell| self.reported.contains(cell)) {
            return;
        }
        self.reported.extend(cells);
        let diagnostic = second.cell.error(message).with_secondary(first.cell.span());
        let candidates = match self.out_of_line(first, second) {
            Some(price) => vec![price],
            None => vec![first, second],
        };
        let way_out = exceptions::way_out_of_one(self.name, &candidates);
        self.diagnostics.push(diagnostic.with_help(format!("{rule}: one of the two prices is wrong; {way_out}")));
    }

    /// Returns which of two prices is out of line: that which the formula does not give, or if it gives neither or there is none,
    /// that which also contradicts other prices of its row or its column. Returns `None` if that is true of both or of neither.
    fn out_of_line<'p, 'a>(
        &self,
        first: &'p ParsedPrice<'a>,
        second: &'p ParsedPrice<'a>,
    ) -> Option<&'p ParsedPrice<'a>> {
        let only = |is_first: bool, is_second: bool| match (is_first, is_second) {
            (true, false) => Some(first),
            (false, true) => Some(second),
            (true, true) | (false, false) => None,
        };
        let differs = |price: &ParsedPrice<'_>, formula: &Formula| {
            formula.credits(price.size.pixels(), price.steps) != Some(price.price)
        };
        let contradicts_others = |price: &ParsedPrice<'_>| {
            let is_other = |other: &ParsedPrice<'_>| {
                ![first, second].iter().any(|it| (it.row, it.column) == (other.row, other.column))
            };
            let mut others = self.table.row(price.row).chain(self.table.column(price.column)).filter(is_other);
            let of = |price: &ParsedPrice<'_>| (price.exception(), price.price);
            others.any(|other| !exceptions::is_in_order(of(price), of(&other)))
        };
        let by_formula = self.formula.and_then(|formula| only(differs(first, formula), differs(second, formula)));
        by_formula.or_else(|| only(contradicts_others(first), contradicts_others(second)))
    }
}

fn falls_message(before: &ParsedPrice<'_>, price: &ParsedPrice<'_>, growth: &str) -> String {
    format!("the price falls from {} to {} {growth}", before.price, price.price)
}

/// Returns the message about two sizes with the same number of pixels, and the rule that they break.
fn same_pixels_message(first: &ParsedPrice<'_>, second: &ParsedPrice<'_>) -> (String, &'static str) {
    let costs = format!("{} costs {}", second.size, second.price);
    let (size, price) = (first.size, first.price);
    if size == second.size.transposed() {
        let message = format!("{costs}, and the transposed size, {size}, costs {price}");
        (message, "a size costs the same as the transposed size")
    } else {
        let message = format!("{costs}, and {size}, with the same number of pixels, costs {price}");
        (message, "sizes with the same number of pixels cost the same")
    }
}
