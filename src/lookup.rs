//! Indexes for lookups by plain numbers and by string. The compiler builds them from the generated lists, and
//! the command from those of a folder. The compiler searches for a hash in the build of every dependent, so the search is bounded.

use crate::text::equal;

/// The largest number of slots for a list of keys. At 8 bytes each, the keys take 32 KiB.
const MAX_SLOTS: usize = 1 << 12;

/// How many keys the search for a hash puts into slots before it tries twice as many slots.
const MAX_PLACED: usize = 2_000;

/// A perfect hash: the slot of a key is the high bits of its product with a multiplier, and no two keys share a slot.
///
/// A general hash, such as that of the crate phf, takes ten times as long as the comparison that follows.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    multiplier: u64,
    /// The binary logarithm of the number of slots.
    bits: u32,
}

impl Hash {
    /// Searches for a hash of the keys with few slots. `order` has the positions of the keys in ascending order.
    #[expect(clippy::cast_possible_truncation, reason = "a product wraps, and a slot is below `MAX_SLOTS`")]
    pub(crate) const fn find(keys: &[u64], order: &[usize]) -> Option<Self> {
        let mut at = 1;
        while at < keys.len() {
            // No hash separates equal keys.
            if keys[order[at - 1]] == keys[order[at]] {
                return None;
            }
            at += 1;
        }
        // For each slot, the number of the last try that filled it. So nothing has to be cleared between two tries.
        let mut filled = [0_u16; MAX_SLOTS];
        let mut number = 0;
        let mut bits = if keys.len() < 2 { 1 } else { keys.len().next_power_of_two().ilog2() };
        while 1 << bits <= MAX_SLOTS {
            let mut placed = 0;
            while placed < MAX_PLACED {
                number += 1;
                let hash = Self { multiplier: multiplier(number), bits };
                let mut at = 0;
                while at < keys.len() {
                    // The same as `slot`, because calls would take most of the time of the search.
                    let product = (keys[at] as u128 * hash.multiplier as u128) as u64;
                    let slot = (product >> (u64::BITS - bits)) as usize;
                    if filled[slot] == number {
                        break;
                    }
                    filled[slot] = number;
                    at += 1;
                }
                if at == keys.len() {
                    return Some(hash);
                }
                placed += at;
            }
            bits += 1;
        }
        None
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "there are at most `MAX_SLOTS`")]
    const fn slot(self, key: u64) -> usize {
        (key.wrapping_mul(self.multiplier) >> (u64::BITS - self.bits)) as usize
    }
}

/// Returns the multipliers in the order in which they are tried: odd multiples of the golden ratio.
const fn multiplier(number: u16) -> u64 {
    (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1
}

/// Makes an array of `$length` elements, as `core::array::from_fn` does, in a constant. `$first` only has the type.
macro_rules! array {
    ($first:expr; $length:expr, |$at:ident| $element:expr) => {{
        let (mut array, mut $at) = ([$first; $length], 0);
        while $at < $length {
            array[$at] = $element;
            $at += 1;
        }
        array
    }};
}
pub(crate) use array;

/// Implements an index for a type with `ALL` and `key()`.
///
/// This is a macro, because the length of an array cannot depend on a constant of a trait.
macro_rules! index {
    ($Enum:ident) => {
        impl $Enum {
            const COUNT: usize = Self::ALL.len();

            const KEYS: [u64; Self::COUNT] = crate::lookup::array!(0; Self::COUNT, |at| Self::ALL[at].key());
            const ORDER: [usize; Self::COUNT] = crate::lookup::order(&Self::KEYS);
            const HASH: Option<crate::lookup::Hash> = crate::lookup::Hash::find(&Self::KEYS, &Self::ORDER);
            const SLOTS: usize = crate::lookup::slots(Self::HASH, Self::COUNT);
            const POSITIONS: [usize; Self::SLOTS] = {
                let mut positions = [0; Self::SLOTS];
                crate::lookup::place(Self::HASH, &Self::KEYS, &Self::ORDER, &mut positions);
                positions
            };
            const KEYS_BY_SLOT: [u64; Self::SLOTS] = crate::lookup::pick(&Self::KEYS, &Self::POSITIONS);

            pub(super) const INDEX: crate::lookup::Index<'static> =
                crate::lookup::Index::new(Self::HASH, &Self::KEYS_BY_SLOT);

            /// The value in each slot of the index.
            const BY_SLOT: [Self; Self::SLOTS] = crate::lookup::pick(Self::ALL, &Self::POSITIONS);
        }
    };
}
pub(crate) use index;

/// Returns the number of slots for `count` keys. Without a hash, each key has one.
pub(crate) const fn slots(hash: Option<Hash>, count: usize) -> usize {
    match hash {
        Some(hash) => 1 << hash.bits,
        None => count,
    }
}

/// Sets the position in the list of the key in each slot; all are zero before. Without a hash, these are the positions in
/// `order`, which sorts the keys. A free slot repeats the first key, so no key is found there: the first key itself has
/// another slot.
pub(crate) const fn place(hash: Option<Hash>, keys: &[u64], order: &[usize], positions: &mut [usize]) {
    let mut at = 0;
    while at < keys.len() {
        match hash {
            Some(hash) => positions[hash.slot(keys[at])] = at,
            None => positions[at] = order[at],
        }
        at += 1;
    }
}

/// The keys of a list by slot.
#[derive(Clone, Copy)]
pub(crate) struct Index<'a> {
    hash: Option<Hash>,
    /// In ascending order if there is no hash.
    keys: &'a [u64],
}

impl<'a> Index<'a> {
    pub(crate) const fn new(hash: Option<Hash>, keys: &'a [u64]) -> Self {
        Self { hash, keys }
    }

    /// Returns the first slot that can hold a key, and whether it does. Without a hash, the next slots may hold it too.
    #[inline]
    pub(crate) const fn slot(&self, key: u64) -> (usize, bool) {
        let slot = match self.hash {
            Some(hash) => hash.slot(key),
            None => self.search(key),
        };
        (slot, self.keys[slot] == key)
    }

    /// Returns the slot of a text in a list of texts by slot, whose keys are those of [`text_key`].
    #[inline]
    pub(crate) const fn slot_of_text(&self, texts: &[&str], text: &str) -> Option<usize> {
        let key = text_key(text);
        let (mut slot, _) = self.slot(key);
        loop {
            if equal(texts[slot], text) {
                return Some(slot);
            }
            slot += 1;
            // Without a hash, texts of equal length that differ only in the middle have the same key.
            if self.hash.is_some() || slot >= self.keys.len() || self.keys[slot] != key {
                return None;
            }
        }
    }

    /// Returns the slot of the first key that is not below this one, or 0 if all keys are below.
    #[inline]
    const fn search(&self, key: u64) -> usize {
        let (mut start, mut length) = (0, self.keys.len());
        while length > 0 {
            let middle = start + length / 2;
            // The compiler cannot see that `middle` is in the list, and would add a panic to the program.
            if middle < self.keys.len() && self.keys[middle] < key {
                start = middle + 1;
                length -= length / 2 + 1;
            } else {
                length /= 2;
            }
        }
        if start < self.keys.len() { start } else { 0 }
    }
}

/// Returns the positions of keys in ascending order of the keys, by a bottom-up merge sort.
///
/// Even a list from a file of the largest size stays below the limit of rustc's lint `long_running_const_eval`.
pub(crate) const fn order<const N: usize>(keys: &[u64; N]) -> [usize; N] {
    let (mut sorted, mut is_sorted) = ([0; N], true);
    let mut at = 0;
    while at < N {
        sorted[at] = at;
        is_sorted &= at == 0 || keys[at - 1] <= keys[at];
        at += 1;
    }
    // Most lists are in order.
    let mut width = if is_sorted { N } else { 1 };
    let mut merged = sorted;
    while width < N {
        let mut start = 0;
        while start < N {
            let middle = if start + width < N { start + width } else { N };
            let end = if middle + width < N { middle + width } else { N };
            let (mut left, mut right, mut at) = (start, middle, start);
            while at < end {
                if right == end || left < middle && keys[sorted[left]] <= keys[sorted[right]] {
                    merged[at] = sorted[left];
                    left += 1;
                } else {
                    merged[at] = sorted[right];
                    right += 1;
                }
                at += 1;
            }
            start = end;
        }
        (sorted, merged) = (merged, sorted);
        width *= 2;
    }
    sorted
}

/// Returns the values at these positions of a list that is not empty.
pub(crate) const fn pick<T: Copy, const N: usize>(values: &[T], positions: &[usize; N]) -> [T; N] {
    array!(values[0]; N, |at| values[positions[at]])
}

/// Returns the greatest common divisor of the prices of a table.
pub(crate) const fn common_divisor(mut prices: &[u64]) -> u64 {
    let mut divisor = 0;
    while let [price, more @ ..] = prices {
        let mut rest = *price;
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        prices = more;
    }
    divisor
}

/// Returns the highest of the prices of a table.
pub(crate) const fn maximum(mut prices: &[u64]) -> u64 {
    let mut maximum = 0;
    while let [price, more @ ..] = prices {
        if *price > maximum {
            maximum = *price;
        }
        prices = more;
    }
    maximum
}

/// Returns a size as a key.
#[inline]
pub(crate) const fn size_key(width: u32, height: u32) -> u64 {
    (height as u64) << 32 | width as u64
}

/// Returns a key of a text, made of its length and both of its ends, because ids usually differ there.
#[inline]
pub(crate) const fn text_key(text: &str) -> u64 {
    let text = text.as_bytes();
    let ends = match (text.first_chunk(), text.last_chunk()) {
        (Some(&start), Some(&end)) => u64::from_le_bytes(start) ^ u64::from_le_bytes(end).rotate_left(32),
        // Fewer than eight bytes, which is rare for an engine's id.
        _ => 0,
    };
    ends.wrapping_add(text.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks up each key, and numbers near it.
    fn check<const N: usize, const SLOTS: usize>(keys: [u64; N], hash: Option<Hash>) {
        let mut positions = [0; SLOTS];
        place(hash, &keys, &order(&keys), &mut positions);
        let keys_by_slot = pick(&keys, &positions);
        let index = Index::new(hash, &keys_by_slot);
        for (at, key) in keys.into_iter().enumerate() {
            let (slot, is_found) = index.slot(key);
            assert!(is_found && positions[slot] == at, "{key}");
            for other in [key.wrapping_sub(1), key + 1, !key, 0, u64::MAX] {
                assert_eq!(index.slot(other).1, keys.contains(&other), "{other}");
            }
        }
    }

    fn keys<const N: usize>(key: impl Fn(u64) -> u64) -> [u64; N] {
        let mut number = 0;
        [(); N].map(|()| {
            number += 1;
            key(number)
        })
    }

    #[test]
    fn each_key_is_found_in_a_hash_of_the_fewest_slots_that_are_tried() {
        let find = |keys: &[u64; 7]| Hash::find(keys, &order(keys));
        for step in [1, 64, 1 << 20, (64 << 32) + 64] {
            let keys: [u64; 7] = keys(|number| number * step);
            assert_eq!(slots(find(&keys), 7), 8, "{step}");
            check::<7, 8>(keys, find(&keys));
        }
        check::<1, 2>([7], Hash::find(&[7], &[0]));
    }

    /// Returns a key without a pattern for each number, mixed as `SplitMix64` does.
    fn scattered(number: u64) -> u64 {
        let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    #[test]
    fn each_key_is_found_in_a_sorted_list() {
        check::<1, 1>([7], None);
        check::<2, 2>([9, 3], None);
        check::<300, 300>(keys(scattered), None);
    }

    #[test]
    fn equal_keys_and_too_many_keys_have_no_hash() {
        assert!(Hash::find(&[7, 3, 7], &order(&[7, 3, 7])).is_none());
        let keys: [u64; 1_000] = keys(scattered);
        assert!(Hash::find(&keys, &order(&keys)).is_none());
    }

    #[test]
    fn texts_with_equal_keys_are_in_a_row() {
        // They differ only in the ninth letter of 17.
        let texts = ["abcdefgh-12345678", "abcdefghx12345678", "abcdefghy12345678", "z"];
        let mut keys = texts.map(text_key);
        let mut sorted = texts;
        sorted.sort_unstable_by_key(|text| text_key(text));
        keys.sort_unstable();
        let index = Index::new(None, &keys);
        for (slot, text) in sorted.iter().enumerate() {
            assert_eq!(index.slot_of_text(&sorted, text).map(|slot| sorted[slot]), Some(*text), "{slot}");
        }
        for other in ["abcdefghz12345678", "", "zz"] {
            assert_eq!(index.slot_of_text(&sorted, other), None, "{other}");
        }
    }

    #[test]
    fn keys_are_put_in_order() {
        assert_eq!(order(&[5, 1, 4, 1, 9, 0]), [5, 1, 3, 2, 0, 4]);
        let keys: [u64; 1_000] = keys(scattered);
        assert!(order(&keys).is_sorted_by_key(|&at| keys[at]));
    }

    #[test]
    fn multipliers_are_odd() {
        // An even multiplier would drop a bit of the key.
        assert!((1..1_000).all(|number| multiplier(number) % 2 == 1));
    }
}
