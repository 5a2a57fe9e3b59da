//! Which columns of a log are read, and that no number of images is ignored in silence.

use super::*;

/// A CSV log with a row, whose header has these names for engine, width, height, steps and images.
fn csv_log(header: &str) -> String {
    format!("{header}\n{}\n", priced("4", "").trim_end_matches(','))
}

/// A row of JSON Lines with these fields besides engine, width, height and steps.
pub(super) fn object(fields: &str) -> String {
    let (table, Cell { width, height, steps, .. }) = request();
    format!("{{\"engine\":\"{table}\",\"width\":{width},\"height\":{height},\"steps\":{steps}{fields}}}\n")
}

/// The message of a bill of one file.
fn rejected_log(name: &str, log: &str, arguments: &[&str]) -> String {
    rejected(&folder(&[(name, log.as_bytes())]), &[&[name], arguments].concat())
}

fn bill_log(name: &str, log: &str, arguments: &[&str]) -> Value {
    bill(&folder(&[(name, log.as_bytes())]), &[&[name], arguments].concat())
}

#[test]
fn a_column_that_looks_like_a_number_of_images_is_not_ignored() {
    for name in ["n", "N", "samples", "num_images", "Count", "quantity", " Quantity (images)"] {
        let log = csv_log(&format!("engine,width,height,steps,{name}"));
        let message = rejected_log("log.csv", &log, &[]);
        let option =
            if name.starts_with(' ') { "'images= Quantity (images)'".to_owned() } else { format!("images={name}") };
        let end = format!("; add --column {option}, or --one-image-each for the last one if each row is 1 image");
        assert!(
            message.starts_with("log.csv:1: the header has no column `images`: ") && message.ends_with(&end),
            "{message}"
        );
        assert_eq!(bill_log("log.csv", &log, &["--column", &format!("images={name}")])["images"], 4);
        assert_eq!(bill_log("log.csv", &log, &["--one-image-each"])["images"], 1);
    }
    // It has another use.
    let log = csv_log("engine,width,height,n,x");
    assert_eq!(bill_log("log.csv", &log, &["--column", "steps=n"])["images"], 1);
}

#[test]
fn a_field_that_looks_like_a_number_of_images_is_not_ignored_in_any_row() {
    let rows = object("").repeat(3);
    for (fields, path) in
        [(",\"n\":4", "n"), (",\"Samples\":4", "Samples"), (",\"p\":{\"x\":1,\"count\":4}", "p.count")]
    {
        let log = format!("{rows}{}{rows}", object(fields));
        let message =
            rejected_log("log.jsonl", &log, &["--by", "p.x,engine"][..if path.starts_with('p') { 2 } else { 0 }]);
        let start =
            format!("log.jsonl:4: the row has no `images`, and its field `{path}` looks like the number of images");
        let end = format!(": add --column images={path}, or --one-image-each if each row is 1 image");
        assert_eq!(message, start + &end);
        assert_eq!(bill_log("log.jsonl", &log, &["--column", &format!("images={path}")])["images"], 10);
        assert_eq!(bill_log("log.jsonl", &log, &["--one-image-each"])["images"], 7);
    }
    // Also in an object that no column is in.
    let log = object(",\"p\":{\"n\":4}");
    let message = rejected_log("log.jsonl", &log, &[]);
    assert!(message.ends_with(": add --column images=p.n, or --one-image-each if each row is 1 image"), "{message}");
    assert_eq!(bill_log("log.jsonl", &log, &["--column", "steps=p.n", "--one-image-each"])["images"], 1);
    let log = object(",\"images\":2,\"n\":1") + &object(",\"images\":null,\"n\":1");
    assert_eq!(bill_log("log.jsonl", &log, &[])["images"], 3);
    let log = object(",\"images\":2") + &object(",\"n\":3");
    let message = rejected_log("log.jsonl", &log, &[]);
    assert!(
        message.starts_with("log.jsonl:2: ") && message.contains(", while other rows have `images`: "),
        "{message}"
    );
    let message = rejected_log("log.jsonl", &log, &["--column", "images=n"]);
    assert!(message.starts_with("log.jsonl:1: the row has no `n`, and its field `images` looks like"), "{message}");
}

#[test]
fn the_first_row_with_another_number_of_images_is_named_whichever_worker_reads_it() {
    let mut log = object("").repeat(20_000);
    log += &(object(",\"n\":2") + &object("")).repeat(20_000);
    let message = rejected_log("log.jsonl", &log, &[]);
    assert!(message.starts_with("log.jsonl:20001: the row has no `images`"), "{message}");
}

#[test]
fn without_a_number_of_images_each_row_is_one_and_the_report_says_so() {
    let (csv, jsonl) = (csv_log("engine,width,height,steps,note"), object(""));
    let note = "no row has a number of images: each counts as 1 image\n";
    for (name, log) in [("log.csv", csv), ("log.jsonl", jsonl)] {
        let folder = folder(&[(name, log.as_bytes())]);
        let report = bill(&folder, &[name]);
        assert_eq!(
            (&report["images"], &report["one_image_each"], &report["blank_images"]),
            (&json!(1), &json!(true), &json!(0))
        );
        assert!(run(&folder, &[name]).1.contains(&format!("\n1 row: 1 priced, 0 not priced\n{note}")));
        assert_eq!(run(&folder, &[name, "--format", "csv"]).2, format!("1 row: 1 priced, 0 not priced\n{note}"));
    }
}

#[test]
fn rows_with_an_empty_number_of_images_are_counted() {
    let csv = format!("{HEADER}{}\n{}\n{}\nx,,,,,\n", priced("", "a"), priced(" ", "a"), priced("2", "a"));
    let jsonl = object(",\"images\":2") + &object(",\"images\":null") + &object("");
    for (name, log) in [("log.csv", csv), ("log.jsonl", jsonl)] {
        let report = bill_log(name, &log, &[]);
        assert_eq!(
            (&report["images"], &report["one_image_each"], &report["blank_images"]),
            (&json!(4), &json!(false), &json!(2))
        );
        let folder = folder(&[(name, log.as_bytes())]);
        let note = "\n2 rows have an empty number of images, which counts as 1 image\n";
        assert!(run(&folder, &[name]).1.contains(note));
    }
}

#[test]
fn logs_with_and_without_a_number_of_images_are_not_mixed() {
    let without = csv_log("engine,width,height,steps,note");
    let (with, lines) = (csv_log("engine,width,height,steps,images"), object(""));
    let (more, empty) = (object(",\"images\":2"), HEADER);
    let files: &[(&str, &[u8])] = &[
        ("without.csv", without.as_bytes()),
        ("with.csv", with.as_bytes()),
        ("without.jsonl", lines.as_bytes()),
        ("with.jsonl", more.as_bytes()),
        ("empty.csv", empty.as_bytes()),
    ];
    let folder = folder(files);
    for without in ["without.csv", "without.jsonl"] {
        for with in ["with.csv", "with.jsonl"] {
            for logs in [[without, with], [with, without]] {
                let message = rejected(&folder, &logs);
                let start = format!("{without}: this log has no `images`, and another one has it: bill the logs apart");
                assert!(message.starts_with(&start), "{message}");
            }
        }
        assert_eq!(bill(&folder, &[without, "empty.csv"])["one_image_each"], true);
    }
    assert_eq!(bill(&folder, &["with.csv", "with.jsonl"])["images"], 6);
    assert_eq!(bill(&folder, &["without.csv", "without.jsonl", "--one-image-each"])["images"], 2);
}

#[test]
fn one_image_each_contradicts_a_number_of_images() {
    let message = "has `Images`, which --one-image-each would ignore: leave out this option";
    let log = csv_log("engine,width,height,steps,Images");
    let message = |place: &str| {
        format!("{place} {}", message.replace("Images", if place.contains("row") { "images" } else { "Images" }))
    };
    assert_eq!(rejected_log("log.csv", &log, &["--one-image-each"]), message("log.csv:1: the header"));
    let log = object("") + &object(",\"images\":null");
    assert_eq!(rejected_log("log.jsonl", &log, &["--one-image-each"]), message("log.jsonl:2: the row"));
    let found = rejected_log("log.jsonl", &log, &["--one-image-each", "--column", "images=images"]);
    assert_eq!(found, "--one-image-each would ignore --column images=…: leave out one of them");
}

#[test]
fn all_missing_columns_are_reported_with_options_that_work() {
    for (header, options) in [
        (
            "Engine ID,image_width,image_height,num_steps,n",
            "'engine=Engine ID' width=image_width height=image_height steps=num_steps images=n",
        ),
        ("model,w,h,sampling steps,Samples", "engine=model width=w height=h 'steps=sampling steps' images=Samples"),
        ("engine_id,width,height,steps,images", "engine=engine_id"),
    ] {
        let log = csv_log(header);
        let message = rejected_log("log.csv", &log, &[]);
        let options: Vec<String> = shlex_split(options).iter().map(|option| quoted_option(option)).collect();
        let wanted = format!("; add {}", options.join(" "));
        assert!(message.contains(&wanted), "{message}\n{wanted}");
        // The options work as they are printed.
        let add = message.split_once("; add ").unwrap().1.split(", or ").next().unwrap().to_owned();
        let words = shlex_split(&add);
        let report = bill_log("log.csv", &log, &words.iter().map(|word| &**word).collect::<Vec<_>>());
        assert_eq!(report["priced"]["images"], 4);
    }
    let message = rejected_log("log.csv", &csv_log("a,b,c,d,e"), &["--by", "user", "--where", "status=ok"]);
    let end = "; add --column engine=NAME --column width=NAME --column height=NAME --column steps=NAME, where NAME is that \
               of the column in the log; --by groups by columns of the log; --where compares columns of the log";
    assert!(
        message.contains(" `engine`, `width`, `height`, `steps`, `user`, `status`: ") && message.ends_with(end),
        "{message}"
    );
}

/// Splits a line as a shell does, where quotes are single ones.
fn shlex_split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.last_mut().unwrap().push_str(part);
        } else {
            let mut parts = part.split(' ');
            words.last_mut().unwrap().push_str(parts.next().unwrap());
            words.extend(parts.map(str::to_owned));
        }
    }
    words
}

fn quoted_option(option: &str) -> String {
    if option.contains(' ') { format!("--column '{option}'") } else { format!("--column {option}") }
}

#[test]
fn names_of_columns_fit_in_any_case_with_spaces_and_a_unit() {
    let log = csv_log(" Engine,Width (px),HEIGHT [px],steps ,Images");
    let report = bill_log("log.csv", &log, &["--by", "ENGINE"]);
    assert_eq!(
        (&report["priced"]["images"], &report["groups"][0]["by"]),
        (&json!(4), &json!({ "ENGINE": request().0.name() }))
    );
    // The exact name wins.
    let log = csv_log("engine,width,height,steps,images,Images").replace(",4", ",4,x");
    assert_eq!(bill_log("log.csv", &log, &[])["priced"]["images"], 4);
    // Two others do not.
    let log = csv_log("engine,width,height,steps,Images,IMAGES").replace(",4", ",4,5");
    let message = rejected_log("log.csv", &log, &[]);
    assert!(message.starts_with("log.csv:1: both columns `Images` and `IMAGES` fit `images`: "), "{message}");
    assert_eq!(bill_log("log.csv", &log, &["--column", "images=IMAGES"])["priced"]["images"], 5);
}

#[test]
fn names_of_fields_fit_likewise() {
    let log = object(",\"Images\":4").replace("\"width\"", "\" Width (px)\"");
    assert_eq!(bill_log("log.jsonl", &log, &[])["priced"]["images"], 4);
    let log = object(",\"images\":4,\"Images\":5") + &object(",\"Images\":5,\"images\":4");
    assert_eq!(bill_log("log.jsonl", &log, &[])["priced"]["images"], 8);
    let report = bill_log("log.jsonl", &object(",\"IMAGES\":4,\"Images\":5"), &[]);
    let cause = &report["unpriced"]["reasons"][0]["first_lines"][0]["cause"];
    assert_eq!(cause, "several fields fit `images`, and none has exactly this name");
}

#[test]
fn missing_fields_of_json_lines_are_reported_together() {
    let log = "{\"engine_id\":\"a\",\"p\":{\"Width\":1,\"height_px\":1},\"body\":\"{\\\"steps\\\":1}\",\"n\":2}\n";
    let message = rejected_log("log.jsonl", log, &[]);
    assert_eq!(
        message,
        "log.jsonl:1: no row has the fields `engine`, `width`, `height`, `steps`, `images`: the fields of this row are \
         `body.steps`, `engine_id`, `n`, `p.Width`, `p.height_px`; add --column engine=engine_id --column width=p.Width \
         --column height=p.height_px --column steps=body.steps --column images=n, or --one-image-each for the last one \
         if each row is 1 image"
    );
}

#[test]
fn a_number_that_all_rows_have_can_be_set() {
    let (table, Cell { width, height, steps, .. }) = request();
    let csv = format!("engine,width,height,images\n{table},{width},{height},4\n{table},1,{height},2\n");
    let json = object(",\"images\":4").replace(&format!(",\"steps\":{steps}"), "");
    let set = format!("steps={steps}");
    for (name, log) in [("log.csv", csv), ("log.jsonl", json)] {
        let folder = folder(&[(name, log.as_bytes())]);
        let message = rejected(&folder, &[name]);
        let end = "add --column steps=NAME, where NAME is that of the column in the log; or --set steps=NUMBER, if each row has \
                   the same number";
        assert!(message.ends_with(end), "{message}");
        let report = bill(&folder, &[name, "--set", &set, "--rows", "rows"]);
        assert_eq!(report["priced"]["images"], 4);
        assert!(!read(&folder, "rows").contains("steps"));
        let report = bill(&folder, &[name, "--set", "steps=4294967295"]);
        assert_eq!(report["unpriced"]["reasons"][0]["reason"], "steps");
    }
    let log = format!("model\n{table}\n");
    let sides = [format!("width={width}"), format!("height={height}"), set];
    let options: Vec<&str> = sides.iter().flat_map(|side| ["--set", side]).collect();
    let report = bill_log("log.csv", &log, &[&options[..], &["--column", "engine=model"]].concat());
    assert_eq!(report["priced"]["images"], 1);
}

#[test]
fn a_number_is_not_set_in_place_of_a_column_or_twice() {
    let csv = csv_log("engine,width,height,Steps,images");
    let message = |place: &str, name: &str| {
        format!("{place} has `{name}`, which --set steps=30 would ignore: leave out this option")
    };
    assert_eq!(rejected_log("log.csv", &csv, &["--set", "steps=30"]), message("log.csv:1: the header", "Steps"));
    let json = object("").replace("\"steps\"", "\"x\"") + &object("");
    assert_eq!(rejected_log("log.jsonl", &json, &["--set", "steps=30"]), message("log.jsonl:2: the row", "steps"));
    for (options, message) in [
        (&["--set", "steps=30", "--set", "steps=50"][..], "--set names the column steps twice"),
        (
            &["--set", "steps=30", "--column", "steps=x"],
            "--set steps=30 would ignore --column steps=…: leave out one of them",
        ),
        (&["--set", "width=512", "--column", "size=x"], "--column size=… has width and height: leave out those two"),
    ] {
        assert_eq!(rejected_log("log.csv", &csv, options), message);
    }
    let folder = folder(&[("log.csv", csv.as_bytes())]);
    for (value, part) in [
        ("steps", "such as steps=30"),
        ("images=2", "write width=, height= or steps="),
        ("steps=0", "steps must be at least 1"),
        ("steps=030", "steps must not begin with 0"),
        ("steps=x", "steps must have only digits"),
        ("steps=4294967296", "steps must be at most 4294967295"),
    ] {
        let (code, _, stderr) = run(&folder, &["log.csv", "--set", value]);
        assert!(code == 2 && stderr.contains(part), "{stderr}");
    }
}
