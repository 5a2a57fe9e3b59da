//! Finds the names that a mistyped name is closest to.

/// The largest number of names to suggest.
const MAX_SUGGESTIONS: usize = 3;

/// Returns the names that differ from `name` by the fewest typing mistakes, ignoring case. It allows one mistake for
/// every three characters of `name`, and at most three.
///
/// ```
/// use dreamstudio_pricing_codegen::nearest;
///
/// assert_eq!(nearest("sdlx", ["standard", "sdxl"]), ["sdxl"]);
/// assert!(nearest("turbo", ["standard", "sdxl"]).is_empty());
/// ```
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    let limit = (length / 3).min(3);
    // Names of very different lengths are skipped first, because the distance takes time and memory for both lengths.
    let alike = names.into_iter().filter(|other| other.chars().count().abs_diff(length) <= limit);
    let distance = |other: &str| strsim::damerau_levenshtein(&name, &other.to_lowercase());
    let near: Vec<(usize, &str)> = alike.map(|other| (distance(other), other)).collect();
    let least = near.iter().map(|(distance, _)| *distance).min().filter(|least| *least <= limit);
    near.iter().filter(|(distance, _)| Some(*distance) == least).map(|(_, name)| *name).take(MAX_SUGGESTIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_with_the_fewest_mistakes_are_the_nearest() {
        let names = ["sdxl", "standard", "stable-v1", "stable-v2", "stable-xl-beta"];
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
            assert_eq!(nearest(name, names), near, "{name}");
        }
    }

    #[test]
    fn at_most_three_names_are_suggested() {
        assert_eq!(nearest("engine-0", ["engine-1", "engine-2", "engine-3", "engine-4"]).len(), 3);
    }
}
