//! Calibration at the main ranks.

use super::given::Given;
use super::ground::Ground;
use super::rank_calibration::by_rank;
use super::temperature::Temperature;
use serde::Serialize;

pub use super::rank_calibration::RankCalibration;

/// Calibration at the main ranks, and by how much a temperature mends it.
#[derive(Debug, Clone, Serialize)]
pub struct CalibrationScores {
    /// Images: all that are scored. Each rank counts those that count at it in `ranks`.
    pub n: usize,
    /// Candidates of the softmax: confidences depend on them.
    pub candidates: usize,
    /// Rank by rank, kingdom first; ranks without images are left out.
    pub ranks: Vec<RankCalibration>,
    /// A temperature fitted on one part of the images and tried on the other.
    pub temperature: Option<Temperature>,
    /// Why there is no temperature.
    pub note: Option<String>,
}

impl CalibrationScores {
    pub(super) fn of(ground: &Ground<'_>, given: &[Given], temperature: Result<Temperature, String>) -> Self {
        let all: Vec<_> = given.iter().map(|given| (given.image, given.confidences)).collect();
        let (temperature, note) = match temperature {
            Ok(temperature) => (Some(temperature), None),
            Err(note) => (None, Some(note)),
        };
        Self { n: given.len(), candidates: ground.candidates.len(), ranks: by_rank(&ground.run.sample, &all), temperature, note }
    }
}
