//! What a classification tells while it works.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Says so many more of something are done; the last of it is dropped.
pub type Progress<'a> = Box<dyn Fn(usize) + Sync + 'a>;

/// Hears what is worth knowing, and may stop the photographs.
///
/// A program prints it; [`Silent`] hears nothing.
pub trait Listener: Sync {
    /// What was found or decided.
    fn remark(&self, text: &str);

    /// What may be wrong.
    fn warn(&self, text: &str);

    /// Work on so many of something begins.
    fn progress(&self, what: &'static str, total: usize) -> Progress<'_>;

    /// The flag that stops the photographs once it is raised, with what is done kept; asked for when they begin.
    fn stop(&self) -> Arc<AtomicBool>;
}

/// Hears nothing and stops nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Listener for Silent {
    fn remark(&self, _: &str) {}

    fn warn(&self, _: &str) {}

    fn progress(&self, _: &'static str, _: usize) -> Progress<'_> {
        Box::new(|_| {})
    }

    fn stop(&self) -> Arc<AtomicBool> {
        Arc::default()
    }
}
