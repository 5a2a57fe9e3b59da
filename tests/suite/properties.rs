//! Properties that hold for any tables, checked on the real ones.

use dreamstudio_pricing::{Client, Credits, Request, Settings, Table};

#[test]
fn each_cell_is_found_by_its_numbers() {
    for &table in Table::ALL {
        assert_eq!(table.cells().len(), table.sizes().len() * table.steps().len());
        for cell in table.cells() {
            assert_eq!(table.price(cell.width, cell.height, cell.steps), Ok(cell.price));
            assert_eq!(table.price_of(cell.settings()), Ok(cell.price));
        }
    }
}

#[test]
fn no_neighbour_of_a_cell_has_a_price() {
    for &table in Table::ALL {
        for cell in table.cells() {
            let neighbours = |number: u32| [number.wrapping_sub(1), number, number + 1, number + 64];
            for width in neighbours(cell.width) {
                for height in neighbours(cell.height) {
                    for steps in neighbours(cell.steps) {
                        let is_cell = table.sizes().contains(&(width, height)) && table.steps().contains(&steps);
                        let settings = Settings::size(width, height).steps(steps);
                        assert_eq!(table.price_of(settings).is_ok(), is_cell, "{table} {settings}");
                    }
                }
            }
        }
    }
}

#[test]
fn each_engine_leads_to_its_table() {
    for &table in Table::ALL {
        for engine in table.engines() {
            assert_eq!(Table::for_engine(engine), Ok(table));
            let longer = format!("{engine}0");
            let other = Table::ALL.iter().flat_map(|table| table.engines()).any(|id| *id == longer);
            assert_eq!(Table::for_engine(&longer).is_ok(), other);
        }
        assert_eq!(Table::for_engine(table.name()).unwrap_err().table(), Some(table));
    }
}

#[test]
fn each_name_is_read_back() {
    for &table in Table::ALL {
        assert_eq!(table.to_string().parse(), Ok(table));
    }
    for &client in Client::ALL {
        assert_eq!(client.to_string().parse(), Ok(client));
    }
}

#[test]
fn each_client_has_a_price() {
    for client in Client::ALL {
        assert!(Request::for_table(client.table(), client.defaults()).quote().is_ok(), "{client}");
    }
}

#[test]
fn an_estimate_is_between_its_bounds_and_never_falls() {
    for &table in Table::ALL {
        let max_side = table.sizes().iter().map(|&(width, height)| width.max(height)).max().unwrap();
        let max_steps = *table.steps().last().unwrap();
        for width in (0..=max_side + 64).step_by(64) {
            for height in (0..=max_side + 64).step_by(64) {
                let mut last = Credits::ZERO;
                for steps in 0..=max_steps + 1 {
                    let Ok(estimate) = table.estimate(width, height, steps) else { continue };
                    let expected = estimate.expected().unwrap_or(estimate.at_most());
                    assert!(estimate.at_least() <= expected && expected <= estimate.at_most());
                    assert_eq!(estimate.is_published(), table.price(width, height, steps).is_ok());
                    assert!(last <= estimate.at_most());
                    last = estimate.at_least();
                }
            }
        }
    }
}
