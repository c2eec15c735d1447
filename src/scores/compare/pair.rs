//! Two runs by one metric.

use super::estimate::Estimate;
use super::options::CompareOptions;
use super::values::Values;
use crate::numbers::bootstrap::{Clusters, Kinds};
use crate::numbers::interval::{Mean, difference_of_shares};
use crate::numbers::significance::{EQUAL, Significance, paired_t, sign_flip};
use crate::numbers::statistics::{Interval, mean};
use crate::scores::metric::Direction;
use serde::Serialize;

/// Two runs by one metric.
#[derive(Debug, Clone, Serialize)]
pub struct Pair {
    /// Place of the first run.
    pub first: usize,
    /// Place of the second run.
    pub second: usize,
    /// Mean of the first minus mean of the second.
    pub difference: Option<f64>,
    /// Its interval: of shares Bonett and Price's, on the effective number of images; of means BCa of whole clusters.
    pub interval: Option<Interval>,
    /// Why the difference has no interval, where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_interval: Option<String>,
    /// Images for which the first is better.
    pub wins: usize,
    /// Images for which neither is.
    pub ties: usize,
    /// Images for which the second is better.
    pub losses: usize,
    /// Sign-flip randomisation over clusters.
    pub randomisation: Significance,
    /// Statistic of the paired t-test over clusters; `None` below six of them, and where they all differ alike.
    pub student_t: Option<f64>,
    /// Its p-value.
    pub student_p: Option<f64>,
    /// Why there is no t-test, where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_student: Option<String>,
    /// p of the randomisation, adjusted by Holm over the pairs of the metric.
    pub adjusted: f64,
}

/// The pair without its interval, and this; nothing but signs changes where the two change places.
pub(super) fn of(
    values: &Values,
    runs: &[Vec<Option<f64>>],
    (first, second): (usize, usize),
    clusters: &Clusters,
    options: &CompareOptions,
) -> (Pair, Estimate) {
    let pairs = runs[first].iter().zip(&runs[second]);
    let differences: Vec<Option<f64>> = pairs.map(|(a, b)| Some(difference((*a)?, (*b)?))).collect();
    let sign = if values.direction == Direction::Lower { -1.0 } else { 1.0 };
    let count = |holds: &dyn Fn(f64) -> bool| differences.iter().flatten().filter(|value| holds(sign * **value)).count();
    let (wins, losses) = (count(&|value| value > 0.0), count(&|value| value < 0.0));
    let kinds = Kinds::of(clusters.sums(&differences));
    let flipped: Vec<f64> = kinds.one_by_one().into_iter().map(|(sum, _)| sum).collect();
    let key = format!("{}\n{}", options.seed, values.name);
    let (student, no_student) = match paired_t(&flipped) {
        Ok(student) => (Some(student), None),
        Err(reason) => (None, Some(reason.sentence(options.noun))),
    };
    let pair = Pair {
        first,
        second,
        difference: mean(differences.iter().copied().flatten()),
        interval: None,
        no_interval: None,
        wins,
        ties: count(&|value| value.abs() <= 0.0),
        losses,
        randomisation: sign_flip(&flipped, &key),
        student_t: student.map(|(t, _)| t),
        student_p: student.map(|(_, p)| p),
        no_student,
        adjusted: 1.0,
    };
    let estimate = if values.binary {
        Estimate::Found(difference_of_shares(&kinds, (wins + losses) as u64))
    } else {
        Estimate::Drawn(Mean { kinds, range: None })
    };
    (pair, estimate)
}

/// `a − b`; 0 where they differ by no more than rounding.
fn difference(a: f64, b: f64) -> f64 {
    let difference = a - b;
    if difference.abs() <= EQUAL * a.abs().max(b.abs()) { 0.0 } else { difference }
}
