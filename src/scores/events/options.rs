//! How images become events.

use crate::answers::event_rule::AGREE;
use crate::answers::time::Gap;

/// How images become events, and their answers one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventOptions {
    /// The longest time between two images of one event that follow each other.
    pub gap: Gap,
    /// Share of the answers that the agreed taxon must hold more of, from one half to 1.
    pub agree: f64,
}

impl EventOptions {
    /// Of a gap; a taxon is agreed on that holds more than half of the answers.
    #[must_use]
    pub fn of(gap: Gap) -> Self {
        Self { gap, agree: AGREE }
    }
}
