//! `limits.csv`: what the API accepts. The file and every row of it are optional, and an empty cell is no limit.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::cell_ref::{self, CellRef, Duplicates, ok_or_report};
use super::list::Lists;
use super::parsed_table::ParsedTable;
use crate::diagnostic::Diagnostic;
use crate::model::{Limits, Size};
use crate::number::{self, Help, NumberError};
use crate::read::sheet::Sheet;
use crate::schema::LIMITS;

/// The limits of a table, and their cells.
pub(super) struct LimitsRow<'a> {
    pub(super) limits: Limits,
    table: CellRef<'a>,
    cells: [CellRef<'a>; 8],
}

pub(super) fn sheet(lists: &Lists<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
    lists.folder.has(LIMITS.file).then(|| lists.sheet(&LIMITS, diagnostics)).flatten()
}

/// Checks the sheet, and returns the limits by the names of their tables. A table whose row has a mistake has none.
/// `name` returns the name of a table, or reports its cell.
pub(super) fn check<'a>(
    sheet: &'a Sheet,
    name: impl Fn(CellRef<'_>, &mut Vec<Diagnostic>) -> Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, LimitsRow<'a>> {
    let (mut rows, mut names) = (BTreeMap::new(), Duplicates::default());
    for [table, cells @ ..] in cell_ref::rows::<9>(sheet) {
        let name = name(table, diagnostics);
        let is_new = name.as_ref().is_some_and(|name| names.check(name, "table", table, diagnostics));
        if let (Some(limits), Some(name), true) = (limits(cells, diagnostics), name, is_new) {
            rows.insert(name, LimitsRow { limits, table, cells });
        }
    }
    rows
}

fn limits(cells: [CellRef<'_>; 8], diagnostics: &mut Vec<Diagnostic>) -> Option<Limits> {
    let numbers = cells.map(|cell| match cell.text() {
        "" => Some(None),
        text => ok_or_report(number::positive(text).map_err(|error| mistake(cell, error)), diagnostics).map(Some),
    });
    let mut is_valid = true;
    for (column, most) in [(1, 2), (4, 3), (5, 6)] {
        let (Some(Some(number)), Some(Some(limit))) = (numbers[column], numbers[most]) else { continue };
        if number > limit {
            let message = format!("`{}` is {number}, more than `{}`, {limit}", noun(column), noun(most));
            let diagnostic = cells[column].error(message).with_secondary(cells[most].span());
            diagnostics.push(diagnostic.with_help("correct one of the two"));
            is_valid = false;
        }
    }
    let [side_multiple, min_pixels, max_pixels, max_long_side, max_short_side, min_steps, max_steps, max_images] =
        numbers;
    let limits = Limits {
        side_multiple: side_multiple?,
        min_pixels: min_pixels?,
        max_pixels: max_pixels?,
        max_long_side: max_long_side?,
        max_short_side: max_short_side?,
        min_steps: min_steps?,
        max_steps: max_steps?,
        max_images: max_images?,
    };
    is_valid.then_some(limits)
}

fn mistake(cell: CellRef<'_>, error: NumberError) -> Diagnostic {
    let help = match error.help {
        Help::Advice(advice) => Help::Advice(format!("{advice}, or leave the cell empty if there is no such limit")),
        help => help,
    };
    cell.number_error("limit", NumberError { help, ..error })
}

/// Returns the name of a column, counted after the table.
fn noun(column: usize) -> &'static str {
    LIMITS.columns[column + 1]
}

/// Reports each size and each step count of a table that a limit rejects, and removes it from the table. If a limit
/// rejects most of them, it reports the limit instead.
pub(super) fn check_table(table: &mut ParsedTable<'_>, row: &LimitsRow<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let sizes: Vec<_> = (0..table.sizes.len()).map(|column| table.size_cell(column)).collect();
    let steps: Vec<_> = (0..table.steps.len()).map(|row| table.steps_cell(row)).collect();
    for (column, (_, limit)) in row.limits.columns().into_iter().enumerate() {
        let Some(limit) = limit else { continue };
        match column {
            0..5 => {
                let rejection = |size| Rejection::of_size(column, limit, size);
                row.check_line("sizes", column, &mut table.sizes, &sizes, rejection, diagnostics);
            }
            5..7 => {
                let rejection = |count| Rejection::of_steps(column, limit, count);
                row.check_line("step counts", column, &mut table.steps, &steps, rejection, diagnostics);
            }
            // A table has no number of images.
            _ => {}
        }
    }
}

impl LimitsRow<'_> {
    /// Checks the header, or the first column, of a table by one limit.
    fn check_line<T: Copy + Display>(
        &self,
        plural: &str,
        column: usize,
        values: &mut [Option<T>],
        cells: &[Option<CellRef<'_>>],
        rejection: impl Fn(T) -> Option<Rejection>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let numbered = values.iter().enumerate();
        let rejected: Vec<_> = numbered.filter_map(|(at, &value)| Some((at, value?, rejection(value?)?))).collect();
        match &rejected[..] {
            [(_, first, _), _, ..] if 2 * rejected.len() > values.len() => {
                let rejected = format!("{} of the {} {plural}", rejected.len(), values.len());
                let message =
                    format!("`{}` rejects {rejected} of {}.csv, such as {first}", noun(column), self.table.text());
                let help = "correct it, or leave the cell empty if there is no such limit";
                diagnostics.push(self.cells[column].error(message).with_help(help));
            }
            _ => {
                for (at, _, Rejection { message, help }) in rejected {
                    let help = format!("{help}, or correct `{}` in {}", noun(column), LIMITS.file);
                    diagnostics.extend(cells[at].map(|cell| cell.error(message).with_help(help)));
                    values[at] = None;
                }
            }
        }
    }
}

/// Why a limit rejects a size or a step count, and what to do about it.
struct Rejection {
    message: String,
    help: String,
}

impl Rejection {
    fn of_size(column: usize, limit: u32, size: Size) -> Option<Self> {
        let Size { width, height } = size;
        let (long, short) = (width.max(height), width.min(height));
        let pixels = format!("{size} has {} pixels", size.pixels());
        match column {
            0 => Self::of_multiple(limit, size),
            1 => Self::new(size.pixels() < limit.into(), &pixels, "least", limit),
            2 => Self::new(size.pixels() > limit.into(), &pixels, "most", limit),
            3 => Self::new(long > limit, &format!("the longer side of {size} is {long}"), "most", limit),
            _ => Self::new(short > limit, &format!("the shorter side of {size} is {short}"), "most", limit),
        }
    }

    fn of_steps(column: usize, limit: u32, count: u32) -> Option<Self> {
        let (is_rejected, bound) = if column == 5 { (count < limit, "least") } else { (count > limit, "most") };
        Self::new(is_rejected, &format!("the step count is {count}"), bound, limit)
    }

    fn new(is_rejected: bool, what: &str, bound: &str, limit: u32) -> Option<Self> {
        let message = format!("{what}, and the API accepts at {bound} {limit}");
        is_rejected.then(|| Self { message, help: "correct it".to_owned() })
    }

    fn of_multiple(limit: u32, size: Size) -> Option<Self> {
        let mut sides = vec![("width", size.width), ("height", size.height)];
        sides.retain(|(_, pixels)| pixels % limit != 0);
        let message = match &sides[..] {
            [] => return None,
            [(noun, pixels)] => format!("the {noun} {pixels} is not a multiple of {limit}"),
            _ => format!("the sides of {size} are not multiples of {limit}"),
        };
        let nearest = |(noun, pixels): (&str, u32)| {
            let below = pixels / limit * limit;
            match (below, below.checked_add(limit)) {
                (0, _) => format!("the {noun} {limit}"),
                (below, Some(above)) => format!("the {noun} {below} or {above}"),
                (below, None) => format!("the {noun} {below}"),
            }
        };
        let nearest: Vec<String> = sides.into_iter().map(nearest).collect();
        Some(Self { message, help: format!("write {}", nearest.join(", and ")) })
    }
}
