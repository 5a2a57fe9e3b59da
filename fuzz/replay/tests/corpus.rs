//! Runs each fuzz target on its inputs in the corpus. The name of an input says what it shows.

use std::fs;
use std::path::Path;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(name);
    let mut inputs: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    for path in inputs {
        // Shown only if the test fails.
        println!("{}", path.display());
        target(&fs::read(path).unwrap());
    }
}

macro_rules! replay {
    ($($target:ident),*) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target), targets::$target);
            }
        )*
    };
}

replay!(amounts, arguments, bill, folder, page, tables);
