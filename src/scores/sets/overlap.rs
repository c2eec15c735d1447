//! What two sets have in common.

/// Members of a set of truths and of a set of answers, and of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap {
    /// In both.
    pub right: u64,
    /// Truths.
    pub truths: u64,
    /// Answers.
    pub answered: u64,
}

impl Overlap {
    /// Share of the answers that are right; 1 where neither set has a member, 0 where only the answers have none.
    #[must_use]
    pub fn precision(self) -> f64 {
        self.share(self.right, self.answered)
    }

    /// Share of the truths that are answered; 1 where neither set has a member, 0 where only the truths have none.
    #[must_use]
    pub fn recall(self) -> f64 {
        self.share(self.right, self.truths)
    }

    /// Harmonic mean of both, 2 right / (truths + answers).
    #[must_use]
    pub fn f1(self) -> f64 {
        self.share(2 * self.right, self.truths + self.answered)
    }

    /// Members of both over members of either.
    #[must_use]
    pub fn jaccard(self) -> f64 {
        self.share(self.right, self.truths + self.answered - self.right)
    }

    /// Whether the sets are the same.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.right == self.truths && self.right == self.answered
    }

    fn share(self, part: u64, whole: u64) -> f64 {
        let number = crate::numbers::statistics::to_f64;
        match (whole, self.truths + self.answered) {
            (_, 0) => 1.0,
            (0, _) => 0.0,
            _ => number(part) / number(whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_empty_sets_are_defined() {
        // Three truths, four answers, two in both.
        let some = Overlap { right: 2, truths: 3, answered: 4 };
        assert_eq!((some.precision(), some.recall(), some.f1(), some.jaccard()), (0.5, 2.0 / 3.0, 4.0 / 7.0, 0.4));
        let none = Overlap::default();
        assert_eq!((none.precision(), none.recall(), none.f1(), none.jaccard(), none.is_exact()), (1.0, 1.0, 1.0, 1.0, true));
        for one in [Overlap { truths: 2, ..none }, Overlap { answered: 3, ..none }] {
            assert_eq!((one.precision(), one.recall(), one.f1(), one.jaccard(), one.is_exact()), (0.0, 0.0, 0.0, 0.0, false));
        }
    }
}
