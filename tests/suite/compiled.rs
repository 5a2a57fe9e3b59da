//! Compiles the library with generated code of a test, and programs that use it, without cargo.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use tempfile::TempDir;

pub(crate) struct Library(TempDir);

impl Library {
    pub(crate) fn new(code: &str, options: &[&str]) -> Self {
        let (folder, output) = Self::compile(code, options);
        succeeded(output);
        Self(folder)
    }

    /// Returns the folder of the library, and rustc's output.
    pub(crate) fn compile(code: &str, options: &[&str]) -> (TempDir, Output) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("generated.rs"), code).unwrap();
        // `codegen`, so that the code is not that of `src/generated.rs`.
        let library = ["--crate-name", "dreamstudio_pricing", "--crate-type", "lib", "--cfg", "feature=\"codegen\""];
        let output = rustc("src/lib.rs".as_ref(), folder.path(), &[&library, options].concat());
        (folder, output)
    }

    /// Compiles a program into the folder of the library.
    pub(crate) fn program(&self, program: &str, options: &[&str]) -> PathBuf {
        succeeded(self.rustc(program, options));
        self.0.path().join("program")
    }

    /// Returns rustc's errors for a program.
    pub(crate) fn errors(&self, program: &str) -> String {
        let output = self.rustc(program, &[]);
        assert!(!output.status.success(), "{program}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn rustc(&self, program: &str, options: &[&str]) -> Output {
        let source = self.0.path().join("program.rs");
        fs::write(&source, program).unwrap();
        rustc(&source, self.0.path(), &[&["--extern", "dreamstudio_pricing"], options].concat())
    }

    /// Returns the output of a program.
    pub(crate) fn run(&self, program: &str, options: &[&str]) -> String {
        succeeded(Command::new(self.program(program, options)).output().unwrap())
    }
}

/// Runs rustc on a source, with `folder` for its input and output.
pub(crate) fn rustc(source: &Path, folder: &Path, options: &[&str]) -> Output {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "--deny", "warnings", "-L"]).arg(folder).arg("--out-dir").arg(folder);
    rustc.args(options).arg(source).env("OUT_DIR", folder).output().unwrap()
}

/// Returns the standard output of a command that succeeded.
pub(crate) fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
