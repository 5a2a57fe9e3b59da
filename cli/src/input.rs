//! Reads files and folders for subcommands, and standard input for `-`.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use dreamstudio_pricing_codegen::{Folder, MAX_BYTES, escape_hidden};

use crate::git;
use crate::outcome::{Exit, Outcome};

/// Returns whether a path is `-`, which is standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns what messages call a file, or standard input.
pub(crate) fn label(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Reads a file, or standard input, and returns what messages call it and its bytes.
///
/// # Errors
///
/// Returns why it cannot be read, or that it is too large.
pub(crate) fn read(path: &Path) -> Result<(String, Vec<u8>), Outcome> {
    let label = label(path);
    let failure = |message: String| Outcome::error(format_args!("{label}: {message}"), Exit::Error);
    let mut bytes = Vec::new();
    // One byte more than the limit shows that a file is too large.
    let limit = MAX_BYTES as u64 + 1;
    let result = if is_stdin(path) {
        io::stdin().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    result.map_err(|error| failure(error.to_string()))?;
    if bytes.len() > MAX_BYTES {
        return Err(failure(format!("the file is larger than {MAX_BYTES} bytes")));
    }
    Ok((label, bytes))
}

/// Reads the tables of a folder, or of a folder at a git revision: `REV:DIR`.
///
/// A path that exists is a folder, whatever its name. A single letter before the colon is a drive of Windows.
///
/// # Errors
///
/// Returns why the folder cannot be read.
pub(crate) fn tables(path: &Path) -> Result<Folder, Outcome> {
    match path.to_str().and_then(|text| text.split_once(':')) {
        Some((revision, folder)) if revision.len() > 1 && !folder.is_empty() && !path.exists() => {
            let instead = format!(
                "leave the revision out to read a folder as it is, or write the path of a folder in a clone, such as \
                 {revision}:path/to/clone/tables"
            );
            git::read(revision, Path::new(folder), &escape_hidden(&instead))
        }
        _ => self::folder(path),
    }
}

/// Reads the tables of a folder.
///
/// # Errors
///
/// Returns why the folder cannot be listed.
pub(crate) fn folder(path: &Path) -> Result<Folder, Outcome> {
    folder_as(path, &escape_hidden(&path.display().to_string()))
}

/// Reads the tables of a folder, which messages call `label`.
///
/// # Errors
///
/// Returns why the folder cannot be listed.
pub(crate) fn folder_as(path: &Path, label: &str) -> Result<Folder, Outcome> {
    Folder::read(path, label).map_err(|mistakes| Outcome::mistakes(&mistakes, Exit::Error))
}
