//! Intervals by drawing clusters of images again and again: images of one observation stay together.

mod clusters;
mod kinds;

pub use clusters::Clusters;
pub use kinds::{Kind, Kinds};

use crate::numbers::statistics::{Interval, Z_95, quantile, to_f64};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};
use std::collections::BTreeMap;

/// Draws, unless asked otherwise.
pub const DRAWS: usize = 2_000;

/// Most clusters that are drawn one by one; of more the bootstrap has a closed form that is as good.
const DRAWN: u64 = 20_000;

/// Most kinds of clusters that are drawn kind by kind.
const KINDS: usize = 512;

/// The 95 % intervals of means over clusters of images; `None` below two clusters.
///
/// Bias-corrected and accelerated (BCa), from `draws` draws of as many clusters as there are. The ends depend on the
/// seed and on the clusters, not on their order nor on threads, and those of opposite numbers are exactly mirrored.
/// Where there are more than 20 000 clusters of more than 512 kinds nothing is drawn: the ends are those of the ABC
/// approximation, which BCa comes to. Like all bootstraps of few or uneven clusters it is too narrow, and of clusters
/// that all agree it is nothing: the module of intervals says when to use it.
///
/// # Source
///
/// BCa: Efron 1987; ABC: `DiCiccio` & Efron 1992; clusters after Davison & Hinkley 1997.
#[must_use]
pub fn intervals(means: &[Kinds], draws: usize, seed: u64) -> Vec<Option<Interval>> {
    let upright: Vec<(Kinds, bool)> = means.par_iter().map(Kinds::upright).collect();
    let mut found: Vec<Vec<f64>> = vec![vec![]; means.len()];
    let mut by_length: BTreeMap<usize, Vec<Placed>> = BTreeMap::new();
    for (place, (kinds, _)) in upright.iter().enumerate().filter(|(_, (kinds, _))| kinds.clusters() >= 2) {
        // Clusters that are alike are drawn together, how often each kind comes up being binomial.
        let (few, clusters) = (kinds.kinds().len(), kinds.clusters());
        if few <= KINDS && few as u64 * 8 <= clusters {
            found[place] = (0..draws as u64).into_par_iter().map(|draw| drawn_together(kinds, draw, seed)).collect();
        } else if clusters <= DRAWN {
            let clusters = kinds.one_by_one();
            by_length.entry(clusters.len()).or_default().push((place, clusters));
        }
    }
    for columns in by_length.values() {
        for columns in columns.chunks(ABREAST) {
            let clusters: Vec<&[(f64, f64)]> = columns.iter().map(|(_, clusters)| &clusters[..]).collect();
            for ((place, _), means) in columns.iter().zip(drawn_abreast(&clusters, draws, seed)) {
                found[*place] = means;
            }
        }
    }
    let one = |((kinds, opposite), drawn): ((Kinds, bool), Vec<f64>)| {
        let interval = if drawn.is_empty() { approximate(&kinds) } else { of_means(&kinds, drawn) };
        interval.map(|interval| if opposite { interval.mirrored() } else { interval })
    };
    upright.into_par_iter().zip(found).map(one).collect()
}

/// The place of a mean among all, and the sum and the weight of each of its clusters.
type Placed = (usize, Vec<(f64, f64)>);

/// [`intervals`] of one mean.
#[must_use]
pub fn interval(mean: &Kinds, draws: usize, seed: u64) -> Option<Interval> {
    intervals(std::slice::from_ref(mean), draws, seed).pop().flatten()
}

/// The BCa interval from the means that were drawn.
fn of_means(kinds: &Kinds, mut means: Vec<f64>) -> Option<Interval> {
    let estimate = kinds.mean()?;
    let draws = to_f64(means.len() as u64);
    means.sort_by(f64::total_cmp);
    let normal = Normal::new(0.0, 1.0).ok()?;
    // Ties count half: a proportion takes few values.
    let below = means.partition_point(|mean| *mean < estimate - 1e-12);
    let equal = means.partition_point(|mean| *mean <= estimate + 1e-12) - below;
    let share = (to_f64(below as u64) + 0.5 * to_f64(equal as u64)) / draws;
    let least = 0.5 / draws;
    let bias = normal.inverse_cdf(share.clamp(least, 1.0 - least));
    let acceleration = acceleration(kinds);
    let at = |end: f64| {
        let z = bias + normal.inverse_cdf(end);
        quantile(&means, normal.cdf(bias + z / (1.0 - acceleration * z)))
    };
    let (low, high) = (at(0.025), at(0.975));
    Some(Interval { low: low.min(estimate), high: high.max(estimate) })
}

/// The ABC interval of a mean, which as a linear statistic has no curvature: its bias correction is its acceleration.
fn approximate(kinds: &Kinds) -> Option<Interval> {
    let estimate = kinds.mean().filter(|_| kinds.clusters() >= 2)?;
    let clusters = to_f64(kinds.clusters());
    let influence = |kind: &Kind| (kind.sum - estimate * kind.weight) * clusters / kinds.weight();
    let moment = |power: i32| kinds.kinds().iter().map(|kind| to_f64(kind.times) * influence(kind).powi(power)).sum::<f64>();
    let (squares, cubes) = (moment(2), moment(3));
    if squares <= 0.0 {
        return None;
    }
    let (error, skew) = (squares.sqrt() / clusters, cubes / (6.0 * squares.powf(1.5)));
    let at = |z: f64| {
        let w = skew + z;
        estimate + error * w / (1.0 - skew * w).powi(2)
    };
    let (low, high) = (at(-Z_95), at(Z_95));
    Some(Interval { low: low.min(estimate), high: high.max(estimate) })
}

/// Means whose clusters lie side by side while they are drawn: two lines of cache.
const ABREAST: usize = 16;

/// `draws` means for each of at most [`ABREAST`] columns of equally many clusters.
fn drawn_abreast(columns: &[&[(f64, f64)]], draws: usize, seed: u64) -> Vec<Vec<f64>> {
    let clusters = columns.first().map_or(0, |column| column.len());
    let row = |cluster: usize, part: fn(&(f64, f64)) -> f64| -> [f64; ABREAST] {
        std::array::from_fn(|column| columns.get(column).map_or(0.0, |column| part(&column[cluster])))
    };
    let sums: Vec<[f64; ABREAST]> = (0..clusters).map(|cluster| row(cluster, |cluster| cluster.0)).collect();
    let singles = columns.iter().all(|column| column.iter().all(|cluster| cluster.1.to_bits() == 1.0_f64.to_bits()));
    // Of single images each draw has as many as there are.
    let counts: Vec<[f64; ABREAST]> =
        if singles { vec![] } else { (0..clusters).map(|cluster| row(cluster, |cluster| cluster.1)).collect() };
    let means = |draw: u64| -> [f64; ABREAST] {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(draw);
        let (mut sum, mut count) = ([0.0; ABREAST], [if singles { to_f64(clusters as u64) } else { 0.0 }; ABREAST]);
        for _ in 0..clusters {
            let cluster = random.random_range(0..clusters);
            sum.iter_mut().zip(&sums[cluster]).for_each(|(sum, value)| *sum += value);
            if !singles {
                count.iter_mut().zip(&counts[cluster]).for_each(|(count, value)| *count += value);
            }
        }
        std::array::from_fn(|column| sum[column] / count[column])
    };
    let rows: Vec<[f64; ABREAST]> = (0..draws as u64).into_par_iter().map(means).collect();
    (0..columns.len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

/// As [`drawn_abreast`], for kinds of clusters: a multinomial draw, kind by kind.
fn drawn_together(kinds: &Kinds, draw: u64, seed: u64) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(draw);
    let (mut left, mut among) = (kinds.clusters(), kinds.clusters());
    let (mut sum, mut weight) = (0.0, 0.0);
    for kind in kinds.kinds() {
        let times = if kind.times == among {
            left
        } else {
            Binomial::new(left, to_f64(kind.times) / to_f64(among)).map_or(0, |binomial| binomial.sample(&mut random))
        };
        sum += kind.sum * to_f64(times);
        weight += kind.weight * to_f64(times);
        left -= times;
        among -= kind.times;
    }
    sum / weight
}

/// Skewness of the estimates with one cluster left out, over 6.
fn acceleration(kinds: &Kinds) -> f64 {
    let without = |kind: &Kind| ((kinds.sum() - kind.sum) / (kinds.weight() - kind.weight), to_f64(kind.times));
    let estimates: Vec<(f64, f64)> = kinds.kinds().iter().map(without).filter(|(estimate, _)| estimate.is_finite()).collect();
    let total = |of: &dyn Fn(f64) -> f64| estimates.iter().map(|(estimate, times)| of(*estimate) * times).sum::<f64>();
    let mean = total(&|estimate| estimate) / total(&|_| 1.0);
    let (squares, cubes) = (total(&|estimate| (mean - estimate).powi(2)), total(&|estimate| (mean - estimate).powi(3)));
    if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_acceleration_is_the_skewness_of_leaving_one_out() {
        // Values 0 0 3 in three clusters: left out 1.5 1.5 0, mean 1, gaps -.5 -.5 1:
        // Σ² = 1.5, Σ³ = .75: .75 / (6 · 1.5^1.5).
        let sums = [(0.0, 1.0), (0.0, 1.0), (3.0, 1.0)];
        let expected = 0.75 / (6.0 * 1.5_f64.powf(1.5));
        assert!((acceleration(&Kinds::of(sums)) - expected).abs() < 1e-12);
    }

    #[test]
    fn kinds_of_clusters_are_drawn_as_often_as_the_clusters() {
        // Three kinds in 40 clusters, drawn one by one and kind by kind: means and deviations agree
        // within the error of 20 000 draws (the deviation of a mean is about 0.13).
        let sums: Vec<(f64, f64)> =
            (0..40).map(|cluster| [(1.0, 1.0), (0.0, 1.0), (3.0, 2.0)][(cluster * cluster) % 3]).collect();
        let kinds = Kinds::of(sums.iter().copied());
        let moments = |means: Vec<f64>| {
            let n = to_f64(means.len() as u64);
            let mean = means.iter().sum::<f64>() / n;
            (mean, (means.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt())
        };
        let one = moments((0..20_000).map(|draw| drawn(&sums, draw, 1)).collect());
        let kind = moments((0..20_000).map(|draw| drawn_together(&kinds, draw, 2)).collect());
        let error = 5.0 * one.1 / 20_000_f64.sqrt();
        assert!((one.0 - kind.0).abs() < 1.5 * error && (one.1 - kind.1).abs() < error, "{one:?} {kind:?}");
    }

    /// One draw of one column, cluster by cluster.
    fn drawn(sums: &[(f64, f64)], draw: u64, seed: u64) -> f64 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(draw);
        let (mut sum, mut count) = (0.0, 0.0);
        for _ in 0..sums.len() {
            let cluster = sums[random.random_range(0..sums.len())];
            sum += cluster.0;
            count += cluster.1;
        }
        sum / count
    }

    #[test]
    fn columns_drawn_abreast_are_drawn_as_each_alone() {
        // 37 columns of 50 or 51 clusters, the counts of some other than 1: more than stand abreast.
        let column = |place: usize| -> Vec<(f64, f64)> {
            let count = |cluster: usize| if place.is_multiple_of(3) { to_f64(1 + (cluster % 4) as u64) } else { 1.0 };
            (0..50 + place % 2).map(|cluster| (to_f64((cluster * (place + 3) % 47) as u64).sqrt(), count(cluster))).collect()
        };
        let columns: Vec<Kinds> = (0..37).map(|place| Kinds::of(column(place))).collect();
        let together = intervals(&columns, 300, 5);
        for (place, column) in columns.iter().enumerate() {
            let clusters = column.one_by_one();
            let alone: Vec<f64> = (0..300).map(|draw| drawn(&clusters, draw, 5)).collect();
            assert_eq!(drawn_abreast(&[&clusters], 300, 5), std::slice::from_ref(&alone), "{place}");
            assert_eq!(together[place], of_means(column, alone), "{place}");
        }
        // Clusters without a value are not drawn, too few give no interval.
        let gaps = Kinds::of([(1.0, 1.0), (0.0, 0.0), (4.0, 2.0), (9.0, 1.0)]);
        let kept = Kinds::of([(1.0, 1.0), (4.0, 2.0), (9.0, 1.0)]);
        assert_eq!(intervals(&[gaps, Kinds::of([(2.0, 1.0)])], 200, 1), [interval(&kept, 200, 1), None]);
    }

    #[test]
    fn the_ends_of_opposite_numbers_are_mirrored_in_any_order() {
        let sums: Vec<(f64, f64)> = (0..90_u32).map(|i| (f64::from(i * i % 31) / 7.0 - 2.1, f64::from(1 + i % 3))).collect();
        let found = interval(&Kinds::of(sums.iter().copied()), 400, 9).unwrap();
        let backwards = Kinds::of(sums.iter().rev().copied());
        assert_eq!(interval(&backwards, 400, 9), Some(found));
        let opposite = Kinds::of(sums.iter().map(|(sum, weight)| (-sum, *weight)));
        assert_eq!(interval(&opposite, 400, 9), Some(found.mirrored()));
    }

    #[test]
    fn the_closed_form_comes_near_the_draws() {
        // 900 skewed values of uneven weight: the ends of 20 000 draws lie within a twentieth of the interval's width.
        let sums = (0..900_u32).map(|i| (f64::from(i * 37 % 900).powi(3) / 1e8, 1.0 + f64::from(i % 2)));
        let kinds = Kinds::of(sums);
        let (drawn, closed) = (interval(&kinds, 20_000, 1).unwrap(), approximate(&kinds).unwrap());
        let near = 0.05 * (drawn.high - drawn.low);
        assert!((drawn.low - closed.low).abs() < near && (drawn.high - closed.high).abs() < near, "{drawn:?} {closed:?}");
    }

    #[test]
    fn repeated_images_widen_the_interval() {
        let alone: Vec<(f64, f64)> = (0..200).map(|image| (f64::from(u8::from(image % 3 == 0)), 1.0)).collect();
        let fives: Vec<(f64, f64)> = alone.chunks(5).map(|part| (part[0].0 * 5.0, 5.0)).collect();
        let drawn = |sums: &[(f64, f64)], draws| interval(&Kinds::of(sums.iter().copied()), draws, 1).unwrap();
        let width = |sums: &[(f64, f64)]| drawn(sums, 1000).high - drawn(sums, 1000).low;
        assert!(width(&fives) > 1.5 * width(&alone));
        // About the interval of a proportion of 67 in 200: 0.335 ± 0.065.
        let found = drawn(&alone, 2000);
        assert!((found.low - 0.27).abs() < 0.02 && (found.high - 0.40).abs() < 0.02, "{found:?}");
    }

    #[test]
    fn skewed_values_agree_with_scipy() {
        // scipy.stats.bootstrap((x,), np.mean, method='BCa', n_resamples=200000, random_state=0) for
        // x = [i*i/100 for i in range(1, 21)] gives (0.9380, 2.0365); draws here are
        // others, and as many of them move the ends by about 0.005.
        let sums = (1..=20).map(|i| (f64::from(i * i) / 100.0, 1.0));
        let found = interval(&Kinds::of(sums), 50_000, 3).unwrap();
        assert!((found.low - SCIPY.0).abs() < 0.015 && (found.high - SCIPY.1).abs() < 0.015, "{found:?}");
    }

    const SCIPY: (f64, f64) = (0.9380, 2.0365);
}
