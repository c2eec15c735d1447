//! Whether the summed answers of the ranks agree with each other.

use super::judged_run::JudgedRun;
use super::ranks::RankScores;
use crate::numbers::interval::{MetricIntervals, NoInterval};
use crate::numbers::statistics::{share, to_f64};
use crate::scores::outcome::{Judgement, Outcome};
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use rayon::prelude::*;

/// Agreement of the summed answers between ranks.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct Consistency {
    pub n: u64,
    pub tice: Option<f64>,
    pub fpa: Option<f64>,
    pub wap: Option<f64>,
    /// The intervals of the others.
    pub intervals: MetricIntervals,
}

impl Consistency {
    pub(super) fn of(run: &JudgedRun<'_>, rows: &[RankScores]) -> Option<Self> {
        if run.answers.summed.iter().any(Option::is_none) {
            return None;
        }
        let seen = |image: usize| match run.judgements[image] {
            Judgement::Scored(outcome) => Some((image, !is_path(run, image), is_right(run, image, &outcome))),
            Judgement::Unplaced(_) => Some((image, !is_path(run, image), false)),
            _ => None,
        };
        let seen: Vec<(usize, bool, bool)> = (0..run.judgements.len()).into_par_iter().filter_map(seen).collect();
        let n = seen.len() as u64;
        let part = |holds: fn(&(usize, bool, bool)) -> bool| seen.iter().filter(|image| holds(image)).count() as u64;
        let (broken, right) = (part(|image| image.1), part(|image| image.2));
        let mut intervals = MetricIntervals::default();
        let add = |intervals: &mut MetricIntervals, name, holds: fn(&(usize, bool, bool)) -> bool| {
            let found = run.sample.share(seen.iter().map(|image| (image.0, holds(image))));
            intervals.add(name, found, run.sample.noun);
        };
        add(&mut intervals, "tice", |image| image.1);
        add(&mut intervals, "fpa", |image| image.2);
        let wap = weighted(rows);
        intervals.add_for(
            "wap",
            wap,
            Err(NoInterval::NoMean("ranks of different images are averaged: see those of summed_top1")),
            "",
        );
        Some(Self { n, tice: share(broken, n), fpa: share(right, n), wap, intervals })
    }
}

/// Summed answers of an image, kingdom to species; the root where a rank has none.
fn chain(run: &JudgedRun<'_>, image: usize) -> impl Iterator<Item = TaxonId> {
    run.answers.summed.iter().flatten().map(move |ranked| ranked.best(image).taxon())
}

/// Whether the answers lie on one lineage; ranks without an answer are passed over.
fn is_path(run: &JudgedRun<'_>, image: usize) -> bool {
    let mut above = TaxonId::ROOT;
    chain(run, image).filter(|taxon| *taxon != TaxonId::ROOT).all(|taxon| {
        let fits = run.taxonomy.contains(above, taxon);
        above = taxon;
        fits
    })
}

fn is_right(run: &JudgedRun<'_>, image: usize, outcome: &Outcome) -> bool {
    chain(run, image).enumerate().all(|(index, taxon)| {
        let truth = run.taxonomy.main_ancestor(outcome.truth, index);
        truth.is_none_or(|truth| run.taxonomy.main_ancestor(taxon, index) == Some(truth))
    })
}

fn weighted(rows: &[RankScores]) -> Option<f64> {
    let main = rows.iter().filter(|row| row.rank <= Rank::Species);
    let pairs: Vec<_> = main.filter_map(|row| Some((to_f64(row.classes), row.summed_top1?))).collect();
    let weights: f64 = pairs.iter().map(|(classes, _)| classes).sum();
    (weights > 0.0).then(|| pairs.iter().map(|(classes, accuracy)| classes * accuracy).sum::<f64>() / weights)
}
