//! Logs and outputs that are the same file.

use super::*;

#[test]
fn a_hard_link_is_the_same_log() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    fs::hard_link(folder.path().join("log.csv"), folder.path().join("link.csv")).unwrap();
    for (arguments, message) in [
        (&["log.csv", "link.csv"][..], "log.csv and link.csv are the same file: its rows would count twice"),
        (&["log.csv", "--rows", "link.csv"], "--rows link.csv is the log log.csv: name another file"),
        (&["log.csv", "--unpriced", "link.csv"], "--unpriced link.csv is the log log.csv: name another file"),
    ] {
        assert_eq!(rejected(&folder, arguments), message);
    }
    fs::copy(folder.path().join("link.csv"), folder.path().join("copy.csv")).unwrap();
    assert_eq!(bill(&folder, &["log.csv", "copy.csv"])["rows"], 14);
    let message = rejected(&folder, &["copy.csv", "--rows", "link.csv", "--unpriced", "log.csv"]);
    assert_eq!(message, "--rows and --unpriced must be two files");
    assert_eq!(read(&folder, "log.csv"), log());
}

#[test]
fn the_files_of_standard_input_and_output_are_logs_and_outputs_too() {
    let folder = folder(&[("log.csv", log().as_bytes()), ("rows.csv", b"")]);
    let open = |name: &str| OpenOptions::new().read(true).append(true).open(folder.path().join(name)).unwrap();
    for (arguments, stdout, message) in [
        (
            &["-", "--rows", "log.csv"][..],
            "rows.csv",
            "--rows log.csv is the file of standard input: name another file",
        ),
        (&["log.csv", "-"], "rows.csv", "log.csv and standard input are the same file: its rows would count twice"),
        (&["-", "log.csv"], "rows.csv", "standard input and log.csv are the same file: its rows would count twice"),
        (&["log.csv", "--rows", "-"], "log.csv", "--rows - is the log log.csv: name another file"),
        (&["log.csv", "--rows", "-", "--unpriced", "rows.csv"], "rows.csv", "--rows and --unpriced must be two files"),
    ] {
        let mut command = command();
        command.current_dir(folder.path()).arg("bill").args(arguments).stdin(open("log.csv")).stdout(open(stdout));
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), &*stderr), (Some(2), &*format!("error: {message}\n")));
        assert_eq!((read(&folder, "log.csv"), read(&folder, "rows.csv")), (log(), String::new()));
    }
}

#[cfg(unix)]
#[test]
fn there_can_be_more_logs_than_a_process_may_have_open() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..100).map(|number| format!("{number}.csv")).collect();
    for name in &names {
        fs::write(folder.path().join(name), log()).unwrap();
    }
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 40; exec \"$0\" bill --format json \"$@\"", env!("CARGO_BIN_EXE_dreamprice")]);
    let output = command.current_dir(folder.path()).args(&names).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(report["rows"], 700);
}
