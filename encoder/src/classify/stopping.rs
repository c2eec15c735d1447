//! What stops a classification before its end, and what is kept of it.

use super::pace::Pace;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Why a classification stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The flag of the [listener](super::listener::Listener::stop) was raised.
    Asked,
    /// The time that it was given does not suffice for more.
    Time,
}

/// What is kept of a classification that was stopped; run again, it goes on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Why it stopped.
    pub cause: Cause,
    /// Photographs that are finished, in this or an earlier attempt: they lie on the disk and are not done again.
    pub kept: usize,
    /// Those of them that this attempt has finished.
    pub new: usize,
    /// Photographs of the run, or of the shard.
    pub images: usize,
}

/// What may stop work between two batches.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// Stops it once it is raised.
    pub stop: &'a AtomicBool,
    /// When the time is up, where it is limited.
    pub deadline: Option<Instant>,
}

impl Limits<'_> {
    /// Why no other batch is begun; `None` where one is.
    pub(super) fn reached(&self, pace: &Pace) -> Option<Cause> {
        if self.stop.load(Ordering::Relaxed) {
            return Some(Cause::Asked);
        }
        pace.is_time_up(Instant::now()).then_some(Cause::Time)
    }
}
