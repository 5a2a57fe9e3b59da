//! Names at the root of the library that no table may have.

use std::fs;

use dreamstudio_pricing_codegen::RESERVED;

#[test]
fn no_table_can_take_the_name_of_a_module() {
    let files = fs::read_dir("src").unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    for module in files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()) {
        assert!(module == "lib" || RESERVED.contains(&&*module), "add {module} to RESERVED in codegen/src/ident.rs");
    }
}

#[test]
fn no_table_can_take_the_name_of_a_dependency() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let dependencies =
        manifest.lines().skip_while(|line| *line != "[dependencies]").take_while(|line| !line.is_empty());
    for name in
        dependencies.skip(1).filter_map(|line| line.split_once([' ', '.'])).map(|(name, _)| name.replace('-', "_"))
    {
        assert!(RESERVED.contains(&&*name), "add {name} to RESERVED in codegen/src/ident.rs");
    }
}
