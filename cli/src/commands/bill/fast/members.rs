//! Splits the objects of JSON Lines into their keys and values.

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x16};
use serde::Deserialize as _;
use serde_json::value::RawValue;

use super::Cycle;
use super::number::digits;

/// Calls `add` for each key of an object: with what is known of the key, which `new` finds out, and with its value as
/// it is written.
///
/// It reads what most logs have: keys without escapes, whole numbers, and strings without escapes. It leaves other
/// values to `serde_json`, which takes longer. If it does not know the object to be valid, it returns `None`, although
/// it may have called `add`: then `serde_json` must read all of it.
pub(crate) fn members<'a, V>(
    object: &'a str,
    keys: &mut Cycle<V>,
    new: impl Fn(&str) -> V,
    mut add: impl FnMut(&mut V, &'a str),
) -> Option<()> {
    let mut rest = object.strip_prefix('{')?;
    keys.restart();
    loop {
        let (at, after) = match keys.strip_next(rest) {
            Some(next) => next,
            None => key(rest, keys, &new)?,
        };
        let (value, after) = value(skip_spaces(after))?;
        add(keys.value(at), value);
        let after = skip_spaces(after);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None => return (after == "}").then_some(()),
        }
    }
}

/// Splits a key off a text, with the spaces around it and its colon. Returns its index among the keys, and what is after
/// it.
fn key<'a, V>(text: &'a str, keys: &mut Cycle<V>, new: impl Fn(&str) -> V) -> Option<(usize, &'a str)> {
    let (name, after) = plain_string(skip_spaces(text))?;
    let after = skip_spaces(skip_spaces(after).strip_prefix(':')?);
    let (key, after) = text.split_at_checked(text.len() - after.len())?;
    Some((keys.find(key, || new(name)), after))
}

fn skip_spaces(text: &str) -> &str {
    let spaces = text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    &text[spaces..]
}

/// Splits a string without escapes off a text. Returns what is between its quotes, and what is after it.
fn plain_string(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('"')?;
    let (content, rest) = text.split_at_checked(plain_length(text.as_bytes()))?;
    Some((content, rest.strip_prefix('"')?))
}

/// Returns how many bytes there are before the first quote, backslash or control character.
fn plain_length(bytes: &[u8]) -> usize {
    // With what all processors of its kind have: to choose more for each string takes longer than it saves.
    let lanes = dispatch!(Level::baseline(), simd => plain_lanes(simd, bytes));
    let is_plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | ..b' ');
    lanes + bytes[lanes..].iter().take_while(is_plain).count()
}

/// Returns how many bytes are plain at least.
#[inline(always)]
fn plain_lanes<S: Simd>(simd: S, bytes: &[u8]) -> usize {
    const LANES: usize = 16;
    let mut length = 0;
    for lanes in bytes.chunks_exact(LANES).filter_map(<[u8]>::first_chunk) {
        let lanes = u8x16::simd_from(simd, *lanes);
        let special = lanes.simd_eq(b'"') | lanes.simd_eq(b'\\') | lanes.simd_lt(b' ');
        match special.to_bitmask() {
            0 => length += LANES,
            found => return length + found.trailing_zeros() as usize,
        }
    }
    length
}

/// Splits a value off a text.
fn value(text: &str) -> Option<(&str, &str)> {
    let length = match text.as_bytes().first()? {
        b'"' => plain_string(text).map(|(content, _)| content.len() + 2),
        b'1'..=b'9' => whole_length(text.as_bytes()),
        _ => None,
    };
    text.split_at_checked(length.or_else(|| length_by_serde(text))?)
}

/// Returns how long a number is that has only digits.
fn whole_length(text: &[u8]) -> Option<usize> {
    let length = text.first_chunk().and_then(|word| digits(*word));
    let length = length.unwrap_or_else(|| text.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let has_more = matches!(text.get(length), Some(b'.' | b'e' | b'E'));
    (!has_more).then_some(length)
}

#[cold]
fn length_by_serde(text: &str) -> Option<usize> {
    let value = <&RawValue>::deserialize(&mut serde_json::Deserializer::from_str(text)).ok()?;
    Some(value.get().len())
}
