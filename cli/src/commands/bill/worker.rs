//! Prices the blocks of a log, in as many threads as there are cores.

use std::num::NonZero;
use std::str;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::causes::Causes;
use super::columns::{HeaderAgain, LogColumn, LogColumns};
use super::failure::{Failure, label_of};
use super::fast::{Memo, Position, Record, Splitter, number};
use super::fields::SeenFields;
use super::groups::{AllGroups, Group, GroupKey, Groups, SharedGroups, edition_cell};
use super::json::{self, JsonObject, JsonReader};
use super::log::{Block, Log, LogOptions};
use super::other_counts::{self, OtherNumber};
use super::output::{Ordered, Outputs};
use super::pricing::{Aliases, Cost, Images, LogEngine, MALFORMED, Reason, RowNumbers, Rules, cost};
use super::request;
use super::rows::{self, EditionTexts, LogRow};
use super::separator::separator_option;
use super::time::{Clock, Period, PeriodText};
use super::totals::{LogLine, Overflow};
use super::unknown::UnknownEngines;
use crate::book::Book;
use crate::editions::{Edition, Editions};

/// What the workers do with each row.
#[derive(Clone, Copy)]
pub(super) struct BillPlan<'a> {
    pub(super) log: LogOptions<'a>,
    pub(super) aliases: &'a Aliases,
    pub(super) editions: &'a Editions,
    /// Reads the times of rows, if they matter.
    pub(super) clock: Option<&'a Clock>,
    /// What the rows are grouped by, before the columns.
    pub(super) period: Option<Period>,
    pub(super) estimates: bool,
    /// Whether the outputs are wanted.
    pub(super) has_rows: bool,
    pub(super) has_unpriced: bool,
}

impl<'a> BillPlan<'a> {
    fn rules(&self) -> Rules<'a> {
        let &Self { log: LogOptions { names, .. }, aliases, editions, clock, estimates, .. } = self;
        Rules { names, aliases, editions, clock, estimates }
    }
}

/// What is known of all rows, besides their groups.
pub(super) struct Billed {
    pub(super) causes: Causes,
    pub(super) fields: SeenFields,
    /// The rows that are not malformed, and whose number of images is empty or missing.
    pub(super) blank_images: u64,
    /// The rows for which a condition does not hold.
    pub(super) left_out: u64,
    /// The headers in the middle of a log.
    pub(super) headers_again: u64,
    /// Whether cells that rows are grouped by are not UTF-8.
    pub(super) not_utf_8: bool,
    pub(super) unknown: UnknownEngines,
}

/// Prices all rows and returns their totals.
pub(super) fn price(
    plan: BillPlan,
    log: Log,
    ordered: &Ordered,
    workers: usize,
) -> Result<(AllGroups, Billed), Failure> {
    let (log, groups) = (Mutex::new(log), SharedGroups::new());
    let run = || {
        let mut worker = Worker::new(plan, &groups);
        let result = worker.run(&log, ordered);
        if result.is_err() {
            log.lock().unwrap_or_else(PoisonError::into_inner).close();
            ordered.stop();
        }
        result.map(|()| worker.billed)
    };
    let results: Vec<Result<Billed, Failure>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(run)).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    });
    // A worker finishes each block that it has begun, so the first failure in the log is among these.
    let (results, failures): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    if let Some(failure) = failures.into_iter().filter_map(Result::err).min_by_key(Failure::position) {
        return Err(failure);
    }
    Ok((groups.finish(), results.into_iter().flatten().fold(Billed::new(), Billed::merge)))
}

impl Billed {
    pub(super) fn new() -> Self {
        Self {
            causes: Causes::new(),
            fields: SeenFields::default(),
            unknown: UnknownEngines::default(),
            blank_images: 0,
            left_out: 0,
            headers_again: 0,
            not_utf_8: false,
        }
    }

    fn merge(mut self, other: Self) -> Self {
        let Self { causes, fields, unknown, blank_images, left_out, headers_again, not_utf_8 } = other;
        self.causes.merge(causes);
        self.fields.merge(fields);
        self.unknown.merge(&unknown);
        self.blank_images += blank_images;
        self.left_out += left_out;
        self.headers_again += headers_again;
        self.not_utf_8 |= not_utf_8;
        self
    }
}

/// Returns the number of threads.
pub(super) fn workers() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What is known of the rows of an engine in an edition.
#[derive(Clone, Copy)]
struct KnownEngine {
    engine: LogEngine,
    /// Their group, if rows are grouped only by the engine.
    group: Option<Group>,
}

impl KnownEngine {
    const MISSING: Self = Self { engine: LogEngine::Unpriced(Reason::Malformed), group: None };

    fn without_edition(id: &[u8]) -> Self {
        let reason = if str::from_utf8(id).is_ok() { Reason::NoEdition } else { Reason::Malformed };
        Self { engine: LogEngine::Unpriced(reason), group: None }
    }
}

/// What a worker remembers of an edition.
struct EditionMemory {
    book: &'static Book,
    engines: Memo<KnownEngine>,
    texts: EditionTexts,
    /// The last cell of the groups of its rows, if a row can have no edition or another one.
    group_cell: Option<String>,
}

struct Worker<'a> {
    plan: BillPlan<'a>,
    billed: Billed,
    groups: Groups,
    shared: &'a SharedGroups,
    key: GroupKey,
    editions: Vec<EditionMemory>,
    periods: PeriodText,
    output: Outputs<Vec<u8>>,
    has_numeric_null: bool,
    /// Whether rows are grouped only by their engine.
    is_by_engine: bool,
    /// Whether groups have the edition as their last cell.
    has_edition_cell: bool,
}

impl<'a> Worker<'a> {
    fn new(plan: BillPlan<'a>, shared: &'a SharedGroups) -> Self {
        let editions = plan.editions.all();
        let memory = |(at, Edition { book, .. }): (usize, &Edition)| EditionMemory {
            book,
            engines: Memo::new(),
            texts: EditionTexts::new(book),
            group_cell: plan.editions.are_dated().then(|| edition_cell(at)),
        };
        Self {
            plan,
            billed: Billed::new(),
            groups: shared.worker(),
            shared,
            key: GroupKey::default(),
            editions: editions.iter().enumerate().map(memory).collect(),
            periods: PeriodText::default(),
            output: Outputs::default(),
            has_numeric_null: plan.log.names.has_numeric_null(),
            is_by_engine: plan.period.is_none() && plan.log.names.is_by_engine(),
            has_edition_cell: plan.editions.are_dated(),
        }
    }

    fn run(&mut self, log: &Mutex<Log>, ordered: &Ordered) -> Result<(), Failure> {
        let mut block = Block::default();
        let mut splitter = Splitter::new(b',');
        let mut reader = JsonReader::new(self.plan.log.names, self.plan.log.added);
        while log.lock().unwrap_or_else(PoisonError::into_inner).read(&mut block)? {
            splitter.restart(&mut block.boundary);
            match block.columns.as_deref() {
                Some(columns) if !columns.nested.is_empty() => {
                    self.price_csv_objects(&block, columns, &mut splitter)?;
                }
                Some(columns) => self.price_csv(&block, columns, &mut splitter)?,
                None => self.price_json(&block, &mut reader)?,
            }
            if self.plan.has_rows || self.plan.has_unpriced {
                ordered.write(block.number, &mut self.output)?;
            }
        }
        self.billed.not_utf_8 = self.groups.has_replaced();
        self.move_groups()
    }

    /// Moves the groups to those of all workers.
    #[cold]
    fn move_groups(&mut self) -> Result<(), Failure> {
        self.groups.move_to(self.shared)?;
        // They know groups that are moved.
        self.editions.iter_mut().for_each(|edition| edition.engines.clear());
        Ok(())
    }

    /// Prices a row, adds it to the group of its cells, and writes it to the outputs. A row without numbers is malformed.
    #[expect(clippy::inline_always, reason = "a call takes 4 % of the time of a row")]
    #[inline(always)]
    fn add<'c>(
        &mut self,
        (file, line, row): (&str, LogLine, LogRow),
        (id, time): (Option<&[u8]>, impl FnOnce() -> Option<&'c [u8]>),
        numbers: Option<RowNumbers>,
        by: &(impl Iterator<Item = Option<&'c [u8]>> + Clone),
        cause: impl FnOnce(&mut Causes) -> String,
    ) -> Result<(), Failure> {
        if self.groups.is_full() {
            self.move_groups()?;
        }
        let Self { plan, billed, groups, key, editions, periods, is_by_engine, has_edition_cell, .. } = self;
        let Billed { blank_images, unknown, .. } = billed;
        let names = plan.log.names;
        let (mut day, mut at) = (None, Some(0));
        if let Some(clock) = plan.clock {
            day = time().and_then(|time| clock.day(names.unless_null(time)));
            at = plan.rules().edition(day);
        }
        let mut without = KnownEngine::MISSING;
        let (known, edition_cell) = match (at.and_then(|at| editions.get_mut(at)), id) {
            (Some(EditionMemory { book, engines, group_cell, .. }), Some(id)) => {
                let engine = || LogEngine::new(names.unless_null(id), book, plan.aliases);
                (engines.get(id, || KnownEngine { engine: engine(), group: None }), group_cell.as_deref())
            }
            (Some(edition), None) => (&mut without, edition.group_cell.as_deref()),
            (None, id) => {
                without = id.map_or(KnownEngine::MISSING, KnownEngine::without_edition);
                (&mut without, None)
            }
        };
        let group = if let Some(group) = known.group {
            Ok(group)
        } else {
            key.clear();
            if let Some(period) = plan.period {
                key.push(periods.of(period, day));
            }
            by.clone().for_each(|cell| key.push(cell));
            if *has_edition_cell {
                key.push(edition_cell.map(str::as_bytes));
            }
            groups.find(key)
        };
        known.group = group.ok().filter(|_| *is_by_engine);
        let cost = match numbers {
            Some(numbers) if plan.clock.is_none() || day.is_some() => cost(known.engine, numbers, plan.estimates),
            _ => MALFORMED,
        };
        if numbers.is_some_and(|numbers| numbers.images == Images::Blank) && cost != MALFORMED {
            *blank_images += 1;
        }
        groups.add(group, key, cost, line)?;
        if plan.has_rows {
            let edition = at.and_then(|at| editions.get_mut(at)).map(|edition| &mut edition.texts);
            row.write_cost(&mut self.output.rows, cost, edition, plan.estimates);
        }
        if let Cost::Unpriced { images, reason } = cost {
            if reason == Reason::UnknownEngine {
                unknown.add(names.unless_null(id.unwrap_or_default()), images);
            }
            self.keep(row, (file, line), reason, cause);
        }
        Ok(())
    }

    /// Keeps why a row has no price.
    #[cold]
    fn keep(
        &mut self,
        row: LogRow,
        (file, line): (&str, LogLine),
        reason: Reason,
        cause: impl FnOnce(&mut Causes) -> String,
    ) {
        let has_unpriced = self.plan.has_unpriced;
        let causes = &mut self.billed.causes;
        if has_unpriced || causes.wants(reason) {
            let cause = cause(causes);
            causes.keep(reason, line, &cause);
            if has_unpriced {
                row.write_unpriced(&mut self.output.unpriced, (file, line.line), (reason.name(), &cause));
            }
        }
        if let LogRow::Csv { record, .. } = row {
            causes.keep_open(line, record);
        }
    }

    fn price_csv(&mut self, block: &Block, columns: &LogColumns, splitter: &mut Splitter) -> Result<(), Failure> {
        let rules = self.plan.rules();
        let file = label_of(self.plan.log.files, block.file);
        let mut position = Position { at: 0, line: block.line };
        let (mut first, has_conditions) = (None, !columns.conditions.is_empty());
        while let Some(record) = splitter.next(&block.bytes, &mut position) {
            let line = LogLine { file: block.file, line: record.line };
            let is_whole = columns.fits(&record, rules.names);
            let plain = if is_whole && !self.has_numeric_null { plain_numbers(&record, columns) } else { None };
            if (plain.is_none() || has_conditions) && self.is_left_out(&record, columns, is_whole, line)? {
                continue;
            }
            first.get_or_insert(line);
            match plain {
                Some(numbers) if has_images(numbers, &record, columns, rules) => {
                    self.add_record(line, &record, columns, Some(numbers), &file)?;
                }
                _ => self.add_unusual_record(line, &record, columns, is_whole, &file)?,
            }
        }
        if let Some(line) = first {
            self.billed.fields.add_column(line, columns.has_images());
            self.billed.fields.add_header(rules.names.count());
        }
        Ok(())
    }

    /// Prices a record that has as many cells as the header, and adds it to its group.
    #[expect(clippy::inline_always, reason = "a call takes 4 % of the time of a row")]
    #[inline(always)]
    fn add_record(
        &mut self,
        line: LogLine,
        record: &Record,
        columns: &LogColumns,
        numbers: Option<RowNumbers>,
        file: &str,
    ) -> Result<(), Failure> {
        let rules = self.plan.rules();
        let by = columns.by.iter().map(|&column| record.get(column).map(|cell| rules.names.unless_null(cell)));
        let [engine, .., time] = columns.priced;
        let row = (file, line, LogRow::Csv { record, columns });
        let cause = |causes: &mut Causes| causes.of_record(record, columns, rules);
        self.add(row, (record.get(engine), || record.get(time)), numbers, &by, cause)
    }

    /// Does so with a record that does not have only plain numbers, or is malformed.
    #[cold]
    fn add_unusual_record(
        &mut self,
        line: LogLine,
        record: &Record,
        columns: &LogColumns,
        is_whole: bool,
        file: &str,
    ) -> Result<(), Failure> {
        let rules = self.plan.rules();
        let cause = |causes: &mut Causes| causes.of_record(record, columns, rules);
        let row = (file, line, LogRow::Csv { record, columns });
        if !is_whole {
            // It is unknown which cell belongs to which column.
            return self.add(row, (None, || None), None, &columns.by.iter().map(|_| None), cause);
        }
        let numbers = request::read(|column| columns.cell(record, column, rules.names), rules.names).ok();
        let numbers = numbers.filter(|numbers| has_images(*numbers, record, columns, rules));
        self.add_record(line, record, columns, numbers, file)
    }

    /// Prices CSV with objects in its cells.
    fn price_csv_objects(
        &mut self,
        block: &Block,
        columns: &LogColumns,
        splitter: &mut Splitter,
    ) -> Result<(), Failure> {
        let rules = self.plan.rules();
        let file = label_of(self.plan.log.files, block.file);
        let mut position = Position { at: 0, line: block.line };
        while let Some(record) = splitter.next(&block.bytes, &mut position) {
            let line = LogLine { file: block.file, line: record.line };
            if self.is_header(&record, columns, line)? {
                continue;
            }
            let is_whole = columns.fits(&record, rules.names);
            let object = is_whole.then(|| columns.object(&record, rules.names));
            if let Some(object) = &object {
                self.billed.fields.add_object(line, object, rules.names.count(), || (columns.paths(&record), None));
            }
            let other_number = || columns.other_number(&record, rules.names);
            let row = (&*file, line, LogRow::Csv { record: &record, columns });
            let cause = |causes: &mut Causes| causes.of_record(&record, columns, rules);
            self.price_object(row, object.as_ref(), other_number, rules, cause)?;
        }
        Ok(())
    }

    /// Counts a row that is not billed: one for which a condition does not hold, or a header in the middle of a log.
    #[cold]
    fn is_left_out(
        &mut self,
        record: &Record,
        columns: &LogColumns,
        is_whole: bool,
        line: LogLine,
    ) -> Result<bool, Failure> {
        let names = self.plan.log.names;
        if self.is_header(record, columns, line)? {
            return Ok(true);
        }
        let cell = |column: usize| names.unless_null(record.get(column).unwrap_or_default());
        let mut conditions = names.conditions.iter().zip(&columns.conditions);
        // Without knowing which cell belongs to which column, nothing is known about the row.
        let is_left_out = is_whole && !conditions.all(|(condition, column)| condition.holds(cell(*column)));
        self.billed.left_out += u64::from(is_left_out);
        Ok(is_left_out)
    }

    /// Counts a header in the middle of a log.
    fn is_header(&mut self, record: &Record, columns: &LogColumns, line: LogLine) -> Result<bool, Failure> {
        let message = match columns.header_again(record) {
            None => return Ok(false),
            Some(HeaderAgain::Same) => {
                self.billed.headers_again += 1;
                return Ok(true);
            }
            Some(HeaderAgain::Other) => {
                "a header with other columns than the first line: bill what follows it as a log of its own".to_owned()
            }
            Some(HeaderAgain::OtherSeparator) => {
                let option = separator_option(columns.separator);
                format!(
                    "this line names another separator than that of the log: bill what follows it as a log of its own, or add \
                     {option} if its cells are separated as before"
                )
            }
        };
        Err(Failure::at(line.file, line.line, message))
    }

    fn price_json(&mut self, block: &Block, reader: &mut JsonReader) -> Result<(), Failure> {
        let rules = self.plan.rules();
        let file = rows::json_string(&label_of(self.plan.log.files, block.file));
        let mut object = JsonObject::new(rules.names.count());
        for (at, text) in block.json() {
            let line = LogLine { file: block.file, line: at };
            let parsed = reader.parse(text, &mut object).map(|()| &object);
            let object = parsed.as_ref().ok().copied();
            match object {
                Some(object) => {
                    let seen = || {
                        let paths = json::paths_of(text);
                        let rows = block.rows_in(text, &paths, rules.names);
                        (paths, rows)
                    };
                    self.billed.fields.add_object(line, object, rules.names.count(), seen);
                }
                None => self.billed.fields.add_other(line, text),
            }
            let other_number = || other_counts::in_line(text, object.is_some_and(JsonObject::has_count), rules.names);
            let row = (&*file, line, LogRow::Json { text, is_object: object.is_some() });
            let cause = |causes: &mut Causes| causes.of_object(&parsed, text, rules);
            self.price_object(row, object, other_number, rules, cause)?;
        }
        Ok(())
    }

    /// Prices an object, or a row without one, which is malformed, unless a condition leaves it out.
    fn price_object(
        &mut self,
        row: (&str, LogLine, LogRow),
        object: Option<&JsonObject>,
        other_number: impl FnOnce() -> Option<OtherNumber>,
        rules: Rules,
        cause: impl FnOnce(&mut Causes) -> String,
    ) -> Result<(), Failure> {
        let names = rules.names;
        let (_, line, _) = row;
        if let Some(object) = object {
            if let Some(message) = object.refusal(names) {
                return Err(Failure::at(line.file, line.line, message));
            }
            if !object.is_billed(names) && !object.has_flaw() {
                self.billed.left_out += 1;
                return Ok(());
            }
            self.billed.fields.add_images_of(line, object);
        }
        let by = (0..names.by.len()).map(|at| {
            let value = object?.value(LogColumn::COUNT + at);
            value.map(|value| names.unless_null(value))
        });
        let cell = |column| object?.cell(column, names);
        let time = || cell(LogColumn::Time);
        let (mut engine, mut numbers) = (None, None);
        if object.is_some_and(|object| !object.has_flaw()) {
            engine = cell(LogColumn::Engine);
            let number = |column| cell(column).and_then(number);
            let [width, height, steps] =
                [number(LogColumn::Width), number(LogColumn::Height), number(LogColumn::Steps)];
            let plain = [width, height, steps, number(LogColumn::Images)];
            numbers = RowNumbers::plain(plain, || cell(LogColumn::Images)).filter(|_| !self.has_numeric_null);
            numbers = numbers.or_else(|| request::read(cell, names).ok());
            let has_images = |numbers: &RowNumbers| numbers.images != Images::Blank || other_number().is_none();
            numbers = numbers.filter(has_images);
        }
        self.add(row, (engine, time), numbers, &by, cause)
    }
}

/// Returns the numbers of a record that has only plain ones.
#[expect(clippy::inline_always, reason = "a call takes 4 % of the time of a row")]
#[inline(always)]
fn plain_numbers(record: &Record, columns: &LogColumns) -> Option<RowNumbers> {
    let [_, width, height, steps, images, ..] = columns.priced;
    // `map` would not be inlined.
    let numbers = [record.number(width), record.number(height), record.number(steps), record.number(images)];
    RowNumbers::plain(numbers, || record.get(images))
}

/// Returns whether the number of images of a record is known.
#[inline]
fn has_images(numbers: RowNumbers, record: &Record, columns: &LogColumns, rules: Rules) -> bool {
    numbers.images != Images::Blank || columns.other_number(record, rules.names).is_none()
}

impl From<Overflow> for Failure {
    fn from(overflow: Overflow) -> Self {
        Self::Other(overflow.to_string())
    }
}
