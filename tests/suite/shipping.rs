//! Measures what lookups add to a program. The program has no std and no allocator, and would not link if a lookup
//! could panic.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::fs;

use object::{Object, ObjectSection};
use support::TableFiles;

use super::compiled::Library;
use super::generator::{TextFiles, code};

/// Returns two tables with formulas, of seven and of six sizes by five step counts: 65 cells.
fn two_tables() -> TextFiles {
    let table = |columns: u64| {
        let sizes = (1..=columns).map(|column| (64 * column, 64 * (column + columns)));
        let header = sizes.clone().map(|(width, height)| format!(",{width}x{height}"));
        let rows = [15, 30, 50, 100, 150].map(|steps| {
            // At 100 credits per gigapixel-step, to the nearest 0.0001.
            let units = sizes.clone().map(|(width, height)| (width * height * steps + 500) / 1000);
            let prices = units.map(|units| format!(",{}.{:04}", units / 10_000, units % 10_000));
            format!("{steps}{}\n", prices.collect::<String>())
        });
        format!("steps{}\n{}", header.collect::<String>(), rows.concat())
    };
    // Ten ids of 19 to 28 bytes.
    let engines = (1..=10).map(|number| (format!("stable-diffusion-{}", &"v2-768-base"[..=number]), number));
    let files = TableFiles::default()
        .with("first.csv", &table(7))
        .with("second.csv", &table(6))
        .formula("first", 0, "100", [4, 4])
        .formula("second", 0, "100", [4, 4])
        .client("API", "first", [64, 512, 30], None)
        .billing("10", "800", "6");
    let files = engines.fold(files, |files, (id, number)| files.engine(&id, ["first", "second"][number % 2]));
    files.into_iter().collect()
}

/// Returns a program without std. It does not link if a panic can be reached.
fn program(lookups: &str) -> String {
    format!(
        r#"
        #![no_std]
        #![no_main]

        use core::hint::black_box;

        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo) -> ! {{
            unsafe extern "C" {{
                fn a_panic_can_be_reached() -> !;
            }}
            unsafe {{ a_panic_can_be_reached() }}
        }}

        #[unsafe(no_mangle)]
        extern "C" fn main(_: i32, _: *const *const u8) -> i32 {{
            let (width, height, steps) = black_box((64, 512, 30_u32));
            let mut sum = u64::from(steps + width + height);
            {lookups}
            black_box(sum);
            0
        }}
        "#
    )
}

/// Every lookup of a price in both tables, with numbers that are not known at compile time.
const LOOKUPS: &str = "
    use dreamstudio_pricing::{Table, first, second};
    for table in [Table::First, Table::Second] {
        if let Ok(price) = black_box(table).price(width, height, steps) {
            sum += price.units();
        }
    }
    if let (Some(size), Some(steps)) = (first::Size::new(width, height), first::Steps::new(steps)) {
        sum += first::price(size, steps).units();
    }
    if let (Some(size), Some(steps)) = (second::Size::new(width, height), second::Steps::new(steps)) {
        sum += second::price(size, steps).units();
    }
";

/// Returns the bytes of code and of constants in a program.
fn footprint(library: &Library, lookups: &str) -> u64 {
    let options = ["-O", "-C", "panic=abort", "-C", "link-arg=-lc", "--allow", "unused"];
    let program = library.program(&program(lookups), &options);
    assert!(std::process::Command::new(&program).status().unwrap().success());
    let bytes = fs::read(program).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    [".text", ".rodata", ".data.rel.ro"].iter().filter_map(|name| file.section_by_name(name)).map(|s| s.size()).sum()
}

#[test]
fn two_tables_add_at_most_1536_bytes_to_a_program_without_std() {
    let library = Library::new(&code(two_tables()), &["-O", "-C", "panic=abort"]);
    let added = footprint(&library, LOOKUPS) - footprint(&library, "");
    assert!((500..=1536).contains(&added), "the lookups add {added} bytes, and may add 1,536");
}

/// The price of a request, by an engine's id.
#[test]
fn engines_and_two_tables_add_at_most_1536_bytes_to_a_program_without_std() {
    let library = Library::new(&code(two_tables()), &["-O", "-C", "panic=abort"]);
    let lookup = "
        let id = black_box(\"stable-diffusion-v2-768\");
        if let Some(price) = dreamstudio_pricing::Table::for_engine(id).ok().and_then(|table| table.price(width, height, steps).ok()) {
            sum += price.units();
        }
    ";
    let added = footprint(&library, lookup) - footprint(&library, "");
    assert!((500..=1536).contains(&added), "the lookup adds {added} bytes, and may add 1,536");
}

#[test]
fn estimates_add_at_most_a_kibibyte_and_no_panic() {
    let library = Library::new(&code(two_tables()), &["-O", "-C", "panic=abort"]);
    let estimate = "
        if let Ok(estimate) = black_box(dreamstudio_pricing::Table::First).estimate(width, height, steps) {
            sum += estimate.at_least().units() + estimate.at_most().units();
            sum += estimate.expected().map_or(0, |price| price.units()) + u64::from(estimate.is_published());
        }
    ";
    let added = footprint(&library, &format!("{LOOKUPS}{estimate}")) - footprint(&library, LOOKUPS);
    assert!((100..=1024).contains(&added), "estimates add {added} bytes, and may add 1,024");
}

/// What a bot does with a request that came as text, without a formatted message.
#[test]
fn requests_from_text_add_at_most_8_kibibytes_and_no_panic() {
    let library = Library::new(&code(two_tables()), &["-O", "-C", "panic=abort"]);
    let request = r#"
        use dreamstudio_pricing::{Client, ImageSize, PartialRequest, Request, Settings, Table};
        let (id, text) = black_box(("stable-diffusion-v2-768", "64x512 at 30 steps"));
        match Settings::parse(text) {
            Ok(settings) => match Request::new(id, settings).images(u64::from(width)).quote() {
                Ok(quote) => sum += quote.total.units() + quote.engine.map_or(0, |engine| engine.len() as u64),
                Err(error) => sum += error.code().len() as u64,
            },
            Err(error) => sum += error.suggestion().map_or(0, |settings| u64::from(settings.steps)),
        }
        if let Err(error) = Table::for_engine(id) {
            sum += error.suggestion().map_or(0, |id| id.len() as u64);
        }
        let mut request = PartialRequest::new().engine(id);
        if let Ok(size) = ImageSize::parse(text) {
            request = request.size(size);
        }
        match request.or_defaults_of(black_box(Client::ALL[0])).estimate() {
            Ok(estimate) => sum += estimate.total.at_most().units(),
            Err(error) => sum += error.code().len() as u64,
        }
        sum += request.complete().map_or_else(|error| error.missing().count() as u64, |request| request.image_count());
    "#;
    let added = footprint(&library, request) - footprint(&library, "");
    assert!((1024..=8192).contains(&added), "requests add {added} bytes, and may add 8,192");
}

/// The compiler looks up known numbers, and leaves nothing of the tables in the program.
#[test]
fn known_prices_add_nothing() {
    let library = Library::new(&code(two_tables()), &["-O", "-C", "panic=abort"]);
    let lookups = "
        use dreamstudio_pricing::{Table, first};
        sum += first::price(first::Size::S64x512, first::Steps::N30).units();
        if let Ok(price) = Table::Second.price(64, 448, 30) {
            sum += price.units();
        }
    ";
    let added = footprint(&library, lookups) - footprint(&library, "");
    assert!(added <= 64, "known prices add {added} bytes, and may add 64");
}
