//! Two runs by one metric.

use super::{CompareOptions, Estimate, Mean, Pair, Values, difference_of_shares, mean};
use crate::numbers::bootstrap::{Clusters, Kinds};
use crate::numbers::significance::{EQUAL, paired_t, sign_flip};
use crate::scores::metric::Direction;

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
