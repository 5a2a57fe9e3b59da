//! Each price of a table equals its formula.
//!
//! Where one does not, the price is wrong, or the size above it, the step count before it, or the formula. A mistake is
//! reported once, at the likeliest of these: the title of a line, if the formula gives every price of the line for another
//! title; the formula, if most prices of the table differ; the title of a line of which most prices differ; else the cell.

use std::collections::BTreeMap;
use std::{fmt, iter};

use super::Place;
use super::formulas::{Formulas, Stated};
use super::monotonic::{Grid, Line};
use super::price_table::SIDE;
use crate::diagnostic::{Diagnostic, count};
use crate::figure::{self, CREDITS_DECIMALS};
use crate::files::FORMULAS;
use crate::formula::{self, Fitting, Formula, RATE_DECIMALS};
use crate::model::Size;

/// How many prices a message lists.
const MAX_LISTED: usize = 12;

/// Reports the prices that differ from the formula. Removes titles that are reported from the grid.
pub(super) fn check(
    grid: &mut Grid<'_>,
    stated: &Stated<'_>,
    formulas: &Formulas<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for line in (Proof { grid, stated, formulas }).explain(diagnostics) {
        match line {
            Line::Column(column) => grid.columns[column] = None,
            Line::Row(row) => grid.counts[row] = None,
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
        Some(Cell { row, column, size, steps, units: figure::units(price, CREDITS_DECIMALS), expected })
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

    /// Reports the likeliest causes. Returns the lines whose titles are reported.
    fn explain(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<Line> {
        let differing = self.cells().filter(|cell| cell.expected != Some(cell.units));
        let mut differing: Differing = differing.map(|cell| ((cell.row, cell.column), cell)).collect();
        let (count, total) = (differing.len(), self.cells().count());
        let mut titles = self.titles_that_fit(&mut differing);
        let is_one_title = titles.len() == 1 && differing.is_empty();
        if count > 1 && 2 * count > total && !is_one_title {
            diagnostics.push(self.most(count, total));
            return Vec::new();
        }
        if let Some(cell) = differing.values().find(|cell| cell.expected == Some(0)).copied() {
            diagnostics.push(self.no_price(cell));
            differing.retain(|_, cell| cell.expected != Some(0));
        }
        self.take_exchanged(&mut differing, diagnostics);
        titles.append(&mut self.titles_of_most(&mut differing));
        while let Some((_, cell)) = differing.pop_first() {
            diagnostics.extend(self.differs(cell, &mut differing));
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
        for line in Self::lines(differing) {
            let here: Vec<&Cell> = differing.values().filter(|cell| cell.is_in(line)).collect();
            let is_title = match &here[..] {
                [] => false,
                [cell] => !cell.can_be_right() || self.is_misplaced(line),
                _ => true,
            };
            if let Some((lines, diagnostic)) = is_title.then(|| self.fitting_title(line)).flatten() {
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

    /// The titles that the table does not have and that fit. If the title of `other` fits too, only that of its twin.
    fn fitting_titles(&self, line: Line, fitting: &Fitting, other: Option<Line>) -> Vec<String> {
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
            (Line::Row(row), None) => {
                let present = self.grid.counts[row].unwrap_or_default();
                formula::simplest(fitting, present.into()).iter().map(u64::to_string).collect()
            }
            (Line::Row(_), Some(_)) => Vec::new(),
        }
    }

    /// Explains a line by another title, for which the formula gives every price of it. Returns the lines that this
    /// explains.
    fn fitting_title(&self, line: Line) -> Option<(Vec<Line>, Diagnostic)> {
        let place = line.title(self.grid)?;
        let here = named(line, place.text());
        let noun = match line {
            Line::Column(_) => "size",
            Line::Row(_) => "step count",
        };
        let prices = self.write_prices(line);
        let fitting = self.fitting(line);
        let exchanged = self.fitting_lines(line, &fitting).find(|&other| self.fits(line, &self.fitting(other)));
        let other = exchanged.or_else(|| self.fitting_lines(line, &fitting).next());
        let titles = self.fitting_titles(line, &fitting, other);
        if exchanged.is_none() && !titles.is_empty() {
            let title = titles.join(" or ");
            let message = format!("by the formula, the prices {here} are those {}", named(line, &title));
            let help = format!("write {title}; if the {noun} is right, {prices}");
            return Some((vec![line], place.error(message).with_help(help)));
        }
        let other_place = other?.title(self.grid)?;
        let there = named(line, other_place.text());
        let message = match exchanged {
            Some(_) => format!("the prices {here} and those {there} are exchanged"),
            None => format!("the prices {here} are those {there}"),
        };
        let diagnostic = place.error(message).with_secondary(other_place.span());
        let help = format!("{prices}, or correct the {noun}");
        Some((iter::once(line).chain(exchanged).collect(), diagnostic.with_help(help)))
    }

    /// Takes pairs of neighbours of which each has the price of the other.
    fn take_exchanged(&self, differing: &mut Differing, diagnostics: &mut Vec<Diagnostic>) {
        for ((row, column), first) in differing.clone() {
            let neighbours = [(row, column + 1), (row + 1, column)].into_iter().filter_map(|at| differing.get(&at));
            let is_exchanged =
                |second: &&Cell| first.expected == Some(second.units) && second.expected == Some(first.units);
            let second = neighbours.copied().find(|second| is_exchanged(&second));
            let (true, Some(second)) = (differing.contains_key(&(row, column)), second) else { continue };
            let [Some(place), Some(other)] = [first, second].map(|cell| self.place(cell)) else { continue };
            let price = |units| figure::of_units(units, CREDITS_DECIMALS);
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
        differing.get(&(cell.row, column)).filter(|twin| twin.units == cell.units)
    }

    /// Reports a price, and takes its twin.
    fn differs(&self, cell: Cell, differing: &mut Differing) -> Option<Diagnostic> {
        let place = self.place(cell)?;
        let costs = format!("{cell} costs {}", place.text());
        let Some(expected) = cell.expected else {
            let message = format!("{costs}, and the formula gives more than a price can be");
            return Some(place.error(message).with_help("check the size and the step count"));
        };
        let expected = figure::of_units(expected, CREDITS_DECIMALS);
        let titles = [Line::Row(cell.row), Line::Column(cell.column)].into_iter().filter_map(|line| {
            let fitting = self.fitting(line);
            let titles = self.fitting_titles(line, &fitting, self.fitting_lines(line, &fitting).next());
            let title = line.title(self.grid)?.text();
            (!titles.is_empty()).then(|| format!(", or {} in place of {title}", titles.join(" or ")))
        });
        let help = format!("write {expected}{}; {}", titles.collect::<String>(), self.way_out("the price is"));
        let diagnostic = place.error(format!("{costs}, and the formula gives {expected}")).with_help(help);
        let twin = self.twin(&cell, differing).copied();
        let twin = twin.and_then(|twin| differing.remove(&(twin.row, twin.column)));
        let twin = twin.and_then(|twin| self.place(twin));
        Some(twin.into_iter().fold(diagnostic, |it, twin| it.with_secondary(twin.span())))
    }

    /// Reports the formula, which most prices differ from.
    fn most(&self, count: usize, total: usize) -> Diagnostic {
        let Stated { table, .. } = self.stated;
        let name = table.text();
        let message = format!("{} prices of {name}.csv differ from the formula", share(count, total));
        let is_other = |(other, stated): &(&String, &Stated<'_>)| *other != name && self.is_proved_by(&stated.formula);
        if let Some((other, _)) = self.formulas.iter().find(is_other) {
            let help = format!("the formula of {other} gives all of them: correct the prices, or this row");
            return table.error(message).with_help(help);
        }
        if let Some((place, figure)) = self.mended() {
            let help = format!("if the prices are right, write {figure}, which gives all of them, or delete the row");
            return place.error(message).with_help(help);
        }
        match self.cells().find(|cell| cell.expected == Some(0)) {
            Some(cell) => self.no_price(cell),
            None => table
                .error(message)
                .with_help("check the prices; if they are right, delete the row: the table then has no formula"),
        }
    }

    fn is_proved_by(&self, formula: &Formula) -> bool {
        self.cells().all(|cell| formula.units(cell.size.pixels(), cell.steps) == Some(cell.units))
    }

    /// The one cell of the formula's row with which every price would equal the formula, and what to write there.
    fn mended(&self) -> Option<(Place<'a>, String)> {
        let Stated { formula, free_pixels, rate, nearest, up, .. } = self.stated;
        let rates = self.cells().map(|cell| formula.fitting_rates(cell.size.pixels(), cell.steps, cell.units));
        let rates = formula::intersection(1..=u64::MAX.into(), rates);
        if let Some(simplest) = formula::simplest(&rates, figure::units(formula.rate, RATE_DECIMALS)) {
            return Some((*rate, figure::of_units(simplest, RATE_DECIMALS).to_string()));
        }
        let free = self.cells().map(|cell| formula.fitting_free_pixels(cell.size.pixels(), cell.steps, cell.units));
        let free = formula::intersection(0..=u64::MAX.into(), free);
        if !free.is_empty() {
            return Some((*free_pixels, format!("a number from {} to {}", free.start(), free.end())));
        }
        let places = |place: &Place<'a>, with: fn(&Formula, u32) -> Formula| {
            let fits = |formula: &Formula| formula.up <= formula.nearest && self.is_proved_by(formula);
            let places = (0..=CREDITS_DECIMALS).find(|&places| fits(&with(formula, places)))?;
            Some((*place, places.to_string()))
        };
        let nearest = places(nearest, |formula, nearest| Formula { nearest, ..formula.clone() });
        nearest.or_else(|| places(up, |formula, up| Formula { up, ..formula.clone() }))
    }

    /// Reports a formula that gives zero for a cell of its table.
    fn no_price(&self, cell: Cell) -> Diagnostic {
        let pixels = cell.size.pixels();
        if pixels <= self.formula().free_pixels {
            let message = format!("all {pixels} pixels of {} are free, so the formula gives it no price", cell.size);
            let help = format!("write a number less than {pixels}, or delete the row");
            return self.stated.free_pixels.error(message).with_help(help);
        }
        let message = format!("the formula gives 0 for {cell}");
        self.stated.rate.error(message).with_help("write a greater rate or more decimal places, or delete the row")
    }

    fn place(&self, cell: Cell) -> Option<Place<'a>> {
        let row = self.grid.sheet.rows.get(cell.row)?;
        Some(Place { sheet: self.grid.sheet, row, cell: row.cells.get(cell.column + 1)? })
    }

    /// The prices that the formula gives for a line, as help.
    fn write_prices(&self, line: Line) -> String {
        let prices: Option<Vec<String>> = (self.cells_of(line))
            .map(|cell| Some(figure::of_units(cell.expected.filter(|&units| units > 0)?, CREDITS_DECIMALS).to_string()))
            .collect();
        match prices {
            Some(prices) if prices.len() <= MAX_LISTED => format!("write the prices {}", prices.join(", ")),
            _ => "check the prices".to_owned(),
        }
    }

    fn way_out(&self, subject: &str) -> String {
        format!("if {subject} right, delete the row of {} in {}", self.stated.table.text(), FORMULAS.file)
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
