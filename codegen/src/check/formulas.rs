//! `formulas.csv`: the formulas that give the prices of tables. The file and every row of it are optional.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::cell_ref::{self, CellRef, Duplicates, ok_or_report};
use super::list::Lists;
use crate::diagnostic::Diagnostic;
use crate::escape::escape;
use crate::formula::{Formula, RATE};
use crate::number::{self, CREDITS_DECIMALS, Help, NumberError};
use crate::read::sheet::Sheet;
use crate::schema::FORMULAS;

/// A formula and its row.
pub(super) struct FormulaRow<'a> {
    pub(super) formula: Formula,
    pub(super) table: CellRef<'a>,
    pub(super) rate: CellRef<'a>,
}

pub(super) fn sheet(lists: &Lists<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
    lists.folder.has(FORMULAS.file).then(|| lists.sheet(&FORMULAS, diagnostics)).flatten()
}

/// Formulas by the names of their tables.
pub(super) type Formulas<'a> = BTreeMap<String, FormulaRow<'a>>;

/// What the formula of a table is for.
#[derive(Clone, Copy)]
pub(super) enum FormulaUse<'a> {
    /// It must give each price of the table.
    Rule(&'a FormulaRow<'a>),
    /// It only shows which of two prices is out of line, because the prices may be newer than the formula.
    Hint(&'a FormulaRow<'a>),
}

/// Checks the sheet, and returns its formulas. A table whose row has a mistake has none. `name` returns the name of a table, or
/// reports its cell.
pub(super) fn check<'a>(
    sheet: &'a Sheet,
    name: impl Fn(CellRef<'_>, &mut Vec<Diagnostic>) -> Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Formulas<'a> {
    let (mut formulas, mut names) = (Formulas::new(), Duplicates::default());
    for [table, free_pixels, rate, nearest, up] in cell_ref::rows(sheet) {
        let name = name(table, diagnostics);
        let is_new = name.as_ref().is_some_and(|name| names.check(name, "table", table, diagnostics));
        let formula = formula([free_pixels, rate, nearest, up], diagnostics);
        if let (Some(name), Some(formula), true) = (name, formula, is_new) {
            formulas.insert(name, FormulaRow { formula, table, rate });
        }
    }
    formulas
}

fn formula([free_pixels, rate, nearest, up]: [CellRef<'_>; 4], diagnostics: &mut Vec<Diagnostic>) -> Option<Formula> {
    let free =
        number::whole(free_pixels.text()).map_err(|error| free_pixels.number_error("number of free pixels", error));
    let free = ok_or_report(free, diagnostics);
    let credits = ok_or_report(self::rate(rate), diagnostics);
    let nearest_places = decimal_places(nearest, "nearest", &CREDITS_DECIMALS.to_string());
    let nearest_places = ok_or_report(nearest_places, diagnostics);
    let up_places = ok_or_report(decimal_places(up, "up", "`nearest`"), diagnostics);
    let (nearest_places, up_places) = (nearest_places?, up_places?);
    if up_places > nearest_places {
        let message = format!("`up` has more decimal places than `nearest`: {up_places} and {nearest_places}");
        let help = format!(
            "a price is rounded up after it is rounded to the nearest: write at most {nearest_places}, or a greater `nearest`"
        );
        diagnostics.push(up.error(message).with_secondary(nearest.span()).with_help(help));
        return None;
    }
    Some(Formula { free_pixels: free?, rate: credits?, nearest: nearest_places, up: up_places })
}

fn rate(cell: CellRef<'_>) -> Result<Decimal, Diagnostic> {
    const HELP: &str = "write the credits that a gigapixel-step costs, more than 0, or delete the row";
    match number::amount(cell.text(), RATE) {
        Ok(rate) if rate.is_zero() => Err(cell.error("the rate is zero").with_help(HELP)),
        Ok(rate) => Ok(rate),
        Err(NumberError { message, help }) => {
            let help = match (cell.text(), help) {
                ("", _) => Help::Advice("fill it in, or delete the row".to_owned()),
                (_, Help::None) => Help::Advice(HELP.to_owned()),
                // The help for other numbers accepts zero.
                (text, _) if text.starts_with(['-', '−']) => Help::Advice(HELP.to_owned()),
                (_, help) => help,
            };
            Err(cell.number_error("rate", NumberError { message, help }))
        }
    }
}

/// Parses a number of decimal places that a price is rounded to.
fn decimal_places(cell: CellRef<'_>, column: &str, most: &str) -> Result<u32, Diagnostic> {
    let help = format!("write a whole number from 0 to {most}");
    let places = match number::whole(cell.text()) {
        Ok(places) => u32::try_from(places).ok().filter(|places| *places <= CREDITS_DECIMALS),
        Err(error) => return Err(cell.number_error("number of decimal places", error).with_help(help)),
    };
    places.ok_or_else(|| {
        let message =
            format!("`{column}` is {}, and a price has at most {CREDITS_DECIMALS} decimal places", escape(cell.text()));
        cell.error(message).with_help(help)
    })
}
