//! The open-set classification rate: right answers to what is known, against what is not known and answered all the same.

use super::order::Ranking;
use crate::numbers::statistics::to_f64;

/// Area under the share of the negatives that are answered and right (correct classification rate) over the share of the
/// positives that are answered (false positives), all thresholds together: an item is answered where it scores lower than the
/// threshold, ties counting half. `None` unless there are both kinds.
///
/// It is the share of pairs of a negative and a positive in which the negative is right and scores lower.
///
/// # Source
///
/// Dhamija, Günther & Boult 2018.
#[must_use]
pub fn open_set_area(ranking: &Ranking, right: &[bool], kept: impl Fn(usize) -> bool) -> Option<f64> {
    let steps = ranking.steps(&kept);
    let (mut above, mut twice) = (0_u128, 0_u128);
    for tied in ranking.ties() {
        let here = tied.iter().filter(|&&item| kept(item) && ranking.is_positive(item)).count() as u128;
        let answered = |&&item: &&usize| kept(item) && !ranking.is_positive(item) && right[item];
        twice += tied.iter().filter(answered).count() as u128 * (2 * above + here);
        above += here;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of pairs, divided by a count of pairs")]
    let half = twice as f64 / 2.0;
    steps.both().then(|| half / (to_f64(steps.positives) * to_f64(steps.negatives)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_right_answers_count_worked_by_hand() {
        // Positives (novel) 5 and 2; negatives 4 (right), 2 (right), 1 (wrong), 0 (right).
        let ranking = Ranking::of(vec![5.0, 2.0, 4.0, 2.0, 1.0, 0.0], vec![true, true, false, false, false, false]);
        let right = [false, false, true, true, false, true];
        // Pairs of a right negative with positives above it: 4 has one (5), 2 has one and a tie, 0 has two: 4.5 of 8.
        assert_eq!(open_set_area(&ranking, &right, |_| true), Some(4.5 / 8.0));
        // Were all right it would be the area under true over false positives: 1 + 1.5 + 2 + 2 = 6.5 of 8.
        assert_eq!(open_set_area(&ranking, &[true; 6], |_| true), ranking.steps(|_| true).auroc());
        // Without the first positive: 2 ties, 0 is below: 1.5 of 4.
        assert_eq!(open_set_area(&ranking, &right, |item| item != 0), Some(1.5 / 4.0));
        assert_eq!(open_set_area(&ranking, &right, |item| item > 1), None);
    }
}
