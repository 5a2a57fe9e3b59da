//! Temporary files, which replace others at once: a reader sees the old file or the new one.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// Creates a temporary file beside `path`, with its permissions. A new file gets those of any other one: a temporary file
/// would be for its owner alone. Its name says which program left it, should that be killed.
pub(crate) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dreamprice-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = builder.tempfile_in(folder).map_err(|error| in_folder(folder, &error))?;
    if let Ok(metadata) = fs::metadata(path) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    Ok(file)
}

/// The error of `tempfile` names the temporary file, which no user has heard of.
fn in_folder(folder: &Path, error: &io::Error) -> io::Error {
    let message = error.to_string();
    let cause = message.split(" at path ").next().unwrap_or_default();
    io::Error::new(error.kind(), format!("cannot write to the folder {}: {cause}", folder.display()))
}
