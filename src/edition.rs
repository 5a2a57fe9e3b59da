//! The name of the edition, computed from the hashes in the generated code.

use crate::{FILES, Table};

/// The edition that the library has: all of its tables, which an invoice can name beside its amounts.
///
/// It is the newest day of publication in `tables/sources.csv` (`undated` without one), `+`, and 16 hexadecimal digits: a hash
/// of the names and contents of all files in `tables/`, such as `2023-06-22+0123456789abcdef`. Two releases with the same tables
/// have the same edition. `dreamprice check` prints the edition of any folder of tables.
///
/// Any change of a file changes it, so a compatible release can have a new one; see [new prices](crate#new-prices).
///
/// ```
/// use dreamstudio_pricing::{EDITION, Request, Settings};
///
/// let settings = Settings::size(512, 768).steps(30);
/// let quote = Request::new("stable-diffusion-v1-5", settings).quote()?;
/// println!("{quote} (prices of {EDITION})");
/// # Ok::<(), dreamstudio_pricing::QuoteError>(())
/// ```
pub const EDITION: &str = match core::str::from_utf8(&BYTES) {
    Ok(edition) => edition,
    Err(_) => panic!("a part of the edition is not UTF-8"),
};

/// The newest day of publication.
const DAY: &str = {
    let (tables, mut newest, mut at) = (Table::ALL, None, 0);
    while at < tables.len() {
        if let Some(source) = tables[at].source() {
            newest = match newest {
                Some(day) if !is_before(day, source.published) => Some(day),
                _ => Some(source.published),
            };
        }
        at += 1;
    }
    match newest {
        Some(day) => day,
        None => "undated",
    }
};

/// The FNV-1a hash of each file's name, a zero byte, and the hash of its contents, most significant byte first. No name has a zero
/// byte, and every hash of contents has 8 bytes, so different files give different input.
const HASH: u64 = {
    let (files, mut hash, mut at) = (FILES, 0xcbf2_9ce4_8422_2325, 0);
    while at < files.len() {
        let (name, contents) = files[at];
        hash = fnv_1a(hash, name.as_bytes());
        hash = fnv_1a(hash, &[0]);
        hash = fnv_1a(hash, &contents.to_be_bytes());
        at += 1;
    }
    hash
};

const BYTES: [u8; DAY.len() + 17] = {
    let (day, mut bytes, mut at) = (DAY.as_bytes(), [b'+'; DAY.len() + 17], 0);
    while at < day.len() {
        bytes[at] = day[at];
        at += 1;
    }
    let mut rest = HASH;
    at = bytes.len();
    while at > day.len() + 1 {
        at -= 1;
        bytes[at] = b"0123456789abcdef"[(rest % 16) as usize];
        rest /= 16;
    }
    bytes
};

/// Compares two days, as `YYYY-MM-DD`. `<` is not `const`.
const fn is_before(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return a[at] < b[at];
        }
        at += 1;
    }
    false
}

const fn fnv_1a(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}
