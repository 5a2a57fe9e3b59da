//! Files that are replaced at once: a reader finds the whole old file or the whole new one.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::interrupt::{Removal, Removed, uninterrupted};

/// A new version of a file. Until [`put`](Written::put) it is a temporary file beside the old one, which is removed on
/// drop and on an interrupt. Its name says which program left it behind, if it was killed.
pub(crate) struct Replacement {
    file: NamedTempFile,
    path: PathBuf,
    removed: Removed,
}

/// A new version of a file that is whole, and on the disk.
pub(crate) struct Written(Replacement);

impl Replacement {
    /// Creates a temporary file beside `path`, with its permissions. A new file gets the default permissions, because
    /// those of a temporary file are only for its owner. A symbolic link is kept: the file that it leads to is
    /// replaced.
    ///
    /// # Errors
    ///
    /// Returns why the folder cannot be written to, or that a symbolic link leads to no file.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let path = match fs::canonicalize(path) {
            Err(error) if path.is_symlink() => {
                return Err(io::Error::new(error.kind(), format!("the symbolic link leads to no file: {error}")));
            }
            // The file may be new.
            found => found.unwrap_or(path.to_owned()),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".dreamprice-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let folder = folder_of(&path);
        let (file, removed) = Removed::make(|| {
            let file = builder.tempfile_in(folder)?;
            let path = file.path().to_owned();
            // What cannot be removed is left behind, as after any other end of the process.
            let removal: Removal = Box::new(move || drop(fs::remove_file(&path)));
            Ok((file, removal))
        })
        .map_err(|error| in_folder(folder, &error))?;
        if let Ok(metadata) = fs::metadata(&path) {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        Ok(Self { file, path, removed })
    }

    /// Writes everything to the disk. Some file systems only then report that they are full.
    pub(crate) fn sync(self) -> io::Result<Written> {
        self.file.as_file().sync_all()?;
        Ok(Written(self))
    }
}

impl Written {
    /// Replaces the old file.
    pub(crate) fn put(self) -> io::Result<()> {
        let Self(Replacement { file, path, removed: _removed }) = self;
        // Otherwise an interrupt could remove the temporary file just before it is renamed.
        uninterrupted(|| file.persist(path)).map(drop).map_err(|error| error.error)
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The error of `tempfile` would name the temporary file, which means nothing to the user.
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A file has no buffer.
        Ok(())
    }
}

/// Returns the folder of a file.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Returns an error of `tempfile` without the name of the temporary file.
fn in_folder(folder: &Path, error: &io::Error) -> io::Error {
    let message = error.to_string();
    let cause = message.split(" at path ").next().unwrap_or_default();
    io::Error::new(error.kind(), format!("cannot write to the folder {}: {cause}", folder.display()))
}
