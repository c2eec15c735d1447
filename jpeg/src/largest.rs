//! The largest photograph that is read.

/// The most pixels a photograph may have; Pillow refuses from there on, too.
pub const MOST_PIXELS: u64 = 178_956_970;
