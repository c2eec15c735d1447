//! A sum of whole units, to which and from which terms can be added and taken in any order.

use super::count::to_f64;

/// A sum of numbers that is the same whatever the order of its terms.
///
/// Terms are kept as integers of 2⁻⁶⁰: each is rounded by at most 2⁻⁶¹, and integers add exactly.
/// Made for terms below 2⁶⁰ in magnitude; not-a-number counts as 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    units: i128,
    terms: u64,
}

impl Sum {
    const UNIT: f64 = 1_152_921_504_606_846_976.0;

    /// Adds a number.
    pub fn add(&mut self, term: f64) {
        self.add_times(term, 1);
    }

    /// Adds a number several times over.
    pub fn add_times(&mut self, term: f64, times: u64) {
        self.units += units(term) * i128::from(times);
        self.terms += times;
    }

    /// Adds to the sum without adding a term: what one of its terms changed by.
    pub fn add_change(&mut self, change: f64) {
        self.units += units(change);
    }

    /// Adds the terms of another sum.
    pub fn merge(&mut self, other: Sum) {
        self.units += other.units;
        self.terms += other.terms;
    }

    /// Takes the terms of another sum away again.
    #[must_use]
    pub fn without(self, other: Sum) -> Self {
        Self { units: self.units - other.units, terms: self.terms - other.terms }
    }

    /// The sum in whole units of 2⁻⁶⁰, to be kept and added to others.
    #[must_use]
    pub fn units(&self) -> i128 {
        self.units
    }

    /// A sum of so many units, without its terms.
    #[must_use]
    pub fn of_units(units: i128) -> Self {
        Self { units, terms: 0 }
    }

    /// Number of terms.
    #[must_use]
    pub fn terms(&self) -> u64 {
        self.terms
    }

    /// The sum itself.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the one rounding of the whole sum")]
    pub fn total(&self) -> f64 {
        self.units as f64 / Self::UNIT
    }

    /// The mean; `None` without terms.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.terms > 0).then(|| self.total() / to_f64(self.terms))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "magnitudes below 2^60 times 2^60 fit")]
fn units(term: f64) -> i128 {
    (term * Sum::UNIT).round() as i128
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_sum_forgets_the_order_of_its_terms() {
        let terms: Vec<f64> = (1..2000).map(|i| 1.0 / f64::from(i)).collect();
        let (mut up, mut down) = (Sum::default(), Sum::default());
        for (first, last) in terms.iter().zip(terms.iter().rev()) {
            up.add(*first);
            down.add(*last);
        }
        assert_eq!(up.mean(), down.mean());
        assert!((up.mean().unwrap() - terms.iter().sum::<f64>() / 1999.0).abs() < 1e-14);
        assert_eq!(Sum::default().mean(), None);
    }
}
