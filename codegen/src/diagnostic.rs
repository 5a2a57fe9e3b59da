//! What is wrong with the tables, told to the person who edits them.

use std::fmt;
use std::ops::Range;

/// A line longer than this is shown in part, so that a runaway line does not bury its message.
const WINDOW: usize = 100;

/// One mistake in the tables: where it is, what is wrong, and what to write instead where that can be known.
///
/// `Display` gives the whole report, over several lines, without colour: who shows it decides on that.
///
/// ```
/// use dreamstudio_pricing_codegen::{Folder, check};
///
/// let folder = Folder::from_files("tables", [("engines.csv", "engine;table\n")]);
/// let diagnostics = check(&folder).unwrap_err();
/// assert!(diagnostics.iter().any(|diagnostic| {
///     diagnostic.to_string().starts_with("tables/engines.csv:1:7: ")
/// }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    path: String,
    message: String,
    /// The place itself first, then the place that it is at odds with, if any.
    spans: Vec<Span>,
    help: Option<String>,
    severity: Severity,
}

/// Whether a [`Diagnostic`] fails the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// A mistake. It fails the build.
    Error,
    /// Probably a mistake. It fails nothing.
    Warning,
}

impl Diagnostic {
    /// The file or the folder, as the label of the folder and the name of the file.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line of the file, from 1; `None` for a diagnostic of the whole file.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.spans.first().map(|span| span.line)
    }

    /// The first character in the line, from 1; `None` for a diagnostic of the whole file.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.spans.first().map(|span| span.columns.start + 1)
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, in one line, if that is known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Whether it fails the build.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// A diagnostic of the file as a whole.
    pub(crate) fn of_file(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), spans: Vec::new(), help: None, severity: Severity::Error }
    }

    /// A diagnostic of one place in the file.
    pub(crate) fn at(path: impl Into<String>, span: Span, message: impl Into<String>) -> Self {
        Self { spans: vec![span], ..Self::of_file(path, message) }
    }

    /// Adds a second place of the same file, which the first is at odds with.
    pub(crate) fn with_secondary(mut self, span: Span) -> Self {
        self.spans.push(span);
        self
    }

    /// Adds what to do about it.
    pub(crate) fn with_help(self, help: impl Into<String>) -> Self {
        self.with_help_if_any(Some(help.into()))
    }

    /// Adds what to do about it, if that is known.
    pub(crate) fn with_help_if_any(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }

    /// The order in which a reader goes through the files.
    pub(crate) fn order(&self) -> (&str, Option<(usize, usize)>) {
        let place = self.spans.first().map(|span| (span.line, span.columns.start));
        (&self.path, place)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let (Some(line), Some(column)) = (self.line(), self.column()) {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        self.fmt_spans(f)?;
        if let Some(help) = &self.help {
            let gutter = self.gutter();
            write!(f, "\n{:gutter$} = help: {help}", "")?;
        }
        Ok(())
    }
}

impl Diagnostic {
    /// How wide the line numbers of the excerpts are.
    fn gutter(&self) -> usize {
        let last = self.spans.iter().map(|span| span.line).max();
        last.map_or(1, |line| line.to_string().len())
    }

    fn fmt_spans(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.spans.is_empty() {
            return Ok(());
        }
        let gutter = self.gutter();
        let mut underlined: Vec<(&Span, String)> = Vec::new();
        for (span, sign) in self.spans.iter().zip(['^', '-']) {
            let line = span.underline(sign);
            // Two places of one line share its excerpt.
            match underlined.iter_mut().find(|(other, _)| other.excerpt_is(span)) {
                Some((_, row)) => *row = overlay(row, &line),
                None => underlined.push((span, line)),
            }
        }
        if underlined.first().map(|(span, _)| span.line) > underlined.last().map(|(span, _)| span.line) {
            underlined.reverse();
        }
        write!(f, "\n{:gutter$} |", "")?;
        for (span, underline) in underlined {
            write!(f, "\n{:>gutter$} | {}", span.line, span.excerpt)?;
            write!(f, "\n{:gutter$} | {underline}", "")?;
        }
        Ok(())
    }
}

/// Both underlines in one row.
fn overlay(first: &str, second: &str) -> String {
    let (mut first, mut second) = (first.chars(), second.chars());
    let mut both = String::new();
    loop {
        match (first.next(), second.next()) {
            (None, None) => return both,
            (Some(' ') | None, Some(sign)) | (Some(sign), _) => both.push(sign),
        }
    }
}

/// A stretch of one line of a file, with as much of the line as a person needs to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    line: usize,
    /// In characters from the start of the line, from 0.
    columns: Range<usize>,
    excerpt: String,
    /// How many characters of the line stand before the excerpt.
    skipped: usize,
}

impl Span {
    /// The bytes `span` of the text of line number `line`.
    pub(crate) fn new(line: usize, text: &str, span: Range<usize>) -> Self {
        let column = |byte: usize| text.get(..byte).unwrap_or(text).chars().count();
        let columns = column(span.start)..column(span.end).max(column(span.start) + 1);
        let length = text.chars().count();
        // A third of the window goes to what stands before the place.
        let from = if length <= WINDOW { 0 } else { columns.start.saturating_sub(WINDOW / 3).min(length - WINDOW) };
        let shown = text.chars().skip(from).take(WINDOW).map(printable);
        let (before, after) = (from > 0, from + WINDOW < length);
        let excerpt: String = (before.then_some('…').into_iter()).chain(shown).chain(after.then_some('…')).collect();
        Self { line, columns, excerpt: excerpt.trim_end().to_owned(), skipped: from }
    }

    fn excerpt_is(&self, other: &Self) -> bool {
        (self.line, self.skipped) == (other.line, other.skipped)
    }

    fn underline(&self, sign: char) -> String {
        // What is skipped is shown as one character.
        let place = |column: usize| column.saturating_sub(self.skipped) + usize::from(self.skipped > 0);
        let start = place(self.columns.start);
        let end = place(self.columns.end).min(WINDOW + 1).max(start + 1);
        (0..end).map(|at| if at < start { ' ' } else { sign }).collect()
    }
}

/// One character of an excerpt: what would not show, or would move the line under the caret, is replaced.
fn printable(c: char) -> char {
    match c {
        '\t' => ' ',
        '\0'..'\u{20}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_under_its_line() {
        let span = Span::new(12, "15,$0.25,0.43", 3..8);
        let diagnostic = Diagnostic::at("t.csv", span, "wrong").with_help("write 0.25");
        insta::assert_snapshot!(diagnostic, @r"
        t.csv:12:4: wrong
           |
        12 | 15,$0.25,0.43
           |    ^^^^^
           = help: write 0.25
        ");
    }

    #[test]
    fn two_places_of_one_line_share_it() {
        let line = "15,0.43,0.25";
        let diagnostic =
            Diagnostic::at("t.csv", Span::new(2, line, 8..12), "falls").with_secondary(Span::new(2, line, 3..7));
        insta::assert_snapshot!(diagnostic, @r"
        t.csv:2:9: falls
          |
        2 | 15,0.43,0.25
          |    ---- ^^^^
        ");
    }

    #[test]
    fn two_lines_stand_in_the_order_of_the_file() {
        let diagnostic = Diagnostic::at("t.csv", Span::new(10, "30,0.1", 3..6), "falls").with_secondary(Span::new(
            9,
            "15,0.2",
            3..6,
        ));
        insta::assert_snapshot!(diagnostic, @r"
        t.csv:10:4: falls
           |
         9 | 15,0.2
           |    ---
        10 | 30,0.1
           |    ^^^
        ");
    }

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let line = "0.1,".repeat(100) + "xyz" + &",0.1".repeat(100);
        let report = Diagnostic::at("t.csv", Span::new(1, &line, 400..403), "wrong").to_string();
        let lines: Vec<&str> = report.lines().collect();
        let under: String = lines[2].chars().zip(lines[3].chars()).filter(|(_, c)| *c == '^').map(|(c, _)| c).collect();
        assert_eq!(under, "xyz");
        assert!(lines.iter().all(|line| line.chars().count() < WINDOW + 10), "{report}");
    }

    #[test]
    fn what_runs_on_is_underlined_as_far_as_it_is_shown() {
        let line = "1".repeat(1000);
        let report = Diagnostic::at("t.csv", Span::new(1, &line, 0..1000), "wrong").to_string();
        let lines: Vec<&str> = report.lines().collect();
        assert_eq!(lines[2].chars().count(), lines[3].chars().count(), "{report}");
    }

    #[test]
    fn characters_that_do_not_show_are_replaced_one_for_one() {
        let report = Diagnostic::at("t.csv", Span::new(1, "a\0b\tc\u{1}\u{7f}", 4..5), "wrong").to_string();
        assert!(report.contains("1 | a␀b c␁\u{fffd}\n  |     ^"), "{report}");
    }
}
