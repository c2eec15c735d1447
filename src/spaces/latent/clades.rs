//! Clades of the taxonomy among the branches of a dendrogram: found again whole, and how nearly, against chance.

use super::dendrogram::Dendrogram;
use super::tree::drawn;
use crate::numbers::statistics::to_f64;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How far the clades of a taxonomy are branches of a dendrogram.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct CladeRecovery {
    /// Clades of the taxonomy of two taxa or more, but not all.
    pub clades: usize,
    /// Of these, how many are branches of the dendrogram.
    pub recovered: usize,
    /// The share.
    pub recall: Option<f64>,
    /// Mean of `recovered` over permutations of the taxa on the leaves; `None` where none was drawn.
    pub recovered_by_chance: Option<f64>,
    /// Share of permutations with as many or more.
    pub recovered_p: Option<f64>,
    /// Mean over clades of the largest F₁ that a branch has with it, 0 to 1: 1 where all are recovered, and little less
    /// where a few taxa stand elsewhere.
    pub best_match: Option<f64>,
    /// Its mean over permutations: small clades match some branch by chance.
    pub best_match_by_chance: Option<f64>,
    /// Share of permutations with as large a mean or a larger one.
    pub best_match_p: Option<f64>,
    /// `(best_match − by chance) / (1 − by chance)`: 0 at chance, 1 where all are recovered.
    pub best_match_lift: Option<f64>,
    /// Permutations drawn.
    pub permutations: usize,
    /// Robinson–Foulds distance: clades of one and not of the other.
    pub robinson_foulds: usize,
    /// Divided by the number of clades of both.
    pub normalised: Option<f64>,
}

/// Recovery of all clades, and of those of each rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovery {
    /// Of all clades, those of the same taxa counted once.
    pub all: CladeRecovery,
    /// Of the taxa of a rank, from the top; ranks without a clade are left out.
    pub ranks: Vec<(Rank, CladeRecovery)>,
}

/// A dendrogram as steps upwards. Merges of one height within each other are one branch, the largest.
struct Branches {
    /// Leaves, and the number of the first inner node.
    n: usize,
    /// The branch above each node; the root is its own.
    parent: Vec<usize>,
    /// Leaves below each node.
    size: Vec<usize>,
    /// Branches of two leaves or more, but not all.
    inner: usize,
}

impl Branches {
    fn of(dendrogram: &Dendrogram) -> Branches {
        let n = dendrogram.n;
        let mut parent: Vec<usize> = (0..n + dendrogram.merges.len()).collect();
        let mut size = vec![1; n];
        for (step, merge) in dendrogram.merges.iter().enumerate() {
            parent[merge.left] = n + step;
            parent[merge.right] = n + step;
            size.push(merge.size);
        }
        let joined = dendrogram.joined();
        // From the top down: what is joined to the merge above stands for the branch that this is.
        let mut branch: Vec<usize> = (0..parent.len()).collect();
        for node in (0..parent.len()).rev() {
            let above = branch[parent[node]];
            if node.checked_sub(n).is_some_and(|step| joined[step]) {
                branch[node] = above;
            }
            parent[node] = above;
        }
        let inner = joined.iter().filter(|joined| !**joined).count().saturating_sub(1);
        Branches { n, parent, size, inner }
    }

    /// The largest `F₁` of a set of leaves with an inner node: `2 |A ∩ B| / (|A| + |B|)`. `counts` is zero for all nodes, and left so.
    fn best(&self, leaves: impl Iterator<Item = usize>, members: usize, counts: &mut [u32]) -> f64 {
        let mut touched = vec![];
        for leaf in leaves {
            let mut node = leaf;
            while self.parent[node] != node {
                node = self.parent[node];
                if counts[node] == 0 {
                    touched.push(node);
                }
                counts[node] += 1;
            }
        }
        let mut best = 0.0_f64;
        for node in touched {
            best = best.max(2.0 * f64::from(counts[node]) / to_f64((members + self.size[node]) as u64));
            counts[node] = 0;
        }
        best
    }

    /// The same for each of some sets of places, each place on the leaf that a permutation gives it.
    fn best_of(&self, sets: &[Vec<usize>], permutation: Option<&[usize]>) -> Vec<f64> {
        let mut counts = vec![0; self.parent.len()];
        let leaf = |place: usize| permutation.map_or(place, |permutation| permutation[place]);
        sets.iter().map(|set| self.best(set.iter().map(|&place| leaf(place)), set.len(), &mut counts)).collect()
    }

    /// Steps that looking at some sets takes.
    fn steps(&self, sets: &[Vec<usize>]) -> usize {
        let mut depth = vec![0; self.parent.len()];
        for node in (0..self.parent.len()).rev() {
            depth[node] = if self.parent[node] == node { 0 } else { depth[self.parent[node]] + 1 };
        }
        let mean = depth[..self.n].iter().sum::<usize>() / self.n.max(1) + 1;
        mean * sets.iter().map(Vec::len).sum::<usize>()
    }
}

/// Sets of places among `taxa` that clades of the taxonomy hold: two at least, but not all; and those of each rank.
#[must_use]
pub fn clades_of(taxonomy: &Taxonomy, taxa: &[TaxonId]) -> BTreeMap<TaxonId, Vec<usize>> {
    let mut clades: BTreeMap<TaxonId, Vec<usize>> = BTreeMap::new();
    for (place, &taxon) in taxa.iter().enumerate() {
        for ancestor in taxonomy.lineage(taxon).skip(1) {
            clades.entry(ancestor).or_default().push(place);
        }
    }
    clades.retain(|_, members| members.len() > 1 && members.len() < taxa.len());
    clades
}

/// Holds a dendrogram of `taxa` against their taxonomy, and both numbers against up to `draws` permutations of the taxa
/// over its leaves.
///
/// # Source
///
/// `best_match` is the FScore of a hierarchical clustering (Zhao and Karypis 2005, Data Mining and Knowledge Discovery 10:
/// 141–168), the largest F₁ over inner nodes, the root among them; but clades count alike, not by their sizes, so that
/// the largest do not speak for all. Recovery and distance: Robinson and Foulds 1981.
#[must_use]
pub fn recovery(dendrogram: &Dendrogram, taxonomy: &Taxonomy, taxa: &[TaxonId], draws: usize, seed: u64) -> Recovery {
    let clades = clades_of(taxonomy, taxa);
    let sets: Vec<Vec<usize>> = clades.values().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let place_of = |members: &Vec<usize>| sets.binary_search(members).unwrap_or(0);
    let of_rank = |rank: Rank| -> Vec<usize> {
        let own = clades.iter().filter(|(taxon, _)| taxonomy.rank(**taxon) == rank);
        own.map(|(_, members)| place_of(members)).collect()
    };
    let branches = Branches::of(dendrogram);
    // A permutation walks up from every member of every clade.
    let draws = (300_000_000 / branches.steps(&sets).max(1)).clamp(19, 999).min(draws);
    let observed = branches.best_of(&sets, None);
    let permuted: Vec<Vec<f64>> = if sets.is_empty() {
        vec![]
    } else {
        drawn(taxa.len(), draws, seed).par_iter().map(|permutation| branches.best_of(&sets, Some(permutation))).collect()
    };
    let inner = branches.inner;
    let of = |places: &[usize]| clade_recovery(&observed, &permuted, places, inner);
    let everything: Vec<usize> = (0..sets.len()).collect();
    let ranks = Rank::MAIN.iter().map(|&rank| (rank, of_rank(rank))).filter(|(_, places)| !places.is_empty());
    Recovery { all: of(&everything), ranks: ranks.map(|(rank, places)| (rank, of(&places))).collect() }
}

/// The numbers of some clades from the best matches of all.
fn clade_recovery(observed: &[f64], permuted: &[Vec<f64>], places: &[usize], inner: usize) -> CladeRecovery {
    // Both sums of an F₁ of 1 are whole numbers: it is exact.
    let whole = |best: &[f64]| places.iter().filter(|&&place| best[place] >= 1.0).count();
    let count = to_f64(places.len() as u64);
    let mean = |best: &[f64]| places.iter().map(|&place| best[place]).sum::<f64>() / count;
    let recovered = whole(observed);
    let best_match = (!places.is_empty()).then(|| mean(observed));
    let draws = to_f64(permuted.len() as u64);
    let some = !permuted.is_empty() && !places.is_empty();
    let share = |extreme: usize| to_f64(extreme as u64 + 1) / (draws + 1.0);
    let by_chance = some.then(|| permuted.iter().map(|best| mean(best)).sum::<f64>() / draws);
    let apart = inner + places.len() - 2 * recovered;
    CladeRecovery {
        clades: places.len(),
        recovered,
        recall: (!places.is_empty()).then(|| to_f64(recovered as u64) / count),
        recovered_by_chance: some.then(|| to_f64(permuted.iter().map(|best| whole(best)).sum::<usize>() as u64) / draws),
        recovered_p: some.then(|| share(permuted.iter().filter(|best| whole(best) >= recovered).count())),
        best_match,
        best_match_by_chance: by_chance,
        // Sums of permuted terms differ in their last bits.
        best_match_p: best_match
            .filter(|_| some)
            .map(|observed| share(permuted.iter().filter(|best| mean(best) >= observed - 1e-12).count())),
        best_match_lift: best_match
            .zip(by_chance)
            .filter(|(_, chance)| *chance < 1.0)
            .map(|(best, chance)| (best - chance) / (1.0 - chance)),
        permutations: permuted.len(),
        robinson_foulds: apart,
        normalised: (inner + places.len() > 0).then(|| to_f64(apart as u64) / to_f64((inner + places.len()) as u64)),
    }
}
