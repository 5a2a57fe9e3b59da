//! What the tables add to a program, and what they do not: std, an allocator, a panic.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::fs;

use object::{Object, ObjectSection};

use super::compiled::Library;
use super::generator::{code, tables};

/// A program without std that prints nothing and ends well. Where a panic could be reached, it would not link.
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
            let (width, height, steps) = black_box((512, 768, 30_u32));
            let mut sum = u64::from(steps + width + height);
            {lookups}
            black_box(sum);
            0
        }}
        "#
    )
}

/// Every way to a price, in both tables, for numbers that are not known before it runs.
const LOOKUPS: &str = "
    use dreamstudio_pricing::{Table, sdxl, standard};
    for table in [Table::Sdxl, Table::Standard] {
        if let Ok(price) = black_box(table).price(width, height, steps) {
            sum += price.units();
        }
    }
    if let (Some(size), Some(steps)) = (sdxl::Size::new(width, height), sdxl::Steps::new(steps)) {
        sum += sdxl::price(size, steps).units();
    }
    if let (Some(size), Some(steps)) = (standard::Size::new(width, height), standard::Steps::new(steps)) {
        sum += standard::price(size, steps).units();
    }
";

/// The sizes of code and of constants in a program.
fn footprint(library: &Library, lookups: &str) -> u64 {
    let options = ["-O", "-C", "panic=abort", "-C", "link-arg=-lc", "--allow", "unused"];
    let program = library.program(&program(lookups), &options);
    assert!(std::process::Command::new(&program).status().unwrap().success());
    let bytes = fs::read(program).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    [".text", ".rodata", ".data.rel.ro"].iter().filter_map(|name| file.section_by_name(name)).map(|s| s.size()).sum()
}

#[test]
fn both_tables_add_less_than_a_page_to_a_program_without_std() {
    let library = Library::new(&code(tables()), &["-O", "-C", "panic=abort"]);
    let added = footprint(&library, LOOKUPS) - footprint(&library, "");
    // 1,166 at 65 cells with rustc 1.95.
    assert!((500..=1536).contains(&added), "{added} bytes");
}

/// Known numbers are looked up while compiling: nothing of the tables is left.
#[test]
fn known_prices_add_nothing() {
    let library = Library::new(&code(tables()), &["-O", "-C", "panic=abort"]);
    let lookups = "
        use dreamstudio_pricing::{Table, sdxl};
        sum += sdxl::price(sdxl::Size::S512x768, sdxl::Steps::N30).units();
        if let Ok(price) = Table::Standard.price(512, 768, 30) {
            sum += price.units();
        }
    ";
    let added = footprint(&library, lookups) - footprint(&library, "");
    assert!(added <= 64, "{added} bytes");
}
