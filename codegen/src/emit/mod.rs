//! Writes prices as Rust code: enums, exhaustive matches, constants and their docs. All other types and traits are written
//! by hand in the library.

mod lists;
mod markdown;
mod table;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

pub use markdown::price_table;

use crate::model::Prices;

/// Writes the prices as the code that the library includes.
#[must_use]
pub fn emit(prices: &Prices) -> TokenStream {
    let modules = prices.tables.iter().map(|table| table::module(table, prices));
    let table = lists::table(prices);
    let client = lists::client(prices);
    let constants = lists::constants(&prices.billing);
    let files = lists::files(prices);
    quote! {
        #(#modules)*
        #table
        #client
        #constants
        #files
    }
}

/// Returns an identifier. The module `ident` has checked each name that comes from data.
fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn integer(number: u32) -> Literal {
    Literal::u32_unsuffixed(number)
}

/// Returns a doc comment, as one attribute for each line.
fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}

/// Returns the end of a plural.
fn s(count: u32) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A variant of an enum, with its doc comment.
struct Variant {
    docs: String,
    name: Ident,
}

/// Returns an enum that can grow without breaking a dependent: it is `#[non_exhaustive]`, and it cannot be cast to an
/// integer, because a variant has a field. The field is uninhabited, so no `match` needs an arm for that variant.
fn enumeration(docs: &str, name: &str, all: &str, variants: &[Variant], methods: &TokenStream) -> TokenStream {
    let name = ident(name);
    let docs = doc(&format!(
        "{docs}\n\nIt cannot be cast to an integer, because [new prices](crate#new-prices) would change the number."
    ));
    let all_docs = doc(all);
    let variants_docs = variants.iter().map(|variant| doc(&variant.docs));
    let names: Vec<&Ident> = variants.iter().map(|variant| &variant.name).collect();
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants_docs #names,)*
            #[doc(hidden)]
            __NoCast(::core::convert::Infallible),
        }

        impl #name {
            #all_docs
            pub const ALL: &'static [Self] = &[#(Self::#names),*];

            #methods
        }
    }
}
