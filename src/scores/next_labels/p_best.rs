//! The probability that each of several models is the best, where what is known of each is a beta distribution.
//!
//! A port of `compute_pbest_beta_batched` of CODA (justinkay/coda, `coda/coda.py`, lines 77 to 119): the same points, the same
//! trapezia, the same limits, in numbers of 64 bits where those are of 32.

use crate::numbers::statistics::to_f64;
use statrs::function::beta::ln_beta;

/// Points of the integral.
const POINTS: usize = 256;
/// How far the first and the last are from 0 and 1.
const EDGE: f64 = 1e-6;
/// Least probability that a logarithm is taken of.
const LEAST: f64 = 1e-30;
/// Limit of the logarithm of a product of probabilities.
const LIMIT: f64 = 80.0;

/// A beta distribution at the points of the integral.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    density: Vec<f64>,
    /// Logarithm of the probability below each point.
    log_below: Vec<f64>,
}

fn point(place: usize) -> f64 {
    EDGE + (1.0 - 2.0 * EDGE) * to_f64(place as u64) / to_f64(POINTS as u64 - 1)
}

impl Curve {
    /// Of a beta distribution.
    pub(super) fn of(alpha: f64, beta: f64) -> Curve {
        let scale = ln_beta(alpha, beta);
        let density: Vec<f64> = (0..POINTS)
            .map(|place| {
                let x = point(place);
                ((alpha - 1.0) * x.ln() + (beta - 1.0) * (-x).ln_1p() - scale).exp()
            })
            .collect();
        let mut below = 0.0;
        let mut log_below = vec![LEAST.ln()];
        for place in 1..POINTS {
            below += 0.5 * (density[place] + density[place - 1]) * (point(place) - point(place - 1));
            log_below.push(below.max(LEAST).ln());
        }
        Curve { density, log_below }
    }
}

/// For each model the probability that it is above all others: ∫ density · Π (others below), scaled to add up to 1.
pub(super) fn p_best(models: &[&Curve]) -> Vec<f64> {
    let all: Vec<f64> = (0..POINTS).map(|place| models.iter().map(|curve| curve.log_below[place]).sum()).collect();
    let of_model = |curve: &&Curve| -> f64 {
        let value = |place: usize| {
            let others = (all[place] - curve.log_below[place]).clamp(-LIMIT, LIMIT);
            curve.density[place] * others.exp()
        };
        let (mut sum, mut last) = (0.0, value(0));
        for place in 1..POINTS {
            let next = value(place);
            sum += 0.5 * (last + next) * (point(place) - point(place - 1));
            last = next;
        }
        sum
    };
    let mut shares: Vec<f64> = models.iter().map(of_model).collect();
    let total: f64 = shares.iter().sum::<f64>().max(LEAST);
    for share in &mut shares {
        *share /= total;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_two_betas_matches_what_is_known_in_closed_form() {
        // P(X > Y) for X ~ Beta(2, 1), Y uniform: ∫ 2x · x dx = 2/3. For Beta(3, 1) against Beta(1, 2): 1 − ∫ y³ · 2(1 − y) dy
        // = 1 − (1/2 − 2/5) = 9/10.
        for (one, other, expected) in [((2.0, 1.0), (1.0, 1.0), 2.0 / 3.0), ((3.0, 1.0), (1.0, 2.0), 0.9)] {
            let curves = [Curve::of(one.0, one.1), Curve::of(other.0, other.1)];
            let found = p_best(&[&curves[0], &curves[1]]);
            assert!((found[0] - expected).abs() < 1e-4 && (found[0] + found[1] - 1.0).abs() < 1e-12, "{found:?}");
        }
        let same = Curve::of(2.2, 1.8);
        assert!(p_best(&[&same, &same, &same]).iter().all(|share| (share - 1.0 / 3.0).abs() < 1e-12));
    }
}
