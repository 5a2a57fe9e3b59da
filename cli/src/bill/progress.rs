//! A progress bar on standard error, if that is a terminal and the work takes more than a second.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::input::is_stdin;

const DELAY: Duration = Duration::from_secs(1);

pub(super) struct Progress {
    start: Instant,
    read: u64,
    /// The bytes of all files, or `None` if one is not a regular file.
    total: Option<u64>,
    is_shown: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(files: &[PathBuf]) -> Self {
        let length = |path: &PathBuf| {
            let metadata = fs::metadata(path).ok().filter(|metadata| metadata.is_file() && !is_stdin(path))?;
            Some(metadata.len())
        };
        let total = files.iter().map(length).sum();
        Self { start: Instant::now(), read: 0, total, is_shown: io::stderr().is_terminal(), bar: None }
    }

    pub(super) fn add(&mut self, bytes: usize) {
        self.read += bytes as u64;
        if self.is_shown && self.bar.is_none() && self.start.elapsed() > DELAY {
            self.bar = Some(self.bar());
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.read);
        }
    }

    fn bar(&self) -> ProgressBar {
        let (bar, template) = match self.total {
            Some(total) => {
                (ProgressBar::new(total), "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left")
            }
            None => (ProgressBar::no_length(), "{spinner} {bytes}, {bytes_per_sec}"),
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.with_style(style).with_elapsed(self.start.elapsed())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
