//! Clusters of images by what they add to a mean: the same in any order of images and of clusters.

use crate::numbers::statistics::ExactSum;

/// Clusters that are alike: what each adds to the sum and to the weight of a mean, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kind {
    /// Sum of the values of one cluster.
    pub sum: f64,
    /// Its weight, above 0: the number of its values, where they count alike.
    pub weight: f64,
    /// Clusters of this kind.
    pub times: u64,
}

/// The clusters that a mean is taken over, Σ sums / Σ weights, in order of their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kinds {
    each: Vec<Kind>,
    clusters: u64,
    sum: f64,
    weight: f64,
    squares: f64,
}

impl Kinds {
    /// The kinds of clusters, each given by its sum and its weight; those without weight are left out.
    #[must_use]
    pub fn of(clusters: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::counted(clusters.into_iter().map(|(sum, weight)| Kind { sum, weight, times: 1 }))
    }

    /// The same from kinds that are counted already; equal ones are put together.
    #[must_use]
    pub fn counted(kinds: impl IntoIterator<Item = Kind>) -> Self {
        // Adding 0 makes −0 a 0.
        let plain = |kind: Kind| Kind { sum: kind.sum + 0.0, ..kind };
        let mut sorted: Vec<Kind> = kinds.into_iter().filter(|kind| kind.weight > 0.0 && kind.times > 0).map(plain).collect();
        sorted.sort_unstable_by(|a, b| a.sum.total_cmp(&b.sum).then(a.weight.total_cmp(&b.weight)));
        let same = |a: &Kind, b: &Kind| a.sum.to_bits() == b.sum.to_bits() && a.weight.to_bits() == b.weight.to_bits();
        let counted = |group: &[Kind]| Kind { times: group.iter().map(|kind| kind.times).sum(), ..group[0] };
        let kinds: Vec<Kind> = sorted.chunk_by(same).map(counted).collect();
        let [mut sum, mut weight, mut squares] = [(); 3].map(|()| ExactSum::default());
        for kind in &kinds {
            sum.add_times(kind.sum, kind.times);
            weight.add_times(kind.weight, kind.times);
            squares.add_times(kind.weight * kind.weight, kind.times);
        }
        let clusters = kinds.iter().map(|kind| kind.times).sum();
        Self { each: kinds, clusters, sum: sum.value(), weight: weight.value(), squares: squares.value() }
    }

    /// The kinds, by sum and then by weight.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.each
    }

    /// Number of clusters.
    #[must_use]
    pub fn clusters(&self) -> u64 {
        self.clusters
    }

    /// Σ sums.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// Σ weights.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// Σ sums / Σ weights; `None` without clusters.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.clusters > 0).then(|| self.sum / self.weight)
    }

    /// The weight of the cluster that a unit of weight lies in, on average: Σ w² / Σ w.
    #[must_use]
    pub fn typical_weight(&self) -> f64 {
        self.squares / self.weight
    }

    /// Effective number of clusters, in `[1, clusters]`: how many of equal weight would tell as much, (Σ w)² / Σ w².
    ///
    /// # Source
    ///
    /// Kish 1965.
    #[must_use]
    pub fn effective_clusters(&self) -> f64 {
        self.weight * self.weight / self.squares
    }

    /// Most clusters that share one value of sum / weight, values nearer than `tolerance` counting as one.
    #[must_use]
    pub fn commonest(&self, tolerance: f64) -> u64 {
        let mut means: Vec<(f64, u64)> = self.each.iter().map(|kind| (kind.sum / kind.weight, kind.times)).collect();
        means.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let near = |a: &(f64, u64), b: &(f64, u64)| b.0 - a.0 <= tolerance;
        means.chunk_by(near).map(|group| group.iter().map(|(_, times)| times).sum()).max().unwrap_or(0)
    }

    /// The greatest size of a cluster's mean.
    #[must_use]
    pub fn greatest(&self) -> f64 {
        self.each.iter().map(|kind| (kind.sum / kind.weight).abs()).fold(0.0, f64::max)
    }

    /// The clusters of the opposite numbers.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        Self::counted(self.each.iter().map(|kind| Kind { sum: -kind.sum, ..*kind }))
    }

    /// The clusters or their opposites, whichever has the greater sum, and whether it is the opposites: what is
    /// computed from them is exactly mirrored where signs are.
    #[must_use]
    pub fn upright(&self) -> (Self, bool) {
        let mirrored = self.mirrored();
        let first_unlike = || {
            let pairs = self.each.iter().zip(&mirrored.each);
            let orders =
                pairs.map(|(a, b)| a.sum.total_cmp(&b.sum).then(a.weight.total_cmp(&b.weight)).then(a.times.cmp(&b.times)));
            orders.into_iter().find(|order| order.is_ne()).is_some_and(std::cmp::Ordering::is_lt)
        };
        let opposite = self.sum < 0.0 || (self.sum <= 0.0 && first_unlike());
        if opposite { (mirrored, true) } else { (self.clone(), false) }
    }

    /// One sum and weight per cluster, in order.
    #[must_use]
    pub fn one_by_one(&self) -> Vec<(f64, f64)> {
        let repeat =
            |kind: &Kind| std::iter::repeat_n((kind.sum, kind.weight), usize::try_from(kind.times).unwrap_or(usize::MAX));
        self.each.iter().flat_map(repeat).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn clusters_in_any_order_are_the_same_kinds() {
        let clusters = [(1.0, 2.0), (-0.0, 1.0), (0.0, 1.0), (1.0, 2.0), (3.0, 0.0), (0.1, 1.0)];
        let kinds = Kinds::of(clusters);
        assert_eq!(kinds, Kinds::of(clusters.into_iter().rev()));
        let expected = [(0.0, 1.0, 2), (0.1, 1.0, 1), (1.0, 2.0, 2)].map(|(sum, weight, times)| Kind { sum, weight, times });
        assert_eq!(kinds.kinds(), expected);
        // The mean is 2.1 / 7; weights 1 1 1 2 2: Σ w² = 11, effective number 49 / 11.
        assert!((kinds.mean().unwrap() - 0.3).abs() < 1e-15 && kinds.clusters() == 5);
        assert!((kinds.effective_clusters() - 49.0 / 11.0).abs() < 1e-12);
        assert_eq!(Kinds::of([(1.0, 0.0)]).mean(), None);
    }

    #[test]
    fn noise_makes_no_new_value() {
        let kinds = Kinds::of([(0.3, 1.0), (0.1 + 0.2, 1.0), (0.6, 2.0), (0.9, 1.0)]);
        assert_eq!((kinds.commonest(0.0), kinds.commonest(1e-9)), (2, 3));
    }

    #[test]
    fn one_of_two_mirrored_lists_stands_upright() {
        for clusters in [vec![(1.0, 1.0), (-3.0, 2.0)], vec![(1.0, 1.0), (1.0, 1.0), (-2.0, 1.0)], vec![(0.0, 1.0)]] {
            let kinds = Kinds::of(clusters);
            let ((one, _), (other, _)) = (kinds.upright(), kinds.mirrored().upright());
            assert_eq!(one, other);
        }
    }
}
