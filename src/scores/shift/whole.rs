//! Two sets against each other by everything.

use super::calibration::{self, CalibrationShift};
use super::clades::{self, CladeShift};
use super::classes::{Classes, finest, has};
use super::measures::{Measured, measures};
use super::mix::LabelShift;
use super::options::ShiftOptions;
use super::rows::ShiftRow;
use super::set::{JudgedSet, ShiftSet};
use super::standards::{Overlap, StandardisedRow, overlap, standardised_rows};
use crate::numbers::standardisation::Standard;
use crate::scores::outcome::Judgement;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeSet;

/// Share of the images whose taxon both sets have, below which standardised numbers speak of few of them.
const LITTLE: f64 = 0.5;
/// Names that a warning lists.
const LISTED: usize = 3;

/// What one set holds; the parts add up to its images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetCounts {
    /// What it is called.
    pub name: String,
    /// All images.
    pub images: usize,
    /// Clusters (observations) that are drawn and exchanged together; as many as images where none repeats.
    pub clusters: usize,
    /// Images that are scored.
    pub scored: usize,
    /// Photographs that could not be read.
    pub unreadable: usize,
    /// Images without a truth.
    pub without_truth: usize,
    /// Images whose truth is not in the taxonomy.
    pub outside_taxonomy: usize,
    /// Images whose truth was no candidate.
    pub not_a_candidate: usize,
}

/// Two sets against each other; differences are second less first.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// The first set, the second.
    pub sets: [SetCounts; 2],
    /// The rank of the taxa by which means are standardised and taken apart; `None` in a tree without ranks and without images.
    pub rank: Option<Rank>,
    /// The composition that means are standardised to.
    pub standard: Standard,
    /// Seed of all chance.
    pub seed: u64,
    /// Metric by metric.
    pub rows: Vec<ShiftRow>,
    /// By the taxa of the rank, of the genus and of the family: what both sets have in common.
    pub overlaps: Vec<Overlap>,
    /// By the same: every metric at every composition.
    pub standardised: Vec<StandardisedRow>,
    /// Which clades explain the differences of `exact` and `height`.
    pub clades: Vec<CladeShift>,
    /// Whether probabilities mean the same.
    pub calibration: Vec<CalibrationShift>,
    /// The mix of classes from the answers alone, or why there is none.
    pub label_shift: Result<LabelShift, String>,
    /// What could not be done and what could mislead, one sentence each.
    pub warnings: Vec<String>,
}

impl Shift {
    /// Holds two sets against each other.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, sets: [ShiftSet<'_>; 2], options: &ShiftOptions) -> Self {
        let sets = sets.map(|set| JudgedSet::of(taxonomy, set, options));
        let measured = measures(taxonomy, &sets);
        let rank = finest(taxonomy, &sets);
        let classes = Classes::at(taxonomy, &sets, rank);
        let row = |measured: &Measured| ShiftRow::of(taxonomy, &sets, measured, &classes, (options.standard, options.seed));
        let rows: Vec<ShiftRow> = measured.par_iter().map(row).collect();
        let is_coarser = |coarser: &Rank| rank.is_some_and(|rank| *coarser < rank) && has(taxonomy, &sets, *coarser);
        let coarser = [Rank::Genus, Rank::Family].into_iter().filter(is_coarser);
        let mut by: Vec<Classes> = coarser.map(|rank| Classes::at(taxonomy, &sets, Some(rank))).collect();
        let explained = measured.iter().filter(|measured| matches!(measured.name.as_str(), "exact" | "height"));
        let clades = explained.flat_map(|measured| clades::of(taxonomy, measured, &classes)).collect();
        by.insert(0, classes);
        let standardised = by.iter().flat_map(|classes| standardised_rows(&sets, &measured, classes)).collect();
        let overlaps: Vec<Overlap> = by.iter().map(overlap).collect();
        let unlike = by.first().map_or_else(BTreeSet::new, |classes| classes.unlike(taxonomy));
        let label_shift = LabelShift::of(taxonomy, &sets, options);
        Self {
            warnings: warnings(&sets, &overlaps, &unlike),
            sets: sets.each_ref().map(counts),
            rank,
            standard: options.standard,
            seed: options.seed,
            rows,
            overlaps,
            standardised,
            clades,
            calibration: calibration::rows(taxonomy, &sets),
            label_shift,
        }
    }

    /// The row of a metric.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<&ShiftRow> {
        self.rows.iter().find(|row| row.name == name)
    }
}

fn counts(set: &JudgedSet<'_>) -> SetCounts {
    let count = |of: fn(&Judgement) -> bool| set.judgements.iter().filter(|judgement| of(judgement)).count();
    let images = set.judgements.len();
    SetCounts {
        name: set.set.name.to_string(),
        images,
        clusters: set.sample.clusters.as_ref().map_or(images, crate::numbers::bootstrap::Clusters::len),
        scored: count(|judgement| judgement.is_scored()),
        unreadable: count(|judgement| matches!(judgement, Judgement::Unreadable)),
        without_truth: count(|judgement| matches!(judgement, Judgement::WithoutTruth)),
        outside_taxonomy: count(|judgement| matches!(judgement, Judgement::OutsideTaxonomy)),
        not_a_candidate: count(|judgement| matches!(judgement, Judgement::NotACandidate)),
    }
}

fn warnings(sets: &[JudgedSet<'_>; 2], overlaps: &[Overlap], unlike: &BTreeSet<&str>) -> Vec<String> {
    let mut said = vec![];
    for set in sets.iter().filter(|set| set.scored() == 0) {
        said.push(format!(
            "No image of {} is scored: nothing is said of its accuracy but what an estimate from the answers gives.",
            set.set.name
        ));
    }
    let known: std::collections::HashSet<&str> = sets[0].set.answers.images.iter().map(String::as_str).collect();
    // Images of a table without names are called after their rows.
    let is_named =
        |image: &&String| !image.strip_prefix("row ").is_some_and(|row| row.bytes().all(|digit| digit.is_ascii_digit()));
    let called = sets[1].set.answers.images.iter().filter(is_named);
    let twice = called.filter(|image| known.contains(image.as_str())).count();
    if twice > 0 {
        let names = if twice == 1 { "image name is" } else { "image names are" };
        said.push(format!(
            "{twice} {names} in both sets: these are held to be other images; where they are the same, compare pairs them."
        ));
    }
    let observations = observations_of_both(sets);
    if observations > 0 {
        said.push(format!(
            "Observations that have images in both sets: {observations}. Their images are drawn and exchanged set by set, as if they \
             were of others."
        ));
    }
    if sets.iter().any(|set| set.scored() == 0) {
        return said;
    }
    if !unlike.is_empty() {
        let names: Vec<&str> = unlike.iter().copied().take(LISTED).collect();
        said.push(format!(
            "Names that the sets have with other lineages, so that their taxa are held to be others: {}, such as {}.",
            unlike.len(),
            names.join(", ")
        ));
    }
    if let Some(overlap) = overlaps.first() {
        let what = overlap.rank.map_or("taxon", |rank| rank.name());
        if overlap.taxa_shared == 0 {
            said.push(format!(
                "No {what} is in both sets: a change of skill cannot be told from a change of composition at this rank."
            ));
        } else if overlap.shared_first.zip(overlap.shared_second).is_some_and(|(a, b)| a.min(b) < LITTLE) {
            said.push(format!(
                "Fewer than half of the images of one set show a {what} that both sets have: what is standardised by it speaks of \
                 few of them; the rows by genus and by family of shift.json speak of more."
            ));
        }
    }
    said
}

/// How many observations have images in both sets.
fn observations_of_both(sets: &[JudgedSet<'_>; 2]) -> usize {
    let of = |set: &JudgedSet<'_>| -> BTreeSet<String> {
        set.set.answers.observations.iter().flatten().filter(|name| !name.is_empty()).cloned().collect()
    };
    let [first, second] = sets.each_ref().map(of);
    first.intersection(&second).count()
}
