//! Each price of a table equals its formula.
//!
//! Where one does not, the price is wrong, or the size above it, the step count before it, or the formula. A mistake is
//! reported once, at the likeliest of these: a price or a title, if it alone explains everything; a cell of the formula's row
//! with which every price would be right; the row, if most prices of the table differ; the titles of the lines for which the
//! formula gives every price at another title; the title of a line of which most prices differ; else the price.

use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, iter};

use super::Place;
use super::formulas::{Formulas, Stated};
use super::order_check::{Grid, Line};
use super::price_table::SIDE;
use crate::diagnostic::{Diagnostic, count};
use crate::formula::{self, Fitting, Formula, RATE_DECIMALS};
use crate::model::Size;
use crate::number::{self, CREDITS_DECIMALS};
use crate::schema::FORMULAS;

/// How many prices a message lists.
const MAX_LISTED: usize = 12;

/// What deleting a formula costs.
const WITHOUT: &str = "nothing proves the prices then, and requests off the table have bounds alone";

/// Reports the prices that differ from the formula. Removes titles that are reported from the grid. Returns whether every
/// price is proved.
pub(super) fn check(
    grid: &mut Grid<'_>,
    stated: &Stated<'_>,
    formulas: &Formulas<'_>,
    of_another: &mut Vec<OfAnother>,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let proof = Proof { grid, stated, formulas };
    let differing = proof.differing();
    if differing.is_empty() {
        return true;
    }
    for line in proof.explain(differing, of_another, diagnostics) {
        match line {
            Line::Column(column) => grid.columns[column] = None,
            Line::Row(row) => grid.counts[row] = None,
        }
    }
    false
}

/// A table whose prices are those of the formula of another table.
pub(super) struct OfAnother {
    table: String,
    other: String,
    /// How many prices of the table differ from its own formula.
    share: String,
}

/// Reports tables whose prices are those of the formula of another. Two that are exchanged are one mistake.
pub(super) fn report_of_another(found: &[OfAnother], formulas: &Formulas<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (at, OfAnother { table, other, share }) in found.iter().enumerate() {
        let (Some(here), Some(there)) = (formulas.get(table), formulas.get(other)) else { continue };
        let is_exchanged = |it: &OfAnother| (&it.table, &it.other) == (other, table);
        let (before, after) = found.split_at(at);
        if after.iter().any(is_exchanged) {
            let message =
                format!("the prices of {table}.csv are those of the formula of {other}, and the other way round");
            let help =
                format!("if the two files are exchanged, rename them; else exchange the names in {}", FORMULAS.file);
            diagnostics.push(here.table.error(message).with_secondary(there.table.span()).with_help(help));
        } else if !before.iter().any(is_exchanged) {
            let message = format!("{share} prices of {table}.csv differ from the formula");
            let help = format!("the formula of {other} gives all of them: correct the prices, or this row");
            diagnostics.push(here.table.error(message).with_help(help));
        }
    }
}

/// A cell of which size, step count and price are known.
#[derive(Clone, Copy)]
struct Cell {
    row: usize,
    column: usize,
    size: Size,
    steps: u32,
    /// The price, in units of `Credits`.
    units: u64,
    /// What the formula gives, if `Credits` holds it.
    expected: Option<u64>,
}

/// The cells that differ from the formula and are not explained, by row and column.
type Differing = BTreeMap<(usize, usize), Cell>;

/// The rows in which cells differ.
type Rows = BTreeSet<usize>;

fn rows(differing: &Differing) -> Rows {
    differing.keys().map(|(row, _)| *row).collect()
}

/// The next cell in the row or in the column, if each of the two has the price of the other.
fn exchanged<'d>(first: &Cell, differing: &'d Differing) -> Option<&'d Cell> {
    let neighbours = [(first.row, first.column + 1), (first.row + 1, first.column)];
    let is_exchanged = |second: &&Cell| first.expected == Some(second.units) && second.expected == Some(first.units);
    neighbours.iter().filter_map(|at| differing.get(at)).find(is_exchanged)
}

impl Cell {
    fn is_in(&self, line: Line) -> bool {
        match line {
            Line::Column(column) => self.column == column,
            Line::Row(row) => self.row == row,
        }
    }

    /// Whether the formula gives what a price can be.
    fn can_be_right(&self) -> bool {
        self.expected.is_some_and(|units| units > 0)
    }
}

/// A cell of the formula's row in which another figure gives every price of the table.
struct Mended<'a> {
    place: Place<'a>,
    column: &'static str,
    /// What to write there.
    figure: String,
    /// Which others give every price as well, if this is one of many.
    range: Option<String>,
}

#[derive(Clone, Copy)]
struct Proof<'a> {
    grid: &'a Grid<'a>,
    stated: &'a Stated<'a>,
    formulas: &'a Formulas<'a>,
}

impl<'a> Proof<'a> {
    fn formula(&self) -> &'a Formula {
        &self.stated.formula
    }

    fn cell(&self, row: usize, column: usize) -> Option<Cell> {
        let (size, steps) = ((*self.grid.columns.get(column)?)?, (*self.grid.counts.get(row)?)?);
        let price = (*self.grid.prices.get(row)?.get(column)?)?;
        let expected = self.formula().units(size.pixels(), steps);
        Some(Cell { row, column, size, steps, units: number::units(price, CREDITS_DECIMALS), expected })
    }

    fn cells(&self) -> impl Iterator<Item = Cell> {
        (0..self.grid.counts.len()).flat_map(|row| self.cells_of(Line::Row(row)))
    }

    fn cells_of(&self, line: Line) -> impl Iterator<Item = Cell> {
        let (rows, columns) = match line {
            Line::Column(column) => (0..self.grid.counts.len(), column..column + 1),
            Line::Row(row) => (row..row + 1, 0..self.grid.columns.len()),
        };
        rows.flat_map(move |row| columns.clone().filter_map(move |column| self.cell(row, column)))
    }

    fn differing(&self) -> Differing {
        let differing = self.cells().filter(|cell| cell.expected != Some(cell.units));
        differing.map(|cell| ((cell.row, cell.column), cell)).collect()
    }

    /// Reports the likeliest causes. Returns the lines whose titles are reported.
    fn explain(
        &self,
        mut differing: Differing,
        of_another: &mut Vec<OfAnother>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Line> {
        let (count, total) = (differing.len(), self.cells().count());
        let is_most = 2 * count > total;
        let mended = self.mended();
        let is_one_typo = self.is_one_typo(&differing);
        let mut titles = self.titles_that_fit(&mut differing);
        let is_one_title = titles.len() == 1 && differing.is_empty();
        if !is_one_typo && !is_one_title {
            let share = share(count, total);
            let name = self.stated.table.text();
            if let Some(other) = self.other_formula().filter(|_| is_most) {
                of_another.push(OfAnother { table: name.to_owned(), other: other.to_owned(), share });
                return Vec::new();
            }
            let message = format!("{share} prices of {name}.csv differ from the formula");
            if let Some((Mended { place, figure, range, .. }, others)) = mended.split_first() {
                let gives = match range {
                    Some(range) => format!(": {range} give all of them"),
                    None => ", which gives all of them".to_owned(),
                };
                let others: String =
                    others.iter().flat_map(|other| ["; or write ".to_owned(), other.to_string()]).collect();
                let help =
                    format!("if the prices are right, write {figure}{gives}{others}; or delete the row: {WITHOUT}");
                diagnostics.push(place.error(message).with_help(help));
                return Vec::new();
            }
            if is_most {
                diagnostics.push(self.most(message, total));
                return Vec::new();
            }
        }
        if let Some(cell) = differing.values().find(|cell| cell.expected == Some(0)).copied() {
            diagnostics.push(self.no_price(cell));
            differing.retain(|_, cell| cell.expected != Some(0));
        }
        self.take_exchanged(&mut differing, diagnostics);
        titles.append(&mut self.titles_of_most(&mut differing));
        while let Some((_, cell)) = differing.pop_first() {
            diagnostics.extend(self.differs(cell, &mut differing, &mended));
        }
        titles.into_iter().map(|(line, diagnostic)| (line, diagnostics.push(diagnostic)).0).collect()
    }

    /// The lines of cells that differ. Those with the most come first.
    fn lines(differing: &Differing) -> Vec<Line> {
        let mut counts: BTreeMap<Line, usize> = BTreeMap::new();
        for &(row, column) in differing.keys() {
            *counts.entry(Line::Row(row)).or_default() += 1;
            *counts.entry(Line::Column(column)).or_default() += 1;
        }
        let mut lines: Vec<Line> = counts.keys().copied().collect();
        lines.sort_by_key(|line| std::cmp::Reverse(counts[line]));
        lines
    }

    /// Takes the cells that another title explains. One price alone is likelier to be wrong than its title, unless no price
    /// is right there, or the title is also out of order.
    fn titles_that_fit(&self, differing: &mut Differing) -> Vec<(Line, Diagnostic)> {
        let mut titles = Vec::new();
        let rows = rows(differing);
        for line in Self::lines(differing) {
            let here: Vec<&Cell> = differing.values().filter(|cell| cell.is_in(line)).collect();
            let is_title = match &here[..] {
                [] => false,
                [cell] => !cell.can_be_right() || self.is_misplaced(line),
                _ => true,
            };
            if let Some((lines, diagnostic)) = is_title.then(|| self.fitting_title(line, &rows)).flatten() {
                differing.retain(|_, cell| !lines.iter().any(|&line| cell.is_in(line)));
                titles.push((line, diagnostic));
            }
        }
        titles
    }

    /// Takes the cells of lines of which most differ.
    fn titles_of_most(&self, differing: &mut Differing) -> Vec<(Line, Diagnostic)> {
        let mut titles = Vec::new();
        for line in Self::lines(differing) {
            let here: Vec<Cell> = differing.values().filter(|cell| cell.is_in(line)).copied().collect();
            let is_one_typo = match &here[..] {
                [] | [_] => true,
                [cell, other] => self.twin(cell, differing).is_some_and(|twin| twin.column == other.column),
                _ => false,
            };
            let total = self.cells_of(line).count();
            if is_one_typo || 2 * here.len() <= total {
                continue;
            }
            if let Some(place) = line.title(self.grid) {
                let share = share(here.len(), total);
                let message = format!("{share} prices {} differ from the formula", named(line, place.text()));
                let help = format!("{}; {}", self.write_prices(line), self.way_out("the prices are"));
                differing.retain(|_, cell| !cell.is_in(line));
                titles.push((line, place.error(message).with_help(help)));
            }
        }
        titles
    }

    /// Whether the title of a line is a duplicate or out of order.
    fn is_misplaced(&self, line: Line) -> bool {
        match line {
            Line::Column(column) => {
                let size = self.grid.columns[column];
                self.grid.columns.iter().filter(|other| **other == size).count() > 1
            }
            Line::Row(row) => {
                let counts = &self.grid.counts;
                let is_in_order = |(other, count): (usize, &Option<u32>)| count.cmp(&counts[row]) == other.cmp(&row);
                counts.iter().enumerate().any(|(other, count)| count.is_some() && !is_in_order((other, count)))
            }
        }
    }

    /// The step counts, or the counts of pixels, at which the formula gives every price of a line.
    fn fitting(&self, line: Line) -> Fitting {
        let (formula, cells) = (self.formula(), self.cells_of(line));
        match line {
            Line::Column(_) => {
                let fitting = cells.map(|cell| formula.fitting_pixels(cell.steps, cell.units));
                formula::intersection(1..=u64::MAX.into(), fitting)
            }
            Line::Row(_) => {
                let fitting = cells.map(|cell| formula.fitting_steps(cell.size.pixels(), cell.units));
                formula::intersection(1..=u32::MAX.into(), fitting)
            }
        }
    }

    /// The other lines whose titles fit.
    fn fitting_lines(&self, line: Line, fitting: &Fitting) -> impl Iterator<Item = Line> {
        let (count, line_at): (usize, fn(usize) -> Line) = match line {
            Line::Column(_) => (self.grid.columns.len(), Line::Column),
            Line::Row(_) => (self.grid.counts.len(), Line::Row),
        };
        (0..count).map(line_at).filter(move |&other| other != line && self.fits(other, fitting))
    }

    /// Whether the title of a line fits.
    fn fits(&self, line: Line, fitting: &Fitting) -> bool {
        let number = match line {
            Line::Column(column) => self.grid.columns[column].map(Size::pixels),
            Line::Row(row) => self.grid.counts[row].map(u64::from),
        };
        number.is_some_and(|number| fitting.contains(&number.into()))
    }

    /// The titles that the table does not have and that fit. If the title of `other` fits too, only that of its twin. Some
    /// step count often fits: it is far-fetched if prices of other rows differ as well.
    fn fitting_titles(&self, line: Line, fitting: &Fitting, other: Option<Line>, rows: &Rows) -> Vec<String> {
        let columns = &self.grid.columns;
        match (line, other) {
            (Line::Column(column), _) => {
                let mut sizes = columns[column].map(|size| fitting_sizes(size, fitting)).unwrap_or_default();
                sizes.retain(|size| !columns.contains(&Some(*size)));
                if let Some(Line::Column(other)) = other {
                    sizes.retain(|size| columns[other] == Some(size.transposed()));
                }
                sizes.iter().map(Size::to_string).collect()
            }
            (Line::Row(row), None) if rows.iter().all(|other| *other == row) => {
                let present = self.grid.counts[row].unwrap_or_default();
                formula::simplest(fitting, present.into()).iter().map(u64::to_string).collect()
            }
            (Line::Row(_), _) => Vec::new(),
        }
    }

    /// Explains a line by another title, for which the formula gives every price of it. Returns the lines that this
    /// explains.
    fn fitting_title(&self, line: Line, rows: &Rows) -> Option<(Vec<Line>, Diagnostic)> {
        let place = line.title(self.grid)?;
        let here = named(line, place.text());
        let noun = match line {
            Line::Column(_) => "size",
            Line::Row(_) => "step count",
        };
        let (prices, is_misplaced) = (self.write_prices(line), self.is_misplaced(line));
        let fitting = self.fitting(line);
        let exchanged = self.fitting_lines(line, &fitting).find(|&other| self.fits(line, &self.fitting(other)));
        let other = exchanged.or_else(|| self.fitting_lines(line, &fitting).next());
        let titles = self.fitting_titles(line, &fitting, other, rows);
        if exchanged.is_none() && !titles.is_empty() {
            let title = titles.join(" or ");
            let message = format!("by the formula, the prices {here} are those {}", named(line, &title));
            // A duplicate, or a step count out of order, is not right.
            let help = if is_misplaced {
                format!("write {title}")
            } else {
                format!("write {title}; if the {noun} is right, {prices}; {}", self.way_out("both are"))
            };
            return Some((vec![line], place.error(message).with_help(help)));
        }
        let other_place = other?.title(self.grid)?;
        let there = named(line, other_place.text());
        let message = match exchanged {
            Some(_) => format!("the prices {here} and those {there} are exchanged"),
            None => format!("the prices {here} are those {there}"),
        };
        let diagnostic = place.error(message).with_secondary(other_place.span());
        let titles = format!("{} and {}", place.text(), other_place.text());
        let help = match (exchanged, line) {
            (Some(_), Line::Row(_)) if is_misplaced => format!("exchange the step counts {titles}"),
            (None, _) if is_misplaced => format!("correct the {noun}"),
            (exchanged, line) => {
                let ways = match (exchanged, line) {
                    // Step counts in order would be out of order.
                    (Some(_), Line::Row(_)) => format!("exchange the prices {here} and {there}"),
                    (Some(_), Line::Column(_)) => {
                        format!("exchange the sizes {titles} in the header, or the prices below them")
                    }
                    (None, _) => format!("{prices}, or correct the {noun}"),
                };
                format!("{ways}; {}", self.way_out("both are"))
            }
        };
        Some((iter::once(line).chain(exchanged).collect(), diagnostic.with_help(help)))
    }

    /// Takes pairs of neighbours of which each has the price of the other.
    fn take_exchanged(&self, differing: &mut Differing, diagnostics: &mut Vec<Diagnostic>) {
        for ((row, column), first) in differing.clone() {
            let second = exchanged(&first, differing).copied();
            let (true, Some(second)) = (differing.contains_key(&(row, column)), second) else { continue };
            let [Some(place), Some(other)] = [first, second].map(|cell| self.place(cell)) else { continue };
            let price = |units| number::of_units(units, CREDITS_DECIMALS);
            let message = format!("the prices {} and {} are exchanged", place.text(), other.text());
            let help =
                format!("by the formula {first} costs {}, and {second} {}", price(second.units), price(first.units));
            diagnostics.push(place.error(message).with_secondary(other.span()).with_help(help));
            differing.remove(&(row, column));
            differing.remove(&(second.row, second.column));
        }
    }

    /// The transposed size with the same wrong price: one typo explains both.
    fn twin<'d>(&self, cell: &Cell, differing: &'d Differing) -> Option<&'d Cell> {
        let column = self.grid.columns.iter().position(|size| *size == Some(cell.size.transposed()))?;
        // A square is its own transposed size.
        differing.get(&(cell.row, column)).filter(|twin| column != cell.column && twin.units == cell.units)
    }

    /// Whether one typo explains all: in one price, in both orientations, or of two neighbours that are exchanged.
    fn is_one_typo(&self, differing: &Differing) -> bool {
        let Some(first) = differing.values().next() else { return false };
        let is_pair = || self.twin(first, differing).is_some() || exchanged(first, differing).is_some();
        differing.len() == 1 || (differing.len() == 2 && is_pair())
    }

    /// Reports a price, and takes its twin.
    fn differs(&self, cell: Cell, differing: &mut Differing, mended: &[Mended<'_>]) -> Option<Diagnostic> {
        let place = self.place(cell)?;
        let costs = format!("{cell} costs {}", place.text());
        let Some(expected) = cell.expected else {
            let message = format!("{costs}, and the formula gives more than a price can be");
            return Some(place.error(message).with_help("check the size and the step count"));
        };
        let expected = number::of_units(expected, CREDITS_DECIMALS);
        let rows = rows(differing);
        let titles = [Line::Row(cell.row), Line::Column(cell.column)].into_iter().filter_map(|line| {
            let fitting = self.fitting(line);
            let titles = self.fitting_titles(line, &fitting, self.fitting_lines(line, &fitting).next(), &rows);
            let title = line.title(self.grid)?.text();
            (!titles.is_empty()).then(|| format!(", or {} in place of {title}", titles.join(" or ")))
        });
        let mended = mended.iter().map(|mended| format!(", or {mended} in {}", FORMULAS.file));
        let others: String = titles.chain(mended).collect();
        let help = format!("write {expected}{others}; {}", self.way_out("the price is"));
        let diagnostic = place.error(format!("{costs}, and the formula gives {expected}")).with_help(help);
        let twin = self.twin(&cell, differing).copied();
        let twin = twin.and_then(|twin| differing.remove(&(twin.row, twin.column)));
        let twin = twin.and_then(|twin| self.place(twin));
        Some(twin.into_iter().fold(diagnostic, |it, twin| it.with_secondary(twin.span())))
    }

    /// Reports the formula, which most prices differ from, and which no other figure in one of its cells mends.
    fn most(&self, message: String, total: usize) -> Diagnostic {
        if let Some(help) = self.nearly_mended(total) {
            return self.stated.rate.error(message).with_help(help);
        }
        if let Some(cell) = self.cells().find(|cell| cell.expected == Some(0)) {
            return self.no_price(cell);
        }
        let help = format!("check the prices; if they are right, delete the row: {WITHOUT}");
        self.stated.table.error(message).with_help(help)
    }

    /// The table with another formula that gives every price.
    fn other_formula(&self) -> Option<&str> {
        let name = self.stated.table.text();
        let is_other = |(other, stated): &(&String, &Stated<'_>)| *other != name && self.is_proved_by(&stated.formula);
        self.formulas.iter().find(is_other).map(|(other, _)| &**other)
    }

    /// The rate that gives the most prices, if these are at least three quarters, and what it gives for the others: the
    /// prices have changed to this rate, with a slip.
    fn nearly_mended(&self, total: usize) -> Option<String> {
        let formula = self.formula();
        let rates = self.cells().map(|cell| formula.fitting_rates(cell.size.pixels(), cell.steps, cell.units));
        let rate = formula::simplest(&formula::most_fitting(rates)?, number::units(formula.rate, RATE_DECIMALS))?;
        let rate = number::of_units(rate, RATE_DECIMALS);
        let stated = Stated { formula: Formula { rate, ..formula.clone() }, ..*self.stated };
        let differing = Proof { stated: &stated, ..*self }.differing();
        let given = total - differing.len();
        if 4 * given < 3 * total {
            return None;
        }
        let costs = differing.values().take(MAX_LISTED).map(|cell| {
            let price = number::of_units(cell.expected?, CREDITS_DECIMALS);
            let line = self.grid.sheet.rows.get(cell.row)?.number;
            Some(format!("{cell} ({}.csv:{line}) would cost {price}", stated.table.text()))
        });
        let costs = costs.collect::<Option<Vec<String>>>()?.join(", ");
        let more = differing.len().saturating_sub(MAX_LISTED);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        Some(format!(
            "the rate {rate} gives {given} of the {total}; by that rate {costs}{more}; or delete the row: {WITHOUT}"
        ))
    }

    fn is_proved_by(&self, formula: &Formula) -> bool {
        self.cells().all(|cell| formula.units(cell.size.pixels(), cell.steps) == Some(cell.units))
    }

    /// The cells of the formula's row of which another figure in one gives every price, the likeliest first.
    fn mended(&self) -> Vec<Mended<'a>> {
        let Stated { formula, free_pixels, rate, nearest, up, .. } = self.stated;
        let places = |place: &Place<'a>, column, with: fn(&Formula, u32) -> Formula| {
            let fits = |formula: &Formula| formula.up <= formula.nearest && self.is_proved_by(formula);
            let places = (0..=CREDITS_DECIMALS).find(|&places| fits(&with(formula, places)))?;
            Some(Mended { place: *place, column, figure: places.to_string(), range: None })
        };
        let nearest = places(nearest, "nearest", |formula, nearest| Formula { nearest, ..formula.clone() });
        let up = places(up, "up", |formula, up| Formula { up, ..formula.clone() });
        let rates = self.cells().map(|cell| formula.fitting_rates(cell.size.pixels(), cell.steps, cell.units));
        let rates = formula::intersection(1..=u64::MAX.into(), rates);
        let simplest = formula::simplest(&rates, number::units(formula.rate, RATE_DECIMALS));
        let simplest = simplest.map(|units| number::of_units(units, RATE_DECIMALS));
        let rate = simplest.map(|simplest| {
            let [from, to] = [*rates.start(), *rates.end()]
                .map(|rate| number::of_units(u64::try_from(rate).unwrap_or(u64::MAX), RATE_DECIMALS));
            let range = (from != to).then(|| format!("rates from {from} to {to}"));
            Mended { place: *rate, column: "credits_per_gigapixel_step", figure: simplest.to_string(), range }
        });
        let free = self.cells().map(|cell| formula.fitting_free_pixels(cell.size.pixels(), cell.steps, cell.units));
        let free = formula::intersection(0..=u64::MAX.into(), free);
        let (from, to) = (free.start(), free.end());
        let figure = if from == to { from.to_string() } else { format!("a number from {from} to {to}") };
        let free =
            (!free.is_empty()).then_some(Mended { place: *free_pixels, column: "free_pixels", figure, range: None });
        // There are few numbers of decimal places, so one of them hardly fits by chance. Where free pixels fit as well, a
        // rate with more decimal places hides another number of them.
        let is_finer = simplest.is_some_and(|simplest| simplest.scale() > formula.rate.scale());
        let by_likelihood = if is_finer { [nearest, up, free, rate] } else { [nearest, up, rate, free] };
        by_likelihood.into_iter().flatten().collect()
    }

    /// Reports a formula that gives zero for a cell of its table.
    fn no_price(&self, cell: Cell) -> Diagnostic {
        let pixels = cell.size.pixels();
        if pixels <= self.formula().free_pixels {
            let message = format!("all {pixels} pixels of {} are free, so the formula gives it no price", cell.size);
            let help = format!("write a number less than {pixels}, or delete the row: {WITHOUT}");
            return self.stated.free_pixels.error(message).with_help(help);
        }
        let message = format!("the formula gives 0 for {cell}");
        let help = format!("write a greater rate or more decimal places, or delete the row: {WITHOUT}");
        self.stated.rate.error(message).with_help(help)
    }

    fn place(&self, cell: Cell) -> Option<Place<'a>> {
        let row = self.grid.sheet.rows.get(cell.row)?;
        Some(Place { sheet: self.grid.sheet, row, cell: row.cells.get(cell.column + 1)? })
    }

    /// The prices that the formula gives for a line, as help.
    fn write_prices(&self, line: Line) -> String {
        let prices: Option<Vec<String>> = (self.cells_of(line))
            .map(|cell| Some(number::of_units(cell.expected.filter(|&units| units > 0)?, CREDITS_DECIMALS).to_string()))
            .collect();
        match prices {
            Some(prices) if prices.len() <= MAX_LISTED => format!("write the prices {}", prices.join(", ")),
            _ => "check the prices".to_owned(),
        }
    }

    fn way_out(&self, subject: &str) -> String {
        let table = self.stated.table.text();
        format!("if {subject} right, delete the row of {table} in {}: {WITHOUT}", FORMULAS.file)
    }
}

impl fmt::Display for Mended<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", self.figure, self.column)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.size, count(self.steps, "step"))
    }
}

fn share(count: usize, total: usize) -> String {
    if count == total { format!("all {total}") } else { format!("{count} of the {total}") }
}

/// A line by its title, as the end of a sentence that begins with "the prices".
fn named(line: Line, title: &str) -> String {
    match line {
        Line::Column(_) => format!("of {title}"),
        Line::Row(_) if title == "1" => "at 1 step".to_owned(),
        Line::Row(_) => format!("at {title} steps"),
    }
}

/// The sizes that share a side with `size` and whose pixels fit: of those that share the same side, the nearest.
fn fitting_sizes(size: Size, pixels: &Fitting) -> Vec<Size> {
    let other_side = |kept: u32, present: u32| {
        let unit = u128::from(kept) * u128::from(SIDE);
        let (first, last) = (pixels.start().div_ceil(unit), pixels.end() / unit);
        let nearest = (first <= last).then(|| u128::from(present / SIDE).clamp(first, last))?;
        u32::try_from(nearest * u128::from(SIDE)).ok()
    };
    let height = other_side(size.width, size.height).map(|height| Size { width: size.width, height });
    let width = other_side(size.height, size.width).map(|width| Size { width, height: size.height });
    height.into_iter().chain(width).collect()
}
