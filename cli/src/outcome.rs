//! What a subcommand returns, and the one place that prints it: output, messages, exit code.

use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use dreamstudio_pricing_codegen::{Diagnostic, Severity};
use serde::Serialize;

/// The exit codes of every subcommand, as the help explains them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the answer is no: no price, a mistake in the tables, a difference
  2  trouble: wrong arguments, files that cannot be read, git";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    No = 1,
    Trouble = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The result of a subcommand. Both texts may have colours, which [`print`](Self::print) removes where they do not
/// belong.
#[derive(Debug)]
pub(crate) struct Outcome {
    stdout: String,
    stderr: String,
    exit: Exit,
}

impl Outcome {
    pub(crate) fn text(stdout: impl Into<String>, exit: Exit) -> Self {
        Self { stdout: stdout.into(), stderr: String::new(), exit }
    }

    pub(crate) fn json(value: &impl Serialize, exit: Exit) -> Self {
        match serde_json::to_string_pretty(value) {
            Ok(json) => Self::text(json + "\n", exit),
            Err(error) => Self::error(error, Exit::Trouble),
        }
    }

    pub(crate) fn error(message: impl Display, exit: Exit) -> Self {
        Self { stdout: String::new(), stderr: labelled_error(escape(&message.to_string())), exit }
    }

    /// Reports mistakes in the tables, in the words of the build.
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

    pub(crate) fn print(&self) -> ExitCode {
        // There is nobody left to report a failure of standard error to.
        let _ = anstream::stderr().write_all(self.stderr.as_bytes());
        let mut stdout = anstream::stdout();
        match stdout.write_all(self.stdout.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Self::error(format_args!("standard output: {error}"), Exit::Trouble).print()
            }
            // A reader that closes the pipe early, such as `head`, has read enough.
            _ => self.exit.into(),
        }
    }
}

/// A message that looks like an error of clap's.
fn labelled_error(message: impl Display) -> String {
    labelled("error", *Styles::styled().get_error(), message)
}

fn labelled(label: &str, style: Style, message: impl Display) -> String {
    let message = message.to_string();
    let lines: Vec<String> = message.split('\n').map(escape).collect();
    format!("{style}{label}:{style:#} {}\n", lines.join("\n"))
}

/// Writes characters that a terminal would obey or hide, such as `ESC` or a bidirectional mark, as `<U+001B>`: arguments,
/// paths and cells are quoted in messages, and must not change how a message reads.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a `String` cannot fail.
            let _ = write!(escaped, "<U+{:04X}>", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn is_hidden(c: char) -> bool {
    let is_invisible = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    c.is_control() || (c.is_whitespace() && c != ' ') || is_invisible
}

/// How many characters a line of the terminal has, if standard output is one.
pub(crate) fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(width.0.into())
}
