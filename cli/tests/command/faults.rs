//! Full disks, runs that are killed, simultaneous runs, and files that are not regular. `.ci/faults` tries every point at which a
//! run can fail or be killed.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use dreamstudio_pricing::Table;
use tempfile::TempDir;

use super::{OLD, SDXL, command, folder, tables};

/// How long a run may take: much longer than any needs, so that it only ends a test that would hang.
const LIMIT: Duration = Duration::from_secs(60);

/// The header of the logs.
const HEADER: &str = "engine,width,height,steps\n";

/// The size of a block of a log, unless a row is longer.
const BLOCK: usize = 1 << 20;

fn start(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits for a run, and panics if it hangs.
fn finish(mut child: Child) -> Output {
    drop(child.stdin.take());
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("the command hangs: {:?}", child.wait_with_output());
        }
        thread::sleep(Duration::from_micros(200));
    }
    child.wait_with_output().unwrap()
}

/// Exit code, standard output and standard error.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = finish(start(command().current_dir(folder).args(arguments)));
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// The message of a run that fails.
fn error(folder: &Path, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, arguments);
    assert_eq!((code, &*stdout), (Some(2), ""), "{arguments:?}: {stderr}");
    stderr
}

fn row() -> String {
    let table = Table::ALL[0];
    let cell = table.cells().next().unwrap();
    format!("{table},{},{},{}\n", cell.width, cell.height, cell.steps)
}

/// A log of at least `length` bytes. Every second row has no price.
fn log(length: usize) -> String {
    let rows = row() + "no-engine,1,1,1\n";
    HEADER.to_owned() + &rows.repeat(length / rows.len() + 1)
}

fn page(price: &str) -> String {
    format!(
        "## XL\n\n| steps | 512x512 | 512x640 | 640x512 |\n|---|---|---|---|\n\
         | 15 | {price} | 0.4 | 0.4 |\n| 30 | 0.5 | 0.8 | 0.8 |\n\n\
         ## Old\n\n| steps | 512x512 |\n|---|---|\n| 15 | {price} |\n"
    )
}

fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A command that replaces two files, which have other contents before.
struct Writer {
    root: TempDir,
    arguments: &'static [&'static str],
    files: [&'static str; 2],
    /// The contents of the files.
    before: [Vec<u8>; 2],
    after: [Vec<u8>; 2],
}

impl Writer {
    /// Each of the commands that write files.
    fn all() -> [Self; 2] {
        let root = folder(&tables());
        fs::write(root.path().join("page.md"), page("0.3")).unwrap();
        let files = ["tables/sdxl.csv", "tables/old.csv"];
        let import = Self::new(root, &["import", "page.md"], files, [SDXL.as_bytes(), OLD.as_bytes()]);
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("log.csv"), log(100_000)).unwrap();
        let arguments = &["bill", "log.csv", "--rows", "rows.csv", "--unpriced", "unpriced.csv"];
        [import, Self::new(root, arguments, ["rows.csv", "unpriced.csv"], [b"old rows", b"old unpriced"])]
    }

    fn new(root: TempDir, arguments: &'static [&'static str], files: [&'static str; 2], before: [&[u8]; 2]) -> Self {
        let mut writer = Self { root, arguments, files, before: before.map(<[u8]>::to_vec), after: Default::default() };
        writer.reset();
        run(writer.root.path(), arguments);
        writer.after = writer.contents();
        assert!(writer.before.iter().zip(&writer.after).all(|(before, after)| before != after));
        writer.reset();
        writer
    }

    fn path(&self, at: usize) -> PathBuf {
        self.root.path().join(self.files[at])
    }

    fn contents(&self) -> [Vec<u8>; 2] {
        [0, 1].map(|at| fs::read(self.path(at)).unwrap())
    }

    fn reset(&self) {
        (0..2).for_each(|at| fs::write(self.path(at), &self.before[at]).unwrap());
        self.temporary().iter().for_each(|file| fs::remove_file(file).unwrap());
    }

    /// The files that the command left behind, which have the name of the program.
    fn temporary(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path(0).parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
        let is_temporary = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.strip_prefix(".dreamprice-").is_some_and(|rest| rest.strip_suffix(".tmp").is_some())
        };
        entries.filter(is_temporary).collect()
    }

    /// Starts the command from a shell, after other commands.
    fn after(&self, shell: &str) -> Child {
        let mut sh = Command::new("sh");
        sh.args(["-c", &format!("{shell}\nexec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_dreamprice")]).args(self.arguments);
        start(sh.current_dir(self.root.path()))
    }

    /// Each file is the old one or the new one.
    fn assert_whole(&self) {
        for (at, content) in self.contents().iter().enumerate() {
            let is_whole = *content == self.before[at] || *content == self.after[at];
            assert!(is_whole, "{}: {}", self.files[at], String::from_utf8_lossy(content));
        }
    }
}

/// A limit for the size of files stops a write where a full disk would. `.ci/faults` has full disks.
#[test]
fn a_write_that_fails_is_an_error_and_leaves_the_files_as_they_were() {
    for writer in Writer::all() {
        let size = writer.after.iter().map(Vec::len).max().unwrap();
        // In blocks of 512 or 1,024 bytes, depending on the shell: nothing, and half of the rows.
        for blocks in [0, size / 2048] {
            let output = finish(writer.after(&format!("trap '' XFSZ; ulimit -f {blocks}")));
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{stderr}");
            assert!(
                writer.files.iter().any(|file| stderr.starts_with(&format!("error: {file}: File too large"))),
                "{stderr}"
            );
            assert!(!stderr.contains(".dreamprice-"), "{stderr}");
            assert_eq!(writer.contents(), writer.before);
            assert!(writer.temporary().is_empty());
        }
    }
}

#[test]
fn a_run_that_is_killed_while_it_writes_leaves_the_files_and_a_temporary_one_with_the_name_of_the_program() {
    for writer in Writer::all() {
        // The system kills it at the first write.
        let output = finish(writer.after("ulimit -f 0"));
        assert!(output.status.signal().is_some(), "{output:?}");
        assert_eq!(writer.contents(), writer.before);
        assert!(!writer.temporary().is_empty());
        // The next run ignores files that are left behind.
        run(writer.root.path(), writer.arguments);
        assert_eq!(writer.contents(), writer.after);
    }
}

#[test]
fn a_run_that_is_killed_at_any_time_leaves_whole_files() {
    for writer in Writer::all() {
        let begin = Instant::now();
        run(writer.root.path(), writer.arguments);
        let duration = begin.elapsed();
        for part in 0..20 {
            writer.reset();
            let mut child = start(command().current_dir(writer.root.path()).args(writer.arguments));
            thread::sleep(duration * part / 16);
            child.kill().unwrap();
            finish(child);
            writer.assert_whole();
        }
    }
}

#[test]
fn a_run_that_is_interrupted_leaves_the_files_and_nothing_else_and_ends_by_the_signal() {
    let [_, writer] = Writer::all();
    // Only Linux says whether the signal of a closed terminal is ignored.
    let hang_up = cfg!(target_os = "linux").then_some(("-HUP", 1));
    for (name, number) in [("-INT", 2), ("-TERM", 15)].into_iter().chain(hang_up) {
        let (child, _stdin) = start_and_send(name, &writer, &mut command());
        let output = finish(child);
        assert_eq!(output.status.signal(), Some(number), "{output:?}");
        assert_eq!((&*output.stdout, &*output.stderr), (&b""[..], &b""[..]));
        assert_eq!(writer.contents(), writer.before);
        assert!(writer.temporary().is_empty());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_ignores_a_signal_goes_on() {
    let [_, writer] = Writer::all();
    for name in ["HUP", "INT"] {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' {name}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_dreamprice")]);
        let (child, stdin) = start_and_send(&format!("-{name}"), &writer, &mut shell);
        drop(stdin);
        assert!(finish(child).status.code().is_some());
        assert_ne!(writer.contents(), writer.before);
        writer.reset();
    }
}

/// Starts a bill that waits for more rows until the end of its standard input, and sends it a signal when its temporary
/// files are there.
fn start_and_send(signal: &str, writer: &Writer, command: &mut Command) -> (Child, ChildStdin) {
    let arguments = ["bill", "-", "--rows", "rows.csv", "--unpriced", "unpriced.csv"];
    let mut child = start(command.current_dir(writer.root.path()).args(arguments));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(log(2 * BLOCK).as_bytes()).unwrap();
    let begin = Instant::now();
    while writer.temporary().len() < 2 {
        assert!(begin.elapsed() < LIMIT, "there are no temporary files");
        thread::sleep(Duration::from_millis(1));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    (child, stdin)
}

#[test]
fn simultaneous_runs_leave_whole_files() {
    let [import, bill] = Writer::all();
    fs::write(import.root.path().join("other.md"), page("0.2")).unwrap();
    fs::write(bill.root.path().join("other.csv"), log(50_000)).unwrap();
    for writer in [import, bill] {
        let arguments = |at: usize| {
            let other = |argument: &&'static str| argument.replace("page", "other").replace("log", "other");
            writer
                .arguments
                .iter()
                .map(move |argument| if at.is_multiple_of(2) { (*argument).to_owned() } else { other(argument) })
        };
        finish(start(command().current_dir(writer.root.path()).args(arguments(1))));
        let other = writer.contents();
        assert_ne!(other, writer.after);
        let mut children: Vec<Child> =
            (0..8).map(|at| start(command().current_dir(writer.root.path()).args(arguments(at)))).collect();
        while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
            for (at, content) in writer.contents().into_iter().enumerate() {
                assert!(content == writer.after[at] || content == other[at], "{}", String::from_utf8_lossy(&content));
            }
        }
        let codes: Vec<_> = children.into_iter().map(|child| finish(child).status.code()).collect();
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 1))), "{codes:?}");
        assert!(writer.temporary().is_empty());
    }
}

/// No user can create a file in `/proc`. `.ci/faults` mounts a folder that cannot be written to, for each command: permissions
/// would not stop `root`.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_to_is_named_and_no_file_is_replaced() {
    let [_, bill] = Writer::all();
    let message = error(bill.root.path(), &["bill", "log.csv", "--rows", "rows.csv", "--unpriced", "/proc/x.csv"]);
    assert!(message.starts_with("error: /proc/x.csv: cannot write to the folder /proc: "), "{message}");
    assert_eq!(bill.contents(), bill.before);
    assert!(bill.temporary().is_empty());
}

/// The names that [`odd_files`] gives to files that are not regular.
const ODD: [&str; 5] = ["folder", "dangling", "loop", "zeros", "random"];

/// A folder with all of [`ODD`].
fn odd_files() -> TempDir {
    let root = folder(&tables());
    let path = |name: &str| root.path().join(name);
    fs::create_dir(path("folder")).unwrap();
    symlink("nosuch", path("dangling")).unwrap();
    symlink("loop", path("loop")).unwrap();
    symlink("/dev/zero", path("zeros")).unwrap();
    symlink("/dev/urandom", path("random")).unwrap();
    root
}

#[test]
fn an_input_that_is_not_a_regular_file_is_an_error() {
    let root = odd_files();
    for name in ODD {
        for arguments in [
            &["bill", name][..],
            &["bill", name, "--input", "jsonl"],
            &["import", name],
            &["check", "tables", "--engines", name],
            &["bill", "tables/engines.csv", name],
        ] {
            let message = error(root.path(), arguments);
            assert!(message.starts_with("error: "), "{arguments:?}: {message}");
        }
    }
}

#[test]
fn an_input_can_be_a_symbolic_link_or_a_pipe() {
    let root = folder(&tables());
    for (name, text, arguments, code) in [
        ("log.csv", HEADER.to_owned() + &row(), &["bill", "in"][..], 0),
        ("page.md", page("0.3"), &["diff", "tables", "in"], 1),
        ("engines.json", "[]".to_owned(), &["check", "tables", "--engines", "in"], 1),
    ] {
        let input = root.path().join("in");
        fs::write(root.path().join(name), &text).unwrap();
        symlink(name, &input).unwrap();
        let answer = run(root.path(), arguments);
        assert_eq!(answer.0, Some(code), "{answer:?}");
        fs::remove_file(&input).unwrap();
        make_fifo(&input);
        let writer = thread::spawn({
            let input = input.clone();
            move || fs::write(input, text).unwrap()
        });
        assert_eq!(run(root.path(), arguments), answer);
        writer.join().unwrap();
        fs::remove_file(&input).unwrap();
    }
}

/// The system creates such files while they are read, and says until then that they have no bytes.
#[cfg(target_os = "linux")]
#[test]
fn a_file_of_an_unknown_length_is_read() {
    let message = error(Path::new("/proc"), &["bill", "version"]);
    assert!(
        message.starts_with("error: version:1: the header does not have the columns `engine`, `width`,")
            && message.contains("`: its columns are `Linux "),
        "{message}"
    );
}

#[test]
fn a_table_that_is_not_a_regular_file_is_a_mistake_at_its_name() {
    let root = odd_files();
    make_fifo(&root.path().join("fifo"));
    for name in ODD.into_iter().chain(["fifo"]) {
        let table = root.path().join("tables/extra.csv");
        symlink(Path::new("..").join(name), &table).unwrap();
        let (code, _, stderr) = run(root.path(), &["check", "tables"]);
        assert!(code == Some(1) && stderr.starts_with("error: tables/extra.csv: "), "{name}: {stderr}");
        fs::remove_file(table).unwrap();
    }
}

#[test]
fn an_output_that_is_not_a_file_is_not_replaced() {
    let root = odd_files();
    fs::write(root.path().join("log.csv"), log(0)).unwrap();
    for (name, message) in [
        ("folder", "folder: Is a directory"),
        ("dangling", "dangling: the symbolic link leads to no file: "),
        ("loop", "loop: the symbolic link leads to no file: "),
    ] {
        let found = error(root.path(), &["bill", "log.csv", "--rows", name]);
        assert!(found.starts_with(&format!("error: {message}")), "{found}");
    }
    assert!(root.path().join("dangling").is_symlink() && root.path().join("folder").is_dir());
}

#[test]
fn an_import_only_replaces_regular_files() {
    use std::os::unix::fs::FileTypeExt as _;

    let root = folder(&tables());
    let path = |name: &str| root.path().join("tables").join(name);
    fs::write(root.path().join("page.md"), page("0.3")).unwrap();
    fs::remove_file(path("old.csv")).unwrap();
    make_fifo(&path("old.csv"));
    let message = error(root.path(), &["import", "page.md"]);
    assert!(message.starts_with("error: tables/old.csv: this is not an ordinary file"), "{message}");
    assert!(fs::metadata(path("old.csv")).unwrap().file_type().is_fifo());
    assert_eq!(fs::read_to_string(path("sdxl.csv")).unwrap(), SDXL);
}

#[test]
fn two_names_of_one_new_output_are_rejected() {
    let root = folder(&tables());
    fs::write(root.path().join("log.csv"), log(0)).unwrap();
    for unpriced in ["./rows.csv", "tables/../rows.csv"] {
        let message = error(root.path(), &["bill", "log.csv", "--rows", "rows.csv", "--unpriced", unpriced]);
        assert_eq!(message, "error: --rows and --unpriced must be two files\n");
    }
}

/// Bills a log that changes after the first rows are written: the pipe that they go to is only read then.
fn bill_while(change: impl FnOnce(&mut File, u64)) -> (Output, usize, usize) {
    let root = tempfile::tempdir().unwrap();
    // Each worker may have read a block, and one more may be in the pipe.
    let text = log((available_parallelism().unwrap().get() + 3) * BLOCK);
    let path = root.path().join("log.csv");
    fs::write(&path, &text).unwrap();
    let pipe = root.path().join("pipe");
    make_fifo(&pipe);
    let child = start(command().current_dir(root.path()).args(["bill", "log.csv", "--rows", "pipe"]));
    let mut reader = File::open(pipe).unwrap();
    let mut rows = vec![0];
    reader.read_exact(&mut rows).unwrap();
    change(&mut OpenOptions::new().append(true).open(path).unwrap(), text.len() as u64);
    reader.read_to_end(&mut rows).unwrap();
    (finish(child), text.lines().count(), rows.lines().count())
}

#[test]
fn a_log_that_grows_while_it_is_read_is_billed_as_it_was_when_it_was_opened() {
    let (output, lines, rows) = bill_while(|file, _| file.write_all(log(BLOCK).as_bytes()).unwrap());
    assert_eq!((output.status.code(), rows), (Some(1), lines), "{output:?}");
}

#[test]
fn a_log_that_becomes_shorter_while_it_is_read_is_an_error() {
    let (output, ..) = bill_while(|file, length| file.set_len(length - 1).unwrap());
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), &*message),
        (Some(2), "error: log.csv: the file became shorter while it was read: bill it when nothing writes to it\n")
    );
}
