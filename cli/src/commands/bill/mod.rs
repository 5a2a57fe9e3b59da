//! `dreamprice bill`: a usage log, priced.

mod array;
mod buffer;
mod causes;
mod columns;
mod compression;
mod conditions;
mod encoding;
mod failure;
pub(crate) mod fast;
mod fields;
mod files;
mod groups;
mod headerless;
mod jq;
mod json;
mod log;
mod matching;
mod order;
mod other_counts;
mod output;
mod parallel;
mod pasted;
mod pricing;
mod progress;
mod report;
mod request;
mod rows;
mod separator;
mod shown;
mod source;
mod swallowed;
mod time;
mod time_format;
mod totals;
mod unknown;
mod worker;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dreamstudio_pricing_codegen::nearest;
use encoding_rs::Encoding;
use jiff::tz::{self, TimeZone};

use crate::arguments;
use crate::editions::{EditionArguments, Editions};
use crate::outcome::{EXIT_CODES, Exit, Outcome, terminal_width, terminal_width_of_stderr};
use columns::{ColumnNames, ImagesRule, LogColumn};
use conditions::Condition;
use failure::Failure;
use fast::{Position, Splitter};
use groups::AllGroups;
use log::{BLOCK, InputFormat, Log, LogOptions};
use order::Order;
use output::{Ordered, Outputs, Sink, is_stdout};
use pricing::{Alias, Aliases};
use report::{BillReport, ReportPlan};
use time::{Clock, Period};
use time_format::TimeFormat;
use worker::{BillPlan, Billed, workers};

/// Print what the rows of a usage log cost, and which rows have no price
///
/// The log is CSV with a header, JSON Lines, or a JSON array, and may be compressed with gzip or zstd. The columns engine, width, height and steps must be there, in any
/// order, and images if the rows are for more than 1 image. Names of columns match in any case, with spaces around them,
/// and with a unit in brackets behind them. Every row is priced, estimated if you ask for that, or counted by the reason
/// why it has no price.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The logs; - is standard input
    #[arg(value_name = "USAGE", required = true)]
    files: Vec<PathBuf>,
    /// The form of the logs [default: jsonl for .jsonl, .ndjson and .json, else csv]
    #[arg(long, value_enum)]
    input: Option<InputFormat>,
    /// What separates the cells of CSV: tab, or a character, such as ';' [default: tab for .tsv, else the comma; a first
    /// line such as sep=; says it too]
    #[arg(long, value_name = "CHARACTER", value_parser = separator::separator)]
    separator: Option<u8>,
    /// The encoding of the logs, such as utf-16, latin-1 or windows-1251; what --rows and --unpriced write is in UTF-8
    /// [default: utf-8]
    #[arg(long, value_parser = encoding::encoding)]
    encoding: Option<&'static Encoding>,
    /// Read a column of another name, such as engine=model; also width, height, steps and images, and size for a column
    /// with both width and height, such as 512x768. A name can be a path into JSON, such as width=image.width
    #[arg(long = "column", value_name = "COLUMN=NAME", value_parser = column)]
    columns: Vec<(LogColumn, String)>,
    /// Give each row this number, such as steps=30, if the log does not have its column; also width and height
    #[arg(long = "set", value_name = "COLUMN=NUMBER", value_parser = constant)]
    constants: Vec<(LogColumn, String)>,
    /// Count each row as 1 image, although a column of the log looks like a number of images
    #[arg(long)]
    one_image_each: bool,
    /// Read a cell with exactly this text as an empty one, such as '\N'
    #[arg(long = "null", value_name = "TEXT")]
    nulls: Vec<String>,
    /// Read a name of the log as that of an engine or a table, such as stability/sdxl=sdxl
    #[arg(long = "engine", value_name = "NAME=ENGINE", value_parser = Alias::parse)]
    engines: Vec<Alias>,
    /// Bill only rows that have this text in a column, or with != only those that do not; an empty cell, null and a
    /// missing field are the empty text. Several conditions must all hold
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = Condition::parse)]
    conditions: Vec<Condition>,
    #[command(flatten)]
    editions: EditionArguments,
    /// Read the time of each row from this column, which decides which edition of --tables is in force: a time as in RFC
    /// 3339, a date with or without a time, or seconds or milliseconds since 1970
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// The form of all times: seconds, milliseconds, microseconds or nanoseconds since 1970, or a pattern as of strptime, such as '%d.%m.%Y %H:%M' [default: any
    /// of those of --time that has only one meaning]
    #[arg(long, value_name = "FORM", requires = "time", value_parser = TimeFormat::parse)]
    time_format: Option<TimeFormat>,
    /// The time zone of days, such as Europe/Berlin; a time without an offset is of this zone
    #[arg(long, value_name = "ZONE", requires = "time", default_value = "UTC", value_parser = zone)]
    tz: TimeZone,
    /// Group by the day, week, month or year of the rows, before the columns of --by; without --by only by these
    #[arg(long, value_enum, value_name = "PERIOD", requires = "time")]
    per: Option<Period>,
    /// Group by these columns of the log, separated by commas; a name with a comma is in quotes, as in CSV: --by
    /// '"a,b",c' [default: the column of engines, unless --per is there]
    #[arg(long, value_name = "COLUMNS", value_parser = column_list)]
    by: Vec<ColumnList>,
    /// The order of the groups [default: name, or credits with --top]
    #[arg(long, value_name = "ORDER", value_enum)]
    sort: Option<Order>,
    /// Report only the first N groups, and the sum of the others in one row
    #[arg(long, value_name = "N", value_parser = top)]
    top: Option<usize>,
    /// Estimate what the tables do not price
    #[arg(long)]
    estimate: bool,
    /// Write the log with what each row costs to this file; - is standard output, and the report goes to standard
    /// error. If its reader stops early, as head does, the report is still that of the whole log
    #[arg(long, value_name = "FILE")]
    rows: Option<PathBuf>,
    /// Write the rows without a price to this file, with their lines, reasons and causes; - is standard output
    #[arg(long, value_name = "FILE")]
    unpriced: Option<PathBuf>,
    /// The format of the report; json and csv have amounts as decimal strings
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    format: ReportFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For a terminal
    Text,
    /// For a spreadsheet: a row for each group; an apostrophe in front of a cell that would be a formula there
    Csv,
    /// For programs
    Json,
}

/// The columns of one `--by`.
#[derive(Clone)]
struct ColumnList(Vec<String>);

/// Parses a line of CSV as the header of a log.
fn column_list(text: &str) -> Result<ColumnList, String> {
    let mut splitter = Splitter::new(b',');
    let mut position = Position { at: 0, line: 1 };
    let Some(record) = splitter.next(text.as_bytes(), &mut position) else {
        return Ok(ColumnList(vec![text.to_owned()]));
    };
    if record.is_open {
        return Err("a quote is not closed; write a name that begins with a quote as \"\"\"a\"\"\"".to_owned());
    }
    if position.at < text.len() {
        return Err("write a name with a line feed in quotes".to_owned());
    }
    let cells = (0..record.count()).filter_map(|at| record.get(at));
    Ok(ColumnList(cells.map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()))
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| {
        let zones: Vec<String> = tz::db().available().map(|zone| zone.to_string()).collect();
        let city =
            zones.iter().find(|zone| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name)));
        let near = nearest(name, zones.iter().map(|zone| &**zone));
        match city.map(|city| &**city).or(near.first().copied()) {
            Some(zone) => format!("unknown time zone `{name}`: did you mean `{zone}`?"),
            None => {
                format!("unknown time zone `{name}`: the zones are those of the IANA database, such as Europe/Berlin")
            }
        }
    })
}

fn top(text: &str) -> Result<usize, String> {
    arguments::number("the number of groups", text.trim(), usize::MAX)
}

fn column(text: &str) -> Result<(LogColumn, String), String> {
    let column = |name: &str| LogColumn::ALL.into_iter().find(|column| column.name() == name);
    let column = |name: &str| column(name).filter(|column| *column != LogColumn::Time);
    let (name, other) = text.split_once('=').unwrap_or((text, ""));
    match (column(name), other) {
        (Some(_), "") => Err(format!("write {name}= and the name that the column has in the log")),
        (Some(column), other) => Ok((column, other.to_owned())),
        (None, _) => Err("the columns are engine, width, height, steps, images and size".to_owned()),
    }
}

fn constant(text: &str) -> Result<(LogColumn, String), String> {
    let columns = [LogColumn::Width, LogColumn::Height, LogColumn::Steps];
    let (name, number) = text.split_once('=').unwrap_or_default();
    let column = columns.into_iter().find(|column| column.name() == name);
    let column = column.ok_or("write width=, height= or steps=, and the number that each row has, such as steps=30")?;
    Ok((column, arguments::number(column.name(), number, u32::MAX)?.to_string()))
}

/// Returns the texts that an option gives to columns, by column.
fn by_column(option: &str, given: &[(LogColumn, String)]) -> Result<[Option<String>; LogColumn::COUNT], Failure> {
    let mut texts = [const { None }; LogColumn::COUNT];
    for (column, text) in given {
        if texts[*column as usize].replace(text.clone()).is_some() {
            return Err(Failure::Other(format!("{option} names the column {} twice", column.name())));
        }
    }
    Ok(texts)
}

impl Arguments {
    fn names(&self) -> Result<ColumnNames, Failure> {
        let mut given = by_column("--column", &self.columns)?;
        let constants = by_column("--set", &self.constants)?;
        let is_given = |column: LogColumn| given[column as usize].is_some();
        if let Some((column, number)) = self.constants.iter().find(|(column, _)| is_given(*column)) {
            let name = column.name();
            let message = format!("--set {name}={number} would ignore --column {name}=…: leave out one of them");
            return Err(Failure::Other(message));
        }
        let sides = [LogColumn::Width, LogColumn::Height];
        let is_set = |column: LogColumn| constants[column as usize].is_some();
        if is_given(LogColumn::Size) && sides.into_iter().any(|side| is_given(side) || is_set(side)) {
            return Err(Failure::Other("--column size=… has width and height: leave out those two".to_owned()));
        }
        let images = match (is_given(LogColumn::Images), self.one_image_each) {
            (true, true) => {
                return Err(Failure::Other(
                    "--one-image-each would ignore --column images=…: leave out one of them".to_owned(),
                ));
            }
            (true, false) => ImagesRule::Named,
            (false, true) => ImagesRule::OneEach,
            (false, false) => ImagesRule::IfPresent,
        };
        let has_size = is_given(LogColumn::Size);
        given[LogColumn::Time as usize].clone_from(&self.time);
        let priced = LogColumn::ALL.map(|column| {
            let has_default = match column {
                LogColumn::Size | LogColumn::Time => false,
                LogColumn::Width | LogColumn::Height => !has_size,
                _ => true,
            };
            given[column as usize].take().or_else(|| has_default.then(|| column.name().to_owned()))
        });
        let mut by: Vec<String> = self.by.iter().flat_map(|ColumnList(names)| names).cloned().collect();
        if let Some((_, name)) = by.iter().enumerate().find(|(at, name)| by[..*at].contains(name)) {
            return Err(Failure::Other(format!("--by names the column `{name}` twice")));
        }
        if let Some(period) = self.per.map(Period::name).filter(|period| by.iter().any(|name| name == period)) {
            let message =
                format!("--per {period} and --by {period} have the same name in the report: leave out one of them");
            return Err(Failure::Other(message));
        }
        if by.is_empty() && self.per.is_none() {
            by.extend(priced[LogColumn::Engine as usize].clone());
        }
        Ok(ColumnNames {
            priced,
            constants,
            by,
            conditions: self.conditions.clone(),
            images,
            nulls: self.nulls.clone(),
        })
    }

    /// Reads the editions.
    fn editions(&self) -> Result<Editions, Outcome> {
        let editions = self.editions.editions()?;
        let message = match (&self.time, editions.are_dated()) {
            (None, true) => {
                "the editions of --tables DAY=DIR are in force from a day on: add --time COLUMN, the column with the time of each row"
            }
            (Some(_), false) if self.per.is_none() => {
                "--time needs editions with days, --tables DAY=DIR, or --per to group by"
            }
            _ => return Ok(editions),
        };
        Err(Outcome::error(message, Exit::Error))
    }

    fn clock(&self) -> Option<Clock> {
        self.time.as_ref().map(|_| Clock::new(self.time_format.clone(), self.tz.clone()))
    }

    /// Returns the names of what the groups have in common.
    fn grouped_by<'a>(&self, names: &'a ColumnNames) -> Vec<&'a str> {
        self.per.map(Period::name).into_iter().chain(names.by.iter().map(|name| &**name)).collect()
    }

    fn report_plan<'a>(&'a self, by: &'a [&'a str], editions: &'a Editions) -> ReportPlan<'a> {
        let order = self.sort.unwrap_or(if self.top.is_some() { Order::Credits } else { Order::Name });
        ReportPlan {
            files: &self.files,
            by,
            editions: editions.all(),
            is_dated: editions.are_dated(),
            time_zone: self.time.as_ref().and_then(|_| self.tz.iana_name()),
            estimates: self.estimate,
            order,
            top: self.top,
            has_conditions: !self.conditions.is_empty(),
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    run_in_blocks(arguments, BLOCK, workers())
}

pub(crate) fn run_in_blocks(arguments: &Arguments, block_size: usize, workers: usize) -> Outcome {
    let editions = match arguments.editions() {
        Ok(editions) => editions,
        Err(error) => return error,
    };
    match bill(arguments, &editions, block_size, workers) {
        Ok(outcome) => outcome,
        Err(failure) => failure.outcome(&arguments.files),
    }
}

fn bill(arguments: &Arguments, editions: &Editions, block_size: usize, workers: usize) -> Result<Outcome, Failure> {
    let Arguments { rows, unpriced, format, .. } = arguments;
    let names = arguments.names()?;
    let (groups, billed) = price(arguments, &names, editions, block_size, workers)?;
    let parts = groups.sorted();
    let by = arguments.grouped_by(&names);
    let report = BillReport::new(arguments.report_plan(&by, editions), &groups, &parts, &billed)?;
    let has_stdout = [rows, unpriced].into_iter().flatten().any(|path| is_stdout(path));
    let exit = if report.has_unpriced() { Exit::No } else { Exit::Done };
    let outcome = match format {
        ReportFormat::Text => {
            let width = if has_stdout { terminal_width_of_stderr() } else { terminal_width() };
            Outcome::text(report.text(width)?, exit)
        }
        ReportFormat::Csv => {
            let notes = [report.summary()].into_iter().chain(report.notes());
            let notes = notes.chain(report.unknown_notes()).chain(report.open_quotes());
            Outcome::parts(report.csv()?, exit).with_notes(notes)
        }
        ReportFormat::Json => Outcome::json(&report, exit),
    };
    Ok(if has_stdout { outcome.on_stderr() } else { outcome })
}

/// Prices all rows, and writes the outputs.
fn price(
    arguments: &Arguments,
    names: &ColumnNames,
    editions: &Editions,
    block_size: usize,
    workers: usize,
) -> Result<(AllGroups, Billed), Failure> {
    let Arguments { files, input, separator, encoding, estimate, rows, unpriced, per: period, .. } = arguments;
    let (has_rows, has_unpriced) = (rows.is_some(), unpriced.is_some());
    files::check(files, [("--rows", rows.as_deref()), ("--unpriced", unpriced.as_deref())])?;
    let added = rows::added(has_rows, has_unpriced, *estimate);
    let has_csv = files.iter().any(|file| InputFormat::of(file, *input) == InputFormat::Csv);
    if separator.is_some() && !has_csv {
        return Err(Failure::Other("--separator is for CSV, and no log is CSV: leave it out".to_owned()));
    }
    let (separator, encoding) = (*separator, *encoding);
    let options = LogOptions { files, format: *input, separator, encoding, names, added: &added, block_size };
    let aliases = Aliases::new(&arguments.engines, editions).map_err(Failure::Other)?;
    let clock = arguments.clock();
    let plan = BillPlan {
        log: options,
        aliases: &aliases,
        editions,
        clock: clock.as_ref(),
        period: *period,
        estimates: *estimate,
        has_rows,
        has_unpriced,
    };
    let log = Log::open(options)?;
    let columns = log.first_columns();
    let open = |path: &Option<PathBuf>| path.as_deref().map(Sink::open).transpose();
    let mut sinks = Outputs { rows: open(rows)?, unpriced: open(unpriced)? };
    if let Some(columns) = columns {
        if let Some(sink) = &mut sinks.rows {
            sink.write(&rows::csv_header(&columns, *estimate))?;
        }
        if let Some(sink) = &mut sinks.unpriced {
            sink.write(&rows::csv_unpriced_header(&columns))?;
        }
    }
    let ordered = Ordered::new(sinks);
    let (groups, billed) = worker::price(plan, log, &ordered, workers)?;
    billed.fields.check(&options)?;
    ordered.finish()?;
    Ok((groups, billed))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;

    use clap::Parser;
    use dreamstudio_pricing::Table;
    use tempfile::TempDir;

    use super::*;

    #[derive(Parser)]
    struct BillArguments {
        #[command(flatten)]
        arguments: Arguments,
    }

    /// Returns the report and the outputs of a log.
    fn bill(folder: &TempDir, log: &str, text: &str, block_size: usize, workers: usize) -> [String; 3] {
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path(log), text).unwrap();
        let (log, rows, unpriced) = (path(log), path("rows"), path("unpriced"));
        let arguments = ["bill", &log, "--by", "engine,note", "--rows", &rows, "--unpriced", &unpriced];
        let BillArguments { arguments } = BillArguments::try_parse_from(arguments).unwrap();
        let names = arguments.names().ok().unwrap();
        let editions = arguments.editions().unwrap();
        let (groups, billed) = price(&arguments, &names, &editions, block_size, workers).ok().unwrap();
        let (parts, by) = (groups.sorted(), arguments.grouped_by(&names));
        let report = BillReport::new(arguments.report_plan(&by, &editions), &groups, &parts, &billed).ok().unwrap();
        [
            serde_json::to_string(&report).unwrap(),
            fs::read_to_string(rows).unwrap(),
            fs::read_to_string(unpriced).unwrap(),
        ]
    }

    /// Blocks of every size put a boundary at every offset: in quoted line feeds, between two quotes, between a
    /// carriage return and its line feed.
    #[test]
    fn the_bill_is_the_same_wherever_a_block_ends() {
        let folder = tempfile::tempdir().unwrap();
        let cell = Table::ALL[0].cells().next().unwrap();
        let engine = format!("{},{},{},{}", Table::ALL[0], cell.width, cell.height, cell.steps);
        let notes = ["\"two\nlines\"", "\"\n\"", "\"\"\"\n\"\"\"", "6\" x 4\"", "\"a\"b", "\"\r\n\"", "", "\"\n"];
        let mut log = "\u{feff}engine,width,height,steps,note\r\n".to_owned();
        for (at, note) in notes.iter().enumerate() {
            write!(log, "{engine}{},{note}{}", at % 3, ["\n", "\r\n", "\n\n"][at % 3]).unwrap();
        }
        let whole = bill(&folder, "log.csv", &log, BLOCK, 1);
        for block_size in 1..=log.len() + 1 {
            for workers in [1, 3] {
                assert_eq!(bill(&folder, "log.csv", &log, block_size, workers), whole, "{block_size} {workers}");
            }
        }
    }

    /// More engines and more notes than a worker keeps, each in several parts of the log.
    #[test]
    fn each_of_many_groups_has_all_of_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = "engine,width,height,steps,note\n".to_owned();
        for at in 0..15_000 {
            writeln!(log, "engine-{},512,512,30,note", at % 5000).unwrap();
        }
        let path = folder.path().join("log.csv");
        fs::write(&path, &log).unwrap();
        for (by, workers) in [("engine", 1), ("engine,note", 1), ("engine", 3)] {
            let arguments = ["bill", path.to_str().unwrap(), "--by", by, "--format", "csv"];
            let BillArguments { arguments } = BillArguments::try_parse_from(arguments).unwrap();
            let outcome = run_in_blocks(&arguments, 10_000, workers);
            let rows = if by == "engine" { "3,3,0,0," } else { "note,3,3,0,0," };
            let mut wanted: Vec<String> = (0..5000).map(|at| format!("engine-{at},{rows}")).collect();
            wanted.sort();
            let stdout = outcome.stdout();
            let lines: Vec<&str> = stdout.lines().skip(1).collect();
            assert_eq!(lines.len(), wanted.len());
            assert!(lines.iter().zip(&wanted).all(|(line, start)| line.starts_with(start)), "{by}: {lines:?}");
        }
    }

    #[test]
    fn a_row_of_the_largest_size_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let row = r#"{"engine":"a","width":1,"height":1,"steps":1,"note":""}"#;
        let log = " ".repeat(log::MAX_RECORD) + "\n" + row;
        // All of the row but its end is read at once.
        let [report, ..] = bill(&folder, "log.jsonl", &log, log::MAX_RECORD, 1);
        assert!(report.starts_with("{\"rows\":1,"), "{report}");
    }

    #[test]
    fn the_bill_of_json_lines_is_the_same_wherever_a_block_ends() {
        let folder = tempfile::tempdir().unwrap();
        let log = "\u{feff}{\"engine\":\"a\",\"width\":1,\"height\":1,\"steps\":1, \"note\": \"\\n\"}\r\n\n{\"note\": null}\n[]\n{}";
        let whole = bill(&folder, "log.jsonl", log, BLOCK, 1);
        for block_size in 1..=log.len() + 1 {
            assert_eq!(bill(&folder, "log.jsonl", log, block_size, 2), whole, "{block_size}");
        }
    }
}
