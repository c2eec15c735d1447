//! Two sets of images against each other, unpaired: sites, years, cameras. Is the classifier worse in the second, or are the
//! species others?
//!
//! ```text
//! two sets ──set──▶ judged ──measures──▶ a value per image ──classes──▶ strata: taxa with their values in both sets
//!   ──rows, standards, clades──▶ differences, standardised, taken apart
//!   ──calibration──▶ confidence against correctness    ──mix──▶ the mix of classes from the answers alone
//! ```
//!
//! Differences are second less first.

mod options;
mod set;
mod measures;
mod classes;
mod rows;
mod standards;
mod clades;
mod calibration;
mod counted_answers;
mod drawn_mixes;
mod mix;
mod whole;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use calibration::CalibrationShift;
pub use clades::{CladeShift, Seen};
pub use mix::{ClassMix, LabelShift};
pub use options::ShiftOptions;
pub use rows::ShiftRow;
pub use set::ShiftSet;
pub use standards::{Overlap, StandardisedRow};
pub use whole::{SetCounts, Shift};
