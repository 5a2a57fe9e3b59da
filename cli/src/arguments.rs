//! Arguments that subcommands share, and what is wrong with those that cannot be parsed.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::str::FromStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Parser, ValueEnum};

use dreamstudio_pricing_codegen::escape_hidden;

use crate::book::Book;
use crate::names;

/// The formats of a subcommand that does not print Markdown.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For a terminal
    Text,
    /// For programs
    Json,
}

/// The formats of a subcommand that can also print Markdown.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// For a terminal
    Text,
    /// For a pull request or a README
    Markdown,
    /// For programs
    Json,
}

/// Parses the arguments of a process.
pub(crate) fn parse<A: Parser>(arguments: impl IntoIterator<Item = OsString>) -> Result<A, clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    A::try_parse_from(&arguments).map_err(|error| {
        // clap quotes arguments unescaped, so it is run again with escaped ones.
        let escaped = arguments.iter().map(|argument| escape_hidden(&argument.to_string_lossy()));
        let mut error = A::try_parse_from(escaped).err().unwrap_or(error);
        if error.get(ContextKind::InvalidArg) == Some(&ContextValue::String("--json".to_owned()))
            && arguments.get(1).is_some_and(|name| has_format(&A::command(), name))
        {
            let tip = "use '--format json'".to_owned().into();
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
        }
        error
    })
}

fn has_format(command: &Command, subcommand: &OsStr) -> bool {
    let subcommand = command.find_subcommand(subcommand);
    subcommand.is_some_and(|subcommand| subcommand.get_arguments().any(|argument| argument.get_id() == "format"))
}

/// A price table or the id of an engine; shells complete both.
///
/// It accepts any text, because an unknown name is an answer (exit code 1) and not a wrong argument (2).
#[derive(Clone)]
pub(crate) struct NameParser;

impl TypedValueParser for NameParser {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(names::all(Book::built_in()).filter(|name| is_plain(name)).map(PossibleValue::new)))
    }
}

/// Returns whether a shell expands none of the characters. A completion script has the names in a string that the shell
/// expands: it would run `$(…)` in the id of an engine.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':'))
}

/// Width and height, such as `512x768`.
///
/// The argument must allow hyphens, so that this parser and not clap reports a negative size.
#[derive(Clone)]
pub(crate) struct SizeParser;

impl TypedValueParser for SizeParser {
    type Value = (u32, u32);

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<(u32, u32), clap::Error> {
        let is_option =
            |text: &str| text.strip_prefix('-').is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
        if value.to_str().is_some_and(is_option) {
            let mut error = clap::Error::new(ErrorKind::UnknownArgument).with_cmd(command);
            let name = value.to_string_lossy().into_owned();
            error.insert(ContextKind::InvalidArg, ContextValue::String(name));
            error.insert(ContextKind::Usage, ContextValue::StyledStr(command.clone().render_usage()));
            return Err(error);
        }
        size.parse_ref(command, arg, value)
    }
}

/// Parses width x height.
pub(crate) fn size(text: &str) -> Result<(u32, u32), String> {
    let sides: Vec<&str> = text.split(['x', 'X', '×', '*']).map(str::trim).collect();
    match *sides {
        [width, height] if !width.is_empty() && !height.is_empty() => {
            Ok((number("the width", width, u32::MAX)?, number("the height", height, u32::MAX)?))
        }
        _ => Err("a size is one argument, width x height in pixels, such as 512x768".to_owned()),
    }
}

pub(crate) fn steps(text: &str) -> Result<u32, String> {
    number("the step count", text.trim(), u32::MAX)
}

pub(crate) fn images(text: &str) -> Result<u64, String> {
    number("the number of images", text.trim(), u64::MAX)
}

/// Parses a whole number from 1 to `max`, which must be the largest `T`.
pub(crate) fn number<T: Copy + Display + FromStr>(what: &str, text: &str, max: T) -> Result<T, String> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let must = if is_digits(text) {
        match text.trim_start_matches('0') {
            "" => "be at least 1",
            digits if digits.len() < text.len() => "not begin with 0",
            digits => return digits.parse().map_err(|_| format!("{what} must be at most {max}")),
        }
    } else if text.starts_with(['-', '−']) {
        "not be negative"
    } else if text.strip_prefix('+').is_some_and(is_digits) {
        "not have a sign"
    } else if text.split_once('.').is_some_and(|(whole, fraction)| is_digits(whole) && is_digits(fraction)) {
        "be a whole number"
    } else {
        "have only digits, such as 30"
    };
    Err(format!("{what} must {must}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_may_be_written_as_price_pages_write_it() {
        for text in ["512x768", "512 x 768", "512X768", "512×768", "512 × 768", "512*768", " 512\u{a0}x\u{a0}768 "] {
            assert_eq!(size(text), Ok((512, 768)), "{text}");
        }
    }

    #[test]
    fn a_wrong_size_is_explained() {
        let form = "a size is one argument, width x height in pixels, such as 512x768";
        for (text, reason) in [
            ("512", form),
            ("", form),
            ("x768", form),
            ("512x", form),
            ("512x768x3", form),
            ("512 768", form),
            ("-512x768", "the width must not be negative"),
            ("512x-768", "the height must not be negative"),
            ("0512x0768", "the width must not begin with 0"),
            ("512x0", "the height must be at least 1"),
            ("512.5x768", "the width must be a whole number"),
            ("+512x768", "the width must not have a sign"),
            ("99999999999x768", "the width must be at most 4294967295"),
            ("1024x4294967296", "the height must be at most 4294967295"),
            ("5e2x768", "the width must have only digits, such as 30"),
            ("٥١٢x768", "the width must have only digits, such as 30"),
        ] {
            assert_eq!(size(text), Err(reason.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_wrong_number_is_explained() {
        for (text, reason) in [
            ("", "the step count must have only digits, such as 30"),
            ("0", "the step count must be at least 1"),
            ("000", "the step count must be at least 1"),
            ("030", "the step count must not begin with 0"),
            ("-30", "the step count must not be negative"),
            ("−30", "the step count must not be negative"),
            ("+30", "the step count must not have a sign"),
            ("30.5", "the step count must be a whole number"),
            ("30.x", "the step count must have only digits, such as 30"),
            (".5", "the step count must have only digits, such as 30"),
            ("1e3", "the step count must have only digits, such as 30"),
            ("1,000", "the step count must have only digits, such as 30"),
            ("4294967296", "the step count must be at most 4294967295"),
            ("999999999999999999999999999999", "the step count must be at most 4294967295"),
        ] {
            assert_eq!(steps(text), Err(reason.to_owned()), "{text}");
        }
        assert_eq!(
            images("18446744073709551616"),
            Err("the number of images must be at most 18446744073709551615".into())
        );
    }

    #[test]
    fn no_shell_completes_a_name_that_it_could_run() {
        for name in ["sdxl", "stable-diffusion-v1-5", "a_b/c:1.0"] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["$(id)", "`id`", "a;b", "a b", "a'b", "a\"b", "a\\b", "${x}", "a|b", "a&b", "a>b", "*", "!1", "é"]
        {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn the_largest_numbers_are_accepted() {
        assert_eq!(steps(" 4294967295 "), Ok(u32::MAX));
        assert_eq!(images("18446744073709551615"), Ok(u64::MAX));
    }
}
