//! Images that belong together.

use crate::numbers::statistics::{ExactSum, to_f64};
use std::collections::HashMap;

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

    /// Images of one name together; an image without a name, by itself.
    #[must_use]
    pub fn by_name<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut count = 0;
        let mut next = || {
            count += 1;
            count - 1
        };
        let of = |name: &'n str| if name.is_empty() { next() } else { *known.entry(name).or_insert_with(&mut next) };
        let of_image = names.into_iter().map(of).collect();
        Self { of_image, count }
    }

    /// Some of the images, in their new order.
    #[must_use]
    pub fn select(&self, images: impl IntoIterator<Item = usize>) -> Self {
        let mut known: HashMap<usize, usize> = HashMap::new();
        let of_image: Vec<usize> = images
            .into_iter()
            .map(|image| {
                let next = known.len();
                *known.entry(self.of_image[image]).or_insert(next)
            })
            .collect();
        Self { count: known.len(), of_image }
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

    /// Number of images.
    #[must_use]
    pub fn images(&self) -> usize {
        self.of_image.len()
    }

    /// Whether some cluster holds several images.
    #[must_use]
    pub fn repeat(&self) -> bool {
        self.count < self.of_image.len()
    }

    /// Number of the cluster of an image; numbers depend on the order of the images, and nothing else may.
    #[must_use]
    pub fn of(&self, image: usize) -> usize {
        self.of_image[image]
    }

    /// Sum and number of the values of each cluster, the sums the same in any order of images; `None` values are left
    /// out.
    #[must_use]
    pub fn sums(&self, values: &[Option<f64>]) -> Vec<(f64, f64)> {
        if !self.repeat() {
            return values.iter().map(|value| value.map_or((0.0, 0.0), |value| (value, 1.0))).collect();
        }
        let mut sums = vec![(ExactSum::default(), 0); self.count];
        for (&cluster, value) in self.of_image.iter().zip(values) {
            if let Some(value) = value {
                sums[cluster].0.add(*value);
                sums[cluster].1 += 1;
            }
        }
        sums.into_iter().map(|(sum, count)| (sum.value(), to_f64(count))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_keep_their_images_together() {
        let clusters = Clusters::by_name(["a", "b", "a", "c"]);
        assert_eq!((clusters.len(), clusters.repeat(), clusters.images()), (3, true, 4));
        assert_eq!(clusters.sums(&[Some(1.0), Some(0.5), None, Some(2.0)]), [(1.0, 1.0), (0.5, 1.0), (2.0, 1.0)]);
        assert_eq!(clusters.of(0), clusters.of(2));
        assert!(!Clusters::single(3).repeat());
        // Images without a name are no cluster of their own.
        assert_eq!(Clusters::by_name(["", "a", "", "a"]).len(), 3);
        let some = clusters.select([2, 3, 0]);
        assert_eq!((some.len(), some.of(0) == some.of(2), some.images()), (2, true, 3));
    }
}
