//! Lists of arguments, which the command parses; and it runs those that touch no file.

use std::ffi::OsString;

use dreamprice::{Arguments, Outcome};

/// The subcommands that read and write no file.
const PURE: [&str; 6] = ["quote", "afford", "table", "page", "export", "completions"];

/// Takes each line of an input as an argument.
///
/// # Panics
///
/// Panics if the code does, or if its result is not that of the second implementation.
pub fn arguments(input: &[u8]) {
    let arguments: Vec<OsString> = input.split(|byte| *byte == b'\n').map(argument).collect();
    let is_pure = arguments.first().is_some_and(|name| PURE.iter().any(|pure| name == pure));
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

/// Panics unless a failure has a message and nothing else has one, which holds for the subcommands that run here. The message
/// has no control sequences but those of colours.
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

/// Whether this follows `ESC` and precedes `m` in what sets a colour.
fn is_style(text: &str) -> bool {
    text.strip_prefix('[').is_some_and(|style| style.chars().all(|c| c.is_ascii_digit() || c == ';'))
}
