//! P-values, how they are found, and how far rounding may wear them.

use serde::Serialize;

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

/// Most signs that are counted one by one in whole numbers: 2ⁿ must fit.
pub(super) const COUNTED: u64 = 120;

/// A p-value from whole numbers, rounded once.
#[expect(clippy::cast_precision_loss, reason = "the one rounding")]
pub(super) fn out_of(reached: u128, signs: u64) -> f64 {
    let all = 2.0_f64.powi(i32::try_from(signs).unwrap_or(i32::MAX));
    (reached as f64 / all).min(1.0)
}

/// A p-value that rounding has worn, to the twelve digits that it is good for; in `[0, 1]`.
pub(super) fn worn(p: f64) -> f64 {
    format!("{p:.11e}").parse().unwrap_or(p).clamp(0.0, 1.0)
}
