//! Logs that cannot be used: what they look like, and what to do.

use super::*;

/// A row of JSON Lines with a price.
fn object() -> String {
    let (table, Cell { width, height, steps, .. }) = request();
    format!("{{\"engine\":\"{table}\",\"width\":{width},\"height\":{height},\"steps\":{steps},\"user\":\"a\"}}")
}

#[test]
fn files_of_another_form_are_named() {
    for (bytes, message) in [
        (&b"\x1f\x8b\x08\0\0\0"[..], "the file is compressed with gzip: `gzip -dc FILE | dreamprice bill -` reads it"),
        (b"\x28\xb5\x2f\xfd\0", "the file is compressed with zstd: `zstd -dc FILE | dreamprice bill -` reads it"),
        (b"\xfd7zXZ\0\0", "the file is compressed with xz: `xz -dc FILE | dreamprice bill -` reads it"),
        (b"BZh91AY&SY\0", "the file is compressed with bzip2: `bzip2 -dc FILE | dreamprice bill -` reads it"),
        (b"PK\x03\x04\0", "the file is a ZIP archive, or a spreadsheet: unpack it, or save it as CSV"),
        (b"PAR1\0", "the file is Parquet: write it as CSV or as JSON Lines"),
        (b"\xff\xfee\0", "the file is UTF-16: `iconv -f UTF-16 -t UTF-8 FILE | dreamprice bill -` reads it"),
        (b"\xfe\xff\0e", "the file is UTF-16: `iconv -f UTF-16 -t UTF-8 FILE | dreamprice bill -` reads it"),
    ] {
        for name in ["log.csv", "log.jsonl"] {
            assert_eq!(rejected(&folder(&[(name, bytes)]), &[name]), format!("{name}: {message}"));
        }
    }
}

#[test]
fn a_header_with_another_separator_is_reported_as_such() {
    for (separator, name) in [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")] {
        let folder = folder(&[("log.csv", HEADER.replace(',', separator).as_bytes())]);
        let message = format!("log.csv:1: the header looks separated by {name}: write the log with commas");
        assert_eq!(rejected(&folder, &["log.csv"]), message);
    }
}

#[test]
fn json_in_place_of_csv_is_reported_as_such() {
    let message = "log.csv:1: the log looks like JSON Lines: --input jsonl reads it";
    assert_eq!(rejected(&folder(&[("log.csv", object().as_bytes())]), &["log.csv"]), message);
}

#[test]
fn logs_without_any_object_are_rejected_with_what_they_look_like() {
    let row = object();
    let (array, spread) = (format!("[{row},\n{row}]\n"), row.replace(',', ",\n"));
    let csv = format!("{HEADER}{}\n", priced("1", "a"));
    for (log, hint) in [
        (&*array, ": the log looks like a JSON array; `jq -c '.[]'` writes an object in each line"),
        ("[]", ": the log looks like a JSON array; `jq -c '.[]'` writes an object in each line"),
        (&spread, ": an object must be in one line; `jq -c .` writes it so"),
        (&csv, ": the log looks like CSV; --input csv reads it"),
        ("\ntext\n", ""),
    ] {
        let folder = folder(&[("log.jsonl", log.as_bytes()), ("rows", b"before")]);
        let message = rejected(&folder, &["log.jsonl", "--rows", "rows"]);
        let line = if log.starts_with('\n') { 2 } else { 1 };
        assert_eq!(message, format!("log.jsonl:{line}: no line is a JSON object{hint}"));
        assert_eq!(read(&folder, "rows"), "before");
    }
    // One object is enough: then the other lines are counted.
    let report = bill(&folder(&[("log.jsonl", format!("{array}{row}").as_bytes())]), &["log.jsonl"]);
    assert_eq!((&report["rows"], &report["priced"]["rows"]), (&json!(3), &json!(1)));
}

#[test]
fn a_field_that_no_row_has_is_an_error() {
    let log = format!("{{}}\n{}\n{{\"usr\":1}}\n", object());
    let csv = format!("{HEADER}{}\n", priced("1", "a"));
    let folder = folder(&[("log.jsonl", log.as_bytes()), ("log.csv", csv.as_bytes()), ("empty.jsonl", b"{}\n{}\n")]);
    let fields = "the fields of this row are `engine`, `height`, `steps`, `user`, `width`";
    for (arguments, message) in [
        (&["--by", "usre"][..], format!("`usre`: {fields}; did you mean `user`? --by groups by columns of the log")),
        (&["--column", "images=n"], format!("`n`: {fields}; --column images=NAME reads a column of another name")),
        (&["--column", "width=w"], format!("`w`: {fields}; --column width=NAME reads a column of another name")),
    ] {
        let found = rejected(&folder, &[&["log.jsonl"], arguments].concat());
        assert_eq!(found, format!("log.jsonl:2: no row has a field {message}"));
    }
    assert_eq!(rejected(&folder, &["empty.jsonl"]), "empty.jsonl:1: no row has a field `engine`, nor any other");
    // One row that has it is enough, in any log.
    assert_eq!(bill(&folder, &["log.jsonl", "--by", "usr"])["rows"], 3);
    assert_eq!(bill(&folder, &["log.jsonl", "log.csv", "--column", "images=images"])["rows"], 4);
    assert_eq!(bill(&folder, &["empty.jsonl", "log.jsonl"])["unpriced"]["rows"], 4);
}

#[test]
fn by_has_the_names_of_the_log() {
    let log = HEADER.replace("engine", "model");
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let message = rejected(&folder, &["log.csv", "--column", "engine=model", "--by", "engine"]);
    let hint = "; --by has the names of the log, so write --by model, the name in --column engine=model";
    assert!(
        message.starts_with("log.csv:1: the header has no column `engine`: ") && message.ends_with(hint),
        "{message}"
    );
}
