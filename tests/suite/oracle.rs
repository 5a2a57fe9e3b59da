//! An independent reader of `tables/`, which shares no code with the generator, and a comparison of every cell both ways.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dreamstudio_pricing::{Client, Table, billing};

/// The cells of a table by width, height and steps, in billionths of a credit.
type Cells = BTreeMap<(u32, u32, u32), u128>;

/// Reads the rows of a file. Between the quotes of a cell, a comma is text and two quotes are one.
fn rows(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(Path::new("tables").join(name)).unwrap();
    let lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    let row = |line: &str| {
        // Parts outside and inside of quotes, in turn.
        let parts: Vec<&str> = line.split('"').collect();
        let mut cells = vec![String::new()];
        for (number, part) in parts.iter().enumerate() {
            let is_quoted = number % 2 == 1;
            let is_quote = !is_quoted && part.is_empty() && number > 0 && number + 1 < parts.len();
            let mut texts = part.split(',');
            let first = if is_quoted { part } else { texts.next().unwrap() };
            cells.last_mut().unwrap().push_str(if is_quote { "\"" } else { first.trim() });
            if !is_quoted {
                cells.extend(texts.map(|text| text.trim().to_owned()));
            }
        }
        cells
    };
    lines.map(row).collect()
}

/// Returns a figure in billionths, from its digits.
fn figure(text: &str) -> u128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{:0<9}", fraction.trim_end_matches('0')).parse().unwrap()
}

fn cells(name: &str) -> Cells {
    let rows = rows(name);
    let (header, rows) = rows.split_first().unwrap();
    let mut cells = Cells::new();
    for row in rows {
        assert_eq!(row.len(), header.len());
        for (size, price) in header.iter().zip(row).skip(1) {
            let (width, height) = size.split_once('x').unwrap();
            let place = (width.parse().unwrap(), height.parse().unwrap(), row[0].parse().unwrap());
            assert_eq!(cells.insert(place, figure(price)), None);
        }
    }
    cells
}

#[test]
fn each_table_has_the_cells_of_its_file_and_no_others() {
    let names = fs::read_dir("tables").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let stems = names.filter_map(|name| name.strip_suffix(".csv").map(str::to_owned));
    let is_table = |stem: &String| !stem.starts_with(['.', '~']) && rows(&format!("{stem}.csv"))[0][0] == "steps";
    let mut files: Vec<String> = stems.filter(is_table).collect();
    files.sort();
    let mut tables: Vec<String> = Table::ALL.iter().map(Table::to_string).collect();
    tables.sort();
    assert_eq!(tables, files);

    for &table in Table::ALL {
        let cells = cells(&format!("{table}.csv"));
        for (&(width, height, steps), &price) in &cells {
            let found = table.price(width, height, steps).unwrap();
            assert_eq!(figure(&found.to_string()), price, "{table} {width}x{height} {steps}");
        }
        for cell in table.cells() {
            let price = figure(&cell.price.to_string());
            assert_eq!(cells.get(&(cell.width, cell.height, cell.steps)), Some(&price), "{table}, {cell}");
        }
        assert_eq!(table.cells().len(), cells.len());
    }
}

#[test]
fn the_engines_are_those_of_their_file() {
    let rows = rows("engines.csv");
    for row in &rows[1..] {
        assert_eq!(Table::for_engine(&row[0]).unwrap().name(), row[1]);
    }
    let count: usize = Table::ALL.iter().map(|table| table.engines().len()).sum();
    assert_eq!(count, rows.len() - 1);
}

#[test]
fn the_clients_are_those_of_their_file() {
    let rows = rows("clients.csv");
    assert_eq!(Client::ALL.len(), rows.len() - 1);
    for (row, client) in rows[1..].iter().zip(Client::ALL) {
        let defaults = client.defaults();
        let numbers = [defaults.width, defaults.height, defaults.steps].map(|number| number.to_string());
        assert_eq!((client.name(), client.table().name(), &numbers[..]), (&*row[0], &*row[1], &row[2..5]));
        if !row[5].is_empty() {
            let price = client.table().price_of(defaults).unwrap();
            let images = figure(&billing::SIGN_UP_GRANT.to_string()) / figure(&price.to_string());
            assert_eq!(images.to_string(), row[5], "{client}");
        }
    }
}

#[test]
fn billing_is_that_of_its_file() {
    for row in &rows("billing.csv")[1..] {
        let (credits, usd) = (figure(&row[1]), figure(&row[2]));
        match &*row[0] {
            "sign_up_grant" => assert_eq!(figure(&billing::SIGN_UP_GRANT.to_string()), credits),
            "minimum_purchase" => {
                assert_eq!(figure(&billing::MINIMUM_PURCHASE.to_string()), usd);
                let bought = billing::purchase(billing::MINIMUM_PURCHASE).unwrap();
                assert_eq!(figure(&bought.to_string()), credits);
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn the_sources_are_those_of_their_file() {
    let rows = if Path::new("tables/sources.csv").exists() { rows("sources.csv") } else { Vec::new() };
    for &table in Table::ALL {
        let row = rows.iter().skip(1).find(|row| row[0] == table.name());
        let source = table.source();
        let fields = source.as_ref().map(|source| [source.page, source.heading, source.published]);
        assert_eq!(row.map(|row| &row[1..]), fields.map(|fields| fields.map(str::to_owned)).as_ref().map(|f| &f[..]));
    }
}
