//! The unknown engines of a log, and how many rows each of them has.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many engines are counted apart. It bounds the memory that a log with other texts in the place of engines takes.
const COUNTED: usize = 1000;

/// How many bytes of an id are kept.
const KEPT: usize = 200;

/// The rows and images of an unknown engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct UnknownCounts {
    pub(super) rows: u64,
    pub(super) images: u128,
}

impl UnknownCounts {
    fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.images += other.images;
    }
}

/// The counts of unknown engines: exact for the first [`COUNTED`] ids in their order, and one count for all others.
///
/// These ids are counted from their first row on, so that the counts depend neither on the order of the rows nor on how
/// many workers there are.
#[derive(Default)]
pub(super) struct UnknownEngines {
    first: BTreeMap<Box<[u8]>, UnknownCounts>,
    others: UnknownCounts,
}

impl UnknownEngines {
    #[cold]
    pub(super) fn add(&mut self, id: &[u8], images: u64) {
        self.add_counts(&shortened(id), UnknownCounts { rows: 1, images: images.into() });
    }

    pub(super) fn merge(&mut self, other: &Self) {
        other.first.iter().for_each(|(id, counts)| self.add_counts(id, *counts));
        self.others.add(other.others);
    }

    fn add_counts(&mut self, id: &[u8], counts: UnknownCounts) {
        if let Some(known) = self.first.get_mut(id) {
            return known.add(counts);
        }
        self.first.insert(id.into(), counts);
        if self.first.len() > COUNTED {
            self.others.add(self.first.pop_last().unwrap_or_default().1);
        }
    }

    /// Returns the engines with their counts, the most rows first, and without a name those that are not counted apart.
    pub(super) fn sorted(&self) -> Vec<(Option<String>, UnknownCounts)> {
        let name = |id: &[u8]| Some(String::from_utf8_lossy(id).into_owned());
        let mut sorted: Vec<_> = self.first.iter().map(|(id, counts)| (name(id), *counts)).collect();
        sorted.sort_by_key(|(_, counts)| Reverse(counts.rows));
        sorted.extend((self.others.rows > 0).then_some((None, self.others)));
        sorted
    }
}

/// Returns an id that is not longer than any other that is kept. No other id is equal to a shortened one.
fn shortened(id: &[u8]) -> Cow<'_, [u8]> {
    match id.get(..KEPT) {
        Some(start) if id.len() > KEPT => {
            // Not in the middle of a character.
            let start = String::from_utf8_lossy(start);
            Cow::Owned((start.trim_end_matches(char::REPLACEMENT_CHARACTER).to_owned() + "…").into_bytes())
        }
        _ => Cow::Borrowed(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engines<'a>(ids: impl IntoIterator<Item = &'a String>) -> UnknownEngines {
        let mut engines = UnknownEngines::default();
        ids.into_iter().for_each(|id| engines.add(id.as_bytes(), 2));
        engines
    }

    #[test]
    fn the_counts_are_those_of_all_rows_in_any_order_and_in_any_parts() {
        // Each id has as many rows as its number says, up to three.
        let ids: Vec<String> =
            (0..3 * COUNTED).flat_map(|number| vec![format!("engine-{number:05}"); number % 3 + 1]).collect();
        let whole = engines(&ids).sorted();
        assert_eq!(whole.len(), COUNTED + 1);
        let rows = |(_, counts): &(Option<String>, UnknownCounts)| counts.rows;
        assert_eq!(whole.iter().map(rows).sum::<u64>(), ids.len() as u64);
        assert!(whole.iter().all(|(_, counts)| counts.images == 2 * u128::from(counts.rows)));
        assert!(whole.iter().take(COUNTED).is_sorted_by_key(|(name, counts)| (Reverse(counts.rows), name)));
        assert_eq!(whole.last().and_then(|(name, _)| name.as_ref()), None);
        assert_eq!(engines(ids.iter().rev()).sorted(), whole);
        let (even, odd): (Vec<_>, Vec<_>) = ids.iter().enumerate().partition(|(at, _)| at % 2 == 0);
        let part = |ids: Vec<(usize, &'_ String)>| engines(ids.into_iter().map(|(_, id)| id));
        let mut sum = part(odd);
        sum.merge(&part(even));
        assert_eq!(sum.sorted(), whole);
    }

    #[test]
    fn a_long_id_is_shortened_at_a_character_and_differs_from_every_other() {
        for (id, kept) in [
            ("x".repeat(KEPT), "x".repeat(KEPT)),
            ("x".repeat(KEPT + 1), "x".repeat(KEPT) + "…"),
            ("é".repeat(KEPT), "é".repeat(KEPT / 2) + "…"),
            ("x".to_owned() + &"é".repeat(KEPT), "x".to_owned() + &"é".repeat(KEPT / 2 - 1) + "…"),
        ] {
            assert_eq!(*shortened(id.as_bytes()), *kept.as_bytes());
        }
    }
}
