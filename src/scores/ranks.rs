//! Accuracy at every rank, by the path rule and by the summed rule.

mod intervals;

use super::Run;
use super::listed::Listed;
use super::whole::TruthAt;
use crate::answers::{Answer, Ranked};
use crate::interval::MetricIntervals;
use crate::outcome::Judgement;
use crate::rank::Rank;
use crate::statistics::{CalibrationBins, Sum, share, to_f64};
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::collections::HashSet;

/// Accuracy at one rank; fractions in `[0, 1]`, `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each field is described in metric::all, under its own name")]
pub struct RankScores {
    /// The rank.
    pub rank: Rank,
    pub n: u64,
    pub path_top1: Option<f64>,
    pub path_top1_least: Option<f64>,
    pub path_top1_most: Option<f64>,
    pub path_top5: Option<f64>,
    pub path_macro: Option<f64>,
    pub summed_top1: Option<f64>,
    pub summed_top1_least: Option<f64>,
    pub summed_top1_most: Option<f64>,
    pub summed_top5: Option<f64>,
    pub summed_macro: Option<f64>,
    pub ece: Option<f64>,
    pub chance: Option<f64>,
    pub classes: u64,
    pub path_mrr: Option<f64>,
    pub path_macro_precision: Option<f64>,
    pub path_macro_f1: Option<f64>,
    pub path_weighted_precision: Option<f64>,
    pub path_weighted_f1: Option<f64>,
    pub summed_macro_precision: Option<f64>,
    pub summed_macro_f1: Option<f64>,
    pub summed_weighted_precision: Option<f64>,
    pub summed_weighted_f1: Option<f64>,
    pub disagree: Option<f64>,
    pub tied: u64,
    pub summed_tied: Option<u64>,
    /// The intervals of the others, or why they have none.
    pub intervals: MetricIntervals,
}

const NONE: u32 = u32::MAX;

/// One rank of the table: for every taxon its ancestor there.
pub(super) struct Column {
    pub rank: Rank,
    ancestors: Vec<u32>,
}

impl Column {
    fn new(taxonomy: &Taxonomy, rank: Rank) -> Self {
        let mut ancestors = vec![NONE; taxonomy.len()];
        for taxon in taxonomy.taxa() {
            let above = taxonomy.parent(taxon).map_or(NONE, |parent| ancestors[parent.index()]);
            ancestors[taxon.index()] = if taxonomy.rank(taxon) == rank { taxon.0 } else { above };
        }
        Self { rank, ancestors }
    }

    /// The ancestor of a taxon (or itself) at the column's rank.
    pub fn ancestor(&self, taxon: TaxonId) -> Option<TaxonId> {
        let ancestor = self.ancestors[taxon.index()];
        (ancestor != NONE).then_some(TaxonId(ancestor))
    }
}

/// The rows, with the counts per taxon that they were made from.
pub(super) struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<RankScores>,
    pub counts: TaxonCounts,
}

/// Counts per taxon, each at its own rank.
pub(super) struct TaxonCounts {
    /// Images whose truth lies in the taxon.
    pub truth: Vec<u32>,
    /// Images whose best label lies in the taxon, of those with a truth at its rank.
    pub answered: Vec<u32>,
    /// Images with both.
    pub path_right: Vec<u32>,
    /// Images whose summed answer is the taxon, of those with a truth at its rank.
    summed_answered: Vec<u32>,
    /// Images with a summed answer and a truth in the taxon.
    summed_right: Vec<u32>,
    /// Images of the taxon whose answer has no taxon at its rank.
    pub unanswered: Vec<u32>,
}

impl TaxonCounts {
    fn new(taxa: usize) -> Self {
        let zeros = || vec![0; taxa];
        Self {
            truth: zeros(),
            answered: zeros(),
            path_right: zeros(),
            summed_answered: zeros(),
            summed_right: zeros(),
            unanswered: zeros(),
        }
    }

    fn merge(&mut self, other: &Self) {
        let fields = [
            (&mut self.truth, &other.truth),
            (&mut self.answered, &other.answered),
            (&mut self.path_right, &other.path_right),
            (&mut self.summed_answered, &other.summed_answered),
            (&mut self.summed_right, &other.summed_right),
            (&mut self.unanswered, &other.unanswered),
        ];
        for (mine, theirs) in fields {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }
}

/// Sums of one rank.
#[derive(Clone, Default)]
struct Tally {
    n: u64,
    /// Images that have a truth at the rank; the rest of `n` are counted as mistakes without one.
    placed: u64,
    path_top1: u64,
    path_top5: u64,
    summed_top1: u64,
    summed_top5: u64,
    path_ties: Ties,
    summed_ties: Ties,
    /// Candidates that would have been right, summed over images.
    lucky: u64,
    /// Images whose summed taxon is not the taxon of the best label.
    disagree: u64,
    /// One over the place of the first right label; 0 where none is right.
    reciprocal_places: Sum,
    /// Images by the place of the first right label, from the first place on.
    places: Vec<u64>,
    bins: CalibrationBins,
}

impl Tally {
    fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.placed += other.placed;
        self.path_top1 += other.path_top1;
        self.path_top5 += other.path_top5;
        self.summed_top1 += other.summed_top1;
        self.summed_top5 += other.summed_top5;
        self.path_ties.merge(other.path_ties);
        self.summed_ties.merge(other.summed_ties);
        self.lucky += other.lucky;
        self.disagree += other.disagree;
        self.reciprocal_places.merge(other.reciprocal_places);
        self.places.resize(self.places.len().max(other.places.len()), 0);
        self.places.iter_mut().zip(&other.places).for_each(|(mine, theirs)| *mine += theirs);
        self.bins.merge(&other.bins);
    }
}

/// What the images leave open whose best score is shared.
#[derive(Clone, Copy, Default)]
struct Ties {
    /// Images whose best score several labels share.
    tied: u64,
    /// Images that are right whichever of these labels is answered.
    always: u64,
    /// Images that are right if the right one of them is.
    ever: u64,
}

impl Ties {
    fn add(&mut self, ranked: &Ranked, image: usize, column: &Column, truth: Option<TaxonId>) {
        let tied = ranked.tied(image);
        let right = |answer: &Answer| truth.is_some() && column.ancestor(answer.taxon()) == truth;
        self.tied += u64::from(tied.iter().any(|answer| *answer != tied[0]));
        self.always += u64::from(!tied.is_empty() && tied.iter().all(right));
        self.ever += u64::from(tied.iter().any(right));
    }

    fn merge(&mut self, other: Self) {
        self.tied += other.tied;
        self.always += other.always;
        self.ever += other.ever;
    }
}

/// The candidate labels below each taxon, where the candidates are known.
struct Candidates {
    below: Vec<u32>,
    /// Of these the ones that can get any probability.
    usable: Vec<u32>,
    count: u64,
}

impl Candidates {
    fn new(run: &Run<'_>) -> Option<Self> {
        let candidates = run.answers.candidates.as_ref().filter(|candidates| !candidates.is_empty())?;
        let below = |candidates: &mut dyn Iterator<Item = &TaxonId>| {
            let mut below = vec![0; run.taxonomy.len()];
            for &candidate in candidates {
                run.taxonomy.lineage(candidate).for_each(|step| below[step.index()] += 1);
            }
            below
        };
        let unusable: HashSet<TaxonId> = run.answers.unusable_candidates.iter().copied().collect();
        let usable = below(&mut candidates.iter().filter(|candidate| !unusable.contains(candidate)));
        Some(Self { below: below(&mut candidates.iter()), usable, count: candidates.len() as u64 })
    }
}

pub(super) fn table(run: &Run<'_>, notes: &mut Vec<String>) -> Table {
    let columns = columns(run);
    let candidates = Candidates::new(run);
    let (tallies, counts) = count(run, &columns, candidates.as_ref());
    let classes = classes(run, &columns, candidates.as_ref().map(|candidates| &candidates.below[..]));
    let usable = self::classes(run, &columns, candidates.as_ref().map(|candidates| &candidates.usable[..]));
    let guess = |index: usize| (candidates.as_ref(), classes[index], usable[index]);
    let row = |index: usize| row(run, &columns[index], &tallies[index], &counts, guess(index));
    let rows: Vec<_> = (0..columns.len()).map(row).collect();
    add_notes(run, &rows, candidates.is_some(), notes);
    let mut table = Table { columns, rows, counts };
    intervals::add(run, &mut table, &tallies);
    table
}

/// The main ranks, and the ranks below species that a truth has; none in a tree without ranks.
fn columns(run: &Run<'_>) -> Vec<Column> {
    if !run.taxonomy.has_ranks() {
        return vec![];
    }
    let mut below: Vec<Rank> = run
        .judgements
        .iter()
        .filter_map(|judgement| scored_truth(*judgement))
        .map(|truth| run.taxonomy.rank(truth))
        .filter(|rank| *rank > Rank::Species && !rank.is_unranked())
        .collect();
    below.sort_unstable();
    below.dedup();
    Rank::MAIN.into_iter().chain(below).map(|rank| Column::new(run.taxonomy, rank)).collect()
}

fn scored_truth(judgement: Judgement) -> Option<TaxonId> {
    match judgement {
        Judgement::Scored(outcome) => Some(outcome.truth),
        _ => None,
    }
}

fn count(run: &Run<'_>, columns: &[Column], candidates: Option<&Candidates>) -> (Vec<Tally>, TaxonCounts) {
    let empty = || (vec![Tally::default(); columns.len()], TaxonCounts::new(run.taxonomy.len()));
    let add = |mut sums: (Vec<Tally>, TaxonCounts), image: usize| {
        for (tally, column) in sums.0.iter_mut().zip(columns) {
            add_image(run, image, column, candidates, tally, &mut sums.1);
        }
        sums
    };
    let merge = |mut sums: (Vec<Tally>, TaxonCounts), other: (Vec<Tally>, TaxonCounts)| {
        sums.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| mine.merge(theirs));
        sums.1.merge(&other.1);
        sums
    };
    (0..run.judgements.len()).into_par_iter().with_min_len(65_536).fold(empty, add).reduce(empty, merge)
}

/// The true taxon of an image at a rank; `None` where the image does not count at the rank.
pub(super) fn truth_at(run: &Run<'_>, image: usize, column: &Column) -> Option<TruthAt> {
    match run.judgements[image] {
        Judgement::Scored(outcome) => column.ancestor(outcome.truth).map(|truth| TruthAt(Some(truth))),
        Judgement::Unplaced(_) if column.rank.main_index().is_some() => Some(TruthAt(None)),
        _ => None,
    }
}

fn add_image(
    run: &Run<'_>,
    image: usize,
    column: &Column,
    candidates: Option<&Candidates>,
    tally: &mut Tally,
    counts: &mut TaxonCounts,
) {
    let Some(TruthAt(truth)) = truth_at(run, image, column) else { return };
    tally.n += 1;
    let answered = column.ancestor(run.best(image));
    if let Some(answered) = answered {
        counts.answered[answered.index()] += 1;
    }
    let path = truth.and_then(|truth| found_at(&run.answers.ranked, image, column, truth));
    tally.path_ties.add(&run.answers.ranked, image, column, truth);
    tally.reciprocal_places.add(path.map_or(0.0, |place| 1.0 / to_f64(place as u64 + 1)));
    if let Some(place) = path {
        if tally.places.len() <= place {
            tally.places.resize(place + 1, 0);
        }
        tally.places[place] += 1;
    }
    if let Some(summed) = run.summed(column.rank) {
        add_summed(summed, image, column, (truth, answered), tally, counts);
    }
    let Some(truth) = truth else { return };
    let place = truth.index();
    tally.placed += 1;
    tally.lucky += candidates.map_or(0, |candidates| u64::from(candidates.below[place]));
    counts.truth[place] += 1;
    counts.unanswered[place] += u32::from(answered.is_none());
    tally.path_top1 += u64::from(path == Some(0));
    tally.path_top5 += u64::from(path.is_some_and(|place| place < 5));
    counts.path_right[place] += u32::from(path == Some(0));
}

fn add_summed(
    summed: &Ranked,
    image: usize,
    column: &Column,
    (truth, answered): (Option<TaxonId>, Option<TaxonId>),
    tally: &mut Tally,
    counts: &mut TaxonCounts,
) {
    let best = column.ancestor(summed.best(image).taxon());
    tally.disagree += u64::from(best != answered);
    if let Some(best) = best {
        counts.summed_answered[best.index()] += 1;
    }
    tally.summed_ties.add(summed, image, column, truth);
    if let Some((probability, right)) = confidence(summed, image, column, truth) {
        tally.bins.add(probability, right);
    }
    let Some(truth) = truth else { return };
    let place = found_at(summed, image, column, truth);
    tally.summed_top1 += u64::from(place == Some(0));
    tally.summed_top5 += u64::from(place.is_some_and(|place| place < 5));
    counts.summed_right[truth.index()] += u32::from(place == Some(0));
}

/// Probability of the summed answer of an image and whether it is right; where nothing is answered it is
/// nothing, with probability 0. `None` where the probability is unknown.
fn confidence(summed: &Ranked, image: usize, column: &Column, truth: Option<TaxonId>) -> Option<(f64, bool)> {
    let probability = if summed.answers(image).is_empty() { Some(0.0) } else { summed.best_probability(image) };
    let right = truth.is_some() && column.ancestor(summed.best(image).taxon()) == truth;
    Some((probability?, right))
}

/// Place of the first answer, from 0, that lies in the true taxon of the rank.
fn found_at(ranked: &Ranked, image: usize, column: &Column, truth: TaxonId) -> Option<usize> {
    ranked.answers(image).iter().position(|answer| column.ancestor(answer.taxon()) == Some(truth))
}

/// How many taxa could be answered at each rank: those above the candidates, or where these are
/// unknown those above the truths and the answers. `below` are the candidates below each taxon.
fn classes(run: &Run<'_>, columns: &[Column], below: Option<&[u32]>) -> Vec<u64> {
    let met = |taxon: TaxonId| below.map_or_else(|| run.met.has(taxon), |below| below[taxon.index()] > 0);
    let at =
        |column: &Column| run.taxonomy.taxa().filter(|taxon| met(*taxon) && run.taxonomy.rank(*taxon) == column.rank).count();
    columns.iter().map(|column| at(column) as u64).collect()
}

fn row(
    run: &Run<'_>,
    column: &Column,
    tally: &Tally,
    counts: &TaxonCounts,
    (candidates, classes, usable): (Option<&Candidates>, u64, u64),
) -> RankScores {
    let summed = run.summed(column.rank).is_some() && tally.n > 0;
    let only_if = |condition: bool, value: Option<f64>| value.filter(|_| condition);
    let chance = match candidates {
        Some(candidates) => share(tally.lucky, candidates.count * tally.n),
        None => share(tally.placed, classes * tally.n),
    };
    let labels = candidates.map(|candidates| candidates.count);
    let path = averages(run.taxonomy, column.rank, &counts.truth, &counts.answered, &counts.path_right);
    let by_sum = averages(run.taxonomy, column.rank, &counts.truth, &counts.summed_answered, &counts.summed_right);
    RankScores {
        rank: column.rank,
        n: tally.n,
        path_top1: share(tally.path_top1, tally.n),
        path_top1_least: share(tally.path_ties.always, tally.n),
        path_top1_most: share(tally.path_ties.ever, tally.n),
        path_top5: only_if(lists_five(run, labels), share(tally.path_top5, tally.n)),
        path_macro: path.recall,
        summed_top1: only_if(summed, share(tally.summed_top1, tally.n)),
        summed_top1_least: only_if(summed, share(tally.summed_ties.always, tally.n)),
        summed_top1_most: only_if(summed, share(tally.summed_ties.ever, tally.n)),
        summed_top5: only_if(
            summed && run.summed(column.rank).is_some_and(|sums| sums_five(run, sums, usable)),
            share(tally.summed_top5, tally.n),
        ),
        summed_macro: only_if(summed, by_sum.recall),
        ece: only_if(summed && has_probabilities(run, column.rank), tally.bins.expected_error()),
        chance,
        classes,
        path_mrr: only_if(run.answers.ranked.width() > 1, tally.reciprocal_places.mean()),
        path_macro_precision: path.precision,
        path_macro_f1: path.f1,
        path_weighted_precision: path.weighted_precision,
        path_weighted_f1: path.weighted_f1,
        summed_macro_precision: only_if(summed, by_sum.precision),
        summed_macro_f1: only_if(summed, by_sum.f1),
        summed_weighted_precision: only_if(summed, by_sum.weighted_precision),
        summed_weighted_f1: only_if(summed, by_sum.weighted_f1),
        disagree: only_if(summed, share(tally.disagree, tally.n)),
        tied: tally.path_ties.tied,
        summed_tied: summed.then_some(tally.summed_ties.tied),
        intervals: MetricIntervals::default(),
    }
}

/// Whether more than one answer is listed, and by every image five, or all there are.
fn lists_five(run: &Run<'_>, all: Option<u64>) -> bool {
    run.answers.ranked.width() >= 2 && Listed::of(run, 5, all).is_enough()
}

/// The same of taxa of summed probability, `all` being those that could share it.
fn sums_five(run: &Run<'_>, sums: &Ranked, all: u64) -> bool {
    sums.width() >= 2 && Listed::of_sums(run, sums, 5, all).is_enough()
}

fn has_probabilities(run: &Run<'_>, rank: Rank) -> bool {
    let Some(summed) = run.summed(rank) else { return false };
    let outside = |image: usize| summed.probability(image, 0).is_some_and(|p| !(0.0..=1.0 + 1e-6).contains(&p));
    summed.has_probabilities() && !(0..run.judgements.len()).into_par_iter().any(outside)
}

/// Averages over the taxa of one rank; `None` without images.
#[derive(Default)]
struct Averages {
    /// Over true taxa.
    recall: Option<f64>,
    /// Over taxa that are a truth or an answer; 0 for a taxon that was never answered.
    precision: Option<f64>,
    f1: Option<f64>,
    /// Weighted by the images of the taxon.
    weighted_precision: Option<f64>,
    weighted_f1: Option<f64>,
}

fn averages(taxonomy: &Taxonomy, rank: Rank, truth: &[u32], answered: &[u32], right: &[u32]) -> Averages {
    let [mut recall, mut precision, mut f1, mut weighted_precision, mut weighted_f1] = [0.0; 5];
    let (mut true_taxa, mut taxa, mut images) = (0_u64, 0_u64, 0.0);
    for taxon in taxonomy.taxa().filter(|taxon| taxonomy.rank(*taxon) == rank) {
        let [n, answered, right] = [truth, answered, right].map(|counts| u64::from(counts[taxon.index()]));
        if n + answered == 0 {
            continue;
        }
        taxa += 1;
        true_taxa += u64::from(n > 0);
        recall += share(right, n).unwrap_or(0.0);
        let (taxon_precision, taxon_f1) = (share(right, answered).unwrap_or(0.0), to_f64(2 * right) / to_f64(n + answered));
        precision += taxon_precision;
        f1 += taxon_f1;
        images += to_f64(n);
        weighted_precision += taxon_precision * to_f64(n);
        weighted_f1 += taxon_f1 * to_f64(n);
    }
    if true_taxa == 0 {
        return Averages::default();
    }
    Averages {
        recall: Some(recall / to_f64(true_taxa)),
        precision: Some(precision / to_f64(taxa)),
        f1: Some(f1 / to_f64(taxa)),
        weighted_precision: Some(weighted_precision / images),
        weighted_f1: Some(weighted_f1 / images),
    }
}

fn add_notes(run: &Run<'_>, rows: &[RankScores], candidates_known: bool, notes: &mut Vec<String>) {
    if !candidates_known && !rows.is_empty() {
        notes.push(
            "The source does not say which labels could be answered: chance is one in the number of taxa among truths and answers."
                .to_string(),
        );
    }
    notes.extend(tie_note(rows));
    notes.extend(coarse_note(run, rows));
    let width = run.answers.ranked.width();
    if width >= 2 && rows.iter().any(|row| row.n > 0 && row.path_top5.is_none()) {
        let all = run.answers.candidates.as_ref().map(|candidates| candidates.len() as u64);
        let Listed { images, short } = Listed::of(run, 5, all);
        notes.push(format!("path_top5 is left empty: {short} of {images} images list fewer than five answers, at most {width}."));
    }
    let score_ranks: Vec<_> = rows
        .iter()
        .filter(|row| row.summed_top1.is_some() && !has_probabilities(run, row.rank))
        .map(|row| row.rank.name())
        .collect();
    if !score_ranks.is_empty() {
        notes.push(format!("Scores outside 0 to 1 are no probabilities: no ece at {}.", score_ranks.join(", ")));
    }
}

/// How many best scores are shared, and what that leaves open at the finest rank with images.
fn tie_note(rows: &[RankScores]) -> Option<String> {
    let row = rows.iter().rev().find(|row| row.n > 0 && row.tied > 0)?;
    let [least, most] = [row.path_top1_least?, row.path_top1_most?].map(|share| 100.0 * share);
    Some(format!(
        "{} of {} images have several labels of the best score; the first in the order of the taxonomy is answered. By other choices among them between {least:.1} and {most:.1} % would be right to {}.",
        row.tied, row.n, row.rank
    ))
}

/// Why rows count fewer images than are scored.
fn coarse_note(run: &Run<'_>, rows: &[RankScores]) -> Option<String> {
    let scored = run.judgements.iter().filter(|judgement| judgement.is_scored()).count() as u64;
    let fewer = rows.iter().filter(|row| row.n > 0 && row.n < scored && row.rank <= Rank::Species);
    let listed: Vec<String> = fewer.map(|row| format!("{} of {scored} at {}", row.n, row.rank)).collect();
    (!listed.is_empty()).then(|| {
        format!("Accuracy and calibration of a rank count the images whose truth has a taxon there: {}.", listed.join(", "))
    })
}
