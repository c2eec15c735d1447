//! Items with their scores, in order.

use super::steps::{Step, Steps};

/// Items with a score and a label, the highest score first.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    scores: Vec<f64>,
    positive: Vec<bool>,
    /// Items by falling score.
    order: Vec<usize>,
}

impl Ranking {
    /// Items by their scores, none of them not-a-number, and whether each is a positive. Equal scores are ties: whoever has
    /// scores that carry rounding rounds them first.
    #[must_use]
    pub fn of(scores: Vec<f64>, positive: Vec<bool>) -> Self {
        let mut order: Vec<usize> = (0..scores.len().min(positive.len())).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        Self { scores, positive, order }
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Score of an item.
    #[must_use]
    pub fn score(&self, item: usize) -> f64 {
        self.scores[item]
    }

    /// Whether an item is a positive.
    #[must_use]
    pub fn is_positive(&self, item: usize) -> bool {
        self.positive[item]
    }

    /// Items of equal score together, the highest first.
    pub fn ties(&self) -> impl Iterator<Item = &[usize]> {
        // Minus zero and zero are one score.
        self.order.chunk_by(|&a, &b| self.scores[a] >= self.scores[b] && self.scores[b] >= self.scores[a])
    }

    /// The steps of some of the items.
    #[must_use]
    pub fn steps(&self, kept: impl Fn(usize) -> bool) -> Steps {
        let mut steps = Steps::default();
        for tied in self.ties() {
            let count =
                |positive: bool| tied.iter().filter(|&&item| kept(item) && self.positive[item] == positive).count() as u64;
            let (positives, negatives) = (count(true), count(false));
            if positives + negatives > 0 {
                steps.each.push(Step { score: self.scores[tied[0]], positives, negatives });
            }
            steps.positives += positives;
            steps.negatives += negatives;
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn ties_are_one_step_in_any_order() {
        let ranking = Ranking::of(vec![0.5, -0.0, 0.5, 0.0], vec![true, false, false, true]);
        let found: Vec<(u64, u64)> = ranking.steps(|_| true).each.iter().map(|step| (step.positives, step.negatives)).collect();
        assert_eq!(found, [(1, 1), (1, 1)]);
        let alone = ranking.steps(|item| item == 1);
        assert_eq!((alone.each.len(), alone.positives, alone.negatives), (1, 0, 1));
    }

    #[test]
    fn areas_are_those_of_all_pairs_on_random_scores() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        for round in 0..50 {
            let items = 2 + round % 17;
            let scores: Vec<f64> = (0..items).map(|_| f64::from(random.random_range(0..6_u8))).collect();
            let positive: Vec<bool> = (0..items).map(|_| random.random_bool(0.4)).collect();
            let (mut won, mut pairs) = (0.0, 0.0);
            for a in (0..items).filter(|&a| positive[a]) {
                for b in (0..items).filter(|&b| !positive[b]) {
                    pairs += 1.0;
                    won += if scores[a] > scores[b] {
                        1.0
                    } else if scores[a] < scores[b] {
                        0.0
                    } else {
                        0.5
                    };
                }
            }
            let found = Ranking::of(scores, positive).steps(|_| true).auroc();
            assert_eq!(found.is_some(), pairs > 0.0);
            assert!(found.is_none_or(|found| (found - won / pairs).abs() < 1e-15));
        }
    }
}
