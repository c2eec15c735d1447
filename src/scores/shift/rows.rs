//! One metric in both sets: its difference, what it is where both have the same species, and what it is made up of.

use super::classes::Classes;
use super::measures::Measured;
use super::set::JudgedSet;
use super::standards::standardise;
use crate::numbers::interval::{MetricIntervals, NoInterval};
use crate::numbers::standardisation::{Parts, Standard, decomposed, level_by_level};
use crate::numbers::unpaired::{difference, exchange};
use crate::scores::metric::Direction;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// One metric in both sets; differences are second less first.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::shift, under its own name")]
pub struct ShiftRow {
    /// Name in files: `path_top1.species`, `exact`, `height`.
    pub name: String,
    /// Name in tables.
    pub label: String,
    /// Which way is better.
    pub direction: Direction,
    pub n_first: u64,
    pub n_second: u64,
    pub first: Option<f64>,
    pub second: Option<f64>,
    pub difference: Option<f64>,
    pub p: Option<f64>,
    pub standard_error: Option<f64>,
    pub standardised_first: Option<f64>,
    pub standardised_second: Option<f64>,
    pub standardised_difference: Option<f64>,
    pub skill: Option<f64>,
    pub composition: Option<f64>,
    pub only_first: Option<f64>,
    pub only_second: Option<f64>,
    /// The composition part rank by rank from the root downwards; those of truths that differ in no rank stand last, without.
    pub composition_by_rank: Vec<(Option<Rank>, f64)>,
    /// The intervals of its values.
    pub intervals: MetricIntervals,
}

impl ShiftRow {
    pub(super) fn of(
        taxonomy: &Taxonomy,
        sets: &[JudgedSet<'_>; 2],
        measured: &Measured,
        classes: &Classes,
        (standard, seed): (Standard, u64),
    ) -> Self {
        let kinds = [0, 1].map(|place| measured.kinds(sets, place, |_| 1.0));
        let [first, second] = kinds.each_ref().map(crate::numbers::bootstrap::Kinds::mean);
        let exchanged = exchange(&kinds[0], &kinds[1], seed);
        let counts = [0, 1].map(|place| measured.values[place].iter().flatten().count() as u64);
        let mut intervals = MetricIntervals::default();
        let mut found = kinds.into_iter().enumerate().map(|(place, kinds)| {
            let images = kinds.weight();
            measured.interval(sets, place, kinds, images)
        });
        let ends = [(); 2].map(|()| found.next().unwrap_or(Err(NoInterval::NoValue)));
        let between = ends[0].and_then(|one| {
            let other = ends[1]?;
            first.zip(second).map(|(first, second)| difference((first, one), (second, other))).ok_or(NoInterval::NoValue)
        });
        intervals.add("first", ends[0], sets[0].sample.noun);
        intervals.add("second", ends[1], sets[1].sample.noun);
        intervals.add_for("difference", first.zip(second).map(|_| 0.0), between, sets[0].sample.noun);
        let strata = classes.strata(measured);
        let same = standardise(sets, measured, classes, standard);
        for (name, value, found) in same.named() {
            intervals.add_for(name, value, found, sets[0].sample.noun);
        }
        let skill = standardise(sets, measured, classes, Standard::Both);
        intervals.add_for("skill", skill.difference, skill.of_difference, sets[0].sample.noun);
        let parts = decomposed(&strata).map(|parts| Parts::sum(&parts));
        for (name, part) in ["composition", "only_first", "only_second"].into_iter().zip(parts.map_or([None; 3], others)) {
            intervals.add_for(name, part, Err(DROP_OUT), sets[0].sample.noun);
        }
        Self {
            name: measured.name.clone(),
            label: measured.label.clone(),
            direction: measured.direction,
            n_first: counts[0],
            n_second: counts[1],
            first,
            second,
            difference: first.zip(second).map(|(first, second)| second - first),
            p: exchanged.map(|exchanged| exchanged.p),
            standard_error: exchanged.map(|exchanged| exchanged.standard_error),
            standardised_first: same.first,
            standardised_second: same.second,
            standardised_difference: same.difference,
            skill: parts.map(|parts| parts.skill),
            composition: parts.map(|parts| parts.composition),
            only_first: parts.map(|parts| parts.only_first),
            only_second: parts.map(|parts| parts.only_second),
            composition_by_rank: by_rank(taxonomy, classes, &strata),
            intervals,
        }
    }
}

/// Why the parts that are no skill have no interval.
const DROP_OUT: NoInterval = NoInterval::NoMean("taxa drop out of draws, so that draws have less in common than the sets");

/// Terms of less than this come of rounding.
const ROUNDING: f64 = 1e-12;

/// The parts that are no skill.
fn others(parts: Parts) -> [Option<f64>; 3] {
    [parts.composition, parts.only_first, parts.only_second].map(Some)
}

/// The composition part from the root downwards, to the rank of the classes.
fn by_rank(
    taxonomy: &Taxonomy,
    classes: &Classes,
    strata: &[crate::numbers::standardisation::Stratum],
) -> Vec<(Option<Rank>, f64)> {
    let Some(finest) = classes.rank.and_then(Rank::main_index) else { return vec![] };
    // Groups of a rank lie within those of the rank above: what has no taxon there stays with what is above it.
    let groups = |index: usize| classes.taxa.iter().map(|taxon| nearest(taxonomy, *taxon, index).index()).collect();
    let levels: Vec<Vec<usize>> = (0..=finest).map(groups).collect();
    let Some(terms) = level_by_level(strata, &levels) else { return vec![] };
    let ranks = Rank::MAIN.into_iter().take(finest + 1).map(Some).chain([None]);
    // Truths that no rank tells apart: a term of its own only where there are such.
    ranks.zip(terms).filter(|(rank, term)| rank.is_some() || term.abs() > ROUNDING).collect()
}

/// The taxon at a main rank, or the nearest main rank above; the root where there is none.
pub(super) fn nearest(taxonomy: &Taxonomy, taxon: TaxonId, index: usize) -> TaxonId {
    (0..=index).rev().find_map(|index| taxonomy.main_ancestor(taxon, index)).unwrap_or(TaxonId::ROOT)
}
