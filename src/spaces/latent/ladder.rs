//! Steps of the taxonomy between two taxa.

use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// The rungs that the lineages of points really have: a ladder without the missing ones, so that species,
/// family and order are one step apart where nothing stands between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder([u8; 8]);

impl Ladder {
    /// Of the lineages of some taxa.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, taxa: impl Iterator<Item = TaxonId>) -> Ladder {
        let mut occurs = [false; 8];
        for taxon in taxa {
            for (index, rung) in (0..7).zip((0..7).rev()) {
                occurs[rung] |= taxonomy.main_ancestor(taxon, index).is_some();
            }
        }
        occurs[7] = true;
        let mut steps = [0; 8];
        let mut step = 0;
        for (rung, occurs) in occurs.into_iter().enumerate() {
            // A rung that does not occur is that of the next one above.
            steps[rung] = step;
            step += u8::from(occurs);
        }
        Ladder(steps)
    }

    /// The ranks that occur, from the top, each with how many of them there are down to it.
    #[must_use]
    pub fn levels(&self) -> Vec<(Rank, u8)> {
        let ranks = Rank::MAIN.iter().zip((0..7).rev());
        ranks.filter(|(_, rung)| self.0[rung + 1] > self.0[*rung]).map(|(rank, rung)| (*rank, self.0[7] - self.0[rung])).collect()
    }

    /// How many of the ranks that occur two taxa of a tree with ranks share, 0 where they meet at the root.
    #[must_use]
    pub fn shared(&self, taxonomy: &Taxonomy, a: TaxonId, b: TaxonId) -> u8 {
        let top = if a == b { a } else { taxonomy.lca(a, b) };
        self.0[7] - self.0[usize::from(taxonomy.rung(top))]
    }

    /// Steps from the finer of two taxa up to where both meet, 0 for a taxon and itself; edges in a tree without ranks.
    #[must_use]
    pub fn distance(&self, taxonomy: &Taxonomy, a: TaxonId, b: TaxonId) -> f64 {
        if a == b {
            return 0.0;
        }
        let top = taxonomy.lca(a, b);
        if taxonomy.has_ranks() {
            let step = |taxon: TaxonId| self.0[usize::from(taxonomy.rung(taxon))];
            f64::from(step(top).saturating_sub(step(a).min(step(b))))
        } else {
            f64::from(taxonomy.depth(a).max(taxonomy.depth(b)) - taxonomy.depth(top))
        }
    }
}
