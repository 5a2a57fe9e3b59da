//! Logs that could be read wrongly without a sign of it.

use std::fmt::Display;

use super::causes::causes_of;
use super::columns::object;
use super::*;

fn bill_log(name: &str, log: &str, arguments: &[&str]) -> Value {
    bill(&folder(&[(name, log.as_bytes())]), &[&[name], arguments].concat())
}

#[test]
fn a_stray_quote_does_not_hide_rows() {
    let row = |prompt: &str, images: &str| format!("{prompt},{}\n", priced(images, "a"));
    let header = format!("prompt,{HEADER}");
    let log = [header, row("x", "1"), row("\"a red", "1"), row("x", "1000"), row("\"b\"", "1"), row("x", "1")].concat();
    let report = bill_log("log.csv", &log, &[]);
    assert_eq!((&report["rows"], &report["priced"]["images"]), (&json!(3), &json!(2)));
    assert_eq!(
        causes_of(&report),
        ["a quote that begins a cell on line 3 is closed in the middle of the cell, and what is between may be rows: \
          delete the stray quote, or write a quote in a quoted cell twice"]
    );
    let report = bill_log("log.tsv", &log.replace(',', "\t"), &[]);
    assert!(causes_of(&report)[0].ends_with(" twice; if the log has no quoted cells, `tr -d '\"'` deletes all quotes"));
    let plain = log.replace(',', "\t").replace('"', "");
    assert_eq!(bill_log("log.tsv", &plain, &[])["rows"], 5);
    // No row is hidden in one line, or in a cell that ends at its closing quote.
    let log = [format!("prompt,{HEADER}"), row("\"a\"b", "1"), row("\"a\n\"\"b\"\"\nc\"", "2")].concat();
    assert_eq!(bill_log("log.csv", &log, &[])["priced"]["images"], 3);
}

#[test]
fn a_quoted_cell_with_rows_in_it_is_malformed() {
    let first = |prompt: &str| format!("{prompt},{}\n", priced("1", "a"));
    let last = |prompt: &str| format!("{},{prompt}\n", priced("1", "a"));
    let log_of = |header: &str, rows: &[String]| format!("{header}\n{}", rows.concat());
    let (at_start, at_end) = (format!("prompt,{}", HEADER.trim_end()), format!("{},prompt", HEADER.trim_end()));
    for (header, rows, line) in [
        (&at_start, [first("\"a fox"), first("bar"), first("size 12\"")].to_vec(), 2),
        (&at_start, [first("\"a fox"), first("size 12\"")].to_vec(), 2),
        (&at_start, [first("\"a\nfox"), first("size 12\"")].to_vec(), 2),
        (&at_end, [last("\"a fox"), last("bar"), last("size 12\"")].to_vec(), 2),
        (&at_end, [last("\"a fox"), last("size 12\"")].to_vec(), 2),
        (&at_end, [last("x"), last("\"a fox\r"), last("bar"), last("size 12\"")].to_vec(), 3),
        (&at_start, [first("x"), first("\"two\nlines\""), first("\"a"), first("b\"")].to_vec(), 5),
    ] {
        let report = bill_log("log.csv", &log_of(header, &rows), &[]);
        let cause = format!(
            "a quote begins a cell on line {line}, and lines of this cell look like rows: delete the stray quote, or write a \
             quote in a quoted cell twice"
        );
        assert_eq!(causes_of(&report), [cause], "{rows:?}");
    }
    // Ordinary prompts of several lines, also with commas and numbers.
    let prompts = ["\"a\nb\"", "\"a, b,\nc, d, 512, 512, 30\n\nx\"", "\"1,2,3,4,5\n6,7\"", "\",,,,,,\n,,,,,,\""];
    for (header, rows) in [(&at_start, prompts.map(first)), (&at_end, prompts.map(last))] {
        let report = bill_log("log.csv", &log_of(header, &rows), &[]);
        assert_eq!(report["priced"]["rows"], 4);
    }
}

#[test]
fn a_header_that_is_not_text_hides_no_column() {
    let (table, Cell { width, height, steps, .. }) = request();
    let log = |name: &[u8]| {
        let row = format!("{table},{width},{height},{steps},4\n");
        [b"engine,width,height,steps,", name, b"\n", row.as_bytes()].concat()
    };
    for name in [&b"Images (St\xfcck)"[..], b"Gr\xf6\xdfe"] {
        let folder = folder(&[("log.csv", &log(name))]);
        let message = rejected(&folder, &["log.csv"]);
        let end =
            "in the header is not UTF-8: --encoding windows-1252 reads it, or --encoding with the encoding of the log";
        assert!(message.starts_with("log.csv:1: the name `") && message.ends_with(end), "{message}");
        let images = if name.starts_with(b"Images") { 4 } else { 1 };
        assert_eq!(bill(&folder, &["log.csv", "--encoding", "windows-1252"])["images"], images);
        assert_eq!(bill(&folder, &["log.csv", "--one-image-each"])["images"], 1);
        assert!(rejected(&folder, &["log.csv", "--by", "user", "--one-image-each"]).ends_with(end));
    }
}

#[test]
fn names_of_groups_that_are_not_text_are_reported() {
    let row = |name: &[u8]| [priced("1", "").as_bytes(), name, b"\n"].concat();
    let log = [HEADER.as_bytes(), &row(b"chlo\xe9"), &row(b"chlo\xe8")].concat();
    let folder = folder(&[("log.csv", &log)]);
    let note = "names of groups are not UTF-8, so that different ones may be one group: --encoding windows-1252 reads them, \
                or --encoding with the encoding of the log\n";
    let of = |arguments: &[&str]| run(&folder, &[&["log.csv"], arguments].concat());
    let by_user = &["--by", "user"];
    assert!(of(by_user).1.contains(&format!("2 rows: 2 priced, 0 not priced\n{note}edition ")));
    assert_eq!(of(&[by_user, &["--format", "csv"][..]].concat()).2, format!("2 rows: 2 priced, 0 not priced\n{note}"));
    assert_eq!(bill(&folder, &["log.csv", "--by", "user"])["not_utf_8"], true);
    let decoded = bill(&folder, &["log.csv", "--by", "user", "--encoding", "windows-1252"]);
    assert_eq!((&decoded["not_utf_8"], decoded["groups"].as_array().unwrap().len()), (&json!(false), 2));
    // Other columns do not matter.
    assert_eq!(bill(&folder, &["log.csv"])["not_utf_8"], false);
}

#[test]
fn of_several_names_for_the_number_of_images_none_is_proposed() {
    let (table, Cell { width, height, steps, .. }) = request();
    let csv = format!("engine,width,height,steps,count,batch_size,n\n{table},{width},{height},{steps},9,2,4\n");
    let message = rejected(&folder(&[("log.csv", csv.as_bytes())]), &["log.csv"]);
    let end = "; add --column images=NAME, where NAME is that of the column in the log (for images, `count`, `batch_size` \
               or `n`), or --one-image-each for the last one if each row is 1 image";
    assert!(message.ends_with(end), "{message}");
    // One that is read as another column is none of them.
    let message = rejected(&folder(&[("log.csv", csv.as_bytes())]), &["log.csv", "--column", "steps=count"]);
    assert!(message.contains(" (for images, `batch_size` or `n`), or "), "{message}");
    let end = "the row has no `images`, and its fields `count`, `n` and `p.n` look like the number of images: add \
               --column images=NAME, where NAME is the right one of these, or --one-image-each if each row is 1 image";
    let json = object(",\"count\":9,\"n\":4,\"p\":{\"n\":1,\"x\":1}");
    let message = rejected(&folder(&[("log.jsonl", json.as_bytes())]), &["log.jsonl", "--by", "p.x"]);
    assert!(message.ends_with(end), "{message}");
    let json = object(",\"q\":{\"count\":9,\"n\":4}");
    let message = rejected(&folder(&[("log.jsonl", json.as_bytes())]), &["log.jsonl"]);
    assert!(message.contains("its fields `q.count` and `q.n` look like the number of images: "), "{message}");
}

#[test]
fn a_condition_that_leaves_out_no_row_or_all_rows_is_reported() {
    let rows = ["ok", "failed", "ok"].map(|status| priced("1", status) + "\n").concat();
    let log = HEADER.replace("user", "status") + &rows;
    let folder = folder(&[("log.csv", log.as_bytes())]);
    for (condition, note) in [
        ("status!=faild", "3 rows: 3 priced, 0 not priced\n0 rows are left out by --where\n"),
        ("status!=ok", "1 row: 1 priced, 0 not priced\n2 more rows are left out by --where\n"),
        ("status=okk", "0 rows: 0 priced, 0 not priced\nall 3 rows are left out by --where\n"),
    ] {
        let (code, text, _) = run(&folder, &["log.csv", "--where", condition]);
        assert!(code == 0 && text.contains(&format!("{note}edition ")), "{text}");
        assert_eq!(run(&folder, &["log.csv", "--where", condition, "--format", "csv"]).2, note);
    }
    assert_eq!(bill(&folder, &["log.csv", "--where", "status!=faild"])["left_out"], 0);
}

#[test]
fn a_fraction_of_three_zeros_may_be_thousands() {
    let rows = ["1.000", "-1.000", "1.0", "1.00", "1.0000"].map(|images| priced(images, "a") + "\n").concat();
    let report = bill_log("log.csv", &(HEADER.to_owned() + &rows), &[]);
    assert_eq!(report["priced"]["images"], 3);
    let cause = "`images` can mean 1000 or 1: write one of these; it is";
    assert_eq!(causes_of(&report), [format!("{cause} `1.000`"), format!("{cause} `-1.000`")]);
}

#[test]
fn an_empty_number_of_images_beside_another_one_is_malformed() {
    let (table, Cell { width, height, steps, .. }) = request();
    let csv = ["4,9", ",4", "\\N,4", ",1", ",1.0", ",", ",x", ",\\N", ",1.5", ",-3"];
    let csv = csv.map(|counts| format!("{table},{width},{height},{steps},{counts}\n")).concat();
    let csv = "engine,width,height,steps,images,n\n".to_owned() + &csv;
    let json =
        ["4,\"n\":9", "null,\"n\":4", "\"\",\"n\":4", "\"\",\"n\":1", "null,\"n\":\"1.0\"", "null", "null,\"n\":\"x\""];
    let json = json.map(|fields| object(&format!(",\"images\":{fields}"))).concat();
    let json = json + &object(",\"images\":null,\"n\":null") + &object(",\"images\":null,\"n\":1.5");
    let json = json + &object(",\"images\":null,\"n\":-3");
    for (name, log) in [("log.csv", csv), ("log.jsonl", json)] {
        let report = bill_log(name, &log, &["--null", "\\N"]);
        assert_eq!((&report["priced"]["rows"], &report["priced"]["images"]), (&json!(6), &json!(9)), "{name}");
        let cause = |count: &str| {
            format!("the row has no number in `images`, and `n`, which looks like the number of images, is `{count}`")
        };
        assert_eq!(causes_of(&report), ["4", "4", "1.5", "-3"].map(cause));
    }
}

#[test]
fn a_number_of_images_in_an_object_is_seen_in_every_row() {
    let log = |rows: &[&str]| rows.iter().map(|fields| object(&format!(",{fields}"))).collect::<String>();
    let inner = [r#""p":{"q":{"n":4}}"#, r#""p":"{\"n\":\"4\"}""#, r#""p":{"n":1}"#, r#""p":{"n":null,"m":4}"#];
    let beside = |first: &str| log(&[&[first], &inner[..]].concat());
    let nulls = log(&[r#""images":null,"p":{"q":{"n":4}}"#, r#""images":"","p":{"n":4}"#, r#""images":5"#]);
    for (log, arguments) in [
        (beside(r#""n":3"#), &["--column", "images=n"][..]),
        (beside(r#""images":3"#), &[]),
        (beside(r#""a":{"n":3}"#), &["--column", "images=a.n"]),
        (nulls, &[]),
    ] {
        let report = bill_log("log.jsonl", &log, arguments);
        assert_eq!(report["priced"]["images"], 5, "{log}");
        let name = arguments.last().map_or("images", |name| &name["images=".len()..]);
        let start = format!("the row has no number in `{name}`, and ");
        let cause = |path: &str| format!("{start}`{path}`, which looks like the number of images, is `4`");
        assert_eq!(causes_of(&report), ["p.q.n", "p.n"].map(cause), "{log}");
    }
}

#[test]
fn a_number_of_images_in_an_object_in_a_cell_is_seen() {
    fn log(header: &str, rows: &[impl Display]) -> String {
        let (table, Cell { width, height, steps, .. }) = request();
        let row = |cells| format!("{table},{width},{height},{steps},{cells}\n");
        format!("engine,width,height,steps,{header}\n{}", rows.iter().map(row).collect::<String>())
    }
    let cause = "the row has no number in `images`, and `p.n`, which looks like the number of images, is `4`";
    let options = ": add --column images=p.n, or --one-image-each if each row is 1 image";
    let cells = [r#""{""n"":4}""#, r#""{""n"":1}""#, "n {4}", r#""{""steps"":4}""#];
    let blank = log("images,p", &cells.map(|cell| format!(",{cell}"))) + &format!("{}\n", priced("2", cells[0]));
    let report = bill_log("log.csv", &blank, &[]);
    assert_eq!((&report["priced"]["images"], causes_of(&report)), (&json!(5), vec![cause]));
    let report = bill_log("log.csv", &log("p", &cells), &[]);
    assert_eq!((&report["priced"]["images"], causes_of(&report)), (&json!(3), vec![&*format!("{cause}{options}")]));
    assert_eq!(bill_log("log.csv", &log("p", &cells), &["--one-image-each"])["priced"]["images"], 4);
    let number = bill_log("log.csv", &log("p", &cells[..2]), &["--column", "images=p.n"]);
    assert_eq!(number["priced"]["images"], 5);
}

#[test]
fn any_name_with_images_looks_like_a_number_of_images() {
    let (table, Cell { width, height, steps, .. }) = request();
    for name in ["images_generated", "# images", "no. of images", "Images per request", "imgs", "outputs", "batch"] {
        let log = format!("engine,width,height,steps,{name}\n{table},{width},{height},{steps},4\n");
        let folder = folder(&[("log.csv", log.as_bytes())]);
        let message = rejected(&folder, &["log.csv"]);
        assert!(message.starts_with("log.csv:1: the header has no column `images`: "), "{message}");
        assert_eq!(bill(&folder, &["log.csv", "--column", &format!("images={name}")])["images"], 4);
    }
    let log = object(",\"numResults\":4");
    let message = rejected(&folder(&[("log.jsonl", log.as_bytes())]), &["log.jsonl"]);
    assert!(message.contains("its field `numResults` looks like the number of images: "), "{message}");
}

#[test]
fn a_header_of_fewer_columns_or_in_another_case_is_no_row() {
    let row = priced("1", "a") + "\n";
    let log = |header: &str| format!("{HEADER}{row}{header}{row}");
    for header in ["Engine,WIDTH,Height (px),steps,images,user\n", " engine,width,height,steps,images,User\n"] {
        let report = bill_log("log.csv", &log(header), &[]);
        assert_eq!((&report["rows"], &report["headers_again"]), (&json!(2), &json!(1)));
    }
    for header in ["Model,Width,Height,steps,n,user\n", "user,engine,width\n", "height,width,engine,steps,n,user\n"] {
        let message = rejected(&folder(&[("log.csv", log(header).as_bytes())]), &["log.csv"]);
        assert!(message.starts_with("log.csv:3: a header with other columns than the first line: "), "{message}");
    }
    // A row that only has a name in a cell of text.
    for other in ["engine,1,x,x,1,width\n", "engine,x,x,x,1,a\n", "x,x,x,x,x,x\n"] {
        let report = bill_log("log.csv", &log(other), &[]);
        assert_eq!((&report["rows"], &report["unpriced"]["rows"]), (&json!(3), &json!(1)), "{other}");
    }
}

#[test]
fn an_empty_array_is_not_a_log() {
    let rows = format!("[{}]", object("").trim_end());
    let folder = folder(&[("a.json", b"[]"), ("b.json", b" [\n] \n"), ("c.json", rows.as_bytes())]);
    for logs in [&["a.json"][..], &["b.json"], &["c.json", "a.json"]] {
        let name = logs.last().unwrap();
        assert_eq!(rejected(&folder, logs), format!("{name}: the JSON array is empty: it has no rows"));
    }
    assert_eq!(bill(&folder, &["c.json"])["rows"], 1);
}

#[test]
fn each_row_of_a_line_has_its_cause() {
    let rows = ["3", "x", "1.5", "y"].map(|images| object(&format!(",\"images\":\"{images}\"")).trim_end().to_owned());
    let report = bill_log("log.json", &format!("[{}]", rows.join(",")), &[]);
    let cause = |must: &str| format!("`images` must {must}");
    let digits = "have only digits, such as 30; it is";
    let wanted = [format!("{digits} `x`"), "be a whole number; it is `1.5`".to_owned(), format!("{digits} `y`")];
    assert_eq!(causes_of(&report), wanted.map(|must| cause(&must)));
}

#[test]
fn hints_work_when_pasted() {
    let (table, Cell { width, height, steps, .. }) = request();
    let comma = format!("engine,width,height,steps,\"a,b\"\n{table},{width},{height},{steps},x\n");
    let latin = object("").replace("{\"", "{\"user\":\"?\",\"").replace('?', "\u{1}").into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|byte| if byte == 1 { 0xe9 } else { byte }).collect();
    let arrays = format!("[[{}]]", object("").trim_end());
    let folder =
        folder(&[("comma.csv", comma.as_bytes()), ("latin.jsonl", &latin), ("arrays.json", arrays.as_bytes())]);
    let message = rejected(&folder, &["comma.csv", "--by", "a,b"]);
    assert!(message.ends_with("; a name with a comma is in quotes: --by '\"a,b\"'"), "{message}");
    assert_eq!(bill(&folder, &["comma.csv", "--by", "\"a,b\""])["groups"][0]["by"], json!({ "a,b": "x" }));
    let message = rejected(&folder, &["latin.jsonl"]);
    assert!(message.contains("this one is not UTF-8: --encoding windows-1252 reads it"), "{message}");
    let message = rejected(&folder, &["arrays.json"]);
    let end = "; `jq -c '.[][]' arrays.json | dreamprice bill - --input jsonl` reads what is in the arrays";
    assert!(message.ends_with(end), "{message}");
}

#[test]
fn an_object_is_proposed_by_the_paths_in_it() {
    let (table, Cell { width, height, steps, .. }) = request();
    let csv = |header: &str, start: &str, cell: &str| format!("{header}\n{start},\"{}\"\n", cell.replace('"', "\"\""));
    let priced = format!("{table},{width},{height},{steps}");
    let images = csv("engine,width,height,steps,images_meta", &priced, "{\"kind\":1,\"n\":4}");
    let steps =
        csv("engine,width,height,step_info", &format!("{table},{width},{height}"), &format!("{{\"steps\":{steps}}}"));
    let fields = object(",\"images_meta\":{\"kind\":1,\"n\":4}");
    let files = [("images.csv", &images), ("steps.csv", &steps), ("log.jsonl", &fields)];
    let folder = folder(&files.map(|(name, text)| (name, text.as_bytes())));
    for (arguments, option, images) in [
        (&["images.csv"][..], "images=images_meta.n", 4),
        (&["images.csv", "--column", "images=image_meta.n"], "images=images_meta.n", 4),
        (&["steps.csv"], "steps=step_info.steps", 1),
        (&["log.jsonl"], "images=images_meta.n", 4),
    ] {
        let message = rejected(&folder, arguments);
        assert!(message.contains(&format!("add --column {option}")), "{message}");
        assert_eq!(bill(&folder, &[arguments[0], "--column", option])["priced"]["images"], images);
    }
    let message = rejected(&folder, &["steps.csv"]);
    let start = "steps.csv:1: the header has no column `steps`: its columns, and the paths in the first row, are `engine`, \
                 `width`, `height`, `step_info.steps`; ";
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn a_name_that_a_message_does_not_show_as_it_is_is_not_proposed() {
    let (table, Cell { width, height, steps, .. }) = request();
    for name in ["images\u{200b}", "images \u{fffd}", &format!("images {}", "x".repeat(60))] {
        let csv = format!("engine,width,height,steps,{name}\n{table},{width},{height},{steps},4\n");
        let folder =
            folder(&[("log.csv", csv.as_bytes()), ("log.jsonl", object(&format!(",\"{name}\":4")).as_bytes())]);
        let message = rejected(&folder, &["log.csv"]);
        assert!(
            message.contains("add --column images=NAME, where NAME is that of the column in the log, or "),
            "{message}"
        );
        let message = rejected(&folder, &["log.jsonl"]);
        assert!(message.contains(": add --column images=NAME, where NAME is that of the field, or "), "{message}");
    }
}

#[test]
fn rows_with_several_names_for_the_number_of_images_are_read_by_a_command() {
    let log = object(",\"images\":2") + &object(",\"n\":3");
    let array = format!("[{}]", log.trim_end().replace('\n', ","));
    let nested = object(",\"images\":2") + &object(",\"p\":{\"n\":3}");
    let files = [("log.jsonl", &log), ("log.json", &array), ("nested.jsonl", &nested)];
    let folder = folder(&files.map(|(name, text)| (name, text.as_bytes())));
    let command = |program: &str, log: &str, column: &str| {
        format!(
            ": `jq -c '(arrays[], objects) | {program}' {log} | dreamprice bill - --input jsonl{column}` reads both"
        )
    };
    for (arguments, end) in [
        (&["log.jsonl"][..], command(".images //= .n", "log.jsonl", "")),
        (&["log.json"], command(".images //= .n", "log.json", "")),
        (&["log.jsonl", "--column", "images=n"], command(".n //= .images", "log.jsonl", " --column images=n")),
        (&["nested.jsonl", "--by", "p.n"], ": give all rows one of these fields".to_owned()),
    ] {
        let message = rejected(&folder, arguments);
        let name = if arguments.contains(&"images=n") { "n" } else { "images" };
        assert!(message.ends_with(&format!(", while other rows have `{name}`{end}")), "{message}");
    }
}

#[test]
fn a_number_of_images_that_is_null_in_all_rows_is_not_had_by_other_rows() {
    let log = object(",\"p\":{\"q\":null},\"n\":2") + &object(",\"n\":3");
    let folder = folder(&[("log.jsonl", log.as_bytes())]);
    let message = rejected(&folder, &["log.jsonl", "--column", "images=p.q"]);
    assert_eq!(
        message,
        "log.jsonl:2: the row has no `p.q`, and its field `n` looks like the number of images, while the rows that have \
         `p.q` have nothing in it: add --column images=n"
    );
    assert_eq!(bill(&folder, &["log.jsonl", "--column", "images=n"])["images"], 5);
}
