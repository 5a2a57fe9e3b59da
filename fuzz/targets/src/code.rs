//! Evaluates the lists and the matches of generated code without a compiler.

use std::collections::{BTreeMap, BTreeSet};

use dreamstudio_pricing_codegen::Prices;
use syn::visit::Visit;
use syn::{Block, Expr, ExprMatch, ImplItem, Item, ItemImpl, Lit, Pat};

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

    for table in &prices.tables {
        let items = module(&file.items, &table.name.module);
        let (sizes, steps) = (sizes(items), steps(items));
        let mut count = 0;
        for (variants, units) in arms(first_match(function(items, "price"))) {
            let [size, step] = &variants[..] else { panic!("{variants:?}") };
            let ((width, height), steps) = (sizes[size], steps[step]);
            let price = u128::from(number(units)) * BILLIONTHS_IN_A_UNIT;
            let fact = format!("{} {:?} {price}", table.name.text, (width, height, steps));
            assert!(facts.contains(&fact), "{fact}");
            count += 1;
        }
        assert_eq!(count, table.sizes.len() * table.rows.len());
    }
}

/// The width and the height of each variant of `Size`.
fn sizes(items: &[Item]) -> BTreeMap<String, (u64, u64)> {
    let sides = |expr: &Expr| {
        let Expr::Tuple(sides) = expr else { panic!("not a tuple") };
        (number(&sides.elems[0]), number(&sides.elems[1]))
    };
    listed(items, "Size", "sides", sides)
}

/// The number of each variant of `Steps`.
fn steps(items: &[Item]) -> BTreeMap<String, u64> {
    listed(items, "Steps", "get", number)
}

/// What a method returns for each variant of an enum. `ALL` must have all variants.
fn listed<T>(items: &[Item], name: &str, method: &str, value: impl Fn(&Expr) -> T) -> BTreeMap<String, T> {
    let methods = implementation(items, name);
    let values = values(methods, method, value);
    assert!(values.keys().eq(&variants(items, name)));
    assert!(values.keys().eq(&list(methods, "ALL").into_iter().collect::<BTreeSet<_>>()));
    values
}

/// The first match in a block.
fn first_match(block: &Block) -> &ExprMatch {
    struct Find<'a>(Option<&'a ExprMatch>);

    impl<'a> Visit<'a> for Find<'a> {
        fn visit_expr_match(&mut self, expr: &'a ExprMatch) {
            self.0.get_or_insert(expr);
        }
    }

    let mut find = Find(None);
    find.visit_block(block);
    find.0.unwrap()
}

fn module<'a>(items: &'a [Item], name: &str) -> &'a [Item] {
    let mut modules = items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == name => Some(&module.content.as_ref().unwrap().1),
        _ => None,
    });
    modules.next().unwrap()
}

fn function<'a>(items: &'a [Item], name: &str) -> &'a Block {
    let mut functions = items.iter().filter_map(|item| match item {
        Item::Fn(function) if function.sig.ident == name => Some(&*function.block),
        _ => None,
    });
    functions.next().unwrap()
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

/// What a method that is a match returns for each variant.
fn values<T>(implementation: &ItemImpl, name: &str, value: impl Fn(&Expr) -> T) -> BTreeMap<String, T> {
    let arms = arms(first_match(method(implementation, name)));
    arms.map(|(variants, expr)| (variants.concat(), value(expr))).collect()
}

/// The arms of a match, each of which must be for one variant, or for a pair.
fn arms(expr: &ExprMatch) -> impl Iterator<Item = (Vec<String>, &Expr)> {
    let variant = |pattern: &Pat| match pattern {
        Pat::Path(path) => path.path.segments.last().unwrap().ident.to_string(),
        _ => panic!("an arm is for more than one variant"),
    };
    expr.arms.iter().map(move |arm| match &arm.pat {
        Pat::Tuple(pair) => (pair.elems.iter().map(variant).collect(), &*arm.body),
        pattern => (vec![variant(pattern)], &*arm.body),
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

fn number(expr: &Expr) -> u64 {
    let Expr::Lit(literal) = expr else { panic!("not a literal") };
    let Lit::Int(number) = &literal.lit else { panic!("not a number") };
    number.base10_parse().unwrap()
}

fn text(expr: &Expr) -> String {
    let Expr::Lit(literal) = expr else { panic!("not a literal") };
    let Lit::Str(text) = &literal.lit else { panic!("not a string") };
    text.value()
}
