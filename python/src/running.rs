//! How every operation runs: on a thread of its own, so that Python goes on meanwhile and can interrupt.
//!
//! The interpreter is let go while an operation runs. The thread that called it wakes every now and then to see whether
//! there was a Ctrl-C, and raises `KeyboardInterrupt` at once: nobody waits for the work any longer, which ends by itself a
//! while later, its result dropped.
//!
//! A forked process has no threads but the one that forked, and the pools of rayon and polars, once they were made, wait
//! there for threads that are gone. In a process that was forked after the first operation all work of an operation is
//! therefore done by its own thread, as the one worker of a pool that is made for it.

use crate::error::{OrRefused, fault, refusal};
use polars_core::runtime::RAYON;
use pyo3::prelude::*;
use std::any::Any;
use std::ffi::OsString;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::Builder;
use std::time::Duration;

/// How long the calling thread sleeps before it looks for signals.
const PAUSE: Duration = Duration::from_millis(50);

/// As much as the main thread of a program has.
const STACK: usize = 8 << 20;

/// The process that ran the first operation; 0 before it.
static FIRST: AtomicU32 = AtomicU32::new(0);

/// What a thread at work says.
enum Event<T> {
    Said(String),
    Done(Result<T, Box<dyn Any + Send>>),
}

/// What work may call to say how far it is, from any thread.
pub(crate) type Say<'a> = &'a (dyn Fn(String) + Sync);

/// Runs what needs no Python, and waits for it with the interpreter let go.
///
/// # Errors
///
/// `KeyboardInterrupt`, and whatever else signal handlers raise; a panic, which asks to be reported.
pub(crate) fn run<T: Send + 'static>(py: Python<'_>, work: impl FnOnce() -> T + Send + 'static) -> PyResult<T> {
    run_telling(py, None, |_| work())
}

/// Runs what can fail; its error becomes the exception with its sentence.
///
/// # Errors
///
/// As [`run`], and the error of the work.
pub(crate) fn attempt<T, E, W>(py: Python<'_>, work: W) -> PyResult<T>
where
    T: Send + 'static,
    E: Display,
    W: FnOnce() -> Result<T, E> + Send + 'static,
{
    // An error need not be one that can go from thread to thread.
    run(py, move || work().map_err(|error| error.to_string()))?.or_refused()
}

/// Runs what says how far it is: `progress` is called with each sentence, on the thread that called, and may raise.
///
/// # Errors
///
/// As [`run`], and what `progress` raises.
pub(crate) fn run_telling<T, W>(py: Python<'_>, progress: Option<&Bound<'_, PyAny>>, work: W) -> PyResult<T>
where
    T: Send + 'static,
    W: FnOnce(Say<'_>) -> T + Send + 'static,
{
    let (sender, receiver) = channel();
    let is_forked = is_forked();
    Builder::new()
        .name("nearmiss".to_string())
        .stack_size(STACK)
        .spawn(move || {
            if is_forked {
                work_alone();
            }
            let done = catch_unwind(AssertUnwindSafe(|| work(&say(&sender))));
            // Whoever called may have been interrupted: then nobody wants it.
            let _ = sender.send(Event::Done(done));
        })
        .or_refused()?;
    attend(py, receiver, progress)
}

/// Runs what borrows from its caller, to its end: nothing can be interrupted that somebody else's memory hangs on.
///
/// # Errors
///
/// A panic, which asks to be reported.
pub(crate) fn run_scoped<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let is_forked = is_forked();
    let done = py.detach(|| {
        let work = || catch_unwind(AssertUnwindSafe(work));
        if !is_forked {
            return work();
        }
        std::thread::scope(|scope| {
            let worker = scope.spawn(|| {
                work_alone();
                work()
            });
            worker.join().unwrap_or_else(Err)
        })
    });
    done.map_err(|panic| fault(&*panic))
}

fn say<T: Send>(sender: &Sender<Event<T>>) -> impl Fn(String) + Sync + '_ {
    move |sentence| {
        let _ = sender.send(Event::Said(sentence));
    }
}

/// Waits for the end, passes on what is said, and looks for signals.
fn attend<T: Send>(py: Python<'_>, mut receiver: Receiver<Event<T>>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<T> {
    loop {
        let (back, event) = py.detach(move || {
            let event = receiver.recv_timeout(PAUSE);
            (receiver, event)
        });
        receiver = back;
        match event {
            Ok(Event::Done(Ok(value))) => return Ok(value),
            Ok(Event::Done(Err(panic))) => return Err(fault(&*panic)),
            Ok(Event::Said(sentence)) => {
                if let Some(progress) = progress {
                    progress.call1((sentence,))?;
                }
                py.check_signals()?;
            }
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(refusal("the thread of an operation ended without a result")),
        }
    }
}

/// Whether this process was forked after the first operation, of which this may be one.
fn is_forked() -> bool {
    let own = std::process::id();
    FIRST.compare_exchange(0, own, Ordering::Relaxed, Ordering::Relaxed).is_err_and(|first| first != own)
}

/// Makes this thread the one worker of a pool, which it stays for all of rayon: nothing it does waits for another thread.
fn work_alone() {
    polars_async::executor::ALLOW_RAYON_THREADS.set(false);
    // polars makes such a pool of the current thread where others are not allowed.
    RAYON.install(|| ());
}

/// Runs a command line, whose first word is the program's name, and gives the exit code.
#[pyfunction]
fn program(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    run(py, move || nearmiss::commands::program(arguments))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(program, module)?)
}
