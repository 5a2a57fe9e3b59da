//! Lists of arguments: the command parses them all, and runs those that use no file.

use std::ffi::OsString;

use dreamprice::{Arguments, Outcome};

/// The subcommands that read and write no file without `--tables`.
const PURE: [&str; 6] = ["quote", "afford", "table", "page", "export", "completions"];

/// Takes each line of an input as an argument.
///
/// # Panics
///
/// Panics if the code panics, or if the outcome is not consistent.
pub fn arguments(input: &[u8]) {
    let arguments: Vec<OsString> = input.split(|byte| *byte == b'\n').map(argument).collect();
    let has_tables = arguments.iter().any(|argument| argument.to_string_lossy().starts_with("--tables"));
    let is_pure = !has_tables && arguments.first().is_some_and(|name| PURE.iter().any(|pure| name == pure));
    let outcome = match Arguments::new([OsString::from("dreamprice")].into_iter().chain(arguments)) {
        Ok(arguments) if is_pure => arguments.run(),
        Ok(_) => return,
        Err(outcome) => outcome,
    };
    check(&outcome);
}

#[cfg(unix)]
fn argument(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn argument(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// Panics unless exactly the failures have a message, which holds for the subcommands that run here. The only control
/// sequences of a message are those of colours.
fn check(outcome: &Outcome) {
    let message = outcome.stderr();
    assert!(outcome.exit_code() <= 2);
    assert_eq!(outcome.exit_code() == 0, message.is_empty(), "{message:?}");
    let mut parts = message.split('\u{1b}');
    let before = parts.next().unwrap_or_default();
    let others = parts.map(|part| part.split_once('m').filter(|(style, _)| is_style(style)).map(|(_, text)| text));
    for text in [Some(before)].into_iter().chain(others) {
        let has_control = |text: &str| text.chars().any(|c| c.is_control() && c != '\n');
        assert!(text.is_some_and(|text| !has_control(text)), "{message:?}");
    }
}

/// Returns whether the text between `ESC` and `m` sets a colour.
fn is_style(text: &str) -> bool {
    text.strip_prefix('[').is_some_and(|style| style.chars().all(|c| c.is_ascii_digit() || c == ';'))
}
