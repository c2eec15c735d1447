//! Which images one run gets right and another does not, by clade.

use crate::numbers::significance::{binomial, holm};
use crate::scores::outcome::Judgement;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Images of one clade that only one of two runs gets right.
#[derive(Debug, Clone, PartialEq)]
pub struct CladeCounts {
    /// The clade: the family of the truth, or the nearest main rank above where it has none; where these
    /// are one for all truths, the genus or the nearest main rank above.
    pub clade: TaxonId,
    /// Images of the clade that both runs score.
    pub images: u64,
    /// Only the first run is right.
    pub only_first: u64,
    /// Only the second run is right.
    pub only_second: u64,
    /// Two-sided sign test, adjusted by Holm over the clades.
    pub adjusted: f64,
}

/// An image that only one of two runs gets right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnlyOne {
    /// Place of the image.
    pub image: usize,
    /// The truth.
    pub truth: TaxonId,
    /// Whether it is the first run that is right.
    pub first_is_right: bool,
    /// The answer of the run that is wrong.
    pub wrong_answer: TaxonId,
}

/// The taxon at a main rank that an image is counted in, or the nearest one above.
fn clade(taxonomy: &Taxonomy, truth: TaxonId, finest: usize) -> TaxonId {
    (0..=finest).rev().find_map(|index| taxonomy.main_ancestor(truth, index)).unwrap_or(TaxonId::ROOT)
}

/// Images that only one run gets right, in order; right means right to the rank of the truth.
#[must_use]
pub fn only_one(first: &[Judgement], second: &[Judgement]) -> Vec<OnlyOne> {
    let pairs = first.iter().zip(second).enumerate();
    let one = |(image, pair): (usize, (&Judgement, &Judgement))| match pair {
        (Judgement::Scored(a), Judgement::Scored(b)) if a.is_right() != b.is_right() => {
            let first_is_right = a.is_right();
            let wrong_answer = if first_is_right { b.answer } else { a.answer };
            Some(OnlyOne { image, truth: a.truth, first_is_right, wrong_answer })
        }
        _ => None,
    };
    pairs.filter_map(one).collect()
}

/// Clades by how unevenly the two runs are right in them, the most uneven first.
#[must_use]
pub fn by_clade(taxonomy: &Taxonomy, first: &[Judgement], second: &[Judgement]) -> Vec<CladeCounts> {
    let at = |rank: Rank| counts(taxonomy, first, second, rank.main_index().unwrap_or(0));
    let families = at(Rank::Family);
    let counts = if families.len() > 1 { families } else { at(Rank::Genus) };
    let mut clades: Vec<CladeCounts> = counts.into_values().filter(|clade| clade.only_first + clade.only_second > 0).collect();
    let p_values: Vec<f64> =
        clades.iter().map(|clade| binomial(clade.only_first, clade.only_first + clade.only_second)).collect();
    clades.iter_mut().zip(holm(&p_values)).for_each(|(clade, adjusted)| clade.adjusted = adjusted);
    clades.sort_by_key(|clade| (std::cmp::Reverse(clade.only_first.abs_diff(clade.only_second)), clade.clade));
    clades
}

fn counts(taxonomy: &Taxonomy, first: &[Judgement], second: &[Judgement], finest: usize) -> BTreeMap<TaxonId, CladeCounts> {
    let mut counts: BTreeMap<TaxonId, CladeCounts> = BTreeMap::new();
    for pair in first.iter().zip(second) {
        let (Judgement::Scored(a), Judgement::Scored(b)) = pair else { continue };
        let clade = clade(taxonomy, a.truth, finest);
        let empty = CladeCounts { clade, images: 0, only_first: 0, only_second: 0, adjusted: 1.0 };
        let counted = counts.entry(clade).or_insert(empty);
        counted.images += 1;
        counted.only_first += u64::from(a.is_right() && !b.is_right());
        counted.only_second += u64::from(!a.is_right() && b.is_right());
    }
    counts
}
