//! A table that a random formula gives is accepted, and any other price in it is reported at its cell.

use dreamstudio_pricing_codegen::{Diagnostic, Folder, Prices, check};
use proptest::prelude::*;
use support::TableFiles;

const SIZES: [(u64, u64); 5] = [(512, 512), (640, 512), (512, 640), (1024, 768), (1024, 1024)];

/// A row of `formulas.csv`, as numbers. The rate is in billionths.
#[derive(Clone, Copy, Debug)]
struct FormulaNumbers {
    free_pixels: u64,
    rate: u64,
    nearest: u32,
    up: u32,
}

fn formula() -> impl Strategy<Value = FormulaNumbers> {
    (0_u64..262_144, 1_000_000_000_u64..1_000_000_000_000, 0_u32..=4, 0_u32..=4)
        .prop_map(|(free_pixels, rate, nearest, up)| FormulaNumbers { free_pixels, rate, nearest, up: up.min(nearest) })
}

impl FormulaNumbers {
    /// What an image costs, in ten-thousandths, without the code under test.
    fn price(self, (width, height): (u64, u64), steps: u64) -> u128 {
        let paid = u128::from(width * height - self.free_pixels);
        // In units of 10 to the power of -18 credits.
        let exact = paid * u128::from(steps) * u128::from(self.rate);
        let place = |decimals: u32| 10_u128.pow(18 - decimals);
        let nearest = (exact + place(self.nearest) / 2) / place(self.nearest) * place(self.nearest);
        nearest.div_ceil(place(self.up)) * place(self.up) / place(4)
    }
}

/// An amount of credits, from its ten-thousandths.
fn amount(units: u128) -> String {
    format!("{}.{:04}", units / 10_000, units % 10_000)
}

fn check_table(
    FormulaNumbers { free_pixels, rate, nearest, up }: FormulaNumbers,
    table: &[Vec<String>],
) -> Result<Prices, Vec<Diagnostic>> {
    let rate = format!("{}.{:09}", rate / 1_000_000_000, rate % 1_000_000_000);
    let csv: String = table.iter().map(|row| row.join(",") + "\n").collect();
    let files = TableFiles::of("turbo", &csv).formula("turbo", free_pixels, &rate, [nearest, up]);
    check(&Folder::from_files("tables", files))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_formula_accepts_its_table_and_no_other(
        formula in formula(),
        counts in prop::collection::btree_set(1_u64..500, 3..6),
        (row, column) in (any::<prop::sample::Index>(), 0..SIZES.len()),
        difference in 1_u128..100_000,
        is_more: bool,
    ) {
        let header = SIZES.iter().map(|(width, height)| format!("{width}x{height}"));
        let header: Vec<String> = std::iter::once("steps".to_owned()).chain(header).collect();
        let row_of = |&steps: &u64| -> Vec<String> {
            let prices = SIZES.map(|size| amount(formula.price(size, steps)));
            std::iter::once(steps.to_string()).chain(prices).collect()
        };
        let smallest = formula.price(SIZES[0], *counts.first().unwrap());
        let mut table: Vec<Vec<String>> = std::iter::once(header).chain(counts.iter().map(row_of)).collect();
        let checked = check_table(formula, &table);
        // A price is more than 0.
        prop_assert_eq!(checked.is_ok(), smallest > 0);
        prop_assume!(smallest > 0);
        let table_formula = checked.unwrap().tables[0].formula.clone().unwrap();
        for (&(width, height), &steps) in SIZES.iter().zip(&counts) {
            let credits = table_formula.credits(width * height, u32::try_from(steps).unwrap()).unwrap();
            prop_assert_eq!(amount(formula.price((width, height), steps)).parse(), Ok(credits));
        }

        let row = row.index(counts.len());
        let price = formula.price(SIZES[column], *counts.iter().nth(row).unwrap());
        let other = if is_more { price + difference } else { price.saturating_sub(difference).max(1) };
        prop_assume!(other != price);
        table[row + 1][column + 1] = amount(other);
        let diagnostics = check_table(formula, &table).unwrap_err();
        let [diagnostic] = &diagnostics[..] else { panic!("{diagnostics:#?}") };
        let before: usize = table[row + 1][..=column].iter().map(|cell| cell.len() + 1).sum();
        prop_assert_eq!(diagnostic.path(), "tables/turbo.csv");
        prop_assert_eq!((diagnostic.line(), diagnostic.column()), (Some(row + 2), Some(before + 1)), "{}", diagnostic);
    }
    #[test]
    fn numbers_of_any_size_cause_no_panic(
        free_pixels: u64,
        rate in 1..u64::MAX,
        (nearest, up) in (0_u32..=4, 0_u32..=4),
        sides in prop::collection::btree_set((1..1_u64 << 26, 1..1_u64 << 26), 1..4),
        counts in prop::collection::btree_set(1..u32::MAX, 1..4),
        prices in prop::collection::vec(1..u64::MAX / 1000, 9),
    ) {
        let header = sides.iter().map(|(width, height)| format!("{}x{}", 64 * width, 64 * height));
        let header: Vec<String> = std::iter::once("steps".to_owned()).chain(header).collect();
        let row_of = |(row, steps): (usize, &u32)| -> Vec<String> {
            let prices = prices[3 * row..].iter().take(sides.len()).map(|&units| amount(units.into()));
            std::iter::once(steps.to_string()).chain(prices).collect()
        };
        let table: Vec<Vec<String>> = std::iter::once(header).chain(counts.iter().enumerate().map(row_of)).collect();
        let formula = FormulaNumbers { free_pixels, rate, nearest, up: up.min(nearest) };
        let _ = check_table(formula, &table);
        // Prices that `Credits` may hold.
        let sparing = FormulaNumbers { free_pixels: free_pixels >> 20, rate: rate >> 30 | 1, ..formula };
        let _ = check_table(sparing, &table);
    }
}
