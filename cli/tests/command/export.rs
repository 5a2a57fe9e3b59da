//! `dreamprice export`, for any tables. Databases read the SQL, and engines price logs with it: see
//! `.ci/engines`.

use std::collections::BTreeSet;

use dreamstudio_pricing::{Cell, Client, Credits, Settings, Table, billing};
use serde_json::{Value, json};

use support::TableFiles;
use tempfile::TempDir;

use super::{SDXL, dreamprice, printed, rejected, report, tables};

const DIALECTS: [&str; 3] = ["sqlite", "postgres", "duckdb"];

fn json() -> Value {
    serde_json::from_str(&printed(&["export", "--format", "json"])).unwrap()
}

fn sql(dialect: &str) -> String {
    printed(&["export", "--format", "sql", "--dialect", dialect])
}

/// Each engine with its table and each of its cells.
fn price_list() -> Vec<(&'static str, Table, Cell)> {
    let engines = Table::ALL.iter().flat_map(|table| table.engines().iter().map(move |&engine| (engine, *table)));
    engines.flat_map(|(engine, table)| table.cells().map(move |cell| (engine, table, cell))).collect()
}

#[test]
fn csv_has_a_row_for_each_cell_of_each_engine() {
    let text = printed(&["export", "--format", "csv"]);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("engine,table,width,height,steps,credits,usd"));
    let row = |(engine, table, cell): (&str, Table, Cell)| {
        let Cell { width, height, steps, price, .. } = cell;
        format!("{engine},{table},{width},{height},{steps},{price},{:#}", price.usd())
    };
    let rows: BTreeSet<String> = price_list().into_iter().map(row).collect();
    assert_eq!(lines.clone().count(), rows.len());
    assert!(lines.all(|line| rows.contains(line)), "{text}");
}

#[test]
fn rows_are_ordered_by_engine_and_then_by_size_and_steps() {
    let text = printed(&["export", "--format", "csv"]);
    let key = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse::<u32>().unwrap();
        (cells[0].to_owned(), number(2), number(3), number(4))
    };
    assert!(text.lines().skip(1).map(key).is_sorted());
}

/// The paths of fields. The elements of a list have the same fields.
fn fields(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            let place = format!("{place}.{name}");
            fields(value, &place, found);
            found.insert(place);
        }),
        Value::Array(values) => values.iter().for_each(|value| fields(value, place, found)),
        _ => {}
    }
}

/// Renaming or removing a field requires another schema number.
#[test]
fn json_has_the_documented_fields() {
    let mut found = BTreeSet::new();
    fields(&json(), "", &mut found);
    // The tables may have none of these. Other tests compare all of their fields.
    let optional = [".clients.", ".tables.source.", ".tables.formula.", ".tables.integer_formula."];
    found.retain(|field| !optional.iter().any(|name| field.starts_with(name)));
    insta::assert_snapshot!(found.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn json_has_all_of_the_tables() {
    let json = json();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["billing"]["usd_per_credit"], format!("{:#}", Credits::whole(1).usd()));
    assert_eq!(json["billing"]["sign_up_grant_credits"], billing::SIGN_UP_GRANT.to_string());
    assert_eq!(json["billing"]["minimum_purchase_usd"], format!("{:#}", billing::MINIMUM_PURCHASE));
    let list = |name: &str| json[name].as_array().unwrap();
    assert_eq!((list("clients").len(), list("tables").len()), (Client::ALL.len(), Table::ALL.len()));
    for client in Client::ALL {
        let Settings { width, height, steps, .. } = client.defaults();
        let defaults = json!({
            "client": client.name(), "table": client.table().name(), "width": width, "height": height, "steps": steps
        });
        assert!(list("clients").contains(&defaults), "{defaults}");
    }
    for &table in Table::ALL {
        let found = list("tables").iter().find(|found| found["table"] == table.name()).unwrap();
        assert_eq!(found["source"], serde_json::to_value(table.source()).unwrap());
        assert_eq!(found["formula"], serde_json::to_value(table.formula()).unwrap());
        if let Some(formula) = table.formula() {
            let integers = found["integer_formula"].as_object().unwrap();
            let names: BTreeSet<&str> = integers.keys().map(|name| &**name).collect();
            assert_eq!(names, BTreeSet::from(["free_pixels", "rate", "rounding", "divisor", "unit"]));
            assert_eq!(integers["free_pixels"], formula.free_pixels);
        }
        let set = |name: &str| found[name].as_array().unwrap().iter().map(Value::to_string).collect::<BTreeSet<_>>();
        let engines = table.engines().iter().map(|engine| format!("\"{engine}\""));
        assert_eq!(set("engines"), engines.collect());
        let cells = table.cells().map(|cell| serde_json::to_value(cell).unwrap().to_string());
        assert_eq!(set("prices"), cells.collect());
    }
}

/// Returns the script without rows and without anything else derived from the tables.
#[test]
fn sql_has_the_documented_tables() {
    for dialect in DIALECTS {
        let sql = sql(dialect);
        let schema = sql.lines().skip(1).filter(|line| !line.starts_with("INSERT") && !line.starts_with("  ('"));
        let schema = schema.collect::<Vec<_>>().join("\n");
        insta::with_settings!({ snapshot_suffix => dialect }, { insta::assert_snapshot!(schema) });
    }
}

#[test]
fn sql_has_each_price_in_integers() {
    for dialect in DIALECTS {
        let sql = sql(dialect);
        for (engine, table, cell) in price_list() {
            let Cell { width, height, steps, price, .. } = cell;
            let usd = price.usd();
            let decimals = if dialect == "sqlite" { String::new() } else { format!(", {price}, {usd:#}") };
            let units = format!("{}, {}", price.units(), usd.units());
            let days = "'0001-01-01', NULL";
            let row = format!("  ('{engine}', '{table}', {width}, {height}, {steps}, {units}{decimals}, {days})");
            assert_eq!(sql.lines().filter(|line| line.trim_end_matches([',', ';']) == row).count(), 1);
        }
    }
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    for format in [&["csv"][..], &["json"], &["sql", "--dialect", "sqlite"], &["sql", "--dialect", "duckdb"]] {
        let arguments = [&["export", "--format"], format].concat();
        assert_eq!(printed(&arguments), printed(&arguments));
    }
}

#[test]
fn a_dialect_belongs_to_sql() {
    assert!(rejected(2, &["export", "--format", "sql"]).contains("--format sql requires --dialect"));
    assert!(
        rejected(2, &["export", "--format", "csv", "--dialect", "duckdb"]).contains("--dialect requires --format sql")
    );
    assert!(rejected(2, &["export"]).contains("--format"));
}

#[test]
fn without_a_transaction_the_script_is_otherwise_the_same() {
    for dialect in DIALECTS {
        let within = printed(&["export", "--format", "sql", "--dialect", dialect, "--no-transaction"]);
        let wanted = sql(dialect).replacen("BEGIN;\n", "", 1);
        assert_eq!(Some(&*within), wanted.strip_suffix("\nCOMMIT;\n"));
    }
}

#[test]
fn only_sql_has_a_transaction() {
    for format in ["csv", "json"] {
        let message = rejected(2, &["export", "--format", format, "--no-transaction"]);
        assert!(message.contains("--no-transaction requires --format sql"), "{message}");
    }
}

/// The first days of the editions of [`editions`].
const DAYS: [&str; 3] = ["2023-06-22", "2023-07-01", "2023-08-15"];

/// Three folders, each named by the first day of its edition. The second one has other prices of `xl-1` at 30 steps (0.5 credits
/// become 0.6) and another price of a credit ($10 for 1,000 become $11.80); the third one also has no engine `v2`.
fn editions() -> TempDir {
    let without_grant = |files: TableFiles| files.without("clients.csv").client("API", "sdxl", [512, 512, 30], None);
    let dearer = SDXL.replace("30,0.5,0.8,0.8", "30,0.6,0.8,0.8");
    let second = without_grant(tables().with("sdxl.csv", &dearer)).billing("25", "1000", "11.8");
    let third = second.clone().without("engines.csv").engine("xl-1", "sdxl").engine("v1", "old");
    let root = tempfile::tempdir().unwrap();
    for (day, files) in DAYS.iter().zip([tables(), second, third]) {
        files.write(&root.path().join(day)).unwrap();
    }
    root
}

/// Returns an export of editions that are in force from these days on.
fn exported(root: &TempDir, format: &[&str], days: &[&str]) -> String {
    let tables = days.iter().flat_map(|day| ["--tables".to_owned(), format!("{day}={day}")]);
    let arguments = ["export", "--format"].into_iter().chain(format.iter().copied()).map(str::to_owned);
    let output = dreamprice(root.path(), arguments.chain(tables));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_row_of_csv_has_the_days_of_its_edition() {
    let root = editions();
    let csv = exported(&root, &["csv"], &[DAYS[2], DAYS[0], DAYS[1]]);
    let wanted = |line: &&str| line.starts_with("engine") || line.contains(",512,512,30,") || line.starts_with("v2");
    // The hash of an edition is a matter of other tests.
    let lines = csv.lines().filter(wanted).map(|line| line.split('+').next().unwrap_or(line));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    engine,table,width,height,steps,credits,usd,valid_from,valid_to,edition
    v2,old,512,512,15,1,0.01,2023-06-22,2023-07-01,2023-06-22
    v2,old,512,512,15,1,0.0118,2023-07-01,2023-08-15,2023-06-22
    xl-1,sdxl,512,512,30,0.5,0.005,2023-06-22,2023-07-01,2023-06-22
    xl-1,sdxl,512,512,30,0.6,0.00708,2023-07-01,2023-08-15,2023-06-22
    xl-1,sdxl,512,512,30,0.6,0.00708,2023-08-15,,2023-06-22
    ");
    let editions: BTreeSet<&str> = csv.lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
    assert_eq!(editions.len(), 3, "{editions:?}");
}

#[test]
fn on_each_day_a_cell_has_one_price() {
    let root = editions();
    let csv = exported(&root, &["csv"], &DAYS);
    let price_on = |day: &str| {
        let cells = csv.lines().filter(|line| line.starts_with("xl-1,sdxl,512,512,30,")).map(|line| line.split(','));
        let cells = cells.map(Iterator::collect::<Vec<_>>);
        let in_force = cells.filter(|cells| cells[7] <= day && (cells[8].is_empty() || day < cells[8]));
        in_force.map(|cells| format!("{} {}", cells[5], cells[6])).collect::<Vec<_>>()
    };
    assert_eq!(price_on("2023-06-21"), [""; 0]);
    for day in ["2023-06-22", "2023-06-30"] {
        assert_eq!(price_on(day), ["0.5 0.005"], "{day}");
    }
    for day in ["2023-07-01", "2023-08-14", "2023-08-15", "9999-12-31"] {
        assert_eq!(price_on(day), ["0.6 0.00708"], "{day}");
    }
}

#[test]
fn json_has_each_edition_as_it_is_alone_with_its_days() {
    let root = editions();
    let parse = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let json = parse(exported(&root, &["json"], &DAYS));
    assert_eq!(json["schema"], 1);
    let editions = json["editions"].as_array().unwrap();
    assert_eq!(editions.len(), DAYS.len());
    for (at, (edition, day)) in editions.iter().zip(DAYS).enumerate() {
        let mut wanted = parse(report_of(&root, &["export", "--format", "json", "--tables", day]));
        wanted["valid_from"] = day.into();
        wanted["valid_to"] = DAYS.get(at + 1).copied().into();
        assert_eq!(edition, &wanted);
    }
}

fn report_of(root: &TempDir, arguments: &[&str]) -> String {
    report(root.path(), arguments).replacen("exit code 0\n", "", 1)
}

#[test]
fn one_edition_with_a_day_has_days_too() {
    let root = editions();
    let csv = exported(&root, &["csv"], &DAYS[..1]);
    assert!(csv.starts_with("engine,table,width,height,steps,credits,usd,valid_from,valid_to,edition\n"), "{csv}");
    assert!(csv.lines().skip(1).all(|line| line.contains(",2023-06-22,,2023-06-22+")), "{csv}");
    let json: Value = serde_json::from_str(&exported(&root, &["json"], &DAYS[..1])).unwrap();
    assert_eq!(json["editions"][0]["valid_to"], Value::Null);
}

#[test]
fn every_row_of_sql_has_the_days_of_its_edition() {
    let root = editions();
    for dialect in DIALECTS {
        let sql = exported(&root, &["sql", "--dialect", dialect], &DAYS);
        let rows: Vec<&str> = sql.lines().filter(|line| line.starts_with("  ('")).collect();
        let days = ["'2023-06-22', '2023-07-01')", "'2023-07-01', '2023-08-15')", "'2023-08-15', NULL)"];
        let of_edition =
            |days: &str| rows.iter().filter(|row| row.trim_end_matches([',', ';']).ends_with(days)).count();
        // The edition; the prices of xl-1, v1 and v2; no formula and no exception; limits and sources of two tables.
        assert_eq!(days.map(of_edition), [1 + 8 + 4, 1 + 8 + 4, 1 + 7 + 4]);
        assert_eq!(days.map(of_edition).iter().sum::<usize>(), rows.len());
    }
}

/// Runs scripts and then a query in `SQLite`, which comes with Python.
#[cfg(unix)]
fn sqlite(scripts: &[&str], query: &str) -> String {
    const PROGRAM: &str = "import sqlite3, sys
base = sqlite3.connect(':memory:')
*scripts, query = sys.stdin.read().split('\\0')
for script in scripts:
    base.executescript(script)
for row in base.execute(query):
    print(*row)";
    let mut python = std::process::Command::new("python3");
    python.args(["-c", PROGRAM]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut python = python.spawn().unwrap();
    let input = [scripts, &[query]].concat().join("\0");
    std::io::Write::write_all(&mut python.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// 0.5 credits on the last day of the first edition, and 0.6 on the first day of the next one, also as an estimate.
#[cfg(unix)]
#[test]
fn sql_prices_a_request_by_its_day() {
    let root = editions();
    let script = exported(&root, &["sql", "--dialect", "sqlite"], &DAYS);
    let requests = "INSERT INTO dreamstudio_requests VALUES ('xl-1', 512, 512, 30), ('v2', 512, 512, 15);";
    let query = "
        WITH days (day) AS (VALUES ('2023-06-21'), ('2023-06-22'), ('2023-06-30'), ('2023-07-01'), ('2023-08-15'))
        SELECT day, e.engine, p.credits_units, p.usd_units, e.expected_credits_units, e.expected_usd_units
        FROM days
        LEFT JOIN dreamstudio_estimates AS e ON day >= e.valid_from AND (e.valid_to IS NULL OR day < e.valid_to)
        LEFT JOIN dreamstudio_prices AS p
          ON p.engine = e.engine AND p.width = e.width AND p.height = e.height AND p.steps = e.steps
            AND day >= p.valid_from AND (p.valid_to IS NULL OR day < p.valid_to)
        ORDER BY day, e.engine";
    insta::assert_snapshot!(sqlite(&[&script, requests], query), @"
    2023-06-21 None None None None None
    2023-06-22 v2 10000 10000000 10000 10000000
    2023-06-22 xl-1 5000 5000000 5000 5000000
    2023-06-30 v2 10000 10000000 10000 10000000
    2023-06-30 xl-1 5000 5000000 5000 5000000
    2023-07-01 v2 10000 11800000 10000 11800000
    2023-07-01 xl-1 6000 7080000 6000 7080000
    2023-08-15 xl-1 6000 7080000 6000 7080000
    ");
}

/// The rows of the first script must go, also those of editions that the second one does not have.
#[cfg(unix)]
#[test]
fn a_second_script_of_sql_replaces_the_editions_of_the_first() {
    let root = editions();
    let script = |days: &[&str]| exported(&root, &["sql", "--dialect", "sqlite"], days);
    let undated = report_of(&root, &["export", "--format", "sql", "--dialect", "sqlite", "--tables", DAYS[0]]);
    let requests = "INSERT INTO dreamstudio_requests VALUES ('xl-1', 512, 512, 30);";
    let query = "
        SELECT valid_from, valid_to, COUNT(*),
          (SELECT COUNT(*) FROM dreamstudio_limits AS l WHERE l.valid_from = p.valid_from),
          (SELECT expected_usd_units FROM dreamstudio_estimates AS e WHERE e.valid_from = p.valid_from)
        FROM dreamstudio_prices AS p GROUP BY valid_from ORDER BY valid_from";
    let dated = script(&DAYS);
    let after = |last: &str| sqlite(&[&dated, requests, last], query);
    insta::assert_snapshot!(after(&dated), @"
    2023-06-22 2023-07-01 8 2 5000000
    2023-07-01 2023-08-15 8 2 7080000
    2023-08-15 None 7 2 7080000
    ");
    insta::assert_snapshot!(after(&script(&DAYS[1..])), @"
    2023-07-01 2023-08-15 8 2 7080000
    2023-08-15 None 7 2 7080000
    ");
    insta::assert_snapshot!(after(&undated), @"0001-01-01 None 8 2 5000000");
    assert_eq!(sqlite(&[&undated, requests, &dated], query), after(&dated));
}
