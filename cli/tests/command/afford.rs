//! `dreamprice afford`, for any tables.

use dreamstudio_pricing::{Cell, Credits, Settings, Table, Usd};
use serde_json::Value;

use super::{printed, rejected};

fn size(cell: Cell) -> String {
    format!("{}x{}", cell.width, cell.height)
}

/// Three times the highest price of some tables, so that it pays for each cell.
fn balance(tables: &[Table]) -> Credits {
    tables.iter().flat_map(|table| table.cells()).map(|cell| cell.price).max().unwrap() * 3
}

/// The cheapest cell of all tables.
fn cheapest() -> Cell {
    Cell::all().min_by_key(|cell| cell.price).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(&[arguments, &["--format", "json"]].concat())).unwrap()
}

/// The settings and the images of each cell in the report of a table.
fn images(report: &Value) -> Vec<(Settings, u64)> {
    let number = |cell: &Value, field: &str| cell[field].as_u64().unwrap();
    let side = |cell: &Value, field: &str| u32::try_from(number(cell, field)).unwrap();
    let cells = report["cells"].as_array().unwrap().iter();
    cells
        .map(|cell| {
            let settings = Settings::size(side(cell, "width"), side(cell, "height")).steps(side(cell, "steps"));
            (settings, number(cell, "images"))
        })
        .collect()
}

#[test]
fn text_has_the_number_of_images_of_each_cell() {
    for &table in Table::ALL {
        let balance = balance(&[table]);
        let text = printed(&["afford", &balance.to_string(), "--table", table.name()]);
        for &steps in table.steps() {
            let images = table.cells().filter(|cell| cell.steps == steps).map(|cell| balance.checked_div(cell.price));
            let row: Vec<String> =
                [steps.to_string()].into_iter().chain(images.map(|count| count.unwrap().to_string())).collect();
            assert!(text.lines().any(|line| line.split_whitespace().eq(&row)), "{row:?} in\n{text}");
        }
    }
}

#[test]
fn all_tables_are_printed_one_after_the_other() {
    let balance = balance(Table::ALL).to_string();
    let text = printed(&["afford", &balance]);
    for &table in Table::ALL {
        assert!(text.contains(&format!("{table}, images for {balance} credit")), "{text}");
    }
    let json = json(&["afford", &balance]);
    let names = json["tables"].as_array().unwrap().iter().map(|report| report["table"].as_str().unwrap());
    assert!(names.eq(Table::ALL.iter().map(|table| table.name())));
}

#[test]
fn json_has_the_balance_and_the_images_of_each_cell() {
    for &table in Table::ALL {
        let balance = balance(&[table]);
        for name in [&table.name()].into_iter().chain(table.engines()) {
            let json = json(&["afford", &balance.to_string(), "--table", name]);
            assert_eq!(json["engine"], if *name == table.name() { Value::Null } else { (*name).into() });
            assert_eq!(json["balance"]["credits"], balance.to_string());
            assert_eq!(json["balance"]["usd"], format!("{:#}", balance.usd()));
            let [report] = &json["tables"].as_array().unwrap()[..] else { panic!("{json}") };
            let cells = table.cells().map(|cell| (cell.settings(), balance.checked_div(cell.price).unwrap()));
            assert!(images(report).into_iter().eq(cells), "{json}");
            assert!(report["largest_size"].is_null() && report["most_steps"].is_null());
        }
    }
}

#[test]
fn dollars_pay_for_what_they_pay_for_exactly() {
    for cell in Table::ALL.iter().flat_map(|table| [table.cells().next().unwrap(), table.cells().next_back().unwrap()])
    {
        let three = (cell.price * 3).usd();
        // A billionth of a dollar less, the price of three images, and a billionth more.
        for units in [three.units() - 1, three.units(), three.units() + 1] {
            let usd = Usd::from_units(units).unwrap();
            let (size, steps) = (size(cell), cell.steps.to_string());
            let json = json(&["afford", &usd.to_string(), "--usd", "--size", &size, "--steps", &steps]);
            assert_eq!(json["balance"]["usd"], format!("{usd:#}"));
            let credits = Credits::try_from(usd).ok().map(|credits| credits.to_string());
            assert_eq!(json["balance"]["credits"].as_str(), credits.as_deref());
            for report in json["tables"].as_array().unwrap() {
                let table: Table = report["table"].as_str().unwrap().parse().unwrap();
                let price = table.price_of(cell.settings()).ok();
                let wanted = price.map(|price| (cell.settings(), usd.checked_div(price.usd()).unwrap()));
                assert_eq!(images(report), Vec::from_iter(wanted));
            }
        }
    }
}

#[test]
fn a_step_count_narrows_the_table_and_names_the_largest_size() {
    for &table in Table::ALL {
        for cell in [table.cells().next().unwrap(), table.cells().next_back().unwrap()] {
            let (balance, steps) = (cell.price, cell.steps.to_string());
            let largest = table.largest_size(cell.steps, balance).unwrap();
            let arguments = ["afford", &balance.to_string(), "--table", table.name(), "--steps", &steps];
            let text = printed(&arguments);
            assert!(text.lines().last().unwrap().starts_with("largest size at "), "{text}");
            assert!(text.ends_with(&format!(": {}\n", size(largest))), "{text}");
            let json = &json(&arguments)["tables"][0];
            assert!(images(json).iter().all(|(settings, _)| settings.steps == cell.steps));
            assert_eq!(images(json).len(), table.sizes().len());
            let fields = ["width", "height", "steps"].map(|field| json["largest_size"][field].as_u64().unwrap());
            assert_eq!(fields, [largest.width, largest.height, largest.steps].map(u64::from));
            assert!(json["most_steps"].is_null());
        }
    }
}

#[test]
fn a_size_narrows_the_table_and_names_the_most_steps() {
    for &table in Table::ALL {
        for cell in [table.cells().next().unwrap(), table.cells().next_back().unwrap()] {
            let (balance, size) = (cell.price, size(cell));
            let most = table.most_steps(cell.width, cell.height, balance).unwrap();
            let arguments = ["afford", &balance.to_string(), "--table", table.name(), "--size", &size];
            let text = printed(&arguments);
            assert!(text.ends_with(&format!("\nmost steps at {size}: {}\n", most.steps)), "{text}");
            let json = &json(&arguments)["tables"][0];
            assert!(
                images(json).iter().all(|(settings, _)| (settings.width, settings.height) == (cell.width, cell.height))
            );
            assert_eq!(images(json).len(), table.steps().len());
            assert_eq!(json["most_steps"]["steps"], most.steps);
            assert!(json["largest_size"].is_null());
        }
    }
}

#[test]
fn a_number_of_images_narrows_the_largest_size_and_the_most_steps() {
    for &table in Table::ALL {
        let cell = table.cells().next_back().unwrap();
        // It pays for three images of the cell, and not for four.
        let balance = cell.price * 4 - Credits::from_units(1).unwrap();
        let (text, size_text, steps) = (balance.to_string(), size(cell), cell.steps.to_string());
        for images in [3, 4] {
            let count = images.to_string();
            let arguments = ["afford", &text, "--table", table.name(), "--images", &count];
            let by_steps = [&arguments[..], &["--steps", &steps]].concat();
            match table.largest_size_for_images(images, cell.steps, balance) {
                Some(largest) => {
                    let line = format!(" for {images} images: {}\n", size(largest));
                    assert!(printed(&by_steps).ends_with(&line), "{table} {images}");
                }
                None => _ = rejected(1, &by_steps),
            }
            let by_size = [&arguments[..], &["--size", &size_text]].concat();
            let most = table.most_steps_for_images(images, cell.width, cell.height, balance);
            assert_eq!(most.is_some_and(|most| most.steps == cell.steps), images == 3);
            let Some(most) = most else {
                rejected(1, &by_size);
                continue;
            };
            let line = format!("most steps at {size_text} for {images} images: {}\n", most.steps);
            assert!(printed(&by_size).ends_with(&line), "{table} {images}");
            let usd = balance.usd().to_string();
            let by_usd = [&["afford", &usd, "--usd"], &by_size[2..]].concat();
            for json in [json(&by_size), json(&by_usd)] {
                assert_eq!(json["tables"][0]["most_steps"]["steps"], most.steps);
            }
        }
    }
}

#[test]
fn a_balance_that_does_not_pay_for_the_images_has_the_exit_code_1() {
    let cell = cheapest();
    let balance = (cell.price * 2).to_string();
    assert!(printed(&["afford", &balance, "--images", "2"]).contains(&format!("images for {balance} credit")));
    let error = rejected(1, &["afford", &balance, "--images", "3"]);
    let reason = format!("pay for 3 images: the cheapest, {} from the {} table, costs ", cell.settings(), cell.table);
    assert!(error.contains(&reason) && error.ends_with(" each\n"), "{error}");
    rejected(1, &["afford", &Credits::MAX.to_string(), "--images", &u64::MAX.to_string()]);
    rejected(2, &["afford", &balance, "--images", "0"]);
}

#[test]
fn a_balance_that_pays_for_nothing_has_the_exit_code_1_and_names_the_cheapest_cell() {
    let cell = cheapest();
    let less = Credits::from_units(cell.price.units() - 1).unwrap();
    for (balance, price) in [
        (&["0"][..], cell.price.to_string()),
        (&[&less.to_string()], cell.price.to_string()),
        (&["0", "--usd"], "$".to_owned()),
        (&[&less.usd().to_string(), "--usd"], "$".to_owned()),
        (&["0", "--format", "json"], cell.price.to_string()),
    ] {
        let message = rejected(1, &[&["afford"], balance].concat());
        assert!(message.starts_with("error: a balance of "), "{message}");
        assert!(message.contains(&cell.settings().to_string()), "{message}");
        assert!(message.contains(&format!("costs {price}")), "{message}");
    }
    for &table in Table::ALL {
        let last = table.cells().next_back().unwrap();
        let less = Credits::from_units(last.price.units() - 1).unwrap().to_string();
        let (size, steps) = (size(last), last.steps.to_string());
        let message = rejected(1, &["afford", &less, "--table", table.name(), "--size", &size, "--steps", &steps]);
        assert!(message.contains(&last.settings().to_string()), "{message}");
    }
}

/// The largest amount of dollars is more than the largest amount of credits costs.
#[test]
fn the_largest_balances_pay_for_their_images() {
    let table = Table::ALL[0];
    let in_credits = json(&["afford", &Credits::MAX.to_string()]);
    let cells = table.cells().map(|cell| (cell.settings(), Credits::MAX.checked_div(cell.price).unwrap()));
    assert!(images(&in_credits["tables"][0]).into_iter().eq(cells), "{in_credits}");
    let in_dollars = json(&["afford", &Usd::MAX.to_string(), "--usd"]);
    let cells = table.cells().map(|cell| (cell.settings(), Usd::MAX.checked_div(cell.price.usd()).unwrap()));
    assert!(images(&in_dollars["tables"][0]).into_iter().eq(cells), "{in_dollars}");
}

#[test]
fn a_balance_that_is_not_an_amount_has_the_exit_code_2_and_a_reason() {
    for (arguments, reason) in [
        (&["-5"][..], "it is negative"),
        (&["-0.5", "--usd"], "`-0.5` is not an amount of dollars: it is negative"),
        (&["1e3"], "write digits"),
        (&["$5", "--usd"], "write digits"),
        (&["1,000"], "write digits"),
        (&["05"], "write digits"),
        (&[""], "write digits"),
        (&["0.00001"], "credits have at most 4 decimal places"),
        (&["0.0000000001", "--usd"], "dollars have at most 9 decimal places"),
        (&["99999999999999999999"], "the largest is "),
        (&["99999999999999999999", "--usd"], "the largest is "),
        (&["1", "--steps", "-30"], "the step count must not be negative"),
        (&["1", "--steps", "0"], "the step count must be at least 1"),
        (&["1", "--size", "512"], "a size is one argument"),
        (&[], "<BALANCE>"),
    ] {
        let message = rejected(2, &[&["afford"], arguments].concat());
        assert!(message.starts_with("error: ") && message.contains(reason), "{message}");
    }
}

#[test]
fn what_no_table_has_is_listed_with_what_the_tables_have() {
    for &table in Table::ALL {
        let message = rejected(1, &["afford", "1", "--table", table.name(), "--steps", "4294967295", "--size", "1x1"]);
        let first = table.steps()[0];
        assert!(message.starts_with(&format!("error: the {table} table has no size 1x1: its sizes are ")), "{message}");
        assert!(message.contains(&format!("no step count 4294967295: its step counts are {first}")), "{message}");
    }
    let message = rejected(1, &["afford", "1", "--steps", "4294967295"]);
    assert!(
        Table::ALL.iter().all(|table| message.contains(&format!("the {table} table has no step count"))),
        "{message}"
    );
    assert!(
        rejected(1, &["afford", "1", "--table", "no-such-table"])
            .starts_with("error: unknown engine or table `no-such-table`: ")
    );
}

#[test]
fn a_table_without_the_size_has_no_cells_and_says_so() {
    for cell in Table::ALL.iter().map(|table| table.cells().next().unwrap()) {
        let arguments = ["afford", &balance(Table::ALL).to_string(), "--size", &size(cell)];
        let (text, json) = (printed(&arguments), json(&arguments));
        let reports = json["tables"].as_array().unwrap();
        assert_eq!(reports.len(), Table::ALL.len());
        for (table, report) in Table::ALL.iter().zip(reports) {
            let has_size = table.sizes().contains(&(cell.width, cell.height));
            assert_eq!(report["table"], table.name());
            assert_eq!(report["cells"].as_array().unwrap().is_empty(), !has_size);
            let line = format!("the {table} table has no size {}: its sizes are ", size(cell));
            assert_eq!(text.lines().any(|found| found.starts_with(&line)), !has_size, "{text}");
        }
    }
}
