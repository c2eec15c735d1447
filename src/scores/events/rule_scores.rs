//! The scores of one way of making answers of events.

use crate::answers::Answers;
use crate::numbers::interval::{MetricIntervals, Sample};
use crate::numbers::statistics::{mean, to_f64};
use crate::scores::groups::{self, GroupScores};
use crate::scores::judged_run::JudgedRun;
use crate::scores::met::Met;
use crate::scores::outcome::Judgement;
use crate::taxonomy::Taxonomy;
use std::collections::BTreeMap;

/// The scores of a rule over the events, or of the images of the same events one by one.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleScores {
    /// `image`, or the name of the rule.
    pub rule: &'static str,
    /// The scores of all of them as one group; its intervals are those of all metrics here.
    pub all: GroupScores,
    /// The share right of each site, averaged; `None` where no sites are known.
    pub right_by_place: Option<f64>,
}

/// What is scored, and what its intervals are drawn by.
pub(super) struct Taken<'a> {
    pub answers: Answers,
    pub judgements: Vec<Judgement>,
    pub sample: Sample,
    /// The place of each; blank where it is not known.
    pub places: Option<&'a [String]>,
    /// What several places are called.
    pub noun: &'static str,
}

impl RuleScores {
    pub(super) fn of(taxonomy: &Taxonomy, rule: &'static str, taken: Taken<'_>) -> Self {
        let Taken { answers, judgements, sample, places, noun } = taken;
        let met = Met::of(taxonomy, &answers, &judgements);
        let run = JudgedRun { taxonomy, answers: &answers, judgements, met: &met, sample };
        let mut all = groups::whole(&run, ("rule", rule));
        let right_by_place = places.and_then(|places| by_place(&run.judgements, places, noun, &mut all.intervals));
        Self { rule, all, right_by_place }
    }
}

/// The share right of each place, averaged over the places.
fn by_place(judgements: &[Judgement], places: &[String], noun: &'static str, intervals: &mut MetricIntervals) -> Option<f64> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (judgement, place) in judgements.iter().zip(places) {
        let right = match judgement {
            _ if place.is_empty() => continue,
            Judgement::Scored(outcome) => outcome.is_right(),
            Judgement::Unplaced(_) => false,
            _ => continue,
        };
        let count = counts.entry(place).or_default();
        *count = (count.0 + u64::from(right), count.1 + 1);
    }
    let shares: Vec<f64> = counts.values().map(|(right, all)| to_f64(*right) / to_f64(*all)).collect();
    let value = mean(shares.iter().copied());
    let sample = Sample { noun, ..Sample::default() };
    let found = sample.mean(shares.iter().enumerate().map(|(place, share)| (place, *share, 1.0)), Some((0.0, 1.0)));
    intervals.add_for("right_by_place", value, found, noun);
    value
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::outcome::Outcome;
    use crate::taxonomy::TaxonId;

    #[test]
    fn each_place_counts_once_whatever_its_images() {
        // Site a: 3 of 4 right; b: 0 of 1; one image of no site. (3/4 + 0) / 2 = 0.375, though 3 of 5 are right.
        let outcome = |right: bool| {
            let predicted = if right { TaxonId(1) } else { TaxonId(2) };
            Judgement::Scored(Outcome { truth: TaxonId(1), answer: predicted, predicted, lca: TaxonId(0) })
        };
        let judgements = [true, true, true, false, false, true].map(outcome);
        let places = ["a", "a", "a", "a", "b", ""].map(str::to_string);
        let mut intervals = MetricIntervals::default();
        let value = by_place(&judgements, &places, "sites", &mut intervals).unwrap();
        assert!((value - 0.375).abs() < 1e-12);
        let ends = intervals.of("right_by_place").unwrap();
        assert!(ends.low < 0.375 && ends.high > 0.375, "{ends:?}");
        assert_eq!(by_place(&judgements[5..], &places[5..], "sites", &mut intervals), None);
    }
}
