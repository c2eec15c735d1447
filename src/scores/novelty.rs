//! Truths that are no candidates: what is said of them, whether it is noticed, and whether backing off stops in time.
//!
//! A closed list of candidates meets species that are not on it. Such a truth is *novel*; the deepest taxon of its lineage that
//! some candidate shares is as far as any answer can be right. Images are sorted by how new their truths are, scored down to
//! there, and held against what the best classifier of these candidates could still do. The other scores of a run leave these
//! images out, or count them as mistakes; none of that changes here.

mod reach;
mod shown;
mod rows;
mod nearest;
mod evidence;
mod left_out;
mod detection;
mod open_set;
mod stops;
#[cfg(test)]
mod tests;

pub use detection::{Among, DetectionRow, OneKind};
pub use evidence::NoveltyScore;
pub use open_set::OpenSetRow;
pub use reach::Newness;
pub use rows::NoveltyRow;
pub use stops::{At, NoveltyBackOff, StopPoint, StopRow, Stops};

use super::jackknife::Groups;
use super::judged_run::JudgedRun;
use super::met::Met;
use super::options::ScoreOptions;
use super::outcome::{Unreachable, judge};
use super::whole::BACK_OFF;
use crate::answers::Truth;
use crate::answers::distribution::Distribution;
use crate::answers::distribution::tree::CandidateTree;
use crate::taxonomy::TaxonId;
use evidence::Evidence;
use reach::Reach;
use shown::Shown;

/// What is said of truths that are no candidates, beside what is said of the others.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone)]
pub struct Novelty {
    /// Images whose truth the taxonomy holds.
    pub images: u64,
    /// Those whose truth can be told from the candidates.
    pub known: u64,
    /// Those whose truth cannot.
    pub novel: u64,
    /// Candidates.
    pub candidates: u64,
    /// The answers of the best label, by how new the truth is.
    pub rows: Vec<NoveltyRow>,
    /// How well scores tell what is new, rank by rank.
    pub detection: Vec<DetectionRow>,
    /// Ranks of which all images are new, or none: nothing is to be told apart there.
    pub one_kind: Vec<OneKind>,
    /// Right answers to what is known against answers to what is not.
    pub open_set: Vec<OpenSetRow>,
    /// Where the back-off rule stops; `None` without whole distributions.
    pub back_off: Option<NoveltyBackOff>,
    /// Images without a distribution: in no row of detection, and answered by the root where the back-off rule stops.
    pub without_distribution: u64,
    /// Why there are no whole distributions, and so neither detection nor back-off.
    pub why_no_detection: Option<String>,
    /// Why there is no energy.
    pub why_no_energy: Option<String>,
    /// Why there is no distance to a nearest neighbour.
    pub why_no_nearest_neighbour: Option<String>,
}

impl Novelty {
    /// `None` where nobody says what the candidates were, or every truth can be told from them.
    pub(super) fn of(
        run: &JudgedRun<'_>,
        distribution: &Result<Distribution, String>,
        options: &ScoreOptions<'_>,
    ) -> Option<Self> {
        let answers = run.answers;
        let listed = || distribution.as_ref().ok().map(Distribution::candidates);
        let reach = Reach::of(run.taxonomy, answers.candidates.as_deref().or_else(listed)?)?;
        let is_novel = |(image, truth): (usize, &Truth)| match *truth {
            Truth::Taxon(TaxonId::ROOT) | Truth::Missing | Truth::Outside => false,
            Truth::Taxon(truth) => !reach.is_known(truth) && !answers.unreadable.contains_key(&image),
        };
        if !answers.truths.iter().enumerate().any(is_novel) {
            return None;
        }
        let judgements = judge(run.taxonomy, answers, Unreachable::Score);
        // What is novel is part of what the run is about: a genus with one candidate and a novel species says less than either.
        let met = Met::of(run.taxonomy, answers, &judgements);
        let run = &JudgedRun { taxonomy: run.taxonomy, answers, judgements, met: &met, sample: run.sample.clone() };
        let shown = Shown::of_run(run, &reach);
        let known = shown.iter().filter(|one| one.known).count() as u64;
        let novelty = Self {
            images: shown.len() as u64,
            known,
            novel: shown.len() as u64 - known,
            candidates: reach.candidates(),
            rows: rows::rows(run, &shown),
            detection: vec![],
            one_kind: vec![],
            open_set: vec![],
            back_off: None,
            without_distribution: 0,
            why_no_detection: distribution.as_ref().err().cloned(),
            why_no_energy: None,
            why_no_nearest_neighbour: None,
        };
        Some(match distribution {
            Ok(distribution) => novelty.with_distributions(run, distribution, (&reach, &shown), options),
            Err(_) => novelty,
        })
    }

    /// Adds what takes whole distributions.
    fn with_distributions(
        self,
        run: &JudgedRun<'_>,
        distribution: &Distribution,
        (reach, shown): (&Reach, &[Shown]),
        options: &ScoreOptions<'_>,
    ) -> Self {
        let information = run.information(options.information);
        let tree = CandidateTree::new(run.taxonomy, distribution.candidates(), &information);
        let evidence = Evidence::of(run, distribution, &tree, shown);
        let groups = Groups::of_images(run, &shown.iter().map(|one| one.image).collect::<Vec<_>>());
        let (detection, one_kind) = detection::rows(run, reach, &evidence, shown, &groups);
        Self {
            detection,
            one_kind,
            open_set: open_set::rows(run, &evidence, shown, &groups),
            back_off: stops::of(run, &evidence, shown, options.back_off.unwrap_or(BACK_OFF)),
            without_distribution: evidence.without_distribution(),
            why_no_energy: evidence.why_no_energy().map(str::to_string),
            why_no_nearest_neighbour: evidence.why_no_nearest().map(str::to_string),
            ..self
        }
    }
}
