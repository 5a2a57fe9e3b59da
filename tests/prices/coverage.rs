//! Counts the requests that the API accepts by table, and by whether they have a price or an estimate.
//!
//! What the API accepts is on the vendor's parameter page: `packages/app/src/Documentation/Features/APIParameters.md`
//! in the repository `le-si/platform`. Its release notes have the limits of the SDXL engine.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use dreamstudio_pricing::{Settings, Table};

/// Both sides are multiples of this, in pixels.
const MULTIPLE: usize = 64;
const PIXELS: RangeInclusive<u32> = 262_144..=1_048_576;
const STEPS: RangeInclusive<u32> = 10..=150;

/// The most pixels of the longer and of the shorter side.
struct Limits {
    longer: u32,
    shorter: u32,
}

/// The limits that follow from [`PIXELS`].
const GENERAL: Limits = Limits { longer: 16_384, shorter: 1_024 };

/// 896x512 or 512x896.
const SDXL: Limits = Limits { longer: 896, shorter: 512 };

const SDXL_ENGINE: &str = "stable-diffusion-xl-beta-v2-2-2";

impl Limits {
    fn of(table: Table) -> Self {
        if table.engines() == [SDXL_ENGINE] { SDXL } else { GENERAL }
    }

    /// Returns each request that the API accepts.
    fn requests(&self) -> impl Iterator<Item = Settings> {
        let lengths = || (0..=self.longer).step_by(MULTIPLE);
        let sizes = lengths().flat_map(move |width| lengths().map(move |height| (width, height)));
        let sizes =
            sizes.filter(|&(width, height)| width.min(height) <= self.shorter && PIXELS.contains(&(width * height)));
        sizes.flat_map(|(width, height)| STEPS.map(move |steps| Settings::size(width, height).steps(steps)))
    }
}

/// Returns a table with the numbers of requests, in Markdown.
pub(crate) fn markdown() -> String {
    let mut text = "How many of the requests that the API accepts have a price or an estimate, by table:\n\n\
                    | table | requests | with a price | with an expected price | with only bounds | with neither |\n\
                    |---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for &table in Table::ALL {
        let (mut priced, mut expected, mut bounded, mut neither) = (0, 0, 0, 0);
        for settings in Limits::of(table).requests() {
            *match table.estimate_of(settings) {
                Ok(estimate) if estimate.is_published() => &mut priced,
                Ok(estimate) if estimate.expected().is_some() => &mut expected,
                Ok(_) => &mut bounded,
                Err(_) => &mut neither,
            } += 1;
        }
        let counts = [priced + expected + bounded + neither, priced, expected, bounded, neither];
        writeln!(text, "| {table} | {} |", counts.map(grouped).join(" | ")).unwrap();
    }
    text
}

/// Writes a number with a comma between thousands.
fn grouped(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", grouped(number / 1_000), number % 1_000) }
}

#[test]
fn the_api_accepts_as_many_requests_as_its_documentation_says() {
    assert_eq!(GENERAL.requests().count(), 168_213);
    assert_eq!(SDXL.requests().count(), 4_935);
}

#[test]
fn thousands_are_grouped() {
    assert_eq!([0, 999, 1_000, 168_213, 1_002_003].map(grouped), ["0", "999", "1,000", "168,213", "1,002,003"]);
}
