//! Diagnostics: each names a mistake, where it is, and the fix.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use rust_decimal::Decimal;

use crate::escape::is_hidden;

/// The number of characters of a long line that are shown, so that the line does not bury its message.
const WINDOW: usize = 100;

/// How many diagnostics of one kind are shown for a file. The others are counted.
const MAX_ALIKE: usize = 3;

/// How many diagnostics are shown for a file in all.
const MAX_IN_FILE: usize = 20;

/// One mistake in the tables: where it is, what is wrong, and how to fix it if that is known.
///
/// `Display` formats the whole report, over several lines and without colour.
///
/// ```
/// use dreamstudio_pricing_codegen::{Folder, check};
///
/// let folder = Folder::from_files("tables", [("engines.csv", "engine;table\n")]);
/// let diagnostics = check(&folder).unwrap_err();
/// let diagnostic = diagnostics.iter().find(|it| it.line().is_some()).unwrap();
/// assert_eq!((diagnostic.path(), diagnostic.column()), ("tables/engines.csv", Some(7)));
/// assert_eq!(diagnostic.message(), "the cells are separated by semicolons");
/// assert_eq!(diagnostic.help(), Some("separate them by commas"));
/// assert!(diagnostic.to_string().starts_with("tables/engines.csv:1:7: "));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    path: String,
    message: String,
    /// The mistake itself, then what it conflicts with.
    spans: Vec<Span>,
    help: Option<String>,
    severity: Severity,
    more: usize,
}

/// Whether a [`Diagnostic`] fails the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// A mistake. It fails the build.
    Error,
    /// Probably a mistake. The build continues.
    Warning,
}

impl Diagnostic {
    /// Returns the path of the file or the folder: the label of the folder, and the name of the file.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the line of the file, from 1; `None` for a diagnostic of the whole file.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.spans.first().map(Span::line)
    }

    /// Returns the first character in the line, from 1; `None` for a diagnostic of the whole file.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.spans.first().map(Span::column)
    }

    /// Returns what is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns how to fix it, in one line, if that is known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Returns whether it fails the build.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns how many similar diagnostics of the same file were left out after this one.
    #[must_use]
    pub fn more(&self) -> usize {
        self.more
    }

    /// Creates a mistake in the whole file.
    pub fn of_file(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
            spans: Vec::new(),
            help: None,
            severity: Severity::Error,
            more: 0,
        }
    }

    /// Creates a mistake at one span of the file.
    pub(crate) fn at(path: impl Into<String>, span: Span, message: impl Into<String>) -> Self {
        Self { spans: vec![span], ..Self::of_file(path, message) }
    }

    /// Adds another span of the same file, which the first conflicts with.
    #[must_use]
    pub fn with_secondary(mut self, span: Span) -> Self {
        self.spans.push(span);
        self
    }

    /// Adds how to fix it.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        self.with_help_if_any(Some(help.into()))
    }

    /// Adds how to fix it, if that is known.
    pub(crate) fn with_help_if_any(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }

    /// Makes it a warning.
    #[must_use]
    pub fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// Moves the diagnostic to another file. `moved` returns the position in that file for one in this file, or `None`
    /// to leave it out.
    ///
    /// A table that is not a file, such as one of a page, is checked as a CSV file, and its mistakes are reported where they
    /// are.
    #[must_use]
    pub fn moved(self, path: impl Into<String>, moved: impl FnMut(&Span) -> Option<Span>) -> Self {
        Self { path: path.into(), spans: self.spans.iter().filter_map(moved).collect(), ..self }
    }

    /// Returns the key that reports are sorted by: file, line and column.
    fn order(&self) -> (&str, Option<usize>, Option<usize>) {
        (&self.path, self.line(), self.column())
    }

    /// Returns the message without quoted text and numbers. Diagnostics with equal kinds are similar.
    fn kind(&self) -> String {
        let unquoted: String = self.message.split('`').step_by(2).collect();
        unquoted.replace(|c: char| c.is_ascii_digit(), "")
    }
}

/// Returns a count with its noun, such as `1 step` or `30 steps`.
pub(crate) fn count(count: impl Into<u64>, noun: &str) -> String {
    let count = count.into();
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Returns credits with their unit, such as `1 credit` or `0.5 credits`.
pub(crate) fn credits(amount: Decimal) -> String {
    format!("{amount} credit{}", if amount == Decimal::ONE { "" } else { "s" })
}

/// Sorts diagnostics by file and position, and shortens the list: the same mistake in every cell of a file has one cause.
#[must_use]
pub fn summarise(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    // Several rows may name the same missing file.
    diagnostics.dedup();
    let mut summary = Vec::new();
    for file in diagnostics.chunk_by(|a, b| a.path == b.path) {
        let mut kept: Vec<Diagnostic> = Vec::new();
        let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for diagnostic in file {
            let shown = alike.entry(diagnostic.kind()).or_default();
            match shown.last().and_then(|&last| kept.get_mut(last)) {
                Some(last) if shown.len() == MAX_ALIKE => last.more += 1,
                _ => {
                    shown.push(kept.len());
                    kept.push(diagnostic.clone());
                }
            }
        }
        let rest = kept.split_off(kept.len().min(MAX_IN_FILE));
        let hidden: usize = rest.iter().map(|diagnostic| 1 + diagnostic.more).sum();
        let overflow = rest.into_iter().next().map(|Diagnostic { path, severity, .. }| Diagnostic {
            severity,
            ..Diagnostic::of_file(path, format!("mistakes in this file that are not shown: {hidden}"))
        });
        summary.extend(kept.into_iter().chain(overflow));
    }
    summary
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let (Some(line), Some(column)) = (self.line(), self.column()) {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        // As wide as the line numbers of the excerpts.
        let gutter = self.spans.iter().map(|span| span.line.to_string().len()).max().unwrap_or(1);
        self.fmt_spans(f, gutter)?;
        if let Some(help) = &self.help {
            write!(f, "\n{:gutter$} = help: {help}", "")?;
        }
        if self.more > 0 {
            write!(f, "\n{:gutter$} = note: and {} more like this", "", self.more)?;
        }
        Ok(())
    }
}

impl Diagnostic {
    fn fmt_spans(&self, f: &mut fmt::Formatter<'_>, gutter: usize) -> fmt::Result {
        let mut excerpts: BTreeMap<(usize, usize), (&str, Vec<char>)> = BTreeMap::new();
        for (index, span) in self.spans.iter().enumerate() {
            // Two spans of one line share its excerpt.
            let (_, marks) = excerpts.entry((span.line, span.skipped)).or_insert((&span.excerpt, Vec::new()));
            marks.resize(marks.len().max(span.underlined.end), ' ');
            marks[span.underlined.clone()].fill(if index == 0 { '^' } else { '-' });
        }
        if !excerpts.is_empty() {
            write!(f, "\n{:gutter$} |", "")?;
        }
        for ((line, _), (excerpt, marks)) in excerpts {
            let marks: String = marks.into_iter().collect();
            write!(f, "\n{line:>gutter$} | {excerpt}\n{:gutter$} | {marks}", "")?;
        }
        Ok(())
    }
}

/// A part of one line of a file, and as much of the line as a report shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    line: usize,
    /// In characters from the start of the line, from 1.
    column: usize,
    excerpt: String,
    /// How many characters of the line come before the excerpt.
    skipped: usize,
    /// The columns of a terminal under the excerpt.
    underlined: Range<usize>,
}

impl Span {
    /// Returns the line of the file, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the first character in the line, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// Creates the span of the bytes `range` of line number `line`, or of one character if the range is empty.
    pub(crate) fn new(line: usize, text: &str, range: Range<usize>) -> Self {
        let characters_before = |byte: usize| text.get(..byte).unwrap_or(text).chars().count();
        let (start, end) = (characters_before(range.start), characters_before(range.end));
        let length = text.chars().count();
        // At least a third of the window goes to what comes before the span. It starts at a multiple of that, so that two
        // spans near each other have one excerpt.
        let third = WINDOW / 3;
        let skipped = (start.saturating_sub(third) / third * third).min(length.saturating_sub(WINDOW));
        let shown: Vec<char> = text.chars().skip(skipped).take(WINDOW).map(visible).collect();
        let cut_before = (skipped > 0).then_some('…');
        let cut_after = (skipped + WINDOW < length).then_some('…');
        let excerpt: String = cut_before.into_iter().chain(shown).chain(cut_after).collect();
        // The `…` of the cut moves each column by one.
        let width_before = |characters: usize| {
            let shown = usize::from(cut_before.is_some()) + (characters - skipped);
            excerpt.chars().take(shown).map(display_width).sum()
        };
        let (from, to): (usize, usize) = (width_before(start), width_before(end.max(start + 1)));
        let underlined = from..to.max(from + 1);
        Self { line, column: start + 1, excerpt: excerpt.trim_end().to_owned(), skipped, underlined }
    }

    /// Creates the span of one character of a line, or of the position after its last.
    pub(crate) fn at(line: usize, text: &str, start: usize) -> Self {
        Self::new(line, text, start..start)
    }

    /// Creates the span of a whole line.
    pub(crate) fn of_line(line: usize, text: &str) -> Self {
        Self::new(line, text, 0..text.len())
    }
}

/// Returns a character as an excerpt shows it: another one, if it is hidden or would shift the line above the caret.
fn visible(c: char) -> char {
    match c {
        '\0'..'\u{20}' if c != '\t' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        c if c.is_whitespace() => ' ',
        c if is_hidden(c) => '\u{fffd}',
        c => c,
    }
}

/// Returns how many columns of a terminal a character takes.
///
/// The ranges are those that people type into tables: the wide forms of East Asia, emoji, and combining accents. The
/// unicode-width crate has all of Unicode, but every build of this repository would compile it only for carets.
fn display_width(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_counted_and_as_severe() {
        let kinds = (b'a'..).take(MAX_IN_FILE).map(|letter| char::from(letter).to_string());
        let alike = (1..=MAX_ALIKE + 2).map(|number| format!("z {number}"));
        let warnings = kinds.chain(alike).map(|message| Diagnostic::of_file("t.csv", message).into_warning());
        let summary = summarise(warnings.collect());
        assert_eq!(summary.len(), MAX_IN_FILE + 1);
        let last = summary.last().unwrap();
        assert_eq!(last.message(), "mistakes in this file that are not shown: 5");
        assert_eq!((last.severity(), last.more()), (Severity::Warning, 0));
    }

    #[test]
    fn a_caret_is_under_its_span() {
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
    fn two_spans_of_one_line_share_it() {
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
    fn two_lines_are_in_the_order_of_the_file() {
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
    fn a_long_line_is_shown_around_the_span() {
        let line = "0.1,".repeat(100) + "xyz" + &",0.1".repeat(100);
        let report = Diagnostic::at("t.csv", Span::new(1, &line, 400..403), "wrong").to_string();
        let lines: Vec<&str> = report.lines().collect();
        let under: String = lines[2].chars().zip(lines[3].chars()).filter(|(_, c)| *c == '^').map(|(c, _)| c).collect();
        assert_eq!(under, "xyz");
        assert!(lines.iter().all(|line| line.chars().count() < WINDOW + 10), "{report}");
    }

    #[test]
    fn near_spans_of_a_long_line_share_its_excerpt() {
        let line = "0.1,".repeat(100);
        let report = Diagnostic::at("t.csv", Span::new(1, &line, 200..203), "falls").with_secondary(Span::new(
            1,
            &line,
            204..207,
        ));
        let report = report.to_string();
        assert_eq!(report.lines().count(), 4, "{report}");
        assert!(report.ends_with("^^^ ---"), "{report}");
    }

    #[test]
    fn a_long_cell_is_underlined_as_far_as_it_is_shown() {
        let line = "1".repeat(1000);
        let report = Diagnostic::at("t.csv", Span::new(1, &line, 0..1000), "wrong").to_string();
        let lines: Vec<&str> = report.lines().collect();
        assert_eq!(lines[2].chars().count(), lines[3].chars().count(), "{report}");
    }

    #[test]
    fn hidden_characters_are_replaced_one_for_one() {
        let report = Diagnostic::at("t.csv", Span::new(1, "a\0b\tc\u{1}\u{7f}", 4..5), "wrong").to_string();
        assert!(report.contains("1 | a␀b c␁\u{fffd}\n  |     ^"), "{report}");
    }

    #[test]
    fn carets_are_as_wide_as_wide_characters() {
        let report = Diagnostic::at("t.csv", Span::new(1, "值,０.２５,1", 4..14), "wrong").to_string();
        assert!(report.ends_with("1 | 值,０.２５,1\n  |    ^^^^^^^"), "{report}");
    }

    fn at_line(path: &str, line: usize, message: &str) -> Diagnostic {
        Diagnostic::at(path, Span::at(line, "0,25", 0), message)
    }

    #[test]
    fn a_repeated_mistake_is_counted_after_a_few() {
        let repeated = (1..=10)
            .rev()
            .map(|line| at_line("a.csv", line, &format!("`{}` is wrong in row {line}", "x".repeat(line))));
        let others = [at_line("a.csv", 11, "this is another mistake"), at_line("b.csv", 1, "`x` is wrong in row 1")];
        let summary = summarise(repeated.chain(others).collect());
        let shown: Vec<_> = summary.iter().map(|it| (it.path(), it.line().unwrap(), it.more())).collect();
        assert_eq!(shown, [("a.csv", 1, 0), ("a.csv", 2, 0), ("a.csv", 3, 7), ("a.csv", 11, 0), ("b.csv", 1, 0)]);
        assert!(summary[2].to_string().ends_with("\n  = note: and 7 more like this"));
    }

    #[test]
    fn a_file_with_many_kinds_of_mistakes_is_cut() {
        let kinds = ('a'..='z').flat_map(|kind| (1..=5).map(move |line| at_line("a.csv", line, &kind.to_string())));
        let summary = summarise(kinds.collect());
        assert_eq!(summary.len(), MAX_IN_FILE + 1);
        let counted: usize = summary.iter().map(Diagnostic::more).sum();
        let rest = 5 * 26 - MAX_IN_FILE - counted;
        assert_eq!(
            summary[MAX_IN_FILE].to_string(),
            format!("a.csv: mistakes in this file that are not shown: {rest}")
        );
    }
}
