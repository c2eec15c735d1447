//! Whether one of two comes out ahead more often than a coin would.

use super::p_value::{COUNTED, out_of, worn};
use statrs::distribution::{Binomial, DiscreteCDF};

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
