//! Remembers the values of keys that were looked up recently.

/// One slot per byte value, well above the number of engines.
const SLOTS: usize = 256;

/// Remembers one value for each of 256 classes of keys.
///
/// A log has few engines, and often few groups. Comparing a key with the remembered one takes a third of the time of a
/// lookup in a map.
pub(crate) struct Memo<V>(Box<[Remembered<V>; SLOTS]>);

/// A key and its value. At first there is none of the empty key.
type Remembered<V> = (Vec<u8>, Option<V>);

impl<V> Memo<V> {
    pub(crate) fn new() -> Self {
        Self(Box::new([const { (Vec::new(), None) }; SLOTS]))
    }

    /// Returns the value of a key, which `look_up` finds if it is not remembered.
    #[expect(clippy::inline_always, reason = "a call takes 3 % of the time of a row")]
    #[inline(always)]
    pub(crate) fn get(&mut self, key: &[u8], look_up: impl FnOnce() -> V) -> &mut V {
        let (known, value) = &mut self.0[slot(key)];
        if *known != key {
            // Reuses the memory of the other key.
            known.clear();
            known.extend_from_slice(key);
            *value = None;
        }
        value.get_or_insert_with(look_up)
    }

    /// Forgets all values.
    pub(crate) fn clear(&mut self) {
        self.0.iter_mut().for_each(|(_, value)| *value = None);
    }
}

/// Returns the class of a key, which depends on its length and on its last bytes, which differ more than the first.
#[inline]
fn slot(key: &[u8]) -> usize {
    let tail = key.last_chunk().copied().unwrap_or_else(|| {
        let mut tail = [0; 8];
        tail[..key.len()].copy_from_slice(key);
        tail
    });
    // The multiplier of Fibonacci hashing: the highest bits of the product depend on all bits of the key.
    let hash = (u64::from_le_bytes(tail) ^ key.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash.to_be_bytes()[0].into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_key_has_its_value_whatever_else_was_looked_up() {
        let mut memo = Memo::new();
        let mut missed = 0;
        for round in 0..3 {
            for number in 0..1000_u32 {
                let key = format!("{:width$}", number, width = number as usize % 12);
                let value = memo.get(key.as_bytes(), || {
                    missed += 1;
                    number
                });
                assert_eq!(*value, number, "{round} {key:?}");
            }
        }
        assert!(missed < 3000, "{missed}");
    }

    #[test]
    fn keys_that_end_alike_have_classes_by_their_length() {
        let classes: BTreeSet<usize> = (8..40).map(|length| slot("-".repeat(length).as_bytes())).collect();
        assert!(classes.len() > 24, "{classes:?}");
    }
}
