//! `dreamprice export`, for any tables. Databases read the SQL, and engines price logs with it: see
//! `.ci/engines`.

use std::collections::BTreeSet;

use dreamstudio_pricing::{Cell, Client, Credits, Settings, Table, billing};
use serde_json::{Value, json};

use super::{printed, rejected};

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
    let unit = Credits::from_units(1).unwrap().usd().units();
    for dialect in DIALECTS {
        let sql = sql(dialect);
        let schema = sql.lines().skip(1).filter(|line| !line.starts_with("INSERT") && !line.starts_with("  ('"));
        let schema = schema.collect::<Vec<_>>().join("\n").replace(&format!(" * {unit}"), " * USD_UNITS");
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
            let row = format!("  ('{engine}', '{table}', {width}, {height}, {steps}, {units}{decimals})");
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
