//! Triplets of a query, a document of its taxon and one of another: which is nearer.

use crate::numbers::statistics::{quantile, to_f64};
use crate::numbers::vector::mean_in_order;
use crate::spaces::latent::Reasons;
use crate::spaces::latent::draws::{Draws, SHARE};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// Most triplets that are all looked at; of more as many are drawn.
const MOST: u64 = 1_000_000;

/// What triplets say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Triplets {
    /// Triplets looked at.
    pub n: u64,
    /// Triplets there are.
    pub of: u64,
    /// Whether they were drawn.
    pub drawn: bool,
    /// Share in which the document of the query's taxon is nearer; equally near is not.
    pub accuracy: f64,
    /// Lower end of its 95 % interval, queries drawn by observation.
    pub accuracy_low: Option<f64>,
    /// Upper end.
    pub accuracy_high: Option<f64>,
    /// Triplets with the right one nearer.
    pub right: u64,
    /// Triplets with both equally near.
    pub ties: u64,
    /// Mean of the similarity to the one less that to the other.
    pub margin_mean: f64,
    /// Lower end of its 95 % interval, queries drawn by observation.
    pub margin_mean_low: Option<f64>,
    /// Upper end.
    pub margin_mean_high: Option<f64>,
    /// The 5, 25, 50, 75 and 95 % quantiles of it.
    pub margin_quantiles: [f64; 5],
    /// For each query how many triplets were looked at, how many are right, and the sum of margins.
    #[serde(skip)]
    pub by_query: Vec<[f64; 3]>,
    /// Why the accuracy or the margin has no interval.
    pub no_interval: Reasons,
}

impl Triplets {
    /// With the intervals that drawing queries gives.
    #[must_use]
    pub(super) fn with_intervals(mut self, draws: &Draws) -> Triplets {
        let sums = |part: usize| -> Vec<(f64, f64)> { self.by_query.iter().map(|of| (of[part], of[0])).collect() };
        let (right, margin) = (draws.ratio(&sums(1), SHARE), draws.ratio(&sums(2), None));
        (self.accuracy_low, self.accuracy_high) = (right.low(), right.high());
        (self.margin_mean_low, self.margin_mean_high) = (margin.low(), margin.high());
        right.explain("accuracy", &mut self.no_interval);
        margin.explain("margin_mean", &mut self.no_interval);
        self
    }
}

/// Queries and documents by class.
pub struct Setting<'a> {
    /// Class of each query; `None` leaves it out.
    pub queries: &'a [Option<usize>],
    /// Class of each document; documents without one are in no triplet.
    pub documents: &'a [Option<usize>],
    /// Similarity of a query and a document.
    pub similarity: &'a (dyn Fn(usize, usize) -> f64 + Sync),
    /// What similarities of a query may differ by and be equal but for rounding.
    pub grain: &'a (dyn Fn(usize) -> f64 + Sync),
    /// Whether a document may stand beside a query: not the query itself, nor what is left out for it.
    pub allowed: &'a (dyn Fn(usize, usize) -> bool + Sync),
    /// The documents that may not.
    pub left_out: &'a (dyn Fn(usize) -> Vec<usize> + Sync),
}

/// A query that has triplets.
struct Anchor {
    query: usize,
    /// Where the documents of its class stand.
    class: Range<usize>,
    /// Its triplets and those of all anchors before it.
    until: u64,
}

/// All triplets there are.
struct Pool<'a> {
    setting: &'a Setting<'a>,
    /// Documents class by class: those of other classes stand before and after.
    order: Vec<usize>,
    anchors: Vec<Anchor>,
}

impl<'a> Pool<'a> {
    fn of(setting: &'a Setting<'a>) -> Pool<'a> {
        let mut classes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (document, class) in setting.documents.iter().enumerate() {
            if let Some(class) = class {
                classes.entry(*class).or_default().push(document);
            }
        }
        let mut ranges: BTreeMap<usize, Range<usize>> = BTreeMap::new();
        let mut order: Vec<usize> = vec![];
        for (class, members) in &classes {
            ranges.insert(*class, order.len()..order.len() + members.len());
            order.extend(members);
        }
        let (mut anchors, mut until) = (vec![], 0_u64);
        for (query, class) in setting.queries.iter().enumerate() {
            let Some(range) = class.and_then(|class| ranges.get(&class)) else { continue };
            let positives = order[range.clone()].iter().filter(|document| (setting.allowed)(query, **document)).count();
            let is_other = |document: &usize| setting.documents[*document].is_some_and(|other| Some(other) != *class);
            let hidden = (setting.left_out)(query).into_iter().filter(is_other).count();
            let triplets = positives as u64 * (order.len() - range.len() - hidden) as u64;
            if triplets > 0 {
                until += triplets;
                anchors.push(Anchor { query, class: range.clone(), until });
            }
        }
        Pool { setting, order, anchors }
    }

    /// How many triplets there are.
    fn total(&self) -> u64 {
        self.anchors.last().map_or(0, |anchor| anchor.until)
    }

    /// Looks at every triplet.
    fn all(&self, margins: &mut Margins<'_>) {
        let allowed = self.setting.allowed;
        for Anchor { query, class, .. } in &self.anchors {
            for &positive in self.order[class.clone()].iter().filter(|document| allowed(*query, **document)) {
                let negatives = self.order[..class.start].iter().chain(&self.order[class.end..]);
                let negatives = negatives.filter(|document| allowed(*query, **document));
                negatives.for_each(|&negative| margins.look_at(*query, positive, negative));
            }
        }
    }

    /// Looks at as many drawn ones as are looked at at most.
    fn drawn(&self, seed: u64, margins: &mut Margins<'_>) {
        let (allowed, order, total) = (self.setting.allowed, &self.order, self.total());
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..MOST {
            let triplet = random.random_range(0..total);
            let Anchor { query, class, .. } = &self.anchors[self.anchors.partition_point(|anchor| anchor.until <= triplet)];
            let positive = loop {
                let positive = order[random.random_range(class.clone())];
                if allowed(*query, positive) {
                    break positive;
                }
            };
            let negative = loop {
                let place = random.random_range(0..order.len() - class.len());
                let negative = order[if place < class.start { place } else { place + class.len() }];
                if allowed(*query, negative) {
                    break negative;
                }
            };
            margins.look_at(*query, positive, negative);
        }
    }
}

/// How much nearer the right one is in the triplets that were looked at.
struct Margins<'a> {
    setting: &'a Setting<'a>,
    all: Vec<f64>,
    /// For each query how many, how many above 0, and their sum.
    by_query: Vec<[f64; 3]>,
}

impl Margins<'_> {
    fn look_at(&mut self, query: usize, positive: usize, negative: usize) {
        let setting = self.setting;
        let (near, far) = ((setting.similarity)(query, positive), (setting.similarity)(query, negative));
        let margin = if (near - far).abs() <= (setting.grain)(query) { 0.0 } else { near - far };
        let of_query = &mut self.by_query[query];
        of_query[0] += 1.0;
        of_query[1] += f64::from(u8::from(margin > 0.0));
        of_query[2] += margin;
        self.all.push(margin);
    }

    /// What they say, of so many triplets; `None` where none was looked at.
    fn summed(mut self, of: u64) -> Option<Triplets> {
        let n = self.all.len() as u64;
        let right = self.all.iter().filter(|margin| **margin > 0.0).count() as u64;
        let ties = self.all.iter().filter(|margin| margin.abs() <= 0.0).count() as u64;
        let margin_mean = mean_in_order(&self.all)?;
        self.all.sort_unstable_by(f64::total_cmp);
        Some(Triplets {
            n,
            of,
            drawn: of > MOST,
            accuracy: to_f64(right) / to_f64(n),
            accuracy_low: None,
            accuracy_high: None,
            right,
            ties,
            margin_mean,
            margin_mean_low: None,
            margin_mean_high: None,
            margin_quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| quantile(&self.all, share)),
            by_query: self.by_query,
            no_interval: Reasons::new(),
        })
    }
}

/// Looks at all triplets, or at a million drawn ones; `None` where there is none.
#[must_use]
pub fn triplets(setting: &Setting<'_>, seed: u64) -> Option<Triplets> {
    let pool = Pool::of(setting);
    let mut margins = Margins { setting, all: vec![], by_query: vec![[0.0; 3]; setting.queries.len()] };
    if pool.total() <= MOST {
        pool.all(&mut margins);
    } else {
        pool.drawn(seed, &mut margins);
    }
    margins.summed(pool.total())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn triplets_by_hand() {
        // Points 0 1 on a line of class 0 and 3 of class 1, nearness is minus the distance. Anchors 0 (positive 1,
        // negative 3: −1 against −3) and 1 (positive 0, negative 3: −1 against −2); 3 has no positive.
        let at = [0.0_f64, 1.0, 3.0];
        let classes = [Some(0), Some(0), Some(1)];
        let setting = Setting {
            queries: &classes,
            documents: &classes,
            similarity: &|a, b| -(at[a] - at[b]).abs(),
            grain: &|_| 1e-12,
            allowed: &|a, b| a != b,
            left_out: &|query| vec![query],
        };
        let found = triplets(&setting, 0).unwrap();
        assert_eq!((found.n, found.right, found.ties), (2, 2, 0));
        assert!((found.margin_mean - 1.5).abs() < 1e-12 && (found.margin_quantiles[2] - 1.5).abs() < 1e-12);
        assert_eq!(found.by_query, [[1.0, 1.0, 2.0], [1.0, 1.0, 1.0], [0.0; 3]]);
    }

    #[test]
    fn what_is_left_out_is_in_no_triplet() {
        // Points 0 and 2 show one observation, of which neither may find the other: 0 has the negative 3 alone, 1 both.
        let at = [0.0_f64, 1.0, 3.0, 5.0];
        let classes = [Some(0), Some(0), Some(1), Some(1)];
        let together = |a: usize, b: usize| a == b || a + b == 2;
        let setting = Setting {
            queries: &classes,
            documents: &classes,
            similarity: &|a, b| -(at[a] - at[b]).abs(),
            grain: &|_| 1e-12,
            allowed: &|a, b| !together(a, b),
            left_out: &|query| (0..4).filter(|&document| together(query, document)).collect(),
        };
        // Anchors: 0 (1; 3), 1 (0; 2 3), 2 (3; 1), 3 (2; 0 1).
        let found = triplets(&setting, 0).unwrap();
        let counts: Vec<f64> = found.by_query.iter().map(|query| query[0]).collect();
        assert_eq!((found.n, found.of, counts), (6, 6, vec![1.0, 2.0, 1.0, 2.0]));
    }

    #[test]
    fn drawn_triplets_are_near_all_of_them() {
        // 400 points of 4 classes at 0, 1, 2, 3 plus noise: 400 · 99 · 300 triplets.
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let classes: Vec<Option<usize>> = (0..400).map(|index| Some(index % 4)).collect();
        let at: Vec<f64> = (0..400).map(|index| f64::from(index % 4) + random.random_range(-1.0..1.0)).collect();
        let setting = Setting {
            queries: &classes,
            documents: &classes,
            similarity: &|a, b| -(at[a] - at[b]).abs(),
            grain: &|_| 1e-12,
            allowed: &|a, b| a != b,
            left_out: &|query| vec![query],
        };
        let found = triplets(&setting, 3).unwrap();
        assert_eq!((found.n, found.of, found.drawn), (1_000_000, 400 * 99 * 300, true));
        let (mut right, mut all) = (0_u64, 0_u64);
        for a in 0..400 {
            for p in (0..400).filter(|&p| p != a && classes[p] == classes[a]) {
                for n in (0..400).filter(|&n| classes[n] != classes[a]) {
                    right += u64::from((at[a] - at[p]).abs() < (at[a] - at[n]).abs());
                    all += 1;
                }
            }
        }
        assert!((found.accuracy - to_f64(right) / to_f64(all)).abs() < 3e-3);
    }
}
