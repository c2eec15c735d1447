//! The images that a number is taken over, and which of them belong together.

use super::found::Found;
use super::grouped::Grouped;
use super::mean::{Mean, mean, means};
use super::share::share;
use crate::numbers::bootstrap::{Clusters, DRAWS, Kinds};
use crate::numbers::statistics::{ExactSum, to_f64};

/// Images with what they are drawn by: makes intervals of values that are given image by image.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Which images belong together; `None` where each counts by itself.
    pub clusters: Option<Clusters>,
    /// What counts by itself, for reasons: images, observations, taxa.
    pub noun: &'static str,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Where chance starts.
    pub seed: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { clusters: None, noun: "images", draws: DRAWS, seed: 0 }
    }
}

impl Sample {
    /// Images of which those of one cluster belong together; where no cluster holds several, each counts by itself.
    #[must_use]
    pub fn by(clusters: Clusters, noun: &'static str) -> Self {
        if clusters.repeat() { Self { clusters: Some(clusters), noun, ..Self::default() } } else { Self::default() }
    }

    /// Some of the images, in their new order.
    #[must_use]
    pub fn select(&self, images: impl IntoIterator<Item = usize>) -> Self {
        Self { clusters: self.clusters.as_ref().map(|clusters| clusters.select(images)), ..*self }
    }

    /// The clusters of some values: of each the place of its image, what it adds to the sum, and to the weight.
    #[must_use]
    pub fn kinds(&self, values: impl IntoIterator<Item = (usize, f64, f64)>) -> Kinds {
        let Some(clusters) = &self.clusters else {
            return Kinds::of(values.into_iter().map(|(_, sum, weight)| (sum, weight)));
        };
        let mut sums = vec![(ExactSum::default(), ExactSum::default()); clusters.len()];
        for (image, sum, weight) in values {
            let cluster = &mut sums[clusters.of(image)];
            cluster.0.add(sum);
            cluster.1.add(weight);
        }
        Kinds::of(sums.iter().map(|(sum, weight)| (sum.value(), weight.value())))
    }

    /// Images by cluster and kind, where their values depend on their kind alone: of each its place, and its kind.
    #[must_use]
    pub fn grouped(&self, images: impl IntoIterator<Item = (usize, usize)>) -> Grouped {
        if let Some(clusters) = &self.clusters {
            return Grouped::by_cluster(images.into_iter().map(|(image, kind)| (clusters.of(image), kind)).collect());
        }
        let mut kinds: Vec<usize> = images.into_iter().map(|(_, kind)| kind).collect();
        kinds.sort_unstable();
        Grouped::alone(kinds.chunk_by(|a, b| a == b).map(|kind| (kind[0], kind.len() as u64)))
    }

    /// The interval of a share of images: of each its place, and whether it counts.
    ///
    /// # Errors
    ///
    /// [`NoInterval::NoValue`](super::NoInterval::NoValue) without images.
    pub fn share(&self, values: impl IntoIterator<Item = (usize, bool)>) -> Found {
        let mut images = 0;
        let kinds = self.kinds(values.into_iter().map(|(image, counts)| {
            images += 1;
            (image, f64::from(u8::from(counts)), 1.0)
        }));
        share(&kinds, to_f64(images))
    }

    /// The interval of a mean, Σ sums / Σ weights: of each image its place, its sum and its weight; `range` as in [`Mean`].
    ///
    /// # Errors
    ///
    /// [`NoInterval`](super::NoInterval).
    pub fn mean(&self, values: impl IntoIterator<Item = (usize, f64, f64)>, range: Option<(f64, f64)>) -> Found {
        mean(&Mean { kinds: self.kinds(values), range }, self.draws, self.seed)
    }

    /// The intervals of several means, drawn together.
    #[must_use]
    pub fn means(&self, several: &[Mean]) -> Vec<Found> {
        means(several, self.draws, self.seed)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::numbers::statistics::wilson;

    #[test]
    fn images_of_a_cluster_count_together_in_any_order() {
        let names = ["x", "y", "x", "z", "y"];
        let right = [true, false, true, true, false];
        let sample = Sample::by(Clusters::by_name(names), "observations");
        let found = sample.share(right.into_iter().enumerate()).unwrap();
        let backwards = Sample::by(Clusters::by_name(names.into_iter().rev()), "observations");
        assert_eq!(backwards.share(right.into_iter().rev().enumerate()), Ok(found));
        // Clusters 2/2, 0/2, 1/1 agree within themselves: Kish's number is 25/9.
        assert_eq!(found, crate::numbers::statistics::wilson_of_share(0.6, 25.0 / 9.0));
        let alone = Sample::by(Clusters::by_name(["x", "y", "z"]), "observations");
        assert_eq!((alone.noun, alone.share([(0, true), (1, false), (2, true)])), ("images", Ok(wilson(2, 3).unwrap())));
    }
}
