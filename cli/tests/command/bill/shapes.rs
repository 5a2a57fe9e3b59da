//! Rows as tools write them: their numbers, sizes, paths, engines, conditions and repeated headers.

use super::causes::causes_of;
use super::columns::object;
use super::*;

/// A log without width and height, for a price of one image.
fn sizes(cells: &[&str]) -> String {
    let (table, Cell { steps, .. }) = request();
    cells.iter().fold("engine,size,steps\n".to_owned(), |log, cell| log + &format!("{table},{cell},{steps}\n"))
}

fn bill_log(name: &str, log: &str, arguments: &[&str]) -> Value {
    bill(&folder(&[(name, log.as_bytes())]), &[&[name], arguments].concat())
}

fn reasons(report: &Value) -> Vec<(&str, u64, u64)> {
    let reasons = report["unpriced"]["reasons"].as_array().unwrap().iter();
    let number = |value: &Value| value.as_u64().unwrap();
    reasons
        .map(|reason| (reason["reason"].as_str().unwrap(), number(&reason["rows"]), number(&reason["images"])))
        .collect()
}

#[test]
fn a_size_can_be_in_one_column() {
    let (_, Cell { width, height, .. }) = request();
    let good = ["x", "X", "×", "*", " x "].map(|separator| format!("{width}{separator}{height}"));
    let good: Vec<&str> = good.iter().map(|size| &**size).chain([" 512x512 "]).take(5).collect();
    let report = bill_log("log.csv", &sizes(&good), &["--column", "size=size"]);
    assert_eq!(report["priced"]["rows"], 5);
    let report = bill_log("log.csv", &sizes(&["512", "", "512x", "512x512x512", "0x512"]), &["--column", "size=size"]);
    let size = "`size`: a size is one argument, width x height in pixels, such as 512x768; it is";
    assert_eq!(
        causes_of(&report),
        [
            &*format!("{size} `512`"),
            "`size` is empty",
            &format!("{size} `512x`"),
            &format!("{size} `512x512x512`"),
            "`size`: the width must be at least 1; it is `0x512`",
        ]
    );
    let (table, Cell { width, height, steps, .. }) = request();
    let line = format!("{{\"engine\":\"{table}\",\"s\":{{\"size\":\"{width}x{height}\"}},\"steps\":{steps}}}");
    assert_eq!(bill_log("log.jsonl", &line, &["--column", "size=s.size"])["priced"]["rows"], 1);
}

#[test]
fn a_column_of_sizes_is_proposed_and_excludes_width_and_height() {
    let log = sizes(&["512x512"]);
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let message = rejected(&folder, &["log.csv"]);
    assert!(message.ends_with("; add --column size=size"), "{message}");
    let message = rejected(&folder, &["log.csv", "--column", "size=size", "--column", "width=w"]);
    assert_eq!(message, "--column size=… has width and height: leave out those two");
}

#[test]
fn numbers_may_be_those_of_a_data_frame_with_spaces_around() {
    let (table, Cell { width, height, steps, price, .. }) = request();
    let log = format!("{HEADER}{table},{width}.0, {height}.00 ,\t{steps},4.0,a\n");
    let report = bill_log("log.csv", &log, &[]);
    assert_eq!(report["priced"]["credits"], (price * 4).to_string());
    let line = format!(
        "{{\"engine\":\"{table}\",\"width\":{width}.0,\"height\":\" {height}\",\"steps\":{steps}.00,\"images\":4.0}}"
    );
    assert_eq!(bill_log("log.jsonl", &line, &[])["priced"]["images"], 4);
    let log = format!("{HEADER}{table},{width}.5,{height},{steps},1,a\n");
    assert_eq!(reasons(&bill_log("log.csv", &log, &[])), [("malformed", 1, 0)]);
}

#[test]
fn a_text_can_stand_for_an_empty_cell() {
    let log = format!("{HEADER}{}\n{}\n{}\n", priced("\\N", "\\N"), priced("NULL", "a"), priced("2", "\\n"));
    let report = bill_log("log.csv", &log, &["--null", "\\N", "--null", "NULL", "--by", "user"]);
    assert_eq!((&report["images"], &report["blank_images"]), (&json!(4), &json!(2)));
    let users: Vec<&Value> = report["groups"].as_array().unwrap().iter().map(|group| &group["by"]["user"]).collect();
    assert_eq!(users, ["", "\\n", "a"]);
    assert_eq!(reasons(&bill_log("log.csv", &log, &[])), [("malformed", 2, 0)]);
    // A number can stand for it too.
    let log = format!("{HEADER}{}\n{}\n", priced("2", "a"), priced("4", "a"));
    assert_eq!(bill_log("log.csv", &log, &["--null", "2"])["images"], 5);
    let line = object(",\"images\":\"\\\\N\"");
    assert_eq!(bill_log("log.jsonl", &line, &["--null", "\\N"])["blank_images"], 1);
}

#[test]
fn paths_lead_into_objects_and_into_objects_in_strings() {
    let (table, Cell { width, height, steps, .. }) = request();
    let inner = format!("{{\"width\":{width},\"height\":{height}}}");
    let text =
        Value::from(format!(" {{\"steps\": {steps}, \"n\": {{\"images\": 2}}, \"e\": \"\\u00e9\"}}")).to_string();
    let line = format!("{{\"image\":{inner},\"engine\":\"{table}\",\"body\":{text},\"by\":{{\"user\":\"a\"}}}}\n");
    let columns = ["width=image.width", "height=image.height", "steps=body.steps", "images=body.n.images"];
    let options: Vec<&str> = columns.iter().flat_map(|column| ["--column", column]).collect();
    let more = ["--by", "by.user,body.e", "--where", "by.user=a", "--where", "by.x="];
    let report = bill_log("log.jsonl", &line, &[&options[..], &more[..4]].concat());
    assert_eq!(report["priced"]["images"], 2);
    assert_eq!(report["groups"][0]["by"], json!({ "by.user": "a", "body.e": "é" }));
    // A field of this name wins, if only one of both is there.
    let flat = line.replace("\"image\":", &format!("\"image.width\":{width},\"image.height\":{height},\"x\":"));
    assert_eq!(bill_log("log.jsonl", &(flat + &line), &options)["priced"]["rows"], 2);
}

#[test]
fn a_path_with_two_meanings_in_one_row_is_an_error() {
    let line = object(",\"i\":{\"n\":1}") + &object(",\"i\":{\"n\":1},\"i.n\":1");
    let folder = folder(&[("log.jsonl", line.as_bytes())]);
    let message = rejected(&folder, &["log.jsonl", "--column", "images=i.n"]);
    assert_eq!(
        message,
        "log.jsonl:2: the row has a field `i.n`, and an object that has it as a path: rename one of them"
    );
}

#[test]
fn a_path_with_two_meanings_in_a_row_of_csv_is_an_error_too() {
    let (table, Cell { width, height, steps, .. }) = request();
    let log = |cells: &[&str]| {
        let row = |cell: &&str| format!("{table},{width},{height},{steps},2,\"{}\"\n", cell.replace('"', "\"\""));
        format!("engine,width,height,steps,i.n,i\n{}", cells.iter().map(row).collect::<String>())
    };
    let other = ["", "text", "{}", "{\"m\":1}"];
    assert_eq!(bill_log("log.csv", &log(&other), &["--column", "images=i.n", "--by", "i.m"])["priced"]["images"], 8);
    let folder = folder(&[("log.csv", log(&["", "{\"n\":1}"]).as_bytes())]);
    let message = rejected(&folder, &["log.csv", "--column", "images=i.n"]);
    assert_eq!(
        message,
        "log.csv:3: the row has a field `i.n`, and an object that has it as a path: rename one of them"
    );
}

#[test]
fn an_unknown_path_lists_what_is_there() {
    let line = object(",\"image\":{\"w\":1,\"meta\":{\"kind\":2}},\"body\":\"{\\\"a\\\":1}\"");
    let folder = folder(&[("log.jsonl", line.as_bytes())]);
    for arguments in [["--by", "image.wdth"], ["--where", "image.wdth=1"], ["--column", "images=image.wdth"]] {
        let message = rejected(&folder, &[&["log.jsonl"], &arguments[..]].concat());
        assert!(
            message.starts_with("log.jsonl:1: no row has a field `image.wdth`: the fields of this row are "),
            "{message}"
        );
        assert!(message.contains("`body.a`, ") && message.contains("`image.meta.kind`, `image.w`"), "{message}");
    }
}

#[test]
fn a_string_that_only_begins_like_an_object_is_malformed() {
    let line =
        object(",\"body\":\"{\\\"n\\\":1\"") + &object(",\"body\":\"text\"") + &object(",\"body\":\"{\\\"n\\\":2}\"");
    let report = bill_log("log.jsonl", &line, &["--column", "images=body.n"]);
    assert_eq!(causes_of(&report), ["`body.n` is in a string that is not a JSON object"]);
    assert_eq!((&report["priced"]["images"], &report["blank_images"]), (&json!(3), &json!(1)));
}

#[test]
fn an_alias_stands_for_an_engine_and_a_hidden_engine_is_proposed() {
    let (table, Cell { width, height, steps, .. }) = request();
    let id = table.engines()[0];
    let dotted = id.rsplit_once('-').map_or(id.to_owned(), |(start, end)| format!("{start}.{end}"));
    let names = [format!("stability/{id}"), format!("{id}:latest"), dotted, id.to_uppercase(), format!("it's {id}/")];
    for name in names.iter().filter(|name| **name != id) {
        let log = format!("{HEADER}{name},{width},{height},{steps},2,a\n");
        let report = bill_log("log.csv", &log, &[]);
        let causes = causes_of(&report);
        let [cause] = causes[..] else { panic!("{report}") };
        let start = format!("unknown engine or table `{name}`: if it is `{id}`, add --engine ");
        if name.contains('\'') {
            assert!(cause.starts_with("unknown engine or table "), "{cause}");
        } else {
            assert_eq!(cause, format!("{start}{name}={id}"));
        }
        let report = bill_log("log.csv", &log, &["--engine", &format!("{name}={id}")]);
        assert_eq!((&report["priced"]["images"], &report["groups"][0]["by"]), (&json!(2), &json!({ "engine": name })));
    }
}

#[test]
fn aliases_are_checked() {
    let (table, _) = request();
    let id = table.engines()[0];
    let folder = folder(&[("log.csv", log().as_bytes())]);
    let (a, same) = (format!("a={id}"), format!("a={table}"));
    let message = rejected(&folder, &["log.csv", "--engine", &a, "--engine", &same]);
    assert_eq!(message, "--engine names `a` twice: leave out one of them");
    for (alias, part) in [
        ("a=no-engine", "unknown engine or table `no-engine`"),
        (&*format!("{table}={id}"), "cannot stand for another one"),
        ("a", "NAME-IN-THE-LOG=ENGINE"),
    ] {
        let (code, _, stderr) = run(&folder, &["log.csv", "--engine", alias]);
        assert!(code == 2 && stderr.contains(part), "{stderr}");
    }
}

#[test]
fn conditions_leave_rows_out_of_everything_and_are_counted() {
    let rows = ["ok", "failed", "", "retry"].map(|status| priced("1", status));
    let log = HEADER.replace("user", "status") + &rows.join("\n") + "\nshort\n";
    let folder = folder(&[("log.csv", log.as_bytes())]);
    for (conditions, priced, left_out) in [
        (&["status=ok"][..], 1, 3),
        (&["status!=failed"], 3, 1),
        (&["status!=failed", "status!=retry"], 2, 2),
        (&["status="], 1, 3),
        (&["status!="], 3, 1),
        (&["status=OK"], 0, 4),
    ] {
        let options: Vec<&str> = conditions.iter().flat_map(|condition| ["--where", condition]).collect();
        let outputs = ["log.csv", "--rows", "rows", "--unpriced", "unpriced"];
        let report = bill(&folder, &[&outputs[..], &options].concat());
        let found = (&report["priced"]["rows"], &report["left_out"]);
        assert_eq!(found, (&json!(priced), &json!(left_out)), "{conditions:?}");
        // A row whose cells are unknown is malformed.
        assert_eq!(reasons(&report), [("malformed", 1, 0)]);
        assert_eq!((read(&folder, "rows").lines().count(), read(&folder, "unpriced").lines().count()), (priced + 2, 2));
    }
    let text = run(&folder, &["log.csv", "--where", "status=ok"]).1;
    assert!(text.contains("\n2 rows: 1 priced, 1 not priced\n3 more rows are left out by --where\n"), "{text}");
    let message = rejected(&folder, &["log.csv", "--where", "stats=ok"]);
    assert!(message.ends_with("; did you mean `status`? --where compares columns of the log"), "{message}");
}

#[test]
fn an_empty_cell_null_and_a_missing_field_are_the_empty_text() {
    let fields = [",\"s\":\"\"", ",\"s\":null", "", ",\"s\":\"\\\\N\"", ",\"s\":false", ",\"s\":1.50"];
    let log: String = fields.iter().map(|fields| object(fields)).collect();
    for (condition, rows) in [("s=", 4), ("s!=", 2), ("s=false", 1), ("s=1.50", 1), ("s=1.5", 0), ("s=\\N", 0)] {
        let report = bill_log("log.jsonl", &log, &["--where", condition, "--null", "\\N"]);
        assert_eq!((&report["rows"], &report["left_out"]), (&json!(rows), &json!(6 - rows)), "{condition}");
    }
    let folder = folder(&[("log.jsonl", log.as_bytes())]);
    assert!(rejected(&folder, &["log.jsonl", "--where", "t="]).starts_with("log.jsonl:1: no row has a field `t`"));
    for condition in ["", "s", "=x", "!=x"] {
        let (code, _, stderr) = run(&folder, &["log.jsonl", "--where", condition]);
        assert!(code == 2 && stderr.contains("COLUMN!=VALUE"), "{stderr}");
    }
}

#[test]
fn no_images_cost_nothing_and_refunds_are_a_reason_of_their_own() {
    let rows = [priced("0", "a"), priced("-2", "a"), priced("-3.0", "a"), priced("0.0", "a"), priced("-0", "a")];
    let unknown = "no-engine,1,1,1,-1,a".to_owned();
    let malformed = "no-engine,1,x,1,-1,a".to_owned();
    let log = HEADER.to_owned() + &rows.join("\n") + "\n" + &unknown + "\n" + &malformed + "\n";
    let report = bill_log("log.csv", &log, &[]);
    let priced = json!({ "rows": 3, "images": 0, "credits": "0", "usd": "0" });
    assert_eq!(report["priced"], priced);
    assert_eq!(reasons(&report), [("refund", 3, 6), ("malformed", 1, 0)]);
    assert_eq!(causes_of(&report)[0], "`images` is -2: a refund is counted, and not priced");
}

#[test]
fn an_amount_that_is_too_large_is_a_reason() {
    let most = u64::MAX.to_string();
    let log = format!("{HEADER}{}\n{}\n{}\n", priced(&most, "a"), priced("1", "a"), priced(&most, "a"));
    let report = bill_log("log.csv", &log, &[]);
    assert_eq!(report["priced"]["rows"], 1);
    assert_eq!(report["unpriced"]["reasons"][0]["reason"], "too-large");
    assert!(causes_of(&report)[0].starts_with(&format!("{most} images at ")), "{report}");
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let text = run(&folder, &["log.csv"]).1;
    assert!(text.contains("\namount too large     2  36,893,488,147,419,103,230  log.csv:2, log.csv:4\n"), "{text}");
}

#[test]
fn a_header_in_the_middle_is_left_out() {
    let row = priced("1", "a") + "\n";
    let log = format!("{HEADER}{row}{HEADER}{row}\u{feff}{HEADER}{row}");
    let folder = folder(&[("log.csv", log.as_bytes())]);
    for options in [&[][..], &["--where", "user=a"], &["--where", "user!=b"]] {
        let report = bill(&folder, &[&["log.csv", "--rows", "rows"], options].concat());
        let counts = ["rows", "headers_again", "left_out"].map(|name| report[name].as_u64().unwrap());
        assert_eq!(counts, [3, 2, 0]);
        assert_eq!(read(&folder, "rows").lines().count(), 4);
    }
    let text = run(&folder, &["log.csv"]).1;
    assert!(text.contains("\n3 rows: 3 priced, 0 not priced\n2 repeated headers are left out\n"), "{text}");
}

#[test]
fn another_header_in_the_middle_is_an_error() {
    let row = priced("1", "a") + "\n";
    let other = ["engine,height,width,steps,images,user\n", "user,engine,width,height,steps,images,more\n"];
    for header in other {
        let log = format!("{HEADER}{row}{header}{row}");
        let folder = folder(&[("log.csv", log.as_bytes())]);
        let message = rejected(&folder, &["log.csv"]);
        assert_eq!(
            message,
            "log.csv:3: a header with other columns than the first line: bill what follows it as a log of its own"
        );
    }
}

#[test]
fn a_line_of_json_without_rows_is_not_a_log() {
    let folder = folder(&[("log.jsonl", b"\n"), ("more.jsonl", object("").as_bytes())]);
    for logs in [&["log.jsonl"][..], &["more.jsonl", "log.jsonl"]] {
        assert_eq!(rejected(&folder, logs), "log.jsonl: the file is empty: it has no rows");
    }
}

/// A CSV log whose column `meta` has objects as text.
fn csv_with_objects(cells: &[&str]) -> String {
    let table = request().0;
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    cells.iter().fold("engine,meta,user\n".to_owned(), |log, cell| log + &format!("{table},{},a\n", quoted(cell)))
}

#[test]
fn paths_lead_into_objects_in_cells_of_csv() {
    let (_, Cell { width, height, steps, .. }) = request();
    let sides = format!("\"size\":\"{width}x{height}\",\"p\":{{\"steps\":{steps}}}");
    let cells = [
        format!("{{{sides},\"images\":2}}"),
        format!(" {{{sides},\"kind\":\"x\"}}"),
        format!("{{{sides}"),
        String::new(),
    ];
    let log = csv_with_objects(&cells.each_ref().map(|cell| &**cell)) + "short\nengine,meta,user\n";
    let options = ["--column", "size=meta.size", "--column", "steps=meta.p.steps", "--column", "images=meta.images"];
    let report = bill_log("log.csv", &log, &[&options[..], &["--by", "user,meta.kind"]].concat());
    assert_eq!(
        (&report["priced"]["images"], &report["blank_images"], &report["headers_again"]),
        (&json!(3), &json!(1), &json!(1))
    );
    assert_eq!(
        causes_of(&report),
        [
            "`meta.p.steps` is in a string that is not a JSON object",
            "the row has no `meta.size`",
            "the row has 1 cell, and the header has 3",
        ]
    );
    let by: Vec<&Value> = report["groups"].as_array().unwrap().iter().map(|group| &group["by"]["meta.kind"]).collect();
    assert_eq!(by, [&Value::Null, &Value::Null, &json!("x")]);
    let report = bill_log("log.csv", &log, &[&options[..], &["--where", "meta.kind=x"]].concat());
    assert_eq!((&report["rows"], &report["left_out"]), (&json!(3), &json!(2)));
}

#[test]
fn paths_into_cells_of_csv_are_as_strict_as_those_of_json_lines() {
    let (_, Cell { width, height, steps, .. }) = request();
    let cell = format!("{{\"size\":\"{width}x{height}\",\"steps\":{steps},\"n\":2}}");
    let folder = folder(&[("log.csv", csv_with_objects(&[&cell]).as_bytes())]);
    let columns = ["log.csv", "--column", "size=meta.size", "--column", "steps=meta.steps"];
    let message = rejected(&folder, &columns);
    assert_eq!(
        message,
        "log.csv:2: the row has no `images`, and its field `meta.n` looks like the number of images: add --column \
         images=meta.n, or --one-image-each if each row is 1 image"
    );
    let message = rejected(&folder, &[&columns[..], &["--by", "meta.usr", "--one-image-each"]].concat());
    let start = "log.csv:2: no row has a field `meta.usr`: the fields of this row are `engine`, `meta.n`, `meta.size`, \
                 `meta.steps`, `user`; ";
    assert!(message.starts_with(start), "{message}");
    assert_eq!(bill(&folder, &[&columns[..], &["--column", "images=meta.n"]].concat())["priced"]["images"], 2);
    let message = rejected(&folder, &["log.csv", "--column", "width=data.width"]);
    assert!(message.starts_with("log.csv:1: the header does not have the columns `data.width`, "), "{message}");
}
