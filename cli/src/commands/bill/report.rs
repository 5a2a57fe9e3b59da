//! The totals of a log as text, CSV and JSON.

use std::path::PathBuf;

use dreamstudio_pricing::{Credits, Usd};
use serde::{Serialize, Serializer};

use dreamstudio_pricing_codegen::escape_hidden;

use super::causes::{Causes, OpenCell};
use super::columns::excerpt;
use super::failure::{Failure, label_of};
use super::pricing::Reason;
use super::totals::{EstimatedTotals, GroupValues, LogLine, Totals, UnpricedTotals};
use super::worker::Billed;
use crate::amounts::thousands;
use crate::csv;
use crate::plural::count;
use crate::text_table::{Alignment, TextTable};

#[derive(Serialize)]
pub(super) struct BillReport<'a> {
    /// The columns that the groups are by.
    #[serde(skip)]
    names: &'a [String],
    /// Whether rows without a price are estimated.
    #[serde(skip)]
    estimates: bool,
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
    /// The rows that hide the rest of their file.
    open_quotes: Vec<OpenReport>,
    groups: Vec<GroupReport<'a>>,
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

/// The cells of a group by the names of their columns.
struct GroupedBy<'a> {
    names: &'a [String],
    values: GroupValues,
}

impl Serialize for GroupedBy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(&self.values))
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

#[derive(Serialize)]
struct PricedReport {
    rows: u64,
    images: u64,
    #[serde(flatten)]
    amounts: CreditsAndUsd,
}

#[derive(Clone, Copy, Serialize)]
struct CreditsAndUsd {
    credits: Credits,
    usd: Usd,
}

impl From<Credits> for CreditsAndUsd {
    fn from(credits: Credits) -> Self {
        Self { credits, usd: credits.usd() }
    }
}

#[derive(Serialize)]
struct EstimatedReport {
    rows: u64,
    images: u64,
    /// `None` if a row has no expected amount.
    expected: Option<CreditsAndUsd>,
    /// How many rows have none.
    without_expected: u64,
    at_most: CreditsAndUsd,
}

impl From<&EstimatedTotals> for EstimatedReport {
    fn from(&EstimatedTotals { rows, images, expected, without_expected, at_most }: &EstimatedTotals) -> Self {
        let expected = (without_expected == 0).then(|| expected.into());
        Self { rows, images, expected, without_expected, at_most: at_most.into() }
    }
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

impl TotalsReport {
    fn new(files: &[PathBuf], totals: &Totals, causes: Option<&Causes>) -> Self {
        let report_of = |reason: Reason, line: LogLine| {
            let cause = causes.and_then(|causes| causes.of(reason, line)).map(str::to_owned);
            LineReport { file: label_of(files, line.file), line: line.line, cause }
        };
        let reason = |(reason, unpriced): (Reason, &UnpricedTotals)| {
            let &UnpricedTotals { rows, images, ref first_lines } = unpriced;
            let first_lines = first_lines.iter().map(|line| report_of(reason, *line)).collect();
            ReasonReport { reason, rows, images, first_lines }
        };
        let priced = &totals.priced;
        Self {
            rows: totals.rows(),
            images: totals.images(),
            priced: PricedReport { rows: priced.rows, images: priced.images, amounts: priced.credits.into() },
            estimated: totals.estimated.as_deref().unwrap_or(&EstimatedTotals::default()).into(),
            unpriced: UnpricedReport {
                rows: totals.unpriced_rows(),
                images: totals.unpriced_images(),
                reasons: totals.unpriced().map(reason).collect(),
            },
        }
    }
}

impl<'a> BillReport<'a> {
    pub(super) fn new(files: &[PathBuf], by: &'a [String], billed: Billed, estimates: bool) -> Result<Self, Failure> {
        let Billed { groups, causes, fields, blank_images, left_out, headers_again } = billed;
        let total = TotalsReport::new(files, &groups.total()?, Some(&causes));
        let report = |(values, totals): (GroupValues, Totals)| GroupReport {
            by: GroupedBy { names: by, values },
            totals: TotalsReport::new(files, &totals, None),
        };
        let groups = groups.sorted().into_iter().map(report).collect();
        let one_image_each = fields.has_images() == Some(false);
        let blank_images = if one_image_each { 0 } else { blank_images };
        let open = |(line, cell): &(LogLine, OpenCell)| OpenReport { file: label_of(files, line.file), cell: *cell };
        let open_quotes = causes.open().iter().map(open).collect();
        Ok(Self {
            names: by,
            estimates,
            total,
            one_image_each,
            blank_images,
            left_out,
            headers_again,
            open_quotes,
            groups,
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
        let left_out = rows(self.left_out, "more row is left out by --where", "more rows are left out by --where");
        let headers = rows(self.headers_again, "repeated header is left out", "repeated headers are left out");
        [each, blank, left_out, headers].into_iter().flatten()
    }

    pub(super) fn text(&self) -> String {
        let (has_estimated, has_unpriced) = (self.total.estimated.rows > 0, self.has_unpriced());
        let mut headers: Vec<(String, Alignment)> =
            self.names.iter().map(|name| (excerpt(name.as_bytes()), Alignment::Left)).collect();
        let right = |header: &str| (header.to_owned(), Alignment::Right);
        headers.extend(["rows", "images", "credits", "dollars"].map(right));
        if has_estimated {
            let estimated = ["estimated", "expected credits", "dollars", "at most credits", "dollars"];
            headers.extend(estimated.map(right));
        }
        if has_unpriced {
            headers.push(right("not priced"));
        }
        let row = |cells: Vec<String>, totals: &TotalsReport| {
            let TotalsReport { rows, images, priced: PricedReport { amounts, .. }, estimated, unpriced, .. } = totals;
            let mut cells = cells;
            let shown =
                |CreditsAndUsd { credits, usd }: CreditsAndUsd| [thousands(credits), thousands(format_args!("${usd}"))];
            cells.extend([thousands(rows), thousands(images)]);
            cells.extend(shown(*amounts));
            if has_estimated {
                cells.push(thousands(estimated.rows));
                cells.extend(estimated.expected.map_or(["unknown", "unknown"].map(str::to_owned), shown));
                cells.extend(shown(estimated.at_most));
            }
            if has_unpriced {
                cells.push(thousands(unpriced.rows));
            }
            cells
        };
        let mut grid = TextTable::new(headers);
        for GroupReport { by, totals } in &self.groups {
            grid.push(row(by.values.iter().map(|value| shown(value.as_deref())).collect(), totals));
        }
        let mut total = vec![String::new(); self.names.len()];
        if let Some(first) = total.first_mut() {
            "total".clone_into(first);
        }
        let mut text = String::new();
        if !self.groups.is_empty() {
            grid.push(row(total, &self.total));
            text = grid.text() + "\n";
        }
        text += &self.summary();
        text.push('\n');
        self.notes().for_each(|note| text += &(note + "\n"));
        if self.total.estimated.without_expected > 0 {
            let rows = count(thousands(self.total.estimated.without_expected), "row has", "rows have");
            text += &rows;
            text += " no expected amount, so that no sum of these is known\n";
        }
        if has_unpriced {
            text += "\n";
            text += &self.reasons();
            text += "\n";
            text += &self.causes();
        }
        self.open_quotes().for_each(|note| text += &(note + "\n"));
        text
    }

    fn reasons(&self) -> String {
        let headers = [
            ("not priced", Alignment::Left),
            ("rows", Alignment::Right),
            ("images", Alignment::Right),
            ("first lines", Alignment::Left),
        ];
        let mut grid = TextTable::new(headers);
        for ReasonReport { reason, rows, images, first_lines } in &self.total.unpriced.reasons {
            let mut lines: Vec<String> = first_lines
                .iter()
                .map(|LineReport { file, line, .. }| format!("{}:{line}", escape_hidden(file)))
                .collect();
            if first_lines.len() as u64 != *rows {
                lines.push("…".to_owned());
            }
            let and = if self.estimates && reason.is_of_table() { ", no estimate" } else { "" };
            grid.push([format!("{}{and}", reason.label()), thousands(rows), thousands(images), lines.join(", ")]);
        }
        grid.text()
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

    /// Returns a row for each group, and none for the total, so that the sum of a column counts nothing twice.
    pub(super) fn csv(&self) -> String {
        let mut header: Vec<String> = self.names.iter().map(|name| spreadsheet_cell(name)).collect();
        header.extend(PRICED.map(str::to_owned));
        header.extend(ESTIMATED.iter().filter(|_| self.estimates).map(|name| (*name).to_owned()));
        header.extend(UNPRICED.map(str::to_owned));
        header.extend(Reason::ALL.map(|reason| reason.name().replace('-', "_")));
        let mut text = header.join(",") + "\n";
        for GroupReport { by, totals } in &self.groups {
            let TotalsReport { rows, images, priced, estimated, unpriced } = totals;
            let mut cells: Vec<String> =
                by.values.iter().map(|value| spreadsheet_cell(value.as_deref().unwrap_or_default())).collect();
            let amounts = |amounts: Option<CreditsAndUsd>| match amounts {
                Some(CreditsAndUsd { credits, usd }) => [credits.to_string(), format!("{usd:#}")],
                None => [String::new(), String::new()],
            };
            cells.extend([rows.to_string(), images.to_string(), priced.rows.to_string(), priced.images.to_string()]);
            cells.extend(amounts(Some(priced.amounts)));
            if self.estimates {
                cells.extend([&estimated.rows, &estimated.images].map(u64::to_string));
                cells.extend(amounts(estimated.expected));
                cells.extend(amounts(Some(estimated.at_most)));
            }
            cells.extend([unpriced.rows.to_string(), unpriced.images.to_string()]);
            let of_reason = |reason| unpriced.reasons.iter().find(|report| report.reason == reason);
            cells.extend(Reason::ALL.map(|reason| of_reason(reason).map_or(0, |report| report.rows).to_string()));
            text += &(cells.join(",") + "\n");
        }
        text
    }
}

/// The columns of CSV after those of the group.
const PRICED: [&str; 6] = ["rows", "images", "priced_rows", "priced_images", "credits", "usd"];
/// Those with `--estimate`.
const ESTIMATED: [&str; 6] =
    ["estimated_rows", "estimated_images", "expected_credits", "expected_usd", "at_most_credits", "at_most_usd"];
/// Those before the rows of each reason.
const UNPRICED: [&str; 2] = ["unpriced_rows", "unpriced_images"];

/// Returns a cell of the log as the text shows it.
fn shown(value: Option<&str>) -> String {
    value.map_or("(none)".to_owned(), |value| excerpt(value.as_bytes()))
}

/// Returns a cell of the log for a spreadsheet. An apostrophe turns what would be a formula there into text.
fn spreadsheet_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    csv::cell(&if is_formula { format!("'{text}") } else { text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::super::pricing::Cost;
    use super::super::totals::{GroupKey, Groups};
    use super::*;

    #[test]
    fn a_sum_with_an_estimate_without_an_expected_amount_is_unknown() {
        let mut groups = Groups::new();
        // No credits, because their dollars depend on the tables.
        let zero = Credits::ZERO;
        for (line, user, expected) in [(1, "ann", Some(zero)), (2, "bob", None), (3, "bob", Some(zero))] {
            let group = groups.find(GroupKey::default().set([Some(user.as_bytes())].into_iter()));
            let cost = Cost::Estimate { images: 1, expected, at_most: zero };
            groups.of(group).add(cost, LogLine { file: 0, line }).unwrap();
        }
        let names = ["user".to_owned()];
        let billed = Billed { groups, ..Billed::new() };
        let report = BillReport::new(&[], &names, billed, true).ok().unwrap();
        insta::assert_snapshot!(report.text(), @r"
        user   rows  images  credits  dollars  estimated  expected credits  dollars  at most credits  dollars
        ann       1       1        0    $0.00          1                 0    $0.00                0    $0.00
        bob       2       2        0    $0.00          2           unknown  unknown                0    $0.00
        total     3       3        0    $0.00          3           unknown  unknown                0    $0.00

        3 rows: 0 priced, 3 estimated, 0 not priced
        1 row has no expected amount, so that no sum of these is known
        ");
        let csv = report.csv();
        let rows: Vec<&str> = csv.lines().skip(1).collect();
        assert_eq!(
            rows,
            ["ann,1,1,0,0,0,0,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0", "bob,2,2,0,0,0,0,2,2,,,0,0,0,0,0,0,0,0,0,0,0,0"]
        );
    }
}
