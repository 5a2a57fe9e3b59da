//! A progress bar on standard error, if that is a terminal and the work takes more than a second. It is cleared at the
//! end, and on an interrupt.

use std::convert::Infallible;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::input::is_stdin;
use crate::interrupt::{Removal, Removed};

pub(super) struct Progress {
    start: Instant,
    bar: ProgressBar,
    /// There is one as soon as the bar is shown.
    removed: Option<Removed>,
    /// How many bytes have been read. A thread that decompresses a log counts them, and never draws.
    read: Arc<AtomicU64>,
}

/// Counts the bytes that are read from a file, before they are decompressed.
pub(super) struct Counted<R> {
    reader: R,
    read: Arc<AtomicU64>,
}

impl Progress {
    pub(super) fn new(files: &[PathBuf]) -> Self {
        let length = |path: &PathBuf| {
            let metadata = fs::metadata(path).ok().filter(|metadata| metadata.is_file() && !is_stdin(path))?;
            Some(metadata.len())
        };
        let (total, template) = match files.iter().map(length).sum::<Option<u64>>() {
            Some(total) => (Some(total), "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left"),
            None => (None, "{spinner} {bytes}, {bytes_per_sec}"),
        };
        // Hidden at first instead of created later, because it measures the rate from the start.
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { start: Instant::now(), bar: bar.with_style(style), removed: None, read: Arc::default() }
    }

    pub(super) fn count<R: Read>(&self, reader: R) -> Counted<R> {
        Counted { reader, read: Arc::clone(&self.read) }
    }

    /// Shows what has been read.
    pub(super) fn show(&mut self) {
        self.bar.set_position(self.read.load(Ordering::Relaxed));
        if self.removed.is_none() && self.start.elapsed().as_secs() != 0 {
            let bar = self.bar.clone();
            let Ok(((), removed)) = Removed::make(|| {
                // This shows nothing if standard error is not a terminal.
                bar.set_draw_target(ProgressDrawTarget::stderr());
                let removal: Removal = Box::new(move || bar.finish_and_clear());
                Ok::<_, Infallible>(((), removal))
            });
            self.removed = Some(removed);
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
