//! Messages about unusable logs: what they look like, and what to do.

use std::io::Read as _;

use flate2::Compression;
use flate2::read::GzEncoder;

use super::causes::causes_of;
use super::*;

/// A row of JSON Lines with a price.
fn object() -> String {
    let (table, Cell { width, height, steps, .. }) = request();
    format!("{{\"engine\":\"{table}\",\"width\":{width},\"height\":{height},\"steps\":{steps},\"user\":\"a\"}}")
}

#[test]
fn files_of_another_form_are_named() {
    for (bytes, message) in [
        (
            &b"\xfd7zXZ\0\0"[..],
            "the file is compressed with xz: `xz -dc 'a log.EXT' | dreamprice bill -OPTIONS` reads it",
        ),
        (
            b"BZh91AY&SY\0",
            "the file is compressed with bzip2: `bzip2 -dc 'a log.EXT' | dreamprice bill -OPTIONS` reads it",
        ),
        (b"PK\x03\x04\0", "the file is a ZIP archive, or a spreadsheet: unpack it, or save it as CSV"),
        (b"PAR1\0", "the file is Parquet: write it as CSV or as JSON Lines"),
        (b"\xff\xfee\0", "the file is UTF-16: --encoding utf-16 reads it"),
        (b"\xfe\xff\0e", "the file is UTF-16: --encoding utf-16 reads it"),
        (b"e\0n\0", "the file is UTF-16: --encoding utf-16 reads it"),
        (b"\0e\0n", "the file is UTF-16: --encoding utf-16be reads it"),
        (
            b"\xff\xfe\0\0e\0\0\0",
            "the file is UTF-32LE: `iconv -f UTF-32LE -t UTF-8 'a log.EXT' | dreamprice bill -OPTIONS` reads it",
        ),
        (
            b"\0\0\xfe\xff\0\0\0e",
            "the file is UTF-32BE: `iconv -f UTF-32BE -t UTF-8 'a log.EXT' | dreamprice bill -OPTIONS` reads it",
        ),
        (
            b"e\0\0\0n\0\0\0",
            "the file is UTF-32LE: `iconv -f UTF-32LE -t UTF-8 'a log.EXT' | dreamprice bill -OPTIONS` reads it",
        ),
    ] {
        for (extension, options) in [("csv", ""), ("jsonl", " --input jsonl"), ("tsv", " --separator tab")] {
            let (name, message) = (format!("a log.{extension}"), message.replace("EXT", extension));
            let message = format!("{name}: {}", message.replace("OPTIONS", options));
            assert_eq!(rejected(&folder(&[(&name, bytes)]), &[&name]), message);
        }
    }
}

#[test]
fn a_command_reads_a_packed_log_as_the_name_below_its_ending_says() {
    let mut tar = [b'a'; 512];
    tar[257..262].copy_from_slice(b"ustar");
    let mut gzip = Vec::new();
    GzEncoder::new(&tar[..], Compression::fast()).read_to_end(&mut gzip).unwrap();
    let reads = "reads the files in it as one log";
    for (name, bytes, command) in [
        (
            "a.jsonl.xz",
            &b"\xfd7zXZ\0\0"[..],
            "compressed with xz: `xz -dc a.jsonl.xz | dreamprice bill - --input jsonl` reads it",
        ),
        (
            "a.tsv.BZ2",
            b"BZh91AY",
            "compressed with bzip2: `bzip2 -dc a.tsv.BZ2 | dreamprice bill - --separator tab` reads it",
        ),
        ("a.tar", &tar, &format!("a tar archive: `tar -xOf a.tar | dreamprice bill -` {reads}")),
        ("a.tgz", &gzip, &format!("a tar archive: `gzip -dc a.tgz | tar -xOf - | dreamprice bill -` {reads}")),
        (
            "a.json.tar.gz",
            &gzip,
            &format!("a tar archive: `gzip -dc a.json.tar.gz | tar -xOf - | dreamprice bill - --input jsonl` {reads}"),
        ),
    ] {
        assert_eq!(rejected(&folder(&[(name, bytes)]), &[name]), format!("{name}: the file is {command}"));
    }
}

#[test]
fn a_log_without_a_header_gets_one_from_a_command() {
    let row = priced("1", "a");
    for (name, arguments, line, command) in [
        ("a.csv", &[][..], &*row, "`{ echo 'engine,width,height,steps,images'; cat a.csv; } | dreamprice bill -`"),
        (
            "a.tsv",
            &["--column", "size=size", "--set", "steps=30"],
            &row.replace(',', "\t"),
            r#"`{ printf "engine\\timages\\tsize\\n"; cat a.tsv; } | dreamprice bill - --separator tab`"#,
        ),
        (
            "a;b.csv",
            &["--separator", ";"],
            &row.replace(',', ";"),
            "`{ echo 'engine;width;height;steps;images'; cat 'a;b.csv'; } | dreamprice bill - --separator ';'`",
        ),
    ] {
        let (_, Cell { width, .. }) = request();
        let message = format!(
            "{name}:1: the first line has the number `{width}` where a header has a name: if the log has no header, {command} \
             adds one; write the names of all columns of the log in their order"
        );
        let folder = folder(&[(name, format!("{line}\n{line}\n").as_bytes())]);
        assert_eq!(rejected(&folder, &[&[name], arguments].concat()), message);
    }
    // A header that has one of the names is one.
    let folder = folder(&[("a.csv", b"engine,512,x\na,1,2\n")]);
    assert!(rejected(&folder, &["a.csv"]).starts_with("a.csv:1: the header does not have the columns `width`"));
}

#[cfg(unix)]
#[test]
fn a_table_in_a_dump_of_postgresql_is_read_by_a_command() {
    let (table, Cell { width, height, steps, .. }) = request();
    let copy = format!(
        "COPY public.log (engine, \"user\", width, height, steps, images) FROM stdin;\n\
         {table}\ta\t{width}\t{height}\t{steps}\t2\n{table}\tb\t{width}\t{height}\t{steps}\t\\N\n\\.\n\n"
    );
    let dump = format!("--\n-- PostgreSQL database dump\n--\n\nSET x = 1;\n\n{copy}--\n-- complete\n--\n");
    let folder = folder(&[("copy.sql", copy.as_bytes()), ("dump.sql", dump.as_bytes())]);
    for name in ["copy.sql", "dump.sql"] {
        let message = rejected(&folder, &[name]);
        let command = message.strip_prefix(&format!("{name}:1: the log is a dump of PostgreSQL: `"));
        let command = command.and_then(|rest| rest.strip_suffix("` reads a table in it")).unwrap();
        let (program, options) = command.split_once(" | dreamprice bill -").unwrap();
        let output = Command::new("sh").args(["-c", program]).current_dir(folder.path()).output().unwrap();
        assert_eq!(options, " --separator tab --null \"\\\\N\"");
        fs::write(folder.path().join("log.tsv"), output.stdout).unwrap();
        let report = bill(&folder, &["log.tsv", "--null", "\\N", "--by", "user"]);
        assert_eq!((&report["priced"]["images"], &report["blank_images"]), (&json!(3), &json!(1)));
    }
}

#[test]
fn a_header_with_another_separator_is_reported_as_such() {
    for (separator, name, option) in [(";", "semicolons", "';'"), ("\t", "tabs", "tab"), ("|", "vertical bars", "'|'")]
    {
        for header in [HEADER, "a,b\n", "\"engine\",\"width\"\n", "a;b,engine,width\n"] {
            let folder = folder(&[("log.csv", header.replace(',', separator).as_bytes())]);
            let message = format!("log.csv:1: the header looks separated by {name}: --separator {option} reads it");
            assert_eq!(rejected(&folder, &["log.csv"]), message);
        }
    }
    let folder = folder(&[("log.tsv", HEADER.as_bytes())]);
    let message = "log.tsv:1: the header looks separated by commas: --separator , reads it";
    assert_eq!(rejected(&folder, &["log.tsv"]), message);
}

#[test]
fn utf_32_is_named_whatever_the_options_are() {
    let text: Vec<u8> = format!("\u{feff}{}", log()).chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let mut gzip = Vec::new();
    GzEncoder::new(&*text, Compression::fast()).read_to_end(&mut gzip).unwrap();
    let folder = folder(&[("log.csv", &text), ("log.csv.gz", &gzip)]);
    let message = rejected(&folder, &["log.csv", "--encoding", "utf-16"]);
    assert!(message.starts_with("log.csv: the file is UTF-32LE: `iconv "), "{message}");
    let message = rejected(&folder, &["log.csv.gz"]);
    assert!(message.contains(": `gzip -dc log.csv.gz | iconv -f UTF-32LE -t UTF-8 | dreamprice bill -` "), "{message}");
}

#[test]
fn json_instead_of_csv_is_reported() {
    let message = "log.csv:1: the log looks like JSON: --input jsonl reads it";
    for log in [object(), format!("[{}]", object()), format!(" [ {}", object()), format!("[\n{}]", object())] {
        assert_eq!(rejected(&folder(&[("log.csv", log.as_bytes())]), &["log.csv"]), message);
    }
    for header in ["[a,b\n", "a,{\n", "[],b\n"] {
        assert!(!rejected(&folder(&[("log.csv", header.as_bytes())]), &["log.csv"]).contains("JSON"));
    }
}

#[test]
fn logs_without_any_object_are_rejected_with_what_they_look_like() {
    let row = object();
    let spread = row.replace(',', ",\n");
    let csv = format!("{HEADER}{}\n", priced("1", "a"));
    let wrapped = format!("{{\n  \"page\": 1,\n  \"my rows\": [\n{spread},\n{spread}\n  ]\n}}");
    let reads = "log.jsonl | dreamprice bill - --input jsonl` reads";
    for (log, hint) in [
        (&*spread, format!(": an object must be in one line; `jq -c . {reads} it")),
        (&wrapped, format!(": if the rows are in an array in an object, `jq -c '.\"my rows\"[]' {reads} them")),
        (
            &format!("{row},\n{row}, \r\n"),
            format!(": a comma follows the object; `sed 's/}},[[:space:]]*$/}}/' {reads} it"),
        ),
        (&csv, ": the log looks like CSV; --input csv reads it".to_owned()),
        ("\ntext\n1,2\n", String::new()),
    ] {
        let folder = folder(&[("log.jsonl", log.as_bytes()), ("rows", b"before")]);
        let message = rejected(&folder, &["log.jsonl", "--rows", "rows"]);
        let line = if log.starts_with('\n') { 2 } else { 1 };
        assert_eq!(message, format!("log.jsonl:{line}: no line is a JSON object{hint}"));
        assert_eq!(read(&folder, "rows"), "before");
    }
    // With one object, the other lines are counted as malformed.
    let report = bill(&folder(&[("log.jsonl", format!("1\n[{row}]\n{row}").as_bytes())]), &["log.jsonl"]);
    assert_eq!((&report["rows"], &report["priced"]["rows"]), (&json!(3), &json!(1)));
}

#[test]
fn a_comma_after_an_object_is_the_cause_of_a_malformed_row() {
    let row = object();
    let report = bill(&folder(&[("log.jsonl", format!("{row},\n{row}, \n{row}").as_bytes())]), &["log.jsonl"]);
    let cause = "the line is not a JSON object: a comma follows it, which `sed 's/},[[:space:]]*$/}/'` removes";
    assert_eq!((&report["priced"]["rows"], causes_of(&report)), (&json!(1), vec![cause, cause]));
}

#[test]
fn rows_in_an_object_are_proposed() {
    let row = object();
    for (name, log, command) in [
        ("log.json", format!("{{\"object\":\"list\",\"data\":[{row},{row}]}}"), "`jq -c '.data[]' log.json |"),
        ("log.json", format!("[{{\"a\":{{\"b\":[\n{row}]}}}},{{}}]"), "`jq -c '.[].a.b[]' log.json |"),
        ("log.json", format!("{{\"data\":[{row}],\"page_size\":50,\"total\":1}}"), "`jq -c '.data[]' log.json |"),
        (
            "log.json",
            format!("{{\"data\":[{{\"id\":1,\"results\":[{row}]}}]}}"),
            "`jq -c '.data[].results[]' log.json |",
        ),
        ("it's.jsonl", format!("{{\"count\":1,\"x\":[{row}]}}"), "`jq -c '.x[]' \"it's.jsonl\" |"),
    ] {
        let message = rejected(&folder(&[(name, log.as_bytes())]), &[name]);
        let hint =
            format!("; if the rows are in an array in it, {command} dreamprice bill - --input jsonl` reads them");
        assert!(message.ends_with(&hint), "{message}");
    }
    // Rows that are in lines of their own are not billed without the others.
    for (rows, program) in [
        (format!("{{\"object\":\"list\",\"data\":[\n{row}\n]}}"), "'.data[]'"),
        (format!("{{\n  \"data\": [\n{row},\n{row}\n]}}"), "'.data[]'"),
        (format!("{{\n  \"data\": {row}\n}}\n{row}"), "."),
    ] {
        let message = rejected(&folder(&[("log.json", rows.as_bytes())]), &["log.json"]);
        let start = "log.json:1: this object is not in one line: ";
        let command = format!("`jq -c {program} log.json | dreamprice bill - --input jsonl` reads ");
        assert!(message.starts_with(start) && message.contains(&command), "{message}");
    }
    // A line that is cut off is malformed.
    let log = format!("{}\n{row}", &row[..row.len() - 5]);
    assert_eq!(bill(&folder(&[("log.json", log.as_bytes())]), &["log.json"])["priced"]["rows"], 1);
    // A row can have an array of objects too.
    let log = row.replace("engine", "model").replace("\"a\"", "[{\"n\":1}]");
    let message = rejected(&folder(&[("log.json", log.as_bytes())]), &["log.json"]);
    assert!(message.ends_with("; add --column engine=model"), "{message}");
    let message =
        rejected(&folder(&[("log.json", log.as_bytes())]), &["log.json", "--column", "engine=model", "--by", "x"]);
    assert!(message.ends_with("`width`; --by groups by columns of the log"), "{message}");
}

#[test]
fn a_field_that_no_row_has_is_an_error() {
    let log = format!("{{}}\n{}\n{{\"usr\":1}}\n", object());
    let csv = format!("{HEADER}{}\n", priced("1", "a"));
    let folder = folder(&[("log.jsonl", log.as_bytes()), ("log.csv", csv.as_bytes()), ("empty.jsonl", b"{}\n{}\n")]);
    let fields = "the fields of this row are `engine`, `height`, `steps`, `user`, `width`";
    for (arguments, message) in [
        (&["--by", "usre"][..], format!("`usre`: {fields}; did you mean `user`? --by groups by columns of the log")),
        (
            &["--column", "images=n"],
            format!("`n`: {fields}; add --column images=NAME, where NAME is that of the column in the log"),
        ),
        (&["--column", "width=w"], format!("`w`: {fields}; add --column width=width")),
    ] {
        let found = rejected(&folder, &[&["log.jsonl"], arguments].concat());
        assert_eq!(found, format!("log.jsonl:2: no row has a field {message}"));
    }
    let nothing = "no row has the fields `engine`, `width`, `height`, `steps`, nor any other";
    assert_eq!(rejected(&folder, &["empty.jsonl"]), format!("empty.jsonl:1: {nothing}"));
    // It is enough if one row of any log has it.
    assert_eq!(bill(&folder, &["log.jsonl", "--by", "usr"])["rows"], 3);
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

#[test]
fn a_message_names_twelve_columns_and_counts_the_others() {
    let header = |count: u8| (0..count).map(|at| char::from(b'a' + at).to_string()).collect::<Vec<_>>().join(",");
    for (count, end) in [(1, "`a`"), (12, "`k`, `l`"), (13, "`k`, `l` and 1 more"), (26, "`k`, `l` and 14 more")] {
        let message = rejected(&folder(&[("log.csv", header(count).as_bytes())]), &["log.csv"]);
        assert!(message.contains(&format!("{end}; add --column engine=")), "{message}");
    }
}

#[test]
fn a_field_that_is_not_read_may_have_any_value() {
    let log = object().replace('}', r#","note":"\ud800","x":{"y":[null]},"x":1}"#);
    assert_eq!(bill(&folder(&[("log.jsonl", log.as_bytes())]), &["log.jsonl"])["priced"]["rows"], 1);
}

#[test]
fn an_error_ends_the_reading_of_an_endless_log() {
    let arguments = ["bill", "-", "--input", "jsonl", "--rows", "-"];
    let mut child =
        command().args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let child = child.as_mut().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", object().replace('}', ",\"credits\":1}")).unwrap();
    let rows = (object() + "\n").repeat(1000);
    while stdin.write_all(rows.as_bytes()).is_ok() {}
    let mut message = String::new();
    child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(message.starts_with("error: standard input:1: the row has a field `credits` already"), "{message}");
}
