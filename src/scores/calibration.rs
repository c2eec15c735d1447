//! Calibration at the main ranks.

use super::halves::Halves;
use super::temperature::{self, Temperature};
use super::whole::{Given, Ground};
use crate::calibration::{Calibration, Confidence};
use crate::distribution::Distribution;
use crate::rank::Rank;
use serde::Serialize;

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

/// Calibration at one rank.
#[derive(Debug, Clone, Serialize)]
pub struct RankCalibration {
    /// The rank.
    pub rank: Rank,
    /// Its calibration.
    #[serde(flatten)]
    pub calibration: Calibration,
    /// Why it counts fewer images than are scored; `None` where it counts all.
    pub why_n: Option<String>,
}

impl CalibrationScores {
    pub(super) fn of(ground: &Ground<'_>, distribution: &Distribution, given: &[Given], halves: &Halves) -> Self {
        let all: Vec<_> = given.iter().map(|given| given.confidences).collect();
        let (temperature, note) = match temperature::fit(ground, distribution, given, halves) {
            Ok(temperature) => (Some(temperature), None),
            Err(note) => (None, Some(note)),
        };
        Self { n: given.len(), candidates: distribution.candidates().len(), ranks: by_rank(&all), temperature, note }
    }
}

/// The ranks at which images count.
pub(super) fn by_rank(confidences: &[[Option<Confidence>; 7]]) -> Vec<RankCalibration> {
    let at = |(index, rank): (usize, Rank)| {
        let images: Vec<Confidence> = confidences.iter().filter_map(|image| image[index]).collect();
        let without = confidences.len() - images.len();
        let why_n = (without > 0).then(|| format!("the truth of {without} of {} images has no {rank}", confidences.len()));
        (!images.is_empty()).then(|| RankCalibration { rank, calibration: Calibration::of(&images), why_n })
    };
    Rank::MAIN.into_iter().enumerate().filter_map(at).collect()
}
