//! What there is to say about a page besides its prices.

use std::fmt::Write as _;

use dreamstudio_pricing_codegen::Diagnostic;
use serde::{Serialize, Serializer};

use crate::outcome::DiagnosticReport;
use crate::plural::count;
use crate::price_diff::code_span;

/// What a comparison with a page reports besides prices.
#[derive(Default, Serialize)]
pub(crate) struct PageReport {
    /// The mistakes of the page. The prices that they concern are not compared.
    #[serde(serialize_with = "diagnostics")]
    pub(crate) mistakes: Vec<Diagnostic>,
    pub(crate) not_compared: Vec<NotCompared>,
}

/// How many prices of a table cannot be compared, because the page has mistakes in their place.
#[derive(Serialize)]
pub(crate) struct NotCompared {
    pub(crate) table: String,
    pub(crate) prices: usize,
}

impl PageReport {
    /// Returns whether something is wrong.
    pub(crate) fn fails(&self) -> bool {
        !self.mistakes.is_empty()
    }

    /// Returns lines of text, without the mistakes: standard error has them.
    pub(crate) fn text(&self) -> String {
        self.lines(str::to_owned)
    }

    /// Returns Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::new();
        if !self.mistakes.is_empty() {
            let mistakes: String = self.mistakes.iter().map(|mistake| format!("error: {mistake}\n")).collect();
            // No line of an excerpt can end the fence, because each line starts with its number.
            let _ = write!(text, "The page has mistakes:\n\n```\n{mistakes}```\n\n");
        }
        text + &self.lines(code_span)
    }

    fn lines(&self, quote: fn(&str) -> String) -> String {
        let mut text = String::new();
        for NotCompared { table, prices } in &self.not_compared {
            let prices = count(prices, "price", "prices");
            let _ = writeln!(text, "{prices} of {} not compared, because of mistakes on the page", quote(table));
        }
        text
    }
}

fn diagnostics<S: Serializer>(mistakes: &[Diagnostic], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(mistakes.iter().map(DiagnosticReport::from))
}
