//! Behaviour that does not depend on the subcommand: help, colours, pipes, completions.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::Stdio;

use dreamstudio_pricing::{EDITION, Table};

use super::{command, dreamprice, printed, rejected};

const SUBCOMMANDS: [&str; 8] = ["quote", "afford", "table", "check", "diff", "import", "bill", "completions"];

/// Returns standard output and standard error with `variable` set, and no other variable that controls colours.
fn coloured(variable: (&str, &str), arguments: &[&str]) -> (String, String) {
    let mut command = command();
    command.env_remove("NO_COLOR").env_remove("CLICOLOR");
    let output = command.env(variable.0, variable.1).args(arguments).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_help_explains_the_same_exit_codes() {
    let codes = "Exit codes:\n  0  done\n  1  no price, unpriced rows, nothing that the balance pays for, mistakes found, or prices differ\n  2  error: ";
    assert!(printed(&["--help"]).contains(codes));
    for subcommand in SUBCOMMANDS {
        assert!(printed(&[subcommand, "--help"]).contains(codes), "{subcommand}");
    }
}

#[test]
fn errors_of_the_command_are_coloured_as_those_of_clap_are() {
    let label = |arguments: &[&str]| {
        let (_, errors) = coloured(("CLICOLOR_FORCE", "1"), arguments);
        errors.split_inclusive("error:").next().unwrap().to_owned()
    };
    let of_clap = label(&["nosuch"]);
    assert!(of_clap.contains('\u{1b}'), "{of_clap:?}");
    assert_eq!(label(&["check", "nosuch"]), of_clap);
    assert_eq!(label(&["table", "nosuch"]), of_clap);
}

#[test]
fn prices_are_shaded_only_where_there_are_colours() {
    let (shaded, _) = coloured(("CLICOLOR_FORCE", "1"), &["table"]);
    let (plain, _) = coloured(("NO_COLOR", "1"), &["table"]);
    assert!(shaded.contains("\u{1b}[38;5;16"), "{shaded}");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert_eq!(printed(&["table"]), plain);
}

#[test]
fn hidden_characters_of_arguments_are_escaped_in_every_message() {
    let untrusted = "\u{1b}[31m\u{202e}\u{200b}x\u{7f}";
    let shown = "<U+001B>[31m<U+202E><U+200B>x<U+007F>";
    for (code, arguments) in [
        (1, &["table", untrusted][..]),
        (1, &["afford", "1", "--table", untrusted]),
        (2, &["afford", untrusted]),
        (2, &["check", untrusted]),
        (2, &["diff", untrusted, untrusted]),
        (2, &["import", untrusted]),
        (2, &["quote", "any", untrusted, "30"]),
        (2, &["quote", "any", "512x512", untrusted]),
        (2, &[untrusted]),
        (2, &["table", "any", untrusted]),
        (2, &["completions", untrusted]),
    ] {
        let message = rejected(code, arguments);
        assert!(message.contains(shown) && !message.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{message:?}");
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_unicode_are_reported() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let output = dreamprice(Path::new("."), [OsStr::new("table"), OsStr::from_bytes(b"\xff")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: invalid UTF-8"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_not_an_error() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let (reader, writer) = UnixStream::pair().unwrap();
    drop(reader);
    let output =
        command().arg("table").stdout(Stdio::from(OwnedFd::from(writer))).stderr(Stdio::piped()).output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command().arg("table").stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: standard output: "));
}

#[test]
fn every_shell_completes_subcommands_and_the_common_ones_names() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for subcommand in SUBCOMMANDS {
            assert!(script.contains(subcommand), "{shell}: {subcommand}");
        }
        // The generators of the other shells do not complete positional arguments.
        if shell == "bash" || shell == "zsh" {
            let names = Table::ALL.iter().flat_map(|table| table.engines().iter().copied().chain([table.name()]));
            // The scripts escape or leave out names with other characters.
            let is_plain = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
            for name in names.filter(is_plain) {
                assert!(script.contains(name), "{shell}: {name}");
            }
        }
    }
}

#[test]
fn json_as_an_option_gets_the_advice_to_use_the_format() {
    let tip = "tip: use '--format json'\n";
    for arguments in [
        &["quote", "any", "--json", "512x512", "30"][..],
        &["quote", "any", "512x512", "30", "--json"],
        &["afford", "1", "--json"],
        &["table", "--json"],
        &["check", "--json"],
        &["diff", "a", "b", "--json"],
    ] {
        let message = rejected(2, arguments);
        assert!(message.contains("'--json'") && message.contains(tip), "{message}");
    }
    assert!(!rejected(2, &["completions", "bash", "--json"]).contains(tip));
}

#[test]
fn the_version_has_the_edition_of_the_prices() {
    let version = concat!("dreamprice ", env!("CARGO_PKG_VERSION"));
    assert_eq!(printed(&["--version"]), format!("{version} (edition {EDITION})\n"));
}

#[test]
fn a_subcommand_is_required() {
    assert!(rejected(2, &[]).contains("Usage: dreamprice <COMMAND>"));
}
