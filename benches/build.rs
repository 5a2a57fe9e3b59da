//! Generates the rivals that are code, such as a plain `match`, from the same tables.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use dreamstudio_pricing_codegen::{CREDITS_DECIMALS, Folder, Prices, StepsRow, Table, check};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../tables");
    let message = |diagnostics: Vec<_>| format!("tables/ has {} mistakes", diagnostics.len());
    let folder = Folder::read(Path::new("../tables"), "tables").map_err(message)?;
    let prices = check(&folder).map_err(message)?;
    let table = prices.tables.iter().find(|table| table.name.text == "sdxl").ok_or("no table sdxl")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("code.rs"), code(table).to_string() + &maps(table, &prices))?;
    Ok(())
}

/// Returns width, height, steps and the units of the price of each cell.
fn cells(table: &Table) -> impl Iterator<Item = (u32, u32, u32, u64)> {
    table.rows.iter().flat_map(move |row| {
        table.sizes.iter().zip(&row.prices).map(move |(size, price)| {
            let mut price = *price;
            price.rescale(CREDITS_DECIMALS);
            (size.width, size.height, row.steps, u64::try_from(price.mantissa()).unwrap_or_default())
        })
    })
}

fn code(table: &Table) -> TokenStream {
    let numbers = |number: u32| Literal::u32_unsuffixed(number);
    let arms = cells(table).map(|(width, height, steps, units)| {
        let (width, height, steps) = (numbers(width), numbers(height), numbers(steps));
        quote! { (#width, #height, #steps) => Some(#units), }
    });
    let column_arms = table.sizes.iter().enumerate().map(|(column, size)| {
        let (width, height) = (numbers(size.width), numbers(size.height));
        quote! { (#width, #height) => #column, }
    });
    let row_arms = table.rows.iter().enumerate().map(|(row, StepsRow { steps, .. })| {
        let steps = numbers(*steps);
        quote! { #steps => #row, }
    });
    let listed = cells(table).map(|(width, height, steps, units)| quote! { ((#width, #height, #steps), #units) });
    let sizes: Vec<Ident> = (0..table.sizes.len()).map(|at| format_ident!("S{at}")).collect();
    let steps: Vec<Ident> = (0..table.rows.len()).map(|at| format_ident!("N{at}")).collect();
    let columns = (0..sizes.len()).map(|column| {
        let units = cells(table).skip(column).step_by(sizes.len()).map(|(.., units)| units);
        quote! { [#(#units),*] }
    });
    let (width, height) = (Literal::usize_unsuffixed(steps.len()), Literal::usize_unsuffixed(sizes.len()));
    quote! {
        /// The simplest match.
        #[must_use]
        pub const fn one_match(width: u32, height: u32, steps: u32) -> Option<u64> {
            match (width, height, steps) {
                #(#arms)*
                _ => None,
            }
        }

        /// A match for the column and one for the row, and an array.
        #[must_use]
        pub const fn two_matches(width: u32, height: u32, steps: u32) -> Option<u64> {
            let column = match (width, height) {
                #(#column_arms)*
                _ => return None,
            };
            let row = match steps {
                #(#row_arms)*
                _ => return None,
            };
            Some(CELLS[column][row])
        }

        /// Every cell, in the order of the file.
        pub const LISTED: &[((u32, u32, u32), u64)] = &[#(#listed),*];

        /// An index of [`CELLS`], which is a column.
        #[derive(Clone, Copy, Debug)]
        pub enum Size { #(#[doc = "A column."] #sizes,)* }

        impl Size {
            /// All variants.
            pub const ALL: &[Self] = &[#(Self::#sizes),*];
        }

        /// An index in a column of [`CELLS`], which is a row.
        #[derive(Clone, Copy, Debug)]
        pub enum Steps { #(#[doc = "A row."] #steps,)* }

        impl Steps {
            /// All variants.
            pub const ALL: &[Self] = &[#(Self::#steps),*];
        }

        /// The prices in units, by column and row.
        pub const CELLS: [[u64; #width]; #height] = [#(#columns),*];
    }
}

fn maps(table: &Table, prices: &Prices) -> String {
    let mut cells_by_key = phf_codegen::Map::new();
    for (width, height, steps, units) in cells(table) {
        cells_by_key.entry((width, height, steps), units.to_string());
    }
    let mut engines = phf_codegen::Map::new();
    for engine in &prices.engines {
        engines.entry(engine.id.as_str(), format!("dreamstudio_pricing::Table::{}", engine.table.variant));
    }
    format!(
        "/// The cells as a map of phf.\npub static PHF: phf::Map<(u32, u32, u32), u64> = {};\n\
         /// The engines as a map of phf.\npub static ENGINES: phf::Map<&'static str, dreamstudio_pricing::Table> = {};\n",
        cells_by_key.build(),
        engines.build(),
    )
}
