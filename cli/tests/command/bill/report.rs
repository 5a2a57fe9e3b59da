//! The groups and the unknown engines of the report: which ones, in what order, and under what names.

use super::*;

/// A log with three groups by user: `cheap` has the most rows, `dear` the most credits, and `none` only rows without a
/// price. `also` is equal to `cheap`.
fn users() -> String {
    let row = |images: &str, user: &str| priced(images, user) + "\n";
    let mut log = HEADER.to_owned() + &row("9", "dear") + &row("1", "cheap") + &row("1", "cheap") + &row("1", "cheap");
    log += &(row("1", "also") + &row("1", "also") + &row("1", "also"));
    let unpriced: String = unpriced().into_iter().map(|(_, row)| row.replace(",ann", ",none") + "\n").collect();
    log + &unpriced
}

/// The users of the report, in their order.
fn order(report: &Value) -> Vec<&str> {
    report["groups"].as_array().unwrap().iter().map(|group| group["by"]["user"].as_str().unwrap()).collect()
}

#[test]
fn groups_are_sorted_by_name_rows_or_credits_and_equal_ones_by_name() {
    let folder = folder(&[("log.csv", users().as_bytes())]);
    for (options, wanted) in [
        (&[][..], ["also", "cheap", "dear", "none"]),
        (&["--sort", "name"], ["also", "cheap", "dear", "none"]),
        (&["--sort", "rows"], ["none", "also", "cheap", "dear"]),
        (&["--sort", "credits"], ["dear", "also", "cheap", "none"]),
        (&["--top", "9"], ["dear", "also", "cheap", "none"]),
        (&["--top", "4", "--sort", "rows"], ["none", "also", "cheap", "dear"]),
    ] {
        let report = bill(&folder, &[&["log.csv", "--by", "user"], options].concat());
        assert_eq!(order(&report), wanted, "{options:?}");
        assert_eq!(report["others"], Value::Null);
    }
}

#[test]
fn an_estimate_counts_as_what_it_is_at_most_in_the_order_of_credits() {
    let (table, Cell { width, height, .. }) = request();
    let steps = unlisted(table).steps;
    let at_most = Request::for_table(table, unlisted(table)).estimate().unwrap().total.at_most();
    // More images than the estimate is worth at most, and one fewer.
    let more = at_most.checked_div(request().1.price).unwrap() + 1;
    let (more, fewer) = (more.to_string(), (more - 1).to_string());
    let estimated = format!("{table},{width},{height},{steps},1,estimated");
    let log = format!("{HEADER}{estimated}\n{}\n{}\n", priced(&more, "more"), priced(&fewer, "others"));
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let report = bill(&folder, &["log.csv", "--by", "user", "--estimate", "--sort", "credits"]);
    assert_eq!(order(&report), ["more", "estimated", "others"]);
}

#[test]
fn the_groups_of_the_top_and_the_others_have_the_sums_of_all() {
    let folder = folder(&[("log.csv", users().as_bytes())]);
    let all = bill(&folder, &["log.csv", "--by", "user", "--sort", "rows"]);
    let top = bill(&folder, &["log.csv", "--by", "user", "--sort", "rows", "--top", "2"]);
    assert_eq!(top["groups"].as_array().unwrap()[..], all["groups"].as_array().unwrap()[..2]);
    let (_, cell) = request();
    let (others, images) = (&top["others"], 3 + 9);
    assert_eq!((&others["groups"], &others["rows"], &others["images"]), (&json!(2), &json!(4), &json!(images)));
    assert_eq!(others["priced"]["credits"], (cell.price * images).to_string());
    assert_eq!(others["unpriced"], json!({ "rows": 0, "images": 0, "reasons": [] }));

    let csv =
        |options: &[&str]| run(&folder, &[&["log.csv", "--by", "user,engine", "--format", "csv"], options].concat()).1;
    let sums = |text: &str| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.records().fold([0; 2], |[rows, images], record| {
            let cell = |at: usize| record.as_ref().unwrap()[at].parse::<u64>().unwrap();
            [rows + cell(2), images + cell(3)]
        })
    };
    let (whole, top) = (csv(&[]), csv(&["--top", "1"]));
    assert_eq!(sums(&top), sums(&whole));
    let lines: Vec<&str> = top.lines().collect();
    assert!(lines.len() == 3 && lines[1].starts_with("dear,") && lines[2].starts_with("(4 others),,"), "{top}");
    let (_, text, _) = run(&folder, &["log.csv", "--by", "user", "--top", "3"]);
    let names: Vec<&str> = text.lines().take(6).map(|line| line.split("  ").next().unwrap()).collect();
    assert_eq!(names, ["user", "dear", "also", "cheap", "(1 other)", "total"]);
}

#[test]
fn a_wrong_number_of_groups_is_rejected() {
    let folder = folder(&[("log.csv", log().as_bytes())]);
    for (number, message) in
        [("0", "must be at least 1"), ("-1", "must not be negative"), ("x", "must have only digits")]
    {
        let (code, _, stderr) = run(&folder, &["log.csv", &format!("--top={number}")]);
        assert!(code == 2 && stderr.contains(&format!("the number of groups {message}")), "{stderr}");
    }
}

#[test]
fn names_are_shown_so_that_no_two_look_alike() {
    let (table, Cell { width, height, steps, .. }) = request();
    let users = ["null", "\"\"", "\"a\"", "\"a \"", "\"total\"", "\"(none)\"", "\"日本語\"", "\"e\\u0301\""];
    let row = |user| {
        format!("{{\"engine\":\"{table}\",\"width\":{width},\"height\":{height},\"steps\":{steps},\"user \":{user}}}\n")
    };
    let log: String = users.into_iter().map(row).collect();
    let folder = folder(&[("log.jsonl", log.as_bytes())]);
    let (_, text, _) = run(&folder, &["log.jsonl", "--by", "user "]);
    let names: Vec<&str> = text.lines().take(10).map(|line| line.split("  ").next().unwrap()).collect();
    let wanted =
        ["\"user \"", "(none)", "\"\"", "\"(none)\"", "a", "\"a \"", "e\u{301}", "\"total\"", "日本語", "total"];
    assert_eq!(names, wanted);
    // Two columns of the terminal for each of the three characters, and none for the accent.
    let column = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.chars().take_while(|c| *c != '1').count()
    };
    assert_eq!((column("日本語"), column("e\u{301}")), (column("a") - 3, column("a") + 1));
}

#[test]
fn the_points_of_amounts_line_up() {
    let (_, cell) = request();
    let log = format!("{HEADER}{}\n{}\n{}\n", priced("1", "a"), priced("2", "b"), priced("1000", "c"));
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let (_, text, _) = run(&folder, &["log.csv", "--by", "user"]);
    let lines: Vec<&str> = text.lines().skip(1).take(4).collect();
    let places = |amount: &str| amount.split_once('.').map_or(0, |(_, places)| places.len());
    for column in [3, 4] {
        let amounts: Vec<&str> = lines.iter().map(|line| line.split_whitespace().nth(column).unwrap()).collect();
        assert!(amounts.iter().all(|amount| places(amount) == places(amounts[0])), "{text}");
        let credits = amounts[0].trim_start_matches('$').parse::<Credits>().unwrap();
        assert!(column == 4 || credits == cell.price, "{text}");
    }
}

#[test]
fn every_unknown_engine_is_listed_with_its_rows_the_most_frequent_first() {
    let row = |engine: &str| format!("{engine},1,1,1,2,a\n");
    let engines = ["b", "a ", "c", "b", "c", "c"];
    let log = HEADER.to_owned() + &engines.map(row).concat() + &priced("1", "a") + "\n";
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let arguments = ["log.csv", "--by", "user"];
    let counts =
        |engine: &str, rows: u64| json!({ "engine": engine, "suggestion": null, "rows": rows, "images": 2 * rows });
    assert_eq!(bill(&folder, &arguments)["unknown_engines"], json!([counts("c", 3), counts("b", 2), counts("a ", 1)]));
    let (_, text, _) = run(&folder, &arguments);
    let wanted = "\n\nunknown engine  rows  images\nc                  3       6\nb                  2       4\n\"a \"               1       2\n\n";
    assert!(text.contains(wanted), "{text}");
    let (_, _, notes) = run(&folder, &[&arguments[..], &["--format", "csv"]].concat());
    let wanted = "unknown engine `c`: 3 rows\nunknown engine `b`: 2 rows\nunknown engine `a `: 1 row\n";
    assert!(notes.ends_with(wanted), "{notes}");
}

#[test]
fn unknown_engines_have_the_engine_that_they_look_like_and_the_options_that_price_them() {
    let table = request().0;
    let row = |engine: &str| priced("1", "a").replacen(table.name(), engine, 1) + "\n";
    let (one, two) = (format!("a/{table}"), format!("{table}:b c"));
    let log = HEADER.to_owned() + &row(&one) + &row(&one) + &row(&two) + &row("no-engine");
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let json = bill(&folder, &["log.csv"]);
    let suggestions: Vec<&Value> =
        json["unknown_engines"].as_array().unwrap().iter().map(|engine| &engine["suggestion"]).collect();
    let name = json!(table.name());
    assert!(suggestions.contains(&&Value::Null) && suggestions.iter().filter(|found| **found == &name).count() == 2);
    let (_, text, _) = run(&folder, &["log.csv"]);
    let (_, options) = text.split_once("if they are what they look like, add ").unwrap();
    let options = options.lines().next().unwrap();
    assert_eq!(options, format!("--engine a/{table}={table} --engine '{table}:b c={table}'"), "{text}");
    let report =
        bill(&folder, &["log.csv", "--engine", &format!("{one}={table}"), "--engine", &format!("{two}={table}")]);
    assert_eq!(report["priced"]["rows"], 3);
}

#[test]
fn unknown_engines_are_listed_up_to_a_thousand_and_the_others_together() {
    let mut log = HEADER.to_owned();
    (0..1002).for_each(|number| writeln!(log, "engine-{number:04},1,1,1,1,a").unwrap());
    log += "engine-1000,1,1,1,1,a\n";
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let report = bill(&folder, &["log.csv", "--by", "user"]);
    let engines = report["unknown_engines"].as_array().unwrap();
    assert_eq!(engines.len(), 1001);
    assert_eq!(engines[1000], json!({ "engine": null, "suggestion": null, "rows": 3, "images": 3 }));
    let (_, text, _) = run(&folder, &["log.csv", "--by", "user"]);
    assert!(text.contains("\n(others)           3       3\n"), "{text}");
    let (_, _, notes) = run(&folder, &["log.csv", "--by", "user", "--format", "csv"]);
    assert!(notes.ends_with("\nother unknown engines: 993 rows; --format json lists them\n"), "{notes}");
    assert_eq!(notes.lines().count(), 12);
}

#[test]
fn columns_with_a_comma_or_a_quote_are_grouped_by_in_quotes() {
    let (table, Cell { width, height, steps, .. }) = request();
    let log = format!("engine,width,height,steps,\"a,b\",c,\"\"\"d\"\"\",\n{table},{width},{height},{steps},1,2,3,4\n");
    let folder = folder(&[("log.csv", log.as_bytes())]);
    let by = |options: &[&str]| bill(&folder, &[&["log.csv"], options].concat())["groups"][0]["by"].clone();
    assert_eq!(by(&["--by", "\"a,b\",c"]), json!({ "a,b": "1", "c": "2" }));
    assert_eq!(by(&["--by", "c", "--by", "\"a,b\""]), json!({ "c": "2", "a,b": "1" }));
    assert_eq!(by(&["--by", "\"\"\"d\"\"\""]), json!({ "\"d\"": "3" }));
    assert_eq!(by(&["--by", "c,"]), json!({ "c": "2", "": "4" }));
    assert_eq!(by(&["--by="]), json!({ "": "4" }));
    for (text, message) in [("\"a,b", "a quote is not closed"), ("a\nb", "a name with a line feed")] {
        let (code, _, stderr) = run(&folder, &["log.csv", "--by", text]);
        assert!(code == 2 && stderr.contains(message), "{stderr}");
    }
}

#[test]
fn no_two_columns_of_csv_have_the_same_name() {
    let log = HEADER.replace("user", "by_rows,rows") + &priced("1", "a,b") + "\n";
    let folder = folder(&[("log.csv", log.as_bytes())]);
    for (by, start) in [
        ("rows", "by_rows,rows,images,"),
        ("steps,images", "by_steps,by_images,rows,images,"),
        ("rows,by_rows", "by_by_rows,by_rows,rows,images,"),
        ("by_rows", "by_rows,rows,images,"),
    ] {
        let (_, text, _) = run(&folder, &["log.csv", "--by", by, "--format", "csv"]);
        let header = text.lines().next().unwrap();
        assert!(header.starts_with(start), "{header}");
        let mut names: Vec<&str> = header.split(',').collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), header.split(',').count(), "{header}");
    }
}
