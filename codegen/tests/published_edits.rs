//! The published tables with each mistake that a person is likely to make: the build reports every one that the formulas can
//! tell apart, in a few diagnostics. It reports a wrong price once, at its cell.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{array, thread};

use dreamstudio_pricing_codegen::{Diagnostic, Folder, check};
use support::TableFiles;

/// A table as text, the header first.
type TextRows = Vec<Vec<String>>;

/// A cell by row and column.
type CellIndex = (usize, usize);

struct PublishedTable {
    name: &'static str,
    cells: TextRows,
    /// Tenths of credits per gigapixel-step, and the decimal places of the two roundings.
    formula: (u128, u32, u32),
}

/// A mistake, and the cells that were changed.
struct Mistake {
    kind: &'static str,
    cells: TextRows,
    changed: BTreeSet<CellIndex>,
}

fn cells(text: &str) -> TextRows {
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn published() -> [PublishedTable; 2] {
    [
        PublishedTable { name: "sdxl", cells: cells(include_str!("published/sdxl.csv")), formula: (1800, 2, 2) },
        PublishedTable { name: "standard", cells: cells(include_str!("published/standard.csv")), formula: (720, 3, 1) },
    ]
}

fn text(cells: &TextRows) -> String {
    cells.iter().map(|row| row.join(",") + "\n").collect()
}

/// The header of `formulas.csv`, and the row of a table.
fn formula(name: &str) -> TextRows {
    let formulas = cells(include_str!("published/formulas.csv"));
    formulas.into_iter().filter(|row| row[0] == "table" || row[0] == name).collect()
}

/// The diagnostics of the tables after the file of one has these cells.
fn diagnostics(name: &str, cells: &TextRows) -> Vec<Diagnostic> {
    diagnostics_with(name, cells, &formula(name))
}

/// The diagnostics of a table and a formula.
fn diagnostics_with(name: &str, cells: &TextRows, formula: &TextRows) -> Vec<Diagnostic> {
    let files = TableFiles::default()
        .with(&format!("{name}.csv"), &text(cells))
        .with("formulas.csv", &text(formula))
        .engine("engine", name)
        .limits(name, [Some(64), None, None, None, None, None, None, None])
        .client("API", name, [512, 512, 30], None)
        .billing("25", "1000", "10");
    check(&Folder::from_files("tables", files)).err().unwrap_or_default()
}

// What a table should be, without the code under test.

/// What the formula gives, in ten-thousandths of a credit.
fn expected((rate, nearest, up): (u128, u32, u32), pixels: u128, steps: u128) -> u128 {
    let exact = pixels.saturating_sub(169527) * steps * rate;
    // In units of 10 to the power of -10 credits, as `exact` is.
    let place = |decimals: u32| 10_u128.pow(10 - decimals);
    let rounded = (2 * exact + place(nearest)) / (2 * place(nearest)) * place(nearest);
    rounded.div_ceil(place(up)) * place(up) / place(4)
}

/// A price in ten-thousandths of a credit.
fn units(price: &str) -> u128 {
    let (whole, fraction) = price.split_once('.').unwrap_or((price, ""));
    format!("{whole}{fraction:0<4}").parse().unwrap()
}

fn sides(size: &str) -> [u128; 2] {
    let (width, height) = size.split_once('x').unwrap();
    [width, height].map(|side| side.parse().unwrap())
}

/// Whether the API accepts the size.
fn is_allowed(size: &str) -> bool {
    sides(size).iter().all(|side| side % 64 == 0)
}

fn pixels(size: &str) -> u128 {
    sides(size).iter().product()
}

fn steps(count: &str) -> u128 {
    count.parse().unwrap()
}

fn positions(cells: &TextRows) -> impl Iterator<Item = CellIndex> + use<> {
    let columns = cells[0].len();
    (1..cells.len()).flat_map(move |row| (1..columns).map(move |column| (row, column)))
}

/// The cell of the transposed size, if the table has it.
fn transposed(cells: &TextRows, (row, column): CellIndex) -> Option<CellIndex> {
    let [width, height] = sides(&cells[0][column]);
    let other = cells[0].iter().position(|size| *size == format!("{height}x{width}"))?;
    (other != column).then_some((row, other))
}

impl PublishedTable {
    fn gives(&self, pixels: u128, steps: u128, price: &str) -> bool {
        expected(self.formula, pixels, steps) == units(price)
    }

    fn is_right(&self, cells: &TextRows, (row, column): CellIndex) -> bool {
        self.gives(pixels(&cells[0][column]), steps(&cells[row][0]), &cells[row][column])
    }

    /// Whether the table breaks no rule: the formula cannot tell that it was changed.
    fn is_valid(&self, cells: &TextRows) -> bool {
        let sizes: BTreeSet<&String> = cells[0].iter().collect();
        sizes.len() == cells[0].len()
            && (1..cells[0].len()).all(|column| is_allowed(&cells[0][column]))
            && cells[1..].is_sorted_by(|a, b| steps(&a[0]) < steps(&b[0]))
            && positions(cells).all(|position| self.is_right(cells, position))
    }

    /// Where wrong prices are reported: at the prices themselves, or at the size or the step count of which all are wrong.
    /// `None` is the formula.
    fn reported_at(&self, cells: &TextRows) -> Option<BTreeSet<CellIndex>> {
        // The prices of a size that the API rejects are not checked.
        let checked: BTreeSet<CellIndex> =
            positions(cells).filter(|&(_, column)| is_allowed(&cells[0][column])).collect();
        let is_wrong = |position: &CellIndex| !self.is_right(cells, *position);
        let wrong: BTreeSet<CellIndex> = checked.iter().copied().filter(is_wrong).collect();
        if wrong.len() > 1 && 2 * wrong.len() > checked.len() {
            return None;
        }
        let all_wrong = |is_in_line: &dyn Fn(&CellIndex) -> bool| {
            let line: Vec<&CellIndex> = checked.iter().filter(|position| is_in_line(position)).collect();
            line.len() > 1 && line.iter().all(|position| wrong.contains(position))
        };
        let lines = |&(row, column): &CellIndex| {
            let column = all_wrong(&|other| other.1 == column).then_some((0, column));
            let row = all_wrong(&|other| other.0 == row).then_some((row, 0));
            column.into_iter().chain(row).collect::<Vec<CellIndex>>()
        };
        Some(wrong.iter().flat_map(|wrong| if lines(wrong).is_empty() { vec![*wrong] } else { lines(wrong) }).collect())
    }
}

// What people mistype.

/// A digit replaced, doubled, dropped, or exchanged with the next.
fn digit_edits(text: &str) -> BTreeSet<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut edits = BTreeSet::new();
    for at in (0..characters.len()).filter(|&at| characters[at].is_ascii_digit()) {
        let mut edit = |change: &dyn Fn(&mut Vec<char>)| {
            let mut edited = characters.clone();
            change(&mut edited);
            edits.insert(edited.into_iter().collect::<String>());
        };
        for digit in '0'..='9' {
            edit(&|edited| edited[at] = digit);
        }
        edit(&|edited| edited.insert(at, edited[at]));
        edit(&|edited| {
            edited.remove(at);
        });
        // The next digit may be after the point.
        if let Some(next) = (at + 1..characters.len()).find(|&next| characters[next] != '.') {
            edit(&|edited| edited.swap(at, next));
        }
    }
    edits
}

/// The point at every other place.
fn shifted_points(price: &str) -> BTreeSet<String> {
    let digits = price.replace('.', "");
    (1..=digits.len())
        .map(|at| format!("{}.{}", &digits[..at], &digits[at..]).trim_end_matches('.').to_owned())
        .collect()
}

fn is_whole(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_price(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    (whole == "0" || is_whole(whole)) && (1..=4).contains(&fraction.len()) && units(text) > 0
}

fn is_size(text: &str) -> bool {
    text.split('x').count() == 2 && text.split('x').all(is_whole)
}

/// Every mistake in a table that changes a value.
fn mistakes(table: &TextRows) -> Vec<Mistake> {
    let (rows, columns) = (table.len(), table[0].len());
    let mut mistakes = Vec::new();
    let mut add = |kind, changed: &[CellIndex], change: &dyn Fn(&mut TextRows)| {
        let mut cells = table.clone();
        change(&mut cells);
        let value = |text: &String| if is_price(text) { units(text).to_string() } else { text.clone() };
        let values = |cells: &TextRows| cells.iter().flatten().map(value).collect::<Vec<_>>();
        if values(&cells) != values(table) {
            mistakes.push(Mistake { kind, cells, changed: changed.iter().copied().collect() });
        }
    };
    for (row, column) in positions(table) {
        let (position, price) = ((row, column), &table[row][column]);
        let edits = digit_edits(price).into_iter().map(|edit| ("digit of a price", edit));
        let points = shifted_points(price).into_iter().map(|edit| ("shifted point", edit));
        for (kind, edit) in edits.chain(points).filter(|(_, edit)| is_price(edit)) {
            add(kind, &[position], &|cells| cells[row][column].clone_from(&edit));
            if let Some(other) = transposed(table, position).filter(|other| *other > position) {
                add("typo in both orientations", &[position, other], &|cells| {
                    cells[row][column].clone_from(&edit);
                    cells[other.0][other.1].clone_from(&edit);
                });
            }
        }
        let neighbours = [(row + 1, column), (row, column + 1), (row - 1, column), (row, column - 1)];
        for (other_row, other_column) in
            neighbours.into_iter().filter(|other| positions(table).any(|position| position == *other))
        {
            let other = &table[other_row][other_column];
            add("copied neighbour", &[position], &|cells| cells[row][column].clone_from(other));
            if (other_row, other_column) > position {
                add("exchanged neighbours", &[position, (other_row, other_column)], &|cells| {
                    cells[row][column].clone_from(other);
                    cells[other_row][other_column].clone_from(price);
                });
            }
        }
    }
    for row in 1..rows {
        for edit in digit_edits(&table[row][0]).iter().filter(|edit| is_whole(edit)) {
            add("digit of a step count", &[(row, 0)], &|cells| cells[row][0].clone_from(edit));
        }
        let line: Vec<CellIndex> = (0..columns).map(|column| (row, column)).collect();
        add("shifted row", &line, &|cells| cells[row][1..].rotate_left(1));
        add("shifted row", &line, &|cells| cells[row][1..].rotate_right(1));
        add("shifted row", &line, &|cells| cells[row][1..columns - 1].clone_from_slice(&table[row][2..]));
        add("shifted row", &line, &|cells| cells[row][2..].clone_from_slice(&table[row][1..columns - 1]));
        for other in (1..rows).filter(|&other| other != row) {
            add("pasted row", &line, &|cells| cells[row][1..].clone_from_slice(&table[other][1..]));
            let both: Vec<CellIndex> = line.iter().copied().chain([(other, 0)]).collect();
            if other > row {
                add("exchanged rows", &both, &|cells| {
                    cells[row][1..].clone_from_slice(&table[other][1..]);
                    cells[other][1..].clone_from_slice(&table[row][1..]);
                });
            }
            let both: Vec<CellIndex> = both.into_iter().chain([(row.max(other), 0)]).collect();
            add("pasted line", &both, &|cells| cells[row].clone_from(&table[other]));
        }
    }
    for column in 1..columns {
        for edit in digit_edits(&table[0][column]).iter().filter(|edit| is_size(edit)) {
            add("digit of a size", &[(0, column)], &|cells| cells[0][column].clone_from(edit));
        }
        let line: Vec<CellIndex> = (0..rows).map(|row| (row, column)).collect();
        let set = |cells: &mut TextRows, prices: &dyn Fn(usize) -> (usize, usize)| {
            for (row, cells) in cells.iter_mut().enumerate().skip(1) {
                let (from_row, from_column) = prices(row);
                cells[column].clone_from(&table[from_row][from_column]);
            }
        };
        add("shifted column", &line, &|cells| set(cells, &|row| ((row + 1).min(rows - 1), column)));
        add("shifted column", &line, &|cells| set(cells, &|row| ((row - 1).max(1), column)));
        for other in (1..columns).filter(|&other| other != column) {
            add("pasted column", &line, &|cells| set(cells, &|row| (row, other)));
            let both: Vec<CellIndex> = line.iter().copied().chain([(0, other)]).collect();
            if other > column {
                add("exchanged columns", &both, &|cells| {
                    for (cells, row) in cells.iter_mut().zip(table).skip(1) {
                        cells[column].clone_from(&row[other]);
                        cells[other].clone_from(&row[column]);
                    }
                });
            }
        }
    }
    mistakes
}

/// The cell of a diagnostic in the table.
fn position(diagnostic: &Diagnostic, cells: &TextRows) -> Option<CellIndex> {
    let row = diagnostic.line()? - 1;
    Some((row, cells[row].join(",")[..diagnostic.column()? - 1].matches(',').count()))
}

/// What the build reports of the mistakes in a table.
#[derive(Default)]
struct Tally {
    /// By kind: the mistakes, those that are reported, those that are reported at a cell that was changed, and the most
    /// diagnostics of one.
    counts: BTreeMap<&'static str, [usize; 4]>,
    /// The step counts of the mistakes that are not reported.
    silent: Vec<String>,
}

/// Checks every mistake in a table.
fn tally(published: &PublishedTable) -> Tally {
    let name = published.name;
    assert!(published.is_valid(&published.cells) && diagnostics(name, &published.cells).is_empty());
    let mut tally = Tally::default();
    for Mistake { kind, cells, changed } in mistakes(&published.cells) {
        let [mistakes, reported, named, most] = tally.counts.entry(kind).or_default();
        *mistakes += 1;
        let diagnostics = diagnostics(name, &cells);
        if published.is_valid(&cells) {
            assert_eq!(diagnostics, []);
            let counts: Vec<&str> = cells[1..].iter().map(|row| &*row[0]).collect();
            tally.silent.push(counts.join(" "));
            continue;
        }
        let context = format!("{kind} in {name}:\n{}{diagnostics:#?}", text(&cells));
        assert!(!diagnostics.is_empty(), "{context}");
        *reported += 1;
        *most = diagnostics.len().max(*most);
        let Some(wrong) = published.reported_at(&cells) else {
            assert!(diagnostics.len() == 1 && diagnostics[0].path() == "tables/formulas.csv", "{context}");
            continue;
        };
        let found: BTreeSet<CellIndex> =
            diagnostics.iter().map(|it| position(it, &cells).unwrap_or_else(|| panic!("{context}"))).collect();
        // Of many similar diagnostics the first are shown.
        assert!(found.intersection(&wrong).count() >= wrong.len().min(3), "{wrong:?} {context}");
        assert!(found.iter().all(|position| wrong.contains(position) || changed.contains(position)), "{context}");
        *named += usize::from(!found.is_disjoint(&changed));
    }
    tally
}

#[test]
fn each_mistake_in_the_published_tables_is_reported() {
    let tables = published();
    let [sdxl, standard] = thread::scope(|scope| {
        tables.each_ref().map(|published| scope.spawn(|| tally(published))).map(|thread| thread.join().unwrap())
    });
    assert_eq!(sdxl.silent, [""; 0]);
    assert_eq!(standard.silent, ["15 30 50 101 150"]);
    let (mut report, mut sum) = (String::new(), [0; 3]);
    for (kind, &[mistakes, reported, named, most]) in &sdxl.counts {
        let others = standard.counts.get(kind).copied().unwrap_or_default();
        let counts = [mistakes + others[0], reported + others[1], named + others[2]];
        let most = most.max(others[3]);
        sum = array::from_fn(|at| sum[at] + counts[at]);
        let [mistakes, reported, named] = counts;
        writeln!(report, "{kind:25}{mistakes:5}{reported:5}{named:5}  in at most {most}").unwrap();
    }
    let [mistakes, reported, named] = sum;
    writeln!(report, "of {mistakes} mistakes {reported} are reported, {named} of them at a changed cell").unwrap();
    println!("{report}");
    insta::assert_snapshot!(report);
}

/// Of the rates that fit a table, the report names the simplest: 86.4 also gives the prices of `standard` that 86 does.
#[test]
fn a_table_at_another_rate_is_reported_once_and_with_a_rate_that_fits() {
    for (published, (rate, named)) in published().into_iter().zip([(2160, "216"), (864, "86")]) {
        let PublishedTable { name, cells, formula: (_, nearest, up) } = published;
        let mut other = cells.clone();
        for (row, column) in positions(&cells) {
            let units = expected((rate, nearest, up), pixels(&cells[0][column]), steps(&cells[row][0]));
            other[row][column] = format!("{}.{:04}", units / 10_000, units % 10_000);
        }
        let diagnostics = diagnostics(name, &other);
        let [diagnostic] = &diagnostics[..] else { panic!("{diagnostics:#?}") };
        assert_eq!(diagnostic.path(), "tables/formulas.csv");
        let help = format!("if the prices are right, write {named}, since rates from ");
        assert!(diagnostic.help().unwrap().starts_with(&help), "{diagnostic}");
    }
}

/// A digit of a cell of `formulas.csv`: how many edits there are, how many change no price, how many are reported in the
/// row of the formula, and how many at prices because less than half of them differ.
#[test]
fn a_mistake_in_a_formula_is_reported() {
    let mut report = String::new();
    for PublishedTable { name, cells, .. } in published() {
        for column in 1..5 {
            let [mut mistakes, mut silent, mut at_formula, mut at_prices] = [0; 4];
            let formula = formula(name);
            for edit in digit_edits(&formula[1][column]).iter().filter(|edit| is_whole(edit) || *edit == "0") {
                let mut edited = formula.clone();
                edited[1][column].clone_from(edit);
                // `up` may not be more than `nearest`, which is reported at `up`.
                if edited == formula || (column == 3 && steps(&edited[1][3]) < steps(&edited[1][4])) {
                    continue;
                }
                mistakes += 1;
                let diagnostics = diagnostics_with(name, &cells, &edited);
                match &diagnostics[..] {
                    [] => silent += 1,
                    [diagnostic] if diagnostic.path() == "tables/formulas.csv" => at_formula += 1,
                    several => {
                        let names_formula = |it: &Diagnostic| it.help().unwrap().contains("in formulas.csv");
                        assert!(several.len() <= 6 && several.iter().all(names_formula), "{several:#?}");
                        at_prices += 1;
                    }
                }
            }
            let column = &formula[0][column];
            writeln!(report, "{name:9}{column:27}{mistakes:3}{silent:3}{at_formula:3}{at_prices:3}").unwrap();
        }
    }
    insta::assert_snapshot!(report);
}
