//! Which images one run gets right and another does not, by clade.

use crate::numbers::bootstrap::{Clusters, Kinds};
use crate::numbers::interval::difference_of_shares;
use crate::numbers::significance::{binomial, holm};
use crate::numbers::statistics::{Interval, to_f64};
use crate::scores::outcome::Judgement;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{BTreeMap, HashMap};

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

/// How far apart two runs are in one clade.
#[derive(Debug, Clone, PartialEq)]
pub struct CladeDifference {
    /// The clade, and the images that only one of them gets right.
    pub counts: CladeCounts,
    /// Share right of the first less that of the second.
    pub difference: f64,
    /// Its interval, on the effective number of images.
    pub interval: Interval,
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
    uneven(counted(taxonomy, first, second).1)
}

/// The same with the differences and their intervals; images of one cluster belong together.
#[must_use]
pub fn differences(taxonomy: &Taxonomy, first: &[Judgement], second: &[Judgement], clusters: &Clusters) -> Vec<CladeDifference> {
    let (finest, counts) = counted(taxonomy, first, second);
    let clades = uneven(counts);
    // Clusters of the images of each clade, and what each image adds to the difference.
    let mut images: HashMap<TaxonId, Vec<(usize, i32)>> = clades.iter().map(|clade| (clade.clade, vec![])).collect();
    for (image, pair) in first.iter().zip(second).enumerate() {
        let (Judgement::Scored(a), Judgement::Scored(b)) = pair else { continue };
        if let Some(images) = images.get_mut(&clade(taxonomy, a.truth, finest)) {
            images.push((clusters.of(image), i32::from(a.is_right()) - i32::from(b.is_right())));
        }
    }
    let difference = |counts: CladeCounts| {
        let mut images = images.remove(&counts.clade)?;
        images.sort_unstable_by_key(|(cluster, _)| *cluster);
        let sums = images.chunk_by(|a, b| a.0 == b.0).map(|cluster| {
            let sum: i32 = cluster.iter().map(|(_, difference)| difference).sum();
            (f64::from(sum), to_f64(cluster.len() as u64))
        });
        let kinds = Kinds::of(sums);
        let interval = difference_of_shares(&kinds, counts.only_first + counts.only_second).ok()?;
        Some(CladeDifference { difference: kinds.mean()?, interval, counts })
    };
    clades.into_iter().filter_map(difference).collect()
}

/// All clades by their taxa, and the main rank that they are of at the finest: families, or genera where there is one family.
fn counted(taxonomy: &Taxonomy, first: &[Judgement], second: &[Judgement]) -> (usize, BTreeMap<TaxonId, CladeCounts>) {
    let at = |rank: Rank| {
        let finest = rank.main_index().unwrap_or(0);
        (finest, counts(taxonomy, first, second, finest))
    };
    let families = at(Rank::Family);
    if families.1.len() > 1 { families } else { at(Rank::Genus) }
}

/// Clades in which the runs differ, the most uneven first.
fn uneven(counts: BTreeMap<TaxonId, CladeCounts>) -> Vec<CladeCounts> {
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::outcome::Outcome;
    use std::path::Path;

    #[test]
    fn differences_are_those_of_the_counts_with_the_interval_of_their_clusters() {
        let table = "kingdom,phylum,class,order,family,genus,species\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus\n\
            Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
        let (cat, fox) = (taxon("Felis catus"), taxon("Vulpes vulpes"));
        let judged = |truth: TaxonId, right: bool| {
            let other = if truth == cat { fox } else { cat };
            Judgement::Scored(Outcome::of(&taxonomy, truth, if right { truth } else { other }))
        };
        // Ten cats, of which the first run alone is right on 4 and the second alone on 1; two foxes, both right on both.
        let first: Vec<Judgement> = (0..12).map(|image| judged(if image < 10 { cat } else { fox }, image != 4)).collect();
        let second: Vec<Judgement> = (0..12).map(|image| judged(if image < 10 { cat } else { fox }, image > 3)).collect();
        let found = differences(&taxonomy, &first, &second, &Clusters::single(12));
        assert_eq!(found.len(), 1);
        let cats = &found[0];
        assert_eq!(cats.counts, by_clade(&taxonomy, &first, &second)[0]);
        assert_eq!((cats.counts.images, cats.counts.only_first, cats.counts.only_second), (10, 4, 1));
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
        // As the intervals have it by hand.
        near(cats.difference, 0.3);
        near(cats.interval.low, -0.158_326);
        near(cats.interval.high, 0.658_326);
        // Two clusters of cats tell less.
        let names = (0..12).map(|image| if image % 2 == 0 { "x" } else { "y" });
        let two = &differences(&taxonomy, &first, &second, &Clusters::by_name(names))[0];
        near(two.difference, 0.3);
        assert!(two.interval.high - two.interval.low >= cats.interval.high - cats.interval.low);
    }
}
