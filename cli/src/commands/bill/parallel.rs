//! Work on the groups of a report in as many threads as there are cores.

use std::thread;

use super::worker::workers;

/// Returns what a function makes of the items, a part of them for each core, in their order.
pub(super) fn in_parallel<T: Send, R: Send>(items: &mut [T], work: impl Fn(&mut [T]) -> R + Sync) -> Vec<R> {
    if items.len() <= 1 {
        return vec![work(items)];
    }
    let (work, size) = (&work, items.len().div_ceil(workers()).max(1));
    thread::scope(|scope| {
        let threads: Vec<_> = items.chunks_mut(size).map(|part| scope.spawn(move || work(part))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, R>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    })
}
