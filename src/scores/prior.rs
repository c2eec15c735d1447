//! What a prior changes: a run before and after its answers were weighted by place and season.

mod before_after;
mod rarity;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

use super::depths::Depths;
use super::judged_run::JudgedRun;
use super::outcome::{Judgement, Outcome};
use super::tree::Tree;
use super::truth_at::TruthAt;
use crate::answers::distribution::Distribution;
use crate::answers::prior::{Applied, Fate, Place, Prior, Priors, Scope};
use crate::answers::{Answers, Ranked};
use crate::numbers::significance::holm;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use rarity::Rarity;
use serde::Serialize;
use std::collections::BTreeMap;

pub use before_after::BeforeAfter;

/// A run before and after a prior.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct PriorScores {
    pub n: u64,
    pub changed: u64,
    pub better: u64,
    pub worse: u64,
    /// `distribution`, or `listed`: the listed answers alone.
    pub applied_to: &'static str,
    /// Why it was applied to the listed answers alone.
    pub why_listed: Option<String>,
    /// Scored images by what became of their answers; they add up to `n`.
    pub images: ImageFates,
    /// The lists.
    pub lists: Vec<ListRead>,
    /// Share right at each main rank that some truth has, the lineage of the best label; kingdom first.
    pub ranks: Vec<BeforeAfter>,
    /// Mean height of the error.
    pub mean_height: BeforeAfter,
    /// Share right of the images whose truth is outside the list of their group, at its edge, and within it.
    pub rarities: Vec<BeforeAfter>,
}

/// Scored images by what became of their answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ImageFates {
    /// Weighted.
    pub weighted: u64,
    /// Unchanged: no candidate has both a weight and a probability.
    pub all_forbidden: u64,
    /// Unchanged: nobody said in which group the image is.
    pub without_group: u64,
    /// Unchanged: no list has its group.
    pub unknown_group: u64,
    /// Without an answer.
    pub unanswered: u64,
}

/// What was read of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListRead {
    /// The file.
    pub file: String,
    /// `prior`: weights; `geofence`: what may be answered.
    pub kind: &'static str,
    /// What the images are grouped by; `None` where the list is one for all.
    pub by: Option<String>,
    /// Groups that it has.
    pub groups: usize,
    /// Its rows.
    pub rows: usize,
    /// Its rows that say nothing of a taxon in a group, by what they are.
    pub left_out: BTreeMap<&'static str, usize>,
    /// Taxa that it lists.
    pub taxa: usize,
    /// Names that are not one taxon of the taxonomy.
    pub unknown: usize,
    /// The first of them.
    pub first_unknown: Option<String>,
    /// Scored images of groups that it does not have.
    pub images_of_unknown_group: usize,
    /// The first of these groups.
    pub first_unknown_group: Option<String>,
    /// The first of its own groups.
    #[serde(skip)]
    pub first_group: Option<String>,
}

impl ListRead {
    fn of(prior: &Prior, answers: &Answers, images: &[Image]) -> Self {
        let unknown: Vec<&str> = images.iter().filter_map(|image| prior.unknown_group(answers, image.place)).collect();
        Self {
            file: prior.name.clone(),
            kind: if prior.only_allows { "geofence" } else { "prior" },
            by: prior.grouping.clone(),
            groups: prior.groups().len(),
            rows: prior.rows,
            left_out: prior.left_out.clone(),
            taxa: prior.taxa,
            unknown: prior.unknown,
            first_unknown: prior.first_unknown.clone(),
            images_of_unknown_group: unknown.len(),
            first_unknown_group: unknown.first().map(|group| (*group).to_string()),
            first_group: prior.first_group().map(str::to_string),
        }
    }
}

impl ImageFates {
    fn add(&mut self, fate: Fate) {
        let count = match fate {
            Fate::Weighted => &mut self.weighted,
            Fate::AllForbidden => &mut self.all_forbidden,
            Fate::WithoutGroup => &mut self.without_group,
            Fate::UnknownGroup => &mut self.unknown_group,
            Fate::Unanswered => &mut self.unanswered,
        };
        *count += 1;
    }
}

/// One scored image before and after.
struct Image {
    place: usize,
    /// `None` where the truth is unknown, which counts as a mistake.
    truth: Option<TaxonId>,
    before: TaxonId,
    after: TaxonId,
}

impl Image {
    fn is_right(&self, run: &JudgedRun<'_>, answer: TaxonId) -> bool {
        self.truth.is_some_and(|truth| Outcome::of(run.taxonomy, truth, answer).is_right())
    }

    fn height(&self, run: &JudgedRun<'_>, unplaced: f64, answer: TaxonId) -> f64 {
        self.truth.map_or(unplaced, |truth| f64::from(Outcome::of(run.taxonomy, truth, answer).height(run.taxonomy)))
    }

    /// The truth at a main rank; `None` where the image does not count there.
    fn truth_at(&self, run: &JudgedRun<'_>, index: usize) -> Option<TruthAt> {
        match self.truth {
            None => run.taxonomy.has_ranks().then_some(TruthAt(None)),
            Some(truth) => run.taxonomy.main_ancestor(truth, index).map(|taxon| TruthAt(Some(taxon))),
        }
    }
}

impl PriorScores {
    /// What a prior changes.
    ///
    /// # Errors
    ///
    /// Why there is nothing to be weighted, in one sentence.
    pub(super) fn of(run: &JudgedRun<'_>, distribution: &Result<Distribution, String>, priors: &Priors) -> Result<Self, String> {
        let applied = Applied::of(run.taxonomy, run.answers, distribution, priors)?;
        let images = images(run, &applied);
        let unplaced = f64::from(Depths::new(run.taxonomy, Tree::Full, Some(run.met)).unplaced());
        let heights: Vec<(usize, f64, f64)> = images
            .iter()
            .map(|image| (image.place, image.height(run, unplaced, image.before), image.height(run, unplaced, image.after)))
            .collect();
        let mut fates = ImageFates::default();
        for image in &images {
            fates.add(applied.fates[image.place]);
        }
        let count = |which: &dyn Fn(&(usize, f64, f64)) -> bool| heights.iter().filter(|heights| which(heights)).count() as u64;
        let (applied_to, why_listed) = match &applied.scope {
            Scope::Distribution => ("distribution", None),
            Scope::Listed(reason) => ("listed", Some(reason.clone())),
        };
        let ladder = run.taxonomy.has_ranks().then_some((0.0, 7.0));
        Ok(Self {
            n: images.len() as u64,
            changed: images.iter().filter(|image| image.before != image.after).count() as u64,
            better: count(&|(_, before, after)| after < before),
            worse: count(&|(_, before, after)| after > before),
            applied_to,
            why_listed,
            images: fates,
            lists: priors.0.iter().map(|prior| ListRead::of(prior, run.answers, &images)).collect(),
            ranks: ranks(run, &images, &applied),
            mean_height: BeforeAfter::of_means(&run.sample, "mean_height", &heights, ladder),
            rarities: rarities(run, &images, priors, distribution.as_ref().ok()),
        })
    }
}

fn images(run: &JudgedRun<'_>, applied: &Applied) -> Vec<Image> {
    let of = |(place, judgement): (usize, &Judgement)| {
        let truth = match judgement {
            Judgement::Scored(outcome) => Some(outcome.truth),
            Judgement::Unplaced(_) => None,
            _ => return None,
        };
        Some(Image { place, truth, before: run.best(place), after: applied.after.ranked.best(place).taxon() })
    };
    run.judgements.iter().enumerate().filter_map(of).collect()
}

/// Accuracy at every main rank that some truth has, with the calibration of the summed probabilities where there are such.
fn ranks(run: &JudgedRun<'_>, images: &[Image], applied: &Applied) -> Vec<BeforeAfter> {
    let at = |index: usize| {
        let counting: Vec<(&Image, TruthAt)> =
            images.iter().filter_map(|image| Some((image, image.truth_at(run, index)?))).collect();
        let is_right = |truth: TruthAt, answer: TaxonId| truth.is(run.taxonomy.main_ancestor(answer, index));
        let right: Vec<(usize, bool, bool)> = counting
            .iter()
            .map(|(image, truth)| (image.place, is_right(*truth, image.before), is_right(*truth, image.after)))
            .collect();
        let confidences = |summed: &Ranked| -> Vec<(usize, f64, bool)> {
            let of = |(image, truth): &(&Image, TruthAt)| {
                let best = run.taxonomy.main_ancestor(summed.best(image.place).taxon(), index);
                (image.place, summed.best_probability(image.place).unwrap_or(0.0), truth.is(best))
            };
            counting.iter().map(of).collect()
        };
        let both = applied.before[index].as_ref().zip(applied.after.summed[index].as_ref());
        let row = BeforeAfter::of_shares(&run.sample, Rank::MAIN[index].name(), &right);
        (!counting.is_empty()).then(|| match both {
            Some((before, after)) => row.with_calibration(&run.sample, &confidences(before), &confidences(after)),
            None => row,
        })
    };
    adjusted((0..7).filter_map(at).collect())
}

/// Rows whose p-values are adjusted together.
fn adjusted(mut rows: Vec<BeforeAfter>) -> Vec<BeforeAfter> {
    let adjusted = holm(&rows.iter().map(|row| row.significance.p).collect::<Vec<_>>());
    rows.iter_mut().zip(adjusted).for_each(|(row, adjusted)| row.adjusted = adjusted);
    rows
}

/// Share right of the images whose truth is outside the list of their group, at its edge, and within it.
fn rarities(run: &JudgedRun<'_>, images: &[Image], priors: &Priors, distribution: Option<&Distribution>) -> Vec<BeforeAfter> {
    let places = priors.places(run.taxonomy, run.answers);
    let candidates = distribution.map_or_else(|| listed_taxa(run), |whole| whole.candidates().to_vec());
    let edges = rarity::edges(&places.weights(&candidates));
    let mut of: BTreeMap<Rarity, Vec<(usize, bool, bool)>> = Rarity::ALL.into_iter().map(|rarity| (rarity, vec![])).collect();
    for image in images {
        let (Place::At(combination), Some(truth)) = (places.of_image[image.place], image.truth) else { continue };
        let weight = places.weight(combination, truth);
        let rarity = Rarity::of(weight, edges[combination], || priors.is_allowed_in_few_groups(run.taxonomy, truth));
        let right = (image.place, image.is_right(run, image.before), image.is_right(run, image.after));
        of.entry(rarity).or_default().push(right);
    }
    adjusted(of.into_iter().map(|(rarity, right)| BeforeAfter::of_shares(&run.sample, rarity.name(), &right)).collect())
}

/// The taxa that stand in lists of answers.
fn listed_taxa(run: &JudgedRun<'_>) -> Vec<TaxonId> {
    let ranked = &run.answers.ranked;
    let mut taxa: Vec<TaxonId> = (0..ranked.len())
        .flat_map(|image| ranked.listed(image))
        .map(|answer| answer.taxon())
        .filter(|taxon| *taxon != TaxonId::ROOT)
        .collect();
    taxa.sort_unstable();
    taxa.dedup();
    taxa
}
