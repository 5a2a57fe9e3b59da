//! What a build must not do. The generator and each build script are read as tokens, so that no kernel can make a test of them
//! be skipped.

use std::fs;
use std::path::PathBuf;

use proc_macro2::{TokenStream, TokenTree};

use super::api::sources;

/// Words without which Rust runs no program, opens no socket and calls no foreign function.
const FORBIDDEN: [&str; 10] =
    ["process", "net", "os", "Command", "libc", "extern", "unsafe", "asm", "global_asm", "include"];

fn forbidden_words(tokens: TokenStream) -> Vec<String> {
    let words = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => forbidden_words(group.stream()),
        TokenTree::Ident(word) => vec![word.to_string()],
        TokenTree::Punct(_) | TokenTree::Literal(_) => Vec::new(),
    });
    words.filter(|word| FORBIDDEN.contains(&word.trim_start_matches("r#"))).collect()
}

#[test]
fn a_build_runs_no_program_and_opens_no_socket() {
    let files: Vec<PathBuf> = ["build", "codegen/src", "tests/fixture/build.rs", "benches/build.rs"]
        .iter()
        .flat_map(|path| sources(path.as_ref()))
        .collect();
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let tokens: TokenStream = fs::read_to_string(&file).unwrap().parse().unwrap();
        assert_eq!(forbidden_words(tokens), [""; 0], "{}", file.display());
    }
}

#[test]
fn every_way_to_run_a_program_or_open_a_socket_is_found() {
    for (code, words) in [
        ("use std::{fs, process::Command};", ["process", "Command"].as_slice()),
        ("fn f() { std::net::TcpStream::connect(\"localhost:80\") }", &["net"]),
        ("use std::r#process as p;", &["r#process"]),
        ("unsafe extern \"C\" { fn system(command: *const u8) -> i32; }", &["unsafe", "extern"]),
        ("// process\n/* net */ const TEXT: &str = \"Command\";", &[]),
    ] {
        assert_eq!(forbidden_words(code.parse().unwrap()), words, "{code}");
    }
}
