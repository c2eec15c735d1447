//! A sum that is rounded once, whatever the order of its terms.

use super::count::to_f64;

/// The correctly rounded sum of numbers: the same in any order and in any grouping.
///
/// # Source
///
/// Shewchuk 1997; `math.fsum` of Python.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExactSum {
    /// Numbers that do not overlap, the least first; their sum is exact.
    parts: Vec<f64>,
}

impl ExactSum {
    /// Adds a finite number.
    pub fn add(&mut self, term: f64) {
        let mut term = term;
        let mut kept = 0;
        for place in 0..self.parts.len() {
            let mut part = self.parts[place];
            if term.abs() < part.abs() {
                std::mem::swap(&mut term, &mut part);
            }
            let sum = term + part;
            let lost = part - (sum - term);
            if lost.abs() > 0.0 {
                self.parts[kept] = lost;
                kept += 1;
            }
            term = sum;
        }
        self.parts.truncate(kept);
        if term.abs() > 0.0 {
            self.parts.push(term);
        }
    }

    /// Adds a number several times over, exactly.
    pub fn add_times(&mut self, term: f64, times: u64) {
        let times = to_f64(times);
        let product = term * times;
        self.add(product);
        self.add(term.mul_add(times, -product));
    }

    /// The sum, rounded once; never −0.
    #[must_use]
    pub fn value(&self) -> f64 {
        let mut parts = self.parts.iter().rev();
        let Some(&first) = parts.next() else { return 0.0 };
        let (mut sum, mut lost) = (first, 0.0);
        let mut rest = parts.copied();
        for part in rest.by_ref() {
            let next = sum + part;
            lost = part - (next - sum);
            sum = next;
            if lost.abs() > 0.0 {
                break;
            }
        }
        // Half-way cases go the way of what is left.
        if let Some(left) = rest.next().filter(|left| (*left > 0.0) == (lost > 0.0) && lost.abs() > 0.0 && left.abs() > 0.0) {
            let doubled = 2.0 * lost;
            let next = sum + doubled;
            if (next - sum - doubled).abs() <= 0.0 && left.abs() > 0.0 {
                sum = next;
            }
        }
        sum + 0.0
    }
}

impl FromIterator<f64> for ExactSum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

/// The mean of numbers, the same in any order; `None` without numbers.
#[must_use]
pub fn mean(terms: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (ExactSum::default(), 0);
    for term in terms {
        sum.add(term);
        count += 1;
    }
    (count > 0).then(|| sum.value() / to_f64(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_that_cancel_leave_the_small_ones() {
        // Added from the left, 1e16 + 1 loses the 1: a float sum gives 0.
        let sum: ExactSum = [1e16, 1.0, -1e16].into_iter().collect();
        assert_eq!(sum.value().to_bits(), 1.0_f64.to_bits());
        // Ten tenths: rounded once, the sum of the ten doubles is 1; added one by one it is 0.9999999999999999.
        let tenths: ExactSum = [0.1; 10].into_iter().collect();
        assert_eq!(tenths.value().to_bits(), 1.0_f64.to_bits());
        assert_eq!(ExactSum::default().value().to_bits(), 0.0_f64.to_bits());
        assert_eq!([-1.5, 1.5].into_iter().collect::<ExactSum>().value().to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn order_and_grouping_change_no_bit() {
        use rand::seq::SliceRandom;
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        for _ in 0..200 {
            let mut terms: Vec<f64> =
                (0..60).map(|_| (random.random::<f64>() - 0.5) * 10.0_f64.powi(random.random_range(-12..12))).collect();
            let expected = terms.iter().copied().collect::<ExactSum>().value();
            terms.shuffle(&mut random);
            assert_eq!(terms.iter().copied().collect::<ExactSum>().value().to_bits(), expected.to_bits());
            let mut times = ExactSum::default();
            for term in &terms {
                times.add_times(*term, 3);
            }
            let thrice: ExactSum = terms.iter().flat_map(|term| [*term; 3]).collect();
            assert_eq!(times.value().to_bits(), thrice.value().to_bits());
        }
    }
}
