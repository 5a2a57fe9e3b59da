//! `exceptions.csv`: the cells that the vendor prices out of line with the others. The file and every row of it are optional.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::cell_ref::{self, CellRef, Duplicates};
use super::list::Lists;
use super::parsed_table::{ParsedPrice, ParsedTable};
use crate::diagnostic::Diagnostic;
use crate::model::{Exception, Size, Table};
use crate::read::sheet::Sheet;
use crate::schema::EXCEPTIONS;

/// An exception, and the cells of its row.
pub(super) struct ExceptionRow<'a> {
    exception: Exception,
    cells: [CellRef<'a>; 4],
}

/// Exceptions by the names of their tables.
pub(super) type Exceptions<'a> = BTreeMap<String, Vec<ExceptionRow<'a>>>;

pub(super) fn sheet(lists: &Lists<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
    lists.folder.has(EXCEPTIONS.file).then(|| lists.sheet(&EXCEPTIONS, diagnostics)).flatten()
}

/// Checks the sheet, and returns its exceptions, without those whose rows have mistakes. `name` returns the name of a table,
/// or reports its cell.
pub(super) fn check<'a>(
    sheet: &'a Sheet,
    name: impl Fn(CellRef<'_>, &mut Vec<Diagnostic>) -> Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Exceptions<'a> {
    let (mut exceptions, mut cells) = (Exceptions::new(), Duplicates::default());
    for row @ [table, width, height, steps] in cell_ref::rows(sheet) {
        let name = name(table, diagnostics);
        let sides = (width.positive("width", diagnostics), height.positive("height", diagnostics));
        let steps = steps.positive("step count", diagnostics);
        let (Some(name), (Some(width), Some(height)), Some(steps)) = (name, sides, steps) else { continue };
        let row = ExceptionRow { exception: Exception { size: Size { width, height }, steps }, cells: row };
        if let Some(first) = cells.first(&format!("{name} {}", row.exception), table) {
            let message = format!("the exception {} is a duplicate", row.exception);
            diagnostics.push(row.error(message).with_secondary(first.span()).with_help("delete one of the two"));
        } else {
            exceptions.entry(name).or_default().push(row);
        }
    }
    exceptions
}

/// Takes the exceptions of a table out of the rules of prices, and reports each that is no cell of the table.
pub(super) fn check_table(table: &mut ParsedTable<'_>, rows: &[ExceptionRow<'_>], diagnostics: &mut Vec<Diagnostic>) {
    for row in rows {
        let Exception { size, steps } = row.exception;
        table.exceptions.insert(row.exception);
        // A size or a step count that is already reported may be that of the cell.
        let may_have = |has: bool, has_mistake: bool| has || has_mistake || !table.sheet.is_whole;
        if !may_have(table.sizes.contains(&Some(size)), table.sizes.contains(&None))
            || !may_have(table.steps.contains(&Some(steps)), table.steps.contains(&None))
        {
            let name = row.cells[0].text();
            let message = format!("the {name} table has no price for {}", row.exception);
            let help = format!("write a size and a step count of {name}.csv, or delete the row");
            diagnostics.push(row.error(message).with_help(help));
        }
    }
}

/// Reports each exception without which tables that have no mistake would have none either.
pub(super) fn check_needed(exceptions: &Exceptions<'_>, tables: &[Table], diagnostics: &mut Vec<Diagnostic>) {
    for table in tables {
        let Some(rows) = exceptions.get(&table.name.text) else { continue };
        let others: Vec<(Exception, Decimal)> = (table.rows.iter())
            .flat_map(|row| table.sizes.iter().zip(&row.prices).map(|(&size, &price)| (size, row.steps, price)))
            .filter(|&(size, steps, _)| !table.is_exception(size, steps))
            .map(|(size, steps, price)| (Exception { size, steps }, price))
            .collect();
        for row in rows {
            let is_in_line = |price| match &table.formula {
                Some(formula) => formula.credits(row.exception.size.pixels(), row.exception.steps) == Some(price),
                None => others.iter().all(|&other| is_in_order((row.exception, price), other)),
            };
            if table.price(row.exception.size, row.exception.steps).is_some_and(is_in_line) {
                let message = format!("the price of {} follows the rules without this exception", row.exception);
                diagnostics.push(row.error(message).with_help("delete the row"));
            }
        }
    }
}

/// Returns whether the prices of two cells break no rule of order or of equal pixels.
pub(super) fn is_in_order((a, a_price): (Exception, Decimal), (b, b_price): (Exception, Decimal)) -> bool {
    let is_at_most = |a: Exception, b: Exception| a.size.pixels() <= b.size.pixels() && a.steps <= b.steps;
    (!is_at_most(a, b) || a_price <= b_price) && (!is_at_most(b, a) || b_price <= a_price)
}

impl ExceptionRow<'_> {
    fn error(&self, message: String) -> Diagnostic {
        let [first, .., last] = self.cells;
        first.error_to(last, message)
    }
}

/// Returns how to keep a price that breaks a rule.
pub(super) fn way_out(table: &str, price: &ParsedPrice<'_>) -> String {
    format!("if the vendor really prices this cell so, add {} to {}", row_of(table, price), EXCEPTIONS.file)
}

/// Returns how to keep one of these prices, which contradict each other.
pub(super) fn way_out_of_one(table: &str, prices: &[&ParsedPrice<'_>]) -> String {
    let rows: Vec<String> = prices.iter().map(|price| row_of(table, price)).collect();
    let which = match prices {
        [price] => price.exception().to_string(),
        _ => "one of the two".to_owned(),
    };
    format!("if the vendor really prices {which} out of line, add {} to {}", rows.join(" or "), EXCEPTIONS.file)
}

/// Returns how to keep all prices of a row or of a column, of which `first` is the first.
pub(super) fn way_out_of_line(table: &str, first: &ParsedPrice<'_>) -> String {
    let (row, file) = (row_of(table, first), EXCEPTIONS.file);
    format!("if the vendor really prices these cells so, add a row for each to {file}, such as {row}")
}

/// Returns the row that makes a cell an exception.
fn row_of(table: &str, price: &ParsedPrice<'_>) -> String {
    let (Size { width, height }, steps) = (price.size, price.steps);
    format!("{table},{width},{height},{steps}")
}
