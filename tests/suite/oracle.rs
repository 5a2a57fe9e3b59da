//! The tables read again, by code that shares nothing with the generator, and compared cell by cell, both ways.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dreamstudio_pricing::{Client, Table, billing};

/// A table's cells by width, height and steps, in hundred-millionths of a credit.
type Cells = BTreeMap<(u32, u32, u32), u64>;

fn lines(name: &str) -> Vec<Vec<String>> {
    let path = Path::new("tables").join(name);
    let text = fs::read_to_string(path).unwrap();
    let text = text.trim_start_matches('\u{feff}').replace('"', "");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.split(',').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// A figure in hundred-millionths, by its digits alone.
fn figure(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<8}").parse().unwrap()
}

fn cells_of_file(name: &str) -> Cells {
    let lines = lines(name);
    let (header, rows) = lines.split_first().unwrap();
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
fn every_table_has_the_cells_of_its_file_and_no_others() {
    let names = fs::read_dir("tables").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let lists = ["engines", "clients", "billing", "sources"];
    let stems = names.filter_map(|name| name.strip_suffix(".csv").map(str::to_owned));
    let mut files: Vec<String> = stems.filter(|stem| !stem.starts_with('.') && !lists.contains(&&**stem)).collect();
    files.sort();
    let mut tables: Vec<String> = Table::ALL.iter().map(Table::to_string).collect();
    tables.sort();
    assert_eq!(tables, files);

    for &table in Table::ALL {
        let cells = cells_of_file(&format!("{table}.csv"));
        for (&(width, height, steps), &price) in &cells {
            let found = table.price(width, height, steps).unwrap();
            assert_eq!(figure(&found.to_string()), price, "{table} {width}x{height} {steps}");
        }
        for cell in table.cells() {
            let price = figure(&cell.price.to_string());
            assert_eq!(cells.get(&(cell.width, cell.height, cell.steps)), Some(&price), "{table} {cell:?}");
        }
        assert_eq!(table.cells().count(), cells.len());
    }
}

#[test]
fn engines_are_those_of_their_file() {
    let lines = lines("engines.csv");
    for line in &lines[1..] {
        assert_eq!(Table::for_engine(&line[0]).unwrap().name(), line[1]);
    }
    let count: usize = Table::ALL.iter().map(|table| table.engines().len()).sum();
    assert_eq!(count, lines.len() - 1);
}

#[test]
fn clients_are_those_of_their_file() {
    let lines = lines("clients.csv");
    assert_eq!(Client::ALL.len(), lines.len() - 1);
    for (line, client) in lines[1..].iter().zip(Client::ALL) {
        let defaults = client.defaults();
        let numbers = [defaults.width, defaults.height, defaults.steps].map(|number| number.to_string());
        assert_eq!((client.name(), &numbers[..]), (&*line[0], &line[2..5]));
    }
}

#[test]
fn billing_is_that_of_its_file() {
    for line in &lines("billing.csv")[1..] {
        let (credits, usd) = (figure(&line[1]), figure(&line[2]));
        match &*line[0] {
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
