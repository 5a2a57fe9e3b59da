//! A set of keys, with an index for each.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Keys, whose indices are in the order in which they were added.
///
/// All keys are in one buffer, because there may be millions, and a map of boxed keys takes twice the memory.
pub(crate) struct KeySet {
    bytes: Vec<u8>,
    /// Where each key ends. It starts where the one before ends.
    ends: Vec<usize>,
    indices: HashTable<usize>,
    hasher: RandomState,
}

impl KeySet {
    pub(crate) fn new() -> Self {
        Self { bytes: Vec::new(), ends: Vec::new(), indices: HashTable::new(), hasher: RandomState::default() }
    }

    /// Returns a key by its index, which must be that of a key.
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        key(&self.bytes, &self.ends, index)
    }

    pub(crate) fn find(&self, key: &[u8]) -> Option<usize> {
        self.indices.find(self.hasher.hash_one(key), |index| self.get(*index) == key).copied()
    }

    pub(crate) fn find_or_add(&mut self, key: &[u8]) -> usize {
        if let Some(index) = self.find(key) {
            return index;
        }
        let Self { bytes, ends, indices, hasher } = self;
        let index = ends.len();
        bytes.extend_from_slice(key);
        ends.push(bytes.len());
        indices.insert_unique(hasher.hash_one(key), index, |index| hasher.hash_one(self::key(bytes, ends, *index)));
        index
    }
}

fn key<'a>(bytes: &'a [u8], ends: &[usize], index: usize) -> &'a [u8] {
    let start = index.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start..ends[index]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_index() {
        let mut keys = KeySet::new();
        let texts: Vec<String> = (0..1000).map(|number| "x".repeat(number % 7) + &number.to_string()).collect();
        for _ in 0..2 {
            for (index, text) in texts.iter().enumerate() {
                assert_eq!(keys.find_or_add(text.as_bytes()), index);
                assert_eq!(keys.get(index), text.as_bytes());
            }
        }
        assert_eq!((keys.find(b""), keys.find(b"no key")), (None, None));
        assert_eq!(keys.find_or_add(b""), texts.len());
    }
}
