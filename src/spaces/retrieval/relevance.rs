//! How relevant one taxon is to another: by the ranks they share.

use crate::spaces::latent::Ladder;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::Serialize;
use std::collections::HashMap;

/// A grade and the rank that two taxa share at least from it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Level {
    /// The rank; `taxon` in a tree without ranks.
    pub rank: String,
    /// The least grade.
    pub grade: i32,
}

/// Grades of pairs of taxa.
#[derive(Debug, Clone)]
pub struct Relevance<'a> {
    taxonomy: &'a Taxonomy,
    ladder: Ladder,
    levels: Vec<Level>,
}

impl<'a> Relevance<'a> {
    /// For the ranks that occur in the lineages of some taxa: the coarsest is grade 1.
    ///
    /// In a tree without ranks a taxon is relevant to itself alone, with grade 1.
    #[must_use]
    pub fn of(taxonomy: &'a Taxonomy, taxa: impl Iterator<Item = TaxonId>) -> Relevance<'a> {
        let ladder = Ladder::of(taxonomy, taxa);
        let levels = if taxonomy.has_ranks() {
            ladder
                .levels()
                .into_iter()
                .map(|(rank, grade)| Level { rank: rank.name().to_string(), grade: i32::from(grade) })
                .collect()
        } else {
            vec![Level { rank: "taxon".to_string(), grade: 1 }]
        };
        Relevance { taxonomy, ladder, levels }
    }

    /// The levels, the coarsest first.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The taxonomy.
    #[must_use]
    pub fn taxonomy(&self) -> &'a Taxonomy {
        self.taxonomy
    }

    /// The level of a grade; `None` for a grade that no rank stands for.
    #[must_use]
    pub fn level(&self, grade: i32) -> Option<&Level> {
        self.levels.iter().find(|level| level.grade == grade)
    }

    /// The finest grade.
    #[must_use]
    pub fn finest(&self) -> i32 {
        self.levels.last().map_or(0, |level| level.grade)
    }

    /// How many ranks two taxa share, from 0.
    #[must_use]
    pub fn grade(&self, a: TaxonId, b: TaxonId) -> i32 {
        if self.taxonomy.has_ranks() { i32::from(self.ladder.shared(self.taxonomy, a, b)) } else { i32::from(a == b) }
    }

    /// The grade of a taxon for itself: what can be reached at most.
    #[must_use]
    pub fn own(&self, taxon: TaxonId) -> i32 {
        self.grade(taxon, taxon)
    }

    /// The ancestor of a taxon that holds exactly what shares a level with it; `None` where its lineage has no such rank.
    #[must_use]
    pub fn group(&self, taxon: TaxonId, level: &Level) -> Option<TaxonId> {
        if !self.taxonomy.has_ranks() {
            return Some(taxon);
        }
        crate::taxonomy::rank::Rank::MAIN
            .iter()
            .position(|rank| rank.name() == level.rank)
            .and_then(|index| self.taxonomy.main_ancestor(taxon, index))
    }
}

/// Documents below every taxon, to tell how many of each grade there are for a query.
#[derive(Debug)]
pub struct Holdings<'a> {
    relevance: &'a Relevance<'a>,
    below: HashMap<TaxonId, u64>,
}

impl<'a> Holdings<'a> {
    /// Counts documents by their taxa.
    #[must_use]
    pub fn of(relevance: &'a Relevance<'a>, taxa: impl Iterator<Item = TaxonId>) -> Holdings<'a> {
        let mut below = HashMap::new();
        for taxon in taxa {
            let mut at = Some(taxon);
            while let Some(taxon) = at {
                *below.entry(taxon).or_insert(0) += 1;
                at = relevance.taxonomy.parent(taxon);
            }
        }
        Holdings { relevance, below }
    }

    /// Documents by their grade for a taxon, the highest grade first; `left_out` are taxa of documents that do not count.
    #[must_use]
    pub fn judged(&self, taxon: TaxonId, left_out: &[TaxonId]) -> Vec<(i32, u64)> {
        let below = |taxon: TaxonId| self.below.get(&taxon).copied().unwrap_or(0);
        let mut counts: Vec<(i32, u64)> = vec![];
        let mut add = |grade: i32, count: u64| match counts.iter_mut().find(|(known, _)| *known == grade) {
            Some((_, sum)) => *sum += count,
            None => counts.push((grade, count)),
        };
        let (mut at, mut inside) = (Some(taxon), 0);
        while let Some(ancestor) = at {
            let count = below(ancestor);
            add(self.relevance.grade(taxon, ancestor), count - inside);
            inside = count;
            at = self.relevance.taxonomy.parent(ancestor);
        }
        for other in left_out {
            let grade = self.relevance.grade(taxon, *other);
            if let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == grade) {
                *count -= 1;
            }
        }
        counts.retain(|(_, count)| *count > 0);
        counts.sort_unstable_by_key(|(grade, _)| std::cmp::Reverse(*grade));
        counts
    }
}
