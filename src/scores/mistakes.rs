//! Every wrong image, the worst first.

use super::judged_run::JudgedRun;
use crate::scores::outcome::{Judgement, Outcome};
use crate::taxonomy::TaxonId;
use rayon::prelude::*;

/// A wrong image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mistake {
    /// Row of the image in the answers.
    pub image: usize,
    /// The truth; `None` if it is missing or unknown and that counts as a mistake.
    pub truth: Option<TaxonId>,
    /// The answer, never deeper than the truth's rank; the root where there was none.
    pub predicted: TaxonId,
    /// Lowest common ancestor; the root if the truth is unknown.
    pub lca: TaxonId,
    /// Height of the error; `None` if the truth is unknown.
    pub height: Option<u32>,
    /// Whether the answer is right as far as it goes.
    pub stopped_above: bool,
    /// Probability of the answer, where the source gives one.
    pub probability: Option<f64>,
}

/// Wrong images that have a name, by height, then probability, both highest first, then by image name.
pub(super) fn mistakes(run: &JudgedRun<'_>) -> Vec<Mistake> {
    let judged = run.judgements.par_iter().enumerate();
    let has_name = |image: usize| run.answers.times.is_none() || !run.answers.images[image].is_empty();
    let judged = judged.filter(|(image, _)| has_name(*image));
    let mut mistakes: Vec<_> = judged.filter_map(|(image, judgement)| mistake(run, image, *judgement)).collect();
    let name = |mistake: &Mistake| &run.answers.images[mistake.image];
    mistakes.par_sort_by(|a, b| {
        let probability = |mistake: &Mistake| mistake.probability.unwrap_or(f64::NEG_INFINITY);
        let by_height = b.height.cmp(&a.height);
        by_height.then_with(|| probability(b).total_cmp(&probability(a))).then_with(|| name(a).cmp(name(b)))
    });
    mistakes
}

fn mistake(run: &JudgedRun<'_>, image: usize, judgement: Judgement) -> Option<Mistake> {
    let probability = run.answers.ranked.best_probability(image);
    match judgement {
        Judgement::Scored(outcome) if !outcome.is_right() => {
            let Outcome { truth, predicted, lca, .. } = outcome;
            let height = Some(outcome.height(run.taxonomy));
            Some(Mistake { image, truth: Some(truth), predicted, lca, height, stopped_above: outcome.stops_above(), probability })
        }
        Judgement::Unplaced(answer) => Some(Mistake {
            image,
            truth: None,
            predicted: answer,
            lca: TaxonId::ROOT,
            height: None,
            stopped_above: false,
            probability,
        }),
        _ => None,
    }
}
