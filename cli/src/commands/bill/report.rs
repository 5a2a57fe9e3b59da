//! The totals of a log as text, CSV and JSON.

use std::borrow::Cow;
use std::path::PathBuf;

use dreamstudio_pricing::{Credits, Usd};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use dreamstudio_pricing_codegen::escape_hidden;

use super::causes::OpenCell;
use super::columns::excerpt;
use super::failure::{Failure, label_of};
use super::groups::{AllGroups, GroupPart, NEAR};
use super::order::{Order, TopGroups};
use super::parallel::in_parallel;
use super::pricing::Reason;
use super::shown::{TOTAL, shown, within};
use super::totals::{EditionSums, EstimatedTotals, FIRST_LINES, LogLine, Overflow, Totals, UnpricedTotals};
use super::unknown::UnknownCounts;
use super::worker::Billed;
use crate::amounts::{Places, thousands};
use crate::book::{BookBilling, Money};
use crate::csv;
use crate::editions::Edition;
use crate::names::hidden_in;
use crate::plural::count;
use crate::shell::option;
use crate::text_table::{Alignment, TextTable};
use crate::version::PROGRAM;

/// What a report is about.
#[derive(Clone, Copy)]
pub(super) struct ReportPlan<'a> {
    pub(super) files: &'a [PathBuf],
    /// The columns that the groups are by.
    pub(super) by: &'a [&'a str],
    pub(super) editions: &'a [Edition],
    /// Whether the editions have days, so that a row can have none.
    pub(super) is_dated: bool,
    /// The time zone of the days, if rows have days.
    pub(super) time_zone: Option<&'a str>,
    /// Whether rows without a price are estimated.
    pub(super) estimates: bool,
    pub(super) order: Order,
    /// How many groups the report has, if not all.
    pub(super) top: Option<usize>,
    /// Whether conditions can leave out rows.
    pub(super) has_conditions: bool,
}

#[derive(Serialize)]
pub(super) struct BillReport<'a> {
    #[serde(skip)]
    plan: ReportPlan<'a>,
    #[serde(flatten)]
    total: TotalsReport,
    /// Whether no row has a number of images, so that each counts as one.
    one_image_each: bool,
    /// How many rows count as one image because that cell is empty.
    blank_images: u64,
    /// How many rows the conditions leave out.
    left_out: u64,
    /// How many headers in the middle of a log are left out.
    headers_again: u64,
    /// Whether cells that rows are grouped by are not UTF-8, so that different ones may be one group.
    not_utf_8: bool,
    unknown_engines: Vec<UnknownReport>,
    /// The rows that hide the rest of their file.
    open_quotes: Vec<OpenReport>,
    groups: GroupsReport<'a>,
    /// The sum of all other groups.
    others: Option<OthersReport<'a>>,
    /// That of the days, if rows have days.
    time_zone: Option<&'a str>,
    /// In ascending order of their days, with those that no row is of.
    editions: Vec<EditionReport<'a>>,
    /// That of the command.
    version: &'static str,
}

#[derive(Serialize)]
struct EditionReport<'a> {
    edition: &'a str,
    /// The first day on which it is in force.
    from: Option<String>,
    #[serde(flatten)]
    totals: TotalsReport,
}

#[derive(Serialize)]
struct UnknownReport {
    /// `None` for all engines that are not counted apart.
    engine: Option<String>,
    /// The engine or the table that the id hides.
    suggestion: Option<&'static str>,
    rows: u64,
    images: u128,
}

impl UnknownReport {
    fn new(engine: Option<String>, UnknownCounts { rows, images }: UnknownCounts, editions: &[Edition]) -> Self {
        // The engine itself may be in another edition.
        let hidden =
            |edition: &Edition, engine: &str| hidden_in(edition.book, engine).filter(|hidden| *hidden != engine);
        let suggestion = |engine: &str| editions.iter().rev().find_map(|edition| hidden(edition, engine));
        Self { suggestion: engine.as_deref().and_then(suggestion), engine, rows, images }
    }
}

#[derive(Serialize)]
struct OthersReport<'a> {
    /// How many groups they are.
    groups: usize,
    #[serde(flatten)]
    totals: TotalsReport,
    #[serde(skip)]
    parts: Vec<&'a [GroupPart<'a>]>,
}

impl<'a> OthersReport<'a> {
    fn new(plan: ReportPlan, parts: Vec<&'a [GroupPart<'a>]>) -> Result<Self, Overflow> {
        let sums = plan.sums(parts.iter().copied().flatten())?;
        let totals = TotalsReport::new(&sums, |_, lines| lines_of(plan.files, lines));
        Ok(Self { groups: parts.len(), totals, parts })
    }

    fn label(&self) -> String {
        format!("({})", count(thousands(self.groups), "other", "others"))
    }
}

#[derive(Serialize)]
struct OpenReport {
    file: String,
    #[serde(flatten)]
    cell: OpenCell,
}

#[derive(Serialize)]
struct GroupReport<'a> {
    by: GroupedBy<'a>,
    #[serde(flatten)]
    totals: TotalsReport,
}

/// The parts of the groups in their order. What is written of a group is made when it is written, because there may be
/// millions.
struct GroupsReport<'a> {
    plan: ReportPlan<'a>,
    groups: Vec<&'a [GroupPart<'a>]>,
}

impl Serialize for GroupsReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut groups = serializer.serialize_seq(Some(self.groups.len()))?;
        for parts in &self.groups {
            let lines = |_, lines: &[LogLine]| lines_of(self.plan.files, lines);
            let report = GroupReport::new(self.plan, parts, lines);
            groups.serialize_element(&report.map_err(S::Error::custom)?)?;
        }
        groups.end()
    }
}

impl<'a> GroupReport<'a> {
    fn new(
        plan: ReportPlan<'a>,
        parts: &'a [GroupPart<'a>],
        lines: impl Fn(Reason, &[LogLine]) -> Vec<LineReport>,
    ) -> Result<Self, Overflow> {
        let totals = TotalsReport::new(&plan.sums(parts.iter())?, lines);
        Ok(Self { by: GroupedBy { names: plan.by, parts }, totals })
    }
}

/// The cells of a group by the names of their columns.
struct GroupedBy<'a> {
    names: &'a [&'a str],
    parts: &'a [GroupPart<'a>],
}

impl<'a> GroupedBy<'a> {
    fn cells(&self) -> impl Iterator<Item = Option<Cow<'a, str>>> {
        let columns = self.names.len();
        self.parts.first().into_iter().flat_map(move |part| part.cells(columns))
    }
}

impl Serialize for GroupedBy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(self.cells()))
    }
}

#[derive(Serialize)]
struct TotalsReport {
    rows: u64,
    images: u128,
    priced: PricedReport,
    estimated: EstimatedReport,
    unpriced: UnpricedReport,
}

#[derive(Default, Serialize)]
struct PricedReport {
    rows: u64,
    images: u64,
    #[serde(flatten)]
    amounts: Money,
}

#[derive(Default, Serialize)]
struct EstimatedReport {
    rows: u64,
    images: u64,
    /// `None` if a row has no expected amount.
    expected: Option<Money>,
    /// How many rows have none.
    without_expected: u64,
    at_most: Money,
}

#[derive(Serialize)]
struct UnpricedReport {
    rows: u64,
    images: u128,
    reasons: Vec<ReasonReport>,
}

#[derive(Serialize)]
struct ReasonReport {
    reason: Reason,
    rows: u64,
    images: u128,
    first_lines: Vec<LineReport>,
}

#[derive(Serialize)]
struct LineReport {
    file: String,
    line: u64,
    /// Only the total has causes.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

/// Returns first lines without causes.
fn lines_of(files: &[PathBuf], lines: &[LogLine]) -> Vec<LineReport> {
    lines.iter().map(|line| LineReport { file: label_of(files, line.file), line: line.line, cause: None }).collect()
}

/// Leaves out the first lines of groups, which only JSON has.
fn no_lines(_: Reason, _: &[LogLine]) -> Vec<LineReport> {
    Vec::new()
}

impl TotalsReport {
    /// Takes what is reported of the first lines of each reason.
    fn new(sums: &EditionSums, lines: impl Fn(Reason, &[LogLine]) -> Vec<LineReport>) -> Self {
        let EditionSums { totals, usd, expected_usd, at_most_usd } = sums;
        let none = EstimatedTotals::default();
        let EstimatedTotals { rows, images, expected, without_expected, at_most } =
            *totals.estimated.as_deref().unwrap_or(&none);
        Self {
            rows: totals.rows(),
            images: totals.images(),
            priced: PricedReport {
                rows: totals.priced.rows,
                images: totals.priced.images,
                amounts: Money { credits: totals.priced.credits, usd: *usd },
            },
            estimated: EstimatedReport {
                rows,
                images,
                expected: (without_expected == 0).then_some(Money { credits: expected, usd: *expected_usd }),
                without_expected,
                at_most: Money { credits: at_most, usd: *at_most_usd },
            },
            unpriced: UnpricedReport::new(totals, lines),
        }
    }
}

impl UnpricedReport {
    fn new(totals: &Totals, lines: impl Fn(Reason, &[LogLine]) -> Vec<LineReport>) -> Self {
        let reason = |(reason, unpriced): (Reason, &UnpricedTotals)| {
            let &UnpricedTotals { rows, images, ref first_lines } = unpriced;
            ReasonReport { reason, rows, images, first_lines: lines(reason, first_lines) }
        };
        let reasons = totals.unpriced().map(reason).collect();
        Self { rows: totals.unpriced_rows(), images: totals.unpriced_images(), reasons }
    }
}

impl<'a> ReportPlan<'a> {
    /// Returns the position of the edition of a part of a group, if it has one.
    fn position(&self, part: &GroupPart) -> Option<usize> {
        if self.is_dated { part.edition(self.by.len()) } else { Some(0) }
    }

    fn billing(&self, position: Option<usize>) -> Option<&'a BookBilling> {
        self.editions.get(position?).map(|edition| &edition.book.billing)
    }

    fn sums<'p>(&self, parts: impl Iterator<Item = &'p GroupPart<'p>>) -> Result<EditionSums<'p>, Overflow> {
        let mut parts = parts.map(|part| EditionSums::of(part.totals, self.billing(self.position(part))));
        let first = parts.next().unwrap_or_else(EditionSums::none);
        parts.try_fold(first, |sum, part| sum.add(&part))
    }

    /// Returns the totals of each edition, and last those of the rows without one.
    fn totals_by_edition(&self, groups: &AllGroups) -> Result<Vec<Totals>, Overflow> {
        let mut totals = vec![Totals::default(); self.editions.len() + 1];
        for part in groups.parts() {
            totals[self.position(&part).unwrap_or(self.editions.len())].merge(part.totals)?;
        }
        Ok(totals)
    }
}

impl<'a> BillReport<'a> {
    /// Reports groups, of which these are the sorted parts.
    pub(super) fn new(
        plan: ReportPlan<'a>,
        groups: &AllGroups,
        parts: &'a [GroupPart<'a>],
        billed: &Billed,
    ) -> Result<Self, Failure> {
        let files = plan.files;
        let &Billed { ref causes, ref fields, blank_images, left_out, headers_again, not_utf_8, .. } = billed;
        let with_causes = |reason, lines: &[LogLine]| {
            let mut lines = lines_of(files, lines);
            for (index, line) in lines.iter_mut().enumerate() {
                line.cause = causes.of(reason, index).map(str::to_owned);
            }
            lines
        };
        let totals = plan.totals_by_edition(groups)?;
        let sums = |position: usize| EditionSums::of(&totals[position], plan.billing(Some(position)));
        let total = (0..totals.len()).map(sums).try_fold(EditionSums::none(), |total, sums| total.add(&sums))?;
        let total = TotalsReport::new(&total, with_causes);
        let TopGroups { groups, others } = TopGroups::new(parts, plan);
        let groups = GroupsReport { plan, groups };
        let others = (!others.is_empty()).then(|| OthersReport::new(plan, others)).transpose()?;
        let report = |(position, edition): (usize, &'a Edition)| EditionReport {
            edition: &edition.book.edition,
            from: edition.from.map(|from| from.to_string()),
            totals: TotalsReport::new(&sums(position), |_, lines| lines_of(files, lines)),
        };
        let editions = plan.editions.iter().enumerate().map(report).collect();
        let one_image_each = fields.has_images() == Some(false);
        let blank_images = if one_image_each { 0 } else { blank_images };
        let unknown = |(engine, counts)| UnknownReport::new(engine, counts, plan.editions);
        let unknown_engines = billed.unknown.sorted().into_iter().map(unknown).collect();
        let open = |(line, cell): &(LogLine, OpenCell)| OpenReport { file: label_of(files, line.file), cell: *cell };
        let open_quotes = causes.open().iter().map(open).collect();
        Ok(Self {
            plan,
            total,
            one_image_each,
            blank_images,
            left_out,
            headers_again,
            not_utf_8,
            unknown_engines,
            open_quotes,
            groups,
            others,
            time_zone: plan.time_zone,
            editions,
            version: PROGRAM,
        })
    }

    pub(super) fn has_unpriced(&self) -> bool {
        self.total.unpriced.rows > 0
    }

    /// Returns how many rows are priced, estimated and not priced.
    pub(super) fn summary(&self) -> String {
        let TotalsReport { rows, priced, estimated, unpriced, .. } = &self.total;
        let mut parts = vec![format!("{} priced", thousands(priced.rows))];
        if estimated.rows > 0 {
            parts.push(format!("{} estimated", thousands(estimated.rows)));
        }
        parts.push(format!("{} not priced", thousands(unpriced.rows)));
        format!("{}: {}", count(thousands(rows), "row", "rows"), parts.join(", "))
    }

    /// Says which rows are left out, and which count as one image without saying so.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let each = self.one_image_each.then(|| "no row has a number of images: each counts as 1 image".to_owned());
        let rows = |number: u64, one: &str, many: &str| (number > 0).then(|| count(thousands(number), one, many));
        let blank = rows(self.blank_images, "row has an empty number of images", "rows have an empty number of images");
        let blank = blank.map(|rows| rows + ", which counts as 1 image");
        let headers = rows(self.headers_again, "repeated header is left out", "repeated headers are left out");
        let not_utf_8 = "names of groups are not UTF-8, so that different ones may be one group: --encoding windows-1252 \
                         reads them, or --encoding with the encoding of the log";
        let not_utf_8 = self.not_utf_8.then(|| not_utf_8.to_owned());
        [each, blank, self.left_out_note(), headers, not_utf_8].into_iter().flatten()
    }

    /// Says how many rows the conditions leave out, also if it is none: a mistyped text leaves out no row, or all.
    fn left_out_note(&self) -> Option<String> {
        let left_out = thousands(self.left_out);
        let note = match (self.left_out, self.total.rows) {
            _ if !self.plan.has_conditions => return None,
            (0, _) => "0 rows are left out by --where".to_owned(),
            (1, 0) => "the only row is left out by --where".to_owned(),
            (_, 0) => format!("all {left_out} rows are left out by --where"),
            (_, _) => count(left_out, "more row is left out by --where", "more rows are left out by --where"),
        };
        Some(note)
    }

    /// Returns text that is at most `width` wide, if there is a width to keep to.
    pub(super) fn text(&self, width: Option<usize>) -> Result<String, Overflow> {
        let mut text = String::new();
        let groups = self.groups.groups.iter().map(|parts| GroupReport::new(self.plan, parts, no_lines));
        let groups: Vec<GroupReport> = groups.collect::<Result<_, _>>()?;
        let columns = Columns::of(self, &groups);
        if !groups.is_empty() {
            text += &within(width, self.plan.by.len(), |limit| self.group_table(&groups, &columns, limit));
            text.push('\n');
        }
        text += &self.summary();
        text.push('\n');
        self.notes().for_each(|note| text += &(note + "\n"));
        if self.total.estimated.without_expected > 0 {
            let rows = count(thousands(self.total.estimated.without_expected), "row has", "rows have");
            text += &rows;
            text += " no expected amount, so that no sum of these is known\n";
        }
        text += &self.edition_lines(&columns, width);
        if self.has_unpriced() {
            text.push('\n');
            text += &self.reasons(width);
            text.push('\n');
            if !self.unknown_engines.is_empty() {
                text += &within(width, 1, |limit| self.unknown_table(limit));
                text += &self.suggested_options();
                text.push('\n');
            }
            text += &self.causes();
        }
        self.open_quotes().for_each(|note| text += &(note + "\n"));
        Ok(text)
    }

    /// Returns a row for each group and for the sums, with names that are at most `limit` wide.
    fn group_table(&self, groups: &[GroupReport], columns: &Columns, limit: usize) -> TextTable {
        let by = self.plan.by;
        let names = |label: String| [label].into_iter().chain(by.iter().skip(1).map(|_| String::new())).collect();
        let group = |group: &GroupReport| group.by.cells().map(|cell| shown(cell.as_deref(), limit)).collect();
        let groups = groups.iter().map(|report| (group(report), &report.totals));
        let others = self.others.iter().map(|others| (names(others.label()), &others.totals));
        let total = (names(TOTAL.to_owned()), &self.total);
        let headers = by.iter().map(|name| shown(Some(name), limit)).collect();
        columns.table(headers, groups.chain(others).chain([total]))
    }

    /// Returns a row for each edition.
    fn edition_table(&self, columns: &Columns) -> TextTable {
        let names = |EditionReport { edition, from, .. }: &EditionReport| {
            vec![(*edition).to_owned(), from.clone().unwrap_or_default()]
        };
        let headers = ["edition", "from"].map(str::to_owned).to_vec();
        columns.table(headers, self.editions.iter().map(|report| (names(report), &report.totals)))
    }

    /// Says by which editions the rows are priced, in which time zone their days are, and which version of the command
    /// says so.
    fn edition_lines(&self, columns: &Columns, width: Option<usize>) -> String {
        let editions = match self.plan.editions {
            [edition] => format!("{edition}\n"),
            _ => format!("\n{}\n", self.edition_table(columns).text_within(width)),
        };
        let zone = self.time_zone.map(|zone| format!("time zone {zone}\n")).unwrap_or_default();
        format!("{editions}{zone}dreamprice {PROGRAM}\n")
    }

    /// Returns a row for each reason, with as many of the first lines as fit.
    fn reasons(&self, width: Option<usize>) -> String {
        let label = |reason: Reason| {
            let and = if self.plan.estimates && reason.is_of_table() { ", no estimate" } else { "" };
            format!("{}{and}", reason.label())
        };
        let mut tables = (1..=FIRST_LINES).rev().map(|lines| self.reason_table(label, lines));
        let fits = |table: &TextTable| width.is_none_or(|width| table.width() <= width);
        let narrow = || self.reason_table(|reason| reason.name().to_owned(), 1);
        tables.find(fits).unwrap_or_else(narrow).text_within(width)
    }

    fn reason_table(&self, label: impl Fn(Reason) -> String, lines: usize) -> TextTable {
        let headers = [
            ("not priced", Alignment::Left),
            ("rows", Alignment::Right),
            ("images", Alignment::Right),
            ("first lines", Alignment::Left),
        ];
        let mut table = TextTable::new(headers);
        for ReasonReport { reason, rows, images, first_lines } in &self.total.unpriced.reasons {
            let place = |LineReport { file, line, .. }: &LineReport| format!("{}:{line}", escape_hidden(file));
            let mut places: Vec<String> = first_lines.iter().take(lines).map(place).collect();
            if places.len() as u64 != *rows {
                places.push("…".to_owned());
            }
            table.push([label(*reason), thousands(rows), thousands(images), places.join(", ")]);
        }
        table
    }

    /// Returns a row for each unknown engine, with names that are at most `limit` wide.
    fn unknown_table(&self, limit: usize) -> TextTable {
        let headers = [("unknown engine", Alignment::Left), ("rows", Alignment::Right), ("images", Alignment::Right)];
        let has_suggestion = self.unknown_engines.iter().any(|unknown| unknown.suggestion.is_some());
        let suggestion = has_suggestion.then_some(("looks like", Alignment::Left));
        let mut table = TextTable::new(headers.into_iter().chain(suggestion));
        for UnknownReport { engine, suggestion, rows, images } in &self.unknown_engines {
            let name = engine.as_ref().map_or("(others)".to_owned(), |engine| shown(Some(engine), limit));
            let suggestion = has_suggestion.then(|| suggestion.map(escape_hidden).unwrap_or_default());
            table.push([name, thousands(rows), thousands(images)].into_iter().chain(suggestion));
        }
        table
    }

    /// Returns a line with the options that price the most frequent unknown engines as what they look like. The cause of
    /// the first row has the option of one engine.
    fn suggested_options(&self) -> String {
        let option_of = |unknown: &UnknownReport| {
            let (engine, suggestion) = unknown.engine.as_ref().zip(unknown.suggestion)?;
            // An option with an excerpt would name another engine.
            (excerpt(engine.as_bytes()) == *engine).then(|| option("--engine", &format!("{engine}={suggestion}")))
        };
        let options: Vec<String> = self.unknown_engines.iter().filter_map(option_of).take(NOTED).collect();
        match &options[..] {
            [] | [_] => String::new(),
            options => format!("if they are what they look like, add {}\n", options.join(" ")),
        }
    }

    /// Returns notes on the unknown engines with the most rows.
    pub(super) fn unknown_notes(&self) -> impl Iterator<Item = String> {
        let rows = |rows: u64| count(thousands(rows), "row", "rows");
        let note = move |report: &UnknownReport| match &report.engine {
            Some(engine) => format!("unknown engine `{}`: {}", excerpt(engine.as_bytes()), rows(report.rows)),
            None => format!("other unknown engines: {}", rows(report.rows)),
        };
        let rest = self.unknown_engines.get(NOTED..).unwrap_or_default();
        let others = rest.iter().map(|report| report.rows).sum::<u64>();
        let more = (others > 0).then(|| format!("other unknown engines: {}; --format json lists them", rows(others)));
        self.unknown_engines.iter().take(NOTED).map(note).chain(more)
    }

    /// Returns why the first row of each reason has no price, and all of the first malformed rows: each may have
    /// another cause.
    fn causes(&self) -> String {
        let first = |ReasonReport { reason, first_lines, .. }: &ReasonReport| {
            let count = if *reason == Reason::Malformed { first_lines.len() } else { 1 };
            let cause = |LineReport { file, line, cause }: &LineReport| {
                format!("{}:{line}: {}\n", escape_hidden(file), cause.as_deref().unwrap_or_default())
            };
            first_lines.iter().take(count).map(cause).collect::<String>()
        };
        self.total.unpriced.reasons.iter().map(first).collect()
    }

    /// Returns a note on each row that hides the rest of its file.
    pub(super) fn open_quotes(&self) -> impl Iterator<Item = String> {
        let note = |OpenReport { file, cell }: &OpenReport| {
            format!("{}:{}: {}", escape_hidden(file), cell.line, cell.message())
        };
        self.open_quotes.iter().map(note)
    }

    /// Returns a row for each group and for the sum of the others, and none for the total, so that the sum of a column
    /// counts nothing twice.
    pub(super) fn csv(&self) -> Result<Vec<String>, Overflow> {
        let ReportPlan { by, estimates, .. } = self.plan;
        let mut columns: Vec<String> = PRICED.map(str::to_owned).to_vec();
        columns.extend(ESTIMATED.iter().filter(|_| estimates).map(|name| (*name).to_owned()));
        columns.extend(UNPRICED.map(str::to_owned));
        columns.extend(Reason::ALL.map(|reason| reason.name().replace('-', "_")));
        columns.push("edition".to_owned());
        let mut header: Vec<String> =
            by.iter().map(|name| spreadsheet_cell(&unique(name, by, &columns)).into_owned()).collect();
        header.extend(columns);
        let mut text = vec![header.join(",") + "\n"];
        let mut parts: Vec<_> = self.groups.groups.chunks(PART).collect();
        let rows_of =
            |parts: &mut [&[_]]| parts.iter().map(|groups| self.csv_rows(groups)).collect::<Result<Vec<_>, _>>();
        for rows in in_parallel(&mut parts, rows_of) {
            text.extend(rows?);
        }
        if let Some(others) = &self.others {
            let names = [others.label()].into_iter().chain(by.iter().skip(1).map(|_| String::new()));
            let mut row = String::new();
            self.push_csv_row(&mut row, names.map(Cow::Owned), &others.parts.iter().copied().flatten())?;
            text.push(row);
        }
        Ok(text)
    }

    fn csv_rows(&self, groups: &[&[GroupPart]]) -> Result<String, Overflow> {
        // Longer rows are rare.
        let mut text = String::with_capacity(96 * groups.len());
        for groups in groups.chunks(NEAR) {
            groups.iter().copied().flatten().for_each(GroupPart::read_ahead);
            for parts in groups {
                let by = GroupedBy { names: self.plan.by, parts };
                self.push_csv_row(&mut text, by.cells().map(Option::unwrap_or_default), &parts.iter())?;
            }
        }
        Ok(text)
    }

    fn push_csv_row<'c>(
        &self,
        text: &mut String,
        names: impl Iterator<Item = Cow<'c, str>>,
        parts: &(impl Iterator<Item = &'c GroupPart<'c>> + Clone),
    ) -> Result<(), Overflow> {
        let EditionSums { totals, usd, expected_usd, at_most_usd } = self.plan.sums(parts.clone())?;
        names.for_each(|name| {
            text.push_str(&spreadsheet_cell(&name));
            text.push(',');
        });
        push_number(text, totals.rows());
        push_number(text, totals.images());
        push_number(text, totals.priced.rows);
        push_number(text, totals.priced.images);
        push_amounts(text, totals.priced.credits, usd);
        if self.plan.estimates {
            let none = EstimatedTotals::default();
            let EstimatedTotals { rows, images, expected, without_expected, at_most } =
                *totals.estimated.as_deref().unwrap_or(&none);
            push_number(text, rows);
            push_number(text, images);
            match without_expected {
                0 => push_amounts(text, expected, expected_usd),
                _ => text.push_str(",,"),
            }
            push_amounts(text, at_most, at_most_usd);
        }
        push_number(text, totals.unpriced_rows());
        push_number(text, totals.unpriced_images());
        let mut unpriced = totals.unpriced().peekable();
        for reason in Reason::ALL {
            match unpriced.next_if(|(other, _)| *other == reason) {
                Some((_, unpriced)) => push_number(text, unpriced.rows),
                None => text.push_str("0,"),
            }
        }
        self.push_editions(text, parts);
        text.push('\n');
        Ok(())
    }

    /// Adds the names of the editions that some row is of, in ascending order of their days.
    fn push_editions<'c>(&self, text: &mut String, parts: &(impl Iterator<Item = &'c GroupPart<'c>> + Clone)) {
        let start = text.len();
        for (position, edition) in self.editions.iter().enumerate() {
            if parts.clone().any(|part| self.plan.position(part) == Some(position)) {
                text.push_str(if text.len() > start { " " } else { "" });
                text.push_str(edition.edition);
            }
        }
    }
}

/// The columns of numbers in the text.
struct Columns {
    has_estimated: bool,
    has_unpriced: bool,
    priced: Places,
    expected: Places,
    at_most: Places,
}

/// The header of the dollars, which follow their credits.
const DOLLARS: &str = "dollars";

impl Columns {
    fn of(report: &BillReport, groups: &[GroupReport]) -> Self {
        let mut columns = Self {
            has_estimated: report.total.estimated.rows > 0,
            has_unpriced: report.has_unpriced(),
            priced: Places::default(),
            expected: Places::default(),
            at_most: Places::default(),
        };
        for group in groups {
            columns.fit(&group.totals);
        }
        report.others.iter().for_each(|others| columns.fit(&others.totals));
        report.editions.iter().for_each(|edition| columns.fit(&edition.totals));
        columns.fit(&report.total);
        columns
    }

    /// Makes room for the amounts of a row.
    fn fit(&mut self, TotalsReport { priced, estimated, .. }: &TotalsReport) {
        let fit = |places: &mut Places, Money { credits, usd }| places.fit(credits, usd);
        fit(&mut self.priced, priced.amounts);
        estimated.expected.into_iter().for_each(|expected| fit(&mut self.expected, expected));
        fit(&mut self.at_most, estimated.at_most);
    }

    /// Returns a table of names and numbers.
    fn table<'t>(&self, names: Vec<String>, rows: impl Iterator<Item = (Vec<String>, &'t TotalsReport)>) -> TextTable {
        let numbers = self.headers();
        let by = names.len();
        let headers = names.into_iter().map(|name| (name, Alignment::Left));
        let mut table =
            TextTable::new(headers.chain(numbers.iter().map(|header| ((*header).to_owned(), Alignment::Right))));
        table.join(0..by);
        let amounts = numbers.iter().enumerate().filter(|(_, header)| **header == DOLLARS);
        amounts.for_each(|(at, _)| table.join(by + at - 1..by + at + 1));
        rows.for_each(|(names, totals)| table.push(names.into_iter().chain(self.cells(totals))));
        table
    }

    fn headers(&self) -> Vec<&'static str> {
        let mut headers = vec!["rows", "images", "credits", DOLLARS];
        if self.has_estimated {
            headers.extend(["estimated", "expected credits", DOLLARS, "at most credits", DOLLARS]);
        }
        headers.extend(self.has_unpriced.then_some("not priced"));
        headers
    }

    fn cells(&self, totals: &TotalsReport) -> Vec<String> {
        let TotalsReport { rows, images, priced, estimated, unpriced } = totals;
        let amounts = |places: Places, Money { credits, usd }: Money| {
            [thousands(places.credits(credits)), thousands(places.usd(usd))]
        };
        let mut cells = vec![thousands(rows), thousands(images)];
        cells.extend(amounts(self.priced, priced.amounts));
        if self.has_estimated {
            cells.push(thousands(estimated.rows));
            let unknown = || ["unknown", "unknown"].map(str::to_owned);
            cells.extend(estimated.expected.map_or_else(unknown, |expected| amounts(self.expected, expected)));
            cells.extend(amounts(self.at_most, estimated.at_most));
        }
        cells.extend(self.has_unpriced.then(|| thousands(unpriced.rows)));
        cells
    }
}

/// How many groups are one item of the work of a thread: few reports have more.
const PART: usize = 1 << 12;

/// How many unknown engines have a note or an option.
const NOTED: usize = 10;

/// The columns of CSV after those of the group.
const PRICED: [&str; 6] = ["rows", "images", "priced_rows", "priced_images", "credits", "usd"];
/// Those with `--estimate`.
const ESTIMATED: [&str; 6] =
    ["estimated_rows", "estimated_images", "expected_credits", "expected_usd", "at_most_credits", "at_most_usd"];
/// Those before the rows of each reason.
const UNPRICED: [&str; 2] = ["unpriced_rows", "unpriced_images"];

/// Returns what a column of the groups is called in CSV: as in the log, unless another column has that name.
fn unique(name: &str, by: &[&str], columns: &[String]) -> String {
    let mut unique = name.to_owned();
    while columns.contains(&unique) || unique != name && by.contains(&&*unique) {
        unique.insert_str(0, "by_");
    }
    unique
}

/// Returns a cell of the log for a spreadsheet. An apostrophe turns what would be a formula there into text.
fn spreadsheet_cell(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { csv::cell(&format!("'{text}")).into_owned().into() } else { csv::cell(text) }
}

fn push_number(text: &mut String, number: impl Into<u128>) {
    let number = number.into();
    // Most numbers are zero, and others are short: both take less time.
    match u64::try_from(number) {
        Ok(0) => text.push('0'),
        Ok(number) => text.push_str(itoa::Buffer::new().format(number)),
        Err(_) => text.push_str(itoa::Buffer::new().format(number)),
    }
    text.push(',');
}

fn push_amounts(text: &mut String, credits: Credits, usd: Usd) {
    push_decimal::<{ Credits::DECIMALS }>(text, credits.units());
    push_decimal::<{ Usd::DECIMALS }>(text, usd.units());
}

/// Adds an amount without zeros at its end. `Display` takes several times as long.
fn push_decimal<const DECIMALS: u32>(text: &mut String, units: u64) {
    let one = const { 10_u64.pow(DECIMALS) };
    let (whole, fraction) = (units / one, units % one);
    text.push_str(itoa::Buffer::new().format(whole));
    if fraction > 0 {
        text.push('.');
        // A one in front of the fraction keeps its zeros.
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(one + fraction).strip_prefix('1').unwrap_or_default();
        let zeros = digits.bytes().rev().take_while(|digit| *digit == b'0').count();
        text.push_str(&digits[..digits.len() - zeros]);
    }
    text.push(',');
}

#[cfg(test)]
mod tests {
    use dreamstudio_pricing::EDITION;

    use super::super::groups::{GroupKey, SharedGroups};
    use super::super::pricing::Cost;
    use super::*;
    use crate::book::Book;

    #[test]
    fn csv_has_amounts_as_everywhere_else() {
        for units in (0..20_000).chain([100_000_000, 123_456_789_000_100, Usd::MAX.units()]) {
            let (mut credits, mut usd) = (String::new(), String::new());
            push_decimal::<{ Credits::DECIMALS }>(&mut credits, units);
            push_decimal::<{ Usd::DECIMALS }>(&mut usd, units);
            if let Some(amount) = Credits::from_units(units) {
                assert_eq!(credits, format!("{amount},"));
            }
            assert_eq!(usd, format!("{:#},", Usd::from_units(units).unwrap()));
        }
    }

    #[test]
    fn a_sum_with_an_estimate_without_an_expected_amount_is_unknown() {
        let shared = SharedGroups::new();
        let mut groups = shared.worker();
        // No credits, because their dollars depend on the tables.
        let zero = Credits::ZERO;
        for (line, user, expected) in [(1, "ann", Some(zero)), (2, "bob", None), (3, "bob", Some(zero))] {
            let mut key = GroupKey::default();
            key.push(Some(user.as_bytes()));
            let cost = Cost::Estimate { images: 1, expected, at_most: zero };
            let group = groups.find(&key);
            groups.add(group, &key, cost, LogLine { file: 0, line }).unwrap();
        }
        groups.move_to(&shared).unwrap();
        let groups = shared.finish();
        let parts = groups.sorted();
        let plan = ReportPlan {
            files: &[],
            by: &["user"],
            editions: &[Edition { from: None, book: Book::built_in() }],
            is_dated: false,
            time_zone: None,
            estimates: true,
            order: Order::Name,
            top: None,
            has_conditions: false,
        };
        let report = BillReport::new(plan, &groups, &parts, &Billed::new()).ok().unwrap();
        let text = report.text(None).unwrap();
        insta::assert_snapshot!(text.replace(EDITION, "EDITION").replace(PROGRAM, "VERSION"), @"
        user   rows  images  credits  dollars  estimated  expected credits  dollars  at most credits  dollars
        ann       1       1        0    $0.00          1                 0    $0.00                0    $0.00
        bob       2       2        0    $0.00          2           unknown  unknown                0    $0.00
        total     3       3        0    $0.00          3           unknown  unknown                0    $0.00

        3 rows: 0 priced, 3 estimated, 0 not priced
        1 row has no expected amount, so that no sum of these is known
        edition EDITION
        dreamprice VERSION
        ");
        let csv = report.csv().unwrap().concat().replace(EDITION, "EDITION");
        let rows: Vec<&str> = csv.lines().skip(1).collect();
        assert_eq!(
            rows,
            [
                "ann,1,1,0,0,0,0,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,EDITION",
                "bob,2,2,0,0,0,0,2,2,,,0,0,0,0,0,0,0,0,0,0,0,0,0,EDITION"
            ]
        );
    }
}
