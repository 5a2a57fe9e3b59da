//! Totals by group: those of one worker, those of all workers, and all in the order of their cells.

use std::borrow::Cow;
use std::hint::black_box;
use std::mem;
use std::str;
use std::sync::{Mutex, PoisonError};

use super::fast::{KeyHasher, KeySet, Memo};
use super::parallel::in_parallel;
use super::pricing::Cost;
use super::totals::{LogLine, Overflow, Totals};

/// The cells of one row, as bytes that a map can look up without an allocation, and that sort as the cells do: first
/// those that are missing, then by their bytes.
#[derive(Clone, Default)]
pub(super) struct GroupKey {
    bytes: Vec<u8>,
}

impl GroupKey {
    /// A cell is this, or [`CELL`](Self::CELL), its bytes, and [`END`](Self::END).
    const MISSING: u8 = 0;
    const CELL: u8 = 1;
    const END: u8 = 0;
    /// Follows a zero in a cell, which is not its end. It sorts after what follows an end.
    const ZERO: u8 = 2;

    #[inline]
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    #[inline]
    pub(super) fn push(&mut self, cell: Option<&[u8]>) {
        let Some(mut rest) = cell else { return self.bytes.push(Self::MISSING) };
        self.bytes.push(Self::CELL);
        while let Some((part, after)) = memchr::memchr(0, rest).and_then(|at| rest.split_at_checked(at + 1)) {
            self.bytes.extend_from_slice(part);
            self.bytes.push(Self::ZERO);
            rest = after;
        }
        self.bytes.extend_from_slice(rest);
        self.bytes.push(Self::END);
    }

    /// Returns the key whose cells are text, if these are not. Bytes that are not UTF-8 become replacement characters.
    fn text(&self) -> Option<Self> {
        // What is between the cells is UTF-8. `from_utf8_lossy` takes ten times as long to see that all is.
        let is_text = str::from_utf8(&self.bytes).is_ok();
        (!is_text).then(|| Self { bytes: String::from_utf8_lossy(&self.bytes).into_owned().into_bytes() })
    }

    /// Returns the first cell of a key, as it is in the key, and what follows it.
    fn split(key: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
        let (start, rest) = key.split_first()?;
        if *start == Self::MISSING {
            return Some((None, rest));
        }
        let mut zeros = memchr::memchr_iter(Self::END, rest);
        let end = zeros.find(|zero| rest.get(zero + 1) != Some(&Self::ZERO)).unwrap_or(rest.len());
        let (cell, after) = rest.split_at_checked(end)?;
        Some((Some(cell), after.get(1..).unwrap_or_default()))
    }

    /// Returns the cells of a key.
    fn cells(mut key: &[u8]) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        std::iter::from_fn(move || {
            let (cell, rest) = Self::split(key)?;
            key = rest;
            // All keys are text, and this takes a tenth of the time of `from_utf8_lossy`.
            let text = cell.map(|cell| str::from_utf8(cell).map_or_else(|_| String::from_utf8_lossy(cell), Cow::from));
            let has_zeros = cell.is_some_and(|cell| cell.contains(&0));
            Some(text.map(|text| if has_zeros { text.replace("\0\u{2}", "\0").into() } else { text }))
        })
    }
}

/// How many groups are read ahead: their memory fits the cache of a core.
pub(super) const NEAR: usize = 1 << 8;

/// Keys with their totals.
#[derive(Default)]
struct GroupSet {
    keys: KeySet,
    /// By the index of the key.
    totals: Vec<Totals>,
}

impl GroupSet {
    fn find_or_add(&mut self, hash: u64, key: &[u8]) -> usize {
        let index = self.keys.find_or_add(hash, key);
        self.totals.resize_with(self.totals.len().max(index + 1), Totals::default);
        index
    }

    /// Adds the values that come with keys and their hashes to the totals of their groups.
    ///
    /// A set with many groups is not in the cache. In a loop that only reads ahead, the processor waits for the memory of
    /// several groups at a time, because nothing needs what it reads.
    fn add_all<'k, T: 'k>(
        &mut self,
        mut values: impl Iterator<Item = (u64, &'k [u8], &'k T)>,
        add: impl Fn(&mut Totals, &T) -> Result<(), Overflow>,
    ) -> Result<(), Overflow> {
        let (mut near, mut candidates) = (Vec::with_capacity(NEAR), Vec::with_capacity(NEAR));
        loop {
            near.clear();
            near.extend(values.by_ref().take(NEAR));
            if near.is_empty() {
                return Ok(());
            }
            candidates.clear();
            candidates.extend(near.iter().map(|(hash, ..)| self.keys.candidate(*hash)));
            for index in candidates.iter().flatten() {
                black_box((self.keys.get(*index).first().copied(), self.totals[*index].priced.rows));
            }
            for ((hash, key, value), candidate) in near.iter().zip(&candidates) {
                let found = candidate.filter(|index| self.keys.get(*index) == *key);
                let index = found.unwrap_or_else(|| self.find_or_add(*hash, key));
                add(&mut self.totals[index], value)?;
            }
        }
    }
}

/// Rows with their groups.
#[derive(Default)]
struct Rows {
    /// The keys of the groups, in one buffer.
    keys: Vec<u8>,
    rows: Vec<Row>,
}

struct Row {
    /// The hash of the key of its group, and where the key ends. It starts where the one before ends.
    hash: u64,
    end: usize,
    cost: Cost,
    line: LogLine,
}

impl Rows {
    fn push(&mut self, hash: u64, key: &[u8], cost: Cost, line: LogLine) {
        self.keys.extend_from_slice(key);
        self.rows.push(Row { hash, end: self.keys.len(), cost, line });
    }

    fn iter(&self) -> impl Iterator<Item = (u64, &[u8], &Row)> {
        self.rows.iter().scan(0, |start, row| {
            let key = self.keys.get(mem::replace(start, row.end)..row.end)?;
            Some((row.hash, key, row))
        })
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.rows.clear();
    }
}

/// The totals of the first groups that a worker meets, and the rows of others, until it [moves](Groups::move_to) both.
///
/// If there are many groups, most rows are of others. To keep them as they are, and to add many at a time to the groups of
/// all workers, takes less time than to keep totals that have one row each.
pub(super) struct Groups {
    set: GroupSet,
    hasher: KeyHasher,
    recent: Memo<Group>,
    /// By the part of all groups that they belong to.
    others: [Rows; SharedGroups::PARTS],
    /// How many rows of others there are.
    other_rows: usize,
    has_replaced: bool,
}

/// A group that a worker keeps, until it [moves](Groups::move_to) its groups.
#[derive(Clone, Copy)]
pub(super) struct Group {
    index: usize,
}

/// The hash of the key of another group.
#[derive(Clone, Copy)]
pub(super) struct OtherGroup(u64);

impl Groups {
    /// How many groups a worker keeps: few enough for the cache of its core.
    const KEPT: usize = 1 << 11;
    /// How many rows of other groups it keeps, in some 13 MB: enough for each part of all groups to have thousands of them,
    /// which need the same pages of memory.
    const OTHER_ROWS: usize = 1 << 17;

    /// Finds the group of a row.
    ///
    /// # Errors
    ///
    /// Returns another group if the worker keeps enough already.
    #[inline]
    pub(super) fn find(&mut self, key: &GroupKey) -> Result<Group, OtherGroup> {
        let Self { set, hasher, recent, has_replaced, .. } = self;
        if set.totals.len() >= Self::KEPT {
            let hash = hasher.hash(&key.bytes);
            return set.keys.find(hash, &key.bytes).map(|index| Group { index }).ok_or(OtherGroup(hash));
        }
        Ok(*recent.get(&key.bytes, || {
            let hash = hasher.hash(&key.bytes);
            let index = set.keys.find(hash, &key.bytes).unwrap_or_else(|| match key.text() {
                Some(text) => {
                    *has_replaced = true;
                    set.find_or_add(hasher.hash(&text.bytes), &text.bytes)
                }
                None => set.find_or_add(hash, &key.bytes),
            });
            Group { index }
        }))
    }

    /// Adds a row to the group of its key.
    #[expect(clippy::inline_always, reason = "a call takes 4 % of the time of a row")]
    #[inline(always)]
    pub(super) fn add(
        &mut self,
        group: Result<Group, OtherGroup>,
        key: &GroupKey,
        cost: Cost,
        line: LogLine,
    ) -> Result<(), Overflow> {
        match group {
            Ok(Group { index }) => self.set.totals[index].add(cost, line),
            Err(other) => {
                self.keep(other, key, cost, line);
                Ok(())
            }
        }
    }

    fn keep(&mut self, OtherGroup(hash): OtherGroup, key: &GroupKey, cost: Cost, line: LogLine) {
        let text = key.text();
        let (hash, GroupKey { bytes }) = match &text {
            Some(text) => (self.hasher.hash(&text.bytes), text),
            None => (hash, key),
        };
        self.has_replaced |= text.is_some();
        self.others[SharedGroups::part_of(hash)].push(hash, bytes, cost, line);
        self.other_rows += 1;
    }

    /// Returns whether a cell of a row was not UTF-8, so that different cells may be of one group.
    pub(super) fn has_replaced(&self) -> bool {
        self.has_replaced
    }

    /// Returns whether the worker keeps enough rows of other groups, and must move them.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.other_rows >= Self::OTHER_ROWS
    }

    /// Moves all groups and all rows to the groups of all workers.
    pub(super) fn move_to(&mut self, shared: &SharedGroups) -> Result<(), Overflow> {
        let Self { set, hasher, recent, others, other_rows, .. } = self;
        let mut kept = [const { Vec::new() }; SharedGroups::PARTS];
        for (key, totals) in set.keys.iter().zip(&set.totals) {
            let hash = hasher.hash(key);
            kept[SharedGroups::part_of(hash)].push((hash, key, totals));
        }
        for (part, (kept, rows)) in shared.parts.iter().zip(kept.iter().zip(others)) {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            part.add_all(kept.iter().copied(), Totals::merge)?;
            part.add_all(rows.iter(), |totals, row| totals.add(row.cost, row.line))?;
            rows.clear();
        }
        *other_rows = 0;
        set.keys.clear();
        set.totals.clear();
        recent.clear();
        Ok(())
    }
}

/// The groups of all workers, in parts by the hashes of their keys, so that workers can add to several parts at a time.
pub(super) struct SharedGroups {
    parts: [Mutex<GroupSet>; Self::PARTS],
    hasher: KeyHasher,
}

impl SharedGroups {
    const PARTS: usize = 16;

    pub(super) fn new() -> Self {
        Self { parts: Default::default(), hasher: KeyHasher::default() }
    }

    /// Returns groups for one worker.
    pub(super) fn worker(&self) -> Groups {
        Groups {
            set: GroupSet::default(),
            hasher: self.hasher.clone(),
            recent: Memo::new(),
            others: Default::default(),
            other_rows: 0,
            has_replaced: false,
        }
    }

    /// Returns the part of a hash, by other bits than those that are a place in a table.
    fn part_of(hash: u64) -> usize {
        usize::from((hash >> 32).to_le_bytes()[0]) % Self::PARTS
    }

    pub(super) fn finish(self) -> AllGroups {
        let set = |part: Mutex<GroupSet>| part.into_inner().unwrap_or_else(PoisonError::into_inner);
        AllGroups(self.parts.map(set))
    }
}

/// All groups of a log.
pub(super) struct AllGroups([GroupSet; SharedGroups::PARTS]);

impl AllGroups {
    /// Returns the parts of all groups in the order in which they are in memory.
    pub(super) fn parts(&self) -> impl Iterator<Item = GroupPart<'_>> {
        let part = |(key, totals)| GroupPart { chunk: 0, key, totals };
        self.0.iter().flat_map(|set| set.keys.iter().zip(&set.totals)).map(part)
    }

    /// Returns the parts of all groups, ordered by their cells.
    pub(super) fn sorted(&self) -> Vec<GroupPart<'_>> {
        let mut parts: Vec<_> = self.parts().collect();
        sort(&mut parts, 0);
        parts
    }
}

/// The sums of the rows of a group that are of one edition.
#[derive(Clone, Copy)]
pub(super) struct GroupPart<'a> {
    /// The bytes of the key that [`sort`] compares.
    chunk: u64,
    /// With the position of the edition as the last cell, if editions have days.
    key: &'a [u8],
    pub(super) totals: &'a Totals,
}

impl<'a> GroupPart<'a> {
    /// Brings the part into the cache. In a loop that does only this, the processor waits for the memory of several parts
    /// at a time, because nothing needs what it reads.
    #[inline]
    pub(super) fn read_ahead(&self) {
        black_box((self.key.first().copied(), self.totals.priced.rows));
    }

    /// Returns the cells that the group has in common: text, or `None` where there is none. There are `columns` of them.
    pub(super) fn cells(&self, columns: usize) -> impl Iterator<Item = Option<Cow<'a, str>>> + use<'a> {
        GroupKey::cells(self.key).take(columns)
    }

    /// Returns whether this is a part of the same group, whose first `columns` cells are those of the group.
    pub(super) fn is_of_group(&self, other: &Self, columns: usize) -> bool {
        let start = |part: &Self| part.key.len() - part.edition_key(columns).len();
        let end = start(self);
        end == start(other) && self.key.get(..end) == other.key.get(..end)
    }

    /// Returns the position of the edition that follows the first `columns` cells, if there is one.
    pub(super) fn edition(&self, columns: usize) -> Option<usize> {
        GroupKey::cells(self.edition_key(columns)).next()??.parse().ok()
    }

    fn edition_key(&self, columns: usize) -> &'a [u8] {
        (0..columns).fold(self.key, |key, _| GroupKey::split(key).map_or(key, |(_, rest)| rest))
    }
}

/// Returns the cell that stands for an edition in the key of a group. Such cells are in the order of the positions.
pub(super) fn edition_cell(position: usize) -> String {
    format!("{position:08}")
}

/// Sorts groups whose keys have the same bytes before `start`.
///
/// It compares eight bytes of each key at a time, which it keeps next to each other: to read a key takes longer than many
/// comparisons, because the keys are not in the cache.
fn sort(groups: &mut [GroupPart], start: usize) {
    const CHUNK: usize = size_of::<u64>();
    /// Few groups, or keys with a longer start in common, are not worth it.
    const FEW: usize = 16;
    const FAR: usize = 32 * CHUNK;
    /// From this number on, threads save time.
    const LARGE: usize = 1 << 15;
    if groups.len() <= FEW || start >= FAR {
        return groups.sort_unstable_by_key(|group| group.key);
    }
    for group in &mut *groups {
        let rest = group.key.get(start..).unwrap_or_default();
        let chunk = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut chunk = [0; CHUNK];
            chunk[..rest.len()].copy_from_slice(rest);
            chunk
        });
        group.chunk = u64::from_be_bytes(chunk);
    }
    groups.sort_unstable_by_key(|group| group.chunk);
    let is_large = groups.len() >= LARGE;
    let runs = groups.chunk_by_mut(|a, b| a.chunk == b.chunk);
    if is_large {
        let sort_runs = |runs: &mut [&mut [_]]| runs.iter_mut().for_each(|run| sort(run, start + CHUNK));
        in_parallel(&mut runs.collect::<Vec<_>>(), sort_runs);
    } else {
        runs.for_each(|run| sort(run, start + CHUNK));
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use dreamstudio_pricing::Credits;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::pricing::{MALFORMED, Reason};
    use super::super::totals::FIRST_LINES;
    use super::*;

    type Row = (GroupKey, Cost, LogLine);

    /// Returns the groups of the rows of several workers.
    fn all_groups(workers: &[&[Row]]) -> AllGroups {
        let shared = SharedGroups::new();
        for rows in workers {
            let mut groups = shared.worker();
            for (key, cost, line) in *rows {
                let group = groups.find(key);
                groups.add(group, key, *cost, *line).unwrap();
            }
            groups.move_to(&shared).unwrap();
            // Nothing is left to move.
            groups.move_to(&shared).unwrap();
        }
        shared.finish()
    }

    /// Returns what a report has of each group.
    fn report(groups: &AllGroups) -> Vec<(Vec<Option<String>>, Totals)> {
        let cells = |part: &GroupPart| part.cells(2).map(|cell| cell.map(Cow::into_owned)).collect();
        groups.sorted().iter().map(|part| (cells(part), part.totals.clone())).collect()
    }

    /// Returns the sum of all groups.
    fn total(groups: &AllGroups) -> Totals {
        let mut total = Totals::default();
        groups.sorted().iter().for_each(|part| total.merge(part.totals).unwrap());
        total
    }

    fn key(cells: &[Option<&[u8]>]) -> GroupKey {
        let mut key = GroupKey::default();
        for cell in cells {
            key.push(*cell);
        }
        key
    }

    /// Rows of every kind, of some users.
    fn rows(count: u64, users: u64) -> Vec<Row> {
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
            let user = (line * 7919 % users).to_string();
            let day = (!number.is_multiple_of(3)).then_some(&b"day"[..]);
            (key(&[Some(user.as_bytes()), day]), cost, LogLine { file: 0, line })
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn the_bill_of_two_workers_is_the_sum_of_their_bills() {
        let many = 2 * Groups::KEPT as u64;
        for (rows, step) in [(rows(300, 11), 1), (rows(3 * many, many), 1500)] {
            let whole = all_groups(&[&rows]);
            for at in (0..=rows.len()).step_by(step) {
                let (first, second) = rows.split_at(at);
                for parts in [[first, second], [second, first]] {
                    let sum = all_groups(&parts);
                    assert_eq!(total(&sum), total(&whole));
                    assert_eq!(report(&sum), report(&whole));
                }
            }
        }
    }

    #[test]
    fn first_lines_are_the_first_whichever_worker_has_them() {
        let many = 2 * Groups::KEPT as u64;
        for (count, users) in [(300, 11), (10 * many, many)] {
            let rows = rows(count, users);
            let (even, odd): (Vec<_>, Vec<_>) = rows.iter().cloned().partition(|(.., line)| line.line % 2 == 0);
            let groups = all_groups(&[&odd, &even]);
            assert_eq!(report(&groups), report(&all_groups(&[&rows])));
            for (reason, unpriced) in total(&groups).unpriced() {
                let is_first = |(_, cost, line): &Row| match cost {
                    Cost::Unpriced { reason: other, .. } if *other == reason => Some(*line),
                    _ => None,
                };
                let wanted: Vec<LogLine> = rows.iter().filter_map(is_first).take(FIRST_LINES).collect();
                assert_eq!(unpriced.first_lines, wanted);
            }
        }
    }

    #[test]
    fn the_first_lines_of_a_group_that_no_worker_keeps_are_the_first() {
        let row = |user: &str, line| (key(&[Some(user.as_bytes()), None]), MALFORMED, LogLine { file: 0, line });
        let kept: Vec<Row> = (0..Groups::KEPT).map(|user| row(&user.to_string(), 1)).collect();
        let with_others = |lines: Range<u64>| [kept.clone(), lines.map(|line| row("other", line)).collect()].concat();
        let groups = all_groups(&[&with_others(20..30), &with_others(1..10)]);
        let groups = report(&groups);
        let (_, other) = groups.iter().find(|(cells, _)| cells[0].as_deref() == Some("other")).unwrap();
        let (_, unpriced) = other.unpriced().next().unwrap();
        assert_eq!(unpriced.rows, 19);
        assert!(unpriced.first_lines.iter().map(|line| line.line).eq(1..=5));
    }

    #[test]
    fn every_row_is_counted_once() {
        let rows = rows(3000, 2 * Groups::KEPT as u64);
        let total = total(&all_groups(&[&rows]));
        assert_eq!(total.rows(), 3000);
        let images = |(_, cost, _): &Row| match cost {
            Cost::Price { images, .. } | Cost::Estimate { images, .. } | Cost::Unpriced { images, .. } => *images,
        };
        assert_eq!(total.images(), rows.iter().map(images).map(u128::from).sum());
    }

    #[test]
    fn a_sum_of_two_workers_that_does_not_fit_is_an_error() {
        let row = |line, credits| (key(&[None]), Cost::Price { images: 1, credits }, LogLine { file: 0, line });
        let shared = SharedGroups::new();
        let mut moved = [row(1, Credits::MAX), row(2, Credits::MAX)].map(|(key, cost, line)| {
            let mut groups = shared.worker();
            let group = groups.find(&key);
            groups.add(group, &key, cost, line).unwrap();
            groups.move_to(&shared)
        });
        moved.reverse();
        assert_eq!(moved, [Err(Overflow), Ok(())]);
    }

    #[test]
    fn cells_that_are_not_text_have_replacement_characters() {
        let row = |bytes| (key(&[Some(bytes), Some(b"text")]), MALFORMED, LogLine { file: 0, line: 1 });
        let groups = all_groups(&[&[&b"\xff"[..], b"\xe2\x82", "\u{fffd}".as_bytes()].map(row)]);
        let [(cells, totals)] = &report(&groups)[..] else { panic!() };
        assert_eq!(*cells, ["\u{fffd}", "text"].map(|text| Some(text.to_owned())));
        assert_eq!(totals.rows(), 3);
    }

    /// Returns a cell: one that is missing, one of few bytes, or one with a long start in common.
    fn cell() -> impl Strategy<Value = Option<String>> {
        let start = "x".repeat(300);
        prop_oneof![
            Just(None),
            "[\0\u{1}\u{2}a]{0,3}".prop_map(Some),
            "[\0a-c]{0,20}".prop_map(Some),
            "[ab]{0,4}".prop_map(move |end| Some(start.clone() + &end)),
        ]
    }

    proptest! {
        #[test]
        fn groups_are_in_the_order_of_their_cells(cells in vec((cell(), cell()), 0..200)) {
            let bytes = |cell: &'_ Option<String>| cell.clone().map(String::into_bytes);
            let mut wanted: Vec<_> = cells.iter().map(|(a, b)| vec![a.clone(), b.clone()]).collect();
            let row = |(a, b): &(Option<String>, Option<String>)| {
                let key = key(&[bytes(a).as_deref(), bytes(b).as_deref()]);
                (key, MALFORMED, LogLine { file: 0, line: 1 })
            };
            let rows: Vec<Row> = cells.iter().map(row).collect();
            wanted.sort();
            wanted.dedup();
            let found: Vec<_> = report(&all_groups(&[&rows])).into_iter().map(|(cells, _)| cells).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
