//! Numbers in the cells of a log.

/// Parses a whole number above zero: digits alone, without a zero in front, as arguments of the command have them.
#[inline]
pub(super) fn number(cell: &[u8]) -> Option<u64> {
    if matches!(cell, [] | [b'0', ..]) {
        return None;
    }
    cell.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_digits_alone() {
        for (cell, number) in [("1", 1), ("512", 512), ("18446744073709551615", u64::MAX)] {
            assert_eq!(super::number(cell.as_bytes()), Some(number), "{cell}");
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
            assert_eq!(super::number(cell.as_bytes()), None, "{cell:?}");
        }
    }
}
