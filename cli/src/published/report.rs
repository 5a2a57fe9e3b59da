//! What there is to say about a page besides its prices.

use dreamstudio_pricing_codegen::{Diagnostic, escape_hidden};
use serde::{Serialize, Serializer};

use super::facts::{FactSubject, PageFact, Verdict};
use crate::csv;
use crate::outcome::DiagnosticReport;
use crate::plural::count;
use crate::price_diff::code_span;

/// What a comparison with a page reports besides prices.
#[derive(Serialize)]
pub(crate) struct PageReport {
    /// What messages call the page.
    pub(crate) path: String,
    /// The title of the page in `sources.csv`, if it is known.
    pub(crate) title: Option<String>,
    /// The same title, if no heading of the page has it.
    pub(super) missing_title: Option<String>,
    /// The mistakes of the page. The prices that they concern are not compared.
    #[serde(serialize_with = "diagnostics")]
    pub(crate) mistakes: Vec<Diagnostic>,
    pub(crate) new_tables: Vec<NewTable>,
    /// The rows of `sources.csv` without a table that are not about one table of the page, but about none or several.
    pub(crate) unpriced: Vec<UnpricedTable>,
    pub(super) facts: Vec<PageFact>,
    pub(super) not_compared: Vec<NotCompared>,
}

/// A table of steps and sizes that no row of `sources.csv` is about.
#[derive(Serialize)]
pub(crate) struct NewTable {
    pub(super) heading: Option<String>,
    /// What `sources.csv` can call the table: the heading or its id, if no other table is below it.
    #[serde(skip)]
    pub(super) own_heading: Option<String>,
    pub(super) line: usize,
    /// The names of tables that are not found, and that it may be.
    pub(super) may_be: Vec<String>,
}

/// A heading of `sources.csv` whose row names no table, and the lines of the tables of steps and sizes below it.
#[derive(Serialize)]
pub(crate) struct UnpricedTable {
    pub(crate) heading: String,
    pub(crate) lines: Vec<usize>,
}

/// How many prices of a table cannot be compared, because the page has mistakes in their place.
#[derive(Serialize)]
pub(crate) struct NotCompared {
    pub(crate) table: String,
    pub(crate) prices: usize,
}

impl PageReport {
    /// Returns whether something is wrong: a mistake, a new table, or a fact that differs or may differ.
    pub(crate) fn fails(&self) -> bool {
        !self.mistakes.is_empty()
            || !self.new_tables.is_empty()
            || self.unpriced.iter().any(UnpricedTable::hides_another)
            || self.to_check().next().is_some()
    }

    /// Returns the facts that the page states differently, or may state so.
    pub(crate) fn to_check(&self) -> impl Iterator<Item = &PageFact> {
        self.with_verdict(Verdict::Different).chain(self.with_verdict(Verdict::NotCertain))
    }

    /// Returns whether the page has the sign-up grant of `billing.csv`.
    pub(crate) fn confirms_grant(&self) -> bool {
        self.with_verdict(Verdict::Equal).any(|fact| fact.subject == FactSubject::SignUpGrant)
    }

    /// Returns the clients whose number of images the page has as `clients.csv` has it, and the line of each.
    pub(crate) fn promises(&self) -> impl Iterator<Item = (String, String)> {
        self.with_verdict(Verdict::Equal).filter_map(|fact| match (&fact.subject, &fact.page[..]) {
            (FactSubject::GrantedImages { client }, [stated, ..]) => {
                Some((client.clone(), format!("line {}", stated.line)))
            }
            _ => None,
        })
    }

    fn with_verdict(&self, verdict: Verdict) -> impl Iterator<Item = &PageFact> {
        self.facts.iter().filter(move |fact| fact.verdict == verdict)
    }

    /// Returns lines of text, without the mistakes: standard error has them.
    pub(crate) fn text(&self) -> String {
        self.list(str::to_owned, "  ", "")
    }

    /// Returns Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mistakes: Vec<String> = self.mistakes.iter().map(|mistake| format!("error: {mistake}\n")).collect();
        let mistakes = mistakes.concat();
        // No line of an excerpt can end the fence, because each line starts with its number.
        let fenced =
            if mistakes.is_empty() { mistakes } else { format!("The page has mistakes:\n\n```\n{mistakes}```\n\n") };
        fenced + &self.list(code_span, "- ", "\n")
    }

    /// Returns a line for each part that is not empty, below the name of the page.
    fn list(&self, quote: fn(&str) -> String, bullet: &str, gap: &str) -> String {
        let mut lines: Vec<String> = self.new_tables.iter().map(|table| self.new_table(table, quote)).collect();
        lines.extend(self.unpriced.iter().map(|table| table.text(quote)));
        let different = self.with_verdict(Verdict::Different);
        lines.extend(different.map(|fact| format!("different: {}: {}", fact.subject, fact.sides())));
        let not_certain = self.with_verdict(Verdict::NotCertain);
        lines.extend(not_certain.map(|fact| format!("not certain: {}: {}", fact.subject, fact.sides())));
        let not_found: Vec<String> =
            self.with_verdict(Verdict::NotFound).map(|fact| fact.subject.to_string()).collect();
        if let Some(title) = &self.missing_title {
            lines.push(format!(
                "not found: the title {}, which sources.csv has in `page`; if the page has another title now, correct it there",
                quote(&escape_hidden(title))
            ));
        }
        if !not_found.is_empty() {
            lines.push(format!("not found: {}", not_found.join(", ")));
        }
        lines.extend(self.not_compared.iter().map(|NotCompared { table, prices }| {
            format!("not compared, because of mistakes: {} of {}", count(prices, "price", "prices"), quote(table))
        }));
        if lines.is_empty() {
            return String::new();
        }
        let lines: Vec<String> = lines.iter().map(|line| format!("{bullet}{line}\n")).collect();
        format!("On the page {}:\n{gap}{}", quote(&self.path), lines.concat())
    }

    /// Returns what to do about a new table. While a price table is not found, a table that may be it must not become one that is not
    /// priced.
    fn new_table(&self, table: &NewTable, quote: fn(&str) -> String) -> String {
        let place = table.place(quote);
        if !table.may_be.is_empty() {
            let names: Vec<String> = table.may_be.iter().map(|name| quote(name)).collect();
            return format!(
                "new table: {place}, in no row of sources.csv; it may be {}, which is not found",
                names.join(" or ")
            );
        }
        let Some(heading) = &table.own_heading else {
            return format!(
                "new table: {place}, in no row of sources.csv, which needs a heading of its own for each table: compare a copy of \
                 the page in which it has one"
            );
        };
        let row = csv::row(["", self.title.as_deref().unwrap_or("PAGE"), heading, "YYYY-MM-DD"]);
        format!(
            "new table: {place}, in no row of sources.csv; add a row with the name of a price table, or without one if it is not \
             priced here: {}",
            quote(&escape_hidden(row.trim_end()))
        )
    }
}

impl NewTable {
    /// Returns one line that says where it is.
    pub(crate) fn place(&self, quote: fn(&str) -> String) -> String {
        let below = self.heading.as_ref().map(|heading| format!(" below {}", quote(&escape_hidden(heading))));
        format!("line {}{}", self.line, below.unwrap_or_default())
    }
}

impl UnpricedTable {
    /// Returns whether the row may hide a table that is new.
    pub(crate) fn hides_another(&self) -> bool {
        self.lines.len() > 1
    }

    /// Returns one line that says what is wrong with the row, and what to do.
    pub(crate) fn text(&self, quote: fn(&str) -> String) -> String {
        let heading = quote(&escape_hidden(&self.heading));
        if self.lines.is_empty() {
            return format!(
                "not found: a table of steps and sizes below {heading}, which sources.csv has a row without a table for; delete \
                 the row, or it hides the next table below that heading"
            );
        }
        let lines: Vec<String> = self.lines.iter().map(usize::to_string).collect();
        format!(
            "new table: {} tables of steps and sizes are below {heading}, at lines {}, and the row of sources.csv without a table \
             is about one of them: compare a copy of the page in which each has a heading of its own",
            lines.len(),
            lines.join(" and ")
        )
    }
}

fn diagnostics<S: Serializer>(mistakes: &[Diagnostic], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(mistakes.iter().map(DiagnosticReport::from))
}
