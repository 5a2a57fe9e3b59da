//! What a subcommand returns, and the only code that prints it: output, messages and exit code.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use dreamstudio_pricing_codegen::{Diagnostic, Severity, escape_hidden, is_hidden};
use serde::Serialize;

/// The exit codes of every subcommand, as the help explains them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  no price, unpriced rows, nothing that the balance pays for, mistakes found, or prices differ
  2  error: wrong arguments, files that cannot be read, git";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    No = 1,
    Error = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The result of a subcommand. Both strings may have colours, which [`print`](Self::print) removes where they do not
/// belong.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// In parts, because a report of a million groups would take long to copy.
    stdout: Vec<String>,
    stderr: String,
    exit: Exit,
}

/// A diagnostic with its fields apart, for JSON.
#[derive(Serialize)]
pub(crate) struct DiagnosticReport<'a> {
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
}

impl<'a> From<&'a Diagnostic> for DiagnosticReport<'a> {
    fn from(diagnostic: &'a Diagnostic) -> Self {
        Self {
            path: diagnostic.path(),
            line: diagnostic.line(),
            column: diagnostic.column(),
            severity: if diagnostic.severity() == Severity::Warning { "warning" } else { "error" },
            message: diagnostic.message(),
            help: diagnostic.help(),
        }
    }
}

impl Outcome {
    pub(crate) fn text(stdout: impl Into<String>, exit: Exit) -> Self {
        Self::parts(vec![stdout.into()], exit)
    }

    /// Returns a text in parts.
    pub(crate) fn parts(stdout: Vec<String>, exit: Exit) -> Self {
        Self { stdout, stderr: String::new(), exit }
    }

    pub(crate) fn json(value: &impl Serialize, exit: Exit) -> Self {
        match serde_json::to_string_pretty(value) {
            Ok(json) => Self::text(escape_json(json) + "\n", exit),
            Err(error) => Self::error(error, Exit::Error),
        }
    }

    pub(crate) fn error(message: impl Display, exit: Exit) -> Self {
        Self { stdout: Vec::new(), stderr: labelled_error(escape_hidden(&message.to_string())), exit }
    }

    /// Reports an error whose message has several lines.
    pub(crate) fn error_lines(message: impl Display, exit: Exit) -> Self {
        Self { stdout: Vec::new(), stderr: labelled_error(message), exit }
    }

    /// Reports mistakes in the tables as the build does.
    pub(crate) fn mistakes(diagnostics: &[Diagnostic], exit: Exit) -> Self {
        Self::text("", exit).with_diagnostics(diagnostics)
    }

    pub(crate) fn with_diagnostics(mut self, diagnostics: &[Diagnostic]) -> Self {
        self.stderr.extend(diagnostics.iter().map(|diagnostic| match diagnostic.severity() {
            Severity::Warning => labelled("warning", AnsiColor::Yellow.on_default().bold(), diagnostic),
            _ => labelled_error(diagnostic),
        }));
        self
    }

    /// Adds lines to standard error that report no mistake.
    pub(crate) fn with_notes(mut self, notes: impl IntoIterator<Item = String>) -> Self {
        self.stderr.extend(notes.into_iter().map(|note| escape_lines(&note) + "\n"));
        self
    }

    /// Moves the output to standard error, because standard output has something else.
    pub(crate) fn on_stderr(mut self) -> Self {
        self.stderr = std::mem::take(&mut self.stdout).concat() + &self.stderr;
        self
    }

    /// Returns what is wrong with the arguments, or the help or the version that they ask for.
    pub(crate) fn of_arguments(error: &clap::Error) -> Self {
        let text = error.render().ansi().to_string();
        if error.use_stderr() { Self::text(text, Exit::Error).on_stderr() } else { Self::text(text, Exit::Done) }
    }

    /// Returns what goes to standard output.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stdout.concat()
    }

    /// Returns what goes to standard error.
    #[must_use]
    pub fn stderr(&self) -> &str {
        &self.stderr
    }

    /// Returns the exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.exit as u8
    }

    /// Prints the result, and returns the exit code of the process.
    #[must_use]
    pub fn print(&self) -> ExitCode {
        // A failure to write to standard error cannot be reported.
        let _ = anstream::stderr().write_all(self.stderr.as_bytes());
        match self.print_stdout() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Self::error(format_args!("standard output: {error}"), Exit::Error).print()
            }
            // A reader that closes the pipe early, such as `head`, has read enough.
            _ => self.exit.into(),
        }
    }

    fn print_stdout(&self) -> io::Result<()> {
        // To search a long bill for colours takes a tenth of its time.
        let mut stdout: Box<dyn Write> = if self.stdout.iter().any(|part| has_control(part)) {
            Box::new(anstream::stdout())
        } else {
            Box::new(io::stdout())
        };
        self.stdout.iter().try_for_each(|part| stdout.write_all(part.as_bytes()))?;
        stdout.flush()
    }
}

/// Returns whether a text has characters that a terminal does not show, as colours do.
fn has_control(text: &str) -> bool {
    // All bytes, because a search that stops at the first one is slower.
    let is_control = |byte: u8| byte < b' ' && !byte.is_ascii_whitespace() || byte == 0x7f;
    text.as_bytes().chunks(4096).any(|bytes| bytes.iter().fold(false, |any, byte| any | is_control(*byte)))
}

/// Returns a message that looks like an error of clap's.
fn labelled_error(message: impl Display) -> String {
    labelled("error", *Styles::styled().get_error(), message)
}

/// Returns a message of one or more lines.
fn labelled(label: &str, style: Style, message: impl Display) -> String {
    format!("{style}{label}:{style:#} {}\n", escape_lines(&message.to_string()))
}

/// Escapes the hidden characters of each line.
fn escape_lines(text: &str) -> String {
    text.split('\n').map(escape_hidden).collect::<Vec<_>>().join("\n")
}

/// Escapes hidden characters in the strings of JSON. Outside strings, JSON has only line feeds.
fn escape_json(json: String) -> String {
    let is_escaped = |c: char| is_hidden(c) && c != '\n';
    // No copy, because the bill of many groups is large.
    if !json.contains(is_escaped) {
        return json;
    }
    let mut escaped = String::new();
    for c in json.chars() {
        if is_escaped(c) {
            escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Returns how many characters a line of the terminal has, if standard output is one.
pub(crate) fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(width.0.into())
}

/// Returns how many characters a line of the terminal has, if standard error is one.
pub(crate) fn terminal_width_of_stderr() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stderr())?;
    Some(width.0.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(labelled("error", Style::new(), "a\n  b\u{7f}"), "error: a\n  b<U+007F>\n");
    }

    #[test]
    fn json_has_the_same_value_and_no_hidden_character() {
        let text = "a\n\u{1b}\u{7f}\u{9b}\u{202e}\u{feff}\u{e0041}";
        let json = Outcome::json(&[text], Exit::Done).stdout();
        assert!(!json.chars().any(|c| is_hidden(c) && c != '\n'), "{json:?}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [text]);
    }
}
