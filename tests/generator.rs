//! The generator as the library depends on it.

use std::fs;
use std::path::Path;

use dreamstudio_pricing_codegen::RESERVED;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn no_table_can_take_the_name_of_a_module() {
    let files = fs::read_dir(Path::new(ROOT).join("src")).unwrap().map(|entry| entry.unwrap().path());
    let modules = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    for module in modules.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()) {
        assert!(module == "lib" || RESERVED.contains(&&*module), "{module} is to be reserved");
    }
}
