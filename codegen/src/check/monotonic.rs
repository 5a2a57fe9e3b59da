//! Prices never fall while steps or pixels grow, and a size costs the same as the transposed size.
//!
//! Two prices that break a rule are a conflict. It says that one of them is wrong, but not which; the other conflicts of
//! the same prices do. So the conflicts are the edges of a graph, which is reported by the fewest cells that explain it:
//! the one cell that has a part in all of them, else the one column or row, else cell by cell.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use rust_decimal::Decimal;

use super::Place;
use crate::diagnostic::Diagnostic;
use crate::figure::{self, CREDITS_DECIMALS};
use crate::model::Size;
use crate::sheet::Sheet;

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

/// One price: a cell, and its transposed twin if that has the same price in the same row.
///
/// Twins are one node because a price that is mistyped once is often copied to the twin, which is one cause.
struct Node<'a> {
    cell: Cell<'a>,
    twin: Option<Cell<'a>>,
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

/// Two nodes, by index. The first should cost at most as much as the second, or the same if their sizes are transposed.
type Conflict = (usize, usize);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Steps,
    Pixels,
    Transposed,
}

impl<'a> Node<'a> {
    fn cells(&self) -> impl Iterator<Item = &Cell<'a>> {
        iter::once(&self.cell).chain(&self.twin)
    }

    fn size(&self) -> Size {
        self.cell.size
    }
}

struct Graph<'a> {
    grid: &'a Grid<'a>,
    nodes: Vec<Node<'a>>,
    conflicts: BTreeSet<Conflict>,
}

impl<'a> Graph<'a> {
    fn new(grid: &'a Grid<'a>) -> Self {
        let mut graph = Self { grid, nodes: Vec::new(), conflicts: BTreeSet::new() };
        let column_of: BTreeMap<Size, usize> =
            grid.columns.iter().enumerate().filter_map(|(column, size)| Some(((*size)?, column))).collect();
        let mut lines = vec![Vec::new(); grid.columns.len()];
        for row in 0..grid.counts.len() {
            let nodes = graph.add_row(row, &column_of);
            for (&column, &node) in &nodes {
                lines[column].push(node);
            }
            let mut by_pixels: Vec<usize> = nodes.into_values().collect::<BTreeSet<_>>().into_iter().collect();
            by_pixels.sort_by_key(|&node| graph.nodes[node].size().pixels());
            graph.add_conflicts(&by_pixels, |node| node.size().pixels());
        }
        for line in lines {
            graph.add_conflicts(&line, |node| node.steps.into());
        }
        graph
    }

    /// Adds the nodes of a row and the conflicts between transposed sizes. Returns the node of each column.
    fn add_row(&mut self, row: usize, column_of: &BTreeMap<Size, usize>) -> BTreeMap<usize, usize> {
        let grid = self.grid;
        let mut nodes = BTreeMap::new();
        let (Some(Some(steps)), Some(prices), Some(cells)) =
            (grid.counts.get(row), grid.prices.get(row), grid.sheet.rows.get(row))
        else {
            return nodes;
        };
        for (column, (size, price)) in grid.columns.iter().zip(prices).enumerate() {
            let (Some(size), Some(price), Some(cell)) = (*size, *price, cells.cells.get(column + 1)) else { continue };
            let cell = Cell { column, size, place: Place { sheet: grid.sheet, row: cells, cell } };
            let units = figure::units(price, CREDITS_DECIMALS);
            let twin = column_of.get(&size.transposed()).and_then(|twin| nodes.get(twin)).copied();
            if let Some(twin) = twin.filter(|&twin: &usize| self.nodes[twin].units == units) {
                self.nodes[twin].twin = Some(cell);
                nodes.insert(column, twin);
                continue;
            }
            let node = self.nodes.len();
            self.nodes.push(Node { cell, twin: None, row, steps: *steps, price, units });
            self.conflicts.extend(twin.map(|twin| (twin, node)));
            nodes.insert(column, node);
        }
        nodes
    }

    /// Adds the conflicts in a line of nodes, which are sorted by `rank`. Nodes of one rank do not conflict.
    fn add_conflicts(&mut self, line: &[usize], rank: fn(&Node<'_>) -> u64) {
        let (mut lower, mut greatest) = (0, 0);
        for group in line.chunk_by(|&a, &b| rank(&self.nodes[a]) == rank(&self.nodes[b])) {
            for &second in group {
                let units = self.nodes[second].units;
                if greatest > units && self.conflicts.len() < MAX_CONFLICTS {
                    let greater = line[..lower].iter().filter(|&&first| self.nodes[first].units > units);
                    self.conflicts.extend(greater.map(|&first| (first, second)));
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
        } else if first.size() == second.size().transposed() {
            Rule::Transposed
        } else {
            Rule::Pixels
        }
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
        let rank = |(&node, &count): (&usize, &usize)| (count, Reverse(self.nodes[node].cells().count()));
        let top = counts.iter().map(rank).max();
        counts.iter().filter(|&entry| Some(rank(entry)) == top).map(|(&node, _)| node).collect()
    }

    /// Reports a conflict in which both prices are equally suspect.
    fn either(&self, conflict: Conflict) -> Diagnostic {
        let (first, second) = (&self.nodes[conflict.0], &self.nodes[conflict.1]);
        let falls = format!("the price falls from {} to {}", first.price, second.price);
        let (message, rule) = match self.rule(conflict) {
            Rule::Steps => (
                format!("{falls} while steps grow from {} to {}", first.steps, second.steps),
                "more steps never cost less",
            ),
            Rule::Pixels => (
                format!("{falls} while the size grows from {} to {}", first.size(), second.size()),
                "more pixels never cost less",
            ),
            Rule::Transposed => (
                format!(
                    "{} costs {}, and the transposed size, {}, costs {}",
                    second.size(),
                    second.price,
                    first.size(),
                    first.price
                ),
                "a size costs the same as the transposed size",
            ),
        };
        let help = format!("{rule}: one of the two is wrong");
        second.cell.place.error(message).with_secondary(first.cell.place.span()).with_help(help)
    }

    /// Reports the node that explains the conflicts best, by its conflict that is easiest to see.
    fn cell(&self, suspect: usize, conflicts: &[Conflict], diagnostics: &mut Vec<Diagnostic>) {
        let node = &self.nodes[suspect];
        let ease =
            |&&(first, second): &&Conflict| (self.rule((first, second)) != Rule::Transposed, first.abs_diff(second));
        let own = conflicts.iter().filter(|(first, second)| [first, second].contains(&&suspect));
        let Some(&conflict) = own.min_by_key(ease) else { return };
        let is_too_high = conflict.0 == suspect;
        let other = &self.nodes[if is_too_high { conflict.1 } else { conflict.0 }];
        let cost = format!("{} costs {} at {} steps", node.size(), node.price, node.steps);
        let (message, help) = match self.rule(conflict) {
            Rule::Transposed => (
                format!("{cost}, and the transposed size, {}, costs {}", other.size(), other.price),
                format!("a size costs the same as the transposed size: write {}", other.price),
            ),
            rule => {
                let comparison = if is_too_high { "more than" } else { "less than" };
                let other = match rule {
                    Rule::Steps => format!("{} at {} steps", other.price, other.steps),
                    _ => format!("{} for {}", other.price, other.size()),
                };
                (format!("{cost}, {comparison} {other}"), self.fitting(suspect))
            }
        };
        let places = node.twin.iter().map(|cell| cell.place).chain([other.cell.place]);
        let diagnostic = places.fold(node.cell.place.error(message), |it, place| it.with_secondary(place.span()));
        diagnostics.push(diagnostic.with_help(help));
    }

    /// The prices that would not conflict with those in the row and the column of a node.
    fn fitting(&self, suspect: usize) -> String {
        const RULE: &str = "prices never fall while steps or pixels grow";
        let node = &self.nodes[suspect];
        let (mut least, mut most) = (None::<&Node<'_>>, None::<&Node<'_>>);
        for other in &self.nodes {
            let in_column = || other.cells().any(|cell| node.cells().any(|here| here.column == cell.column));
            let order = if other.row == node.row {
                other.size().pixels().cmp(&node.size().pixels())
            } else if in_column() {
                other.row.cmp(&node.row)
            } else {
                Ordering::Equal
            };
            if order.is_lt() && least.is_none_or(|least| least.units < other.units) {
                least = Some(other);
            }
            if order.is_gt() && most.is_none_or(|most| most.units > other.units) {
                most = Some(other);
            }
        }
        match (least, most) {
            (Some(least), Some(most)) if least.units == most.units => format!("{RULE}: write {}", least.price),
            (Some(least), Some(most)) if least.units < most.units => {
                format!("{RULE}: write a price from {} to {}", least.price, most.price)
            }
            (Some(least), None) => format!("{RULE}: write at least {}", least.price),
            (None, Some(most)) => format!("{RULE}: write at most {}", most.price),
            // Other prices around it are wrong as well.
            _ => RULE.to_owned(),
        }
    }

    /// Reports a column or a row that has a part in every conflict, if most of its prices have.
    fn line(&self, conflicts: &[Conflict]) -> Option<Diagnostic> {
        let &(first, second) = conflicts.first()?;
        let nodes = [&self.nodes[first], &self.nodes[second]];
        let columns = nodes.iter().flat_map(|node| node.cells()).map(|cell| Line::Column(cell.column));
        let rows = nodes.iter().map(|node| Line::Row(node.row));
        let mut causes = columns.chain(rows).filter(|line| self.explains(*line, conflicts));
        let (cause, other) = (causes.next()?, causes.next());
        let place = cause.title(self.grid)?;
        let title = place.text();
        let (message, help) = match cause {
            Line::Column(_) if conflicts.iter().all(|&conflict| self.rule(conflict) == Rule::Transposed) => (
                format!("the prices of {title} are not those of the transposed size"),
                "a size costs the same as the transposed size: check the prices below it",
            ),
            Line::Column(_) => (
                format!("the prices of {title} do not fit between those of the other sizes"),
                "more pixels never cost less: check the size, and the prices below it",
            ),
            Line::Row(_) => (
                format!("the prices at {title} steps do not fit between those of the other rows"),
                "more steps never cost less: check the step count, and the prices after it",
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
        node.cells().filter(is_in_line).count()
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
