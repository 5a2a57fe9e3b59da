//! The module of a price table: its sizes, its step counts and its prices.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Variant, doc, enumeration, ident, integer, markdown, s};
use crate::model::{Prices, Size, Table};
use crate::number::{self, CREDITS_DECIMALS};

/// Returns the module of a table. A macro of the library adds the code that is the same for every table.
pub(super) fn module(table: &Table, prices: &Prices) -> TokenStream {
    let (module, variant) = (ident(&table.name.module), ident(&table.name.variant));
    let docs = doc(&markdown::of_table(table, prices));
    let (size, steps, price) = (size_enum(table), steps_enum(table), price(table));
    quote! {
        #docs
        pub mod #module {
            use crate::Credits;

            #size
            #steps
            #price

            crate::module::table_module!(#module, #variant);
        }
    }
}

fn size_variant(size: Size) -> Ident {
    ident(&format!("S{size}"))
}

fn steps_variant(steps: u32) -> Ident {
    ident(&format!("N{steps}"))
}

fn size_enum(table: &Table) -> TokenStream {
    let docs = format!("A size that the `{}` table prices: width by height, in pixels.", table.name.text);
    let variants: Vec<Variant> = (table.sizes.iter())
        .map(|&size| Variant {
            docs: format!("{} pixels wide, {} pixels high.", size.width, size.height),
            name: size_variant(size),
        })
        .collect();
    let names = variants.iter().map(|variant| &variant.name);
    let sides = table.sizes.iter().map(|size| {
        let (width, height) = (integer(size.width), integer(size.height));
        quote! { (#width, #height) }
    });
    let sides = quote! {
        /// Returns width and height, in pixels.
        #[inline]
        const fn sides(self) -> (u32, u32) {
            match self {
                #(Self::#names => #sides,)*
            }
        }
    };
    enumeration(&docs, "Size", "Each size, in the order of the columns.", &variants, &sides)
}

fn steps_enum(table: &Table) -> TokenStream {
    let docs = format!("A step count that the `{}` table prices.", table.name.text);
    let variants: Vec<Variant> = (table.rows.iter())
        .map(|row| Variant { docs: format!("{} step{}.", row.steps, s(row.steps)), name: steps_variant(row.steps) })
        .collect();
    let names = variants.iter().map(|variant| &variant.name);
    let counts = table.rows.iter().map(|row| integer(row.steps));
    let get = quote! {
        /// Returns the number of steps.
        #[inline]
        #[must_use]
        pub const fn get(self) -> u32 {
            match self {
                #(Self::#names => #counts,)*
            }
        }
    };
    enumeration(&docs, "Steps", "Each step count, in ascending order.", &variants, &get)
}

/// Returns `price`: one match with an arm for each cell, so that a missing cell does not compile.
fn price(table: &Table) -> TokenStream {
    let arms = table.sizes.iter().enumerate().flat_map(|(column, &size)| {
        let size = size_variant(size);
        table.rows.iter().filter_map(move |row| {
            let steps = steps_variant(row.steps);
            let units = Literal::u64_unsuffixed(number::units(*row.prices.get(column)?, CREDITS_DECIMALS));
            Some(quote! { (Size::#size, Steps::#steps) => #units, })
        })
    });
    let docs = doc("Returns the price of one image, in credits. Each arm is a cell, in ten-thousandths of a credit.");
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub const fn price(size: Size, steps: Steps) -> Credits {
            let units = match (size, steps) { #(#arms)* };
            Credits::new(units)
        }
    }
}
