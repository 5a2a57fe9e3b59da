//! Files that replace others at once: under its own name a file is the old one or the new one, and whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A new version of a file. It is a temporary file beside the old one until [`put`](Written::put), and is removed unless it
/// comes to that. Its name says which program left it, should that be killed.
pub(crate) struct Replacement {
    file: NamedTempFile,
    path: PathBuf,
}

/// A new version of a file that is whole, and on the disk.
pub(crate) struct Written(Replacement);

impl Replacement {
    /// Creates a temporary file beside `path`, with its permissions. A new file gets those of any other one: a temporary
    /// file would be for its owner alone. A symbolic link stays one: the file that it leads to is replaced.
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
        let file = builder.tempfile_in(folder).map_err(|error| in_folder(folder, &error))?;
        if let Ok(metadata) = fs::metadata(&path) {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        Ok(Self { file, path })
    }

    /// Writes everything to the disk. Some file systems report only then that they are full.
    pub(crate) fn sync(self) -> io::Result<Written> {
        self.file.as_file().sync_all()?;
        Ok(Written(self))
    }
}

impl Written {
    /// Puts the file in the place of the old one.
    pub(crate) fn put(self) -> io::Result<()> {
        let Self(Replacement { file, path }) = self;
        file.persist(path).map(drop).map_err(|error| error.error)
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The error of `tempfile` would name the temporary file, which no user has heard of.
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A file has no buffer.
        Ok(())
    }
}

/// The folder of a file.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The error of `tempfile` names the temporary file here too.
fn in_folder(folder: &Path, error: &io::Error) -> io::Error {
    let message = error.to_string();
    let cause = message.split(" at path ").next().unwrap_or_default();
    io::Error::new(error.kind(), format!("cannot write to the folder {}: {cause}", folder.display()))
}
