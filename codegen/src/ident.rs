//! Makes identifiers of the generated code from data.

use crate::escape::{describe, is_hidden};
use crate::schema::List;

/// A name of the tables, and the two identifiers that are made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Name {
    /// As written.
    pub text: String,
    /// As the name of a module: `my_table`.
    pub module: String,
    /// As the name of an enum's variant: `MyTable`.
    pub variant: String,
}

/// Names that no table may have, because its module would hide something else of that name in the library's code.
#[rustfmt::skip] // rustfmt would put each name on its own line.
pub const RESERVED: &[&str] = &[
    // The modules of the library.
    "amount", "billing", "book", "client", "constants", "edition", "engine", "error", "estimate", "generated", "limits", "lookup",
    "module", "partial_request", "request", "settings", "table", "text", "traits",
    // Crates.
    "alloc", "core", "rust_decimal", "serde", "serde_core", "std",
    // The tools that an attribute may name, such as `#[rustfmt::skip]`.
    "clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt",
    // The primitive types.
    "bool", "char", "f16", "f32", "f64", "f128", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

/// The keywords of every edition, including those reserved for later.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

impl Name {
    /// Makes the name of a table, which becomes a module at the root of the library.
    ///
    /// # Errors
    ///
    /// Returns why `text` cannot be the name of a table, as the end of a sentence that begins with it.
    pub fn of_table(text: &str) -> Result<Self, String> {
        let name = Self::new(text)?;
        // Some file systems ignore case.
        if let Some(list) = List::named(&format!("{}.csv", text.to_ascii_lowercase())) {
            return Err(format!("is taken by {}", list.file));
        }
        if RESERVED.contains(&&*name.module) {
            return Err("is reserved".to_owned());
        }
        Ok(name)
    }

    /// Makes both identifiers. The error says why `text` cannot become a name, as the end of a sentence that begins with
    /// it.
    ///
    /// Words end at `-` and `_`, and before a capital letter that follows a lowercase letter or a digit: `DreamStudio`,
    /// `dream-studio` and `dream_studio` are one name.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let odd = |c: &char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if let Some(c) = text.chars().find(odd) {
            return Err(format!("has {} in it", describe(c)));
        }
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err("does not start with a letter".to_owned());
        }
        let words = words(text);
        let module = words.join("_");
        if KEYWORDS.contains(&&*module) {
            return Err("is a keyword of the Rust language".to_owned());
        }
        let variant: String = words.iter().map(|word| capitalised(word)).collect();
        if variant == "ALL" {
            return Err("would become `ALL` in code, a name that is taken".to_owned());
        }
        Ok(Self { text: text.to_owned(), module, variant })
    }
}

/// Returns how to fix a string that cannot become a name.
pub(crate) fn help(text: &str) -> String {
    // A browser adds such a number to a file that it has downloaded before.
    let text = text.split_once(" (").map_or(text, |(name, _)| name).replace(is_hidden, "");
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let plain = if Name::new(&text).is_ok() { text } else { parts.collect::<Vec<_>>().join("_") };
    match Name::of_table(&plain) {
        Ok(name) => format!("write {}", name.text),
        Err(_) => "choose another name: letters, digits, - and _, with a letter first".to_owned(),
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut last = ' ';
    for c in text.chars() {
        let separator = matches!(c, '-' | '_');
        if separator || (c.is_ascii_uppercase() && !last.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if let (false, Some(word)) = (separator, words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        last = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        for (text, module, variant) in [
            ("sdxl", "sdxl", "Sdxl"),
            ("SDXL", "sdxl", "Sdxl"),
            ("API", "api", "Api"),
            ("DreamStudio", "dream_studio", "DreamStudio"),
            ("dream-studio", "dream_studio", "DreamStudio"),
            ("dream_studio", "dream_studio", "DreamStudio"),
            ("turbo2", "turbo2", "Turbo2"),
            ("turbo_2", "turbo_2", "Turbo2"),
            ("sd3Medium", "sd3_medium", "Sd3Medium"),
            ("a--b_", "a_b", "AB"),
        ] {
            let name = Name::new(text).unwrap();
            assert_eq!((&*name.module, &*name.variant), (module, variant), "{text}");
            // `Ident::new` panics on invalid identifiers.
            let _ = proc_macro2::Ident::new(&name.module, proc_macro2::Span::call_site());
            let _ = proc_macro2::Ident::new(&name.variant, proc_macro2::Span::call_site());
        }
    }

    #[test]
    fn a_text_that_cannot_become_an_identifier_is_rejected() {
        for text in ["", "2", "my table", "type", "Self", "crate", "-", "_", "_a", "täfel", "a.b", "a_l_l", "A-L-L"] {
            assert!(Name::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn help_suggests_a_valid_name() {
        for (text, suggested) in [
            ("my table", Some("my_table")),
            ("sdxl (2)", Some("sdxl")),
            ("v1.5", Some("v1_5")),
            ("sd\u{200b}xl", Some("sdxl")),
            ("täfel", None),
            ("type", None),
            ("2", None),
            ("core", None),
        ] {
            let help = help(text);
            assert_eq!(help.strip_prefix("write "), suggested, "{text}: {help}");
        }
    }

    #[test]
    fn a_table_cannot_have_a_reserved_name() {
        for text in ["std", "billing", "Core", "rustfmt", "u32"] {
            assert!(Name::new(text).is_ok() && Name::of_table(text).is_err(), "{text}");
        }
    }
}
