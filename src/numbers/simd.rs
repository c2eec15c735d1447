//! Loops compiled a second time for the wide registers of newer processors.

pub(crate) use nearmiss_jpeg::simd::{Work, run};
