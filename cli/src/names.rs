//! Price tables and engines by the names that a user types.

use dreamstudio_pricing::Table;

/// How many names a message suggests at most.
const SUGGESTIONS: usize = 3;

/// A price table, and the engine that it was asked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    pub(crate) table: Table,
    pub(crate) engine: Option<&'a str>,
}

/// Finds a table by the exact id of an engine, or by its own name in any case.
///
/// The API rejects an id in another case, so this does too, and an id wins over a table's name.
///
/// # Errors
///
/// A short message, which suggests the names that are nearest.
pub(crate) fn find(name: &str) -> Result<Named<'_>, String> {
    if let Ok(table) = Table::for_engine(name) {
        return Ok(Named { table, engine: Some(name) });
    }
    let table = Table::ALL.iter().find(|table| table.name().eq_ignore_ascii_case(name));
    match table {
        Some(&table) => Ok(Named { table, engine: None }),
        None => Err(unknown(name)),
    }
}

/// The names of all tables, and the ids of all engines.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    let tables = Table::ALL.iter().map(|table| table.name());
    tables.chain(Table::ALL.iter().flat_map(|table| table.engines()).copied())
}

/// Says that no table and no engine has this name, and suggests the names that are nearest.
pub(crate) fn unknown(name: &str) -> String {
    not_in(name, &all().collect::<Vec<_>>())
}

fn not_in(name: &str, names: &[&str]) -> String {
    let near: Vec<String> = nearest(name, names).iter().map(|near| format!("`{near}`")).collect();
    let hint = if near.is_empty() {
        "`dreamprice table` lists both".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    };
    // Longer than any id.
    let quoted: String = name.chars().take(60).collect();
    let cut = if quoted.len() < name.len() { "…" } else { "" };
    format!("`{quoted}{cut}` is neither a price table nor an engine with a price: {hint}")
}

/// The names with the fewest typing mistakes in them, if they are few for the length of the name.
pub(crate) fn nearest<'a>(name: &str, names: &[&'a str]) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    let limit = (length / 3).min(3);
    // The names of another length are left out first: the time and memory of the distance grow with both lengths.
    let alike = names.iter().filter(|other| other.chars().count().abs_diff(length) <= limit);
    let distance = |other: &str| strsim::damerau_levenshtein(&name, &other.to_lowercase());
    let near: Vec<(usize, &str)> = alike.map(|other| (distance(other), *other)).collect();
    let least = near.iter().map(|(distance, _)| *distance).min().filter(|least| *least <= limit);
    near.iter().filter(|(distance, _)| Some(*distance) == least).map(|(_, name)| *name).take(SUGGESTIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["sdxl", "standard", "stable-v1", "stable-v2", "stable-xl-beta"];

    #[test]
    fn each_table_is_found_by_its_name_in_any_case() {
        for &table in Table::ALL {
            let found = Ok(Named { table, engine: None });
            assert_eq!(find(table.name()), found);
            let upper = table.name().to_uppercase();
            assert!(find(&upper) == found || Table::for_engine(&upper).is_ok());
        }
    }

    #[test]
    fn each_engine_is_found_by_its_exact_id() {
        for &table in Table::ALL {
            for &id in table.engines() {
                assert_eq!(find(id), Ok(Named { table, engine: Some(id) }));
                assert_eq!(find(&format!(" {id}")).ok(), None);
            }
        }
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_ones_suggested() {
        for (name, near) in [
            ("sdlx", &["sdxl"][..]),
            ("SDLX", &["sdxl"]),
            ("sdx", &["sdxl"]),
            ("standart", &["standard"]),
            ("STABLE-V1", &["stable-v1"]),
            ("stable-v3", &["stable-v1", "stable-v2"]),
            ("stabel-xl-bta", &["stable-xl-beta"]),
            ("xl", &[]),
            ("esrgan-v1-x2plus", &[]),
            ("", &[]),
        ] {
            assert_eq!(nearest(name, &NAMES), near, "{name}");
        }
    }

    #[test]
    fn at_most_three_names_are_suggested() {
        assert_eq!(nearest("engine-0", &["engine-1", "engine-2", "engine-3", "engine-4"]).len(), 3);
    }

    #[test]
    fn the_message_is_short() {
        assert_eq!(
            not_in("sdlx", &NAMES),
            "`sdlx` is neither a price table nor an engine with a price: did you mean `sdxl`?"
        );
        assert_eq!(
            not_in("stable-v3", &NAMES),
            "`stable-v3` is neither a price table nor an engine with a price: did you mean `stable-v1` or `stable-v2`?"
        );
        assert_eq!(
            not_in("esrgan", &NAMES),
            "`esrgan` is neither a price table nor an engine with a price: `dreamprice table` lists both"
        );
        let long = not_in(&"x".repeat(10_000), &NAMES);
        assert!(long.starts_with(&format!("`{}…` is neither", "x".repeat(60))) && long.len() < 160, "{long}");
    }
}
