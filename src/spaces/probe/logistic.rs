//! Multinomial logistic regression, to the minimum.

use super::{Scores, Support};
use crate::numbers::vector::dot_in_order;

/// Steps that the search remembers.
const MEMORY: usize = 12;
const MOST_STEPS: usize = 2_000;
/// Steps in succession that lower the objective by no more than it is rounded.
const MOST_IDLE: usize = 10;

/// Coefficients and intercepts, and how far the search came.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// `[C, D + 1]`: coefficients, then the intercept.
    weights: Vec<Vec<f64>>,
    /// `½ ‖W‖² + C · Σ negative log-likelihood`; intercepts are not in the norm.
    pub objective: f64,
    /// Longest entry of the gradient at the end.
    pub gradient: f64,
}

/// Fits with inverse penalty `c`, by L-BFGS until no entry of the gradient is above 1e-9 or the
/// objective no longer falls.
///
/// # Source
///
/// scikit-learn `LogisticRegression` (multinomial, L2); Nocedal & Wright 2006, algorithm 7.4.
#[must_use]
pub fn fit(support: &Support, c: f64) -> Logistic {
    let width = support.vectors.first().map_or(0, Vec::len) + 1;
    let mut x = vec![0.0; support.count * width];
    let (mut value, mut gradient) = objective(support, c, &x);
    let mut history: Vec<(Vec<f64>, Vec<f64>)> = vec![];
    let mut idle = 0;
    for _ in 0..MOST_STEPS {
        if largest(&gradient) < 1e-9 || idle == MOST_IDLE {
            break;
        }
        let direction = direction(&gradient, &history);
        let slope = dot_in_order(&direction, &gradient);
        let mut length = 1.0;
        // The first step has no history to say how long it is.
        if history.is_empty() {
            length = 1.0 / dot_in_order(&gradient, &gradient).sqrt().max(1.0);
        }
        let step = loop {
            let next: Vec<f64> = x.iter().zip(&direction).map(|(x, d)| x + length * d).collect();
            let (next_value, next_gradient) = objective(support, c, &next);
            if next_value <= value + 1e-4 * length * slope {
                break Some((next, next_value, next_gradient));
            }
            length /= 2.0;
            if length < 1e-14 {
                break None;
            }
        };
        let Some((next, next_value, next_gradient)) = step else { break };
        let moved: Vec<f64> = next.iter().zip(&x).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        if dot_in_order(&moved, &turned) > 1e-300 {
            history.push((moved, turned));
            if history.len() > MEMORY {
                history.remove(0);
            }
        }
        idle = if value - next_value <= 0.5 * f64::EPSILON * value.abs() { idle + 1 } else { 0 };
        (x, value, gradient) = (next, next_value, next_gradient);
    }
    Logistic { weights: x.chunks(width).map(<[f64]>::to_vec).collect(), objective: value, gradient: largest(&gradient) }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| value.abs().max(largest))
}

/// The two-loop recursion.
fn direction(gradient: &[f64], history: &[(Vec<f64>, Vec<f64>)]) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|value| -value).collect();
    let mut factors = vec![];
    for (moved, turned) in history.iter().rev() {
        let factor = dot_in_order(moved, &q) / dot_in_order(moved, turned);
        q.iter_mut().zip(turned).for_each(|(q, turned)| *q -= factor * turned);
        factors.push(factor);
    }
    if let Some((moved, turned)) = history.last() {
        let scale = dot_in_order(moved, turned) / dot_in_order(turned, turned);
        for value in &mut q {
            *value *= scale;
        }
    }
    for ((moved, turned), factor) in history.iter().zip(factors.into_iter().rev()) {
        let correction = factor - dot_in_order(turned, &q) / dot_in_order(moved, turned);
        q.iter_mut().zip(moved).for_each(|(q, moved)| *q += correction * moved);
    }
    q
}

/// The objective and its gradient at `x`, `[C, D + 1]` in one row.
fn objective(support: &Support, c: f64, x: &[f64]) -> (f64, Vec<f64>) {
    let width = x.len() / support.count;
    let mut gradient = vec![0.0; x.len()];
    let mut value = 0.0;
    for (weights, gradient) in x.chunks(width).zip(gradient.chunks_mut(width)) {
        for (weight, gradient) in weights.iter().zip(gradient.iter_mut()).take(width - 1) {
            value += 0.5 * weight * weight;
            *gradient = *weight;
        }
    }
    for (vector, &class) in support.vectors.iter().zip(&support.classes) {
        let logits: Vec<f64> =
            x.chunks(width).map(|weights| dot_in_order(&weights[..width - 1], vector) + weights[width - 1]).collect();
        let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = logits.iter().map(|logit| (logit - highest).exp()).sum();
        value += c * (total.ln() + highest - logits[class]);
        for (place, (logit, gradient)) in logits.iter().zip(gradient.chunks_mut(width)).enumerate() {
            let error = c * ((logit - highest).exp() / total - f64::from(u8::from(place == class)));
            gradient.iter_mut().zip(vector).for_each(|(gradient, value)| *gradient += error * value);
            gradient[width - 1] += error;
        }
    }
    (value, gradient)
}

impl Logistic {
    /// `[Q, C]` logits; their softmax are the probabilities.
    #[must_use]
    pub fn scores(&self, queries: &[Vec<f64>]) -> Vec<Scores> {
        let of_class = |query: &[f64], weights: &Vec<f64>| dot_in_order(&weights[..query.len()], query) + weights[query.len()];
        queries.iter().map(|query| self.weights.iter().map(|weights| of_class(query, weights)).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::spaces::probe::best;
    use crate::spaces::probe::twelve::{CLASSES, Length, all, near, rows, support};

    #[test]
    fn twelve_points_as_scikit_learn() {
        let logistic = super::fit(&support(&all(), Length::Unit), 1.0);
        near(&[logistic.objective], &[14.323_721_193_370_549]);
        assert!(logistic.gradient < 1e-7, "{}", logistic.gradient);
        // Newton's method down to a gradient of 3e-16; scikit-learn stops 3e-8 before.
        near(&logistic.weights[0][..3], &[0.902_440_383_801, -0.428_803_937_973, -0.452_426_638_494]);
        for (found, of_scikit_learn) in logistic.weights[0].iter().zip([0.902_440_352, -0.428_803_958, -0.452_426_643]) {
            assert!((found - of_scikit_learn).abs() < 5e-8, "{found} {of_scikit_learn}");
        }
        let right = logistic
            .scores(&rows(&all(), Length::Unit))
            .iter()
            .zip(CLASSES)
            .filter(|(scores, class)| best(scores) == *class)
            .count();
        assert_eq!(right, 8);
    }
}
