//! When images were taken: instants read from columns of text, and the gaps between them.
//!
//! No clock is asked and no table of time zones read: a time is what the source says, in UTC where it names its offset and
//! on the camera's own clock where it does not.

mod civil;
mod instant;
mod form;
mod column;
mod gap;

pub use column::{Read, TimeFault, read};
pub use gap::{Gap, GapError};
pub use instant::Instant;
