//! `dreamprice check`: the checks of the build, on any folder of tables.

mod engines;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dreamstudio_pricing_codegen::{Prices, Severity, check, escape_hidden};

use crate::github::{self, Annotation};
use crate::input;
use crate::outcome::{DiagnosticReport, EXIT_CODES, Exit, Outcome};
use crate::plural::count;

/// Check a folder of tables as the build does
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The folder of tables, or a folder at a git revision, such as v0.1.0:tables
    #[arg(value_name = "[REV:]DIR", default_value = "tables")]
    folder: PathBuf,
    /// Compare engines.csv with the engines of the API, a list in JSON of objects with id, type and name; - is standard
    /// input
    #[arg(long, value_name = "FILE")]
    engines: Option<PathBuf>,
    /// The format of the output; json lists mistakes and warnings
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// For a terminal
    Text,
    /// For programs
    Json,
    /// Annotations at the lines of the CSV files, for a workflow of GitHub Actions
    Github,
}

pub(crate) fn run(Arguments { folder, engines, format }: &Arguments) -> Outcome {
    let (label, read) = match format {
        // Annotations need paths from the root of the repository, and are about files of the working tree.
        CheckFormat::Github => {
            let label = github::label(folder);
            let read = input::folder_as(folder, &label);
            (label, read)
        }
        CheckFormat::Text | CheckFormat::Json => (escape_hidden(&folder.display().to_string()), input::tables(folder)),
    };
    let folder = match read {
        Ok(folder) => folder,
        Err(error) => return error,
    };
    let of_engines = match engines.as_deref().map(|file| engines::check(file, &folder)).transpose() {
        Ok(diagnostics) => diagnostics.unwrap_or_default(),
        Err(error) => return error,
    };
    let (summary, of_tables) = match check(&folder) {
        Ok(prices) => (summary(&label, &prices), prices.warnings),
        Err(mistakes) => (String::new(), mistakes),
    };
    let diagnostics = [of_tables, of_engines].concat();
    let has_mistake = diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
    let (summary, exit) = if has_mistake { (String::new(), Exit::No) } else { (summary, Exit::Done) };
    match format {
        CheckFormat::Text => Outcome::text(summary, exit).with_diagnostics(&diagnostics),
        CheckFormat::Json => Outcome::json(&diagnostics.iter().map(DiagnosticReport::from).collect::<Vec<_>>(), exit),
        // The log has all of them, as text.
        CheckFormat::Github => {
            let commands = github::commands(diagnostics.iter().map(Annotation::from).collect());
            Outcome::text(commands + &summary, exit).with_diagnostics(&diagnostics)
        }
    }
}

fn summary(label: &str, prices: &Prices) -> String {
    let cells: usize = prices.tables.iter().map(|table| table.sizes.len() * table.rows.len()).sum();
    let tables: Vec<&str> = prices.tables.iter().map(|table| &*table.name.text).collect();
    let (cells, count) = (count(cells, "price", "prices"), count(tables.len(), "table", "tables"));
    format!(
        "{label}: no mistakes in {cells} of {count}: {}\n{label}: edition {}\n",
        tables.join(", "),
        prices.edition()
    )
}
