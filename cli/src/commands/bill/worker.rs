//! Prices the blocks of a log, in as many threads as there are cores.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::causes::Causes;
use super::columns::{LogColumn, LogColumns};
use super::failure::{Failure, label_of};
use super::fast::Memo;
use super::fast::{Position, Splitter};
use super::fields::SeenFields;
use super::json;
use super::log::{Block, Log, LogOptions};
use super::output::{Ordered, Outputs};
use super::pricing::{Cost, LogEngine, MALFORMED, cost, images};
use super::rows::{self, AmountTexts, LogRow};
use super::totals::{Group, GroupKey, Groups, LogLine, Overflow};
use crate::csv;

/// What the workers do with each row.
#[derive(Clone, Copy)]
pub(super) struct BillPlan<'a> {
    pub(super) log: LogOptions<'a>,
    pub(super) estimates: bool,
    /// Whether the outputs are wanted.
    pub(super) has_rows: bool,
    pub(super) has_unpriced: bool,
}

/// What is known of all rows.
pub(super) struct Billed {
    pub(super) groups: Groups,
    pub(super) causes: Causes,
    pub(super) fields: SeenFields,
}

/// Prices all rows and returns their totals.
pub(super) fn price(plan: BillPlan, log: Log, ordered: &Ordered, workers: usize) -> Result<Billed, Failure> {
    let log = Mutex::new(log);
    let run = || {
        let mut worker = Worker::new(plan);
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
    let mut billed = Billed::new();
    for Billed { groups, causes, fields } in results.into_iter().flatten() {
        billed.groups.merge(groups).map_err(Failure::from)?;
        billed.causes.merge(causes);
        billed.fields.merge(fields);
    }
    Ok(billed)
}

impl Billed {
    fn new() -> Self {
        Self { groups: Groups::new(), causes: Causes::new(), fields: SeenFields::default() }
    }
}

/// Returns the number of threads.
pub(super) fn workers() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What is known of the rows of an engine.
#[derive(Clone, Copy)]
struct KnownEngine {
    engine: LogEngine,
    /// Their group, if rows are grouped only by the engine.
    group: Option<Group>,
}

struct Worker<'a> {
    plan: BillPlan<'a>,
    billed: Billed,
    key: GroupKey,
    engines: Memo<KnownEngine>,
    amounts: AmountTexts,
    output: Outputs<Vec<u8>>,
}

impl<'a> Worker<'a> {
    fn new(plan: BillPlan<'a>) -> Self {
        Self {
            plan,
            billed: Billed::new(),
            key: GroupKey::default(),
            engines: Memo::new(),
            amounts: AmountTexts::new(),
            output: Outputs::default(),
        }
    }

    fn run(&mut self, log: &Mutex<Log>, ordered: &Ordered) -> Result<(), Failure> {
        let mut block = Block::default();
        let mut splitter = Splitter::default();
        while log.lock().unwrap_or_else(PoisonError::into_inner).read(&mut block)? {
            match block.columns.as_deref() {
                Some(columns) => self.price_csv(&block, columns, &mut splitter)?,
                None => self.price_json(&block)?,
            }
            if self.plan.has_rows || self.plan.has_unpriced {
                ordered.write(block.number, &mut self.output)?;
            }
        }
        Ok(())
    }

    /// Prices a row and adds it to the group of its cells.
    #[expect(clippy::inline_always, reason = "a call takes 4 % of the time of a row")]
    #[inline(always)]
    fn add<'c>(
        &mut self,
        line: LogLine,
        engine: Option<&[u8]>,
        numbers: [Option<NonZero<u64>>; 4],
        by: &(impl Iterator<Item = Option<&'c [u8]>> + Clone),
    ) -> Result<Cost, Failure> {
        let Self { plan, billed: Billed { groups, .. }, key, engines, .. } = self;
        let mut find = || groups.find(key.set(by.clone()));
        let KnownEngine { engine, group } = match engine {
            Some(id) => *engines.get(id, || KnownEngine {
                engine: LogEngine::new(id),
                group: plan.log.names.is_by_engine().then(&mut find),
            }),
            None => KnownEngine { engine: LogEngine::Malformed, group: None },
        };
        let cost =
            cost(engine, numbers, plan.estimates).map_err(|message| Failure::at(line.file, line.line, message))?;
        let group = group.unwrap_or_else(find);
        let cost = if group.is_text { cost } else { MALFORMED };
        groups.of(group).add(cost, line)?;
        Ok(cost)
    }

    /// Writes a row to the outputs, and keeps why it has no price.
    #[inline]
    fn finish(
        &mut self,
        row: LogRow,
        (file, line): (&str, LogLine),
        cost: Cost,
        cause: impl FnOnce(&mut Causes) -> String,
    ) {
        let BillPlan { estimates, has_rows, has_unpriced, .. } = self.plan;
        if has_rows {
            row.write_cost(&mut self.output.rows, cost, &mut self.amounts, estimates);
        }
        let Cost::Unpriced { reason, .. } = cost else { return };
        let causes = &mut self.billed.causes;
        if has_unpriced || causes.wants(reason) {
            let cause = cause(causes);
            causes.keep(reason, line, &cause);
            if has_unpriced {
                row.write_unpriced(&mut self.output.unpriced, (file, line.line), (reason.name(), &cause));
            }
        }
    }

    fn price_csv(&mut self, block: &Block, columns: &LogColumns, splitter: &mut Splitter) -> Result<(), Failure> {
        let BillPlan { log: LogOptions { names, .. }, estimates, .. } = self.plan;
        let file = csv::cell(&label_of(self.plan.log.files, block.file));
        let mut position = Position { at: 0, line: block.line };
        splitter.restart();
        while let Some(record) = splitter.next(&block.bytes, &mut position) {
            let line = LogLine { file: block.file, line: record.line };
            let cost = if record.count() == columns.header.len() && !record.is_open {
                let by = columns.by.iter().map(|&column| record.get(column));
                let [engine, width, height, steps, count] = columns.priced;
                let images = images(record.number(count), || record.get(count));
                let numbers = [record.number(width), record.number(height), record.number(steps), images];
                self.add(line, record.get(engine), numbers, &by)?
            } else {
                // It is unknown which cell belongs to which column.
                self.add(line, None, [None; 4], &columns.by.iter().map(|_| None))?
            };
            let row = LogRow::Csv { record: &record, columns };
            self.finish(row, (&file, line), cost, |causes| causes.of_record(&record, columns, names, estimates));
            if matches!(cost, Cost::Unpriced { .. }) {
                self.billed.causes.keep_open(line, &record);
            }
        }
        Ok(())
    }

    fn price_json(&mut self, block: &Block) -> Result<(), Failure> {
        let BillPlan { log: LogOptions { names, added, .. }, estimates, .. } = self.plan;
        let file = rows::json_string(&label_of(self.plan.log.files, block.file));
        for (at, text) in (block.line..).zip(block.bytes.split(|byte| *byte == b'\n')) {
            let text = text.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let line = LogLine { file: block.file, line: at };
            let parsed = json::parse(text, names, added);
            let object = parsed.as_ref().ok();
            if let Some(name) = object.and_then(|object| object.taken) {
                let message =
                    format!("the row has a field `{name}` already, and the output adds one of this name: rename it");
                return Err(Failure::at(line.file, line.line, message));
            }
            let value = |at: usize| {
                let value = object?.values.get(at)?.as_ref()?;
                Some(value.as_bytes())
            };
            let is_sound = object.is_some_and(|object| object.flaw.is_none());
            let cell = |column: LogColumn| value(column as usize).filter(|_| is_sound);
            let number = |column: LogColumn| cell(column).and_then(super::fast::number);
            let images = images(number(LogColumn::Images), || cell(LogColumn::Images));
            let numbers = [number(LogColumn::Width), number(LogColumn::Height), number(LogColumn::Steps), images];
            let by = (0..names.by.len()).map(|at| value(names.priced.len() + at));
            let cost = self.add(line, cell(LogColumn::Engine), numbers, &by)?;
            self.billed.fields.add(line, text, object);
            let row = LogRow::Json { text, is_object: object.is_some() };
            self.finish(row, (&file, line), cost, |causes| causes.of_object(&parsed, names, estimates));
        }
        Ok(())
    }
}

impl From<Overflow> for Failure {
    fn from(_: Overflow) -> Self {
        Self::Other("a total is larger than the largest amount or number: bill parts of the log".to_owned())
    }
}
