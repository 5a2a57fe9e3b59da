//! Checks that the formula of a table gives each of its prices.

use std::cmp::Ordering;
use std::ops::{Range, RangeInclusive};

use rust_decimal::Decimal;

use super::cell_ref::CellRef;
use super::exceptions;
use super::formulas::FormulaRow;
use super::parsed_table::{ParsedPrice, ParsedTable};
use crate::diagnostic::{Diagnostic, count};
use crate::formula::{Formula, RATE};
use crate::number;
use crate::schema::FORMULAS;

/// The largest number of prices that a message lists.
const MAX_LISTED: usize = 12;

/// What deleting a formula costs.
const WITHOUT: &str = "without it, fewer typos are caught, and unlisted requests only get bounds";

/// Reports each price that differs from the formula, at its cell. If all prices of a column or of a row differ, it reports
/// the size or the step count instead, and removes that from the table. If most prices of the table differ, it reports the
/// formula. Returns whether no price differs.
pub(super) fn check(table: &mut ParsedTable<'_>, row: &FormulaRow<'_>, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let prices: Vec<ParsedPrice<'_>> = (0..table.steps.len()).flat_map(|row| table.row(row)).collect();
    let differing: Vec<&ParsedPrice<'_>> = prices.iter().filter(|price| row.differs(price)).collect();
    if differing.len() > 1 && 2 * differing.len() > prices.len() {
        diagnostics.push(row.most_differ(&prices, differing.len()));
        return false;
    }
    for column in 0..table.sizes.len() {
        let line: Vec<_> = prices.iter().filter(|price| price.column == column).collect();
        if let Some(cell) = table.size_cell(column).filter(|_| row.all_differ(&line)) {
            diagnostics.push(row.line_differs(cell, "size", &format!("of {}", cell.text()), &line));
            table.sizes[column] = None;
        }
    }
    for index in 0..table.steps.len() {
        let line: Vec<_> = prices.iter().filter(|price| price.row == index).collect();
        if let (Some(cell), [first, ..]) = (table.steps_cell(index).filter(|_| row.all_differ(&line)), &line[..]) {
            let steps = format!("at {}", count(first.steps, "step"));
            diagnostics.push(row.line_differs(cell, "step count", &steps, &line));
            table.steps[index] = None;
        }
    }
    let is_left = |price: &&&ParsedPrice<'_>| table.sizes[price.column].is_some() && table.steps[price.row].is_some();
    diagnostics.extend(differing.iter().filter(is_left).map(|price| row.price_differs(price)));
    differing.is_empty()
}

impl FormulaRow<'_> {
    /// Returns what the formula gives, or `None` if that is more than a price can be.
    fn expected(&self, price: &ParsedPrice<'_>) -> Option<Decimal> {
        self.formula.credits(price.size.pixels(), price.steps)
    }

    fn differs(&self, price: &ParsedPrice<'_>) -> bool {
        self.expected(price) != Some(price.price)
    }

    /// Returns whether all prices of a column or of a row differ. If there is only one, it is more likely to be wrong
    /// than its size or its step count.
    fn all_differ(&self, line: &[&ParsedPrice<'_>]) -> bool {
        line.len() > 1 && line.iter().all(|price| self.differs(price))
    }

    fn price_differs(&self, price: &ParsedPrice<'_>) -> Diagnostic {
        let costs = format!("{} at {} costs {}", price.size, count(price.steps, "step"), price.cell.text());
        let (gives, check) = match self.expected(price) {
            None => ("more than a price can be".to_owned(), "the size, the step count"),
            Some(zero) if zero.is_zero() => ("0".to_owned(), "the size, the step count"),
            Some(credits) => (credits.to_string(), "the price"),
        };
        let help = format!("check {check} and {}; {}", self.row(), exceptions::way_out(self.table.text(), price));
        price.cell.error(format!("{costs}, and the formula gives {gives}")).with_help(help)
    }

    /// Reports the size or the step count of prices that all differ. `line` names them.
    fn line_differs(&self, cell: CellRef<'_>, noun: &str, line: &str, prices: &[&ParsedPrice<'_>]) -> Diagnostic {
        let message = format!("each price {line} differs from the formula");
        let credits = prices.iter().map(|price| self.expected(price).filter(|credits| !credits.is_zero()));
        let gives = match credits.map(|credits| Some(credits?.to_string())).collect::<Option<Vec<_>>>() {
            Some(credits) if credits.len() <= MAX_LISTED => format!("; the formula gives {}", credits.join(", ")),
            _ => String::new(),
        };
        let way_out =
            prices.first().map(|first| format!("; {}", exceptions::way_out_of_line(self.table.text(), first)));
        let help = format!("check the {noun}, the prices and {}{gives}{}", self.row(), way_out.unwrap_or_default());
        cell.error(message).with_help(help)
    }

    /// Reports the formula, which `differing` prices of the table differ from, and proposes another one that gives all prices.
    fn most_differ(&self, prices: &[ParsedPrice<'_>], differing: usize) -> Diagnostic {
        let file = format!("{}.csv", self.table.text());
        let message = if differing == prices.len() {
            format!("each price of {file} differs from the formula")
        } else {
            format!("{differing} of the {} prices of {file} differ from the formula", prices.len())
        };
        let Some((free_pixels, rates)) = fitting_formula(&self.formula, prices) else {
            let help = format!(
                "check the prices; if they are right, write the formula that gives them, or if the vendor has none, delete the row: \
                 {WITHOUT}"
            );
            return self.table.error(message).with_help(help);
        };
        let [simplest, least, greatest] =
            [simplest(&rates), *rates.start(), *rates.end()].map(|rate| number::of_units(rate, RATE.decimals));
        if free_pixels != self.formula.free_pixels {
            let help = format!(
                "if the prices are right, write {free_pixels} for free_pixels and {simplest} for credits_per_gigapixel_step, which \
                 give all of them"
            );
            return self.table.error(message).with_help(help);
        }
        let give = if least == greatest {
            "which gives all of them".to_owned()
        } else {
            format!("since rates from {least} to {greatest} give all of them")
        };
        self.rate.error(message).with_help(format!("if the prices are right, write {simplest}, {give}"))
    }

    fn row(&self) -> String {
        format!("the row of {} in {}", self.table.text(), FORMULAS.file)
    }
}

/// Returns the free pixels and the rates, in units of the last decimal place of a rate, at which the formula gives all prices. If
/// no rate alone does, it returns the simplest number of other free pixels.
fn fitting_formula(formula: &Formula, prices: &[ParsedPrice<'_>]) -> Option<(u64, RangeInclusive<u64>)> {
    let rates = |free_pixels| fitting_rates(&Formula { free_pixels, ..formula.clone() }, prices);
    if let Ok(rates) = rates(formula.free_pixels) {
        return Some((formula.free_pixels, rates));
    }
    // With more free pixels, smaller sizes cost less in proportion to larger ones.
    let fewest = prices.iter().map(|price| price.size.pixels()).min()?;
    let first = partition_point(0..fewest, |free_pixels| rates(free_pixels) == Err(Ordering::Greater));
    let end = partition_point(first..fewest, |free_pixels| rates(free_pixels).is_ok());
    let free_pixels = simplest(&(first..=end.checked_sub(1)?));
    Some((free_pixels, rates(free_pixels).ok()?))
}

/// Returns the rates at which the formula gives all prices.
///
/// # Errors
///
/// Returns how the pixels of a price that is too low compare with those of a price that is too high at about the same rate.
fn fitting_rates(formula: &Formula, prices: &[ParsedPrice<'_>]) -> Result<RangeInclusive<u64>, Ordering> {
    let with_rate = |rate: u64| Formula { rate: number::of_units(rate, RATE.decimals), ..formula.clone() };
    let compare = |formula: &Formula, price: &ParsedPrice<'_>| {
        // More than a price can be is more than this price.
        let credits = formula.credits(price.size.pixels(), price.steps);
        credits.map_or(Ordering::Greater, |credits| credits.cmp(&price.price))
    };
    let find = |rate: u64, order: Ordering| {
        let formula = with_rate(rate);
        prices.iter().find(|price| compare(&formula, price) == order)
    };
    // A greater rate never gives a lower price.
    let first = partition_point(1..u64::MAX, |rate| find(rate, Ordering::Less).is_some());
    let end = partition_point(1..u64::MAX, |rate| find(rate, Ordering::Greater).is_none());
    if first < end {
        return Ok(first..=end - 1);
    }
    let pixels = |price: &ParsedPrice<'_>| price.size.pixels();
    Err(find(end - 1, Ordering::Less).map(pixels).cmp(&find(end, Ordering::Greater).map(pixels)))
}

/// Returns the smallest number of a range for which `is_before` is false (it is monotone), or the end of the range.
fn partition_point(Range { start: mut low, end: mut high }: Range<u64>, is_before: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low.midpoint(high);
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// Returns the number with the fewest digits, without zeros at its end.
fn simplest(numbers: &RangeInclusive<u64>) -> u64 {
    // A multiple of a greater power of ten has fewer digits.
    let powers = (0..=19).rev().map(|zeros| 10_u64.pow(zeros));
    let mut multiples = powers.filter_map(|power| numbers.start().div_ceil(power).checked_mul(power));
    multiples.find(|multiple| numbers.contains(multiple)).unwrap_or(*numbers.start())
}
