//! Remembers the values of keys that come in the same order again and again.

/// How many keys are remembered. More are not those of a log whose rows are alike.
const MAX: usize = 512;

/// Keys with their values, in the order in which they come.
///
/// The rows of a log have the same keys, so the next key is mostly the one that came after the last one before. Comparing
/// it takes less time than a hash, and no two keys share a slot.
pub(crate) struct Cycle<V> {
    known: Vec<(Box<str>, V)>,
    /// The index of the key that is expected.
    next: usize,
}

impl<V> Cycle<V> {
    pub(crate) fn new() -> Self {
        Self { known: Vec::new(), next: 0 }
    }

    /// Expects the first key.
    pub(super) fn restart(&mut self) {
        self.next = 0;
    }

    /// Returns the index of the key that is expected, and what is after it in a text, if the text begins with it.
    #[inline]
    pub(super) fn strip_next<'a>(&mut self, text: &'a str) -> Option<(usize, &'a str)> {
        let (key, _) = self.known.get(self.next)?;
        let rest = text.strip_prefix(&**key)?;
        self.next += 1;
        Some((self.next - 1, rest))
    }

    /// Returns the index of a key, whose value `look_up` finds if it is not remembered. It is valid until the next call.
    pub(super) fn find(&mut self, key: &str, look_up: impl FnOnce() -> V) -> usize {
        // From the key that is expected on, because keys may be left out.
        let (before, after) = self.known.split_at(self.next);
        let find = |keys: &[(Box<str>, V)]| keys.iter().position(|(known, _)| **known == *key);
        let found = find(after).map(|at| self.next + at).or_else(|| find(before));
        let at = found.unwrap_or_else(|| {
            if self.known.len() == MAX {
                *self = Self::new();
            }
            self.known.push((key.into(), look_up()));
            self.known.len() - 1
        });
        self.next = at + 1;
        at
    }

    /// Returns a value by the index of its key.
    #[inline]
    pub(super) fn value(&mut self, at: usize) -> &mut V {
        &mut self.known[at].1
    }

    /// Returns the value of a key, which `look_up` finds if it is not remembered.
    pub(crate) fn get(&mut self, key: &str, look_up: impl FnOnce() -> V) -> &mut V {
        let at = self.find(key, look_up);
        self.value(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_value_in_whatever_order_keys_come() {
        let (mut cycle, mut missed) = (Cycle::new(), 0);
        for row in ["abcd", "abcd", "acd", "dcba", "aebcd", "abcd", "", "bb"] {
            for key in row.split_inclusive(|_| true) {
                let value = *cycle.get(key, || {
                    missed += 1;
                    key
                });
                assert_eq!(value, key, "{row}");
            }
        }
        assert_eq!(missed, 5);
    }

    #[test]
    fn few_keys_are_remembered_of_many() {
        let mut cycle = Cycle::new();
        for key in 0..3 * MAX {
            assert_eq!(*cycle.get(&key.to_string(), || key), key);
            assert!(cycle.known.len() <= MAX);
        }
    }
}
