//! How rare the truth of an image is by the list of its group.

use crate::numbers::ties::falling;

/// How rare a true taxon is by the list of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rarity {
    /// Its weight is 0: it is not to be found there.
    Outside,
    /// It is allowed, and among the tenth of least weight; or, where all that is allowed has one weight, allowed in at most
    /// a tenth of the groups.
    Edge,
    /// It is allowed, and no such.
    Within,
}

/// The weight up to which a taxon is at the edge of a list; `None` where all that is allowed has one weight.
pub(super) type Edge = Option<f64>;

impl Rarity {
    pub const ALL: [Rarity; 3] = [Rarity::Outside, Rarity::Edge, Rarity::Within];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Rarity::Outside => "outside",
            Rarity::Edge => "edge",
            Rarity::Within => "within",
        }
    }

    /// Of a weight; `in_few_groups` says whether the taxon is allowed in few of the groups.
    pub fn of(weight: f64, edge: Edge, in_few_groups: impl FnOnce() -> bool) -> Self {
        if weight <= 0.0 {
            return Rarity::Outside;
        }
        let is_at_edge = match edge {
            Some(edge) => falling(weight, edge).is_ge(),
            None => in_few_groups(),
        };
        if is_at_edge { Rarity::Edge } else { Rarity::Within }
    }
}

/// The edge of each list of weights of the candidates: of `n` weights above 0, from the least on, the `⌈n / 10⌉`-th.
pub(super) fn edges(lists: &[Vec<f64>]) -> Vec<Edge> {
    let of = |weights: &Vec<f64>| {
        let mut positive: Vec<f64> = weights.iter().copied().filter(|weight| *weight > 0.0).collect();
        positive.sort_unstable_by(f64::total_cmp);
        let (least, most) = (positive.first()?, positive.last()?);
        let edge = positive.get(positive.len().div_ceil(10) - 1)?;
        falling(*least, *most).is_gt().then_some(*edge)
    };
    lists.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_is_the_lowest_tenth_of_weights_or_of_groups() {
        // Eleven weights above 0: the second least, 0.02, is the edge. One weight for all: no edge. None at all.
        let eleven: Vec<f64> = [0.0, 0.5, 0.02, 0.3, 0.01, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0, 0.05].to_vec();
        assert_eq!(edges(&[eleven, vec![1.0, 0.0, 1.0], vec![0.0]]), [Some(0.02), None, None]);
        let of = |weight: f64, edge: Edge, few: bool| Rarity::of(weight, edge, || few);
        assert_eq!(of(0.0, Some(0.02), true), Rarity::Outside);
        assert_eq!([of(0.02, Some(0.02), false), of(0.01, Some(0.02), false)], [Rarity::Edge; 2]);
        assert_eq!(of(0.05, Some(0.02), true), Rarity::Within);
        assert_eq!([of(1.0, None, true), of(1.0, None, false)], [Rarity::Edge, Rarity::Within]);
    }
}
