//! Ctrl-C: once to end tidily, twice to end at once.

use nearmiss::commands::Console;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// A flag that Ctrl-C raises, one for the whole program; the second Ctrl-C ends it at once.
pub(super) fn stop_on_interrupt(console: Console) -> Arc<AtomicBool> {
    static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let stop = STOP.get_or_init(|| {
        let stop = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&stop);
        let handler = ctrlc::set_handler(move || {
            if raised.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        if let Err(error) = handler {
            console.warn(format!("Ctrl-C will not end the run tidily: {error}"));
        }
        stop
    });
    Arc::clone(stop)
}
