//! Commands in messages, which bill a log when they are pasted.

use std::borrow::Cow;
use std::path::Path;

use super::compression::Compression;
use crate::input::is_stdin;

/// Returns the command that bills what a program writes of a file. `options` are those that `bill` needs to read it.
pub(super) fn piped(path: &Path, program: &str, options: &str) -> String {
    format!("`{program}{} | dreamprice bill -{options}`", operand(path))
}

/// Returns the command that bills what a program writes of a log, which may be compressed.
pub(super) fn filtered(path: &Path, compression: Option<Compression>, program: &str, options: &str) -> String {
    match compression {
        Some(compression) => {
            let decompressor = decompressor(compression.name());
            format!("`{decompressor}{} | {program} | dreamprice bill -{options}`", operand(path))
        }
        None => piped(path, program, options),
    }
}

/// Returns the command that bills a log, which may be compressed, after the line that a program writes.
pub(super) fn with_first_line(path: &Path, compression: Option<Compression>, program: &str, options: &str) -> String {
    let reader = compression.map_or("cat".to_owned(), |compression| decompressor(compression.name()));
    format!("`{{ {program}; {reader}{}; }} | dreamprice bill -{options}`", operand(path))
}

/// Returns the command that decompresses a file.
pub(super) fn decompressor(name: &str) -> String {
    format!("{name} -dc")
}

/// Returns a path as a word of a shell, after a space, which no program takes for an option. Standard input has none.
fn operand(path: &Path) -> String {
    if is_stdin(path) {
        return String::new();
    }
    let path = path.display().to_string();
    let path = if path.starts_with('-') { format!("./{path}") } else { path };
    format!(" {}", shlex::try_quote(&path).unwrap_or(Cow::Borrowed(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_and_no_option() {
        for (path, wanted) in [("a.csv", " a.csv"), ("-a b", " './-a b'"), ("-", "")] {
            assert_eq!(operand(Path::new(path)), wanted);
        }
    }
}
