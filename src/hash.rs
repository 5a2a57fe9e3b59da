//! The slot of a key in a generated list of slots, and keys. The generator computes the same.

/// Returns the high `bits` of the product. The generator chose a multiplier that gives each key a slot of its own.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a table has far fewer than 2^32 slots")]
pub(crate) const fn slot(key: u64, multiplier: u64, bits: u32) -> usize {
    (key.wrapping_mul(multiplier) >> (u64::BITS - bits)) as usize
}

/// Returns a size as a key.
#[inline]
pub(crate) const fn size_key(width: u32, height: u32) -> u64 {
    ((height as u64) << 32) + width as u64
}

/// Returns a key of a text, made of its length and both of its ends, since ids differ there.
#[inline]
#[allow(dead_code, reason = "ids that have no hash need no key")]
pub(crate) const fn text_key(text: &str) -> u64 {
    let text = text.as_bytes();
    let ends = match (text.first_chunk(), text.last_chunk()) {
        (Some(&start), Some(&end)) => u64::from_le_bytes(start) ^ u64::from_le_bytes(end).rotate_left(32),
        // Fewer than eight bytes: no engine has so short an id. Two of a length would have no hash.
        _ => 0,
    };
    ends.wrapping_add(text.len() as u64)
}
