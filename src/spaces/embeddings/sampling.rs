//! Samples of more vectors than are looked at one by one.

use super::strata::{Allocation, Shares, drawn};
use crate::numbers::counted::counted;
use crate::taxonomy::TaxonId;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;
use std::collections::BTreeMap;

/// Vectors up to which all are looked at, and how many are drawn of more, unless somebody says otherwise.
///
/// A share of 20 000 is known to 0.7 percentage points at worst, a map of them takes seconds, and pairs of them fit the
/// measures of a space.
pub const USUAL: usize = 20_000;

/// How many vectors are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SampleSize {
    /// All, or [`USUAL`] of more.
    #[default]
    Usual,
    /// All, however many there are.
    All,
    /// So many, or all where there are no more.
    Vectors(usize),
}

/// How vectors are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sampling {
    /// How many.
    pub size: SampleSize,
    /// Where chance starts.
    pub seed: u64,
}

impl Sampling {
    /// All vectors.
    pub const ALL: Sampling = Sampling { size: SampleSize::All, seed: 0 };

    /// How many are drawn of so many; `None` where all are looked at.
    #[must_use]
    pub fn wanted(self, vectors: usize) -> Option<usize> {
        let most = match self.size {
            SampleSize::All => return None,
            SampleSize::Usual => USUAL,
            SampleSize::Vectors(most) => most,
        };
        (vectors > most).then_some(most)
    }
}

/// How a sample was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Design {
    /// Of every taxon in proportion to its vectors, `least` at least.
    Stratified,
    /// Taxa in proportion to their vectors, then `least` vectors of each.
    TwoStage,
}

/// A sample, and what it is of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// Vectors in it.
    pub n: usize,
    /// Vectors that it is of.
    pub of: usize,
    /// How it was drawn.
    pub design: Design,
    /// Vectors of each taxon at least, or all that it has; of a sample of two stages for each time that a taxon was drawn.
    pub least: usize,
    /// Taxa that the vectors have.
    pub taxa: usize,
    /// Taxa that vectors were drawn of.
    pub taxa_drawn: usize,
    /// Vectors without a taxon, which are drawn from as if they were of one.
    pub without_taxon: usize,
    /// Those that were drawn.
    pub without_taxon_drawn: usize,
    /// How many vectors one of the sample stands for, at least.
    pub weight_least: f64,
    /// At most.
    pub weight_most: f64,
    /// Where chance started.
    pub seed: u64,
}

impl Sample {
    /// What was drawn, as a clause.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Sample { n, of, least, taxa, seed, .. } = self;
        let how = match self.design {
            Design::Stratified => format!(
                "stratified by taxon: in proportion to the vectors of {}, {least} of each at least or all that it has",
                counted(*taxa, "taxon", "taxa")
            ),
            Design::TwoStage => format!(
                "in two stages: {} of {} drawn in proportion to their vectors, then {least} vectors for each time that a taxon was \
                 drawn, or all that it has",
                self.taxa_drawn,
                counted(*taxa, "taxon", "taxa")
            ),
        };
        format!("a sample of {n} of {of} vectors, {how} (seed {seed})")
    }
}

/// A stratum of the vectors: those of a taxon, or those without one.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// The taxon.
    pub taxon: Option<TaxonId>,
    /// Its vectors.
    pub of: usize,
    /// Those in the sample.
    pub n: usize,
    /// How often it was drawn; 1 in a sample of one stage.
    pub hits: usize,
    /// How many vectors each of the sample stands for; `None` where none was drawn.
    pub weight: Option<f64>,
}

/// Which vectors were drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawing {
    pub(super) sample: Sample,
    /// Those of the taxa in the order of the taxonomy, then those without one.
    pub(super) strata: Vec<Stratum>,
    /// The stratum of every vector.
    pub(super) stratum_of: Vec<u32>,
    /// The rows that were drawn, from the first.
    pub(super) rows: Vec<usize>,
}

impl Drawing {
    /// Draws `n` of more vectors. `taxa` are those that are told apart, `of` has the place of its own for every vector.
    pub(super) fn of(taxa: &[Option<TaxonId>], of: &[u32], n: usize, seed: u64) -> Drawing {
        let mut counts: BTreeMap<(bool, Option<TaxonId>), usize> = taxa.iter().map(|&taxon| (key(taxon), 0)).collect();
        let mut by_place = vec![0; taxa.len()];
        for &place in of {
            by_place[place as usize] += 1;
        }
        for (&taxon, count) in taxa.iter().zip(by_place) {
            *counts.entry(key(taxon)).or_default() += count;
        }
        counts.retain(|_, count| *count > 0);
        let number: BTreeMap<(bool, Option<TaxonId>), u32> = counts.keys().copied().zip(0..).collect();
        let stratum_at: Vec<u32> = taxa.iter().map(|&taxon| number.get(&key(taxon)).copied().unwrap_or(0)).collect();
        let stratum_of: Vec<u32> = of.iter().map(|&place| stratum_at[place as usize]).collect();
        let sizes: Vec<usize> = counts.values().copied().collect();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let allocation = Allocation::of(&sizes, n, &mut random);
        let rows = drawn(&stratum_of, &sizes, &allocation.taken, &mut random);
        let weights = allocation.weights(&sizes);
        let hits = |stratum: usize| if let Shares::Drawn { hits, .. } = &allocation.design { hits[stratum] } else { 1 };
        let strata: Vec<Stratum> = counts
            .into_iter()
            .enumerate()
            .map(|(stratum, ((_, taxon), of))| Stratum {
                taxon,
                of,
                n: allocation.taken[stratum],
                hits: hits(stratum),
                weight: weights[stratum],
            })
            .collect();
        let sample = sample(&strata, &allocation.design, seed);
        Drawing { sample, strata, stratum_of, rows }
    }
}

/// Vectors without a taxon stand last.
fn key(taxon: Option<TaxonId>) -> (bool, Option<TaxonId>) {
    (taxon.is_none(), taxon)
}

fn sample(strata: &[Stratum], shares: &Shares, seed: u64) -> Sample {
    let of_taxa = || strata.iter().filter(|stratum| stratum.taxon.is_some());
    let without = strata.iter().find(|stratum| stratum.taxon.is_none());
    let weights = || strata.iter().filter_map(|stratum| stratum.weight);
    let (design, least) = match *shares {
        Shares::Proportional { least } => (Design::Stratified, least),
        Shares::Drawn { each, .. } => (Design::TwoStage, each),
    };
    Sample {
        n: strata.iter().map(|stratum| stratum.n).sum(),
        of: strata.iter().map(|stratum| stratum.of).sum(),
        design,
        least,
        taxa: of_taxa().count(),
        taxa_drawn: of_taxa().filter(|stratum| stratum.n > 0).count(),
        without_taxon: without.map_or(0, |stratum| stratum.of),
        without_taxon_drawn: without.map_or(0, |stratum| stratum.n),
        weight_least: weights().fold(f64::INFINITY, f64::min),
        weight_most: weights().fold(0.0, f64::max),
        seed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_twenty_thousand_are_sampled_unless_told_otherwise() {
        let usual = Sampling::default();
        assert_eq!([19_999, 20_000, 20_001].map(|vectors| usual.wanted(vectors)), [None, None, Some(20_000)]);
        assert_eq!(Sampling::ALL.wanted(1_000_000), None);
        let some = Sampling { size: SampleSize::Vectors(30), seed: 1 };
        assert_eq!([29, 30, 31].map(|vectors| some.wanted(vectors)), [None, None, Some(30)]);
    }

    #[test]
    fn a_sample_says_what_it_is_of() {
        // Places 0 and 2 are of one taxon: 60 and 10 vectors; 20 have none; 3 are of another.
        let [one, other] = [TaxonId(4), TaxonId(2)];
        let taxa = [Some(one), None, Some(one), Some(other), Some(TaxonId(9))];
        let of: Vec<u32> = [(0, 60), (1, 20), (2, 10), (3, 3)].iter().flat_map(|&(place, count)| vec![place; count]).collect();
        let drawing = Drawing::of(&taxa, &of, 20, 3);
        let stratum = |taxon, of, n, weight| Stratum { taxon, of, n, hits: 1, weight: Some(weight) };
        // 3 are all taken; 17 for 70 and 20 are 13.2 and 3.8, less than five: 12 and 5.
        let expected = [stratum(Some(other), 3, 3, 1.0), stratum(Some(one), 70, 12, 70.0 / 12.0), stratum(None, 20, 5, 4.0)];
        assert_eq!(drawing.strata, expected);
        assert_eq!(drawing.rows.len(), 20);
        assert_eq!(
            drawing.sample,
            Sample {
                n: 20,
                of: 93,
                design: Design::Stratified,
                least: 5,
                taxa: 2,
                taxa_drawn: 2,
                without_taxon: 20,
                without_taxon_drawn: 5,
                weight_least: 1.0,
                weight_most: 70.0 / 12.0,
                seed: 3,
            }
        );
        assert_eq!(
            drawing.sample.sentence(),
            "a sample of 20 of 93 vectors, stratified by taxon: in proportion to the vectors of 2 taxa, 5 of each at least or all that \
             it has (seed 3)"
        );
        assert_eq!(drawing, Drawing::of(&taxa, &of, 20, 3));
        assert_ne!(drawing.rows, Drawing::of(&taxa, &of, 20, 4).rows);
    }
}
