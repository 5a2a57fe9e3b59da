//! `dreamprice bill`, for any tables.

mod causes;
mod columns;
mod editions;
mod files;
mod forms;
mod input;
mod misread;
mod properties;
mod report;
mod shapes;

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;
use std::process::Stdio;

use dreamstudio_pricing::{Cell, Credits, EDITION, Request, Table};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{command, dreamprice, unlisted};

/// The header of most logs.
pub(super) const HEADER: &str = "engine,width,height,steps,images,user\n";

fn request() -> (Table, Cell) {
    (Table::ALL[0], Table::ALL[0].cells().next().unwrap())
}

/// A row of a log that has a price.
pub(super) fn priced(images: &str, user: &str) -> String {
    let (table, Cell { width, height, steps, .. }) = request();
    format!("{table},{width},{height},{steps},{images},{user}")
}

/// A row for each reason why a row has no price, in the order of the report. No table has such sizes and step counts.
fn unpriced() -> [(&'static str, String); 5] {
    let (table, Cell { width, height, steps, .. }) = request();
    [
        ("unknown-engine", format!("no-engine,{width},{height},{steps},2,ann")),
        ("size", format!("{table},4294967295,4294967295,{steps},2,ann")),
        ("steps", format!("{table},{width},{height},4294967295,2,ann")),
        ("size-and-steps", format!("{table},4294967295,4294967295,4294967295,2,ann")),
        ("malformed", format!("{table},{width},{height},x,2,ann")),
    ]
}

/// A log with two rows that have a price, 3 images in all, and one for each reason.
pub(super) fn log() -> String {
    let mut log = format!("{HEADER}{}\n", priced("1", "ann"));
    for (_, row) in unpriced() {
        log += &(row + "\n");
    }
    log + &priced("2", "bob") + "\n"
}

pub(super) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// Exit code, standard output and standard error.
fn run(folder: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let output = dreamprice(folder.path(), [&["bill"], arguments].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn bill(folder: &TempDir, arguments: &[&str]) -> Value {
    let (code, stdout, stderr) = run(folder, &[arguments, &["--format", "json"]].concat());
    let json: Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"));
    assert_eq!((code, stderr), (i32::from(json["unpriced"]["rows"] != 0), String::new()));
    json
}

/// The message of a bill that cannot be written.
fn rejected(folder: &TempDir, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, arguments);
    assert_eq!((code, &*stdout), (2, ""), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    stderr.strip_prefix("error: ").unwrap().trim_end().to_owned()
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The file and the line of each of the first rows with a reason.
fn first_lines(report: &Value, reason: usize) -> Vec<(&str, u64)> {
    let lines = report["unpriced"]["reasons"][reason]["first_lines"].as_array().unwrap();
    lines.iter().map(|line| (line["file"].as_str().unwrap(), line["line"].as_u64().unwrap())).collect()
}

fn amounts(credits: Credits) -> Value {
    json!({ "credits": credits.to_string(), "usd": format!("{:#}", credits.usd()) })
}

#[test]
fn every_row_is_in_the_totals_and_in_its_group() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    let (table, cell) = request();
    let nothing = amounts(Credits::ZERO);
    let estimated = json!({ "rows": 0, "images": 0, "expected": nothing, "without_expected": 0, "at_most": nothing });
    let totals = |images: u64, reasons: &[(&str, u64)]| {
        let reasons: Vec<Value> = reasons
            .iter()
            .map(|(reason, line)| {
                let images = if *reason == "malformed" { 0 } else { 2 };
                json!({ "reason": reason, "rows": 1, "images": images, "first_lines": [{ "file": "log.csv", "line": line }] })
            })
            .collect();
        let unpriced: u64 = reasons.iter().map(|reason| reason["images"].as_u64().unwrap()).sum();
        let total = cell.price * images;
        let priced = if images == 0 { 0 } else { 2 };
        json!({
            "rows": priced + reasons.len() as u64,
            "images": images + unpriced,
            "priced": { "rows": priced, "images": images, "credits": total.to_string(), "usd": format!("{:#}", total.usd()) },
            "estimated": estimated,
            "unpriced": { "rows": reasons.len(), "images": unpriced, "reasons": reasons },
        })
    };
    let group = |engine: &str, mut totals: Value| {
        totals["by"] = json!({ "engine": engine });
        totals
    };
    let mut wanted =
        totals(3, &[("unknown-engine", 3), ("size", 4), ("steps", 5), ("size-and-steps", 6), ("malformed", 7)]);
    let mut edition = wanted.clone();
    edition["edition"] = json!(EDITION);
    edition["from"] = Value::Null;
    for (reason, cause) in wanted["unpriced"]["reasons"].as_array_mut().unwrap().iter_mut().zip(causes::causes()) {
        reason["first_lines"][0]["cause"] = json!(cause);
    }
    wanted["one_image_each"] = json!(false);
    wanted["not_utf_8"] = json!(false);
    for count in ["blank_images", "left_out", "headers_again"] {
        wanted[count] = json!(0);
    }
    wanted["unknown_engines"] = json!([{ "engine": "no-engine", "suggestion": null, "rows": 1, "images": 2 }]);
    wanted["open_quotes"] = json!([]);
    wanted["others"] = Value::Null;
    wanted["time_zone"] = Value::Null;
    wanted["editions"] = json!([edition]);
    wanted["version"] = json!(env!("CARGO_PKG_VERSION"));
    let unknown = group("no-engine", totals(0, &[("unknown-engine", 3)]));
    let known = totals(3, &[("size", 4), ("steps", 5), ("size-and-steps", 6), ("malformed", 7)]);
    let known = group(table.name(), known);
    wanted["groups"] = if table.name() < "no-engine" { json!([known, unknown]) } else { json!([unknown, known]) };
    assert_eq!(bill(&folder, &["log.csv"]), wanted);
}

#[test]
fn text_has_a_line_for_each_group_their_sum_and_the_reasons() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    let (_, cell) = request();
    let (code, text, stderr) = run(&folder, &["log.csv", "--by", "user"]);
    assert_eq!((code, &*stderr), (1, ""));
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let group = |name: &str, rows: &str, images: &str, priced: u64, unpriced: &str| {
        let line = lines.iter().find(|line| line.first() == Some(&name)).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(line[..3], [name, rows, images], "{text}");
        assert_eq!(line[3].parse(), Ok(cell.price * priced), "{text}");
        assert_eq!(line.last(), Some(&unpriced));
    };
    assert_eq!(lines[0], ["user", "rows", "images", "credits", "dollars", "not", "priced"]);
    group("ann", "6", "9", 1, "5");
    group("bob", "1", "2", 2, "0");
    group("total", "7", "11", 3, "5");
    assert!(text.contains("\n7 rows: 2 priced, 5 not priced\n"), "{text}");
    for (words, line) in [
        ("unknown engine", "1 2 log.csv:3"),
        ("size not in the table", "1 2 log.csv:4"),
        ("steps not in the table", "1 2 log.csv:5"),
        ("size and steps not in the table", "1 2 log.csv:6"),
        ("malformed", "1 0 log.csv:7"),
    ] {
        let wanted = format!("{words} {line}");
        assert!(lines.iter().any(|line| line.join(" ") == wanted), "{wanted}\n{text}");
    }
}

#[test]
fn text_separates_thousands_and_shows_hidden_characters_of_cells() {
    let log = format!("{HEADER}{}\n{}\n", priced("1234567", "\u{1b}[31m"), priced("1", &"x".repeat(100)));
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let (code, text, _) = run(&folder, &["log.csv", "--by", "user"]);
    assert_eq!(code, 0);
    assert!(text.contains("1,234,567") && text.contains("\n<U+001B>[31m ") && !text.contains('\u{1b}'), "{text}");
    assert!(text.contains(&format!("\n{}…{} ", "x".repeat(30), "x".repeat(29))), "{text}");
}

#[test]
fn csv_has_a_row_for_each_group_and_the_sum_of_rows_beside_it() {
    // Each reason has one row more than the one before it.
    let rows: String = (1..).zip(unpriced()).map(|(count, (_, row))| format!("{row}\n").repeat(count)).collect();
    let log = format!("{HEADER}{}\n{rows}{}\n", priced("1", "ann"), priced("2", "bob"));
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let (_, cell) = request();
    let (code, text, stderr) = run(&folder, &["log.csv", "--by", "user", "--format", "csv"]);
    assert_eq!((code, &*stderr), (1, "17 rows: 2 priced, 15 not priced\nunknown engine `no-engine`: 1 row\n"));
    let (one, two) = (cell.price, cell.price * 2);
    assert_eq!(
        text,
        format!(
            "user,rows,images,priced_rows,priced_images,credits,usd,unpriced_rows,unpriced_images,no_edition,unknown_engine,\
             size,steps,size_and_steps,not_accepted,too_large,refund,malformed,edition\n\
             ann,16,21,1,1,{one},{:#},15,20,0,1,2,3,4,0,0,0,5,{EDITION}\n\
             bob,1,2,1,2,{two},{:#},0,0,0,0,0,0,0,0,0,0,0,{EDITION}\n",
            one.usd(),
            two.usd()
        )
    );
}

#[test]
fn rows_are_grouped_by_any_columns_in_the_order_of_their_cells() {
    let log = format!("{HEADER}{}\n{}\n{}\n", priced("", "\"b,\nc\""), priced("1", "a"), priced("1", "a"));
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let json = bill(&folder, &["log.csv", "--by", "user,images"]);
    let by: Vec<&Value> = json["groups"].as_array().unwrap().iter().map(|group| &group["by"]).collect();
    assert_eq!(by, [&json!({ "user": "a", "images": "1" }), &json!({ "user": "b,\nc", "images": "" })]);
    assert_eq!(json["groups"][0]["rows"], 2);
}

#[test]
fn columns_may_have_other_names_and_any_order() {
    let (table, Cell { width, height, steps, price, .. }) = request();
    let log = format!("steps,x,model,h,width\n{steps},-,{table},{height},{width}\n");
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let json = bill(&folder, &["log.csv", "--column", "engine=model", "--column", "height=h"]);
    assert_eq!(json["priced"]["credits"], price.to_string());
    assert_eq!(json["groups"][0]["by"], json!({ "model": table.name() }));
}

#[test]
fn json_lines_give_the_same_bill_as_csv() {
    let (table, Cell { width, height, steps, .. }) = request();
    let rows = [
        json!({ "engine": table.name(), "width": width, "height": height, "steps": steps, "images": 2, "user": "a\u{e9}" }),
        json!({ "steps": steps.to_string(), "engine": table.name(), "width": width, "height": height, "user": 7 }),
        json!({ "engine": table.name(), "width": width, "height": height, "steps": steps, "images": null, "more": [{}] }),
        json!({ "engine": table.name(), "width": 0.5, "height": height, "steps": steps, "user": "x" }),
        json!({ "width": 1, "user": "x" }),
        json!([]),
    ];
    let lines: String = rows.iter().fold(String::new(), |lines, row| lines + &row.to_string() + "\n");
    let row = |width: &str, images: &str, user: &str| format!("{table},{width},{height},{steps},{images},{user}\n");
    let width = width.to_string();
    let csv = [HEADER, &row(&width, "2", "a\u{e9}"), &row(&width, "", "7"), &row(&width, "", ""), &row("0.5", "", "x")];
    let csv = csv.concat() + ",1,,,,x\n,,\n";
    let folder = folder(&[("log.jsonl", lines.as_bytes()), ("log", lines.as_bytes()), ("log.csv", csv.as_bytes())]);
    let json = bill(&folder, &["log.jsonl", "--by", "user,engine"]);
    assert_eq!(json["priced"], bill(&folder, &["log.csv"])["priced"]);
    assert_eq!(json["unpriced"]["rows"], 3);
    let by: Vec<[&Value; 2]> = json["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| ["user", "engine"].map(|name| &group["by"][name]))
        .collect();
    let (null, engine) = (&Value::Null, &json!(table.name()));
    let [seven, accented, x] = [&json!("7"), &json!("a\u{e9}"), &json!("x")];
    assert_eq!(by, [[null, null], [null, engine], [seven, engine], [accented, engine], [x, null], [x, engine]]);
    assert_eq!(bill(&folder, &["log", "--input", "jsonl"])["priced"], json["priced"]);
}

#[test]
fn an_estimate_is_in_no_total_of_prices() {
    let (table, cell) = request();
    let settings = unlisted(table);
    let estimate = Request::for_table(table, settings).images(3).estimate().unwrap().total;
    let row = format!("{table},{},{},{},3,ann", settings.width, settings.height, settings.steps);
    let log = format!("{HEADER}{}\n{row}\n", priced("1", "ann"));
    let folder = folder(&[("log.csv", log.as_bytes())]);
    assert_eq!(bill(&folder, &["log.csv"])["unpriced"]["reasons"][0]["reason"], "steps");
    let json = bill(&folder, &["log.csv", "--estimate", "--rows", "rows.csv"]);
    assert_eq!(json["priced"]["credits"], cell.price.to_string());
    let expected = estimate.expected();
    assert_eq!(
        json["estimated"],
        json!({
            "rows": 1,
            "images": 3,
            "expected": expected.map(amounts),
            "without_expected": u64::from(expected.is_none()),
            "at_most": amounts(estimate.at_most()),
        })
    );
    let (price, expected) = (cell.price, expected.map(|credits| credits.to_string()).unwrap_or_default());
    assert_eq!(
        read(&folder, "rows.csv"),
        format!(
            "{},credits,usd,basis,expected,at_most,edition\n{},{price},{:#},price,,,{EDITION}\n\
             {row},,,estimate,{expected},{},{EDITION}\n",
            HEADER.trim_end(),
            priced("1", "ann"),
            price.usd(),
            estimate.at_most()
        )
    );
    let (code, text, _) = run(&folder, &["log.csv", "--estimate"]);
    assert_eq!(code, 0);
    assert!(text.contains("2 rows: 1 priced, 1 estimated, 0 not priced"), "{text}");
    let total = text.lines().find(|line| line.starts_with("total")).unwrap();
    let at_most = format!("{}  ${}", estimate.at_most(), estimate.at_most().usd());
    assert!(total.split_whitespace().collect::<Vec<_>>().join("  ").contains(&at_most), "{text}");
}

/// Rows that are hard to copy, and what they become with empty amounts. Each output row has as many cells as its header.
fn hard_rows() -> (String, String, String) {
    let (mut log, mut rows, mut unpriced) = (String::new(), String::new(), String::new());
    let mut line = 2;
    let unknown = |engine: &str| format!("unknown engine or table `{engine}`: `dreamprice table` lists both");
    for (row, copied, end, cause) in [
        ("\"two\nlines\",1,1,1,1,=1+1", "\"two\nlines\",1,1,1,1,=1+1", "\r\n", &*unknown("two<U+000A>lines")),
        ("6\" x 4\",1,1,1,1,\"a\"\"b\"", "6\" x 4\",1,1,1,1,\"a\"\"b\"", "\n", &unknown("6\" x 4\"")),
        ("short,1", "short,1,,,,", "\n", "the row has 2 cells, and the header has 6"),
        ("long,1,1,1,1,a,b", "long,1,1,1,1,\"a,b\"", "\r\n", "the row has 7 cells, and the header has 6"),
        (
            "\"long\",\"\",1,1,1,\"a\"\"\",",
            "long,,1,1,1,\"a\"\",\"",
            "\r\n",
            "the row has 7 cells, and the header has 6",
        ),
        ("last,1,1,1,1,\"open", "last,1,1,1,1,\"open\"", "", "unclosed quote on line 8"),
    ] {
        let reason = if cause.starts_with("unknown engine") { "unknown-engine" } else { "malformed" };
        let copied_end = if end.is_empty() { "\n" } else { end };
        let is_quoted = cause.contains([',', '"']);
        let cause = if is_quoted { format!("\"{}\"", cause.replace('"', "\"\"")) } else { cause.to_owned() };
        write!(log, "{row}{end}").unwrap();
        write!(rows, "{copied},,,{reason},{EDITION}{copied_end}").unwrap();
        write!(unpriced, "log.csv,{line},{reason},{cause},{copied}{copied_end}").unwrap();
        line += row.matches('\n').count() + 1;
    }
    (log, rows, unpriced)
}

#[test]
fn rows_are_copied_unchanged_with_their_cost() {
    let (log, rows, unpriced) = hard_rows();
    let log = format!("\u{feff}{}\r\n{log}", HEADER.trim_end());
    let folder = folder(&[("log.csv", log.as_bytes())]);
    bill(&folder, &["log.csv", "--rows", "rows.csv", "--unpriced", "unpriced.csv"]);
    let header = HEADER.trim_end();
    assert_eq!(read(&folder, "rows.csv"), format!("\u{feff}{header},credits,usd,basis,edition\r\n{rows}"));
    assert_eq!(read(&folder, "unpriced.csv"), format!("\u{feff}file,line,reason,cause,{header}\r\n{unpriced}"));
    for name in ["rows.csv", "unpriced.csv"] {
        // By default, the csv crate requires as many cells as the header has.
        let mut reader = csv::Reader::from_path(folder.path().join(name)).unwrap();
        let lengths: Vec<usize> = reader.byte_records().map(|record| record.unwrap().len()).collect();
        assert_eq!(lengths.len(), 6, "{name}");
    }
}

#[test]
fn objects_are_copied_as_they_are_with_their_cost() {
    let (table, Cell { width, height, steps, price, .. }) = request();
    let row = format!("{{ \"engine\":\"{table}\", \"width\":{width},\"height\":{height},\"steps\":{steps}, \"x\":1.50");
    let log = format!("{row} }}\r\n\n{{}}\nno \"object\n{row}, \"engine\":\"twice\"}}");
    let folder = folder(&[("log.jsonl", log.as_bytes())]);
    bill(&folder, &["log.jsonl", "--estimate", "--rows", "rows", "--unpriced", "unpriced"]);
    let edition = format!("\"expected\":null,\"at_most\":null,\"edition\":\"{EDITION}\"}}\n");
    let nulls = format!("\"credits\":null,\"usd\":null,\"basis\":\"malformed\",{edition}");
    let cost = format!("\"credits\":\"{price}\",\"usd\":\"{:#}\",\"basis\":\"price\"", price.usd());
    assert_eq!(
        read(&folder, "rows"),
        format!(
            "{row},{cost},{edition}{{{nulls}\
             {{\"text\":\"no \\\"object\",{nulls}{row}, \"engine\":\"twice\",{nulls}"
        )
    );
    let place = |line: u32, cause: &str| {
        format!("{{\"file\":\"log.jsonl\",\"line\":{line},\"reason\":\"malformed\",\"cause\":\"{cause}\"")
    };
    let unpriced = format!(
        "{}}}\n{},\"text\":\"no \\\"object\"}}\n{},{}, \"engine\":\"twice\"}}\n",
        place(3, "the row has no `engine`"),
        place(4, "the line is not a JSON object: expected ident at column 2"),
        place(5, "the field `engine` is there twice"),
        row.trim_start_matches("{ ")
    );
    assert_eq!(read(&folder, "unpriced"), unpriced);
}

#[test]
fn outputs_of_several_logs_are_in_their_order() {
    let [(_, engine), ..] = unpriced();
    let (a, b) = (format!("{HEADER}{}\n{engine}", priced("1", "a")), format!("{HEADER}{engine}\n"));
    let folder = folder(&[("a.csv", a.as_bytes()), ("b, c.csv", b.as_bytes())]);
    let json = bill(&folder, &["a.csv", "b, c.csv", "--rows", "rows", "--unpriced", "unpriced"]);
    assert_eq!(first_lines(&json, 0), [("a.csv", 3), ("b, c.csv", 2)]);
    assert_eq!(read(&folder, "rows").lines().count(), 4);
    assert!(read(&folder, "unpriced").contains("\na.csv,3,unknown-engine,"));
    assert!(read(&folder, "unpriced").contains("\n\"b, c.csv\",2,unknown-engine,"));
}

#[test]
fn a_large_log_is_written_in_order_and_its_counts_add_up() {
    let mut log = HEADER.to_owned();
    for at in 0..100_000 {
        let row = if at % 10 == 0 { unpriced()[at / 10 % 5].1.clone() } else { priced("1", "ann") };
        writeln!(log, "{row}{at}").unwrap();
    }
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let json = bill(&folder, &["log.csv", "--rows", "rows", "--unpriced", "unpriced"]);
    assert_eq!((json["rows"].as_u64(), json["unpriced"]["rows"].as_u64()), (Some(100_000), Some(10_000)));
    let rows = read(&folder, "rows");
    assert!(rows.lines().skip(1).zip(log.lines().skip(1)).all(|(row, line)| row.starts_with(line)));
    let lines: Vec<u64> =
        read(&folder, "unpriced").lines().skip(1).map(|row| row.split(',').nth(1).unwrap().parse().unwrap()).collect();
    assert_eq!(lines, (0..10_000).map(|at| 10 * at + 2).collect::<Vec<u64>>());
}

#[test]
fn a_cell_of_megabytes_is_read() {
    let cell = format!("\"{}\"", "long\n".repeat(2_000_000));
    let log = format!("{HEADER}{}\n{}\n", priced("1", &cell), priced("x", "a"));
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let json = bill(&folder, &["log.csv"]);
    assert_eq!(json["priced"]["rows"], 1);
    assert_eq!(json["unpriced"]["reasons"][0]["first_lines"][0]["line"], 2_000_003);
}

#[test]
fn a_quote_that_hides_the_rest_of_a_large_log_is_an_error() {
    let log = format!("{HEADER}{}\n{},\"{}", priced("1", "a"), priced("1", "a"), "row\n".repeat(20_000_000));
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let message = rejected(&folder, &["log.csv"]);
    assert_eq!(
        message,
        "log.csv:3: the row that starts here has more than 64 MiB: a quote at the end of a cell may be missing"
    );
}

#[test]
fn bytes_that_are_not_text_make_a_row_malformed_only_in_the_engine() {
    let row = priced("1", "a").into_bytes();
    let bad = |text: &[u8]| [text, b"\xff\n"].concat();
    let log = [HEADER.as_bytes(), &bad(&row), b"\xff", &bad(&row)].concat();
    let folder = folder(&[("log.csv", &log)]);
    let json = bill(&folder, &["log.csv"]);
    assert_eq!((&json["priced"]["rows"], &json["unpriced"]["reasons"][0]["reason"]), (&json!(1), &json!("malformed")));
    let engine = format!("\u{fffd}{}", request().0);
    assert_eq!(json["groups"].as_array().unwrap().last().unwrap()["by"], json!({ "engine": engine }));
    let by_user = bill(&folder, &["log.csv", "--by", "user"]);
    assert_eq!(by_user["priced"], json["priced"]);
    assert_eq!(
        (&by_user["groups"][0]["rows"], &by_user["groups"][0]["by"]),
        (&json!(2), &json!({ "user": "a\u{fffd}" }))
    );
}

#[test]
fn a_log_without_rows_costs_nothing() {
    let folder = folder(&[("a.csv", HEADER.as_bytes())]);
    let json = bill(&folder, &["a.csv"]);
    assert_eq!((&json["rows"], &json["groups"]), (&json!(0), &json!([])));
    assert!(run(&folder, &["a.csv"]).1.starts_with("0 rows: 0 priced, 0 not priced\n"));
}

#[test]
fn an_unusable_log_is_reported_with_its_line() {
    let row = priced("1", "a");
    let twice = format!("engine,{HEADER}x,{row}\n");
    let files: &[(&str, &[u8])] = &[
        ("empty.csv", b""),
        ("blank.csv", b"\n\r\n"),
        ("empty.jsonl", b""),
        ("blank.jsonl", b"\n \r\n"),
        ("no-header.csv", row.as_bytes()),
        ("no-column.csv", b"id,user\n"),
        ("missing.csv", b"\nid,engin,width,height,steps\n"),
        ("twice.csv", twice.as_bytes()),
        ("open.csv", b"engine,width,height,steps,\"images\n"),
        ("log.csv", HEADER.as_bytes()),
        ("utf-16.csv", b"\xff\xfee\0n\0"),
    ];
    let folder = folder(files);
    fs::create_dir(folder.path().join("folder")).unwrap();
    for (log, start, part) in [
        ("empty.csv", "empty.csv: the file is empty", "header"),
        ("blank.csv", "blank.csv: the file is empty", "header"),
        (
            "no-header.csv",
            "no-header.csv:1: the first line has the number",
            "; cat no-header.csv; } | dreamprice bill -",
        ),
        (
            "no-column.csv",
            "no-column.csv:1: the header does not have the columns `engine`, `width`, `height`, `steps`: its columns are",
            "--column engine=NAME --column width=NAME",
        ),
        ("missing.csv", "missing.csv:2: the header has no column `engine`", "; add --column engine=engin"),
        ("empty.jsonl", "empty.jsonl: the file is empty: it has no rows", ""),
        ("blank.jsonl", "blank.jsonl: the file is empty: it has no rows", ""),
        ("twice.csv", "twice.csv:1: the header has two columns `engine`", "rename"),
        ("open.csv", "open.csv:1: unclosed quote in the header", ""),
        ("utf-16.csv", "utf-16.csv: the file is UTF-16: --encoding utf-16", ""),
        ("folder", "folder: ", if cfg!(windows) { "(os error 5)" } else { "directory" }),
        ("nosuch.csv", "nosuch.csv: ", "(os error 2)"),
    ] {
        let message = rejected(&folder, &[log]);
        assert!(message.starts_with(start) && message.contains(part), "{message}");
        // The same holds for a file after the first. An output has rows of one format.
        if !log.contains("jsonl") {
            assert_eq!(rejected(&folder, &["log.csv", log, "--rows", "rows"]), message);
        }
    }
    assert!(!names(&folder).iter().any(|name| name == "rows" || name.starts_with('.')), "{:?}", names(&folder));
    let message = rejected(&folder, &["log.csv", "--by", "usr"]);
    assert!(
        message.starts_with("log.csv:1: the header has no column `usr`") && message.contains("`user`?"),
        "{message}"
    );
}

#[test]
fn columns_that_an_output_adds_must_not_be_there() {
    let (table, _) = request();
    let csv = format!("{},credits,line,at_most\n{},,,\n", HEADER.trim_end(), priced("1", "a"));
    let json = format!("{{\"engine\":\"{table}\"}}\n{{\"basis\":1,\"file\":1}}\n");
    let folder = folder(&[("log.csv", csv.as_bytes()), ("log.jsonl", json.as_bytes())]);
    for (arguments, start) in [
        (&["log.csv", "--rows", "out"][..], "log.csv:1: the log has a column `credits` already"),
        (&["log.csv", "--unpriced", "out"], "log.csv:1: the log has a column `line` already"),
        (&["log.jsonl", "--rows", "out"], "log.jsonl:2: the row has a field `basis` already"),
        (&["log.jsonl", "--unpriced", "out"], "log.jsonl:2: the row has a field `file` already"),
    ] {
        let message = rejected(&folder, arguments);
        assert!(message.starts_with(start), "{message}");
    }
    assert_eq!(bill(&folder, &["log.csv"])["priced"]["rows"], 1);
    assert_eq!(names(&folder), ["log.csv", "log.jsonl"]);
}

#[test]
fn logs_with_other_columns_are_only_an_error_with_outputs() {
    let other = format!("user,{}\nbob,{}\n", "engine,width,height,steps,images", priced("1", "").trim_end_matches(','));
    let a = format!("{HEADER}{}\n", priced("1", "ann"));
    let semicolons = a.replace(',', ";");
    let files =
        [("a.csv", &a), ("b.csv", &other), ("c.jsonl", &"{}\n".to_owned()), ("d.csv", &format!("sep=;\n{semicolons}"))];
    let folder = folder(&files.map(|(name, text)| (name, text.as_bytes())));
    let json = bill(&folder, &["a.csv", "b.csv", "--by", "user"]);
    assert_eq!((&json["priced"]["rows"], &json["groups"][1]["by"]), (&json!(2), &json!({ "user": "bob" })));
    for output in ["--rows", "--unpriced"] {
        for (other, what) in [
            ("b.csv", "the columns differ from those"),
            ("c.jsonl", "the format differs from that"),
            ("d.csv", "the separator differs from that"),
        ] {
            let message = rejected(&folder, &["a.csv", other, output, "out"]);
            assert!(message.starts_with(&format!("{other}: {what} of the first file, ")), "{message}");
        }
    }
    assert_eq!(names(&folder), ["a.csv", "b.csv", "c.jsonl", "d.csv"]);
}

#[test]
fn a_total_that_does_not_fit_is_an_error() {
    let (_, cell) = request();
    let most = Credits::MAX.checked_div(cell.price).unwrap().to_string();
    let sum = format!("{HEADER}{}\n{}\n", priced(&most, "a"), priced(&most, "b"));
    let folder = folder(&[("sum.csv", sum.as_bytes())]);
    for by in ["engine", "user"] {
        let message = rejected(&folder, &["sum.csv", "--by", by, "--rows", "rows"]);
        assert!(message.starts_with("a total is larger than the largest amount"), "{message}");
    }
}

#[test]
fn arguments_that_contradict_each_other_are_rejected() {
    let folder = folder(&[("log.csv", log().as_bytes()), ("out", b"")]);
    for (arguments, message) in [
        (&["log.csv", "--by", "user,user"][..], "--by names the column `user` twice"),
        (&["log.csv", "--column", "width=a", "--column", "width=b"], "--column names the column width twice"),
        (&["log.csv", "--rows", "out", "--unpriced", "./out"], "--rows and --unpriced must be two files"),
        (&["log.csv", "--rows", "-", "--unpriced", "-"], "--rows and --unpriced must be two files"),
        (&["log.csv", "--rows", "-", "--unpriced", "/dev/stdout"], "--rows and --unpriced must be two files"),
        (&["log.csv", "--rows", "./log.csv"], "--rows ./log.csv is the log log.csv: name another file"),
        (&["out", "log.csv", "--unpriced", "log.csv"], "--unpriced log.csv is the log log.csv: name another file"),
        (&["log.csv", "log.csv"], "log.csv is named twice: its rows would count twice"),
        (&["log.csv", "out", "./log.csv"], "log.csv and ./log.csv are the same file: its rows would count twice"),
        (&["-", "-"], "standard input is named twice: its rows would count twice"),
    ] {
        assert_eq!(rejected(&folder, arguments), message);
    }
    let message = rejected(&folder, &["nosuch.csv", "nosuch.csv"]);
    assert!(message.starts_with("nosuch.csv: ") && message.contains("(os error 2)"), "{message}");
    for column in ["model=engine", "engine=", "engine"] {
        let (code, _, stderr) = run(&folder, &["log.csv", "--column", column]);
        assert!(code == 2 && stderr.starts_with(&format!("error: invalid value '{column}' for '--column")), "{stderr}");
    }
}

#[test]
fn a_failure_leaves_an_output_as_it_was() {
    let folder = folder(&[("log.csv", log().as_bytes()), ("rows.csv", b"before")]);
    rejected(&folder, &["log.csv", "nosuch.csv", "--rows", "rows.csv"]);
    assert_eq!(read(&folder, "rows.csv"), "before");
    assert_eq!(names(&folder), ["log.csv", "rows.csv"]);
    let message = rejected(&folder, &["log.csv", "--rows", "nosuch/rows.csv"]);
    assert!(message.starts_with("nosuch/rows.csv: cannot write to the folder nosuch: "), "{message}");
    assert!(!message.contains("dreamprice"), "{message}");
}

#[test]
fn a_hyphen_reads_standard_input_and_writes_rows_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["bill", "-", "--rows", "-", "--format", "json"];
    let mut child = command()
        .current_dir(folder.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(log().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 8);
    let report: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(first_lines(&report, 0), [("standard input", 3)]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn rows_go_to_the_file_that_standard_output_is_and_the_report_to_standard_error() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    let rows = fs::File::create(folder.path().join("rows.csv")).unwrap();
    let arguments = ["bill", "log.csv", "--rows", "/dev/stdout", "--format", "json"];
    let output = command().current_dir(folder.path()).args(arguments).stdout(rows).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(report["rows"], 7);
    assert_eq!(read(&folder, "rows.csv").lines().count(), 8);
}

#[cfg(unix)]
#[test]
fn an_output_keeps_its_permissions_and_a_symbolic_link() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = folder(&[("log.csv", log().as_bytes()), ("rows.csv", b"before")]);
    let path = |name: &str| folder.path().join(name);
    let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(path("rows.csv"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("rows.csv", path("link.csv")).unwrap();
    bill(&folder, &["log.csv", "--rows", "link.csv", "--unpriced", "new.csv"]);
    assert!(fs::symlink_metadata(path("link.csv")).unwrap().is_symlink());
    assert_eq!((mode("rows.csv"), mode("new.csv")), (0o640, mode("log.csv")));
    assert_eq!(read(&folder, "rows.csv").lines().count(), 8);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    for arguments in
        [&["bill", "log.csv"][..], &["bill", "log.csv", "--rows", "-"], &["bill", "log.csv", "--unpriced", "-"]]
    {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command().current_dir(folder.path()).args(arguments).stdout(full).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.starts_with("error: standard output: No space left on device"), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn the_report_is_whole_whether_or_not_somebody_reads_all_rows() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    for log in [log(), log().replace('\n', "\r")] {
        let folder = folder(&[("log.csv", log.as_bytes())]);
        let (_, report, _) = run(&folder, &["log.csv"]);
        for option in ["--rows", "--unpriced"] {
            let (reader, writer) = UnixStream::pair().unwrap();
            drop(reader);
            let mut command = command();
            command.current_dir(folder.path()).args(["bill", "log.csv", option, "-"]);
            let output = command.stdout(Stdio::from(OwnedFd::from(writer))).stderr(Stdio::piped()).output().unwrap();
            assert_eq!((output.status.code(), &*String::from_utf8(output.stderr).unwrap()), (Some(1), &*report));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_that_is_closed_before_all_rows_are_written_is_an_error() {
    // More than a pipe holds.
    let log = HEADER.to_owned() + &(priced("1", "a") + "\n").repeat(10_000);
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn(move || drop(fs::File::open(pipe).unwrap()));
    let message = rejected(&folder, &["log.csv", "--rows", "pipe"]);
    reader.join().unwrap();
    assert!(message.contains("pipe: Broken pipe"), "{message}");
}

#[test]
fn help_lists_the_columns_and_the_options() {
    let output = dreamprice(Path::new("."), ["bill", "--help"]);
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
