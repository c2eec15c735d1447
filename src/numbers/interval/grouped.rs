//! Images of few kinds, cluster by cluster.

use crate::numbers::bootstrap::{Kind, Kinds};
use crate::numbers::statistics::to_f64;

/// How many images of which kind each cluster holds, where an image's values depend on its kind alone.
#[derive(Debug, Clone, Default)]
pub struct Grouped {
    /// Kinds of images with their numbers, cluster by cluster and in order.
    cells: Vec<(usize, u64)>,
    /// Where each cluster ends; `None` where each image is a cluster.
    ends: Option<Vec<usize>>,
}

impl Grouped {
    /// Images that count by themselves, by kind.
    #[must_use]
    pub fn alone(images: impl IntoIterator<Item = (usize, u64)>) -> Self {
        Self { cells: images.into_iter().collect(), ends: None }
    }

    /// Images by cluster and kind, in any order, with how many there are of each.
    pub(super) fn by_cluster(mut images: Vec<(usize, usize, u64)>) -> Self {
        images.sort_unstable();
        let (mut cells, mut ends) = (vec![], vec![]);
        for cluster in images.chunk_by(|a, b| a.0 == b.0) {
            cells.extend(cluster.chunk_by(|a, b| a.1 == b.1).map(|kind| (kind[0].1, kind.iter().map(|of| of.2).sum())));
            ends.push(cells.len());
        }
        Self { cells, ends: Some(ends) }
    }

    /// Number of images.
    #[must_use]
    pub fn images(&self) -> u64 {
        self.count(|_| true)
    }

    /// Number of images of some kinds.
    #[must_use]
    pub fn count(&self, of: impl Fn(usize) -> bool) -> u64 {
        self.cells.iter().filter(|(kind, _)| of(*kind)).map(|(_, images)| images).sum()
    }

    /// The clusters of a mean to which an image of each kind adds a sum and a weight.
    #[must_use]
    pub fn kinds(&self, of: impl Fn(usize) -> (f64, f64)) -> Kinds {
        let Some(ends) = &self.ends else {
            let kind = |&(kind, times): &(usize, u64)| {
                let (sum, weight) = of(kind);
                Kind { sum, weight, times }
            };
            return Kinds::counted(self.cells.iter().map(kind));
        };
        let starts = std::iter::once(&0).chain(ends);
        // Kinds stand in order: the sums do not depend on that of the images.
        let cluster = |(&start, &end): (&usize, &usize)| {
            self.cells[start..end].iter().fold((0.0, 0.0), |total, &(kind, images)| {
                let (sum, weight) = of(kind);
                (total.0 + sum * to_f64(images), total.1 + weight * to_f64(images))
            })
        };
        Kinds::of(starts.zip(ends).map(cluster))
    }

    /// [`Self::kinds`] of a share: whether an image of each kind counts.
    #[must_use]
    pub fn share(&self, of: impl Fn(usize) -> bool) -> Kinds {
        self.kinds(|kind| (f64::from(u8::from(of(kind))), 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_summed_by_cluster() {
        // Values 0.5 and 2 of two kinds; clusters {0, 1, 1} and {1}.
        let grouped = Grouped::by_cluster(vec![(7, 1, 1), (3, 1, 1), (7, 0, 1), (7, 1, 1)]);
        let value = |kind: usize| ([0.5, 2.0][kind], 1.0);
        assert_eq!(grouped.images(), 4);
        assert_eq!(grouped.kinds(value), Kinds::of([(4.5, 3.0), (2.0, 1.0)]));
        assert_eq!(grouped.share(|kind| kind == 0), Kinds::of([(1.0, 3.0), (0.0, 1.0)]));
        let alone = Grouped::alone([(0, 1), (1, 3)]);
        assert_eq!(alone.kinds(value), Kinds::of([(0.5, 1.0), (2.0, 1.0), (2.0, 1.0), (2.0, 1.0)]));
    }
}
