//! Prices one row of a log.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::str;

use dreamstudio_pricing::book::BookTable;
use dreamstudio_pricing::{Credits, Settings};
use jiff::civil::Date;
use serde::Serialize;

use super::columns::ColumnNames;
use super::time::Clock;
use crate::book::Book;
use crate::editions::{Edition, Editions};
use crate::names;

/// Why a row has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
// As wide as an amount, so that a `Cost` can be copied in whole words.
#[repr(u64)]
pub(super) enum Reason {
    /// Only with times: a row before the first edition.
    NoEdition,
    UnknownEngine,
    Size,
    Steps,
    SizeAndSteps,
    /// Only with estimates: without, a row that the API rejects has one of the reasons above.
    NotAccepted,
    /// An amount that is above the largest one.
    TooLarge,
    /// A negative number of images.
    Refund,
    Malformed,
}

impl Reason {
    pub(super) const COUNT: usize = 9;

    pub(super) const ALL: [Self; Self::COUNT] = [
        Self::NoEdition,
        Self::UnknownEngine,
        Self::Size,
        Self::Steps,
        Self::SizeAndSteps,
        Self::NotAccepted,
        Self::TooLarge,
        Self::Refund,
        Self::Malformed,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NoEdition => "no-edition",
            Self::UnknownEngine => "unknown-engine",
            Self::Size => "size",
            Self::Steps => "steps",
            Self::SizeAndSteps => "size-and-steps",
            Self::NotAccepted => "not-accepted",
            Self::TooLarge => "too-large",
            Self::Refund => "refund",
            Self::Malformed => "malformed",
        }
    }

    /// Returns whether the table has no such cell. It may have an estimate.
    pub(super) fn is_of_table(self) -> bool {
        matches!(self, Self::Size | Self::Steps | Self::SizeAndSteps)
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::NoEdition => "before the first edition",
            Self::UnknownEngine => "unknown engine",
            Self::Size => "size not in the table",
            Self::Steps => "steps not in the table",
            Self::SizeAndSteps => "size and steps not in the table",
            Self::NotAccepted => "not accepted by the API",
            Self::TooLarge => "amount too large",
            Self::Refund => "refund",
            Self::Malformed => "malformed",
        }
    }
}

/// What is known of the cost of a row. Amounts are for all its images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    Price { images: u64, credits: Credits },
    Estimate { images: u64, expected: Option<Credits>, at_most: Credits },
    Unpriced { images: u64, reason: Reason },
}

/// The number of images of a malformed row is unknown.
pub(super) const MALFORMED: Cost = Cost::Unpriced { images: 0, reason: Reason::Malformed };

/// What the cost of a row depends on besides its cells.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) names: &'a ColumnNames,
    pub(super) aliases: &'a Aliases,
    pub(super) editions: &'a Editions,
    /// Reads the times of rows, if these decide which edition is in force, or are grouped by.
    pub(super) clock: Option<&'a Clock>,
    pub(super) estimates: bool,
}

impl Rules<'_> {
    /// Returns the edition of a row, by its day if it has one.
    #[inline]
    pub(super) fn edition(&self, day: Option<Date>) -> Option<usize> {
        if self.editions.are_dated() { self.editions.on(day?) } else { Some(0) }
    }
}

/// The number of images of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
// As wide as a number, so that it can be copied in whole words.
#[repr(u64)]
pub(super) enum Images {
    Given(u64),
    /// The row does not have it, and is for one image.
    Blank,
    /// A negative number, as its absolute value.
    Refund(u64),
}

/// The numbers of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowNumbers {
    /// None of its numbers is zero.
    pub(super) settings: Settings,
    pub(super) images: Images,
}

impl RowNumbers {
    /// Returns the numbers of a row that has only plain ones, and no others: by its width, height, steps and images,
    /// and by the cell of the images.
    #[inline]
    pub(super) fn plain<'a>(
        numbers: [Option<NonZero<u64>>; 4],
        images: impl FnOnce() -> Option<&'a [u8]>,
    ) -> Option<Self> {
        let [width, height, steps, count] = numbers;
        let side = |number: Option<NonZero<u64>>| u32::try_from(number?.get()).ok();
        let settings = Settings::size(side(width)?, side(height)?).steps(side(steps)?);
        let images = match count {
            Some(count) => Images::Given(count.get()),
            None if images().is_none_or(<[u8]>::is_empty) => Images::Blank,
            None => return None,
        };
        Some(Self { settings, images })
    }
}

/// Prices a row.
#[inline]
pub(super) fn cost(engine: LogEngine, numbers: RowNumbers, estimates: bool) -> Cost {
    let RowNumbers { settings, images } = numbers;
    let images = match images {
        Images::Given(images) => images,
        Images::Blank => 1,
        Images::Refund(images) => return refund(engine, images),
    };
    let table = match engine {
        LogEngine::Priced(table) => table,
        LogEngine::Unpriced(reason) => return unpriced(reason, images),
    };
    match table.look_up(settings) {
        Some(per_image) => match per_image.checked_mul(images) {
            Some(credits) => Cost::Price { images, credits },
            None => Cost::Unpriced { images, reason: Reason::TooLarge },
        },
        None => cost_of_unlisted(table, settings, images, estimates),
    }
}

/// Returns the cost of a row without a table. The number of images of a malformed row is unknown.
#[cold]
fn unpriced(reason: Reason, images: u64) -> Cost {
    if reason == Reason::Malformed { MALFORMED } else { Cost::Unpriced { images, reason } }
}

#[cold]
fn refund(engine: LogEngine, images: u64) -> Cost {
    match engine {
        LogEngine::Unpriced(Reason::Malformed) => MALFORMED,
        _ => Cost::Unpriced { images, reason: Reason::Refund },
    }
}

/// Prices a row whose settings the table does not have.
#[cold]
fn cost_of_unlisted(table: &BookTable, settings: Settings, images: u64, estimates: bool) -> Cost {
    if estimates && table.accepts(settings, 1).is_err() {
        return Cost::Unpriced { images, reason: Reason::NotAccepted };
    }
    if let Some(Ok(per_image)) = estimates.then(|| table.estimate(settings)) {
        if images == 0 {
            // An estimate is for one image or more. No image costs nothing.
            return Cost::Estimate { images, expected: Some(Credits::ZERO), at_most: Credits::ZERO };
        }
        return match per_image.checked_mul(images) {
            Some(total) => Cost::Estimate { images, expected: total.expected(), at_most: total.at_most() },
            None => Cost::Unpriced { images, reason: Reason::TooLarge },
        };
    }
    let has_size = table.lists.sizes.contains(&(settings.width, settings.height));
    let reason = match (has_size, table.lists.steps.contains(&settings.steps)) {
        (false, false) => Reason::SizeAndSteps,
        (false, true) => Reason::Size,
        (true, _) => Reason::Steps,
    };
    Cost::Unpriced { images, reason }
}

/// What is known of the engine of a row.
#[derive(Clone, Copy)]
pub(super) enum LogEngine {
    Priced(&'static BookTable),
    /// It is unknown, or malformed: missing, or not UTF-8.
    Unpriced(Reason),
}

impl LogEngine {
    /// Finds an engine by its id, a table by its name, or either by an alias.
    pub(super) fn new(cell: &[u8], book: &'static Book, aliases: &Aliases) -> Self {
        let Ok(id) = str::from_utf8(cell) else { return Self::Unpriced(Reason::Malformed) };
        let table = book.for_name(id).or_else(|| book.for_name(aliases.0.get(id)?));
        table.map_or(Self::Unpriced(Reason::UnknownEngine), Self::Priced)
    }
}

/// Names that logs have for engines or tables, and the names of these.
#[derive(Default)]
pub(super) struct Aliases(BTreeMap<String, String>);

/// One of them: `NAME-IN-THE-LOG=ENGINE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alias {
    name: String,
    engine: String,
}

impl Alias {
    /// Parses an alias, which may have the character `=`. The id of an engine does not.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parts = text.rsplit_once('=');
        let (name, engine) = parts.ok_or("an alias is NAME-IN-THE-LOG=ENGINE, such as stability/sdxl=sdxl")?;
        Ok(Self { name: name.to_owned(), engine: engine.to_owned() })
    }
}

impl Aliases {
    /// Collects aliases of what the editions have.
    ///
    /// # Errors
    ///
    /// Returns which one is there twice, has no engine in any edition, or is the name of another engine.
    pub(super) fn new(aliases: &[Alias], editions: &Editions) -> Result<Self, String> {
        let is_known = |name: &str| editions.all().iter().any(|edition| edition.book.for_name(name).is_some());
        let mut all = BTreeMap::new();
        for Alias { name, engine } in aliases {
            if !is_known(engine) {
                let last = editions.all().last().map(|Edition { book, .. }| names::unknown(book, engine));
                return Err(last.unwrap_or_default());
            }
            if is_known(name) {
                return Err(format!("`{name}` is the name of an engine or a table, and cannot stand for another one"));
            }
            if all.insert(name.clone(), engine.clone()).is_some() {
                return Err(format!("--engine names `{name}` twice: leave out one of them"));
            }
        }
        Ok(Self(all))
    }
}

#[cfg(test)]
mod tests {
    use dreamstudio_pricing::Table;

    use super::super::fast::number;
    use super::*;
    use crate::editions::EditionArguments;

    fn engine_of(cell: &[u8], aliases: &Aliases) -> LogEngine {
        LogEngine::new(cell, Book::built_in(), aliases)
    }

    fn cost(cells: [&str; 5], estimates: bool) -> Cost {
        let [engine, width, height, steps, images] = cells.map(str::as_bytes);
        let numbers = [width, height, steps, images].map(number);
        let numbers = RowNumbers::plain(numbers, || Some(images)).unwrap();
        super::cost(engine_of(engine, &Aliases::default()), numbers, estimates)
    }

    /// Returns a table with the first of its sizes and step counts.
    fn request() -> (Table, String, String, String) {
        let table = Table::ALL[0];
        let (width, height) = table.sizes()[0];
        (table, width.to_string(), height.to_string(), table.steps()[0].to_string())
    }

    #[test]
    fn each_reason_is_found() {
        let (table, width, height, steps) = request();
        let (engine, width, height, steps) = (table.engines()[0], &*width, &*height, &*steps);
        let reason = |cells: [&str; 5]| match cost(cells, false) {
            Cost::Unpriced { images, reason } => (images, reason),
            cost => panic!("{cost:?}"),
        };
        assert_eq!(reason([engine, "1", height, steps, "2"]), (2, Reason::Size));
        assert_eq!(reason([engine, width, height, "1", "2"]), (2, Reason::Steps));
        assert_eq!(reason([engine, "1", height, "1", "2"]), (2, Reason::SizeAndSteps));
        assert_eq!(reason(["no-such-engine", "1", height, "1", "2"]), (2, Reason::UnknownEngine));
        assert_eq!(reason(["", "1", height, "1", "2"]), (2, Reason::UnknownEngine));
    }

    #[test]
    fn plain_numbers_have_only_digits() {
        for cells in [
            ["x", "1", "1", "1"],
            ["1", "", "1", "1"],
            ["1", "1", "-1", "1"],
            ["1", "1", "1", "0"],
            ["1", "4294967296", "1", "1"],
        ] {
            let cells = cells.map(str::as_bytes);
            assert_eq!(RowNumbers::plain(cells.map(number), || Some(cells[3])), None);
        }
        let one = NonZero::new(1);
        for images in [None, Some(&b""[..])] {
            let numbers = RowNumbers::plain([one, one, one, None], || images);
            assert_eq!(numbers.map(|numbers| numbers.images), Some(Images::Blank));
        }
    }

    #[test]
    fn a_reason_is_the_code_of_the_error_of_the_library() {
        let (table, ..) = request();
        let ((width, height), steps) = (table.sizes()[0], table.steps()[0]);
        for (reason, code) in [
            (Reason::UnknownEngine, Table::for_engine("no-such-engine").unwrap_err().code()),
            (Reason::Size, table.price(1, 1, steps).unwrap_err().code()),
            (Reason::Steps, table.price(width, height, 1).unwrap_err().code()),
            (Reason::SizeAndSteps, table.price(1, 1, 1).unwrap_err().code()),
        ] {
            assert_eq!(reason.name(), code);
        }
    }

    #[test]
    fn the_name_of_a_table_is_an_engine_too() {
        let (table, width, height, steps) = request();
        let cells = |engine| [engine, &*width, &*height, &*steps, ""];
        let price = table.cells().next().unwrap().price;
        assert_eq!(cost(cells(table.name()), false), Cost::Price { images: 1, credits: price });
        assert_eq!(cost(cells(table.engines()[0]), true), Cost::Price { images: 1, credits: price });
    }

    #[test]
    fn an_estimate_is_only_made_on_demand() {
        let (table, width, height, _) = request();
        // The API accepts a step count between two that it accepts.
        let mut between = table.steps()[0]..*table.steps().last().unwrap();
        let Some(steps) = between.find(|count| !table.steps().contains(count)) else { return };
        let estimate = table.estimate(width.parse().unwrap(), height.parse().unwrap(), steps).unwrap();
        let steps = steps.to_string();
        let cells = [table.name(), &*width, &*height, &*steps, "3"];
        assert_eq!(cost(cells, false), Cost::Unpriced { images: 3, reason: Reason::Steps });
        let total = estimate.checked_mul(3).unwrap();
        let wanted = Cost::Estimate { images: 3, expected: total.expected(), at_most: total.at_most() };
        assert_eq!(cost(cells, true), wanted);
    }

    #[test]
    fn a_row_that_the_api_rejects_has_no_estimate() {
        let (table, _, _, steps) = request();
        let largest = [table.name(), "4294967295", "4294967295", &*steps, "3"];
        assert_eq!(cost(largest, false), Cost::Unpriced { images: 3, reason: Reason::Size });
        let is_accepted = table.accepts(Settings::size(u32::MAX, u32::MAX).steps(table.steps()[0])).is_ok();
        let reason = if is_accepted { Reason::Size } else { Reason::NotAccepted };
        assert_eq!(cost(largest, true), Cost::Unpriced { images: 3, reason });
    }

    #[test]
    fn a_row_that_costs_more_than_the_largest_amount_is_too_large() {
        let (table, width, height, steps) = request();
        let cells = [table.name(), &*width, &*height, &*steps, "18446744073709551615"];
        assert_eq!(cost(cells, false), Cost::Unpriced { images: u64::MAX, reason: Reason::TooLarge });
    }

    #[test]
    fn no_images_cost_nothing_and_a_refund_is_not_priced() {
        let (table, width, height, steps) = request();
        let sides = [&*width, &*height, &*steps].map(|side| side.parse().unwrap());
        let cost = |engine: &str, sides: [u32; 3], images, estimates| {
            let [width, height, steps] = sides;
            let settings = Settings::size(width, height).steps(steps);
            super::cost(engine_of(engine.as_bytes(), &Aliases::default()), RowNumbers { settings, images }, estimates)
        };
        assert_eq!(
            cost(table.name(), sides, Images::Given(0), false),
            Cost::Price { images: 0, credits: Credits::ZERO }
        );
        let [width, height, _] = sides;
        let zero = cost(table.name(), [width, height, 1], Images::Given(0), false);
        assert_eq!(zero, Cost::Unpriced { images: 0, reason: Reason::Steps });
        for engine in [table.name(), "no-such-engine"] {
            let wanted = Cost::Unpriced { images: 2, reason: Reason::Refund };
            assert_eq!(cost(engine, sides, Images::Refund(2), true), wanted);
        }
        let mut between = table.steps()[0]..*table.steps().last().unwrap();
        let Some(steps) = between.find(|count| !table.steps().contains(count)) else { return };
        let wanted = Cost::Estimate { images: 0, expected: Some(Credits::ZERO), at_most: Credits::ZERO };
        assert_eq!(cost(table.name(), [width, height, steps], Images::Given(0), true), wanted);
    }

    #[test]
    fn an_alias_stands_for_an_engine_or_a_table() {
        let (table, ..) = request();
        let (engine, name) = (table.engines()[0], table.name());
        let editions = EditionArguments::default().editions().unwrap();
        let aliases = |texts: &[&str]| {
            let aliases: Vec<Alias> = texts.iter().map(|text| Alias::parse(text).unwrap()).collect();
            Aliases::new(&aliases, &editions)
        };
        for (text, alias) in
            [(format!("a/b={engine}"), "a/b"), (format!("x=y={name}"), "x=y"), (format!("={name}"), "")]
        {
            let aliases = aliases(&[&*text]).unwrap();
            let LogEngine::Priced(found) = engine_of(alias.as_bytes(), &aliases) else { panic!("{text}") };
            assert_eq!(found.lists.name, name);
            assert!(matches!(engine_of(b"A/b", &aliases), LogEngine::Unpriced(Reason::UnknownEngine)));
        }
        for text in ["", "a"] {
            assert!(Alias::parse(text).is_err(), "{text}");
        }
        for text in ["a=", "a=no-such-engine", &*format!("{engine}={name}"), &*format!("a={name} ")] {
            assert!(aliases(&[text]).is_err(), "{text}");
        }
        let twice = aliases(&[&*format!("a={name}"), &*format!("a={engine}")]);
        assert_eq!(twice.err().unwrap(), "--engine names `a` twice: leave out one of them");
    }
}
