//! What credits cost, and how many a new account is granted. One credit costs `Credits::whole(1).usd()`.
//!
//! ```
//! use dreamstudio_pricing::billing::{self, MINIMUM_PURCHASE};
//!
//! let credits = billing::purchase(MINIMUM_PURCHASE)?;
//! println!("${MINIMUM_PURCHASE} buy {credits} credits, and a new account has {}", billing::SIGN_UP_GRANT);
//! # Ok::<(), billing::BelowMinimum>(())
//! ```

use core::error::Error;
use core::fmt;

pub use crate::generated::constants::{MINIMUM_PURCHASE, SIGN_UP_GRANT};

use crate::generated::constants::USD_UNITS_PER_CREDITS_UNIT;
use crate::{Credits, Usd};

/// Returns the credits that an amount of dollars buys, rounded down to the last decimal place of [`Credits`].
///
/// # Errors
///
/// [`BelowMinimum`] if the amount is less than [`MINIMUM_PURCHASE`].
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
    Ok(Credits::new(amount.units() / USD_UNITS_PER_CREDITS_UNIT))
}

/// An amount is too small for a purchase. The message says what the smallest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BelowMinimum {
    amount: Usd,
}

impl BelowMinimum {
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

impl fmt::Display for BelowMinimum {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${} is less than the smallest purchase, ${MINIMUM_PURCHASE}", self.amount)
    }
}

impl Error for BelowMinimum {}
