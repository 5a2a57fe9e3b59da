//! The slot of a key in a generated table of slots.

/// The high `bits` of the product: as the generator, which chose the multiplier so that each of its keys has a slot of
/// its own.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "there are fewer slots than 2 to the power of 32 by far")]
pub(crate) const fn slot(key: u64, multiplier: u64, bits: u32) -> usize {
    (key.wrapping_mul(multiplier) >> (u64::BITS - bits)) as usize
}

/// A size as a key.
#[inline]
pub(crate) const fn key(width: u32, height: u32) -> u64 {
    (height as u64) << 32 | width as u64
}
