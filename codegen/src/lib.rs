//! Generates the code of `dreamstudio-pricing` from its price tables. The build script of that crate calls [`generate`]
//! when that crate's `codegen` feature is on.
//!
//! Data flows one way: [`Folder`] reads the files, [`check`] turns them into [`Prices`] or reports every mistake as a
//! [`Diagnostic`], and [`emit`] writes the prices as Rust. `tables/README.md` describes the files.
//!
//! ```
//! use dreamstudio_pricing_codegen::{Folder, check, emit};
//!
//! let clients = "client,table,width,height,steps,granted_images\n\
//!     API,turbo,512,512,4,250\n";
//! let folder = Folder::from_files("tables", [
//!     ("turbo.csv", "steps,512x512\n4,0.1\n"),
//!     ("engines.csv", "engine,table\nturbo-v1,turbo\n"),
//!     ("clients.csv", clients),
//!     ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n"),
//! ]);
//! let prices = check(&folder).unwrap();
//! assert_eq!(prices.tables[0].rows[0].steps, 4);
//! assert!(prices.edition().starts_with("undated+"));
//! assert!(emit(&prices).to_string().contains("pub mod turbo"));
//! ```

mod check;
mod diagnostic;
mod emit;
mod escape;
mod formula;
mod hash;
mod ident;
mod markdown;
mod model;
mod nearest;
mod number;
mod read;
mod schema;

use std::path::Path;

pub use check::{check, check_engines};
pub use diagnostic::{Diagnostic, Severity, Span, summarise};
pub use emit::{emit, price_table};
pub use escape::{escape_hidden, is_hidden};
pub use formula::{Formula, IntegerFormula};
pub use hash::hash;
pub use ident::{Name, RESERVED};
pub use markdown::{Alignment, markdown_table};
pub use model::{Billing, Client, Engine, Exception, Limits, Prices, ReadableTable, Size, Source, StepsRow, Table};
pub use nearest::nearest;
pub use number::{CREDITS, CREDITS_DECIMALS, USD, USD_DECIMALS, Unit, dollars, parse_amount};
pub use read::document::Document;
pub use read::folder::{Folder, MAX_BYTES};

/// Tests the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The code of a folder of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// Rust code, unformatted.
    pub code: String,
    /// Probable mistakes that break no rule.
    pub warnings: Vec<Diagnostic>,
}

/// Generates the code of the tables in the folder `dir`, which diagnostics call `label`.
///
/// # Errors
///
/// Returns the diagnostics of [`Folder::read`] or [`check`]: every mistake, and warnings about files that are not read.
pub fn generate(dir: &Path, label: &str) -> Result<Generated, Vec<Diagnostic>> {
    let prices = check(&Folder::read(dir, label)?)?;
    Ok(Generated { code: emit(&prices).to_string(), warnings: prices.warnings })
}
