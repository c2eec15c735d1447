//! Whether a difference between paired values is more than chance.

mod convolution;
mod permutation;

pub use crate::numbers::interval::FEWEST;

use crate::numbers::statistics::{ExactSum, to_f64};
use serde::Serialize;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

/// How a p-value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// No pair differs.
    NoDifference,
    /// All differences are equally large: exact, by the binomial distribution (McNemar's test where
    /// values are right or wrong).
    Binomial,
    /// All differences are multiples of one number: exact, by convolution.
    Convolution,
    /// Few differences: exact, by all changes of sign.
    Enumeration,
    /// 100 000 random changes of sign.
    Permutations,
}

impl Method {
    /// For tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::NoDifference => "no difference",
            Method::Binomial => "exact, binomial",
            Method::Convolution => "exact, convolution",
            Method::Enumeration => "exact, enumeration",
            Method::Permutations => "100 000 permutations",
        }
    }
}

/// A two-sided p-value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Significance {
    /// Probability, in `[0, 1]`, of a difference of the mean at least as large if the two were
    /// exchangeable.
    pub p: f64,
    /// How it was found.
    pub method: Method,
    /// Standard error of a p-value found by chance.
    pub standard_error: Option<f64>,
}

/// Differences below this share of their sum are equal.
pub(crate) const EQUAL: f64 = 1e-12;

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

/// Most signs that are counted one by one in whole numbers: 2ⁿ must fit.
const COUNTED: u64 = 120;

/// A p-value from whole numbers, rounded once.
#[expect(clippy::cast_precision_loss, reason = "the one rounding")]
fn out_of(reached: u128, signs: u64) -> f64 {
    let all = 2.0_f64.powi(i32::try_from(signs).unwrap_or(i32::MAX));
    (reached as f64 / all).min(1.0)
}

/// A p-value that rounding has worn, to the twelve digits that it is good for; in `[0, 1]`.
fn worn(p: f64) -> f64 {
    format!("{p:.11e}").parse().unwrap_or(p).clamp(0.0, 1.0)
}

/// Two-sided sign test: `up` of `n` equally likely signs, or a split at least as uneven.
#[must_use]
pub fn binomial(up: u64, n: u64) -> f64 {
    let most = up.max(n - up);
    // All splits are at least as uneven as the most even one.
    if 2 * most <= n + 1 {
        return 1.0;
    }
    if n <= COUNTED {
        let mut choices = 1_u128;
        let mut reached = 0;
        for fewer in 0..=n - most {
            reached += choices;
            choices = choices * u128::from(n - fewer) / u128::from(fewer + 1);
        }
        return out_of(2 * reached, n);
    }
    // P(X ≥ most) twice, for the distribution is symmetric.
    Binomial::new(0.5, n).map_or(1.0, |binomial| worn(2.0 * binomial.sf(most - 1)))
}

/// Why there is no t-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTest {
    /// Fewer pairs than [`FEWEST`].
    Few {
        /// How many.
        pairs: usize,
    },
    /// All pairs differ by the same, which leaves no variance to hold the difference against.
    Alike,
}

impl NoTest {
    /// As a sentence without its full stop; `noun` is what counts by itself: images, observations, queries.
    #[must_use]
    pub fn sentence(self, noun: &str) -> String {
        match self {
            NoTest::Few { pairs } => format!(
                "a t-test takes {FEWEST} {noun} at least, and there are {pairs}: of fewer no change of signs reaches 0.05, and the \
                 normal distribution alone would"
            ),
            NoTest::Alike => format!("all {noun} differ by the same: there is no variance for a t-test"),
        }
    }
}

/// Paired t-test of differences: the statistic and its two-sided p-value, the same in any order.
///
/// # Errors
///
/// [`NoTest`]: below six pairs ([`FEWEST`]), and where all differ by the same.
///
/// # Source
///
/// Student 1908; `scipy.stats.ttest_rel`, which tests two pairs as well.
pub fn paired_t(differences: &[f64]) -> Result<(f64, f64), NoTest> {
    let pairs = differences.len();
    let n = to_f64(pairs as u64);
    if (pairs as u64) < FEWEST {
        return Err(NoTest::Few { pairs });
    }
    let mean = differences.iter().copied().collect::<ExactSum>().value() / n;
    let squares = differences.iter().map(|difference| (difference - mean).powi(2)).collect::<ExactSum>().value();
    let greatest = differences.iter().map(|difference| difference.abs()).fold(0.0, f64::max);
    let deviation = (squares / (n - 1.0)).sqrt();
    if deviation <= EQUAL * greatest {
        return Err(NoTest::Alike);
    }
    let t = mean / (deviation / n.sqrt());
    let distribution = StudentsT::new(0.0, 1.0, n - 1.0).map_err(|_| NoTest::Few { pairs })?;
    Ok((t, (2.0 * distribution.cdf(-t.abs())).clamp(0.0, 1.0)))
}

/// Holm's step-down adjustment of p-values for several comparisons, in the order given.
///
/// # Source
///
/// Holm 1979.
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        let factor = crate::numbers::statistics::to_f64((p_values.len() - rank) as u64);
        least = least.max((p_values[index] * factor).min(1.0));
        adjusted[index] = least;
    }
    adjusted
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const A: [f64; 10] = [0.1, 0.4, 0.5, 0.3, 0.9, 0.7, 0.2, 0.6, 0.8, 0.55];
    const B: [f64; 10] = [0.2, 0.45, 0.7, 0.3, 1.0, 0.65, 0.5, 0.9, 0.85, 0.6];
    const C: [f64; 10] = [0.15, 0.38, 0.52, 0.33, 0.85, 0.72, 0.18, 0.63, 0.79, 0.5];

    fn differences(a: &[f64], b: &[f64]) -> Vec<f64> {
        a.iter().zip(b).map(|(a, b)| a - b).collect()
    }

    #[test]
    fn ten_pairs_have_exact_p_values() {
        // Of the 1024 changes of sign 20, 22 and all reach the difference.
        for (a, b, reached) in [(A, B, 20.0), (B, C, 22.0), (A, C, 1024.0)] {
            let found = sign_flip(&differences(&a, &b), "");
            assert!((found.p - reached / 1024.0).abs() < 1e-9, "{found:?}");
            assert!(matches!(found.method, Method::Convolution | Method::Enumeration), "{found:?}");
        }
    }

    #[test]
    fn ten_pairs_by_student() {
        let (t, p) = paired_t(&differences(&A, &B)).unwrap();
        assert_eq!(paired_t(&differences(&B, &A)), Ok((-t, p)));
        assert!((t + 2.905_487_990_874_558).abs() < 1e-9 && (p - 0.017_438_860_908_343_363).abs() < 1e-9, "{t} {p}");
        let (t, p) = paired_t(&differences(&B, &C)).unwrap();
        assert!((t - 2.829_726_654_851_396).abs() < 1e-9 && (p - 0.019_731_208_427_377_33).abs() < 1e-9, "{t} {p}");
        assert_eq!(paired_t(&[0.0; 9]), Err(NoTest::Alike));
        // 0.1 + 0.2 differs from 0.3 by rounding alone.
        assert_eq!(paired_t(&[0.3, 0.1 + 0.2, 0.3, 0.3, 0.3, 0.3]), Err(NoTest::Alike));
        assert_eq!(paired_t(&[1.0, 1.0]), Err(NoTest::Few { pairs: 2 }));
        assert_eq!(paired_t(&[0.1, 0.2, 0.3, 0.4, 0.5]), Err(NoTest::Few { pairs: 5 }));
    }

    #[test]
    fn right_and_wrong_are_mcnemar() {
        // 3 against 1 of four that differ: P = 2 (4 + 1) / 16.
        let found = sign_flip(&[1.0, 1.0, 0.0, -1.0, 1.0, 0.0], "");
        assert!((found.p - 0.625).abs() < 1e-12 && found.method == Method::Binomial, "{found:?}");
        assert_eq!(sign_flip(&[0.0; 3], "").method, Method::NoDifference);
        // 2 against 2, and 2 against 3, are as even as can be.
        assert_eq!([binomial(2, 4), binomial(3, 5), binomial(0, 1)].map(f64::to_bits), [1.0_f64.to_bits(); 3]);
    }

    #[test]
    fn exact_values_are_exact() {
        // 2 of 2: 2/4; 6 of 6: 2/64; 9 of 10: 2 (10 + 1) / 1024; all of 120: 2^-119.
        let halves = |power: i32| 2.0_f64.powi(power);
        for (up, n, expected) in [(2, 2, 0.5), (0, 6, 0.03125), (9, 10, 22.0 / 1024.0), (120, 120, halves(-119))] {
            assert_eq!(binomial(up, n).to_bits(), f64::to_bits(expected), "{up} of {n}");
        }
        // 1 and 2: the sum 1 is reached by all four changes of sign, 3 by two of four.
        assert_eq!(sign_flip(&[2.0, -1.0], "").p.to_bits(), 1.0_f64.to_bits());
        assert_eq!(sign_flip(&[2.0, 1.0], "").p.to_bits(), 0.5_f64.to_bits());
        // From 121 signs on: near the normal distribution, in 12 digits, and never above 1.
        let long = binomial(160, 300);
        assert!((long - 0.272_6).abs() < 5e-4 && binomial(151, 301) <= 1.0, "{long}");
        assert!(long.to_string().len() <= 16, "{long}");
    }

    #[test]
    fn order_and_which_comes_first_change_no_bit() {
        use rand::seq::SliceRandom;
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(8);
        for n in [3, 15, 40, 200] {
            for whole in [false, true] {
                let value = |random: &mut rand_chacha::ChaCha8Rng| {
                    if whole { f64::from(random.random_range(-7..=7)) } else { random.random::<f64>() - 0.45 }
                };
                let mut values: Vec<f64> = (0..n).map(|_| value(&mut random)).collect();
                let expected = (sign_flip(&values, "k"), paired_t(&values));
                values.shuffle(&mut random);
                assert_eq!((sign_flip(&values, "k"), paired_t(&values)), expected);
                let opposite: Vec<f64> = values.iter().map(|value| -value).collect();
                assert_eq!(sign_flip(&opposite, "k"), expected.0);
                assert_eq!(paired_t(&opposite).ok(), expected.1.ok().map(|(t, p)| (-t, p)));
            }
        }
    }

    #[test]
    fn holm_multiplies_the_least_most() {
        // Sorted .01 .02 .04 .05: × 4, × 3, × 2, × 1, never falling: .04 .06 .08 .08.
        let found = holm(&[0.04, 0.01, 0.05, 0.02]);
        for (found, expected) in found.iter().zip([0.08, 0.04, 0.08, 0.06]) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
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
