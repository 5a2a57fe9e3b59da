//! What does not belong to one table: the enums of the tables and of the clients, and the constants.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Variant, doc, doc_with_example, enumeration, ident, number, s};
use crate::formula::Formula;
use crate::hash::{Hash, MAX_SLOTS};
use crate::model::{Billing, Client, Engine, Prices, Source, Table};
use crate::number::{self, CREDITS_DECIMALS, USD_DECIMALS};

/// Returns the enum of the tables.
pub(super) fn table(prices: &Prices) -> TokenStream {
    let variants: Vec<Variant> = (prices.tables.iter())
        .map(|table| Variant {
            docs: format!("The [`{}`](mod@{}) table.", table.name.text, table.name.module),
            name: ident(&table.name.variant),
        })
        .collect();
    let names: Vec<&Ident> = variants.iter().map(|variant| &variant.name).collect();
    let contents = contents(prices, &names);
    let lookups = lookups(prices, &names);
    let methods = quote! {
        #contents
        #lookups
    };
    enumeration("One of the price tables.", "Table", "Each table, in the order of their names.", &variants, &methods)
}

/// Returns the methods of a table that say what is in it.
fn contents(prices: &Prices, variants: &[&Ident]) -> TokenStream {
    let tables = &prices.tables;
    let names = tables.iter().map(|table| &table.name.text);
    let sizes = tables.iter().map(|table| {
        let sizes = table.sizes.iter().map(|size| {
            let (width, height) = (number(size.width), number(size.height));
            quote! { (#width, #height) }
        });
        quote! { &[#(#sizes),*] }
    });
    let steps = tables.iter().map(|table| {
        let steps = table.rows.iter().map(|row| number(row.steps));
        quote! { &[#(#steps),*] }
    });
    let engines = tables.iter().map(|table| {
        let engines = prices.engines.iter().filter(|engine| engine.table == table.name);
        let ids = engines.map(|engine| &engine.id);
        quote! { &[#(#ids),*] }
    });
    let sources = tables.iter().map(|table| table.source.as_ref().map_or_else(|| quote! { None }, source));
    let formulas = tables.iter().map(|table| table.formula.as_ref().map_or_else(|| quote! { None }, formula));
    let example = |docs: &str, line: fn(&Table) -> String| {
        let lines: Vec<String> = tables.iter().map(line).collect();
        doc_with_example(docs, "Table", &lines)
    };
    let name_docs = example("Returns the name, which is that of the table's file.", |table| {
        format!("assert_eq!(Table::{}.name(), \"{}\");", table.name.variant, table.name.text)
    });
    let sizes_docs = example("Returns the sizes: width and height in pixels, in the order of the columns.", |table| {
        format!("assert_eq!(Table::{}.sizes().len(), {});", table.name.variant, table.sizes.len())
    });
    let steps_docs = example("Returns the step counts, in ascending order.", |table| {
        let steps: Vec<String> = table.rows.iter().map(|row| row.steps.to_string()).collect();
        format!("assert_eq!(Table::{}.steps(), [{}]);", table.name.variant, steps.join(", "))
    });
    let engines_docs = example("Returns the ids of the engines that the table prices.", |table| {
        let variant = &table.name.variant;
        format!("assert!(Table::{variant}.engines().iter().all(|id| Table::for_engine(id) == Ok(Table::{variant})));")
    });
    quote! {
        #name_docs
        #[inline]
        #[must_use]
        pub const fn name(self) -> &'static str {
            match self {
                #(Self::#variants => #names,)*
            }
        }

        #sizes_docs
        #[inline]
        #[must_use]
        pub const fn sizes(self) -> &'static [(u32, u32)] {
            match self {
                #(Self::#variants => #sizes,)*
            }
        }

        #steps_docs
        #[inline]
        #[must_use]
        pub const fn steps(self) -> &'static [u32] {
            match self {
                #(Self::#variants => #steps,)*
            }
        }

        #engines_docs
        #[inline]
        #[must_use]
        pub const fn engines(self) -> &'static [&'static str] {
            match self {
                #(Self::#variants => #engines,)*
            }
        }

        /// Returns where the table was published, if `tables/sources.csv` says so.
        #[inline]
        #[must_use]
        pub const fn source(self) -> Option<crate::Source> {
            match self {
                #(Self::#variants => #sources,)*
            }
        }

        /// Returns the formula that gives every price of the table, if `tables/formulas.csv` has one.
        #[inline]
        #[must_use]
        pub const fn formula(self) -> Option<crate::Formula> {
            match self {
                #(Self::#variants => #formulas,)*
            }
        }
    }
}

fn source(Source { page, heading, published }: &Source) -> TokenStream {
    quote! { Some(crate::Source { page: #page, heading: #heading, published: #published }) }
}

fn formula(Formula { free_pixels, rate, nearest, up }: &Formula) -> TokenStream {
    let free_pixels = Literal::u64_unsuffixed(*free_pixels);
    let (rate, nearest, up) = (rate.normalize().to_string(), number(*nearest), number(*up));
    quote! { Some(crate::Formula { free_pixels: #free_pixels, rate: #rate, nearest: #nearest, up: #up }) }
}

/// Returns the methods behind the lookups of the library.
fn lookups(prices: &Prices, variants: &[&Ident]) -> TokenStream {
    let of_engine = of_engine(&prices.engines);
    let modules: Vec<Ident> = prices.tables.iter().map(|table| ident(&table.name.module)).collect();
    quote! {
        #of_engine

        /// Returns whether the table has a column for this size.
        #[inline]
        pub(crate) const fn has_size(self, width: u32, height: u32) -> bool {
            match self {
                #(Self::#variants => #modules::Size::slot(width, height).1,)*
            }
        }

        /// Returns the figures of an estimate, if the table has a cell with at least as many pixels and steps.
        #[inline]
        pub(crate) const fn figures(self, pixels: u64, steps: u64) -> Option<crate::estimate::Figures> {
            match self {
                #(Self::#variants => crate::estimate::figures::<#modules::Size>(pixels, steps),)*
            }
        }

        /// Returns the price of one image, if the table has it.
        #[inline]
        pub(crate) const fn look_up(self, width: u32, height: u32, steps: u32) -> Option<crate::Credits> {
            match self {
                #(Self::#variants => #modules::look_up(width, height, steps),)*
            }
        }
    }
}

/// Returns the lookup by an engine's id.
fn of_engine(engines: &[Engine]) -> TokenStream {
    let (ids, tables) =
        (engines.iter().map(|engine| &engine.id), engines.iter().map(|engine| ident(&engine.table.variant)));
    let keys: Vec<u64> = ids.clone().map(|id| Hash::text_key(id)).collect();
    let body = if let Some(hash) = Hash::find(&keys).filter(|hash| hash.slots() <= MAX_SLOTS) {
        // A free slot holds the first engine, which has a slot of its own. So no other id matches there.
        let mut slots = vec![0; hash.slots()];
        for (index, &key) in keys.iter().enumerate() {
            slots[hash.slot(key)] = index;
        }
        let slots_type = ident(if engines.len() <= 256 { "u8" } else { "u16" });
        let (count, length) = (Literal::usize_unsuffixed(engines.len()), Literal::usize_unsuffixed(slots.len()));
        let slots = slots.into_iter().map(Literal::usize_unsuffixed);
        let (multiplier, bits) = (Literal::u64_unsuffixed(hash.multiplier), number(hash.bits));
        quote! {
            const IDS: [&str; #count] = [#(#ids),*];
            const TABLES: [Table; #count] = [#(Table::#tables),*];
            const SLOTS: [#slots_type; #length] = [#(#slots),*];
            let key = crate::hash::text_key(id);
            let engine = SLOTS[crate::hash::slot(key, #multiplier, #bits)] as usize;
            if crate::text::equal(IDS[engine], id) { Some(TABLES[engine]) } else { None }
        }
    } else {
        // Too many ids for a hash, or some of a length that differ in the middle alone.
        let ids = engines.iter().map(|engine| Literal::byte_string(engine.id.as_bytes()));
        quote! {
            // A `const fn` cannot match on a text, only on its bytes.
            match id.as_bytes() {
                #(#ids => Some(Self::#tables),)*
                _ => None,
            }
        }
    };
    quote! {
        /// Returns the table of an engine's id.
        #[inline]
        pub(crate) const fn of_engine(id: &str) -> Option<Self> {
            #body
        }
    }
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
    let example = |docs: &str, line: fn(&Client) -> String| {
        let lines: Vec<String> = clients.iter().map(line).collect();
        doc_with_example(docs, "Client", &lines)
    };
    let name_docs = example("Returns the name.", |client| {
        format!("assert_eq!(Client::{}.name(), \"{}\");", client.name.variant, client.name.text)
    });
    let defaults_docs = example("Returns the settings that the client uses if a user chooses none.", |client| {
        let Client { name, size, steps, .. } = client;
        format!("assert_eq!(Client::{}.defaults().to_string(), \"{size} at {steps} step{}\");", name.variant, s(*steps))
    });
    let widths = clients.iter().map(|client| number(client.size.width));
    let heights = clients.iter().map(|client| number(client.size.height));
    let steps = clients.iter().map(|client| number(client.steps));
    let methods = quote! {
        #name_docs
        #[inline]
        #[must_use]
        pub const fn name(self) -> &'static str {
            match self {
                #(Self::#idents => #names,)*
            }
        }

        #defaults_docs
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
    let docs = "A client of the API, with default settings of its own.";
    enumeration(docs, "Client", "Each client, in the order of `tables/clients.csv`.", &variants, &methods)
}

fn client_docs(client: &Client) -> String {
    let Client { name, table, size, steps, granted_images } = client;
    let defaults = format!("{}: {size} at {steps} step{}, by the `{}` table.", name.text, s(*steps), table.text);
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
    let (credits_decimals, usd_decimals) = (number(CREDITS_DECIMALS), number(USD_DECIMALS));
    let grant_docs = doc(&format!("The credits that a new account is granted: {}.", billing.sign_up_grant));
    let minimum_docs = doc(&format!("The smallest purchase: ${}.", billing.minimum_purchase));
    quote! {
        /// The figures of `tables/billing.csv`.
        pub(crate) mod constants {
            use crate::{Credits, Usd};

            #grant_docs
            pub const SIGN_UP_GRANT: Credits = Credits::new(#grant);
            #minimum_docs
            pub const MINIMUM_PURCHASE: Usd = Usd::new(#minimum);
            /// The number of units of `Usd` that one unit of `Credits` costs.
            pub(crate) const USD_UNITS_PER_CREDITS_UNIT: u64 = #rate;

            // The figures above count these units.
            const _: () = assert!(Credits::DECIMALS == #credits_decimals && Usd::DECIMALS == #usd_decimals);
        }
    }
}
