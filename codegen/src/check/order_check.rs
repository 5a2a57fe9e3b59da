//! Prices never fall while steps or pixels grow, and sizes with the same number of pixels cost the same.
//!
//! Two prices that break a rule are a conflict. It says that one of them is wrong, but not which; the other conflicts of
//! the same prices do. So the conflicts are the edges of a graph, which is reported by the fewest cells that explain it:
//! the one cell that has a part in all of them, else the one column or row, else cell by cell.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Place;
use crate::diagnostic::{Diagnostic, count};
use crate::model::Size;
use crate::number::{self, CREDITS_DECIMALS};
use crate::read::sheet::Sheet;

/// A table with more conflicts is reported in part. This bounds the work for a table that is all wrong.
const MAX_CONFLICTS: usize = 1000;

/// A price table with its mistakes. What is reported already is `None`, and is compared with nothing.
pub(super) struct Grid<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) columns: Vec<Option<Size>>,
    /// The step counts. Those that are present are in ascending order.
    pub(super) counts: Vec<Option<u32>>,
    pub(super) prices: Vec<Vec<Option<Decimal>>>,
}

/// Reports the prices that break the rules. Returns whether there are none.
pub(super) fn check(grid: &Grid<'_>, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let graph = Graph::new(grid);
    let before = diagnostics.len();
    graph.explain(graph.conflicts.iter().copied().collect(), diagnostics);
    diagnostics.len() == before
}

/// One price: the cells of a row that have it, among sizes with the same number of pixels.
///
/// They are one node because a price that is mistyped once is often copied to the transposed size, which is one cause.
struct Node<'a> {
    /// At least one, in the order of the columns.
    cells: Vec<Cell<'a>>,
    pixels: u64,
    row: usize,
    steps: u32,
    price: Decimal,
    /// The price as an integer, which is faster to compare.
    units: u64,
}

struct Cell<'a> {
    column: usize,
    size: Size,
    place: Place<'a>,
}

/// Two nodes, by index. The first should cost at most as much as the second, or the same if they are of one row and have
/// the same number of pixels.
type Conflict = (usize, usize);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Steps,
    Pixels,
    SamePixels,
}

struct Graph<'a> {
    grid: &'a Grid<'a>,
    nodes: Vec<Node<'a>>,
    conflicts: BTreeSet<Conflict>,
}

impl<'a> Graph<'a> {
    fn new(grid: &'a Grid<'a>) -> Self {
        let mut graph = Self { grid, nodes: Vec::new(), conflicts: BTreeSet::new() };
        let mut lines = vec![Vec::new(); grid.columns.len()];
        for row in 0..grid.counts.len() {
            let first = graph.nodes.len();
            graph.add_row(row);
            let mut by_pixels: Vec<usize> = (first..graph.nodes.len()).collect();
            for &node in &by_pixels {
                graph.nodes[node].cells.iter().for_each(|cell| lines[cell.column].push(node));
            }
            by_pixels.sort_by_key(|&node| graph.nodes[node].pixels);
            graph.add_conflicts(&by_pixels, |node| node.pixels);
        }
        for line in lines {
            graph.add_conflicts(&line, |node| node.steps.into());
        }
        graph
    }

    /// Adds the nodes of a row.
    fn add_row(&mut self, row: usize) {
        let grid = self.grid;
        let mut node_of = BTreeMap::new();
        let (Some(Some(steps)), Some(prices), Some(cells)) =
            (grid.counts.get(row), grid.prices.get(row), grid.sheet.rows.get(row))
        else {
            return;
        };
        for (column, (size, price)) in grid.columns.iter().zip(prices).enumerate() {
            let (Some(size), Some(price), Some(cell)) = (*size, *price, cells.cells.get(column + 1)) else { continue };
            let cell = Cell { column, size, place: Place { sheet: grid.sheet, row: cells, cell } };
            let units = number::units(price, CREDITS_DECIMALS);
            let pixels = size.pixels();
            let node = *node_of.entry((pixels, units)).or_insert_with(|| {
                self.nodes.push(Node { cells: Vec::new(), pixels, row, steps: *steps, price, units });
                self.nodes.len() - 1
            });
            self.nodes[node].cells.push(cell);
        }
    }

    /// Adds the conflicts in a line of nodes, which are sorted by `rank`. Nodes of one rank differ in their prices, so each
    /// two of them conflict.
    fn add_conflicts(&mut self, line: &[usize], rank: fn(&Node<'_>) -> u64) {
        let (mut lower, mut greatest) = (0, 0);
        for group in line.chunk_by(|&a, &b| rank(&self.nodes[a]) == rank(&self.nodes[b])) {
            for (index, &second) in group.iter().enumerate() {
                let units = self.nodes[second].units;
                self.conflicts.extend(group[..index].iter().map(|&first| (first, second)));
                if units < greatest {
                    let room = MAX_CONFLICTS.saturating_sub(self.conflicts.len());
                    let greater = line[..lower].iter().filter(|&&first| self.nodes[first].units > units);
                    self.conflicts.extend(greater.map(|&first| (first, second)).take(room));
                }
            }
            lower += group.len();
            greatest = group.iter().map(|&node| self.nodes[node].units).max().unwrap_or(0).max(greatest);
        }
    }

    fn rule(&self, (first, second): Conflict) -> Rule {
        let (first, second) = (&self.nodes[first], &self.nodes[second]);
        if first.row != second.row {
            Rule::Steps
        } else if first.pixels == second.pixels {
            Rule::SamePixels
        } else {
            Rule::Pixels
        }
    }

    /// A cell of each of the two nodes: of one column or of transposed sizes if possible, which is the easiest to see.
    fn cells(&self, first: usize, second: usize) -> [&Cell<'a>; 2] {
        let [first, second] = [first, second].map(|node| &self.nodes[node]);
        let is_row = first.row == second.row;
        let is_clear = |[first, second]: &[&Cell<'_>; 2]| {
            if is_row { first.size == second.size.transposed() } else { first.column == second.column }
        };
        let mut pairs = first.cells.iter().flat_map(|first| second.cells.iter().map(move |second| [first, second]));
        pairs.find(is_clear).unwrap_or([&first.cells[0], &second.cells[0]])
    }

    /// Reports the likeliest causes of the conflicts.
    fn explain(&self, conflicts: Vec<Conflict>, diagnostics: &mut Vec<Diagnostic>) {
        let mut unexplained = vec![conflicts];
        while let Some(conflicts) = unexplained.pop() {
            let suspects = self.suspects(&conflicts);
            let has_part =
                |&(first, second): &Conflict| suspects.first().is_some_and(|it| [first, second].contains(it));
            match (&suspects[..], &conflicts[..]) {
                ([], _) => {}
                ([_, _], [conflict]) => diagnostics.push(self.either(*conflict)),
                ([suspect, ..], _) if conflicts.iter().all(has_part) => self.cell(*suspect, &conflicts, diagnostics),
                ([suspect, ..], _) => {
                    if let Some(diagnostic) = self.line(&conflicts) {
                        diagnostics.push(diagnostic);
                        continue;
                    }
                    let mut components = components(&conflicts);
                    if components.len() == 1 {
                        self.cell(*suspect, &conflicts, diagnostics);
                        components = vec![conflicts.iter().copied().filter(|conflict| !has_part(conflict)).collect()];
                    }
                    unexplained.append(&mut components);
                }
            }
        }
    }

    /// The nodes that have a part in the most conflicts. Of those, one cell is likelier to be wrong than two with the same
    /// price.
    fn suspects(&self, conflicts: &[Conflict]) -> Vec<usize> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for node in conflicts.iter().flat_map(|&(first, second)| [first, second]) {
            *counts.entry(node).or_default() += 1;
        }
        let rank = |(&node, &count): (&usize, &usize)| (count, Reverse(self.nodes[node].cells.len()));
        let top = counts.iter().map(rank).max();
        counts.iter().filter(|&entry| Some(rank(entry)) == top).map(|(&node, _)| node).collect()
    }

    /// Reports a conflict in which both prices are equally suspect.
    fn either(&self, conflict: Conflict) -> Diagnostic {
        let (first, second) = (&self.nodes[conflict.0], &self.nodes[conflict.1]);
        let [first_cell, second_cell] = self.cells(conflict.0, conflict.1);
        let falls = format!("the price falls from {} to {}", first.price, second.price);
        let (message, rule) = match self.rule(conflict) {
            Rule::Steps => (
                format!("{falls} while steps grow from {} to {}", first.steps, second.steps),
                "more steps never cost less",
            ),
            Rule::Pixels => (
                format!("{falls} while the size grows from {} to {}", first_cell.size, second_cell.size),
                "more pixels never cost less",
            ),
            Rule::SamePixels => {
                let (relation, rule) = same_pixels(second_cell.size, first_cell.size);
                (format!("{} costs {}, and {relation}, costs {}", second_cell.size, second.price, first.price), rule)
            }
        };
        let help = format!("{rule}: one of the two is wrong");
        second_cell.place.error(message).with_secondary(first_cell.place.span()).with_help(help)
    }

    /// Reports the node that explains the conflicts best, by its conflict that is easiest to see.
    fn cell(&self, suspect: usize, conflicts: &[Conflict], diagnostics: &mut Vec<Diagnostic>) {
        let node = &self.nodes[suspect];
        let ease =
            |&&(first, second): &&Conflict| (self.rule((first, second)) != Rule::SamePixels, first.abs_diff(second));
        let own = conflicts.iter().filter(|(first, second)| [first, second].contains(&&suspect));
        let Some(&conflict) = own.min_by_key(ease) else { return };
        let is_too_high = conflict.0 == suspect;
        let other = if is_too_high { conflict.1 } else { conflict.0 };
        let [cell, other_cell] = self.cells(suspect, other);
        let other = &self.nodes[other];
        let cost = format!("{} costs {} at {}", cell.size, node.price, count(node.steps, "step"));
        let (message, help) = match self.rule(conflict) {
            Rule::SamePixels => {
                let (relation, rule) = same_pixels(cell.size, other_cell.size);
                (format!("{cost}, and {relation}, costs {}", other.price), format!("{rule}: write {}", other.price))
            }
            rule => {
                let comparison = if is_too_high { "more than" } else { "less than" };
                let other = match rule {
                    Rule::Steps => format!("{} at {}", other.price, count(other.steps, "step")),
                    _ => format!("{} for {}", other.price, other_cell.size),
                };
                (format!("{cost}, {comparison} {other}"), self.fitting(suspect))
            }
        };
        let others = node.cells.iter().filter(|other| other.column != cell.column).chain([other_cell]);
        let diagnostic = others.fold(cell.place.error(message), |it, other| it.with_secondary(other.place.span()));
        diagnostics.push(diagnostic.with_help(help));
    }

    /// The prices that would not conflict with those in the row and the column of a node.
    fn fitting(&self, suspect: usize) -> String {
        const RULE: &str = "prices never fall while steps or pixels grow";
        let node = &self.nodes[suspect];
        let order = |other: &Node<'_>| {
            let in_column = || other.cells.iter().any(|cell| node.cells.iter().any(|here| here.column == cell.column));
            if other.row == node.row {
                other.pixels.cmp(&node.pixels)
            } else if in_column() {
                other.row.cmp(&node.row)
            } else {
                Ordering::Equal
            }
        };
        let least = self.nodes.iter().filter(|other| order(other).is_lt()).map(|other| other.price).max();
        let most = self.nodes.iter().filter(|other| order(other).is_gt()).map(|other| other.price).min();
        let fitting = match (least, most) {
            (Some(least), Some(most)) => match least.cmp(&most) {
                Ordering::Less => format!("write a price from {least} to {most}"),
                Ordering::Equal => format!("write {least}"),
                // Other prices around it are wrong as well.
                Ordering::Greater => return RULE.to_owned(),
            },
            (Some(least), None) => format!("write at least {least}"),
            (None, Some(most)) => format!("write at most {most}"),
            (None, None) => return RULE.to_owned(),
        };
        format!("{RULE}: {fitting}")
    }

    /// Reports a column or a row that has a part in every conflict, if most of its prices have.
    fn line(&self, conflicts: &[Conflict]) -> Option<Diagnostic> {
        let &(first, second) = conflicts.first()?;
        let nodes = [&self.nodes[first], &self.nodes[second]];
        let columns = nodes.iter().flat_map(|node| &node.cells).map(|cell| Line::Column(cell.column));
        let rows = nodes.iter().map(|node| Line::Row(node.row));
        let mut causes = columns.chain(rows).filter(|line| self.explains(*line, conflicts));
        let (cause, other) = (causes.next()?, causes.next());
        let place = cause.title(self.grid)?;
        let title = place.text();
        let (message, help) = match cause {
            Line::Column(column) if conflicts.iter().all(|&conflict| self.rule(conflict) == Rule::SamePixels) => {
                let mut cells = self.cells(first, second);
                cells.sort_by_key(|cell| cell.column != column);
                let (relation, rule) = same_pixels(cells[0].size, cells[1].size);
                (
                    format!("the prices of {title} are not those of {relation}"),
                    format!("{rule}: check the size, and the prices below it"),
                )
            }
            Line::Column(_) => (
                format!("the prices of {title} do not fit between those of the other sizes"),
                "more pixels never cost less: check the size, and the prices below it".to_owned(),
            ),
            Line::Row(row) => (
                format!(
                    "the prices at {} do not fit between those of the other rows",
                    count(self.grid.counts[row]?, "step")
                ),
                "more steps never cost less: check the step count, and the prices after it".to_owned(),
            ),
        };
        let diagnostic = place.error(message);
        Some(match other.and_then(|other| other.title(self.grid)) {
            Some(other) => {
                let help = format!("{help}; or the mistake is at {}", other.text());
                diagnostic.with_secondary(other.span()).with_help(help)
            }
            None => diagnostic.with_help(help),
        })
    }

    fn explains(&self, line: Line, conflicts: &[Conflict]) -> bool {
        let count = |node: usize| line.count(&self.nodes[node]);
        let nodes: BTreeSet<usize> = conflicts.iter().flat_map(|&(first, second)| [first, second]).collect();
        let is_most = 2 * nodes.into_iter().map(count).sum::<usize>() > line.length(self.grid);
        let has_part = |&(first, second): &Conflict| (count(first) > 0) != (count(second) > 0);
        is_most && conflicts.iter().all(has_part)
    }
}

/// What `other` is to a size with the same number of pixels, and the rule that both break.
fn same_pixels(size: Size, other: Size) -> (String, &'static str) {
    if size == other.transposed() {
        (format!("the transposed size, {other}"), "a size costs the same as the transposed size")
    } else {
        (format!("{other}, with the same number of pixels"), "sizes with the same number of pixels cost the same")
    }
}

/// A column or a row, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Line {
    Column(usize),
    Row(usize),
}

impl Line {
    fn length(self, grid: &Grid<'_>) -> usize {
        match self {
            Self::Column(_) => grid.counts.len(),
            Self::Row(_) => grid.columns.len(),
        }
    }

    /// How many cells of a node are in the line.
    fn count(self, node: &Node<'_>) -> usize {
        let is_in_line = |cell: &&Cell<'_>| match self {
            Self::Column(column) => cell.column == column,
            Self::Row(row) => node.row == row,
        };
        node.cells.iter().filter(is_in_line).count()
    }

    /// The size above the column, or the step count before the row.
    pub(super) fn title<'a>(self, grid: &Grid<'a>) -> Option<Place<'a>> {
        let sheet = grid.sheet;
        let (row, column) = match self {
            Self::Column(column) => (&sheet.header, column + 1),
            Self::Row(row) => (sheet.rows.get(row)?, 0),
        };
        row.cells.get(column).map(|cell| Place { sheet, row, cell })
    }
}

/// Splits conflicts into sets that share no node.
fn components(conflicts: &[Conflict]) -> Vec<Vec<Conflict>> {
    // Each node leads to another one of its component, the last of them to itself.
    let mut leads: BTreeMap<usize, usize> = conflicts.iter().flat_map(|&(a, b)| [(a, a), (b, b)]).collect();
    let last = |leads: &mut BTreeMap<usize, usize>, mut node: usize| {
        while leads[&node] != node {
            let next = leads[&leads[&node]];
            leads.insert(node, next);
            node = next;
        }
        node
    };
    for &(first, second) in conflicts {
        let (first, second) = (last(&mut leads, first), last(&mut leads, second));
        leads.insert(first, second);
    }
    let mut components: BTreeMap<usize, Vec<Conflict>> = BTreeMap::new();
    for &conflict in conflicts {
        components.entry(last(&mut leads, conflict.0)).or_default().push(conflict);
    }
    components.into_values().collect()
}
