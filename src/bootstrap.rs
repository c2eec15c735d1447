//! Intervals by drawing clusters of images again and again: images of one observation stay together.

use crate::statistics::{Interval, to_f64};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};
use std::collections::{BTreeMap, HashMap};

/// Draws, unless asked otherwise.
pub const DRAWS: usize = 2_000;

/// Clusters of images: `N` images in `K` clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    of_image: Vec<usize>,
    count: usize,
}

impl Clusters {
    /// Each image by itself.
    #[must_use]
    pub fn single(images: usize) -> Self {
        Self { of_image: (0..images).collect(), count: images }
    }

    /// Images of one name together.
    #[must_use]
    pub fn by_name<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let of_image = names
            .into_iter()
            .map(|name| {
                let next = known.len();
                *known.entry(name).or_insert(next)
            })
            .collect();
        Self { of_image, count: known.len() }
    }

    /// Number of clusters.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether some cluster holds several images.
    #[must_use]
    pub fn repeat(&self) -> bool {
        self.count < self.of_image.len()
    }

    /// Sum and number of the values of each cluster; `None` values are left out.
    #[must_use]
    pub fn sums(&self, values: &[Option<f64>]) -> Vec<(f64, f64)> {
        let mut sums = vec![(0.0, 0.0); self.count];
        for (&cluster, value) in self.of_image.iter().zip(values) {
            if let Some(value) = value {
                sums[cluster].0 += value;
                sums[cluster].1 += 1.0;
            }
        }
        sums
    }
}

/// The 95 % interval of a mean over images, drawn by clusters; `None` below two clusters with values.
///
/// Bias-corrected and accelerated (BCa), from `draws` draws of as many clusters as there are;
/// draws depend on the seed alone. Like all bootstraps of few or uneven clusters it is too narrow;
/// a macro average over rare classes, which this is not made for, would also be biased downwards.
///
/// # Source
///
/// Efron 1987; clusters after Davison & Hinkley 1997.
#[must_use]
pub fn interval(sums: &[(f64, f64)], draws: usize, seed: u64) -> Option<Interval> {
    intervals(&[sums.to_vec()], draws, seed).pop().flatten()
}

/// [`interval`] for several means, each with its sums by cluster.
///
/// The same as one after the other, and faster: means over as many clusters are drawn together, for their draws are
/// the same.
#[must_use]
pub fn intervals(sums: &[Vec<(f64, f64)>], draws: usize, seed: u64) -> Vec<Option<Interval>> {
    let with_values = |sums: &Vec<(f64, f64)>| sums.iter().copied().filter(|(_, count)| *count > 0.0).collect::<Vec<_>>();
    let sums: Vec<Vec<(f64, f64)>> = sums.iter().map(with_values).collect();
    let mut means: Vec<Vec<f64>> = vec![vec![]; sums.len()];
    let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, sums) in sums.iter().enumerate().filter(|(_, sums)| sums.len() >= 2) {
        // Clusters that are alike are drawn together, how often each kind comes up being binomial.
        let kinds = alike(sums);
        if kinds.len() * 8 <= sums.len() {
            let mean = |draw| drawn_together(&kinds, sums.len(), draw, seed);
            means[place] = (0..draws as u64).into_par_iter().map(mean).collect();
        } else {
            by_length.entry(sums.len()).or_default().push(place);
        }
    }
    for places in by_length.values() {
        for places in places.chunks(ABREAST) {
            let columns: Vec<&[(f64, f64)]> = places.iter().map(|&place| &sums[place][..]).collect();
            for (&place, drawn) in places.iter().zip(drawn_abreast(&columns, draws, seed)) {
                means[place] = drawn;
            }
        }
    }
    sums.into_par_iter().zip(means).map(|(sums, means)| of_means(&sums, means)).collect()
}

/// The BCa interval from the means that were drawn.
fn of_means(sums: &[(f64, f64)], mut means: Vec<f64>) -> Option<Interval> {
    if means.is_empty() {
        return None;
    }
    let draws = to_f64(means.len() as u64);
    let total = sums.iter().fold((0.0, 0.0), |total, cluster| (total.0 + cluster.0, total.1 + cluster.1));
    let estimate = total.0 / total.1;
    means.sort_by(f64::total_cmp);
    let normal = Normal::new(0.0, 1.0).ok()?;
    // Ties count half: a proportion takes few values.
    let below = means.partition_point(|mean| *mean < estimate - 1e-12);
    let equal = means.partition_point(|mean| *mean <= estimate + 1e-12) - below;
    let share = (to_f64(below as u64) + 0.5 * to_f64(equal as u64)) / draws;
    let least = 0.5 / draws;
    let bias = normal.inverse_cdf(share.clamp(least, 1.0 - least));
    let acceleration = acceleration(sums, total);
    let at = |quantile: f64| {
        let z = bias + normal.inverse_cdf(quantile);
        percentile(&means, normal.cdf(bias + z / (1.0 - acceleration * z)))
    };
    Some(Interval { low: at(0.025), high: at(0.975) })
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

/// Clusters of the same sum and count, counted, in order of their values.
fn alike(sums: &[(f64, f64)]) -> Vec<((f64, f64), u64)> {
    let mut sorted = sums.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let same = |a: &(f64, f64), b: &(f64, f64)| a.0.to_bits() == b.0.to_bits() && a.1.to_bits() == b.1.to_bits();
    sorted.chunk_by(same).map(|group| (group[0], group.len() as u64)).collect()
}

/// As [`drawn`], for kinds of clusters: a multinomial draw, kind by kind.
fn drawn_together(alike: &[((f64, f64), u64)], clusters: usize, draw: u64, seed: u64) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(draw);
    let (mut left, mut among) = (clusters as u64, clusters as u64);
    let (mut sum, mut count) = (0.0, 0.0);
    for &((of_sum, of_count), kinds) in alike {
        let times = if kinds == among {
            left
        } else {
            Binomial::new(left, to_f64(kinds) / to_f64(among)).map_or(0, |binomial| binomial.sample(&mut random))
        };
        sum += of_sum * to_f64(times);
        count += of_count * to_f64(times);
        left -= times;
        among -= kinds;
    }
    sum / count
}

/// Skewness of the estimates with one cluster left out, over 6.
fn acceleration(sums: &[(f64, f64)], total: (f64, f64)) -> f64 {
    let without = |cluster: &(f64, f64)| (total.0 - cluster.0) / (total.1 - cluster.1);
    let estimates: Vec<f64> = sums.iter().map(without).filter(|estimate| estimate.is_finite()).collect();
    let mean = estimates.iter().sum::<f64>() / to_f64(estimates.len() as u64);
    let (mut squares, mut cubes) = (0.0, 0.0);
    for estimate in &estimates {
        let gap = mean - estimate;
        squares += gap * gap;
        cubes += gap * gap * gap;
    }
    if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
}

/// A quantile of sorted values, between neighbours linearly.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
fn percentile(sorted: &[f64], quantile: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = quantile.clamp(0.0, 1.0) * to_f64(last as u64);
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn clusters_keep_their_images_together() {
        let clusters = Clusters::by_name(["a", "b", "a", "c"]);
        assert_eq!((clusters.len(), clusters.repeat()), (3, true));
        assert_eq!(clusters.sums(&[Some(1.0), Some(0.5), None, Some(2.0)]), [(1.0, 1.0), (0.5, 1.0), (2.0, 1.0)]);
        assert!(!Clusters::single(3).repeat());
    }

    #[test]
    fn the_acceleration_is_the_skewness_of_leaving_one_out() {
        // Values 0 0 3 in three clusters: left out 1.5 1.5 0, mean 1, gaps -.5 -.5 1:
        // Σ² = 1.5, Σ³ = .75: .75 / (6 · 1.5^1.5).
        let sums = [(0.0, 1.0), (0.0, 1.0), (3.0, 1.0)];
        let expected = 0.75 / (6.0 * 1.5_f64.powf(1.5));
        assert!((acceleration(&sums, (3.0, 3.0)) - expected).abs() < 1e-12);
    }

    #[test]
    fn kinds_of_clusters_are_drawn_as_often_as_the_clusters() {
        // Three kinds in 40 clusters, drawn one by one and kind by kind: means and deviations agree
        // within the error of 20 000 draws (the deviation of a mean is about 0.13).
        let sums: Vec<(f64, f64)> =
            (0..40).map(|cluster| [(1.0, 1.0), (0.0, 1.0), (3.0, 2.0)][(cluster * cluster) % 3]).collect();
        let kinds = alike(&sums);
        assert_eq!(kinds.iter().map(|(_, count)| count).sum::<u64>(), 40);
        let moments = |means: Vec<f64>| {
            let n = to_f64(means.len() as u64);
            let mean = means.iter().sum::<f64>() / n;
            (mean, (means.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt())
        };
        let one = moments((0..20_000).map(|draw| drawn(&sums, draw, 1)).collect());
        let kind = moments((0..20_000).map(|draw| drawn_together(&kinds, 40, draw, 2)).collect());
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
        let columns: Vec<_> = (0..37).map(column).collect();
        let together = intervals(&columns, 300, 5);
        for (place, column) in columns.iter().enumerate() {
            let alone: Vec<f64> = (0..300).map(|draw| drawn(column, draw, 5)).collect();
            assert_eq!(drawn_abreast(&[column], 300, 5), std::slice::from_ref(&alone), "{place}");
            assert_eq!(together[place], of_means(column, alone), "{place}");
        }
        // Clusters without a value are not drawn, too few give no interval.
        let gaps = vec![(1.0, 1.0), (0.0, 0.0), (4.0, 2.0), (9.0, 1.0)];
        let kept = vec![(1.0, 1.0), (4.0, 2.0), (9.0, 1.0)];
        assert_eq!(intervals(&[gaps, vec![(2.0, 1.0)]], 200, 1), [interval(&kept, 200, 1), None]);
    }

    #[test]
    fn repeated_images_widen_the_interval() {
        let alone: Vec<(f64, f64)> = (0..200).map(|image| (f64::from(u8::from(image % 3 == 0)), 1.0)).collect();
        let fives: Vec<(f64, f64)> = alone.chunks(5).map(|part| (part[0].0 * 5.0, 5.0)).collect();
        let width = |sums: &[(f64, f64)]| interval(sums, 1000, 1).map(|interval| interval.high - interval.low).unwrap();
        assert!(width(&fives) > 1.5 * width(&alone));
        // About the interval of a proportion of 67 in 200: 0.335 ± 0.065.
        let found = interval(&alone, 2000, 1).unwrap();
        assert!((found.low - 0.27).abs() < 0.02 && (found.high - 0.40).abs() < 0.02, "{found:?}");
        assert_eq!(interval(&alone, 500, 7), interval(&alone, 500, 7));
        assert_eq!(interval(&[(1.0, 1.0)], 100, 0), None);
    }

    #[test]
    fn skewed_values_agree_with_scipy() {
        // scipy.stats.bootstrap((x,), np.mean, method='BCa', n_resamples=200000, random_state=0) for
        // x = [i*i/100 for i in range(1, 21)] gives (0.9380, 2.0365); draws here are
        // others, and as many of them move the ends by about 0.005.
        let sums: Vec<(f64, f64)> = (1..=20).map(|i| (f64::from(i * i) / 100.0, 1.0)).collect();
        let found = interval(&sums, 50_000, 3).unwrap();
        assert!((found.low - SCIPY.0).abs() < 0.015 && (found.high - SCIPY.1).abs() < 0.015, "{found:?}");
    }

    const SCIPY: (f64, f64) = (0.9380, 2.0365);
}
