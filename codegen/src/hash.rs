//! A perfect hash for the values of an enum: each has a slot of its own, which one multiplication finds.
//!
//! The library computes the same: the high bits of the product of key and multiplier are the slot. A crate such as
//! `phf_generator` would find one too, but its hash costs a lookup ten times as much as the comparison that follows.

/// How often each number of slots is tried before there are twice as many.
const TRIES: u64 = 1 << 12;

/// How many slots a key may cost. Up to about a thousand keys without any pattern are kept apart with so many.
const SLOTS_PER_KEY: usize = 64;

/// A hash without collisions for the keys that it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hash {
    pub(crate) multiplier: u64,
    /// There are two to the power of this many slots.
    pub(crate) bits: u32,
}

impl Hash {
    /// The first hash of a fixed sequence that keeps the keys apart, with as few slots as it needs; `None` where there is
    /// none with the slots that the keys may cost.
    pub(crate) fn find(keys: &[u64]) -> Option<Self> {
        let bits = |slots: usize| slots.next_power_of_two().ilog2();
        (bits(keys.len()).max(1)..=bits(keys.len() * SLOTS_PER_KEY))
            .flat_map(|bits| (1..=TRIES).map(move |number| Self { multiplier: multiplier(number), bits }))
            .find(|hash| hash.keeps_apart(keys))
    }

    pub(crate) fn slots(self) -> usize {
        1 << self.bits
    }

    /// The slot of a key.
    pub(crate) fn slot(self, key: u64) -> usize {
        // There are fewer slots than 2 to the power of 32 by far.
        usize::try_from(key.wrapping_mul(self.multiplier) >> (u64::BITS - self.bits)).unwrap_or(usize::MAX)
    }

    fn keeps_apart(self, keys: &[u64]) -> bool {
        let mut taken = vec![false; self.slots()];
        keys.iter().all(|&key| match taken.get_mut(self.slot(key)) {
            Some(taken) => !std::mem::replace(taken, true),
            None => false,
        })
    }
}

/// The multipliers in their order: odd numbers without a pattern, as `SplitMix64` mixes them.
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
    fn a_search_ends() {
        let keys: Vec<u64> = (1..5_000).map(multiplier).collect();
        assert_eq!(Hash::find(&keys), None);
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
