//! Signals that end the program: SIGTERM, as a scheduler sends it some time before it kills, and Ctrl-C.
//!
//! The first one ends it tidily. A second Ctrl-C ends it at once; a second SIGTERM does not, for a scheduler may send several.
//! While nobody looks at the flag that they raise (a model is loaded, candidates are embedded), nothing is at stake, and one
//! ends the program at once with the exit code of a command that continues.

use nearmiss::commands::{Console, Ending, STOPPED};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::{Duration, Instant};

/// Two Ctrl-C within this time are one: `timeout` sends its signal to a program and to its group.
const SAME: Duration = Duration::from_millis(500);

static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
/// Whether somebody looks at the flag.
static IS_WATCHED: AtomicBool = AtomicBool::new(false);
/// Whether the first signal was Ctrl-C.
static IS_CTRL_C: AtomicBool = AtomicBool::new(false);
/// The exit code after SIGTERM.
static CODE: AtomicU8 = AtomicU8::new(STOPPED);

/// Has signals end the program with an exit code that says that the same command continues, SIGTERM with the given one.
pub(super) fn end_on_signals(stopped_code: u8, console: Console) {
    CODE.store(stopped_code, Ordering::Relaxed);
    listen(console);
}

/// A flag that signals raise from now on, one for the whole program; the second Ctrl-C ends it at once.
pub(super) fn stop_on_interrupt(console: Console) -> Arc<AtomicBool> {
    IS_WATCHED.store(true, Ordering::Relaxed);
    listen(console);
    Arc::clone(&STOP)
}

/// How a command ends that was stopped: as the signal has it, or as its time that was up.
pub(super) fn ending() -> Ending {
    if IS_CTRL_C.load(Ordering::Relaxed) { Ending::Interrupted } else { Ending::Stopped(CODE.load(Ordering::Relaxed)) }
}

/// Listens to signals, once for the whole program.
fn listen(console: Console) {
    static LISTENING: OnceLock<()> = OnceLock::new();
    LISTENING.get_or_init(|| {
        if let Err(error) = system::listen(move |is_ctrl_c| received(is_ctrl_c, console)) {
            console.warn(format!("signals will not end the run tidily: {error}"));
        }
    });
}

/// When the first signal came.
static FIRST: OnceLock<Instant> = OnceLock::new();

fn received(is_ctrl_c: bool, console: Console) {
    let is_first = FIRST.set(Instant::now()).is_ok();
    if is_first {
        IS_CTRL_C.store(is_ctrl_c, Ordering::Relaxed);
    }
    if !IS_WATCHED.load(Ordering::Relaxed) {
        console.warn("stopped before the photographs; the same command continues");
        system::exit(ending().code());
    }
    STOP.store(true, Ordering::Relaxed);
    if is_first {
        let again = if is_ctrl_c { " (a second Ctrl-C ends it at once)" } else { "" };
        console.remark(format!("stopping: what was begun is finished and written{again}"));
    } else if is_ctrl_c && FIRST.get().is_some_and(|first| first.elapsed() > SAME) {
        system::exit(Ending::Interrupted.code());
    }
}

#[cfg(unix)]
mod system {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    /// Tells of each signal, on a thread of its own, whether it is Ctrl-C.
    pub(super) fn listen(received: impl Fn(bool) + Send + 'static) -> std::io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        // What `nohup` starts is to go on when its terminal goes away.
        if !is_ignored(SIGHUP) {
            signals.add_signal(SIGHUP)?;
        }
        let listening = move || signals.forever().for_each(|signal| received(signal == SIGINT));
        std::thread::Builder::new().name("signals".to_string()).spawn(listening).map(drop)
    }

    /// Whether who started the program has it ignore a signal, where the system says so.
    fn is_ignored(signal: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
    }

    /// Ends the process without what its libraries do at their end, which other threads may be using.
    pub(super) fn exit(code: u8) -> ! {
        signal_hook::low_level::exit(code.into())
    }
}

#[cfg(not(unix))]
mod system {
    /// Tells of each Ctrl-C, on a thread of its own.
    pub(super) fn listen(received: impl Fn(bool) + Send + 'static) -> Result<(), ctrlc::Error> {
        ctrlc::set_handler(move || received(true))
    }

    /// Ends the process.
    pub(super) fn exit(code: u8) -> ! {
        std::process::exit(code.into())
    }
}
