//! Price tables and engines by the names that a user types.

use dreamstudio_pricing::book::BookTable;
use dreamstudio_pricing_codegen::nearest;

use crate::book::Book;

/// How many characters of a name a message quotes: more than any id has.
const MAX_QUOTED: usize = 60;

/// A price table, and the engine that named it.
pub(crate) struct Named<'a> {
    pub(crate) table: &'a BookTable,
    pub(crate) engine: Option<&'a str>,
}

/// Finds a table by the exact id of an engine, or by its own name in any case.
///
/// The API rejects an id in another case, so this does too, and an id wins over a table's name.
///
/// # Errors
///
/// Returns a short message, which suggests the nearest names.
pub(crate) fn find<'a>(book: &'a Book, name: &'a str) -> Result<Named<'a>, String> {
    if let Some(table) = book.for_engine(name) {
        return Ok(Named { table, engine: Some(name) });
    }
    let table = book.tables.iter().find(|table| table.lists.name.eq_ignore_ascii_case(name));
    match table {
        Some(table) => Ok(Named { table, engine: None }),
        None => Err(unknown(book, name)),
    }
}

/// Returns the names of all tables, and the ids of all engines.
pub(crate) fn all(book: &Book) -> impl Iterator<Item = &'static str> {
    let tables = book.tables.iter().map(|table| table.lists.name);
    tables.chain(book.tables.iter().flat_map(|table| table.lists.engines).copied())
}

/// Returns the id of an engine, or the name of a table, that another name hides: in another case, with a dot instead of a
/// hyphen, or with something in front of it or behind it, such as the name of a vendor or a tag.
pub(crate) fn hidden_in(book: &Book, name: &str) -> Option<&'static str> {
    longest_in(name, all(book))
}

fn longest_in<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = folded(name);
    known.filter(|known| hides(&name, &folded(known))).max_by_key(|known| known.len())
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace(['.', '_', ' '], "-")
}

fn hides(name: &str, known: &str) -> bool {
    let separators = ['/', ':', '@'];
    // `sdxl-turbo` is a model of its own, and so is a version behind a hyphen. Their prices may be others.
    let may_have_hyphen = known.contains('-');
    name.match_indices(known).any(|(at, _)| {
        let (start, end) = (&name[..at], &name[at + known.len()..]);
        let suffix = end.strip_prefix('-').filter(|suffix| !suffix.starts_with(|c: char| c.is_ascii_digit()));
        let ends = end.is_empty() || end.starts_with(separators) || may_have_hyphen && suffix.is_some();
        let starts = start.is_empty() || start.ends_with(separators) || may_have_hyphen && start.ends_with('-');
        starts && ends
    })
}

/// Returns the message that no table and no engine has this name, with the nearest names.
pub(crate) fn unknown(book: &Book, name: &str) -> String {
    not_in(name, &all(book).collect::<Vec<_>>(), &book.option)
}

fn not_in(name: &str, names: &[&str], option: &str) -> String {
    let near: Vec<String> = nearest(name, names.iter().copied()).iter().map(|near| format!("`{near}`")).collect();
    let hint = if near.is_empty() {
        format!("`dreamprice table{option}` lists both")
    } else {
        format!("did you mean {}?", near.join(" or "))
    };
    let quoted: String = name.chars().take(MAX_QUOTED).collect();
    let cut = if quoted.len() < name.len() { "…" } else { "" };
    format!("unknown engine or table `{quoted}{cut}`: {hint}")
}

#[cfg(test)]
mod tests {
    use dreamstudio_pricing::Table;

    use super::*;

    const NAMES: [&str; 5] = ["sdxl", "standard", "stable-v1", "stable-v2", "stable-xl-beta"];

    /// Returns the name of the table, and the engine.
    fn find(name: &str) -> Result<(&str, Option<&str>), String> {
        super::find(Book::built_in(), name).map(|Named { table, engine }| (table.lists.name, engine))
    }

    #[test]
    fn each_table_is_found_by_its_name_in_any_case() {
        for table in Table::ALL {
            let upper = table.name().to_uppercase();
            assert_eq!(find(table.name()), Ok((table.name(), None)));
            assert!(find(&upper) == Ok((table.name(), None)) || Table::for_engine(&upper).is_ok());
        }
    }

    #[test]
    fn each_engine_is_found_by_its_exact_id() {
        for &table in Table::ALL {
            for &id in table.engines() {
                assert_eq!(find(id), Ok((table.name(), Some(id))));
                assert!(find(&format!(" {id}")).is_err());
            }
        }
    }

    #[test]
    fn a_name_is_found_in_a_longer_one_and_in_another_case() {
        let known = ["sdxl", "stable-v1", "stable-v1-5", "stable-v2"];
        let found = |name: &str| longest_in(name, known.into_iter());
        for (name, wanted) in [
            ("stability/stable-v1-5", "stable-v1-5"),
            ("Stability.Stable-V1", "stable-v1"),
            ("stable-v1-5:latest", "stable-v1-5"),
            ("stable-v1@sha256", "stable-v1"),
            ("a/stable_v1.5:2", "stable-v1-5"),
            ("SDXL", "sdxl"),
            (" stable-v2 ", "stable-v2"),
            ("stable-v2-eu", "stable-v2"),
            ("prod-stable-v2", "stable-v2"),
        ] {
            assert_eq!(found(name), Some(wanted), "{name}");
        }
        for name in
            ["stable-v1-6", "stable-v1.6", "stable-v10", "unstable-v1", "stable", "", "sdxl-turbo", "stable-v2-1"]
        {
            assert_eq!(found(name), None, "{name}");
        }
    }

    #[test]
    fn the_message_is_short() {
        assert_eq!(not_in("Stable-V1", &NAMES, ""), "unknown engine or table `Stable-V1`: did you mean `stable-v1`?");
        assert_eq!(not_in("sdlx", &NAMES, ""), "unknown engine or table `sdlx`: did you mean `sdxl`?");
        assert_eq!(
            not_in("stable-v3", &NAMES, ""),
            "unknown engine or table `stable-v3`: did you mean `stable-v1` or `stable-v2`?"
        );
        assert_eq!(not_in("esrgan", &NAMES, ""), "unknown engine or table `esrgan`: `dreamprice table` lists both");
        let long = not_in(&"x".repeat(10_000), &NAMES, "");
        assert!(
            long.starts_with(&format!("unknown engine or table `{}…`: ", "x".repeat(60))) && long.len() < 160,
            "{long}"
        );
    }
}
