//! Whether the sign-up grant of `billing.csv` pays for as many images as `clients.csv` states.

use rust_decimal::Decimal;

use super::cell_ref::CellRef;
use crate::diagnostic::{Diagnostic, count, credits};
use crate::model::{Billing, Size};
use crate::number::{self, CREDITS_DECIMALS};

/// What a client states about the grant.
pub(super) struct Promise<'a> {
    pub(super) client: &'a str,
    /// Where the published page states the same, if it does.
    pub(super) page: Option<&'a str>,
    pub(super) granted: CellRef<'a>,
    pub(super) images: u64,
    pub(super) size: Size,
    pub(super) steps: u32,
    pub(super) price: Decimal,
}

impl Promise<'_> {
    /// Returns how many images the grant pays for.
    fn paid(&self, billing: &Billing) -> u64 {
        // In integers of the same unit, the division rounds down exactly.
        number::units(billing.sign_up_grant, CREDITS_DECIMALS) / self.price_units()
    }

    fn price_units(&self) -> u64 {
        number::units(self.price, CREDITS_DECIMALS)
    }
}

/// Reports each client that states another number of images than the grant pays for. If all of them do, and one other grant
/// pays for what they state, the grant is reported instead, unless it is certain.
pub(super) fn check(
    promises: &[Promise<'_>],
    billing: &Billing,
    (grant, is_certain): (CellRef<'_>, bool),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let is_wrong = |promise: &&Promise<'_>| promise.images != promise.paid(billing);
    let are_wrong = promises.iter().all(|promise| is_wrong(&promise));
    if !is_certain && are_wrong && has_other_grant(promises) == Some(true) {
        diagnostics.push(wrong_grant(promises, billing, grant));
    } else {
        let wrong = promises.iter().filter(is_wrong);
        diagnostics.extend(wrong.map(|promise| wrong_promise(promise, billing, is_certain)));
    }
}

/// Returns whether one grant pays for what all clients state, or `None` if that says nothing.
fn has_other_grant(promises: &[Promise<'_>]) -> Option<bool> {
    // With a single price, a typo in the price is as likely as one in the grant.
    let (first, rest) = promises.split_first()?;
    rest.iter().find(|promise| promise.price != first.price)?;
    let (mut least, mut above) = (0, u64::MAX);
    for promise in promises {
        let price = promise.price_units();
        let paid = promise.images.checked_mul(price)?;
        least = least.max(paid);
        above = above.min(paid.checked_add(price)?);
    }
    Some(least < above)
}

/// Proposes no grant: only the page has the right one.
fn wrong_grant(promises: &[Promise<'_>], billing: &Billing, grant: CellRef<'_>) -> Diagnostic {
    let images = promises.iter().map(|promise| {
        format!("for {} at the defaults of {}, not for {}", promise.paid(billing), promise.client, promise.images)
    });
    let message = format!(
        "the grant of {} pays for other numbers of images than clients.csv states: {}",
        credits(billing.sign_up_grant),
        images.collect::<Vec<_>>().join("; "),
    );
    let help =
        "compare the grant with the page; if it is right, check the prices, or correct the numbers in clients.csv";
    grant.error(message).with_help(help)
}

fn wrong_promise(promise: &Promise<'_>, billing: &Billing, is_grant_certain: bool) -> Diagnostic {
    let images = promise.paid(billing);
    let message = format!(
        "the grant of {} pays for {} of {} at {}, at {} each, not for {}",
        credits(billing.sign_up_grant),
        count(images, "image"),
        promise.size,
        count(promise.steps, "step"),
        credits(promise.price),
        promise.images,
    );
    let correction = format!("write {images}, or leave the cell empty if no page says how many");
    let help = match (promise.page, is_grant_certain) {
        (Some(page), true) => {
            format!(
                "the page states {} too, on {page}, so it contradicts itself: check the price with the vendor",
                promise.images
            )
        }
        (Some(page), false) => format!(
            "the page states {} too, on {page}: check the price, and the grant in billing.csv, with the vendor",
            promise.images
        ),
        (None, true) => format!("check the price; if it is right, {correction}"),
        (None, false) => format!("check the price, and the grant in billing.csv; if both are right, {correction}"),
    };
    promise.granted.error(message).with_help(help)
}
