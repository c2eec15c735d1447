//! Two independent samples: the interval of a difference, and whether it is more than chance.

use super::bootstrap::{Kind, Kinds};
use super::significance::EQUAL;
use super::statistics::{Interval, to_f64};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Hypergeometric};
use rayon::prelude::*;
use serde::Serialize;

/// Random exchanges, and of very many clusters of very many kinds.
const DRAWS: u64 = 9_999;
const FEW_DRAWS: u64 = 999;
/// Clusters from which on fewer are drawn, where they have to be drawn one by one.
const MANY: u64 = 20_000;

/// The interval of `second − first`, each with its own: square and add.
///
/// low = d − √((s − s_low)² + (f_high − f)²), high = d + √((s_high − s)² + (f − f_low)²)
///
/// Of shares with Wilson's intervals it is Newcombe's; of other estimates the "method of variance estimates recovery".
///
/// # Source
///
/// Newcombe 1998, method 10; Zou & Donner 2008.
#[must_use]
pub fn difference((first, of_first): (f64, Interval), (second, of_second): (f64, Interval)) -> Interval {
    let difference = second - first;
    let below = (second - of_second.low).hypot(of_first.high - first);
    let above = (of_second.high - second).hypot(first - of_first.low);
    Interval { low: difference - below, high: difference + above }
}

/// A two-sided p-value of random exchanges.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Exchange {
    /// Probability, above 0, of a difference of the means at least as large if clusters could be of either sample.
    pub p: f64,
    /// Its standard error, for it is found by chance.
    pub standard_error: f64,
}

/// Whether the means of two samples differ by more than chance: whole clusters change places at random, as many staying in
/// each sample as there are. `None` where a sample is empty.
///
/// (reached + 1) / (drawn + 1) of 9 999 seeded exchanges; the streams depend on the seed and on the number of the exchange,
/// not on threads nor on the order of the clusters.
///
/// # Source
///
/// Fisher 1935; Phipson & Smyth 2010 for the one that is added.
#[must_use]
pub fn exchange(first: &Kinds, second: &Kinds, seed: u64) -> Option<Exchange> {
    let observed = (second.mean()? - first.mean()?).abs();
    let pooled = Kinds::counted(first.kinds().iter().chain(second.kinds()).copied());
    // The smaller sample is drawn: the other is what is left.
    let smaller = first.clusters().min(second.clusters());
    let line = observed - EQUAL * (1.0 + pooled.greatest());
    let by_kind = pooled.kinds().len() as u64 * 8 <= pooled.clusters();
    let one_by_one = if by_kind { vec![] } else { pooled.one_by_one() };
    let rounds = if !by_kind && pooled.clusters() > MANY { FEW_DRAWS } else { DRAWS };
    let is_as_far = |draw: u64| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(draw);
        let (sum, weight) = if by_kind {
            drawn_by_kind(pooled.kinds(), smaller, &mut random)
        } else {
            drawn_alone(&one_by_one, smaller, &mut random)
        };
        let rest = (pooled.sum() - sum) / (pooled.weight() - weight);
        (sum / weight - rest).abs() >= line
    };
    let reached = (0..rounds).into_par_iter().filter(|draw| is_as_far(*draw)).count() as u64;
    let p = to_f64(reached + 1) / to_f64(rounds + 1);
    Some(Exchange { p, standard_error: (p * (1.0 - p) / to_f64(rounds)).sqrt() })
}

/// Sum and weight of so many clusters without replacement, kind by kind: multivariate hypergeometric.
fn drawn_by_kind(kinds: &[Kind], clusters: u64, random: &mut ChaCha8Rng) -> (f64, f64) {
    let mut left: u64 = kinds.iter().map(|kind| kind.times).sum();
    let (mut to_draw, mut sum, mut weight) = (clusters, 0.0, 0.0);
    for kind in kinds {
        // All parameters are in their bounds: there is always such a distribution.
        let times = Hypergeometric::new(left, kind.times, to_draw).map_or(0, |of| of.sample(random));
        sum += kind.sum * to_f64(times);
        weight += kind.weight * to_f64(times);
        to_draw -= times;
        left -= kind.times;
    }
    (sum, weight)
}

/// The same of clusters one by one: the beginning of a shuffle.
fn drawn_alone(clusters: &[(f64, f64)], count: u64, random: &mut ChaCha8Rng) -> (f64, f64) {
    let mut places: Vec<usize> = (0..clusters.len()).collect();
    let (mut sum, mut weight) = (0.0, 0.0);
    for place in 0..usize::try_from(count).unwrap_or(usize::MAX).min(clusters.len()) {
        let other = random.random_range(place..clusters.len());
        places.swap(place, other);
        let cluster = clusters[places[place]];
        sum += cluster.0;
        weight += cluster.1;
    }
    (sum, weight)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::numbers::statistics::wilson;

    fn shares(right: u64, n: u64) -> Kinds {
        Kinds::counted([(1.0, right), (0.0, n - right)].map(|(sum, times)| Kind { sum, weight: 1.0, times }))
    }

    #[test]
    fn newcombes_own_example() {
        // Newcombe 1998, example (a), method 10: 56/70 − 48/80 = 0.2, interval 0.0524 to 0.3339.
        let found = difference((0.6, wilson(48, 80).unwrap()), (0.8, wilson(56, 70).unwrap()));
        assert!((found.low - 0.0524).abs() < 5e-5 && (found.high - 0.3339).abs() < 5e-5, "{found:?}");
        // The other way round it is mirrored.
        let other = difference((0.8, wilson(56, 70).unwrap()), (0.6, wilson(48, 80).unwrap()));
        assert!((other.low + found.high).abs() < 1e-15 && (other.high + found.low).abs() < 1e-15);
    }

    #[test]
    fn exchanges_come_near_the_exact_probability() {
        // 1 of 6 right against 7 of 8: of C(14, 6) = 3003 ways 8 are right; first holds k: C(8, k) C(6, 6 − k).
        // Observed difference 7/8 − 1/6 = 0.7083. k = 0: 1 way, difference 1; k = 1: 8 · 6 = 48 ways, 0.7083;
        // k = 6: 28 ways, 2/8 − 1 = −0.75; k = 5: 56 · 6 ways, 3/8 − 5/6 = −0.4583. So 1 + 48 + 28 of 3003: 0.02564.
        let expected = 77.0 / 3003.0;
        let alone = exchange(&shares(1, 6), &shares(7, 8), 3).unwrap();
        assert!((alone.p - expected).abs() < 4.0 * alone.standard_error, "{alone:?}");
        // The same by kinds: 20 of each cluster would be another sample, but 16 clusters of 2 kinds are drawn by kind.
        let (first, second) = (shares(2, 8), shares(6, 8));
        // C(16, 8) = 12870; both sides |k − 4| ≥ 2: 2 (C(8,0)C(8,8) + C(8,1)C(8,7) + C(8,2)C(8,6)) = 2 (1 + 64 + 784) = 1698.
        let found = exchange(&first, &second, 3).unwrap();
        assert!((found.p - 1698.0 / 12870.0).abs() < 4.0 * found.standard_error, "{found:?}");
    }

    #[test]
    fn whole_clusters_change_places() {
        // Two clusters of 50 against two: of 6 ways 2 are as uneven, whatever the number of images.
        let all = |right: f64| Kinds::of([(50.0 * right, 50.0), (50.0 * right, 50.0)]);
        let found = exchange(&all(1.0), &all(0.0), 0).unwrap();
        assert!((found.p - 2.0 / 6.0).abs() < 4.0 * found.standard_error, "{found:?}");
        assert_eq!(exchange(&Kinds::default(), &all(1.0), 0), None);
        // Nothing differs: certain.
        assert!((exchange(&all(1.0), &all(1.0), 0).unwrap().p - 1.0).abs() < 1e-12);
    }
}
