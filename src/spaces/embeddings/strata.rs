//! How many vectors of each taxon are drawn, and which.

use crate::numbers::statistics::to_f64;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Vectors that are drawn of every taxon at least, or all that it has; fewer where these would be more than the sample.
///
/// Five give each of them neighbours of its taxon in the sample, and the taxon a mean that is not that of one photograph.
pub(super) const LEAST: usize = 5;

/// Vectors of a taxon without which nothing can be said of what varies within it.
const FEWEST: usize = 2;

/// How many of each stratum are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allocation {
    /// Vectors of each stratum that are drawn.
    pub taken: Vec<usize>,
    /// How.
    pub design: Shares,
}

/// How the sample is shared between strata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shares {
    /// All strata are drawn from: in proportion to their vectors, so many at least.
    Proportional {
        /// Of each, or all that it has.
        least: usize,
    },
    /// Strata are drawn first, in proportion to their vectors, then so many of each.
    Drawn {
        /// Of each hit, or all that the stratum has.
        each: usize,
        /// How often each was hit.
        hits: Vec<usize>,
    },
}

impl Allocation {
    /// Shares a sample of `n` between strata, of which none is empty.
    ///
    /// In proportion to their vectors, but of each [`LEAST`] at least, or all that it has; four, three or two where there are too
    /// many strata for that. Where not even two of each can be had, strata are drawn: systematically, with probabilities in
    /// proportion to their vectors and in their order, so that relatives are spread; of each that is hit five vectors are drawn,
    /// or five for each hit. Every vector is then as likely to be drawn as every other one, but for strata of fewer.
    ///
    /// # Source
    ///
    /// Proportional allocation and its least: Cochran 1977, Sampling Techniques, sections 5.5 and 5A.2 (two of each stratum
    /// are needed to estimate what varies within). Systematic sampling with probabilities in proportion to size and equal
    /// numbers of each: section 9A.5 and 11.9 (a self-weighting sample).
    pub(super) fn of(sizes: &[usize], n: usize, random: &mut ChaCha8Rng) -> Allocation {
        let floor = |least: usize| sizes.iter().map(|&size| size.min(least)).sum::<usize>();
        if let Some(least) = (FEWEST..=LEAST).rev().find(|&least| floor(least) <= n) {
            return Allocation { taken: proportional(sizes, n, least), design: Shares::Proportional { least } };
        }
        let each = LEAST.min(n);
        let hits = systematic(sizes, n / each, random);
        let taken = sizes.iter().zip(&hits).map(|(&size, &hits)| size.min(each * hits)).collect();
        Allocation { taken, design: Shares::Drawn { each, hits } }
    }

    /// How many vectors each drawn one of a stratum stands for; `None` for a stratum that nothing is drawn of.
    pub(super) fn weights(&self, sizes: &[usize]) -> Vec<Option<f64>> {
        let all: usize = sizes.iter().sum();
        let represented = |stratum: usize| match &self.design {
            Shares::Proportional { .. } => to_f64(sizes[stratum] as u64),
            Shares::Drawn { hits, .. } => {
                let drawn = hits.iter().sum::<usize>().max(1);
                to_f64(all as u64) * to_f64(hits[stratum] as u64) / to_f64(drawn as u64)
            }
        };
        let weight = |(stratum, &taken): (usize, &usize)| (taken > 0).then(|| represented(stratum) / to_f64(taken as u64));
        self.taken.iter().enumerate().map(weight).collect()
    }
}

/// Shares of `n` in proportion to sizes, `least` or all of each at least.
fn proportional(sizes: &[usize], n: usize, least: usize) -> Vec<usize> {
    let floor = |stratum: usize| sizes[stratum].min(least);
    // Those whose share is below the least get it; what is left is shared between the others, until all have enough.
    let mut is_fixed = vec![false; sizes.len()];
    let (left, shared) = loop {
        let fixed: usize = (0..sizes.len()).filter(|&stratum| is_fixed[stratum]).map(floor).sum();
        let left = n - fixed;
        let shared: usize = (0..sizes.len()).filter(|&stratum| !is_fixed[stratum]).map(|stratum| sizes[stratum]).sum();
        let is_short = |stratum: usize| (left as u128) * (sizes[stratum] as u128) < (floor(stratum) as u128) * (shared as u128);
        let short: Vec<usize> = (0..sizes.len()).filter(|&stratum| !is_fixed[stratum] && is_short(stratum)).collect();
        if short.is_empty() {
            break (left, shared);
        }
        for stratum in short {
            is_fixed[stratum] = true;
        }
    };
    let mut taken: Vec<usize> = (0..sizes.len()).map(floor).collect();
    // Whole numbers first, then one more for the largest remainders, the earlier stratum first.
    let mut remainders: Vec<(u128, usize)> = vec![];
    for stratum in (0..sizes.len()).filter(|&stratum| !is_fixed[stratum]) {
        let share = (left as u128) * (sizes[stratum] as u128);
        taken[stratum] = usize::try_from(share / shared as u128).unwrap_or(usize::MAX);
        remainders.push((share % shared as u128, stratum));
    }
    remainders.sort_unstable_by_key(|&(remainder, stratum)| (std::cmp::Reverse(remainder), stratum));
    let missing = n - taken.iter().sum::<usize>();
    remainders.iter().take(missing).for_each(|&(_, stratum)| taken[stratum] += 1);
    taken
}

/// How often each stratum is hit by so many places at equal distances, the first drawn.
fn systematic(sizes: &[usize], places: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let all: usize = sizes.iter().sum();
    // Place `j` is `(start + j all) / places`, in whole numbers.
    let start = random.random_range(0..all) as u128;
    let mut hits = vec![0; sizes.len()];
    let (mut place, mut end) = (0_u128, 0_u128);
    for (hits, &size) in hits.iter_mut().zip(sizes) {
        end += size as u128;
        while place < places as u128 && (start + place * all as u128) / (places as u128) < end {
            *hits += 1;
            place += 1;
        }
    }
    hits
}

/// Draws so many of each stratum without replacement, one pass over all: `strata` has the stratum of each vector.
///
/// # Source
///
/// Knuth 1997, The Art of Computer Programming 2, section 3.4.2, algorithm S, for each stratum.
pub(super) fn drawn(strata: &[u32], sizes: &[usize], taken: &[usize], random: &mut ChaCha8Rng) -> Vec<usize> {
    let (mut left, mut wanted) = (sizes.to_vec(), taken.to_vec());
    let mut rows = Vec::with_capacity(taken.iter().sum());
    for (row, &stratum) in strata.iter().enumerate() {
        let stratum = stratum as usize;
        let (of, n) = (left[stratum], wanted[stratum]);
        if n > 0 && (n >= of || random.random_range(0..of) < n) {
            rows.push(row);
            wanted[stratum] -= 1;
        }
        left[stratum] -= 1;
    }
    rows
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng;

    fn random(seed: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(seed)
    }

    #[test]
    fn shares_are_proportional_but_for_the_least() {
        // Five of each are 5 + 5 + 5 + 3 + 1 = 19 of 20: one is left, of strata of 70 and 20 and 6. In proportion all three would have
        // less than five but the first, which takes it.
        let sizes = [70, 20, 6, 3, 1];
        let allocation = Allocation::of(&sizes, 20, &mut random(0));
        assert_eq!(allocation, Allocation { taken: vec![6, 5, 5, 3, 1], design: Shares::Proportional { least: 5 } });
        assert_eq!(allocation.weights(&sizes), [70.0 / 6.0, 4.0, 1.2, 1.0, 1.0].map(Some));
        // Two of each: 2 + 2 + 1 are fixed (shares of 14 would be 0.84, 0.42 and 0.14), 9 are left for 70 and 20: 7 exactly and 2.
        assert_eq!(proportional(&sizes, 14, 2), [7, 2, 2, 2, 1]);
        // 15 for 70 and 20: 11.67 and 3.33, the larger remainder rounded up.
        assert_eq!(proportional(&sizes, 20, 2), [12, 3, 2, 2, 1]);
        // All of them.
        assert_eq!(Allocation::of(&sizes, 100, &mut random(0)).taken, sizes);
        // Four of each are 16, three 13: with 14 the least is three, and the one that is left goes to the largest.
        let three = Allocation::of(&sizes, 14, &mut random(0));
        assert_eq!(three, Allocation { taken: vec![4, 3, 3, 3, 1], design: Shares::Proportional { least: 3 } });
        for n in 9..=100 {
            let Allocation { taken, design } = Allocation::of(&sizes, n, &mut random(0));
            assert_eq!(taken.iter().sum::<usize>(), n, "{n}");
            let Shares::Proportional { least } = design else { panic!("{n}") };
            assert!(taken.iter().zip(&sizes).all(|(&taken, &size)| taken <= size && taken >= size.min(least)), "{n}: {taken:?}");
        }
    }

    #[test]
    fn of_too_many_strata_some_are_drawn_in_proportion() {
        // Two of each of 30 strata are more than 20.
        let sizes: Vec<usize> = (0..30).map(|stratum| if stratum == 4 { 60 } else { 1 + stratum % 8 }).collect();
        let all: usize = sizes.iter().sum();
        let mut hit = vec![0_u64; sizes.len()];
        for seed in 0..4_000 {
            let allocation = Allocation::of(&sizes, 20, &mut random(seed));
            let Shares::Drawn { each, hits } = &allocation.design else { panic!() };
            assert_eq!((*each, hits.iter().sum::<usize>()), (5, 4));
            let taken: Vec<usize> = sizes.iter().zip(hits).map(|(&size, &hits)| size.min(5 * hits)).collect();
            assert_eq!(allocation.taken, taken);
            // What the drawn vectors stand for is all of them.
            let weights = allocation.weights(&sizes);
            let stood: f64 = weights.iter().zip(&taken).map(|(weight, &n)| weight.unwrap_or(0.0) * to_f64(n as u64)).sum();
            assert!((stood - to_f64(all as u64)).abs() < 1e-9);
            hit.iter_mut().zip(hits).for_each(|(sum, &hits)| *sum += hits as u64);
        }
        for (stratum, (&hit, &size)) in hit.iter().zip(&sizes).enumerate() {
            let expected = 4_000.0 * 4.0 * to_f64(size as u64) / to_f64(all as u64);
            assert!((to_f64(hit) - expected).abs() < 5.0 * expected.sqrt(), "{stratum}: {hit} of {expected}");
        }
        // A sample of less than five is of one stratum.
        assert_eq!(Allocation::of(&sizes, 3, &mut random(1)).taken.iter().filter(|&&taken| taken > 0).count(), 1);
    }

    #[test]
    fn every_vector_of_a_stratum_is_as_likely() {
        let strata: Vec<u32> = [0, 1, 1, 0, 1, 2, 1, 1, 0, 1].to_vec();
        let (sizes, taken) = ([3, 6, 1], [2, 2, 1]);
        let mut times = [0_u32; 10];
        for seed in 0..6_000 {
            let rows = drawn(&strata, &sizes, &taken, &mut random(seed));
            assert!(rows.windows(2).all(|pair| pair[0] < pair[1]) && rows.len() == 5 && rows.contains(&5));
            let of = |stratum: u32| rows.iter().filter(|&&row| strata[row] == stratum).count();
            assert_eq!([of(0), of(1), of(2)], taken);
            for row in rows {
                times[row] += 1;
            }
        }
        for (row, &times) in times.iter().enumerate().filter(|(row, _)| *row != 5) {
            let expected = 6_000.0 * [2.0 / 3.0, 2.0 / 6.0][usize::try_from(strata[row]).unwrap()];
            assert!((f64::from(times) - expected).abs() < 200.0, "{row}: {times} of {expected}");
        }
        assert_eq!(drawn(&strata, &sizes, &sizes, &mut random(7)), (0..10).collect::<Vec<_>>());
    }
}
