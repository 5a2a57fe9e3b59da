//! Parses a usage log as `dreamprice bill` does, with the same records, threads and columns, but looks up and sums
//! nothing. Prints the seconds that it takes.

use std::env;
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use dreamprice::{Boundary, Position, Splitter};

const BLOCK: usize = 1 << 20;

/// A file, and the start of a record whose end is not read yet.
struct LogFile {
    file: File,
    rest: Vec<u8>,
    line: u64,
}

impl LogFile {
    /// Reads whole records and returns their first line, or `None` at the end.
    fn read(&mut self, block: &mut Vec<u8>, boundary: &mut Boundary) -> io::Result<Option<u64>> {
        block.clear();
        boundary.restart(b',');
        std::mem::swap(block, &mut self.rest);
        let wanted = BLOCK - block.len();
        if self.file.by_ref().take(wanted as u64).read_to_end(block)? == wanted {
            let end = boundary.scan(block);
            self.rest.extend_from_slice(&block[end..]);
            block.truncate(end);
        }
        let line = self.line;
        self.line += memchr::memchr_iter(b'\n', block).count() as u64;
        Ok((!block.is_empty()).then_some(line))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or("usage: parse_usage LOG COLUMN...")?;
    let columns = arguments.map(|column| column.parse()).collect::<Result<Vec<usize>, _>>()?;
    let (&engine, numbers) = columns.split_first().ok_or("usage: parse_usage LOG COLUMN...")?;
    let start = Instant::now();
    let log = Mutex::new(LogFile { file: File::open(path)?, rest: Vec::new(), line: 1 });
    let run = || -> io::Result<()> {
        let (mut block, mut boundary, mut splitter) = (Vec::new(), Boundary::default(), Splitter::new(b','));
        // A function, because in the condition of the loop the lock would last until the block is parsed.
        let read =
            |block: &mut _, boundary: &mut _| log.lock().unwrap_or_else(PoisonError::into_inner).read(block, boundary);
        while let Some(line) = read(&mut block, &mut boundary)? {
            let mut position = Position { at: 0, line };
            splitter.restart(&mut boundary);
            while let Some(record) = splitter.next(&block, &mut position) {
                black_box(record.get(engine));
                for &column in numbers {
                    black_box(record.number(column));
                }
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers = thread::available_parallelism()?.get();
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(run)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })?;
    println!("{}", start.elapsed().as_secs_f64());
    Ok(())
}
