//! Intervals of what is no mean over images, from leaving out groups of them.

use super::given::Given;
use super::judged_run::JudgedRun;
use crate::numbers::interval::{FEWEST, Found, NoInterval};
use crate::numbers::statistics::{Interval, Sum, to_f64};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeMap;

/// Most groups.
const MOST: usize = 30;

/// Images in groups of whole clusters, about equally many to each; the same in any order of images.
pub(super) struct Groups {
    /// Group of each image.
    pub of_image: Vec<usize>,
    /// Their number.
    pub count: usize,
}

impl Groups {
    /// At most 30 groups, drawn with seed 0 from the clusters of the images by name.
    pub fn of(run: &JudgedRun<'_>, given: &[Given]) -> Self {
        Self::of_images(run, &given.iter().map(|given| given.image).collect::<Vec<_>>())
    }

    /// The same of some images of the run.
    pub fn of_images(run: &JudgedRun<'_>, images: &[usize]) -> Self {
        // A cluster is named after the first of its images, by name.
        let mut names: BTreeMap<usize, &str> = BTreeMap::new();
        let name = |image: usize| run.answers.images[image].as_str();
        if let Some(clusters) = &run.sample.clusters {
            for &image in images {
                let known = names.entry(clusters.of(image)).or_insert(name(image));
                *known = (*known).min(name(image));
            }
        }
        let unit = |image: &usize| match &run.sample.clusters {
            Some(clusters) => names.get(&clusters.of(*image)).copied().unwrap_or_default(),
            None => name(*image),
        };
        let mut units: Vec<&str> = images.iter().map(unit).collect();
        units.sort_unstable();
        units.dedup();
        let count = units.len().min(MOST);
        units.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
        let group: BTreeMap<&str, usize> = units.into_iter().zip((0..count.max(1)).cycle()).collect();
        Self { of_image: images.iter().map(|image| group[unit(image)]).collect(), count }
    }
}

/// The interval of an estimate from those without each group: t with as many degrees of freedom as
/// groups but one, on the delete-a-group jackknife variance (G − 1) / G Σ (estimate without − estimate)².
///
/// # Source
///
/// Kott 1998.
///
/// # Errors
///
/// [`NoInterval`] of fewer than six groups, and where none of them changes anything.
pub(super) fn interval(estimate: f64, without: &[f64], (least, most): (f64, f64)) -> Found {
    let groups = without.len() as u64;
    if groups < FEWEST {
        // Nothing is left without the only group, and so there is no estimate without it.
        return Err(NoInterval::Few { clusters: groups.max(1) });
    }
    let squares: Sum = without.iter().map(|value| (value - estimate).powi(2)).collect();
    let error = ((to_f64(groups) - 1.0) / to_f64(groups) * squares.total()).sqrt();
    if error <= 1e-9 {
        return Err(NoInterval::NoMean("no group of images that is left out changes it"));
    }
    let quantile = StudentsT::new(0.0, 1.0, to_f64(groups - 1)).map_or(f64::INFINITY, |t| t.inverse_cdf(0.975));
    let half = quantile * error;
    Ok(Interval { low: (estimate - half).max(least), high: (estimate + half).min(most) })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn leaving_out_one_by_one_is_the_t_interval_of_a_mean() {
        // Of 0 1 2 3 4 8 the mean is 3; without one of them (18 - x) / 5. The jackknife variance is
        // s²/n = (9 + 4 + 1 + 0 + 1 + 25) / 5 / 6 = 4/3, t with 5 degrees 2.570582.
        let values = [0.0, 1.0, 2.0, 3.0, 4.0, 8.0];
        let without = values.map(|value| (18.0 - value) / 5.0);
        let found = interval(3.0, &without, (0.0, 100.0)).unwrap();
        let half = 2.570_581_836 * (4.0_f64 / 3.0).sqrt();
        assert!((found.low - (3.0 - half)).abs() < 1e-6 && (found.high - (3.0 + half)).abs() < 1e-6, "{found:?}");
        assert_eq!(interval(3.0, &without[..5], (0.0, 9.0)), Err(NoInterval::Few { clusters: 5 }));
        assert!(interval(3.0, &[3.0; 6], (0.0, 9.0)).is_err());
        assert!((interval(3.0, &without, (2.0, 4.0)).unwrap().low - 2.0).abs() < 1e-12);
    }
}
