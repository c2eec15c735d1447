//! The images that a number is taken over, and which of them belong together.

use super::found::Found;
use super::grouped::Grouped;
use super::mean::{Mean, mean, means};
use super::share::share;
use crate::numbers::bootstrap::{Clusters, DRAWS, Kind, Kinds};
use crate::numbers::statistics::{ExactSum, to_f64};
use std::sync::Arc;

/// Images with what they are drawn by: makes intervals of values that are given image by image.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Which images belong together; `None` where each counts by itself.
    pub clusters: Option<Clusters>,
    /// How many images each row stands for; `None` where each is one image. A row that is of no cluster with others is one.
    pub times: Option<Arc<[u64]>>,
    /// What counts by itself, for reasons: images, observations, taxa.
    pub noun: &'static str,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Where chance starts.
    pub seed: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { clusters: None, times: None, noun: "images", draws: DRAWS, seed: 0 }
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
        let images: Vec<usize> = images.into_iter().collect();
        Self {
            clusters: self.clusters.as_ref().map(|clusters| clusters.select(images.iter().copied())),
            times: self.times.as_ref().map(|_| images.iter().map(|&image| self.times(image)).collect()),
            ..*self
        }
    }

    /// How many images a row stands for.
    #[must_use]
    pub fn times(&self, image: usize) -> u64 {
        self.times.as_ref().map_or(1, |times| times[image])
    }

    /// The clusters of some values: of each the place of its image, what it adds to the sum, and to the weight.
    #[must_use]
    pub fn kinds(&self, values: impl IntoIterator<Item = (usize, f64, f64)>) -> Kinds {
        let Some(clusters) = &self.clusters else {
            let kind = |(image, sum, weight)| Kind { sum, weight, times: self.times(image) };
            return Kinds::counted(values.into_iter().map(kind));
        };
        let mut sums = vec![(ExactSum::default(), ExactSum::default()); clusters.len()];
        for (image, sum, weight) in values {
            let cluster = &mut sums[clusters.of(image)];
            cluster.0.add_times(sum, self.times(image));
            cluster.1.add_times(weight, self.times(image));
        }
        Kinds::of(sums.iter().map(|(sum, weight)| (sum.value(), weight.value())))
    }

    /// Images by cluster and kind, where their values depend on their kind alone: of each its place, and its kind.
    #[must_use]
    pub fn grouped(&self, images: impl IntoIterator<Item = (usize, usize)>) -> Grouped {
        if let Some(clusters) = &self.clusters {
            let placed = images.into_iter().map(|(image, kind)| (clusters.of(image), kind, self.times(image)));
            return Grouped::by_cluster(placed.collect());
        }
        let mut kinds: Vec<(usize, u64)> = images.into_iter().map(|(image, kind)| (kind, self.times(image))).collect();
        kinds.sort_unstable();
        let total = |kind: &[(usize, u64)]| (kind[0].0, kind.iter().map(|(_, times)| times).sum());
        Grouped::alone(kinds.chunk_by(|a, b| a.0 == b.0).map(total))
    }

    /// The interval of a share of images: of each its place, and whether it counts.
    ///
    /// # Errors
    ///
    /// [`NoInterval::NoValue`](super::NoInterval::NoValue) without images.
    pub fn share(&self, values: impl IntoIterator<Item = (usize, bool)>) -> Found {
        let mut images = 0;
        let kinds = self.kinds(values.into_iter().map(|(image, counts)| {
            images += self.times(image);
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
