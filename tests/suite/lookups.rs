//! Lookups, and what is said where there is nothing to be found.

use core::error::Error;

use dreamstudio_pricing::{Credits, Table, Usd, billing, sdxl, standard};

#[test]
fn every_way_to_a_price_leads_to_the_same() {
    for &size in sdxl::Size::ALL {
        for &steps in sdxl::Steps::ALL {
            let price = sdxl::price(size, steps);
            assert_eq!(Table::Sdxl.price(size.width(), size.height(), steps.get()), Ok(price));
        }
    }
    for &size in standard::Size::ALL {
        for &steps in standard::Steps::ALL {
            let price = standard::price(size, steps);
            assert_eq!(Table::Standard.price(size.width(), size.height(), steps.get()), Ok(price));
        }
    }
}

#[test]
fn sizes_and_steps_come_back_from_their_numbers() {
    for &size in sdxl::Size::ALL {
        assert_eq!(sdxl::Size::new(size.width(), size.height()), Some(size));
    }
    for &steps in sdxl::Steps::ALL {
        assert_eq!(sdxl::Steps::new(steps.get()), Some(steps));
    }
}

#[test]
fn only_what_is_in_a_table_is_priced() {
    for &table in Table::ALL {
        for width in (0..=1100).step_by(4).chain([u32::MAX]) {
            for height in (0..=1100).step_by(4).chain([u32::MAX]) {
                for steps in [0, 14, 15, 16, 30, 50, 100, 150, 151, u32::MAX] {
                    let listed = table.sizes().contains(&(width, height)) && table.steps().contains(&steps);
                    assert_eq!(table.price(width, height, steps).is_ok(), listed, "{table} {width}x{height} {steps}");
                }
            }
        }
    }
}

#[test]
fn cells_are_the_whole_table_row_by_row() {
    for &table in Table::ALL {
        let cells: Vec<_> = table.cells().collect();
        assert_eq!(cells.len(), table.sizes().len() * table.steps().len());
        assert!(cells.is_sorted_by_key(|cell| cell.steps));
        for cell in cells {
            assert_eq!(table.price(cell.width, cell.height, cell.steps), Ok(cell.price));
        }
    }
}

#[test]
fn orders_are_those_of_what_is_shown() {
    let mut sizes = sdxl::Size::ALL.to_vec();
    sizes.sort();
    assert!(sizes.is_sorted_by_key(|size| (size.width(), size.height())));
    assert!(sdxl::Steps::ALL.is_sorted());
    assert!(sdxl::Steps::ALL.iter().rev().is_sorted_by(|a, b| a > b));
    let mut tables = Table::ALL.to_vec();
    tables.sort();
    assert!(tables.is_sorted_by_key(|table| table.name()));
}

#[test]
fn everything_is_const() {
    const TABLE: Table = match Table::for_engine("stable-diffusion-v1-5") {
        Ok(table) => table,
        Err(_) => panic!("no price is known for the engine"),
    };
    const SIZE: standard::Size = standard::Size::new(512, 768).unwrap();
    const STEPS: standard::Steps = standard::Steps::new(30).unwrap();
    const PRICE: dreamstudio_pricing::Credits = standard::price(SIZE, STEPS);
    const IMAGES: Option<u64> = dreamstudio_pricing::billing::SIGN_UP_GRANT.images_at(PRICE);
    assert_eq!(Table::for_engine("stable-diffusion-v1-5"), Ok(TABLE));
    assert_eq!(Table::Standard.price(512, 768, 30), Ok(PRICE));
    assert!(IMAGES.is_some());
}

#[test]
fn a_table_has_its_name() {
    for &table in Table::ALL {
        assert_eq!(table.to_string().parse(), Ok(table));
        assert_eq!(format!("{table:>10}").trim_start(), table.name());
    }
}

#[test]
fn engines_lead_to_their_tables() {
    for &table in Table::ALL {
        for engine in table.engines() {
            assert_eq!(Table::for_engine(engine), Ok(table));
            assert!(Table::for_engine(&engine[1..]).is_err());
            assert!(Table::for_engine(&format!("{engine}0")).is_err());
        }
    }
}

/// A list as the messages have it.
fn list<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_is_not_priced_is_told_with_what_is() {
    let sizes = list(Table::Standard.sizes().iter().map(|(width, height)| format!("{width}x{height}")));
    let steps = list(Table::Standard.steps());
    let told = |width, height, steps| Table::Standard.price(width, height, steps).unwrap_err().to_string();
    let start = "the standard table has no price for";
    assert_eq!(
        told(768, 512, 30),
        format!(
            "{start} 768x512 at 30 steps: its sizes are {sizes}, and 512x768, the size turned round, is one of them"
        )
    );
    assert_eq!(told(0, 512, 30), format!("{start} 0x512 at 30 steps: its sizes are {sizes}"));
    assert_eq!(told(512, 512, 0), format!("{start} 512x512 at 0 steps: its step counts are {steps}"));
    assert_eq!(
        told(0, 0, u32::MAX),
        format!("{start} 0x0 at 4294967295 steps: its sizes are {sizes}; its step counts are {steps}")
    );
}

#[test]
fn unknown_names_are_told_with_those_that_are_known() {
    let engines = list(Table::ALL.iter().flat_map(|table| table.engines()));
    for (id, shown) in [
        ("stable-diffusion-xl-1024-v1-0", "stable-diffusion-xl-1024-v1-0".to_owned()),
        ("", String::new()),
        ("line\nbreak", "line\\u{a}break".to_owned()),
        // What is too long is cut between two characters.
        (&"long".repeat(40), format!("{}lo…", "long".repeat(15))),
        (&"täuschend".repeat(20), format!("{}t…", "täuschend".repeat(6))),
    ] {
        let error = Table::for_engine(id).unwrap_err();
        let told = format!("no price is known for the engine `{shown}`: the engines with prices are {engines}");
        assert_eq!(error.to_string(), told);
    }
    let error = "SDXL".parse::<Table>().unwrap_err();
    assert_eq!(error.to_string(), format!("there is no table `SDXL`: the tables are {}", list(Table::ALL)));
}

/// As `?` needs it in most programs.
#[test]
fn errors_can_be_passed_on() {
    fn passed_on(_: impl Error + Send + Sync + 'static) {}
    passed_on(Table::for_engine("").unwrap_err());
    passed_on("".parse::<Table>().unwrap_err());
    passed_on(Table::Sdxl.price(0, 0, 0).unwrap_err());
    passed_on(Credits::parse("").unwrap_err());
    passed_on(billing::purchase(Usd::ZERO).unwrap_err());
}
