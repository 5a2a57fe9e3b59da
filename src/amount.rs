//! Exact amounts of credits and of dollars.

use core::error::Error;
use core::fmt::{self, Alignment, Write};
use core::iter::Sum;
use core::marker::PhantomData;
use core::ops::{Add, AddAssign, Mul, MulAssign, Sub, SubAssign};
use core::str::FromStr;

use crate::text::{self, Excerpt};
use sealed::Unit;

/// The highest price of a credit, $10, in units of [`Usd`] for one unit of [`Credits`].
pub(crate) const MAX_USD_UNITS_PER_CREDITS_UNIT: u64 = 1_000_000;

/// A cent, in units of [`Usd`].
const UNITS_PER_CENT: u64 = 10_000_000;

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
/// assert_eq!(format!("${BUDGET}"), "$25.50");
/// assert_eq!(format!("{BUDGET:#}"), "25.5");
/// ```
pub type Usd = Amount<Dollar>;

/// An exact amount, as a count of a small unit: [`Credits`] or [`Usd`].
///
/// An amount is never negative. Arithmetic is exact. If the result is below zero or above [`MAX`](Self::MAX),
/// `checked_add`, `checked_sub` and `checked_mul` return `None`, and the operators panic at the caller's line. Only
/// [`Usd::round_to_cents`], [`Usd::ceil_to_cents`] and `Display` with a precision round. [Invoices](crate#invoices) says
/// when to round, and [storing amounts](crate#storing-amounts) how to keep amounts in a database.
///
/// # Serde
///
/// With the feature `serde` an amount is written as a string, in its shortest form, such as `"0.25"`. It is read from such
/// a string or from a number of credits or dollars. In a format that is not human-readable, it is read from a string only.
///
/// A number with a fraction is a float in most formats, and so is a cell of CSV that looks like one. A float is accepted
/// if the shortest text that stands for it is an amount with at most 15 significant digits, because every decimal number of
/// up to 15 digits survives as a float. So `0.3` is exact, and the sum of the floats 0.1 and 0.2, `0.30000000000000004`, is an
/// error.
///
/// Strings are always exact. But a format may round a longer number to the float, without a trace. CSV, which writes strings
/// like numbers, does so with an amount of 16 digits or more, such as 1234567.123456789 dollars: to read it back is an error,
/// or gives the nearest amount of 15 digits. Write [`units`](Self::units) there.
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
        const UNIT: &'static Unit;
    }

    /// The unit that an amount counts, and how amounts are written.
    #[derive(Debug, PartialEq, Eq, Hash)]
    pub struct Unit {
        /// The alias of the amount.
        pub name: &'static str,
        /// What the amount counts, in the plural.
        pub plural: &'static str,
        /// What a message writes before an amount.
        pub sign: &'static str,
        /// The decimal places that an amount holds.
        pub decimals: u32,
        /// The decimal places that `Display` always writes.
        pub least_places: u32,
        pub max_units: u64,
    }
}

impl Currency for Credit {}

impl sealed::Currency for Credit {
    const UNIT: &'static Unit = &Unit {
        name: "Credits",
        plural: "credits",
        sign: "",
        decimals: 4,
        least_places: 0,
        // Every amount of credits must have a price in dollars. The build checks that a credit costs at most $10.
        max_units: Dollar::UNIT.max_units / MAX_USD_UNITS_PER_CREDITS_UNIT,
    };
}

impl Currency for Dollar {}

impl sealed::Currency for Dollar {
    const UNIT: &'static Unit = &Unit {
        name: "Usd",
        plural: "dollars",
        sign: "$",
        decimals: 9,
        least_places: 2,
        // Whole cents, so that each amount can be rounded up to cents, and at most what an `i64` holds.
        max_units: i64::MAX as u64 / UNITS_PER_CENT * UNITS_PER_CENT,
    };
}

impl<C: Currency> Amount<C> {
    /// Zero.
    pub const ZERO: Self = Self::new(0);

    /// The largest amount: 922,337,203.685 credits, or 9,223,372,036.85 dollars. Even at $10 for a credit, each amount of
    /// [`Credits`] has a price in [`Usd`]. The [`units`](Self::units) of every amount fit an `i64`.
    pub const MAX: Self = Self::new(C::UNIT.max_units);

    /// The number of decimal places that an amount holds: 4 for [`Credits`], 9 for [`Usd`].
    pub const DECIMALS: u32 = C::UNIT.decimals;

    /// Creates an amount from units that do not exceed the maximum.
    pub(crate) const fn new(units: u64) -> Self {
        Self { units, currency: PhantomData }
    }

    /// Creates an amount of whole credits or dollars.
    #[track_caller]
    const fn of_whole(count: u64) -> Self {
        match Self::new(10_u64.pow(Self::DECIMALS)).checked_mul(count) {
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
        if units <= C::UNIT.max_units { Some(Self::new(units)) } else { None }
    }

    /// Returns the amount as a count of its unit, the last of [`DECIMALS`](Self::DECIMALS) decimal places. It is at most
    /// `i64::MAX`; [`signed_units`](Self::signed_units) returns an `i64`.
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

    /// Creates an amount from a signed count of its unit, as databases have. Returns `None` below zero and above
    /// [`MAX`](Self::MAX).
    ///
    /// ```
    /// use dreamstudio_pricing::Usd;
    ///
    /// assert_eq!(Usd::from_signed_units(10_000_000), Some(Usd::cents(1)));
    /// assert_eq!(Usd::from_signed_units(-1), None);
    /// ```
    #[inline]
    #[must_use]
    #[expect(clippy::cast_sign_loss, reason = "the units are not negative")]
    pub const fn from_signed_units(units: i64) -> Option<Self> {
        if units >= 0 { Self::from_units(units as u64) } else { None }
    }

    /// Returns the amount as a signed count of its unit, for a database or the balance of a ledger. It is never negative.
    ///
    /// ```
    /// use dreamstudio_pricing::Usd;
    ///
    /// let refund = -Usd::cents(1).signed_units();
    /// assert_eq!(refund, -10_000_000);
    /// ```
    #[inline]
    #[must_use]
    #[expect(clippy::cast_possible_wrap, reason = "`MAX` fits an `i64`")]
    pub const fn signed_units(self) -> i64 {
        self.units as i64
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
        match parse(text, C::UNIT) {
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
        // No overflow: each amount fits 63 bits.
        Self::from_units(self.units + other.units)
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

    /// Splits the amount into `count` equal shares: returns one share, and what remains, which is less than `count` units.
    /// Returns `None` if `count` is zero.
    ///
    /// ```
    /// use dreamstudio_pricing::Credits;
    ///
    /// let total = Credits::whole(1);
    /// let (share, rest) = total.checked_split(3).expect("3 is not zero");
    /// assert_eq!((share, rest), ("0.3333".parse()?, "0.0001".parse()?));
    /// assert_eq!(share * 3 + rest, total);
    /// # Ok::<(), dreamstudio_pricing::AmountError>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn checked_split(self, count: u64) -> Option<(Self, Self)> {
        match (self.units.checked_div(count), self.units.checked_rem(count)) {
            (Some(share), Some(rest)) => Some((Self::new(share), Self::new(rest))),
            _ => None,
        }
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
        match Self::new(UNITS_PER_CENT).checked_mul(count) {
            Some(amount) => amount,
            None => panic!("the amount is above MAX"),
        }
    }

    /// Rounds to whole cents, and half a cent up.
    ///
    /// ```
    /// use dreamstudio_pricing::Usd;
    ///
    /// let amounts = ["0.0149", "0.015", "0.02"].map(Usd::parse);
    /// let rounded = amounts.map(|amount| amount.map(Usd::round_to_cents));
    /// assert_eq!(rounded, [Ok(Usd::cents(1)), Ok(Usd::cents(2)), Ok(Usd::cents(2))]);
    /// ```
    #[inline]
    #[must_use]
    pub const fn round_to_cents(self) -> Self {
        Self::new((self.units + UNITS_PER_CENT / 2) / UNITS_PER_CENT * UNITS_PER_CENT)
    }

    /// Rounds up to whole cents.
    ///
    /// ```
    /// use dreamstudio_pricing::Usd;
    ///
    /// let rounded = ["0.0101", "0.02"].map(|text| Usd::parse(text).map(Usd::ceil_to_cents));
    /// assert_eq!(rounded, [Ok(Usd::cents(2)); 2]);
    /// ```
    #[inline]
    #[must_use]
    pub const fn ceil_to_cents(self) -> Self {
        Self::new(self.units.div_ceil(UNITS_PER_CENT) * UNITS_PER_CENT)
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
            None => panic!("the sum is above {}::MAX", C::UNIT.name),
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
            None => panic!("the difference of {} is below zero", C::UNIT.name),
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
            None => panic!("the product is above {}::MAX", C::UNIT.name),
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

/// # Panics
///
/// Panics if the sum is above `MAX`; `checked_add` does not.
impl<C: Currency> AddAssign for Amount<C> {
    #[inline]
    #[track_caller]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// # Panics
///
/// Panics if the difference is below zero; `checked_sub` does not.
impl<C: Currency> SubAssign for Amount<C> {
    #[inline]
    #[track_caller]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

/// # Panics
///
/// Panics if the product is above `MAX`; `checked_mul` does not.
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

/// # Panics
///
/// Panics if the sum is above `MAX`; `try_fold` with `checked_add` does not.
impl<'a, C: Currency> Sum<&'a Self> for Amount<C> {
    #[inline]
    #[track_caller]
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// Writes only the number, with all its digits: credits as `0.5`, dollars with at least two decimal places, as `3.70`.
/// `{:#}` writes dollars without zeros at the end too, as `3.7`. A precision sets the number of decimal places and rounds
/// half up. Width, fill and alignment work as for numbers.
impl<C: Currency> fmt::Display for Amount<C> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        format(f, self.units, C::UNIT)
    }
}

impl<C: Currency> fmt::Debug for Amount<C> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", C::UNIT.name)
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
        Self::from_i128_with_scale(amount.units.into(), C::UNIT.decimals).normalize()
    }
}

/// Converts exactly: a decimal that would have to be rounded is an error.
#[cfg(feature = "rust_decimal")]
#[cfg_attr(docsrs, doc(cfg(feature = "rust_decimal")))]
impl<C: Currency> TryFrom<rust_decimal::Decimal> for Amount<C> {
    type Error = AmountError;

    #[inline]
    fn try_from(decimal: rust_decimal::Decimal) -> Result<Self, AmountError> {
        match units_of(decimal, C::UNIT) {
            Ok(units) => Ok(Self::new(units)),
            Err(kind) => Err(AmountError::new::<C>(Excerpt::of(decimal), kind)),
        }
    }
}

/// The error of a conversion to an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AmountError {
    input: Excerpt,
    kind: AmountErrorKind,
    unit: &'static Unit,
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
        Self { input, kind, unit: C::UNIT }
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

/// Writes a sentence. Width and precision do nothing.
impl fmt::Display for AmountError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, kind, unit } = self;
        let Unit { plural, sign, decimals, least_places, max_units, .. } = unit;
        write!(f, "{input} is not an amount of {plural}: ")?;
        match kind {
            AmountErrorKind::Malformed => f.write_str("write digits, with a point before a fraction, such as 0.25"),
            AmountErrorKind::TooPrecise => write!(f, "{plural} have at most {decimals} decimal places"),
            AmountErrorKind::TooLarge => {
                write!(f, "the largest is {sign}")?;
                write_number(f, u128::from(*max_units), *decimals, *least_places)
            }
            AmountErrorKind::Negative => f.write_str("it is negative"),
        }
    }
}

impl Error for AmountError {}

/// Parses a number into units.
const fn parse(text: &str, unit: &Unit) -> Result<u64, AmountErrorKind> {
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
    if places > unit.decimals as usize {
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
    let mut missing = unit.decimals as usize - places;
    while missing > 0 {
        units = units.saturating_mul(10);
        missing -= 1;
    }
    if units > unit.max_units as u128 {
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
fn units_of(decimal: rust_decimal::Decimal, unit: &Unit) -> Result<u64, AmountErrorKind> {
    let mut exact = decimal.normalize();
    if exact.is_sign_negative() && !exact.is_zero() {
        return Err(AmountErrorKind::Negative);
    }
    if exact.scale() > unit.decimals {
        return Err(AmountErrorKind::TooPrecise);
    }
    // A decimal without room for the zeros keeps a smaller scale. Then even its mantissa does not fit 64 bits.
    exact.rescale(unit.decimals);
    u64::try_from(exact.mantissa()).ok().filter(|units| *units <= unit.max_units).ok_or(AmountErrorKind::TooLarge)
}

/// Writes units as a number, with the formatter's precision, width, fill and alignment.
fn format(f: &mut fmt::Formatter<'_>, units: u64, unit: &Unit) -> fmt::Result {
    let Unit { decimals, least_places, .. } = *unit;
    let (places, least_places) = match f.precision() {
        Some(precision) => {
            let places = u32::try_from(precision).map_or(decimals, |precision| precision.min(decimals));
            (places, places)
        }
        None => (decimals, if f.alternate() { 0 } else { least_places }),
    };
    let place = 10_u64.pow(decimals - places);
    let mut digits = Excerpt::EMPTY;
    write_number(&mut digits, u128::from((units + place / 2) / place), places, least_places)?;
    let digits = digits.as_str();
    // A precision may ask for more places than the excerpt has room for.
    let zeros = f.precision().map_or(0, |precision| precision - places as usize);

    // Not `Formatter::pad_integral`: it takes the number as one text, and these zeros are not in the excerpt.
    let sign = if f.sign_plus() { "+" } else { "" };
    let length = sign.len() + digits.len() + zeros;
    let inside = if f.sign_aware_zero_pad() { f.width().unwrap_or(0).saturating_sub(length) } else { 0 };
    text::pad(f, length + inside, Alignment::Right, |f| {
        f.write_str(sign)?;
        text::repeat(f, '0', inside)?;
        f.write_str(digits)?;
        text::repeat(f, '0', zeros)
    })
}

/// Writes a count of units of `places` decimal places as a number, without zeros at the end after `least_places`.
pub(crate) fn write_number(out: &mut impl Write, mut units: u128, mut places: u32, least_places: u32) -> fmt::Result {
    while places > least_places && units % 10 == 0 {
        units /= 10;
        places -= 1;
    }
    let one = 10_u128.pow(places);
    let (whole, fraction, places) = (units / one, units % one, places as usize);
    match places {
        0 => write!(out, "{whole}"),
        _ => write!(out, "{whole}.{fraction:0places$}"),
    }
}
