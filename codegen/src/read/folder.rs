//! The files of a folder of tables, as bytes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::escape::escape_hidden;
use crate::hash::hash;
use crate::schema::LISTS;

/// The largest file that is read, in bytes. Tables of 40,000 cells take a quarter of it.
pub const MAX_BYTES: usize = 1 << 20;

/// Formats of tables other than CSV. They are not read, so an edit saved in one has no effect.
const OTHER_FORMATS: [&str; 5] = ["ods", "tsv", "txt", "xls", "xlsx"];

/// How a file begins that stands for one in Git LFS.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The CSV files of a folder of tables, as bytes.
#[derive(Clone, Debug)]
pub struct Folder {
    label: String,
    /// Sorted by name. A file that cannot be read has the reason instead of its bytes.
    files: Vec<(String, Result<Vec<u8>, String>)>,
    /// The names of the files in [`OTHER_FORMATS`], sorted.
    other_formats: Vec<String>,
    /// Whether the published page has the grant of `billing.csv`.
    pub(crate) is_grant_certain: bool,
    /// Where the published page has the images of `clients.csv`, by client.
    pub(crate) promises: BTreeMap<String, String>,
}

impl Folder {
    /// Reads each `*.csv` of the folder `dir`, which diagnostics call `label`.
    ///
    /// Skips hidden files and the lock files of office programs (`~$sdxl.csv`, `.~lock.sdxl.csv#`).
    ///
    /// # Errors
    ///
    /// Returns one diagnostic if the folder cannot be listed. [`check`](crate::check) reports files that cannot be read.
    pub fn read(dir: &Path, label: &str) -> Result<Self, Vec<Diagnostic>> {
        let list = || -> io::Result<Vec<_>> {
            let mut files = Vec::new();
            for entry in fs::read_dir(dir)? {
                let entry = entry?;
                let path = entry.path();
                files.push((entry.file_name().to_string_lossy().into_owned(), move || bytes(&path)));
            }
            Ok(files)
        };
        list().map(|files| Self::new(label, files)).map_err(|error| {
            let message = match error.kind() {
                io::ErrorKind::NotFound => "there is no such folder".to_owned(),
                io::ErrorKind::NotADirectory => "this is a file, not a folder".to_owned(),
                _ => format!("the folder cannot be read: {error}"),
            };
            let required = LISTS.iter().filter(|list| !list.is_optional).map(|list| list.file);
            let help = format!(
                "the tables are a folder of CSV files: {}, and one for each price table",
                required.collect::<Vec<_>>().join(", ")
            );
            vec![Diagnostic::of_file(escape_hidden(label), message).with_help(help)]
        })
    }

    /// Makes a folder of files in memory, by the rules of [`Folder::read`].
    pub fn from_files<N: Into<String>, B: Into<Vec<u8>>>(label: &str, files: impl IntoIterator<Item = (N, B)>) -> Self {
        Self::new(label, files.into_iter().map(|(name, bytes)| (name.into(), || Ok(bytes.into()))))
    }

    /// Sorts the files, and reads those that are CSV.
    fn new(label: &str, all: impl IntoIterator<Item = (String, impl FnOnce() -> Result<Vec<u8>, String>)>) -> Self {
        let (mut files, mut other_formats) = (Vec::new(), Vec::new());
        for (name, read) in all.into_iter().filter(|(name, _)| !name.starts_with('.') && !name.starts_with("~$")) {
            let extension = Path::new(&name).extension().unwrap_or_default().to_ascii_lowercase();
            if extension == "csv" {
                files.push((name, read().and_then(content)));
            } else if OTHER_FORMATS.iter().any(|format| extension == *format) {
                other_formats.push(name);
            }
        }
        // A file system lists files in any order. The same tables must give the same code.
        files.sort_by(|a, b| a.0.cmp(&b.0));
        other_formats.sort();
        Self { label: escape_hidden(label), files, other_formats, is_grant_certain: false, promises: BTreeMap::new() }
    }

    /// Returns the folder with a file, in place of the one of this name if there is one.
    #[must_use]
    pub fn with(self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let mut folder = self.without(name);
        folder.files.push((name.to_owned(), Ok(bytes.into())));
        folder.files.sort_by(|a, b| a.0.cmp(&b.0));
        folder
    }

    /// Returns the folder without one of its files.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.files.retain(|(other, _)| other != name);
        self
    }

    /// Says that the published page has the sign-up grant of `billing.csv`. Then no message of [`check`](crate::check) says that
    /// the grant may be wrong.
    #[must_use]
    pub fn with_certain_grant(self) -> Self {
        Self { is_grant_certain: true, ..self }
    }

    /// Says where the published page has the number of images that `clients.csv` states for a client, such as `line 9`. Then no
    /// message of [`check`](crate::check) proposes another number.
    #[must_use]
    pub fn with_promises(self, promises: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { promises: promises.into_iter().collect(), ..self }
    }

    /// Returns a diagnostic for each file that cannot be read. [`check`](crate::check) reports them too, among the other
    /// mistakes.
    #[must_use]
    pub fn unreadable(&self) -> Vec<Diagnostic> {
        let reasons = self.files.iter().filter_map(|(name, bytes)| Some((name, bytes.as_ref().err()?)));
        reasons.map(|(name, reason)| Diagnostic::of_file(self.path(name), reason)).collect()
    }

    /// Returns the names of the CSV files, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| &**name)
    }

    /// Returns the names of files that may be tables, but are not CSV.
    pub(crate) fn other_formats(&self) -> &[String] {
        &self.other_formats
    }

    /// Returns the file that probably should have been saved as `NAME.csv`: `NAME.ods`, or `NAME.csv.txt`.
    pub(crate) fn other_format_of(&self, stem: &str) -> Option<&str> {
        self.other_formats.iter().map(|file| &**file).find(|file| intended_stem(file) == stem)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().any(|other| other == name)
    }

    /// Returns the contents of a file, or why it cannot be read.
    pub(crate) fn bytes(&self, name: &str) -> Option<&Result<Vec<u8>, String>> {
        self.files.iter().find(|(other, _)| other == name).map(|(_, bytes)| bytes)
    }

    /// Returns the name and the hash of each file that can be read.
    pub(crate) fn hashes(&self) -> Vec<(String, u64)> {
        let files = self.files.iter().filter_map(|(name, bytes)| Some((name.clone(), hash(bytes.as_ref().ok()?))));
        files.collect()
    }

    /// Returns the path of a file, as diagnostics show it.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        format!("{}/{}", self.label, escape_hidden(name))
    }

    /// Returns the folder, as diagnostics show it.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }
}

/// Returns the name of a file without its extension, or without both, as in `sdxl.csv.txt`: Windows hides the second.
pub(crate) fn intended_stem(file: &str) -> &str {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    stem.strip_suffix(".csv").unwrap_or(stem)
}

/// Returns the bytes of a file, unless they only point to its content.
fn content(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if bytes.starts_with(LFS_POINTER) {
        return Err(
            "this is a pointer to a file in Git LFS: read a checkout in which `git lfs pull` has run".to_owned()
        );
    }
    Ok(bytes)
}

/// Reads at most [`MAX_BYTES`] + 1 bytes, to detect a file that is too large.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| format!("the file cannot be read: {error}");
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err("this is a folder, not a file".to_owned());
    }
    // Reading a pipe or a device could block forever.
    if !metadata.is_file() {
        return Err("this is not an ordinary file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
