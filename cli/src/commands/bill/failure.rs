//! Why a bill cannot be written.

use std::fmt::Display;
use std::path::PathBuf;

use crate::input::label;
use crate::outcome::{Exit, Outcome};

/// Returns what messages call the log of this index.
pub(super) fn label_of(files: &[PathBuf], file: usize) -> String {
    files.get(file).map(|path| label(path)).unwrap_or_default()
}

pub(super) enum Failure {
    /// A log cannot be used.
    Log { file: usize, line: Option<u64>, message: String },
    /// Any other failure.
    Other(String),
}

impl Failure {
    pub(super) fn in_file(file: usize, message: impl Display) -> Self {
        Self::Log { file, line: None, message: message.to_string() }
    }

    pub(super) fn at(file: usize, line: u64, message: impl Display) -> Self {
        Self::Log { file, line: Some(line), message: message.to_string() }
    }

    /// Returns the position in the logs, so that the first of several failures is reported.
    pub(super) fn position(&self) -> (usize, u64) {
        match self {
            Self::Log { file, line, .. } => (*file, line.unwrap_or(u64::MAX)),
            Self::Other(_) => (usize::MAX, u64::MAX),
        }
    }

    pub(super) fn outcome(&self, files: &[PathBuf]) -> Outcome {
        let message = match self {
            Self::Other(message) => message.clone(),
            Self::Log { file, line, message } => {
                let label = label_of(files, *file);
                let line = line.map(|line| format!(":{line}")).unwrap_or_default();
                format!("{label}{line}: {message}")
            }
        };
        Outcome::error(message, Exit::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_in_the_order_of_the_logs() {
        let failures = [
            Failure::at(0, 1, ""),
            Failure::at(0, 2, ""),
            Failure::in_file(0, ""),
            Failure::at(1, 1, ""),
            Failure::Other(String::new()),
        ];
        assert!(failures.windows(2).all(|pair| pair[0].position() < pair[1].position()));
    }
}
