//! Values of the keys that were looked up last.

/// A power of two, several times the number of engines.
const SLOTS: usize = 256;

/// Remembers one value for each of some hundred classes of keys.
///
/// A log has few engines, and often few groups. To compare a key with the one that is expected takes a third of the time of a
/// look-up in a map.
pub(super) struct Memo<V>(Vec<Option<(Box<[u8]>, V)>>);

impl<V: Copy> Memo<V> {
    pub(super) fn new() -> Self {
        Self((0..SLOTS).map(|_| None).collect())
    }

    /// Returns the value of a key, which `look_up` finds if it is not remembered.
    #[inline]
    pub(super) fn get(&mut self, key: &[u8], look_up: impl FnOnce() -> V) -> V {
        let slot = &mut self.0[slot(key)];
        match slot {
            Some((known, value)) if **known == *key => *value,
            _ => {
                let value = look_up();
                *slot = Some((key.into(), value));
                value
            }
        }
    }
}

/// The class of a key: by its length and its last bytes, which differ more than the first.
#[inline]
fn slot(key: &[u8]) -> usize {
    let tail = match key.last_chunk() {
        Some(tail) => u64::from_le_bytes(*tail),
        None => key.iter().fold(0, |tail, byte| tail << 8 | u64::from(*byte)),
    };
    // The multiplier of Fibonacci hashing: the highest bits of the product depend on all bits of the key.
    let hash = (tail ^ key.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::from(hash.to_be_bytes()[0]) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_that_of_its_key_whatever_else_was_looked_up() {
        let mut memo = Memo::new();
        let mut missed = 0;
        for round in 0..3 {
            for number in 0..1000_u32 {
                let key = format!("{:width$}", number, width = number as usize % 12);
                let value = memo.get(key.as_bytes(), || {
                    missed += 1;
                    number
                });
                assert_eq!(value, number, "{round} {key:?}");
            }
        }
        assert!(missed < 3000, "{missed}");
    }
}
