//! A perfect hash for the values of an enum: one multiplication finds the slot of each, and no two share a slot.
//!
//! The slot is the high bits of the product of key and multiplier; the library computes the same. A crate such as
//! `phf_generator` would find a hash as well, but its hash makes a lookup ten times as slow as the comparison that
//! follows.

/// How many multipliers are tried for a number of slots before that is doubled.
const TRIES: u64 = 1 << 12;

/// The most slots for each key. These are enough for about a thousand keys without any pattern.
const SLOTS_PER_KEY: usize = 64;

/// The most slots of a list that a program has in full: a few KiB.
pub(crate) const MAX_SLOTS: usize = 1024;

/// A hash without collisions among its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hash {
    pub(crate) multiplier: u64,
    /// The binary logarithm of the number of slots.
    pub(crate) bits: u32,
}

impl Hash {
    /// The first hash of a fixed sequence without collisions, with the fewest slots. Returns `None` if there is none with
    /// the most slots that the keys may have.
    pub(crate) fn find(keys: &[u64]) -> Option<Self> {
        let bits = |slots: usize| slots.next_power_of_two().ilog2();
        (bits(keys.len()).max(1)..=bits(keys.len() * SLOTS_PER_KEY))
            .flat_map(|bits| (1..=TRIES).map(move |number| Self { multiplier: multiplier(number), bits }))
            .find(|hash| hash.keeps_apart(keys))
    }

    pub(crate) fn slots(self) -> usize {
        1 << self.bits
    }

    /// The key of a text, computed as the library does.
    pub(crate) fn text_key(text: &str) -> u64 {
        let text = text.as_bytes();
        let ends = match (text.first_chunk(), text.last_chunk()) {
            (Some(&start), Some(&end)) => u64::from_le_bytes(start) ^ u64::from_le_bytes(end).rotate_left(32),
            _ => 0,
        };
        ends.wrapping_add(u64::try_from(text.len()).unwrap_or(u64::MAX))
    }

    /// The slot of a key.
    pub(crate) fn slot(self, key: u64) -> usize {
        // There are far fewer than 2^32 slots, so this never saturates.
        usize::try_from(key.wrapping_mul(self.multiplier) >> (u64::BITS - self.bits)).unwrap_or(usize::MAX)
    }

    fn keeps_apart(self, keys: &[u64]) -> bool {
        let mut is_used = vec![false; self.slots()];
        keys.iter().all(|&key| match is_used.get_mut(self.slot(key)) {
            Some(is_used) => !std::mem::replace(is_used, true),
            None => false,
        })
    }
}

/// The multipliers in their order: odd numbers without a pattern, mixed as by `SplitMix64`.
fn multiplier(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) | 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::hash_set;
    use proptest::prelude::*;

    #[test]
    fn one_key_has_a_slot() {
        let hash = Hash::find(&[0]).unwrap();
        assert!(hash.slot(0) < hash.slots());
    }

    #[test]
    fn equal_keys_have_no_hash() {
        assert_eq!(Hash::find(&[7, 7]), None);
    }

    #[test]
    fn a_search_for_too_many_keys_ends() {
        let keys: Vec<u64> = (1..5_000).map(multiplier).collect();
        assert_eq!(Hash::find(&keys), None);
    }

    #[test]
    fn hundreds_of_keys_without_a_pattern_have_a_hash() {
        let keys: Vec<u64> = (1..=300).map(multiplier).collect();
        assert!(Hash::find(&keys).is_some());
    }

    #[test]
    fn multipliers_are_odd() {
        // An even one would drop a bit of the key.
        assert!((1..1000).all(|number| multiplier(number) % 2 == 1));
    }

    #[test]
    fn keys_with_a_pattern_are_kept_apart() {
        for step in [1, 64, 1 << 20, 1 << 32, (64 << 32) + 64] {
            for count in [1, 2, 3, 8, 50, 300, 2000] {
                let keys: Vec<u64> = (1..=count).map(|number| number * step).collect();
                assert!(Hash::find(&keys).is_some_and(|hash| hash.keeps_apart(&keys)), "{count} times {step}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_key_has_a_slot_of_its_own(keys in hash_set(any::<u64>(), 1..40)) {
            let keys: Vec<u64> = keys.into_iter().collect();
            let hash = Hash::find(&keys).unwrap();
            let slots: std::collections::BTreeSet<usize> = keys.iter().map(|&key| hash.slot(key)).collect();
            prop_assert_eq!(slots.len(), keys.len());
            prop_assert!(slots.iter().all(|&slot| slot < hash.slots()));
        }
    }
}
