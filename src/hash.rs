//! The slot of a key in a generated table of slots.

/// Returns the high `bits` of the product. The generator computes the same, and chose a multiplier that gives each key a
/// slot of its own.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a table has far fewer than 2^32 slots")]
pub(crate) const fn slot(key: u64, multiplier: u64, bits: u32) -> usize {
    (key.wrapping_mul(multiplier) >> (u64::BITS - bits)) as usize
}

/// Returns a size as a key.
#[inline]
pub(crate) const fn key(width: u32, height: u32) -> u64 {
    (height as u64) << 32 | width as u64
}
