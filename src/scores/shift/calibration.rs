//! Whether probabilities mean the same in both sets.

use super::set::JudgedSet;
use crate::numbers::calibration::error_interval;
use crate::numbers::interval::{Found, MetricIntervals, NoInterval};
use crate::numbers::statistics::{CalibrationBins, mean};
use crate::numbers::unpaired::difference;
use crate::scores::outcome::Judgement;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;

/// Calibration in both sets; differences are second less first.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::shift, under its own name")]
pub struct CalibrationShift {
    /// `answer` for the best answer as it is given, or a main rank for the best taxon by summed probability.
    pub of: String,
    pub n_first: u64,
    pub n_second: u64,
    pub ece_first: Option<f64>,
    pub ece_second: Option<f64>,
    pub ece_difference: Option<f64>,
    pub overconfidence_first: Option<f64>,
    pub overconfidence_second: Option<f64>,
    pub overconfidence_difference: Option<f64>,
    /// The intervals of its values.
    pub intervals: MetricIntervals,
}

/// What an answer is the probability of.
#[derive(Clone, Copy)]
enum Of {
    Answer,
    Rank(usize),
}

/// A number of a set, and its interval.
type Part = fn(&Measured) -> (Option<f64>, Found);

/// An image's place, its probability, and whether it is right.
type Confident = (usize, f64, bool);

/// The best answer, and every main rank at which both or one of the sets have summed probabilities; empty without any.
pub(super) fn rows(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2]) -> Vec<CalibrationShift> {
    let ranks = (0..7).rev().map(Of::Rank);
    std::iter::once(Of::Answer).chain(ranks).filter_map(|of| row(taxonomy, sets, of)).collect()
}

fn row(taxonomy: &Taxonomy, sets: &[JudgedSet<'_>; 2], of: Of) -> Option<CalibrationShift> {
    let images = sets.each_ref().map(|set| confidences(taxonomy, set, of));
    if images.iter().all(Vec::is_empty) {
        return None;
    }
    let measured = [0, 1].map(|place| Measured::of(&sets[place], &images[place]));
    let [first, second] = &measured;
    let mut intervals = MetricIntervals::default();
    let noun = sets[0].sample.noun;
    let mut both = |names: [&'static str; 3], part: Part| {
        let ((one, of_one), (other, of_other)) = (part(first), part(second));
        let pair = one.zip(other);
        let between = of_one.and_then(|of_one| {
            let of_other = of_other?;
            pair.map(|(one, other)| difference((one, of_one), (other, of_other))).ok_or(NoInterval::NoValue)
        });
        let apart = pair.map(|(one, other)| other - one);
        for (name, (value, found)) in names.into_iter().zip([(one, of_one), (other, of_other), (apart, between)]) {
            intervals.add_for(name, value, found, noun);
        }
        [one, other, apart]
    };
    let ece = both(["ece_first", "ece_second", "ece_difference"], |measured| (measured.ece, measured.of_ece));
    let over = both(["overconfidence_first", "overconfidence_second", "overconfidence_difference"], |measured| {
        (measured.over, measured.of_over)
    });
    Some(CalibrationShift {
        of: match of {
            Of::Answer => "answer".to_string(),
            Of::Rank(index) => Rank::MAIN.get(index).map_or_else(String::new, ToString::to_string),
        },
        n_first: images[0].len() as u64,
        n_second: images[1].len() as u64,
        ece_first: ece[0],
        ece_second: ece[1],
        ece_difference: ece[2],
        overconfidence_first: over[0],
        overconfidence_second: over[1],
        overconfidence_difference: over[2],
        intervals,
    })
}

/// Calibration in one set.
struct Measured {
    ece: Option<f64>,
    of_ece: Found,
    over: Option<f64>,
    of_over: Found,
}

impl Measured {
    fn of(set: &JudgedSet<'_>, images: &[Confident]) -> Self {
        let mut bins = CalibrationBins::default();
        for &(_, probability, right) in images {
            bins.add(probability, right.into());
        }
        let gap = |&(_, probability, right): &Confident| probability - f64::from(u8::from(right));
        let gaps = images.iter().map(|image| (image.0, gap(image), 1.0));
        Self {
            ece: bins.expected_error(),
            of_ece: error_interval(&set.sample, &bins, images.iter().copied()),
            over: mean(images.iter().map(gap)),
            of_over: set.sample.mean(gaps, Some((-1.0, 1.0))),
        }
    }
}

/// What the images of a set say of their own correctness; none where the source gives no probabilities.
fn confidences(taxonomy: &Taxonomy, set: &JudgedSet<'_>, of: Of) -> Vec<Confident> {
    let answers = set.set.answers;
    let ranked = match of {
        Of::Answer => Some(&answers.ranked),
        Of::Rank(index) => answers.summed[index].as_ref(),
    };
    let Some(ranked) = ranked.filter(|ranked| ranked.has_probabilities()) else { return vec![] };
    if (0..ranked.len()).all(|image| ranked.best_probability(image).is_none()) {
        return vec![];
    }
    let one = |(image, judgement): (usize, &Judgement)| {
        // No answer is one of probability 0.
        let probability = if ranked.answers(image).is_empty() { 0.0 } else { ranked.best_probability(image)? };
        let right = match (judgement, of) {
            (Judgement::Scored(outcome), Of::Answer) => outcome.is_right(),
            (Judgement::Scored(outcome), Of::Rank(index)) => {
                let truth = taxonomy.main_ancestor(outcome.truth, index)?;
                taxonomy.main_ancestor(ranked.best(image).taxon(), index) == Some(truth)
            }
            (Judgement::Unplaced(_), _) => false,
            _ => return None,
        };
        Some((image, probability.clamp(0.0, 1.0), right))
    };
    set.judgements.iter().enumerate().filter_map(one).collect()
}
