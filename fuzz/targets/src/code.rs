//! Generated code, evaluated without a compiler: its matches, and the slots that its lookups search.

use std::collections::{BTreeMap, BTreeSet};

use dreamstudio_pricing_codegen::Prices;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprMatch, ImplItem, Item, ItemConst, ItemImpl, ItemMod, Lit, Pat};

use crate::facts::BILLIONTHS_IN_A_UNIT;

/// Panics unless the code parses, has a variant for each item of the tables, and has the price of each cell in `facts`.
pub(crate) fn compare(code: &str, prices: &Prices, facts: &BTreeSet<String>) {
    let file = syn::parse_file(code).unwrap();
    assert_eq!(variants(&file.items, "Client").len(), prices.clients.len());
    assert_eq!(variants(&file.items, "Table").len(), prices.tables.len());
    let table = implementation(&file.items, "Table");
    let names: BTreeMap<String, String> = values(table, "name", text);
    assert_eq!(names.len(), prices.tables.len());
    for (variant, ids) in values(table, "engines", |ids| elements(ids).map(text).collect::<Vec<_>>()) {
        let fact = |id: &String| format!("engines {:?}", [id, &names[&variant]]);
        assert!(ids.iter().all(|id| facts.contains(&fact(id))), "{ids:?}");
    }

    let mut count = 0;
    for module in file.items.iter().filter_map(table_module) {
        let items = &module.content.as_ref().unwrap().1;
        let name = &names[&last_name(&constant(items, "TABLE").expr)];
        let (sizes, steps) = (sizes(items), steps(items));
        let mut find = Find::default();
        find.visit_expr(&constant(items, "PRICES").expr);
        for (size, by_steps) in arms(find.first_match.unwrap()) {
            let Expr::Match(by_steps) = by_steps else { panic!("{size}") };
            for (step, units) in arms(by_steps) {
                let ((width, height), steps) = (sizes[&size], steps[&step]);
                let price = u128::from(number(units)) * BILLIONTHS_IN_A_UNIT;
                let fact = format!("{name} {:?} {price}", (width, height, steps));
                assert!(facts.contains(&fact), "{fact}");
                count += 1;
            }
        }
    }
    assert_eq!(count, prices.tables.iter().map(|table| table.sizes.len() * table.rows.len()).sum::<usize>());
}

/// The width and the height of each variant of `Size`.
fn sizes(items: &[Item]) -> BTreeMap<String, (u64, u64)> {
    let methods = implementation(items, "Size");
    let (widths, heights) = (values(methods, "width", number), values(methods, "height", number));
    let sizes = widths.into_iter().map(|(variant, width)| (variant.clone(), (width, heights[&variant])));
    let sizes: BTreeMap<_, _> = sizes.collect();
    check_slots(items, "Size", &sizes, |(width, height)| height << 32 | width);
    sizes
}

/// The number of each variant of `Steps`.
fn steps(items: &[Item]) -> BTreeMap<String, u64> {
    let steps = values(implementation(items, "Steps"), "get", number);
    check_slots(items, "Steps", &steps, |count| count);
    steps
}

/// Panics unless each variant of an enum is in its lists, and is what its lookup finds by its key.
fn check_slots<T: Copy>(items: &[Item], name: &str, values: &BTreeMap<String, T>, key: impl Fn(T) -> u64) {
    let methods = implementation(items, name);
    assert!(values.keys().eq(&variants(items, name)));
    assert!(values.keys().eq(&list(methods, "ALL").into_iter().collect::<BTreeSet<_>>()));

    let slots = list(methods, "SLOTS");
    let mut find = Find::default();
    find.visit_block(method(methods, "slot"));
    let keys: Vec<u64> = find.constants.iter().flat_map(|keys| elements(&keys.expr)).map(slot_key).collect();
    assert!(slots.iter().map(|variant| key(values[variant])).eq(keys.iter().copied()));
    let hash = find.calls.iter().find(|call| last_name(&call.func) == "slot");
    for (variant, &value) in values {
        let key = key(value);
        let slot = match hash {
            Some(hash) => {
                let (multiplier, bits) = (number(&hash.args[1]), number(&hash.args[2]));
                usize::try_from(key.wrapping_mul(multiplier) >> (u64::from(u64::BITS) - bits)).unwrap()
            }
            None => keys.binary_search(&key).unwrap(),
        };
        assert_eq!(&slots[slot], variant);
    }
}

/// The parts of an expression that matter.
#[derive(Default)]
struct Find<'a> {
    first_match: Option<&'a ExprMatch>,
    calls: Vec<&'a ExprCall>,
    constants: Vec<&'a ItemConst>,
}

impl<'a> Visit<'a> for Find<'a> {
    fn visit_expr_match(&mut self, expr: &'a ExprMatch) {
        self.first_match.get_or_insert(expr);
        visit::visit_expr_match(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        self.calls.push(call);
        visit::visit_expr_call(self, call);
    }

    fn visit_item_const(&mut self, item: &'a ItemConst) {
        self.constants.push(item);
    }
}

fn table_module(item: &Item) -> Option<&ItemMod> {
    match item {
        Item::Mod(module) if module.ident != "constants" => Some(module),
        _ => None,
    }
}

/// The names of the variants of an enum, without the one that prevents casts.
fn variants(items: &[Item], name: &str) -> BTreeSet<String> {
    let mut variants = items.iter().filter_map(|item| match item {
        Item::Enum(item) if item.ident == name => Some(&item.variants),
        _ => None,
    });
    let names: Vec<String> = variants.next().unwrap().iter().map(|variant| variant.ident.to_string()).collect();
    let (last, names) = names.split_last().unwrap();
    assert_eq!(last, "__NoCast");
    let unique: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(unique.len(), names.len());
    unique
}

fn implementation<'a>(items: &'a [Item], name: &str) -> &'a ItemImpl {
    let is_of = |item: &ItemImpl| {
        item.trait_.is_none() && matches!(&*item.self_ty, syn::Type::Path(path) if path.path.is_ident(name))
    };
    let mut implementations = items.iter().filter_map(|item| match item {
        Item::Impl(item) if is_of(item) => Some(item),
        _ => None,
    });
    implementations.next().unwrap()
}

fn method<'a>(implementation: &'a ItemImpl, name: &str) -> &'a Block {
    let mut methods = implementation.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == name => Some(&method.block),
        _ => None,
    });
    methods.next().unwrap()
}

/// The names in a list of variants.
fn list(implementation: &ItemImpl, name: &str) -> Vec<String> {
    let mut constants = implementation.items.iter().filter_map(|item| match item {
        ImplItem::Const(constant) if constant.ident == name => Some(&constant.expr),
        _ => None,
    });
    elements(constants.next().unwrap()).map(last_name).collect()
}

fn constant<'a>(items: &'a [Item], name: &str) -> &'a ItemConst {
    let mut constants = items.iter().filter_map(|item| match item {
        Item::Const(constant) if constant.ident == name => Some(constant),
        _ => None,
    });
    constants.next().unwrap()
}

/// What a method that is a match returns for each variant.
fn values<T>(implementation: &ItemImpl, name: &str, value: impl Fn(&Expr) -> T) -> BTreeMap<String, T> {
    let mut find = Find::default();
    find.visit_block(method(implementation, name));
    arms(find.first_match.unwrap()).map(|(variant, expr)| (variant, value(expr))).collect()
}

/// The arms of a match, each of which must be for one variant.
fn arms(expr: &ExprMatch) -> impl Iterator<Item = (String, &Expr)> {
    expr.arms.iter().map(|arm| match &arm.pat {
        Pat::Path(path) => (path.path.segments.last().unwrap().ident.to_string(), &*arm.body),
        _ => panic!("an arm is for more than a variant"),
    })
}

/// The elements of an array, or of a reference to one.
fn elements(expr: &Expr) -> impl Iterator<Item = &Expr> {
    let expr = if let Expr::Reference(reference) = expr { &*reference.expr } else { expr };
    let Expr::Array(array) = expr else { panic!("not an array") };
    array.elems.iter()
}

/// The last name of a path.
fn last_name(expr: &Expr) -> String {
    let Expr::Path(path) = expr else { panic!("not a path") };
    path.path.segments.last().unwrap().ident.to_string()
}

/// A number, or a size as one.
fn slot_key(expr: &Expr) -> u64 {
    match expr {
        Expr::Call(call) => number(&call.args[1]) << 32 | number(&call.args[0]),
        _ => number(expr),
    }
}

fn number(expr: &Expr) -> u64 {
    let Expr::Lit(literal) = expr else { panic!("not a literal") };
    let Lit::Int(number) = &literal.lit else { panic!("not a number") };
    number.base10_parse().unwrap()
}

fn text(expr: &Expr) -> String {
    let Expr::Lit(literal) = expr else { panic!("not a literal") };
    let Lit::Str(text) = &literal.lit else { panic!("not a text") };
    text.value()
}
