//! Randomisation of paired differences by change of sign.

use super::p_value::{EQUAL, Method, Significance};
use super::sign_test::binomial;
use super::{convolution, permutation};
use crate::numbers::statistics::ExactSum;

/// Most differences whose changes of sign are all looked at.
const ENUMERATED: usize = 22;

/// Sign-flip randomisation of paired differences `d` (two-sided, on |Σ d|): exact where it can be,
/// else 100 000 permutations that depend only on the key.
///
/// # Source
///
/// Fisher 1935; Smucker 2007 for its use on rankings. Exact forms: McNemar 1947 for equal
/// differences.
#[must_use]
pub fn sign_flip(differences: &[f64], key: &str) -> Significance {
    // Only their sizes and the size of their sum matter: no order, and not which of two comes first.
    let mut sizes: Vec<f64> = differences.iter().map(|difference| difference.abs()).filter(|size| *size > 0.0).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let observed = differences.iter().copied().collect::<ExactSum>().value().abs();
    let exact = |p, method| Significance { p, method, standard_error: None };
    let (Some(&least), Some(&size)) = (sizes.first(), sizes.last()) else { return exact(1.0, Method::NoDifference) };
    if size - least <= EQUAL * size {
        let up = differences.iter().filter(|difference| **difference > 0.0).count() as u64;
        return exact(binomial(up, sizes.len() as u64), Method::Binomial);
    }
    if let Some(p) = convolution::p_value(&sizes, observed) {
        return exact(p, Method::Convolution);
    }
    if sizes.len() <= ENUMERATED {
        return exact(permutation::enumerate(&sizes, observed), Method::Enumeration);
    }
    let (p, standard_error) = permutation::sample(&sizes, observed, key);
    Significance { p, method: Method::Permutations, standard_error: Some(standard_error) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn right_and_wrong_are_mcnemar() {
        // 3 against 1 of four that differ: P = 2 (4 + 1) / 16.
        let found = sign_flip(&[1.0, 1.0, 0.0, -1.0, 1.0, 0.0], "");
        assert!((found.p - 0.625).abs() < 1e-12 && found.method == Method::Binomial, "{found:?}");
        assert_eq!(sign_flip(&[0.0; 3], "").method, Method::NoDifference);
        // 2 against 2, and 2 against 3, are as even as can be.
        assert_eq!([binomial(2, 4), binomial(3, 5), binomial(0, 1)].map(f64::to_bits), [1.0_f64.to_bits(); 3]);
    }

    /// All changes of sign, one by one.
    fn naive(differences: &[f64]) -> f64 {
        let n = u32::try_from(differences.len()).unwrap();
        let scale: f64 = differences.iter().map(|difference| difference.abs()).sum();
        let reached = differences.iter().sum::<f64>().abs() - EQUAL * scale;
        let flipped = |signs: u64| -> f64 {
            differences.iter().enumerate().map(|(index, value)| if signs >> index & 1 == 1 { -value } else { *value }).sum()
        };
        let count = (0..1_u64 << n).filter(|&signs| flipped(signs).abs() >= reached).count();
        crate::numbers::statistics::to_f64(count as u64) / 2.0_f64.powi(i32::try_from(n).unwrap())
    }

    #[test]
    fn exact_forms_equal_all_changes_of_sign() {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        for round in 0..300 {
            let n = random.random_range(1..12);
            let differences: Vec<f64> = (0..n)
                .map(|_| match round % 3 {
                    0 => f64::from(random.random_range(-1..=1)),
                    1 => f64::from(random.random_range(-6..=6)) / 3.0,
                    _ => random.random::<f64>() - 0.4,
                })
                .collect();
            let found = sign_flip(&differences, "");
            let nonzero: Vec<f64> = differences.into_iter().filter(|value| value.abs() > 0.0).collect();
            assert!((found.p - naive(&nonzero)).abs() < 1e-9, "{nonzero:?} {found:?} {}", naive(&nonzero));
        }
    }

    #[test]
    fn permutations_come_near_the_exact_value_and_depend_on_the_key_alone() {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        let differences: Vec<f64> = (0..20).map(|_| random.random::<f64>() - 0.35).collect();
        let sizes: Vec<f64> = differences.iter().map(|difference| difference.abs()).collect();
        let observed = differences.iter().sum::<f64>().abs();
        let exact = permutation::enumerate(&sizes, observed);
        let (p, error) = permutation::sample(&sizes, observed, "a");
        assert!((p - exact).abs() < 5.0 * error, "{p} {exact} {error}");
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let four = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        let sample = |key: &str| permutation::sample(&sizes, observed, key).0.to_bits();
        assert_eq!(one.install(|| sample("a")), four.install(|| sample("a")));
        assert_ne!(sample("a"), sample("b"));
        let long: Vec<f64> = (0..3000).map(|index| f64::from((index * 7919) % 1000) / 997.0 - 0.5).collect();
        assert_eq!(sign_flip(&long, "x").method, Method::Permutations);
    }
}
