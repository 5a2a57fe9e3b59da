//! What credits are granted and bought for.
//!
//! ```
//! use dreamstudio_pricing::billing::{self, BelowMinimum};
//!
//! let credits = billing::purchase("25.50".parse()?)?;
//! println!("{credits} credits, and {} as a grant", billing::SIGN_UP_GRANT);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::error::Error;
use core::fmt;

pub use crate::generated::figures::{MINIMUM_PURCHASE, SIGN_UP_GRANT};

use crate::generated::figures::USD_UNITS_PER_CREDITS_UNIT;
use crate::{Credits, Usd};

/// The credits that an amount of dollars buys, rounded down to whole units of [`Credits`].
///
/// # Errors
///
/// [`BelowMinimum`] for less than [`MINIMUM_PURCHASE`].
///
/// ```
/// use dreamstudio_pricing::Usd;
/// use dreamstudio_pricing::billing::{MINIMUM_PURCHASE, purchase};
///
/// let credits = purchase(MINIMUM_PURCHASE)?;
/// assert_eq!(credits.usd(), MINIMUM_PURCHASE);
/// assert!(purchase(Usd::ZERO).is_err());
/// # Ok::<(), dreamstudio_pricing::billing::BelowMinimum>(())
/// ```
#[inline]
pub const fn purchase(amount: Usd) -> Result<Credits, BelowMinimum> {
    if amount.units() < MINIMUM_PURCHASE.units() {
        return Err(BelowMinimum { amount });
    }
    Ok(Credits(amount.units() / USD_UNITS_PER_CREDITS_UNIT))
}

/// An amount is too small for a purchase; the message says what the smallest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BelowMinimum {
    amount: Usd,
}

impl BelowMinimum {
    /// The amount that was offered, in dollars.
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

impl fmt::Display for BelowMinimum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${} buys no credits: the smallest purchase is ${MINIMUM_PURCHASE}", self.amount)
    }
}

impl Error for BelowMinimum {}
