//! Intervals of accuracy where images are not independent: whole clusters are drawn.

use super::Run;
use super::ranks::RankScores;
use crate::answers::Truth;
use crate::bootstrap::{Clusters, DRAWS, interval};
use crate::outcome::Judgement;
use crate::rank::Rank;
use crate::taxonomy::TaxonId;
use rayon::prelude::*;
use serde::Serialize;

/// What is drawn together for the intervals of accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DrawnBy {
    /// Images of one observation, where observations repeat; else Wilson's interval.
    #[default]
    Observation,
    /// Images of one true taxon: for statements about other taxa of the kind.
    Taxon,
    /// Nothing: Wilson's interval, as if all images were independent.
    Image,
}

/// How the intervals of accuracy were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Intervals {
    /// Wilson 1927, images taken as independent.
    Wilson,
    /// Bias-corrected and accelerated bootstrap of whole clusters.
    ClusterBootstrap {
        /// `observation` or `taxon`.
        by: &'static str,
        /// Clusters of all images.
        clusters: usize,
        /// Draws.
        draws: usize,
        /// Where chance starts.
        seed: u64,
    },
}

impl Intervals {
    /// As a caption says it.
    #[must_use]
    pub fn caption(&self) -> String {
        match self {
            Intervals::Wilson => "95 % Wilson intervals".to_string(),
            Intervals::ClusterBootstrap { by, clusters, .. } => {
                format!("95 % bootstrap intervals (BCa) that draw whole {}, {clusters} of them", plural(by))
            }
        }
    }
}

fn plural(by: &str) -> &'static str {
    if by == "taxon" { "taxa" } else { "observations" }
}

const SEED: u64 = 0;

/// Replaces the intervals of the rows where clusters of several images are drawn.
pub(super) fn draw(run: &Run<'_>, rows: &mut [RankScores], by: DrawnBy) -> Intervals {
    let Some((by, clusters)) = clusters(run, by).filter(|(_, clusters)| clusters.repeat()) else { return Intervals::Wilson };
    rows.par_iter_mut().for_each(|row| {
        let images = 0..run.judgements.len();
        let path: Vec<Option<f64>> = images.clone().map(|image| right(run, image, row.rank, run.best(image))).collect();
        let drawn = |values: &[Option<f64>]| interval(&clusters.sums(values), DRAWS, SEED);
        if row.path_top1.is_some() {
            let interval = drawn(&path);
            (row.path_top1_low, row.path_top1_high) = (interval.map(|one| one.low), interval.map(|one| one.high));
        }
        if let (Some(_), Some(summed)) = (row.summed_top1, run.summed(row.rank)) {
            let values: Vec<Option<f64>> = images.map(|image| right(run, image, row.rank, summed.best(image).taxon())).collect();
            let interval = drawn(&values);
            (row.summed_top1_low, row.summed_top1_high) = (interval.map(|one| one.low), interval.map(|one| one.high));
        }
    });
    Intervals::ClusterBootstrap { by, clusters: clusters.len(), draws: DRAWS, seed: SEED }
}

fn clusters(run: &Run<'_>, by: DrawnBy) -> Option<(&'static str, Clusters)> {
    match by {
        DrawnBy::Image => None,
        DrawnBy::Observation => {
            let observations = run.answers.observations.as_ref()?;
            Some(("observation", Clusters::by_name(observations.iter().map(String::as_str))))
        }
        DrawnBy::Taxon => {
            let name = |truth: &Truth| match truth {
                Truth::Taxon(taxon) => taxon.index().to_string(),
                Truth::Missing | Truth::Outside => String::new(),
            };
            let names: Vec<String> = run.answers.truths.iter().map(name).collect();
            Some(("taxon", Clusters::by_name(names.iter().map(String::as_str))))
        }
    }
}

/// 1 where the answer lies in the true taxon of the rank, 0 where not, `None` where the image does
/// not count at the rank.
fn right(run: &Run<'_>, image: usize, rank: Rank, answer: TaxonId) -> Option<f64> {
    match run.judgements[image] {
        Judgement::Scored(outcome) => {
            let truth = run.taxonomy.ancestor_at(outcome.truth, rank)?;
            let answered = run.taxonomy.ancestor_at(answer, rank);
            Some(f64::from(u8::from(answered == Some(truth))))
        }
        Judgement::Unplaced(_) if rank.main_index().is_some() => Some(0.0),
        _ => None,
    }
}
