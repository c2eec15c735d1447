//! Queries and their rankings, looked at.

use super::options::SearchOptions;
use super::side::{self, Allowed, Side};
use crate::numbers::neighbours::{Neighbour, Rows, nearest};
use crate::scores::flags::is_near;
use crate::spaces::latent::draws::Draws;
use crate::spaces::metric::retrieval::flags::FLAGS;
use crate::spaces::retrieval::flags::Flags;
use crate::spaces::retrieval::hard_negatives::HardNegative;
use crate::spaces::retrieval::query::Query;
use crate::spaces::retrieval::relevance::{Holdings, Level, Relevance};
use crate::spaces::retrieval::triplets::{Setting, Triplets, triplets};
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use rayon::prelude::*;

/// Queries at once.
const BLOCK: usize = 1_024;

/// What one query gave.
pub(super) struct Found {
    /// A value for each measure, then for each flag at each cutoff.
    pub values: Vec<Option<f64>>,
    /// The first document with its similarity and grade.
    pub first: Option<(usize, f64, i32)>,
    pub negative: Option<HardNegative>,
    /// Positives and negatives among the first, for each cutoff.
    pub tops: Vec<[u64; 2]>,
    /// Positives and negatives in all.
    pub judged: [u64; 2],
    /// Documents that are as near as another one.
    pub tied: usize,
}

/// What queries are looked at with.
pub(super) struct Look<'a> {
    options: &'a SearchOptions,
    relevance: &'a Relevance<'a>,
    holdings: Holdings<'a>,
    allowed: &'a Allowed<'a>,
    /// Length of the longest document.
    longest: f64,
    /// The level of documents that look alike; `None` for that of grade 1.
    pub family: Option<&'a Level>,
    /// The rank of yellow, where it occurs.
    pub yellow_from: Option<Rank>,
}

impl<'a> Look<'a> {
    pub fn of(options: &'a SearchOptions, relevance: &'a Relevance<'a>, allowed: &'a Allowed<'a>) -> Look<'a> {
        let levels = relevance.levels();
        Look {
            options,
            relevance,
            holdings: Holdings::of(relevance, allowed.documents.taxa.iter().copied()),
            allowed,
            longest: allowed.documents.longest(),
            family: levels.iter().find(|level| level.rank == "family").or_else(|| levels.iter().rev().nth(1)),
            yellow_from: Some(options.yellow_from).filter(|rank| levels.iter().any(|level| level.rank == rank.name())),
        }
    }

    /// Looks at the ranking of every query, of so many documents or of all.
    pub fn at_all(&self, depth: Option<usize>) -> Vec<Found> {
        let (queries, documents) = (self.allowed.queries, self.allowed.documents);
        let k = depth.unwrap_or(documents.len());
        let mut found: Vec<Found> = Vec::with_capacity(queries.len());
        for start in (0..queries.len()).step_by(BLOCK) {
            let end = (start + BLOCK).min(queries.len());
            let block = Rows { values: &queries.values[start * queries.width..end * queries.width], width: queries.width };
            let may = |query: usize, document: usize| self.allowed.may(start + query, document);
            let ranked = nearest(block, documents.matrix(), self.options.similarity, k, &may);
            found.par_extend(ranked.par_iter().enumerate().map(|(query, ranked)| self.at(start + query, ranked)));
        }
        found
    }

    /// What similarities of a query may differ by and be equal but for rounding.
    fn grain(&self, query: usize) -> f64 {
        side::grain(self.options.similarity, self.allowed.queries.row(query), self.longest)
    }

    /// Looks at the ranking of one query.
    fn at(&self, query: usize, ranked: &[Neighbour]) -> Found {
        let (relevance, options) = (self.relevance, self.options);
        let taxon = self.allowed.queries.taxa[query];
        let own = relevance.own(taxon);
        let taxon_of = |document: u32| self.allowed.documents.taxa[document as usize];
        let grades: Vec<i32> = ranked.iter().map(|&(document, _)| relevance.grade(taxon, taxon_of(document))).collect();
        let judged = self.holdings.judged(taxon, &self.allowed.left_out(query));
        let known: Vec<Option<i32>> = grades.iter().copied().map(Some).collect();
        let asked = Query { ranked: &known, judged: &judged };
        // A query without anything to find has no value, nor one whose lineage does not have the rank.
        let at_level = |level: i32| relevance.level(level).is_none_or(|level| relevance.group(taxon, level).is_some());
        let is_asked = |level: i32| asked.relevant(level) > 0 && at_level(level);
        let mut values: Vec<Option<f64>> =
            options.measures.iter().map(|measure| is_asked(measure.level).then(|| measure.of(&asked))).collect();
        let longest = options.ks.iter().copied().max().unwrap_or(0);
        let near = self.yellow_from.map(|rank| -> Vec<bool> {
            let is_near =
                |document: u32| is_near(relevance.taxonomy(), relevance.taxonomy().lca(taxon, taxon_of(document)), rank);
            ranked.iter().take(longest).map(|&(document, _)| is_near(document)).collect()
        });
        for &k in &options.ks {
            let flags = Flags::of(&grades, near.as_deref(), k, own);
            values.extend(FLAGS.iter().map(|measure| flags.and_then(|flags| measure.number(&flags))));
        }
        let finest = relevance.finest();
        let positives = asked.relevant(finest);
        let count = |k: usize| grades.iter().take(k).filter(|grade| **grade >= finest).count() as u64;
        let top = |k: &usize| [count(*k), grades.len().min(*k) as u64 - count(*k)];
        let all: u64 = judged.iter().map(|(_, count)| count).sum();
        let counted = own >= finest;
        let family = self.family.map_or(1, |level| level.grade);
        let grain = self.grain(query);
        let equal = ranked.chunk_by(|a, b| (a.1 - b.1).abs() <= grain);
        Found {
            values,
            first: ranked.first().map(|&(document, similarity)| (document as usize, similarity, grades[0])),
            negative: HardNegative::of(query, ranked, &grades, family, own).filter(|_| counted),
            tops: options.ks.iter().map(top).map(|top| if counted { top } else { [0; 2] }).collect(),
            judged: if counted { [positives, all - positives] } else { [0; 2] },
            tied: equal.map(<[_]>::len).filter(|count| *count > 1).sum(),
        }
    }

    /// Says so where no rank occurs from which on documents would be yellow.
    pub fn without_yellow(&self) -> Option<String> {
        if self.yellow_from.is_some() {
            return None;
        }
        let ranks: Vec<&str> = self.relevance.levels().iter().map(|level| level.rank.as_str()).collect();
        Some(format!(
            "no {} occurs: yellow and red are left out; --yellow-from says from which rank on another taxon is acceptable ({})",
            self.options.yellow_from.name(),
            ranks.join(", ")
        ))
    }

    /// Triplets at the finest level.
    pub fn triplets(&self, draws: &Draws) -> Option<Triplets> {
        let (queries, documents) = (self.allowed.queries, self.allowed.documents);
        let finest = self.relevance.levels().last();
        let class_of = |side: &Side| -> Vec<Option<usize>> {
            let class = |&taxon: &TaxonId| finest.and_then(|level| self.relevance.group(taxon, level)).map(TaxonId::index);
            side.taxa.iter().map(class).collect()
        };
        let (of_queries, of_documents) = (class_of(queries), class_of(documents));
        let setting = Setting {
            queries: &of_queries,
            documents: &of_documents,
            similarity: &|query, document| side::similarity(self.options.similarity, queries.row(query), documents.row(document)),
            grain: &|query| self.grain(query),
            allowed: &|query, document| self.allowed.may(query, document),
            left_out: &|query| self.allowed.hidden(query),
        };
        triplets(&setting, self.options.seed).map(|triplets| triplets.with_intervals(draws))
    }
}
