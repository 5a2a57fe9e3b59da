//! The code that belongs to no single table: the enums of the tables and of the clients, the constants, and the list of
//! files.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Variant, doc, enumeration, ident, integer, s};
use crate::formula::Formula;
use crate::model::{Billing, Client, Exception, Limits, Prices, Source};
use crate::number::{self, CREDITS, CREDITS_DECIMALS, USD, USD_DECIMALS, dollars};

/// Returns the enum of the tables.
pub(super) fn table(prices: &Prices) -> TokenStream {
    let variants: Vec<Variant> = (prices.tables.iter())
        .map(|table| Variant {
            docs: format!("The [`{}`](mod@{}) table.", table.name.text, table.name.module),
            name: ident(&table.name.variant),
        })
        .collect();
    let names: Vec<&Ident> = variants.iter().map(|variant| &variant.name).collect();
    let tables = &prices.tables;
    let texts = tables.iter().map(|table| &table.name.text);
    let engines = tables.iter().map(|table| {
        let engines = prices.engines.iter().filter(|engine| engine.table == table.name);
        let ids = engines.map(|engine| &engine.id);
        quote! { &[#(#ids),*] }
    });
    let sources = tables.iter().map(|table| table.source.as_ref().map_or_else(|| quote! { None }, source));
    let formulas = tables.iter().map(|table| table.formula.as_ref().map_or_else(|| quote! { None }, formula));
    let limits = tables.iter().map(|table| table.limits.as_ref().map_or_else(|| quote! { None }, limits));
    let exceptions = tables.iter().map(|table| {
        let exceptions = table.exceptions.iter().copied().map(settings);
        quote! { &[#(#exceptions),*] }
    });
    let modules = tables.iter().map(|table| ident(&table.name.module));
    let methods = quote! {
        /// Returns the name, which is that of the table's file without `.csv`.
        #[inline]
        #[must_use]
        pub const fn name(self) -> &'static str {
            match self {
                #(Self::#names => #texts,)*
            }
        }

        /// Returns the ids of the engines that the table prices, in the order of `tables/engines.csv`.
        #[inline]
        #[must_use]
        pub const fn engines(self) -> &'static [&'static str] {
            match self {
                #(Self::#names => #engines,)*
            }
        }

        /// Returns where the table was published, if `tables/sources.csv` has it.
        #[inline]
        #[must_use]
        pub const fn source(self) -> Option<crate::Source> {
            match self {
                #(Self::#names => #sources,)*
            }
        }

        /// Returns the formula that gives the price of every cell but the exceptions, if `tables/formulas.csv` has one.
        #[inline]
        #[must_use]
        pub const fn formula(self) -> Option<crate::Formula> {
            match self {
                #(Self::#names => #formulas,)*
            }
        }

        /// Returns the cells of `tables/exceptions.csv`, row by row. Their prices are out of line with the others, so estimates do not
        /// follow from them.
        #[inline]
        #[must_use]
        pub const fn exceptions(self) -> &'static [crate::Settings] {
            match self {
                #(Self::#names => #exceptions,)*
            }
        }

        /// Returns what the API accepts, if `tables/limits.csv` says so. [`accepts`](Self::accepts) applies it.
        #[inline]
        #[must_use]
        pub const fn limits(self) -> Option<crate::Limits> {
            match self {
                #(Self::#names => #limits,)*
            }
        }
    };
    let table = enumeration("One of the price tables.", "Table", "Each table, sorted by name.", &variants, &methods);
    quote! {
        #table

        crate::module::table_methods!(#(#names: #modules,)*);
    }
}

fn source(Source { page, heading, published }: &Source) -> TokenStream {
    quote! { Some(crate::Source { page: #page, heading: #heading, published: #published }) }
}

fn formula(Formula { free_pixels, rate, nearest, up }: &Formula) -> TokenStream {
    let free_pixels = Literal::u64_unsuffixed(*free_pixels);
    let (rate, nearest, up) = (rate.normalize().to_string(), integer(*nearest), integer(*up));
    quote! { Some(crate::Formula { free_pixels: #free_pixels, rate: #rate, nearest: #nearest, up: #up }) }
}

fn settings(Exception { size, steps }: Exception) -> TokenStream {
    let [width, height, steps] = [size.width, size.height, steps].map(integer);
    quote! { crate::Settings { width: #width, height: #height, steps: #steps } }
}

fn limits(limits: &Limits) -> TokenStream {
    let fields = limits.columns().map(|(column, limit)| {
        let (field, limit) = (ident(column), limit.map(integer));
        let limit = limit.map_or_else(|| quote! { None }, |limit| quote! { Some(#limit) });
        quote! { #field: #limit }
    });
    quote! { Some(crate::Limits { #(#fields),* }) }
}

/// Returns the enum of the clients.
pub(super) fn client(prices: &Prices) -> TokenStream {
    let clients = &prices.clients;
    let variants: Vec<Variant> = (clients.iter())
        .map(|client| Variant { docs: client_docs(client), name: ident(&client.name.variant) })
        .collect();
    let idents: Vec<&Ident> = variants.iter().map(|variant| &variant.name).collect();
    let names = clients.iter().map(|client| &client.name.text);
    let tables = clients.iter().map(|client| ident(&client.table.variant));
    let widths = clients.iter().map(|client| integer(client.size.width));
    let heights = clients.iter().map(|client| integer(client.size.height));
    let steps = clients.iter().map(|client| integer(client.steps));
    let methods = quote! {
        /// Returns the name, as it is in `tables/clients.csv`.
        #[inline]
        #[must_use]
        pub const fn name(self) -> &'static str {
            match self {
                #(Self::#idents => #names,)*
            }
        }

        /// Returns the settings that the client uses if a user chooses none.
        #[inline]
        #[must_use]
        pub const fn defaults(self) -> crate::Settings {
            match self {
                #(Self::#idents => crate::Settings::size(#widths, #heights).steps(#steps),)*
            }
        }

        /// Returns the table of the engine that the client uses if a user chooses none.
        #[inline]
        #[must_use]
        pub const fn table(self) -> Table {
            match self {
                #(Self::#idents => Table::#tables,)*
            }
        }
    };
    let docs = "A client of the API, with its own default settings.";
    enumeration(docs, "Client", "Each client, in the order of `tables/clients.csv`.", &variants, &methods)
}

fn client_docs(client: &Client) -> String {
    let Client { name, table, size, steps, granted_images } = client;
    let defaults = format!("{}: {size} at {steps} step{}, from the `{}` table.", name.text, s(*steps), table.text);
    match granted_images {
        Some(images) => format!("{defaults}\n\nThe sign-up grant pays for {images} images at these settings."),
        None => defaults,
    }
}

/// Returns the constants of billing.
pub(super) fn constants(billing: &Billing) -> TokenStream {
    let grant = Literal::u64_unsuffixed(number::units(billing.sign_up_grant, CREDITS_DECIMALS));
    let minimum = Literal::u64_unsuffixed(number::units(billing.minimum_purchase, USD_DECIMALS));
    let rate = Literal::u64_unsuffixed(billing.usd_units_per_credits_unit);
    let [credits, usd] = [CREDITS, USD].map(|unit| Literal::u64_unsuffixed(unit.max_units));
    let (credits_decimals, usd_decimals) = (integer(CREDITS_DECIMALS), integer(USD_DECIMALS));
    let grant_docs = doc(&format!("The credits that a new account gets: {}.", billing.sign_up_grant));
    let minimum_docs = doc(&format!("The smallest purchase: {}.", dollars(&billing.minimum_purchase)));
    // The assertions fail if the library counts in other units or up to another maximum.
    quote! {
        /// The amounts of `tables/billing.csv`.
        pub(crate) mod constants {
            use crate::{Credits, Usd};

            #grant_docs
            pub const SIGN_UP_GRANT: Credits = Credits::new(#grant);
            #minimum_docs
            pub const MINIMUM_PURCHASE: Usd = Usd::new(#minimum);
            /// The number of units of `Usd` that one unit of `Credits` costs.
            pub(crate) const USD_UNITS_PER_CREDITS_UNIT: u64 = #rate;

            const _: () = assert!(Credits::DECIMALS == #credits_decimals && Usd::DECIMALS == #usd_decimals);
            const _: () = assert!(Credits::MAX.units() == #credits && Usd::MAX.units() == #usd);
        }
    }
}

/// Returns the list of the files, which the build script of the library reads too.
pub(super) fn files(prices: &Prices) -> TokenStream {
    let files = prices.files.iter().map(|(name, hash)| {
        let hash = Literal::u64_unsuffixed(*hash);
        quote! { (#name, #hash) }
    });
    quote! {
        /// The files in `tables/` that this code comes from, each with a hash of its lines.
        #[doc(hidden)]
        pub const FILES: &[(&str, u64)] = &[#(#files),*];
    }
}
