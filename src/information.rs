//! How much a taxon says: the bits of information of naming it.

use crate::statistics::to_f64;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::Serialize;

/// What the probability of a taxon is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InformationFrom {
    /// Its share of the leaves of the taxonomy.
    #[default]
    Leaves,
    /// Its share of the truths, one added per leaf so that no taxon is impossible.
    Truths,
}

/// Information of every taxon in bits: −log₂ of its probability, 0 at the root, never less than
/// its parent's.
///
/// # Source
///
/// Resnik 1995; Valmadre 2022 (leaf counts).
#[derive(Debug, Clone, PartialEq)]
pub struct Information {
    bits: Vec<f64>,
}

impl Information {
    /// From the leaves: −log₂ (leaves below the taxon / all leaves).
    #[must_use]
    pub fn of_leaves(taxonomy: &Taxonomy) -> Self {
        Self::of_weights(taxonomy, |_| 0)
    }

    /// From the truths: −log₂ ((images + leaves below the taxon) / (all images + all leaves)).
    ///
    /// `images[t]` are the images whose truth is exactly the taxon `t`; one entry per taxon.
    #[must_use]
    pub fn of_truths(taxonomy: &Taxonomy, images: &[u64]) -> Self {
        let mut below = images.to_vec();
        for taxon in taxonomy.taxa().collect::<Vec<_>>().into_iter().rev() {
            if let Some(parent) = taxonomy.parent(taxon) {
                below[parent.index()] += below[taxon.index()];
            }
        }
        Self::of_weights(taxonomy, |taxon| below[taxon.index()])
    }

    fn of_weights(taxonomy: &Taxonomy, images: impl Fn(TaxonId) -> u64) -> Self {
        let weight = |taxon: TaxonId| to_f64(taxonomy.leaf_range(taxon).len() as u64 + images(taxon));
        let all = weight(TaxonId::ROOT);
        // A quotient of equal numbers is exactly 1, so the root has exactly 0 bits.
        Self { bits: taxonomy.taxa().map(|taxon| (all / weight(taxon)).log2()).collect() }
    }

    /// Bits of a taxon, 0 or more.
    #[must_use]
    pub fn of(&self, taxon: TaxonId) -> f64 {
        self.bits[taxon.index()]
    }

    /// The most bits that any taxon has.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.bits.iter().copied().fold(0.0, f64::max)
    }
}
