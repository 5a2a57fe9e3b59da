//! Bills by the edition that is in force at the time of each row.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::{git, report, tables};
use super::{bill, folder, read, run};

/// Writes the first edition to `old`, and one with other prices, another price of a credit and another engine to `new`.
fn write_editions(root: &Path) {
    tables().write(&root.join("old")).unwrap();
    let new = tables().billing("30", "1000", "11.8").engine("xl-9", "sdxl");
    let new = new.with("sdxl.csv", "steps,512x512,512x640,640x512\n15,0.3,0.5,0.5\n30,0.6,0.9,0.9\n");
    new.write(&root.join("new")).unwrap();
}

const OPTIONS: [&str; 6] = ["--tables", "2023-06-22=old", "--tables", "2023-07-01=new", "--time", "time"];

const LOG: &str = "\
time,engine,width,height,steps,images,user
2023-06-21T23:59:59Z,xl-1,512,512,30,1,ann
2023-06-22,xl-1,512,512,30,1,ann
2023-06-30T23:30:00Z,xl-1,512,512,30,2,bob
2023-06-30 23:59:59-05:00,xl-1,512,512,30,2,bob
1688169600,xl-1,512,512,30,1,ann
2023-07-01,xl-9,512,512,30,1,ann
2023-06-30,xl-9,512,512,30,1,ann
30.06.2023,xl-1,512,512,30,1,ann
";

fn logs() -> TempDir {
    let folder = folder(&[("log.csv", LOG.as_bytes())]);
    write_editions(folder.path());
    folder
}

#[test]
fn each_row_is_priced_by_the_edition_that_is_in_force() {
    let folder = logs();
    let arguments = [&["bill", "log.csv", "--by", "user"], &OPTIONS[..]].concat();
    insta::assert_snapshot!(report(folder.path(), &arguments));
    let json = bill(&folder, &[&["log.csv", "--rows", "rows.csv"], &OPTIONS[..]].concat());
    let [old, new] = ["old", "new"].map(|tables| edition(&folder, tables));
    let found = json["editions"].as_array().unwrap();
    assert_eq!(found.iter().map(|found| &found["edition"]).collect::<Vec<_>>(), [&json!(old), &json!(new)]);
    assert_eq!((&found[0]["from"], &found[1]["from"]), (&json!("2023-06-22"), &json!("2023-07-01")));
    // 3 images at 0.5 credits and $10 for 1000, and 4 at 0.6 credits and $11.8.
    assert_eq!(json["priced"], json!({ "rows": 5, "images": 7, "credits": "3.9", "usd": "0.04332" }));
    assert_eq!(found[0]["priced"], json!({ "rows": 2, "images": 3, "credits": "1.5", "usd": "0.015" }));
    assert_eq!(found[1]["priced"], json!({ "rows": 3, "images": 4, "credits": "2.4", "usd": "0.02832" }));
    let rows = read(&folder, "rows.csv");
    let ends: Vec<&str> = rows.lines().skip(1).map(|row| row.splitn(8, ',').nth(7).unwrap()).collect();
    assert_eq!(
        ends,
        [
            ",,no-edition,".to_owned(),
            format!("0.5,0.005,price,{old}"),
            format!("1,0.01,price,{old}"),
            format!("1.2,0.01416,price,{new}"),
            format!("0.6,0.00708,price,{new}"),
            format!("0.6,0.00708,price,{new}"),
            format!(",,unknown-engine,{old}"),
            ",,malformed,".to_owned(),
        ]
    );
}

/// Returns the name of the edition of a folder.
fn edition(folder: &TempDir, tables: &str) -> String {
    let report = report(folder.path(), &["check", tables]);
    report.lines().find_map(|line| line.strip_prefix(&*format!("{tables}: edition "))).unwrap().to_owned()
}

#[test]
fn periods_and_editions_are_those_of_the_time_zone() {
    let folder = logs();
    let csv = |options: &[&str]| {
        let (_, text, _) = run(&folder, &[&["log.csv", "--format", "csv"], &OPTIONS[..], options].concat());
        let row = |row: &str| row.split(',').take(7).collect::<Vec<_>>().join(",");
        text.lines().map(row).collect::<Vec<_>>()
    };
    assert_eq!(
        csv(&["--per", "month"]),
        [
            "month,rows,images,priced_rows,priced_images,credits,usd",
            ",1,0,0,0,0,0",
            "2023-06,4,5,2,3,1.5,0.015",
            "2023-07,3,4,3,4,2.4,0.02832",
        ]
    );
    assert_eq!(
        csv(&["--per", "month", "--tz", "Europe/Berlin"])[2..],
        ["2023-06,3,3,2,2,1,0.01", "2023-07,4,6,4,6,3.6,0.04248"]
    );
    assert_eq!(
        csv(&["--per", "week", "--by", "user"]),
        [
            "week,user,rows,images,priced_rows,priced_images,credits",
            ",ann,1,0,0,0,0",
            "2023-W25,ann,2,2,1,1,0.5",
            "2023-W26,ann,3,3,2,2,1.2",
            "2023-W26,bob,2,4,2,4,2.2",
        ]
    );
    let year = csv(&["--per", "year", "--where", "user=bob"]);
    assert_eq!(year[1..], ["2023,2,4,2,4,2.2,0.02416"]);
}

#[test]
fn a_group_of_several_editions_names_them_all() {
    let folder = logs();
    let (_, text, _) = run(&folder, &[&["log.csv", "--format", "csv", "--by", "user"], &OPTIONS[..]].concat());
    let names = format!("{} {}", edition(&folder, "old"), edition(&folder, "new"));
    assert!(
        text.starts_with("user,") && text.lines().skip(1).all(|row| row.ends_with(&*format!(",{names}"))),
        "{text}"
    );
    let (_, top, _) = run(&folder, &[&["log.csv", "--format", "csv", "--top", "1"], &OPTIONS[..]].concat());
    assert!(top.lines().skip(1).all(|row| row.contains(&edition(&folder, "new"))), "{top}");
}

#[test]
fn a_row_before_the_only_edition_is_not_of_it() {
    let folder = logs();
    let arguments = ["log.csv", "--tables", "2023-07-01=new", "--time", "time", "--where", "user=bob"];
    let json = bill(&folder, &arguments);
    let rows = |totals: &Value| (totals["rows"].clone(), totals["unpriced"]["rows"].clone());
    assert_eq!((rows(&json), rows(&json["editions"][0])), ((json!(2), json!(1)), (json!(1), json!(0))));
    let (_, text, _) = run(&folder, &[&arguments[..], &["--per", "day", "--format", "csv"]].concat());
    let ends: Vec<&str> = text.lines().skip(1).map(|row| row.rsplit(',').next().unwrap()).collect();
    assert_eq!(ends, ["", &*edition(&folder, "new")]);
}

/// Two bills by time zone are otherwise alike.
#[test]
fn a_report_names_the_time_zone_and_the_first_day_of_its_only_edition() {
    let folder = logs();
    let arguments = ["log.csv", "--tables", "2023-07-01=new", "--time", "time", "--tz", "europe/berlin"];
    let (_, text, _) = run(&folder, &arguments);
    let version = env!("CARGO_PKG_VERSION");
    let edition = edition(&folder, "new");
    let lines = format!("\nedition {edition} from 2023-07-01 on\ntime zone Europe/Berlin\ndreamprice {version}\n");
    assert!(text.contains(&lines), "{text}");
    assert_eq!(bill(&folder, &arguments)["time_zone"], "Europe/Berlin");
    assert_eq!(bill(&folder, &arguments[..5])["time_zone"], "UTC");
    assert_eq!(bill(&folder, &["log.csv", "--tables", "new"])["time_zone"], Value::Null);
}

#[test]
fn a_malformed_row_of_json_has_the_day_of_its_time() {
    let folder = logs();
    let twice = r#"{"time":"2023-06-30","engine":"xl-1","engine":"xl-1","width":512,"height":512,"steps":30}"#;
    let times = twice.replace(r#"{"time""#, r#"{"time":"2023-06-30","time""#);
    let good = twice.replacen(r#""engine":"xl-1","#, "", 1);
    fs::write(folder.path().join("log.jsonl"), [twice, &times, &good].join("\n")).unwrap();
    let options = ["log.jsonl", "--per", "day", "--rows", "rows.jsonl"];
    let json = bill(&folder, &[&options, &OPTIONS[..]].concat());
    let groups = json["groups"].as_array().unwrap().iter();
    let groups: Vec<_> = groups.map(|group| (&group["by"]["day"], &group["rows"])).collect();
    assert_eq!(groups, [(&Value::Null, &json!(1)), (&json!("2023-06-30"), &json!(2))]);
    assert_eq!(json["editions"][0]["rows"], 2);
    let old = edition(&folder, "old");
    let rows = read(&folder, "rows.jsonl");
    let has_edition: Vec<bool> = rows.lines().map(|row| row.ends_with(&format!("\"edition\":\"{old}\"}}"))).collect();
    assert_eq!(has_edition, [true, false, true]);
}

/// 0.25 credits in each edition are 0.5 in total.
#[test]
fn an_edition_has_as_many_decimal_places_as_it_needs() {
    let folder = logs();
    tables().engine("xl-9", "sdxl").write(&folder.path().join("new")).unwrap();
    let log = "time,engine,width,height,steps\n2023-06-30,xl-1,512,512,15\n2023-07-01,xl-1,512,512,15\n";
    fs::write(folder.path().join("log.csv"), log).unwrap();
    let (_, text, _) = run(&folder, &[&["log.csv"], &OPTIONS[..]].concat());
    let rows =
        |edition: &str| text.lines().filter(|row| row.contains(edition)).any(|row| row.contains(" 0.25  $0.0025"));
    assert!(["old", "new"].map(|tables| edition(&folder, tables)).iter().all(|edition| rows(edition)), "{text}");
}

#[test]
fn rows_of_json_have_the_edition_too() {
    let folder = logs();
    let row = |time: &str| {
        format!("{{\"meta\":{{\"at\":{time}}},\"engine\":\"xl-1\",\"width\":512,\"height\":512,\"steps\":30}}\n")
    };
    let log = ["\"2023-06-30T12:00:00Z\"", "1688169600.5", "null", "\"2023-06-01\""].map(row).concat();
    fs::write(folder.path().join("log.jsonl"), log).unwrap();
    let options = ["--time", "meta.at", "--rows", "rows.jsonl"];
    let json = bill(&folder, &[&["log.jsonl"], &OPTIONS[..4], &options].concat());
    assert_eq!(json["priced"]["usd"], "0.01208");
    let rows = read(&folder, "rows.jsonl");
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let [old, new] = ["old", "new"].map(|tables| json!(edition(&folder, tables)));
    let found: Vec<&Value> = rows.iter().map(|row| &row["edition"]).collect();
    assert_eq!(found, [&old, &new, &Value::Null, &Value::Null]);
    assert_eq!((&rows[2]["basis"], &rows[3]["basis"]), (&json!("malformed"), &json!("no-edition")));
}

/// An auditor gets a bill and the tag of its prices.
#[test]
fn a_bill_is_repeated_from_a_revision() {
    let folder = logs();
    let bill = |tables: &str| {
        report(folder.path(), &["bill", "log.csv", "--where", "user=ann", "--by", "user", "--tables", tables])
    };
    let before = bill("new");
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "prices"]);
    git(folder.path(), &["tag", "v0.2.0"]);
    fs::remove_dir_all(folder.path().join("new")).unwrap();
    assert_eq!(bill("v0.2.0:new"), before);
}

#[test]
fn an_alias_is_of_any_edition() {
    let folder = logs();
    let log = LOG.replace("xl-9", "vendor/xl-9");
    fs::write(folder.path().join("log.csv"), log).unwrap();
    let json = bill(&folder, &[&["log.csv", "--engine", "vendor/xl-9=xl-9"], &OPTIONS[..]].concat());
    // Before the edition that has it, the engine is as unknown as without the alias.
    assert_eq!(
        json["unknown_engines"],
        json!([{ "engine": "vendor/xl-9", "suggestion": "xl-9", "rows": 1, "images": 1 }])
    );
    assert_eq!(json["priced"]["rows"], 5);
    let (code, _, error) = run(&folder, &[&["log.csv", "--engine", "vendor/xl-9=xl-8"], &OPTIONS[..]].concat());
    assert_eq!((code, &*error), (2, "error: unknown engine or table `xl-8`: did you mean `xl-1` or `xl-9`?\n"));
}

/// The brackets may name the zone of all times, which would be read in that of `--tz`.
#[test]
fn a_bracket_behind_the_name_of_a_time_is_not_dropped() {
    let folder = logs();
    fs::write(folder.path().join("log.csv"), LOG.replacen("time,", "Time (UTC),", 1)).unwrap();
    let (code, _, error) = run(&folder, &[&["log.csv"], &OPTIONS[..]].concat());
    insta::assert_snapshot!(format!("{code} {error}"), @"2 error: log.csv:1: the header has no column `time`: its columns are `Time (UTC)`, `engine`, `width`, `height`, `steps`, `images`, `user`; write --time 'Time (UTC)'; --tz is the time zone of times without an offset");
    let row = r#"{"Time (UTC)":"2023-07-01","engine":"xl-1","width":512,"height":512,"steps":30}"#;
    fs::write(folder.path().join("log.jsonl"), row).unwrap();
    let (code, _, error) = run(&folder, &[&["log.jsonl"], &OPTIONS[..]].concat());
    insta::assert_snapshot!(format!("{code} {error}"), @"2 error: log.jsonl:1: no row has a field `time`: the fields of this row are `Time (UTC)`, `engine`, `height`, `steps`, `width`; write --time 'Time (UTC)'; --tz is the time zone of times without an offset");
    let json = bill(&folder, &[&["log.csv", "--time", "time (utc)"], &OPTIONS[..4]].concat());
    assert_eq!(json["priced"]["rows"], 5);
}

/// A number of 14 digits is no time of the year 2611.
#[test]
fn a_number_that_is_no_time_has_the_option_that_reads_it() {
    for (time, help, day) in [
        ("20230615000000", "if it is what it looks like, add --time-format %Y%m%d%H%M%S", "2023-06-15"),
        ("202306150000", "if it is what it looks like, add --time-format %Y%m%d%H%M", "2023-06-15"),
        ("20230615", "if it is what it looks like, add --time-format %Y%m%d", "2023-06-15"),
        ("1688169600000000", "if it is what it looks like, add --time-format microseconds", "2023-07-01"),
        ("1688169600000000000", "if it is what it looks like, add --time-format nanoseconds", "2023-07-01"),
        ("45092.5", "--time-format says what it is, such as seconds, which then can be of any year", ""),
    ] {
        let folder = logs();
        fs::write(folder.path().join("log.csv"), format!("time,engine,width,height,steps\n{time},xl-1,512,512,30\n"))
            .unwrap();
        let options = ["log.csv", "--tables", "old", "--time", "time", "--per", "day"];
        let json = bill(&folder, &options);
        let cause = json["unpriced"]["reasons"][0]["first_lines"][0]["cause"].as_str().unwrap();
        let start = format!(
            "`time` is `{time}`: as seconds and as milliseconds since 1970 it is not in the years 2000 to 2099; "
        );
        assert_eq!(cause, start + help);
        if let Some((_, form)) = help.split_once("--time-format ").filter(|_| !day.is_empty()) {
            let json = bill(&folder, &[&options[..], &["--time-format", form]].concat());
            assert_eq!((&json["priced"]["rows"], &json["groups"][0]["by"]["day"]), (&json!(1), &json!(day)));
        }
    }
}

#[test]
fn a_pattern_is_checked_before_any_row() {
    let folder = logs();
    let (code, stdout, error) = run(&folder, &[&["log.csv", "--time-format", "%d.%m.%Y %Z"], &OPTIONS[..]].concat());
    insta::assert_snapshot!(format!("{code} {stdout}{error}"), @"
    2 error: invalid value '%d.%m.%Y %Z' for '--time-format <FORM>': times cannot be read with `%d.%m.%Y %Z`: strptime parsing failed: parsing time zone abbreviation is not allowed

    For more information, try '--help'.
    ");
    let (_, text, _) =
        run(&folder, &[&["log.csv", "--time-format", "%d.%m.%Y", "--where", "user=bob"], &OPTIONS[..]].concat());
    assert!(text.contains("`time` is `2023-06-30T23:30:00Z`: it must have the form `%d.%m.%Y`, with a day"), "{text}");
    fs::write(folder.path().join("log.csv"), LOG.replace("30.06.2023", "30.06.23")).unwrap();
    let (_, text, _) =
        run(&folder, &[&["log.csv", "--time-format", "%d.%m.%Y", "--where", "time=30.06.23"], &OPTIONS[..]].concat());
    assert!(
        text.contains("`time` is `30.06.23`: its year is 23: %Y is a year of four digits, and %y one of two"),
        "{text}"
    );
}

#[test]
fn editions_and_times_that_contradict_each_other_are_refused() {
    let folder = logs();
    let refused = |options: &[&str]| {
        let (code, stdout, stderr) = run(&folder, &[&["log.csv"], options].concat());
        assert_eq!((code, &*stdout), (2, ""), "{stderr}");
        stderr.lines().next().unwrap().to_owned()
    };
    let [old, new, time] = [&OPTIONS[..2], &OPTIONS[2..4], &OPTIONS[4..]];
    let errors = [
        refused(old),
        refused(&[old, new].concat()),
        refused(time),
        refused(&["--per", "day"]),
        refused(&["--tz", "UTC"]),
        refused(&[old, time, &["--tz", "Berlin"]].concat()),
        refused(&[old, time, &["--tz", "Europe/Berln"]].concat()),
        refused(&[old, time, &["--tz", "the office"]].concat()),
        refused(&[old, time, &["--time-format", "iso"]].concat()),
        refused(&[old, &["--time", "tme"]].concat()),
        refused(&[old, &["--time", "created"]].concat()),
        refused(&[old, time, &["--tables", "new"]].concat()),
        refused(&[old, time, &["--tables", "2023-06-22=new"]].concat()),
        refused(&[time, &["--tables", "2023-06-31=new"]].concat()),
        refused(&[old, time, &["--tables", "2023-07-01=none"]].concat()),
        refused(&[old, time, &["--by", "tim"]].concat()),
        refused(&[old, time, &["--column", "time=user"]].concat()),
        refused(&[time, &["--per", "day", "--by", "user,day"]].concat()),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn an_edition_with_mistakes_gives_no_bill() {
    let folder = logs();
    fs::write(folder.path().join("new/sdxl.csv"), "steps,512x512\n15,x\n").unwrap();
    let report = report(folder.path(), &[&["bill", "log.csv"], &OPTIONS[..]].concat());
    assert!(report.starts_with("exit code 2\nerror: new/sdxl.csv:2:4: "), "{report}");
}

#[test]
fn a_period_needs_no_edition_with_a_day() {
    let folder = logs();
    let json = bill(&folder, &["log.csv", "--tables", "old", "--time", "time", "--per", "day", "--where", "user=bob"]);
    let days: Vec<&Value> = json["groups"].as_array().unwrap().iter().map(|group| &group["by"]["day"]).collect();
    assert_eq!(days, ["2023-06-30", "2023-07-01"]);
    assert_eq!(json["priced"]["usd"], "0.02");
}
