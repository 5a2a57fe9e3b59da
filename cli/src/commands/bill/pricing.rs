//! Prices one row of a log.

use std::num::NonZero;
use std::str;

use dreamstudio_pricing::{Credits, EstimateError, NotPriced, QuoteError, Table};
use serde::Serialize;

/// Why a row has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
// As wide as an amount, so that a `Cost` can be copied in whole words.
#[repr(u64)]
pub(super) enum Reason {
    UnknownEngine,
    Size,
    Steps,
    SizeAndSteps,
    /// Only with estimates: without, a row that the API rejects has one of the reasons above.
    NotAccepted,
    Malformed,
}

impl Reason {
    pub(super) const COUNT: usize = 6;

    pub(super) const ALL: [Self; Self::COUNT] =
        [Self::UnknownEngine, Self::Size, Self::Steps, Self::SizeAndSteps, Self::NotAccepted, Self::Malformed];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UnknownEngine => "unknown-engine",
            Self::Size => "size",
            Self::Steps => "steps",
            Self::SizeAndSteps => "size-and-steps",
            Self::NotAccepted => "not-accepted",
            Self::Malformed => "malformed",
        }
    }

    /// Returns whether the table has no such cell. It may have an estimate.
    pub(super) fn is_of_table(self) -> bool {
        matches!(self, Self::Size | Self::Steps | Self::SizeAndSteps)
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::UnknownEngine => "unknown engine",
            Self::Size => "size not in the table",
            Self::Steps => "steps not in the table",
            Self::SizeAndSteps => "size and steps not in the table",
            Self::NotAccepted => "not accepted by the API",
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

/// Returns the number of images of a row, by its cell and the number in it: one if there is no cell, or an empty one.
#[inline]
pub(super) fn images<'a>(
    number: Option<NonZero<u64>>,
    cell: impl FnOnce() -> Option<&'a [u8]>,
) -> Option<NonZero<u64>> {
    number.or_else(|| cell().is_none_or(<[u8]>::is_empty).then_some(NonZero::<u64>::MIN))
}

/// Prices a row by its engine, and by its width, height, steps and number of images. `None` is a cell that is missing
/// or not a number.
///
/// # Errors
///
/// Returns a message if an amount is too large.
#[inline]
pub(super) fn cost(engine: LogEngine, numbers: [Option<NonZero<u64>>; 4], estimates: bool) -> Result<Cost, String> {
    let [width, height, steps, images] = numbers;
    let small = |number: Option<NonZero<u64>>| u32::try_from(number?.get()).ok();
    let (Some(width), Some(height), Some(steps), Some(images)) = (small(width), small(height), small(steps), images)
    else {
        return Ok(MALFORMED);
    };
    let images = images.get();
    let table = match engine {
        LogEngine::Priced(table) => table,
        LogEngine::Unknown => return Ok(Cost::Unpriced { images, reason: Reason::UnknownEngine }),
        LogEngine::Malformed => return Ok(MALFORMED),
    };
    match table.price(width, height, steps) {
        Ok(per_image) => match per_image.checked_mul(images) {
            Some(credits) => Ok(Cost::Price { images, credits }),
            None => Err(QuoteError::TooLarge { per_image, images }.to_string()),
        },
        Err(error) => cost_of_unlisted(error, images, estimates),
    }
}

/// Prices a row whose settings the table does not have.
#[cold]
fn cost_of_unlisted(error: NotPriced, images: u64, estimates: bool) -> Result<Cost, String> {
    let (table, settings) = (error.table(), error.settings());
    if estimates && table.accepts(settings).is_err() {
        return Ok(Cost::Unpriced { images, reason: Reason::NotAccepted });
    }
    if let Some(Ok(per_image)) = estimates.then(|| table.estimate_of(settings)) {
        return match per_image.checked_mul(images) {
            Some(total) => Ok(Cost::Estimate { images, expected: total.expected(), at_most: total.at_most() }),
            None => Err(EstimateError::TooLarge { per_image, images }.to_string()),
        };
    }
    let reason = match (error.has_size(), error.has_steps()) {
        (false, false) => Reason::SizeAndSteps,
        (false, true) => Reason::Size,
        (true, _) => Reason::Steps,
    };
    Ok(Cost::Unpriced { images, reason })
}

/// What is known of the engine of a row.
#[derive(Clone, Copy)]
pub(super) enum LogEngine {
    Priced(Table),
    Unknown,
    /// The id is missing, or not UTF-8.
    Malformed,
}

impl LogEngine {
    /// Finds an engine by its id, or a table by its name.
    pub(super) fn new(cell: &[u8]) -> Self {
        match str::from_utf8(cell).map(Table::for_engine) {
            Ok(Ok(table)) => Self::Priced(table),
            Ok(Err(error)) => error.table().map_or(Self::Unknown, Self::Priced),
            Err(_) => Self::Malformed,
        }
    }
}

/// Finds the table of an engine.
pub(super) fn table_of(engine: &[u8]) -> Option<Table> {
    match LogEngine::new(engine) {
        LogEngine::Priced(table) => Some(table),
        LogEngine::Unknown | LogEngine::Malformed => None,
    }
}

#[cfg(test)]
mod tests {
    use dreamstudio_pricing::Settings;

    use super::super::columns::LogColumn;
    use super::super::fast::number;
    use super::*;

    fn try_cost(cells: [&str; 5], estimates: bool) -> Result<Cost, String> {
        let cell = |column: LogColumn| Some(cells[column as usize].as_bytes());
        let number = |column| cell(column).and_then(number);
        let images = images(number(LogColumn::Images), || cell(LogColumn::Images));
        let numbers = [number(LogColumn::Width), number(LogColumn::Height), number(LogColumn::Steps), images];
        super::cost(LogEngine::new(cells[0].as_bytes()), numbers, estimates)
    }

    fn cost(cells: [&str; 5], estimates: bool) -> Cost {
        try_cost(cells, estimates).unwrap()
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
        for cells in [
            ["no-such-engine", "x", height, steps, "2"],
            [engine, "", height, steps, "2"],
            [engine, width, "4294967296", steps, "2"],
            [engine, width, height, "-1", "2"],
            [engine, width, height, steps, "0"],
        ] {
            assert_eq!(reason(cells), (0, Reason::Malformed), "{cells:?}");
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
    fn a_row_that_costs_more_than_the_largest_amount_is_an_error() {
        let (table, width, height, steps) = request();
        let cells = [table.name(), &*width, &*height, &*steps, "18446744073709551615"];
        let error = try_cost(cells, false).unwrap_err();
        assert!(error.starts_with("18446744073709551615 images at "), "{error}");
    }
}
