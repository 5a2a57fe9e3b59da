//! `dreamprice check`: the checks of the build, on any folder of tables.

use std::path::PathBuf;

use clap::Args;
use dreamstudio_pricing_codegen::{Folder, check};

use crate::Outcome;

/// Check a folder of tables as the build does
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0, the tables are right; 1, they have mistakes, told on standard error; 2, the arguments are wrong."
)]
pub(crate) struct Arguments {
    /// The folder
    #[arg(value_name = "DIR", default_value = "tables")]
    folder: PathBuf,
}

pub(crate) fn run(Arguments { folder }: &Arguments) -> Outcome {
    let label = folder.display().to_string();
    match Folder::read(folder, &label).and_then(|folder| check(&folder)) {
        Ok(prices) => {
            let cells: usize = prices.tables.iter().map(|table| table.sizes.len() * table.rows.len()).sum();
            let tables: Vec<&str> = prices.tables.iter().map(|table| &*table.name.text).collect();
            Outcome::said(format!("{label}: {cells} prices in {}, without a mistake\n", tables.join(", ")), 0)
        }
        Err(problems) => Outcome::mistaken(&problems, 1),
    }
}
