//! From the bytes of the files to rows of cells, each of which knows its place.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Span};
use crate::escape::escape;

/// The largest file that is read: tables of 40,000 cells take a quarter of it.
const LARGEST: usize = 1 << 20;

/// The CSV files of a folder of tables, as they are: nothing in them has been looked at yet.
#[derive(Clone, Debug)]
pub struct Folder {
    label: String,
    /// By name; what cannot be read has the reason instead of its bytes.
    files: Vec<(String, Result<Vec<u8>, String>)>,
}

impl Folder {
    /// Reads each `*.csv` of the folder `dir`; in diagnostics the folder is called `label`.
    ///
    /// As in a shell, files that start with a dot are not meant: editors keep theirs under such names.
    ///
    /// # Errors
    ///
    /// The one diagnostic is that there is no such folder, or that it cannot be listed. A file that cannot be read is a
    /// diagnostic later, among those of the other files.
    pub fn read(dir: &Path, label: &str) -> Result<Self, Vec<Diagnostic>> {
        let list = || -> io::Result<Vec<_>> {
            let mut files = Vec::new();
            for entry in fs::read_dir(dir)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if is_table_file(&name) {
                    files.push((name, bytes(&entry.path())));
                }
            }
            Ok(files)
        };
        match list() {
            Ok(files) => Ok(Self::new(label, files)),
            Err(error) => {
                let what = match error.kind() {
                    io::ErrorKind::NotFound => "there is no such folder".to_owned(),
                    io::ErrorKind::NotADirectory => "this is a file, not a folder".to_owned(),
                    _ => format!("the folder cannot be read: {error}"),
                };
                let help = "the tables are a folder of CSV files: engines.csv, clients.csv, billing.csv and one \
                            for each price table";
                Err(vec![Diagnostic::of_file(label, what).with_help(help)])
            }
        }
    }

    /// A folder that is no folder on disk: its files by name, with their contents. Other files than `*.csv` are left
    /// out, as by [`Folder::read`].
    pub fn from_files<N: Into<String>, B: Into<Vec<u8>>>(label: &str, files: impl IntoIterator<Item = (N, B)>) -> Self {
        let files = (files.into_iter())
            .map(|(name, bytes)| (name.into(), Ok(bytes.into())))
            .filter(|(name, _)| is_table_file(name));
        Self::new(label, files.collect())
    }

    fn new(label: &str, mut files: Vec<(String, Result<Vec<u8>, String>)>) -> Self {
        // A folder is listed in any order, and the same tables are to give the same code.
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Self { label: label.to_owned(), files }
    }

    /// The names of the files, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| &**name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().any(|other| other == name)
    }

    /// The path of a file, as diagnostics show it.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.label)
    }

    /// The folder as diagnostics show it.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// The rows of a file whose header should begin with `first`, or `None` and in `diagnostics` why there are none that
    /// could be looked at.
    pub(crate) fn sheet(&self, name: &str, first: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
        let path = self.path(name);
        let (_, bytes) = self.files.iter().find(|(other, _)| other == name)?;
        let text = match bytes {
            Ok(bytes) => text(&path, bytes),
            Err(what) => Err(Diagnostic::of_file(&path, what)),
        };
        match text {
            Ok(text) => sheet(path, text, first, diagnostics),
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                None
            }
        }
    }
}

fn is_table_file(name: &str) -> bool {
    let extension = Path::new(name).extension();
    !name.starts_with('.') && extension.is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| format!("the file cannot be read: {error}");
    let metadata = fs::metadata(path).map_err(unreadable)?;
    // Reading what is neither could wait for ever.
    if metadata.is_dir() {
        return Err("this is a folder, not a file".to_owned());
    }
    if !metadata.is_file() {
        return Err("this is not an ordinary file".to_owned());
    }
    let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if length > LARGEST {
        return Err(too_large(length));
    }
    fs::read(path).map_err(unreadable)
}

fn too_large(length: usize) -> String {
    format!("the file has {length} bytes, and no table needs more than {LARGEST}")
}

/// A file's rows; each has as many cells as the header.
pub(crate) struct Sheet {
    pub(crate) path: String,
    pub(crate) header: Row,
    /// Whether nothing follows the header, not even a row with a mistake.
    pub(crate) is_header_alone: bool,
    /// Whether no row was left out for a mistake.
    pub(crate) is_whole: bool,
    pub(crate) rows: Vec<Row>,
}

/// A line of a file, in cells.
pub(crate) struct Row {
    number: usize,
    line: String,
    pub(crate) cells: Vec<Cell>,
}

/// A cell, without the quotes and the spaces around it.
pub(crate) struct Cell {
    pub(crate) text: String,
    range: Range<usize>,
}

impl Row {
    /// Where the cell stands.
    pub(crate) fn span(&self, cell: &Cell) -> Span {
        Span::new(self.number, &self.line, cell.range.clone())
    }
}

/// The text of a file, without its byte-order span.
fn text<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Diagnostic> {
    if bytes.len() > LARGEST {
        return Err(Diagnostic::of_file(path, too_large(bytes.len())));
    }
    let save = || "save it as CSV in UTF-8".to_owned();
    let kind = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => Some("the file is in UTF-16 or UTF-32"),
        [b'P', b'K', 3, 4, ..] => Some("the file is a workbook of a spreadsheet"),
        _ => None,
    };
    if let Some(kind) = kind {
        return Err(Diagnostic::of_file(path, kind).with_help(save()));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (good, bad) = bytes.split_at(error.valid_up_to());
        let good = lines_of(&String::from_utf8_lossy(good));
        let start = good.rfind('\n').map_or(0, |at| at + 1);
        let rest = bad.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let line = format!("{}{}", &good[start..], String::from_utf8_lossy(rest));
        let (at, width) = (good.len() - start, '\u{fffd}'.len_utf8());
        let span = Span::new(good.matches('\n').count() + 1, &line, at..at + width);
        let byte = bad.first().copied().unwrap_or_default();
        let what = format!("byte {} of the file, 0x{byte:02X}, is not UTF-8", error.valid_up_to() + 1);
        Diagnostic::at(path, span, what).with_help(save())
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A text with lines that end as they do on Unix.
fn lines_of(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn sheet(path: String, text: &str, first: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Sheet> {
    let text = lines_of(text);
    let lines = || (1..).zip(text.trim_end().split('\n'));
    let whole_line = |number, line: &str| Span::new(number, line, 0..line.len());
    if text.trim().is_empty() {
        diagnostics.push(Diagnostic::of_file(path, "the file is empty"));
        return None;
    }
    // What else is wrong in such a file says nothing.
    if let Some((number, line)) = lines().find(|(_, line)| is_conflict_marker(line)) {
        let diagnostic = Diagnostic::at(path, whole_line(number, line), "a merge left its conflict marker here");
        let help = "keep the lines that are right, and delete the others and the markers";
        diagnostics.push(diagnostic.with_help(help));
        return None;
    }
    let mut rows = Vec::new();
    for (number, line) in lines() {
        if line.trim_matches(|c: char| c == ',' || c.is_whitespace()).is_empty() {
            let diagnostic = Diagnostic::at(&path, whole_line(number, line), "the row is blank");
            diagnostics.push(diagnostic.with_help("delete the line"));
        } else {
            rows.push((number, line));
        }
    }
    let mut rows = rows.into_iter();
    let (number, line) = rows.next()?;
    if let Some(diagnostic) = delimited_otherwise(&path, number, line) {
        // So are the rows, most likely.
        diagnostics.push(diagnostic);
        return None;
    }
    let mut parsed = |(number, line)| row(&path, number, line).map_err(|diagnostic| diagnostics.push(diagnostic)).ok();
    let header = parsed((number, line))?;
    let count = rows.len();
    let rows: Vec<Row> = rows.filter_map(parsed).collect();
    let is_header = header.cells.first().is_some_and(|cell| cell.text == first);
    // What is no header has been or will be told of, and says nothing about the rows. The cells of a row of another
    // length would be taken for those of other columns.
    let is_right = |row: &Row| {
        fits(&path, &header, row).map_err(|diagnostic| diagnostics.extend(is_header.then_some(diagnostic))).is_ok()
    };
    let rows: Vec<Row> = rows.into_iter().filter(is_right).collect();
    Some(Sheet { path, header, is_header_alone: count == 0, is_whole: rows.len() == count, rows })
}

fn is_conflict_marker(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|marker| line.starts_with(marker))
}

/// The place and the name of the first delimiter of a line that is delimited, but not by commas.
fn other_delimiter(line: &str) -> Option<(usize, &'static str)> {
    let diagnostics = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")]
        .into_iter()
        .find_map(|(delimiter, name)| Some((line.find(delimiter)?, name)));
    diagnostics.filter(|_| !line.contains(','))
}

fn delimited_otherwise(path: &str, number: usize, line: &str) -> Option<Diagnostic> {
    let (at, name) = other_delimiter(line)?;
    let diagnostic =
        Diagnostic::at(path, Span::new(number, line, at..at + 1), format!("the cells are separated by {name}"));
    Some(diagnostic.with_help("separate them by commas"))
}

/// Splits a line into its cells.
///
/// The csv crate says which cells there are. It does not say where they stand, takes an unclosed quote for closed and
/// lets a quoted cell go on over lines, which no cell here may: hence a line at a time, and the spans apart.
fn row(path: &str, number: usize, line: &str) -> Result<Row, Diagnostic> {
    if let Some(at) = line.find('\0') {
        return Err(Diagnostic::at(path, Span::new(number, line, at..at + 1), "there is a NUL byte here"));
    }
    let ranges = cell_ranges(line).map_err(|(at, what)| {
        let help = "a cell is in quotes from end to end, or has none; no cell needs them".to_owned();
        Diagnostic::at(path, Span::new(number, line, at..at + 1), what).with_help(help)
    })?;
    let cells: Vec<&str> = ranges.iter().map(|range| &line[range.clone()]).collect();
    let line_of_cells = cells.join(",");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        // Inside of quotes, that is: those outside are gone.
        .trim(csv::Trim::All)
        .from_reader(line_of_cells.as_bytes());
    let texts: Vec<String> = match reader.deserialize().next() {
        Some(Ok(texts)) => texts,
        Some(Err(error)) => return Err(Diagnostic::of_file(path, error.to_string())),
        None => Vec::new(),
    };
    let cells = texts.into_iter().zip(ranges).map(|(text, range)| Cell { text, range });
    Ok(Row { number, line: line.to_owned(), cells: cells.collect() })
}

/// Where the cells of a line stand, without the spaces around them; as an error, a quote that is out of place.
fn cell_ranges(line: &str) -> Result<Vec<Range<usize>>, (usize, &'static str)> {
    enum State {
        Start,
        Bare,
        Quoted(usize),
        /// After a quote that closes the cell, or is the first of a doubled one.
        Quote(usize),
    }
    let mut ranges = Vec::new();
    let (mut start, mut state) = (0, State::Start);
    for (at, c) in line.char_indices() {
        state = match (state, c) {
            (State::Start, '"') => State::Quoted(at),
            (State::Quoted(open), '"') => State::Quote(open),
            (State::Quoted(open), _) | (State::Quote(open), '"') => State::Quoted(open),
            (_, ',') => {
                ranges.push(trimmed(line, start..at));
                start = at + 1;
                State::Start
            }
            (state @ (State::Start | State::Quote(_)), c) if c.is_whitespace() => state,
            (State::Quote(_), _) => return Err((at, "the cell goes on after its closing quote")),
            _ => State::Bare,
        };
    }
    ranges.push(trimmed(line, start..line.len()));
    if let State::Quoted(open) = state { Err((open, "this quote is not closed on its line")) } else { Ok(ranges) }
}

fn trimmed(line: &str, range: Range<usize>) -> Range<usize> {
    let cell = &line[range.clone()];
    let start = range.start + (cell.len() - cell.trim_start().len());
    start..start + cell.trim().len()
}

/// Says so if a row is none that the header is for.
fn fits(path: &str, header: &Row, row: &Row) -> Result<(), Diagnostic> {
    let (has, wants) = (row.cells.len(), header.cells.len());
    if row.line == header.line {
        let span = Span::new(row.number, &row.line, 0..row.line.len());
        let diagnostic = Diagnostic::at(path, span, "the header stands here a second time");
        return Err(diagnostic.with_help("delete the line"));
    }
    if has == wants {
        return Ok(());
    }
    if row.line.trim_start().starts_with('#') {
        let span = Span::new(row.number, &row.line, 0..row.line.len());
        return Err(Diagnostic::at(path, span, "a table has no comments").with_help("delete the line"));
    }
    if let Some(diagnostic) = delimited_otherwise(path, row.number, &row.line) {
        return Err(diagnostic);
    }
    let count = if has == 1 { "1 cell".to_owned() } else { format!("{has} cells") };
    let what = format!("the row has {count} where the header has {wants}");
    let Some(extra) = row.cells.get(wants) else {
        let end = row.line.trim_end().len();
        let help = format!("each column has its cell: {}", escape(&header.line));
        return Err(Diagnostic::at(path, Span::new(row.number, &row.line, end..end), what).with_help(help));
    };
    if let Some(empty) = row.cells.iter().find(|cell| cell.text.is_empty()) {
        return Err(Diagnostic::at(path, row.span(empty), what).with_help("delete this empty cell, and its comma"));
    }
    let Some([first, second]) = one_figure(&row.cells) else {
        return Err(Diagnostic::at(path, row.span(extra), what));
    };
    // Three digits are thousands, unless nothing stands before them.
    let point = if first.text != "0" && second.text.len() == 3 { "" } else { "." };
    let (apart, together) =
        (format!("{},{}", first.text, second.text), format!("{}{point}{}", first.text, second.text));
    let span = Span::new(row.number, &row.line, first.range.start..second.range.end);
    let help = format!("a comma starts a new cell: if `{}` is one figure, write {}", escape(&apart), escape(&together));
    Err(Diagnostic::at(path, span, what).with_help(help))
}

/// Two cells that look like one figure with a comma.
fn one_figure(cells: &[Cell]) -> Option<[&Cell; 2]> {
    fn pairs(cells: &[Cell]) -> impl Iterator<Item = [&Cell; 2]> {
        let is_digits = |cell: &Cell| cell.text.bytes().all(|b| b.is_ascii_digit());
        cells.windows(2).filter_map(move |pair| match pair {
            [first, second] if is_digits(first) && is_digits(second) => Some([first, second]),
            _ => None,
        })
    }
    let clear = pairs(cells).find(|[first, second]| first.text == "0" || second.text.len() == 3);
    // The first cell is rather what it looks like.
    clear.or_else(|| pairs(cells.get(1..)?).next())
}
