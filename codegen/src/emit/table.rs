//! The module of a price table: its sizes, its step counts and its prices.

use std::collections::BTreeMap;
use std::iter;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use rust_decimal::Decimal;

use super::{Variant, doc, doc_with_example, enumeration, ident, markdown, number, s};
use crate::formula::Formula;
use crate::hash::{Hash, MAX_SLOTS};
use crate::model::{Prices, Size, Table};
use crate::number::{self, CREDITS_DECIMALS};

/// The first cell of a table, for the examples in its docs.
struct FirstCell {
    size: Size,
    steps: u32,
    price: Decimal,
}

/// Returns the module of a table.
pub(super) fn module(table: &Table, prices: &Prices) -> TokenStream {
    let first = table.rows.first().zip(table.sizes.first());
    let first = first.and_then(|(row, &size)| Some(FirstCell { size, steps: row.steps, price: *row.prices.first()? }));
    // `check` rejects a table without a cell.
    let Some(first) = first else { return TokenStream::new() };
    let (module, variant) = (ident(&table.name.module), ident(&table.name.variant));
    let docs = doc(&markdown::of_table(table, prices));
    let table_docs = doc(&format!("The `{}` table as a value.", table.name.text));
    let (size_slots, steps_slots) = (Slots::of_sizes(table), Slots::of_steps(table));
    let size = size_enum(table, &first, &size_slots);
    let steps = steps_enum(table, &first, &steps_slots);
    let price = price(table, &first);
    let look_up = look_up(table, &size_slots, &steps_slots);
    let grid = grid(table);
    quote! {
        #docs
        pub mod #module {
            use crate::Credits;

            #table_docs
            pub const TABLE: crate::Table = crate::Table::#variant;

            #size
            #steps
            #price
            #look_up
            #grid
        }
    }
}

fn size_variant(size: Size) -> Ident {
    ident(&format!("S{size}"))
}

fn steps_variant(steps: u32) -> Ident {
    ident(&format!("N{steps}"))
}

fn size_enum(table: &Table, first: &FirstCell, slots: &Slots) -> TokenStream {
    let docs = format!("A size that the `{}` table prices: width by height, in pixels.", table.name.text);
    let variants: Vec<Variant> = (table.sizes.iter())
        .map(|&size| Variant {
            docs: format!("{} pixels wide, {} pixels high.", size.width, size.height),
            name: size_variant(size),
        })
        .collect();
    let names: Vec<&Ident> = variants.iter().map(|variant| &variant.name).collect();
    let widths: Vec<Literal> = table.sizes.iter().map(|size| number(size.width)).collect();
    let heights: Vec<Literal> = table.sizes.iter().map(|size| number(size.height)).collect();
    let Size { width, height } = first.size;
    let variant = format!("Size::{}", size_variant(first.size));
    let parameters = quote! { width: u32, height: u32 };
    let slots = slots.code(&parameters, "u64", &quote! { crate::hash::size_key(width, height) }, &quote! { key });
    let uses = format!("{}::Size", table.name.module);
    let new_docs = doc_with_example(
        "Returns the size of this width and height, in pixels, or `None` if the table has no such column.",
        &uses,
        &[
            format!("assert_eq!(Size::new({width}, {height}), Some({variant}));"),
            "assert_eq!(Size::new(0, 0), None);".to_owned(),
        ],
    );
    let width_docs =
        doc_with_example("Returns the width, in pixels.", &uses, &[format!("assert_eq!({variant}.width(), {width});")]);
    let height_docs = doc_with_example(
        "Returns the height, in pixels.",
        &uses,
        &[format!("assert_eq!({variant}.height(), {height});")],
    );
    let index = index(&names);
    let methods = quote! {
        #new_docs
        #[inline]
        #[must_use]
        pub const fn new(width: u32, height: u32) -> Option<Self> {
            let (slot, is_found) = Self::slot(width, height);
            if is_found { Some(Self::SLOTS[slot]) } else { None }
        }

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

        #index

        #slots
    };
    let size_enum = enumeration(&docs, "Size", "Each size, in the order of the columns.", &variants, &methods);
    quote! {
        #size_enum

        crate::traits::size!(Size, TABLE);
    }
}

fn steps_enum(table: &Table, first: &FirstCell, slots: &Slots) -> TokenStream {
    let docs = format!("A step count that the `{}` table prices.", table.name.text);
    let variants: Vec<Variant> = (table.rows.iter())
        .map(|row| Variant { docs: format!("{} step{}.", row.steps, s(row.steps)), name: steps_variant(row.steps) })
        .collect();
    let names: Vec<&Ident> = variants.iter().map(|variant| &variant.name).collect();
    let counts: Vec<Literal> = table.rows.iter().map(|row| number(row.steps)).collect();
    let variant = format!("Steps::{}", steps_variant(first.steps));
    let first = first.steps;
    let slots = slots.code(&quote! { count: u32 }, "u32", &quote! { count }, &quote! { key as u64 });
    let uses = format!("{}::Steps", table.name.module);
    let new_docs = doc_with_example(
        "Returns the step count of this number, or `None` if the table has no such row.",
        &uses,
        &[format!("assert_eq!(Steps::new({first}), Some({variant}));"), "assert_eq!(Steps::new(0), None);".to_owned()],
    );
    let get_docs =
        doc_with_example("Returns the number of steps.", &uses, &[format!("assert_eq!({variant}.get(), {first});")]);
    let index = index(&names);
    let methods = quote! {
        #new_docs
        #[inline]
        #[must_use]
        pub const fn new(count: u32) -> Option<Self> {
            let (slot, is_found) = Self::slot(count);
            if is_found { Some(Self::SLOTS[slot]) } else { None }
        }

        #get_docs
        #[inline]
        #[must_use]
        pub const fn get(self) -> u32 {
            match self {
                #(Self::#names => #counts,)*
            }
        }

        #index

        #slots
    };
    let steps_enum = enumeration(&docs, "Steps", "Each step count, in ascending order.", &variants, &methods);
    quote! {
        #steps_enum

        crate::traits::steps!(Steps, TABLE);
    }
}

/// Returns the method that maps a variant to its index in `ALL`.
fn index(names: &[&Ident]) -> TokenStream {
    let indices = (0..names.len()).map(Literal::usize_unsuffixed);
    quote! {
        /// Returns the index in `ALL`.
        #[inline]
        const fn index(self) -> usize {
            match self {
                #(Self::#names => #indices,)*
            }
        }
    }
}

/// A variant of an enum, with the number that finds it.
#[derive(Clone)]
struct Key {
    number: u64,
    /// The code of the number.
    code: TokenStream,
    variant: Ident,
}

/// The variants of an enum in the order in which a lookup finds them.
struct Slots {
    keys: Vec<Key>,
    /// Gives each key a slot of its own. Without a hash the keys are in ascending order, for a binary search.
    hash: Option<Hash>,
}

impl Slots {
    fn of_sizes(table: &Table) -> Self {
        let keys = table.sizes.iter().map(|&size| {
            let (width, height) = (number(size.width), number(size.height));
            Key {
                number: size.key(),
                code: quote! { crate::hash::size_key(#width, #height) },
                variant: size_variant(size),
            }
        });
        Self::new(keys.collect())
    }

    fn of_steps(table: &Table) -> Self {
        let keys = table.rows.iter().map(|row| {
            let count = number(row.steps);
            Key { number: row.steps.into(), code: quote! { #count }, variant: steps_variant(row.steps) }
        });
        Self::new(keys.collect())
    }

    fn new(mut keys: Vec<Key>) -> Self {
        let hash = Hash::find(&keys.iter().map(|key| key.number).collect::<Vec<_>>());
        if let Some(hash) = hash {
            // A free slot holds the first key, which has a slot of its own. So no other number matches there.
            let mut slots = vec![keys[0].clone(); hash.slots()];
            for key in keys {
                let slot = hash.slot(key.number);
                slots[slot] = key;
            }
            keys = slots;
        } else {
            keys.sort_unstable_by_key(|key| key.number);
        }
        Self { keys, hash }
    }

    fn len(&self) -> Literal {
        Literal::usize_unsuffixed(self.keys.len())
    }

    /// Returns the variants by slot, and the method that finds the slot of a number. `key` computes the number, of type
    /// `key_type`, from `parameters`; `hashed` are its 64 bits.
    fn code(&self, parameters: &TokenStream, key_type: &str, key: &TokenStream, hashed: &TokenStream) -> TokenStream {
        let (length, key_type) = (self.len(), ident(key_type));
        let (variants, keys) = (self.keys.iter().map(|key| &key.variant), self.keys.iter().map(|key| &key.code));
        let slot = if let Some(hash) = self.hash {
            let (multiplier, bits) = (Literal::u64_unsuffixed(hash.multiplier), number(hash.bits));
            quote! { crate::hash::slot(#hashed, #multiplier, #bits) }
        } else {
            // Too many keys for a hash.
            quote! {{
                let (mut start, mut end) = (0, KEYS.len());
                while end - start > 1 {
                    let middle = start + (end - start) / 2;
                    if KEYS[middle] <= key { start = middle } else { end = middle }
                }
                start
            }}
        };
        quote! {
            /// The value in each slot of a lookup. A free slot repeats the first value.
            const SLOTS: [Self; #length] = [#(Self::#variants),*];

            /// Returns the only slot that can match, and whether it does.
            #[inline]
            pub(super) const fn slot(#parameters) -> (usize, bool) {
                const KEYS: [#key_type; #length] = [#(#keys),*];
                let key = #key;
                let slot = #slot;
                (slot, KEYS[slot] == key)
            }
        }
    }
}

/// Returns the prices, and the function that looks them up. Without a cell the match would lack an arm, which does not
/// compile.
///
/// The match is evaluated into an array at compile time. As code it would cost a lookup one more load, and rustc more than
/// proportional time from some thousands of cells on. It is inside the loop and not in a function of its own, because
/// evaluating such a function once for each cell takes time that grows with the square of their number.
fn price(table: &Table, first: &FirstCell) -> TokenStream {
    let arms = table.sizes.iter().enumerate().map(|(column, &size)| {
        let size = size_variant(size);
        let arms = table.rows.iter().filter_map(|row| {
            let steps = steps_variant(row.steps);
            let units = Literal::u64_unsuffixed(number::units(*row.prices.get(column)?, CREDITS_DECIMALS));
            Some(quote! { Steps::#steps => #units, })
        });
        quote! { Size::#size => match steps { #(#arms)* }, }
    });
    let (columns, rows) = (Literal::usize_unsuffixed(table.sizes.len()), Literal::usize_unsuffixed(table.rows.len()));
    let module = &table.name.module;
    let docs = doc_with_example(
        "Returns the price of one image, in credits.",
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
            PRICES[size.index()][steps.index()]
        }

        /// The prices by size and step count, evaluated from a match that must have an arm for each cell. An arm is a number
        /// of ten-thousandths of a credit.
        const PRICES: [[Credits; #rows]; #columns] = {
            let mut prices = [[Credits::ZERO; #rows]; #columns];
            let mut column = 0;
            while column < #columns {
                let mut row = 0;
                while row < #rows {
                    let (size, steps) = (Size::ALL[column], Steps::ALL[row]);
                    let units = match size { #(#arms)* };
                    prices[column][row] = Credits::new(units);
                    row += 1;
                }
                column += 1;
            }
            prices
        };
    }
}

/// Returns the lookup by plain integers.
fn look_up(table: &Table, sizes: &Slots, steps: &Slots) -> TokenStream {
    let slots = sizes.keys.len() * steps.keys.len();
    let cells = table.sizes.len() * table.rows.len();
    // By slot, a price is found without its size and step count. A large table would grow by its many free slots, and a table
    // of other prices by their digits.
    let (multiples, price) = if is_narrow(table) && slots <= (4 * cells).max(MAX_SLOTS) {
        let (columns, rows) = (sizes.len(), steps.len());
        let unit = Literal::u64_unsuffixed(unit(table));
        let multiples = quote! {
            /// The largest amount of which all prices are multiples, in ten-thousandths of a credit.
            const UNIT: u64 = #unit;

            /// The same prices by the slots of size and step count, as multiples of the unit.
            #[expect(clippy::cast_possible_truncation, reason = "the generator has checked that each multiple fits")]
            const MULTIPLES: [[u16; #rows]; #columns] = {
                let mut multiples = [[0; #rows]; #columns];
                let mut column = 0;
                while column < #columns {
                    let mut row = 0;
                    while row < #rows {
                        let price = price(Size::SLOTS[column], Steps::SLOTS[row]);
                        multiples[column][row] = (price.units() / UNIT) as u16;
                        row += 1;
                    }
                    column += 1;
                }
                multiples
            };
        };
        (multiples, quote! { Credits::new(MULTIPLES[size][steps] as u64 * UNIT) })
    } else {
        (TokenStream::new(), quote! { price(Size::SLOTS[size], Steps::SLOTS[steps]) })
    };
    quote! {
        /// Returns the price of one image, if the table has it.
        #[inline]
        pub(super) const fn look_up(width: u32, height: u32, steps: u32) -> Option<Credits> {
            let (size, has_size) = Size::slot(width, height);
            let (steps, has_steps) = Steps::slot(steps);
            // Before the only branch, so that the processor finds size, steps and price at the same time.
            let price = #price;
            if has_size & has_steps { Some(price) } else { None }
        }

        #multiples
    }
}

/// Returns the largest amount of which all prices are multiples, in units of credits.
fn unit(table: &Table) -> u64 {
    units(table).fold(0, gcd)
}

/// Returns whether all prices, as multiples of the unit, fit 16 bits.
fn is_narrow(table: &Table) -> bool {
    let unit = unit(table);
    units(table).filter_map(|units| units.checked_div(unit)).all(|multiple| u16::try_from(multiple).is_ok())
}

/// Returns the price of each cell, in units of credits.
fn units(table: &Table) -> impl Iterator<Item = u64> {
    table.rows.iter().flat_map(|row| &row.prices).map(|&price| number::units(price, CREDITS_DECIMALS))
}

/// Returns the prices as an estimate needs them: by number of pixels and step count, below and beside zeros.
fn grid(table: &Table) -> TokenStream {
    // `check` rejects sizes with as many pixels and other prices, so one column stands for all of them.
    let columns: BTreeMap<u64, usize> =
        table.sizes.iter().enumerate().map(|(column, size)| (size.pixels(), column)).collect();
    let pixels = columns.keys().map(|&pixels| Literal::u64_unsuffixed(pixels));
    let steps = table.rows.iter().map(|row| number(row.steps));
    let zeros = vec![0; table.rows.len() + 1];
    let lines = columns.values().map(|&column| {
        let prices = table.rows.iter().filter_map(|row| row.prices.get(column));
        let units = prices.map(|&price| number::units(price, CREDITS_DECIMALS));
        iter::once(0).chain(units).collect()
    });
    let lines: Vec<Vec<u64>> = iter::once(zeros).chain(lines).collect();
    let unit = unit(table);
    let multiples = lines.iter().flatten().filter_map(|units| units.checked_div(unit)).map(Literal::u64_unsuffixed);
    let (narrow, wide) = if is_narrow(table) {
        (quote! { &[#(#multiples),*] }, quote! { &[] })
    } else {
        (quote! { &[] }, quote! { &[#(#multiples),*] })
    };
    let unit = Literal::u64_unsuffixed(unit);
    let formula = table.formula.as_ref().map_or_else(|| quote! { None }, |formula| formula_code(formula, table));
    quote! {
        impl crate::estimate::Priced for Size {
            const GRID: crate::estimate::Grid = crate::estimate::Grid {
                pixels: &[#(#pixels),*],
                steps: &[#(#steps),*],
                narrow: #narrow,
                wide: #wide,
                unit: #unit,
                formula: #formula,
            };
        }
    }
}

/// Returns the greatest common divisor.
fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Returns the code of a formula.
fn formula_code(formula: &Formula, table: &Table) -> TokenStream {
    let rate = formula.rate.normalize();
    let mantissa = Literal::i128_unsuffixed(rate.mantissa());
    let decimals = number(rate.scale());
    let free_pixels = Literal::u64_unsuffixed(formula.free_pixels);
    let (nearest, up) = (number(formula.nearest), number(formula.up));
    let max_pixels = table.sizes.iter().map(|size| size.pixels()).max().unwrap_or_default();
    let max_steps = table.rows.last().map_or(0, |row| row.steps);
    let (max_pixels, max_steps) = (Literal::u64_unsuffixed(max_pixels), number(max_steps));
    quote! {
        Some(crate::estimate::UnitsFormula::new(
            #free_pixels, (#mantissa, #decimals), (#nearest, #up), (#max_pixels, #max_steps),
        ))
    }
}
