//! The files that `--rows` and `--unpriced` write, in the order of the log.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use super::failure::Failure;
use crate::temporary::{Replacement, Written};

/// A file that is written from start to end.
pub(super) struct Sink {
    path: PathBuf,
    target: Target,
}

enum Target {
    /// A regular file is replaced at the end, so that it never has only some of the rows.
    Replaced(Replacement),
    /// A device or a pipe.
    Direct(Box<dyn Write + Send>),
}

impl Sink {
    /// Opens a file, or standard output for `-`.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let target = if is_stdout(path) {
            Ok(Target::Direct(Box::new(io::stdout())))
        } else if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            OpenOptions::new().write(true).open(path).map(|file| Target::Direct(Box::new(file)))
        } else {
            Replacement::of(path).map(Target::Replaced)
        };
        match target {
            Ok(target) => Ok(Self { path: path.to_owned(), target }),
            Err(error) => Err(failure(path, &error)),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let result = match &mut self.target {
            Target::Replaced(file) => file.write_all(bytes),
            Target::Direct(file) => file.write_all(bytes),
        };
        match result {
            // The report still needs the remaining rows.
            Err(error) if has_read_enough(&self.path, &error) => self.target = Target::Direct(Box::new(io::sink())),
            result => result.map_err(|error| failure(&self.path, &error))?,
        }
        Ok(())
    }

    /// Puts a replaced file in its place.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let result = match self.target {
            Target::Replaced(file) => file.sync().and_then(Written::put),
            // A file has no buffer, and standard output is flushed at the end of the program.
            Target::Direct(_) => Ok(()),
        };
        result.map_err(|error| failure(&self.path, &error))
    }
}

/// Returns whether a path is standard output, by any of its names: a file that it leads to must not be replaced.
pub(super) fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1"].into_iter().any(|name| path.as_os_str() == name)
}

/// Returns whether the reader of standard output has closed it, as `head` does. For a named pipe this is an error: its
/// reader expects all rows, and no shell reports that it did not get them.
fn has_read_enough(path: &Path, error: &io::Error) -> bool {
    is_stdout(path) && error.kind() == io::ErrorKind::BrokenPipe
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    let label = if is_stdout(path) { "standard output".to_owned() } else { path.display().to_string() };
    Failure::Other(format!("{label}: {error}"))
}

/// The two outputs, or the bytes for them.
#[derive(Default)]
pub(super) struct Outputs<T> {
    pub(super) rows: T,
    pub(super) unpriced: T,
}

/// Writes the outputs of the workers in the order of the blocks. A worker waits for its turn, so that each has at most
/// one block in memory.
pub(super) struct Ordered {
    state: Mutex<OrderedState>,
    turn: Condvar,
}

struct OrderedState {
    sinks: Outputs<Option<Sink>>,
    /// The number of the block that is written next, or `None` if a worker has failed.
    next: Option<u64>,
}

impl Ordered {
    pub(super) fn new(sinks: Outputs<Option<Sink>>) -> Self {
        Self { state: Mutex::new(OrderedState { sinks, next: Some(0) }), turn: Condvar::new() }
    }

    /// Writes the output of a block, and clears it.
    pub(super) fn write(&self, number: u64, output: &mut Outputs<Vec<u8>>) -> Result<(), Failure> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_early = |state: &mut OrderedState| state.next.is_some_and(|next| next < number);
        let mut state = self.turn.wait_while(state, is_early).unwrap_or_else(PoisonError::into_inner);
        if state.next == Some(number) {
            state.next = None;
            let Outputs { rows, unpriced } = &mut state.sinks;
            for (sink, bytes) in [(rows, &mut output.rows), (unpriced, &mut output.unpriced)] {
                if let Some(sink) = sink {
                    sink.write(bytes)?;
                }
                bytes.clear();
            }
            state.next = Some(number + 1);
            self.turn.notify_all();
        }
        Ok(())
    }

    /// Releases the workers that wait for their turn, because another worker has failed and will not take its turn.
    pub(super) fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).next = None;
        self.turn.notify_all();
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        let OrderedState { sinks, .. } = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        [sinks.rows, sinks.unpriced].into_iter().flatten().try_for_each(Sink::finish)
    }
}
