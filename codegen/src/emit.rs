//! From prices to Rust: enums, exhaustive matches and what stands in their docs, and nothing else. Types and traits are
//! written by hand, in the library.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use rust_decimal::Decimal;

use crate::figure::{self, CREDITS_DECIMALS, USD_DECIMALS};
use crate::hash::Hash;
use crate::model::{Billing, Client, Prices, Size, Table};

/// Writes the prices as the code that the library includes.
#[must_use]
pub fn emit(prices: &Prices) -> TokenStream {
    let modules = prices.tables.iter().map(|table| module(table, prices));
    let table = tables(prices);
    let client = clients(prices);
    let figures = figures(&prices.billing);
    quote! {
        #(#modules)*
        #table
        #client
        #figures
    }
}

/// An identifier; those made from data were made in `ident`, which refuses what is none.
fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn number(number: u32) -> Literal {
    Literal::u32_unsuffixed(number)
}

/// A doc comment, an attribute a line, as `///` makes them.
fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}

/// One value of an enum, by the number that it is found by and the code that makes this number.
type Keyed<'a> = (u64, TokenStream, &'a Ident);

/// The method that a constructor is made with. It finds the one value that has a chance, and says whether it is it: so a
/// lookup of two values looks at both before it branches.
///
/// `arguments` are the parameters of the method, `key` the code that makes a number of them.
fn slot(name: &str, keyed: &[Keyed], arguments: &TokenStream, key: &TokenStream) -> TokenStream {
    let name = ident(name);
    let numbers: Vec<u64> = keyed.iter().map(|(number, ..)| *number).collect();
    let mut slots: Vec<&Keyed> = keyed.iter().collect();
    let slot = if let Some(hash) = Hash::find(&numbers) {
        // The key in a free slot is found elsewhere, so that no other key is taken for it.
        slots = vec![slots[0]; hash.slots()];
        for value in keyed {
            slots[hash.slot(value.0)] = value;
        }
        let multiplier = Literal::u64_unsuffixed(hash.multiplier);
        let bits = number(hash.bits);
        quote! { crate::hash::slot(key, #multiplier, #bits) }
    } else {
        // Too many to keep apart.
        slots.sort_unstable_by_key(|(number, ..)| *number);
        quote! {{
            let (mut start, mut end) = (0, KEYS.len());
            while end - start > 1 {
                let middle = start + (end - start) / 2;
                if KEYS[middle] <= key { start = middle } else { end = middle }
            }
            start
        }}
    };
    let length = Literal::usize_unsuffixed(slots.len());
    let keys = slots.iter().map(|(_, code, _)| code);
    let values = slots.iter().map(|(.., value)| value);
    quote! {
        /// The only value that it can be, and whether it is.
        #[inline]
        pub(super) const fn slot(#arguments) -> (Self, bool) {
            const KEYS: [u64; #length] = [#(#keys),*];
            const VALUES: [#name; #length] = [#(#name::#values),*];
            let key = #key;
            let slot = #slot;
            (VALUES[slot], KEYS[slot] == key)
        }
    }
}

/// An enum that can grow: `#[non_exhaustive]`, and without a discriminant that anybody could rely on, since an enum
/// with a field cannot be cast to an integer. The field is of no value, so that no `match` has to name it.
fn enumeration(docs: &str, name: &str, all: &str, variants: &[(String, Ident)], methods: &TokenStream) -> TokenStream {
    let name = ident(name);
    let docs = doc(docs);
    let all_docs = doc(all);
    let variants_docs = variants.iter().map(|(docs, _)| doc(docs));
    let names: Vec<&Ident> = variants.iter().map(|(_, name)| name).collect();
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

/// The place of a variant in `ALL`.
fn index(names: &[&Ident]) -> TokenStream {
    let places = (0..names.len()).map(Literal::usize_unsuffixed);
    quote! {
        #[inline]
        const fn index(self) -> usize {
            match self {
                #(Self::#names => #places,)*
            }
        }
    }
}

fn size_variant(size: Size) -> Ident {
    ident(&format!("S{size}"))
}

fn steps_variant(steps: u32) -> Ident {
    ident(&format!("N{steps}"))
}

/// The first cell of a table, for the examples in its docs.
struct First {
    size: Size,
    steps: u32,
    price: Decimal,
}

fn module(table: &Table, prices: &Prices) -> TokenStream {
    let first = table.rows.first().zip(table.sizes.first());
    let first = first.and_then(|(row, &size)| Some(First { size, steps: row.steps, price: *row.prices.first()? }));
    // `check` lets no table through that has no cell.
    let Some(first) = first else { return TokenStream::new() };
    let module = ident(&table.name.module);
    let docs = doc(&module_docs(table, prices));
    let size = size_enum(table, &first);
    let steps = steps_enum(table, &first);
    let price = price(table, &first);
    quote! {
        #docs
        pub mod #module {
            use crate::Credits;

            #size
            #steps
            #price
        }
    }
}

/// The price table as a person reads it.
fn module_docs(table: &Table, prices: &Prices) -> String {
    let name = &table.name.text;
    let sizes: Vec<String> = table.sizes.iter().map(|size| format!(" {size} |")).collect();
    let rows: Vec<String> = (table.rows.iter())
        .map(|row| {
            let cells = row.prices.iter().map(|&price| format!(" {price} (${}) |", prices.billing.usd(price)));
            format!("| {} |{}\n", row.steps, cells.collect::<String>())
        })
        .collect();
    let engines: Vec<String> = (prices.engines.iter())
        .filter(|engine| engine.table == table.name)
        .map(|engine| format!("- `{}`\n", engine.id))
        .collect();
    let engines = match &*engines {
        [] => "No engine has these prices.\n".to_owned(),
        engines => format!("The engines with these prices:\n\n{}", engines.concat()),
    };
    format!(
        "The `{name}` table: credits per image, and the same in dollars.\n\n\
         | steps |{}\n|---:|{}\n{}\n{engines}\n\
         Generated from `tables/{name}.csv`.",
        sizes.concat(),
        "---:|".repeat(sizes.len()),
        rows.concat(),
    )
}

/// A doc comment with an example.
fn doc_with_example(docs: &str, uses: &str, lines: &[String]) -> TokenStream {
    doc(&format!("{docs}\n\n```\nuse dreamstudio_pricing::{uses};\n\n{}\n```", lines.join("\n")))
}

fn size_enum(table: &Table, first: &First) -> TokenStream {
    let name = &table.name.text;
    let docs = format!("A size that the `{name}` table prices: width by height, in pixels.");
    let variants: Vec<(String, Ident)> = (table.sizes.iter())
        .map(|size| (format!("{} pixels wide, {} high.", size.width, size.height), size_variant(*size)))
        .collect();
    let names: Vec<&Ident> = variants.iter().map(|(_, name)| name).collect();
    let widths: Vec<Literal> = table.sizes.iter().map(|size| number(size.width)).collect();
    let heights: Vec<Literal> = table.sizes.iter().map(|size| number(size.height)).collect();
    let Size { width, height } = first.size;
    let variant = format!("Size::{}", size_variant(first.size));
    let keyed = table.sizes.iter().zip(&names).zip(widths.iter().zip(&heights));
    let keyed = keyed.map(|((size, name), (w, h))| (size.key(), quote! { crate::hash::key(#w, #h) }, *name));
    let arguments = quote! { width: u32, height: u32 };
    let slot = slot("Size", &keyed.collect::<Vec<_>>(), &arguments, &quote! { crate::hash::key(width, height) });
    let uses = format!("{}::Size", table.name.module);
    let new_docs = doc_with_example(
        "The size of so many pixels, or `None` where the table has no such column.",
        &uses,
        &[
            format!("assert_eq!(Size::new({width}, {height}), Some({variant}));"),
            "assert_eq!(Size::new(0, 0), None);".to_owned(),
        ],
    );
    let width_docs =
        doc_with_example("The width, in pixels.", &uses, &[format!("assert_eq!({variant}.width(), {width});")]);
    let height_docs =
        doc_with_example("The height, in pixels.", &uses, &[format!("assert_eq!({variant}.height(), {height});")]);
    let index = index(&names);
    let methods = quote! {
        #new_docs
        #[inline]
        #[must_use]
        pub const fn new(width: u32, height: u32) -> Option<Self> {
            let (size, is_it) = Self::slot(width, height);
            if is_it { Some(size) } else { None }
        }

        #slot

        #index

        #width_docs
        #[inline]
        #[must_use]
        pub const fn width(self) -> u32 {
            match self {
                #(Self::#names => #widths,)*
            }
        }

        #height_docs
        #[inline]
        #[must_use]
        pub const fn height(self) -> u32 {
            match self {
                #(Self::#names => #heights,)*
            }
        }
    };
    let size_enum = enumeration(&docs, "Size", "Each size, in the order of the columns.", &variants, &methods);
    quote! {
        #size_enum

        crate::traits::size!(Size);
    }
}

fn steps_enum(table: &Table, first: &First) -> TokenStream {
    let name = &table.name.text;
    let docs = format!("A step count that the `{name}` table prices.");
    let variants: Vec<(String, Ident)> =
        (table.rows.iter()).map(|row| (format!("{} steps.", row.steps), steps_variant(row.steps))).collect();
    let names: Vec<&Ident> = variants.iter().map(|(_, name)| name).collect();
    let counts: Vec<Literal> = table.rows.iter().map(|row| number(row.steps)).collect();
    let variant = format!("Steps::{}", steps_variant(first.steps));
    let first = first.steps;
    let keyed = names.iter().zip(&counts).zip(&table.rows);
    let keyed: Vec<Keyed> = keyed.map(|((name, count), row)| (row.steps.into(), quote! { #count }, *name)).collect();
    let slot = slot("Steps", &keyed, &quote! { count: u32 }, &quote! { count as u64 });
    let uses = format!("{}::Steps", table.name.module);
    let new_docs = doc_with_example(
        "So many steps, or `None` where the table has no such row.",
        &uses,
        &[format!("assert_eq!(Steps::new({first}), Some({variant}));"), "assert_eq!(Steps::new(0), None);".to_owned()],
    );
    let get_docs = doc_with_example("The number of steps.", &uses, &[format!("assert_eq!({variant}.get(), {first});")]);
    let index = index(&names);
    let methods = quote! {
        #new_docs
        #[inline]
        #[must_use]
        pub const fn new(count: u32) -> Option<Self> {
            let (steps, is_it) = Self::slot(count);
            if is_it { Some(steps) } else { None }
        }

        #slot

        #index

        #get_docs
        #[inline]
        #[must_use]
        pub const fn get(self) -> u32 {
            match self {
                #(Self::#names => #counts,)*
            }
        }
    };
    let steps_enum = enumeration(&docs, "Steps", "Each step count, the fewest first.", &variants, &methods);
    quote! {
        #steps_enum

        crate::traits::steps!(Steps);
    }
}

/// The prices themselves. A missing cell would be a missing arm, which does not compile.
///
/// The match is evaluated into an array while compiling: as code, a match makes rustc take longer than in proportion from
/// some thousands of cells on, and a lookup takes a load more. It stands in the loop and not in a function of its own,
/// since to call that once for each cell takes the square of their number.
fn price(table: &Table, first: &First) -> TokenStream {
    let arms = table.sizes.iter().enumerate().map(|(column, size)| {
        let size = size_variant(*size);
        let arms = table.rows.iter().filter_map(|row| {
            let steps = steps_variant(row.steps);
            let units = Literal::u64_unsuffixed(figure::units(*row.prices.get(column)?, CREDITS_DECIMALS));
            Some(quote! { Steps::#steps => Credits(#units), })
        });
        quote! { Size::#size => match steps { #(#arms)* }, }
    });
    let (columns, rows) = (Literal::usize_unsuffixed(table.sizes.len()), Literal::usize_unsuffixed(table.rows.len()));
    let module = &table.name.module;
    let docs = doc_with_example(
        "The price of one image, in credits.",
        &format!("{module}::{{self, Size, Steps}}"),
        &[
            format!(
                "const PRICE: dreamstudio_pricing::Credits = {module}::price(Size::{}, Steps::{});",
                size_variant(first.size),
                steps_variant(first.steps),
            ),
            format!("assert_eq!(PRICE.to_string(), \"{}\");", first.price),
        ],
    );
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub const fn price(size: Size, steps: Steps) -> Credits {
            const PRICES: [[Credits; #rows]; #columns] = {
                let mut prices = [[Credits::ZERO; #rows]; #columns];
                let mut column = 0;
                while column < #columns {
                    let mut row = 0;
                    while row < #rows {
                        let (size, steps) = (Size::ALL[column], Steps::ALL[row]);
                        prices[column][row] = match size { #(#arms)* };
                        row += 1;
                    }
                    column += 1;
                }
                prices
            };
            PRICES[size.index()][steps.index()]
        }
    }
}

fn tables(prices: &Prices) -> TokenStream {
    let variants: Vec<(String, Ident)> = (prices.tables.iter())
        .map(|table| {
            let name = &table.name;
            (format!("The [`{}`](mod@{}) table.", name.text, name.module), ident(&name.variant))
        })
        .collect();
    let idents: Vec<&Ident> = variants.iter().map(|(_, name)| name).collect();
    let modules: Vec<Ident> = prices.tables.iter().map(|table| ident(&table.name.module)).collect();
    let names = prices.tables.iter().map(|table| &table.name.text);
    let sizes = prices.tables.iter().map(|table| {
        let sizes = table.sizes.iter().map(|size| {
            let (width, height) = (number(size.width), number(size.height));
            quote! { (#width, #height) }
        });
        quote! { &[#(#sizes),*] }
    });
    let steps = prices.tables.iter().map(|table| {
        let steps = table.rows.iter().map(|row| number(row.steps));
        quote! { &[#(#steps),*] }
    });
    let engines = prices.tables.iter().map(|table| {
        let engines = prices.engines.iter().filter(|engine| engine.table == table.name);
        let ids = engines.map(|engine| &engine.id);
        quote! { &[#(#ids),*] }
    });
    let example = |docs: &str, line: fn(&Table) -> String| {
        let lines: Vec<String> = prices.tables.iter().map(line).collect();
        doc_with_example(docs, "Table", &lines)
    };
    let name_docs = example("Its name, which is that of its file of prices.", |table| {
        format!("assert_eq!(Table::{}.name(), \"{}\");", table.name.variant, table.name.text)
    });
    let sizes_docs =
        example("The sizes that it prices: width and height in pixels, in the order of its columns.", |table| {
            format!("assert_eq!(Table::{}.sizes().len(), {});", table.name.variant, table.sizes.len())
        });
    let steps_docs = example("The step counts that it prices, the fewest first.", |table| {
        let steps: Vec<String> = table.rows.iter().map(|row| row.steps.to_string()).collect();
        format!("assert_eq!(Table::{}.steps(), [{}]);", table.name.variant, steps.join(", "))
    });
    let engines_docs = example("The ids of the engines that it prices.", |table| {
        let variant = &table.name.variant;
        format!("assert!(Table::{variant}.engines().iter().all(|id| Table::for_engine(id) == Ok(Table::{variant})));")
    });
    let ids = prices.engines.iter().map(|engine| Literal::byte_string(engine.id.as_bytes()));
    let tables_of_ids = prices.engines.iter().map(|engine| ident(&engine.table.variant));
    let methods = quote! {
        #name_docs
        #[inline]
        #[must_use]
        pub const fn name(self) -> &'static str {
            match self {
                #(Self::#idents => #names,)*
            }
        }

        #sizes_docs
        #[inline]
        #[must_use]
        pub const fn sizes(self) -> &'static [(u32, u32)] {
            match self {
                #(Self::#idents => #sizes,)*
            }
        }

        #steps_docs
        #[inline]
        #[must_use]
        pub const fn steps(self) -> &'static [u32] {
            match self {
                #(Self::#idents => #steps,)*
            }
        }

        #engines_docs
        #[inline]
        #[must_use]
        pub const fn engines(self) -> &'static [&'static str] {
            match self {
                #(Self::#idents => #engines,)*
            }
        }

        /// The table of an engine's id.
        #[inline]
        pub(crate) const fn of_engine(id: &str) -> Option<Self> {
            // A `const fn` cannot match on text, only on its bytes.
            match id.as_bytes() {
                #(#ids => Some(Self::#tables_of_ids),)*
                _ => None,
            }
        }

        /// The price of one image, in credits, where there is one.
        #[inline]
        pub(crate) const fn look_up(self, width: u32, height: u32, steps: u32) -> Option<crate::Credits> {
            match self {
                #(Self::#idents => {
                    let ((size, is_size), (steps, is_steps)) =
                        (#modules::Size::slot(width, height), #modules::Steps::slot(steps));
                    // Nothing here waits for another: the processor does all of it side by side.
                    let price = #modules::price(size, steps);
                    if is_size & is_steps { Some(price) } else { None }
                })*
            }
        }
    };
    enumeration("One of the price tables.", "Table", "Each table, by name.", &variants, &methods)
}

fn clients(prices: &Prices) -> TokenStream {
    let variants: Vec<(String, Ident)> = (prices.clients.iter())
        .map(|client| {
            let docs = format!("{}: {} at {} steps.", client.name.text, client.size, client.steps);
            (docs, ident(&client.name.variant))
        })
        .collect();
    let idents: Vec<&Ident> = variants.iter().map(|(_, name)| name).collect();
    let names = prices.clients.iter().map(|client| &client.name.text);
    let example = |docs: &str, line: fn(&Client) -> String| {
        let lines: Vec<String> = prices.clients.iter().map(line).collect();
        doc_with_example(docs, "Client", &lines)
    };
    let name_docs = example("Its name.", |client| {
        format!("assert_eq!(Client::{}.name(), \"{}\");", client.name.variant, client.name.text)
    });
    let defaults_docs = example("The settings that it uses where a user chooses none.", |client| {
        format!("assert_eq!(Client::{}.defaults().steps, {});", client.name.variant, client.steps)
    });
    let widths = prices.clients.iter().map(|client| number(client.size.width));
    let heights = prices.clients.iter().map(|client| number(client.size.height));
    let steps = prices.clients.iter().map(|client| number(client.steps));
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
                #(Self::#idents => crate::Settings { width: #widths, height: #heights, steps: #steps },)*
            }
        }
    };
    let docs = "What asks for images, each with settings of its own where a user chooses none.";
    enumeration(docs, "Client", "Each client, as listed.", &variants, &methods)
}

fn figures(billing: &Billing) -> TokenStream {
    let grant = Literal::u64_unsuffixed(figure::units(billing.sign_up_grant, CREDITS_DECIMALS));
    let minimum = Literal::u64_unsuffixed(figure::units(billing.minimum_purchase, USD_DECIMALS));
    let rate = Literal::u64_unsuffixed(billing.usd_units_per_credits_unit);
    let (credits_decimals, usd_decimals) = (number(CREDITS_DECIMALS), number(USD_DECIMALS));
    let grant_docs = doc(&format!("What a new account is granted: {} credits.", billing.sign_up_grant));
    let minimum_docs = doc(&format!("The smallest purchase: ${}.", billing.minimum_purchase));
    quote! {
        /// What the amounts and billing are made with.
        pub(crate) mod figures {
            use crate::{Credits, Usd};

            #grant_docs
            pub const SIGN_UP_GRANT: Credits = Credits(#grant);
            #minimum_docs
            pub const MINIMUM_PURCHASE: Usd = Usd(#minimum);
            /// How many of the units that `Usd` counts make one unit of `Credits`.
            pub(crate) const USD_UNITS_PER_CREDITS_UNIT: u64 = #rate;
            /// The decimal places of the unit of `Credits`.
            pub(crate) const CREDITS_DECIMALS: u32 = #credits_decimals;
            /// The decimal places of the unit of `Usd`.
            pub(crate) const USD_DECIMALS: u32 = #usd_decimals;
        }
    }
}
