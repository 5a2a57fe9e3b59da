//! `dreamprice quote`, for any tables.

use dreamstudio_pricing::{Cell, Credits, EDITION, Request, Settings, Table, Usd};
use serde_json::{Value, json};

use super::{printed, rejected, unlisted};

/// A cell of each table, and its size and step count as arguments.
fn requests() -> impl Iterator<Item = (Table, Cell, String, String)> {
    Table::ALL.iter().map(|&table| {
        let cell = table.cells().next_back().unwrap();
        (table, cell, format!("{}x{}", cell.width, cell.height), cell.steps.to_string())
    })
}

fn request() -> (Table, Cell, String, String) {
    requests().next().unwrap()
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[test]
fn text_has_the_price_of_one_image_and_of_all() {
    for (table, cell, size, steps) in requests() {
        let text = printed(&["quote", table.name(), &size, &steps, "--images", "4"]);
        let words: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let [header, each, all] = &words[..] else { panic!("{text}") };
        assert_eq!(header.join(" "), format!("{}, from the {table} table", cell.settings()));
        assert_eq!([each[0], each[1], each[2]], ["per", "image", &*cell.price.to_string()]);
        assert_eq!([all[0], all[1], all[2]], ["4", "images", &*(cell.price * 4).to_string()]);
        assert_eq!([each[4], all[4]], [cell.price, cell.price * 4].map(|price| format!("${}", price.usd())));
    }
}

#[test]
fn json_has_the_requested_engine_and_each_number_in_a_field() {
    for (table, cell, size, steps) in requests() {
        for name in [&table.name()].into_iter().chain(table.engines()) {
            let json = parse(&printed(&["quote", name, &size, &steps, "--images", "4", "--format", "json"]));
            let engine = if *name == table.name() { Value::Null } else { (*name).into() };
            assert_eq!((&json["engine"], &json["table"]), (&engine, &table.name().into()));
            let amounts = ["width", "height", "steps", "images"].map(|field| json[field].as_u64().unwrap());
            assert_eq!(amounts, [cell.width.into(), cell.height.into(), cell.steps.into(), 4]);
            let amount = |value: &Value| -> (Credits, Usd) {
                (value["credits"].as_str().unwrap().parse().unwrap(), value["usd"].as_str().unwrap().parse().unwrap())
            };
            assert_eq!(amount(&json["per_image"]), (cell.price, cell.price.usd()));
            assert_eq!(amount(&json["total"]), (cell.price * 4, (cell.price * 4).usd()));
        }
    }
}

#[test]
fn an_engine_costs_what_its_table_says() {
    for (table, _, size, steps) in requests() {
        for engine in table.engines() {
            assert_eq!(printed(&["quote", engine, &size, &steps]), printed(&["quote", table.name(), &size, &steps]));
        }
    }
}

#[test]
fn a_size_may_be_written_with_spaces_and_other_signs() {
    let (table, cell, size, steps) = request();
    let Cell { width, height, .. } = cell;
    let text = printed(&["quote", table.name(), &size, &steps]);
    for size in [format!("{width} x {height}"), format!("{width}X{height}"), format!("{width} × {height}")] {
        assert_eq!(printed(&["quote", table.name(), &size, &steps]), text);
    }
}

/// For each table a request with an estimate and without a price.
fn estimated() -> impl Iterator<Item = (Table, Settings, String, String)> {
    Table::ALL.iter().map(|&table| {
        let settings = unlisted(table);
        (table, settings, format!("{}x{}", settings.width, settings.height), settings.steps.to_string())
    })
}

#[test]
fn a_request_without_a_price_has_the_exit_code_1_and_the_message_of_the_library() {
    for (table, settings, size, steps) in estimated() {
        let error = table.price_of(settings).unwrap_err();
        let hint = "use `--estimate` for an estimate";
        assert_eq!(rejected(1, &["quote", table.name(), &size, &steps]), format!("error: {error}; {hint}\n"));
    }
    for (table, ..) in requests() {
        let settings = Settings::size(u32::MAX, u32::MAX).steps(1);
        let error = table.price_of(settings).unwrap_err();
        let rejection = table.accepts(settings).err().map(|rejection| format!("; {rejection}")).unwrap_or_default();
        let message = rejected(1, &["quote", table.name(), "4294967295x4294967295", "1"]);
        assert_eq!(message, format!("error: {error}{rejection}\n"));
    }
}

#[test]
fn a_request_that_the_api_rejects_is_not_estimated() {
    for (table, cell, ..) in requests() {
        let settings = Settings::size(cell.width - 1, cell.height).steps(cell.steps);
        let Err(rejection) = table.accepts(settings) else { continue };
        assert!(table.estimate_of(settings).is_ok());
        let size = format!("{}x{}", settings.width, settings.height);
        for format in ["text", "json"] {
            let arguments = ["quote", table.name(), &size, &cell.steps.to_string(), "--estimate", "--format", format];
            assert_eq!(rejected(1, &arguments), format!("error: {rejection}\n"));
        }
    }
}

#[test]
fn a_request_without_an_estimate_has_the_exit_code_1_and_the_message_of_the_library() {
    for (table, ..) in requests() {
        let settings = Settings::size(u32::MAX, u32::MAX).steps(1);
        let estimate = table.estimate_of(settings).unwrap_err().to_string();
        let error = table.accepts(settings).map_or_else(|rejection| rejection.to_string(), |()| estimate);
        let arguments = ["quote", table.name(), "4294967295x4294967295", "1", "--estimate"];
        assert_eq!(rejected(1, &arguments), format!("error: {error}\n"));
    }
}

#[test]
fn an_estimate_is_not_printed_as_a_price() {
    for (table, settings, size, steps) in estimated() {
        let estimate = Request::for_table(table, settings).images(4).estimate().unwrap();
        let text = printed(&["quote", table.name(), &size, &steps, "--images", "4", "--estimate"]);
        let [header, per_image, total] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
        assert_eq!(header, format!("{settings}, from the {table} table: an estimate, not a published price"));
        assert!(per_image.starts_with("per image ") && total.starts_with("4 images "), "{text}");
        for (line, estimate) in [(per_image, estimate.per_image), (total, estimate.total)] {
            let (at_least, at_most) = (estimate.at_least(), estimate.at_most());
            match estimate.expected() {
                Some(expected) => assert!(line.contains(&format!(" about {expected} credit")), "{text}"),
                None => assert!(!line.contains("about"), "{text}"),
            }
            if at_least == Credits::ZERO {
                assert!(line.contains(&format!(" up to {at_most} credit")), "{text}");
            } else if at_least != at_most {
                assert!(line.contains(&format!(" {at_least} to {at_most} credit")), "{text}");
            }
        }
    }
}

#[test]
fn json_has_an_estimate_apart_from_where_a_price_is() {
    for (table, settings, size, steps) in estimated() {
        let estimate = Request::for_table(table, settings).images(4).estimate().unwrap();
        let arguments = ["quote", table.name(), &size, &steps, "--images", "4", "--estimate", "--format", "json"];
        let mut json = parse(&printed(&arguments));
        let amounts = json.as_object_mut().unwrap().remove("estimate").unwrap();
        let Settings { width, height, steps, .. } = settings;
        let version = env!("CARGO_PKG_VERSION");
        let request = json!({
            "engine": null, "table": table.name(), "width": width, "height": height, "steps": steps, "images": 4,
            "edition": EDITION, "version": version
        });
        assert_eq!(json, request);
        let amount =
            |credits: Credits| json!({ "credits": credits.to_string(), "usd": format!("{:#}", credits.usd()) });
        for (amounts, estimate) in [(&amounts["per_image"], estimate.per_image), (&amounts["total"], estimate.total)] {
            let expected = estimate.expected().map(amount);
            let bounds = [estimate.at_least(), estimate.at_most()].map(amount);
            let wanted =
                json!({ "is_published": false, "expected": expected, "at_least": bounds[0], "at_most": bounds[1] });
            assert_eq!(*amounts, wanted);
        }
    }
}

#[test]
fn a_published_price_needs_no_estimate() {
    for (table, _, size, steps) in requests() {
        for format in ["text", "json"] {
            let quote = ["quote", table.name(), &size, &steps, "--format", format];
            assert_eq!(printed(&[&quote[..], &["--estimate"]].concat()), printed(&quote));
        }
    }
}

#[test]
fn an_unknown_name_has_the_exit_code_1_and_a_short_message() {
    let (.., size, steps) = request();
    let message = rejected(1, &["quote", "no-such-engine-of-any-table", &size, &steps]);
    assert_eq!(
        message,
        "error: unknown engine or table `no-such-engine-of-any-table`: \
         `dreamprice table` lists both\n"
    );
}

#[test]
fn a_total_above_the_largest_amount_is_rejected() {
    let (table, cell, size, steps) = request();
    let arguments = ["quote", table.name(), &size, &steps, "--images", "18446744073709551615"];
    match cell.price.checked_mul(u64::MAX) {
        Some(total) => assert!(printed(&arguments).contains(&total.to_string())),
        None => assert!(rejected(1, &arguments).contains("18446744073709551615 images")),
    }
}

#[test]
fn wrong_arguments_have_the_exit_code_2_and_a_reason_of_their_own() {
    let (table, _, size, steps) = request();
    let (table, size, steps) = (table.name(), &*size, &*steps);
    for (arguments, reason) in [
        (&[table, "512", steps][..], "a size is one argument"),
        (&[table, "-512x512", steps], "the width must not be negative"),
        (&[table, "512x0512", steps], "the height must not begin with 0"),
        (&[table, "99999999999x512", steps], "the width must be at most 4294967295"),
        (&[table, size, "-30"], "the step count must not be negative"),
        (&[table, size, "30.5"], "the step count must be a whole number"),
        (&[table, size, "+30"], "the step count must not have a sign"),
        (&[table, size, steps, "--images", "-1"], "the number of images must not be negative"),
        (&[table, size, steps, "--images", "0"], "the number of images must be at least 1"),
        (&[table, size, steps, "--images", "1e3"], "the number of images must have only digits"),
        (&[table, "--jsno", size, steps], "unexpected argument '--jsno'"),
        (&[table, size, steps, "--json"], "unexpected argument '--json'"),
        (&[table, size], "<STEPS>"),
        (&[], "Usage: dreamprice quote"),
    ] {
        let message = rejected(2, &[&["quote"], arguments].concat());
        assert!(message.starts_with("error: ") && message.contains(reason), "{message}");
    }
}

#[test]
fn options_may_come_before_the_size() {
    let (table, _, size, steps) = request();
    assert_eq!(
        printed(&["quote", table.name(), "--images", "2", &size, &steps]),
        printed(&["quote", table.name(), &size, &steps, "--images", "2"])
    );
}
