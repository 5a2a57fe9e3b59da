//! Exact amounts of credits and of dollars.

use core::error::Error;
use core::fmt::{self, Alignment, Write as _};
use core::iter::Sum;
use core::marker::PhantomData;
use core::ops::{Add, AddAssign, Mul, MulAssign, Sub, SubAssign};
use core::str::FromStr;

use crate::text::Excerpt;

/// The highest price of a credit, $10, in units of [`Usd`] for one unit of [`Credits`].
pub(crate) const MAX_USD_UNITS_PER_CREDITS_UNIT: u64 = 1_000_000;

/// An exact amount of credits, counted in ten-thousandths of a credit.
///
/// ```
/// use dreamstudio_pricing::Credits;
///
/// let price: Credits = "1.21".parse()?;
/// let total = 4 * price;
/// assert_eq!(total.to_string(), "4.84");
/// assert_eq!(format!("{total:>8.1}"), "     4.8");
/// # Ok::<(), dreamstudio_pricing::AmountError>(())
/// ```
pub type Credits = Amount<Credit>;

/// An exact amount of US dollars, counted in billionths of a dollar.
///
/// ```
/// use dreamstudio_pricing::Usd;
///
/// const BUDGET: Usd = Usd::cents(2550);
/// assert_eq!(format!("${BUDGET}, ${BUDGET:.2}"), "$25.5, $25.50");
/// ```
pub type Usd = Amount<Dollar>;

/// An exact amount, as a count of a small unit: [`Credits`] or [`Usd`].
///
/// An amount is never negative. Arithmetic is exact. If the result is below zero or above [`MAX`](Self::MAX),
/// `checked_add`, `checked_sub` and `checked_mul` return `None`, and the operators panic at the caller's line. Only
/// `Display` with a precision rounds.
///
/// With the feature `serde` an amount is written as a string, such as `"0.25"`. It is read from such a string or from an
/// integer, which is a number of whole credits or dollars. A float is an error, because most decimal fractions have no
/// exact float.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount<C: Currency> {
    units: u64,
    currency: PhantomData<C>,
}

/// The currency of an [`Amount`]: [`Credit`] or [`Dollar`]. The trait is sealed.
pub trait Currency: sealed::Currency {}

/// The currency of [`Credits`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credit;

/// The currency of [`Usd`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dollar;

mod sealed {
    use core::hash::Hash;

    pub trait Currency: Copy + Default + Ord + Hash {
        /// The alias of the amount.
        const NAME: &'static str;
        /// What the amount counts, in the plural.
        const PLURAL: &'static str;
        const DECIMALS: u32;
        const MAX_UNITS: u64;
    }
}

impl Currency for Credit {}

impl sealed::Currency for Credit {
    const NAME: &'static str = "Credits";
    const PLURAL: &'static str = "credits";
    const DECIMALS: u32 = 4;
    // Every amount of credits must have a price in dollars. The build checks that a credit costs at most $10.
    const MAX_UNITS: u64 = u64::MAX / MAX_USD_UNITS_PER_CREDITS_UNIT;
}

impl Currency for Dollar {}

impl sealed::Currency for Dollar {
    const NAME: &'static str = "Usd";
    const PLURAL: &'static str = "dollars";
    const DECIMALS: u32 = 9;
    const MAX_UNITS: u64 = u64::MAX;
}

impl<C: Currency> Amount<C> {
    /// Zero.
    pub const ZERO: Self = Self::new(0);

    /// The largest amount: 1,844,674,407.3709 credits, or 18,446,744,073.709551615 dollars. Even at $10 for a credit,
    /// each amount of [`Credits`] has a price in [`Usd`].
    pub const MAX: Self = Self::new(C::MAX_UNITS);

    /// The number of decimal places that an amount holds: 4 for [`Credits`], 9 for [`Usd`].
    pub const DECIMALS: u32 = C::DECIMALS;

    /// Creates an amount from units that do not exceed the maximum.
    pub(crate) const fn new(units: u64) -> Self {
        Self { units, currency: PhantomData }
    }

    /// Creates an amount of whole credits or dollars.
    #[track_caller]
    const fn of_whole(count: u64) -> Self {
        match Self::new(10_u64.pow(C::DECIMALS)).checked_mul(count) {
            Some(amount) => amount,
            None => panic!("the amount is above MAX"),
        }
    }

    /// Creates an amount from a count of its unit, such as an integer in a database. Returns `None` above
    /// [`MAX`](Self::MAX). The unit is the last of [`DECIMALS`](Self::DECIMALS) decimal places.
    ///
    /// ```
    /// use dreamstudio_pricing::Credits;
    ///
    /// assert_eq!(Credits::from_units(2_500), "0.25".parse().ok());
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_units(units: u64) -> Option<Self> {
        if units <= C::MAX_UNITS { Some(Self::new(units)) } else { None }
    }

    /// Returns the amount as a count of its unit, the last of [`DECIMALS`](Self::DECIMALS) decimal places.
    ///
    /// ```
    /// use dreamstudio_pricing::Usd;
    ///
    /// assert_eq!(Usd::cents(1).units(), 10_000_000);
    /// ```
    #[inline]
    #[must_use]
    pub const fn units(self) -> u64 {
        self.units
    }

    /// Parses a number of credits or dollars, such as `12` or `0.25`. `FromStr` does the same, but is not `const`.
    ///
    /// # Errors
    ///
    /// [`AmountError`] if the text is not digits, or digits, a point and digits; if it has a leading zero, such as
    /// `007`; if it has more decimal places than [`DECIMALS`](Self::DECIMALS), not counting zeros at the end; or if
    /// the number is above [`MAX`](Self::MAX).
    ///
    /// ```
    /// use dreamstudio_pricing::{AmountErrorKind, Credits};
    ///
    /// const BUDGET: Credits = match Credits::parse("12.50") {
    ///     Ok(budget) => budget,
    ///     Err(_) => panic!("not an amount"),
    /// };
    /// assert_eq!(BUDGET.to_string(), "12.5");
    /// assert_eq!(Credits::parse("1e3").unwrap_err().kind(), AmountErrorKind::Malformed);
    /// ```
    #[inline]
    pub const fn parse(text: &str) -> Result<Self, AmountError> {
        match parse(text, C::DECIMALS, C::MAX_UNITS) {
            Ok(units) => Ok(Self::new(units)),
            Err(kind) => Err(AmountError::new::<C>(Excerpt::new(text), kind)),
        }
    }

    /// Returns the sum, or `None` above [`MAX`](Self::MAX).
    ///
    /// ```
    /// use dreamstudio_pricing::Credits;
    ///
    /// let balance = Credits::whole(20);
    /// assert_eq!(balance.checked_add(Credits::whole(5)), Some(Credits::whole(25)));
    /// assert_eq!(balance.checked_add(Credits::MAX), None);
    /// ```
    #[inline]
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.units.checked_add(other.units) {
            Some(units) => Self::from_units(units),
            None => None,
        }
    }

    /// Returns the difference, or `None` below zero.
    ///
    /// ```
    /// use dreamstudio_pricing::Credits;
    ///
    /// let balance = Credits::whole(20);
    /// assert_eq!(balance.checked_sub(Credits::whole(5)), Some(Credits::whole(15)));
    /// assert_eq!(balance.checked_sub(Credits::whole(25)), None);
    /// ```
    #[inline]
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.units.checked_sub(other.units) {
            Some(units) => Some(Self::new(units)),
            None => None,
        }
    }

    /// Returns the amount multiplied by `count`, or `None` above [`MAX`](Self::MAX).
    ///
    /// ```
    /// use dreamstudio_pricing::Credits;
    ///
    /// let price = Credits::parse("0.25")?;
    /// assert_eq!(price.checked_mul(4), Some(Credits::whole(1)));
    /// assert_eq!(price.checked_mul(u64::MAX), None);
    /// # Ok::<(), dreamstudio_pricing::AmountError>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn checked_mul(self, count: u64) -> Option<Self> {
        match self.units.checked_mul(count) {
            Some(units) => Self::from_units(units),
            None => None,
        }
    }

    /// Returns how many times `divisor` goes into the amount, rounded down, or `None` if `divisor` is zero: the number
    /// of images that a balance pays for at a price.
    ///
    /// ```
    /// use dreamstudio_pricing::Credits;
    ///
    /// let balance = Credits::whole(1);
    /// assert_eq!(balance.checked_div("0.3".parse()?), Some(3));
    /// assert_eq!(balance.checked_div(Credits::ZERO), None);
    /// # Ok::<(), dreamstudio_pricing::AmountError>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn checked_div(self, divisor: Self) -> Option<u64> {
        self.units.checked_div(divisor.units)
    }
}

impl Credits {
    /// Creates an amount of whole credits.
    ///
    /// # Panics
    ///
    /// Panics above [`MAX`](Self::MAX).
    ///
    /// ```
    /// use dreamstudio_pricing::Credits;
    ///
    /// const BALANCE: Credits = Credits::whole(25);
    /// assert_eq!(BALANCE.to_string(), "25");
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub const fn whole(count: u64) -> Self {
        Self::of_whole(count)
    }
}

impl Usd {
    /// Creates an amount of whole dollars.
    ///
    /// # Panics
    ///
    /// Panics above [`MAX`](Self::MAX).
    ///
    /// ```
    /// use dreamstudio_pricing::Usd;
    ///
    /// assert_eq!(Usd::dollars(10), Usd::cents(1000));
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub const fn dollars(count: u64) -> Self {
        Self::of_whole(count)
    }

    /// Creates an amount of whole cents.
    ///
    /// # Panics
    ///
    /// Panics above [`MAX`](Self::MAX).
    ///
    /// ```
    /// use dreamstudio_pricing::Usd;
    ///
    /// assert_eq!(Usd::cents(999).to_string(), "9.99");
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub const fn cents(count: u64) -> Self {
        match Self::new(10_u64.pow(Self::DECIMALS - 2)).checked_mul(count) {
            Some(amount) => amount,
            None => panic!("the amount is above MAX"),
        }
    }
}

/// # Panics
///
/// Panics if the sum is above `MAX`; `checked_add` does not.
impl<C: Currency> Add for Amount<C> {
    type Output = Self;

    #[inline]
    #[track_caller]
    fn add(self, other: Self) -> Self {
        match self.checked_add(other) {
            Some(sum) => sum,
            None => panic!("the sum is above {}::MAX", C::NAME),
        }
    }
}

/// # Panics
///
/// Panics if the difference is below zero; `checked_sub` does not.
impl<C: Currency> Sub for Amount<C> {
    type Output = Self;

    #[inline]
    #[track_caller]
    fn sub(self, other: Self) -> Self {
        match self.checked_sub(other) {
            Some(difference) => difference,
            None => panic!("the difference of {} is below zero", C::NAME),
        }
    }
}

/// # Panics
///
/// Panics if the product is above `MAX`; `checked_mul` does not.
impl<C: Currency> Mul<u64> for Amount<C> {
    type Output = Self;

    #[inline]
    #[track_caller]
    fn mul(self, count: u64) -> Self {
        match self.checked_mul(count) {
            Some(product) => product,
            None => panic!("the product is above {}::MAX", C::NAME),
        }
    }
}

/// # Panics
///
/// Panics if the product is above `MAX`; `checked_mul` does not.
impl<C: Currency> Mul<Amount<C>> for u64 {
    type Output = Amount<C>;

    #[inline]
    #[track_caller]
    fn mul(self, amount: Amount<C>) -> Amount<C> {
        amount * self
    }
}

impl<C: Currency> AddAssign for Amount<C> {
    #[inline]
    #[track_caller]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<C: Currency> SubAssign for Amount<C> {
    #[inline]
    #[track_caller]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl<C: Currency> MulAssign<u64> for Amount<C> {
    #[inline]
    #[track_caller]
    fn mul_assign(&mut self, count: u64) {
        *self = *self * count;
    }
}

/// # Panics
///
/// Panics if the sum is above `MAX`; `try_fold` with `checked_add` does not.
impl<C: Currency> Sum for Amount<C> {
    #[inline]
    #[track_caller]
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        let mut sum = Self::ZERO;
        // With a closure, `#[track_caller]` would report the closure.
        for amount in amounts {
            sum += amount;
        }
        sum
    }
}

impl<'a, C: Currency> Sum<&'a Self> for Amount<C> {
    #[inline]
    #[track_caller]
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// Writes only the number, with all its digits and without zeros at the end. A precision sets the number of decimal
/// places and rounds half up.
impl<C: Currency> fmt::Display for Amount<C> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        format(f, self.units, C::DECIMALS)
    }
}

impl<C: Currency> fmt::Debug for Amount<C> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", C::NAME)
    }
}

impl<C: Currency> FromStr for Amount<C> {
    type Err = AmountError;

    #[inline]
    fn from_str(text: &str) -> Result<Self, AmountError> {
        Self::parse(text)
    }
}

#[cfg(feature = "rust_decimal")]
#[cfg_attr(docsrs, doc(cfg(feature = "rust_decimal")))]
impl<C: Currency> From<Amount<C>> for rust_decimal::Decimal {
    #[inline]
    fn from(amount: Amount<C>) -> Self {
        Self::from_i128_with_scale(amount.units.into(), C::DECIMALS).normalize()
    }
}

/// Converts exactly: a decimal that would have to be rounded is an error.
#[cfg(feature = "rust_decimal")]
#[cfg_attr(docsrs, doc(cfg(feature = "rust_decimal")))]
impl<C: Currency> TryFrom<rust_decimal::Decimal> for Amount<C> {
    type Error = AmountError;

    #[inline]
    fn try_from(decimal: rust_decimal::Decimal) -> Result<Self, AmountError> {
        match units_of(decimal, C::DECIMALS, C::MAX_UNITS) {
            Ok(units) => Ok(Self::new(units)),
            Err(kind) => Err(AmountError::new::<C>(Excerpt::of(decimal), kind)),
        }
    }
}

#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<C: Currency> serde_core::Serialize for Amount<C> {
    #[inline]
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de, C: Currency> serde_core::Deserialize<'de> for Amount<C> {
    #[inline]
    fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<C>(PhantomData<C>);

        impl<C: Currency> serde_core::de::Visitor<'_> for Visitor<C> {
            type Value = Amount<C>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a number of {} as a string, such as \"0.25\", or as an integer", C::PLURAL)
            }

            fn visit_str<E: serde_core::de::Error>(self, text: &str) -> Result<Amount<C>, E> {
                Amount::parse(text).map_err(E::custom)
            }

            fn visit_u64<E: serde_core::de::Error>(self, count: u64) -> Result<Amount<C>, E> {
                self.visit_str(Excerpt::of(count).as_str())
            }

            fn visit_i64<E: serde_core::de::Error>(self, count: i64) -> Result<Amount<C>, E> {
                self.visit_str(Excerpt::of(count).as_str())
            }

            fn visit_f64<E: serde_core::de::Error>(self, float: f64) -> Result<Amount<C>, E> {
                Err(E::custom(format_args!(
                    "{float} is a float, and not an exact amount of {}: write a string, such as \"0.25\"",
                    C::PLURAL
                )))
            }
        }

        let visitor = Visitor(PhantomData);
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(visitor)
        } else {
            // A format that is not self-describing must know the type of what comes next.
            deserializer.deserialize_str(visitor)
        }
    }
}

/// The error of a conversion to an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AmountError {
    input: Excerpt,
    kind: AmountErrorKind,
    plural: &'static str,
    decimals: u32,
    max_units: u64,
}

/// What is wrong with an amount; [`AmountError::kind`] returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AmountErrorKind {
    /// The text is not digits, or digits, a point and digits; or it has a leading zero.
    Malformed,
    /// The number has more decimal places than the amount holds.
    TooPrecise,
    /// The number is above the largest amount.
    TooLarge,
    /// The number is below zero.
    Negative,
}

impl AmountError {
    pub(crate) const fn new<C: Currency>(input: Excerpt, kind: AmountErrorKind) -> Self {
        Self { input, kind, plural: C::PLURAL, decimals: C::DECIMALS, max_units: C::MAX_UNITS }
    }

    /// Returns the stable [code](crate#errors) of the error: `malformed-amount`, `amount-too-precise`, `amount-too-large` or
    /// `negative-amount`, by its [`kind`](Self::kind).
    #[inline]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.kind {
            AmountErrorKind::Malformed => "malformed-amount",
            AmountErrorKind::TooPrecise => "amount-too-precise",
            AmountErrorKind::TooLarge => "amount-too-large",
            AmountErrorKind::Negative => "negative-amount",
        }
    }

    /// Returns what is wrong.
    ///
    /// ```
    /// use dreamstudio_pricing::{AmountErrorKind, Usd};
    ///
    /// let error = "-5".parse::<Usd>().unwrap_err();
    /// assert_eq!(error.kind(), AmountErrorKind::Negative);
    /// ```
    #[inline]
    #[must_use]
    pub const fn kind(&self) -> AmountErrorKind {
        self.kind
    }
}

impl fmt::Display for AmountError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, kind, plural, decimals, max_units } = self;
        write!(f, "{input} is not an amount of {plural}: ")?;
        match kind {
            AmountErrorKind::Malformed => f.write_str("write digits, with a point before a fraction, such as 0.25"),
            AmountErrorKind::TooPrecise => write!(f, "{plural} have at most {decimals} decimal places"),
            AmountErrorKind::TooLarge => {
                f.write_str("the largest is ")?;
                format(f, *max_units, *decimals)
            }
            AmountErrorKind::Negative => f.write_str("it is negative"),
        }
    }
}

impl Error for AmountError {}

/// Parses a number into units of `decimals` decimal places.
const fn parse(text: &str, decimals: u32, max_units: u64) -> Result<u64, AmountErrorKind> {
    let text = text.as_bytes();
    let Some(point) = find_point(text) else {
        return Err(match text {
            [b'-', number @ ..] if find_point(number).is_some() => AmountErrorKind::Negative,
            _ => AmountErrorKind::Malformed,
        });
    };
    let mut end = text.len();
    if point < end {
        // Any number of zeros may end a fraction. The point ends the loop.
        while text[end - 1] == b'0' {
            end -= 1;
        }
    }
    let places = end.saturating_sub(point + 1);
    if places > decimals as usize {
        return Err(AmountErrorKind::TooPrecise);
    }
    let mut units: u128 = 0;
    let mut at = 0;
    while at < end {
        if at != point {
            units = units.saturating_mul(10).saturating_add((text[at] - b'0') as u128);
        }
        at += 1;
    }
    let mut missing = decimals as usize - places;
    while missing > 0 {
        units = units.saturating_mul(10);
        missing -= 1;
    }
    if units > max_units as u128 {
        return Err(AmountErrorKind::TooLarge);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the units are at most `max_units`")]
    Ok(units as u64)
}

/// Returns the index of the point in a well-formed number, its length if it has no point, or `None` if it is malformed.
const fn find_point(text: &[u8]) -> Option<usize> {
    let mut point = text.len();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'0'..=b'9' => {}
            b'.' if point == text.len() => point = at,
            _ => return None,
        }
        at += 1;
    }
    let has_digits = point > 0 && point + 1 != text.len();
    let has_leading_zero = point > 1 && text[0] == b'0';
    if has_digits && !has_leading_zero { Some(point) } else { None }
}

/// Returns the units of a decimal, exactly.
#[cfg(feature = "rust_decimal")]
fn units_of(decimal: rust_decimal::Decimal, decimals: u32, max_units: u64) -> Result<u64, AmountErrorKind> {
    let mut exact = decimal.normalize();
    if exact.is_sign_negative() && !exact.is_zero() {
        return Err(AmountErrorKind::Negative);
    }
    if exact.scale() > decimals {
        return Err(AmountErrorKind::TooPrecise);
    }
    // A decimal without room for the zeros keeps a smaller scale. Then even its mantissa does not fit 64 bits.
    exact.rescale(decimals);
    u64::try_from(exact.mantissa()).ok().filter(|units| *units <= max_units).ok_or(AmountErrorKind::TooLarge)
}

/// Writes units of `decimals` decimal places as a number, with the formatter's precision, width, fill and alignment.
fn format(f: &mut fmt::Formatter<'_>, units: u64, decimals: u32) -> fmt::Result {
    let precision = f.precision();
    let mut places =
        precision.and_then(|precision| u32::try_from(precision).ok()).map_or(decimals, |it| it.min(decimals));
    let unit = 10_u128.pow(decimals - places);
    let mut units = (u128::from(units) + unit / 2) / unit;
    if precision.is_none() {
        while places > 0 && units % 10 == 0 {
            units /= 10;
            places -= 1;
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
    // A precision may ask for more places than the excerpt has room for.
    let zeros = precision.map_or(0, |precision| precision - places);

    // Not `Formatter::pad_integral`: it takes the number as one text, and these zeros are not in the excerpt.
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
