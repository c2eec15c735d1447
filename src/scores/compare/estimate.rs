//! An interval, or what it is yet to be drawn from.

use crate::numbers::interval::{Found, Mean};
use crate::numbers::statistics::Interval;

/// An interval in closed form, or what it is yet to be drawn from.
pub(super) enum Estimate {
    Found(Found),
    Drawn(Mean),
}

impl Estimate {
    /// The interval, the next of those drawn where it is drawn, or why there is none.
    pub fn with_reason(self, drawn: &mut impl Iterator<Item = Found>, noun: &str) -> (Option<Interval>, Option<String>) {
        let found = match self {
            Estimate::Found(found) => Some(found),
            Estimate::Drawn(_) => drawn.next(),
        };
        match found {
            Some(Ok(interval)) => (Some(interval), None),
            Some(Err(reason)) => (None, Some(reason.sentence(noun))),
            None => (None, None),
        }
    }
}
