//! Distributions from logits: their softmax.

/// How far from 0 the logarithm of a sum of probabilities in 32 bits may be.
const ADDS_UP: f64 = 1e-4;

/// Logits of `N` images, `C` each.
#[derive(Debug)]
pub struct Logits {
    /// Row of each image in the numbers; `None` where it has none.
    rows: Vec<Option<usize>>,
    /// One row per image that has logits.
    numbers: Vec<f32>,
    width: usize,
}

impl Logits {
    /// Takes logits by row; `None` where an image has none.
    #[must_use]
    pub fn new(rows: Vec<Option<usize>>, numbers: Vec<f32>, width: usize) -> Self {
        Self { rows, numbers, width }
    }

    /// `C`.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    pub(super) fn images(&self) -> usize {
        self.rows.len()
    }

    /// Softmax in f64; false where the image has no logits.
    pub(super) fn softmax(&self, image: usize, probabilities: &mut [f64]) -> bool {
        let row = self.rows.get(image).copied().flatten();
        let Some(logits) = row.and_then(|row| self.numbers.get(row * self.width..(row + 1) * self.width)) else {
            return false;
        };
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut total = 0.0;
        for (probability, &logit) in probabilities.iter_mut().zip(logits) {
            *probability = (f64::from(logit) - f64::from(largest)).exp();
            total += *probability;
        }
        for probability in probabilities.iter_mut() {
            *probability /= total;
        }
        total > 0.0
    }

    /// Minus the logarithm of the sum of the exponentials of those logits that count; `None` where the image has none.
    pub(super) fn energy(&self, image: usize, counts: &[bool]) -> Option<f64> {
        let row = self.rows.get(image).copied().flatten()?;
        let logits = self.numbers.get(row * self.width..(row + 1) * self.width)?;
        let counted = || logits.iter().zip(counts).filter(|(_, counts)| **counts).map(|(logit, _)| f64::from(*logit));
        let largest = counted().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = counted().map(|logit| (logit - largest).exp()).sum();
        largest.is_finite().then(|| -(largest + total.ln()))
    }

    /// Whether they are logarithms of probabilities, as those of pooled tiles are: each image's add up to one, so that
    /// their energy says nothing.
    pub(super) fn are_of_probabilities(&self) -> bool {
        let every = vec![true; self.width];
        let adds_up = |image: usize| self.energy(image, &every).is_none_or(|energy| energy.abs() < ADDS_UP);
        (0..self.rows.len()).all(adds_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_softmax_of_large_logits_does_not_overflow() {
        let logits = Logits::new(vec![None, Some(0)], vec![1000.0, 999.0, -1000.0], 3);
        let mut probabilities = [0.0; 3];
        assert!(!logits.softmax(0, &mut probabilities));
        assert!(logits.softmax(1, &mut probabilities));
        // 1 / (1 + 1/e) = 0.7310585786
        assert!((probabilities[0] - 0.731_058_578_6).abs() < 1e-9 && probabilities[2] < 1e-300, "{probabilities:?}");
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!((logits.images(), logits.width()), (2, 3));
    }

    #[test]
    fn energy_is_minus_the_logarithm_of_the_sum_worked_by_hand() {
        // Of logits 2, 0 and 7, the last of which does not count: −ln(e² + 1) = −2.126928.
        let logits = Logits::new(vec![None, Some(0)], vec![2.0, 0.0, 7.0], 3);
        let energy = logits.energy(1, &[true, true, false]);
        assert!(energy.is_some_and(|energy| (energy + 2.126_928_011).abs() < 1e-9), "{energy:?}");
        assert!(!logits.are_of_probabilities());
        // ln 0.7, ln 0.1 and ln 0.2 add up to one, whichever of them count.
        let pooled = [0.7_f32.ln(), 0.1_f32.ln(), 0.2_f32.ln()];
        assert!(Logits::new(vec![Some(0), None], pooled.to_vec(), 3).are_of_probabilities());
        assert_eq!((logits.energy(0, &[true; 3]), logits.energy(1, &[false; 3])), (None, None));
    }
}
