//! A temperature for the probabilities: fitted on one part of the images, tried on the other.

use super::given::Given;
use super::ground::Ground;
use super::halves::Halves;
use super::rank_calibration::{RankCalibration, by_rank};
use crate::answers::distribution::Distribution;
use crate::numbers::calibration::{temper, temperature};
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Logarithms of probabilities that are held at once to fit a temperature.
const HELD: usize = 20_000_000;

/// Images that it takes to fit a temperature, and as many others to try it.
const LEAST: usize = 10;

/// Values that differ by no more are equal but for rounding.
const EQUAL: f64 = 1e-9;

/// A fitted temperature. It is the one that makes the truths of the images that it was fitted on most probable as labels; whether
/// probabilities then mean more of what they say, on other images and rank by rank, is another question: see [`Temperature::worse`].
#[derive(Debug, Clone, Serialize)]
pub struct Temperature {
    /// Probabilities are taken to the power of one over it; above 1 where the classifier is too sure.
    pub temperature: f64,
    /// Images it was fitted on: those of their part that have an answer and a candidate for truth.
    pub fitted_on: usize,
    /// How their part was chosen.
    pub chosen: String,
    /// Images it was tried on.
    pub tried_on: usize,
    /// Calibration of these as they are.
    pub before: Vec<RankCalibration>,
    /// Calibration of these with the temperature.
    pub after: Vec<RankCalibration>,
}

impl Temperature {
    /// What gets worse with it on the images that it was tried on, rank by rank as in `before`: the calibration error (`ece`), the
    /// Brier score (`brier`), both or neither.
    #[must_use]
    pub fn worse(&self) -> Vec<(Rank, Vec<&'static str>)> {
        let judged = |row: &RankCalibration| [("ece", row.calibration.ece), ("brier", row.calibration.brier)];
        let worse = |(before, after): (&RankCalibration, &RankCalibration)| {
            let values = judged(before).into_iter().zip(judged(after));
            let grows = values.filter_map(|((name, before), (_, after))| (after? > before? + EQUAL).then_some(name));
            (before.rank, grows.collect())
        };
        self.before.iter().zip(&self.after).map(worse).collect()
    }
}

/// Fits and tries a temperature, or says why there is none.
pub(super) fn fit(
    ground: &Ground<'_>,
    distribution: &Distribution,
    given: &[Given],
    halves: &Halves,
) -> Result<Temperature, String> {
    let candidate = |truth: TaxonId| distribution.candidates().iter().position(|candidate| *candidate == truth);
    let truths: BTreeSet<TaxonId> = given.iter().filter_map(|given| given.truth).collect();
    let places: BTreeMap<TaxonId, usize> = truths.into_iter().filter_map(|truth| Some((truth, candidate(truth)?))).collect();
    let place = |given: &Given| places.get(&given.truth?).copied();
    let answers = ground.run.answers;
    let tuned = halves.tuned_on(given);
    let mut tuned: Vec<(&str, usize, usize)> =
        tuned.iter().filter_map(|given| Some((answers.images[given.image].as_str(), given.image, place(given)?))).collect();
    let rest = halves.tried_on(given);
    if tuned.len() < LEAST || rest.len() < LEAST {
        return Err(format!(
            "no temperature: it takes {LEAST} images to fit it on and {LEAST} others to try it on, there are {} and {}",
            tuned.len(),
            rest.len()
        ));
    }
    // By name, so that the draw does not depend on the order of the images.
    tuned.sort_unstable();
    tuned.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
    tuned.truncate((HELD / distribution.candidates().len().max(1)).max(LEAST));
    let truth_of: BTreeMap<usize, usize> = tuned.iter().map(|(_, image, place)| (*image, *place)).collect();
    let images: Vec<usize> = truth_of.keys().copied().collect();
    let logs = distribution.map(&images, |image, probabilities| {
        (probabilities.iter().map(|probability| probability.ln()).collect::<Vec<f64>>(), truth_of[&image])
    });
    let logs: Vec<(Vec<f64>, usize)> = logs.into_iter().flatten().collect();
    let temperature = temperature(&logs).ok_or_else(|| "no temperature: no image to fit it on has an answer".to_string())?;
    let truths: BTreeMap<usize, Option<TaxonId>> = rest.iter().map(|given| (given.image, given.truth)).collect();
    let images: Vec<usize> = rest.iter().map(|given| given.image).collect();
    let after = distribution.map(&images, |image, probabilities| {
        let mut tempered = probabilities.to_vec();
        temper(&mut tempered, temperature);
        let sums = ground.tree.sums(&tempered);
        ground.confidences(truths[&image], &sums, ground.tree.best_of_ranks(&sums))
    });
    // Without an answer there is nothing to temper.
    let after: Vec<_> = rest.iter().zip(after).map(|(given, after)| (given.image, after.unwrap_or(given.confidences))).collect();
    let before: Vec<_> = rest.iter().map(|given| (given.image, given.confidences)).collect();
    Ok(Temperature {
        temperature,
        fitted_on: logs.len(),
        chosen: halves.chosen.clone(),
        tried_on: rest.len(),
        before: by_rank(&ground.run.sample, &before),
        after: by_rank(&ground.run.sample, &after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::calibration::{Calibration, Confidence};
    use crate::numbers::interval::MetricIntervals;

    #[test]
    fn a_temperature_can_make_other_images_worse() {
        // One answer, right: the more probable, the better by both.
        let row = |rank: Rank, probability: f64| {
            let one = Confidence { probability, right: true, brier: (1.0 - probability).powi(2), of_truth: probability };
            RankCalibration { rank, calibration: Calibration::of(&[one]), intervals: MetricIntervals::default(), why_n: None }
        };
        let temperature = Temperature {
            temperature: 2.0,
            fitted_on: 1,
            chosen: String::new(),
            tried_on: 1,
            before: vec![row(Rank::Genus, 0.8), row(Rank::Species, 0.8)],
            after: vec![row(Rank::Genus, 0.9), row(Rank::Species, 0.7)],
        };
        assert_eq!(temperature.worse(), [(Rank::Genus, vec![]), (Rank::Species, vec!["ece", "brier"])]);
    }
}
