//! Exact amounts of credits and of dollars.

use core::error::Error;
use core::fmt::{self, Alignment, Write as _};
use core::iter::Sum;
#[cfg(feature = "serde")]
use core::marker::PhantomData;
use core::ops::{Add, AddAssign, Mul, MulAssign, Sub, SubAssign};
use core::str::FromStr;

use crate::generated::figures::{CREDITS_DECIMALS, USD_DECIMALS, USD_UNITS_PER_CREDITS_UNIT};
use crate::text::Excerpt;

/// Defines an amount: a count of units, at most `$max` of them, each of `$decimals` decimal places.
macro_rules! amount {
    (
        $(#[$docs:meta])*
        $Amount:ident, $decimals:expr, $max:expr, $unit:literal
    ) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Amount(pub(crate) u64);

        impl $Amount {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// The largest amount: what 64 bits count, and for credits no more than has a price in [`Usd`].
            pub const MAX: Self = Self($max);

            /// How many decimal places an amount has at most: it counts units of the last of them.
            pub const DECIMALS: u32 = $decimals;

            /// So many units, of the last decimal place each, or `None` above [`MAX`](Self::MAX).
            ///
            /// For amounts that are stored as integers.
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($Amount), ";")]
            ///
            #[doc = concat!("let five = 5 * 10_u64.pow(", stringify!($Amount), "::DECIMALS);")]
            #[doc = concat!("assert_eq!(", stringify!($Amount), "::from_units(five), \"5\".parse().ok());")]
            /// ```
            #[inline]
            #[must_use]
            pub const fn from_units(units: u64) -> Option<Self> {
                if units <= Self::MAX.0 { Some(Self(units)) } else { None }
            }

            /// The amount as a count of units, of the last decimal place each.
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($Amount), ";")]
            ///
            #[doc = concat!("let five = ", stringify!($Amount), "::parse(\"5\")?;")]
            #[doc = concat!("assert_eq!(five.units(), 5 * 10_u64.pow(", stringify!($Amount), "::DECIMALS));")]
            /// # Ok::<(), dreamstudio_pricing::AmountError>(())
            /// ```
            #[inline]
            #[must_use]
            pub const fn units(self) -> u64 {
                self.0
            }

            #[doc = concat!("Reads a number of ", $unit, ", as `FromStr` does, but `const`.")]
            ///
            /// # Errors
            ///
            /// [`AmountError`] for anything but digits, and where there is a fraction a point and digits; for more
            /// decimal places than [`DECIMALS`](Self::DECIMALS), zeros at the end aside; and above
            /// [`MAX`](Self::MAX).
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($Amount), ";")]
            ///
            #[doc = concat!(
                "const BUDGET: ", stringify!($Amount), " = match ", stringify!($Amount), "::parse(\"12.50\") {"
            )]
            ///     Ok(budget) => budget,
            ///     Err(_) => panic!("not an amount"),
            /// };
            /// assert_eq!(BUDGET.to_string(), "12.5");
            #[doc = concat!("assert!(", stringify!($Amount), "::parse(\"1e3\").is_err());")]
            /// ```
            pub const fn parse(text: &str) -> Result<Self, AmountError> {
                match parse(text, $decimals, $max) {
                    Ok(units) => Ok(Self(units)),
                    Err(reason) => Err(AmountError { input: Excerpt::new(text), reason, unit: $unit, decimals: $decimals, max: $max }),
                }
            }

            /// The sum, or `None` above [`MAX`](Self::MAX).
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($Amount), ";")]
            ///
            #[doc = concat!("let one = ", stringify!($Amount), "::parse(\"1\")?;")]
            #[doc = concat!("assert_eq!(one.checked_add(one), ", stringify!($Amount), "::parse(\"2\").ok());")]
            #[doc = concat!("assert_eq!(", stringify!($Amount), "::MAX.checked_add(one), None);")]
            /// # Ok::<(), dreamstudio_pricing::AmountError>(())
            /// ```
            #[inline]
            #[must_use]
            pub const fn checked_add(self, other: Self) -> Option<Self> {
                match self.0.checked_add(other.0) {
                    Some(units) => Self::from_units(units),
                    None => None,
                }
            }

            /// The difference, or `None` below zero.
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($Amount), ";")]
            ///
            #[doc = concat!("let one = ", stringify!($Amount), "::parse(\"1\")?;")]
            #[doc = concat!("assert_eq!(one.checked_sub(one), Some(", stringify!($Amount), "::ZERO));")]
            #[doc = concat!("assert_eq!(", stringify!($Amount), "::ZERO.checked_sub(one), None);")]
            /// # Ok::<(), dreamstudio_pricing::AmountError>(())
            /// ```
            #[inline]
            #[must_use]
            pub const fn checked_sub(self, other: Self) -> Option<Self> {
                match self.0.checked_sub(other.0) {
                    Some(units) => Some(Self(units)),
                    None => None,
                }
            }

            /// So many times the amount, or `None` above [`MAX`](Self::MAX).
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($Amount), ";")]
            ///
            #[doc = concat!("let price = ", stringify!($Amount), "::parse(\"0.25\")?;")]
            #[doc = concat!("assert_eq!(price.checked_mul(4), ", stringify!($Amount), "::parse(\"1\").ok());")]
            #[doc = concat!("assert_eq!(", stringify!($Amount), "::MAX.checked_mul(2), None);")]
            /// # Ok::<(), dreamstudio_pricing::AmountError>(())
            /// ```
            #[inline]
            #[must_use]
            pub const fn checked_mul(self, count: u64) -> Option<Self> {
                match self.0.checked_mul(count) {
                    Some(units) => Self::from_units(units),
                    None => None,
                }
            }

            /// How many whole images the amount pays for at `price` each, or `None` where the price is zero.
            ///
            /// ```
            #[doc = concat!("use dreamstudio_pricing::", stringify!($Amount), ";")]
            ///
            #[doc = concat!("let balance = ", stringify!($Amount), "::parse(\"1\")?;")]
            #[doc = concat!("let price = ", stringify!($Amount), "::parse(\"0.3\")?;")]
            /// assert_eq!(balance.images_at(price), Some(3));
            #[doc = concat!("assert_eq!(balance.images_at(", stringify!($Amount), "::ZERO), None);")]
            /// # Ok::<(), dreamstudio_pricing::AmountError>(())
            /// ```
            #[inline]
            #[must_use]
            pub const fn images_at(self, price: Self) -> Option<u64> {
                self.0.checked_div(price.0)
            }
        }

        /// # Panics
        ///
        /// Above `MAX`; `checked_add` does not.
        impl Add for $Amount {
            type Output = Self;

            #[inline]
            fn add(self, other: Self) -> Self {
                self.checked_add(other).expect(concat!("the sum is above ", stringify!($Amount), "::MAX"))
            }
        }

        /// # Panics
        ///
        /// Below zero; `checked_sub` does not.
        impl Sub for $Amount {
            type Output = Self;

            #[inline]
            fn sub(self, other: Self) -> Self {
                self.checked_sub(other).expect(concat!("the difference of ", stringify!($Amount), " is below zero"))
            }
        }

        /// # Panics
        ///
        /// Above `MAX`; `checked_mul` does not.
        impl Mul<u64> for $Amount {
            type Output = Self;

            #[inline]
            fn mul(self, count: u64) -> Self {
                self.checked_mul(count).expect(concat!("the product is above ", stringify!($Amount), "::MAX"))
            }
        }

        impl AddAssign for $Amount {
            #[inline]
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl SubAssign for $Amount {
            #[inline]
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl MulAssign<u64> for $Amount {
            #[inline]
            fn mul_assign(&mut self, count: u64) {
                *self = *self * count;
            }
        }

        /// # Panics
        ///
        /// Above `MAX`, as adding one by one does.
        impl Sum for $Amount {
            fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
                amounts.fold(Self::ZERO, Add::add)
            }
        }

        impl<'a> Sum<&'a Self> for $Amount {
            fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
                amounts.copied().sum()
            }
        }

        #[doc = concat!("The number of ", $unit, ", without a sign of their kind: all its digits, and no superfluous")]
        /// zero. With a precision, so many decimal places, and what does not fit is rounded, half of a unit upwards.
        impl fmt::Display for $Amount {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                format(f, self.0, $decimals)
            }
        }

        impl fmt::Debug for $Amount {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($Amount), "({})"), self)
            }
        }

        impl FromStr for $Amount {
            type Err = AmountError;

            fn from_str(text: &str) -> Result<Self, AmountError> {
                Self::parse(text)
            }
        }

        #[cfg(feature = "rust_decimal")]
        #[cfg_attr(docsrs, doc(cfg(feature = "rust_decimal")))]
        impl From<$Amount> for rust_decimal::Decimal {
            fn from(amount: $Amount) -> Self {
                Self::from_i128_with_scale(amount.0.into(), $decimals).normalize()
            }
        }

        /// Exact: what would have to be rounded is an error.
        #[cfg(feature = "rust_decimal")]
        #[cfg_attr(docsrs, doc(cfg(feature = "rust_decimal")))]
        impl TryFrom<rust_decimal::Decimal> for $Amount {
            type Error = AmountError;

            fn try_from(decimal: rust_decimal::Decimal) -> Result<Self, AmountError> {
                of_decimal(decimal, $decimals, $max).map(Self).map_err(|reason| {
                    AmountError { input: Excerpt::of(decimal), reason, unit: $unit, decimals: $decimals, max: $max }
                })
            }
        }

        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl serde_core::Serialize for $Amount {
            fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        #[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
        impl<'de> serde_core::Deserialize<'de> for $Amount {
            fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::serde::Amount { unit: $unit, amount: PhantomData })
            }
        }
    };
}

amount! {
    /// An exact amount of credits, in ten-thousandths of a credit.
    ///
    /// ```
    /// use dreamstudio_pricing::Credits;
    ///
    /// let price: Credits = "1.21".parse()?;
    /// let total = price * 4;
    /// assert_eq!(total.to_string(), "4.84");
    /// assert_eq!(format!("{total:>8.1}"), "     4.8");
    /// # Ok::<(), dreamstudio_pricing::AmountError>(())
    /// ```
    Credits, CREDITS_DECIMALS, u64::MAX / USD_UNITS_PER_CREDITS_UNIT, "credits"
}

amount! {
    /// An exact amount of dollars of the United States, in billionths of a dollar.
    ///
    /// ```
    /// use dreamstudio_pricing::Usd;
    ///
    /// let budget: Usd = "25.50".parse()?;
    /// assert_eq!(format!("${budget:.2}"), "$25.50");
    /// # Ok::<(), dreamstudio_pricing::AmountError>(())
    /// ```
    Usd, USD_DECIMALS, u64::MAX, "dollars"
}

impl Credits {
    /// What so many credits cost, exactly, at the price of the smallest purchase.
    ///
    /// ```
    /// use dreamstudio_pricing::billing::{MINIMUM_PURCHASE, purchase};
    ///
    /// assert_eq!(purchase(MINIMUM_PURCHASE)?.usd(), MINIMUM_PURCHASE);
    /// # Ok::<(), dreamstudio_pricing::billing::BelowMinimum>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn usd(self) -> Usd {
        // `Credits::MAX` is where this ends.
        Usd(self.0 * USD_UNITS_PER_CREDITS_UNIT)
    }
}

/// Why a text or a `Decimal` is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AmountError {
    input: Excerpt,
    reason: Reason,
    unit: &'static str,
    decimals: u32,
    max: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reason {
    NotPlain,
    TooFine,
    TooLarge,
    #[cfg(feature = "rust_decimal")]
    Negative,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, reason, unit, decimals, max } = self;
        write!(f, "{input} is not an amount of {unit}: ")?;
        match reason {
            Reason::NotPlain => f.write_str("write it in digits with a point, such as 0.25"),
            Reason::TooFine => write!(f, "it has more than {decimals} decimal places"),
            Reason::TooLarge => {
                f.write_str("it is more than ")?;
                format(f, *max, *decimals)
            }
            #[cfg(feature = "rust_decimal")]
            Reason::Negative => f.write_str("it is negative"),
        }
    }
}

impl Error for AmountError {}

/// The units of an amount, as a person writes it.
const fn parse(text: &str, decimals: u32, max: u64) -> Result<u64, Reason> {
    let text = text.as_bytes();
    let mut units: u64 = 0;
    let mut has_whole = false;
    // Once there was a point.
    let mut places: Option<u32> = None;
    // The first fault that is not one of form, which comes before all others.
    let mut fault = None;
    let mut at = 0;
    while at < text.len() {
        let found = match (text[at], places) {
            (b'.', None) if has_whole => {
                places = Some(0);
                None
            }
            (b'0'..=b'9', Some(done)) if done >= decimals => {
                places = Some(done.saturating_add(1));
                // Zeros at the end say nothing; other digits there do.
                if text[at] == b'0' { None } else { Some(Reason::TooFine) }
            }
            (digit @ b'0'..=b'9', _) => {
                match places {
                    None => has_whole = true,
                    Some(done) => places = Some(done + 1),
                }
                match appended(units, digit - b'0') {
                    Some(more) => {
                        units = more;
                        None
                    }
                    None => Some(Reason::TooLarge),
                }
            }
            _ => return Err(Reason::NotPlain),
        };
        if fault.is_none() {
            fault = found;
        }
        at += 1;
    }
    let done = match places {
        Some(0) => return Err(Reason::NotPlain),
        None if !has_whole => return Err(Reason::NotPlain),
        None => 0,
        Some(places) => places,
    };
    if let Some(fault) = fault {
        return Err(fault);
    }
    let mut missing = decimals.saturating_sub(done);
    while missing > 0 {
        match appended(units, 0) {
            Some(more) => units = more,
            None => return Err(Reason::TooLarge),
        }
        missing -= 1;
    }
    if units > max { Err(Reason::TooLarge) } else { Ok(units) }
}

/// The number with a digit more.
const fn appended(number: u64, digit: u8) -> Option<u64> {
    match number.checked_mul(10) {
        Some(tenfold) => tenfold.checked_add(digit as u64),
        None => None,
    }
}

/// The units of an amount, exactly.
#[cfg(feature = "rust_decimal")]
fn of_decimal(decimal: rust_decimal::Decimal, decimals: u32, max: u64) -> Result<u64, Reason> {
    let mut exact = decimal.normalize();
    if exact.is_sign_negative() && !exact.is_zero() {
        return Err(Reason::Negative);
    }
    if exact.scale() > decimals {
        return Err(Reason::TooFine);
    }
    // This stops short of the zeros that there is no room for in 96 bits, which is too much for 64 in any case.
    exact.rescale(decimals);
    u64::try_from(exact.mantissa()).ok().filter(|units| *units <= max).ok_or(Reason::TooLarge)
}

/// Writes units of `decimals` decimal places as a number, as the formatter is set.
fn format(f: &mut fmt::Formatter<'_>, units: u64, decimals: u32) -> fmt::Result {
    let mut units = u128::from(units);
    let mut places = decimals;
    let precision = f.precision();
    match precision.and_then(|precision| u32::try_from(precision).ok()) {
        Some(precision) if precision < decimals => {
            let unit = 10_u128.pow(decimals - precision);
            units = (units + unit / 2) / unit;
            places = precision;
        }
        Some(_) => {}
        None => {
            while places > 0 && units % 10 == 0 {
                units /= 10;
                places -= 1;
            }
        }
    }
    let one = 10_u128.pow(places);
    let (whole, fraction) = (units / one, units % one);
    let places = places as usize;
    let mut digits = Excerpt::EMPTY;
    match places {
        0 => write!(digits, "{whole}")?,
        _ => write!(digits, "{whole}.{fraction:0places$}")?,
    }
    let digits = digits.as_str();
    // Where more places are asked for than there are, and that may be very many.
    let zeros = precision.map_or(0, |precision| precision - places);

    // `Formatter::pad_integral` knows nothing of these zeros.
    let sign = if f.sign_plus() { "+" } else { "" };
    let gap = f.width().unwrap_or(0).saturating_sub(sign.len() + digits.len() + zeros);
    let (before, inside, after) = match f.align() {
        _ if f.sign_aware_zero_pad() => (0, gap, 0),
        Some(Alignment::Left) => (0, 0, gap),
        Some(Alignment::Center) => (gap / 2, 0, gap - gap / 2),
        Some(Alignment::Right) | None => (gap, 0, 0),
    };
    let fill = f.fill();
    repeat(f, fill, before)?;
    f.write_str(sign)?;
    repeat(f, '0', inside)?;
    f.write_str(digits)?;
    repeat(f, '0', zeros)?;
    repeat(f, fill, after)
}

fn repeat(f: &mut fmt::Formatter<'_>, c: char, count: usize) -> fmt::Result {
    (0..count).try_for_each(|_| f.write_char(c))
}
