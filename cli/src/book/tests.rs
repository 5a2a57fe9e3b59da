//! The built-in tables and the same folder, read when the test runs, must give the same answers. The library is asked through its
//! public API.

use std::fmt::Display;
use std::path::Path;

use dreamstudio_pricing::{Cell, Limits, Request};
use dreamstudio_pricing_codegen::Folder;

use super::*;
use crate::names;

/// Reads the folder that the library was built from.
fn folder() -> Book {
    let folder = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tables"), "tables").unwrap();
    Book::try_from(&check(&folder).unwrap()).unwrap()
}

/// Returns each size and step count that the limits of a table accept. Where there is no limit, it stays near the cells.
fn accepted(table: Table) -> Vec<Settings> {
    let most = |of: fn(&Cell) -> u32| table.cells().map(|cell| of(&cell)).max().unwrap();
    let limits = table.limits().unwrap_or(book::NO_LIMITS);
    let Limits { side_multiple, min_pixels, max_pixels, min_steps, max_steps, .. } = limits;
    let side = usize::try_from(side_multiple.unwrap_or(64)).unwrap();
    let pixels = max_pixels.unwrap_or_else(|| 2 * most(|cell| cell.width * cell.height));
    let steps = min_steps.unwrap_or(1)..=max_steps.unwrap_or_else(|| most(|cell| cell.steps) + 1);
    // A side is the longest if the other one is the shortest.
    let longest = limits.max_long_side.unwrap_or(pixels / side_multiple.unwrap_or(64));
    let lengths = move || (side_multiple.unwrap_or(64)..=longest).step_by(side);
    let sizes = lengths().flat_map(|width| lengths().map(move |height| ImageSize::new(width, height)));
    let sizes = sizes.filter(|size| (u64::from(min_pixels.unwrap_or(1))..=pixels.into()).contains(&size.pixels()));
    let settings = sizes.flat_map(|size| steps.clone().map(move |steps| size.steps(steps)));
    settings.filter(|&settings| table.accepts(settings).is_ok()).collect()
}

/// Returns settings that a limit rejects, if the table has such limits: each limit has its turn.
fn rejected(at: usize, settings: Settings, limits: Limits) -> Settings {
    let Settings { width, height, steps, .. } = settings;
    let multiple = limits.side_multiple.unwrap_or(1);
    match at % 6 {
        0 => Settings::size(width + 1, height).steps(steps),
        1 => Settings::size(width, height + 1).steps(steps),
        2 => Settings::size(multiple, multiple).steps(steps),
        3 => Settings::size(width * 8, height).steps(steps),
        4 => Settings::size(width, height * 8).steps(steps + limits.max_steps.unwrap_or(0)),
        _ => Settings::size(width, height).steps(steps % limits.min_steps.unwrap_or(2)),
    }
}

fn message<T>(result: Result<T, impl Display>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// Compares everything that is known of settings, for one image and for the most images of a request.
fn compare(book: &Book, at: usize, table: Table, settings: Settings, most_images: u64) {
    let table_of_book = &book.tables[at];
    let (price, estimate) = (message(table_of_book.price(settings)), message(table_of_book.estimate(settings)));
    assert_eq!(price, message(table.price_of(settings)), "{settings}");
    assert_eq!(estimate, message(table.estimate_of(settings)), "{settings}");
    for images in [1, most_images] {
        let request = Request::for_table(table, settings).images(images);
        let accepted = message(table_of_book.accepts(settings, images));
        assert_eq!(accepted, message(request.accepts()), "{images} images of {settings}");
        let total = price.as_ref().ok().and_then(|price| price.checked_mul(images));
        let total = total.map(|credits| (credits, book.billing.usd(credits)));
        let quoted = request.quote().ok().map(|quote| (quote.total, quote.total.usd()));
        assert_eq!(total, quoted, "{images} images of {settings}");
        let total = estimate.as_ref().ok().and_then(|estimate| estimate.checked_mul(images));
        let estimated = request.estimate().ok().map(|estimate| estimate.total);
        assert_eq!(total, estimated, "{images} images of {settings}");
    }
}

#[test]
fn a_folder_answers_as_the_library_that_was_built_from_it() {
    let book = folder();
    assert_eq!(book.edition, EDITION, "the library was built from other tables");
    assert_eq!(book.tables.len(), Table::ALL.len());
    for (at, &table) in Table::ALL.iter().enumerate() {
        let limits = table.limits().unwrap_or(book::NO_LIMITS);
        let most_images = limits.max_images.unwrap_or(u32::MAX).into();
        let accepted = accepted(table);
        assert!(!accepted.is_empty());
        for (number, settings) in accepted.into_iter().enumerate() {
            compare(&book, at, table, settings, most_images);
            compare(&book, at, table, rejected(number, settings, limits), most_images);
        }
    }
}

#[test]
fn each_list_of_a_folder_is_that_of_the_library() {
    let (book, built_in) = (folder(), Book::built_in());
    for (table, other) in book.tables.iter().zip(&built_in.tables) {
        assert_eq!(format!("{:?}", table.lists), format!("{:?}", other.lists));
        assert_eq!(book.cells(table), built_in.cells(other));
    }
    let clients = |book: &Book| {
        let clients = book.clients.iter().map(|client| (client.name, client.table, client.defaults));
        clients.collect::<Vec<_>>()
    };
    assert_eq!(clients(&book), clients(built_in));
    let billing = |BookBilling { sign_up_grant, minimum_purchase, usd_units_per_credits_unit }: &BookBilling| {
        (*sign_up_grant, *minimum_purchase, *usd_units_per_credits_unit)
    };
    assert_eq!(billing(&book.billing), billing(&built_in.billing));
}

#[test]
fn an_engine_has_the_table_and_the_message_that_the_library_has() {
    let book = folder();
    let table_of = |id: &str| book.for_engine(id).map(|table| table.lists.name);
    for id in Table::ALL.iter().flat_map(|table| table.engines()) {
        for id in [(*id).to_owned(), id.to_uppercase(), format!("{id}-0"), id[1..].to_owned()] {
            assert_eq!(table_of(&id), Table::for_engine(&id).ok().map(Table::name), "{id}");
            let error = |book| names::find(book, &id).err();
            assert_eq!(error(&book), error(Book::built_in()), "{id}");
        }
    }
    for other in ["", "no-such-engine", &"x".repeat(1000)] {
        assert_eq!(table_of(other), None);
        let error = |book| names::find(book, other).err();
        assert_eq!(error(&book), error(Book::built_in()));
    }
}
