//! A folder of tables as it was in a git revision.

use std::path::Path;
use std::process::Command;

use dreamstudio_pricing_codegen::Folder;

use super::TROUBLE;
use crate::Outcome;

/// Reads what stood in `folder` at `revision`, without touching the work tree.
pub(super) fn read(revision: &str, folder: &Path) -> Result<Folder, Outcome> {
    let failed = |error: String| Outcome::failed(error, TROUBLE);
    let git = |arguments: &[&str]| run(folder, arguments).map_err(failed);
    if !folder.is_dir() {
        return Err(failed(format!("{}: there is no such folder", folder.display())));
    }
    let prefix = run(folder, &["rev-parse", "--show-prefix"]);
    let prefix = text(&prefix.map_err(|_| failed(format!("{}: this is in no git repository", folder.display())))?);
    let prefix = prefix.trim_end_matches('\n');
    // Only what git takes for a commit goes on from here, and no option.
    let commit = run(folder, &["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")]);
    let commit = text(&commit.map_err(|_| failed(format!("git knows no revision `{revision}`")))?);
    let tree = format!("{}:{prefix}", commit.trim_end());
    let names = run(folder, &["ls-tree", "-z", "--name-only", "--full-tree", &tree]);
    let names = text(&names.map_err(|_| failed(format!("revision {revision} has no folder {}", folder.display())))?);
    let mut files = Vec::new();
    // As a folder is read: no other files than tables, which could be large.
    for name in names.split_terminator('\0').filter(|name| name.to_ascii_lowercase().ends_with(".csv")) {
        files.push((name, git(&["cat-file", "blob", &format!("{tree}{name}")])?));
    }
    Ok(Folder::from_files(&format!("{revision}:{}", folder.display()), files))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What git prints, or what it says went wrong.
fn run(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("git {}: {}", arguments.join(" "), said.trim().trim_start_matches("fatal: ")))
}
