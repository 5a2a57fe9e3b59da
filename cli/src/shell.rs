//! Options in messages, as a shell reads them.

use std::borrow::Cow;

/// Returns an option with its value, quoted if a shell would split or expand it.
pub(crate) fn option(name: &str, value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    let quoted = if value.chars().all(is_plain) && !value.is_empty() && !value.starts_with('=') {
        Cow::Borrowed(value)
    } else {
        // Only a null character cannot be quoted, and no message has one: it is escaped before.
        shlex::try_quote(value).unwrap_or(Cow::Borrowed(value))
    };
    format!("{name} {quoted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_word_for_a_shell() {
        for value in ["engine=model", "a b=c", "it's", "$(x)", "a\"b", "*", "a=ä", "=a", ""] {
            let words = shlex::split(&option("--x", value)).unwrap();
            assert_eq!(words, ["--x", value]);
        }
        assert_eq!(option("--column", "engine=model"), "--column engine=model");
    }
}
