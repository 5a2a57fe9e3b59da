//! Splits a file into rows of cells. Each cell keeps its line and column.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Span, count};
use crate::escape::escape;
use crate::read::document::decode;
use crate::read::folder::Folder;
use crate::schema::{EXCEPTIONS, FORMULAS, LIMITS, List, STEPS};

/// How many lines are searched for the header, if it is not the first.
const PREAMBLE_LINES: usize = 5;

/// The rows of a file, each with as many cells as the header.
pub(crate) struct Sheet {
    pub(crate) path: String,
    pub(crate) header: Row,
    /// Whether no line follows the header.
    pub(crate) has_no_rows: bool,
    /// Whether all rows were kept.
    pub(crate) is_whole: bool,
    pub(crate) rows: Vec<Row>,
}

/// A line of a file, split into cells.
pub(crate) struct Row {
    /// The line of the file, from 1.
    pub(crate) number: usize,
    line: String,
    pub(crate) cells: Vec<RawCell>,
}

/// A cell, without the quotes and the spaces around it.
pub(crate) struct RawCell {
    pub(crate) text: String,
    range: Range<usize>,
}

impl Row {
    pub(crate) fn span(&self, cell: &RawCell) -> Span {
        Span::new(self.number, &self.line, cell.range.clone())
    }

    pub(crate) fn span_between(&self, first: &RawCell, last: &RawCell) -> Span {
        Span::new(self.number, &self.line, first.range.start..last.range.end)
    }

    fn whole(&self) -> Span {
        Span::of_line(self.number, &self.line)
    }

    fn first_text(&self) -> &str {
        self.cells.first().map_or("", |cell| &cell.text)
    }
}

impl Sheet {
    /// Reads a file of the folder whose header should begin with `first`. Reports a file that cannot be read at all and
    /// returns `None`; reports and skips rows that do not fit the header.
    pub(crate) fn read(folder: &Folder, name: &str, first: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let path = folder.path(name);
        let text = match folder.bytes(name)? {
            Ok(bytes) => decode(&path, bytes, "CSV"),
            Err(message) => Err(Diagnostic::of_file(&path, message)),
        };
        match text {
            Ok(text) if text.trim().is_empty() => {
                let help = match List::named(name) {
                    Some(list) if list.is_optional => "write the header, or delete the file",
                    Some(_) => "write the header and the rows",
                    None => "write the header and the rows, or delete the file",
                };
                diagnostics.push(Diagnostic::of_file(path, "the file is empty").with_help(help));
                None
            }
            Ok(text) => sheet(path, &text, first, diagnostics),
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                None
            }
        }
    }
}

fn sheet(path: String, text: &str, first: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
    let lines = || (1..).zip(text.trim_end().split('\n'));
    // The other lines of such a file would only give follow-up errors.
    if let Some(diagnostic) = lines().find_map(|(number, line)| foreign(&path, number, line)) {
        diagnostics.push(diagnostic);
        return None;
    }
    let (blank, lines): (Vec<_>, Vec<_>) =
        lines().partition(|(_, line)| line.trim_matches(|c: char| c == ',' || c.is_whitespace()).is_empty());
    for (number, line) in blank {
        let diagnostic = Diagnostic::at(&path, Span::of_line(number, line), "the row is blank");
        diagnostics.push(diagnostic.with_help("delete the line"));
    }
    let mut rows = rows(&path, &lines, diagnostics);
    let preamble = preamble(&path, first, &rows, diagnostics);
    let mut rows = rows.split_off(preamble).into_iter();
    let header =
        rows.next().filter(|header| preamble > 0 || lines.first().is_some_and(|first| first.0 == header.number))?;
    if let Some(diagnostic) = other_delimiter(&path, &header) {
        // The rows most likely have the same delimiter.
        diagnostics.push(diagnostic);
        return None;
    }
    let count = lines.iter().filter(|(number, _)| *number > header.number).count();
    let (rows, mut mistakes) = fitting_rows(&path, &header, rows.collect());
    // A bad header is reported elsewhere; do not also report its rows.
    if header.first_text() == first {
        diagnostics.append(&mut mistakes);
    }
    Some(Sheet { path, header, has_no_rows: count == 0, is_whole: rows.len() == count, rows })
}

/// Returns the rows that fit the header, and the mistakes of the others.
fn fitting_rows(path: &str, header: &Row, mut rows: Vec<Row>) -> (Vec<Row>, Vec<Diagnostic>) {
    let mut mistakes = Vec::new();
    if let Some(second) = rows.iter().position(|row| is_second_header(header, row)) {
        let help = "delete the line; if another table begins here, move it to a file of its own";
        let message = "this is a second header, and a file has one table";
        mistakes.push(Diagnostic::at(path, rows[second].whole(), message).with_help(help));
        // The rows of another table would only give follow-up errors.
        rows.truncate(second);
    }
    if let Some(diagnostic) = column_without_prices(path, header, &rows) {
        mistakes.push(diagnostic);
        rows.clear();
    }
    // A row of another length is left out, because its cells may belong to other columns.
    rows.retain(|row| fits(path, header, row).map_err(|diagnostic| mistakes.push(diagnostic)).is_ok());
    (rows, mistakes)
}

/// Returns whether a row is the header again, or the header of another price table. No step count is `steps`; a client
/// may be.
fn is_second_header(header: &Row, row: &Row) -> bool {
    row.line == header.line || [header, row].iter().all(|row| row.first_text() == STEPS)
}

/// Reports the last column of a price table if each row ends before it.
fn column_without_prices(path: &str, header: &Row, rows: &[Row]) -> Option<Diagnostic> {
    let (last, others) = header.cells.split_last()?;
    let ends_before = |row: &Row| row.cells.len() == others.len();
    if header.first_text() != STEPS || others.len() < 2 || rows.len() < 2 || !rows.iter().all(ends_before) {
        return None;
    }
    let message = format!(
        "the column {} has no prices: each row has {} cells where the header has {}",
        escape(&last.text),
        others.len(),
        header.cells.len()
    );
    let help = "write a price in each row, or delete the size that has none";
    Some(Diagnostic::at(path, header.span(last), message).with_help(help))
}

/// Reports a line that is not CSV: a conflict marker or a row of a Markdown table.
fn foreign(path: &str, number: usize, line: &str) -> Option<Diagnostic> {
    let (message, help) = if ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|marker| line.starts_with(marker))
    {
        ("unresolved merge conflict", "keep the lines that are right, and delete the others and the markers")
    } else if line.trim().starts_with('|') && line.trim().ends_with('|') {
        ("this is a table in Markdown, not in CSV", "keep only the table, and separate its cells by commas")
    } else {
        return None;
    };
    Some(Diagnostic::at(path, Span::of_line(number, line), message).with_help(help))
}

/// Reports lines above the header, and returns how many there are.
fn preamble(path: &str, first: &str, rows: &[Row], diagnostics: &mut Vec<Diagnostic>) -> usize {
    let header = rows.iter().take(PREAMBLE_LINES).position(|row| row.first_text() == first).unwrap_or(0);
    for row in &rows[..header] {
        let message = if row.line.to_ascii_lowercase().starts_with("sep=") {
            "this line sets the separator for a spreadsheet; here it is always a comma"
        } else {
            "this line is above the header, which must be the first line"
        };
        diagnostics.push(Diagnostic::at(path, row.whole(), message).with_help("delete the line"));
    }
    header
}

/// Reports a line whose cells are separated, but not by commas.
fn other_delimiter(path: &str, row: &Row) -> Option<Diagnostic> {
    if row.line.contains(',') {
        return None;
    }
    let (start, name) = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")]
        .into_iter()
        .find_map(|(delimiter, name)| Some((row.line.find(delimiter)?, name)))?;
    let message = format!("the cells are separated by {name}");
    let diagnostic = Diagnostic::at(path, Span::at(row.number, &row.line, start), message);
    Some(diagnostic.with_help("separate them by commas"))
}

/// Splits lines into their cells. Reports and skips lines that cannot be split.
///
/// The csv crate splits and unquotes. It does not say where a cell is, accepts an unclosed quote, and lets a quoted
/// cell continue on the next line, which is not allowed here. So it only gets lines in which `cell_ranges` has found
/// the cells, and no misplaced quote.
fn rows(path: &str, lines: &[(usize, &str)], diagnostics: &mut Vec<Diagnostic>) -> Vec<Row> {
    let (mut split, mut text) = (Vec::new(), String::new());
    for &(number, line) in lines {
        match cell_ranges(line) {
            Ok(ranges) => {
                let cells: Vec<&str> = ranges.iter().map(|range| &line[range.clone()]).collect();
                text += &cells.join(",");
                text.push('\n');
                split.push((number, line, ranges));
            }
            Err((start, message, help)) => {
                let diagnostic = Diagnostic::at(path, Span::at(number, line, start), message);
                diagnostics.push(diagnostic.with_help_if_any(help.map(str::to_owned)));
            }
        }
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        // Trims the spaces inside quotes; those outside are not in a range.
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (texts, (number, line, ranges)) in reader.deserialize::<Vec<String>>().zip(split) {
        match texts {
            Ok(texts) => {
                let cells = texts.into_iter().zip(ranges).map(|(text, range)| RawCell { text, range });
                rows.push(Row { number, line: line.to_owned(), cells: cells.collect() });
            }
            Err(error) => diagnostics.push(Diagnostic::of_file(path, error.to_string())),
        }
    }
    rows
}

/// A byte of a line, what is wrong there, and how to fix it.
type LineError = (usize, &'static str, Option<&'static str>);

/// Returns the bytes of each cell, without the spaces around it.
fn cell_ranges(line: &str) -> Result<Vec<Range<usize>>, LineError> {
    const QUOTES: Option<&str> = Some("quotes enclose a whole cell; no cell needs them");
    #[derive(Clone, Copy)]
    enum State {
        Start,
        Bare,
        /// After the opening quote, which is at this byte.
        Quoted(usize),
        /// After a quote that closes the cell, or is the first of a doubled one.
        Quote(usize),
    }
    let mut ranges = Vec::new();
    let (mut start, mut state) = (0, State::Start);
    for (at, c) in line.char_indices() {
        state = match (state, c) {
            (_, '\0') => return Err((at, "there is a NUL byte here", None)),
            (State::Start, '"') => State::Quoted(at),
            (State::Quoted(open), '"') => State::Quote(open),
            (State::Quoted(open), _) | (State::Quote(open), '"') => State::Quoted(open),
            (_, ',') => {
                ranges.push(trimmed(line, start..at));
                start = at + 1;
                State::Start
            }
            (State::Start | State::Quote(_), c) if c.is_whitespace() => state,
            (State::Quote(_), _) => return Err((at, "text after the closing quote", QUOTES)),
            _ => State::Bare,
        };
    }
    ranges.push(trimmed(line, start..line.len()));
    match state {
        State::Quoted(open) => Err((open, "unclosed quote", QUOTES)),
        _ => Ok(ranges),
    }
}

fn trimmed(line: &str, range: Range<usize>) -> Range<usize> {
    let cell = &line[range.clone()];
    let start = range.start + (cell.len() - cell.trim_start().len());
    start..start + cell.trim().len()
}

/// Reports a row that does not fit the header.
fn fits(path: &str, header: &Row, row: &Row) -> Result<(), Diagnostic> {
    let (has, wants) = (row.cells.len(), header.cells.len());
    if has == wants {
        return Ok(());
    }
    if row.line.trim_start().starts_with('#') {
        return Err(Diagnostic::at(path, row.whole(), "comments are not allowed").with_help("delete the line"));
    }
    if let Some(diagnostic) = other_delimiter(path, row) {
        return Err(diagnostic);
    }
    let message = format!("the row has {} where the header has {wants}", count(has as u64, "cell"));
    let help = format!("write one cell for each column: {}", escape(&header.line));
    let Some(extra) = row.cells.get(wants) else {
        let end = row.line.trim_end().len();
        return Err(Diagnostic::at(path, Span::at(row.number, &row.line, end), message).with_help(help));
    };
    if let Some(empty) = row.cells.iter().find(|cell| cell.text.is_empty()) {
        return Err(Diagnostic::at(path, row.span(empty), message).with_help("delete this empty cell, and its comma"));
    }
    // These lists have whole numbers beside each other.
    let is_of = |list: &List| header.cells.iter().map(|cell| &*cell.text).eq(list.columns.iter().copied());
    let has_numbers = [&EXCEPTIONS, &FORMULAS, &LIMITS].into_iter().any(is_of);
    let Some([first, second]) = one_number(&row.cells).filter(|_| !has_numbers) else {
        return Err(Diagnostic::at(path, row.span(extra), message).with_help(help));
    };
    // Three digits are thousands, unless only a zero comes before them.
    let point = if first.text != "0" && second.text.len() == 3 { "" } else { "." };
    let apart = format!("{},{}", first.text, second.text);
    let together = format!("{}{point}{}", first.text, second.text);
    let span = row.span_between(first, second);
    let help = format!("a comma starts a new cell: if `{}` is one number, write {}", escape(&apart), escape(&together));
    Err(Diagnostic::at(path, span, message).with_help(help))
}

/// Returns two cells that look like one number with a comma.
fn one_number(cells: &[RawCell]) -> Option<[&RawCell; 2]> {
    fn pairs(cells: &[RawCell]) -> impl Iterator<Item = [&RawCell; 2]> {
        let is_digits = |cell: &RawCell| cell.text.bytes().all(|b| b.is_ascii_digit());
        cells.windows(2).filter_map(move |pair| match pair {
            [first, second] if is_digits(first) && is_digits(second) => Some([first, second]),
            _ => None,
        })
    }
    let clear = pairs(cells).find(|[first, second]| first.text == "0" || second.text.len() == 3);
    // The first cell is more likely to be a step count.
    clear.or_else(|| pairs(cells.get(1..)?).next())
}
