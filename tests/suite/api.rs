//! The public items of the library and of the generator, as snapshots: a reviewer sees every change of them.
//!
//! The lint `unreachable_pub` makes sure that an item that is `pub` is public. So the sources are enough, and nothing depends
//! on a nightly compiler.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{Attribute, Fields, File, ImplItem, Item, ItemImpl, ItemMacro, TraitItem, Type, Visibility, parse_quote};

use super::generator::{Files, code};

/// The attributes that an API consists of.
const ATTRIBUTES: [&str; 6] = ["cfg", "deprecated", "derive", "must_use", "non_exhaustive", "repr"];

/// Returns the public items of files, which have names.
fn api(files: Vec<(String, String)>) -> String {
    let files: Vec<(String, File)> =
        files.into_iter().map(|(name, code)| (name, syn::parse_file(&code).unwrap())).collect();
    let mut names = BTreeSet::new();
    for (_, file) in &files {
        public_names(&file.items, &mut names);
    }
    let mut text = String::new();
    for (name, mut file) in files {
        file.attrs.clear();
        skeleton(&mut file.items, &names);
        if !file.items.is_empty() {
            writeln!(text, "// {name}\n{}", prettyplease::unparse(&file)).unwrap();
        }
    }
    text
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Collects the names of the public types and traits.
fn public_names(items: &[Item], names: &mut BTreeSet<String>) {
    for item in items {
        let (visibility, name) = match item {
            Item::Enum(item) => (&item.vis, &item.ident),
            Item::Struct(item) => (&item.vis, &item.ident),
            Item::Trait(item) => (&item.vis, &item.ident),
            Item::Type(item) => (&item.vis, &item.ident),
            Item::Mod(item) => {
                public_names(item.content.as_ref().map_or(&[], |(_, items)| items), names);
                continue;
            }
            // The parameters of a macro stand for public types.
            Item::Macro(item) => {
                let tokens: Vec<TokenTree> = flat(item.mac.tokens.clone()).collect();
                let parameters = tokens.windows(2).filter(|pair| pair[0].to_string() == "$");
                names.extend(parameters.map(|pair| pair[1].to_string()));
                continue;
            }
            _ => continue,
        };
        if is_public(visibility) {
            names.insert(name.to_string());
        }
    }
}

/// Leaves what is public, without bodies, values and docs.
fn skeleton(items: &mut Vec<Item>, names: &BTreeSet<String>) {
    for item in &mut *items {
        let Item::Macro(definition) = item else { continue };
        if let (Some(name), Some(items)) = (&definition.ident, expansion(definition)) {
            *item = parse_quote!(mod #name { #(#items)* });
        }
    }
    items.retain_mut(|item| match item {
        Item::Const(item) => {
            keep_attributes(&mut item.attrs);
            *item.expr = parse_quote!(_);
            is_public(&item.vis)
        }
        Item::Enum(item) => {
            keep_attributes(&mut item.attrs);
            for variant in &mut item.variants {
                keep_attributes(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| keep_attributes(&mut field.attrs));
            }
            is_public(&item.vis)
        }
        Item::Fn(item) => {
            keep_attributes(&mut item.attrs);
            *item.block = parse_quote!({});
            is_public(&item.vis)
        }
        Item::Impl(item) => is_impl_public(item, names),
        // The use of a macro.
        Item::Macro(item) => item.ident.is_none() && has_name(item.mac.tokens.clone(), names),
        Item::Mod(item) => {
            let is_test = item.attrs.iter().any(|attribute| attribute.to_token_stream().to_string().contains("test"));
            keep_attributes(&mut item.attrs);
            let Some((_, items)) = &mut item.content else { return is_public(&item.vis) };
            skeleton(items, names);
            !is_test && !items.is_empty()
        }
        Item::Struct(item) => {
            keep_attributes(&mut item.attrs);
            keep_public_fields(&mut item.fields);
            is_public(&item.vis)
        }
        Item::Trait(item) => {
            keep_attributes(&mut item.attrs);
            for item in &mut item.items {
                match item {
                    TraitItem::Const(item) => keep_attributes(&mut item.attrs),
                    TraitItem::Fn(item) => keep_attributes(&mut item.attrs),
                    _ => {}
                }
            }
            is_public(&item.vis)
        }
        Item::Type(item) => {
            keep_attributes(&mut item.attrs);
            is_public(&item.vis)
        }
        Item::Use(item) => {
            keep_attributes(&mut item.attrs);
            is_public(&item.vis)
        }
        _ => false,
    });
}

/// Leaves the types of an `impl` of a trait, and the public items of another one. Returns whether it belongs to the API.
fn is_impl_public(item: &mut ItemImpl, names: &BTreeSet<String>) -> bool {
    keep_attributes(&mut item.attrs);
    let of_trait = item.trait_.is_some();
    item.items.retain_mut(|item| match item {
        ImplItem::Const(item) => {
            keep_attributes(&mut item.attrs);
            item.expr = parse_quote!(_);
            is_public(&item.vis)
        }
        ImplItem::Fn(item) => {
            keep_attributes(&mut item.attrs);
            item.block = parse_quote!({});
            is_public(&item.vis)
        }
        ImplItem::Type(_) => of_trait,
        _ => false,
    });
    let subject = item.self_ty.to_token_stream();
    match &item.trait_ {
        Some((_, path, _)) => has_name(quote!(#path #subject), names),
        None => has_name(subject, names) && !item.items.is_empty(),
    }
}

fn keep_attributes(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| {
        let is_hidden = attribute.to_token_stream().to_string() == "# [doc (hidden)]";
        is_hidden || ATTRIBUTES.iter().any(|name| attribute.path().is_ident(name))
    });
}

/// Replaces private fields by one that stands for them.
fn keep_public_fields(fields: &mut Fields) {
    fields.iter_mut().for_each(|field| keep_attributes(&mut field.attrs));
    match fields {
        Fields::Named(fields) => {
            let count = fields.named.len();
            fields.named = fields.named.iter().filter(|field| is_public(&field.vis)).cloned().collect();
            if fields.named.len() < count {
                fields.named.push(parse_quote!(private: _));
            }
        }
        Fields::Unnamed(fields) => {
            for field in fields.unnamed.iter_mut().filter(|field| !is_public(&field.vis)) {
                field.ty = Type::Infer(parse_quote!(_));
            }
        }
        Fields::Unit => {}
    }
}

/// Returns the items that a macro expands to, if it expands to items, with its parameters as names.
fn expansion(definition: &ItemMacro) -> Option<Vec<Item>> {
    let body = definition.mac.tokens.clone().into_iter().filter_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    });
    syn::parse2::<File>(without_dollars(body.last()?)).ok().map(|file| file.items)
}

fn without_dollars(tokens: TokenStream) -> TokenStream {
    let kept = tokens.into_iter().filter(|token| token.to_string() != "$").map(|token| match token {
        TokenTree::Group(group) => Group::new(group.delimiter(), without_dollars(group.stream())).into(),
        token => token,
    });
    kept.collect()
}

/// Returns all tokens, those in groups too.
fn flat(tokens: TokenStream) -> impl Iterator<Item = TokenTree> {
    tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => flat(group.stream()).collect(),
        token => vec![token],
    })
}

fn has_name(tokens: TokenStream, names: &BTreeSet<String>) -> bool {
    flat(tokens).any(|token| names.contains(&token.to_string()))
}

/// Returns the Rust files of a folder and of those below it, or a file itself.
pub(crate) fn sources(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut paths: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    paths.iter().flat_map(|path| sources(path)).filter(is_rust).collect()
}

fn read(folder: &str) -> Vec<(String, String)> {
    let name = |path: &Path| path.to_str().unwrap().replace('\\', "/");
    let files = sources(folder.as_ref()).into_iter().map(|path| (name(&path), fs::read_to_string(path).unwrap()));
    files.filter(|(name, _)| name != "src/generated.rs").collect()
}

/// Returns the tables with one price table.
fn tables(turbo: &str) -> Files {
    let files = [
        ("turbo.csv", turbo),
        ("engines.csv", "engine,table\nturbo-v1,turbo\n"),
        ("clients.csv", "client,table,width,height,steps,granted_images\nAPI,turbo,512,512,4,250\n"),
        ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n"),
    ];
    files.map(|(name, text)| (name.to_owned(), text.to_owned())).into()
}

#[test]
fn the_api_of_the_library_is_the_accepted_one() {
    let mut files = read("src");
    // Of one table, whatever the real ones are.
    files.push(("src/generated.rs, of one table".to_owned(), code(tables("steps,512x512\n4,0.1\n"))));
    insta::assert_snapshot!(api(files));
}

/// That no cast and no exhaustive `match` of a dependent notices is in `generator.rs`.
#[test]
fn a_row_and_a_column_in_the_middle_add_to_the_api() {
    let api = |turbo: &str| {
        let text = api(vec![("code".to_owned(), code(tables(turbo)))]);
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let old = api("steps,512x512,768x512\n4,0.1,0.3\n30,0.2,0.6\n");
    let new = api("steps,512x512,640x512,768x512\n4,0.1,0.2,0.3\n15,0.1,0.2,0.3\n30,0.2,0.4,0.6\n");
    let added: Vec<&str> = new.iter().filter(|line| !old.contains(line)).map(|line| line.trim()).collect();
    assert_eq!(added, ["S640x512,", "N15,"]);
    // And nothing else changes: without these lines, the new one is the old one.
    assert!(new.iter().filter(|line| !added.contains(&line.trim())).eq(&old));
}

#[test]
fn the_api_of_the_generator_is_the_accepted_one() {
    insta::assert_snapshot!(api(read("codegen/src")));
}

#[test]
fn what_is_not_public_is_not_listed() {
    let code = "
        /// Docs.
        #[derive(Clone)] #[inline] pub struct A { pub a: u8, b: u8 }
        struct B;
        pub(crate) struct C;
        impl A { pub fn f(&self) -> u8 { 1 } fn g() {} pub(crate) const D: u8 = 1; pub const E: u8 = 1; }
        impl Iterator for A { type Item = u8; fn next(&mut self) -> Option<u8> { None } }
        impl Iterator for B { type Item = u8; fn next(&mut self) -> Option<u8> { None } }
        pub enum E { F { /// Docs.
            f: u8 } }
        macro_rules! m { ($T:ty) => { impl From<$T> for u8 { fn from(_: $T) -> u8 { 1 } } }; }
        macro_rules! expression { ($x:expr) => { $x + 1 }; }
        m!(A);
        #[cfg(test)] mod tests { pub struct F; }
    ";
    insta::assert_snapshot!(api(vec![("code".to_owned(), code.to_owned())]));
}
