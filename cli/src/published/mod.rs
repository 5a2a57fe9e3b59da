//! The reader of published pages in Markdown: their price tables, checked, and what else they say about prices.

mod cells;
mod facts;
mod markdown;
mod missing;
mod prose;
mod report;
mod selection;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;

use dreamstudio_pricing_codegen::{Diagnostic, Document, Name, ReadableTable, Size, summarise};
use rust_decimal::Decimal;

use crate::input::{self, is_stdin};
use crate::outcome::{Exit, Outcome};
use crate::price_diff::{TableCells, cells_of};
use facts::PageFact;
use markdown::{Heading, LooseRow, Markdown, MarkdownTable, SourcedText};
use missing::MissingTable;
use report::{NewTable, NotCompared, UnpricedTable};
use selection::HeadingOrigin;

pub(crate) use facts::FactSubject;
pub(crate) use report::PageReport;
pub(crate) use selection::{Selection, Wanted, WantedTable};

/// A published page, with its headings and tables.
pub(crate) struct PublishedPage {
    document: Document,
    markdown: Markdown,
}

/// What a page and a folder say about the same tables.
pub(crate) struct PageComparison {
    /// The tables that were found on the page.
    pub(crate) tables: Vec<PageTable>,
    pub(crate) report: PageReport,
}

/// A price table that is on the page.
pub(crate) struct PageTable {
    pub(crate) name: String,
    /// The prices of the folder, without those that cannot be compared because the page has a mistake in their place.
    pub(crate) accepted: TableCells,
    /// The prices of the page, without those that cannot be read.
    pub(crate) published: TableCells,
    /// The CSV file that has the same prices, written as on the page.
    pub(crate) csv: String,
}

/// Returns whether a path names a page and not a folder of tables.
pub(crate) fn is_page(path: &Path) -> bool {
    let is_markdown = || path.extension().is_some_and(|extension| extension == "md" || extension == "markdown");
    if path.exists() { !path.is_dir() } else { is_stdin(path) || is_markdown() }
}

impl PublishedPage {
    /// Reads a page from a file, or from standard input if the path is `-`.
    ///
    /// # Errors
    ///
    /// Returns why it cannot be read as text.
    pub(crate) fn read(path: &Path, selection: &Selection) -> Result<Self, Outcome> {
        let (path, bytes) = input::read(path)?;
        let document = Document::new(selection.label().unwrap_or(&path), &bytes, "Markdown");
        let document = document.map_err(|diagnostic| Outcome::mistakes(&[diagnostic], Exit::Error))?;
        Ok(Self { markdown: Markdown::parse(document.text()), document })
    }

    /// Compares the page with the wanted tables. A mistake of the page hides only the prices in its place.
    pub(crate) fn compare(&self, wanted: &Wanted) -> PageComparison {
        let (mut tables, mut mistakes, mut not_compared) = (Vec::new(), Vec::new(), Vec::new());
        let unknown = self.unknown(wanted);
        let missing = self.missing(wanted, &unknown);
        mistakes.extend(missing.iter().map(|missing| self.not_found(missing)));
        for table @ WantedTable { name, heading, accepted, .. } in &wanted.tables {
            let mut compared = 0;
            let is_missing = missing.iter().any(|missing| missing.wanted.name == *name);
            if let ([found], false) = (&self.found(table)[..], is_missing) {
                let found = self.page_table(&self.markdown.tables[*found], table, wanted, &mut mistakes);
                compared = found.accepted.len();
                tables.push(found);
            } else if let Some(section) = self.markdown.headings.iter().position(|other| is_called(other, heading)) {
                self.check_loose_rows(Some(section), &mut mistakes);
            }
            let prices = accepted.as_ref().map_or(0, |accepted| cells_of(accepted).len()) - compared;
            if prices > 0 {
                not_compared.push(NotCompared { table: name.text.clone(), prices });
            }
        }
        let report = PageReport {
            path: self.document.path().to_owned(),
            title: wanted.page.clone(),
            missing_title: self.missing_title(wanted),
            mistakes: summarise(mistakes),
            new_tables: self.new_tables(&unknown, wanted, &missing),
            unpriced: self.unpriced(wanted),
            facts: PageFact::all(&self.markdown.sentences, &self.document, &wanted.folder, &wanted.billing),
            not_compared,
        };
        PageComparison { tables, report }
    }

    /// Returns the tables of steps and sizes below other headings than those that are known.
    fn unknown(&self, wanted: &Wanted) -> Vec<usize> {
        let found = wanted.tables.iter().flat_map(|table| self.found(table));
        let others = wanted.other_headings.iter().flat_map(|heading| self.called(heading));
        let known: BTreeSet<usize> = found.chain(others).collect();
        (0..self.markdown.tables.len())
            .filter(|at| !known.contains(at) && is_of_steps_and_sizes(&self.markdown.tables[*at]))
            .collect()
    }

    /// Reads a wanted table, and adds its mistakes to `mistakes`.
    fn page_table(
        &self,
        found: &MarkdownTable,
        WantedTable { name, accepted, .. }: &WantedTable,
        Wanted { folder, billing, .. }: &Wanted,
        mistakes: &mut Vec<Diagnostic>,
    ) -> PageTable {
        let has_all_rows = self.check_loose_rows(found.heading, mistakes);
        if is_transposed(found) {
            mistakes.push(self.transposed(found, name));
            let (accepted, published, csv) = Default::default();
            return PageTable { name: name.text.clone(), accepted, published, csv };
        }
        let mut published = cells::published(&self.document, found, mistakes);
        let accepted = accepted.as_ref();
        if let Some(accepted) = accepted {
            published.remove_marks(accepted);
        }
        let readable = published.check(&self.document, name, folder, billing, accepted, mistakes);
        let is_whole = has_all_rows && readable.as_ref().is_some_and(has_all_labels);
        let cells = readable.as_ref().map(prices_by_cell).unwrap_or_default();
        let mut accepted = accepted.map(cells_of).unwrap_or_default();
        // A price that the page lacks is only gone if no mistake hides it.
        accepted.retain(|cell, _| cells.get(cell).map_or(is_whole, Option::is_some));
        let cells = cells.into_iter().filter_map(|(cell, price)| Some((cell, price?))).collect();
        PageTable { name: name.text.clone(), accepted, published: cells, csv: published.csv() }
    }

    fn transposed(&self, table: &MarkdownTable, name: &Name) -> Diagnostic {
        let corner = table.rows.first().and_then(|row| row.first());
        let range = corner.map_or(table.range.clone(), |corner| corner.source(0..corner.as_str().len()));
        let message =
            format!("the table of {} is transposed: its rows are sizes, and its columns are step counts", name.text);
        let help = "write one row for each step count and one column for each size in a copy of the page, and use the copy instead";
        self.document.error(range, message).with_help(help)
    }

    /// Returns the tables below the heading of a wanted table. If there is no such heading, `--heading` may also name a line of
    /// the table; `sources.csv` may not, because another table can be there in the next edition.
    fn found(&self, WantedTable { heading: wanted, origin, .. }: &WantedTable) -> Vec<usize> {
        let Markdown { headings, tables, .. } = &self.markdown;
        let line = line_number(wanted).filter(|_| *origin == HeadingOrigin::Option);
        match line.filter(|_| !headings.iter().any(|heading| is_called(heading, wanted))) {
            Some(line) => (0..tables.len()).filter(|&at| self.lines(&tables[at]).contains(&line)).collect(),
            None => self.called(wanted),
        }
    }

    /// Returns the tables below the heading `wanted`.
    fn called(&self, wanted: &str) -> Vec<usize> {
        let tables = &self.markdown.tables;
        (0..tables.len()).filter(|&at| self.is_below(tables[at].heading, wanted)).collect()
    }

    /// Returns whether the heading of this index has the text or the id `wanted`.
    fn is_below(&self, heading: Option<usize>, wanted: &str) -> bool {
        heading.and_then(|heading| self.markdown.headings.get(heading)).is_some_and(|it| is_called(it, wanted))
    }

    /// Returns the lines that look like the header of a price table, and are in no table.
    fn loose_headers(&self) -> impl Iterator<Item = &LooseRow> {
        self.markdown.loose_rows.iter().filter(|row| {
            let cells: Vec<&str> = self.document.text()[row.range.clone()].split('|').map(str::trim).collect();
            are_steps_and_sizes(&cells)
        })
    }

    /// Returns the title that the page has in `sources.csv`, if no heading has it. Headings often add an emoji.
    fn missing_title(&self, wanted: &Wanted) -> Option<String> {
        let title = wanted.page.as_ref().filter(|_| wanted.is_whole_page())?;
        let has_title = self.markdown.headings.iter().any(|heading| heading.text.contains(title));
        (!has_title).then(|| title.clone())
    }

    /// Returns the rows of `sources.csv` without a table that are not about one table of the page.
    fn unpriced(&self, wanted: &Wanted) -> Vec<UnpricedTable> {
        let is_whole = wanted.is_whole_page();
        let tables = |heading: &String| {
            let below = self.called(heading).into_iter().map(|at| &self.markdown.tables[at]);
            let tables = below.filter(|table| is_of_steps_and_sizes(table)).map(|table| table.range.start);
            let loose = self.loose_headers().filter(|row| self.is_below(row.heading, heading));
            let starts = tables.chain(loose.map(|row| row.range.start)).collect::<BTreeSet<_>>();
            let lines = starts.into_iter().map(|start| self.document.line(start)).collect();
            UnpricedTable { heading: heading.clone(), lines }
        };
        let wanted = wanted.unpriced_headings.iter().map(tables);
        wanted.filter(|table| table.hides_another() || (is_whole && table.lines.is_empty())).collect()
    }

    /// Returns the tables of these indices, and headers of price tables that are in no table below other headings than those
    /// that are known.
    fn new_tables(&self, unknown: &[usize], wanted: &Wanted, missing: &[MissingTable<'_>]) -> Vec<NewTable> {
        let Markdown { headings, tables, .. } = &self.markdown;
        let known: Vec<&String> =
            wanted.other_headings.iter().chain(wanted.tables.iter().map(|table| &table.heading)).collect();
        let is_new = |row: &&LooseRow| !known.iter().any(|wanted| self.is_below(row.heading, wanted));
        // A table that is missing may be any of the new ones, unless one of them is like it.
        let missing_like = |proposal: Option<usize>| {
            let missing = missing.iter().filter(|missing| missing.proposal == proposal);
            missing.map(|missing| missing.wanted.name.text.clone()).collect::<Vec<_>>()
        };
        let may_be = |at: usize| {
            let like = missing_like(Some(at));
            if like.is_empty() { missing_like(None) } else { like }
        };
        let tables = unknown.iter().map(|&at| (tables[at].heading, tables[at].range.start, may_be(at)));
        let rows = self.loose_headers().filter(is_new).map(|row| (row.heading, row.range.start, missing_like(None)));
        let new_table = |(heading, start, may_be): (Option<usize>, usize, Vec<String>)| {
            let own_heading = self.own_heading(heading);
            let heading = heading.and_then(|heading| headings.get(heading)).map(|heading| heading.text.clone());
            NewTable { heading, own_heading, line: self.document.line(start), may_be }
        };
        let mut new: Vec<NewTable> = tables.chain(rows).map(new_table).collect();
        new.sort_by_key(|table| table.line);
        new
    }

    /// Returns the lines of a table, from 1.
    fn lines(&self, table: &MarkdownTable) -> RangeInclusive<usize> {
        self.document.line(table.range.start)..=self.document.line(table.range.end.saturating_sub(1))
    }

    /// Reports lines below a heading that look like rows outside a table: a blank line ends a table, so that the rows
    /// after it are lost. Returns whether there are none.
    fn check_loose_rows(&self, heading: Option<usize>, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let rows: Vec<_> = self.markdown.loose_rows.iter().filter(|row| row.heading == heading).collect();
        for row in &rows {
            let error = self.document.error(row.range.clone(), "this line has the cells of a row, and is in no table");
            let help = "a table ends at a blank line, and each column needs its dashes in the second line";
            diagnostics.push(error.with_help(help));
        }
        rows.is_empty()
    }
}

/// Returns the price of each cell of a page whose size and step count can be read: `None` if the price cannot, or if the page
/// has two for the same cell.
fn prices_by_cell(
    ReadableTable { sizes, steps, prices, .. }: &ReadableTable,
) -> BTreeMap<(u32, Size), Option<Decimal>> {
    let mut cells = BTreeMap::new();
    for (steps, row) in steps.iter().zip(prices) {
        for (size, &price) in sizes.iter().zip(row) {
            let Some(cell) = steps.zip(*size) else { continue };
            let known = cells.entry(cell).or_insert(price);
            *known = known.filter(|known| Some(*known) == price);
        }
    }
    cells
}

/// Returns whether each size and each step count can be read, and is there once. Otherwise, a cell that the page seems to lack
/// may be there.
fn has_all_labels(ReadableTable { sizes, steps, .. }: &ReadableTable) -> bool {
    fn are_known<T: Ord>(labels: &[Option<T>]) -> bool {
        labels.iter().flatten().collect::<BTreeSet<_>>().len() == labels.len()
    }
    are_known(sizes) && are_known(steps)
}

/// Returns whether a table may be a price table, also a transposed one: labels name steps and sizes, or the labels of one side are
/// whole numbers and those of the other are sizes.
fn is_of_steps_and_sizes(table: &MarkdownTable) -> bool {
    let (header, first_column) = labels(table);
    let all = |labels: &[&str], is: fn(&str) -> bool| !labels.is_empty() && labels.iter().copied().all(is);
    let corner = table.rows.first().and_then(|row| row.first()).map(SourcedText::as_str);
    are_steps_and_sizes(&corner.into_iter().chain(header.clone()).chain(first_column.clone()).collect::<Vec<_>>())
        || (all(&header, is_size) && all(&first_column, is_step_count))
        || is_transposed(table)
        || is_list_of_prices(table)
}

/// Returns whether each row of a table has a step count, a size and a price, in any order.
fn is_list_of_prices(table: &MarkdownTable) -> bool {
    let Some((header, rows)) = table.rows.split_first() else { return false };
    let all = |column: usize, is: fn(&str) -> bool| {
        !rows.is_empty() && rows.iter().all(|row| row.get(column).is_some_and(|cell| is(cell.as_str())))
    };
    let is_amount =
        |cell: &str| cell.trim_start_matches('$').starts_with(|c: char| c.is_ascii_digit()) && !is_size(cell);
    let (steps, others): (Vec<usize>, Vec<usize>) =
        (0..header.len()).partition(|&column| header[column].as_str().to_lowercase().contains("step"));
    !steps.is_empty()
        && others.iter().any(|&column| all(column, is_size))
        && others.iter().any(|&column| all(column, is_amount))
}

/// Returns whether the rows of a table are sizes, and its columns are step counts.
fn is_transposed(table: &MarkdownTable) -> bool {
    let (header, first_column) = labels(table);
    !header.is_empty()
        && !first_column.is_empty()
        && header.into_iter().all(is_step_count)
        && first_column.into_iter().all(is_size)
}

/// Returns the header and the first column of a table, without the corner.
fn labels(table: &MarkdownTable) -> (Vec<&str>, Vec<&str>) {
    let header = table.rows.first().into_iter().flatten().skip(1);
    let first_column = table.rows.iter().skip(1).filter_map(|row| row.first());
    (header.map(SourcedText::as_str).collect(), first_column.map(SourcedText::as_str).collect())
}

/// Returns whether one of the labels names steps, and one is a size.
fn are_steps_and_sizes(labels: &[&str]) -> bool {
    labels.iter().any(|label| label.to_lowercase().contains("step")) && labels.iter().copied().any(is_size)
}

/// Returns whether a label has a size, also in `512px x 512px`, `512 by 512` or `512 / 512`.
fn is_size(label: &str) -> bool {
    let label = label.to_lowercase().replace("pixels", "").replace("px", "").replace(" by ", "x");
    let sides: Vec<&str> = label.split(['x', '×', '*']).map(str::trim).collect();
    let is_pair = sides.windows(2).any(|sides| {
        sides[0].ends_with(|c: char| c.is_ascii_digit()) && sides[1].starts_with(|c: char| c.is_ascii_digit())
    });
    // Other numbers on both sides of a slash are choices or a date.
    let is_side = |side: &str| matches!(side.trim().len(), 3 | 4) && side.trim().bytes().all(|c| c.is_ascii_digit());
    is_pair || label.split_once('/').is_some_and(|(width, height)| is_side(width) && is_side(height))
}

/// Returns whether a label is a whole number, also in `30 steps`.
fn is_step_count(label: &str) -> bool {
    let label = label.to_lowercase();
    let mut words = label.split_whitespace().filter(|word| !word.starts_with("step"));
    words.next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit())) && words.next().is_none()
}

/// Returns whether a heading has this text or this id.
fn is_called(heading: &Heading, wanted: &str) -> bool {
    let id = wanted.strip_prefix("{#").and_then(|id| id.strip_suffix('}')).or(wanted.strip_prefix('#'));
    heading.text == wanted || heading.id.as_deref() == Some(id.unwrap_or(wanted))
}

/// Returns the number in `line 27`.
fn line_number(wanted: &str) -> Option<usize> {
    wanted.strip_prefix("line ")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use dreamstudio_pricing_codegen::Folder;

    use super::*;

    const PAGE: &str = "\
# Prices

Text | with <b>marks</b>, new: `2` free credits, minimum $10 purchase.

### One {#one}

| Steps | 512 x 512 | `512×768` |
|------:|-----------|-----------|
| 15 | 0.25 ($0.0025) | **0.5** |
| 30 | `0.5 ($0.005)` | 1.0 &times; <br> [1](x) |

Two
---
Steps | 512 x 512
-|-
15 | 1 <!-- note -->
";

    /// Returns the tables `one` and `two`, which the folder does not have yet.
    fn wanted() -> Wanted {
        let folder = Folder::from_files(
            "tables",
            [
                ("billing.csv", "item,credits,usd\nsign_up_grant,25,0\nminimum_purchase,1000,10\n"),
                ("sources.csv", "table,page,heading,published\none,P,One,2023-06-22\ntwo,P,Two,2023-06-22\n"),
            ],
        );
        Wanted::new(&Selection::default(), &folder).unwrap()
    }

    /// Returns how many tables are found, or the reports.
    fn find(page: &str, wanted: &Wanted) -> Result<usize, String> {
        let document = Document::new("page", page.as_bytes(), "Markdown").unwrap();
        let page = PublishedPage { markdown: Markdown::parse(document.text()), document };
        let PageComparison { tables, report } = page.compare(wanted);
        let mistakes: String = report.mistakes.iter().map(Diagnostic::to_string).collect();
        if mistakes.is_empty() { Ok(tables.len()) } else { Err(mistakes) }
    }

    #[test]
    fn a_page_with_another_character_causes_no_panic() {
        let wanted = wanted();
        assert!(find(PAGE, &wanted).is_err());
        assert_eq!(find(&PAGE.replace(" &times; <br> [1](x)", ""), &wanted), Ok(2));
        for (at, old) in PAGE.char_indices() {
            let (before, after) = (&PAGE[..at], &PAGE[at + old.len_utf8()..]);
            for new in ["", "|", "`", "\n", "\n\n", "\\", "<!--", "(", "×", "\t"] {
                let _ = find(&format!("{before}{new}{after}"), &wanted);
            }
            let _ = find(before, &wanted);
            let _ = find(after, &wanted);
        }
    }
}
