//! `billing.csv`: the sign-up grant, and the smallest purchase, which sets the price of a credit.

use rust_decimal::Decimal;

use super::cell_ref::{self, CellRef, Duplicates, ok_or_report};
use super::list::Lists;
use super::names;
use crate::diagnostic::{Diagnostic, credits as with_unit};
use crate::escape::escape;
use crate::model::Billing;
use crate::number::{self, CREDITS, CREDITS_DECIMALS, MAX_USD_UNITS_PER_CREDITS_UNIT, USD, USD_DECIMALS, dollars};
use crate::read::sheet::Sheet;
use crate::schema::BILLING;

const GRANT: &str = "sign_up_grant";
const MINIMUM: &str = "minimum_purchase";

pub(super) fn sheet(lists: &Lists<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
    lists.sheet(&BILLING, diagnostics)
}

/// Returns the facts of the sheet, with the cell of the grant.
pub(super) fn check<'a>(sheet: &'a Sheet, diagnostics: &mut Vec<Diagnostic>) -> Option<(Billing, CellRef<'a>)> {
    let (mut items, mut has_unknown) = (Duplicates::default(), false);
    let (mut grant, mut minimum) = (None, None);
    for [item, credits, usd] in cell_ref::rows(sheet) {
        let is_grant = match item.text() {
            GRANT => true,
            MINIMUM => false,
            other => {
                has_unknown = true;
                let message = match other {
                    "" => "the item is empty".to_owned(),
                    other => format!("there is no item `{}`", escape(other)),
                };
                let help = match names::meant(other, [GRANT, MINIMUM]) {
                    Some(name) => format!("did you mean {name}?"),
                    None => format!("the items are {GRANT} and {MINIMUM}"),
                };
                diagnostics.push(item.error(message).with_help(help));
                continue;
            }
        };
        items.check(item.text(), "item", item, diagnostics);
        let credits_amount = credits.amount("amount of credits", CREDITS, diagnostics);
        let usd_amount = usd.amount("amount of dollars", USD, diagnostics);
        let (Some(credits_amount), Some(usd_amount)) = (credits_amount, usd_amount) else { continue };
        if is_grant {
            if !usd_amount.is_zero() {
                diagnostics.push(usd.error("a grant costs nothing").with_help("write 0"));
            }
            grant = Some((credits_amount, credits));
        } else {
            let rate = rate(credits, credits_amount, usd, usd_amount);
            minimum = ok_or_report(rate, diagnostics).map(|rate| (usd_amount, rate));
        }
    }
    for item in [GRANT, MINIMUM] {
        // The missing item may be in a row that is reported already.
        if sheet.is_whole && !has_unknown && !items.contains(item) {
            let diagnostic = Diagnostic::of_file(&sheet.path, format!("there is no row for {item}"));
            diagnostics.push(diagnostic.with_help("add it, with its credits and dollars"));
        }
    }
    let ((sign_up_grant, cell), (minimum_purchase, usd_units_per_credits_unit)) = (grant?, minimum?);
    Some((Billing { sign_up_grant, minimum_purchase, usd_units_per_credits_unit }, cell))
}

/// Returns how many units of dollars make one unit of credits, by the smallest purchase.
fn rate(
    credits: CellRef<'_>,
    credits_amount: Decimal,
    usd: CellRef<'_>,
    usd_amount: Decimal,
) -> Result<u64, Diagnostic> {
    for (place, amount) in [(credits, credits_amount), (usd, usd_amount)] {
        if amount.is_zero() {
            let help = "the smallest purchase sets the price of a credit: write more than 0";
            return Err(place.error("the amount is zero").with_help(help));
        }
    }
    let credits_units = number::units(credits_amount, CREDITS_DECIMALS);
    let usd_units = number::units(usd_amount, USD_DECIMALS);
    let price = format!("{} for {}", dollars(&usd_amount), with_unit(credits_amount));
    if usd_units / credits_units > MAX_USD_UNITS_PER_CREDITS_UNIT {
        let message = format!("{price} is more than $10.00 for one credit");
        let help = "a credit costs at most $10.00, so that every amount of credits has a price in dollars";
        return Err(usd.error(message).with_secondary(credits.span()).with_help(help));
    }
    if usd_units % credits_units == 0 {
        return Ok(usd_units / credits_units);
    }
    let message = format!("{price} is not an exact price of one credit");
    let places = USD_DECIMALS - CREDITS_DECIMALS;
    let help = format!("the price of one credit must be exact in at most {places} decimal places");
    Err(usd.error(message).with_secondary(credits.span()).with_help(help))
}
