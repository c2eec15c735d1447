//! Whether a difference between paired values is more than chance.
//!
//! - [`sign_flip`] asks how many changes of sign reach the difference: exactly where it can, else by 100 000 of them.
//! - [`paired_t`] is Student's test of the same differences, for tables that have it.
//! - [`holm`] makes up for several comparisons.

mod p_value;
mod sign_test;
mod convolution;
mod permutation;
mod sign_flip;
mod student;
mod holm;

pub use crate::numbers::interval::FEWEST;
pub use holm::holm;
pub(crate) use p_value::EQUAL;
pub use p_value::{Method, Significance};
pub use sign_flip::sign_flip;
pub use sign_test::binomial;
pub use student::{NoTest, paired_t};

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
}
