//! Counts the requests that the API accepts by table, and by whether they have a price or an estimate.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use dreamstudio_pricing::{ImageSize, Limits, Table};

/// Returns a table with the numbers of requests, in Markdown. A table without upper limits has no line, because its
/// requests cannot be counted.
pub(crate) fn markdown() -> String {
    let mut text = "How many of the requests that the API accepts have a price or an estimate, by table:\n\n\
                    | table | requests | with a price | with an expected price | with only bounds | with neither |\n\
                    |---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for &table in Table::ALL {
        if let Some(counts) = Counts::of(table) {
            let Counts { priced, expected, bounded, neither } = counts;
            let counts = [priced + expected + bounded + neither, priced, expected, bounded, neither];
            writeln!(text, "| {table} | {} |", counts.map(grouped).join(" | ")).unwrap();
        }
    }
    text
}

/// The numbers of requests with a price, with an expected price, with only bounds, and with neither.
#[derive(Default)]
struct Counts {
    priced: u64,
    expected: u64,
    bounded: u64,
    neither: u64,
}

impl Counts {
    fn of(table: Table) -> Option<Self> {
        let steps = steps(table.limits()?)?;
        let mut counts = Self::default();
        for (size, number) in sizes_by_pixels(table)? {
            for steps in steps.clone() {
                *match table.estimate_of(size.steps(steps)) {
                    Ok(estimate) if estimate.is_published() => &mut counts.priced,
                    Ok(estimate) if estimate.expected().is_some() => &mut counts.expected,
                    Ok(_) => &mut counts.bounded,
                    Err(_) => &mut counts.neither,
                } += number;
            }
        }
        Some(counts)
    }
}

/// Returns the step counts that the API accepts, if their number is limited.
fn steps(limits: Limits) -> Option<RangeInclusive<u32>> {
    Some(limits.min_steps.unwrap_or(1)..=limits.max_steps?)
}

/// Returns each size of the table, and another size of each number of pixels that the API accepts, with how many such sizes
/// there are. Without a price, an estimate depends only on the pixels. Returns `None` if the number of sizes is not limited.
fn sizes_by_pixels(table: Table) -> Option<Vec<(ImageSize, u64)>> {
    let limits = table.limits()?;
    let multiple = limits.side_multiple.unwrap_or(1);
    let max_side = limits.max_long_side.or(limits.max_pixels.map(|pixels| pixels / multiple))?;
    let &steps = table.steps().first()?;
    let sides = || (multiple..=max_side).step_by(multiple as usize);
    let mut found = BTreeMap::new();
    for width in sides() {
        let fits = |height: &u32| limits.max_pixels.is_none_or(|most| width.saturating_mul(*height) <= most);
        for size in sides().take_while(fits).map(|height| ImageSize::new(width, height)) {
            if table.accepts(size.steps(steps)).is_ok() {
                let priced = Some((width, size.height)).filter(|sides| table.sizes().contains(sides));
                found.entry((size.pixels(), priced)).or_insert((size, 0)).1 += 1;
            }
        }
    }
    Some(found.into_values().collect())
}

/// Writes a number with a comma between thousands.
fn grouped(number: u64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", grouped(number / 1_000), number % 1_000) }
}

#[test]
fn thousands_are_grouped() {
    assert_eq!([0, 999, 1_000, 168_213, 1_002_003].map(grouped), ["0", "999", "1,000", "168,213", "1,002,003"]);
}
