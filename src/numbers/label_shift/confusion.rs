//! The mix of classes from how often each is answered: black box shift estimation.

use super::least_squares::{solve, solve_non_negative};
use crate::numbers::statistics::ExactSum;
use nalgebra::{DMatrix, DVector};

/// Singular values below this share of the largest are none.
const SINGULAR: f64 = 1e-10;
/// Shares below 0 by no more than this are 0.
const ROUNDING: f64 = 1e-12;

/// How often which answer was given to which of `K` classes: a row for each class that is answered and one for all other
/// answers, a column for each class that is true.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    classes: usize,
    /// `(K + 1) × K`, row by row.
    counts: Vec<f64>,
}

/// An estimated mix.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// A share for each class; they add up to 1.
    pub shares: Vec<f64>,
    /// Whether plain least squares have a negative share, so that these are the best without one.
    pub held_at_zero: bool,
}

impl Confusion {
    /// One without answers.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0.0; (classes + 1) * classes] }
    }

    /// Counts an answer (`None`: no class, or none of these) to a class.
    pub fn add(&mut self, answered: Option<usize>, truth: usize) {
        let row = answered.unwrap_or(self.classes);
        if let Some(count) = self.counts.get_mut(row * self.classes + truth) {
            *count += 1.0;
        }
    }

    /// Answers to a class.
    #[must_use]
    pub fn of_class(&self, truth: usize) -> f64 {
        (0..=self.classes).map(|row| self.counts[row * self.classes + truth]).sum()
    }

    /// Share of the answers to a class that are right; `None` without any.
    #[must_use]
    pub fn recall(&self, truth: usize) -> Option<f64> {
        let all = self.of_class(truth);
        (all > 0.0).then(|| self.counts[truth * self.classes + truth] / all)
    }

    /// Share of right answers where classes occur in some mix; a class that has no answers here is taken as in `usual`, and
    /// counts 0 where nothing is known of it there either.
    #[must_use]
    pub fn accuracy(&self, shares: &[f64], usual: Option<&Confusion>) -> f64 {
        let recall = |class| self.recall(class).or_else(|| usual?.recall(class)).unwrap_or(0.0);
        let terms = shares.iter().enumerate().map(|(class, share)| share * recall(class));
        terms.collect::<ExactSum>().value()
    }

    /// Shares of the answers to each class, column by column; a class without answers has those of `usual`.
    fn matrix(&self, usual: Option<&Confusion>) -> DMatrix<f64> {
        let sums: Vec<f64> = (0..self.classes).map(|class| self.of_class(class)).collect();
        DMatrix::from_fn(self.classes + 1, self.classes, |row, column| {
            let of = |confusion: &Confusion, sum: f64| confusion.counts[row * self.classes + column] / sum;
            match usual {
                _ if sums[column] > 0.0 => of(self, sums[column]),
                Some(usual) if usual.of_class(column) > 0.0 => of(usual, usual.of_class(column)),
                _ => 0.0,
            }
        })
    }

    /// Condition number of the matrix of shares, largest over smallest singular value, 1 or more; `None` where it is
    /// singular: some classes are answered alike, and no mix of them is more likely than another.
    #[must_use]
    pub fn condition(&self) -> Option<f64> {
        if self.classes == 0 {
            return None;
        }
        let values = self.matrix(None).singular_values();
        let (least, most) = (values.min(), values.max());
        (least > SINGULAR * most).then(|| most / least)
    }

    /// The mix in which the answers `answered` (a share for each class, and behind them that of all others) are likeliest:
    /// least squares of `M q = answered` with M the shares of the answers to each class, `q ≥ 0`, made to add up to 1.
    ///
    /// Where M is square and regular and no share is negative it is Lipton's `q = p w`, `C w = answered`. A class that has no
    /// answers here is taken as in `usual`. `None` where M is singular.
    ///
    /// # Source
    ///
    /// Lipton, Wang & Smola 2018 (BBSE, hard answers); the misclassification matrix method of Buck & Gart 1966.
    #[must_use]
    pub fn mix(&self, answered: &[f64], usual: Option<&Confusion>) -> Option<Mix> {
        let matrix = self.matrix(usual);
        let target = DVector::from_column_slice(answered);
        let plain = solve(&matrix, &target)?;
        let held_at_zero = plain.min() < -ROUNDING;
        let found = if held_at_zero { solve_non_negative(&matrix, &target)? } else { plain.map(|share| share.max(0.0)) };
        let sum = found.iter().copied().collect::<ExactSum>().value();
        (sum > 0.0).then(|| Mix { shares: found.iter().map(|share| share / sum).collect(), held_at_zero })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn of(counts: &[(Option<usize>, usize, usize)], classes: usize) -> Confusion {
        let mut confusion = Confusion::new(classes);
        for &(answered, truth, times) in counts {
            (0..times).for_each(|_| confusion.add(answered, truth));
        }
        confusion
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn two_classes_by_hand() {
        // Cats: 9 of 10 right; dogs: 15 of 20 right. Answered: 37 % cat. 0.9 q + 0.25 (1 − q) = 0.37: q = 0.12 / 0.65.
        let confusion = of(&[(Some(0), 0, 9), (Some(1), 0, 1), (Some(0), 1, 5), (Some(1), 1, 15)], 2);
        let mix = confusion.mix(&[0.37, 0.63, 0.0], None).unwrap();
        near(mix.shares[0], 0.12 / 0.65);
        near(mix.shares[1], 0.53 / 0.65);
        assert!(!mix.held_at_zero);
        near(confusion.accuracy(&mix.shares, None), 0.9 * 0.12 / 0.65 + 0.75 * 0.53 / 0.65);
        // Singular values of [[.9 .25] [.1 .75]]: s² = (1.445 ± √(1.445² − 4 · 0.65²)) / 2: 1.0433…, 0.4049…
        let root = (1.445_f64.powi(2) - 4.0 * 0.65_f64.powi(2)).sqrt();
        near(confusion.condition().unwrap(), ((1.445 + root) / (1.445 - root)).sqrt());
    }

    #[test]
    fn a_share_that_would_be_negative_is_none() {
        // 10 % answered cat is fewer than dogs alone would give.
        let confusion = of(&[(Some(0), 0, 9), (Some(1), 0, 1), (Some(0), 1, 5), (Some(1), 1, 15)], 2);
        let mix = confusion.mix(&[0.1, 0.9, 0.0], None).unwrap();
        assert_eq!((mix.shares, mix.held_at_zero), (vec![0.0, 1.0], true));
    }

    #[test]
    fn one_class_and_singular_matrices_are_defined() {
        let one = of(&[(Some(0), 0, 3), (None, 0, 2)], 1);
        assert_eq!(one.mix(&[0.2, 0.8], None).unwrap().shares, [1.0]);
        near(one.condition().unwrap(), 1.0);
        // Both classes are answered alike.
        let alike = of(&[(Some(0), 0, 2), (Some(1), 0, 2), (Some(0), 1, 4), (Some(1), 1, 4)], 2);
        assert_eq!((alike.condition(), alike.mix(&[0.5, 0.5, 0.0], None)), (None, None));
        // A class that a draw has lost is taken from the whole.
        let whole = of(&[(Some(0), 0, 9), (Some(1), 0, 1), (Some(1), 1, 4)], 2);
        let drawn = of(&[(Some(0), 0, 9), (Some(1), 0, 1)], 2);
        assert_eq!((drawn.condition(), drawn.mix(&[0.5, 0.5, 0.0], None)), (None, None));
        near(drawn.mix(&[0.45, 0.55, 0.0], Some(&whole)).unwrap().shares[0], 0.5);
        // Half of 9 in 10, and half of all, which the draw does not know.
        near(drawn.accuracy(&[0.5, 0.5], Some(&whole)), 0.45 + 0.5);
        near(drawn.accuracy(&[0.5, 0.5], None), 0.45);
    }

    #[test]
    fn lipton_s_weights_give_the_same_mix() {
        // C w = μ with the joint shares C, q = p w: three classes, solved by Cramer's rule.
        let counts = [[8.0, 1.0, 2.0], [1.0, 6.0, 3.0], [1.0, 3.0, 15.0]];
        let mut confusion = Confusion::new(3);
        for (answered, row) in counts.iter().enumerate() {
            for (truth, count) in row.iter().enumerate() {
                let mut left: f64 = *count;
                while left > 0.0 {
                    confusion.add(Some(answered), truth);
                    left -= 1.0;
                }
            }
        }
        let target = [0.3, 0.3, 0.4];
        let determinant = |m: &[[f64; 3]; 3]| {
            m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
                + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
        };
        let joint = counts.map(|row| row.map(|count| count / 40.0));
        let priors = [10.0 / 40.0, 10.0 / 40.0, 20.0 / 40.0];
        let mix = confusion.mix(&[0.3, 0.3, 0.4, 0.0], None).unwrap();
        for (class, share) in mix.shares.iter().enumerate() {
            let mut replaced = joint;
            for (row, value) in replaced.iter_mut().zip(target) {
                row[class] = value;
            }
            near(*share, priors[class] * determinant(&replaced) / determinant(&joint));
        }
    }
}
