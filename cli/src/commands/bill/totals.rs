//! Exact sums, by group.

use std::str;

use dreamstudio_pricing::{Credits, Usd};

use super::fast::{KeySet, Memo};
use super::pricing::{Cost, Reason};
use crate::book::BookBilling;

/// How many of the first lines of a reason are kept.
pub(super) const FIRST_LINES: usize = 5;

/// A line of a log: the index of the file, and the line in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogLine {
    pub(super) file: usize,
    pub(super) line: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PricedTotals {
    pub(super) rows: u64,
    pub(super) images: u64,
    pub(super) credits: Credits,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EstimatedTotals {
    pub(super) rows: u64,
    pub(super) images: u64,
    /// The sum of the rows that have an expected amount.
    pub(super) expected: Credits,
    /// How many rows have none.
    pub(super) without_expected: u64,
    pub(super) at_most: Credits,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UnpricedTotals {
    pub(super) rows: u64,
    /// No number of rows makes this overflow, whatever numbers their cells have.
    pub(super) images: u128,
    pub(super) first_lines: Vec<LogLine>,
}

/// The sums of some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) priced: PricedTotals,
    /// `None` if there are no such rows: most groups have none, and there may be millions of groups.
    pub(super) estimated: Option<Box<EstimatedTotals>>,
    /// The reasons that some row has, in order: most groups have none or one.
    unpriced: Vec<(Reason, UnpricedTotals)>,
}

/// A sum that overflows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overflow;

impl Totals {
    pub(super) fn rows(&self) -> u64 {
        let estimated = self.estimated.as_ref().map_or(0, |estimated| estimated.rows);
        self.priced.rows + estimated + self.unpriced().map(|(_, unpriced)| unpriced.rows).sum::<u64>()
    }

    pub(super) fn images(&self) -> u128 {
        let estimated = self.estimated.as_ref().map_or(0, |estimated| estimated.images);
        u128::from(self.priced.images) + u128::from(estimated) + self.unpriced_images()
    }

    pub(super) fn unpriced_images(&self) -> u128 {
        self.unpriced().map(|(_, unpriced)| unpriced.images).sum()
    }

    pub(super) fn unpriced_rows(&self) -> u64 {
        self.unpriced().map(|(_, unpriced)| unpriced.rows).sum()
    }

    /// Returns the reasons that some row has.
    pub(super) fn unpriced(&self) -> impl Iterator<Item = (Reason, &UnpricedTotals)> {
        self.unpriced.iter().map(|(reason, unpriced)| (*reason, unpriced))
    }

    fn unpriced_of(&mut self, reason: Reason) -> &mut UnpricedTotals {
        let at = self.unpriced.partition_point(|(other, _)| (*other as u64) < reason as u64);
        if self.unpriced.get(at).is_none_or(|(other, _)| *other != reason) {
            self.unpriced.insert(at, (reason, UnpricedTotals::default()));
        }
        &mut self.unpriced[at].1
    }

    #[expect(clippy::inline_always, reason = "a call takes 4 % of the time of a row")]
    #[inline(always)]
    pub(super) fn add(&mut self, cost: Cost, line: LogLine) -> Result<(), Overflow> {
        match cost {
            Cost::Price { images, credits } => self.priced.merge(&PricedTotals { rows: 1, images, credits }),
            Cost::Estimate { images, expected, at_most } => {
                let without_expected = u64::from(expected.is_none());
                let expected = expected.unwrap_or_default();
                let row = EstimatedTotals { rows: 1, images, expected, without_expected, at_most };
                self.estimated.get_or_insert_default().merge(&row)
            }
            Cost::Unpriced { images, reason } => {
                self.unpriced_of(reason).add(images, line);
                Ok(())
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.priced.merge(&other.priced)?;
        if let Some(estimated) = &other.estimated {
            self.estimated.get_or_insert_default().merge(estimated)?;
        }
        for (reason, unpriced) in &other.unpriced {
            self.unpriced_of(*reason).merge(unpriced);
        }
        Ok(())
    }
}

impl PricedTotals {
    #[inline]
    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.rows += other.rows;
        self.images = add_images(self.images, other.images)?;
        self.credits = add_credits(self.credits, other.credits)?;
        Ok(())
    }
}

impl EstimatedTotals {
    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.rows += other.rows;
        self.images = add_images(self.images, other.images)?;
        self.expected = add_credits(self.expected, other.expected)?;
        self.without_expected += other.without_expected;
        self.at_most = add_credits(self.at_most, other.at_most)?;
        Ok(())
    }
}

impl UnpricedTotals {
    fn add(&mut self, images: u64, line: LogLine) {
        self.rows += 1;
        self.images += u128::from(images);
        // Workers read the blocks in order, so that the lines are in order too.
        if self.first_lines.len() < FIRST_LINES {
            self.first_lines.push(line);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.images += other.images;
        self.first_lines.extend(&other.first_lines);
        self.first_lines.sort_unstable();
        self.first_lines.truncate(FIRST_LINES);
    }
}

#[inline]
fn add_images(a: u64, b: u64) -> Result<u64, Overflow> {
    a.checked_add(b).ok_or(Overflow)
}

#[inline]
fn add_credits(a: Credits, b: Credits) -> Result<Credits, Overflow> {
    a.checked_add(b).ok_or(Overflow)
}

/// The cells that a group has in common: text, or `None` where there is none.
pub(super) type GroupValues = Vec<Option<String>>;

/// The cells of one row, as bytes that a map can look up without an allocation: the length of each cell, or that it is
/// missing, and then its bytes.
#[derive(Default)]
pub(super) struct GroupKey {
    bytes: Vec<u8>,
}

impl GroupKey {
    const MISSING: usize = usize::MAX;

    #[inline]
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    #[inline]
    pub(super) fn push(&mut self, cell: Option<&[u8]>) {
        self.bytes.extend_from_slice(&cell.map_or(Self::MISSING, <[u8]>::len).to_ne_bytes());
        self.bytes.extend_from_slice(cell.unwrap_or_default());
    }

    fn cells(mut bytes: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
        std::iter::from_fn(move || {
            let (length, rest) = bytes.split_first_chunk()?;
            let length = usize::from_ne_bytes(*length);
            let (cell, rest) = if length == Self::MISSING {
                (None, rest)
            } else {
                rest.split_at_checked(length).map(|(cell, rest)| (Some(cell), rest))?
            };
            bytes = rest;
            Some(cell)
        })
    }

    /// Returns the key whose cells are text, if these are not. Bytes that are not UTF-8 become replacement characters.
    fn text(&self) -> Option<Self> {
        if Self::cells(&self.bytes).flatten().all(|cell| str::from_utf8(cell).is_ok()) {
            return None;
        }
        let mut key = Self::default();
        for cell in Self::cells(&self.bytes) {
            key.push(cell.map(String::from_utf8_lossy).as_deref().map(str::as_bytes));
        }
        Some(key)
    }

    fn values(bytes: &[u8]) -> GroupValues {
        let text = |cell: Option<&[u8]>| cell.map(|cell| String::from_utf8_lossy(cell).into_owned());
        Self::cells(bytes).map(text).collect()
    }
}

/// The sums of the rows of a group that are of one edition.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct GroupPart {
    /// With the position of the edition as the last one, if there are several editions.
    pub(super) values: GroupValues,
    pub(super) totals: Totals,
}

impl GroupPart {
    /// Returns the position of the edition, if there is one. The first `columns` cells are those of the group.
    pub(super) fn edition(&self, columns: usize) -> Option<usize> {
        match self.values.get(columns) {
            Some(position) => position.as_ref()?.parse().ok(),
            None => Some(0),
        }
    }
}

/// Returns the cell that stands for an edition in the key of a group. Such cells are in the order of the positions.
pub(super) fn edition_cell(position: usize) -> String {
    format!("{position:08}")
}

/// The sums of rows of any editions. Their dollars are sums too, because the price of a credit may differ.
#[derive(Default)]
pub(super) struct EditionSums {
    pub(super) totals: Totals,
    pub(super) usd: Usd,
    pub(super) expected_usd: Usd,
    pub(super) at_most_usd: Usd,
}

impl EditionSums {
    /// Adds the sums of rows of one edition. Rows without an edition have no amounts.
    pub(super) fn add(&mut self, totals: &Totals, billing: Option<&BookBilling>) -> Result<(), Overflow> {
        self.totals.merge(totals)?;
        let Some(billing) = billing else { return Ok(()) };
        let add = |sum: &mut Usd, credits| {
            *sum = sum.checked_add(billing.usd(credits)).ok_or(Overflow)?;
            Ok(())
        };
        add(&mut self.usd, totals.priced.credits)?;
        if let Some(estimated) = &totals.estimated {
            add(&mut self.expected_usd, estimated.expected)?;
            add(&mut self.at_most_usd, estimated.at_most)?;
        }
        Ok(())
    }
}

/// Totals by group.
pub(super) struct Groups {
    keys: KeySet,
    /// By the index of the key.
    totals: Vec<Totals>,
    recent: Memo<Group>,
}

/// The group of a row.
#[derive(Clone, Copy)]
pub(super) struct Group {
    index: usize,
}

impl Groups {
    pub(super) fn new() -> Self {
        Self { keys: KeySet::new(), totals: Vec::new(), recent: Memo::new() }
    }

    /// Finds the group of a row.
    #[inline]
    pub(super) fn find(&mut self, key: &GroupKey) -> Group {
        let Self { keys, totals, recent } = self;
        *recent.get(&key.bytes, || {
            let index = keys.find(&key.bytes).unwrap_or_else(|| match key.text() {
                Some(text) => keys.find_or_add(&text.bytes),
                None => keys.find_or_add(&key.bytes),
            });
            totals.resize_with(totals.len().max(index + 1), Totals::default);
            Group { index }
        })
    }

    /// Returns the totals of a group.
    #[inline]
    pub(super) fn of(&mut self, group: Group) -> &mut Totals {
        &mut self.totals[group.index]
    }

    pub(super) fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        for (at, other_totals) in other.totals.into_iter().enumerate() {
            let index = self.keys.find_or_add(other.keys.get(at));
            match self.totals.get_mut(index) {
                Some(totals) => totals.merge(&other_totals)?,
                None => self.totals.push(other_totals),
            }
        }
        Ok(())
    }

    /// Returns all groups, ordered by their cells.
    pub(super) fn sorted(mut self) -> Vec<GroupPart> {
        let mut order: Vec<usize> = (0..self.totals.len()).collect();
        let cells = |at: &usize| GroupKey::cells(self.keys.get(*at));
        order.sort_unstable_by(|a, b| cells(a).cmp(cells(b)));
        let group = |at: usize| {
            let values = GroupKey::values(self.keys.get(at));
            GroupPart { values, totals: std::mem::take(&mut self.totals[at]) }
        };
        order.into_iter().map(group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::pricing::MALFORMED;
    use super::*;

    fn groups(rows: &[(GroupKey, Cost, LogLine)]) -> Groups {
        let mut groups = Groups::new();
        for (key, cost, line) in rows {
            let group = groups.find(key);
            groups.of(group).add(*cost, *line).unwrap();
        }
        groups
    }

    fn key(cells: &[Option<&str>]) -> GroupKey {
        let mut key = GroupKey::default();
        for cell in cells {
            key.push(cell.map(str::as_bytes));
        }
        key
    }

    /// Rows of every kind in many groups.
    fn rows(count: u64) -> Vec<(GroupKey, Cost, LogLine)> {
        let credits = |units| Credits::from_units(units).unwrap();
        let row = |line: u64| {
            // Looks random, because 7919 is prime.
            let number = line * 7919 % 1009;
            let (images, amount) = (number % 5, credits(number));
            let cost = match number % 7 {
                0 => Cost::Estimate { images, expected: Some(amount), at_most: credits(2 * number) },
                1 => Cost::Estimate { images, expected: None, at_most: amount },
                2 | 3 => Cost::Unpriced { images, reason: Reason::ALL[number as usize / 7 % Reason::COUNT] },
                _ => Cost::Price { images, credits: amount },
            };
            let user = (number % 11).to_string();
            (key(&[Some(&*user), (number % 3 > 0).then_some("day")]), cost, LogLine { file: 0, line })
        };
        (0..count).map(row).collect()
    }

    /// Returns the sum of all groups.
    fn total(groups: Groups) -> Totals {
        let mut total = Totals::default();
        groups.sorted().iter().for_each(|part| total.merge(&part.totals).unwrap());
        total
    }

    #[test]
    fn the_bill_of_two_logs_is_the_sum_of_their_bills() {
        let rows = rows(300);
        let sorted = groups(&rows).sorted();
        for at in 0..=rows.len() {
            let mut sum = groups(&rows[..at]);
            sum.merge(groups(&rows[at..])).unwrap();
            assert_eq!(sum.sorted(), sorted);
        }
    }

    #[test]
    fn first_lines_are_the_first_whichever_worker_has_them() {
        let rows = rows(300);
        let (even, odd): (Vec<_>, Vec<_>) =
            super::tests::rows(300).into_iter().partition(|(_, _, line)| line.line % 2 == 0);
        let mut parts = groups(&odd);
        parts.merge(groups(&even)).unwrap();
        let parts = total(parts);
        assert_eq!(parts, total(groups(&rows)));
        for (reason, unpriced) in parts.unpriced() {
            let is_first = |(_, cost, line): &(GroupKey, Cost, LogLine)| match cost {
                Cost::Unpriced { reason: other, .. } if *other == reason => Some(*line),
                _ => None,
            };
            let wanted: Vec<LogLine> = rows.iter().filter_map(is_first).take(FIRST_LINES).collect();
            assert_eq!(unpriced.first_lines, wanted);
        }
    }

    #[test]
    fn a_part_keeps_no_more_lines_than_a_report_shows() {
        let mut unpriced = UnpricedTotals::default();
        for line in 1..=10 {
            unpriced.add(1, LogLine { file: 0, line });
        }
        assert_eq!(unpriced.first_lines.len(), FIRST_LINES);
    }

    #[test]
    fn every_row_is_counted_once() {
        let total = total(groups(&rows(300)));
        assert_eq!(total.rows(), 300);
        let images: u64 = rows(300)
            .iter()
            .map(|(_, cost, _)| match cost {
                Cost::Price { images, .. } | Cost::Estimate { images, .. } | Cost::Unpriced { images, .. } => *images,
            })
            .sum();
        assert_eq!(total.images(), u128::from(images));
    }

    #[test]
    fn a_sum_that_does_not_fit_is_an_error() {
        let line = LogLine { file: 0, line: 1 };
        let largest = Cost::Price { images: 1, credits: Credits::MAX };
        let most = Cost::Price { images: u64::MAX, credits: Credits::ZERO };
        let bound = Cost::Estimate { images: 1, expected: None, at_most: Credits::MAX };
        let one = Cost::Price { images: 1, credits: Credits::from_units(1).unwrap() };
        let estimate = Cost::Estimate { images: 1, expected: None, at_most: Credits::from_units(1).unwrap() };
        for (first, second) in [(largest, one), (most, one), (bound, estimate)] {
            let mut totals = Totals::default();
            totals.add(first, line).unwrap();
            assert_eq!(totals.add(second, line), Err(Overflow));
        }
    }

    #[test]
    fn images_without_a_price_are_counted_however_many_they_are() {
        let line = LogLine { file: 0, line: 1 };
        let mut totals = Totals::default();
        for images in [u64::MAX, u64::MAX, 1] {
            totals.add(Cost::Unpriced { images, reason: Reason::TooLarge }, line).unwrap();
        }
        assert_eq!(totals.images(), 2 * u128::from(u64::MAX) + 1);
    }

    #[test]
    fn keys_keep_their_cells_apart() {
        let rows = [[Some("a"), Some("bc")], [Some("ab"), Some("c")], [None, Some("abc")], [Some(""), Some("abc")]];
        let line = LogLine { file: 0, line: 1 };
        let cost = Cost::Price { images: 1, credits: Credits::ZERO };
        let rows = rows.map(|cells| (key(&cells), cost, line));
        let values: Vec<GroupValues> = groups(&rows).sorted().into_iter().map(|part| part.values).collect();
        let text = |text: &str| Some(text.to_owned());
        let wanted = [[None, text("abc")], [text(""), text("abc")], [text("a"), text("bc")], [text("ab"), text("c")]];
        assert_eq!(values, wanted.map(Vec::from));
    }

    #[test]
    fn cells_that_are_not_text_have_replacement_characters() {
        let mut groups = Groups::new();
        for bytes in [&b"\xff"[..], b"\xfe", "\u{fffd}".as_bytes()] {
            let mut key = GroupKey::default();
            key.push(Some(bytes));
            key.push(Some(b"text"));
            let group = groups.find(&key);
            groups.of(group).add(MALFORMED, LogLine { file: 0, line: 1 }).unwrap();
        }
        let [GroupPart { values, totals }] = &groups.sorted()[..] else { panic!() };
        assert_eq!(*values, ["\u{fffd}", "text"].map(|text| Some(text.to_owned())));
        assert_eq!(totals.rows(), 3);
    }
}
