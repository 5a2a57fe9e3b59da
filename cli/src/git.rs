//! The path of a folder in its git repository, and its tables at a revision.

use std::path::Path;
use std::process::Command;

use dreamstudio_pricing_codegen::{Folder, escape_hidden};

use crate::outcome::{Exit, Outcome};

/// Returns the path of a folder from the root of its repository, which ends in `/` unless it is empty, or `None` if the
/// folder is not in a repository.
pub(crate) fn prefix(folder: &Path) -> Option<String> {
    let prefix = git(folder, &["rev-parse", "--show-prefix"]).ok()?;
    Some(text(&prefix).trim_end_matches('\n').to_owned())
}

/// Reads the tables of `folder` at `revision`, without touching the work tree.
pub(crate) fn read(revision: &str, folder: &Path) -> Result<Folder, Outcome> {
    files(revision, folder).map_err(|message| Outcome::error(message, Exit::Error))
}

fn files(revision: &str, folder: &Path) -> Result<Folder, String> {
    let label = folder.display();
    let prefix = prefix(folder).ok_or_else(|| format!("{label}: this folder is in no git repository"))?;
    // The hash of a commit cannot be taken for an option.
    let commit = git(folder, &["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")]);
    let commit = text(&commit.map_err(|_| format!("git knows no revision `{revision}`"))?);
    let tree = format!("{}:{prefix}", commit.trim_end());
    let names = git(folder, &["ls-tree", "-z", "--name-only", "--full-tree", &tree]);
    let names = text(&names.map_err(|_| format!("revision {revision} has no folder {label}"))?);
    let mut files = Vec::new();
    // Other entries can be large files, or folders, which git cannot print.
    for name in names.split_terminator('\0').filter(|name| name.to_ascii_lowercase().ends_with(".csv")) {
        files.push((name, git(folder, &["cat-file", "blob", &format!("{tree}{name}")])?));
    }
    Ok(Folder::from_files(&escape_hidden(&format!("{revision}:{label}")), files))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns what git prints, or the error that it reports.
fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("git {}: {}", arguments.join(" "), text(&output.stderr).trim()))
}
