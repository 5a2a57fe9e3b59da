//! Which names a mistyped one was probably meant to be.

/// How many names are suggested at most.
const SUGGESTIONS: usize = 3;

/// Returns the names with the fewest typing mistakes in them, in any case, if these are few for the length of `name`: one in
/// three characters, and at most three.
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
    // The names of another length are left out first: the time and memory of the distance grow with both lengths.
    let alike = names.into_iter().filter(|other| other.chars().count().abs_diff(length) <= limit);
    let distance = |other: &str| strsim::damerau_levenshtein(&name, &other.to_lowercase());
    let near: Vec<(usize, &str)> = alike.map(|other| (distance(other), other)).collect();
    let least = near.iter().map(|(distance, _)| *distance).min().filter(|least| *least <= limit);
    near.iter().filter(|(distance, _)| Some(*distance) == least).map(|(_, name)| *name).take(SUGGESTIONS).collect()
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
