//! Statistics that know nothing of organisms: means and intervals, tests, ties, curves, neighbours.

pub mod place;
pub(crate) mod simd;
pub mod ties;
pub mod statistics;
pub mod rounding;
pub mod vector;
pub mod correlation;
pub mod neighbours;
pub mod bootstrap;
pub mod interval;
pub mod significance;
pub mod calibration;
pub mod selective;
