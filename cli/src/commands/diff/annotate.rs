//! Differences as annotations at the lines of the CSV files that changed.

use std::collections::{BTreeMap, BTreeSet};

use dreamstudio_pricing_codegen::{Folder, Span};

use crate::github::{Annotation, Level};
use crate::plural::count;
use crate::price_diff::{
    BillingItem, CellChange, ChangeKind, DayKind, Diff, EngineMove, FactChange, PriceCounts, Subject, TableCellChange,
};
use crate::published::FactSubject;

/// The folder whose lines are annotated.
pub(super) struct Annotated {
    pub(super) folder: Folder,
    /// The folder that it is compared with; `None` if that is a page.
    pub(super) other: Option<Folder>,
}

/// A reference to a cell of a folder. Without a row, it means the header; without a column, the first cell.
struct CellReference {
    file: String,
    /// The first cells of the row: as many as distinguish it from the others.
    row: Option<Vec<String>>,
    column: Option<String>,
}

/// Returns the annotations, prices first, since GitHub shows only the first few. Those beyond the limit are errors.
pub(super) fn annotations(diff: &Diff, folders: &Annotated) -> Vec<Annotation> {
    let mut finder = CellFinder { folders, files: BTreeMap::new() };
    let mut annotations = Vec::new();
    let mut annotate = |cell: &CellReference, level: Level, title: String, message: String| {
        let (path, position) = finder.find(cell);
        annotations.push(Annotation { level, path, position, title, message });
    };
    let level = |is_beyond: bool| if is_beyond { Level::Error } else { Level::Notice };

    let whole = whole_tables(&diff.entries);
    // If only the dollars change, the line that changed is in billing.csv.
    let prices: Vec<&TableCellChange> =
        diff.prices.iter().filter(|price| price.cell.price.has_other_credits()).collect();
    let is_one_line = |a: &&TableCellChange, b: &&TableCellChange| {
        a.table == b.table && (a.cell.steps == b.cell.steps || whole.contains(a.table.as_str()))
    };
    for line in prices.chunk_by(is_one_line) {
        let [TableCellChange { table, cell, .. }, ..] = line else { continue };
        let level = level(line.iter().any(|price| price.beyond));
        let file = format!("{table}.csv");
        if whole.contains(table.as_str()) {
            let title = format!("table {table}");
            let message = PriceCounts::of(line.iter().map(|price| &price.cell)).to_string();
            annotate(&CellReference { file, row: None, column: None }, level, title, message);
        } else {
            let column = Some(format!("{}x{}", cell.width, cell.height));
            let title = format!("{table} at {}", count(cell.steps, "step", "steps"));
            let messages: Vec<String> = line.iter().map(|price| price_of(&price.cell)).collect();
            let cell = CellReference { file, row: Some(vec![cell.steps.to_string()]), column };
            annotate(&cell, level, title, messages.join("\n"));
        }
    }
    for group in &diff.moves {
        for engine in &group.engines {
            let cell = Subject::Engine { engine: engine.clone() }.cell();
            annotate(&cell, level(group.beyond), format!("engine {engine}"), moved(group));
        }
    }
    // The prices of a row tell that it is new or gone.
    for entry in diff.entries.iter().filter(|entry| !matches!(entry.subject, Subject::Steps { .. })) {
        annotate(&entry.subject.cell(), level(entry.beyond), entry.subject.to_string(), entry.text());
    }
    for note in &diff.days {
        let subject = note.of.subject();
        let is_mistake = matches!(note.day, DayKind::Kept | DayKind::Future);
        let level = if is_mistake { Level::Warning } else { Level::Notice };
        annotate(&subject.cell(), level, subject.to_string(), note.text());
    }
    if let Some(page) = &diff.page {
        for fact in page.to_check() {
            let message = format!("{} of {}", fact.sides(), page.path);
            annotate(&fact.subject.cell(), Level::Error, fact.subject.to_string(), message);
        }
        for table in &page.new_tables {
            let cell = CellReference { file: "sources.csv".to_owned(), row: None, column: None };
            let message = format!("{} of {}", table.place(str::to_owned), page.path);
            annotate(&cell, Level::Error, "new table".to_owned(), message);
        }
        for row in &page.unpriced {
            let subject =
                Subject::Unpriced { page: page.title.clone().unwrap_or_default(), heading: row.heading.clone() };
            let level = if row.hides_another() { Level::Error } else { Level::Warning };
            annotate(&subject.cell(), level, "table not priced here".to_owned(), row.text(str::to_owned));
        }
        let title = "Mistake on the page";
        annotations
            .extend(page.mistakes.iter().map(|mistake| Annotation { title: title.to_owned(), ..mistake.into() }));
    }
    annotations
}

/// Returns the tables that were added or removed, for each of which one annotation is enough.
fn whole_tables(entries: &[FactChange]) -> BTreeSet<&str> {
    let tables = entries.iter().filter_map(|entry| match (&entry.subject, entry.change) {
        (Subject::Table { table }, ChangeKind::Added | ChangeKind::Removed) => Some(table.as_str()),
        _ => None,
    });
    tables.collect()
}

fn price_of(CellChange { width, height, steps, price }: &CellChange) -> String {
    format!("{width}x{height} at {}: {price}", count(steps, "step", "steps"))
}

/// Returns what changes for the users of an engine that moved: a line for each price that changed, and for each size that
/// lost prices.
fn moved(EngineMove { old, new, prices, .. }: &EngineMove) -> String {
    let mut lines = vec![format!("{old} → {new}; {}", PriceCounts::of(prices))];
    let mut gone: BTreeMap<(u32, u32), Vec<String>> = BTreeMap::new();
    for cell in prices {
        match (cell.price.old, cell.price.new) {
            (Some(_), Some(_)) => lines.push(price_of(cell)),
            (Some(_), None) => gone.entry((cell.width, cell.height)).or_default().push(cell.steps.to_string()),
            (None, _) => {}
        }
    }
    lines.extend(gone.iter().map(|((width, height), steps)| {
        format!("{width}x{height} at {}: gone", count(steps.join(", "), "step", "steps"))
    }));
    lines.join("\n")
}

impl Subject {
    /// Returns the cell that says something about this.
    fn cell(&self) -> CellReference {
        let list = |file: &str, row: &str, column: Option<&str>| CellReference {
            file: file.to_owned(),
            row: Some(vec![row.to_owned()]),
            column: column.map(str::to_owned),
        };
        match self {
            Self::Table { table } => CellReference { file: format!("{table}.csv"), row: None, column: None },
            Self::Size { table, width, height } => {
                CellReference { file: format!("{table}.csv"), row: None, column: Some(format!("{width}x{height}")) }
            }
            Self::Steps { table, steps } => list(&format!("{table}.csv"), &steps.to_string(), None),
            Self::Source { table } => list("sources.csv", table, None),
            Self::Unpriced { page, heading } => CellReference {
                file: "sources.csv".to_owned(),
                row: Some(vec![String::new(), page.clone(), heading.clone()]),
                column: None,
            },
            Self::Formula { table } => list("formulas.csv", table, None),
            Self::Exception { table, width, height, steps } => {
                let numbers = [width, height, steps].into_iter().map(u32::to_string);
                let row = Some([table.clone()].into_iter().chain(numbers).collect());
                CellReference { file: "exceptions.csv".to_owned(), row, column: None }
            }
            Self::Limits { table } => list("limits.csv", table, None),
            Self::Engine { engine } => list("engines.csv", engine, Some("table")),
            Self::Client { client } => list("clients.csv", client, None),
            Self::Billing { item: BillingItem::SignUpGrant } => list("billing.csv", "sign_up_grant", Some("credits")),
            Self::Billing { item: BillingItem::MinimumPurchase | BillingItem::Credit } => {
                list("billing.csv", "minimum_purchase", Some("usd"))
            }
        }
    }
}

impl FactSubject {
    /// Returns the cell that has the number.
    fn cell(&self) -> CellReference {
        let (file, row, column) = match self {
            Self::SignUpGrant => ("billing.csv", "sign_up_grant", "credits"),
            Self::MinimumPurchase => ("billing.csv", "minimum_purchase", "usd"),
            Self::MinimumPurchaseCredits => ("billing.csv", "minimum_purchase", "credits"),
            Self::GrantedImages { client } => ("clients.csv", &**client, "granted_images"),
        };
        CellReference { file: file.to_owned(), row: Some(vec![row.to_owned()]), column: Some(column.to_owned()) }
    }
}

/// The cells of a file, row by row, the header first.
type FileRows = Vec<Vec<(String, Span)>>;

/// Finds the positions of cells, and reads each file once.
struct CellFinder<'a> {
    folders: &'a Annotated,
    /// The rows of a file in both folders.
    files: BTreeMap<String, (FileRows, FileRows)>,
}

impl CellFinder<'_> {
    /// Returns the path of a file, and the line and column of the cell, or no line if there is no such file.
    ///
    /// A row that is gone is shown at the nearest one that was before it and is still there, where the reviewer sees
    /// the deleted line too. A column that is gone is shown at the first cell.
    fn find(&mut self, CellReference { file, row, column }: &CellReference) -> (String, Option<(usize, usize)>) {
        let Annotated { folder, other } = self.folders;
        let path = folder.path(file);
        let (rows, old) = self
            .files
            .entry(file.clone())
            .or_insert_with(|| (folder.cells(file), other.as_ref().map(|other| other.cells(file)).unwrap_or_default()));
        let Some((header, rows)) = rows.split_first() else { return (path, None) };
        let with_key = |key: &[String]| rows.iter().find(|row| key_of(row, key.len()) == key);
        let before = |key: &[String]| {
            let index = old.iter().position(|row| key_of(row, key.len()) == key)?;
            old.iter().take(index).skip(1).rev().find_map(|row| with_key(&key_of(row, key.len())))
        };
        let column = column.as_ref().and_then(|name| header.iter().position(|(text, _)| text == name));
        let (row, column) = match row.as_deref() {
            None => (header, column),
            Some(key) => match with_key(key) {
                Some(row) => (row, column),
                None => (before(key).unwrap_or(header), None),
            },
        };
        let cell = row.get(column.unwrap_or_default());
        (path, cell.map(|(_, span)| (span.line(), span.column())))
    }
}

/// Returns the first `count` cells of a row.
fn key_of(row: &[(String, Span)], count: usize) -> Vec<String> {
    row.iter().take(count).map(|(text, _)| text.clone()).collect()
}
