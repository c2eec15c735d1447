//! How much a taxon says: the bits of information of naming it.

use crate::numbers::statistics::to_f64;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::Serialize;

/// What the probability of a taxon is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InformationFrom {
    /// Its share of the leaves of the tree of all that is true or could be answered.
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
    /// From all leaves of a taxonomy: −log₂ (leaves below the taxon / all leaves).
    #[must_use]
    pub fn of_leaves(taxonomy: &Taxonomy) -> Self {
        Self::of_tips(taxonomy, taxonomy.leaves())
    }

    /// From some taxa, none of which lies below another: −log₂ (tips in the taxon / all tips).
    ///
    /// What the rest of the taxonomy holds changes nothing. A taxon that holds none of the tips says
    /// as much as its parent.
    #[must_use]
    pub fn of_tips(taxonomy: &Taxonomy, tips: &[TaxonId]) -> Self {
        Self::of_truths(taxonomy, tips, &vec![0; taxonomy.len()])
    }

    /// From the truths: −log₂ ((images + tips in the taxon) / (all images + all tips)).
    ///
    /// `images[t]` are the images whose truth is exactly the taxon `t`; one entry per taxon.
    #[must_use]
    pub fn of_truths(taxonomy: &Taxonomy, tips: &[TaxonId], images: &[u64]) -> Self {
        let mut within = images.to_vec();
        for tip in tips {
            within[tip.index()] += 1;
        }
        for taxon in taxonomy.taxa().collect::<Vec<_>>().into_iter().rev() {
            if let Some(parent) = taxonomy.parent(taxon) {
                within[parent.index()] += within[taxon.index()];
            }
        }
        let all = to_f64(within[TaxonId::ROOT.index()]);
        let mut bits: Vec<f64> = Vec::with_capacity(taxonomy.len());
        for taxon in taxonomy.taxa() {
            let above = taxonomy.parent(taxon).map_or(0.0, |parent| bits[parent.index()]);
            let own = within[taxon.index()];
            // A quotient of equal numbers is exactly 1, so the root has exactly 0 bits.
            bits.push(if own > 0 { (all / to_f64(own)).log2() } else { above });
        }
        Self { bits }
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
