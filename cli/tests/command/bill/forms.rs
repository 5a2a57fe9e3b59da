//! Logs that are separated, compressed or encoded otherwise, and JSON arrays: each is billed as the plain log is.

use std::io::Read as _;

use flate2::Compression;
use flate2::read::GzEncoder;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    GzEncoder::new(bytes, Compression::fast()).read_to_end(&mut compressed).unwrap();
    compressed
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn utf_16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A log of JSON Lines with three rows, of which two have a price.
fn lines() -> [String; 3] {
    let (table, Cell { width, height, steps, .. }) = request();
    let row = |images: &str, user: &str| {
        format!(
            r#"{{"engine":"{table}","width":{width},"height":{height},"steps":{steps},"images":{images},"user":"{user}"}}"#
        )
    };
    [row("1", "ann"), row("\"x\"", "ann"), row("2", "[b,]\\\"")]
}

/// The report of a log, whatever it is called.
fn report(folder: &TempDir, arguments: &[&str]) -> Value {
    let report = bill(folder, &[arguments, &["--by", "user"]].concat()).to_string();
    serde_json::from_str(&report.replace(&format!("\"{}\"", arguments[0]), "\"log\"")).unwrap()
}

#[test]
fn cells_are_separated_as_the_name_or_the_option_says() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    let plain = report(&folder, &["log.csv"]);
    for (name, separator, option) in [
        ("log.tsv", '\t', None),
        ("log.TSV", '\t', None),
        ("semicolons.csv", ';', Some(";")),
        ("tabs.csv", '\t', Some("tab")),
        ("bars.tsv", '|', Some("|")),
        ("ones.csv", '\u{1}', Some("\u{1}")),
    ] {
        fs::write(folder.path().join(name), log().replace(',', &separator.to_string())).unwrap();
        let options: Vec<&str> = option.iter().flat_map(|option| ["--separator", option]).collect();
        assert_eq!(report(&folder, &[&[name][..], &options].concat()), plain, "{name}");
    }
}

#[test]
fn outputs_have_the_separator_of_the_log() {
    let log = log().replace(',', ";").replace(";ann", ";\"a;n\"") + "short;1;x;y\n";
    let folder = folder(&[("a;b.csv", log.as_bytes())]);
    let outputs = ["--rows", "rows.csv", "--unpriced", "unpriced.csv"];
    let whole = bill(&folder, &[&["a;b.csv", "--separator", ";", "--by", "user"][..], &outputs].concat());
    let first = log.lines().nth(1).unwrap();
    assert!(read(&folder, "rows.csv").contains(&format!("\n{first};")), "{}", read(&folder, "rows.csv"));
    assert!(read(&folder, "rows.csv").starts_with("engine;width;height;steps;images;user;credits;usd;basis;edition\n"));
    assert!(read(&folder, "unpriced.csv").starts_with("file;line;reason;cause;engine;"));
    assert!(
        read(&folder, "unpriced.csv").contains("\n\"a;b.csv\";3;unknown-engine;"),
        "{}",
        read(&folder, "unpriced.csv")
    );
    let again = bill(&folder, &["rows.csv", "--separator", ";", "--by", "user"]);
    assert_eq!(again["priced"], whole["priced"]);
}

#[test]
fn a_first_line_can_name_the_separator() {
    for mark in ["", "\u{feff}"] {
        let text = format!("{mark}sep=;\r\n{}", log().replace(',', ";"));
        let folder = folder(&[("log.csv", text.as_bytes()), ("plain.csv", format!("\n{}", log()).as_bytes())]);
        let found = report(&folder, &["log.csv", "--rows", "rows.csv"]);
        assert_eq!(found, report(&folder, &["plain.csv"]));
        // So that a spreadsheet and another bill read it as they read the log.
        assert!(read(&folder, "rows.csv").starts_with(&format!("{mark}sep=;\r\nengine;")));
        assert_eq!(bill(&folder, &["rows.csv"])["priced"], found["priced"]);
        assert_eq!(report(&folder, &["log.csv", "--separator", ";"]), found);
    }
}

#[test]
fn an_option_names_the_separator_rather_than_the_first_line() {
    let rows = log().replace(',', ";");
    let folder =
        folder(&[("log.csv", format!("sep=,\r\n{rows}").as_bytes()), ("plain.csv", format!("\n{}", log()).as_bytes())]);
    let message = rejected(&folder, &["log.csv"]);
    assert_eq!(message, "log.csv:2: the header looks separated by semicolons: --separator ';' reads it");
    let options = ["log.csv", "--separator", ";", "--rows", "rows.csv"];
    assert_eq!(report(&folder, &options), report(&folder, &["plain.csv"]));
    // The output does not have the line that is wrong.
    assert!(read(&folder, "rows.csv").starts_with("engine;width;"));
    // Nor is a wrong option taken in silence.
    fs::write(folder.path().join("log.csv"), format!("sep=;\r\n{rows}")).unwrap();
    let message = rejected(&folder, &["log.csv", "--separator", "tab"]);
    assert_eq!(message, "log.csv:2: the header looks separated by semicolons: --separator ';' reads it");
    fs::write(folder.path().join("log.csv"), format!("sep=a\r\n{rows}")).unwrap();
    let message = "log.csv:1: the first line names a separator that cannot be one: --separator with that of the cells reads \
                   the log";
    assert_eq!(rejected(&folder, &["log.csv"]), message);
    assert_eq!(bill(&folder, &options)["rows"], 7);
}

#[test]
fn a_line_in_the_middle_that_names_the_separator_is_left_out_with_the_header() {
    let rows = log().replace(',', ";");
    let joined = |line: &str, again: &str| format!("{line}\n{rows}{again}\n{rows}");
    let folder = folder(&[]);
    let write = |text: &str| fs::write(folder.path().join("log.csv"), text).unwrap();
    for (line, again) in [("sep=;", "sep=;"), ("\u{feff}sep=;", "\u{feff}SEP=;"), ("\"sep=;\"", "\"sep=;\"")] {
        write(&joined(line, again));
        let report = bill(&folder, &["log.csv"]);
        assert_eq!((&report["rows"], &report["headers_again"]), (&json!(14), &json!(2)), "{again}");
    }
    write(&joined("sep=;", "sep=,"));
    let message = "log.csv:10: this line names another separator than that of the log: bill what follows it as a log of its \
                   own, or add --separator ';' if its cells are separated as before";
    assert_eq!(rejected(&folder, &["log.csv"]), message);
    for line in ["sep=;", "sep=,"] {
        write(&joined(line, "sep=,"));
        assert_eq!(bill(&folder, &["log.csv", "--separator", ";"])["rows"], 14);
    }
}

#[test]
fn a_separator_that_cannot_be_one_is_rejected() {
    let folder = folder(&[("log.csv", log().as_bytes()), ("log.jsonl", lines().join("\n").as_bytes())]);
    for separator in ["a", "\"", ",,", "\n", ""] {
        let (code, ..) = run(&folder, &["log.csv", "--separator", separator]);
        assert_eq!(code, 2, "{separator:?}");
    }
    let message = "--separator is for CSV, and no log is CSV: leave it out";
    assert_eq!(rejected(&folder, &["log.jsonl", "--separator", ";"]), message);
}

#[test]
fn compressed_logs_are_billed_as_what_they_contain() {
    let jsonl = lines().join("\n");
    let (csv, tsv) = (log(), log().replace(',', "\t"));
    let folder = folder(&[("plain.csv", csv.as_bytes()), ("plain.jsonl", jsonl.as_bytes())]);
    let plain = report(&folder, &["plain.csv"]);
    let half = csv.len() / 2;
    let parts = |compress: fn(&[u8]) -> Vec<u8>| {
        [compress(&csv.as_bytes()[..half]), compress(&csv.as_bytes()[half..])].concat()
    };
    let skipped = [b"\x50\x2a\x4d\x18\x04\0\0\0abcd", &*zstd(csv.as_bytes())].concat();
    for (name, bytes) in [
        ("log.csv.gz", gzip(csv.as_bytes())),
        ("log.csv.zst", zstd(csv.as_bytes())),
        ("log.tsv.GZ", gzip(tsv.as_bytes())),
        ("log", gzip(csv.as_bytes())),
        ("log.csv", zstd(csv.as_bytes())),
        ("members.csv.gz", parts(gzip)),
        ("frames.csv.zst", parts(zstd)),
        ("skipped.csv.zst", skipped),
        ("padded.csv.gz", [gzip(csv.as_bytes()), vec![0; 1]].concat()),
        ("tape.csv.gz", [gzip(csv.as_bytes()), gzip(b""), vec![0; 1000]].concat()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
        assert_eq!(report(&folder, &[name]), plain, "{name}");
    }
    fs::write(folder.path().join("log.jsonl.zst"), zstd(jsonl.as_bytes())).unwrap();
    assert_eq!(report(&folder, &["log.jsonl.zst"]), report(&folder, &["plain.jsonl"]));
}

#[test]
fn compressed_standard_input_is_read() {
    let mut command = command();
    let child = command.args(["bill", "-", "--format", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = child.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&gzip(log().as_bytes())).unwrap();
    let report: Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(report["priced"]["rows"], 2);
}

#[test]
fn damaged_compressed_logs_are_errors_and_replace_nothing() {
    let log = log().repeat(2000);
    for (name, bytes) in [("log.csv.gz", gzip(log.as_bytes())), ("log.csv.zst", zstd(log.as_bytes()))] {
        let folder = folder(&[("rows", b"before")]);
        let check = |bytes: &[u8], message: &str| {
            fs::write(folder.path().join(name), bytes).unwrap();
            let found = rejected(&folder, &[name, "--rows", "rows"]);
            assert!(found.starts_with(&format!("{name}: ")) && found.contains(message), "{found}");
            assert_eq!(read(&folder, "rows"), "before");
        };
        for length in [4, bytes.len() / 2, bytes.len() - 1] {
            check(&bytes[..length], "the file is cut off");
        }
        for more in [&b"more bytes after it"[..], b"\n", b"\x1f", b"\0\0\0\0\0x"] {
            check(&[&*bytes, more].concat(), "other bytes follow its");
        }
        let mut damaged = bytes.clone();
        damaged[bytes.len() / 2] ^= 0x55;
        check(&damaged, "data is damaged");
        // A file that is empty, because nothing has been written yet, is not a log without rows.
        check(b"", "but the file is not compressed with");
    }
}

/// Reads 64 MiB from a few kilobytes.
#[test]
fn a_row_of_a_compressed_log_has_a_largest_size() {
    let bomb = zstd(&vec![b'0'; (1 << 26) + (1 << 21)]);
    let folder = folder(&[("log.csv.zst", &bomb)]);
    assert_eq!(rejected(&folder, &["log.csv.zst"]), "log.csv.zst:1: the row that starts here has more than 64 MiB");
}

#[test]
fn encodings_are_read() {
    let log = log().replace("ann", "änn");
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let plain = report(&folder, &["log.csv"]);
    let latin_1: Vec<u8> = log.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let swapped: Vec<u8> = log.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (label, bytes) in [
        ("utf-8", log.clone().into_bytes()),
        ("UTF-16LE", utf_16le(&log)),
        ("utf-16", utf_16le(&format!("\u{feff}{log}"))),
        ("utf-16", [b"\xfe\xff", &*swapped].concat()),
        ("utf-16be", swapped),
        ("latin-1", latin_1.clone()),
        ("windows-1252", latin_1),
    ] {
        fs::write(folder.path().join("encoded.csv"), &bytes).unwrap();
        assert_eq!(report(&folder, &["encoded.csv", "--encoding", label]), plain, "{label}");
        fs::write(folder.path().join("encoded.csv.gz"), gzip(&bytes)).unwrap();
        let rows = ["encoded.csv.gz", "--encoding", label, "--rows", "rows.csv"];
        assert_eq!(report(&folder, &rows), plain, "{label}");
        assert_eq!(bill(&folder, &["rows.csv"])["priced"], plain["priced"]);
    }
    let (code, _, stderr) = run(&folder, &["log.csv", "--encoding", "no-such"]);
    assert!(code == 2 && stderr.contains("encodings are utf-8, utf-16, latin-1"), "{stderr}");
}

#[test]
fn bytes_that_an_encoding_does_not_have_are_an_error_on_their_line() {
    let text = log().replacen("ann", "a\u{fffd}n", 3);
    let bytes: Vec<u8> = text.bytes().filter(u8::is_ascii).collect();
    let bad = [&bytes[..], b"\xff\n"].concat();
    let folder = folder(&[("log.csv", &bad), ("odd.csv", &utf_16le(&log())[..51])]);
    let message = "log.csv:9: this line is not UTF-8: --encoding must name the encoding of the log";
    assert_eq!(rejected(&folder, &["log.csv", "--encoding", "utf-8"]), message);
    let message = rejected(&folder, &["odd.csv", "--encoding", "utf-16le"]);
    assert!(message.starts_with("odd.csv:1: this line is not UTF-16LE"), "{message}");
}

#[test]
fn json_arrays_are_billed_as_json_lines() {
    let rows = lines();
    let jsonl = rows.join("\n");
    let spread = rows.each_ref().map(|row| row.replace(",\"", ",\n  \"").replace('{', "{\n  "));
    let folder = folder(&[("plain.jsonl", jsonl.as_bytes())]);
    let plain = report(&folder, &["plain.jsonl", "--rows", "plain-rows"]);
    for (name, text) in [
        ("log.json", format!("[{},\n{},\n{}]", rows[0], rows[1], rows[2])),
        ("log.jsonl", format!("\u{feff} [{}\n ,{}\n , {}\n]\n\n", rows[0], rows[1], rows[2])),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
        assert_eq!(report(&folder, &[name, "--rows", "rows"]), plain, "{name}");
        assert_eq!(read(&folder, "rows"), read(&folder, "plain-rows"));
    }
    fs::write(folder.path().join("spread.json"), format!("[\n{}\n]\n", spread.join(",\n"))).unwrap();
    let found = report(&folder, &["spread.json", "--rows", "rows"]);
    assert_eq!(found["priced"], plain["priced"]);
    // The second object begins in the tenth line.
    assert_eq!(found["unpriced"]["reasons"][0]["first_lines"][0]["line"], 9);
    // The output is JSON Lines, and can be billed again.
    assert_eq!(read(&folder, "rows").lines().count(), 3);
    assert_eq!(bill(&folder, &["rows", "--input", "jsonl"])["priced"], plain["priced"]);
    assert_eq!(bill(&folder, &["rows", "--input", "jsonl"])["rows"], 3);
}

#[test]
fn an_element_that_is_not_an_object_is_malformed() {
    let text = format!("[{}, 1, \"a,]\", [{{}}], {{\"engine\":\"a\nb\"}}, {{x}}]", lines()[0]);
    let report = bill(&folder(&[("log.json", text.as_bytes())]), &["log.json"]);
    assert_eq!((&report["rows"], &report["priced"]["rows"]), (&json!(6), &json!(1)));
    assert_eq!(report["unpriced"]["reasons"][0]["reason"], "malformed");
}

#[test]
fn what_is_not_a_whole_array_is_an_error_and_replaces_nothing() {
    let row = &lines()[0];
    for (text, message) in [
        (format!("[{row}"), "log.json: the file is cut off: its JSON array is not closed"),
        (format!("[{row},\n"), "log.json: the file is cut off: its JSON array is not closed"),
        (format!("[{row},\n{}", &row[..20]), "log.json: the file is cut off: its JSON array is not closed"),
        (format!("[{row},\n,{row}]"), "log.json:2: an element of the array is missing"),
        (format!("[{row},\n]"), "log.json:2: an element of the array is missing"),
        (
            format!("[{row}]\n{row}"),
            "log.json:2: the log has more than a JSON array: it must be one array, or JSON Lines",
        ),
    ] {
        let folder = folder(&[("log.json", text.as_bytes()), ("rows", b"before")]);
        assert_eq!(rejected(&folder, &["log.json", "--rows", "rows"]), message);
        assert_eq!(read(&folder, "rows"), "before");
    }
}
