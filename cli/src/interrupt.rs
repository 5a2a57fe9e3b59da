//! Ctrl-C, a terminal that is closed, and requests to terminate: what a run would leave behind is removed before the process ends.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Removes something that a run would leave behind.
pub(crate) type Removal = Box<dyn Fn() + Send>;

struct Removals {
    /// In the order in which they were added.
    all: BTreeMap<u64, Removal>,
    next: u64,
}

static REMOVALS: Mutex<Removals> = Mutex::new(Removals { all: BTreeMap::new(), next: 0 });

fn removals() -> MutexGuard<'static, Removals> {
    REMOVALS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something that is removed if the process is interrupted before this is dropped.
pub(crate) struct Removed(u64);

impl Removed {
    /// Makes something, together with what removes it. An interrupt waits until both are there.
    pub(crate) fn make<T, E>(make: impl FnOnce() -> Result<(T, Removal), E>) -> Result<(T, Self), E> {
        listen();
        let mut removals = removals();
        let (value, removal) = make()?;
        let number = removals.next;
        removals.next += 1;
        removals.all.insert(number, removal);
        Ok((value, Self(number)))
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        removals().all.remove(&self.0);
    }
}

/// Does what an interrupt must not divide.
pub(crate) fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let _removals = removals();
    work()
}

/// Removes everything. The process must end before it drops the result, because nothing can be made until then.
fn remove_all() -> MutexGuard<'static, Removals> {
    let removals = removals();
    removals.all.values().for_each(|remove| remove());
    removals
}

/// Waits for interrupts in a thread of its own.
fn listen() {
    static LISTENS: Once = Once::new();
    // Without the thread, an interrupt leaves something behind, which is no reason not to do the work.
    LISTENS.call_once(|| drop(start()));
}

#[cfg(unix)]
fn start() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    // A signal that is ignored, as SIGHUP is below `nohup`, must not end the process.
    let ignored = ignored_signals().unwrap_or(1 << SIGHUP);
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> signal & 1 == 0))?;
    let wait = move || {
        for signal in signals.forever() {
            let _removals = remove_all();
            // The signal ends the process, so that a shell sees which one it was, and ends its script too.
            let _ = emulate_default_handler(signal);
        }
    };
    std::thread::Builder::new().name("interrupt".to_owned()).spawn(wait).map(drop)
}

/// Returns a bit for each signal that the process ignores, at the number of the signal.
///
/// Only Linux says it without unsafe code. Elsewhere, SIGHUP counts as ignored: it leaves a temporary file behind, which is
/// better than to end what `nohup` protects.
#[cfg(unix)]
fn ignored_signals() -> Option<u128> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    // The lowest bit is that of signal 1.
    Some(u128::from_str_radix(ignored.trim(), 16).ok()? << 1)
}

#[cfg(windows)]
fn start() -> Result<(), ctrlc::Error> {
    /// `STATUS_CONTROL_C_EXIT`, the exit code of a process that does not handle Ctrl-C.
    const CONTROL_C_EXIT: i32 = -0x3fff_fec6;
    ctrlc::set_handler(|| {
        let _removals = remove_all();
        std::process::exit(CONTROL_C_EXIT)
    })
}
