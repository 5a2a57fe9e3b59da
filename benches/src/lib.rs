//! The alternatives to this crate, called rivals, and the keys to look up. The benches and the counter of instructions
//! use them.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use dreamstudio_pricing::{Credits, Table, sdxl};
use rust_decimal::Decimal;

/// The rivals that are code, which the build script generates from the tables.
pub mod code {
    include!(concat!(env!("OUT_DIR"), "/code.rs"));
}

/// Width, height and steps.
pub type Key = (u32, u32, u32);

/// A name, and a function that looks up each key and returns a sum of the results.
pub type Rival<K> = (&'static str, Box<dyn Fn(&[K]) -> u64>);

/// Returns `count` keys in an order that no branch predictor learns. Of every ten, `misses` on average are not in the
/// table.
#[must_use]
pub fn keys(count: usize, misses: usize) -> Vec<Key> {
    let mut random = fastrand::Rng::with_seed(0x5d_c0de);
    let table = Table::Sdxl;
    let mut pick = |list: &[u32]| list[random.usize(..list.len())];
    let (widths, heights): (Vec<u32>, Vec<u32>) = table.sizes().iter().copied().unzip();
    let at: Vec<u32> = (0..).take(widths.len()).collect();
    (0..count)
        .map(|_| {
            let size = pick(&at) as usize;
            let key = (widths[size], heights[size], pick(table.steps()));
            if pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) as usize >= misses {
                return key;
            }
            // Near a cell: a width or a step count of no table, or a size of the other table.
            match pick(&[0, 1, 2]) {
                0 => (key.0 + 64, key.1, key.2),
                1 => (key.0, key.1, key.2 + 1),
                _ => (768, 768, key.2),
            }
        })
        .collect()
}

/// Lookups from plain integers.
#[must_use]
pub fn plain() -> Vec<Rival<Key>> {
    fn sum<'a>(keys: &'a [Key], look_up: impl Fn(&'a Key) -> Option<u64>) -> u64 {
        keys.iter().map(|key| look_up(key).unwrap_or_default()).sum()
    }
    fn hashed<S: BuildHasher + Default + 'static>(name: &'static str) -> Rival<Key> {
        let map: HashMap<Key, u64, S> = code::LISTED.iter().copied().collect();
        (name, Box::new(move |keys| sum(keys, |key| map.get(key).copied())))
    }
    let mut sorted = code::LISTED.to_vec();
    sorted.sort_unstable();
    let ordered: BTreeMap<Key, u64> = sorted.iter().copied().collect();
    vec![
        ("this crate", Box::new(|keys| sum(keys, |&(w, h, s)| Table::Sdxl.price(w, h, s).ok().map(Credits::units)))),
        hashed::<rustc_hash::FxBuildHasher>("FxHashMap"),
        hashed::<std::hash::RandomState>("std HashMap"),
        ("phf", Box::new(|keys| sum(keys, |key| code::PHF.get(key).copied()))),
        ("one match", Box::new(|keys| sum(keys, |&(w, h, s)| code::one_match(w, h, s)))),
        ("two matches", Box::new(|keys| sum(keys, |&(w, h, s)| code::two_matches(w, h, s)))),
        (
            "binary search",
            Box::new(move |keys| {
                sum(keys, |key| sorted.binary_search_by_key(key, |cell| cell.0).ok().map(|at| sorted[at].1))
            }),
        ),
        (
            "linear scan",
            Box::new(|keys| sum(keys, |key| code::LISTED.iter().find(|cell| cell.0 == *key).map(|cell| cell.1))),
        ),
        ("BTreeMap", Box::new(move |keys| sum(keys, |key| ordered.get(key).copied()))),
    ]
}

/// Estimates beside lookups of prices, for the same cells, so that all three amounts of an estimate are the price.
/// Requests between the cells take as long, because an estimate has no branch that depends on the request.
#[must_use]
pub fn estimates() -> Vec<Rival<Key>> {
    let price = |&(w, h, s): &Key| Table::Sdxl.price(w, h, s).map_or(0, |price| price.units() * 3);
    let estimate = |&(w, h, s): &Key| {
        Table::Sdxl.estimate(w, h, s).map_or(0, |estimate| {
            let expected = estimate.expected().map_or(0, Credits::units);
            estimate.at_least().units() + estimate.at_most().units() + expected
        })
    };
    vec![
        ("this crate", Box::new(move |keys| keys.iter().map(estimate).sum())),
        ("price", Box::new(move |keys| keys.iter().map(price).sum())),
    ]
}

/// A size and a step count, as variants of this crate and as indexes of an array.
pub type Typed = (sdxl::Size, sdxl::Steps, code::Size, code::Steps);

/// Returns `count` typed keys.
#[must_use]
pub fn typed_keys(count: usize) -> Vec<Typed> {
    let mut random = fastrand::Rng::with_seed(0x5d_c0de);
    let mut pick = |length: usize| random.usize(..length);
    (0..count)
        .map(|_| {
            let (size, steps) = (pick(sdxl::Size::ALL.len()), pick(sdxl::Steps::ALL.len()));
            (sdxl::Size::ALL[size], sdxl::Steps::ALL[steps], code::Size::ALL[size], code::Steps::ALL[steps])
        })
        .collect()
}

/// Lookups by variants.
#[must_use]
pub fn typed() -> Vec<Rival<Typed>> {
    vec![
        ("this crate", Box::new(|keys| keys.iter().map(|&(size, steps, ..)| sdxl::price(size, steps).units()).sum())),
        (
            "indexed array",
            Box::new(|keys| keys.iter().map(|&(.., size, steps)| code::CELLS[size as usize][steps as usize]).sum()),
        ),
    ]
}

/// Returns `count` ids of engines.
#[must_use]
pub fn engine_keys(count: usize) -> Vec<&'static str> {
    let mut random = fastrand::Rng::with_seed(0x5d_c0de);
    let ids: Vec<&str> = Table::ALL.iter().flat_map(|table| table.engines()).copied().collect();
    (0..count).map(|_| ids[random.usize(..ids.len())]).collect()
}

/// Lookups of an engine's table.
#[must_use]
pub fn engines() -> Vec<Rival<&'static str>> {
    fn count(keys: &[&'static str], look_up: impl Fn(&'static str) -> Option<Table>) -> u64 {
        keys.iter().map(|&key| u64::from(look_up(key) == Some(Table::Sdxl))).sum()
    }
    fn hashed<S: BuildHasher + Default + 'static>(name: &'static str) -> Rival<&'static str> {
        let engines = Table::ALL.iter().flat_map(|&table| table.engines().iter().map(move |&id| (id, table)));
        let map: HashMap<&str, Table, S> = engines.collect();
        (name, Box::new(move |keys| count(keys, |key| map.get(key).copied())))
    }
    vec![
        ("this crate", Box::new(|keys| count(keys, |key| Table::for_engine(key).ok()))),
        hashed::<rustc_hash::FxBuildHasher>("FxHashMap"),
        hashed::<std::hash::RandomState>("std HashMap"),
        ("phf", Box::new(|keys| count(keys, |key| code::ENGINES.get(key).copied()))),
    ]
}

/// Returns `count` prices, each with a number of images.
#[must_use]
pub fn bills(count: usize) -> Vec<(Credits, u64)> {
    let mut random = fastrand::Rng::with_seed(0x5d_c0de);
    let cells: Vec<Credits> = Table::Sdxl.cells().map(|cell| cell.price).collect();
    (0..count).map(|_| (cells[random.usize(..cells.len())], random.u64(1..100))).collect()
}

/// Sums of what images cost: a product and a sum for each key.
#[must_use]
pub fn amounts() -> Vec<Rival<(Credits, u64)>> {
    vec![
        ("this crate", Box::new(|bills| bills.iter().map(|&(price, images)| price * images).sum::<Credits>().units())),
        (
            "Decimal",
            Box::new(|bills| {
                let bills = bills.iter().map(|&(price, images)| Decimal::from(price) * Decimal::from(images));
                Credits::try_from(bills.sum::<Decimal>()).map_or(0, Credits::units)
            }),
        ),
    ]
}
