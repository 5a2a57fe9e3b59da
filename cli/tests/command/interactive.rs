//! A user at a terminal: the progress bar while a log is read, and a log that is typed.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;
use tempfile::TempDir;

use super::bill::{HEADER, folder, log, priced};
use super::command;

/// A terminal: the side of the user, and the side of programs.
fn terminal() -> (File, File) {
    let user = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&user).unwrap();
    unlockpt(&user).unwrap();
    let path = ptsname(&user, Vec::new()).unwrap().into_string().unwrap();
    (File::from(user), OpenOptions::new().read(true).write(true).open(path).unwrap())
}

/// What is shown until no program has the terminal open.
fn shown(mut user: File) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut shown = Vec::new();
        // The end of a terminal is an error.
        let _ = user.read_to_end(&mut shown);
        String::from_utf8(shown).unwrap()
    })
}

/// A log that is not read all at once: each thread holds one block until its rows are written.
fn long_log() -> String {
    const BLOCK: usize = 1 << 20;
    let row = priced("1", "a") + "\n";
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    HEADER.to_owned() + &row.repeat((threads + 3) * BLOCK / row.len())
}

/// What is shown while a log is billed. The pipes are used as `use_pipes` does.
fn shown_while(folder: &TempDir, log: &str, use_pipes: impl FnOnce(ChildStdin, ChildStdout)) -> String {
    let (user, programs) = terminal();
    let shown = shown(user);
    let mut command = command();
    command.current_dir(folder.path()).args(["bill", log, "--rows", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(programs);
    let mut child = command.spawn().unwrap();
    drop(command);
    use_pipes(child.stdin.take().unwrap(), child.stdout.take().unwrap());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    shown.join().unwrap()
}

const LONG: Duration = Duration::from_millis(1200);

#[test]
fn a_bar_shows_how_much_of_a_file_is_read_after_a_second() {
    let folder = folder(&[("log.csv", long_log().as_bytes())]);
    let shown = shown_while(&folder, "log.csv", |_, mut rows| {
        thread::sleep(LONG);
        rows.read_to_end(&mut Vec::new()).unwrap();
    });
    assert!(shown.contains("MiB of ") && shown.contains(" left"), "{shown:?}");
}

#[test]
fn a_spinner_shows_how_much_of_standard_input_is_read_after_a_second() {
    // Another file of the same name is not the one that is read.
    let folder = folder(&[("-", b"")]);
    let shown = shown_while(&folder, "-", |mut stdin, mut rows| {
        let rows = thread::spawn(move || rows.read_to_end(&mut Vec::new()).unwrap());
        let log = long_log();
        let (start, rest) = log.split_at(log.len() / 2);
        stdin.write_all(start.as_bytes()).unwrap();
        thread::sleep(LONG);
        stdin.write_all(rest.as_bytes()).unwrap();
        drop(stdin);
        rows.join().unwrap();
    });
    assert!(shown.contains("MiB, ") && !shown.contains(" of ") && !shown.contains(" left"), "{shown:?}");
}

#[test]
fn an_interrupt_clears_what_shows_progress() {
    let (mut user, programs) = terminal();
    let mut command = command();
    command.args(["bill", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(programs);
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || while stdin.write_all(long_log().as_bytes()).is_ok() {});
    let mut shown = String::new();
    let mut read = |shown: &mut String| {
        let mut bytes = [0; 4096];
        // The end of a terminal is an error.
        let length = user.read(&mut bytes).unwrap_or_default();
        *shown += &String::from_utf8_lossy(&bytes[..length]);
        length
    };
    while !shown.contains("/s") {
        assert_ne!(read(&mut shown), 0, "{shown:?}");
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(2));
    writer.join().unwrap();
    while read(&mut shown) > 0 {}
    // The last line that was shown is cleared, and nothing is shown after it.
    let (_, end) = shown.rsplit_once("/s").unwrap();
    assert_eq!(end.trim_start_matches(' '), "\r\u{1b}[2K", "{shown:?}");
}

#[test]
fn nothing_shows_progress_in_the_first_second() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    let (user, programs) = terminal();
    let shown = shown(user);
    let start = Instant::now();
    let status =
        command().current_dir(folder.path()).args(["bill", "log.csv"]).stdout(Stdio::null()).stderr(programs).status();
    assert_eq!(status.unwrap().code(), Some(1));
    // A busy machine may take longer.
    assert!(start.elapsed() > Duration::from_secs(1) || shown.join().unwrap().is_empty());
}

#[test]
fn a_log_can_be_typed_in_a_terminal() {
    let (mut user, programs) = terminal();
    let path = ptsname(&user, Vec::new()).unwrap().into_string().unwrap();
    write!(user, "{HEADER}{}\n\u{4}", priced("1", "a")).unwrap();
    let output = command().args(["bill", &path, "--format", "json"]).output().unwrap();
    drop(programs);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["priced"]["rows"], 1);
}

#[test]
fn a_terminal_by_its_name_is_written_to_and_not_replaced() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    for option in ["--rows", "--unpriced"] {
        let (user, programs) = terminal();
        let path = ptsname(&user, Vec::new()).unwrap().into_string().unwrap();
        let shown = shown(user);
        let output = command().current_dir(folder.path()).args(["bill", "log.csv", option, &path]).output().unwrap();
        assert_eq!((output.status.code(), &*output.stderr), (Some(1), &b""[..]));
        assert!(fs::metadata(path).unwrap().file_type().is_char_device());
        drop(programs);
        assert!(shown.join().unwrap().contains("engine,width,height,steps,images,user"));
    }
}

/// What a command prints in a terminal of this width.
fn shown_at(folder: &TempDir, arguments: &[&str], width: u16) -> String {
    let (user, programs) = terminal();
    let size = Winsize { ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&programs, size).unwrap();
    let shown = shown(user);
    let mut command = command();
    command.current_dir(folder.path()).args(arguments).env("NO_COLOR", "1").stdout(programs).status().unwrap();
    drop(command);
    shown.join().unwrap().replace("\r\n", "\n")
}

#[test]
fn a_table_fits_the_width_of_the_terminal() {
    let folder = folder(&[]);
    let plain = String::from_utf8(command().arg("table").output().unwrap().stdout).unwrap();
    // The lines that have prices.
    let widest = |text: &str| {
        let lines = text.lines().filter(|line| line.contains("($"));
        lines.map(str::len).max().and_then(|width| u16::try_from(width).ok()).unwrap()
    };
    assert_eq!(shown_at(&folder, &["table"], u16::MAX), plain);
    let width = widest(&plain) - 1;
    assert!(widest(&shown_at(&folder, &["table"], width)) <= width);
}

#[test]
fn the_tables_of_a_bill_fit_the_width_of_the_terminal() {
    let long = "a-name-that-is-much-longer-than-half-of-a-terminal@example.com";
    let folder = folder(&[("log.csv", log().replace(",ann", &format!(",{long}")).as_bytes())]);
    let arguments = ["bill", "log.csv", "--by", "user", "--estimate"];
    let plain = command().current_dir(folder.path()).args(arguments).output().unwrap();
    assert_eq!(shown_at(&folder, &arguments, u16::MAX), String::from_utf8(plain.stdout).unwrap());
    for width in [40, 60, 80] {
        let text = shown_at(&folder, &arguments, width);
        // A sentence is as long as it is.
        let is_of_table = |line: &&str| !line.contains(": ");
        let widest = text.lines().filter(is_of_table).map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= usize::from(width), "{text}");
        assert_eq!(text.matches("\ntotal ").count(), text.matches("user  ").count(), "{text}");
        assert!(text.contains('…') && text.contains("example.com") == (width > 40), "{text}");
    }
}
