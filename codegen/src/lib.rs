//! Reads, checks and emits the price tables of `dreamstudio-pricing`: the build script of that crate in one call.
//!
//! Three rooms, one after the other: [`Folder`] holds the files as they are, [`check`] makes [`Prices`] of them or
//! tells every [`Problem`], and [`emit`] writes the prices as Rust. The format of the tables is described in their
//! own README.
//!
//! ```
//! use dreamstudio_pricing_codegen::{Folder, check, emit};
//!
//! let folder = Folder::from_files("tables", [
//!     ("turbo.csv", "steps,512x512\n4,0.1\n"),
//!     ("engines.csv", "engine,table\nturbo-v1,turbo\n"),
//!     ("clients.csv", "client,width,height,steps\nAPI,512,512,4\n"),
//!     ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n"),
//! ]);
//! let prices = check(&folder).unwrap();
//! assert_eq!(prices.tables[0].rows[0].steps, 4);
//! assert!(emit(&prices).to_string().contains("pub mod turbo"));
//! ```

mod check;
mod emit;
mod figure;
mod hash;
mod ident;
mod problem;
mod read;

use std::path::Path;

pub use check::{Billing, Client, Engine, Prices, Size, StepsRow, Table, check};
pub use emit::emit;
pub use figure::{CREDITS_DECIMALS, USD_DECIMALS};
pub use ident::{Name, RESERVED};
pub use problem::Problem;
pub use read::Folder;

/// The code of the tables in the folder `dir`, which problems call `label`.
///
/// # Errors
///
/// Every problem of every file, in the order of the files and of the places in them.
pub fn generate(dir: &Path, label: &str) -> Result<String, Vec<Problem>> {
    let folder = Folder::read(dir, label)?;
    Ok(emit(&check(&folder)?).to_string())
}
