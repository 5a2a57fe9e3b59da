//! `dreamprice table`, for any tables.

use dreamstudio_pricing::{Cell, Table};
use serde_json::Value;

use super::{printed, rejected, with_equal_places};

fn cell_text(cell: Cell) -> String {
    let (credits, usd) = with_equal_places(cell);
    format!("{credits} (${usd})")
}

#[test]
fn text_has_a_line_for_each_row_and_each_engine() {
    for &table in Table::ALL {
        let text = printed(&["table", table.name()]);
        let lines: Vec<&str> = text.lines().collect();
        for &steps in table.steps() {
            let prices = table.cells().filter(|cell| cell.steps == steps).map(cell_text);
            let row: Vec<String> = [steps.to_string()].into_iter().chain(prices).collect();
            let is_row = |line: &&str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).eq(&row);
            assert_eq!(lines.iter().filter(|line| is_row(line)).count(), 1, "{row:?} in\n{text}");
        }
        for engine in table.engines() {
            assert!(lines.contains(&&*format!("  {engine}")), "{text}");
        }
    }
}

#[test]
fn markdown_has_a_heading_and_a_table() {
    for &table in Table::ALL {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let sizes = table.sizes().iter().map(|(width, height)| format!("{width}x{height}"));
        let mut lines = vec![format!("### {table}"), String::new()];
        if let Some(source) = table.source() {
            lines.extend([format!("Prices of {}.", source.published), String::new()]);
        }
        lines.push(line(["steps".to_owned()].into_iter().chain(sizes).collect()));
        lines.push(format!("|{}", "---:|".repeat(1 + table.sizes().len())));
        for &steps in table.steps() {
            let prices = table.cells().filter(|cell| cell.steps == steps).map(cell_text);
            lines.push(line([steps.to_string()].into_iter().chain(prices).collect()));
        }
        assert_eq!(printed(&["table", table.name(), "--format", "markdown"]), lines.join("\n") + "\n");
    }
}

#[test]
fn json_has_every_cell_and_every_engine() {
    let json: Value = serde_json::from_str(&printed(&["table", "--format", "json"])).unwrap();
    assert_eq!(json.as_array().unwrap().len(), Table::ALL.len());
    for (json, &table) in json.as_array().unwrap().iter().zip(Table::ALL) {
        assert_eq!(json["table"], table.name());
        let source = table.source().map(|source| [source.page, source.heading, source.published]);
        let fields = ["page", "heading", "published"];
        assert_eq!(json["source"].is_null(), source.is_none());
        assert!(source.is_none_or(|source| fields.map(|field| json["source"][field].as_str().unwrap()) == source));
        assert!(json["engines"].as_array().unwrap().iter().eq(table.engines()));
        let cell = |price: &Value| {
            let number = |field: &str| price[field].as_u64().unwrap();
            let text = |field: &str| price[field].as_str().unwrap().to_owned();
            (number("width"), number("height"), number("steps"), text("credits"), text("usd"))
        };
        let cells = table.cells().map(|cell| {
            let (width, height, steps) = (cell.width.into(), cell.height.into(), cell.steps.into());
            (width, height, steps, cell.price.to_string(), format!("{:#}", cell.price.usd()))
        });
        assert!(json["prices"].as_array().unwrap().iter().map(cell).eq(cells), "{json}");
    }
}

#[test]
fn all_tables_are_printed_one_after_the_other() {
    for format in ["text", "markdown"] {
        let each = Table::ALL.iter().map(|table| printed(&["table", table.name(), "--format", format]));
        assert_eq!(printed(&["table", "--format", format]), each.collect::<Vec<_>>().join("\n"));
    }
}

#[test]
fn an_engine_prints_the_table_that_prices_it() {
    for &table in Table::ALL {
        for engine in table.engines() {
            assert_eq!(printed(&["table", engine]), printed(&["table", table.name()]));
        }
    }
}

#[test]
fn an_unknown_name_has_the_exit_code_1() {
    assert!(rejected(1, &["table", "no-such-table"]).starts_with("error: unknown engine or table `no-such-table`: "));
}
