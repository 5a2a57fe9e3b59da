//! Which of the files of a bill are the same: a log must not count twice, and an output must not replace a log.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

use same_file::Handle;

use super::failure::Failure;
use super::output::is_stdout;
use crate::input::{is_stdin, label};
use crate::temporary::folder_of;

/// Rejects a log that would count twice, and an output that would replace a log or the other output.
///
/// # Errors
///
/// Returns which of the arguments name the same file.
pub(super) fn check(files: &[PathBuf], outputs: [(&str, Option<&Path>); 2]) -> Result<(), Failure> {
    let identities = Identities::default();
    let mut logs: HashMap<u64, &Path> = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        // Standard input may be no file.
        let is_again = is_stdin(file) && files[..at].contains(file);
        if let Some(other) =
            is_again.then_some(&**file).or(identities.of_log(file).and_then(|identity| logs.insert(identity, file)))
        {
            return Err(Failure::Other(counts_twice(file, other)));
        }
    }
    for (option, path) in outputs {
        let Some(path) = path else { continue };
        if let Some(log) = identities.of_output(path).and_then(|identity| logs.get(&identity)) {
            let label =
                if is_stdin(log) { "the file of standard input".to_owned() } else { format!("the log {}", label(log)) };
            let message = format!("{option} {} is {label}: name another file", path.display());
            return Err(Failure::Other(message));
        }
    }
    match outputs {
        [(one, Some(a)), (other, Some(b))] if identities.are_one_output(a, b) => {
            Err(Failure::Other(format!("{one} and {other} must be two files")))
        }
        _ => Ok(()),
    }
}

fn counts_twice(file: &Path, other: &Path) -> String {
    if file == other {
        format!("{} is named twice: its rows would count twice", label(file))
    } else {
        format!("{} and {} are the same file: its rows would count twice", label(other), label(file))
    }
}

/// Tells files apart, whichever names they have.
#[derive(Default)]
struct Identities(RandomState);

impl Identities {
    /// Returns the same number for all names of a regular file.
    ///
    /// It is a hash, because a handle keeps its file open, and there can be more logs than a process may have open. That
    /// two files have the same one is as likely as an error of the disk.
    fn of(&self, handle: std::io::Result<Handle>) -> Option<u64> {
        let handle = handle.ok()?;
        let is_file = handle.as_file().metadata().is_ok_and(|metadata| metadata.is_file());
        is_file.then(|| self.0.hash_one(&handle))
    }

    /// Returns nothing if the path is no regular file. A terminal can be read and written any number of times.
    fn of_path(&self, path: &Path) -> Option<u64> {
        // To open a pipe would wait for a program on its other side.
        path.is_file().then(|| self.of(Handle::from_path(path)))?
    }

    fn of_log(&self, path: &Path) -> Option<u64> {
        if is_stdin(path) { self.of(Handle::stdin()) } else { self.of_path(path) }
    }

    fn of_output(&self, path: &Path) -> Option<u64> {
        if is_stdout(path) { self.of(Handle::stdout()) } else { self.of_path(path) }
    }

    fn are_one_output(&self, a: &Path, b: &Path) -> bool {
        let is_same = |a: Option<u64>, b: Option<u64>| a.is_some() && a == b;
        a == b
            || is_stdout(a) && is_stdout(b)
            || is_same(self.of_output(a), self.of_output(b))
            || location(a).is_some_and(|a| Some(a) == location(b))
    }
}

/// Returns where a file is, or will be.
fn location(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| Some(folder_of(path).canonicalize().ok()?.join(path.file_name()?)))
}
