//! From the bytes of the files to rows of cells, each of which knows its place.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use crate::problem::{Mark, Problem};

/// The largest file that is read: tables of 40,000 cells take a quarter of it.
const LARGEST: usize = 1 << 20;

/// The CSV files of a folder of tables, as they are: nothing in them has been looked at yet.
#[derive(Clone, Debug)]
pub struct Folder {
    label: String,
    files: BTreeMap<String, Result<Vec<u8>, String>>,
}

impl Folder {
    /// Reads each `*.csv` of the folder `dir`; in problems the folder is called `label`.
    ///
    /// As in a shell, files that start with a dot are not meant: editors keep theirs under such names.
    ///
    /// # Errors
    ///
    /// The one problem is that there is no such folder, or that it cannot be listed. A file that cannot be read is a
    /// problem later, among those of the other files.
    pub fn read(dir: &Path, label: &str) -> Result<Self, Vec<Problem>> {
        let list = || -> io::Result<BTreeMap<_, _>> {
            let mut files = BTreeMap::new();
            for entry in fs::read_dir(dir)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if is_table_file(&name) {
                    files.insert(name, bytes(&entry.path()));
                }
            }
            Ok(files)
        };
        match list() {
            Ok(files) => Ok(Self { label: label.to_owned(), files }),
            Err(error) => {
                let what = match error.kind() {
                    io::ErrorKind::NotFound => "there is no such folder".to_owned(),
                    io::ErrorKind::NotADirectory => "this is a file, not a folder".to_owned(),
                    _ => format!("the folder cannot be read: {error}"),
                };
                let help = "the tables are a folder of CSV files: engines.csv, clients.csv, billing.csv and one \
                            for each price table";
                Err(vec![Problem::of_file(label, what).help(help.to_owned())])
            }
        }
    }

    /// A folder that is no folder on disk: its files by name, with their contents. Other files than `*.csv` are left
    /// out, as by [`Folder::read`].
    pub fn from_files<N: Into<String>, B: Into<Vec<u8>>>(label: &str, files: impl IntoIterator<Item = (N, B)>) -> Self {
        let files = (files.into_iter())
            .map(|(name, bytes)| (name.into(), Ok(bytes.into())))
            .filter(|(name, _)| is_table_file(name));
        Self { label: label.to_owned(), files: files.collect() }
    }

    /// The names of the files, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The path of a file, as problems show it.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.label)
    }

    /// The folder as problems show it.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// The rows of a file, or `None` and in `problems` why it has none that could be looked at.
    pub(crate) fn sheet(&self, name: &str, problems: &mut Vec<Problem>) -> Option<Sheet> {
        let path = self.path(name);
        let text = match self.files.get(name)? {
            Ok(bytes) => text(&path, bytes),
            Err(what) => Err(Problem::of_file(&path, what)),
        };
        match text {
            Ok(text) => sheet(path, text, problems),
            Err(problem) => {
                problems.push(problem);
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
    span: Range<usize>,
}

impl Row {
    /// Where the cell stands.
    pub(crate) fn mark(&self, cell: &Cell) -> Mark {
        Mark::new(self.number, &self.line, cell.span.clone())
    }
}

/// The text of a file, without its byte-order mark.
fn text<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Problem> {
    if bytes.len() > LARGEST {
        return Err(Problem::of_file(path, too_large(bytes.len())));
    }
    let save = || "save it as CSV in UTF-8".to_owned();
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Problem::of_file(path, "the file is in UTF-16").help(save()));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (good, bad) = bytes.split_at(error.valid_up_to());
        let good = String::from_utf8_lossy(good);
        let start = good.rfind('\n').map_or(0, |at| at + 1);
        let rest = bad.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let line = format!("{}{}", &good[start..], String::from_utf8_lossy(rest));
        let (at, width) = (good.len() - start, '\u{fffd}'.len_utf8());
        let mark = Mark::new(good.matches('\n').count() + 1, &line, at..at + width);
        let byte = bad.first().copied().unwrap_or_default();
        let what = format!("byte {} of the file, 0x{byte:02X}, is not UTF-8", error.valid_up_to() + 1);
        Problem::at(path, mark, what).help(save())
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn sheet(path: String, text: &str, problems: &mut Vec<Problem>) -> Option<Sheet> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = || (1..).zip(text.trim_end().split('\n'));
    let whole_line = |number, line: &str| Mark::new(number, line, 0..line.len());
    if text.trim().is_empty() {
        problems.push(Problem::of_file(path, "the file is empty"));
        return None;
    }
    // What else is wrong in such a file says nothing.
    if let Some((number, line)) = lines().find(|(_, line)| is_conflict_marker(line)) {
        let problem = Problem::at(path, whole_line(number, line), "a merge left its conflict marker here");
        let help = "keep the lines that are right, and delete the others and the markers";
        problems.push(problem.help(help.to_owned()));
        return None;
    }
    let mut rows = Vec::new();
    for (number, line) in lines() {
        if line.trim_matches(|c: char| c == ',' || c.is_whitespace()).is_empty() {
            let problem = Problem::at(&path, whole_line(number, line), "the row is blank");
            problems.push(problem.help("delete the line".to_owned()));
        } else {
            rows.push((number, line));
        }
    }
    let mut rows = rows.into_iter();
    let (number, line) = rows.next()?;
    if let Some((at, name)) = other_delimiter(line) {
        let problem =
            Problem::at(path, Mark::new(number, line, at..at + 1), format!("the cells are separated by {name}"));
        problems.push(problem.help("separate them by commas".to_owned()));
        return None;
    }
    let mut parsed = |(number, line)| row(&path, number, line).map_err(|problem| problems.push(problem)).ok();
    let header = parsed((number, line))?;
    let is_header_alone = rows.len() == 0;
    let rows: Vec<Row> = rows.filter_map(parsed).collect();
    // The cells of a row of another length would be taken for those of other columns.
    let fits = |row: &Row| same_length(&path, &header, row).map_err(|problem| problems.push(problem)).is_ok();
    let rows = rows.into_iter().filter(fits).collect();
    Some(Sheet { path, header, is_header_alone, rows })
}

fn is_conflict_marker(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|marker| line.starts_with(marker))
}

/// The place and the name of the first delimiter of a header that is delimited, but not by commas.
fn other_delimiter(header: &str) -> Option<(usize, &'static str)> {
    let found = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")]
        .into_iter()
        .find_map(|(delimiter, name)| Some((header.find(delimiter)?, name)));
    found.filter(|_| !header.contains(','))
}

/// Splits a line into its cells.
///
/// The csv crate says which cells there are. It does not say where they stand, takes an unclosed quote for closed and
/// lets a quoted cell go on over lines, which no cell here may: hence a line at a time, and the spans apart.
fn row(path: &str, number: usize, line: &str) -> Result<Row, Problem> {
    if let Some(at) = line.find('\0') {
        return Err(Problem::at(path, Mark::new(number, line, at..at + 1), "there is a NUL byte here"));
    }
    let spans = spans(line).map_err(|quote| {
        let mark = Mark::new(number, line, quote..quote + 1);
        Problem::at(path, mark, "this quote is not closed on its line")
            .help("close it after the cell, or delete it: no cell needs quotes".to_owned())
    })?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(line.as_bytes());
    let texts: Vec<String> = match reader.deserialize().next() {
        Some(Ok(texts)) => texts,
        Some(Err(error)) => return Err(Problem::of_file(path, error.to_string())),
        None => Vec::new(),
    };
    let cells = texts.into_iter().zip(spans).map(|(text, span)| Cell { text, span });
    Ok(Row { number, line: line.to_owned(), cells: cells.collect() })
}

/// Where the cells of a line stand, without the spaces around them; as an error, the quote that is not closed.
fn spans(line: &str) -> Result<Vec<Range<usize>>, usize> {
    enum At {
        Start,
        Bare,
        Quoted(usize),
        /// After a quote that closes the cell, or is the first of a doubled one.
        Quote(usize),
    }
    let mut spans = Vec::new();
    let (mut start, mut state) = (0, At::Start);
    for (at, c) in line.char_indices() {
        state = match (state, c) {
            (At::Start, '"') => At::Quoted(at),
            (At::Quoted(open), '"') => At::Quote(open),
            (At::Quoted(open), _) | (At::Quote(open), '"') => At::Quoted(open),
            (_, ',') => {
                spans.push(trimmed(line, start..at));
                start = at + 1;
                At::Start
            }
            _ => At::Bare,
        };
    }
    spans.push(trimmed(line, start..line.len()));
    if let At::Quoted(open) = state { Err(open) } else { Ok(spans) }
}

fn trimmed(line: &str, span: Range<usize>) -> Range<usize> {
    let cell = &line[span.clone()];
    let start = span.start + (cell.len() - cell.trim_start().len());
    start..start + cell.trim().len()
}

/// Says so if a row has not as many cells as the header.
fn same_length(path: &str, header: &Row, row: &Row) -> Result<(), Problem> {
    let (has, wants) = (row.cells.len(), header.cells.len());
    let what = format!("the row has {has} cells where the header has {wants}");
    match row.cells.get(wants) {
        Some(extra) => {
            let help = decimal_comma(&row.cells)
                .map(|(a, b)| format!("a comma starts a new cell: if `{a},{b}` is one figure, write {a}.{b}"));
            Err(Problem::at(path, row.mark(extra), what).help(help))
        }
        None if has < wants => {
            let end = row.line.trim_end().len();
            let missing = &header.cells[has].text;
            let help = format!("the cell of column `{missing}` is the first that is missing");
            Err(Problem::at(path, Mark::new(row.number, &row.line, end..end), what).help(help))
        }
        None => Ok(()),
    }
}

/// Two cells that look like one figure with a decimal comma.
fn decimal_comma(cells: &[Cell]) -> Option<(&str, &str)> {
    let digits = |cell: &Cell| !cell.text.is_empty() && cell.text.bytes().all(|b| b.is_ascii_digit());
    let mut pairs = cells.get(1..)?.windows(2);
    pairs.find_map(|pair| match pair {
        [whole, fraction] if digits(whole) && digits(fraction) => Some((&*whole.text, &*fraction.text)),
        _ => None,
    })
}
