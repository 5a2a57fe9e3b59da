//! Files for the command to read, in a temporary folder for each thread.

use std::cell::OnceCell;
use std::path::PathBuf;

use tempfile::TempDir;

thread_local! {
    // Tests run in several threads.
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Returns a path for a file of this name, which no other thread uses.
pub(crate) fn path(name: &str) -> PathBuf {
    FOLDER.with(|folder| folder.get_or_init(|| tempfile::tempdir().unwrap()).path().join(name))
}
