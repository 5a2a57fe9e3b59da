//! The hashes that tell a build whether a file of the tables has changed, and one edition from another.

/// The hash of no bytes.
const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// Returns the 64-bit FNV-1a hash of a file. It ignores a byte-order mark, line endings and a missing final newline,
/// because an editor or git may change them.
///
/// The library's `build.rs` has the same function. std's hashers are not used because their output may differ between
/// Rust releases.
///
/// ```
/// use dreamstudio_pricing_codegen::hash;
///
/// assert_eq!(hash(b"steps,512x512\r\n15,0.25"), hash(b"steps,512x512\n15,0.25\n"));
/// ```
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    let (mut hash, mut rest) = (EMPTY, bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
    while let [byte, after @ ..] = rest {
        let (byte, after) = match (byte, after) {
            (b'\r', [b'\n', after @ ..] | after) => (b'\n', after),
            (&byte, after) => (byte, after),
        };
        if byte != b'\n' || !after.is_empty() {
            hash = with_byte(hash, byte);
        }
        rest = after;
    }
    hash
}

/// Returns the 64-bit FNV-1a hash of each file's name, a zero byte, and the hash of its contents, most significant byte first.
///
/// No name has a zero byte, and every hash has 8 bytes, so different files give different input.
pub(crate) fn hash_of_files(files: &[(String, u64)]) -> u64 {
    let bytes = files.iter().flat_map(|(name, contents)| name.bytes().chain([0]).chain(contents.to_be_bytes()));
    bytes.fold(EMPTY, with_byte)
}

fn with_byte(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn the_hash_is_fnv_1a() {
        // The test vectors are from the authors of the hash.
        assert_eq!(hash(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn what_an_editor_changes_on_saving_makes_no_difference() {
        let text = "steps,512x512\n15,0.25\n";
        for saved in
            ["\u{feff}steps,512x512\n15,0.25\n", "steps,512x512\r\n15,0.25\r\n", "steps,512x512\r15,0.25", text]
        {
            assert_eq!(hash(saved.as_bytes()), hash(text.as_bytes()), "{saved:?}");
        }
    }

    #[test]
    fn any_other_change_makes_a_difference() {
        let text = "steps,512x512\n15,0.25\n";
        for other in
            ["steps,512x512\n15,0.250\n", "steps,512x512\n15,0.25\n\n", "steps,512x512\n\n15,0.25\n", "", "\n\n"]
        {
            assert_ne!(hash(other.as_bytes()), hash(text.as_bytes()), "{other:?}");
        }
    }
}
