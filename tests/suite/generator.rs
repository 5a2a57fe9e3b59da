//! The generator as the library depends on it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

use dreamstudio_pricing_codegen::{Folder, Problem, RESERVED, check, emit};

type Files = BTreeMap<String, String>;

/// The tables of the project.
fn tables() -> Files {
    let files = fs::read_dir("tables").unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "csv") && file.is_file());
    files
        .map(|file| (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap()))
        .collect()
}

/// What tables without a mistake give; the mistakes otherwise, as a person reads them.
pub(crate) fn right<T>(result: Result<T, Vec<Problem>>) -> T {
    result.unwrap_or_else(|problems| {
        let problems: Vec<String> = problems.iter().map(Problem::to_string).collect();
        panic!("the tables have mistakes:\n{}", problems.join("\n"))
    })
}

fn code(files: Files) -> String {
    emit(&right(check(&Folder::from_files("tables", files)))).to_string()
}

/// The code of the tables, each of their files changed by `edit`.
fn code_after(edit: impl Fn(&str) -> String) -> String {
    code(tables().into_iter().map(|(name, text)| (name, edit(&text))).collect())
}

/// The lines of a file as a spreadsheet writes them: numbers without superfluous zeros, texts in quotes if so set.
fn of_spreadsheet(text: &str, quotes: bool) -> Vec<String> {
    let cell = |cell: &str| match cell.split_once('.') {
        Some((whole, fraction)) => {
            format!("{whole}.{}", fraction.trim_end_matches('0')).trim_end_matches('.').to_owned()
        }
        None if quotes && cell.parse::<u64>().is_err() => format!("\"{cell}\""),
        None => cell.to_owned(),
    };
    text.lines().map(|line| line.split(',').map(cell).collect::<Vec<_>>().join(",")).collect()
}

#[test]
fn a_spreadsheet_that_saves_a_table_changes_nothing() {
    let unchanged = code(tables());
    // LibreOffice, by itself and where it is told to quote texts; Excel, as "CSV UTF-8".
    assert_eq!(code_after(|text| of_spreadsheet(text, false).join("\n") + "\n"), unchanged);
    assert_eq!(code_after(|text| of_spreadsheet(text, true).join("\n") + "\n"), unchanged);
    assert_eq!(code_after(|text| format!("\u{feff}{}\r\n", of_spreadsheet(text, false).join("\r\n"))), unchanged);
}

#[test]
fn what_says_nothing_changes_nothing() {
    let unchanged = code(tables());
    assert_eq!(code_after(|text| format!("\u{feff}{text}")), unchanged);
    assert_eq!(code_after(|text| text.replace('\n', "\r\n")), unchanged);
    assert_eq!(code_after(|text| text.replace('\n', "\r")), unchanged);
    assert_eq!(code_after(|text| text.trim_end().to_owned()), unchanged);
    assert_eq!(code_after(|text| format!("{text}\n\n")), unchanged);
    assert_eq!(code_after(|text| text.replace(',', " , ").replace('\n', "\t\n  ")), unchanged);
    assert_eq!(
        code_after(|text| text
            .lines()
            .map(|line| format!("\"{}\"\n", line.replace(',', "\",\"")))
            .collect::<Vec<_>>()
            .concat()),
        unchanged
    );
}

#[test]
fn another_price_changes_the_code() {
    let unchanged = code(tables());
    let mut files = tables();
    let text = files.get_mut("sdxl.csv").unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let cells: Vec<&str> = rows.splitn(3, ',').collect();
    // The first price goes down, which breaks no rule.
    *text = format!("{header}\n{},0.0001,{}", cells[0], cells[2]);
    assert_ne!(code(files), unchanged);
}

#[test]
fn no_table_can_take_the_name_of_a_module() {
    let files = fs::read_dir("src").unwrap().map(|entry| entry.unwrap().path());
    let modules = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    for module in modules.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()) {
        assert!(module == "lib" || RESERVED.contains(&&*module), "{module} is to be reserved");
    }
}

/// Compiles the library with code of the test's own, without cargo, and a program that uses it.
struct Build(tempfile::TempDir);

impl Build {
    fn new(code: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("generated.rs"), code).unwrap();
        Self(folder)
    }

    fn rustc(&self, source: &Path, arguments: &[&str]) -> Output {
        let folder = self.0.path();
        let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.args(["--edition", "2024", "--deny", "warnings", "-L"]).arg(folder).arg("--out-dir").arg(folder);
        rustc.args(arguments).arg(source).env("OUT_DIR", folder).output().unwrap()
    }

    fn library(&self) -> Output {
        self.rustc("src/lib.rs".as_ref(), &["--crate-name", "dreamstudio_pricing", "--crate-type", "lib"])
    }

    /// What a program prints.
    fn run(&self, program: &str) -> String {
        let source = self.0.path().join("program.rs");
        fs::write(&source, program).unwrap();
        succeeded(self.rustc(&source, &["--extern", "dreamstudio_pricing"]));
        succeeded(Command::new(self.0.path().join("program")).output().unwrap())
    }
}

fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_table_and_an_engine_are_added_by_editing_tables_alone() {
    let mut files = tables();
    files.insert("turbo-2.csv".to_owned(), "steps,512x512,512x768\n1,0.0001,2\n4,1.5,2.5\n".to_owned());
    *files.get_mut("engines.csv").unwrap() += "turbo-v2,turbo-2\n";
    *files.get_mut("clients.csv").unwrap() += "my-bot,512,768,4\n";
    let build = Build::new(&code(files));
    succeeded(build.library());
    let program = r#"
        use dreamstudio_pricing::turbo_2::{self, Size, Steps};
        use dreamstudio_pricing::{Client, Credits, Table};

        const PRICE: Credits = turbo_2::price(Size::S512x768, Steps::N4);

        fn main() {
            let table = Table::for_engine("turbo-v2").unwrap();
            assert_eq!(table, Table::Turbo2);
            assert_eq!(table.price(512, 768, 4), Ok(PRICE));
            assert_eq!(table.cells().count(), 4);
            assert_eq!(Client::MyBot.defaults().steps, 4);
            println!("{table} {PRICE} {}", table.price(512, 512, 1).unwrap());
            println!("{}", table.price(768, 512, 2).unwrap_err());
        }
    "#;
    let printed = "turbo-2 2.5 0.0001\n\
                   the turbo-2 table has no price for 768x512 at 2 steps: its sizes are 512x512, 512x768, and 512x768, \
                   the size turned round, is one of them; its step counts are 1, 4\n";
    assert_eq!(build.run(program), printed);
}

#[test]
fn credits_can_have_any_exact_price() {
    let mut files = tables();
    files.insert(
        "billing.csv".to_owned(),
        "item,credits,usd\nsign_up_grant,0,0\nminimum_purchase,800,5.50\n".to_owned(),
    );
    // $5.50 for 800 credits is $0.006875 for one, which is too fine; $6 is $0.0075.
    assert!(check(&Folder::from_files("tables", files.clone())).is_err());
    *files.get_mut("billing.csv").unwrap() = files["billing.csv"].replace("5.50", "6");
    let build = Build::new(&code(files));
    succeeded(build.library());
    let program = r#"
        use dreamstudio_pricing::{Credits, Usd, billing};

        fn main() {
            let bought = |usd: &str| billing::purchase(usd.parse().unwrap()).map(|credits| credits.to_string());
            assert_eq!(bought("6").as_deref(), Ok("800"));
            assert_eq!(bought("6.01").as_deref(), Ok("801.3333"));
            assert!(bought("5.99").is_err());
            assert_eq!("0.0001".parse::<Credits>().unwrap().usd(), "0.00000075".parse::<Usd>().unwrap());
            assert_eq!(Credits::from_units(Credits::MAX.units() + 1), None);
            assert!(billing::purchase(Usd::MAX).unwrap() <= Credits::MAX);
            assert!(Credits::MAX.usd() <= Usd::MAX);
        }
    "#;
    build.run(program);
}

#[test]
fn a_missing_cell_does_not_compile() {
    let code = code(tables());
    let arm = code.find("Steps :: N30 => Credits").unwrap();
    let end = arm + code[arm..].find(',').unwrap() + 1;
    let output = Build::new(&format!("{}{}", &code[..arm], &code[end..])).library();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && errors.contains("error[E0004]: non-exhaustive patterns"), "{errors}");
}
