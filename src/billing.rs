//! What credits cost, and how many a new account gets. One credit costs `Credits::whole(1).usd()`.
//!
//! ```
//! use dreamstudio_pricing::billing::{self, MINIMUM_PURCHASE, SIGN_UP_GRANT};
//!
//! let credits = billing::purchase(MINIMUM_PURCHASE)?;
//! println!("${MINIMUM_PURCHASE} buys {credits} credits");
//! println!("a new account has {SIGN_UP_GRANT} credits");
//! # Ok::<(), billing::PurchaseError>(())
//! ```

use core::error::Error;
use core::fmt;

pub use crate::generated::constants::{MINIMUM_PURCHASE, SIGN_UP_GRANT};

use crate::amount::{AmountError, AmountErrorKind, Credit, MAX_USD_UNITS_PER_CREDITS_UNIT, write_number};
use crate::generated::constants::USD_UNITS_PER_CREDITS_UNIT;
use crate::text::{DisplayUsd, Excerpt};
use crate::{Credits, Usd};

const _: () = assert!(USD_UNITS_PER_CREDITS_UNIT <= MAX_USD_UNITS_PER_CREDITS_UNIT);

impl Credits {
    /// Returns what the credits cost, exactly, at the rate of the smallest purchase.
    ///
    /// ```
    /// use dreamstudio_pricing::billing::{MINIMUM_PURCHASE, purchase};
    ///
    /// assert_eq!(purchase(MINIMUM_PURCHASE)?.usd(), MINIMUM_PURCHASE);
    /// # Ok::<(), dreamstudio_pricing::billing::PurchaseError>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn usd(self) -> Usd {
        self.usd_at(USD_UNITS_PER_CREDITS_UNIT)
    }

    #[inline]
    pub(crate) const fn usd_at(self, usd_units_per_credits_unit: u64) -> Usd {
        // No overflow, because it is at most `MAX_USD_UNITS_PER_CREDITS_UNIT`: see `Credits::MAX`.
        Usd::new(self.units() * usd_units_per_credits_unit)
    }
}

/// Converts dollars to credits exactly, or returns an error. It ignores the smallest purchase;
/// [`billing::purchase`](crate::billing::purchase) does not, and rounds.
///
/// ```
/// use dreamstudio_pricing::Credits;
///
/// let credits = Credits::whole(3);
/// assert_eq!(Credits::try_from(credits.usd()), Ok(credits));
/// ```
impl TryFrom<Usd> for Credits {
    type Error = AmountError;

    #[inline]
    fn try_from(usd: Usd) -> Result<Self, AmountError> {
        let kind = match Self::from_units(usd.units() / USD_UNITS_PER_CREDITS_UNIT) {
            Some(credits) if credits.usd() == usd => return Ok(credits),
            Some(_) => AmountErrorKind::TooPrecise,
            None => AmountErrorKind::TooLarge,
        };
        Err(AmountError::new::<Credit>(Excerpt::of(InCredits(usd)), kind))
    }
}

/// Displays dollars with the credits that they are worth, which may have more decimal places than [`Credits`] holds.
struct InCredits(Usd);

impl fmt::Display for InCredits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const PLACES: u32 = Usd::DECIMALS;
        let units = u128::from(self.0.units()) * 10_u128.pow(PLACES - Credits::DECIMALS);
        let rate = u128::from(USD_UNITS_PER_CREDITS_UNIT);
        write!(f, "{} = ", DisplayUsd(self.0))?;
        write_number(f, units / rate, PLACES, 0)?;
        f.write_str(if units % rate == 0 { " credits" } else { "… credits" })
    }
}

/// Returns the credits that an amount of dollars buys, rounded down to the last decimal place of [`Credits`].
///
/// # Errors
///
/// [`PurchaseError`] if the amount is less than [`MINIMUM_PURCHASE`], or if it buys more than [`Credits::MAX`].
///
/// ```
/// use dreamstudio_pricing::Usd;
/// use dreamstudio_pricing::billing::{MINIMUM_PURCHASE, purchase};
///
/// let credits = purchase(MINIMUM_PURCHASE)?;
/// assert_eq!(credits.usd(), MINIMUM_PURCHASE);
/// assert!(purchase(Usd::ZERO).is_err());
/// # Ok::<(), dreamstudio_pricing::billing::PurchaseError>(())
/// ```
#[inline]
pub const fn purchase(amount: Usd) -> Result<Credits, PurchaseError> {
    if amount.units() < MINIMUM_PURCHASE.units() {
        return Err(PurchaseError { amount });
    }
    match Credits::from_units(amount.units() / USD_UNITS_PER_CREDITS_UNIT) {
        Some(credits) => Ok(credits),
        None => Err(PurchaseError { amount }),
    }
}

/// An amount is too small or too large for a purchase. The message states the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PurchaseError {
    amount: Usd,
}

impl PurchaseError {
    /// Returns the stable [code](crate#errors) of the error: `purchase-too-small` or `purchase-too-large`.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        if self.is_too_small() { "purchase-too-small" } else { "purchase-too-large" }
    }

    #[inline]
    const fn is_too_small(self) -> bool {
        self.amount.units() < MINIMUM_PURCHASE.units()
    }

    /// Returns the amount, in dollars.
    ///
    /// ```
    /// use dreamstudio_pricing::{Usd, billing};
    ///
    /// assert_eq!(billing::purchase(Usd::ZERO).unwrap_err().amount(), Usd::ZERO);
    /// ```
    #[inline]
    #[must_use]
    pub const fn amount(&self) -> Usd {
        self.amount
    }
}

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for PurchaseError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = DisplayUsd(self.amount);
        if self.is_too_small() {
            write!(f, "{amount} is less than the smallest purchase, {}", DisplayUsd(MINIMUM_PURCHASE))
        } else {
            write!(f, "{amount} buys more than the largest amount of credits, {}", Credits::MAX)
        }
    }
}

impl Error for PurchaseError {}
