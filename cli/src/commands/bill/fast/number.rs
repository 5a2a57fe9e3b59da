//! Numbers in the cells of a log.

use std::num::NonZero;

/// Parses a whole number above zero: only digits, without a leading zero, as in the arguments of the command.
#[inline]
pub(crate) fn number(cell: &[u8]) -> Option<NonZero<u64>> {
    if cell.starts_with(b"0") {
        return None;
    }
    let number = cell.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number.checked_mul(10)?.checked_add(digit.into())
    });
    number.and_then(NonZero::new)
}

const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);

/// Sets the highest bit of each byte above 9, up to the first of them.
#[inline]
fn above_9(digits: u64) -> u64 {
    const ABOVE_9: u64 = u64::from_ne_bytes([0x80 - 10; 8]);
    const HIGHEST_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
    (digits.wrapping_add(ABOVE_9) | digits) & HIGHEST_BITS
}

/// Returns how many digits are at the start of eight bytes, unless all are.
#[inline]
pub(super) fn digits(word: [u8; 8]) -> Option<usize> {
    let others = above_9(u64::from_le_bytes(word) ^ ZEROS);
    (others != 0).then_some(others.trailing_zeros() as usize / 8)
}

/// Parses a number as [`number`] does, from the last `length` of eight bytes. `length` must be at least 1.
#[inline]
pub(super) fn short_number(word: [u8; 8], length: usize) -> Option<NonZero<u64>> {
    let others = 8 * (word.len() - length);
    // The first digit is in the lowest byte. The bytes before the number become leading zeros.
    let digits = (u64::from_le_bytes(word) ^ ZEROS) >> others << others;
    if above_9(digits) != 0 || digits & 0xff << others == 0 {
        return None;
    }
    // Each step joins neighbours: digits to pairs, pairs to fours, and these to one number.
    let pairs = digits.wrapping_mul((10 << 8) + 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul((100 << 16) + 1) >> 16 & 0x0000_ffff_0000_ffff;
    NonZero::new(fours.wrapping_mul((10_000 << 32) + 1) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_only_digits() {
        for (cell, wanted) in [("1", 1), ("512", 512), ("18446744073709551615", u64::MAX)] {
            assert_eq!(number(cell.as_bytes()), NonZero::new(wanted), "{cell}");
        }
        for cell in [
            "",
            "0",
            "00",
            "007",
            "-1",
            "+1",
            "1.0",
            "1.5",
            ".5",
            "1e3",
            " 1",
            "1 ",
            "1,000",
            "abc",
            "1\0",
            "٣٠",
            "18446744073709551616",
            "999999999999999999999999999999",
        ] {
            assert_eq!(number(cell.as_bytes()), None, "{cell:?}");
        }
    }

    #[test]
    fn a_short_number_is_that_of_its_cell() {
        let short = |cell: &[u8], before: u8| {
            let mut word = [before; 8];
            word[8 - cell.len()..].copy_from_slice(cell);
            short_number(word, cell.len())
        };
        for length in 1..=8_u32 {
            let least = 10_u64.pow(length - 1);
            for value in [0, 1, least, least + 1, 5 * least, 10 * least - 1] {
                let cell = format!("{value:0width$}", width = length as usize);
                for before in [b'0', b',', 0, u8::MAX] {
                    assert_eq!(short(cell.as_bytes(), before), number(cell.as_bytes()), "{cell} after {before}");
                }
            }
            for at in 0..length as usize {
                for byte in 0..=u8::MAX {
                    let mut cell = vec![b'9'; length as usize];
                    cell[at] = byte;
                    assert_eq!(short(&cell, b'0'), number(&cell), "{cell:?}");
                }
            }
        }
    }
}
