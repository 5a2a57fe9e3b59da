//! Why a row has no price, in the report and beside the row.

use dreamstudio_pricing::{Settings, Table};

use super::*;

/// The causes of [`unpriced`], in its order.
pub(super) fn causes() -> [String; 5] {
    let (table, Cell { width, height, steps, .. }) = request();
    let error = |width, height, steps| table.price(width, height, steps).unwrap_err().to_string();
    [
        "unknown engine or table `no-engine`: `dreamprice table` lists both".to_owned(),
        error(u32::MAX, u32::MAX, steps),
        error(width, height, u32::MAX),
        error(u32::MAX, u32::MAX, u32::MAX),
        "`steps` must have only digits, such as 30; it is `x`".to_owned(),
    ]
}

/// The causes of all first lines.
pub(super) fn causes_of(report: &Value) -> Vec<&str> {
    let reasons = report["unpriced"]["reasons"].as_array().unwrap();
    let lines = reasons.iter().flat_map(|reason| reason["first_lines"].as_array().unwrap());
    lines.map(|line| line["cause"].as_str().unwrap()).collect()
}

#[test]
fn text_has_the_cause_of_the_first_row_of_each_reason_and_of_all_first_malformed_rows() {
    let mut log = log() + &log().lines().skip(1).fold(String::new(), |rows, row| rows + row + "\n");
    log += "short\n";
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let (_, text, _) = run(&folder, &["log.csv"]);
    let [engine, size, steps, both, malformed] = causes();
    let wanted = format!(
        "\n\nlog.csv:3: {engine}\nlog.csv:4: {size}\nlog.csv:5: {steps}\nlog.csv:6: {both}\nlog.csv:7: {malformed}\n\
         log.csv:14: {malformed}\nlog.csv:16: the row has 1 cell, and the header has 6\n"
    );
    assert!(text.ends_with(&wanted), "{text}");
}

#[test]
fn a_malformed_row_has_the_first_of_its_causes() {
    let (table, Cell { width, height, steps, .. }) = request();
    let (text, characters) = ("x".repeat(100), "\u{1f600}".repeat(61));
    let rows = [
        (format!("{table},{width},{height},,1,a"), "`n` is empty".to_owned()),
        (format!("no,0,{height},{steps},1,a"), "`width` must be at least 1; it is `0`".to_owned()),
        (format!("{table},{width},-5,x,1,a"), "`height` must not be negative; it is `-5`".to_owned()),
        (format!("{table},4294967296,1,1,1,a"), "`width` must be at most 4294967295; it is `4294967296`".to_owned()),
        (format!("{table},1.5,1,1,1,a"), "`width` must be a whole number; it is `1.5`".to_owned()),
        (format!("{table},0,{height},{steps},0,a"), "`width` must be at least 1; it is `0`".to_owned()),
        (format!("{table},{width},{height},{steps},00,a"), "`images` must not begin with 0; it is `00`".to_owned()),
        (
            format!("{table},{width},{height},{steps},\"1,024\",a"),
            "`images` must have no separators between its digits; it is `1,024`".to_owned(),
        ),
        (
            format!("{table},{width},{height},{steps},{text},a"),
            format!("`images` must have only digits, such as 30; it is `{}…`", &text[..60]),
        ),
        (
            format!("{table},{width},{height},{steps},{characters},a"),
            format!("`images` must have only digits, such as 30; it is `{}…`", &characters[..4 * 60]),
        ),
        (format!("{table},{width},{height},\u{1b},1,a"), {
            "`n` must have only digits, such as 30; it is `<U+001B>`".to_owned()
        }),
    ];
    for (row, cause) in rows {
        let log = format!("engine,width,height,n,images,user\n{row}\n");
        let folder = folder(&[("log.csv", log.as_bytes())]);
        let report = bill(&folder, &["log.csv", "--column", "steps=n", "--unpriced", "unpriced.csv"]);
        assert_eq!(causes_of(&report), [&*cause]);
        let mut reader = csv::Reader::from_path(folder.path().join("unpriced.csv")).unwrap();
        assert_eq!(&reader.records().next().unwrap().unwrap()[3], cause);
    }
}

#[test]
fn cells_that_are_not_text_are_a_cause() {
    let bad = |row: String| row.replace('?', "\u{1}").into_bytes().into_iter().map(|b| if b == 1 { 0xff } else { b });
    let (_, Cell { width, height, steps, .. }) = request();
    let rows = [format!("?,{width},{height},{steps},1,a\n"), priced("1", "?") + "\n"];
    let log: Vec<u8> = HEADER.bytes().chain(rows.into_iter().flat_map(bad)).collect();
    let folder = folder(&[("log.csv", &log)]);
    let report = bill(&folder, &["log.csv", "--by", "user"]);
    assert_eq!(causes_of(&report), ["`engine` is not UTF-8: --encoding names another encoding"]);
}

#[test]
fn lines_of_json_have_causes_too() {
    let (table, Cell { width, height, steps, .. }) = request();
    let row = format!("\"engine\":\"{table}\",\"width\":{width},\"height\":{height},\"steps\":{steps}");
    let log = format!(
        "{{{row},\"width\":1}}\n{{\"engine\":\"a\"}}\n[]\n{{{row},\"images\":\"\\ud800\"}}\n{{{row},\"images\":1.5}}\n"
    );
    let folder = folder(&[("log.jsonl", log.as_bytes())]);
    let report = bill(&folder, &["log.jsonl"]);
    assert_eq!(
        causes_of(&report),
        [
            "the field `width` is there twice",
            "the row has no `width`",
            "the line is not a JSON object: invalid type: sequence, expected an object at column 0",
            "the field `images` has one half of an escaped surrogate pair",
            "`images` must be a whole number; it is `1.5`",
        ]
    );
}

#[test]
fn with_estimates_the_cause_is_why_there_is_none() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    let report = bill(&folder, &["log.csv", "--estimate"]);
    let (table, Cell { width, height, .. }) = request();
    let settings = Settings::size(width, height).steps(u32::MAX);
    let estimate = table.estimate_of(settings).unwrap_err().to_string();
    let (cause, words) = match table.accepts(settings) {
        Ok(()) => (estimate, "steps not in the table, no estimate "),
        Err(rejection) => (rejection.to_string(), "not accepted by the API "),
    };
    assert!(causes_of(&report).contains(&&*cause), "{report}");
    let (_, text, _) = run(&folder, &["log.csv", "--estimate"]);
    assert!(text.contains(&format!("\n{words}")), "{text}");
}

#[test]
fn the_causes_of_two_logs_are_those_of_the_first_lines() {
    let rows = |from: u32| {
        (from..from + 4)
            .fold(HEADER.to_owned(), |rows, number| rows + &format!("{},1,1,{number}0x,1,a\n", Table::ALL[0]))
    };
    let folder = folder(&[("a.csv", rows(1).as_bytes()), ("b.csv", rows(5).as_bytes())]);
    let report = bill(&folder, &["a.csv", "b.csv"]);
    let wanted = (1..=5).map(|number| format!("`steps` must have only digits, such as 30; it is `{number}0x`"));
    assert_eq!(causes_of(&report), wanted.collect::<Vec<_>>());
    assert!(report["groups"][0]["unpriced"]["reasons"][0]["first_lines"][0].get("cause").is_none());
}

#[test]
fn an_unclosed_quote_is_reported_with_what_it_hides() {
    let hidden = "row\n".repeat(3);
    for (end, lines) in [("", 1), ("\n", 1), ("\nb", 2), (&*format!("\n{hidden}"), 4), (&*format!("\n{hidden}b"), 5)] {
        // More malformed rows than the lines that a reason shows. The unclosed quote is on the second line of its row.
        let short = "short\n".repeat(6);
        let log = format!("{HEADER}{short}{},\"two\nlines\",\"open{end}", priced("", "").trim_end_matches(','));
        let folder = folder(&[("log.csv", log.as_bytes()), ("b.csv", HEADER.as_bytes())]);
        let report = bill(&folder, &["log.csv", "b.csv"]);
        assert_eq!(report["open_quotes"], json!([{ "file": "log.csv", "line": 9, "lines": lines }]), "{log}");
        let hides =
            if lines == 1 { String::new() } else { format!(": {lines} lines to the end of the file are one row") };
        let note = format!("log.csv:9: unclosed quote on this line{hides}\n");
        let (_, text, _) = run(&folder, &["log.csv"]);
        assert!(text.ends_with(&note), "{text}");
        let (_, _, stderr) = run(&folder, &["log.csv", "--format", "csv"]);
        assert_eq!(stderr, format!("7 rows: 0 priced, 7 not priced\n{note}"));
    }
}

#[test]
fn a_text_that_may_stand_for_an_empty_number_is_proposed_as_such() {
    for (images, option) in
        [("\\N", r#""\\N""#), ("NULL", "NULL"), ("nan", "nan"), (" NA", "' NA'"), ("<NA>", "'<NA>'"), ("x", "")]
    {
        let log = format!("{HEADER}{}\n", priced(images, "a"));
        let folder = folder(&[("log.csv", log.as_bytes())]);
        let end = format!(", which --null {option} reads as an empty cell");
        let end = if option.is_empty() { "" } else { &end };
        let cause = format!("`images` must have only digits, such as 30; it is `{images}`{end}");
        assert_eq!(causes_of(&bill(&folder, &["log.csv"])), [cause]);
        assert_eq!(bill(&folder, &["log.csv", "--null", images])["blank_images"], 1);
    }
}

#[test]
fn an_empty_engine_is_said_to_be_empty() {
    let (table, Cell { width, height, steps, .. }) = request();
    let log = format!("{HEADER},{width},{height},{steps},1,a\n{table},{width},{height},{steps},1,a\n");
    let report = bill(&folder(&[("log.csv", log.as_bytes())]), &["log.csv"]);
    assert_eq!(causes_of(&report), ["`engine` is empty"]);
}
