//! A set of keys, with an index for each.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Keys, whose indices are in the order in which they were added.
///
/// All keys are in one buffer, because there may be millions, and a map of boxed keys takes twice the memory.
#[derive(Default)]
pub(crate) struct KeySet {
    bytes: Vec<u8>,
    /// Where each key ends. It starts where the one before ends.
    ends: Vec<usize>,
    /// The hash and the index of each key. With the hash, a table that grows reads no key.
    indices: HashTable<(u64, usize)>,
}

/// Hashes the keys of sets: the caller keeps the hash, which also says which of several sets a key belongs to.
#[derive(Clone, Default)]
pub(crate) struct KeyHasher(RandomState);

impl KeyHasher {
    #[inline]
    pub(crate) fn hash(&self, key: &[u8]) -> u64 {
        self.0.hash_one(key)
    }
}

impl KeySet {
    /// Returns a key by its index, which must be that of a key.
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[index]]
    }

    /// Returns all keys in the order of their indices.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|index| self.get(index))
    }

    /// Returns the index of a key with this hash, which is most often the only one, without reading the key.
    pub(crate) fn candidate(&self, hash: u64) -> Option<usize> {
        self.indices.find(hash, |(other, _)| *other == hash).map(|(_, index)| *index)
    }

    pub(crate) fn find(&self, hash: u64, key: &[u8]) -> Option<usize> {
        let is_key = |(other, index): &(u64, usize)| *other == hash && self.get(*index) == key;
        self.indices.find(hash, is_key).map(|(_, index)| *index)
    }

    pub(crate) fn find_or_add(&mut self, hash: u64, key: &[u8]) -> usize {
        self.find(hash, key).unwrap_or_else(|| {
            let index = self.ends.len();
            self.bytes.extend_from_slice(key);
            self.ends.push(self.bytes.len());
            self.indices.insert_unique(hash, (hash, index), |(hash, _)| *hash);
            index
        })
    }

    /// Removes all keys, and keeps their memory for others.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.indices.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_index() {
        let (mut keys, hasher) = (KeySet::default(), KeyHasher::default());
        let texts: Vec<String> = (0..1000).map(|number| "x".repeat(number % 7) + &number.to_string()).collect();
        let hash = |text: &str| hasher.hash(text.as_bytes());
        for _ in 0..2 {
            for _ in 0..2 {
                for (index, text) in texts.iter().enumerate() {
                    assert_eq!(keys.find_or_add(hash(text), text.as_bytes()), index);
                    assert_eq!(keys.get(index), text.as_bytes());
                }
            }
            for text in ["", "no key"] {
                assert_eq!(keys.find(hash(text), text.as_bytes()), None);
            }
            assert_eq!(keys.find_or_add(hash(""), b""), texts.len());
            assert_eq!(keys.iter().count(), texts.len() + 1);
            keys.clear();
            assert_eq!(keys.find(hash("0"), b"0"), None);
        }
    }

    #[test]
    fn keys_with_one_hash_are_kept_apart() {
        let mut keys = KeySet::default();
        assert_eq!([&b"a"[..], b"b", b"a"].map(|key| keys.find_or_add(1, key)), [0, 1, 0]);
    }
}
