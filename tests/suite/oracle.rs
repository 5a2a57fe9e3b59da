//! Compares the library with `tables/`, as the independent parser reads them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dreamstudio_pricing::{Client, Credits, Estimate, Limits, Request, Settings, Table, billing};

use support::independent_parser::{CellPrices, billionths, cells_of, rows_of};

fn rows(name: &str) -> Vec<Vec<String>> {
    rows_of(&fs::read_to_string(Path::new("tables").join(name)).unwrap())
}

/// Width, height and steps of each exception of a table.
fn exceptions(table: Table) -> BTreeSet<(u32, u32, u32)> {
    let rows = if Path::new("tables/exceptions.csv").exists() { rows("exceptions.csv") } else { Vec::new() };
    let rows = rows.into_iter().skip(1).filter(|row| row[0] == table.name());
    rows.map(|row| (row[1].parse().unwrap(), row[2].parse().unwrap(), row[3].parse().unwrap())).collect()
}

pub(crate) fn cells(name: &str) -> CellPrices {
    cells_of(&rows(name))
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
            assert_eq!(billionths(&found.to_string()), price, "{table} {width}x{height} {steps}");
        }
        for cell in table.cells() {
            let price = billionths(&cell.price.to_string());
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
            let images = billionths(&billing::SIGN_UP_GRANT.to_string()) / billionths(&price.to_string());
            assert_eq!(images.to_string(), row[5], "{client}");
        }
    }
}

#[test]
fn billing_is_that_of_its_file() {
    for row in &rows("billing.csv")[1..] {
        let (credits, usd) = (billionths(&row[1]), billionths(&row[2]));
        match &*row[0] {
            "sign_up_grant" => assert_eq!(billionths(&billing::SIGN_UP_GRANT.to_string()), credits),
            "minimum_purchase" => {
                assert_eq!(billionths(&billing::MINIMUM_PURCHASE.to_string()), usd);
                let bought = billing::purchase(billing::MINIMUM_PURCHASE).unwrap();
                assert_eq!(billionths(&bought.to_string()), credits);
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

#[test]
fn the_formulas_are_those_of_their_file() {
    for &table in Table::ALL {
        let formula = table.formula().map(|dreamstudio_pricing::Formula { free_pixels, rate, nearest, up, .. }| {
            Formula { free_pixels: free_pixels.into(), rate: billionths(rate), nearest, up }
        });
        assert_eq!(formula, Formula::of(table));
    }
}

#[test]
fn the_exceptions_are_those_of_their_file() {
    for &table in Table::ALL {
        let found = table.exceptions().iter().map(|it| (it.width, it.height, it.steps));
        assert_eq!(found.len(), exceptions(table).len(), "{table}");
        assert_eq!(found.collect::<BTreeSet<_>>(), exceptions(table), "{table}");
    }
}

/// The formula of a table: free pixels, the rate in billionths, and the decimal places of both roundings.
#[derive(Debug, PartialEq)]
struct Formula {
    free_pixels: u128,
    rate: u128,
    nearest: u32,
    up: u32,
}

impl Formula {
    fn of(table: Table) -> Option<Self> {
        let path = Path::new("tables/formulas.csv");
        let rows = if path.exists() { rows("formulas.csv") } else { Vec::new() };
        let row = rows.into_iter().skip(1).find(|row| row[0] == table.name())?;
        let (nearest, up) = (row[3].parse().unwrap(), row[4].parse().unwrap());
        Some(Self { free_pixels: row[1].parse().unwrap(), rate: billionths(&row[2]), nearest, up })
    }

    /// Returns a price in billionths of a credit.
    fn price(&self, pixels: u128, steps: u128) -> u128 {
        // In quintillionths, since both the rate and the product are in billionths.
        let exact = pixels.saturating_sub(self.free_pixels) * steps * self.rate;
        let round = |number: u128, place: u128| (number + place / 2) / place * place;
        let round_up = |number: u128, place: u128| number.div_ceil(place) * place;
        let nearest = round(exact, 10_u128.pow(18 - self.nearest));
        round_up(nearest, 10_u128.pow(18 - self.up)) / 1_000_000_000
    }
}

/// Compares an estimate with the cells and the formula.
fn check_estimate(
    table: Table,
    cells: &CellPrices,
    exceptions: &BTreeSet<(u32, u32, u32)>,
    formula: Option<&Formula>,
    (width, height, steps): (u32, u32, u32),
) {
    let pixels = |width: u32, height: u32| u128::from(width) * u128::from(height);
    let area = pixels(width, height);
    let prices = |is_bound: &dyn Fn(u128, u32) -> bool| {
        let others = cells.iter().filter(|(cell, _)| !exceptions.contains(cell));
        let bounds = others.filter(|((width, height, steps), _)| is_bound(pixels(*width, *height), *steps));
        bounds.map(|(_, &price)| price).collect::<Vec<_>>()
    };
    let at_most = prices(&|pixels, count| pixels >= area && count >= steps).into_iter().min();
    let at_least = prices(&|pixels, count| pixels <= area && count <= steps).into_iter().max().unwrap_or(0);
    let expected_billionths = at_most.filter(|_| area > 0 && steps > 0).map(|at_most| {
        let by_formula = formula.map(|formula| formula.price(area, steps.into())).filter(|&price| price > 0);
        let expected = by_formula.or((at_least == at_most).then_some(at_most));
        (at_least, expected, at_most)
    });
    let own_price = exceptions.get(&(width, height, steps)).map(|exception| cells[exception]);
    let expected_billionths = own_price.map(|price| (price, Some(price), price)).or(expected_billionths);
    let of = |amount: Credits| billionths(&amount.to_string());
    let estimate = table.estimate(width, height, steps).ok();
    let found = estimate.map(|e| (of(e.at_least()), e.expected().map(of), of(e.at_most())));
    assert_eq!(found, expected_billionths, "{table} {width}x{height} {steps}");
    let is_published = cells.contains_key(&(width, height, steps));
    assert_eq!(estimate.is_some_and(Estimate::is_published), is_published);
}

/// Returns the row of a table in `limits.csv`, without the table. An empty cell is `None`.
fn limits(table: Table) -> Option<[Option<u32>; 8]> {
    let rows = if Path::new("tables/limits.csv").exists() { rows("limits.csv") } else { Vec::new() };
    let row = rows.into_iter().skip(1).find(|row| row[0] == table.name())?;
    let numbers = row[1..].iter().map(|cell| (!cell.is_empty()).then(|| cell.parse().unwrap()));
    Some(numbers.collect::<Vec<_>>().try_into().unwrap())
}

#[test]
fn the_limits_are_those_of_their_file() {
    for &table in Table::ALL {
        let found = table.limits().map(|limits| {
            let Limits { side_multiple, min_pixels, max_pixels, max_long_side, max_short_side, .. } = limits;
            let [steps, images] = [[limits.min_steps, limits.max_steps], [limits.max_images, None]];
            [side_multiple, min_pixels, max_pixels, max_long_side, max_short_side, steps[0], steps[1], images[0]]
        });
        assert_eq!(found, limits(table), "{table}");
    }
}

/// Asks for sides of up to 2,048 pixels and for 1 to 200 steps, and for each limit and the numbers beside it.
#[test]
fn a_request_is_accepted_if_it_is_within_the_limits_of_its_file() {
    let within = |least: Option<u32>, number: u64, most: Option<u32>| {
        least.is_none_or(|least| number >= least.into()) && most.is_none_or(|most| number <= most.into())
    };
    for &table in Table::ALL {
        let limits = limits(table).unwrap_or_default();
        let [multiple, min_pixels, max_pixels, max_long, max_short, min_steps, max_steps, max_images] = limits;
        let near: Vec<u32> = limits.into_iter().flatten().flat_map(|limit| limit - 1..=limit + 1).collect();
        let sides: BTreeSet<u32> = (32..=2_048).step_by(32).chain(near.iter().copied()).collect();
        let counts: BTreeSet<u32> = (1..=200).step_by(7).chain(near.iter().copied()).collect();
        for (&width, &height) in sides.iter().flat_map(|width| sides.iter().map(move |height| (width, height))) {
            let is_size = multiple.is_none_or(|of| width % of == 0 && height % of == 0)
                && within(min_pixels, u64::from(width) * u64::from(height), max_pixels)
                && within(None, width.max(height).into(), max_long)
                && within(None, width.min(height).into(), max_short);
            for &steps in &counts {
                let is_accepted = is_size && within(min_steps, steps.into(), max_steps);
                let settings = Settings::size(width, height).steps(steps);
                assert_eq!(table.accepts(settings).is_ok(), is_accepted, "{table} {settings}");
            }
        }
        let cell = table.cells().next().unwrap();
        for images in near {
            let is_accepted = images > 0 && within(None, images.into(), max_images);
            let request = Request::for_table(table, cell.settings()).images(images.into());
            assert_eq!(request.accepts().is_ok(), is_accepted, "{table} {images}");
        }
    }
}

/// Every size whose sides are multiples of 64, with as many pixels as the largest size or fewer, at up to 160 steps.
#[test]
fn many_requests_are_estimated_from_the_cells_and_the_formula() {
    for &table in Table::ALL {
        let (cells, exceptions, formula) = (cells(&format!("{table}.csv")), exceptions(table), Formula::of(table));
        let pixels = table.sizes().iter().map(|(width, height)| width * height).max().unwrap();
        for (width, height) in
            (1..=pixels / 4_096).flat_map(|width| (1..=pixels / 4_096 / width).map(move |it| (width, it)))
        {
            for steps in 10..=160 {
                check_estimate(table, &cells, &exceptions, formula.as_ref(), (width * 64, height * 64, steps));
            }
        }
    }
}

#[test]
fn random_requests_are_estimated_from_the_cells_and_the_formula() {
    let mut state = 1_u64;
    let mut random = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 32) % limit).unwrap()
    };
    for &table in Table::ALL {
        let (cells, exceptions, formula) = (cells(&format!("{table}.csv")), exceptions(table), Formula::of(table));
        for number in 0..100_000 {
            // Sides near those of the cells, and from time to time any numbers.
            let (side, count) = if number % 10 == 0 { (1 << 32, 1 << 32) } else { (1100, 160) };
            let request = (random(side), random(side), random(count));
            check_estimate(table, &cells, &exceptions, formula.as_ref(), request);
        }
    }
}
