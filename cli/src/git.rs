//! The path of a folder in its git repository, and its tables at a revision.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use dreamstudio_pricing_codegen::{Folder, escape_hidden};

use crate::outcome::{Exit, Outcome};

/// What git sets for its hooks. With these variables, git would take the folder for the root of the repository that runs the
/// hook. Without them, it finds the repository that contains the folder.
///
/// Variables of the configuration are not in the list, because they can say that a folder of another user is safe.
const HOOK_VARIABLES: [&str; 11] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Returns the path of a folder from the root of its repository, which ends in `/` unless it is empty.
///
/// # Errors
///
/// Returns what git says if the folder is in no repository, or in one that git does not trust.
pub(crate) fn prefix(folder: &Path) -> Result<String, String> {
    let prefix = text(&git(folder, &["rev-parse", "--show-prefix"], "")?);
    Ok(prefix.strip_suffix('\n').unwrap_or(&prefix).to_owned())
}

/// Reads the tables of `folder` at `revision`, without touching the work tree. `instead` is what to do if the folder is in no
/// repository.
///
/// Follows links to files and folders of the revision.
pub(crate) fn read(revision: &str, folder: &Path, instead: &str) -> Result<Folder, Outcome> {
    files(revision, folder, instead).map_err(|message| Outcome::error_lines(message, Exit::Error))
}

fn files(revision: &str, folder: &Path, instead: &str) -> Result<Folder, String> {
    let label = escape_hidden(&folder.display().to_string());
    let (directory, name) = place(folder);
    let prefix = prefix(directory).map_err(|reason| {
        format!("{label}: git cannot find the repository of this folder\n{reason}\n  = help: {instead}")
    })?;
    let revision_label = escape_hidden(revision);
    // The hash of a commit cannot be taken for an option.
    let commit = git(directory, &["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")], "");
    let commit = text(&commit.map_err(|reason| {
        let help = missing_commit_help(directory);
        format!("git knows no revision `{revision_label}`\n{reason}\n  = help: {help}")
    })?);
    let commit = commit.trim_end();

    let path = format!("{prefix}{name}");
    let tree = object(directory, commit, &path)?;
    let Some(tree) = tree.strip_prefix("tree ") else {
        return Err(format!("revision {revision_label} has no folder {label}{}", not_found(&tree)));
    };
    let entries = git(directory, &["ls-tree", "-z", "--full-tree", tree], "");
    let entries = entries.map_err(|reason| format!("{revision_label}:{label}: git cannot list it\n{reason}"))?;
    let mut files = Vec::new();
    for entry in text(&entries).split_terminator('\0') {
        let Some((properties, name)) = entry.split_once('\t') else { continue };
        // Other entries can be large files, or folders, which git cannot print.
        if !name.to_ascii_lowercase().ends_with(".csv") {
            continue;
        }
        let file_label = escape_hidden(&format!("{revision}:{}", folder.join(name).display()));
        let found = match properties.split(' ').collect::<Vec<_>>()[..] {
            ["120000", ..] => object(directory, commit, &format!("{}/{name}", path.trim_end_matches('/')))?,
            [_, kind, id] => format!("{kind} {id}"),
            _ => String::new(),
        };
        let Some(blob) = found.strip_prefix("blob ") else {
            return Err(format!("{file_label}: this is not a file{}", not_found(&found)));
        };
        let bytes = git(directory, &["cat-file", "blob", blob], "");
        files.push((name.to_owned(), bytes.map_err(|reason| format!("{file_label}: git cannot read it\n{reason}"))?));
    }
    Ok(Folder::from_files(&escape_hidden(&format!("{revision}:{}", folder.display())), files))
}

/// Returns a directory of the working tree, and the path from it to a folder, which is empty if the directory is the folder
/// itself. The folder may be only in the revision.
///
/// A link is not followed, because the revision can have a folder or another link in its place.
fn place(folder: &Path) -> (&Path, String) {
    // Without a slash at the end, which would follow a link.
    let folder = folder.components().as_path();
    let directories = folder.ancestors().skip(usize::from(folder.is_symlink()));
    let existing = directories.map(|path| (path, if path.as_os_str().is_empty() { Path::new(".") } else { path }));
    let (path, directory) = existing.into_iter().find(|(_, path)| path.is_dir()).unwrap_or((folder, folder));
    let rest = folder.strip_prefix(path).unwrap_or(Path::new("")).iter();
    (directory, rest.map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// Returns the type and the hash of what a commit has at a path, such as `tree 0123…`. Follows links in the commit.
///
/// If the commit has nothing there, returns what git says about it.
fn object(directory: &Path, commit: &str, path: &str) -> Result<String, String> {
    if path.contains('\n') {
        return Err(format!("{}: git cannot be asked for a path with a line break", escape_hidden(path)));
    }
    let format = "--batch-check=%(objecttype) %(objectname)";
    // A root of a repository is an empty path.
    let request = format!("{commit}:{}\n", path.trim_end_matches('/'));
    let found = git(directory, &["cat-file", format, "--follow-symlinks"], &request);
    let found = text(&found.map_err(|reason| format!("git cannot read the revision\n{reason}"))?);
    Ok(found.lines().next().unwrap_or_default().to_owned())
}

/// Explains why what git says about an object names none.
fn not_found(found: &str) -> &'static str {
    match found.split(' ').next() {
        Some("symlink" | "dangling" | "loop" | "notdir") => ": there is a link that leads to nothing in this revision",
        _ => "",
    }
}

/// Returns what to do if git does not have a commit.
fn missing_commit_help(directory: &Path) -> &'static str {
    match git(directory, &["rev-parse", "--is-shallow-repository"], "") {
        Ok(answer) if answer.starts_with(b"true") => {
            "this clone is shallow: get the other commits with `git fetch --unshallow`"
        }
        _ => "get it with `git fetch`, or correct its name",
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns what git prints, or the error that it reports, in lines that follow a message.
fn git(directory: &Path, arguments: &[&str], input: &str) -> Result<Vec<u8>, String> {
    let run = || {
        let mut command = Command::new("git");
        for variable in HOOK_VARIABLES {
            command.env_remove(variable);
        }
        command.arg("-C").arg(directory).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // If git ends early, it says why.
            let _ = stdin.write_all(input.as_bytes());
        }
        child.wait_with_output()
    };
    let output = run().map_err(|error: io::Error| format!("  = git: it cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let stderr = text(&output.stderr);
    let lines = stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    Err(lines.map(|line| format!("  = git: {line}")).collect::<Vec<_>>().join("\n"))
}
