//! Which name of a log fits a name that is looked for, and what a message proposes if none does.

use std::str;

use dreamstudio_pricing_codegen::nearest;

use super::columns::{ColumnNames, ImagesRule, LogColumn, Use, excerpt};
use crate::csv;
use crate::shell::option;

/// How many names of a log a message lists.
const LISTED: usize = 12;

/// Names that a number of images has in logs, without regard to case and to what separates their words. Names with one of
/// [`IMAGES`] as a word have it too.
const COUNTS: [&str; 19] = [
    "n",
    "num",
    "numimages",
    "nimages",
    "imagecount",
    "imagescount",
    "numberofimages",
    "numimagesperprompt",
    "samples",
    "numsamples",
    "nsamples",
    "outputs",
    "numoutputs",
    "numresults",
    "batch",
    "batchsize",
    "count",
    "quantity",
    "qty",
];

/// Words that the names of numbers of images have.
const IMAGES: [&str; 2] = ["images", "imgs"];

/// How well a name fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Without regard to case, to spaces around it, and to a unit in brackets behind it.
    Loose,
    Exact,
}

/// Returns how well a name of a log fits a name that is looked for.
pub(super) fn fit(found: &[u8], wanted: &str) -> Option<Fit> {
    if found == wanted.as_bytes() {
        return Some(Fit::Exact);
    }
    let (found, wanted) = (plain(str::from_utf8(found).ok()?), plain(wanted));
    (found == wanted || without_unit(&found) == wanted).then_some(Fit::Loose)
}

/// Returns how well a name of a log fits that of a column, by its index in [`ColumnNames::all`].
pub(super) fn fit_column(at: usize, found: &[u8], wanted: &str) -> Option<Fit> {
    // Brackets behind the name of a time may have the zone of all times, as in `Time (UTC)`.
    let has_unit = at != LogColumn::Time as usize;
    let is_alike = || str::from_utf8(found).is_ok_and(|found| plain(found) == plain(wanted));
    fit(found, wanted).filter(|fit| *fit == Fit::Exact || has_unit || is_alike())
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Removes a unit, as in `width (px)`.
fn without_unit(name: &str) -> &str {
    let mut brackets = [('(', ')'), ('[', ']')].into_iter();
    let unit = brackets.find_map(|(open, close)| name.strip_suffix(close)?.rsplit_once(open));
    unit.map_or(name, |(name, _)| name.trim_end())
}

/// Returns whether a name looks like that of a number of images.
pub(super) fn looks_like_count(name: &[u8]) -> bool {
    let Ok(name) = str::from_utf8(name) else { return false };
    if words(name).iter().any(|word| IMAGES.contains(&&**word)) {
        return true;
    }
    let name: String = without_unit(&plain(name)).chars().filter(|c| !matches!(c, ' ' | '_' | '-')).collect();
    COUNTS.contains(&&*name)
}

/// Returns the words of a name, in lower case: `imageWidth`, `image_width` and `image.width` have two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns the words that names of this column have in other logs.
fn words_of(column: LogColumn) -> &'static [&'static str] {
    match column {
        LogColumn::Engine => &["engine", "model"],
        LogColumn::Width => &["width", "w"],
        LogColumn::Height => &["height", "h"],
        LogColumn::Steps => &["steps", "step"],
        LogColumn::Images => &[],
        LogColumn::Size => &["size", "resolution", "dimensions"],
        LogColumn::Time => &["time", "timestamp", "date", "day", "created", "ts"],
    }
}

/// Returns the name of a log that is probably the one for a column.
fn near<'a>(column: LogColumn, name: &str, found: &'a [String]) -> Option<&'a str> {
    let alike = words_of(column).iter().find_map(|word| {
        let has_word =
            found.iter().map(|found| (words(found), found)).filter(|(words, _)| words.iter().any(|w| w == word));
        // The name with the fewest other words.
        has_word.min_by_key(|(words, _)| words.len()).map(|(_, found)| &**found)
    });
    alike.or_else(|| nearest(name, found.iter().map(|found| &**found)).first().copied())
}

/// Returns whether a name of a log is probably that of the engine.
pub(super) fn has_engine(found: &[String], names: &ColumnNames) -> bool {
    near(LogColumn::Engine, names.name(LogColumn::Engine), found).is_some()
}

/// Returns the names of a log that look like that of a number of images, and are not read as another column.
pub(super) fn counts<'a>(found: &'a [String], names: &ColumnNames) -> Vec<&'a str> {
    let is_read = |found: &str| names.priced.iter().flatten().any(|name| name == found);
    let found = found.iter().map(|found| &**found);
    found.filter(|found| looks_like_count(last(found.as_bytes())) && !is_read(found)).collect()
}

/// Returns the last name of a path.
pub(super) fn last(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'.').next().unwrap_or(path)
}

/// Returns whether an option can have a name as a message shows it. A name that was not UTF-8 has the replacement character.
pub(super) fn can_be_pasted(name: &str) -> bool {
    excerpt(name.as_bytes()) == name && !name.contains(char::REPLACEMENT_CHARACTER)
}

/// Where names were looked for.
#[derive(Clone, Copy)]
pub(super) enum Looked {
    Header,
    /// In a header, and in the objects in the cells of the first row.
    Cells,
    /// In all rows of JSON Lines. The names that a message lists are those of one row.
    Rows,
}

/// Says which columns a log does not have, by their indices in [`ColumnNames::all`], lists the names that it has
/// instead, and writes the options that would help. `inner` is the command that reads the rows in the first row, if it has
/// an array of objects.
pub(super) fn missing(
    looked: Looked,
    lacking: &[usize],
    found: &[Vec<u8>],
    names: &ColumnNames,
    inner: Option<&str>,
) -> String {
    let found: Vec<String> = found.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let lacking: Vec<(usize, &str)> = names.all().filter(|(at, _)| lacking.contains(at)).collect();
    let mut quoted: Vec<String> = Vec::new();
    for (_, name) in &lacking {
        let name = format!("`{}`", excerpt(name.as_bytes()));
        if !quoted.contains(&name) {
            quoted.push(name);
        }
    }
    let start = match (looked, &quoted[..]) {
        (Looked::Header | Looked::Cells, [_]) => "the header has no column",
        (Looked::Header | Looked::Cells, _) => "the header does not have the columns",
        (Looked::Rows, [_]) => "no row has a field",
        (Looked::Rows, _) => "no row has the fields",
    };
    let listed = match looked {
        Looked::Header => "its columns are",
        Looked::Cells => "its columns, and the paths in the first row, are",
        Looked::Rows => "the fields of this row are",
    };
    if found.is_empty() {
        return format!("{start} {}, nor any other", quoted.join(", "));
    }
    let hints = hints(&lacking, &found, names, inner);
    format!("{start} {}: {listed} {}; {}", quoted.join(", "), list(&found), hints.join("; "))
}

fn list(found: &[String]) -> String {
    let names = found.iter().take(LISTED).map(|name| format!("`{}`", excerpt(name.as_bytes())));
    let listed = names.collect::<Vec<_>>().join(", ");
    match found.len().checked_sub(LISTED) {
        None | Some(0) => listed,
        Some(more) => format!("{listed} and {more} more"),
    }
}

/// Says what to do about each name that a log does not have.
fn hints(lacking: &[(usize, &str)], found: &[String], names: &ColumnNames, inner: Option<&str>) -> Vec<String> {
    let mut columns: Vec<(LogColumn, &str)> = Vec::new();
    let mut hints = Vec::new();
    for (at, name) in lacking {
        match names.use_of(*at) {
            Use::Price(LogColumn::Time) => hints.push(time_hint(name, found)),
            Use::Price(column) => columns.push((column, name)),
            Use::Group if names.priced.iter().flatten().any(|priced| priced == name) => {}
            Use::Group => {
                let hint = group_hint(name, found, names);
                if !hints.contains(&hint) {
                    hints.push(hint);
                }
            }
            Use::Condition => hints.push(did_you_mean(name, found) + "--where compares columns of the log"),
        }
    }
    if !columns.is_empty() {
        let hint = match inner {
            Some(command) => format!("if the rows are in an array in it, {command} reads them"),
            None => options(&columns, found, names),
        };
        hints.insert(0, hint);
    }
    hints
}

/// Says which column may have the times. One whose brackets may name a zone is not taken without asking.
fn time_hint(name: &str, found: &[String]) -> String {
    let write = |name: &str| format!("write {}", option("--time", name));
    match found.iter().find(|found| fit(found.as_bytes(), name).is_some()) {
        Some(found) => write(found) + "; --tz is the time zone of times without an offset",
        None => near(LogColumn::Time, name, found)
            .map_or_else(|| "--time names the column with the time of each row".to_owned(), write),
    }
}

/// Writes the options that read columns of other names.
fn options(columns: &[(LogColumn, &str)], found: &[String], names: &ColumnNames) -> String {
    let is_lacking = |wanted: LogColumn| columns.iter().any(|(column, _)| *column == wanted);
    let sides = [LogColumn::Width, LogColumn::Height];
    let near_word = |column: LogColumn| near(column, "", found);
    let size = near_word(LogColumn::Size)
        .filter(|_| sides.into_iter().all(|side| is_lacking(side) && near_word(side).is_none()));
    let counts = counts(found, names);
    let mut options = Vec::new();
    for (column, name) in columns {
        match size {
            Some(size) if *column == LogColumn::Width => options.push(column_option(LogColumn::Size, Some(size))),
            Some(_) if *column == LogColumn::Height => {}
            _ if *column == LogColumn::Images && !counts.is_empty() => {
                options.push(column_option(*column, counts.first().copied().filter(|_| counts.len() == 1)));
            }
            _ => options.push(column_option(*column, near(*column, name, found))),
        }
    }
    let has_placeholder = options.iter().any(|option| option.ends_with("=NAME"));
    let name = if has_placeholder { ", where NAME is that of the column in the log" } else { "" };
    let counts = match &counts[..] {
        [_, _, ..] if is_lacking(LogColumn::Images) => format!(" (for images, {})", enumeration(&counts, "or")),
        _ => String::new(),
    };
    let one = match names.images {
        ImagesRule::IfPresent if is_lacking(LogColumn::Images) => {
            ", or --one-image-each for the last one if each row is 1 image"
        }
        _ => "",
    };
    let constants = constants(columns, &options);
    format!("add {}{name}{counts}{one}{constants}", options.join(" "))
}

/// Writes the options for numbers that no column of a log has, if the log has an engine.
fn constants(columns: &[(LogColumn, &str)], options: &[String]) -> String {
    let is_unknown = |column: &LogColumn| options.contains(&column_option(*column, None));
    let sides = [LogColumn::Width, LogColumn::Height, LogColumn::Steps];
    let sides: Vec<LogColumn> = sides.into_iter().filter(is_unknown).collect();
    let numbers: Vec<String> = sides.iter().map(|column| format!("--set {}=NUMBER", column.name())).collect();
    let has_engine = !columns.iter().any(|(column, _)| *column == LogColumn::Engine) || !is_unknown(&LogColumn::Engine);
    if !has_engine || numbers.is_empty() {
        return String::new();
    }
    format!("; or {}, if each row has the same number", numbers.join(" "))
}

/// Lists names, with a word before the last one.
pub(super) fn enumeration(names: &[&str], word: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", excerpt(name.as_bytes()))).collect();
    match &quoted[..] {
        [start @ .., last] if !start.is_empty() => format!("{} {word} {last}", start.join(", ")),
        quoted => quoted.concat(),
    }
}

fn column_option(column: LogColumn, name: Option<&str>) -> String {
    option("--column", &format!("{}={}", column.name(), name.filter(|name| can_be_pasted(name)).unwrap_or("NAME")))
}

fn group_hint(name: &str, found: &[String], names: &ColumnNames) -> String {
    let joined = names.by.join(",");
    if names.by.len() > 1 && found.contains(&joined) && can_be_pasted(&joined) {
        return format!("a name with a comma is in quotes: {}", option("--by", &csv::cell(&joined)));
    }
    let read = LogColumn::ALL.iter().filter_map(|column| Some((column, names.priced[*column as usize].as_deref()?)));
    match read.into_iter().find(|(column, _)| column.name() == name) {
        Some((column, other)) => {
            let other = excerpt(other.as_bytes());
            let given = if *column == LogColumn::Time { "--time ".to_owned() } else { format!("--column {name}=") };
            format!("--by has the names of the log, so write --by {other}, the name in {given}{other}")
        }
        None => did_you_mean(name, found) + "--by groups by columns of the log",
    }
}

fn did_you_mean(name: &str, found: &[String]) -> String {
    let near = nearest(name, found.iter().map(|found| &**found));
    near.first().map(|near| format!("did you mean `{}`? ", excerpt(near.as_bytes()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_without_regard_to_case_spaces_and_unit() {
        for found in ["Width", " width", "WIDTH (px)", "width [px]", "width(px) "] {
            assert_eq!(fit(found.as_bytes(), "width"), Some(Fit::Loose), "{found}");
            assert_eq!(fit(found.as_bytes(), found), Some(Fit::Exact), "{found}");
        }
        for found in ["image width", "width px", "(px) width", "width (px", "widths", "", "width ()x"] {
            assert_eq!(fit(found.as_bytes(), "width"), None, "{found}");
        }
        assert_eq!(fit(b"size (MB)", "size (GB)"), None);
        let time = |found: &str| fit_column(LogColumn::Time as usize, found.as_bytes(), "time");
        assert_eq!(
            ["time", " TIME", "Time (UTC)", "time [ms]"].map(time),
            [Some(Fit::Exact), Some(Fit::Loose), None, None]
        );
        assert_eq!(fit(b"\xff", "width"), None);
    }

    #[test]
    fn a_count_is_recognized() {
        for name in
            ["n", "N", "samples", "num_images", "Num Images", "numImages", "count", "Quantity (images)", "images"]
                .into_iter()
                .chain(["images_generated", "total_images", "# images", "no. of images", "Images per request"])
                .chain(["imgs", "nbImgs", "outputs", "num", "numResults", "batch", "Batch Size (n)"])
        {
            assert!(looks_like_count(name.as_bytes()), "{name}");
        }
        for name in
            ["", "name", "sample", "number", "discount", "user_count", "steps", "image", "image_size", "imagesize"]
        {
            assert!(!looks_like_count(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn the_nearest_name_has_the_word_of_the_column() {
        let found = ["Engine ID", "engine_version_date", "imageWidth", "h", "sampling.steps", "n", "Image Size"]
            .map(str::to_owned);
        for (column, wanted) in [
            (LogColumn::Engine, "Engine ID"),
            (LogColumn::Width, "imageWidth"),
            (LogColumn::Height, "h"),
            (LogColumn::Steps, "sampling.steps"),
            (LogColumn::Size, "Image Size"),
        ] {
            assert_eq!(near(column, column.name(), &found), Some(wanted));
        }
        assert_eq!(near(LogColumn::Engine, "engine", &["engin".to_owned()]), Some("engin"));
        assert_eq!(near(LogColumn::Engine, "engine", &["user".to_owned()]), None);
    }
}
